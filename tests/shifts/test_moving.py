"""A shift that is moved: what it costs, and that nobody is moved with it."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.shifts import hours, moving
from marketplace.shifts.models import Booking, Offer, Shift
from marketplace.shifts.rules import BookingStatus, OfferStatus, PriceChanged, ShiftBegun, ShiftStatus
from tests.factories import accounts
from tests.factories import shifts as make
from tests.factories.shifts import MONDAY
from tests.pay.books import everything_holds

DAY = timedelta(days=1)
PRICE = "GET /api/v1/shifts/<uuid:shift_id>/moving-price"
MOVE = "POST /api/v1/shifts/<uuid:shift_id>/move"


@pytest.mark.parametrize(
    ("before", "minutes"),
    [(23, 120), (24, 60), (71, 60), (72, 60), (14 * 24 - 1, 60), (14 * 24, 0)],
)
def test_moving_late_costs_by_the_curve_and_an_hour_before(before: int, minutes: int) -> None:
    """Of four hours: the whole call-in minimum of 120 minutes under 24 hours, half of it under 72, an hour under 14
    days, nothing before that."""
    owed = hours.moving(MONDAY, MONDAY + timedelta(hours=4), MONDAY - timedelta(hours=before))
    assert (owed.minutes, owed.rule) == (minutes, "NOTICE")


def test_half_of_a_long_shift_is_more_than_an_hour_and_a_short_one_pays_no_more_than_itself() -> None:
    at = MONDAY - timedelta(hours=48)
    assert hours.moving(MONDAY, MONDAY + timedelta(hours=8), at).minutes == 120
    assert hours.moving(MONDAY, MONDAY + timedelta(minutes=40), at).minutes == 40


def test_whoever_had_a_seat_is_paid_and_asked_first(app: Flask) -> None:
    """Five days before, an hour at 15.00 and 0.60 for health are owed to each of the two; both are asked about
    Wednesday, one of them works elsewhere then and is not."""
    there = make.scene()
    ana, bea = make.contracted(there), make.contracted(there)
    shift = make.shift(there, seats=2)
    one, two = (make.booked(there, person, shift) for person in (ana, bea))
    make.booked(there, bea, starts_at=MONDAY + 2 * DAY)
    price = moving.moving_price(shift.id, by=there.company)
    assert price.total == Money.of("31.20", "USD")
    start = MONDAY + 2 * DAY
    with pytest.raises(PriceChanged):
        moving.move_shift(
            shift.id, start, start + timedelta(hours=4), Money.of("31.19", "USD"), "Late.", by=there.company
        )
    new = moving.move_shift(shift.id, start, start + timedelta(hours=4), price.total, "Late data.", by=there.company)
    assert (shift.status, new.status, new.seats, new.seats_taken) == (
        ShiftStatus.CANCELLED, ShiftStatus.SCHEDULED, 2, 0,
    )  # fmt: skip
    assert [(each.status, each.compensation_minutes) for each in (one, two)] == [(BookingStatus.CANCELLED, 60)] * 2
    asked = db.session.scalars(select(Offer).where(Offer.shift_id == new.id)).all()
    assert [(each.contractor_id, each.status, each.collects) for each in asked] == [
        (ana.id, OfferStatus.PENDING, False)
    ]
    everything_holds()
    make.at(new.starts_at)
    with pytest.raises(ShiftBegun):
        moving.move_shift(new.id, start + DAY, start + 2 * DAY, price.total, "Again.", by=there.company)


# --- the doors ------------------------------------------------------------------------------------------------------


def call(client: FlaskClient, route: str, shift_id: object, who: Any = None, **more: Any) -> Any:
    method, _, path = route.partition(" ")
    headers = {"Idempotency-Key": str(uuid4())} | (accounts.bearer(who) if who else {})
    return client.open(path.replace("<uuid:shift_id>", str(shift_id)), method=method, headers=headers, **more)


def body(shift: Shift, amount: str) -> dict[str, Any]:
    start = shift.starts_at + DAY
    moments = {"starts_at": start.isoformat(), "ends_at": (start + timedelta(hours=4)).isoformat()}
    return moments | {"agreed": {"amount": amount, "currency": "USD"}, "reason": "The data is late."}


@pytest.mark.door(PRICE, "works")
@pytest.mark.door(PRICE, "not_signed_in")
@pytest.mark.door(PRICE, "not_mine")
@pytest.mark.door(MOVE, "works")
@pytest.mark.door(MOVE, "not_signed_in")
@pytest.mark.door(MOVE, "not_mine")
@pytest.mark.door(MOVE, "wrong_state")
@pytest.mark.door(MOVE, "wrong_shape")
def test_a_company_moves_its_shift_at_the_price_it_saw(client: FlaskClient) -> None:
    there = make.scene()
    booking = make.booked(there)
    shift = db.session.get_one(Shift, booking.shift_id)
    other = make.scene().company
    for route in (PRICE, MOVE):
        more = {"json": body(shift, "15.60")} if route == MOVE else {}
        assert call(client, route, shift.id, **more).status_code == 401
        assert call(client, route, shift.id, other, **more).status_code == 404
    assert call(client, PRICE, shift.id, there.company).json["total"]["amount"] == "15.60"
    assert call(client, MOVE, shift.id, there.company, json={"reason": 7}).status_code == 422
    dear = call(client, MOVE, shift.id, there.company, json=body(shift, "15.59"))
    assert (dear.status_code, dear.json["code"]) == (409, "price_changed")
    made = call(client, MOVE, shift.id, there.company, json=body(shift, "15.60"))
    assert (made.status_code, made.json["seats"]) == (201, 1)
    assert db.session.get_one(Booking, booking.id).compensation_minutes == 60
