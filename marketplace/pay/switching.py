"""Rails never mix: a service changes its rail when nothing stands on the old one any more."""

from flask import current_app
from sqlalchemy import select

from marketplace.core.db import db
from marketplace.ledger import queries as books
from marketplace.ledger.models import LedgerAccount
from marketplace.pay import stripe_rules
from marketplace.pay.models import PaymentOp
from marketplace.pay.rules import SANDBOX, OpStatus, RailsNeverMix, outside

NAMES = (SANDBOX, *stripe_rules.NAMES)
OVER = (OpStatus.DONE, OpStatus.REFUSED, OpStatus.REVERSED)
"""Ends of a payment: no answer of its rail is waited for any more."""


def rail_of_new_payments() -> str:
    """The rail of deposits and runs that begin now. Raises RailsNeverMix while money that came by another one is still
    in the books, since it would have to go out by this, and while a payment by another one may still bring some."""
    name: str = current_app.config["RAIL"]
    others = [each for each in NAMES if each != name]
    known = select(LedgerAccount.name, LedgerAccount.currency).where(LedgerAccount.name.in_(map(outside, others)))
    for account, currency in db.session.execute(known.order_by(LedgerAccount.name, LedgerAccount.currency)).all():
        if rest := -books.balance(account, currency):
            raise RailsNeverMix(f"{account.removeprefix('rail:')} still holds {rest}.", rail=account, money=str(rest))
    under_way = select(PaymentOp.rail).where(PaymentOp.rail.in_(others), PaymentOp.status.not_in(OVER)).limit(1)
    if rail := db.session.scalar(under_way):
        raise RailsNeverMix(f"Payments by {rail} are still under way.", rail=outside(rail))
    return name
