"""What is to be paid for time at tests, read from the room of qualifications, and what their holds give back."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import Select, exists, select

from marketplace.core.db import db
from marketplace.core.money import Money, total
from marketplace.ledger import queries as books
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import Entry, Move
from marketplace.pay.models import PayLine, Payslip
from marketplace.pay.rules import PayslipStatus
from marketplace.pay.runs.lines import priced_test
from marketplace.pay.runs.reasons import TimeAtTest
from marketplace.qualifications import attempt_rules, rules
from marketplace.qualifications.models import Attempt
from marketplace.workforce.pay_scope import PayScope


def payable(scope: PayScope) -> Select[UUID]:
    """Ended attempts that no run has taken, those that ended on its last day included."""
    until = datetime.combine(scope.through, time(), UTC) + timedelta(days=1)
    found = select(Attempt.id).where(Attempt.taken_at.is_(None), Attempt.ended_at < until)
    return scope.narrow(found, Attempt.contractor_id, Attempt.company_id).order_by(Attempt.id)


def of(attempt_ids: Collection[UUID]) -> list[TimeAtTest]:
    """The time of these attempts, each of which has ended."""
    found = select(Attempt).where(Attempt.id.in_(attempt_ids)).order_by(Attempt.id)
    return [_time(each, each.paid_minutes or 0) for each in db.session.scalars(found)]


def not_yet_paid(now: datetime, company_id: UUID | None = None) -> list[TimeAtTest]:
    """The time until now of every attempt that is on no issued payslip; of one company's tests or of all. A silence
    that still lasts counts as far as a silence can."""
    issued = exists().where(
        PayLine.attempt_id == Attempt.id, PayLine.payslip_id == Payslip.id, Payslip.status == PayslipStatus.ISSUED
    )
    found = select(Attempt).where(~issued).order_by(Attempt.id)
    if company_id is not None:
        found = found.where(Attempt.company_id == company_id)
    return [_time(each, _minutes(each, now)) for each in db.session.scalars(found)]


def owed(time_at_test: TimeAtTest) -> Money:
    """What the owner of the test owes for it."""
    return total((line.money for line in priced_test(time_at_test)), time_at_test.rate.currency)


def return_rest(attempt_ids: Sequence[UUID]) -> None:
    """Gives back what paid attempts still hold: the year's cap of sick leave may have made them cheaper."""
    if not attempt_ids:
        return
    found = db.session.scalars(select(Attempt).where(Attempt.id.in_(attempt_ids)).order_by(Attempt.id)).all()
    entries = []
    for code in sorted({each.currency for each in found}):
        own = {each.hold_account: each for each in found if each.currency == code}
        for name, standing in books.balances(list(own), code).items():
            if standing.amount > 0:
                each = own[name]
                target = rules.fund_account(each.qualification_id, each.company_id)
                entries.append(Entry(f"attempt:{each.id}:paid:rest", [Move(name, target, standing)]))
    ledger.post_many(entries)


def _minutes(each: Attempt, now: datetime) -> int:
    if each.paid_minutes is not None:
        return each.paid_minutes
    seconds, _ = attempt_rules.counted(each.worked_seconds, now - each.last_seen_at)
    return attempt_rules.paid_minutes(seconds, each.cap_minutes)


def _time(each: Attempt, minutes: int) -> TimeAtTest:
    return TimeAtTest(
        attempt_id=each.id,
        company_id=each.company_id,
        contractor_id=each.contractor_id,
        began_at=each.started_at,
        minutes=minutes,
        rate=each.rate,
        hold=each.hold_account,
    )
