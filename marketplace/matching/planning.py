"""When a plan is made, and of what: of the open seats of a horizon, of what begins soon, or of one shift.

How it is made stands in `matching.making`.
"""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import exists, func, or_, select

from marketplace.accounts.models import Company
from marketplace.accounts.rules import CLOCK, Actor, Right, require_company
from marketplace.core import clock, queue
from marketplace.core.db import db, transaction
from marketplace.core.events import record
from marketplace.core.problems import NotFound
from marketplace.gigs.models import Gig
from marketplace.matching import facts, making, weighing, whole
from marketplace.matching.making import FORGOTTEN_AFTER
from marketplace.matching.models import MatchRun, Plan
from marketplace.matching.open_seats import not_since_the_crew, openings, with_open_seats
from marketplace.matching.rules import (
    HORIZON,
    LONGEST_HORIZON,
    URGENT,
    BadHorizon,
    PlanRunning,
    PlanScope,
    PlanStatus,
)
from marketplace.matching.whole import Solver
from marketplace.shifts.models import Offer, Shift

MAKE = "matching.plan"
"""The job that makes a plan; its argument is `plan_id`."""
AGAIN_AFTER = timedelta(minutes=15)
"""How long the clock waits before it looks again for a shift that still has open seats, or plans for new shifts."""
MOST_AT_ONCE = 200
"""Urgent shifts in one plan of the clock."""
_BEGINNING = 20_170_001
"""The advisory lock of whoever begins a plan of a horizon: two at once would both find that none is running."""


def order(days: int = HORIZON.days, *, company_id: UUID | None = None, seed: int = 0, by: Actor) -> Plan:
    """Has the open seats of the coming days planned by a job: of all companies for operators, of one company for its
    managers. Returns the plan as it was asked for. Raises BadHorizon, and PlanRunning while one like it is made."""
    _may_plan(company_id, by)
    now = clock.now()
    if _running(company_id, now) is not None:
        raise PlanRunning
    made = _begin(PlanScope.HORIZON, now, now + timedelta(days=days), company_id=company_id, seed=seed, by=by)
    queue.defer(MAKE, lock=MAKE, plan_id=str(made.id))
    return made


def plan(from_: datetime, until: datetime, *, company_id: UUID | None = None, seed: int = 0, by: Actor) -> Plan:
    """As `order()`, made here and now in the transaction of the caller, by the instant path alone."""
    _may_plan(company_id, by)
    made = _begin(PlanScope.HORIZON, from_, until, company_id=company_id, seed=seed, by=by)
    _make(made, openings(made), by=by)
    return made


def plan_due(solver: Solver | None = None) -> int:
    """Plans the coming horizon when the day has not been planned yet, or a shift has come that no plan has looked at,
    and then at most every quarter of an hour; and makes a plan that somebody has begun who did not come to its end.
    Returns how many plans were made, which is none or one. Opens its own transactions, as `making.make()` does.

    All by business time; a day is one of UTC.
    """
    with transaction():
        plan_id = begin_due()
    if plan_id is None:
        return 0
    making.make(plan_id, solver=solver)
    return 1


def begin_due() -> UUID | None:
    """The plan that is to be made now: one that is running, or one that is begun because it is due; None otherwise."""
    now = clock.now()
    if (running := _running(None, now)) is not None:
        return running
    newest = select(func.max(Plan.made_at)).where(Plan.scope == PlanScope.HORIZON, Plan.company_id.is_(None))
    last = db.session.scalar(newest.where(Plan.status == PlanStatus.DONE))
    open_seats = with_open_seats(Shift.starts_at < now + HORIZON)
    if last is not None and last.date() == now.date():
        unseen = or_(~exists().where(MatchRun.shift_id == Shift.id), not_since_the_crew(now))
        if last > now - AGAIN_AFTER:
            return None
        open_seats = open_seats.where(unseen)
    if db.session.execute(open_seats.limit(1)).first() is None:
        return None
    return _begin(PlanScope.HORIZON, now, now + HORIZON, company_id=None, seed=0, by=CLOCK).id


def match_due(limit: int = MOST_AT_ONCE) -> int:
    """Looks for people for shifts that begin soon and have seats that nobody is asked about, each at most every quarter
    of an hour: one plan for all of them. Returns for how many.

    What begins later is left to the plan of the horizon, which sees more of it.
    """
    now = clock.now()
    lately = exists().where(MatchRun.shift_id == Shift.id, MatchRun.at > now - AGAIN_AFTER)
    due = with_open_seats(Shift.starts_at <= now + URGENT, ~lately).order_by(Shift.starts_at, Shift.id)
    found = [(row.Shift, row.Gig) for row in db.session.execute(due.limit(limit))]
    if found:
        urgent = _begin(PlanScope.URGENT, now, now + URGENT, company_id=None, seed=0, by=CLOCK)
        _make(urgent, found, by=CLOCK)
    return len(found)


def plan_one(shift: Shift, gig: Gig, *, by: Actor) -> tuple[MatchRun, list[Offer]]:
    """A plan of one shift, which the caller has locked: what was decided, and the offers that were made."""
    made = _begin(PlanScope.SHIFT, shift.starts_at, shift.ends_at, company_id=shift.company_id, seed=0, by=by)
    (run,), offers = _make(made, [(shift, gig)], by=by)
    return run, offers


# --- the beginning of a plan ----------------------------------------------------------------------------------------


def _may_plan(company_id: UUID | None, by: Actor) -> None:
    if by == CLOCK or (company_id is None and by.is_operator()):
        return
    if company_id is None or db.session.get(Company, company_id) is None:
        raise NotFound
    if not by.is_operator():
        require_company(by, company_id, Right.GIGS)


def _begin(
    scope: PlanScope, from_: datetime, until: datetime, *, company_id: UUID | None, seed: int, by: Actor
) -> Plan:
    if not from_ < until <= from_ + LONGEST_HORIZON:
        raise BadHorizon(field="ends_at")
    made = Plan(
        company_id=company_id,
        scope=scope,
        starts_at=from_,
        ends_at=until,
        made_at=clock.now(),
        weights_version=weighing.current().version,
        seed=seed,
        report={},
        status=PlanStatus.RUNNING,
    )
    db.session.add(made)
    db.session.flush()
    if scope is PlanScope.HORIZON:
        record("plan.asked", made, by=by)
    return made


def _running(company_id: UUID | None, now: datetime) -> UUID | None:
    """The plan of a horizon of these companies that is being made. What has been running for too long is given up.
    Until the transaction ends nobody else begins one."""
    db.session.execute(select(func.pg_advisory_xact_lock(_BEGINNING)))
    running = select(Plan.id, Plan.made_at).where(
        Plan.status == PlanStatus.RUNNING,
        Plan.scope == PlanScope.HORIZON,
        Plan.company_id.is_not_distinct_from(company_id),
    )
    found = None
    for row in db.session.execute(running.order_by(Plan.id)):
        if row.made_at > now - FORGOTTEN_AFTER:
            found = row.id
        else:
            making.give_up(row.id)
    return found


def _make(plan: Plan, found: facts.ScheduledWork, *, by: Actor) -> tuple[list[MatchRun], list[Offer]]:
    """All steps of a plan in the transaction of the caller."""
    taken = making.read(plan, found)
    return making.carry_out(plan.id, taken, whole.solve(taken.instance), by=by)
