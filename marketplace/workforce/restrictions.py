"""Restrictions: an operator keeps somebody from some new offers for a while, or a company does for its own gigs.

Whoever restricts locks the person first, as a yes to an offer does: so a yes that came before is kept, and one that
comes after is refused with the rule, the day on which it ends, and where the reason stands.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select

from marketplace.accounts.rules import (
    CLOCK,
    Actor,
    OperatorRole,
    Right,
    reason_given,
    require_company,
    require_operator,
    require_person,
)
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import record
from marketplace.core.lifecycle import WrongState, move
from marketplace.core.problems import NotFound
from marketplace.workforce import appeals, bars, deciding, queries, rules
from marketplace.workforce.bars import AppealStatus, Bar, BarredAlready, RestrictionStatus, Source, Target
from marketplace.workforce.models import Contractor
from marketplace.workforce.rules import Outcome
from marketplace.workforce.standing_models import Restriction


def restrict(
    contractor_id: UUID,
    target: Target,
    reason: str,
    expires_at: datetime,
    begins_at: datetime | None = None,
    *,
    by: Actor,
) -> Restriction:
    """An operator keeps somebody from new offers of that scope, from now or a later moment on and until a day.

    Raises BadScope, BadExpiry, BarredAlready, OwnCase, ReasonMissing. Whether the gig and the kind of work exist is for
    the caller to know.
    """
    me = deciding.for_operator(contractor_id, by)
    return _make(me, Source.OPERATOR, target, reason, expires_at, begins_at, by=by)


def block(contractor_id: UUID, target: Target, reason: str, expires_at: datetime, *, by: Actor) -> Restriction:
    """A company keeps somebody from new offers of its own gigs, or of one. Nobody else hears of it but the person, and
    operators when it is contested.

    Raises as `restrict()`. That the company knows the person is for the caller to know.
    """
    bars.check_target(target, Source.COMPANY)
    assert target.company_id is not None
    require_company(by, target.company_id, Right.GIGS)
    me = deciding.find(contractor_id, lock=True)
    return _make(me, Source.COMPANY, target, reason, expires_at, None, by=by)


def lift(restriction_id: UUID, reason: str, *, by: Actor) -> Restriction:
    """Ends a restriction before its time: an operator any, a company its own. An appeal that waits is answered by it,
    for the person. Raises NotFound, Forbidden, ReasonMissing, OwnCase, or WrongState when it has ended."""
    seen = one(restriction_id, by)
    if not by.is_operator(OperatorRole.VETTING):
        if seen.source is not Source.COMPANY or seen.company_id is None:
            raise NotFound
        require_company(by, seen.company_id, Right.GIGS)
    rules.check_decider(require_person(by), seen.contractor_id, earlier=None)
    deciding.find(seen.contractor_id, lock=True)
    given = reason_given(reason)
    if not appeals.end(seen, given, by=by):
        raise WrongState("It has ended.", state=str(seen.status))
    appeal = None if seen.decision_id is None else appeals.open_against(seen.decision_id)
    if appeal is not None:
        appeals.close(appeal, AppealStatus.OVERTURNED, given, by=by)
    return seen


def expire_due(limit: int = 200) -> int:
    """Ends restrictions whose time is over. Returns how many."""
    now = clock.now()
    due = (
        select(Restriction.id)
        .where(Restriction.status == RestrictionStatus.ACTIVE, Restriction.expires_at <= now)
        .order_by(Restriction.expires_at)
        .limit(limit)
        .with_for_update(skip_locked=True, of=Restriction)
    )
    moved = move(
        Restriction,
        db.session.scalars(due).all(),
        old=RestrictionStatus.ACTIVE,
        new=RestrictionStatus.EXPIRED,
        by=CLOCK,
        event="restriction.expired",
        values={"ended_at": now},
    )
    return len(moved)


# --- reading --------------------------------------------------------------------------------------------------------


def in_force(people: Collection[Contractor], at: datetime) -> dict[UUID, list[Bar]]:
    """What keeps these people from new offers at that moment: one statement, however many they are, and none where
    nobody has a restriction that could still be in force."""
    return bars_of([who.id for who in people if who.barred_until is not None and who.barred_until > at], at)


def bars_of(maybe: Collection[UUID], at: datetime) -> dict[UUID, list[Bar]]:
    """As `in_force`, of those who may have one."""
    found: dict[UUID, list[Bar]] = defaultdict(list)
    if not maybe:
        return found
    table = Restriction.__table__.c
    rows = select(
        table.contractor_id, table.id, table.source, table.scope, table.company_id, table.gig_id, table.category,
        table.expires_at,
    ).where(
        table.contractor_id.in_(maybe),
        table.status == RestrictionStatus.ACTIVE,
        table.begins_at <= at,
        table.expires_at > at,
    )  # fmt: skip
    for row in db.session.execute(rows.order_by(table.id)):
        target = Target(row.scope, row.company_id, row.gig_id, row.category)
        found[row.contractor_id].append(Bar(row.id, row.source, target, row.expires_at))
    return found


def of_person(contractor_id: UUID, seen_by: Actor) -> list[Restriction]:
    """Every restriction of a person, those that have ended too, the latest first; for themselves and operators.

    Raises NotFound for everybody else: a company sees its own blocks alone (`of_company`).
    """
    queries.contractor(contractor_id, seen_by)
    found = select(Restriction).where(Restriction.contractor_id == contractor_id)
    return list(db.session.scalars(found.order_by(Restriction.id.desc())))


def of_company(company_id: UUID, seen_by: Actor) -> Select[Restriction]:
    """The blocks that a company has made, for its members."""
    require_company(seen_by, company_id, Right.READ)
    return select(Restriction).where(Restriction.company_id == company_id, Restriction.source == Source.COMPANY)


def one(restriction_id: UUID, seen_by: Actor) -> Restriction:
    """One restriction, for the person, for operators of vetting, and a block for its company. Raises NotFound."""
    found = db.session.get(Restriction, restriction_id)
    if found is None or not _may_see(found, seen_by):
        raise NotFound
    return found


def _may_see(row: Restriction, seen_by: Actor) -> bool:
    if seen_by.is_in_person(row.contractor_id) or seen_by.is_operator(OperatorRole.VETTING):
        return True
    own = row.source is Source.COMPANY and row.company_id is not None
    return own and row.company_id is not None and seen_by.may(Right.READ, row.company_id)


# --- making ---------------------------------------------------------------------------------------------------------

_OUTCOMES: Mapping[Source, Outcome] = {Source.OPERATOR: Outcome.RESTRICTED, Source.COMPANY: Outcome.BLOCKED}
_EVENTS = {Source.OPERATOR: "restriction.made", Source.COMPANY: "restriction.made_by_company"}


def _make(
    me: Contractor,
    source: Source,
    target: Target,
    reason: str,
    expires_at: datetime,
    begins_at: datetime | None,
    *,
    by: Actor,
) -> Restriction:
    now = clock.now()
    begins = begins_at or now
    bars.check_target(target, source)
    bars.check_span(source, now, begins, expires_at)
    _check_new(me.id, source, target)
    company_id = target.company_id if source is Source.COMPANY else None
    decision = deciding.write(me.id, _OUTCOMES[source], reason, company_id, by=by)
    made = Restriction(
        contractor_id=me.id,
        decision_id=decision.id,
        source=source,
        scope=target.scope,
        company_id=target.company_id,
        gig_id=target.gig_id,
        category=target.category,
        begins_at=begins,
        expires_at=expires_at,
        status=RestrictionStatus.ACTIVE,
    )
    db.session.add(made)
    me.barred_until = max(expires_at, me.barred_until or expires_at)
    record(_EVENTS[source], made, by=by, data={"scope": str(target.scope), "until": expires_at.isoformat()})
    return made


def _check_new(contractor_id: UUID, source: Source, target: Target) -> None:
    """The person is locked, so nobody else makes the same one meanwhile."""
    same = select(Restriction.id).where(
        Restriction.contractor_id == contractor_id,
        Restriction.source == source,
        Restriction.status == RestrictionStatus.ACTIVE,
        Restriction.expires_at > clock.now(),
        Restriction.scope == target.scope,
        Restriction.company_id.is_not_distinct_from(target.company_id),
        Restriction.gig_id.is_not_distinct_from(target.gig_id),
        Restriction.category.is_not_distinct_from(target.category),
    )
    if db.session.scalar(same.limit(1)) is not None:
        raise BarredAlready


def restrict_everything(contractor_id: UUID, reason: str, expires_at: datetime, *, by: Actor) -> Restriction:
    """`restrict()` from all new offers, from now on."""
    require_operator(by, OperatorRole.VETTING)
    return restrict(contractor_id, bars.EVERYTHING, reason, expires_at, by=by)
