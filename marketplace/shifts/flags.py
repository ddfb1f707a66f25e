"""Flags: somebody at work says what they saw, and that the gig's hazard class does not tell of it (HAZARD)."""

from datetime import datetime, time
from uuid import UUID

from sqlalchemy import Select, select, update
from sqlalchemy.orm import joinedload

from marketplace.accounts.rules import Actor, OperatorRole, OwnCompany, require_operator, require_person
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import record
from marketplace.core.lifecycle import WrongState, move, move_one
from marketplace.core.problems import NotFound
from marketplace.gigs import queries as gigs
from marketplace.gigs.models import Gig
from marketplace.shifts.hazard_models import ContentReport, HazardFlag, HazardFlagNote
from marketplace.shifts.hazard_rules import FlagStatus
from marketplace.shifts.models import Booking, Shift
from marketplace.shifts.rules import ACTIVE_BOOKING, BookingStatus
from marketplace.standards.hazard import ILLEGAL, HazardCategory

MAY_FLAG = (*ACTIVE_BOOKING, BookingStatus.WORKED)


def flag(booking_id: UUID, category: HazardCategory, note: str, *, by: Actor) -> HazardFlag:
    """Says what the person saw in the work of a booking of theirs. Nothing follows from it for them.

    Raises NotFound, and WrongState when the booking was not worked or is not to be.
    """
    booking = db.session.get(Booking, booking_id)
    if booking is None or booking.contractor_id != require_person(by):
        raise NotFound
    if booking.status not in MAY_FLAG:
        raise WrongState(f"The booking is {booking.status}.", state=str(booking.status))
    row = HazardFlag(
        booking_id=booking.id,
        gig_id=booking.gig_id,
        company_id=booking.company_id,
        contractor_id=booking.contractor_id,
        category=category,
        at=clock.now(),
        status=FlagStatus.OPEN,
    )
    db.session.add(row)
    db.session.flush()
    db.session.add(HazardFlagNote(flag_id=row.id, words=note, answer=None))
    record("hazard_flag.raised", row, by=by, data={"category": str(category)})
    return loaded(row.id)


def dismiss(flag_id: UUID, answer: str, *, by: Actor) -> HazardFlag:
    """An operator of standards has looked and finds the class right; the answer says why, to whoever flagged it. Raises
    NotFound, Forbidden, WrongState, and OwnCompany for an operator who belongs to the gig's company."""
    row = to_answer(flag_id, by=by)
    move_one(row, FlagStatus.DISMISSED, by=by, event="hazard_flag.dismissed", values={"answered_at": clock.now()})
    db.session.get_one(HazardFlagNote, flag_id).answer = answer
    return loaded(flag_id)


def to_answer(flag_id: UUID, *, by: Actor) -> HazardFlag:
    """A flag that the operator may answer. Raises as `dismiss()` does, but not for its state."""
    require_operator(by, OperatorRole.STANDARDS)
    row = db.session.get(HazardFlag, flag_id)
    if row is None:
        raise NotFound
    if by.belongs_to(row.company_id):
        raise OwnCompany
    return row


def reported(flag: HazardFlag, answer: str, reported_to: str, reference: str, *, by: Actor) -> HazardFlag:
    """Writes down that what was flagged is unlawful and was reported; every open flag of its gig that says the same is
    answered so. The caller has ended the gig. Raises WrongState when the flag has been answered."""
    alike = select(HazardFlag.id).where(
        HazardFlag.gig_id == flag.gig_id, HazardFlag.status == FlagStatus.OPEN, HazardFlag.category.in_(ILLEGAL)
    )
    ids = db.session.scalars(alike.order_by(HazardFlag.id).with_for_update()).all()
    if flag.id not in ids:
        raise WrongState(f"The flag is {flag.status}.", state=str(flag.status))
    now, new = clock.now(), FlagStatus.REPORTED
    values = {"answered_at": now}
    move(HazardFlag, ids, old=FlagStatus.OPEN, new=new, by=by, event="hazard_flag.reported", values=values)
    db.session.execute(update(HazardFlagNote).where(HazardFlagNote.flag_id.in_(ids)).values(answer=answer))
    row = ContentReport(
        flag_id=flag.id,
        reported_to=reported_to.strip(),
        reference=reference.strip(),
        reported_by=require_person(by),
        reported_at=now,
    )
    db.session.add(row)
    db.session.flush()
    return loaded(flag.id)


def uphold(gig: Gig, *, by: Actor) -> list[UUID]:
    """Answers the open flags of a gig by its raised class: those of which the gig now declares the category."""
    found = select(HazardFlag.id).where(
        HazardFlag.gig_id == gig.id,
        HazardFlag.status == FlagStatus.OPEN,
        HazardFlag.category.in_(gig.hazard_categories),
    )
    ids = db.session.scalars(found.order_by(HazardFlag.id)).all()
    values = {"answered_at": clock.now()}
    return move(
        HazardFlag,
        ids,
        old=FlagStatus.OPEN,
        new=FlagStatus.UPHELD,
        by=by,
        event="hazard_flag.upheld",
        values=values,
    )


def first_day(gig_id: UUID) -> datetime | None:
    """The beginning of the day, where the work is, on which the oldest open flag of the gig was raised."""
    oldest = (
        select(HazardFlag.at, Shift.timezone)
        .join(Booking, Booking.id == HazardFlag.booking_id)
        .join(Shift, Shift.id == Booking.shift_id)
        .where(HazardFlag.gig_id == gig_id, HazardFlag.status == FlagStatus.OPEN)
    )
    row = db.session.execute(oldest.order_by(HazardFlag.at).limit(1)).first()
    if row is None:
        return None
    zone = clock.zone(row.timezone)
    return datetime.combine(row.at.astimezone(zone).date(), time(), zone)


def loaded(flag_id: UUID) -> HazardFlag:
    """A flag with its words, for whoever has just changed it."""
    found = _with_words().where(HazardFlag.id == flag_id)
    return db.session.scalars(found.execution_options(populate_existing=True)).one()


def of_gig(gig_id: UUID, *, seen_by: Actor) -> Select[HazardFlag]:
    """The flags of a gig with their words, for its company and for operators. Raises NotFound."""
    found = gigs.company_gig(gig_id, seen_by)
    return _with_words().where(HazardFlag.gig_id == found.id)


def mine(booking_id: UUID, *, seen_by: Actor) -> list[HazardFlag]:
    """What the person themselves has flagged in a booking, oldest first, with the words and the answers."""
    own = HazardFlag.contractor_id == require_person(seen_by)
    found = _with_words().where(HazardFlag.booking_id == booking_id, own)
    return list(db.session.scalars(found.order_by(HazardFlag.id)))


def waiting(*, seen_by: Actor) -> Select[HazardFlag]:
    """Every open flag with its words, for operators."""
    require_operator(seen_by)
    return _with_words().where(HazardFlag.status == FlagStatus.OPEN)


def _with_words() -> Select[HazardFlag]:
    return select(HazardFlag).options(joinedload(HazardFlag.note), joinedload(HazardFlag.report))
