"""Offers, and the verbs of those who answer them; `yes.py` has the steps of a yes."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from marketplace.accounts.rules import CLOCK, Actor, Right, require_company, require_person
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.lifecycle import WrongState, move, move_one
from marketplace.core.problems import NotFound
from marketplace.ledger import service as ledger
from marketplace.shifts import asking, queries, timesheets, yes
from marketplace.shifts.holds import returned
from marketplace.shifts.leading_models import LeadMinutes
from marketplace.shifts.models import Booking, Offer, Shift
from marketplace.shifts.rules import BadOffer, BookingStatus, OfferStatus, ShiftBegun, YesIsCollected
from marketplace.workforce.models import Contractor

Chosen = Sequence[tuple[UUID, Mapping[str, Any]]]
"""Contractor ids, each with the reason why they are asked, as JSON."""


def offer(shift_id: UUID, chosen: Chosen, expires_at: datetime, *, by: Actor) -> list[Offer]:
    """Shows the shift to these people until the offer expires, at the latest when the shift begins.

    Everybody must be eligible, or nobody is asked: NotEligible names the first person and the rule that decided.
    Somebody who has an open offer of this shift keeps it and is not asked twice. Returns the offers that were made.
    Raises GigNotOpen, ShiftBegun, BadOffer, SeatsGone.
    """
    shift = db.session.get(Shift, shift_id)
    if shift is None:
        raise NotFound
    require_company(by, shift.company_id, Right.GIGS)
    lead = db.session.get(LeadMinutes, shift_id)
    if lead is not None and any(known != lead.contractor_id for known, _ in chosen):
        raise BadOffer("The minutes of a lead are for the lead alone.", field="contractor_ids")
    return make_offers(shift, chosen, expires_at, by=by)


def make_offers(shift: Shift, chosen: Chosen, expires_at: datetime, *, by: Actor) -> list[Offer]:
    """`offer()` for whoever has checked the permission already: matching makes offers in the clock's name."""
    gig, why = asking.hold_gigs([shift.gig_id])[shift.gig_id], dict(chosen)
    # Locked after its gig: whether a seat is anybody's alone is counted, and two who ask at once would count the same.
    shift = db.session.get_one(Shift, shift.id, with_for_update={"key_share": True}, populate_existing=True)
    asking.check_open(shift, gig)
    if not why:
        return []
    asked = db.session.scalars(select(Contractor).where(Contractor.id.in_(why)).order_by(Contractor.id)).all()
    if len(asked) != len(why):
        raise NotFound
    people = queries.people(asked, shift.company_id, queries.seat_of(shift, gig))
    wanted = [asking.Asked(shift, people[known], reason, expires_at) for known, reason in why.items()]
    return asking.ask(wanted, [gig], by=by)


def say_yes(offer_id: UUID, *, by: Actor) -> Booking | Offer:
    """Says yes. Where the seat is this person's alone it is taken at once, as by `accept()`; where more people
    are asked than seats are open it is collected, and `collecting.decide()` answers it when the window closes (RACE).

    Saying yes twice is saying it once. Raises what `accept()` raises.
    """
    return say_yes_together({offer_id: by})[offer_id]


def say_yes_together(yeses: Mapping[UUID, Actor]) -> dict[UUID, Booking | Offer]:
    """As `say_yes()`, of many people, each to an offer of theirs and in their own name: all of them or none, in as many
    statements as for one. What came of each offer."""
    questions = yes.answer(yeses)
    made = yes.say(questions)
    kept = [each.offer_id for each in questions if each.collects]
    found = db.session.scalars(select(Offer).where(Offer.id.in_(kept))) if kept else ()
    return {**{offer.id: offer for offer in found}, **made}


def accept(offer_id: UUID, *, by: Actor) -> Booking:
    """Takes a seat of the offered shift for the person, and holds its highest cost. Saying yes twice is saying it once.

    The person's row is locked first: two yeses of one person come one after the other, so that weekly caps and rest see
    both. Then the rules are asked again, the seat is taken by a conditional update, the booking is refused by the
    exclusion constraint if the person is somewhere else, and the money goes from the gig's hold to the booking's.
    Raises OfferGone, GigNotOpen, NotEligible, DoubleBooked, SeatsGone, GigOutOfFunds; and YesIsCollected where the seat
    is not this person's alone.
    """
    (question,) = yes.answer({offer_id: by})
    if question.collects and not question.is_decided:
        raise YesIsCollected(until=question.asked.expires_at.isoformat())
    return yes.say([question])[offer_id]


def decline(offer_id: UUID, *, by: Actor) -> Offer:
    """Says no, or takes a yes back while it is collected. Nothing follows from it: no room counts it, and no rank reads
    it."""
    return decline_together({offer_id: by})[0]


def decline_together(noes: Mapping[UUID, Actor]) -> list[Offer]:
    """As `decline()`, of many people, each in their own name: all of them or none, in as many statements as for one."""
    found = {offer.id: offer for offer in db.session.scalars(select(Offer).where(Offer.id.in_(noes)))}
    for offer_id, by in noes.items():
        if offer_id not in found or found[offer_id].contractor_id != require_person(by):
            raise NotFound
    for old in sorted({offer.status for offer in found.values()} - {OfferStatus.DECLINED}):
        ids = [offer.id for offer in found.values() if offer.status is old]
        doers = {known: noes[known] for known in ids}
        if len(move(Offer, ids, old=old, new=OfferStatus.DECLINED, by=doers, event="offer.declined")) < len(ids):
            raise WrongState("It has changed since it was loaded.", state=str(old), wanted=str(OfferStatus.DECLINED))
    return [found[offer_id] for offer_id in noes]


def withdraw(offer_id: UUID, *, by: Actor) -> Offer:
    """The company takes an unanswered offer back. One to which somebody has said yes, or which they asked for, it
    cannot: who of them gets a seat is for the order of the points alone."""
    offer = db.session.get(Offer, offer_id)
    if offer is None:
        raise NotFound
    require_company(by, offer.company_id, Right.GIGS)
    if offer.status is OfferStatus.COLLECTED:
        raise WrongState("The person has said yes.", state=str(offer.status), wanted=str(OfferStatus.WITHDRAWN))
    if offer.claimed and offer.status is OfferStatus.PENDING:
        raise WrongState("The person asked for it.", state=str(offer.status), wanted=str(OfferStatus.WITHDRAWN))
    if offer.status is not OfferStatus.WITHDRAWN:
        move_one(offer, OfferStatus.WITHDRAWN, by=by, event="offer.withdrawn")
    return offer


def expire_due(limit: int = 200) -> int:
    """Expires offers whose time is over. Returns how many."""
    due = (
        select(Offer.id)
        .where(Offer.status == OfferStatus.PENDING, Offer.expires_at <= clock.now())
        .order_by(Offer.expires_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    moved = move(
        Offer,
        db.session.scalars(due).all(),
        old=OfferStatus.PENDING,
        new=OfferStatus.EXPIRED,
        by=CLOCK,
        event="offer.expired",
    )
    return len(moved)


def release(booking_id: UUID, *, by: Actor) -> Booking:
    """The person gives the seat back before the shift begins; seat and money return to the shift and the gig.

    Raises ShiftBegun when it has begun, WrongState when the booking is not open any more.
    """
    seen = db.session.get(Booking, booking_id)
    if seen is None or seen.contractor_id != require_person(by):
        raise NotFound
    shift = db.session.get_one(Shift, seen.shift_id, with_for_update={"key_share": True}, populate_existing=True)
    booking = db.session.get_one(Booking, booking_id, with_for_update=True, populate_existing=True)
    if booking.status is BookingStatus.RELEASED:
        return booking
    queries.check_same_shift(booking, shift)
    if clock.now() >= booking.starts_at:
        raise ShiftBegun
    move_one(booking, BookingStatus.RELEASED, by=by, event="booking.released", values={"off_at": clock.now()})
    shift.seats_taken -= 1
    db.session.flush()
    ledger.post(returned(booking))
    timesheets.enter([booking], by=by)
    return booking
