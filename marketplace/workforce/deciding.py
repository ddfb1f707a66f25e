"""How a decision about a person is written down: by a human, with a reason in words, in the transaction in which it
holds (rule DECISION). Every verb that decides comes through here."""

from collections.abc import Collection, Mapping
from uuid import UUID

from marketplace.accounts.rules import Actor, OperatorRole, reason_given, require_operator, require_person
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.problems import NotFound
from marketplace.workforce import queries, rules
from marketplace.workforce.models import Contractor, VettingDecision
from marketplace.workforce.rules import Outcome


def write(
    contractor_id: UUID, outcome: Outcome, reason: str, company_id: UUID | None = None, *, by: Actor
) -> VettingDecision:
    """Keeps what was decided, for the company that is named or for the service. Raises Unauthenticated or Forbidden
    unless a person decides, OwnCase, ReasonMissing.

    The reason is about a person: it stands in the decision's row, which can be emptied, and in no event.
    """
    return write_many({contractor_id: reason}, outcome, company_id, by=by)[0]


def write_many(
    reasons: Mapping[UUID, str], outcome: Outcome, company_id: UUID | None = None, *, by: Actor
) -> list[VettingDecision]:
    """As `write()`, about several people, each with a reason of their own: one statement."""
    decider, moment = require_person(by), clock.now()
    for contractor_id in reasons:
        rules.check_decider(decider, contractor_id, earlier=None)
    decisions = [
        VettingDecision(
            contractor_id=contractor_id,
            company_id=company_id,
            outcome=outcome,
            reason=reason_given(reason),
            decided_by=decider,
            decided_at=moment,
        )
        for contractor_id, reason in reasons.items()
    ]
    db.session.add_all(decisions)
    db.session.flush()
    return decisions


def for_operator(contractor_id: UUID, by: Actor) -> Contractor:
    """The contractor, locked, for an operator of vetting. Raises NotFound or Forbidden."""
    return several_for_operator([contractor_id], by)[0]


def several_for_operator(contractor_ids: Collection[UUID], by: Actor) -> list[Contractor]:
    """As `for_operator()`, of several people: locked in one order, in one statement."""
    require_operator(by, OperatorRole.VETTING)
    rows = queries.locked_many(contractor_ids)
    return [rows[contractor_id] for contractor_id in contractor_ids]


def find(contractor_id: UUID, *, lock: bool) -> Contractor:
    """Raises NotFound. Whoever decides locks: two who decide about one person come one after the other."""
    if (row := db.session.get(Contractor, contractor_id, with_for_update=lock, populate_existing=lock)) is None:
        raise NotFound
    return row
