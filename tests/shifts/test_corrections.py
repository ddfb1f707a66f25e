"""Mistakes of the clock: what stood before stays, and no minute is taken without a yes or a cut (rule CORRECT)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from marketplace.accounts.rules import CLOCK, Actor, CompanyRole
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import timeline
from marketplace.core.lifecycle import WrongState
from marketplace.core.money import Money
from marketplace.core.problems import Forbidden, NotFound
from marketplace.ledger import queries as books
from marketplace.shifts import attendance, corrections, cuts, taps, timesheets
from marketplace.shifts.clock_rules import (
    BadCorrection,
    ClockElsewhere,
    CorrectedBy,
    CorrectionStatus,
    EntryFlag,
    EntryKind,
    Press,
    TooLateToCorrect,
)
from marketplace.shifts.correction_models import Correction
from marketplace.shifts.hours import Stretch
from marketplace.shifts.models import Booking, TimeEntry
from marketplace.shifts.rules import BookingStatus
from marketplace.shifts.taps import Tap
from marketplace.shifts.timesheet_models import TimesheetLine
from marketplace.shifts.timesheet_rules import BadCut, CutCategory, TimesheetStatus
from marketplace.standards.catalogue import RULES
from marketplace.standards.hazard import HazardClass
from tests.factories import accounts
from tests.factories import shifts as make
from tests.factories.shifts import MONDAY, Scene

CORRECT = "POST /api/v1/bookings/<uuid:booking_id>/corrections"
LIST = "GET /api/v1/bookings/<uuid:booking_id>/corrections"
ACCEPT = "POST /api/v1/corrections/<uuid:correction_id>/accept"
CONTEST = "POST /api/v1/corrections/<uuid:correction_id>/contest"
W, P, U = EntryKind.WORK, EntryKind.PAID_BREAK, EntryKind.UNPAID_BREAK


def me(booking: Booking) -> Actor:
    return accounts.actor_of(booking.contractor_id)


def after(minutes: float) -> datetime:
    return MONDAY + timedelta(minutes=minutes)


def line(booking: Booking) -> TimesheetLine:
    found = select(TimesheetLine).where(TimesheetLine.booking_id == booking.id)
    return db.session.scalars(found.execution_options(populate_existing=True)).one()


def told(*parts: EntryKind | float) -> list[Stretch]:
    """`told(0, W, 120, P, 130, W, 240)`: from when to when, in minutes from the beginning."""
    moments: Sequence[Any] = parts[::2]
    return [
        Stretch(EntryKind(kind), after(begins), after(ends))
        for (begins, ends), kind in zip(pairwise(moments), parts[1::2], strict=True)
    ]


def late(scene: Scene) -> Booking:
    """Four hours on Monday, of which the clock saw the last three: clocking in was forgotten."""
    booking = make.booked(scene)
    make.at(after(25))
    attendance.clock_in(booking.id, by=me(booking))
    make.at(after(240))
    return attendance.clock_out(booking.id, by=me(booking))


def test_a_forgotten_clock_in_is_corrected_and_paid(scene: Scene) -> None:
    """The clock saw 215 of 240 minutes. The person says that they came at nine and had an unpaid break of ten minutes:
    230 are paid. What the clock saw, and why it was changed, stays beside it."""
    booking = late(scene)
    assert line(booking).work_minutes == 215
    made = corrections.correct(booking.id, told(0, W, 60, U, 70, W, 240), " I forgot. ", by=me(booking))
    counted = line(booking)
    assert (counted.work_minutes, counted.unpaid_break_minutes, counted.flags) == (230, 10, [EntryFlag.CORRECTED])
    assert (made.number, made.minutes_before, made.minutes_after, made.words) == (1, 215, 230, "I forgot.")
    assert made.status is CorrectionStatus.CLAIMED
    assert made.before == corrections.as_json(told(25, W, 240))
    assert corrections.of_booking(booking.id, seen_by=scene.company) == [made]
    assert "I forgot" not in str([event.data for event in timeline("booking", booking.id)])
    assert RULES["CORRECT"].parameters == {"correct_within_hours": 48}
    assert corrections.accept(made.id, by=scene.company).status is CorrectionStatus.ACCEPTED
    with pytest.raises(WrongState):
        corrections.contest(made.id, "No.", by=scene.company)


def test_who_was_missed_and_worked_is_no_no_show(scene: Scene) -> None:
    booking = make.booked(scene)
    make.at(after(30))
    attendance.mark_no_shows()
    make.at(after(300))
    corrections.correct(booking.id, told(0, W, 240), "I never pressed.", by=me(booking))
    assert (booking.status, line(booking).work_minutes) == (BookingStatus.WORKED, 240)
    assert books.balance(booking.hold_account, "USD") == booking.held
    assert books.wrong_balances() == []


def test_a_company_takes_no_minute_by_a_correction(scene: Scene) -> None:
    """It proposes 200 minutes of 215; nothing changes until the person says yes. What gives minutes counts at once,
    and no more once the person says that it was not so."""
    booking = late(scene)
    less = corrections.correct(booking.id, told(25, W, 225), "The logs end.", by=scene.company)
    assert (less.status, line(booking).work_minutes) == (CorrectionStatus.PROPOSED, 215)
    with pytest.raises(WrongState):
        corrections.accept(less.id, by=scene.company)
    corrections.contest(less.id, "I tested.", by=me(booking))
    assert (less.status, less.answer, line(booking).work_minutes) == (CorrectionStatus.CONTESTED, "I tested.", 215)
    again = corrections.correct(booking.id, told(25, W, 230), "Until then.", by=scene.company)
    corrections.accept(again.id, by=me(booking))
    assert (again.status, line(booking).work_minutes) == (CorrectionStatus.ACCEPTED, 205)
    more = corrections.correct(booking.id, told(5, W, 230), "We saw you.", by=scene.company)
    assert (more.status, line(booking).work_minutes) == (CorrectionStatus.CLAIMED, 225)
    corrections.contest(more.id, "That was my brother.", by=me(booking))
    assert (more.status, line(booking).work_minutes) == (CorrectionStatus.CONTESTED, 205)
    first = db.session.scalars(select(TimeEntry).where(TimeEntry.booking_id == booking.id)).one()
    assert (first.started_at, first.ended_at) == (after(25), after(230))


def test_a_company_s_no_takes_nothing(scene: Scene) -> None:
    booking = late(scene)
    made = corrections.correct(booking.id, told(0, W, 240), "I forgot.", by=me(booking))
    corrections.contest(made.id, "You came late.", by=scene.company)
    assert (made.status, line(booking).work_minutes) == (CorrectionStatus.CONTESTED, 240)


def test_what_is_not_answered_ends_with_a_later_one_or_with_the_timesheet(scene: Scene) -> None:
    booking = late(scene)
    first = corrections.correct(booking.id, told(25, W, 230), "Later.", by=scene.company)
    second = corrections.correct(booking.id, told(10, W, 240), "I forgot.", by=me(booking))
    assert (first.status, second.number) == (CorrectionStatus.LAPSED, 2)
    assert corrections.lapse_due() == 0
    timesheets.approve(line(booking).timesheet_id, by=scene.company)
    with pytest.raises(TooLateToCorrect):
        corrections.correct(booking.id, told(0, W, 240), "They forgot.", by=scene.company)
    with pytest.raises(TooLateToCorrect):
        corrections.accept(second.id, by=scene.company)
    assert (corrections.lapse_due(), corrections.lapse_due()) == (1, 0)
    assert (second.status, line(booking).work_minutes) == (CorrectionStatus.LAPSED, 230)


def test_two_days_after_the_shift_it_is_too_late(scene: Scene) -> None:
    """The company then has a day left before its silence approves."""
    booking = late(scene)
    make.at(after(240 + 48 * 60))
    with pytest.raises(TooLateToCorrect):
        corrections.correct(booking.id, told(0, W, 240), "I forgot.", by=me(booking))
    assert timesheets.auto_approve_due() == 0
    make.at(after(240 + 72 * 60))
    assert timesheets.auto_approve_due() == 1


def test_a_company_that_approves_at_once_ends_no_window(scene: Scene) -> None:
    """215 of 240 minutes, approved when the clock had hardly stopped. A day later the person says that they came at
    nine: 240 count, and the company, whose silence approves at the same moment as before, answers them."""
    booking = late(scene)
    sheet = timesheets.approve(line(booking).timesheet_id, by=scene.company)
    submitted = sheet.submitted_at
    make.at(after(24 * 60))
    assert corrections.is_open(booking, by=me(booking), now=clock.now())
    assert not corrections.is_open(booking, by=scene.company, now=clock.now())
    made = corrections.correct(booking.id, told(0, W, 240), "I forgot.", by=me(booking))
    assert (sheet.status, sheet.decided_at, sheet.submitted_at) == (TimesheetStatus.SUBMITTED, None, submitted)
    assert line(booking).work_minutes == 240
    corrections.accept(made.id, by=scene.company)
    assert timesheets.approve(sheet.id, by=scene.company).status is TimesheetStatus.APPROVED
    make.at(after(48 * 60 + 239))
    timesheets.lock([sheet.id], by=CLOCK)
    with pytest.raises(TooLateToCorrect, match="locked"):
        corrections.correct(booking.id, told(0, W, 240), "Once more.", by=me(booking))


def test_what_was_cut_is_disputed_and_not_corrected(scene: Scene) -> None:
    """A company has answered the line with its reasons; the other of the two of that week is corrected all the same,
    and no line is cut twice."""
    ana = make.contracted(scene)
    booking, tuesday = make.booked(scene, ana), make.booked(scene, ana, starts_at=after(24 * 60))
    for each in (booking, tuesday):
        make.work(each)
    cut = cuts.NewCut(line(tuesday).id, 30, CutCategory.NOT_AT_WORK, "4.1", "Nobody was there.")
    sheet = cuts.cut(line(tuesday).timesheet_id, [cut], by=scene.company)
    with pytest.raises(TooLateToCorrect, match="cut"):
        corrections.correct(tuesday.id, told(24 * 60, W, 28 * 60), "I was.", by=me(tuesday))
    corrections.correct(booking.id, told(0, W, 200), "I left early.", by=me(booking))
    assert sheet.status is TimesheetStatus.SUBMITTED
    with pytest.raises(BadCut, match="cut before"):
        cuts.cut(sheet.id, [cut], by=scene.company)


WRONG = {
    "before the shift": told(-5, W, 240),
    "after the shift": told(0, W, 241),
    "with a gap": [*told(0, W, 60), *told(70, W, 240)],
    "over itself": [*told(0, W, 60), *told(50, W, 240)],
    "backwards": told(60, W, 30),
    "of nothing": [],
}


@pytest.mark.parametrize("stretches", WRONG.values(), ids=WRONG)
def test_it_stays_within_the_shift(scene: Scene, stretches: list[Stretch]) -> None:
    booking = late(scene)
    with pytest.raises(BadCorrection):
        corrections.correct(booking.id, stretches, "I forgot.", by=me(booking))
    assert line(booking).work_minutes == 215


def test_nobody_is_on_two_clocks(scene: Scene) -> None:
    ana = make.contracted(scene)
    booking = make.booked(scene, ana, hours=2)
    make.at(MONDAY)
    attendance.clock_in(booking.id, by=me(booking))
    make.at(after(60))
    attendance.clock_out(booking.id, by=me(booking))
    other = make.booked(scene, ana, starts_at=after(70), hours=1)
    make.at(after(70))
    attendance.clock_in(other.id, by=me(other))
    make.at(after(130))
    attendance.clock_out(other.id, by=me(other))
    with pytest.raises(ClockElsewhere):
        corrections.correct(booking.id, told(0, W, 120), "I stayed.", by=me(booking))
    corrections.correct(booking.id, told(0, W, 70), "I stayed.", by=me(booking))
    assert line(booking).work_minutes == 70


def after_a_heavy_morning(scene: Scene) -> Booking:
    """A shift of four hours of somebody who has done two hours in class H2 that day."""
    ana = make.contracted(scene)
    make.consent(ana, "violence", HazardClass.H2)
    booking = make.booked(scene, ana)
    neutral = make.scene()
    make.contract(neutral, ana)
    morning = make.worked(neutral, ana, starts_at=after(-300), hours=2)
    morning.hazard_class = HazardClass.H2
    return booking


def test_a_cap_holds_for_what_is_written_later(app: object) -> None:
    """Two hours of the morning became distressing work after they were done, so that two of the day's four are left:
    a correction cannot go beyond them, but for the break that lies between."""
    scene = make.scene(hazard_class=HazardClass.H2, hazard_categories=("violence",), rate=Money.of("30.00", "USD"))
    booking = after_a_heavy_morning(scene)
    make.at(MONDAY)
    attendance.clock_in(booking.id, by=me(booking))
    make.at(after(60))
    attendance.clock_out(booking.id, by=me(booking))
    make.at(after(400))
    with pytest.raises(BadCorrection, match="cap"):
        corrections.correct(booking.id, told(0, W, 121), "I stayed.", by=me(booking))
    corrections.correct(booking.id, told(0, W, 100, P, 120, W, 140), "I stayed.", by=me(booking))
    assert line(booking).paid_minutes == 140


def test_a_phone_that_comes_back_after_the_job_has_stopped_the_clock(scene: Scene) -> None:
    """Clocked in at nine, the network is lost at ten; the job stops the clock at one. What the phone had kept, an
    unpaid break of half an hour and the end at half past twelve, then takes the place of what was assumed."""
    booking = make.booked(scene)
    make.at(MONDAY)
    attendance.clock_in(booking.id, by=me(booking))
    make.at(after(260))
    attendance.close_forgotten()
    assert (line(booking).work_minutes, line(booking).flags) == (240, [EntryFlag.FORGOTTEN])
    presses = ((Press.UNPAID_BREAK, 100), (Press.WORK, 130), (Press.CLOCK_OUT, 210))
    kept = [Tap(uuid4(), booking.id, press, after(minutes)) for press, minutes in presses]
    make.at(after(500))
    taps.send(kept, after(500), by=me(booking))
    assert (line(booking).work_minutes, line(booking).unpaid_break_minutes) == (180, 30)
    assert line(booking).flags == [EntryFlag.CLAIMED]
    made = corrections.of_booking(booking.id, seen_by=me(booking))
    assert {(each.side, each.words) for each in made} == {(CorrectedBy.DEVICE, None)}
    assert made[0].before == corrections.as_json(told(0, W, 240))
    assert [each.status for each in made][-1] is CorrectionStatus.CLAIMED


def test_a_device_that_kept_more_than_a_cap_is_paid_and_operators_are_told(app: object) -> None:
    """Two hours of the morning leave two of the day's four in class H2. The clock runs for an hour and is on a break
    when the network is lost, so that no job stops it before the end. The phone then sends work from five past ten until
    five to one: 230 minutes are paid, 110 of them beyond the cap."""
    scene = make.scene(hazard_class=HazardClass.H2, hazard_categories=("violence",), rate=Money.of("30.00", "USD"))
    booking = after_a_heavy_morning(scene)
    make.at(MONDAY)
    attendance.clock_in(booking.id, by=me(booking))
    make.at(after(60))
    attendance.start_break(booking.id, U, by=me(booking))
    make.at(after(260))
    attendance.close_forgotten()
    assert line(booking).work_minutes == 60
    kept = [Tap(uuid4(), booking.id, press, after(at)) for press, at in ((Press.WORK, 65), (Press.CLOCK_OUT, 235))]
    make.at(after(500))
    taps.send(kept, after(500), by=me(booking))
    assert (line(booking).work_minutes, line(booking).unpaid_break_minutes) == (230, 5)
    assert EntryFlag.CAP_EXCEEDED in line(booking).flags
    assert "booking.cap_exceeded" in [event.name for event in timeline("booking", booking.id)]


def test_whose_correction_it_is(scene: Scene) -> None:
    booking = late(scene)
    viewer = accounts.actor_of(accounts.member(scene.company_id, CompanyRole.VIEWER))
    for by in (make.scene().company, accounts.operator(), accounts.actor_of(make.contracted(scene).id)):
        with pytest.raises(NotFound):
            corrections.correct(booking.id, told(0, W, 240), "x", by=by)
    make.at(after(250))
    with pytest.raises(Forbidden):
        corrections.correct(booking.id, told(0, W, 240), "x", by=viewer)
    made = corrections.correct(booking.id, told(0, W, 240), "x", by=me(booking))
    with pytest.raises(WrongState):
        corrections.accept(made.id, by=me(booking))
    running = make.booked(scene, starts_at=after(600))
    with pytest.raises(WrongState):
        corrections.correct(running.id, told(0, W, 240), "x", by=me(running))


def body(*parts: EntryKind | float) -> dict[str, Any]:
    return {"words": "I forgot.", "stretches": corrections.as_json(told(*parts))}


@pytest.mark.door(CORRECT, "works")
@pytest.mark.door(LIST, "works")
@pytest.mark.door(ACCEPT, "works")
@pytest.mark.door(ACCEPT, "wrong_state")
@pytest.mark.door(CONTEST, "works")
@pytest.mark.door(CONTEST, "wrong_state")
@pytest.mark.door(CORRECT, "wrong_state")
@pytest.mark.door(CORRECT, "wrong_shape")
@pytest.mark.door(CONTEST, "wrong_shape")
def test_the_doors_of_a_correction(client: FlaskClient, scene: Scene) -> None:
    booking = late(scene)
    mine, theirs = accounts.bearer(me(booking)), accounts.bearer(scene.company)
    address = f"/api/v1/bookings/{booking.id}/corrections"
    for wrong in (body(0, W, 240) | {"words": "  "}, body(0, W, 300), {"words": "x", "stretches": []}):
        assert client.post(address, json=wrong, headers=mine).status_code == 422
    made = client.post(address, json=body(0, W, 240), headers=mine)
    assert (made.status_code, made.get_json()["status"]) == (201, "claimed")
    (shown,) = client.get(address, headers=theirs).get_json()["items"]
    assert [shown[side][0]["started_at"] for side in ("before", "after")] == [
        after(25).isoformat(),
        after(0).isoformat(),
    ]
    answers = f"/api/v1/corrections/{shown['id']}"
    assert client.post(f"{answers}/contest", json={"words": " "}, headers=theirs).status_code == 422
    assert client.post(f"{answers}/accept", headers=mine).status_code == 409
    assert client.post(f"{answers}/accept", headers=theirs).get_json()["status"] == "accepted"
    assert client.post(f"{answers}/contest", json={"words": "No."}, headers=theirs).status_code == 409
    again = client.post(address, json=body(5, W, 240), headers=theirs).get_json()
    contested = client.post(f"/api/v1/corrections/{again['id']}/contest", json={"words": "No."}, headers=mine)
    assert contested.get_json()["status"] == "contested"
    timesheets.approve(line(booking).timesheet_id, by=scene.company)
    assert client.post(address, json=body(0, W, 240), headers=theirs).status_code == 409


@pytest.mark.door(CORRECT, "not_signed_in")
@pytest.mark.door(LIST, "not_signed_in")
@pytest.mark.door(ACCEPT, "not_signed_in")
@pytest.mark.door(CONTEST, "not_signed_in")
@pytest.mark.door(CORRECT, "not_mine")
@pytest.mark.door(LIST, "not_mine")
@pytest.mark.door(ACCEPT, "not_mine")
@pytest.mark.door(CONTEST, "not_mine")
def test_the_doors_are_closed_to_others(client: FlaskClient, scene: Scene) -> None:
    booking = late(scene)
    made: Correction = corrections.correct(booking.id, told(0, W, 240), "I forgot.", by=me(booking))
    stranger = accounts.bearer(make.scene().company)
    address = f"/api/v1/bookings/{booking.id}/corrections"
    for headers, status in (({}, 401), (stranger, 404)):
        assert client.get(address, headers=headers).status_code == status
        assert client.post(address, json=body(0, W, 240), headers=headers).status_code == status
        for verb, sent in (("accept", None), ("contest", {"words": "No."})):
            answer = client.post(f"/api/v1/corrections/{made.id}/{verb}", json=sent, headers=headers)
            assert answer.status_code == status
    assert line(booking).work_minutes == 240
