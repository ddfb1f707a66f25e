"""A phone without network: what it kept counts once, to the minute, and is told to both sides (rule OFFLINE)."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from marketplace.accounts.rules import Actor
from marketplace.core.db import db
from marketplace.core.problems import NotFound
from marketplace.ledger import queries as books
from marketplace.shifts import attendance, outage, taps
from marketplace.shifts.clock_rules import EntryFlag, EntryKind, Press, TapOutcome
from marketplace.shifts.models import Booking, TimeEntry
from marketplace.shifts.rules import BookingStatus
from marketplace.shifts.taps import Tap
from marketplace.shifts.timesheet_models import TimesheetLine
from marketplace.standards.catalogue import RULES
from tests.factories import accounts
from tests.factories import shifts as make
from tests.factories.shifts import MONDAY, Scene

SEND = "POST /api/v1/bookings/taps"
KEPT = "GET /api/v1/bookings/<uuid:booking_id>/taps"


def me(booking: Booking) -> Actor:
    return accounts.actor_of(booking.contractor_id)


def after(minutes: float) -> datetime:
    return MONDAY + timedelta(minutes=minutes)


def tap(booking: Booking, press: Press, minutes: float) -> Tap:
    return Tap(uuid4(), booking.id, press, after(minutes))


def line(booking: Booking) -> TimesheetLine:
    return db.session.scalars(select(TimesheetLine).where(TimesheetLine.booking_id == booking.id)).one()


def morning(booking: Booking) -> list[Tap]:
    """Clocked in at the start, a paid break of ten minutes after two hours, out ten minutes before the end."""
    presses = ((Press.CLOCK_IN, 0), (Press.PAID_BREAK, 120), (Press.WORK, 130), (Press.CLOCK_OUT, 230))
    return [tap(booking, press, minutes) for press, minutes in presses]


def test_a_shift_without_network_is_paid_to_the_minute(scene: Scene) -> None:
    """Four hours on Monday, of which 230 minutes were worked; the phone finds a network seven hours after the start.
    The job has taken the person for a no-show meanwhile, and given the gig its money back."""
    booking = make.booked(scene)
    held = booking.held
    make.at(after(30))
    assert attendance.mark_no_shows() == 1
    make.at(after(420))
    told = taps.send(morning(booking), after(420), by=me(booking))
    assert [each.outcome for each in told] == [TapOutcome.COUNTED] * 4
    counted = line(booking)
    assert booking.status is BookingStatus.WORKED
    assert (counted.work_minutes, counted.paid_break_minutes, counted.unpaid_break_minutes) == (220, 10, 0)
    assert counted.flags == [EntryFlag.CLAIMED]
    assert books.balance(booking.hold_account, "USD") == held
    assert books.wrong_balances() == []
    entry = db.session.scalars(select(TimeEntry).order_by(TimeEntry.started_at)).first()
    assert entry is not None
    assert (entry.started_at, entry.client_started_at) == (MONDAY, MONDAY)
    kept = taps.of_booking(booking.id, seen_by=scene.company)
    assert (kept[0].pressed_at, kept[0].received_at) == (MONDAY, after(420))
    assert RULES["OFFLINE"].parameters == {"believed_minutes": 15, "claimed_hours": 24}


def test_what_is_sent_twice_counts_once(scene: Scene) -> None:
    booking = make.booked(scene)
    make.at(after(60))
    clocked_in = tap(booking, Press.CLOCK_IN, 0)
    first = taps.send([clocked_in], after(60), by=me(booking))
    make.at(after(300))
    again = taps.send([clocked_in, tap(booking, Press.CLOCK_OUT, 200)], after(300), by=me(booking))
    assert (again[0].outcome, again[0].counted_at) == (first[0].outcome, first[0].counted_at)
    assert line(booking).work_minutes == 200
    assert len(taps.of_booking(booking.id, seen_by=me(booking))) == 2


def test_the_clock_of_a_device_may_be_wrong(scene: Scene) -> None:
    """Its own clock says how long ago it was pressed, so that one that is three hours slow costs nobody a minute."""
    booking = make.booked(scene)
    make.at(after(200))
    slow = [tap(booking, Press.CLOCK_IN, -180), tap(booking, Press.UNPAID_BREAK, -80)]
    taps.send(slow, after(20), by=me(booking))
    found = db.session.scalars(select(TimeEntry).order_by(TimeEntry.started_at)).all()
    assert [(each.kind, each.started_at) for each in found] == [
        (EntryKind.WORK, MONDAY),
        (EntryKind.UNPAID_BREAK, after(100)),
    ]


def test_short_gaps_are_no_claims(scene: Scene) -> None:
    booking = make.booked(scene)
    make.at(after(15))
    taps.send([tap(booking, Press.CLOCK_IN, 0)], after(15), by=me(booking))
    entry = db.session.scalars(select(TimeEntry)).one()
    assert (entry.started_at, entry.flags) == (MONDAY, [EntryFlag.CLIENT_TIME])


def test_each_press_stands_for_itself(scene: Scene) -> None:
    """One of a day ago comes too late, one that makes no sense is refused, one of another person's is not there; the
    others count, in the order in which they were pressed, whatever order they stand in."""
    booking, other = make.booked(scene), make.booked(scene)
    make.at(after(150))
    sent = [
        tap(booking, Press.CLOCK_OUT, 140),
        tap(booking, Press.WORK, -24 * 60),
        tap(other, Press.CLOCK_IN, 10),
        tap(booking, Press.CLOCK_IN, 5),
        tap(booking, Press.WAITING, 145),
        tap(booking, Press.WAITING, 60),
    ]
    told = taps.send(sent, after(150), by=me(booking))
    assert [each.code for each in told] == [
        None,
        "too_late_to_claim",
        "not_found",
        None,
        "not_clocked_in",
        None,
    ]
    assert (line(booking).work_minutes, line(booking).waiting_minutes) == (55, 80)
    assert other.status is BookingStatus.BOOKED
    again = taps.send([sent[4]], after(151), by=me(booking))
    assert (again[0].code, again[0].problem) == ("not_clocked_in", None)


def test_who_came_after_the_half_hour_is_still_missed(scene: Scene) -> None:
    booking = make.booked(scene)
    make.at(after(31))
    attendance.mark_no_shows()
    make.at(after(100))
    (told,) = taps.send([tap(booking, Press.CLOCK_IN, 35)], after(100), by=me(booking))
    assert (told.code, booking.status) == ("wrong_state", BookingStatus.NO_SHOW)


def test_who_took_another_place_meanwhile_is_not_in_two(scene: Scene) -> None:
    ana = make.contracted(scene)
    first = make.booked(scene, ana)
    make.at(after(30))
    attendance.mark_no_shows()
    make.booked(scene, ana, starts_at=after(60), hours=2)
    make.at(after(50))
    (told,) = taps.send([tap(first, Press.CLOCK_IN, 0)], after(50), by=me(first))
    assert told.code == "double_booked"


def test_an_outage_that_was_pressed_without_network_is_paid(scene: Scene) -> None:
    booking = make.booked(scene)
    make.at(after(300))
    kept = [tap(booking, Press.CLOCK_IN, 0), tap(booking, Press.OUTAGE, 60), tap(booking, Press.WORK, 100)]
    taps.send([*kept, tap(booking, Press.CLOCK_OUT, 240)], after(300), by=me(booking))
    assert (line(booking).work_minutes, line(booking).waiting_minutes) == (200, 40)
    assert {EntryFlag.OUTAGE, EntryFlag.CLAIMED} <= set(line(booking).flags)
    late = make.booked(scene, starts_at=after(600))
    make.at(after(610))
    taps.send([tap(late, Press.OUTAGE, 605)], after(610), by=me(late))
    assert late.status is BookingStatus.EXCUSED
    assert outage.report_outage(late.id, by=me(late)).status is BookingStatus.EXCUSED


def body(booking: Booking, *presses: tuple[str, float]) -> dict[str, Any]:
    kept = [
        {"id": str(uuid4()), "booking_id": str(booking.id), "press": press, "at": after(minutes).isoformat()}
        for press, minutes in presses
    ]
    return {"sent_at": after(60).isoformat(), "taps": kept}


@pytest.mark.door(SEND, "works")
@pytest.mark.door(SEND, "wrong_state")
@pytest.mark.door(KEPT, "works")
def test_the_doors_take_several_presses_and_answer_each(client: FlaskClient, scene: Scene) -> None:
    booking = make.booked(scene)
    make.at(after(60))
    headers = accounts.bearer(me(booking))
    given = body(booking, ("clock_in", 2), ("clock_in", 3), ("work", -30))
    told = client.post("/api/v1/bookings/taps", json=given, headers=headers).get_json()["items"]
    assert [each["outcome"] for each in told] == ["counted", "counted", "refused"]
    assert told[0]["counted_at"] == after(2).isoformat()
    assert (told[2]["code"], told[2]["title"]) == ("not_clocked_in", "The clock is not running for this booking.")
    for who in (headers, accounts.bearer(scene.company)):
        kept = client.get(f"/api/v1/bookings/{booking.id}/taps", headers=who).get_json()["items"]
        assert [(each["press"], each["outcome"]) for each in kept] == [
            ("work", "refused"),
            ("clock_in", "counted"),
            ("clock_in", "counted"),
        ]
        assert kept[1]["received_at"] == after(60).isoformat()


@pytest.mark.door(SEND, "not_signed_in")
@pytest.mark.door(SEND, "not_mine")
@pytest.mark.door(SEND, "wrong_shape")
@pytest.mark.door(KEPT, "not_signed_in")
@pytest.mark.door(KEPT, "not_mine")
def test_the_doors_are_for_ones_own_clock(client: FlaskClient, scene: Scene) -> None:
    booking = make.booked(scene)
    make.at(after(60))
    stranger = accounts.bearer(accounts.actor_of(make.contracted(scene).id))
    given = body(booking, ("clock_in", 2))
    address = f"/api/v1/bookings/{booking.id}/taps"
    assert client.post("/api/v1/bookings/taps", json=given).status_code == 401
    assert client.get(address).status_code == 401
    (told,) = client.post("/api/v1/bookings/taps", json=given, headers=stranger).get_json()["items"]
    assert told["code"] == "not_found"
    assert client.get(address, headers=stranger).status_code == 404
    given["taps"] = given["taps"] * 2
    for wrong in (given, given | {"taps": []}, given | {"sent_at": "now"}):
        assert client.post("/api/v1/bookings/taps", json=wrong, headers=stranger).status_code == 422
    with pytest.raises(NotFound):
        taps.of_booking(UUID(int=0), seen_by=me(booking))
