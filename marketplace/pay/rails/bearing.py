"""Who bears a deposit that a payer's bank has kept and its company has not paid again (rule CHARGEBACK).

The service bears it from the moment at which the bank takes it. An operator decides once that the company pays it out
of what is available, or that the service gives it up: then it is owed no longer. No account of whoever has worked is
known here.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_

from marketplace.accounts.rules import Actor, OperatorRole, OwnCompany, reason_given, require_operator
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import record
from marketplace.core.problems import NotFound
from marketplace.ledger import service as ledger
from marketplace.pay.rails import chargeback_papers as papers
from marketplace.pay.rails.chargeback_models import Chargeback
from marketplace.pay.rails.chargeback_rules import (
    HELD_BY_BANK,
    Bearer,
    ChargebackStatus,
    check_undecided,
    given_up,
    paid_again,
)
from marketplace.standards import two_people
from marketplace.standards.act_models import MoneyAct
from marketplace.standards.act_rules import ActKind


def decide(company_id: UUID, chargeback_id: UUID, bearer: Bearer, reason: str, *, by: Actor) -> Chargeback | MoneyAct:
    """An operator of finance says who bears it, with a reason that the company reads; what is too much for one of them
    waits for another (TWO_PEOPLE). Raises NotFound, ReasonMissing, OwnCompany, NotLost, PaidAgainAlready,
    BorneAlready, InsufficientFunds where the company has less, WaitsAlready."""
    require_operator(by, OperatorRole.FINANCE)
    alone = two_people.tally(by)
    found, why = _undecided(company_id, chargeback_id, by), reason_given(reason)
    said = {"bearer": str(bearer), "reason": why}
    return alone.once(ActKind.BORNE, found.id, found.owed, said, lambda: _decide(found, bearer, why, by=by), by=by)


def decide_as_said(act: MoneyAct, said: Mapping[str, Any], *, by: Actor) -> Chargeback:
    """A second operator agrees. Raises as `decide`."""
    known = db.session.get(Chargeback, UUID(act.subject))
    if known is None:
        raise NotFound
    found = _undecided(known.company_id, known.id, by)
    return _decide(found, Bearer(said["bearer"]), said["reason"], by=by)


def is_uncounted() -> ColumnElement[bool]:
    """Chargebacks of which something came back in another currency that nobody has counted (`counting`)."""
    of_it = and_(Chargeback.status.in_(HELD_BY_BANK), Chargeback.reinstated_amount < Chargeback.amount)
    return and_(of_it, Chargeback.foreign_counted < Chargeback.foreign_amount)


def is_undecided() -> ColumnElement[bool]:
    """Chargebacks that are lost and not paid again, and of which nobody has said who bears them."""
    kept = Chargeback.amount - Chargeback.reinstated_amount
    is_owed = kept > Chargeback.paid_amount + Chargeback.given_up_amount
    return and_(Chargeback.status == ChargebackStatus.LOST, is_owed, Chargeback.bearer.is_(None))


def _undecided(company_id: UUID, chargeback_id: UUID, by: Actor) -> Chargeback:
    if by.belongs_to(company_id):
        raise OwnCompany
    found = papers.locked(company_id, chargeback_id, by)
    check_undecided(found.status, found.owed, found.bearer)
    return found


def _decide(found: Chargeback, bearer: Bearer, reason: str, *, by: Actor) -> Chargeback:
    now, owed = clock.now(), found.owed
    if bearer is Bearer.COMPANY:
        ledger.post(paid_again(found.id, found.company_id, owed, found.entries))
        found.paid_again_at, found.paid_again_by = now, by.person_id
        found.paid_amount += owed.amount
    else:
        ledger.post(given_up(found.id, owed, found.entries))
        found.given_up_amount += owed.amount
    found.entries += 1
    found.bearer, found.bearer_reason = bearer, reason
    found.bearer_decided_by, found.bearer_decided_at = by.person_id, now
    record(f"chargeback.borne_by_{bearer}", found, by=by)
    return found
