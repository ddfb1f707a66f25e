"""The facts that the score is reckoned from, read set-based: one statement for each kind of fact."""

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.dialects.postgresql import Range

from marketplace.accounts.rules import Actor, Right, require_company
from marketplace.core.db import db
from marketplace.core.problems import NotFound
from marketplace.gigs.rules import Criteria
from marketplace.matching.models import Explanation, MatchRun
from marketplace.matching.rules import RECENT, SEASON, Candidate
from marketplace.shifts.eligibility import Person, Seat
from marketplace.shifts.models import Booking, Offer, Shift
from marketplace.shifts.queries import COUNTS
from marketplace.shifts.rules import OfferStatus
from marketplace.standards.hours import Span, minutes_by_week, week_of
from marketplace.workforce.models import AvailabilityWindow, Contractor, Language
from marketplace.workforce.rules import Level, Window, covers

MINUTE = timedelta(minutes=1)


def candidates(
    contractors: Sequence[Contractor], people: Mapping[UUID, Person], company_id: UUID, seat: Seat
) -> dict[UUID, Candidate]:
    """What the score may know of these people for that seat, and nothing else."""
    ids = [who.id for who in contractors]
    windows = _windows(ids)
    recent = _minutes(ids, Range(seat.span.starts_at - RECENT, seat.span.starts_at))
    company = _minutes(ids, Range(seat.span.starts_at - SEASON, seat.span.starts_at), Booking.company_id == company_id)
    levels = _levels(ids, seat.criteria)
    return {
        who.id: Candidate(
            contractor_id=who.id,
            wants=_wants(windows.get(who.id, ()), people[who.id].zone, seat.span),
            band_min_minutes=who.band_min_hours * 60,
            band_max_minutes=who.band_max_hours * 60,
            week_minutes=_week_minutes(people[who.id], seat.span),
            recent_minutes=recent.get(who.id, 0),
            company_minutes=company.get(who.id, 0),
            language_steps=_steps(levels.get(who.id, {}), seat.criteria),
        )
        for who in contractors
    }


def asked_before(shift_id: UUID) -> set[UUID]:
    """Everybody who was asked to take the shift. What they answered is not read; an offer that was taken back before
    an answer, because the seats were gone, does not count."""
    asked = select(Offer.contractor_id).where(Offer.shift_id == shift_id, Offer.status != OfferStatus.WITHDRAWN)
    return set(db.session.scalars(asked))


def latest_explanation(shift_id: UUID, contractor_id: UUID) -> tuple[Explanation, MatchRun] | None:
    """What was decided last about this person and this shift. The caller has made sure that the asker may see it."""
    found = (
        select(Explanation, MatchRun)
        .join(MatchRun, MatchRun.id == Explanation.run_id)
        .where(Explanation.shift_id == shift_id, Explanation.contractor_id == contractor_id)
        .order_by(Explanation.id.desc())
        .limit(1)
    )
    row = db.session.execute(found).first()
    return None if row is None else (row.Explanation, row.MatchRun)


def runs_of_shift(shift_id: UUID, *, seen_by: Actor) -> Select[MatchRun]:
    """The searches that were made for a shift, for its company."""
    shift = db.session.get(Shift, shift_id)
    if shift is None:
        raise NotFound
    require_company(seen_by, shift.company_id, Right.READ)
    return select(MatchRun).where(MatchRun.shift_id == shift_id)


def _wants(windows: Sequence[Window], zone: ZoneInfo, span: Span) -> bool | None:
    return covers(windows, zone, span.starts_at, span.ends_at) if windows else None


def _week_minutes(person: Person, span: Span) -> int:
    week = week_of(span.starts_at.astimezone(person.zone).date())
    return minutes_by_week([busy.span for busy in person.busy], person.zone).get(week, 0)


def _steps(spoken: Mapping[str, Level], asked: Criteria) -> int:
    order = list(Level)
    above = [order.index(spoken[need.language]) - order.index(need.level) for need in asked.languages]
    return min(above, default=0)


def _windows(ids: Collection[UUID]) -> dict[UUID, list[Window]]:
    found: dict[UUID, list[Window]] = {}
    for row in db.session.scalars(select(AvailabilityWindow).where(AvailabilityWindow.contractor_id.in_(ids))):
        found.setdefault(row.contractor_id, []).append(row.window)
    return found


def _levels(ids: Collection[UUID], asked: Criteria) -> dict[UUID, dict[str, Level]]:
    found: dict[UUID, dict[str, Level]] = {}
    needed = [need.language for need in asked.languages]
    if needed:
        spoken = select(Language).where(Language.contractor_id.in_(ids), Language.language.in_(needed))
        for row in db.session.scalars(spoken):
            found.setdefault(row.contractor_id, {})[row.language] = row.level
    return found


def _minutes(ids: Collection[UUID], window: Range, *more: ColumnElement[bool]) -> dict[UUID, int]:  # type: ignore[type-arg]
    """Whole minutes that each person has booked or worked in bookings that begin in the window."""
    length = func.sum(func.upper(Booking.during) - func.lower(Booking.during)).label("length")
    found = (
        select(Booking.contractor_id, length)
        .where(
            Booking.contractor_id.in_(ids),
            Booking.status.in_(COUNTS),
            Booking.during.overlaps(window),
            func.lower(Booking.during) >= window.lower,
            *more,
        )
        .group_by(Booking.contractor_id)
    )
    return {row.contractor_id: row.length // MINUTE for row in db.session.execute(found)}
