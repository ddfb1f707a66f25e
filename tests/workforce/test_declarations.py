"""What people declare about themselves, and what is kept of it."""

from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask

from marketplace.accounts.rules import Actor, OperatorRole
from marketplace.core import clock, vault
from marketplace.core.db import db
from marketplace.core.events import timeline
from marketplace.core.lifecycle import WrongState
from marketplace.core.problems import Forbidden, NotFound
from marketplace.workforce import agreement, declarations, documents, papers, policy, service
from marketplace.workforce.paper_models import IdentityDeclaration, TaxProfile
from marketplace.workforce.papers import (
    Evidence,
    EvidenceMissing,
    IdentityPaper,
    IdentityShown,
    Provider,
    Purpose,
    Tax,
    Work,
    WorkBasis,
)
from marketplace.workforce.rules import NothingChosen, RequirementKind
from tests.factories import accounts, workforce
from tests.papers import png

YEAR = timedelta(days=365)


@pytest.fixture
def me(app: Flask) -> Actor:
    return accounts.actor_of(workforce.applied().id)


def id_of(me: Actor) -> UUID:
    assert me.person_id is not None
    return me.person_id


def passport(number: str = "X 123-4567", days: int = 365) -> IdentityShown:
    return IdentityShown(IdentityPaper.PASSPORT, "US", clock.now().date() + timedelta(days=days), number)


# --- who somebody is ------------------------------------------------------------------------------------------------


def test_a_papers_number_is_kept_as_a_digest_by_which_it_is_known_again(me: Actor) -> None:
    declarations.declare(identity=passport(), by=me)
    other = accounts.actor_of(workforce.applied().id)
    declarations.declare(identity=passport("x1234567"), by=other)
    kept = db.session.get_one(IdentityDeclaration, me.person_id)
    assert kept.number_hash is not None
    assert "1234567" not in kept.number_hash
    assert declarations.same_paper(kept.number_hash) == sorted([id_of(me), id_of(other)])
    assert all("1234567" not in str(event.data) for event in timeline("contractor", id_of(me)))


def test_a_paper_that_has_expired_shows_nothing(me: Actor) -> None:
    with pytest.raises(papers.PaperExpired) as refused:
        declarations.declare(identity=passport(days=-2), by=me)
    assert refused.value.field == "expires_on"
    declarations.declare(identity=passport(days=1), by=me)
    with pytest.raises(papers.BadNumber):
        declarations.declare(identity=passport("?"), by=me)
    with pytest.raises(NothingChosen):
        declarations.declare(by=me)


def test_what_an_operator_has_accepted_is_not_exchanged(app: Flask) -> None:
    me = accounts.actor_of(workforce.ready().id)
    for exchanged in ({"identity": passport()}, {"work": Work(WorkBasis.CITIZEN)}):
        with pytest.raises(WrongState):
            declarations.declare(**exchanged, by=me)  # type: ignore[arg-type]
    declarations.declare(tax=Tax("US", "none", None), by=me)


def test_others_do_not_see_what_was_declared(me: Actor) -> None:
    declarations.declare(tax=Tax("US", "ssn", "123-45-6789"), by=me)
    other = accounts.actor_of(workforce.applied().id)
    for read in (declarations.declared, lambda who, by: declarations.tax_number(who, by=by)):
        with pytest.raises(NotFound):
            read(id_of(me), other)
    with pytest.raises(Forbidden):
        declarations.declared(id_of(me), accounts.operator(OperatorRole.FINANCE))
    with pytest.raises(NotFound):
        declarations.tax_number(id_of(me), by=accounts.operator(OperatorRole.VETTING))


# --- the tax profile ------------------------------------------------------------------------------------------------


def test_a_tax_number_lies_encrypted_and_its_last_digits_are_shown(me: Actor) -> None:
    declarations.declare(tax=Tax("US", "ssn", "123-45-6789"), by=me)
    kept = db.session.get_one(TaxProfile, me.person_id)
    assert kept.last_digits == "789"
    assert b"123456789" not in (kept.sealed_number or b"")
    assert declarations.tax_number(id_of(me), by=me) == "123456789"
    vault.throw_away(id_of(me))
    with pytest.raises(vault.Erased):
        declarations.tax_number(id_of(me), by=me)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (Tax("KE", "kra_pin", "a 123456789 z"), "A123456789Z"),
        (Tax("ID", "npwp", "09.254.294.3-407.000"), "092542943407000"),
        (Tax("FR", "other", "1234567890123"), "1234567890123"),
        (Tax("US", "none", None), None),
    ],
)
def test_tax_numbers_are_kept_plain(given: Tax, kept: str | None) -> None:
    assert papers.check_tax(given) == kept


@pytest.mark.parametrize(
    "given",
    [
        Tax("KE", "kra_pin", "123456789"),
        Tax("KE", "ssn", "123456789"),
        Tax("US", "none", "123456789"),
        Tax("US", "ssn", None),
        Tax("FR", "other", "12"),
    ],
)
def test_a_number_of_another_kind_is_refused(given: Tax) -> None:
    with pytest.raises(papers.BadTaxNumber):
        papers.check_tax(given)


# --- the terms ------------------------------------------------------------------------------------------------------


def test_the_terms_are_signed_over_the_digest_of_their_text(me: Actor) -> None:
    with pytest.raises(agreement.OtherText) as refused:
        declarations.declare(terms_sha256="0" * 64, by=me)
    assert refused.value.members["text_sha256"] == agreement.CURRENT.sha256
    for _ in range(2):
        declarations.declare(terms_sha256=agreement.CURRENT.sha256, by=me)
    signed = declarations.declared(id_of(me), me).terms
    assert signed is not None
    assert (signed.version, signed.text_sha256) == (agreement.CURRENT.version, agreement.CURRENT.sha256)


def test_a_text_that_was_agreed_to_stays_as_it_was() -> None:
    """If this fails a version was changed: add a new one instead, since people agreed to this text."""
    assert [each.version for each in agreement.VERSIONS] == list(range(1, len(agreement.VERSIONS) + 1))
    assert agreement.VERSIONS[0].sha256[:16] == "d94c50da36609ec9"
    for each in agreement.CURRENT.translations:
        # The text that decides names the digest, so a translation cannot change behind anybody's back.
        assert each.text_sha256 in agreement.CURRENT.text


# --- what is enough -------------------------------------------------------------------------------------------------

NOTHING = Evidence("US", frozenset(), None, None, False, None)


def test_each_requirement_says_what_it_lacks() -> None:
    asked = policy.FIRST_POLICY
    assert papers.missing_evidence(list(RequirementKind), NOTHING, asked, 1) == {
        RequirementKind.IDENTITY: "declaration",
        RequirementKind.RESIDENCE: "document",
        RequirementKind.RIGHT_TO_WORK: "declaration",
        RequirementKind.TAX: "declaration",
        RequirementKind.TERMS: "declaration",
    }


@pytest.mark.parametrize(
    ("basis", "country", "lacks"),
    [(WorkBasis.CITIZEN, "US", None), (WorkBasis.PERMIT, "US", "document"), (WorkBasis.CITIZEN, "DE", "document")],
)
def test_a_right_to_work_is_shown_where_it_ends_or_the_place_asks(
    basis: WorkBasis, country: str, lacks: str | None
) -> None:
    asked = papers.Policy(
        2, tuple(RequirementKind), (Provider.CALL,), frozenset({RequirementKind.IDENTITY}), frozenset({"DE"})
    )
    found = Evidence(country, frozenset(), Provider.CALL, basis, True, 1)
    missing = papers.missing_evidence([RequirementKind.RIGHT_TO_WORK], found, asked, 1)
    assert missing.get(RequirementKind.RIGHT_TO_WORK) == lacks
    # In a call the paper is held into the camera, so that no document lies here.
    assert papers.missing_evidence([RequirementKind.IDENTITY], found, asked, 1) == {}


def test_a_permit_says_until_when_it_is_good(me: Actor) -> None:
    with pytest.raises(papers.PermitWithoutEnd):
        declarations.declare(work=Work(WorkBasis.PERMIT), by=me)
    declarations.declare(work=Work(WorkBasis.PERMIT, clock.now().date() + YEAR), by=me)
    with pytest.raises(EvidenceMissing) as missing:
        service.submit_requirement(RequirementKind.RIGHT_TO_WORK, "A permit.", by=me)
    assert missing.value.members["missing"] == {"right_to_work": "document"}
    documents.hand_in([(Purpose.RIGHT_TO_WORK, png())], by=me)
    service.submit_requirement(RequirementKind.RIGHT_TO_WORK, "A permit.", by=me)


# --- the policy -----------------------------------------------------------------------------------------------------


def test_a_policy_is_published_with_a_version_and_asks_new_applicants(app: Flask) -> None:
    standards = accounts.operator(OperatorRole.STANDARDS)
    before = workforce.applied()
    kinds = [RequirementKind.IDENTITY, RequirementKind.AGE, RequirementKind.TERMS]
    made = policy.publish(kinds, [Provider.CALL], [], ["DE"], "A pilot of one city.", by=standards)
    assert (made.version, policy.current()) == (2, made)
    after = workforce.applied()
    asked = {who.id: len(service.queries.requirements(who.id, accounts.actor_of(who.id))) for who in (before, after)}
    assert asked == {before.id: len(RequirementKind), after.id: 3}
    with pytest.raises(papers.ProviderNotOffered):
        declarations.declare(identity=passport(), by=accounts.actor_of(after.id))


def test_no_policy_leaves_out_what_protects_people(app: Flask) -> None:
    standards = accounts.operator(OperatorRole.STANDARDS)
    with pytest.raises(papers.BadPolicy):
        policy.publish([RequirementKind.IDENTITY], [Provider.CALL], [], [], "Faster.", by=standards)
    with pytest.raises(papers.BadPolicy):
        policy.publish(list(RequirementKind), [], [], [], "Faster.", by=standards)
    with pytest.raises(Forbidden):
        policy.publish(
            list(RequirementKind), [Provider.CALL], [], [], "Faster.", by=accounts.operator(OperatorRole.VETTING)
        )
