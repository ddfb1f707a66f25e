"""A gig becomes heavier: its class is raised with back-pay, and nobody goes on with what they did not agree to. One
that shows what is unlawful ends.

One transaction holds the higher premium for everything that is booked, being worked, or worked since the first flag;
stops who has not opted in; and takes out who is booked and has not (house rule HAZARD).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, func, or_, select

from marketplace.accounts.rules import CLOCK, Actor, available_account
from marketplace.contracts.models import ContractVersion
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import record
from marketplace.core.lifecycle import move_one
from marketplace.core.money import Money, total
from marketplace.gigs import funding, hazards
from marketplace.gigs.models import Gig
from marketplace.gigs.piece_pay import most_of
from marketplace.gigs.rules import GigStatus, RaiseNotFunded
from marketplace.ledger import queries as books
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import Entry, Move
from marketplace.shifts import asking, attendance, back_pay, caps, flags, timesheets
from marketplace.shifts.clock_rules import EntryFlag
from marketplace.shifts.hazard_models import HazardFlag
from marketplace.shifts.hazard_rules import NotUnlawful
from marketplace.shifts.holds import returned
from marketplace.shifts.hours import cancellation, scheduled_minutes
from marketplace.shifts.models import Booking, Offer, Shift, TimeEntry
from marketplace.shifts.reserve import cancelled, most_waited
from marketplace.shifts.rules import ACTIVE_BOOKING, BookingStatus
from marketplace.shifts.timesheet_models import Timesheet, TimesheetLine
from marketplace.shifts.timesheet_rules import TimesheetStatus
from marketplace.standards.hazard import ILLEGAL, OPT_IN, HazardClass
from marketplace.standards.held import highest_cost
from marketplace.workforce.models import HazardConsent


@dataclass(frozen=True, slots=True)
class Raised:
    """What a raise came to. `back_to` is the moment from which work earns the higher premium, `held` what was set aside
    for it, `unheld` what could not be. The lists are ids of bookings."""

    gig_id: UUID
    hazard_class: HazardClass
    back_to: datetime
    repriced: Sequence[UUID]
    stopped: Sequence[UUID]
    taken_out: Sequence[UUID]
    held: Money
    unheld: Money


def raise_class(gig_id: UUID, hazard_class: HazardClass, categories: Collection[str], *, by: Actor) -> Raised:
    """Raises the class of a published gig. A company's member with the right to its gigs may, and an operator.

    The higher premium holds for every booking that is not over, and for work back to the day of the first open flag;
    what was paid before is paid the rest by the next pay run. It is held from the gig's hold, else from the company's
    available money. If that is short, a company's raise is refused (RaiseNotFunded); an operator's pauses the gig, ends
    the running work with the rest of its schedule paid, takes out whoever is booked without the premium, and says what
    is not held: `hold_unheld()` holds it once the company has the money. A gig that was closed meanwhile owes its
    back-pay too. Raises NotFound, Forbidden, WrongState, ClassMayNotFall, ClassTooLight, BadTerms.
    """
    gig = hazards.to_raise(gig_id, hazard_class, categories, by=by)
    now = clock.now()
    back_to = _back_to(gig.id, now)
    shifts = _lock_shifts(gig.id)
    bookings, paid = _lock_bookings(gig.id, back_to)
    declared = {*gig.hazard_categories, *categories}
    unwilling = _unwilling(bookings, hazard_class, declared)
    taken_out = [b for b in bookings if b.id in unwilling and b.status is BookingStatus.BOOKED]
    missed = [b for b in bookings if b.status is BookingStatus.NO_SHOW]
    heavier = [b for b in bookings if b.hazard_class < hazard_class and b not in (*taken_out, *missed)]
    held, unheld = _reprice(gig, heavier, paid, hazard_class, by=by)
    # Nobody begins heavier work without its premium and its caps: a seat that could not be repriced is given up.
    taken_out += [b for b in heavier if b.hazard_class < hazard_class and b.status is BookingStatus.BOOKED]
    _price_missed(missed, gig, hazard_class)
    working = [b for b in bookings if b.status is BookingStatus.WORKING]
    stopped = [b for b in working if unheld or b.id in unwilling]
    for booking in stopped:
        attendance.end_with_neutral_hours(booking, now, EntryFlag.CLASS_RAISED)
    for booking in taken_out:
        _take_out(booking, shifts[booking.shift_id], now, by=by)
    if unheld and gig.status is GigStatus.OPEN:
        move_one(gig, GigStatus.PAUSED, by=by, event="gig.paused", data={"because": "raise_not_funded"})
    hazards.set_class(gig, hazard_class, categories, back_to=back_to, unheld=unheld, by=by)
    db.session.flush()
    _return_unused(taken_out)
    timesheets.enter([*stopped, *taken_out], by=by)
    _reset_stops({b.contractor_id for b in bookings}, now)
    _withdraw_offers(gig.id, "class_raised", by=by)
    flags.uphold(gig, by=by)
    repriced = [b.id for b in heavier if b.hazard_class == hazard_class]
    ids = ([b.id for b in stopped], [b.id for b in taken_out])
    return Raised(gig.id, hazard_class, back_to, repriced, *ids, held, unheld)


def stop_unlawful(flag_id: UUID, answer: str, reported_to: str, reference: str, *, by: Actor) -> HazardFlag:
    """An operator of standards finds what was flagged unlawful (rule ILLEGAL_CONTENT), and nobody sees more of it.

    The gig closes, running clocks stop with the rest of their schedule paid, whoever is booked is taken out and paid by
    the notice curve, and what was worked since the day of the first flag earns the premium of the heaviest class, as
    far as there is money; the clock holds the rest. To whom it was reported is kept. Raises NotFound, Forbidden,
    OwnCompany, NotUnlawful for a flag of lawful content, and WrongState when it has been answered.
    """
    flag = flags.to_answer(flag_id, by=by)
    if flag.category not in ILLEGAL:
        raise NotUnlawful(f"It says {flag.category}.", field="flag_id")
    heaviest = max(HazardClass)
    gig, now = hazards.to_raise(flag.gig_id, heaviest, (), by=by), clock.now()
    back_to = _back_to(gig.id, now)
    shifts = _lock_shifts(gig.id)
    # Whoever is trained for it is sent home with the others; no premium of what the work showed is owed to them.
    bookings, paid = _lock_bookings(gig.id, back_to, training=True)
    booked = [b for b in bookings if b.status is BookingStatus.BOOKED]
    stopped = [b for b in bookings if b.status is BookingStatus.WORKING]
    shown = [b for b in bookings if b.hazard_class < heaviest and b not in booked and not b.is_training]
    missed = [b for b in shown if b.status is BookingStatus.NO_SHOW]
    _held, unheld = _reprice(gig, [b for b in shown if b not in missed], paid, heaviest, by=by)
    _price_missed(missed, gig, heaviest)
    for booking in stopped:
        attendance.end_with_neutral_hours(booking, now, EntryFlag.UNLAWFUL_CONTENT)
    for booking in booked:
        _take_out(booking, shifts[booking.shift_id], now, by=by)
    hazards.set_class(gig, heaviest, (), back_to=back_to, unheld=unheld, by=by)
    db.session.flush()
    _return_unused(booked)
    timesheets.enter([*stopped, *booked], by=by)
    _withdraw_offers(gig.id, "unlawful_content", by=by)
    hazards.close_unlawful(gig, by=by)
    return flags.reported(flag, answer, reported_to, reference, by=by)


def stop_unwilling(booking_ids: Collection[UUID]) -> None:
    """Ends running clocks of whoever came back to a gig that had become heavier meanwhile than they agreed to, with the
    rest of the schedule paid: their device had no network when the class was raised, and they were taken for missed."""
    found = select(Booking).where(Booking.id.in_(booking_ids), Booking.status == BookingStatus.WORKING)
    for booking in db.session.scalars(found.order_by(Booking.id).with_for_update()).all():
        gig = db.session.get_one(Gig, booking.gig_id)
        if booking.id in _unwilling([booking], booking.hazard_class, gig.hazard_categories):
            attendance.end_at_raise(booking, clock.now())


def hold_unheld(limit: int = 50, *, by: Actor = CLOCK) -> int:
    """Holds premiums that raises could not, for what was worked, as far as there is money now. Returns the number of
    gigs of which more is held. Safe to repeat: for the clock, since whoever is owed must not have to ask."""
    came = 0
    for gig in hazards.lock_unheld(limit):
        back_to = hazards.unheld_since(gig.id) or clock.now()
        bookings, paid = _lock_bookings(gig.id, back_to)
        lighter = [b for b in bookings if b.status is BookingStatus.WORKED and b.hazard_class < gig.hazard_class]
        more = _more_to_hold(lighter, paid, gig, gig.hazard_class)
        if more and min(more.values()) > _money_for(gig):
            continue
        held, unheld = _reprice(gig, lighter, paid, gig.hazard_class, by=by)
        hazards.write_class(gig, clock.now(), by, back_to=back_to, unheld=unheld)
        record("gig.back_pay_held", gig, by=by, data={"held": str(held), "unheld": str(unheld)})
        came += 1
    return came


def _back_to(gig_id: UUID, now: datetime) -> datetime:
    """The day of the first open flag, or an earlier raise whose premium is not all held; now if there is neither."""
    known = (flags.first_day(gig_id), hazards.unheld_since(gig_id))
    return min((moment for moment in known if moment is not None), default=now)


def _lock_shifts(gig_id: UUID) -> dict[UUID, Shift]:
    """The shifts in which somebody has a seat that is not over."""
    seated = select(Booking.shift_id).where(Booking.gig_id == gig_id, Booking.status.in_(ACTIVE_BOOKING))
    found = select(Shift).where(Shift.id.in_(seated)).order_by(Shift.id)
    rows = db.session.scalars(found.with_for_update(key_share=True).execution_options(populate_existing=True))
    return {shift.id: shift for shift in rows}


def _lock_bookings(gig_id: UUID, back_to: datetime, *, training: bool = False) -> tuple[Sequence[Booking], set[UUID]]:
    """Bookings that are not over, and those worked or missed since then, with the ids of those that a pay run has
    taken; clocks that have reached their cap are stopped there first. Those of training, which shows nothing of what is
    raised, are among them only where they are asked for."""
    over = Booking.status.in_((BookingStatus.WORKED, BookingStatus.NO_SHOW))
    recent = and_(over, func.upper(Booking.during) > back_to)
    found = select(Booking).where(Booking.gig_id == gig_id, or_(Booking.status.in_(ACTIVE_BOOKING), recent))
    if not training:
        found = found.where(~Booking.is_training)
    found = found.order_by(func.lower(Booking.during), Booking.id).with_for_update()
    rows = db.session.scalars(found.execution_options(populate_existing=True)).all()
    for booking in rows:
        attendance.end_if_capped(booking, clock.now())
    sheets = (
        select(TimesheetLine.booking_id, Timesheet.status)
        .join(Timesheet, Timesheet.id == TimesheetLine.timesheet_id)
        .where(TimesheetLine.booking_id.in_([b.id for b in rows]))
        .order_by(Timesheet.id)
    )
    locked = db.session.execute(sheets.with_for_update(of=Timesheet))
    return rows, {row.booking_id for row in locked if row.status is TimesheetStatus.LOCKED}


def _unwilling(bookings: Sequence[Booking], hazard_class: HazardClass, declared: Collection[str]) -> set[UUID]:
    """Those of the bookings whose person has not opted into all of it, or whose contract stops below the class."""
    active = [b for b in bookings if b.status in ACTIVE_BOOKING]
    versions = select(ContractVersion).where(ContractVersion.id.in_({b.contract_version_id for b in active}))
    highest = {v.id: HazardClass(v.terms["hazard"]["highest_class"]) for v in db.session.scalars(versions)}
    live = select(HazardConsent).where(
        HazardConsent.contractor_id.in_({b.contractor_id for b in active}), HazardConsent.revoked_at.is_(None)
    )
    consents = {(c.contractor_id, c.category): HazardClass(c.up_to) for c in db.session.scalars(live)}

    def agrees(booking: Booking) -> bool:
        if hazard_class > highest[booking.contract_version_id]:
            return False
        given = (consents.get((booking.contractor_id, category)) for category in declared)
        return hazard_class not in OPT_IN or all(up_to is not None and hazard_class <= up_to for up_to in given)

    return {b.id for b in active if not agrees(b)}


def _reprice(
    gig: Gig, bookings: Sequence[Booking], paid: Collection[UUID], hazard_class: HazardClass, *, by: Actor
) -> tuple[Money, Money]:
    """Holds the difference to the price in that class for each booking, the earliest first, as far as the money goes.
    Returns what was held and what was not."""
    more = _more_to_hold(bookings, paid, gig, hazard_class)
    needed, free, there = total(more.values(), gig.currency), _free(gig), _money_for(gig)
    if needed > there and by.belongs_to(gig.company_id):
        missing = needed - there
        raise RaiseNotFunded(f"{missing} more is needed.", needed=str(needed), missing=str(missing))
    chosen, held = [], Money.zero(gig.currency)
    for booking in bookings:
        if held + more[booking.id] <= there:
            held += more[booking.id]
            chosen.append(booking)
    if held > free:
        funding.cover(gig, held - free, by=by)
    entries = []
    for booking in chosen:
        if more[booking.id]:
            moves = [Move(gig.hold_account, booking.hold_account, more[booking.id])]
            entries.append(Entry(f"booking:{booking.id}:raised:{hazard_class}", moves))
        booking.held_amount += more[booking.id].amount
        booking.hazard_class = hazard_class
        record("booking.class_raised", booking, by=by, data={"to": str(hazard_class)})
    ledger.post_many(entries)
    back_pay.write([b for b in chosen if b.id in paid and more[b.id]], more, hazard_class, by=by)
    return held, needed - held


def _price_missed(bookings: Sequence[Booking], gig: Gig, hazard_class: HazardClass) -> None:
    """Whoever was missed may have worked without network, or have forgotten to press (rules OFFLINE, CORRECT): it is
    paid in the higher class, too. Nothing is held until then, and then all of it."""
    for booking in bookings:
        if booking.hazard_class < hazard_class:
            booking.held_amount = _highest_cost(booking, gig, hazard_class).amount
            booking.hazard_class = hazard_class


def _more_to_hold(
    bookings: Sequence[Booking], paid: Collection[UUID], gig: Gig, hazard_class: HazardClass
) -> dict[UUID, Money]:
    """What each of the bookings needs beyond what it holds, or was paid with, to be of that class."""
    unpaid = {b.id: _highest_cost(b, gig, hazard_class) - b.held for b in bookings if b.id not in paid}
    return unpaid | back_pay.owed_more([b for b in bookings if b.id in paid], gig, hazard_class)


def _free(gig: Gig) -> Money:
    return books.balance(gig.hold_account, gig.currency)


def _money_for(gig: Gig) -> Money:
    """All that a raise may take: what the gig has set aside and not booked, and what its company has beside."""
    return _free(gig) + books.balance(available_account(gig.company_id), gig.currency)


def _highest_cost(booking: Booking, gig: Gig, hazard_class: HazardClass) -> Money:
    """What the whole schedule of a booking costs in that class: no part of it, however it is ended, costs more."""
    waits = most_waited(booking.starts_at, booking.ends_at) if booking.is_standby else booking.standby_minutes
    return highest_cost(
        booking.rate,
        scheduled_minutes(booking.starts_at, booking.ends_at),
        waits=waits,
        hazard_class=hazard_class,
        fee_percent=gig.fee_percent,
        margin=gig.margin,
        overtime_minutes=booking.overtime_minutes,
        overtime_percent=booking.overtime_percent,
        further_overtime_minutes=booking.further_overtime_minutes,
        further_overtime_percent=booking.further_overtime_percent,
        night_minutes=booking.night_minutes,
        night_law=booking.promised_night,
        premium_days=booking.promised.days,
        step_points=booking.step_points,
        added_minutes=booking.added_minutes,
        pieces=most_of(gig, scheduled_minutes(booking.starts_at, booking.ends_at), is_training=booking.is_training),
    )


def _take_out(booking: Booking, shift: Shift, now: datetime, *, by: Actor) -> None:
    """Ends a booking before its work, owed by the notice curve as if the company cancelled; the seat opens again."""
    move_one(booking, BookingStatus.TAKEN_OUT, by=by, event="booking.taken_out", values={"off_at": now})
    shift.seats_taken -= 1
    curve = cancelled if booking.is_standby else cancellation
    owed = curve(booking.starts_at, booking.ends_at, now)
    if owed.minutes:
        booking.compensation_minutes, booking.compensation_rule = owed.minutes, owed.rule


def _return_unused(bookings: Sequence[Booking]) -> None:
    unpaid = [booking for booking in bookings if not booking.compensation_minutes]
    if unpaid:
        ledger.post_many([returned(booking) for booking in unpaid])


def _reset_stops(contractor_ids: Collection[UUID], now: datetime) -> None:
    """Running clocks of these people, in whatever gig, stop when what they have now done reaches a cap."""
    running = (
        select(Booking)
        .join(TimeEntry, TimeEntry.booking_id == Booking.id)
        .where(
            Booking.contractor_id.in_(contractor_ids),
            Booking.status == BookingStatus.WORKING,
            TimeEntry.ended_at.is_(None),
            TimeEntry.kind.in_(caps.EXPOSURE),
        )
        .order_by(Booking.id)
        .with_for_update(of=Booking)
    )
    for booking in db.session.scalars(running):
        booking.stops_at = caps.next_stop(booking, now)


def _withdraw_offers(gig_id: UUID, because: str, *, by: Actor) -> None:
    """Nobody says yes to what was shown before: an offer tells of the hazards (rule P9)."""
    asking.take_back(Offer.gig_id == gig_id, because=because, by=by)
