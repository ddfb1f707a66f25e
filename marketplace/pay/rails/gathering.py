"""Pay that is too little for Stripe to send on to a bank: it lies in its person's own account there, and goes together
with what comes next. Nothing of it is held here, so that it is theirs whatever becomes of the service (PAYOUT).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from flask import current_app
from sqlalchemy import func, select

from marketplace.accounts.rules import Actor
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.money import Money, minor_digits
from marketplace.pay.models import PaymentOp
from marketplace.pay.rails import accounts as rail_accounts
from marketplace.pay.rails import stripe_rules
from marketplace.pay.rules import OpKind, OpStatus
from marketplace.standards.exchange import quotes
from marketplace.standards.rail_reach import LEAST_TO_BANK, missing_for_bank


@dataclass(frozen=True, slots=True)
class Gathered:
    """`there` lies in the person's account and has not come to their bank, and `missing` has to come before it goes;
    `missing_then` once what is ready to be paid has come too. All in the currency of the least, at the reference rates
    of the day; None where no rate is sourced."""

    country: str
    least: Money
    there: Money | None
    missing: Money | None
    missing_then: Money | None


def gathered(ready: Sequence[Money], *, by: Actor) -> Gathered | None:
    """What of the asker's pay is too little to be sent on, with what is ready to be paid beside it; None where their
    country has no least, and where they have no account at Stripe."""
    if current_app.config["RAIL"] not in stripe_rules.NAMES or (account := rail_accounts.mine(by=by)) is None:
        return None
    least = LEAST_TO_BANK.get(account.country)
    if least is None:
        return None
    lying = (
        select(PaymentOp.currency, func.sum(PaymentOp.amount).label("amount"))
        .where(
            PaymentOp.contractor_id == account.contractor_id,
            PaymentOp.rail == account.rail,
            PaymentOp.kind == OpKind.PAYOUT,
            PaymentOp.status == OpStatus.DONE,
            PaymentOp.arrived_amount.is_(None),
        )
        .group_by(PaymentOp.currency)
    )
    there = [Money(int(row.amount), row.currency) for row in db.session.execute(lying)]
    now, then = _together(there, least.currency), _together([*there, *ready], least.currency)
    return Gathered(
        account.country, least, now,
        None if now is None else missing_for_bank(account.country, now),
        None if then is None else missing_for_bank(account.country, then),
    )  # fmt: skip


def _together(parts: Sequence[Money], currency: str) -> Money | None:
    """The parts as one sum at the rates of today; None where one of them has no rate."""
    others = {each.currency for each in parts} - {currency}
    found = quotes(others, currency, clock.now().date())
    if others - set(found):
        return None
    rates = {currency: Fraction(1)} | {code: each.rate for code, each in found.items()}
    total = Money.zero(currency)
    for part in parts:
        digits = minor_digits(currency) - minor_digits(part.currency)
        total += Money(1, currency) * (part.amount * rates[part.currency] * Fraction(10) ** digits)
    return total
