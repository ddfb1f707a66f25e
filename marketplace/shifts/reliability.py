"""A person's reliability: what counts, until when, and what a no would count now; and the strikes that a job proposes.

Nothing that ranks people or chooses them reads this module (rule NO_RETALIATION).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Text, and_, case, cast, func, literal, or_, select
from sqlalchemy.orm import aliased

from marketplace.accounts.rules import CLOCK, Actor, require_person
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import record
from marketplace.core.lifecycle import WrongState
from marketplace.core.problems import NotFound
from marketplace.shifts.hours import OUTAGE_WITHIN, WHOLE_WITHIN
from marketplace.shifts.late_no import (
    COUNTS_FOR,
    FREE_AFTER_YES,
    POINTS,
    STRIKES,
    NothingCounts,
    Rung,
    Step,
    Why,
    ladder,
    step_of,
)
from marketplace.shifts.models import Booking, Shift
from marketplace.shifts.reserve import unused_minutes
from marketplace.shifts.rules import BookingStatus, ShiftBegun
from marketplace.workforce import proposals, queries, strikes
from marketplace.workforce.bars import AppealStatus, ProposalKind, ProposalStatus, StrikeStatus
from marketplace.workforce.standing_models import Appeal, Proposal, Strike

GIVEN_UP = (BookingStatus.RELEASED, BookingStatus.NO_SHOW)
"""What can count. Illness, outages, heavier work and what a company ended have statuses of their own."""


FALLEN = (AppealStatus.OVERTURNED, AppealStatus.LAPSED)
"""Answers to an appeal by which a decision falls."""


@dataclass(frozen=True, slots=True)
class LateNo:
    """One seat that was given back late, or missed. `points` are nothing unless it `counts`."""

    booking_id: UUID
    starts_at: datetime
    ends_at: datetime
    happened_at: datetime
    step: Step
    why: Why
    points: int
    counts_until: datetime
    cause: str | None
    """What the person said of it, in their own words."""


@dataclass(frozen=True, slots=True)
class Reliability:
    """What counts now, the newest first, and the strikes that are in force."""

    points: int
    days: int
    items: Sequence[LateNo]
    strikes: Sequence[Strike]


@dataclass(frozen=True, slots=True)
class GivingBack:
    """What giving a seat back now would count, beside what the company would pay for its own no at this moment."""

    booking_id: UUID
    at: datetime
    step: Step
    points: int
    points_now: int
    counts_until: datetime | None
    is_looked_at: bool
    """Whether a human would be asked to look at it, if nobody takes the seat before the start."""
    ladder: Sequence[Rung]

    @property
    def points_after(self) -> int:
        return self.points_now + self.points


def mine(*, by: Actor) -> Reliability:
    """The asker's own reliability. Raises NotFound unless they are a contractor."""
    me = queries.contractor(require_person(by), by)
    items = [_late_no(row) for row in db.session.execute(_given_up().where(Booking.contractor_id == me.id))]
    items = [each for each in items if each.step is not Step.IN_TIME]
    return Reliability(sum(each.points for each in items), COUNTS_FOR.days, items, strikes.in_force(me.id, clock.now()))


def giving_back(booking_id: UUID, *, by: Actor) -> GivingBack:
    """What `offers.release()` would count now. Nothing is changed. Raises ShiftBegun, and WrongState when the booking
    is not open any more."""
    booking = db.session.get(Booking, booking_id)
    if booking is None or booking.contractor_id != require_person(by):
        raise NotFound
    if booking.status is not BookingStatus.BOOKED:
        raise WrongState(f"The booking is {booking.status}.", state=str(booking.status))
    now = clock.now()
    if now >= booking.starts_at:
        raise ShiftBegun
    step = step_of(booking.starts_at, booking.made_at, now)
    points = POINTS[step]
    until = now + COUNTS_FOR if points else None
    most = unused_minutes(booking.starts_at, booking.ends_at) if booking.is_standby else None
    rungs = ladder(booking.starts_at, booking.ends_at, most)
    return GivingBack(booking.id, now, step, points, mine(by=by).points, until, step in STRIKES, rungs)


def state_cause(booking_id: UUID, words: str, *, by: Actor) -> LateNo:
    """The person says why they gave a seat back late, or did not come: from that moment on, as long as it counts. It
    goes before the operators at once, and what one of them excuses in writing counts nothing; who does not has to say
    why, and that can be contested. Saying it anew replaces it until somebody has decided.

    Raises NotFound, ReasonMissing, NothingCounts where nothing counts, ProposalClosed once it was decided.
    """
    me = require_person(by)
    row = db.session.execute(_given_up(Booking).where(Booking.id == booking_id, Booking.contractor_id == me)).first()
    if row is None:
        booking = db.session.get(Booking, booking_id)
        if booking is None or booking.contractor_id != me:
            raise NotFound
        raise NothingCounts
    found, proposal = _late_no(row), row.proposal_id
    if found.step is Step.IN_TIME or (found.why is not Why.COUNTS and proposal is None):
        raise NothingCounts
    if proposal is None:
        made = proposals.propose(
            ProposalKind.STRIKE,
            me,
            _evidence(row.Booking, found),
            rule="RELIABILITY",
            key=str(booking_id),
            lasts=found.counts_until - clock.now(),
        )
        # A job may have put it before the operators in the same moment.
        key = f"{ProposalKind.STRIKE}:{booking_id}"
        proposal = made.id if made else db.session.scalars(select(Proposal.id).where(Proposal.key == key)).one()
    proposals.answer(proposal, words, by=by)
    return found


def propose_strikes(limit: int = 50) -> int:
    """Asks operators to look at missed shifts, and at seats that were given back in the last day and nobody took. Each
    once, and not before the time is over in which an outage can be told. Returns how many it looked at.

    Safe to repeat and by many at once: a finding is known by its booking.
    """
    now = clock.now()
    due = (
        _given_up(Booking)
        .where(
            Proposal.id.is_(None),
            func.upper(Booking.during) <= now - OUTAGE_WITHIN,
            or_(
                Booking.status == BookingStatus.NO_SHOW,
                and_(Booking.off_at > func.lower(Booking.during) - WHOLE_WITHIN, ~_taken_again()),
            ),
            or_(Booking.off_at.is_(None), Booking.off_at > Booking.made_at + FREE_AFTER_YES),
        )
        .order_by(None)
        .order_by(Booking.id)
        .limit(limit)
        .with_for_update(of=Booking, skip_locked=True)
    )
    rows = db.session.execute(due).all()
    for row in rows:
        found = _late_no(row)
        made = proposals.propose(
            ProposalKind.STRIKE,
            row.Booking.contractor_id,
            _evidence(row.Booking, found),
            rule="STRIKE",
            key=str(row.Booking.id),
            lasts=found.counts_until - now,
        )
        if made is not None:
            record("strike.proposed", made, by=CLOCK, data={"booking": str(row.Booking.id), "step": str(found.step)})
    return len(rows)


def _evidence(booking: Booking, found: LateNo) -> dict[str, Any]:
    """Ids and numbers, for whoever looks."""
    can_strike = found.step in STRIKES
    return {
        "strike_from": (found.ends_at + OUTAGE_WITHIN).isoformat() if can_strike else None,
        "booking": str(booking.id),
        "shift": str(booking.shift_id),
        "gig": str(booking.gig_id),
        "company": str(booking.company_id),
        "step": str(found.step),
        "starts_at": found.starts_at.isoformat(),
        "happened_at": found.happened_at.isoformat(),
        "points": POINTS[found.step],
    }


_happened_at = func.coalesce(Booking.off_at, func.lower(Booking.during))
"""When it was given back; of a missed shift its start."""


def _given_up(*more: Any) -> Any:
    """Seats that were given back or missed so lately that they may count, with what a human made of them; the newest
    first."""
    return (
        select(
            Booking.id,
            Booking.status,
            Booking.made_at,
            func.lower(Booking.during).label("starts_at"),
            func.upper(Booking.during).label("ends_at"),
            _happened_at.label("happened_at"),
            case((Booking.status == BookingStatus.RELEASED, _taken_again()), else_=literal(False)).label("taken"),
            or_(
                Proposal.status == ProposalStatus.DISMISSED,
                Strike.status == StrikeStatus.LIFTED,
                Appeal.status.in_(FALLEN),
            ).label("excused"),
            Proposal.id.label("proposal_id"),
            Proposal.words.label("words"),
            *more,
        )
        .join(Shift, Shift.id == Booking.shift_id)
        .outerjoin(Proposal, Proposal.key == func.concat(f"{ProposalKind.STRIKE}:", cast(Booking.id, Text)))
        .outerjoin(Strike, Strike.proposal_id == Proposal.id)
        .outerjoin(Appeal, Appeal.id == Proposal.decision_id)
        .where(Booking.status.in_(GIVEN_UP), _happened_at > clock.now() - COUNTS_FOR)
        .order_by(_happened_at.desc(), Booking.id)
    )


def _taken_again() -> ColumnElement[bool]:
    """Whether no seat of the shift is left open: then somebody took the one that was given back. That others could not
    come after all, for which they are excused, counts against nobody."""
    other = aliased(Booking)
    excused = (
        select(func.count())
        .where(other.shift_id == Shift.id, other.status == BookingStatus.EXCUSED)
        .correlate(Shift)
        .scalar_subquery()
    )
    return Shift.seats_taken + excused >= Shift.seats


def _late_no(row: Any) -> LateNo:
    missed = row.status is BookingStatus.NO_SHOW
    step = Step.MISSED if missed else step_of(row.starts_at, row.made_at, row.happened_at)
    why = Why.EXCUSED if row.excused else Why.TAKEN if row.taken else Why.COUNTS
    points = POINTS[step] if why is Why.COUNTS else 0
    until = row.happened_at + COUNTS_FOR
    return LateNo(row.id, row.starts_at, row.ends_at, row.happened_at, step, why, points, until, row.words)
