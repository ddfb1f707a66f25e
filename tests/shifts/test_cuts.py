"""Minutes that a company takes off lines: how many, with which reasons, and what becomes of the rest."""

from dataclasses import replace
from datetime import timedelta

import pytest

from marketplace.accounts.rules import CompanyRole
from marketplace.core import clock
from marketplace.core.events import timeline
from marketplace.core.lifecycle import WrongState
from marketplace.core.problems import Forbidden, NotFound
from marketplace.shifts import attendance, cuts, scheduling, timesheets
from marketplace.shifts.models import Booking
from marketplace.shifts.timesheet_rules import BadCut, CutStatus, TimesheetStatus
from tests.factories import accounts, disputes
from tests.factories import shifts as make
from tests.factories.shifts import MONDAY, Scene


@pytest.fixture
def booking(scene: Scene) -> Booking:
    return make.worked(scene)


def test_a_cut_approves_the_rest_and_keeps_its_reason(scene: Scene, booking: Booking) -> None:
    line = disputes.line_of(booking)
    sheet = cuts.cut(line.timesheet_id, [disputes.new_cut(booking)], by=scene.company)
    assert (sheet.status, sheet.decided_by) == (TimesheetStatus.APPROVED, scene.company.person_id)
    made = disputes.cut_of(booking)
    assert (made.minutes, made.clause, made.missing) == (60, disputes.CLAUSE, disputes.MISSING)
    assert (made.status, made.claim_until - made.cut_at) == (CutStatus.OPEN, timedelta(days=30))
    assert line.work_minutes == 240, "what was on the clock stays as it was"
    told = [(event.name, event.data.get("minutes")) for event in timeline("timesheet", sheet.id, limit=2)]
    assert told == [("cut.made", 60), ("timesheet.cut", 60)]
    assert disputes.MISSING not in str([event.data for event in timeline("timesheet", sheet.id)])


@pytest.mark.parametrize("minutes", [0, -1, 241])
def test_no_more_than_the_line_s_paid_minutes_can_be_cut(scene: Scene, booking: Booking, minutes: int) -> None:
    with pytest.raises(BadCut):
        cuts.cut(disputes.line_of(booking).timesheet_id, [disputes.new_cut(booking, minutes)], by=scene.company)


@pytest.mark.parametrize(("ended_after", "most"), [(30, 0), (150, 30)])
def test_the_call_in_minimum_is_not_cut(scene: Scene, ended_after: int, most: int) -> None:
    """The company ends a shift of four hours, whose call-in minimum is two. After half an hour 90 minutes are owed
    beside the 30 worked, and none can be cut; after two hours and a half nothing is owed, and 30 can."""
    booking = make.booked(scene)
    clock.move_to(booking.starts_at, still=True)
    attendance.clock_in(booking.id, by=accounts.actor_of(booking.contractor_id))
    clock.move_to(booking.starts_at + timedelta(minutes=ended_after), still=True)
    price = scheduling.cancellation_price(booking.shift_id, by=scene.company).total
    scheduling.cancel_shift(booking.shift_id, price, "No more data.", by=scene.company)
    line = disputes.line_of(booking)
    assert (line.paid_minutes, line.compensation_minutes) == (ended_after, max(0, 120 - ended_after))
    with pytest.raises(BadCut, match=f"can be cut: {most}\\."):
        cuts.cut(line.timesheet_id, [disputes.new_cut(booking, most + 1)], by=scene.company)
    if most:
        cuts.cut(line.timesheet_id, [disputes.new_cut(booking, most)], by=scene.company)


@pytest.mark.parametrize("blank", ["clause", "missing"])
def test_a_cut_without_a_reason_is_refused(scene: Scene, booking: Booking, blank: str) -> None:
    wordless = replace(disputes.new_cut(booking), **{blank: "  "})
    with pytest.raises(BadCut):
        cuts.cut(disputes.line_of(booking).timesheet_id, [wordless], by=scene.company)


def test_each_line_is_named_once_and_is_of_the_timesheet(scene: Scene, booking: Booking) -> None:
    sheet_id, own = disputes.line_of(booking).timesheet_id, disputes.new_cut(booking)
    foreign = disputes.new_cut(make.worked(scene, starts_at=MONDAY + timedelta(days=1)))
    for wrong in ([], [own, own], [own, foreign]):
        with pytest.raises(BadCut):
            cuts.cut(sheet_id, wrong, by=scene.company)


def test_what_was_answered_is_not_cut(scene: Scene, booking: Booking) -> None:
    sheet_id = disputes.line_of(booking).timesheet_id
    timesheets.approve(sheet_id, by=scene.company)
    with pytest.raises(WrongState):
        cuts.cut(sheet_id, [disputes.new_cut(booking)], by=scene.company)


def test_who_may_not_cut(scene: Scene, booking: Booking) -> None:
    sheet_id, wanted = disputes.line_of(booking).timesheet_id, [disputes.new_cut(booking)]
    for by in (make.scene().company, accounts.actor_of(booking.contractor_id), accounts.operator()):
        with pytest.raises(NotFound):
            cuts.cut(sheet_id, wanted, by=by)
    with pytest.raises(Forbidden):
        cuts.cut(sheet_id, wanted, by=accounts.member(scene.company_id, CompanyRole.VIEWER))
