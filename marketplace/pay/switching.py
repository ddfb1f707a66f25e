"""Rails never mix: a service changes its rail when nothing stands on the old one any more."""

from flask import current_app
from sqlalchemy import select

from marketplace.core.db import db
from marketplace.ledger import queries as books
from marketplace.ledger.models import LedgerAccount
from marketplace.pay import stripe_rules
from marketplace.pay.rules import SANDBOX, RailsNeverMix, outside

NAMES = (SANDBOX, *stripe_rules.NAMES)


def rail_of_new_payments() -> str:
    """The rail of deposits and runs that begin now. Raises RailsNeverMix while money that came by another one is still
    in the books: it would have to go out by this."""
    name: str = current_app.config["RAIL"]
    others = [outside(each) for each in NAMES if each != name]
    known = select(LedgerAccount.name, LedgerAccount.currency).where(LedgerAccount.name.in_(others))
    for account, currency in db.session.execute(known.order_by(LedgerAccount.name, LedgerAccount.currency)).all():
        if rest := -books.balance(account, currency):
            raise RailsNeverMix(f"{account.removeprefix('rail:')} still holds {rest}.", rail=account, money=str(rest))
    return name
