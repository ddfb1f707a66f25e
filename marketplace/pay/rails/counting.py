"""What a payer's bank gave back in another currency, counted as so much of the deposit (rule CHARGEBACK).

A rail counts what comes back as its balance does, so nobody could say how much of the deposit that is, and whoever had
paid again what was lost had it back from nobody. An operator of finance counts it at the sourced rate of the day on
which the rail told it; what a rate takes or gives is the service's.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from typing import Any
from uuid import UUID

from marketplace.accounts.rules import Actor, OperatorRole, OwnCompany, require_operator
from marketplace.core.db import db
from marketplace.core.events import record
from marketplace.core.money import Money
from marketplace.core.problems import NotFound
from marketplace.ledger import service as ledger
from marketplace.pay.rails import chargeback_papers as papers
from marketplace.pay.rails import chargeback_rules, chargebacks
from marketplace.pay.rails.chargeback_models import Chargeback
from marketplace.pay.rails.chargeback_rules import NothingToCount
from marketplace.standards import two_people
from marketplace.standards.act_models import MoneyAct
from marketplace.standards.act_rules import ActKind
from marketplace.standards.exchange import Converted, convert


@dataclass(frozen=True, slots=True)
class Counted:
    """What came back, how much of the deposit that is, and the rate that says so with its day and source."""

    came: Money
    worth: Money
    at: Converted


def counted(found: Chargeback) -> Counted:
    """What it would be counted as. Raises NothingToCount, NoSourcedRate."""
    came = found.uncounted
    if came is None or found.foreign_at is None:
        raise NothingToCount
    at = convert(came, found.currency, found.foreign_at.astimezone(UTC).date())
    return Counted(came, chargeback_rules.worth(came, at.rate, found.held), at)


def count(company_id: UUID, chargeback_id: UUID, *, by: Actor) -> Chargeback | MoneyAct:
    """An operator of finance counts it: whoever has borne that much of the deposit has it again, the company before the
    service. What is too much for one of them waits for another (TWO_PEOPLE). Raises NotFound, OwnCompany,
    NothingToCount, NoSourcedRate, WaitsAlready."""
    require_operator(by, OperatorRole.FINANCE)
    alone = two_people.tally(by)
    found, made = _found(company_id, chargeback_id, by)
    said = {"came": str(made.came.decimal), "currency": made.came.currency}
    return alone.once(ActKind.COUNTED, found.id, made.worth, said, lambda: _count(found, made, by=by), by=by)


def count_as_said(act: MoneyAct, said: Mapping[str, Any], *, by: Actor) -> Chargeback:
    """A second operator agrees to what was counted. Raises as `count`, and NothingToCount also where it is another
    amount by now."""
    known = db.session.get(Chargeback, UUID(act.subject))
    if known is None:
        raise NotFound
    found, made = _found(known.company_id, known.id, by)
    if (made.worth, made.came) != (act.money, Money.of(said["came"], said["currency"])):
        raise NothingToCount
    return _count(found, made, by=by)


def _found(company_id: UUID, chargeback_id: UUID, by: Actor) -> tuple[Chargeback, Counted]:
    if by.belongs_to(company_id):
        raise OwnCompany
    found = papers.locked(company_id, chargeback_id, by)
    return found, counted(found)


def _count(found: Chargeback, made: Counted, *, by: Actor) -> Chargeback:
    ledger.post(chargeback_rules.exchanged(found.id, made.came, made.worth, found.entries))
    found.entries += 1
    found.foreign_counted += made.came.amount
    told = {
        "amount": str(made.worth.decimal), "currency": made.worth.currency,
        "came": str(made.came.decimal), "came_currency": made.came.currency,
        "rate": str(made.at.rate), "quoted_on": made.at.quoted_on.isoformat(), "source": made.at.source,
    }  # fmt: skip
    record("chargeback.counted", found, by=by, data=told)
    chargebacks.gave_back(found, found.reinstated + made.worth)
    return found
