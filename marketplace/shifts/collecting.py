"""Where more people are asked than seats are open, yeses are collected, and one decision answers them all (rule RACE).

In which order people come is not known here: whoever decides brings it (`matching.deciding`). Who said yes first is a
member of nothing that is handed over.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import aliased

from marketplace.accounts.rules import CLOCK
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.lifecycle import move
from marketplace.gigs.models import Gig
from marketplace.gigs.rules import GigStatus
from marketplace.shifts import asking, costing, queries, shortage
from marketplace.shifts.eligibility import first_no
from marketplace.shifts.models import Booking, Offer, Shift
from marketplace.shifts.rules import Because, OfferStatus, ShiftStatus
from marketplace.shifts.terms import agreed_seat, highest, price_input
from marketplace.shifts.yes import Yes, book
from marketplace.standards.verdicts import Verdict
from marketplace.workforce.models import Contractor

Order = Sequence[tuple[UUID, Mapping[str, Any]]]
"""People in the order in which they get a seat, each with the points that placed them there, as JSON."""


@dataclass(frozen=True, slots=True)
class Window:
    """The yeses to one shift that are decided together, whose people, gig and shift are locked until the commit."""

    shift: Shift
    gig: Gig
    yeses: Sequence[Offer]
    people: Sequence[Contractor]

    @property
    def is_held(self) -> bool:
        scheduled = self.shift.status is ShiftStatus.SCHEDULED and self.shift.starts_at > clock.now()
        return scheduled and self.gig.status is GigStatus.OPEN


def due(limit: int) -> list[tuple[UUID, datetime]]:
    """Shifts whose collected yeses can be decided, each with the end of its window: it has come, or everybody who was
    asked has answered, or no seat is left to wait for. Where somebody asked for the shift themselves others may do so
    until the end, so that it is waited for. The earliest first."""
    other = aliased(Offer)
    is_awaited = exists().where(
        other.shift_id == Offer.shift_id,
        other.collects,
        other.expires_at == Offer.expires_at,
        or_(other.status == OfferStatus.PENDING, other.claimed),
    )
    found = (
        select(Offer.shift_id, Offer.expires_at)
        .join(Shift, Shift.id == Offer.shift_id)
        .where(
            Offer.status == OfferStatus.COLLECTED,
            or_(Offer.expires_at <= clock.now(), ~is_awaited, Shift.seats_taken >= Shift.seats),
        )
        .group_by(Offer.shift_id, Offer.expires_at)
        .order_by(Offer.expires_at, Offer.shift_id)
    )
    return [(row.shift_id, row.expires_at) for row in db.session.execute(found.limit(limit))]


def close(shift_id: UUID, until: datetime) -> Window | None:
    """Locks the yeses of a window with all that decides about them; None when they are decided already.

    People first, as whoever says yes does, then the gig and the shift, then the offers.
    """
    collected = select(Offer).where(
        Offer.shift_id == shift_id, Offer.expires_at == until, Offer.status == OfferStatus.COLLECTED
    )
    waiting = db.session.scalars(collected.with_only_columns(Offer.contractor_id)).all()
    locked = select(Contractor).where(Contractor.id.in_(waiting)).order_by(Contractor.id)
    fresh = {"populate_existing": True}
    people = db.session.scalars(locked.with_for_update(key_share=True).execution_options(**fresh)).all()
    seen = db.session.get_one(Shift, shift_id)
    gig = asking.hold_gigs([seen.gig_id])[seen.gig_id]
    shift = db.session.get_one(Shift, shift_id, with_for_update={"key_share": True}, populate_existing=True)
    among = collected.where(Offer.contractor_id.in_([person.id for person in people])).order_by(Offer.contractor_id)
    yeses = db.session.scalars(among.with_for_update().execution_options(**fresh)).all()
    return Window(shift, gig, yeses, people) if yeses else None


def decide(window: Window, order: Order) -> list[Booking]:
    """Gives the seats that are open and promised to nobody to those who come first in the order and whom the rules let
    pass now; tells everybody what became of their yes, and why. Returns the bookings.

    Whoever the order does not name comes after it. In as many statements for two hundred yeses as for two.
    """
    shift = window.shift
    seats = max(0, shift.seats_open - asking.promised([shift.id]).get(shift.id, 0))
    places = _places(window, order)
    chosen = _choose(window, places, seats)
    cutoff = min((place.points["score"] for place in places if place.chosen and "score" in place.points), default=None)
    made = book(chosen, by=CLOCK, old=OfferStatus.COLLECTED, event="offer.chosen") if chosen else []
    lost = [place.offer.id for place in places if not place.chosen]
    move(Offer, lost, old=OfferStatus.COLLECTED, new=OfferStatus.NOT_CHOSEN, by=CLOCK, event="offer.not_chosen")
    for place in places:
        place.offer.decision = place.told(of=len(places), seats=seats, cutoff=cutoff)
    db.session.flush()
    if any(place.because is Because.FUNDS for place in places):
        shortage.tell_after({window.gig.id})
    return made


@dataclass(slots=True)
class _Place:
    """One yes while it is decided: its place in the order from 1, and what becomes of it."""

    number: int
    offer: Offer
    points: Mapping[str, Any]
    because: Because = Because.PLACE
    verdict: Verdict | None = None
    chosen: bool = False

    def told(self, *, of: int, seats: int, cutoff: int | None) -> dict[str, Any]:
        """What the person reads, as JSON."""
        return {
            "at": clock.now().isoformat(),
            "chosen": self.chosen,
            "because": str(self.because),
            "place": self.number,
            "of": of,
            "seats": seats,
            "cutoff": cutoff,
            "points": dict(self.points),
            "verdict": self.verdict.as_dict() if self.verdict else None,
        }


def _places(window: Window, order: Order) -> list[_Place]:
    offer_of = {offer.contractor_id: offer for offer in window.yeses}
    named = {known: points for known, points in order if known in offer_of}
    rest = sorted(offer_of.keys() - named.keys())
    ordered = [*named.items(), *((known, {}) for known in rest)]
    return [_Place(number, offer_of[known], points) for number, (known, points) in enumerate(ordered, start=1)]


def _choose(window: Window, places: Iterable[_Place], seats: int) -> list[Yes]:
    """Marks every place with what becomes of it, and returns those that get a seat, in their order."""
    if not window.is_held:
        for place in places:
            place.because = Because.NOT_HELD
        return []
    seat = queries.seat_of(window.shift, window.gig)
    people = queries.people(window.people, window.shift.company_id, seat)
    # The books have the last word.
    money, chosen = costing.in_hold(window.gig), list[Yes]()
    for place in places:
        yes = Yes(
            place.offer.id,
            window.shift,
            agreed_seat(seat, place.offer.terms),
            people[place.offer.contractor_id],
        )
        place.verdict = first_no(yes.seat, yes.person)
        if place.verdict is not None:
            place.because = Because.RULE
        elif len(chosen) < seats:
            needed = highest(price_input(yes.seat, yes.person), yes.seat)
            place.chosen = needed <= money
            place.because = Because.PLACE if place.chosen else Because.FUNDS
            if place.chosen:
                money -= needed
                chosen.append(yes)
    return chosen
