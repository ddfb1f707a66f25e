"""Handing a seat over (rule HANDOVER): somebody who is booked asks for somebody who takes their shift, alone (cover) or
against a shift of theirs (swap).

Until it is taken, whoever asks is booked. Then, in one transaction, the old bookings end and the new ones begin, since
no booking changes its person: the old ones have to end first, or the exclusion constraint would see somebody twice in
one place. No company hears of a request before it is done, so that asking harms nobody.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import aliased

from marketplace.accounts.rules import CLOCK, Actor, require_person
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import record
from marketplace.core.lifecycle import Stateful, WrongState, move, move_one
from marketplace.core.problems import NotFound
from marketplace.ledger import service as ledger
from marketplace.shifts import asking, leading, timesheets
from marketplace.shifts import handover_codes as codes
from marketplace.shifts import handover_queries as queries
from marketplace.shifts.handover_models import Handover, SwapProposal
from marketplace.shifts.handover_queries import Look
from marketplace.shifts.handover_rules import (
    BY,
    MOST_ASKED,
    MOST_PROPOSED,
    AskedAlready,
    AskedTooOften,
    BadHandover,
    HandoverGone,
    HandoverKind,
    HandoverStatus,
    ProposalStatus,
    TermsChanged,
)
from marketplace.shifts.holds import returned
from marketplace.shifts.hours import MINUTE
from marketplace.shifts.models import Booking, Offer, Shift
from marketplace.shifts.rules import BookingStatus, OfferStatus, ShiftBegun
from marketplace.shifts.yes import Yes, book
from marketplace.workforce.models import Contractor

R = TypeVar("R", Contractor, Shift, Booking)
DAY = timedelta(days=1)

# --- asking -----------------------------------------------------------------------------------------------------------


def ask(booking_id: UUID, kind: HandoverKind, code: str | None = None, *, by: Actor) -> Handover:
    """Asks for somebody who takes the person's seat: whoever is named by that code, or everybody who may do the work.

    A code that is nobody's is answered like any other. Asking the same again is asking once. Raises ShiftBegun,
    WrongState when the booking is not open, AskedAlready, AskedTooOften, BadHandover, and BadLead for the minutes of a
    lead.
    """
    seen = queries.own_booking(booking_id, by)
    # The person, so that nobody asks more often than the rule says, then the booking.
    db.session.get_one(Contractor, seen.contractor_id, with_for_update={"key_share": True}, populate_existing=True)
    booking = db.session.get_one(Booking, booking_id, with_for_update=True, populate_existing=True)
    if booking.status is not BookingStatus.BOOKED:
        raise WrongState(f"The booking is {booking.status}.", state=str(booking.status))
    if clock.now() >= booking.starts_at:
        raise ShiftBegun
    leading.refuse_others(booking.shift_id)
    asked_code, asked_id = (None, None) if code is None else codes.named(code, by=by)
    open_one = select(Handover).where(Handover.booking_id == booking_id, Handover.status == HandoverStatus.OPEN)
    if (known := db.session.scalar(open_one)) is not None:
        if (known.kind, known.asked_code) != (kind, asked_code):
            raise AskedAlready
        return known
    if asked_code is not None:
        _check_not_too_often(booking, asked_id)
    made = Handover(
        kind=kind,
        booking_id=booking.id,
        contractor_id=booking.contractor_id,
        shift_id=booking.shift_id,
        gig_id=booking.gig_id,
        company_id=booking.company_id,
        asked_code=asked_code,
        asked_id=asked_id,
        made_at=clock.now(),
        status=HandoverStatus.OPEN,
    )
    db.session.add(made)
    record("handover.asked", made, by=by, data={"kind": str(kind), "named": made.named})
    return made


def end(handover_id: UUID, *, by: Actor) -> Handover:
    """Whoever asks takes the request back; whoever is asked by name says no, of which nothing follows. Doing it twice
    is doing it once. Raises NotFound, WrongState once it is settled otherwise."""
    found, me = queries.handover(handover_id, seen_by=by), require_person(by)
    if me == found.contractor_id:
        new, event = HandoverStatus.WITHDRAWN, "handover.withdrawn"
    elif me == found.asked_id:
        new, event = HandoverStatus.REFUSED, "handover.refused"
    else:
        raise NotFound
    if found.status is not new:
        move_one(found, new, by=by, event=event, values={"settled_at": clock.now()})
        _end_proposals([found.id], but_for=None)
    return found


# --- taking -----------------------------------------------------------------------------------------------------------


def take(handover_id: UUID, agreed: str, *, by: Actor) -> Booking:
    """Takes a seat over. `agreed` is the digest of the terms that the person saw (`handover_queries.shown()`).

    Taking twice is taking once. Raises NotFound, HandoverGone, TermsChanged, BadHandover where a shift is wanted for
    it, and what a yes raises: NotEligible, DoubleBooked, GigNotOpen, ShiftBegun, GigOutOfFunds.
    """
    seen, me = queries.handover(handover_id, seen_by=by), require_person(by)
    if me == seen.contractor_id:
        raise BadHandover("It is your own shift.")
    held = _hold([seen.contractor_id, me], [seen.booking])
    found = _again(seen)
    if (mine := _taken_by(found, me)) is not None:
        return mine
    if found.kind is not HandoverKind.COVER:
        raise BadHandover("A shift of yours is wanted for it.")
    _check_open(found, (held.bookings[found.booking_id], found.shift_id))
    look = queries.look_at(held.bookings[found.booking_id], held.people[me], found.kind)
    _check(look, agreed)
    (made,) = _carry_out([look], by=by)
    settled = {"settled_at": clock.now(), "new_booking_id": made.id}
    move_one(found, HandoverStatus.TAKEN, by=by, event="handover.taken", values=settled)
    return made


def propose(handover_id: UUID, booking_id: UUID, agreed: str, *, by: Actor) -> SwapProposal:
    """Offers a shift of one's own for the one that somebody wants to swap. `agreed` is the digest of that one's terms,
    as the person saw them with their own shift given. Whoever asked decides; until then both are booked.

    Proposing twice is proposing once. Raises NotFound, HandoverGone, TermsChanged, BadHandover, BadLead, AskedTooOften,
    and what a yes raises.
    """
    seen, me = queries.handover(handover_id, seen_by=by), require_person(by)
    gives = queries.own_booking(booking_id, by)
    gives_shift = gives.shift_id
    if seen.kind is not HandoverKind.SWAP or seen.contractor_id == me or gives.shift_id == seen.shift_id:
        raise BadHandover("These two shifts are not to be swapped.")
    leading.refuse_others(gives.shift_id)
    held = _hold([seen.contractor_id, me], [seen.booking, gives])
    found = _again(seen)
    _check_open(found, (held.bookings[found.booking_id], found.shift_id), (held.bookings[gives.id], gives_shift))
    waiting = SwapProposal.handover_id == found.id, SwapProposal.status == ProposalStatus.WAITING
    offered = db.session.scalars(select(SwapProposal).where(*waiting)).all()
    if (known := next((each for each in offered if each.booking_id == gives.id), None)) is not None:
        return known
    if len(offered) >= MOST_PROPOSED:
        raise AskedTooOften(limit=MOST_PROPOSED)
    _check(queries.look_at(held.bookings[found.booking_id], held.people[me], found.kind, gives), agreed)
    made = SwapProposal(
        handover_id=found.id,
        booking_id=gives.id,
        contractor_id=me,
        shift_id=gives.shift_id,
        gig_id=gives.gig_id,
        company_id=gives.company_id,
        terms_sha256=agreed,
        made_at=clock.now(),
        status=ProposalStatus.WAITING,
    )
    db.session.add(made)
    record("swap_proposal.made", made, by=by)
    return made


def accept(proposal_id: UUID, agreed: str, *, by: Actor) -> Booking:
    """Says yes to a swap: both bookings end and two begin, after every rule was asked of both people for the week as it
    is afterwards. `agreed` is the digest of the terms of the offered shift. Returns the person's new booking.

    Saying yes twice is saying it once. Raises NotFound, HandoverGone, TermsChanged when the terms are others than
    either of the two agreed to, and what a yes raises.
    """
    seen = queries.proposal(proposal_id, seen_by=by)
    if seen.handover.contractor_id != require_person(by):
        raise NotFound
    held = _hold([seen.handover.contractor_id, seen.contractor_id], [seen.handover.booking, seen.booking])
    given, found = _again(seen), _again(seen.handover)
    if given.status is ProposalStatus.ACCEPTED:
        return db.session.get_one(Booking, given.new_booking_id)
    if given.status is not ProposalStatus.WAITING:
        raise HandoverGone(f"It is {given.status}.")
    mine, theirs = held.bookings[found.booking_id], held.bookings[given.booking_id]
    _check_open(found, (mine, found.shift_id), (theirs, given.shift_id))
    for_them = queries.look_at(mine, held.people[given.contractor_id], HandoverKind.SWAP, theirs)
    for_me = queries.look_at(theirs, held.people[found.contractor_id], HandoverKind.SWAP, mine)
    _check(for_me, agreed)
    _check(for_them, given.terms_sha256, "They are others than the other one agreed to, who has to propose it again.")
    made = {booking.contractor_id: booking for booking in _carry_out([for_them, for_me], by=by)}
    now = clock.now()
    for row, new, event, booking in (
        (found, HandoverStatus.TAKEN, "handover.taken", made[given.contractor_id]),
        (given, ProposalStatus.ACCEPTED, "swap_proposal.accepted", made[found.contractor_id]),
    ):
        move_one(row, new, by=by, event=event, values={"settled_at": now, "new_booking_id": booking.id})
    _end_proposals([found.id], but_for=given.id)
    return made[found.contractor_id]


def decline(proposal_id: UUID, *, by: Actor) -> SwapProposal:
    """Whoever asked for the swap says no to what is offered, or whoever offers it takes it back. Doing it twice is
    doing it once. Raises NotFound, WrongState once it is settled otherwise."""
    found = queries.proposal(proposal_id, seen_by=by)
    if require_person(by) == found.contractor_id:
        new, event = ProposalStatus.WITHDRAWN, "swap_proposal.withdrawn"
    else:
        new, event = ProposalStatus.DECLINED, "swap_proposal.declined"
    if found.status is not new:
        move_one(found, new, by=by, event=event, values={"settled_at": clock.now()})
    return found


def end_due(limit: int = 200) -> int:
    """Ends requests and proposals that nobody can answer any more, since a shift has begun or a booking is no more.
    Returns how many."""
    mine, theirs = aliased(Booking), aliased(Booking)
    now = clock.now()
    requests = (
        select(Handover.id)
        .join(mine, mine.id == Handover.booking_id)
        .where(Handover.status == HandoverStatus.OPEN, _is_gone(mine, Handover.shift_id, now))
        .order_by(Handover.id)
        .limit(limit)
        .with_for_update(of=Handover, skip_locked=True)
    )
    ended = move(
        Handover,
        db.session.scalars(requests).all(),
        old=HandoverStatus.OPEN,
        new=HandoverStatus.ENDED,
        by=CLOCK,
        event="handover.ended",
        values={"settled_at": now},
    )
    proposals = (
        select(SwapProposal.id)
        .join(Handover, Handover.id == SwapProposal.handover_id)
        .join(theirs, theirs.id == SwapProposal.booking_id)
        .where(
            SwapProposal.status == ProposalStatus.WAITING,
            or_(Handover.status != HandoverStatus.OPEN, _is_gone(theirs, SwapProposal.shift_id, now)),
        )
        .order_by(SwapProposal.id)
        .limit(limit)
        .with_for_update(of=SwapProposal, skip_locked=True)
    )
    return len(ended) + len(_ended(db.session.scalars(proposals).all()))


# --- the steps --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Held:
    """What is locked until the commit, by id."""

    people: dict[UUID, Contractor]
    bookings: dict[UUID, Booking]


def _hold(people: Collection[UUID], bookings: Sequence[Booking]) -> _Held:
    """Locks what a handover changes, in the order of the house: people, gigs, shifts, bookings, each by their ids."""
    held = _locked(Contractor, people, key_share=True)
    asking.hold_gigs({booking.gig_id for booking in bookings})
    _locked(Shift, {booking.shift_id for booking in bookings}, key_share=True)
    return _Held(held, _locked(Booking, {booking.id for booking in bookings}))


def _locked(model: type[R], ids: Collection[UUID], *, key_share: bool = False) -> dict[UUID, R]:
    found = select(model).where(model.id.in_(ids)).order_by(model.id).with_for_update(key_share=key_share)
    return {row.id: row for row in db.session.scalars(found.execution_options(populate_existing=True))}


def _again(row: Stateful) -> Any:
    db.session.refresh(row)
    return row


def _check_open(found: Handover, *bookings: tuple[Booking, UUID]) -> None:
    """Whether each of the bookings stands, in the shift that was meant: whoever stood by may have been called."""
    if found.status is not HandoverStatus.OPEN:
        raise HandoverGone(f"It is {found.status}.")
    for booking, shift_id in bookings:
        if booking.status is not BookingStatus.BOOKED or booking.shift_id != shift_id:
            raise HandoverGone(f"The booking is {booking.status}.")
        if clock.now() >= booking.starts_at:
            raise ShiftBegun


def _check(look: Look, agreed: str, changed: str = "") -> None:
    """Every rule of a yes, asked as the week would be, and whether the terms are those that the person saw."""
    asking.check_open(look.shift, look.gig)
    if look.verdict is not None:
        asking.refuse(look.verdict, look.person.contractor_id)
    if look.terms_sha256 != agreed:
        raise TermsChanged(changed)


def _carry_out(looks: Sequence[Look], *, by: Actor) -> list[Booking]:
    """Ends the old booking of each seat, then begins the new ones: all of them or none. The money goes through the
    gig's hold, from the one booking to the other, since the next person may cost more or less."""
    now, old = clock.now(), [look.booking for look in looks]
    for look in looks:
        move_one(look.booking, BookingStatus.HANDED_OVER, by=by, event="booking.handed_over", values={"off_at": now})
        look.shift.seats_taken -= 1
    db.session.flush()
    ledger.post_many([returned(booking) for booking in old])
    yeses = [Yes(_offer(look, by).id, look.shift, look.seat, look.person) for look in looks]
    made = book(yeses, by=by, old=OfferStatus.PENDING, event="offer.taken_over")
    timesheets.enter(old, by=by)
    return made


def _offer(look: Look, by: Actor) -> Offer:
    """What the person says yes to, kept as every other yes is. An offer of the same shift that they had is gone."""
    shift, contractor_id = look.shift, look.person.contractor_id
    same = and_(Offer.shift_id == shift.id, Offer.contractor_id == contractor_id)
    asking.take_back(same, because=BY, by=by)
    assert look.terms is not None
    made = Offer(
        shift_id=shift.id,
        gig_id=shift.gig_id,
        company_id=shift.company_id,
        contractor_id=contractor_id,
        reason=look.terms["why"],
        terms=dict(look.terms),
        terms_sha256=look.terms_sha256,
        made_at=clock.now(),
        expires_at=shift.starts_at,
        first_until=shift.starts_at,
        answer_minutes=-(-(shift.starts_at - clock.now()) // MINUTE),
        reached_at=clock.now(),
        status=OfferStatus.PENDING,
    )
    db.session.add(made)
    db.session.flush()
    return made


def _taken_by(found: Handover, me: UUID) -> Booking | None:
    if found.new_booking_id is None:
        return None
    booking = db.session.get_one(Booking, found.new_booking_id)
    return booking if booking.contractor_id == me else None


def _check_not_too_often(booking: Booking, asked_id: UUID | None) -> None:
    """Nobody is asked twice about a shift to which they said no, and nobody tries many codes."""
    mine = Handover.contractor_id == booking.contractor_id
    refused = mine, Handover.booking_id == booking.id, Handover.status == HandoverStatus.REFUSED
    if asked_id is not None:
        again = select(Handover.id).where(*refused, Handover.asked_id == asked_id).limit(1)
        if db.session.scalar(again) is not None:
            raise AskedAlready("They have said no to this shift.", remedy="Ask somebody else.")
    lately = select(func.count()).where(mine, Handover.asked_code.is_not(None), Handover.made_at > clock.now() - DAY)
    if (db.session.scalar(lately) or 0) >= MOST_ASKED:
        raise AskedTooOften(limit=MOST_ASKED)


def _is_gone(booking: Any, shift_id: Any, now: datetime) -> ColumnElement[bool]:
    called = booking.shift_id != shift_id
    return or_(booking.status != BookingStatus.BOOKED, called, func.lower(booking.during) <= now)


def _end_proposals(handover_ids: Collection[UUID], *, but_for: UUID | None) -> None:
    waiting = select(SwapProposal.id).where(
        SwapProposal.handover_id.in_(handover_ids),
        SwapProposal.status == ProposalStatus.WAITING,
        SwapProposal.id.is_distinct_from(but_for),
    )
    _ended(db.session.scalars(waiting.order_by(SwapProposal.id).with_for_update()).all())


def _ended(proposal_ids: Sequence[UUID]) -> list[UUID]:
    return move(
        SwapProposal,
        proposal_ids,
        old=ProposalStatus.WAITING,
        new=ProposalStatus.ENDED,
        by=CLOCK,
        event="swap_proposal.ended",
        values={"settled_at": clock.now()},
    )
