"""Open shifts: somebody looks for them, and asks for one. Who asked first counts no more here than anywhere (RACE)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, delete, exists, func, select
from sqlalchemy.dialects.postgresql import insert

from marketplace.accounts.rules import Actor, require_person
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.gigs.models import Gig
from marketplace.gigs.rules import WorkKind
from marketplace.matching import facts, queries
from marketplace.matching.engine import why_not
from marketplace.matching.models import SavedShift
from marketplace.shifts import asking, leading
from marketplace.shifts import queries as shifts
from marketplace.shifts.asking import Asked
from marketplace.shifts.hours import SHORTEST_WINDOW
from marketplace.shifts.models import Booking, Offer, Shift
from marketplace.shifts.rules import ACTIVE_BOOKING, OPEN_OFFER, OfferStatus, ShiftBegun, ShiftStatus
from marketplace.workforce.models import Contractor

CLAIMED = "claimed"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody looks for among the open shifts. What is None does not matter."""

    company_id: UUID | None = None
    work_kind: WorkKind | None = None
    begins_after: datetime | None = None
    begins_before: datetime | None = None
    saved: bool | None = None


def open_shifts(wanted: Wanted, *, seen_by: Actor) -> Select[Shift]:
    """Coming shifts with an open seat, of the companies that the person has a contract with, of which they have no open
    offer, and in whose time they are booked for nothing else. Whether the other rules let them take one is told when
    they ask, and by `service.explain()`."""
    me = require_person(seen_by)
    mine = exists().where(Offer.shift_id == Shift.id, Offer.contractor_id == me, Offer.status.in_(OPEN_OFFER))
    taken = exists().where(Offer.shift_id == Shift.id, Offer.contractor_id == me, Offer.status == OfferStatus.ACCEPTED)
    elsewhere = exists().where(
        Booking.contractor_id == me,
        Booking.status.in_(ACTIVE_BOOKING),
        Booking.during.overlaps(func.tstzrange(Shift.starts_at, Shift.ends_at)),
    )
    found = queries.coming(seen_by=seen_by).where(
        Shift.seats_taken < Shift.seats,
        Shift.standby_of.is_(None),
        ~mine,
        ~taken,
        ~elsewhere,
        ~leading.is_lead_minutes(),
    )
    if wanted.company_id is not None:
        found = found.where(Shift.company_id == wanted.company_id)
    if wanted.work_kind is not None:
        found = found.where(Gig.work_kind == wanted.work_kind)
    if wanted.begins_after is not None:
        found = found.where(Shift.starts_at >= wanted.begins_after)
    if wanted.begins_before is not None:
        found = found.where(Shift.starts_at < wanted.begins_before)
    if wanted.saved is not None:
        kept = exists().where(SavedShift.shift_id == Shift.id, SavedShift.contractor_id == me)
        found = found.where(kept if wanted.saved else ~kept)
    return found


def saved(*, seen_by: Actor) -> set[UUID]:
    """The shifts that the person keeps in view, also those that are not open any more."""
    mine = select(SavedShift.shift_id).where(SavedShift.contractor_id == require_person(seen_by))
    return set(db.session.scalars(mine))


def save(shift_id: UUID, *, by: Actor) -> None:
    """Keeps a coming shift in view, once. It is no question and no yes, and nobody else reads it. Raises NotFound, and
    ShiftBegun when it has begun or is not held."""
    me = require_person(by)
    shift = queries.visible_shift(shift_id, seen_by=by)
    if shift.status is not ShiftStatus.SCHEDULED or shift.starts_at <= clock.now():
        raise ShiftBegun
    kept = insert(SavedShift).values(contractor_id=me, shift_id=shift_id, saved_at=clock.now())
    db.session.execute(kept.on_conflict_do_nothing())


def let_go(shift_id: UUID, *, by: Actor) -> None:
    """Keeps the shift in view no longer. Raises NotFound."""
    me = require_person(by)
    queries.visible_shift(shift_id, seen_by=by)
    db.session.execute(delete(SavedShift).where(SavedShift.contractor_id == me, SavedShift.shift_id == shift_id))


def let_go_of_begun() -> int:
    """Nobody keeps in view what has begun. Returns how many rows were deleted."""
    begun = select(Shift.id).where(Shift.starts_at <= clock.now())
    gone = delete(SavedShift).where(SavedShift.shift_id.in_(begun)).returning(SavedShift.shift_id)
    return len(db.session.execute(gone).all())


def claim(shift_id: UUID, *, by: Actor) -> Offer:
    """Asks for an open shift. The answer is an offer with everything that a yes agrees to; its yes is collected, and
    when the window closes the order of the points decides among all who asked.

    Asking twice is asking once. Raises NotFound for shifts of strangers, NotEligible with the rule that decided,
    DoubleBooked, GigNotOpen, ShiftBegun, SeatsGone.
    """
    me = require_person(by)
    seen = queries.visible_shift(shift_id, seen_by=by)
    # The person, then the gig, then the shift, as whoever says yes.
    db.session.get_one(Contractor, me, with_for_update={"key_share": True}, populate_existing=True)
    gig = asking.hold_gigs([seen.gig_id])[seen.gig_id]
    shift = db.session.get_one(Shift, shift_id, with_for_update={"key_share": True}, populate_existing=True)
    open_one = select(Offer).where(Offer.shift_id == shift_id, Offer.contractor_id == me, Offer.status.in_(OPEN_OFFER))
    if (known := db.session.scalar(open_one)) is not None:
        return known
    asking.check_open(shift, gig)
    answer = why_not(facts.read([(shift, gig)], only=[me]), shift_id, me, ())
    if answer is not None and answer.verdict is not None:
        asking.refuse(answer.verdict, me)
    person = shifts.people([db.session.get_one(Contractor, me)], shift.company_id, shifts.seat_of(shift, gig))[me]
    return asking.ask([Asked(shift, person, {"by": CLAIMED}, _until(shift), claimed=True)], [gig], by=by)[0]


def _until(shift: Shift) -> datetime:
    """When the window of a claim closes: with one that is open already, else not before the last seat that stands in
    somebody's offer alone has been answered. RACE bounds it from both sides."""
    now = clock.now()
    ends = select(func.max(Offer.expires_at)).where(
        Offer.shift_id == shift.id, Offer.status.in_(OPEN_OFFER), Offer.expires_at > now
    )
    return min(max(db.session.scalar(ends) or now, now + SHORTEST_WINDOW), shift.starts_at)
