"""How a decision about a person is written down: by a human, with a reason in words, in the transaction in which it
holds (rule DECISION). Every verb that decides comes through here."""

from uuid import UUID

from sqlalchemy import select

from marketplace.accounts.rules import Actor, OperatorRole, reason_given, require_operator, require_person
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.problems import NotFound
from marketplace.workforce import rules
from marketplace.workforce.models import Contractor, VettingDecision
from marketplace.workforce.rules import Outcome


def write(
    contractor_id: UUID, outcome: Outcome, reason: str, company_id: UUID | None = None, *, by: Actor
) -> VettingDecision:
    """Keeps what was decided, for the company that is named or for the service. Raises Unauthenticated or Forbidden
    unless a person decides, OwnCase, ReasonMissing.

    The reason is about a person: it stands in the decision's row, which can be emptied, and in no event.
    """
    decider = require_person(by)
    rules.check_decider(decider, contractor_id, earlier=None)
    decision = VettingDecision(
        contractor_id=contractor_id,
        company_id=company_id,
        outcome=outcome,
        reason=reason_given(reason),
        decided_by=decider,
        decided_at=clock.now(),
    )
    db.session.add(decision)
    db.session.flush()
    return decision


def for_operator(contractor_id: UUID, by: Actor) -> Contractor:
    """The contractor, locked, for an operator of vetting. Raises NotFound or Forbidden."""
    require_operator(by, OperatorRole.VETTING)
    return find(contractor_id, lock=True)


def find(contractor_id: UUID, *, lock: bool) -> Contractor:
    """Raises NotFound. Whoever decides locks: two who decide about one person come one after the other."""
    found = select(Contractor).where(Contractor.id == contractor_id)
    if lock:
        found = found.with_for_update().execution_options(populate_existing=True)
    if (row := db.session.scalars(found).one_or_none()) is None:
        raise NotFound
    return row
