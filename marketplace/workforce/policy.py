"""What the service asks of applicants: published, with a version; whoever has applied keeps what was asked of them."""

from collections.abc import Collection, Sequence

from sqlalchemy import func, select

from marketplace.accounts.rules import Actor, OperatorRole, reason_given, require_operator, require_person
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import record
from marketplace.core.problems import Conflict
from marketplace.workforce.paper_models import VettingPolicy
from marketplace.workforce.papers import FIRST_POLICY, Policy, Provider, check_policy
from marketplace.workforce.rules import RequirementKind, check_place

_PUBLISHING = 7301


def current() -> Policy:
    """The policy that holds now."""
    newest = db.session.scalars(select(VettingPolicy).order_by(VettingPolicy.version.desc()).limit(1)).one_or_none()
    return FIRST_POLICY if newest is None else _read(newest)


def history() -> Sequence[VettingPolicy]:
    """Every policy that operators have published, the newest first."""
    return db.session.scalars(select(VettingPolicy).order_by(VettingPolicy.version.desc())).all()


def publish(
    kinds: Collection[RequirementKind],
    identity_by: Collection[Provider],
    documents_for: Collection[RequirementKind],
    work_evidence_in: Collection[str],
    reason: str,
    *,
    by: Actor,
) -> Policy:
    """Operators of standards ask for something else from now on, and say why. New applications are asked by it.

    Raises NotFound or Forbidden for others, BadPolicy, BadPlace, ReasonMissing.
    """
    require_operator(by, OperatorRole.STANDARDS)
    check_policy(kinds, identity_by)
    for country in work_evidence_in:
        check_place(country, None)
    row = VettingPolicy(
        version=current().version + 1,
        kinds=sorted(set(kinds), key=list(RequirementKind).index),
        identity_by=sorted(set(identity_by)),
        documents_for=sorted(set(documents_for)),
        work_evidence_in=sorted(set(work_evidence_in)),
        reason=reason_given(reason),
        set_by=require_person(by),
        set_at=clock.now(),
    )
    # Two who publish at once would make the same version twice: the second waits here, and is told.
    db.session.execute(select(func.pg_advisory_xact_lock(_PUBLISHING)))
    if row.version != current().version + 1:
        raise Conflict
    db.session.add(row)
    record("vetting_policy.published", row, by=by, data={"version": row.version})
    return _read(row)


def _read(row: VettingPolicy) -> Policy:
    return Policy(
        version=row.version,
        kinds=tuple(RequirementKind(kind) for kind in row.kinds),
        identity_by=tuple(Provider(each) for each in row.identity_by),
        documents_for=frozenset(RequirementKind(kind) for kind in row.documents_for),
        work_evidence_in=frozenset(row.work_evidence_in),
    )
