"""What a company has sent back of its deposits, and what stays here because a bank has taken a deposit back.

A company owes what a bank has taken back of its deposits, until it has paid that again or the bank gives it back; of a
line of a bank statement an operator may say that the service bears it (rule CHARGEBACK). Other deposits are refunded as
far as so much stays available, in the same currency.
"""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import ColumnElement, Text, and_, cast, exists, func, or_, select
from sqlalchemy.orm import aliased

from marketplace.accounts.rules import Actor, available_account
from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.ledger import queries as books
from marketplace.pay import service
from marketplace.pay.bank.models import BankLine
from marketplace.pay.bank.rules import LineKind, LineStatus
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


def taken_back(company_id: UUID) -> Mapping[str, Money]:
    """What banks have taken back of a company's deposits and is not paid again, by currency. The caller may see its
    money."""
    owed = (
        select(Chargeback.currency, Chargeback.amount)
        .where(Chargeback.company_id == company_id, Chargeback.paid_again_at.is_(None))
        .where(Chargeback.status.in_(HELD_BY_BANK))
    )
    lines = select(BankLine.currency, BankLine.amount).where(_is_owed_by(company_id))
    parts = owed.union_all(lines).subquery()
    sums = select(parts.c.currency, func.sum(parts.c.amount)).group_by(parts.c.currency).order_by(parts.c.currency)
    return {currency: Money(int(amount), currency) for currency, amount in db.session.execute(sums)}


def _is_owed_by(company_id: UUID) -> ColumnElement[bool]:
    """Whether a line takes back a transfer of the company's, or names it, and nothing has come of that yet. A refund of
    ours that nobody has marked may be what a table tells of."""
    came = aliased(BankLine)
    of_theirs = exists().where(came.id == BankLine.undoes_id, came.company_id == company_id)
    ours = exists().where(
        PaymentOp.company_id == company_id,
        PaymentOp.kind == OpKind.REFUND,
        PaymentOp.rail == MANUAL,
        PaymentOp.status == OpStatus.WAITING,
        PaymentOp.amount == BankLine.amount,
        PaymentOp.currency == BankLine.currency,
    )
    plain = func.regexp_replace(func.lower(cast(BankLine.words, Text)), "[^a-z0-9]", "", "g")
    names = and_(BankLine.undoes_id.is_(None), plain.contains(company_id.hex[-12:]), ~ours)
    return and_(
        BankLine.kind == LineKind.TAKEN_BACK,
        BankLine.status.in_(NOT_OVER),
        or_(BankLine.company_id == company_id, of_theirs, names),
    )
