"""A contract changes by notice and consent, and nothing that was written ever changes."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from marketplace.contracts import queries, rules, service
from marketplace.contracts.changes import Effect, PieceKind, changes, compare
from marketplace.contracts.models import ContractVersion, Signature, Template, Translation
from marketplace.contracts.rules import ContractStatus, Method, Party
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import timeline
from marketplace.core.lifecycle import WrongState
from marketplace.core.problems import Problem
from tests.factories import accounts, contracts, workforce
from tests.factories.contracts import FAIR_TERMS, terms


def effects(**changed: Any) -> dict[str, Effect]:
    return {each.field: each.effect for each in changes(FAIR_TERMS, terms(**changed))}


def test_only_what_is_better_counts_as_better() -> None:
    assert effects() == effects(effective_from="2030-01-01") == effects(benefits=FAIR_TERMS["benefits"][::-1]) == {}
    assert effects(pay__amount="15.01") == {"pay.amount": Effect.BETTER}
    assert effects(pay__amount="9.00") == {"pay.amount": Effect.WORSE}
    assert effects(nda__months=24, hours__notice_days=21) == {
        "hours.notice_days": Effect.BETTER,
        "nda.months": Effect.WORSE,
    }
    assert effects(benefits=["sick-leave"]) == {"benefits": Effect.WORSE}
    assert effects(practice__exclusive=True) == {"practice.exclusive": Effect.WORSE}
    assert effects(language="id") == {"language": Effect.OTHER}, "another text binds"
    assert effects(data_use="The results are sold.") == {"data_use": Effect.OTHER}


def test_a_change_is_shown_section_by_section_word_for_word() -> None:
    before = "HEAD\n\n1. Pay\nNo hour pays less than 15.00 USD.\n\n2. Law\nKansas.\n"
    after = "HEAD 2\n\n1. Pay\nNo hour pays less than 16.00 USD.\n\n2. Law\nKansas.\n"
    (section,) = compare(before, after)
    assert (section.title, [(piece.kind, piece.text) for piece in section.pieces]) == (
        "Pay",
        [
            (PieceKind.SAME, "No hour pays less than"),
            (PieceKind.OUT, "15.00"),
            (PieceKind.IN, "16.00"),
            (PieceKind.SAME, "USD."),
        ],
    )


def test_what_is_worse_waits_for_its_notice(app: Flask) -> None:
    """A longer secrecy, proposed today and signed today, holds in 14 days; a higher rate holds as it is signed."""
    first = contracts.in_force()
    pair, today = (first.company_id, first.contractor_id), clock.now().date()
    better = contracts.signed(contracts.proposed(*pair, pay__amount="16.00"))
    assert queries.in_force(*pair, clock.now()) == better
    worse = contracts.signed(contracts.proposed(*pair, pay__amount="16.00", nda__months=24))
    assert worse.effective_from == today + timedelta(days=14)
    assert f"In force from {worse.effective_from}" in worse.text
    held = [queries.in_force(*pair, clock.now() + timedelta(days=days)) for days in (0, 13, 14)]
    assert held == [better, better, worse]


def test_a_no_and_silence_leave_the_version_that_was_signed(app: Flask) -> None:
    first = contracts.in_force()
    contract = contracts.proposed(first.company_id, first.contractor_id, nda__months=24)
    me = accounts.actor_of(first.contractor_id)
    assert queries.changed_for(first.contractor_id) == {contract.id}
    declined = service.decline(contract.id, by=me)
    assert (declined.status, queries.changed_for(first.contractor_id)) == (ContractStatus.IN_FORCE, set())
    later = clock.now() + timedelta(days=400)
    assert queries.in_force(first.company_id, first.contractor_id, later) == first
    for act in (lambda: contracts.signed(contract), lambda: service.decline(contract.id, by=me)):
        with pytest.raises(WrongState):
            act()
    assert timeline("contract", contract.id)[0].name == "contract.amendment_declined"
    assert contracts.signed(contracts.proposed(first.company_id, first.contractor_id, nda__months=6)).number == 3


def test_neither_a_minor_unit_nor_a_benefit_is_taken_away(app: Flask) -> None:
    first = contracts.in_force()
    owner = accounts.owner_of(first.company_id)
    lower = contracts.template(first.company_id, pay__amount="14.99")
    poorer = contracts.template(first.company_id, benefits=["sick-leave"])
    for offered, refusal in ((lower, rules.RateFalls), (poorer, rules.BenefitFalls)):
        with pytest.raises(refusal):
            service.propose(offered.id, [first.contractor_id], by=owner)


def test_a_company_ends_a_contract_for_an_agreed_reason_only(app: Flask) -> None:
    version = contracts.in_force()
    with pytest.raises(rules.GroundNotAgreed) as refused:
        service.end(version.contract_id, "We found somebody cheaper.", by=accounts.owner_of(version.company_id))
    assert refused.value.members["grounds"] == FAIR_TERMS["termination"]["reasons"]


def test_a_version_says_where_its_floor_came_from_and_what_the_rules_say(app: Flask) -> None:
    version = contracts.in_force()
    floor, place = version.terms["pay"]["floor_ref"], version.terms["work_place"]
    assert (floor["currency"], floor["place"]) == ("USD", place["subdivision"] or place["country"])
    assert [verdict["rule"] for verdict in version.terms["verdicts"]] == ["STATUS", "SHARE"]
    assert version.terms["hazard"]["disclosure_sha256"] in version.text
    assert floor["source"] in version.text


def test_a_translation_is_marked_and_its_hash_is_signed(app: Flask) -> None:
    version = contracts.in_force(governing_law="The law of Kansas")
    (told,) = queries.signed_versions(version.contract_id, accounts.actor_of(version.contractor_id))
    (indonesian,) = told.translations
    assert indonesian.text.startswith("KONTRAK KERANGKA\n\nTERJEMAHAN")
    assert "Tidak ada satu jam kerja pun menurut kontrak ini yang diupah kurang dari 15.00 USD." in indonesian.text
    assert "The law of Kansas" in indonesian.text
    assert indonesian.text_sha256 in version.text


def test_either_language_may_prevail(app: Flask) -> None:
    version = contracts.in_force(language="id", translations=[{"language": "en", "words": {}}])
    assert version.text.startswith("KONTRAK KERANGKA\n\nVersi 1")
    (told,) = queries.signed_versions(version.contract_id, accounts.actor_of(version.contractor_id))
    assert "TRANSLATION, for reading only" in told.translations[0].text


# --- forgeries --------------------------------------------------------------------------------------------------------


def forged(version: ContractVersion, **changed: Any) -> Signature:
    values: dict[str, Any] = {
        "party": Party.CONTRACTOR,
        "version_id": version.id,
        "person_id": version.contractor_id,
        "method": Method.TYPED_NAME,
        "signed_sha256": version.text_sha256,
        "name_seal": "0" * 64,
        "signed_at": clock.now(),
    }
    return Signature(**(values | changed))


def put_in(row: Signature) -> None:
    with db.session.begin_nested():
        db.session.add(row)
        db.session.flush()


def test_the_database_itself_refuses_a_forged_signature(app: Flask) -> None:
    """Another's hand, another's text, another party's place, and the same signature again."""
    waiting, other = contracts.proposed(), workforce.contractor()
    (version,) = queries.versions(waiting.id, accounts.actor_of(waiting.contractor_id))
    for wrong in (
        {"person_id": other.id},
        {"signed_sha256": rules.sha256_of("another text")},
        {"party": Party.COMPANY},
        {"version_id": uuid4()},
    ):
        with pytest.raises(IntegrityError):
            put_in(forged(version, **wrong))
    contracts.signed(waiting)
    with pytest.raises(IntegrityError):
        put_in(forged(version))


def test_the_database_itself_refuses_a_text_with_anothers_hash(app: Flask) -> None:
    version = contracts.in_force()
    row = {"original_sha256": "0" * 64, "language": "id", "text": "Lain.", "text_sha256": version.text_sha256}
    with pytest.raises(IntegrityError, match="hash_is_of_text"):
        db.session.execute(insert(Translation), row)


def test_a_signature_keeps_a_seal_of_the_address_and_no_address(app: Flask) -> None:
    contract = contracts.proposed()
    me = accounts.actor_of(contract.contractor_id)
    (version,) = queries.versions(contract.id, me)
    service.sign(contract.id, "Ana Example", version.text_sha256, address="192.0.2.7", by=me)
    (signature,) = db.session.scalars(select(Signature).where(Signature.version_id == version.id))
    assert signature.address_seal
    assert "192.0.2.7" not in str(vars(signature))


# --- whatever happens -------------------------------------------------------------------------------------------------

STEPS = st.sampled_from(["propose", "raise", "lower", "gag", "sign", "sign_wrong", "decline", "end", "leave"])


def step(name: str, company_id: UUID, contractor_id: UUID, rate: int) -> None:
    """One verb, which may be refused."""
    owner, me = accounts.owner_of(company_id), accounts.actor_of(contractor_id)
    live = db.session.scalars(queries.contracts(me).where(queries.Contract.status.in_(service.LIVE))).one_or_none()
    if name in ("propose", "raise", "lower", "gag"):
        cents = {"propose": 1500, "raise": 1500 + rate, "lower": 1500 - rate, "gag": 1500}[name]
        months = 60 if name == "gag" else 12
        contracts.proposed(company_id, contractor_id, pay__amount=f"{cents / 100:.2f}", nda__months=months)
    elif live is None:
        return
    elif name == "sign":
        contracts.signed(live)
    elif name == "sign_wrong":
        service.sign(live.id, "Ana Example", rules.sha256_of(name), by=me)
    elif name == "decline":
        service.decline(live.id, by=me)
    else:
        by = owner if name == "end" else me
        service.end(live.id, "The project ends.", by=by)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(STEPS, st.integers(1, 300)), min_size=1, max_size=8))
def test_whatever_is_done_every_hash_is_of_its_text_and_nothing_written_changes(
    app: Flask, steps: list[tuple[str, int]]
) -> None:
    with db.session.begin_nested() as trial:
        company_id, contractor_id = accounts.company().id, workforce.contractor().id
        seen: dict[Any, str] = {}
        for name, rate in steps:
            try:
                with db.session.begin_nested():
                    step(name, company_id, contractor_id, rate)
            except Problem:
                pass
            db.session.expire_all()
            texts = {
                row.id: row.text for kind in (Template, ContractVersion) for row in db.session.scalars(select(kind))
            }
            assert seen.items() <= texts.items()
            seen = texts
        for kind in (Template, ContractVersion, Translation):
            for row in db.session.scalars(select(kind)):
                assert row.text_sha256 == rules.sha256_of(row.text)
        for version in db.session.scalars(select(ContractVersion)):
            signatures = list(db.session.scalars(select(Signature).where(Signature.version_id == version.id)))
            assert len(signatures) <= 1
            assert all(each.signed_sha256 == version.text_sha256 for each in signatures)
        trial.rollback()
