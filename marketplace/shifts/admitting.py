"""Counts what intake is judged by: seats of shifts, and vetted people (rule INTAKE)."""

from datetime import timedelta

from sqlalchemy import func, select

from marketplace.core import clock
from marketplace.core.db import db
from marketplace.shifts.models import Shift
from marketplace.shifts.rules import ShiftStatus
from marketplace.workforce import intake
from marketplace.workforce.admission import WINDOW, Counted
from marketplace.workforce.models import Contractor
from marketplace.workforce.rules import ContractorStatus

EVERY = timedelta(days=1)


def measure_due() -> bool:
    """Measures once a day. Returns whether it did."""
    last, now = intake.latest(), clock.now()
    if last is not None and now < last.at + EVERY:
        return False
    intake.note(count())
    return True


def count() -> Counted:
    """The seats of the last four weeks, cancelled shifts aside, and the people of now."""
    now = clock.now()
    held = Shift.status != ShiftStatus.CANCELLED
    seats = select(func.coalesce(func.sum(Shift.seats), 0)).where(
        held, Shift.standby_of.is_(None), Shift.starts_at > now - WINDOW, Shift.starts_at <= now
    )
    people = select(func.count()).select_from(Contractor).where(Contractor.status == ContractorStatus.VETTED)
    first = select(func.min(Shift.starts_at)).where(held)
    return Counted(
        now, int(db.session.scalars(seats).one()), db.session.scalars(people).one(), db.session.scalar(first)
    )
