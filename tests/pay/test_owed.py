"""What a company owes so far: bookings that cost the same are reckoned once, and the sum is that of each by itself."""

from datetime import timedelta

import pytest
from flask import Flask

from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.money import Money, total
from marketplace.pay import queries as pay
from marketplace.pay.queries import OwedSoFar
from marketplace.pay.runs import lines, so_far, works
from marketplace.pay.runs.lines import owed
from marketplace.shifts import attendance
from tests.factories import accounts, disputes, shifts
from tests.factories import pay as made
from tests.factories.shifts import MONDAY, Scene

HOUR = timedelta(hours=1)


def _one_by_one(scene: Scene) -> Money:
    found = so_far.not_yet_paid(clock.now(), scene.company_id)
    paid = works.issued([work.booking_id for work in found]).values()
    return total([owed(work) for work in found], "USD") - total(paid, "USD")


def test_the_sum_is_that_of_each_by_itself(app: Flask) -> None:
    """Two work a shift as planned, one leaves an hour early, one works at night, one is at work: four kinds."""
    scene = shifts.scene()
    day = shifts.shift(scene, MONDAY, seats=3)
    by_day = [shifts.booked(scene, shift=day) for _ in range(3)]
    at_night = shifts.booked(scene, starts_at=MONDAY + timedelta(hours=14))
    running = shifts.booked(scene, starts_at=MONDAY + timedelta(hours=38))
    actors = {each.id: accounts.actor_of(each.contractor_id) for each in (*by_day, at_night, running)}
    shifts.at(MONDAY)
    for each in by_day:
        attendance.clock_in(each.id, by=actors[each.id])
    for each, leaves in zip(by_day, (4, 4, 3), strict=True):
        shifts.at(MONDAY + leaves * HOUR)
        attendance.clock_out(each.id, by=actors[each.id])
    shifts.work(at_night)
    shifts.at(running.starts_at)
    attendance.clock_in(running.id, by=actors[running.id])
    shifts.at(running.starts_at + HOUR)
    db.session.flush()
    assert at_night.night_minutes > 0
    assert sorted(so_far.alike(clock.now(), scene.company_id).values()) == [1, 1, 1, 2]
    assert pay.owed_so_far(scene.company_id, scene.company).sums == {"USD": _one_by_one(scene)}
    shifts.at(running.ends_at)
    assert pay.owed_so_far(scene.company_id, scene.company).sums == {"USD": _one_by_one(scene)}


def test_what_cannot_be_reckoned_is_in_no_sum_and_the_rest_is(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of four hours one is cut and the others are paid, of two bookings: the price of one raises then. 16.85 are still
    owed for the other, and 67.40 for a third, from which nothing that was paid of the first is taken."""
    scene = shifts.scene()
    broken_id, price = disputes.worked_and_cut(scene).booking_id, lines.priced
    disputes.worked_and_cut(scene, starts_at=MONDAY + timedelta(days=7))
    made.paid()
    made.worked_and_approved(scene, starts_at=MONDAY + timedelta(days=14))
    monkeypatch.setattr(lines, "priced", lambda work: price(work) if work.booking_id != broken_id else 1 // 0)
    assert pay.owed_so_far(scene.company_id, scene.company) == OwedSoFar({"USD": Money.of("84.25", "USD")}, {"USD": 1})


def test_what_is_paid_is_owed_no_more(app: Flask) -> None:
    scene = shifts.scene()
    paid = made.worked_and_approved(scene)
    assert pay.owed_so_far(scene.company_id, scene.company).sums == {"USD": Money.of("67.40", "USD")}
    made.paid()
    db.session.refresh(paid)
    assert pay.owed_so_far(scene.company_id, scene.company).sums == {}
