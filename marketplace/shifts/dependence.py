"""How much of somebody's work one company gives: read from what was on the clock, for the rule STATUS. Reads only."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import extract, func, select

from marketplace.core.db import db
from marketplace.shifts.clock_rules import EntryKind
from marketplace.shifts.models import Booking, TimeEntry
from marketplace.standards.engagement import Dependence
from marketplace.standards.rules import RULES


def measured(now: datetime) -> dict[tuple[UUID, UUID], Dependence]:
    """By company and contractor, the paid minutes on the clock of the last weeks, of everybody who worked in them and
    in one statement. Clocks that still run are left out."""
    since = now - timedelta(weeks=RULES["STATUS"].parameters["weeks"])
    seconds = func.sum(extract("epoch", TimeEntry.ended_at - TimeEntry.started_at))
    sums = (
        select(Booking.company_id, Booking.contractor_id, seconds.label("seconds"))
        .join(TimeEntry, TimeEntry.booking_id == Booking.id)
        .where(
            TimeEntry.started_at >= since,
            TimeEntry.ended_at <= now,
            TimeEntry.kind != EntryKind.UNPAID_BREAK,
        )
        .group_by(Booking.company_id, Booking.contractor_id)
    )
    here = {(row.company_id, row.contractor_id): round(row.seconds / 60) for row in db.session.execute(sums)}
    everywhere: dict[UUID, int] = {}
    for (_, contractor_id), minutes in here.items():
        everywhere[contractor_id] = everywhere.get(contractor_id, 0) + minutes
    return {pair: Dependence(minutes, everywhere[pair[1]]) for pair, minutes in here.items()}
