"""The truths that must hold, whatever was done: the books prove themselves, and nobody is in two places."""

from collections.abc import Iterator

from sqlalchemy import Text, and_, cast, exists, false, func, select
from sqlalchemy.orm import aliased

from jobs.runner import job
from marketplace.accounts.rules import CLOCK
from marketplace.core import checks
from marketplace.core.checks import Finding
from marketplace.core.db import db, snapshot, transaction
from marketplace.disputes.models import Dispute
from marketplace.disputes.rules import DisputeStatus
from marketplace.ledger.models import LedgerAccount
from marketplace.pay import proof
from marketplace.pay.models import PayLine, Payslip
from marketplace.pay.rules import PayslipStatus
from marketplace.shifts.models import Booking, Shift
from marketplace.shifts.rules import ACTIVE_BOOKING, SEAT_FREE
from marketplace.shifts.timesheet_models import TimesheetCut
from marketplace.shifts.timesheet_rules import PENDING_CUT, CutStatus

MOST_FOUND = 100


def findings() -> Iterator[Finding]:
    """Asks every truth. To be read in one snapshot, so that all see the same moment."""
    for proved in proof.prove():
        yield Finding(f"books.{proved.name}", proved.sentence, proved.wrong)
    yield Finding("bookings.one_place", "Nobody is booked in two places at a time.", overlapping_bookings())
    yield Finding("shifts.seats", "The seats taken of a shift are its bookings.", miscounted_shifts())
    yield Finding(
        "disputes.cuts", "A cut is disputed as long as its dispute is open and not paid at once.", strayed_disputes()
    )
    yield Finding("disputes.holds", "What is paid and can no longer be disputed holds no money.", idle_holds())
    yield Finding("tests.holds", "A test that is paid holds no money.", idle_test_holds())


def overlapping_bookings() -> list[str]:
    first, second = aliased(Booking), aliased(Booking)
    found = select(first.id, second.id).where(
        first.contractor_id == second.contractor_id,
        first.id < second.id,
        first.during.overlaps(second.during),
        first.status.in_(ACTIVE_BOOKING),
        second.status.in_(ACTIVE_BOOKING),
    )
    return [f"bookings {one} and {two}" for one, two in db.session.execute(found.limit(MOST_FOUND))]


def miscounted_shifts() -> list[str]:
    """A seat is free again when its booking was given back, whatever for, or went to somebody who stood by. A shift
    that was cancelled keeps its count."""
    booked = select(func.count(Booking.id)).where(
        Booking.shift_id == Shift.id, Booking.status.not_in(SEAT_FREE), ~Booking.is_replaced
    )
    counted = booked.correlate(Shift).scalar_subquery()
    found = select(Shift.id, Shift.seats_taken, counted.label("real")).where(Shift.seats_taken != counted)
    rows = db.session.execute(found.limit(MOST_FOUND))
    return [f"shift {row.id} counts {row.seats_taken}, has {row.real}" for row in rows]


def strayed_disputes() -> list[str]:
    claimed, waits = TimesheetCut.status == CutStatus.CLAIMED, Dispute.status == DisputeStatus.CLAIMED
    waits = and_(waits, Dispute.advanced_at.is_(None))  # A small sum is paid before the dispute has ended.
    found = select(TimesheetCut.id).outerjoin(Dispute, Dispute.id == TimesheetCut.id)
    found = found.where(claimed != func.coalesce(waits, false()))
    return [f"cut {row}" for row in db.session.scalars(found.limit(MOST_FOUND))]


def idle_holds() -> list[str]:
    """Holds of bookings that are paid for, and whose cut, if there is one, is settled."""
    name = func.concat("booking:", cast(PayLine.booking_id, Text), ":hold")
    lines = exists().where(name == LedgerAccount.name)
    waits = lines.where(PayLine.payslip_id == Payslip.id, Payslip.status != PayslipStatus.ISSUED)
    cut = exists().where(
        func.concat("booking:", cast(TimesheetCut.booking_id, Text), ":hold") == LedgerAccount.name,
        TimesheetCut.status.in_(PENDING_CUT),
    )
    held = select(LedgerAccount.name).where(LedgerAccount.name.like("booking:%:hold"), LedgerAccount.balance > 0)
    return list(db.session.scalars(held.where(lines, ~waits, ~cut).limit(MOST_FOUND)))


def idle_test_holds() -> list[str]:
    """Holds of attempts that are paid for."""
    paid = exists().where(
        func.concat("attempt:", cast(PayLine.attempt_id, Text), ":hold") == LedgerAccount.name,
        PayLine.payslip_id == Payslip.id,
        Payslip.status == PayslipStatus.ISSUED,
    )
    held = select(LedgerAccount.name).where(LedgerAccount.name.like("attempt:%:hold"), LedgerAccount.balance > 0)
    return list(db.session.scalars(held.where(paid).limit(MOST_FOUND)))


@job("checks.run", again=False)
def run_checks() -> None:
    """Asks every truth and writes down what was found."""
    with snapshot():
        found = list(findings())
    for each in found:
        with transaction():
            checks.note(each, by=CLOCK)
