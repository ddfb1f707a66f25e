"""Which shifts a plan is about: those still to come that have seats nobody is asked about."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, func, select
from sqlalchemy.orm import aliased

from marketplace.core import clock
from marketplace.core.db import db
from marketplace.gigs.models import Gig
from marketplace.gigs.rules import GigStatus
from marketplace.matching.models import MatchRun, Plan
from marketplace.shifts import leading
from marketplace.shifts.crew_first import LASTS, NOT_IN_THE_LAST
from marketplace.shifts.models import Offer, Shift
from marketplace.shifts.rules import OPEN_OFFER, ShiftStatus


def openings(plan: Plan) -> list[tuple[Shift, Gig]]:
    """What a plan of a horizon is about."""
    return open_between(plan.starts_at, plan.ends_at, company_id=plan.company_id)


def open_between(from_: datetime, until: datetime, *, company_id: UUID | None = None) -> list[tuple[Shift, Gig]]:
    """Shifts still to come that begin within that time and have seats nobody is asked about."""
    within = (Shift.starts_at >= max(from_, clock.now()), Shift.starts_at < until)
    mine = () if company_id is None else (Shift.company_id == company_id,)
    found = with_open_seats(*within, *mine).order_by(Shift.id)
    return [(row.Shift, row.Gig) for row in db.session.execute(found)]


def with_open_seats(*which: ColumnElement[bool]) -> Select[Shift, Gig]:
    """Shifts still to come, of open gigs, that have seats nobody is asked about."""
    unanswered = (
        select(func.count())
        .where(Offer.shift_id == Shift.id, Offer.status.in_(OPEN_OFFER))
        .correlate(Shift)
        .scalar_subquery()
    )
    beside = aliased(Shift)
    return (
        select(Shift, Gig)
        .join(Gig, Gig.id == Shift.gig_id)
        .where(
            Shift.status == ShiftStatus.SCHEDULED,
            Shift.starts_at > clock.now(),
            Gig.status == GigStatus.OPEN,
            Shift.seats - Shift.seats_taken > unanswered,
            # Nobody is asked to stand by while a seat of the shift itself is open.
            ~exists().where(beside.id == Shift.standby_of, beside.seats_taken < beside.seats),
            ~leading.is_lead_minutes(),
            *which,
        )
    )


def not_since_the_crew(now: datetime) -> ColumnElement[bool]:
    """Of shifts for which a crew is asked first: its time is over, and nobody has searched among all people since."""
    of_shift = select(func.min(MatchRun.at)).where(MatchRun.shift_id == Shift.id).correlate(Shift)
    until = func.least(of_shift.scalar_subquery() + LASTS, Shift.starts_at - NOT_IN_THE_LAST)
    since = exists().where(MatchRun.shift_id == Shift.id, MatchRun.at >= until)
    return and_(Shift.crew_id.is_not(None), until <= now, ~since)
