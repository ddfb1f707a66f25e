"""Work that is or may be owed for and is not all on issued payslips: what of it has come to until now. Reads only."""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from typing import TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import ColumnElement, Text, case, cast, exists, func, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.pay.models import PayLine, Payslip
from marketplace.pay.rules import PayslipStatus
from marketplace.pay.runs import works
from marketplace.pay.runs.reasons import Work
from marketplace.shifts.clock_rules import EntryKind
from marketplace.shifts.hours import (
    Minutes,
    Stretch,
    beyond_worked,
    minutes_by_kind,
    paid_minutes,
)
from marketplace.shifts.models import Booking, TimeEntry
from marketplace.shifts.rules import ACTIVE_BOOKING, BookingStatus
from marketplace.shifts.timesheet_models import TimesheetCut
from marketplace.shifts.timesheet_rules import PENDING_CUT
from marketplace.standards.hours import Span
from marketplace.standards.line_kinds import OWN_BENEFITS

T = TypeVar("T")
log = structlog.get_logger()


def not_yet_paid(now: datetime, company_id: UUID | None = None, among: Collection[UUID] | None = None) -> list[Work]:
    """Every booking that is or may be owed for and is not all on issued payslips, with its time until now; of one
    company or of all, or of these. What payslips have paid of it is not taken off: see `issued()`.
    """
    found = works.facts(Booking, TimesheetCut).outerjoin(TimesheetCut, TimesheetCut.booking_id == Booking.id)
    found = found.where(*_unpaid(company_id)).order_by(Booking.id)
    rows = db.session.execute(found if among is None else found.where(Booking.id == works.any_of(among))).all()
    clocks = _clocks([row.Booking.id for row in rows], now)
    return [
        works.work_of(row, _so_far(row.Booking, clocks.get(row.Booking.id, ()), row.TimesheetCut), None) for row in rows
    ]


def alike(now: datetime, company_id: UUID) -> dict[UUID, int]:
    """Of the bookings that `not_yet_paid()` has of a company one of each kind, and how many there are of it: those that
    differ in nothing that decides what they cost. Whoever came in time and stayed to the end is like everybody who did.
    """
    begins, ends = func.lower(Booking.during), func.upper(Booking.during)
    until = func.coalesce(TimeEntry.ended_at, now)
    entry = func.jsonb_build_array(TimeEntry.kind, TimeEntry.started_at - begins, until - begins)
    clock = select(func.jsonb_agg(aggregate_order_by(entry, TimeEntry.started_at)))
    clock = clock.where(TimeEntry.booking_id == Booking.id).correlate(Booking)
    # At which hour it was matters to what is paid for the night, and for a day that earns more, alone.
    when = case((or_(Booking.night_minutes > 0, Booking.premium_days.is_not(None)), begins))
    costs = [column for column in Booking.__table__.columns if column.name not in _NO_COST]
    kind = func.row(*costs, ends - begins, when, TimesheetCut.id, clock.scalar_subquery()).label("kind")
    found = select(Booking.id, kind).outerjoin(TimesheetCut, TimesheetCut.booking_id == Booking.id)
    each = found.where(*_unpaid(company_id)).subquery()
    counted = select(func.min(cast(each.c.id, Text)), func.count()).group_by(each.c.kind)
    return {UUID(booking_id): count for booking_id, count in db.session.execute(counted)}


def paid_of_unpaid(company_id: UUID) -> list[Money]:
    """What issued payslips have paid of the bookings that `not_yet_paid()` has of a company, by currency."""
    unpaid = select(Booking.id).outerjoin(TimesheetCut, TimesheetCut.booking_id == Booking.id)
    sums = select(PayLine.currency, func.sum(PayLine.amount)).join(Payslip, Payslip.id == PayLine.payslip_id)
    sums = sums.where(Payslip.status == PayslipStatus.ISSUED, PayLine.kind.not_in(OWN_BENEFITS))
    sums = sums.where(PayLine.booking_id.in_(unpaid.where(*_unpaid(company_id))))
    return [Money(int(amount), code) for code, amount in db.session.execute(sums.group_by(PayLine.currency))]


def if_known(cost: Callable[[T], Money], each: T) -> Money | None:
    """What it costs; None where that cannot be reckoned, whatever the fault of it is: whoever shows it shows the rest,
    and says so. A pay run sets it aside, and the proof of the books names it."""
    try:
        return cost(each)
    except Exception:
        log.exception("cost_not_known", hold=getattr(each, "hold", ""))
        return None


# --- the parts ------------------------------------------------------------------------------------------------------


_NO_COST = frozenset(
    {
        *("id", "offer_id", "shift_id", "contractor_id", "contract_version_id", "during", "week", "held_amount"),
        *("made_at", "off_at", "ready_at", "reminded_at", "confirm_asked_at", "confirm_urged_at", "confirmed_at"),
    }
)
"""The columns of a booking that decide nothing of what it costs; of its time they are asked apart. A column that is not
named here keeps bookings apart."""


def _unpaid(company_id: UUID | None) -> list[ColumnElement[bool]]:
    """Of bookings with their cuts those that are or may be owed for and are not all on issued payslips."""
    paid = exists().where(
        PayLine.booking_id == Booking.id,
        PayLine.payslip_id == Payslip.id,
        Payslip.status == PayslipStatus.ISSUED,
    )
    in_doubt = or_(TimesheetCut.status.in_(PENDING_CUT), works.unissued(Booking.id), works.back_pay_due(Booking.id))
    known = Booking.status.in_((*ACTIVE_BOOKING, BookingStatus.WORKED, BookingStatus.STOOD_BY))
    alive = or_(known, Booking.compensation_minutes > 0, Booking.standby_minutes > 0)
    own = [] if company_id is None else [Booking.company_id == company_id]
    return [~paid | in_doubt, alive, *own]


def _clocks(booking_ids: Sequence[UUID], now: datetime) -> dict[UUID, list[Stretch]]:
    """The time on each booking's clock; one that still runs counts until now."""
    found = select(TimeEntry).where(TimeEntry.booking_id == works.any_of(booking_ids)).order_by(TimeEntry.started_at)
    clocks: dict[UUID, list[Stretch]] = {}
    for entry in db.session.scalars(found):
        ended_at = entry.ended_at or max(entry.started_at, now)
        clocks.setdefault(entry.booking_id, []).append(Stretch(entry.kind, entry.started_at, ended_at))
    return clocks


def _so_far(booking: Booking, stretches: Iterable[Stretch], cut: TimesheetCut | None) -> Minutes:
    """Time on the clock until now, and never beyond the end of the booking: later time is not promised. What was cut
    for good is not owed any more."""
    known = [Stretch(s.kind, s.started_at, min(s.ended_at, booking.ends_at)) for s in stretches]
    spent = minutes_by_kind(known)
    paid = paid_minutes(spent)
    standby = booking.standby_owed(paid)
    zone, schedule = ZoneInfo(booking.night_zone), Span(booking.starts_at, booking.ends_at)
    beyond = beyond_worked(known, zone, schedule, booking.promised, paid=paid, waited=standby)
    night_minutes, night_law = booking.at_night(known, beyond)
    minutes = Minutes.of(
        work=spent[EntryKind.WORK],
        waiting=spent[EntryKind.WAITING],
        outage=spent[EntryKind.OUTAGE],
        paid_break=spent[EntryKind.PAID_BREAK],
        overtime=beyond.overtime.minutes,
        further_overtime=beyond.overtime.further,
        premium_days=beyond.days,
        night=night_minutes,
        night_law=night_law,
        unworked=booking.compensation_minutes,
        because=booking.compensation_rule,
        added=booking.added_minutes if booking.status in (BookingStatus.WORKING, BookingStatus.WORKED) else 0,
        standby=standby,
        pieces=booking.pieces or 0,
    )
    return minutes if cut is None else minutes.less(cut.lost_minutes, cut.lost_pieces)
