"""How a plan is made, step by step: what it rests on is read and kept, it is reckoned, and it is carried out.

In prose. A plan of a horizon may take minutes, so no transaction is open while it is reckoned. One reads the input and
keeps it with the plan; the reckoning is pure, and asks the solver; one more locks the plan, and carries it out if
nobody has done so. Whoever dies on the way leaves a plan that is running, and whoever comes next goes on from the kept
input, which gives the same plan; of several at once one carries it out. What has changed meanwhile is looked at there:
who was erased or barred, or is booked or asked by now, and what is not open any more (`matching.carrying`).

A plan of one shift, or of those that begin soon, takes the same steps in the transaction of whoever asks for it.
"""

import json
import zlib
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select

from marketplace.accounts.rules import CLOCK, Actor
from marketplace.core import clock
from marketplace.core.db import db, in_transaction, transaction
from marketplace.core.ids import new_id
from marketplace.core.lifecycle import move_one
from marketplace.core.problems import NotFound
from marketplace.matching import carrying, facts, forgetting, open_seats, searching, weighing, whole
from marketplace.matching.fairness import too_few
from marketplace.matching.instance import First, Instance
from marketplace.matching.models import MatchRun, Plan, PlanInput, PlannedSeat
from marketplace.matching.planned import Given, Planned
from marketplace.matching.report import report
from marketplace.matching.rules import PlanStatus
from marketplace.matching.whole import Solved, Solver
from marketplace.shifts.crew_first import CREW_FIRST
from marketplace.shifts.models import Offer
from marketplace.standards.catalogue import RULES
from marketplace.workforce.models import Contractor
from marketplace.workforce.rules import ContractorStatus

FORGOTTEN_AFTER = timedelta(hours=1)
"""A plan that has been running for so long speaks of a market that is not there any more: it is given up, and another
one is made."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What a plan is reckoned from, as it is kept with it, and the digest of that."""

    instance: Instance
    digest: str


def make(plan_id: UUID, *, solver: Solver | None = None, by: Actor = CLOCK) -> None:
    """Makes a plan that was begun, or goes on where somebody has died; one that is made already is left as it is.

    Opens its own transactions, and must not be called inside of one (RuntimeError): nothing may be locked while the
    solver works. Safe to repeat, and to do several times at once. What cannot be made is marked so. Raises NotFound.
    """
    if in_transaction():
        raise RuntimeError("Nothing is locked while a plan is reckoned.")
    try:
        with transaction():
            taken = take(plan_id)
        if taken is not None:
            solved = whole.reckon(taken.instance, solver)
            with transaction():
                carry_out(plan_id, taken, solved, by=by)
    except Exception:
        with transaction():
            give_up(plan_id)
        raise


def give_up(plan_id: UUID, *, by: Actor = CLOCK) -> None:
    """Marks a plan that could not be made. Nothing of it was offered."""
    found = _locked(plan_id)
    if found.status is PlanStatus.RUNNING:
        move_one(found, PlanStatus.FAILED, by=by, event="plan.failed", values={"done_at": clock.now()})


def take(plan_id: UUID) -> Taken | None:
    """The first step: what the plan is reckoned from, read and kept, or as somebody has kept it who did not come to its
    end. None when the plan is over. Raises NotFound."""
    plan = _locked(plan_id)
    if plan.status is not PlanStatus.RUNNING:
        return None
    kept = db.session.scalar(select(PlanInput.body).where(PlanInput.plan_id == plan_id))
    if kept is not None:
        text = zlib.decompress(kept)
        return Taken(Instance.of(json.loads(text)), sha256(text).hexdigest())
    return read(plan, open_seats.openings(plan))


def read(plan: Plan, found: facts.ScheduledWork) -> Taken:
    """Reads what a plan of these shifts is reckoned from, and keeps it. Nothing is locked by it."""
    instance = searching.read(found, plan.scope, seed=plan.seed, weights=weighing.of(plan.weights_version))
    text = forgetting.canonical(instance.as_dict())
    db.session.execute(insert(PlanInput).values(plan_id=plan.id, body=forgetting.packed(text)))
    return Taken(instance, sha256(text).hexdigest())


def carry_out(plan_id: UUID, taken: Taken, solved: Solved, *, by: Actor) -> tuple[list[MatchRun], list[Offer]]:
    """The last step: makes the offers of a plan that can still be made, and stores what was decided. Does nothing when
    somebody else has done it."""
    plan = _locked(plan_id)
    if plan.status is not PlanStatus.RUNNING:
        return [], []
    instance, gone = solved.instance, _gone(taken.instance)
    planned = [_without(each, gone) for each in solved.planned] if gone else solved.planned
    digest = _keep(plan, taken, instance, gone)
    run_ids = {each.shift_id: new_id() for each in planned}
    first = {opening.shift_id: opening.first for opening in instance.openings}
    reasons = {each.shift_id: _reason(plan, run_ids[each.shift_id], each, first[each.shift_id]) for each in planned}
    offers = carrying.carry_out(instance, planned, reasons, by=by)
    runs = _store_runs(plan, instance, planned, run_ids, digest, offers)
    counts = {
        "seats": sum(each.seats for each in planned),
        "planned": sum(each.filled for each in planned),
        "offered": len(offers),
    }
    told = report(instance, planned) | solved.told()
    values = counts | {
        "report": told,
        "input_sha256": digest,
        "done_at": clock.now(),
    }
    move_one(plan, PlanStatus.DONE, by=by, event="plan.done", values=values, data=counts)
    return runs, list(offers.values())


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


def _locked(plan_id: UUID) -> Plan:
    found = db.session.get(Plan, plan_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound
    return found


# --- what has changed since the input was read ------------------------------------------------------------------------


def _gone(instance: Instance) -> frozenset[UUID]:
    """Those of its people whose account was closed: they may be erased by now, and nothing more is written of them."""
    ids = [member.id for member in instance.members]
    closed = select(Contractor.id).where(Contractor.id.in_(ids), Contractor.status == ContractorStatus.CLOSED)
    return frozenset(db.session.scalars(closed))


def _without(planned: Planned, gone: Collection[UUID]) -> Planned:
    return replace(planned, given=[given for given in planned.given if given.contractor_id not in gone])


def _keep(plan: Plan, taken: Taken, instance: Instance, gone: Collection[UUID]) -> str:
    """Puts what the solver said beside the input, and takes out of it who is gone. Returns the digest of all that the
    plan was reckoned from, so that it is repeated from all of it or not at all."""
    if instance.wishes is None and not gone:
        return taken.digest
    stored = instance.as_dict()
    text = forgetting.canonical(stored)
    for known in gone:
        stored = forgetting.without(stored, str(known))
    body = forgetting.packed(forgetting.canonical(stored) if gone else text)
    db.session.execute(delete(PlanInput).where(PlanInput.plan_id == plan.id))
    db.session.execute(insert(PlanInput).values(plan_id=plan.id, body=body))
    return sha256(text).hexdigest()


# --- what is stored ---------------------------------------------------------------------------------------------------


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


def _store_runs(
    plan: Plan,
    instance: Instance,
    planned: Sequence[Planned],
    run_ids: Mapping[UUID, UUID],
    digest: str,
    offers: carrying.Made,
) -> list[MatchRun]:
    works = {opening.shift_id: instance.works[opening.gig_id] for opening in instance.openings}
    made = Counter(shift_id for shift_id, _ in offers)
    few = too_few(instance)
    runs = [
        MatchRun(
            id=run_ids[each.shift_id],
            plan_id=plan.id,
            shift_id=each.shift_id,
            gig_id=works[each.shift_id].gig_id,
            company_id=works[each.shift_id].company_id,
            at=plan.made_at,
            weights_version=plan.weights_version,
            seats=each.seats,
            offered=made[each.shift_id],
            cutoff=each.cutoff,
            turn=each.turn,
            refused={} if works[each.shift_id].gig_id in few else dict(each.refused),
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
