"""Offers and the yes. `accept()` is where seats, people and money meet: PostgreSQL decides every race in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, Uuid, any_, bindparam, select, update
from sqlalchemy.dialects.postgresql import ARRAY, Range
from sqlalchemy.dialects.postgresql import insert as upsert

from marketplace.accounts.rules import CLOCK, Actor, Right, require_company, require_person
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import record_each
from marketplace.core.ids import new_id
from marketplace.core.lifecycle import WrongState, move, move_one
from marketplace.core.problems import NotFound
from marketplace.gigs.models import Gig
from marketplace.gigs.rules import GigStatus
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import InsufficientFunds
from marketplace.shifts import asking, queries, timesheets
from marketplace.shifts.asking import ELSEWHERE, check_person
from marketplace.shifts.eligibility import Person, Seat
from marketplace.shifts.holds import held, returned
from marketplace.shifts.hours import REMIND_BEFORE, pay_week
from marketplace.shifts.models import Booking, Offer, Shift
from marketplace.shifts.rules import (
    BookingStatus,
    DoubleBooked,
    GigNotOpen,
    GigOutOfFunds,
    OfferGone,
    OfferStatus,
    SeatsGone,
    ShiftBegun,
    ShiftStatus,
    YesIsCollected,
)
from marketplace.shifts.terms import agreed_seat, price_input, promised_lines
from marketplace.standards.rates import cost
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
    """As `say_yes()`, of many people, each to an offer of theirs and in their own name: all of them or none, for each
    shift in as many statements as for one. What came of each offer. Those of one shift are asked about at once."""
    answered: dict[UUID, Booking | Offer] = {}
    for questions in _by_shift(_to_answer(yeses)):
        collected = [each for each in questions if each.offer.collects]
        answered |= _collect(collected) if collected else {}
        alone = [each for each in questions if not each.offer.collects]
        answered |= _take(alone) if alone else {}
    return answered


def accept(offer_id: UUID, *, by: Actor) -> Booking:
    """Takes a seat of the offered shift for the person, and holds its highest cost. Saying yes twice is saying it once.

    The person's row is locked first: two yeses of one person come one after the other, so that weekly caps and rest see
    both. Then the rules are asked again, the seat is taken by a conditional update, the booking is refused by the
    exclusion constraint if the person is somewhere else, and the money goes from the gig's hold to the booking's.
    Raises OfferGone, GigNotOpen, NotEligible, DoubleBooked, SeatsGone, GigOutOfFunds; and YesIsCollected where the seat
    is not this person's alone.
    """
    (question,) = _to_answer({offer_id: by})
    if question.offer.collects and question.offer.status is not OfferStatus.ACCEPTED:
        raise YesIsCollected(until=question.offer.expires_at.isoformat())
    return _take([question])[offer_id]


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
    if clock.now() >= booking.starts_at:
        raise ShiftBegun
    move_one(booking, BookingStatus.RELEASED, by=by, event="booking.released", values={"off_at": clock.now()})
    shift.seats_taken -= 1
    db.session.flush()
    ledger.post(returned(booking))
    timesheets.enter([booking], by=by)
    return booking


# --- the steps of a yes -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Question:
    """An offer, what it is about, and who is to answer it: their row is locked."""

    me: Contractor
    by: Actor
    offer: Offer
    shift: Shift
    gig: Gig


@dataclass(frozen=True, slots=True)
class Yes:
    """A yes that gets a seat: the offer, the seat at the rate that holds, and the person as the rules read them now."""

    offer: Offer
    seat: Seat
    person: Person


# Built once, since building a statement takes longer than running it.
_ME = (
    select(Contractor)
    .where(Contractor.id == any_(bindparam("people", type_=ARRAY(Uuid()))))
    .order_by(Contractor.id)
    .with_for_update(key_share=True)
    .execution_options(populate_existing=True)
)
_ASKED = (
    select(Offer, Shift, Gig)
    .join(Shift, Shift.id == Offer.shift_id)
    .join(Gig, Gig.id == Offer.gig_id)
    .where(
        Offer.id == any_(bindparam("offers", type_=ARRAY(Uuid()))),
        Offer.contractor_id == any_(bindparam("people", type_=ARRAY(Uuid()))),
    )
    # Shared with every other yes; a raise of the gig's class waits for it, or is seen here.
    .with_for_update(read=True, of=Gig)
    .execution_options(populate_existing=True)
)
_SEATS = (
    update(Shift)
    .where(
        Shift.id == bindparam("shift"),
        Shift.status == ShiftStatus.SCHEDULED,
        Shift.seats_taken + bindparam("count", type_=Integer) <= Shift.seats,
    )
    .values(seats_taken=Shift.seats_taken + bindparam("count", type_=Integer))
    .returning(Shift.seats - Shift.seats_taken)
    .execution_options(synchronize_session=False)
)
_BOOKED = upsert(Booking).on_conflict_do_nothing().returning(Booking)


def _to_answer(wanted: Mapping[UUID, Actor]) -> list[_Question]:
    """The offers in the order in which they are named. Raises NotFound unless each is whose it is said to be."""
    people = sorted({require_person(by) for by in wanted.values()})
    locked = {me.id: me for me in db.session.scalars(_ME, {"people": people})}
    rows = {row.Offer.id: row for row in db.session.execute(_ASKED, {"offers": list(wanted), "people": people})}
    found = []
    for offer_id, by in wanted.items():
        row = rows.get(offer_id)
        if row is None or row.Offer.contractor_id != require_person(by):
            raise NotFound
        found.append(_Question(locked[row.Offer.contractor_id], by, row.Offer, row.Shift, row.Gig))
    return found


def _by_shift(questions: Sequence[_Question]) -> list[list[_Question]]:
    """The questions about each shift, in the order in which they come."""
    found: dict[UUID, list[_Question]] = {}
    for each in questions:
        found.setdefault(each.shift.id, []).append(each)
    return list(found.values())


def _take(questions: Sequence[_Question]) -> dict[UUID, Booking]:
    """Gives each of them their seat of the one shift that they are about."""
    taken = [each.offer.id for each in questions if each.offer.status is OfferStatus.ACCEPTED]
    made: list[Booking] = []
    if taken:
        made += db.session.scalars(select(Booking).where(Booking.offer_id.in_(taken))).all()
    if new := [each for each in questions if each.offer.status is not OfferStatus.ACCEPTED]:
        by = {each.me.id: each.by for each in new}
        made += book(new[0].shift, _judged(new), by=by, event="offer.accepted")
    return {booking.offer_id: booking for booking in made}


def _collect(questions: Sequence[_Question]) -> dict[UUID, Booking | Offer]:
    """Keeps the yeses to the one shift that they are about until they are decided; those that are, stay so."""
    decided = [each for each in questions if each.offer.status is OfferStatus.ACCEPTED]
    new = [each for each in questions if each.offer.status not in (OfferStatus.ACCEPTED, OfferStatus.COLLECTED)]
    if new:
        _judged(new)
        by = {each.offer.id: each.by for each in new}
        _mark([each.offer for each in new], OfferStatus.COLLECTED, by=by, event="offer.collected")
    return {each.offer.id: each.offer for each in questions} | (_take(decided) if decided else {})


def _judged(questions: Sequence[_Question]) -> list[Yes]:
    """The seats of one shift as they were offered, and the people, whom every rule lets take one now."""
    for each in questions:
        _check_open(each.offer, each.shift, each.gig)
    shift, gig = questions[0].shift, questions[0].gig
    seat = queries.seat_of(shift, gig)
    people = queries.people([each.me for each in questions], shift.company_id, seat)
    yeses = [Yes(each.offer, agreed_seat(seat, each.offer.terms), people[each.me.id]) for each in questions]
    for yes in yeses:
        check_person(yes.seat, yes.person)
    return yeses


def book(shift: Shift, yeses: Sequence[Yes], *, by: Actor | Mapping[UUID, Actor], event: str) -> list[Booking]:
    """Gives each a seat of the shift and holds its cost: all of them or none, in as many statements as for one. `event`
    is what happens to the offers; `by` is who does it, or for each person who does.

    The people are locked and were judged by the rules. Raises SeatsGone, DoubleBooked, OfferGone, GigOutOfFunds.
    """
    left = _take_seats(shift, len(yeses))
    rows = [_booking(yes, shift) for yes in yeses]
    made = db.session.scalars(_BOOKED, rows).all()
    if len(made) < len(rows):
        booked = {booking.contractor_id for booking in made}
        elsewhere = next(yes.offer.contractor_id for yes in yeses if yes.offer.contractor_id not in booked)
        raise DoubleBooked(contractor_id=str(elsewhere), elsewhere=ELSEWHERE)
    doers = by if isinstance(by, Mapping) else {yes.offer.contractor_id: by for yes in yeses}
    offer_doers = {yes.offer.id: doers[yes.offer.contractor_id] for yes in yeses}
    _mark([yes.offer for yes in yeses], OfferStatus.ACCEPTED, by=offer_doers, event=event)
    record_each("booking.made", [(booking, {}, doers[booking.contractor_id]) for booking in made])
    _hold(made)
    if left == 0:
        _withdraw_rest(shift.id)
    return list(made)


def _check_open(offer: Offer, shift: Shift, gig: Gig) -> None:
    now = clock.now()
    if offer.status is not OfferStatus.PENDING or offer.expires_at <= now:
        if shift.seats_taken >= shift.seats:
            raise SeatsGone(elsewhere=ELSEWHERE)
        raise OfferGone(f"It is {offer.status}.", elsewhere=ELSEWHERE)
    if shift.status is not ShiftStatus.SCHEDULED or shift.starts_at <= now:
        raise OfferGone("The shift has begun or is not held.", elsewhere=ELSEWHERE)
    if gig.status is not GigStatus.OPEN:
        raise GigNotOpen(f"It is {gig.status}.", elsewhere=ELSEWHERE)


def _take_seats(shift: Shift, count: int) -> int:
    """Takes so many seats if they are left, and returns how many are left then. Raises SeatsGone."""
    left = db.session.scalar(_SEATS, {"shift": shift.id, "count": count})
    if left is None:
        raise SeatsGone(elsewhere=ELSEWHERE)
    db.session.expire(shift, ["seats_taken"])
    return left


def _booking(yes: Yes, shift: Shift) -> dict[str, Any]:
    """A row; the exclusion constraint refuses it if the person is somewhere else."""
    seat, person = yes.seat, yes.person
    assert person.contract is not None
    priced = price_input(seat, person)
    return {
        "id": new_id(),
        "offer_id": yes.offer.id,
        "shift_id": shift.id,
        "gig_id": shift.gig_id,
        "company_id": shift.company_id,
        "contractor_id": yes.offer.contractor_id,
        "contract_version_id": person.contract.version_id,
        "during": Range(shift.starts_at, shift.ends_at),
        "week": pay_week(shift.starts_at, clock.zone(shift.timezone)),
        "rate_amount": seat.rate.amount,
        "currency": seat.rate.currency,
        "hazard_class": seat.hazard_class,
        "overtime_minutes": priced.overtime_minutes,
        "overtime_percent": priced.overtime_percent,
        "step_points": priced.step_points,
        "night_minutes": priced.night_minutes,
        "night_zone": person.zone.key,
        "held_amount": cost(promised_lines(seat, person)).amount,
        "made_at": clock.now(),
        "added_minutes": seat.added_minutes,
        "is_training": seat.is_training,
        "compensation_minutes": 0,
        "sick_minutes": 0,
        "reminded_at": clock.now() if shift.starts_at <= clock.now() + REMIND_BEFORE else None,
        "status": BookingStatus.BOOKED,
    }


def _mark(answered: Sequence[Offer], new: OfferStatus, *, by: Mapping[UUID, Actor], event: str) -> None:
    """Marks the yeses, which are all of one status, unless an offer was withdrawn meanwhile: with the last seat, while
    its yes waited for a seat given back."""
    ids = [offer.id for offer in answered]
    if len(move(Offer, ids, old=answered[0].status, new=new, by=by, event=event)) < len(ids):
        raise OfferGone(elsewhere=ELSEWHERE)


def _hold(bookings: Sequence[Booking]) -> None:
    try:
        ledger.post_many([held(booking) for booking in bookings])
    except InsufficientFunds as short:
        raise GigOutOfFunds(**short.members) from short


def _withdraw_rest(shift_id: UUID) -> None:
    """The last seat is taken: whoever has not answered is told so, instead of saying yes in vain."""
    pending = select(Offer.id).where(Offer.shift_id == shift_id, Offer.status == OfferStatus.PENDING)
    move(
        Offer,
        db.session.scalars(pending.order_by(Offer.id).with_for_update()).all(),
        old=OfferStatus.PENDING,
        new=OfferStatus.WITHDRAWN,
        by=CLOCK,
        event="offer.withdrawn",
        data={"because": "seats_gone"},
    )
