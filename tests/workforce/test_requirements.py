"""Several requirements of one person in one act: handed in together, decided about together, each with its reason."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from flask import Flask

from marketplace.accounts.rules import Actor, OperatorRole, ReasonMissing
from marketplace.core.db import db
from marketplace.core.events import timeline
from marketplace.core.lifecycle import WrongState
from marketplace.core.problems import NotFound
from marketplace.workforce import queries, rules, service
from marketplace.workforce.rules import RequirementKind, RequirementStatus, Ruling
from tests.factories import accounts, workforce

SHOWN = {
    RequirementKind.IDENTITY: "A passport.",
    RequirementKind.RESIDENCE: "A bill of the water works.",
    RequirementKind.TERMS: "I agree.",
}
TAKEN = {
    RequirementKind.IDENTITY: Ruling(True, "The photograph is theirs."),
    RequirementKind.RESIDENCE: Ruling(False, "The bill is three years old."),
}


@pytest.fixture
def operator(app: Flask) -> Actor:
    return accounts.operator(OperatorRole.VETTING)


@pytest.fixture
def me(app: Flask) -> Actor:
    me = accounts.actor_of(workforce.applied().id)
    workforce.declared(me)
    return me


def states(me: Actor) -> dict[RequirementKind, RequirementStatus]:
    assert me.person_id is not None
    return {row.kind: row.status for row in queries.requirements(me.person_id, me)}


def test_what_is_shown_together_is_told_each_by_itself(me: Actor) -> None:
    rows = service.submit_requirements(SHOWN, by=me)
    assert [(row.kind, row.status, row.note) for row in rows] == [
        (RequirementKind.IDENTITY, RequirementStatus.SUBMITTED, "A passport."),
        (RequirementKind.RESIDENCE, RequirementStatus.SUBMITTED, "A bill of the water works."),
        (RequirementKind.TERMS, RequirementStatus.MET, "I agree."),
    ]
    told = {event.data["kind"]: (event.name, event.doer_id) for event in timeline("requirement", rows[0].id)}
    assert told == {"identity": ("requirement.submitted", me.person_id)}


def test_one_that_is_done_keeps_back_all(me: Actor) -> None:
    service.submit_requirement(RequirementKind.IDENTITY, "A passport.", by=me)
    with pytest.raises(WrongState), db.session.begin_nested():
        service.submit_requirements(SHOWN, by=me)
    assert states(me)[RequirementKind.RESIDENCE] is RequirementStatus.OPEN
    assert states(me)[RequirementKind.TERMS] is RequirementStatus.OPEN


def test_nothing_at_all_is_refused(me: Actor, operator: Actor) -> None:
    assert me.person_id is not None
    with pytest.raises(rules.NothingChosen):
        service.submit_requirements({}, by=me)
    with pytest.raises(rules.NothingChosen):
        service.decide_requirements(me.person_id, {}, by=operator)


def test_each_ruling_has_its_own_reason_and_names_who_decided(me: Actor, operator: Actor) -> None:
    assert me.person_id is not None
    service.submit_requirements(SHOWN, by=me)
    rows = service.decide_requirements(me.person_id, TAKEN, by=operator)
    assert [(row.status, row.reason, row.decided_by) for row in rows] == [
        (RequirementStatus.MET, "The photograph is theirs.", operator.person_id),
        (RequirementStatus.REFUSED, "The bill is three years old.", operator.person_id),
    ]
    assert [event.name for event in timeline("requirement", rows[1].id)] == [
        "requirement.refused", "requirement.submitted"
    ]  # fmt: skip


def test_terms_that_will_not_do_are_agreed_to_again(me: Actor, operator: Actor) -> None:
    """What is met by handing it in is so the second time, too."""
    assert me.person_id is not None
    service.submit_requirements(SHOWN, by=me)
    service.decide_requirement(me.person_id, RequirementKind.TERMS, Ruling(False, "Somebody else agreed."), by=operator)
    assert states(me)[RequirementKind.TERMS] is RequirementStatus.REFUSED
    service.submit_requirement(RequirementKind.TERMS, "I agree.", by=me)
    assert states(me)[RequirementKind.TERMS] is RequirementStatus.MET


def test_nothing_is_decided_about_what_nobody_has_shown(me: Actor, operator: Actor) -> None:
    assert me.person_id is not None
    service.submit_requirement(RequirementKind.IDENTITY, "A passport.", by=me)
    with pytest.raises(rules.NothingShown):
        service.decide_requirements(me.person_id, TAKEN, by=operator)
    assert states(me)[RequirementKind.IDENTITY] is RequirementStatus.SUBMITTED


def test_a_ruling_without_a_reason_is_none(me: Actor, operator: Actor) -> None:
    assert me.person_id is not None
    service.submit_requirements(SHOWN, by=me)
    blank = TAKEN | {RequirementKind.IDENTITY: Ruling(True, "  ")}
    with pytest.raises(ReasonMissing):
        service.decide_requirements(me.person_id, blank, by=operator)


def test_nobody_decides_about_themselves_nor_a_company(me: Actor, operator: Actor) -> None:
    assert operator.person_id is not None
    with pytest.raises(NotFound):
        service.decide_requirements(operator.person_id, TAKEN, by=me)
    workforce.applied(db.session.get_one(accounts.Person, operator.person_id))
    with pytest.raises(rules.OwnCase):
        service.decide_requirements(operator.person_id, TAKEN, by=operator)


def test_all_requirements_are_as_few_statements_as_one(
    me: Actor, operator: Actor, statements: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    assert me.person_id is not None
    with statements() as handing_in:
        service.submit_requirements(SHOWN, by=me)
    with statements() as deciding:
        service.decide_requirements(me.person_id, TAKEN, by=operator)
    assert (len(handing_in), len(deciding)) <= (6, 5)
