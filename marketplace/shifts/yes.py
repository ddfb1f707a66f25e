"""The yes itself: where seats, people and money meet. PostgreSQL decides every race in it.

Whoever says yes is locked and read, with the offer, the shift and the gig, in two statements however many there are,
sent together; the rules are asked; and four more, sent together, write what follows: so what others wait for (a shift's
seats, a gig's money) is held while PostgreSQL works, and not while this program does. Locks are taken in one order,
whatever the offers are about: people, gigs, shifts, bookings, offers, accounts. So nobody who says yes waits for
somebody who waits for them.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Integer, Table, Uuid, any_, bindparam, column, func, select, update
from sqlalchemy.dialects.postgresql import ARRAY, Range
from sqlalchemy.orm import make_transient_to_detached
from sqlalchemy.orm.util import identity_key

from marketplace.accounts.rules import CLOCK, Actor, require_person
from marketplace.core import clock
from marketplace.core.db import db, send
from marketplace.core.ids import new_id
from marketplace.core.lifecycle import Among, making, moving
from marketplace.core.problems import NotFound
from marketplace.core.sending import Fixed, Order, Rows
from marketplace.gigs.models import Gig
from marketplace.gigs.rules import GigStatus
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import InsufficientFunds
from marketplace.shifts import queries, shortage
from marketplace.shifts.asking import ELSEWHERE, check_person
from marketplace.shifts.eligibility import Busy, Person, Seat
from marketplace.shifts.holds import held
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
    ShiftStatus,
)
from marketplace.shifts.terms import agreed_seat, highest, price_input
from marketplace.standards.premium_days import kept_days
from marketplace.workforce.models import Contractor

Asked = Any
"""An offer, its shift and its gig as they stand, and what the rules ask of whom it was made to: a row of `_ASKED`."""


@dataclass(frozen=True, slots=True)
class Question:
    """An offer that somebody answers, in whose name: their row is locked."""

    by: Actor
    asked: Asked

    @property
    def offer_id(self) -> UUID:
        known: UUID = self.asked.offer_id
        return known

    @property
    def is_decided(self) -> bool:
        return self.asked.offer_status is OfferStatus.ACCEPTED

    @property
    def collects(self) -> bool:
        return bool(self.asked.collects)


@dataclass(frozen=True, slots=True)
class Yes:
    """A yes that gets a seat: the offer, the shift (or a row with its columns), the seat at the rate that holds, and
    the person as the rules read them now."""

    offer_id: UUID
    shift: Shift | Asked
    seat: Seat
    person: Person


_LOCKED = Fixed(
    select(Contractor.id)
    .where(Contractor.id == any_(bindparam("people", type_=ARRAY(Uuid()))))
    .order_by(Contractor.id)
    .with_for_update(key_share=True)
)
_ASKED = Fixed(
    select(
        Offer.id.label("offer_id"), Offer.status.label("offer_status"), Offer.contractor_id, Offer.expires_at,
        Offer.collects, Offer.terms["rate"].label("offered_rate"), Offer.terms["pay_steps"].label("offered_steps"),
        Offer.terms["added_minutes"].label("offered_minutes"),
        Shift.id, Shift.gig_id, Shift.company_id, Shift.starts_at, Shift.ends_at, Shift.timezone, Shift.is_training,
        Shift.standby_of, Shift.seats, Shift.seats_taken, Shift.status.label("shift_status"),
        Gig.status.label("gig_status"), Gig.places, Gig.skills, Gig.languages, Gig.criteria_reason, Gig.qualifications,
        Gig.skill_levels, Gig.hazard_class, Gig.hazard_categories, Gig.rate_amount, Gig.currency, Gig.fee_percent,
        Gig.margin_amount, Gig.work_kind, Gig.steps, Gig.payment_model, Gig.piece_amount, Gig.most_pieces,
        *queries.facts_of(Shift.company_id, Shift.starts_at, Shift.ends_at),
    )
    .join(Shift, Shift.id == Offer.shift_id)
    .join(Gig, Gig.id == Offer.gig_id)
    .join(Contractor, Contractor.id == Offer.contractor_id)
    .where(
        Offer.id == any_(bindparam("offers", type_=ARRAY(Uuid()))),
        Contractor.id == any_(bindparam("people", type_=ARRAY(Uuid()))),
    )
    # Shared with every other yes; a raise of the gig's class waits for it, or is seen here.
    .with_for_update(read=True, of=Gig)
)  # fmt: skip
_WANTED = (
    func.unnest(bindparam("shifts", type_=ARRAY(Uuid())), bindparam("counts", type_=ARRAY(Integer())))
    .table_valued(column("id", Uuid()), column("count", Integer()), name="wanted")
    .render_derived()
)
_HELD = (
    select(Shift.id, _WANTED.c.count)
    .join(_WANTED, _WANTED.c.id == Shift.id)
    .order_by(Shift.id)
    .with_for_update(key_share=True, of=Shift)
    .cte("held")
)
_SHIFT = cast(Table, Shift.__table__)
_SEATED = Fixed(
    update(_SHIFT)
    .where(
        _SHIFT.c.id == _HELD.c.id,
        _SHIFT.c.status == ShiftStatus.SCHEDULED,
        _SHIFT.c.seats_taken + _HELD.c.count <= _SHIFT.c.seats,
    )
    .values(seats_taken=_SHIFT.c.seats_taken + _HELD.c.count)
    .returning(_SHIFT.c.id)
)
_FULL = select(_SHIFT.c.id).where(
    _SHIFT.c.id == any_(bindparam("shifts", type_=ARRAY(Uuid()))), _SHIFT.c.seats_taken == _SHIFT.c.seats
)
# An array, which is read once and before anything else: a join is planned by how many offers are thought to wait, which
# a storm makes wrong within seconds, and then every offer is held against the shifts, again at each yes.
_OF_FULL_SHIFTS = Among(Offer.shift_id == any_(func.array(_FULL.scalar_subquery(), type_=ARRAY(Uuid()))))


_EMPTY: Mapping[str, Any] = dict.fromkeys(Booking.__table__.c.keys())
"""A booking of which nothing is said."""


def answer(wanted: Mapping[UUID, Actor]) -> list[Question]:
    """The offers in the order in which they are named. Raises NotFound unless each is whose it is said to be.

    The people are locked first and read then: two yeses of one person come one after the other, so that weekly caps and
    rest see both. One statement for both would read what stood before it waited for the lock.
    """
    people = sorted({require_person(by) for by in wanted.values()})
    locked = Order(_LOCKED, {"people": people}, list)
    asked = Order(_ASKED, {"offers": list(wanted), "people": people}, list)
    rows = {row.offer_id: row for row in send(*clock.unread(), locked, asked)[-1]}
    for offer_id, by in wanted.items():
        if offer_id not in rows or rows[offer_id].contractor_id != by.person_id:
            raise NotFound
    return [Question(by, rows[offer_id]) for offer_id, by in wanted.items()]


def say(questions: Sequence[Question]) -> dict[UUID, Booking]:
    """Says yes to all of them or none, and returns the bookings by their offers: of those that give a seat now, and of
    those that gave one before. Where an offer collects the yes is kept until it is decided, and has no booking."""
    alone = [each for each in questions if not each.collects and not each.is_decided]
    collecting = [each for each in questions if each.collects and not each.is_decided]
    collecting = [each for each in collecting if each.asked.offer_status is not OfferStatus.COLLECTED]
    yeses = dict(zip([each.offer_id for each in (*alone, *collecting)], _judged([*alone, *collecting]), strict=True))
    kept = [_marking(_names(collecting), OfferStatus.PENDING, OfferStatus.COLLECTED, "offer.collected")]
    seats = [yeses[each.offer_id] for each in alone]
    seated = _seat(seats, _names(alone), OfferStatus.PENDING, "offer.accepted", kept if collecting else ())
    decided = [each.offer_id for each in questions if each.is_decided]
    before = db.session.scalars(select(Booking).where(Booking.offer_id.in_(decided))).all() if decided else []
    return {booking.offer_id: booking for booking in (*seated, *before)}


def book(yeses: Sequence[Yes], *, by: Actor, old: OfferStatus, event: str) -> list[Booking]:
    """Gives each a seat and holds its cost: all of them or none, in as many statements as for one. `old` is the status
    in which the offers stand, `event` is what happens to them.

    The people are locked and were judged by the rules. Raises SeatsGone, DoubleBooked, OfferGone, GigOutOfFunds.
    """
    return _seat(yeses, {yes.offer_id: by for yes in yeses}, old, event)


# --- the steps --------------------------------------------------------------------------------------------------------


def _names(questions: Sequence[Question]) -> dict[UUID, Actor]:
    """In whose name each offer is answered."""
    return {each.offer_id: each.by for each in questions}


def _judged(questions: Sequence[Question]) -> list[Yes]:
    """The seats as they were offered, and the people, whom every rule lets take one now. Who says yes to several is
    judged about each as if they had those before it already."""
    for each in questions:
        _check_open(each.asked)
    rows = [each.asked for each in questions]
    seats = [agreed_seat(queries.seat_of(row, row), _promised(row)) for row in rows]
    taken: dict[UUID, list[Busy]] = {}
    yeses = []
    for row, seat, person in zip(rows, seats, queries.persons(rows, seats), strict=True):
        mine = taken.setdefault(row.contractor_id, [])
        now = replace(person, busy=[*person.busy, *mine]) if mine else person
        check_person(seat, now)
        mine.append(Busy(seat.span, seat.hazard_class))
        yeses.append(Yes(row.offer_id, row, seat, now))
    return yeses


def _promised(row: Asked) -> dict[str, Any]:
    """Of the terms of an offer what `agreed_seat()` reads."""
    more = {"pay_steps": row.offered_steps, "added_minutes": row.offered_minutes}
    return {"rate": row.offered_rate} | {name: value for name, value in more.items() if value is not None}


def _check_open(row: Asked) -> None:
    now = clock.now()
    if row.offer_status is not OfferStatus.PENDING or row.expires_at <= now:
        if row.seats_taken >= row.seats:
            raise SeatsGone(elsewhere=ELSEWHERE)
        raise OfferGone(f"It is {row.offer_status}.", elsewhere=ELSEWHERE)
    if row.shift_status is not ShiftStatus.SCHEDULED or row.starts_at <= now:
        raise OfferGone("The shift has begun or is not held.", elsewhere=ELSEWHERE)
    if row.gig_status is not GigStatus.OPEN:
        raise GigNotOpen(f"It is {row.gig_status}.", elsewhere=ELSEWHERE)


def _seat(
    yeses: Sequence[Yes], by: Mapping[UUID, Actor], old: OfferStatus, event: str, kept: Sequence[Order[None]] = ()
) -> list[Booking]:
    """The seats, the bookings, the offers and the money: all that a yes writes, sent together, with what becomes of
    offers whose yes is only kept."""
    if not yeses:
        send(*kept)
        return []
    rows = [_booking(yes) for yes in yeses]
    bookings = [Booking(**{**_EMPTY, **row}) for row in rows]
    counts = Counter(yes.shift.id for yes in yeses)
    send(
        _seating(counts),
        _booked(rows, by),
        _marking(by, old, OfferStatus.ACCEPTED, event),
        *kept,
        _withdrawing_rest(counts),
        _holding(bookings),
    )
    for booking in bookings:
        # As if it had been read again.
        make_transient_to_detached(booking)
        db.session.add(booking)
    return bookings


def _seating(counts: Mapping[UUID, int]) -> Order[None]:
    """Takes so many seats of each shift if they are left. Raises SeatsGone."""

    def seated(rows: Rows) -> None:
        if len(rows) < len(counts):
            raise SeatsGone(elsewhere=ELSEWHERE)
        for row in rows:
            known = db.session().identity_map.get(identity_key(Shift, row.id))
            if known is not None:
                db.session.expire(known, ["seats_taken"])

    return Order(_SEATED, {"shifts": list(counts), "counts": list(counts.values())}, seated)


def _booked(rows: Sequence[Mapping[str, Any]], by: Mapping[UUID, Actor]) -> Order[None]:
    """Writes the bookings. Raises DoubleBooked about the first whose person is somewhere else."""

    def check(made: Collection[UUID]) -> None:
        for row in rows:
            if row["id"] not in made:
                raise DoubleBooked(contractor_id=str(row["contractor_id"]), elsewhere=ELSEWHERE)

    doers = {row["id"]: by[row["offer_id"]] for row in rows}
    return making(Booking, rows, by=doers, event="booking.made").and_then(set).and_then(check)


def _booking(yes: Yes) -> dict[str, Any]:
    """A row; the exclusion constraint refuses it if the person is somewhere else."""
    shift, seat, person, now = yes.shift, yes.seat, yes.person, clock.now()
    assert person.contract is not None
    priced = price_input(seat, person)
    return {
        "id": new_id(),
        "offer_id": yes.offer_id,
        "shift_id": shift.id,
        "gig_id": shift.gig_id,
        "company_id": shift.company_id,
        "contractor_id": person.contractor_id,
        "contract_version_id": person.contract.version_id,
        "during": Range(shift.starts_at, shift.ends_at),
        "week": pay_week(shift.starts_at, clock.zone(shift.timezone)),
        "rate_amount": seat.rate.amount,
        "currency": seat.rate.currency,
        "hazard_class": seat.hazard_class,
        "overtime_minutes": priced.overtime_minutes,
        "overtime_percent": priced.overtime_percent,
        "further_overtime_minutes": priced.further_overtime_minutes,
        "further_overtime_percent": priced.further_overtime_percent,
        "step_points": priced.step_points,
        "night_minutes": priced.night_minutes,
        "night_zone": person.zone.key,
        "night_law": priced.night_law and priced.night_law.as_kept(),
        "premium_days": kept_days(priced.premium_days),
        "held_amount": highest(priced, seat).amount,
        "made_at": now,
        "added_minutes": seat.added_minutes,
        "is_training": seat.is_training,
        "is_standby": seat.is_standby,
        "standby_minutes": 0,
        "is_replaced": False,
        "breaks_told": 0,
        "compensation_minutes": 0,
        "sick_minutes": 0,
        "reminded_at": now if shift.starts_at <= now + REMIND_BEFORE else None,
        "status": BookingStatus.BOOKED,
    }


def _marking(by: Mapping[UUID, Actor], old: OfferStatus, new: OfferStatus, event: str) -> Order[None]:
    """Marks the offers, unless one was withdrawn meanwhile: with the last seat, while its yes waited for a seat given
    back. Raises OfferGone."""

    def check(moved: Collection[UUID]) -> None:
        if len(moved) < len(by):
            raise OfferGone(elsewhere=ELSEWHERE)

    return moving(Offer, list(by), old=old, new=new, by=by, event=event).and_then(check)


def _holding(bookings: Sequence[Booking]) -> Order[None]:
    """Moves what the bookings cost at most from the gigs' money to theirs. Raises GigOutOfFunds."""
    posted = ledger.posting([held(booking) for booking in bookings])

    def check(rows: Rows) -> None:
        try:
            posted.then(rows)
        except InsufficientFunds as short:
            shortage.tell_after({booking.gig_id for booking in bookings})
            raise GigOutOfFunds(**short.members) from short

    return Order(posted.statement, posted.facts, check)


def _withdrawing_rest(shift_ids: Collection[UUID]) -> Order[list[UUID]]:
    """Where the last seat is taken whoever has not answered is told so, instead of saying yes in vain. It is a
    statement of its own, which sees the offers that were made while the seats were waited for."""
    return moving(
        Offer,
        _OF_FULL_SHIFTS,
        among={"shifts": list(shift_ids)},
        old=OfferStatus.PENDING,
        new=OfferStatus.WITHDRAWN,
        by=CLOCK,
        event="offer.withdrawn",
        data={"because": "seats_gone"},
    )
