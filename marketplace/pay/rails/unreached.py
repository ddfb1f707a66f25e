"""People who live where the service's payment rail pays nobody, and what they have earned that waits for a way."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import current_app
from sqlalchemy import func, select

from marketplace.accounts.rules import Actor, OperatorRole, require_operator
from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.ledger.models import LedgerAccount
from marketplace.standards import rail_reach
from marketplace.workforce.models import Contractor


@dataclass(frozen=True, slots=True)
class Earned:
    """What so many people of one country have earned in one currency and nobody can pay them."""

    country: str
    people: int
    money: Money


def is_paid(country: str) -> bool:
    """Whether the service's rail pays people of this country."""
    return rail_reach.pays(current_app.config["RAIL"], country, current_app.config["STRIPE_COUNTRY"])


def earned(*, seen_by: Actor) -> Sequence[Earned]:
    """What waits, by country and currency. For operators of finance."""
    require_operator(seen_by, OperatorRole.FINANCE)
    lived_in = db.session.scalars(select(Contractor.country).distinct()).all()
    unpaid = [country for country in lived_in if not is_paid(country)]
    if not unpaid:
        return []
    waiting = (
        select(
            Contractor.country,
            LedgerAccount.currency,
            func.count().label("people"),
            func.sum(LedgerAccount.balance).label("amount"),
        )
        .join(LedgerAccount, LedgerAccount.name == func.concat("contractor:", Contractor.id, ":payable"))
        .where(Contractor.country.in_(unpaid), LedgerAccount.balance > 0)
        .group_by(Contractor.country, LedgerAccount.currency)
        .order_by(Contractor.country, LedgerAccount.currency)
    )
    rows = db.session.execute(waiting)
    return [Earned(row.country, row.people, Money(int(row.amount), row.currency)) for row in rows]
