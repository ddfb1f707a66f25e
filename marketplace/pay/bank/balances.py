"""What the bank says that it holds, beside the books: of each currency at the end of the last statements, and where a
statement is missing between two.

A difference is no mistake by itself: what waits to be booked is at the bank already, and what a file orders may have
left it. What remains of it stays the same from day to day, such as money of the service's own; where it changes,
somebody looks.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import case, func, insert, select

from marketplace.accounts.rules import Actor, OperatorRole, require_operator
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.ids import new_id
from marketplace.core.money import Money, total
from marketplace.ledger import queries as books
from marketplace.pay.bank.balance_rules import Balance, Gap, gaps, newest
from marketplace.pay.bank.models import BankBalance, BankLine, BankStatement
from marketplace.pay.bank.rules import LineKind, LineStatus
from marketplace.pay.by_hand.models import ManualFile, ManualPayment
from marketplace.pay.by_hand.rules import FileStatus, ManualStatus
from marketplace.pay.rules import MANUAL, outside

LOOKED_AT = timedelta(days=400)
"""How far back missing statements are looked for."""
OPEN = (LineStatus.STRAY, LineStatus.MATCHED, LineStatus.ENDING)


@dataclass(frozen=True, slots=True)
class Standing:
    """In one currency: what the bank holds by its last statements, what the books say of now, what of it came and waits
    to be booked, and what files that were let go order and nobody has marked yet."""

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
    waiting, ordered = _waiting(), _ordered()
    found = []
    for currency in sorted({each.closing.currency for each in last}):
        there = [each for each in last if each.closing.currency == currency]
        says = -books.balance(outside(MANUAL), currency)
        found.append(
            Standing(there, says, Money(waiting.get(currency, 0), currency), Money(ordered.get(currency, 0), currency))
        )
    return found


def missing(seen_by: Actor) -> list[Gap]:
    """Where a statement is missing, the newest first. For operators of finance."""
    return sorted(gaps(_told(seen_by)), key=lambda each: each.after.closed_on, reverse=True)


def _told(seen_by: Actor) -> list[Balance]:
    require_operator(seen_by, OperatorRole.FINANCE)
    found = select(BankBalance).where(BankBalance.closed_on >= clock.now().date() - LOOKED_AT)
    return [each.told for each in db.session.scalars(found)]


def _waiting() -> dict[str, int]:
    """What is at the bank, or gone from it, and stands in the books nowhere yet."""
    sign = case((BankLine.kind == LineKind.TAKEN_BACK, -1), else_=1)
    sums = select(BankLine.currency, func.sum(BankLine.amount * sign)).where(BankLine.status.in_(OPEN))
    return {currency: int(amount) for currency, amount in db.session.execute(sums.group_by(BankLine.currency))}


def _ordered() -> dict[str, int]:
    """What files order that were let go, as far as nobody has marked it."""
    sums = (
        select(ManualPayment.currency, func.sum(ManualPayment.amount))
        .join(ManualFile, ManualFile.id == ManualPayment.file_id)
        .where(ManualPayment.status == ManualStatus.IN_FILE, ManualFile.status == FileStatus.RELEASED)
    )
    return {currency: int(amount) for currency, amount in db.session.execute(sums.group_by(ManualPayment.currency))}
