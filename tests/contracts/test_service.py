"""Writing, proposing, signing, amending and ending: what holds when, and what can never be changed."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, select, text
from sqlalchemy.exc import IntegrityError, ProgrammingError

from marketplace.accounts.rules import CLOCK, CompanyRole, Right
from marketplace.contracts import queries, rules, service
from marketplace.contracts.models import Contract, Signature, SignedName
from marketplace.contracts.rules import ContractStatus, Party, TermsRefused
from marketplace.contracts.service import Signing
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import timeline
from marketplace.core.lifecycle import WrongState
from marketplace.core.money import Money
from marketplace.core.problems import Forbidden, NotFound
from tests.factories import accounts, contracts, workforce


def test_a_contract_from_template_to_signature(app: Flask) -> None:
    company, ana = accounts.company(), workforce.contractor()
    contract = contracts.proposed(company.id, ana.id)
    assert contract.status == ContractStatus.PROPOSED
    assert queries.in_force(company.id, ana.id, clock.now()) is None
    version = contracts.signed(contract)
    assert contract.status == ContractStatus.IN_FORCE
    held = queries.in_force(company.id, ana.id, clock.now())
    assert held is not None
    assert (held.id, held.number, held.rate) == (version.id, 1, Money.of("15.00", "USD"))
    assert held.text_sha256 == rules.sha256_of(held.text)
    assert [event.name for event in timeline("contract", contract.id)] == ["contract.signed", "contract.proposed"]


def test_each_party_signs_a_text_whose_hash_can_be_checked(app: Flask) -> None:
    version = contracts.in_force()
    owner = accounts.owner_of(version.company_id)
    template = queries.template(version.template_id, owner)
    (told,) = queries.signed_versions(version.contract_id, owner)
    company, contractor = told.signatures
    assert (company.party, company.signed_sha256) == (Party.COMPANY, rules.sha256_of(template.text))
    assert (contractor.party, contractor.signed_sha256) == (Party.CONTRACTOR, rules.sha256_of(version.text))
    assert template.text_sha256 in version.text
    assert (company.name, contractor.name) == ("Olga Owner", "Ana Example")
    assert (company.person_id, contractor.person_id) == (owner.person_id, version.contractor_id)


def test_erasing_names_leaves_every_hash_and_no_name(app: Flask) -> None:
    version = contracts.in_force()
    kept = db.session.execute(select(Signature.signed_sha256, Signature.name_seal).order_by(Signature.id)).all()
    names = db.session.scalars(select(SignedName).order_by(SignedName.signature_id)).all()
    assert [seal for _, seal in kept] == [rules.seal_of(name.salt, name.name) for name in names]
    db.session.execute(delete(SignedName))
    after = db.session.execute(select(Signature.signed_sha256, Signature.name_seal).order_by(Signature.id)).all()
    assert after == kept
    (told,) = queries.signed_versions(version.contract_id, CLOCK)
    assert [line.name for line in told.signatures] == [None, None]
    assert "Ana" not in version.text + str(version.terms)


@pytest.mark.parametrize("table", ["contract_template", "contract_version", "signature", "benefit_entry"])
@pytest.mark.parametrize("verb", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_what_is_written_cannot_be_changed(app: Flask, table: str, verb: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), db.session.begin_nested():
        db.session.execute(text(verb.format(table)))


def test_terms_that_are_refused_are_not_written(app: Flask) -> None:
    company = accounts.company()
    with pytest.raises(TermsRefused):
        contracts.template(company.id, nda__carve_outs=["health"])
    with pytest.raises(TermsRefused) as refused:
        contracts.template(company.id, benefits=["sick-leave", "lottery"])
    assert refused.value.field == "benefits"
    assert contracts.template(company.id).number == 1
    assert contracts.template(company.id).number == 2


def test_the_company_is_signed_for_by_somebody_who_may(app: Flask) -> None:
    company = accounts.company()
    manager = accounts.member(company.id, CompanyRole.MANAGER)
    with pytest.raises(Forbidden):
        service.write_template(company.id, contracts.terms(), "Mia Member", by=manager)
    with pytest.raises(NotFound):
        service.write_template(company.id, contracts.terms(), "Ana Example", by=accounts.actor_of(accounts.person()))
    with pytest.raises(rules.NameDiffers):
        service.write_template(company.id, contracts.terms(), "Somebody Else", by=accounts.owner_of(company.id))
    written = contracts.template(company.id)
    with pytest.raises(Forbidden):
        service.propose(written.id, [workforce.contractor().id], by=manager)


def test_contracts_are_proposed_to_vetted_contractors_and_the_others_are_named(app: Flask) -> None:
    company, ana, applicant, nobody = accounts.company(), workforce.contractor(), workforce.ready(), accounts.person()
    written, owner = contracts.template(company.id), accounts.owner_of(company.id)
    with pytest.raises(rules.NotProposable) as refused:
        service.propose(written.id, [ana.id, applicant.id, nobody.id], by=owner)
    assert refused.value.members["contractor_ids"] == [str(applicant.id), str(nobody.id)]
    (first,) = service.propose(written.id, [ana.id], by=owner)
    (again,) = service.propose(written.id, [ana.id], by=owner)
    assert first.id == again.id
    assert len(queries.versions(first.id, owner)) == 1


def test_a_signature_is_given_once_by_the_contractor_over_the_text_that_was_read(app: Flask) -> None:
    contract = contracts.proposed()
    me = accounts.actor_of(contract.contractor_id)
    (version,) = queries.versions(contract.id, me)
    with pytest.raises(NotFound):
        service.sign(contract.id, "Olga Owner", version.text_sha256, by=accounts.owner_of(contract.company_id))
    with pytest.raises(rules.AnotherText):
        service.sign(contract.id, "Ana Example", rules.sha256_of("another"), by=me)
    with pytest.raises(rules.NameDiffers):
        service.sign(contract.id, "A. Example", version.text_sha256, by=me)
    service.sign(contract.id, "ana example", version.text_sha256, by=me)
    with pytest.raises(rules.SignedAlready):
        service.sign(contract.id, "Ana Example", version.text_sha256, by=me)


def test_an_amendment_holds_once_it_is_signed_and_never_lowers_the_rate(app: Flask) -> None:
    company, ana = accounts.company(), workforce.contractor()
    first, owner = contracts.in_force(company.id, ana.id), accounts.owner_of(company.id)
    lower = contracts.template(company.id, pay__amount="14.99")
    with pytest.raises(rules.RateFalls):
        service.propose(lower.id, [ana.id], by=owner)
    higher = contracts.template(company.id, pay__amount="16.00")
    (contract,) = service.propose(higher.id, [ana.id], by=owner)
    assert contract.id == first.contract_id
    assert queries.in_force(company.id, ana.id, clock.now()) == first
    signed_before = clock.now()
    clock.move_to(signed_before + timedelta(hours=1))
    second = contracts.signed(contract)
    assert (second.number, second.rate) == (2, Money.of("16.00", "USD"))
    assert queries.in_force(company.id, ana.id, clock.now()) == second
    assert queries.in_force(company.id, ana.id, signed_before) == first


def test_a_newer_text_is_never_signed_by_accident(app: Flask) -> None:
    contract = contracts.proposed()
    me = accounts.actor_of(contract.contractor_id)
    (read,) = queries.versions(contract.id, me)
    changed = contracts.template(contract.company_id, nda__months=60)
    service.propose(changed.id, [contract.contractor_id], by=accounts.owner_of(contract.company_id))
    with pytest.raises(rules.AnotherText):
        service.sign(contract.id, "Ana Example", read.text_sha256, by=me)
    assert contracts.signed(contract).number == 2


def test_a_declined_contract_is_over_and_another_may_be_proposed(app: Flask) -> None:
    contract = contracts.proposed()
    me, owner = accounts.actor_of(contract.contractor_id), accounts.owner_of(contract.company_id)
    with pytest.raises(NotFound):
        service.decline(contract.id, by=owner)
    service.decline(contract.id, by=me)
    with pytest.raises(WrongState):
        contracts.signed(contract)
    other = contracts.proposed(contract.company_id, contract.contractor_id, pay__amount="16.00")
    assert other.id != contract.id
    contracts.signed(other)
    with pytest.raises(WrongState):
        service.decline(other.id, by=me)


def test_the_company_gives_notice_and_the_contractor_may_leave_at_once(app: Flask) -> None:
    version = contracts.in_force()
    company_id, ana = version.company_id, version.contractor_id
    owner, me = accounts.owner_of(company_id), accounts.actor_of(ana)
    with pytest.raises(NotFound):
        service.end(version.contract_id, "Why not.", by=accounts.actor_of(accounts.person()))
    contract = service.end(version.contract_id, "The project ends.", by=owner)
    now = clock.now()
    assert contract.ends_at is not None
    assert timedelta(days=13, hours=23) < contract.ends_at - now <= timedelta(days=14)
    assert queries.in_force(company_id, ana, now + timedelta(days=13)) == version
    assert queries.in_force(company_id, ana, now + timedelta(days=15)) is None
    other = contracts.in_force(company_id, ana)
    service.end(other.contract_id, "", by=me)
    assert queries.in_force(company_id, ana, now + timedelta(days=15)) is None
    assert queries.in_force(company_id, ana, now + timedelta(days=13)) == version


def test_a_version_holds_within_its_days(app: Flask) -> None:
    today = clock.now().date()
    version = contracts.in_force(
        effective_from=(today + timedelta(days=2)).isoformat(), effective_to=(today + timedelta(days=3)).isoformat()
    )
    pair = version.company_id, version.contractor_id
    held = [queries.in_force(*pair, clock.now() + timedelta(days=days)) for days in range(5)]
    assert held == [None, None, version, version, None]


def test_many_contractors_are_asked_about_at_once(app: Flask) -> None:
    company = accounts.company()
    ana, budi, cleo = (workforce.contractor() for _ in range(3))
    first, second = contracts.in_force(company.id, ana.id), contracts.in_force(company.id, budi.id)
    contracts.in_force(None, cleo.id)
    now = clock.now()
    assert queries.in_force_many(company.id, [ana.id, budi.id, cleo.id], now) == {ana.id: first, budi.id: second}
    assert queries.in_force_of_company(company.id, now) == {ana.id: first, budi.id: second}


def test_contracts_are_seen_by_their_parties(app: Flask) -> None:
    version = contracts.in_force()
    stranger = accounts.actor_of(accounts.person())
    for allowed in (accounts.owner_of(version.company_id), accounts.actor_of(version.contractor_id), CLOCK):
        assert queries.contract(version.contract_id, allowed).id == version.contract_id
    for read in (queries.contract, queries.versions):
        with pytest.raises(NotFound):
            read(version.contract_id, stranger)
    with pytest.raises(NotFound):
        queries.template(version.template_id, stranger)
    for seen_by, count in ((stranger, 0), (accounts.actor_of(version.contractor_id), 1)):
        assert len(db.session.scalars(queries.contracts(seen_by)).all()) == count
    assert Right.READ in accounts.owner_of(version.company_id).companies[version.company_id]


def test_the_database_holds_one_live_contract_for_each_pair(app: Flask) -> None:
    version = contracts.in_force()
    twin = Contract(
        company_id=version.company_id,
        contractor_id=version.contractor_id,
        status=ContractStatus.PROPOSED,
        proposed_at=clock.now(),
    )
    db.session.add(twin)
    with pytest.raises(IntegrityError, match="uq_contract_live"):
        db.session.flush()


def test_proposing_to_many_takes_as_few_statements_as_proposing_to_one(
    app: Flask, statements: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    company = accounts.company()
    owner = accounts.owner_of(company.id)
    people = [workforce.contractor().id for _ in range(6)]
    first, second = contracts.template(company.id), contracts.template(company.id, pay__amount="16.00")
    with statements() as one:
        service.propose(first.id, people[:1], by=owner)
    with statements() as five:
        made = service.propose(first.id, people[1:], by=owner)
    assert [contract.contractor_id for contract in made] == people[1:]
    assert len(five) == len(one) <= 10
    contracts.signed(made[0])
    with statements() as again:
        amended = service.propose(second.id, people, by=owner)
    assert len(again) <= 12
    newest = queries.newest_versions([contract.id for contract in amended])
    assert {version.number for version in newest.values()} == {2}
    events = [event.name for event in timeline("contract", amended[0].id)]
    assert events == ["contract.amendment_proposed", "contract.proposed"]


def test_many_sign_with_as_many_statements_as_one_or_nobody_does(
    app: Flask, statements: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    company = accounts.company()
    people = [workforce.contractor() for _ in range(4)]
    written = contracts.template(company.id)
    proposed = service.propose(written.id, [each.id for each in people], by=accounts.owner_of(company.id))
    newest = queries.newest_versions([each.id for each in proposed])
    asked = [
        Signing(each.id, "Ana Example", newest[each.id].text_sha256, accounts.actor_of(each.contractor_id))
        for each in proposed
    ]
    with pytest.raises(rules.NameDiffers), db.session.begin_nested():
        service.sign_many([*asked[:1], replace(asked[1], name="Somebody Else")])
    assert proposed[0].status is ContractStatus.PROPOSED
    with pytest.raises(NotFound):
        service.sign_many([replace(asked[0], by=asked[1].by)])
    with statements() as alone:
        service.sign_many(asked[:1])
    with statements() as together:
        service.sign_many(asked[1:])
    assert len(together) == len(alone)
    assert {each.status for each in proposed} == {ContractStatus.IN_FORCE}
    told = [timeline("contract", each.id)[0] for each in proposed]
    assert [event.doer_id for event in told] == [each.contractor_id for each in proposed]
    assert [event.data["text_sha256"] for event in told] == [each.text_sha256 for each in asked]
