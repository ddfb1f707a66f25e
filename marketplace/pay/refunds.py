"""What a company has sent back of its deposits, and what stays here because a bank has taken a deposit back.

A company owes what a bank has taken back of its deposits, until it has paid that again or the bank gives it back; of
what is lost, and of a line of a bank statement, an operator may say that the service bears it (rule CHARGEBACK). Other
deposits are refunded as far as so much stays available, in the same currency.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Text, and_, cast, exists, func, or_, select
from sqlalchemy.orm import aliased

from marketplace.accounts.rules import Actor, available_account
from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.ledger import queries as books
from marketplace.pay import queries, service
from marketplace.pay.bank.models import BankLine, BankStatement
from marketplace.pay.bank.rules import FileFormat, LineKind, LineStatus, under_way
from marketplace.pay.models import PaymentOp
from marketplace.pay.rails.chargeback_models import Chargeback
from marketplace.pay.rails.chargeback_rules import HELD_BY_BANK
from marketplace.pay.rules import MANUAL, OpKind, OpStatus, check_debt

NOT_OVER = (LineStatus.STRAY, LineStatus.MATCHED, LineStatus.ENDING)


def refund(deposit_id: UUID, money: Money, *, by: Actor) -> PaymentOp:
    """Sends back a part of a deposit, or all of it, by the way it came. Raises LeavesDebt where less would stay than
    the company owes, and whatever `service.refund()` raises."""
    op = service.refund(deposit_id, money, by=by)
    # The entry before has locked what is available, so nobody else takes of it until the commit.
    left = books.balance(available_account(op.owner_id), money.currency)
    check_debt(left, money, taken_back(op.owner_id).get(money.currency, Money.zero(money.currency)))
    return op


@dataclass(frozen=True, slots=True)
class Refundable:
    """How much of a deposit could be sent back now, and what bounds it."""

    left: Money
    """What has not gone back of the deposit, also not by its payer's bank."""
    at_rail: Money
    """What the rail that it came by can send back."""
    available: Money
    """What is not set aside: money for work can still be disputed until nobody can."""
    owed: Money
    """What of that stays, since a bank has taken deposits back."""

    @property
    def most(self) -> Money:
        free = max(self.available - self.owed, Money.zero(self.left.currency), key=_amount)
        return min(self.left, self.at_rail, free, key=_amount)


def refundable(company_id: UUID, deposit_id: UUID, seen_by: Actor) -> Refundable:
    """For members who may see money and operators of finance; nothing of a deposit that is not done. Raises NotFound or
    Forbidden."""
    op = queries.deposit(company_id, deposit_id, seen_by)
    nothing = Money.zero(op.currency)
    left, at_rail = service.left_of(op) if op.status is OpStatus.DONE else (nothing, nothing)
    available = books.balance(available_account(company_id), op.currency)
    return Refundable(left, at_rail, available, taken_back(company_id).get(op.currency, nothing))


def _amount(money: Money) -> int:
    return money.amount


def taken_back(company_id: UUID) -> Mapping[str, Money]:
    """What banks have taken back of a company's deposits and is not paid again, by currency. The caller may see its
    money."""
    held = select(Chargeback).where(Chargeback.company_id == company_id, Chargeback.status.in_(HELD_BY_BANK))
    owed = [each.owed for each in db.session.scalars(held) if each.owed]
    sums: dict[str, Money] = {}
    for money in [*owed, *(each.money for each in _taken_by_bank(company_id))]:
        sums[money.currency] = sums.get(money.currency, Money.zero(money.currency)) + money
    return dict(sorted(sums.items()))


def _taken_by_bank(company_id: UUID) -> Sequence[BankLine]:
    """Lines that take back a transfer of the company's, or name it, and of which nothing has come yet; the oldest
    first. A line of a table may tell of a refund of ours that nobody has marked: each refund is one line at most."""
    came = aliased(BankLine)
    of_theirs = exists().where(came.id == BankLine.undoes_id, came.company_id == company_id)
    plain = func.regexp_replace(func.lower(cast(BankLine.words, Text)), "[^a-z0-9]", "", "g")
    is_open = and_(BankLine.kind == LineKind.TAKEN_BACK, BankLine.status.in_(NOT_OVER))
    names = and_(BankLine.undoes_id.is_(None), BankLine.company_id.is_(None), plain.contains(company_id.hex[-12:]))
    known = or_(BankLine.company_id == company_id, of_theirs)
    lines = select(BankLine, BankStatement, known.label("known"))
    lines = lines.join(BankStatement, BankStatement.id == BankLine.statement_id).where(is_open, or_(known, names))
    rows = db.session.execute(lines.order_by(BankLine.booked_on, BankLine.id)).all()
    refunds = _unmarked(company_id) if any(not row.known for row in rows) else []
    owed = []
    for line, statement, is_known in rows:
        may_be = (op for op in refunds if not is_known and _may_be(line, statement, op))
        if (op := next(may_be, None)) is None:
            owed.append(line)
        else:
            refunds.remove(op)
    return owed


def _unmarked(company_id: UUID) -> list[PaymentOp]:
    found = select(PaymentOp).where(
        PaymentOp.company_id == company_id,
        PaymentOp.kind == OpKind.REFUND,
        PaymentOp.rail == MANUAL,
        PaymentOp.status == OpStatus.WAITING,
    )
    return list(db.session.scalars(found.order_by(PaymentOp.id)))


def _may_be(line: BankLine, statement: BankStatement, op: PaymentOp) -> bool:
    """Whether a line of a table can tell of this refund: it was under way then, and ordered before the table came."""
    begins, ends = under_way(line.booked_on)
    is_alike = statement.format is FileFormat.CSV and op.money == line.money
    return is_alike and begins <= op.created_at <= min(ends, statement.taken_at)
