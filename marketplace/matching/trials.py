"""Something is tried on paper: other weights, by operators. What it reads it only reads; only the trial itself is
written, before its job runs and after."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import Select, select, update

from marketplace.accounts.rules import CLOCK, Actor, OperatorRole, Right, require_operator
from marketplace.core import clock, queue
from marketplace.core.db import db
from marketplace.core.events import record
from marketplace.core.lifecycle import move_one
from marketplace.core.problems import NotFound
from marketplace.matching import facts, making, open_seats, weighing
from marketplace.matching.engine import solve
from marketplace.matching.fairness import Tally, moved
from marketplace.matching.instance import Instance
from marketplace.matching.models import Plan, PlanInput, Trial
from marketplace.matching.objective import TRIED_DAYS, Part, Weights, check_weights
from marketplace.matching.rules import HORIZON, PlanScope, PlanStatus, TrialKind, TrialRunning, TrialStatus

MAKE = "matching.try"
"""The job that makes a trial; its argument is `trial_id`."""
MOST_PLANS = 30
"""How many of the last plans weights are tried on."""
AS_IT_STANDS = None
"""Stands among the plans for the coming days as they are open now."""


def order_weights(parts: Mapping[Part, int], *, by: Actor) -> Trial:
    """Operators of standards have weights tried, by a job, against the newest: over what the plans of the last days
    were reckoned from, and the coming days. Raises NotFound or Forbidden for others, and BadWeights."""
    require_operator(by, OperatorRole.STANDARDS)
    check_weights(parts)
    tried = {"weights": {part.value: weight for part, weight in parts.items()}}
    return begin(TrialKind.WEIGHTS, tried, steps=len(_plan_ids()) + 1, by=by)


def begin(
    kind: TrialKind,
    tried: Mapping[str, Any],
    *,
    steps: int,
    company_id: UUID | None = None,
    shift_id: UUID | None = None,
    by: Actor,
) -> Trial:
    """A trial that waits for its job. No company waits for the trials of another, nor of operators. Raises TrialRunning
    while one of the same company is made."""
    if company_id is not None and _is_trying(company_id):
        raise TrialRunning
    made = Trial(
        kind=kind,
        asked_by=by.person_id,
        asked_at=clock.now(),
        weights_version=weighing.newest().version,
        tried=dict(tried),
        steps=steps,
        result={},
        status=TrialStatus.RUNNING,
        company_id=company_id,
        shift_id=shift_id,
    )
    db.session.add(made)
    db.session.flush()
    record("trial.asked", made, by=by)
    queue.defer(MAKE, lock=MAKE if company_id is None else f"{MAKE}:{company_id}", trial_id=str(made.id))
    return made


def trial(trial_id: UUID, *, seen_by: Actor) -> Trial:
    """One trial: of weights for operators, of a shift for its company. Raises NotFound."""
    found = db.session.get(Trial, trial_id)
    if found is None or not (seen_by.is_operator() or _is_of_company(found, seen_by)):
        raise NotFound
    return found


def trials_of_weights(*, seen_by: Actor) -> Select[Trial]:
    """What was tried of weights, for operators. Raises NotFound."""
    if not seen_by.is_operator():
        raise NotFound
    return select(Trial).where(Trial.kind == TrialKind.WEIGHTS)


class Trying(Protocol):
    """The work of a trial: its steps are looked at one after the other, and then it tells what came of them."""

    steps: Sequence[Any]

    def look_at(self, step: Any) -> None: ...
    def told(self) -> Mapping[str, Any]: ...


class TriedWeights:
    """The work of a trial of weights: each step reckons one plan, and leaves nothing in the database."""

    def __init__(self, found: Trial) -> None:
        self.ahead = weighing.of(found.weights_version)
        parts = {part: int(found.tried["weights"][part.value]) for part in Part}
        self.tried = Weights(self.ahead.version + 1, self.ahead.valid_from, MappingProxyType(parts))
        self.steps: Sequence[UUID | None] = [*_plan_ids(), AS_IT_STANDS]
        self.before, self.after = Tally(), Tally()
        self.moved = self.plans = 0

    def look_at(self, plan_id: UUID | None) -> None:
        """Reckons one plan with both weights."""
        instance = _as_it_stands() if plan_id is AS_IT_STANDS else making.instance_of(plan_id)
        if instance is None or not instance.openings:
            return
        before, after = (solve(replace(instance, weights=weights)) for weights in (self.ahead, self.tried))
        self.before.add(instance, before)
        self.after.add(instance, after)
        self.moved += moved(before, after)
        self.plans += 1

    def told(self) -> dict[str, Any]:
        return {
            "plans": self.plans,
            "days": TRIED_DAYS,
            "moved": self.moved,
            "before": self.before.told(),
            "after": self.after.told(),
        }


def waiting(trial_id: UUID) -> Trial | None:
    """A trial that waits for its job; None when it is over."""
    found = db.session.get_one(Trial, trial_id)
    return found if found.status is TrialStatus.RUNNING else None


def progressed(trial_id: UUID, progress: int, steps: int) -> None:
    """Notes how far a trial is, for whoever waits for it."""
    here = update(Trial).where(Trial.id == trial_id, Trial.status == TrialStatus.RUNNING)
    db.session.execute(here.values(progress=min(progress, steps), steps=steps))


def finish(trial_id: UUID, result: Mapping[str, Any], *, by: Actor = CLOCK) -> None:
    """Keeps what came of it."""
    found = db.session.get_one(Trial, trial_id, with_for_update=True, populate_existing=True)
    if found.status is TrialStatus.RUNNING:
        values = {"done_at": clock.now(), "result": dict(result), "progress": found.steps}
        move_one(found, TrialStatus.DONE, by=by, event="trial.done", values=values)


def give_up(trial_id: UUID, *, by: Actor = CLOCK) -> None:
    """Marks a trial that could not be made."""
    found = db.session.get_one(Trial, trial_id, with_for_update=True, populate_existing=True)
    if found.status is TrialStatus.RUNNING:
        move_one(found, TrialStatus.FAILED, by=by, event="trial.failed", values={"done_at": clock.now()})


def _plan_ids() -> list[UUID]:
    """The last plans of a horizon whose input is still kept, the oldest first."""
    since = clock.now() - timedelta(days=TRIED_DAYS)
    last = (
        select(Plan.id)
        .join(PlanInput, PlanInput.plan_id == Plan.id)
        .where(Plan.scope == PlanScope.HORIZON, Plan.status == PlanStatus.DONE, Plan.made_at >= since)
        .order_by(Plan.id.desc())
        .limit(MOST_PLANS)
    )
    return sorted(db.session.scalars(last))


def _as_it_stands() -> Instance:
    now = clock.now()
    return facts.read(open_seats.open_between(now, now + HORIZON))


def _is_trying(company_id: UUID) -> bool:
    running = select(Trial.id).where(Trial.company_id == company_id, Trial.status == TrialStatus.RUNNING)
    lately = running.where(Trial.asked_at > clock.now() - making.FORGOTTEN_AFTER)
    return db.session.scalar(lately.limit(1)) is not None


def _is_of_company(found: Trial, by: Actor) -> bool:
    return found.company_id is not None and by.may(Right.READ, found.company_id)
