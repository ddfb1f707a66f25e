"""People who stand by, wanted where a shift, a series or a file is planned, and moved along with their shift."""

from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from marketplace.accounts.models import Person
from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.shifts import bulk, changing, moving, scheduling, series, standby
from marketplace.shifts.changing import Wanted
from marketplace.shifts.models import Shift
from marketplace.shifts.rules import BadShift, PriceChanged, ShiftStatus
from marketplace.shifts.series_models import ShiftSeries
from tests.factories import accounts
from tests.factories import shifts as make
from tests.factories.shifts import MONDAY, ZONE, Scene
from tests.pay.books import everything_holds
from tests.web.visitor import Visitor

NOTHING = Money.of("0.00", "USD")
FOUR_HOURS = timedelta(hours=4)
TIMES = {"starts_at": MONDAY, "ends_at": MONDAY + FOUR_HOURS, "timezone": ZONE}


def reserve_of(scene: Scene, shift: Shift) -> Shift | None:
    return standby.of_shift(shift.id, seen_by=scene.company)


def stand_by(of: ShiftSeries) -> list[tuple[str, int]]:
    """The days of a series for which people are to stand by, and how many."""
    main = select(Shift.id).where(Shift.series_id == of.id)
    found = select(Shift).where(Shift.standby_of.in_(main), Shift.status == ShiftStatus.SCHEDULED)
    return [(f"{each.starts_at:%m-%d}", each.seats) for each in db.session.scalars(found.order_by(Shift.starts_at))]


def test_a_shift_is_planned_with_people_who_stand_by_at_a_price_that_is_seen(scene: Scene) -> None:
    """Three seats of four hours at 15.00 are 202.20 USD with fee and benefits, 67.40 each; two who stand by in vain
    are paid two hours each, 31.20 with the contribution to health cover."""
    price = scheduling.adding_price(scene.gig.id, **TIMES, seats=3, standby=2, by=scene.company)
    assert (str(price.work), str(price.standby), str(price.total)) == ("202.20 USD", "62.40 USD", "264.60 USD")
    less = price.total - Money(1, "USD")
    with pytest.raises(PriceChanged):
        scheduling.schedule(scene.gig.id, **TIMES, seats=3, standby=2, agreed=less, by=scene.company)
    made = scheduling.schedule(scene.gig.id, **TIMES, seats=3, standby=2, agreed=price.total, by=scene.company)
    reserve = reserve_of(scene, made)
    assert reserve is not None
    assert (made.seats, reserve.seats, reserve.starts_at, reserve.ends_at) == (3, 2, made.starts_at, made.ends_at)
    for wrong in ({"seats": 1, "standby": 2}, {"seats": 2, "standby": 1, "training": True}):
        with pytest.raises(BadShift) as refused:
            scheduling.schedule(scene.gig.id, **TIMES, **wrong, by=scene.company)
        assert refused.value.field == "standby"


def test_a_moved_shift_takes_its_standby_along(scene: Scene) -> None:
    shift = scheduling.schedule(scene.gig.id, **TIMES, seats=2, standby=1, by=scene.company)
    price, start = moving.moving_price(shift.id, by=scene.company), MONDAY + timedelta(days=2)
    new = moving.move_shift(shift.id, start, start + FOUR_HOURS, price.total, "Late data.", by=scene.company)
    reserve = reserve_of(scene, new)
    assert reserve is not None
    assert (reserve.seats, reserve.starts_at, reserve_of(scene, shift)) == (1, start, None)


def test_each_day_of_a_series_has_its_standby_and_a_change_takes_it_from_nobody(scene: Scene) -> None:
    """Four Mondays with one who stands by, at 15.60 each in vain; from the last day of November on with none: whoever
    said yes to standing by on that day stays, and the other days have nobody any more. Then with two again."""
    rule = {"rule": "FREQ=WEEKLY;BYDAY=MO", "first_day": date(2026, 11, 23), "timezone": ZONE, "seats": 2}
    given = rule | {"begins": MONDAY.time().replace(hour=9), "ends": MONDAY.time().replace(hour=11)}
    shown = series.preview(scene.gig.id, **given, standby=1, by=scene.company)
    assert str(shown.price.standby) == "62.40 USD"
    of = series.start(scene.gig.id, **given, standby=1, by=scene.company)
    assert stand_by(of) == [("11-23", 1), ("11-30", 1), ("12-07", 1), ("12-14", 1)]
    second = db.session.scalars(select(Shift).where(Shift.series_day == date(2026, 11, 30))).one()
    reserve = reserve_of(scene, second)
    assert reserve is not None
    booking = make.booked(scene, shift=reserve)
    none = Wanted(date(2026, 11, 30), None, of.begins, of.ends, 2, None)
    price = changing.price(of.id, none, by=scene.company)
    new = changing.change(of.id, none, price.total, "Enough people.", by=scene.company)
    assert (str(price.total), str(price.standby), booking.status) == ("0.00 USD", "0.00 USD", "booked")
    assert (stand_by(of), stand_by(new)) == ([("11-23", 1)], [("11-30", 1)])
    more = Wanted(date(2026, 12, 7), None, of.begins, of.ends, 2, None, 2)
    price = changing.price(new.id, more, by=scene.company)
    assert str(price.standby) == "62.40 USD", "two who stand by on two days"
    assert stand_by(changing.change(new.id, more, NOTHING, "Many are ill.", by=scene.company)) == [
        ("12-07", 2),
        ("12-14", 2),
    ]
    everything_holds()


def test_a_file_says_who_stands_by_line_by_line(scene: Scene) -> None:
    text = "day,begins,ends,seats,standby\n2026-11-24,09:00,13:00,2,1\n2026-11-25,09:00,13:00,1,\n"
    found = bulk.look(scene.gig.id, text, ZONE, 1, by=scene.company)
    assert ([row.standby for row in found.rows], str(found.price.standby)) == ([1, 0], "31.20 USD")
    first, second = bulk.plan(scene.gig.id, text, ZONE, 1, by=scene.company)
    reserve = reserve_of(scene, first)
    assert reserve is not None
    assert (reserve.seats, reserve_of(scene, second)) == (1, None)
    (fault,) = bulk.look(scene.gig.id, text, ZONE, 1, None, 2, by=scene.company).faults
    assert (fault.line, "which are 1" in fault.words) == (3, True)
    hours = "DTSTART:20261126T150000Z\r\nDTEND:20261126T190000Z"
    event = f"BEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20261101T000000Z\r\n{hours}\r\nEND:VEVENT"
    calendar = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{event}\r\nEND:VCALENDAR\r\n"
    assert [row.standby for row in bulk.look(scene.gig.id, calendar, ZONE, 3, None, 2, by=scene.company).rows] == [2]


def test_the_doors_take_and_tell_it(client: FlaskClient, scene: Scene) -> None:
    ours = accounts.bearer(scene.company)
    plan: dict[str, Any] = {
        "gig_id": str(scene.gig.id),
        "starts_at": MONDAY.isoformat(),
        "ends_at": (MONDAY + FOUR_HOURS).isoformat(),
        "timezone": ZONE,
        "seats": 2,
        "standby": 1,
    }
    price = client.post("/api/v1/shifts/price", json=plan, headers=ours).get_json()
    assert price["standby"] == {"amount": "31.20", "currency": "USD"}
    made = client.post("/api/v1/shifts", json=plan | {"agreed": price["total"]}, headers=ours).get_json()
    shift = db.session.scalars(select(Shift).where(Shift.standby_of.is_not(None))).one()
    assert (str(shift.standby_of), shift.seats) == (made["id"], 1)
    bad = client.post("/api/v1/shifts", json=plan | {"standby": 3}, headers=ours).get_json()
    assert (bad["code"], bad["field"]) == ("bad_shift", "standby")


def test_a_company_plans_it_on_its_pages_and_sees_it_in_its_calendar(client: FlaskClient, scene: Scene) -> None:
    visitor = Visitor(client).signed_in(db.session.get_one(Person, scene.company.person_id))
    times = {"day": "2026-11-23", "begins": "09:00", "ends": "13:00", "timezone": ZONE, "seats": 3, "standby": 2}
    seen = visitor.send(f"/company/{scene.company_id}/shifts/new", **times)
    assert ("$264.60" in seen.words, "$62.40 USD are for people who stand by" in seen.words) == (True, True)
    page = visitor.hand_in(seen)
    assert "0 of 2 people stand by" in page.words
    reserve = db.session.scalars(select(Shift).where(Shift.standby_of.is_not(None))).one()
    make.booked(scene, shift=reserve)
    calendar = visitor.look(f"/company/{scene.company_id}/calendar?month=2026-11")
    assert "Monday, November 23, 2026: 1 shift, 0 of 3 seats taken, 1 of 2 stand by" in calendar.words
    assert "people who stand by, of those who are wanted" in calendar.words
    file = f"/company/{scene.company_id}/shifts/file"
    text = b"day,begins,ends,standby\n2026-11-24,09:00,13:00,1\n"
    look = visitor.send(file, look="1", timezone=ZONE, file=text)
    assert "1 seat, 1 stands by" in look.words
    assert visitor.hand_in(look).status == 200
    recurring = visitor.send(
        f"/company/{scene.company_id}/shifts/series/new",
        look="1", first_day="2026-11-25", begins="09:00", ends="10:00", timezone=ZONE, seats=1, standby=1, unit="DAILY",
        last="2026-11-26", weekdays=[],
    )  # fmt: skip
    assert "people who stand by, if none is needed STANDBY $31.20" in recurring.words
