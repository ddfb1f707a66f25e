"""What accrues is entered once, is never changed, and adds up."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketplace.accounts.rules import CLOCK
from marketplace.contracts import benefits
from marketplace.contracts.rules import Accrual, BadAccrual
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.core.problems import Forbidden, NotFound
from tests.factories import accounts, workforce

Statements = Callable[[], AbstractContextManager[list[str]]]
NOON = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)


def leave(contractor_id: UUID, seconds: int, booking: str = "1", at: datetime = NOON) -> Accrual:
    return Accrual(contractor_id, "sick-leave", seconds, f"line:{booking}:sick", f"booking:{booking}", "SICK", 1, at)


def stipend(contractor_id: UUID, cents: int, booking: str = "1", currency: str = "USD") -> Accrual:
    cause = f"line:{booking}:health:{currency}"
    return Accrual(contractor_id, "health-stipend", cents, cause, f"booking:{booking}", "HEALTH", 1, NOON, currency)


def held(contractor_id: UUID) -> dict[str, list[int | Money | None]]:
    found: dict[str, list[int | Money | None]] = {}
    for balance in benefits.balances(contractor_id, CLOCK):
        found.setdefault(balance.plan.code, []).append(balance.seconds if balance.money is None else balance.money)
    return found


def test_four_hours_at_fifteen_dollars_earn_eight_minutes_of_leave_and_two_forty(app: Flask) -> None:
    clock.move_to(NOON)
    ana = workforce.contractor()
    assert benefits.accrue([leave(ana.id, 480), stipend(ana.id, 240)], by=CLOCK) == 2
    assert held(ana.id) == {"sick-leave": [480], "health-stipend": [Money.of("2.40", "USD")]}


def test_repeating_is_harmless_and_changing_is_refused(app: Flask) -> None:
    ana = workforce.contractor()
    both = [leave(ana.id, 480), stipend(ana.id, 240)]
    benefits.accrue(both, by=CLOCK)
    assert benefits.accrue([*both, leave(ana.id, 60, "2")], by=CLOCK) == 1
    assert held(ana.id)["sick-leave"] == [540]
    with pytest.raises(BadAccrual):
        benefits.accrue([leave(ana.id, 481)], by=CLOCK)
    with pytest.raises(BadAccrual):
        benefits.accrue([replace(leave(ana.id, 480, "3"), plan="lottery")], by=CLOCK)
    assert benefits.accrue([], by=CLOCK) == 0


def test_currencies_stand_apart(app: Flask) -> None:
    ana = workforce.contractor()
    benefits.accrue([stipend(ana.id, 240), stipend(ana.id, 100, currency="EUR"), stipend(ana.id, 60, "2")], by=CLOCK)
    assert held(ana.id)["health-stipend"] == [Money.of("1.00", "EUR"), Money.of("3.00", "USD")]


def test_what_may_still_accrue_is_counted_by_calendar_years(app: Flask) -> None:
    clock.move_to(NOON)
    ana = workforce.contractor()
    last_year = datetime(2025, 12, 31, 23, 59, tzinfo=UTC)
    benefits.accrue([leave(ana.id, 7200, "1", last_year), leave(ana.id, 142_200, "2")], by=CLOCK)
    sick = next(b for b in benefits.balances(ana.id, CLOCK) if b.plan.code == "sick-leave")
    assert (sick.seconds, sick.left_this_year) == (149_400, 1800)


def test_nobody_accrues_by_hand_and_nobody_reads_anothers_balance(app: Flask) -> None:
    ana = workforce.contractor()
    me = accounts.actor_of(ana.id)
    with pytest.raises(Forbidden):
        benefits.accrue([leave(ana.id, 480)], by=me)
    assert [balance.seconds for balance in benefits.balances(ana.id, me)] == [0]
    with pytest.raises(NotFound):
        benefits.balances(ana.id, accounts.actor_of(accounts.person()))
    with pytest.raises(NotFound):
        benefits.entries(ana.id, accounts.owner_of(accounts.company().id))


def test_many_accruals_take_a_constant_number_of_statements(app: Flask, statements: Statements) -> None:
    ana_id = workforce.contractor().id
    counts = []
    for size in (2, 40):
        with statements() as seen:
            benefits.accrue([leave(ana_id, 60, f"{size}:{n}") for n in range(size)], by=CLOCK)
        counts.append(len(seen))
    assert counts[0] == counts[1]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 10_000)), max_size=15, unique_by=lambda pair: pair[0]))
def test_the_balance_is_the_sum_however_often_and_in_whatever_order(app: Flask, earned: list[tuple[int, int]]) -> None:
    with db.session.begin_nested() as trial:
        ana = workforce.contractor()
        for batch in (earned[::2], earned, earned[::-1]):
            benefits.accrue([leave(ana.id, seconds, str(n)) for n, seconds in batch], by=CLOCK)
        assert held(ana.id)["sick-leave"] == [sum(seconds for _, seconds in earned)]
        trial.rollback()
