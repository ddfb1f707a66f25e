"""Many people at once: the verbs of joining take a set, each person in their own name, and cost as much as for one."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import func, select

from marketplace.accounts.rules import Actor, OperatorRole
from marketplace.core.db import db
from marketplace.core.events import Event
from marketplace.standards.rules import HazardCategory, HazardClass
from marketplace.workforce import agreement, applying, availability, declarations, documents, requirements, service
from marketplace.workforce.applying import Application
from marketplace.workforce.bars import ProposalKind
from marketplace.workforce.declarations import Declaration
from marketplace.workforce.models import AvailabilityWindow, Contractor, HazardConsent, VettingDecision
from marketplace.workforce.papers import IdentityPaper, IdentityShown, Purpose, Tax, Work, WorkBasis
from marketplace.workforce.rules import (
    AlreadyApplied,
    ContractorStatus,
    Level,
    RequirementKind,
    RequirementsMissing,
    Ruling,
    TooYoung,
)
from marketplace.workforce.standing_models import Proposal
from tests import papers
from tests.factories import accounts, workforce

Statements = Callable[[], AbstractContextManager[list[str]]]


def application(by: Actor, *, born_on: date = date(1990, 5, 17)) -> Application:
    return Application(
        by=by,
        country="US",
        subdivision="US-KS",
        timezone="America/Chicago",
        born_on=born_on,
        payout_currency="USD",
        languages={"en": Level.C1},
        skills=["image-labelling"],
    )


def join(people: list[Actor], numbers: list[str], operator: Actor) -> None:
    """Everything from the application to the decision, of all of them."""
    applying.apply_many([application(by) for by in people])
    applying.open_sandbox_accounts(people)
    pictures = [(purpose, papers.png()) for purpose in (Purpose.IDENTITY, Purpose.RESIDENCE)]
    documents.hand_in_many([(*picture, by) for by in people for picture in pictures])
    declarations.declare_many(
        [
            Declaration(
                by=by,
                identity=IdentityShown(IdentityPaper.PASSPORT, "US", date(2036, 1, 1), number),
                work=Work(WorkBasis.CITIZEN),
                tax=Tax("US", "other", number),
                terms_sha256=agreement.CURRENT.sha256,
            )
            for by, number in zip(people, numbers, strict=True)
        ]
    )
    by_words = set(RequirementKind) - {RequirementKind.AGE, RequirementKind.PAYOUT_ACCOUNT}
    shown = {kind: "As declared." for kind in RequirementKind if kind in by_words}
    requirements.submit_many([(by, shown) for by in people])
    availability.set_availabilities([(by, workforce.WHOLE_WEEK) for by in people])
    consents = [
        (by, category, HazardClass.H2) for by in people for category in (HazardCategory.HATE, HazardCategory.SEXUAL)
    ]
    service.give_hazard_consents(consents)
    ids = [by.person_id for by in people if by.person_id is not None]
    service.decide_about_people(
        {known: dict.fromkeys(workforce.LOOKED_AT, Ruling(True, "Seen.")) for known in ids}, by=operator
    )
    service.vet_people(dict.fromkeys(ids, "Every requirement is met."), by=operator)


def test_many_join_with_as_many_statements_as_one(app: Flask, statements: Statements) -> None:
    operator = accounts.operator(OperatorRole.VETTING)
    people = [accounts.actor_of(accounts.person()) for _ in range(6)]
    join(people[:1], ["10000000"], operator)  # Makes the key of the fingerprints.
    with statements() as alone:
        join(people[1:2], ["10000001"], operator)
    with statements() as together:
        join(people[2:], [f"2000000{n}" for n in range(4)], operator)
    assert len(together) == len(alone)
    ids = [by.person_id for by in people]
    found = db.session.scalars(select(Contractor).where(Contractor.id.in_(ids))).all()
    assert [who.status for who in found] == [ContractorStatus.VETTED] * 6
    for table, each in ((VettingDecision, 1), (AvailabilityWindow, 7), (HazardConsent, 2)):
        counted = select(func.count()).select_from(table).where(table.contractor_id.in_(ids))
        assert db.session.scalar(counted) == 6 * each


def test_everybody_acts_in_their_own_name(app: Flask) -> None:
    """Each event of a set names the person who did it, and an operator where it was theirs to decide."""
    operator = accounts.operator(OperatorRole.VETTING)
    people = [accounts.actor_of(accounts.person()) for _ in range(2)]
    join(people, ["30000000", "30000001"], operator)
    for by in people:
        about = select(Event).where(Event.about.contains([f"contractor:{by.person_id}"]))
        told = {(event.name, event.doer_id) for event in db.session.scalars(about)}
        own = {"contractor.applied", "document.handed_in", "contractor.declared", "requirement.submitted"}
        own |= {"contractor.availability_set", "hazard_consent.given"}
        assert {name for name, doer in told if doer == by.person_id} >= own
        assert {name for name, doer in told if doer == operator.person_id} == {"requirement.met", "contractor.vetted"}


def test_one_who_cannot_keeps_all_from_applying(app: Flask) -> None:
    grown, child = (accounts.actor_of(accounts.person()) for _ in range(2))
    with pytest.raises(TooYoung), db.session.begin_nested():
        applying.apply_many([application(grown), application(child, born_on=date(2020, 1, 1))])
    assert db.session.get(Contractor, grown.person_id) is None
    applying.apply_many([application(grown)])
    with pytest.raises(AlreadyApplied), db.session.begin_nested():
        applying.apply_many([application(child), application(grown)])
    assert db.session.get(Contractor, child.person_id) is None


def test_two_of_a_set_with_the_same_passport_go_to_a_human(app: Flask) -> None:
    operator = accounts.operator(OperatorRole.VETTING)
    people = [accounts.actor_of(accounts.person()) for _ in range(3)]
    join(people, ["40000000", "40000001", "40000000"], operator)
    (made,) = db.session.scalars(select(Proposal).where(Proposal.kind == ProposalKind.ACCOUNT_MATCH))
    assert {made.contractor_id, made.other_id} == {people[0].person_id, people[2].person_id}


def test_nobody_is_taken_in_while_somebody_of_the_set_lacks_something(app: Flask) -> None:
    operator = accounts.operator(OperatorRole.VETTING)
    ready, missing = workforce.ready(checked_by=operator), workforce.applied()
    with pytest.raises(RequirementsMissing) as refused, db.session.begin_nested():
        service.vet_people({ready.id: "Seen.", missing.id: "Seen."}, by=operator)
    assert refused.value.members["contractor_id"] == str(missing.id)
    assert ready.status is ContractorStatus.APPLIED
