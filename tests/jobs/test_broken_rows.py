"""One row that a job cannot deal with keeps it from no other."""

from collections.abc import Callable
from datetime import timedelta
from types import ModuleType
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from jobs.runner import run_now
from marketplace.core import clock
from marketplace.core.db import LeftOver, db
from marketplace.core.money import Money
from marketplace.disputes import service as disputes
from marketplace.disputes.models import Dispute
from marketplace.pay import deposit_invoices as asked_for
from marketplace.pay.rails import deposit_invoices, payments
from marketplace.pay.rails.deposit_invoice_models import DepositInvoice
from marketplace.shifts import guarantees, series
from marketplace.shifts.guarantee_models import Guarantee
from marketplace.shifts.series_models import ShiftSeries
from tests.disputes.test_advances import claimed
from tests.factories import accounts, shifts
from tests.factories.shifts import MONDAY
from tests.shifts.test_guarantees import SETTLED, guaranteed_to

Job = tuple[ModuleType, str, str, Callable[[], int]]
"""Where the work of one row stands, what it is called, the job, and how many rows it has dealt with."""


def _count(*where: Any) -> int:
    return db.session.scalar(select(func.count()).where(*where)) or 0


def _laying() -> Job:
    scene = shifts.scene(minutes=12_000, pilot=True)
    first, _ = shifts.series(scene), shifts.series(scene)
    before = first.filled_until
    clock.move_to(MONDAY)
    return series, "fill", "shifts.recur", lambda: _count(ShiftSeries.filled_until > before)


def _advancing() -> Job:
    scene = shifts.scene()
    for day in range(2):
        claimed(scene, starts_at=MONDAY + timedelta(days=day))
    return disputes, "advance", "disputes.advance_small", lambda: _count(Dispute.advanced_at.is_not(None))


def _reckoning() -> Job:
    scene = shifts.scene()
    for _ in range(2):
        guaranteed_to(scene)
    clock.move_to(SETTLED)
    return guarantees, "_reckon_next", "guarantees.reckon", lambda: _count(Guarantee.id.is_not(None))


def _reminding() -> Job:
    lab = accounts.company().id
    for number in range(2):
        asked_for.ask(lab, Money.of("10.00", "USD"), 30, f"PO-{number}", by=accounts.owner_of(lab))
    payments.advance_ops()
    clock.move_to(clock.now() + timedelta(days=31))
    return deposit_invoices, "_remind", "deposits.remind", lambda: _count(DepositInvoice.reminded_at.is_not(None))


@pytest.mark.parametrize("prepared", [_laying, _advancing, _reckoning, _reminding])
def test_what_cannot_be_done_keeps_nothing_else_from_being_done(
    app: Flask, monkeypatch: pytest.MonkeyPatch, prepared: Callable[[], Job]
) -> None:
    """Two are due, and the first raises whenever it is tried."""
    module, name, job, done = prepared()
    work, broken = getattr(module, name), list[Any]()

    def raising(row: Any, *more: Any, **named: Any) -> Any:
        key = row if isinstance(row, tuple) else repr(row.__mapper__.primary_key_from_instance(row))
        broken.append(key)
        if key == broken[0]:
            raise ZeroDivisionError
        return work(row, *more, **named)

    monkeypatch.setattr(module, name, raising)
    with pytest.raises(LeftOver) as left:
        run_now(job)
    assert (done(), [type(each) for each in left.value.exceptions]) == (1, [ZeroDivisionError])
