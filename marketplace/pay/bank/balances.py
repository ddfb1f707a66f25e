"""What the bank says that it holds, beside the books: of each currency at the end of the day of the last statements,
and where a statement is missing between two.

The books are read as of that day. What a bank's line tells of, or a person who has looked, is of the day that they
name, whenever it was written down: a statement is handed in after its day. All else is of its own day (UTC).

A difference is no mistake by itself: what waits to be booked is at the bank already, and what a file orders may have
left it. What remains of it stays the same from day to day, such as money of the service's own; where it changes,
somebody looks.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Date, Uuid, and_, case, cast, func, insert, or_, select

from marketplace.accounts.rules import Actor, OperatorRole, require_operator
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.ids import new_id
from marketplace.core.money import Money, total
from marketplace.ledger import queries as books
from marketplace.ledger.models import JournalEntry, LedgerAccount, Posting
from marketplace.pay.bank.balance_rules import Balance, Gap, gaps, newest
from marketplace.pay.bank.models import BankBalance, BankLine, BankStatement
from marketplace.pay.bank.rules import AHEAD, LineKind, LineStatus
from marketplace.pay.by_hand.models import ManualFile, ManualPayment, PaymentFinding
from marketplace.pay.by_hand.rules import FileStatus, FindingStatus, ManualStatus
from marketplace.pay.rules import MANUAL, outside

LOOKED_AT = timedelta(days=400)
"""How far back missing statements are looked for."""
_ID = "[0-9a-f]{8}-[0-9a-f-]{27}"
OPEN = (LineStatus.STRAY, LineStatus.MATCHED, LineStatus.ENDING)


@dataclass(frozen=True, slots=True)
class Standing:
    """In one currency, at the end of a day: what the bank holds by its last statements, what the books say, what came
    by then and waits to be booked, and what files that were let go by then order and nobody has marked yet."""

    day: date
    balances: Sequence[Balance]
    books: Money
    waiting: Money
    ordered: Money

    @property
    def bank(self) -> Money:
        return total((each.closing for each in self.balances), self.books.currency)

    @property
    def difference(self) -> Money:
        return self.bank - self.books

    @property
    def rest(self) -> Money:
        """What neither what waits nor what is ordered tells of."""
        return self.difference - self.waiting + self.ordered


def keep(of: BankStatement, told: Sequence[Balance]) -> None:
    rows = [
        {
            "id": new_id(),
            "statement_id": of.id,
            "account": each.account,
            "currency": each.closing.currency,
            "opened_on": each.opened_on,
            "opening": each.opening.amount,
            "closed_on": each.closed_on,
            "closing": each.closing.amount,
        }
        for each in told
    ]
    if rows:
        db.session.execute(insert(BankBalance), rows)


def standings(seen_by: Actor) -> list[Standing]:
    """By currency, for operators of finance."""
    last = newest(_told(seen_by))
    found = []
    for currency in sorted({each.closing.currency for each in last}):
        there = [each for each in last if each.closing.currency == currency]
        day = max(each.closed_on for each in there)
        sums = _books(currency, day), _waiting(currency, day), _ordered(currency, day)
        found.append(Standing(day, there, *(Money(int(each), currency) for each in sums)))
    return found


def missing(seen_by: Actor) -> list[Gap]:
    """Where a statement is missing, the newest first. For operators of finance."""
    return sorted(gaps(_told(seen_by)), key=lambda each: each.after.closed_on, reverse=True)


def _told(seen_by: Actor) -> list[Balance]:
    require_operator(seen_by, OperatorRole.FINANCE)
    found = select(BankBalance).where(BankBalance.closed_on >= clock.now().date() - LOOKED_AT)
    return [each.told for each in db.session.scalars(found)]


def _books(currency: str, day: date) -> int:
    """What the service has at the bank by the books at the end of the day: what they say now, without what is of a
    later day. Nobody writes down what is of a day after tomorrow, so all of that was written since the day before."""
    account = select(LedgerAccount.id).where(LedgerAccount.name == outside(MANUAL), LedgerAccount.currency == currency)
    rail = account.scalar_subquery()
    comes = Posting.source_id == rail
    # A cause names the payment, or the line of a statement, that it is of.
    of = cast(func.substring(JournalEntry.cause, _ID), Uuid)
    is_way = (BankLine.kind == LineKind.TAKEN_BACK) != comes
    by_line = select(func.min(BankLine.booked_on)).where(
        or_(BankLine.id == of, and_(BankLine.payment_op_id == of, is_way))
    )
    said = select(func.max(PaymentFinding.happened_on)).where(
        PaymentFinding.payment_op_id == of, PaymentFinding.status != FindingStatus.CONTRADICTED
    )
    later = (
        select(func.sum(case((comes, Posting.amount), else_=-Posting.amount)))
        .join(JournalEntry, JournalEntry.id == Posting.entry_id)
        .where(or_(comes, Posting.destination_id == rail))
        .where(JournalEntry.at >= datetime.combine(day, time(), UTC) - AHEAD)
        .where(func.coalesce(by_line.scalar_subquery(), said.scalar_subquery(), _day(JournalEntry.at)) > day)
    )
    return -books.balance(outside(MANUAL), currency).amount - int(db.session.scalar(later) or 0)


def _day(moment: Any) -> ColumnElement[date]:
    return cast(func.timezone("UTC", moment), Date)


def _waiting(currency: str, day: date) -> int:
    """What is at the bank by then, or gone from it, and stands in the books nowhere yet."""
    sign = case((BankLine.kind == LineKind.TAKEN_BACK, -1), else_=1)
    found = select(func.sum(BankLine.amount * sign)).where(BankLine.status.in_(OPEN), BankLine.currency == currency)
    return db.session.scalar(found.where(BankLine.booked_on <= day)) or 0


def _ordered(currency: str, day: date) -> int:
    """What files order that were let go by then, as far as nobody has marked it."""
    found = (
        select(func.sum(ManualPayment.amount))
        .join(ManualFile, ManualFile.id == ManualPayment.file_id)
        .where(ManualPayment.status == ManualStatus.IN_FILE, ManualPayment.currency == currency)
        .where(ManualFile.status == FileStatus.RELEASED, _day(ManualFile.released_at) <= day)
    )
    return db.session.scalar(found) or 0
