"""Leave that is taken: whatever is taken in whatever pieces, there is never more of it than accrued."""

from datetime import UTC, datetime
from itertools import count

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from marketplace.accounts.rules import CLOCK
from marketplace.contracts import benefits, leave
from marketplace.contracts.models import BenefitEntry
from marketplace.contracts.rules import Accrual, EntryKind, leave_account, leave_share
from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.core.problems import NotFound
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import Entry, Move
from tests.factories import accounts, workforce

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
_numbers = count(1)


def accrue(person_id: object, seconds: int, *money: Money) -> None:
    """Leave as pay enters it: seconds in the benefit ledger, money in the books."""
    number = next(_numbers)
    given = Accrual(person_id, "sick-leave", seconds, f"test:{number}", "a test", "SICK", 2, NOON)  # type: ignore[arg-type]
    benefits.accrue([given], by=CLOCK)
    moves = [Move("rail:sandbox", leave_account(given.contractor_id), each) for each in money if each]
    if moves:
        ledger.post(Entry(f"test:leave:{number}", moves))


def test_half_of_the_time_takes_half_of_the_money_of_every_currency(app: Flask) -> None:
    """Two hours of leave hold 30.00 USD and 90,000.00 IDR. One hour of it takes 15.00 and 45,000.00."""
    ana = workforce.contractor()
    accrue(ana.id, 7200, Money.of("30.00", "USD"), Money.of("90000.00", "IDR"))
    taken = leave.take(ana.id, 60, cause="one", reference="a test", by=accounts.actor_of(ana.id))
    assert taken == leave.Leave(3600, [Money.of("45000.00", "IDR"), Money.of("15.00", "USD")])
    assert leave.available(ana.id) == taken
    assert leave.pays(["one"]) == {"one": taken.money}


def test_leave_is_taken_in_whole_minutes_by_its_owner_only(app: Flask) -> None:
    ana = workforce.contractor()
    accrue(ana.id, 119, Money.of("0.50", "USD"))
    with pytest.raises(NotFound):
        leave.take(ana.id, 60, cause="not hers", reference="a test", by=accounts.actor_of(workforce.contractor().id))
    assert leave.take(ana.id, 60, cause="one", reference="a test", by=accounts.actor_of(ana.id)).seconds == 60
    assert leave.take(ana.id, 60, cause="two", reference="a test", by=accounts.actor_of(ana.id)).seconds == 0


@given(st.integers(0, 10**9), st.data())
def test_a_share_is_never_more_than_there_is_and_all_for_all(amount: int, data: st.DataObject) -> None:
    seconds = data.draw(st.integers(1, 144_000))
    used = data.draw(st.integers(0, seconds))
    money = Money(amount, "USD")
    share = leave_share(money, used, seconds)
    assert Money(0, "USD") <= share <= money
    assert leave_share(money, seconds, seconds) == money
    assert abs(share.amount * seconds - amount * used) * 2 <= seconds


EARNED = st.tuples(st.integers(0, 30_000), st.integers(0, 20_000), st.integers(0, 5_000_000))


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.one_of(EARNED, st.integers(0, 600)), min_size=1, max_size=8))
def test_no_balance_falls_below_zero_and_nothing_is_lost(app: Flask, steps: list[object]) -> None:
    """Accruals and leave in any order: what is left and what was taken add up to what accrued, in time and money."""
    ana = workforce.contractor()
    by, earned, taken = accounts.actor_of(ana.id), [0, 0, 0], [0, 0, 0]
    for number, step in enumerate(steps):
        if isinstance(step, tuple):
            seconds, usd, idr = step
            accrue(ana.id, seconds, Money(usd, "USD"), Money(idr, "IDR"))
            earned = [a + b for a, b in zip(earned, step, strict=True)]
            continue
        assert isinstance(step, int)
        got = leave.take(ana.id, step, cause=f"{ana.id}:{number}", reference="a test", by=by)
        money = {each.currency: each.amount for each in got.money}
        taken = [taken[0] + got.seconds, taken[1] + money.get("USD", 0), taken[2] + money.get("IDR", 0)]
        assert got.seconds <= step * 60
    left = leave.available(ana.id)
    money = {each.currency: each.amount for each in left.money}
    assert [left.seconds, money.get("USD", 0), money.get("IDR", 0)] == [
        a - b for a, b in zip(earned, taken, strict=True)
    ]
    assert min(left.seconds, *money.values(), 0) == 0
    used = select(func.coalesce(func.sum(BenefitEntry.quantity), 0))
    own = used.where(BenefitEntry.contractor_id == ana.id, BenefitEntry.kind == EntryKind.USE)
    assert db.session.scalar(own) == -taken[0]
