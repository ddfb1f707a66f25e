"""Care after very distressing work: open for months after the last of it, at the company's cost (AFTER_CARE).

Nothing is written down for it: what somebody worked says it, also where the class of the work was raised later.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from marketplace.accounts import queries as accounts
from marketplace.accounts.models import CareLine
from marketplace.accounts.rules import Actor, require_person
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.shifts.hours import months_after
from marketplace.shifts.models import Booking, TimeEntry
from marketplace.standards.catalogue import RULES
from marketplace.standards.hazard import HazardClass

MONTHS = RULES["AFTER_CARE"].parameters["months"]


@dataclass(frozen=True, slots=True)
class AfterCare:
    """What one company owes one person: who pays, whom to call, until when. `line` is None while the company has named
    nobody; it pays all the same."""

    company_id: UUID
    company: str
    last_exposure: datetime
    open_until: datetime
    is_open: bool
    line: CareLine | None


def mine(*, seen_by: Actor) -> Sequence[AfterCare]:
    """The care that the person may claim, or could, the newest first."""
    now = clock.now()
    last = func.max(func.coalesce(TimeEntry.ended_at, now))
    found = (
        select(Booking.company_id, last.label("last"))
        .join(TimeEntry, TimeEntry.booking_id == Booking.id)
        .where(Booking.contractor_id == require_person(seen_by), Booking.hazard_class == HazardClass.H3)
        .group_by(Booking.company_id)
        .order_by(last.desc())
    )
    rows = db.session.execute(found).all()
    ids = [row.company_id for row in rows]
    names, lines = accounts.company_name(ids), accounts.care_lines(ids)
    return [_care(row.company_id, row.last, now, names[row.company_id], lines.get(row.company_id)) for row in rows]


def _care(company_id: UUID, last: datetime, now: datetime, name: str, line: CareLine | None) -> AfterCare:
    until = months_after(last, MONTHS)
    return AfterCare(company_id, name, last, until, now < until, line)
