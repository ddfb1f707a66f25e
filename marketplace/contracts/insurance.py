"""Insurance is insurance: an insurer, a policy, a person who is enrolled, and whom to call. Nothing is pretended."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, or_, select

from marketplace.accounts.rules import Actor, Right, require_company, require_person
from marketplace.contracts import queries
from marketplace.contracts.leave import lock_person
from marketplace.contracts.models import BenefitPlan, Enrolment, PlanVersion
from marketplace.contracts.plan_rules import INSURANCES, Cover
from marketplace.contracts.plans import Plan, plans
from marketplace.contracts.rules import EnrolledAlready, NotInsurable
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import record
from marketplace.core.lifecycle import WrongState
from marketplace.core.problems import NotFound
from marketplace.workforce import queries as workforce


@dataclass(frozen=True, slots=True)
class Insured:
    """An enrolment with the plan as it stands today."""

    enrolment: Enrolment
    plan: Plan


def enrol(
    company_id: UUID,
    contractor_id: UUID,
    plan: str,
    since: date,
    member_number: str,
    proof: str,
    until: date | None = None,
    *,
    by: Actor,
) -> Enrolment:
    """Writes down that the company has insured somebody who works for it. `proof` is where the certificate is kept.

    Raises NotInsurable unless a contract between the two is in force that names the plan, and the plan is an insurance
    with a policy; EnrolledAlready when the days meet another enrolment under it.
    """
    require_company(by, company_id, Right.MEMBERS)
    named = plans().get(plan)
    if named is None or named.kind not in INSURANCES or not named.promise.policy_no:
        raise NotInsurable("This plan is no insurance with a policy.", field="plan")
    if until is not None and until < since:
        raise NotInsurable("It ends before it begins.", field="until")
    lock_person(contractor_id)  # Two enrolments at once would each not see the other.
    agreed = queries.in_force(company_id, contractor_id, clock.now())
    if agreed is None or plan not in agreed.terms["benefits"]:
        raise NotInsurable("No contract in force between you names this plan.", field="contractor_id")
    met = _meets(since, until), Enrolment.contractor_id == contractor_id, Enrolment.company_id == company_id
    if db.session.scalar(select(Enrolment.id).where(*met, Enrolment.plan_id == named.id)) is not None:
        raise EnrolledAlready(field="since")
    row = Enrolment(
        contractor_id=contractor_id,
        plan_id=named.id,
        company_id=company_id,
        since=since,
        until=until,
        member_number=member_number.strip(),
        proof=proof.strip(),
        entered_by=require_person(by),
        entered_at=clock.now(),
    )
    db.session.add(row)
    record("enrolment.made", row, by=by, data={"plan": plan, "since": since.isoformat()})
    return row


def end(enrolment_id: UUID, until: date, *, by: Actor) -> Enrolment:
    """The company says on which day an insurance ends. Raises NotFound, or WrongState when it ends earlier already."""
    row = db.session.get(Enrolment, enrolment_id, with_for_update=True)
    if row is None:
        raise NotFound
    require_company(by, row.company_id, Right.MEMBERS)
    if row.until is not None and row.until <= until:
        raise WrongState("It ends no later already.", state=row.until.isoformat())
    if until < row.since:
        raise NotInsurable("It ends before it begins.", field="until")
    row.until = until
    record("enrolment.ended", row, by=by, data={"until": until.isoformat()})
    return row


def of_company(company_id: UUID, seen_by: Actor) -> Select[Enrolment]:
    """Everybody whom the company has insured, for its members who sign contracts. Raises NotFound or Forbidden."""
    require_company(seen_by, company_id, Right.MEMBERS)
    return select(Enrolment).where(Enrolment.company_id == company_id)


def of_person(contractor_id: UUID, seen_by: Actor) -> list[Insured]:
    """Somebody's insurances, the newest first. Raises NotFound unless they, an operator or the service asks."""
    workforce.contractor(contractor_id, seen_by)
    known = {plan.id: plan for plan in plans().values()}
    found = select(Enrolment).where(Enrolment.contractor_id == contractor_id).order_by(Enrolment.since.desc())
    return [Insured(row, known[row.plan_id]) for row in db.session.scalars(found)]


@dataclass(frozen=True, slots=True)
class Covers:
    """Who insures whom against accidents, at which company, between which days. The last that fits is right."""

    held: Mapping[tuple[UUID, UUID], Sequence[tuple[date, date, Cover]]]

    def on(self, company_id: UUID, contractor_id: UUID, day: date) -> Cover | None:
        """Who insures somebody who works for the company on that day (rule ACCIDENT); None when nobody does."""
        own = self.held.get((company_id, contractor_id), ())
        return next((cover for since, until, cover in reversed(own) if since <= day <= until), None)


def accident_covers(company_ids: Collection[UUID], contractor_ids: Collection[UUID]) -> Covers:
    """Everybody's insurances against accidents at these companies, whenever they hold, in one statement."""
    found = (
        select(Enrolment, BenefitPlan.code, PlanVersion)
        .join(BenefitPlan, BenefitPlan.id == Enrolment.plan_id)
        .join(PlanVersion, PlanVersion.plan_id == BenefitPlan.id)
        .where(
            Enrolment.company_id.in_(company_ids),
            Enrolment.contractor_id.in_(contractor_ids),
            BenefitPlan.kind.in_(INSURANCES),
            PlanVersion.policy_no.is_not(None),
            or_(PlanVersion.lowers.is_(False), PlanVersion.seconded_at.is_not(None)),
        )
        .order_by(Enrolment.since, PlanVersion.number)
    )
    held: dict[tuple[UUID, UUID], list[tuple[date, date, Cover]]] = {}
    for row in db.session.execute(found):
        enrolment: Enrolment = row.Enrolment
        version: PlanVersion = row.PlanVersion
        since = max(enrolment.since, version.valid_from)
        until = min(enrolment.until or date.max, version.valid_to or date.max)
        named = (str(version.provider), str(version.policy_no), str(version.cover), str(version.contact))
        who = (enrolment.company_id, enrolment.contractor_id)
        held.setdefault(who, []).append((since, until, Cover(row.code, *named)))
    return Covers(held)


def _meets(since: date, until: date | None) -> ColumnElement[bool]:
    """Enrolments that have a day in common with these."""
    ends_later = or_(Enrolment.until.is_(None), Enrolment.until >= since)
    return ends_later if until is None else and_(ends_later, Enrolment.since <= until)
