"""The end of an account: by the person at any time, or by an operator with a reason; closed when nothing is owed.

In prose. Open offers are taken back at once. Whoever leaves gives back the shifts that have not begun, without any
penalty, and contracts end at once; whom an operator closes keeps the shifts that were accepted and works them, and
contracts end after the notice that was agreed. Then what was worked is handed in, approved and paid like everything
else. Balances of benefits are stated; the person can have them paid out or, where a plan allows it, sent to another
provider, and what still stands when everything else is paid is paid out without being asked for (rule CASH_OUT). A job
closes the account when nothing is left; the record can be taken along before and after (rule OFFBOARDING).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, exists, func, or_, select

from marketplace.accounts.rules import CLOCK, Actor, require_person
from marketplace.contracts import benefits, cash_out
from marketplace.contracts import service as contracts
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import record
from marketplace.core.lifecycle import move_one
from marketplace.ledger.models import LedgerAccount
from marketplace.pay.queries import is_to_be_paid
from marketplace.shifts import barred, guarantees, offers
from marketplace.shifts.models import Booking
from marketplace.shifts.rules import ACTIVE_BOOKING, BookingStatus
from marketplace.shifts.timesheet_models import Timesheet, TimesheetCut
from marketplace.shifts.timesheet_rules import PENDING_CUT, TimesheetStatus
from marketplace.standards.hazard import HazardClass
from marketplace.workforce import bars, deciding, queries
from marketplace.workforce.bars import AppealStatus, ClosingAlready, ClosingStatus, Left
from marketplace.workforce.models import Contractor
from marketplace.workforce.rules import ContractorStatus, Outcome
from marketplace.workforce.standing_models import Appeal, Closing


@dataclass(frozen=True, slots=True)
class State:
    """How far a closing is: the record, None before it has begun, and what is left."""

    closing: Closing | None
    left: Sequence[Left]


def leave(words: str, *, by: Actor) -> Closing:
    """The person closes their own account; why is theirs to say or not. Raises ClosingAlready."""
    me = deciding.find(require_person(by), lock=True)
    _check_open(me)
    closing = _begin(me, None, words.strip(), by)
    coming = select(Booking.id).where(
        Booking.contractor_id == me.id,
        Booking.status == BookingStatus.BOOKED,
        func.lower(Booking.during) > clock.now(),
    )
    for booking_id in db.session.scalars(coming.order_by(Booking.id)).all():
        offers.release(booking_id, by=by)
    return closing


def close(contractor_id: UUID, reason: str, *, by: Actor) -> Closing:
    """An operator closes an account, with a reason that the person reads and can contest. Accepted shifts are kept.

    Raises NotFound, Forbidden, OwnCase, ReasonMissing, ClosingAlready.
    """
    me = deciding.for_operator(contractor_id, by)
    _check_open(me)
    decision = deciding.write(me.id, Outcome.CLOSED, reason, by=by)
    return _begin(me, decision.id, "", by)


def state(contractor_id: UUID, seen_by: Actor) -> State:
    """How far the latest closing of an account is, for the person and for operators, also before there is one. Raises
    NotFound for everybody else."""
    queries.contractor(contractor_id, seen_by)
    found = select(Closing).where(Closing.contractor_id == contractor_id).order_by(Closing.id.desc()).limit(1)
    closing = db.session.scalars(found).one_or_none()
    is_over = closing is not None and closing.status is ClosingStatus.DONE
    return State(closing, () if is_over else left(contractor_id))


def left(contractor_id: UUID) -> list[Left]:
    """What keeps the account from being closed now, in the order in which it goes. The caller may see the account."""
    money = LedgerAccount.name.in_([f"contractor:{contractor_id}:{purse}" for purse in ("payable", "in_flight")])
    asked = {
        Left.SHIFTS: exists().where(Booking.contractor_id == contractor_id, Booking.status.in_(ACTIVE_BOOKING)),
        Left.TIMESHEETS: exists().where(
            Timesheet.contractor_id == contractor_id, Timesheet.status != TimesheetStatus.LOCKED
        ),
        Left.CUTS: exists().where(TimesheetCut.contractor_id == contractor_id, TimesheetCut.status.in_(PENDING_CUT)),
        Left.MONEY: or_(exists().where(money, LedgerAccount.balance > 0), is_to_be_paid(contractor_id)),
        Left.APPEAL: exists().where(
            Closing.contractor_id == contractor_id,
            Appeal.id == Closing.decision_id,
            Appeal.status == AppealStatus.OPEN,
        ),
    }
    row = db.session.execute(select(*(condition.label(each) for each, condition in asked.items()))).one()
    open_ones = {each for each, is_left in zip(asked, row, strict=True) if is_left}
    if guarantees.is_unsettled(contractor_id):
        open_ones.add(Left.GUARANTEE)
    return [each for each in Left if each in open_ones]


def finish_due(limit: int = 100) -> int:
    """Closes the accounts of which nothing is left. Returns how many it looked at: those that wait come last next
    time, since what is done is no longer among them."""
    due = select(Closing.id, Closing.contractor_id).where(Closing.status == ClosingStatus.OPEN)
    done = 0
    for closing_id, contractor_id in db.session.execute(due.order_by(Closing.asked_at, Closing.id)).all():
        if done == limit:
            break
        if left(contractor_id) or cash_out.pay_rest(contractor_id, by=CLOCK):
            continue
        done += _finish(closing_id, contractor_id)
    return done


def waiting() -> Select[Closing]:
    """Accounts that are being closed."""
    return select(Closing).where(Closing.status == ClosingStatus.OPEN)


# --- the steps ------------------------------------------------------------------------------------------------------


def _check_open(me: Contractor) -> None:
    if me.status in (ContractorStatus.CLOSING, ContractorStatus.CLOSED):
        raise ClosingAlready(f"It is {me.status}.")


def _begin(me: Contractor, decision_id: UUID | None, words: str, by: Actor) -> Closing:
    move_one(me, ContractorStatus.CLOSING, by=by, event="contractor.closing")
    barred.withdraw_offers(me.id, event="offer.left")
    made = Closing(
        contractor_id=me.id,
        decision_id=decision_id,
        words=words,
        asked_at=clock.now(),
        notice_until=contracts.end_with_account(me.id, by=by),
        care_until=_care_until(me.id),
        stated={"benefits": _balances(me.id), "reference": _reference(me.id)},
        status=ClosingStatus.OPEN,
    )
    db.session.add(made)
    record("closing.begun", made, by=by)
    return made


def _finish(closing_id: UUID, contractor_id: UUID) -> int:
    me = deciding.find(contractor_id, lock=True)
    closing = db.session.get_one(Closing, closing_id, with_for_update=True, populate_existing=True)
    if closing.status is not ClosingStatus.OPEN or me.status is not ContractorStatus.CLOSING or left(me.id):
        return 0
    move_one(closing, ClosingStatus.DONE, by=CLOCK, event="closing.done", values={"ended_at": clock.now()})
    move_one(me, ContractorStatus.CLOSED, by=CLOCK, event="contractor.closed")
    return 1


def _balances(contractor_id: UUID) -> list[dict[str, Any]]:
    found = benefits.balances(contractor_id, CLOCK)
    return [
        {"plan": each.plan.code, "seconds": each.seconds, "money": None if each.money is None else str(each.money)}
        for each in found
    ]


def _reference(contractor_id: UUID) -> dict[str, Any]:
    """What can be said of somebody's work in numbers: how much of it, for how many companies, from when until when."""
    length = func.extract("epoch", func.upper(Booking.during) - func.lower(Booking.during)) / 60
    worked = select(
        func.count(Booking.id).label("shifts"),
        func.coalesce(func.sum(length), 0).label("minutes"),
        func.count(Booking.company_id.distinct()).label("companies"),
        func.min(func.lower(Booking.during)).label("first"),
        func.max(func.upper(Booking.during)).label("last"),
    ).where(Booking.contractor_id == contractor_id, Booking.status == BookingStatus.WORKED)
    row = db.session.execute(worked).one()
    told = {"shifts": row.shifts, "minutes": int(row.minutes), "companies": row.companies}
    days = {name: None if moment is None else moment.date().isoformat() for name, moment in
            (("first", row.first), ("last", row.last))}  # fmt: skip
    return told | days


def _care_until(contractor_id: UUID) -> datetime | None:
    heavy = select(func.max(func.upper(Booking.during))).where(
        Booking.contractor_id == contractor_id,
        Booking.status == BookingStatus.WORKED,
        Booking.hazard_class == HazardClass.H3,
    )
    last = db.session.scalar(heavy)
    until = None if last is None else last + bars.CARE_FOR
    return until if until is not None and until > clock.now() else None
