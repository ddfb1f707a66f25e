"""Reads of seats that are to be handed over, and what one would be for whoever looks at it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import aliased, selectinload

from marketplace.accounts.rules import Actor, Right, require_company, require_person
from marketplace.contracts import queries as contracts
from marketplace.contracts.insurance import accident_covers
from marketplace.contracts.models import Contract
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.core.problems import NotFound
from marketplace.gigs.models import Gig
from marketplace.gigs.rules import GigStatus
from marketplace.shifts import asking, queries
from marketplace.shifts.eligibility import Person, Seat, first_no, judge, judge_fit
from marketplace.shifts.handover_models import Handover, SwapProposal
from marketplace.shifts.handover_rules import BY, HandoverKind, HandoverStatus, ProposalStatus
from marketplace.shifts.models import Booking, Shift
from marketplace.shifts.rules import BookingStatus, ShiftStatus
from marketplace.shifts.terms import digest, promised_lines
from marketplace.standards.hours import Span
from marketplace.standards.rates import gross_pay
from marketplace.standards.verdicts import Verdict
from marketplace.workforce.models import Contractor

_BOOKING = selectinload(Handover.booking)


@dataclass(frozen=True, slots=True)
class Look:
    """What somebody's seat would be for one who takes it: the rule that says no, or the terms and their digest."""

    booking: Booking
    shift: Shift
    gig: Gig
    seat: Seat
    person: Person
    verdict: Verdict | None
    terms: Mapping[str, Any] | None
    terms_sha256: str | None

    @property
    def refusal(self) -> dict[str, Any] | None:
        """The verdict as JSON."""
        return None if self.verdict is None else self.verdict.as_dict()


@dataclass(frozen=True, slots=True)
class Shown:
    """A request as it is for one who looks at it. Who asks sees what is offered for it, everybody else what they would
    get; `mine` is whether they ask themselves."""

    handover: Handover
    mine: bool
    look: Look | None
    proposals: Sequence[SwapProposal]


@dataclass(frozen=True, slots=True)
class Takeable:
    """A request to everybody that the person can take, and what its shift would pay them."""

    handover: Handover
    shift: Shift
    gig: Gig
    pay: Money


@dataclass(frozen=True, slots=True)
class Change:
    """One seat of a shift that went from one person to another."""

    at: datetime
    kind: HandoverKind
    former_id: UUID
    present_id: UUID


def look_at(booking: Booking, taker: Contractor, kind: HandoverKind, gives: Booking | None = None) -> Look:
    """What the seat is for whoever takes it, with the week as it would be then: without the shift that they give for
    it. What the seat pays beside its time goes with it. Locks nothing."""
    return looks_at(booking, [taker], kind, gives)[0]


def looks_at(
    booking: Booking, takers: Sequence[Contractor], kind: HandoverKind, gives: Booking | None = None
) -> list[Look]:
    """As `look_at()`, for many people in as many statements as for one."""
    shift, gig = db.session.get_one(Shift, booking.shift_id), db.session.get_one(Gig, booking.gig_id)
    seat, found = _seat(booking, shift, gig), []
    known = queries.people(takers, shift.company_id, seat)
    covers = accident_covers([shift.company_id], [taker.id for taker in takers])
    for taker in takers:
        person = known[taker.id]
        if gives is not None:
            given = Span(gives.starts_at, gives.ends_at)
            person = replace(person, busy=tuple(b for b in person.busy if not (b.active and b.span == given)))
        verdict, terms = first_no(seat, person), None
        if verdict is None:
            terms = asking.terms_of(shift, gig, seat, person, {"by": BY, "kind": str(kind)}, covers)
        found.append(Look(booking, shift, gig, seat, person, verdict, terms, digest(terms) if terms else None))
    return found


def handover(handover_id: UUID, *, seen_by: Actor) -> Handover:
    """A request: for whoever asks, whom they ask by name, who took it or offers something for it; one to everybody, for
    whoever has a contract with the company. Raises NotFound."""
    found = db.session.get(Handover, handover_id, options=[_BOOKING], populate_existing=True)
    if found is None or not _may_see(found, require_person(seen_by)):
        raise NotFound
    return found


def shown(handover_id: UUID, in_return: UUID | None = None, *, seen_by: Actor) -> Shown:
    """A request, and what it is for whoever looks: with a shift of their own that they would give for it, if they name
    one. Raises NotFound."""
    found, me = handover(handover_id, seen_by=seen_by), require_person(seen_by)
    offered = select(SwapProposal).where(SwapProposal.handover_id == found.id).order_by(SwapProposal.id)
    offered = offered.options(selectinload(SwapProposal.booking))
    if found.contractor_id == me:
        return Shown(found, True, None, db.session.scalars(offered).all())
    gives = None if in_return is None else own_booking(in_return, seen_by)
    taker = db.session.get_one(Contractor, me)
    look = look_at(found.booking, taker, found.kind, gives) if found.status is HandoverStatus.OPEN else None
    return Shown(found, False, look, db.session.scalars(offered.where(SwapProposal.contractor_id == me)).all())


def proposal(proposal_id: UUID, *, seen_by: Actor) -> SwapProposal:
    """What is offered for a shift: for whoever offers it, and for whoever asked for it. Raises NotFound."""
    options = [
        selectinload(SwapProposal.booking),
        selectinload(SwapProposal.handover).options(_BOOKING),
    ]
    found = db.session.get(SwapProposal, proposal_id, options=options, populate_existing=True)
    if found is None or require_person(seen_by) not in (found.contractor_id, found.handover.contractor_id):
        raise NotFound
    return found


def look_at_proposal(proposal_id: UUID, *, seen_by: Actor) -> Look | None:
    """What the offered shift would be for whoever asked for the swap; nothing for others, or once it is settled. Raises
    NotFound."""
    found, me = proposal(proposal_id, seen_by=seen_by), require_person(seen_by)
    if found.handover.contractor_id != me or found.status is not ProposalStatus.WAITING:
        return None
    return look_at(found.booking, db.session.get_one(Contractor, me), HandoverKind.SWAP, found.handover.booking)


def mine(*, seen_by: Actor) -> Select[Handover]:
    """What the person asked for."""
    return select(Handover).where(Handover.contractor_id == require_person(seen_by)).options(_BOOKING)


def asked_of(*, seen_by: Actor) -> Select[Handover]:
    """What the person is asked for by name, and what they can still answer."""
    return _open().where(Handover.asked_id == require_person(seen_by))


def wanted(*, seen_by: Actor) -> Select[Handover]:
    """What everybody is asked for who has a contract with the company. Whether the rules let the person pass is told by
    `shown()`."""
    me, now = require_person(seen_by), clock.now()
    signed = db.session.scalars(contracts.contracts(seen_by).where(Contract.contractor_id == me)).all()
    bound = {each.company_id for each in signed if contracts.in_force(each.company_id, me, now)}
    found = _open().join(Gig, and_(Gig.id == Handover.gig_id, Gig.status == GigStatus.OPEN))
    return found.where(Handover.asked_code.is_(None), Handover.contractor_id != me, Handover.company_id.in_(bound))


def takeable(limit: int, *, seen_by: Actor) -> list[Takeable]:
    """The soonest of what is wanted that the rules let the person take, with what it would pay. For a swap only the
    rules about the work are asked, since the week depends on what they give for it. What is read of the person is read
    once."""
    rows = wanted(seen_by=seen_by).add_columns(Shift, Gig)
    found = db.session.execute(rows.order_by(Shift.starts_at, Handover.id).limit(limit)).all()
    if not found:
        return []
    me = db.session.get_one(Contractor, require_person(seen_by))
    around = Span(min(row.Shift.starts_at for row in found), max(row.Shift.ends_at for row in found))
    known = queries.unsigned([me], around)[me.id]
    agreed = {
        (row.Shift.company_id, row.Shift.ends_at): queries.agreed(me.id, row.Shift.company_id, row.Shift.ends_at)
        for row in found
    }
    return [
        Takeable(row.Handover, row.Shift, row.Gig, gross_pay(promised_lines(seat, person)))
        for row in found
        for person in [replace(known, contract=agreed[row.Shift.company_id, row.Shift.ends_at])]
        for seat in [_seat(row.Handover.booking, row.Shift, row.Gig)]
        if _lets_pass(row.Handover.kind, seat, person)
    ]


def _lets_pass(kind: HandoverKind, seat: Seat, person: Person) -> bool:
    asked = judge if kind is HandoverKind.COVER else judge_fit
    return not any(verdict.failed for verdict in asked(seat, person))


def _seat(booking: Booking, shift: Shift, gig: Gig) -> Seat:
    """The seat as it is handed over: what it pays beside its time goes with it."""
    return replace(queries.seat_of(shift, gig), added_minutes=booking.added_minutes)


def offered_for_mine(*, seen_by: Actor) -> Select[SwapProposal]:
    """What is offered for the shifts that the person wants to swap, and not answered."""
    asks = Handover.contractor_id == require_person(seen_by)
    found = select(SwapProposal).join(Handover, Handover.id == SwapProposal.handover_id)
    return found.where(asks, SwapProposal.status == ProposalStatus.WAITING).options(selectinload(SwapProposal.booking))


def of_booking(booking_id: UUID, *, seen_by: Actor) -> Handover | None:
    """The newest request about a booking of the person's own, if there is one."""
    found = mine(seen_by=seen_by).where(Handover.booking_id == booking_id).order_by(Handover.id.desc())
    return db.session.scalars(found.limit(1)).first()


def to_give(*, seen_by: Actor) -> Select[Booking]:
    """The person's shifts that are still to come: what they can give for another."""
    coming = func.lower(Booking.during) > clock.now()
    mine_ = Booking.contractor_id == require_person(seen_by)
    return select(Booking).where(mine_, Booking.status == BookingStatus.BOOKED, coming)


def changes(shift_id: UUID, *, seen_by: Actor) -> list[Change]:
    """Who of a shift changed with whom, for its company. A shift of another company is not told."""
    shift = db.session.get(Shift, shift_id)
    if shift is None:
        raise NotFound
    require_company(seen_by, shift.company_id, Right.READ)
    new = aliased(Booking)
    asked = (
        select(new.made_at, Handover.kind, Handover.contractor_id, new.contractor_id.label("present_id"))
        .join(new, new.id == Handover.new_booking_id)
        .where(Handover.shift_id == shift_id)
    )
    given = (
        select(new.made_at, SwapProposal.contractor_id, new.contractor_id.label("present_id"))
        .join(new, new.id == SwapProposal.new_booking_id)
        .where(SwapProposal.shift_id == shift_id)
    )
    found = [Change(row[0], row[1], row[2], row[3]) for row in db.session.execute(asked)]
    found += [Change(row[0], HandoverKind.SWAP, row[1], row[2]) for row in db.session.execute(given)]
    return sorted(found, key=lambda change: change.at)


def own_booking(booking_id: UUID, by: Actor) -> Booking:
    """A booking of the person's own. Raises NotFound."""
    found = db.session.get(Booking, booking_id)
    if found is None or found.contractor_id != require_person(by):
        raise NotFound
    return found


def swapped_at_home() -> ColumnElement[bool]:
    """Of a booking that was handed over: whether its person got another one with the same company for it."""
    asked, given = aliased(Handover), aliased(SwapProposal)
    return exists().where(
        given.handover_id == asked.id,
        given.status == ProposalStatus.ACCEPTED,
        given.company_id == asked.company_id,
        or_(asked.booking_id == Booking.id, given.booking_id == Booking.id),
    )


def colleagues(subject_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Whom a request asks by name, and whose request a proposal answers, by the id of the request or proposal."""
    asked = select(Handover.id, Handover.asked_id).where(Handover.id.in_(subject_ids), Handover.asked_id.is_not(None))
    offered = (
        select(SwapProposal.id, Handover.contractor_id)
        .join(Handover, Handover.id == SwapProposal.handover_id)
        .where(SwapProposal.id.in_(subject_ids))
    )
    return {row[0]: row[1] for row in (*db.session.execute(asked), *db.session.execute(offered))}


def _open() -> Select[Handover]:
    """Requests that can still be answered, whether or not a job has ended the others yet."""
    coming = (Shift.status == ShiftStatus.SCHEDULED, Shift.starts_at > clock.now())
    return (
        select(Handover)
        .join(Booking, and_(Booking.id == Handover.booking_id, Booking.status == BookingStatus.BOOKED))
        .join(Shift, and_(Shift.id == Handover.shift_id, *coming))
        .where(Handover.status == HandoverStatus.OPEN)
        .options(_BOOKING)
    )


def _may_see(found: Handover, me: UUID) -> bool:
    if me in (found.contractor_id, found.asked_id):
        return True
    took = select(Booking.id).where(Booking.id == found.new_booking_id, Booking.contractor_id == me)
    offered = select(SwapProposal.id).where(SwapProposal.handover_id == found.id, SwapProposal.contractor_id == me)
    if db.session.scalar(took.limit(1)) is not None or db.session.scalar(offered.limit(1)) is not None:
        return True
    return not found.named and contracts.in_force(found.company_id, me, clock.now()) is not None
