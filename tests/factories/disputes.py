"""Timesheets that a company has cut, claims against cuts, and rulings."""

from sqlalchemy import select

from marketplace.accounts.rules import Actor, OperatorRole
from marketplace.core.db import db, transaction
from marketplace.disputes import service
from marketplace.disputes.models import Dispute
from marketplace.shifts import cuts
from marketplace.shifts.cuts import NewCut
from marketplace.shifts.models import Booking
from marketplace.shifts.timesheet_models import TimesheetCut, TimesheetLine
from marketplace.shifts.timesheet_rules import CutCategory
from tests.factories import accounts, shifts
from tests.factories.shifts import Scene

CLAUSE = "3.1 Working hours"
MISSING = "The clock ran on for an hour after the last item."
CLAIM = "I reviewed the last batch; the log of the tool shows it."
REASON = "The log of the tool shows work until the end."


def line_of(booking: Booking) -> TimesheetLine:
    return db.session.scalars(select(TimesheetLine).where(TimesheetLine.booking_id == booking.id)).one()


def cut_of(booking: Booking) -> TimesheetCut:
    return db.session.scalars(select(TimesheetCut).where(TimesheetCut.booking_id == booking.id)).one()


def new_cut(booking: Booking, minutes: int = 60, category: CutCategory = CutCategory.FORGOTTEN_CLOCK_OUT) -> NewCut:
    return NewCut(line_of(booking).id, minutes, category, CLAUSE, MISSING)


def cut(scene: Scene, booking: Booking, minutes: int = 60) -> TimesheetCut:
    """The company has cut so much of the booking's line, and so approved the rest."""
    with transaction():
        cuts.cut(line_of(booking).timesheet_id, [new_cut(booking, minutes)], by=scene.company)
        return cut_of(booking)


def worked_and_cut(scene: Scene | None = None, minutes: int = 60, **times: object) -> TimesheetCut:
    """Four hours at 15.00 USD in Kansas, of which so many minutes are cut."""
    with transaction():
        there = scene or shifts.scene()
        booking = shifts.worked(there, **times)  # type: ignore[arg-type]
    return cut(there, booking, minutes)


def claimed(cut: TimesheetCut) -> Dispute:
    with transaction():
        return service.claim(cut.id, CLAIM, by=accounts.actor_of(cut.contractor_id))


def judge() -> Actor:
    """An operator who rules on disputes."""
    return accounts.operator(OperatorRole.DISPUTES)


def ruled(dispute: Dispute, restored: int = 60) -> Dispute:
    with transaction():
        return service.rule(dispute.id, restored, REASON, by=judge())
