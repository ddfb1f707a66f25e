"""What a bank statement will touch, locked before anything of it is booked, in the order in which everybody locks it.

In prose. Lines of statements come first, then payments, then what the rail of files remembers of them and its files,
then purses, and at last the references by which transfers are told of: whoever confirms a line, marks a payment or
sends a deposit back goes the same way. A line names whom it touches by its words, or by the bank's reference of the
transfer that it undoes alone.
"""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, Uuid, and_, any_, literal, or_, select

from marketplace.accounts.rules import available_account
from marketplace.core.db import db
from marketplace.ledger import service as ledger
from marketplace.pay.bank import asked, returns, reversals
from marketplace.pay.bank import rules as bank_rules
from marketplace.pay.bank.models import BankLine
from marketplace.pay.bank.rules import LineKind, LineStatus
from marketplace.pay.by_hand import findings
from marketplace.pay.models import PaymentOp
from marketplace.pay.rules import MANUAL, OpKind, OpStatus


def hold_still(lines: Sequence[BankLine], named: Collection[UUID]) -> None:
    """Locks what these lines touch, which the asker has locked themselves. `named` are the companies that their words
    name."""
    came = reversals.meant(lines)
    companies = {*named, *_whose(came)}
    deposits = {each.payment_op_id for each in came if each.payment_op_id is not None}
    findings.hold_still(_payments(lines, companies, deposits))
    currencies = {line.currency for line in lines}
    purses = {(available_account(company_id), currency) for company_id in companies for currency in currencies}
    ledger.hold_still(purses | returns.accounts(lines))
    asked.hold_references({line.own_reference for line in lines if line.kind is LineKind.CAME})


def _whose(came: Sequence[BankLine]) -> set[UUID]:
    """The companies whose these transfers are, or whose deposit stands in the books already by another desk."""
    booked = asked.booked([each for each in came if each.status is not LineStatus.POSTED])
    found = [*(each.company_id for each in came), *(op.company_id for op in booked.values())]
    return {each for each in found if each is not None}


def _payments(lines: Sequence[BankLine], companies: Collection[UUID], deposits: Collection[UUID]) -> Sequence[UUID]:
    """Payouts that lines name, the deposits that are undone, and of these companies what a line can be: a deposit that
    was asked for or marked, or a refund of ours."""
    payouts = {bank_rules.payout_of(line.words) for line in lines} - {None}
    can_be = and_(
        PaymentOp.company_id == any_(literal(list(companies), ARRAY(Uuid()))),
        PaymentOp.kind.in_((OpKind.DEPOSIT, OpKind.REFUND)),
        PaymentOp.rail == MANUAL,
        PaymentOp.status.in_((OpStatus.WAITING, OpStatus.DONE)),
        PaymentOp.amount == any_(literal(sorted({line.amount for line in lines}), ARRAY(BigInteger()))),
        PaymentOp.currency.in_({line.currency for line in lines}),
    )
    known = PaymentOp.id == any_(literal([*payouts, *deposits], ARRAY(Uuid())))
    return db.session.scalars(select(PaymentOp.id).where(or_(can_be, known))).all()
