"""Benefit plans: what they promise by version, how operators change them, and who is insured under them."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlalchemy.dialects.postgresql import distinct_on

from marketplace.accounts.rules import Actor, OperatorRole, require_operator
from marketplace.contracts.models import BenefitPlan, PlanVersion
from marketplace.contracts.plan_rules import (
    BadPlan,
    NothingToSecond,
    PlanExists,
    Promise,
    SamePerson,
    check_promise,
    lowers,
)
from marketplace.contracts.rules import BenefitKind, Unit
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import record
from marketplace.core.problems import NotFound


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan as it stands on a day: what it is for ever, and what its version of that day promises."""

    id: UUID
    code: str
    kind: BenefitKind
    unit: Unit
    number: int
    promise: Promise

    @property
    def title(self) -> str:
        return self.promise.title

    @property
    def rule(self) -> str | None:
        return self.promise.rule

    @property
    def source(self) -> str:
        return self.promise.source

    @property
    def is_offered(self) -> bool:
        """Whether a new contract may name it."""
        return self.promise.valid_to is None or self.promise.valid_to >= clock.now().date()


def plans() -> dict[str, Plan]:
    """Every plan by its code, as it stands today, in one statement. Of a plan that only begins later, that version."""
    today = clock.now().date()
    found = (
        select(BenefitPlan, PlanVersion)
        .join(PlanVersion, PlanVersion.plan_id == BenefitPlan.id)
        .where(or_(PlanVersion.lowers.is_(False), PlanVersion.seconded_at.is_not(None)))
        .ext(distinct_on(BenefitPlan.code))
        .order_by(BenefitPlan.code, (PlanVersion.valid_from <= today).desc(), PlanVersion.number.desc())
    )
    return {row.BenefitPlan.code: _plan(row.BenefitPlan, row.PlanVersion) for row in db.session.execute(found)}


def versions(code: str) -> list[PlanVersion]:
    """Every version of a plan, the newest first, those that wait for a second person too. Raises NotFound."""
    plan = _named(code)
    found = select(PlanVersion).where(PlanVersion.plan_id == plan.id).order_by(PlanVersion.number.desc())
    return list(db.session.scalars(found))


def waiting_codes() -> set[str]:
    """Plans of which a version takes something away and waits for a second operator."""
    found = select(BenefitPlan.code).join(PlanVersion, PlanVersion.plan_id == BenefitPlan.id)
    return set(db.session.scalars(found.where(PlanVersion.lowers, PlanVersion.seconded_at.is_(None))))


def create(code: str, kind: BenefitKind, unit: Unit, promise: Promise, *, by: Actor) -> PlanVersion:
    """A new plan with its first version. Raises BadPlan or PlanExists."""
    require_operator(by, OperatorRole.STANDARDS)
    check_promise(promise, kind)
    if promise.rule is not None:
        raise BadPlan("A rule that reckons a benefit into every price has its plan already.", field="rule")
    if db.session.scalar(select(BenefitPlan.id).where(BenefitPlan.code == code)) is not None:
        raise PlanExists(field="code")
    plan = BenefitPlan(code=code, kind=kind, unit=unit)
    db.session.add(plan)
    db.session.flush()
    return _write(plan, 1, promise, takes_away=False, by=by)


def revise(code: str, promise: Promise, *, by: Actor) -> PlanVersion:
    """The next version of a plan. Where it takes anything away from people it holds once another operator has agreed.

    Raises NotFound, BadPlan, or NothingToSecond while the version before it waits.
    """
    require_operator(by, OperatorRole.STANDARDS)
    plan = _named(code, lock=True)
    newest = versions(code)[0]
    if newest.waits:
        raise NothingToSecond("The version before it waits for a second person; decide about that first.")
    before = promise_in(newest)
    if promise.rule != before.rule:
        raise BadPlan("Which rule reckons a plan does not change.", field="rule")
    check_promise(promise, plan.kind)
    return _write(plan, newest.number + 1, promise, takes_away=lowers(before, promise), by=by)


def second(code: str, number: int, *, by: Actor) -> PlanVersion:
    """Another operator agrees to a version that takes something away. Raises NotFound, NothingToSecond, SamePerson."""
    require_operator(by, OperatorRole.STANDARDS)
    plan = _named(code, lock=True)
    found = next((each for each in versions(code) if each.number == number), None)
    if found is None:
        raise NotFound
    if not found.waits:
        raise NothingToSecond
    if found.entered_by == by.person_id:
        raise SamePerson
    now = {"seconded_by": by.person_id, "seconded_at": clock.now()}
    db.session.execute(update(PlanVersion).where(PlanVersion.id == found.id).values(now))
    record("benefit_plan.seconded", plan, by=by, data={"number": number})
    db.session.refresh(found)
    return found


def promise_of(given: Mapping[str, Any]) -> Promise:
    """A promise from what a form or a body says."""
    known = {field.name for field in fields(Promise)}
    return Promise(**{name: value for name, value in given.items() if name in known})


def _write(plan: BenefitPlan, number: int, promise: Promise, *, takes_away: bool, by: Actor) -> PlanVersion:
    columns = ("title", "funder", "provider", "policy_no", "contact", "cover", "country", "rule", "portable")
    row = PlanVersion(
        plan_id=plan.id,
        number=number,
        accrual=promise.accrual(plan.unit),
        cash_out=promise.cash_out,
        valid_from=promise.valid_from,
        valid_to=promise.valid_to,
        source=promise.source,
        lowers=takes_away,
        entered_by=by.person_id,
        entered_at=clock.now(),
        **{name: getattr(promise, name) for name in columns},
    )
    db.session.add(row)
    data = {"number": number, "lowers": takes_away}
    record("benefit_plan.version_written", plan, by=by, data=data)
    return row


def _named(code: str, *, lock: bool = False) -> BenefitPlan:
    found = select(BenefitPlan).where(BenefitPlan.code == code)
    plan = db.session.scalars(found.with_for_update() if lock else found).one_or_none()
    if plan is None:
        raise NotFound
    return plan


def _plan(plan: BenefitPlan, version: PlanVersion) -> Plan:
    return Plan(plan.id, plan.code, plan.kind, plan.unit, version.number, promise_in(version))


def promise_in(version: PlanVersion) -> Promise:
    """What a row says. `accrual` keeps the parts of the accrual under their own names."""
    parts = ("per", "amount", "cap_per_year", "waiting_days", "carry_over")
    columns = [field.name for field in fields(Promise) if field.name not in parts]
    accrual = {name: version.accrual[name] for name in parts}
    return Promise(**{name: getattr(version, name) for name in columns}, **accrual)
