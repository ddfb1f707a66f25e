"""Who waits for whom, and how long it usually takes."""

from datetime import timedelta

from flask import Flask

from marketplace.accounts.rules import OperatorRole
from marketplace.core import clock
from marketplace.workforce import service, waits
from marketplace.workforce.rules import RequirementKind, Ruling, Side
from tests.factories import accounts, workforce


def test_how_long_it_takes_is_told_once_there_are_enough(app: Flask) -> None:
    """Nineteen decisions after three hours say nothing; the twentieth does, and old ones are forgotten."""
    operator = accounts.operator(OperatorRole.VETTING)
    began = clock.now()
    people = [workforce.applied() for _ in range(20)]
    clock.move_to(began + timedelta(hours=3))
    seen = {RequirementKind.AGE: Ruling(True, "The passport says so.")}
    service.decide_about_people({who.id: seen for who in people[:19]}, by=operator)
    assert waits.usually() == {}
    service.decide_about_people({people[19].id: seen}, by=operator)
    usual = waits.usually()
    assert set(usual) == {RequirementKind.AGE}
    assert round(usual[RequirementKind.AGE] / timedelta(hours=1)) == 3
    clock.move_to(began + timedelta(days=92))
    assert waits.usually() == {}


def test_the_queue_says_whose_turn_it_is_the_oldest_first(app: Flask) -> None:
    operator = accounts.operator(OperatorRole.VETTING)
    began = clock.now()
    idle = workforce.applied()
    clock.move_to(began + timedelta(hours=1))
    eager = workforce.applied()
    workforce.shown(accounts.actor_of(eager.id))
    first, second = waits.queue(operator, 10)
    assert (first.contractor.id, first.turn) == (idle.id, Side.APPLICANT)
    assert (second.contractor.id, second.turn) == (eager.id, Side.OPERATOR)
    assert [each.contractor.id for each in waits.queue(operator, 10, after=idle.id)] == [eager.id]
