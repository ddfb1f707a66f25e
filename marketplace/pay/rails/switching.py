"""Rails never mix: a service changes its rail when nothing stands on the old one any more."""

from flask import current_app
from sqlalchemy import func, select

from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.ledger import queries as books
from marketplace.ledger.models import LedgerAccount
from marketplace.pay.models import PaymentOp
from marketplace.pay.rails import stripe_rules
from marketplace.pay.rules import MANUAL, SANDBOX, OpKind, OpStatus, RailsNeverMix, outside

NAMES = (SANDBOX, MANUAL, *stripe_rules.NAMES)
OVER = (OpStatus.DONE, OpStatus.REFUSED, OpStatus.REVERSED)
"""Ends of a payment: no answer of its rail is waited for any more."""


def most_back(rail: str, money: Money) -> int:
    """How much of money that came by that rail, in minor units, may go back by it: of a rail that the service has left
    no more than it still holds and is not on its way already. The rest would be another rail's money."""
    if rail == current_app.config["RAIL"]:
        return money.amount
    going = select(func.coalesce(func.sum(PaymentOp.amount), 0)).where(
        PaymentOp.rail == rail,
        PaymentOp.kind == OpKind.REFUND,
        PaymentOp.currency == money.currency,
        PaymentOp.status.not_in(OVER),
    )
    return -books.balance(outside(rail), money.currency).amount - int(db.session.scalar(going) or 0)


def rail_of_new_payments() -> str:
    """The rail of deposits and runs that begin now. Raises RailsNeverMix while money that came by another one is still
    in the books, since it would have to go out by this, and while a payment by another one may still bring some. What
    the service owes a rail for its fees keeps nobody there."""
    name: str = current_app.config["RAIL"]
    others = [each for each in NAMES if each != name]
    known = select(LedgerAccount.name, LedgerAccount.currency).where(LedgerAccount.name.in_(map(outside, others)))
    for account, currency in db.session.execute(known.order_by(LedgerAccount.name, LedgerAccount.currency)).all():
        # A rail that holds less than nothing, after its fees, has nobody's money: the service owes it some.
        if (rest := -books.balance(account, currency)).amount > 0:
            raise RailsNeverMix(f"{account.removeprefix('rail:')} still holds {rest}.", rail=account, money=str(rest))
    under_way = select(PaymentOp.rail).where(PaymentOp.rail.in_(others), PaymentOp.status.not_in(OVER)).limit(1)
    if rail := db.session.scalar(under_way):
        raise RailsNeverMix(f"Payments by {rail} are still under way.", rail=outside(rail))
    return name
