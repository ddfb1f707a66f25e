"""A shift that is added late to a schedule: who is paid an hour beside its time, and that its price is seen before."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from marketplace.accounts.models import Person
from marketplace.core.db import db, transaction
from marketplace.core.money import Money
from marketplace.gigs import service as gigs
from marketplace.pay.models import PayLine
from marketplace.shifts import attendance, costing, hours, moving, offers, scheduling
from marketplace.shifts.laying import Planned
from marketplace.shifts.models import Offer, Shift
from marketplace.shifts.rules import PriceChanged
from marketplace.standards.line_kinds import LineKind
from tests.factories import accounts, pay
from tests.factories import shifts as make
from tests.factories.rails import at_stripe
from tests.factories.shifts import MONDAY
from tests.pay.books import everything_holds
from tests.web.visitor import Visitor

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
PRICE = "POST /api/v1/shifts/price"


def usd(amount: str) -> Money:
    return Money.of(amount, "USD")


@pytest.mark.parametrize(
    ("days", "length", "minutes"), [(14, 240, 0), (13.99, 240, 60), (0, 240, 60), (1, 60, 60), (1, 45, 45)]
)
def test_an_hour_is_added_within_fourteen_days_and_never_more_than_the_shift(
    days: float, length: int, minutes: int
) -> None:
    planned_at = MONDAY - timedelta(days=days)
    assert hours.added_late(MONDAY, MONDAY + timedelta(minutes=length), planned_at) == minutes


def test_a_shift_added_late_pays_an_hour_beside_its_time(app: Flask) -> None:
    """Ana has Monday. Thursday is planned a day later: its four hours at 15.00 pay her 60.00 and 15.00 beside them,
    3.00 go to health and 2.00 to sick leave, the fee of 3.00 bears on the work alone: 83.00. Bea has no schedule with
    the company, and costs 67.40 as ever. Both pay what was held."""
    with transaction():
        there = make.scene()
        ana, bea = make.contracted(there), make.contracted(there)
        monday = make.booked(there, ana)
        make.at(MONDAY - 4 * DAY)
        shift = make.shift(there, MONDAY + 3 * DAY, seats=2)
        first, second = make.asked(there, shift, [ana, bea])
    assert (first.terms["added_minutes"], first.terms["pay"]["amount"]) == (60, "75.00")
    assert "added_minutes" not in second.terms
    with transaction():
        booking = make.accepted(first)
        other = make.accepted(second)
        assert (booking.held, other.held) == (usd("83.00"), usd("67.40"))
        make.work(monday)
        make.at(shift.starts_at)
        for each in (booking, other):
            attendance.clock_in(each.id, by=accounts.actor_of(each.contractor_id))
        make.at(shift.ends_at)
        for each in (booking, other):
            attendance.clock_out(each.id, by=accounts.actor_of(each.contractor_id))
        pay.approved(there, booking)
        pay.approved(there, other)
    everything_holds()
    pay.paid()
    lines = db.session.scalars(select(PayLine).where(PayLine.booking_id == booking.id)).all()
    (beside,) = (line for line in lines if line.kind is LineKind.PREDICTABILITY)
    assert (beside.minutes, beside.money, beside.rule, beside.rule_version) == (60, usd("15.00"), "NOTICE", 4)
    assert sum(line.amount for line in lines) == booking.held_amount
    everything_holds()


def test_who_had_a_schedule_when_the_shift_was_planned(app: Flask) -> None:
    """Of five people one is owed the hour. The others: a booking of the week after, one that was given back before, one
    that was made after the shift was planned, and one with another company."""
    there, elsewhere = make.scene(), make.scene()
    ana, next_week, gave_back, later, others = (make.contracted(there) for _ in range(5))
    make.contract(elsewhere, others)
    make.booked(there, ana)
    make.booked(there, next_week, starts_at=MONDAY + 7 * DAY)
    released = make.booked(there, gave_back)
    make.booked(elsewhere, others)
    make.at(MONDAY - 4 * DAY)
    offers.release(released.id, by=accounts.actor_of(gave_back.id))
    make.at(MONDAY - 3 * DAY)
    shift = make.shift(there, MONDAY + 3 * DAY, seats=5)
    make.at(MONDAY - 2 * DAY)
    make.booked(there, later, starts_at=MONDAY + DAY)
    asked = make.asked(there, shift, [ana, next_week, gave_back, later, others])
    assert [each.terms.get("added_minutes", 0) for each in asked] == [60, 0, 0, 0, 0]


def test_cancelling_early_and_planning_anew_late_is_no_way_around_the_hour(app: Flask) -> None:
    """Monday is taken back 15 days before for nothing, and the Tuesday after it is planned late: Ana, who had Monday,
    is owed the hour that moving it would have cost. Bea is not: her Monday was taken back the day before and paid."""
    there = make.scene()
    by, monday = there.company, MONDAY + 14 * DAY
    ana, bea = make.contracted(there), make.contracted(there)
    first, second = make.shift(there, monday), make.shift(there, monday)
    for shift, who in ((first, ana), (second, bea)):
        make.accepted(make.offered(there, shift, who))
    make.at(monday - 15 * DAY)
    scheduling.cancel_shift(first.id, usd("0.00"), "No material.", by=by)
    make.at(monday - DAY / 2)
    price = scheduling.cancellation_price(second.id, by=by).total
    scheduling.cancel_shift(second.id, price, "No material.", by=by)
    shift = make.shift(there, monday + DAY, seats=2)
    asked = make.asked(there, shift, [ana, bea])
    assert [each.terms.get("added_minutes", 0) for each in asked] == [60, 0]
    planned = [Planned(shift.starts_at, shift.ends_at, make.ZONE, 2)]
    assert costing.added_of(there.gig, planned) == usd("15.60")


def test_the_week_is_the_persons_own(app: Flask) -> None:
    """In Kansas a shift on Sunday evening is of the old week, though it is Monday in UTC; in Jakarta it is of the new
    one. So each of two shifts may cost 15.60 more, for one person."""
    there = make.scene()
    ana, bea = make.contracted(there), make.contracted(there)
    bea.timezone = "Asia/Jakarta"
    for who in (ana, bea):
        make.booked(there, who, starts_at=MONDAY - 13 * HOUR)
    make.at(MONDAY - 4 * DAY)
    times = [MONDAY - 3 * DAY, MONDAY + 2 * DAY]
    planned = [Planned(begins, begins + 4 * HOUR, make.ZONE, 2) for begins in times]
    assert [costing.added_of(there.gig, which) for which in (planned[:1], planned)] == [usd("15.60"), usd("31.20")]
    (same,) = make.asked(there, make.shift(there, MONDAY - 3 * DAY), [ana])
    (next_one,) = make.asked(there, make.shift(there, MONDAY + 2 * DAY), [ana])
    assert [each.terms.get("added_minutes", 0) for each in (same, next_one)] == [60, 0]


def test_what_was_paid_for_moving_is_not_paid_for_adding_too(app: Flask) -> None:
    """Ana has Monday and Tuesday, and Tuesday is moved to Thursday: she is paid the hour of moving. Bea, who has Monday
    and is asked about Thursday's second seat, is paid the hour of adding."""
    there = make.scene()
    ana, bea = make.contracted(there), make.contracted(there)
    both = make.shift(there, seats=2)
    for person in (ana, bea):
        make.booked(there, person, both)
    tuesday = make.shift(there, MONDAY + DAY, seats=2)
    make.booked(there, ana, tuesday)
    make.at(MONDAY - 4 * DAY)
    start = MONDAY + 3 * DAY
    new = moving.move_shift(tuesday.id, start, start + 4 * HOUR, usd("15.60"), "Late data.", by=there.company)
    mine = db.session.scalars(select(Offer).where(Offer.shift_id == new.id)).one()
    (other,) = make.asked(there, new, [bea])
    assert (mine.contractor_id, mine.terms.get("added_minutes", 0)) == (ana.id, 0)
    assert other.terms["added_minutes"] == 60


def test_who_gives_the_seat_back_or_is_called_off_is_owed_no_hour_of_adding(app: Flask) -> None:
    """The curve alone decides: a week before nothing is owed, and all of 83.00 goes back."""
    there = make.scene()
    ana, bea = make.contracted(there), make.contracted(there)
    for person in (ana, bea):
        make.booked(there, person)
    make.at(MONDAY - 4 * DAY)
    shift = make.shift(there, MONDAY + 4 * DAY, seats=2)
    mine, other = (make.accepted(offer) for offer in make.asked(there, shift, [ana, bea]))
    offers.release(mine.id, by=accounts.actor_of(ana.id))
    price = scheduling.cancellation_price(shift.id, by=there.company)
    assert price.total == usd("0.00")
    scheduling.cancel_shift(shift.id, price.total, "No data.", by=there.company)
    assert [(each.compensation_minutes, each.off_at is not None) for each in (mine, other)] == [(0, True)] * 2
    everything_holds()


def test_a_rate_that_rose_since_the_offer_raises_the_hour_too(app: Flask) -> None:
    """Four hours and one at 18.00: 72.00 and 18.00, 2.40 sick leave, 3.60 health, 3.60 fee."""
    there = make.scene()
    ana = make.contracted(there)
    make.booked(there, ana)
    make.at(MONDAY - 4 * DAY)
    (offer,) = make.asked(there, make.shift(there, MONDAY + 3 * DAY), [ana])
    make.more_money(there, usd("1000.00"))
    gigs.raise_rate(there.gig.id, usd("18.00"), by=there.company)
    booking = make.accepted(offer)
    assert booking.held == usd("72.00") + usd("18.00") + usd("2.40") + usd("3.60") + usd("3.60")


# --- the price before -----------------------------------------------------------------------------------------------


def plan(there: make.Scene, seats: Any = 2, day: timedelta = 3 * DAY) -> dict[str, Any]:
    start = MONDAY + day
    times = {"starts_at": start.isoformat(), "ends_at": (start + 4 * HOUR).isoformat(), "timezone": make.ZONE}
    return times | {"gig_id": str(there.gig.id), "seats": seats}


@pytest.mark.door(PRICE, "works")
@pytest.mark.door(PRICE, "not_signed_in")
@pytest.mark.door(PRICE, "not_mine")
@pytest.mark.door(PRICE, "wrong_state")
@pytest.mark.door(PRICE, "wrong_shape")
def test_the_price_of_a_shift_is_asked_before(client: FlaskClient) -> None:
    """Two seats of 67.40, and 15.60 for the hour of the one person who has a schedule. Planned at a price that was
    right an hour ago, it is refused once somebody more has one."""
    there, other = make.scene(), make.scene().company
    make.booked(there)
    make.at(MONDAY - 4 * DAY)
    assert ask(client, plan(there)).status_code == 401
    assert ask(client, plan(there), other).status_code == 404
    assert ask(client, plan(there, seats="two"), there.company).status_code == 422
    found = ask(client, plan(there), there.company).json
    assert (found["people"], found["minutes"]) == (1, 60)
    amounts = [found[name]["amount"] for name in ("work", "added", "total")]
    assert amounts == ["134.80", "15.60", "150.40"]
    assert found["unreached"] == []
    there.gig.places = [*there.gig.places, {"country": "BR", "subdivision": None}]
    with at_stripe(client.application):
        assert ask(client, plan(there), there.company).json["unreached"] == ["BR"]
    start = MONDAY + 3 * DAY
    make.booked(there, starts_at=MONDAY + DAY)
    make.at(MONDAY - 3 * DAY)
    with pytest.raises(PriceChanged):
        scheduling.schedule(there.gig.id, start, start + 4 * HOUR, make.ZONE, 2, agreed=usd("150.40"), by=there.company)
    gigs.pause(there.gig.id, by=there.company)
    assert ask(client, plan(there), there.company).json["code"] == "gig_not_open"


def ask(client: FlaskClient, body: dict[str, Any], who: Any = None) -> Any:
    headers = {"Idempotency-Key": str(uuid4())} | (accounts.bearer(who) if who else {})
    return client.post("/api/v1/shifts/price", json=body, headers=headers)


def test_the_page_shows_the_price_before_it_plans(client: FlaskClient) -> None:
    there = make.scene()
    make.booked(there)
    make.at(MONDAY - 4 * DAY)
    owner = Visitor(client).signed_in(db.session.get_one(Person, there.company.person_id))
    fields = {"gig_id": there.gig.id, "day": "2026-11-26", "begins": "09:00", "ends": "13:00", "seats": "1"}
    page = owner.send(f"/company/{there.company_id}/shifts/new", **fields, timezone=make.ZONE)
    assert "83.00" in page.words
    thursday = select(Shift).where(Shift.starts_at > MONDAY)
    assert db.session.scalars(thursday).all() == []
    owner.hand_in(page)
    assert db.session.scalars(thursday).one().seats == 1
