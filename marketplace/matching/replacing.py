"""A seat that was given back: somebody else is searched for at once, and both sides read what came of it.

The search is the same as any other, so that near the start several are asked and their yeses collected (rule RACE). It
is answered by an event, maybe late and maybe twice; what is open then is looked at again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select

from marketplace.accounts.rules import CLOCK, Actor
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.lifecycle import WrongState
from marketplace.gigs.models import Gig
from marketplace.gigs.rules import GigStatus
from marketplace.matching import facts, service
from marketplace.matching.models import MatchRun
from marketplace.matching.rules import Search
from marketplace.shifts import leading, queries
from marketplace.shifts.models import Offer, Shift
from marketplace.shifts.rules import OPEN_OFFER, ShiftStatus


@dataclass(frozen=True, slots=True)
class Replacement:
    """The search for somebody in the seat of a booking: since when it is free, how many people were asked about the
    shift since, and when it was last searched."""

    booking_id: UUID
    given_back_at: datetime
    search: Search
    asked: int
    searched_at: datetime | None


def search_again(shift_id: UUID, *, by: Actor = CLOCK) -> list[Offer]:
    """Asks the best people for seats of the shift that nobody is asked about; nobody where there is none, it cannot be
    held any more, or it is the minutes of a lead. Repeating it is harmless. Returns the offers that were made."""
    shift = db.session.get_one(Shift, shift_id)
    gig = db.session.get_one(Gig, shift.gig_id)
    unanswered = facts.asked_about([shift_id])[1].get(shift_id, 0)
    if not _is_to_come(shift, gig) or shift.seats_open <= unanswered or leading.is_of_lead(shift_id):
        return []
    return service.match(shift_id, by=by)


def replacement(booking_id: UUID, *, seen_by: Actor) -> Replacement:
    """What came of the search, for whoever gave the seat back and for their company. Raises NotFound, and WrongState
    for a booking that was not given back before its work."""
    booking = queries.booking(booking_id, seen_by=seen_by)
    found = of_shift(booking.shift_id).get(booking_id)
    if found is None:
        raise WrongState(f"The booking is {booking.status}.", state=str(booking.status))
    return found


def of_shift(shift_id: UUID) -> Mapping[UUID, Replacement]:
    """The same of every seat of a shift that was given back, by its booking, in four statements. The caller has made
    sure that the asker may see it.

    Seats are alike: of those given back the newest are still empty, as many as are open.
    """
    vacated = queries.given_back(shift_id)
    if not vacated:
        return {}
    shift, gig = db.session.execute(_HELD.where(Shift.id == shift_id)).one()
    since = vacated[-1].moment
    offers = db.session.execute(
        select(Offer.made_at, Offer.status).where(Offer.shift_id == shift_id, Offer.made_at >= since)
    ).all()
    runs = select(MatchRun.at).where(MatchRun.shift_id == shift_id, MatchRun.at >= since)
    searched = db.session.scalars(runs.order_by(MatchRun.id)).all()
    waiting = any(row.status in OPEN_OFFER for row in offers)
    return {
        row.id: Replacement(
            row.id,
            row.moment,
            Search.FOUND if place >= shift.seats_open else _open_seat(shift, gig, searched, row.moment, waiting),
            sum(offer.made_at >= row.moment for offer in offers),
            max((at for at in searched if at >= row.moment), default=None),
        )
        for place, row in enumerate(vacated)
    }


_HELD: Select[Shift, Gig] = select(Shift, Gig).join(Gig, Gig.id == Shift.gig_id)


def _open_seat(shift: Shift, gig: Gig, searched: Sequence[datetime], since: datetime, waiting: bool) -> Search:
    if shift.status is ShiftStatus.CANCELLED or gig.status is not GigStatus.OPEN:
        return Search.NOT_HELD
    if not _is_to_come(shift, gig):
        return Search.EMPTY
    if waiting:
        return Search.ASKED
    return Search.NOBODY if any(at >= since for at in searched) else Search.WAITS


def _is_to_come(shift: Shift, gig: Gig) -> bool:
    scheduled = shift.status is ShiftStatus.SCHEDULED and shift.starts_at > clock.now()
    return scheduled and gig.status is GigStatus.OPEN
