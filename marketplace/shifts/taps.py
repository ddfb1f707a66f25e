"""The clock of a phone without network: presses that it kept, sent later, each counted once (rule OFFLINE)."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from marketplace.accounts.rules import Actor, require_person
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.ids import new_id
from marketplace.core.problems import NotFound, Problem
from marketplace.shifts import attendance, corrections, outage, queries, raising
from marketplace.shifts.clock_rules import EntryKind, Press, TapOutcome, TooLateToClaim
from marketplace.shifts.hours import Counted, claimed_at
from marketplace.shifts.models import Booking
from marketplace.shifts.rules import BookingStatus
from marketplace.shifts.tap_models import ClockTap

MOST_TAPS = 100
"""How many presses are taken at once: several shifts with all their breaks."""


@dataclass(frozen=True, slots=True)
class Tap:
    """One press as the device kept it: `id` is its own number for it, `at` by its own clock."""

    id: UUID
    booking_id: UUID
    press: Press
    at: datetime


@dataclass(frozen=True, slots=True)
class Told:
    """What became of one press. `problem` is why it was refused; None where that was told before."""

    id: UUID
    outcome: TapOutcome
    counted_at: datetime | None = None
    code: str | None = None
    problem: Problem | None = None


def send(taps: Sequence[Tap], sent_at: datetime, *, by: Actor) -> list[Told]:
    """Counts what a device kept, in the order in which it was pressed; the answers stand in the order of `taps`.

    Each stands for itself: one that is refused takes no other with it, and one that was sent before is told again and
    has no second effect. `sent_at` is now by the device's clock, which is the only one that it can compare with.
    """
    me = require_person(by)
    named = {tap.booking_id for tap in taps}
    found = select(Booking.id, Booking.status).where(Booking.id.in_(named), Booking.contractor_id == me)
    mine = {row.id: row.status for row in db.session.execute(found)}
    received = clock.now()
    told = {}
    for tap in sorted(taps, key=lambda each: each.at):
        if tap.booking_id not in mine:
            refused = NotFound()
            told[tap.id] = Told(tap.id, TapOutcome.REFUSED, code=refused.code, problem=refused)
        else:
            told[tap.id] = _count(tap, claimed_at(received, sent_at, tap.at), sent_at, received, by=by)
    if missed := [known for known, status in mine.items() if status is BookingStatus.NO_SHOW]:
        raising.stop_unwilling(missed)
    return [told[tap.id] for tap in taps]


def of_booking(booking_id: UUID, *, seen_by: Actor) -> Sequence[ClockTap]:
    """What was pressed without network, and when it came, for its person and the company. Raises NotFound."""
    queries.booking(booking_id, seen_by=seen_by)
    return of_bookings([booking_id]).get(booking_id, [])


def of_bookings(booking_ids: Collection[UUID]) -> Mapping[UUID, Sequence[ClockTap]]:
    """The same of many bookings. The caller has made sure that the asker may see them."""
    known: dict[UUID, list[ClockTap]] = {}
    found = select(ClockTap).where(ClockTap.booking_id.in_(booking_ids)).order_by(ClockTap.pressed_at, ClockTap.id)
    for each in db.session.scalars(found):
        known.setdefault(each.booking_id, []).append(each)
    return known


def _count(tap: Tap, counted: Counted | None, sent_at: datetime, received: datetime, *, by: Actor) -> Told:
    assert by.person_id is not None
    row = ClockTap(
        id=new_id(),
        key=tap.id,
        booking_id=tap.booking_id,
        contractor_id=by.person_id,
        press=tap.press,
        pressed_at=tap.at,
        sent_at=sent_at,
        received_at=received,
        counted_at=counted.at if counted else None,
        outcome=TapOutcome.COUNTED if counted else TapOutcome.REFUSED,
        code=None if counted else TooLateToClaim.code,
    )
    if (before := _kept_before(row)) is not None:
        return Told(tap.id, before.outcome, before.counted_at, before.code)
    if counted is None:
        return Told(tap.id, TapOutcome.REFUSED, code=TooLateToClaim.code, problem=TooLateToClaim())
    try:
        with db.session.begin_nested():
            _press(tap, counted, by=by)
    except Problem as refused:
        kept = db.session.get_one(ClockTap, row.id)
        kept.outcome, kept.counted_at, kept.code = TapOutcome.REFUSED, None, refused.code
        db.session.flush()
        return Told(tap.id, TapOutcome.REFUSED, code=refused.code, problem=refused)
    return Told(tap.id, TapOutcome.COUNTED, counted.at)


def _kept_before(row: ClockTap) -> ClockTap | None:
    """Writes the row, unless the device has sent that press before: then that one. Of two at once one waits here."""
    values = {column.key: getattr(row, column.key) for column in ClockTap.__table__.columns}
    written = insert(ClockTap).values(values).on_conflict_do_nothing(index_elements=["contractor_id", "key"])
    if db.session.execute(written.returning(ClockTap.id)).first() is not None:
        return None
    known = select(ClockTap).where(ClockTap.contractor_id == row.contractor_id, ClockTap.key == row.key)
    return db.session.scalars(known).one()


def _press(tap: Tap, counted: Counted, *, by: Actor) -> None:
    kind = None if tap.press in (Press.CLOCK_IN, Press.CLOCK_OUT) else EntryKind(tap.press)
    if tap.press is not Press.CLOCK_IN and corrections.from_device(tap.booking_id, kind, counted, by=by) is not None:
        return
    if tap.press is Press.OUTAGE and _has_not_begun(tap.booking_id):
        outage.report_outage(tap.booking_id, by=by)
    else:
        _VERBS[tap.press](tap.booking_id, by, counted, tap.at)


def _has_not_begun(booking_id: UUID) -> bool:
    booking = db.session.get_one(Booking, booking_id)
    return booking.status in (BookingStatus.BOOKED, BookingStatus.NO_SHOW)


def _switching(kind: EntryKind) -> Callable[[UUID, Actor, Counted, datetime], Booking]:
    return lambda booking_id, by, counted, at: attendance.switch(booking_id, kind, by=by, client_at=at, counted=counted)


_VERBS: Mapping[Press, Callable[[UUID, Actor, Counted, datetime], Booking]] = MappingProxyType(
    {
        Press.CLOCK_IN: lambda booking_id, by, counted, at: attendance.clock_in(
            booking_id, by=by, client_at=at, counted=counted
        ),
        Press.CLOCK_OUT: lambda booking_id, by, counted, at: attendance.clock_out(
            booking_id, by=by, client_at=at, counted=counted
        ),
        Press.WORK: _switching(EntryKind.WORK),
        Press.WAITING: _switching(EntryKind.WAITING),
        Press.PAID_BREAK: _switching(EntryKind.PAID_BREAK),
        Press.UNPAID_BREAK: _switching(EntryKind.UNPAID_BREAK),
        Press.OUTAGE: _switching(EntryKind.OUTAGE),
    }
)
