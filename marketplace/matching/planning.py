"""The plan: the open seats of a horizon for all people at once, stored with its input, and carried out as offers."""

import json
import zlib
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, func, insert, or_, select
from sqlalchemy.orm import aliased

from marketplace.accounts.models import Company
from marketplace.accounts.rules import CLOCK, Actor, Right, require_company
from marketplace.core import clock, queue
from marketplace.core.db import db
from marketplace.core.events import record
from marketplace.core.ids import new_id
from marketplace.core.lifecycle import move_one
from marketplace.core.problems import NotFound
from marketplace.gigs.models import Gig
from marketplace.gigs.rules import GigStatus
from marketplace.matching import carrying, facts, forgetting, searching, weighing, whole
from marketplace.matching.engine import Given, Planned
from marketplace.matching.instance import First, Instance
from marketplace.matching.models import MatchRun, Plan, PlanInput, PlannedSeat
from marketplace.matching.report import report
from marketplace.matching.rules import (
    HORIZON,
    LONGEST_HORIZON,
    URGENT,
    BadHorizon,
    PlanRunning,
    PlanScope,
    PlanStatus,
)
from marketplace.shifts import leading
from marketplace.shifts.crew_first import CREW_FIRST, LASTS, NOT_IN_THE_LAST
from marketplace.shifts.models import Offer, Shift
from marketplace.shifts.rules import OPEN_OFFER, ShiftStatus
from marketplace.standards.catalogue import RULES

MAKE = "matching.plan"
"""The job that makes a plan; its argument is `plan_id`."""
AGAIN_AFTER = timedelta(minutes=15)
"""How long the clock waits before it looks again for a shift that still has open seats, or plans for new shifts."""
FORGOTTEN_AFTER = timedelta(hours=1)
"""A plan that has been running for so long is taken to be lost with its worker, and holds up no other."""
MOST_AT_ONCE = 200
"""Urgent shifts in one plan of the clock."""


def order(days: int = HORIZON.days, *, company_id: UUID | None = None, seed: int = 0, by: Actor) -> Plan:
    """Has the open seats of the coming days planned by a job: of all companies for operators, of one company for its
    managers. Returns the plan as it was asked for. Raises BadHorizon, and PlanRunning while one like it is made."""
    _may_plan(company_id, by)
    now = clock.now()
    running = select(Plan.id).where(
        Plan.status == PlanStatus.RUNNING,
        Plan.scope == PlanScope.HORIZON,
        Plan.company_id.is_not_distinct_from(company_id),
    )
    if db.session.scalar(running.where(Plan.made_at > now - FORGOTTEN_AFTER).limit(1)) is not None:
        raise PlanRunning
    made = _begin(PlanScope.HORIZON, now, now + timedelta(days=days), company_id=company_id, seed=seed, by=by)
    queue.defer(MAKE, lock=MAKE, plan_id=str(made.id))
    return made


def plan(
    from_: datetime,
    until: datetime,
    *,
    company_id: UUID | None = None,
    seed: int = 0,
    by: Actor,
    solver: whole.Solver | None = None,
) -> Plan:
    """As `order()`, made here and now: for the clock, commands and whoever can wait some seconds. Without a solver by
    the instant path alone."""
    _may_plan(company_id, by)
    made = _begin(PlanScope.HORIZON, from_, until, company_id=company_id, seed=seed, by=by)
    _make(made, openings(made), by=by, solver=solver)
    return made


def make(plan_id: UUID, *, by: Actor = CLOCK, solver: whole.Solver | None = None) -> Plan:
    """Makes a plan that was asked for; one that is made already is left as it is."""
    found = db.session.get(Plan, plan_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound
    if found.status is PlanStatus.RUNNING:
        _make(found, openings(found), by=by, solver=solver)
    return found


def give_up(plan_id: UUID, *, by: Actor = CLOCK) -> None:
    """Marks a plan that could not be made. Nothing of it was offered."""
    found = db.session.get_one(Plan, plan_id, with_for_update=True, populate_existing=True)
    if found.status is PlanStatus.RUNNING:
        move_one(found, PlanStatus.FAILED, by=by, event="plan.failed", values={"done_at": clock.now()})


def plan_due(solver: whole.Solver | None = None) -> int:
    """Plans the coming horizon when the day has not been planned yet, or a shift has come that no plan has looked at,
    and then at most every quarter of an hour. Returns how many plans were made, which is none or one.

    All by business time; a day is one of UTC.
    """
    now = clock.now()
    newest = select(func.max(Plan.made_at)).where(Plan.scope == PlanScope.HORIZON, Plan.company_id.is_(None))
    last = db.session.scalar(newest.where(Plan.status == PlanStatus.DONE))
    open_seats = _with_open_seats(Shift.starts_at < now + HORIZON)
    if last is not None and last.date() == now.date():
        unseen = or_(~exists().where(MatchRun.shift_id == Shift.id), _not_since_the_crew(now))
        if last > now - AGAIN_AFTER:
            return 0
        open_seats = open_seats.where(unseen)
    if db.session.execute(open_seats.limit(1)).first() is None:
        return 0
    plan(now, now + HORIZON, by=CLOCK, solver=solver)
    return 1


def match_due(limit: int = MOST_AT_ONCE) -> int:
    """Looks for people for shifts that begin soon and have seats that nobody is asked about, each at most every quarter
    of an hour: one plan for all of them. Returns for how many.

    What begins later is left to the plan of the horizon, which sees more of it.
    """
    now = clock.now()
    lately = exists().where(MatchRun.shift_id == Shift.id, MatchRun.at > now - AGAIN_AFTER)
    due = _with_open_seats(Shift.starts_at <= now + URGENT, ~lately).order_by(Shift.starts_at, Shift.id)
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


def instance_of(plan_id: UUID, *, only: UUID | None = None) -> Instance | None:
    """What a plan was reckoned from, of its people only the named one if one is named; None once it is forgotten. Who
    was erased since is no longer in it (`matching.forgetting`)."""
    body = db.session.scalar(select(PlanInput.body).where(PlanInput.plan_id == plan_id))
    if body is None:
        return None
    stored = json.loads(zlib.decompress(body))
    if only is not None:
        stored["members"] = [member for member in stored["members"] if member["id"] == str(only)]
    return Instance.of(stored)


def replay(plan_id: UUID) -> list[Planned]:
    """The plan, reckoned again from its stored input: always what was decided then. Raises NotFound once the input, or
    anybody in it, was erased: without them it would be another plan."""
    stored = select(PlanInput.body, Plan.input_sha256).join(Plan, Plan.id == PlanInput.plan_id)
    row = db.session.execute(stored.where(Plan.id == plan_id)).one_or_none()
    if row is None or sha256(text := zlib.decompress(row.body)).hexdigest() != row.input_sha256:
        raise NotFound
    return list(whole.solve(Instance.of(json.loads(text))).planned)


# --- the steps of a plan ----------------------------------------------------------------------------------------------


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


def openings(plan: Plan) -> list[tuple[Shift, Gig]]:
    """What a plan of a horizon is about."""
    return open_between(plan.starts_at, plan.ends_at, company_id=plan.company_id)


def open_between(from_: datetime, until: datetime, *, company_id: UUID | None = None) -> list[tuple[Shift, Gig]]:
    """Shifts still to come that begin within that time and have seats nobody is asked about."""
    within = (Shift.starts_at >= max(from_, clock.now()), Shift.starts_at < until)
    mine = () if company_id is None else (Shift.company_id == company_id,)
    found = _with_open_seats(*within, *mine).order_by(Shift.id)
    return [(row.Shift, row.Gig) for row in db.session.execute(found)]


def _with_open_seats(*which: ColumnElement[bool]) -> Select[Shift, Gig]:
    """Shifts still to come, of open gigs, that have seats nobody is asked about."""
    unanswered = (
        select(func.count())
        .where(Offer.shift_id == Shift.id, Offer.status.in_(OPEN_OFFER))
        .correlate(Shift)
        .scalar_subquery()
    )
    beside = aliased(Shift)
    return (
        select(Shift, Gig)
        .join(Gig, Gig.id == Shift.gig_id)
        .where(
            Shift.status == ShiftStatus.SCHEDULED,
            Shift.starts_at > clock.now(),
            Gig.status == GigStatus.OPEN,
            Shift.seats - Shift.seats_taken > unanswered,
            # Nobody is asked to stand by while a seat of the shift itself is open.
            ~exists().where(beside.id == Shift.standby_of, beside.seats_taken < beside.seats),
            ~leading.is_lead_minutes(),
            *which,
        )
    )


def _not_since_the_crew(now: datetime) -> ColumnElement[bool]:
    """Of shifts for which a crew is asked first: its time is over, and nobody has searched among all people since."""
    of_shift = select(func.min(MatchRun.at)).where(MatchRun.shift_id == Shift.id).correlate(Shift)
    until = func.least(of_shift.scalar_subquery() + LASTS, Shift.starts_at - NOT_IN_THE_LAST)
    since = exists().where(MatchRun.shift_id == Shift.id, MatchRun.at >= until)
    return and_(Shift.crew_id.is_not(None), until <= now, ~since)


def _make(
    plan: Plan, found: facts.ScheduledWork, *, by: Actor, solver: whole.Solver | None = None
) -> tuple[list[MatchRun], list[Offer]]:
    """Reckons the plan, makes its offers and stores everything. Nothing is locked before the offers are made."""
    instance = searching.read(found, plan.scope, seed=plan.seed, weights=weighing.of(plan.weights_version))
    if solver is not None and plan.scope is PlanScope.HORIZON:
        instance = whole.asked(instance, solver)
    solved = whole.solve(instance)
    planned = solved.planned
    digest = _store(plan, instance)
    run_ids = {each.shift_id: new_id() for each in planned}
    first = {opening.shift_id: opening.first for opening in instance.openings}
    reasons = {each.shift_id: _reason(plan, run_ids[each.shift_id], each, first[each.shift_id]) for each in planned}
    offers = carrying.carry_out(found, instance, planned, reasons, by=by)
    runs = _store_runs(plan, found, planned, run_ids, digest, offers)
    counts = {
        "seats": sum(each.seats for each in planned),
        "planned": sum(each.filled for each in planned),
        "offered": len(offers),
    }
    told = report(instance, planned) | {"together": solved.together}
    values = counts | {
        "report": told,
        "input_sha256": digest,
        "done_at": clock.now(),
    }
    move_one(plan, PlanStatus.DONE, by=by, event="plan.done", values=values, data=counts)
    return runs, list(offers.values())


def _reason(plan: Plan, run_id: UUID, planned: Planned, first: First | None) -> dict[str, Any]:
    """What the reason of each offer of a shift tells beside its points: the search, the wave where it is one, and the
    crew where one is or was asked first."""
    told: dict[str, Any] = {"run_id": str(run_id), "plan_id": str(plan.id)}
    if len(planned.given) > planned.seats:
        rule = RULES["WAVES"]
        told["wave"] = {"rule": rule.id, "version": rule.version, "seats": planned.seats, "asked": len(planned.given)}
    if first is not None:
        told["crew"] = {"rule": CREW_FIRST.id, "version": CREW_FIRST.version, "until": first.until.isoformat()}
    return told


def _store(plan: Plan, instance: Instance) -> str:
    """Keeps the input beside the plan, and returns its digest."""
    text = forgetting.canonical(instance.as_dict())
    db.session.execute(insert(PlanInput).values(plan_id=plan.id, body=forgetting.packed(text)))
    return sha256(text).hexdigest()


def _store_runs(
    plan: Plan,
    found: facts.ScheduledWork,
    planned: Sequence[Planned],
    run_ids: Mapping[UUID, UUID],
    digest: str,
    offers: carrying.Made,
) -> list[MatchRun]:
    gigs = {shift.id: gig for shift, gig in found}
    made = Counter(shift_id for shift_id, _ in offers)
    runs = [
        MatchRun(
            id=run_ids[each.shift_id],
            plan_id=plan.id,
            shift_id=each.shift_id,
            gig_id=gigs[each.shift_id].id,
            company_id=gigs[each.shift_id].company_id,
            at=plan.made_at,
            weights_version=plan.weights_version,
            seats=each.seats,
            offered=made[each.shift_id],
            cutoff=each.cutoff,
            turn=each.turn,
            refused=dict(each.refused),
            input_sha256=digest,
        )
        for each in planned
    ]
    db.session.add_all(runs)
    db.session.flush()
    seats = [_seat(plan, run_ids, offers, given) for each in planned for given in each.given]
    if seats:
        db.session.execute(insert(PlannedSeat), sorted(seats, key=lambda seat: seat["turn"]))
    return runs


def _seat(plan: Plan, run_ids: Mapping[UUID, UUID], offers: carrying.Made, given: Given) -> dict[str, Any]:
    offer = offers.get((given.shift_id, given.contractor_id))
    return {
        "id": new_id(),
        "plan_id": plan.id,
        "run_id": run_ids[given.shift_id],
        "shift_id": given.shift_id,
        "contractor_id": given.contractor_id,
        "offer_id": offer.id if offer else None,
        "turn": given.turn,
        "rank": given.scored.rank,
        "score": given.scored.score,
    }
