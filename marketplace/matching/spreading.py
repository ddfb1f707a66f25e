"""One plan by many workers: the parts of a market that have nobody in common, each solved by whoever comes first.

In prose. Whoever makes a plan lays out the parts and writes a job for all but one of them; then it solves parts like
any other worker until none is left, and waits for those that others have taken. So one worker alone is enough, and none
waits for a job that nobody runs. What was taken by somebody who died is taken again after a while; what nobody collects
is forgotten, and whoever still waits for it then makes do without. Times are those of the machine, since nothing here
is business.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, func, insert, or_, select, update

from marketplace.core import queue
from marketplace.core.db import db
from marketplace.core.ids import new_id
from marketplace.matching.models import PlanPart

PART = "matching.part"
"""The job that solves parts; its argument is `group_id`."""
FORGOTTEN_AFTER = timedelta(hours=6)
"""Parts that nobody has collected by then belong to a plan whose worker died: another one is made."""


@dataclass(frozen=True, slots=True)
class Taken:
    number: int
    seed: int
    problem: bytes


def lay_out(problems: Sequence[bytes], seed: int) -> UUID:
    """Keeps the parts of one plan, and has other workers asked to help. Returns the name of the group."""
    group_id = new_id()
    forget_left()
    rows = [
        {"group_id": group_id, "number": number, "seed": seed, "problem": body} for number, body in enumerate(problems)
    ]
    db.session.execute(insert(PlanPart), rows)
    for _ in rows[1:]:
        queue.defer(PART, group_id=str(group_id))
    return group_id


def take(group_id: UUID, again_after: timedelta) -> Taken | None:
    """The next part that nobody has taken, or that was taken so long ago that whoever did has died; None when there is
    none. Nobody else is given it."""
    free = or_(PlanPart.taken_at.is_(None), PlanPart.taken_at < func.clock_timestamp() - again_after)
    next_one = (
        select(PlanPart.number)
        .where(PlanPart.group_id == group_id, PlanPart.plan.is_(None), free)
        .order_by(PlanPart.number)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    taken = (
        update(PlanPart)
        .where(PlanPart.group_id == group_id, PlanPart.number == next_one.scalar_subquery())
        .values(taken_at=func.clock_timestamp())
        .returning(PlanPart.number, PlanPart.seed, PlanPart.problem)
    )
    row = db.session.execute(taken).one_or_none()
    return None if row is None else Taken(row.number, row.seed, row.problem)


def give_back(group_id: UUID, number: int) -> None:
    """For whoever could not solve what they have taken."""
    _of(group_id, number, taken_at=None)


def answer(group_id: UUID, number: int, plan: bytes) -> None:
    """Keeps the plan of a part. A second answer is the same one, since plans follow from their problem and seed."""
    _of(group_id, number, plan=plan)


def answers(group_id: UUID) -> list[bytes] | None:
    """The plans of all parts by their numbers; None while one is missing, and none at all once they were forgotten."""
    waiting = select(PlanPart.number).where(PlanPart.group_id == group_id, PlanPart.plan.is_(None)).limit(1)
    if db.session.scalar(waiting) is not None:
        return None
    found = select(PlanPart.plan).where(PlanPart.group_id == group_id).order_by(PlanPart.number)
    return [plan for plan in db.session.scalars(found) if plan is not None]


def forget(group_id: UUID) -> None:
    """Deletes the parts of a plan. Whoever still solves one finds nothing to answer."""
    db.session.execute(delete(PlanPart).where(PlanPart.group_id == group_id))


def forget_left() -> int:
    """Deletes the parts that nobody has collected, and returns how many."""
    left = delete(PlanPart).where(PlanPart.made_at < func.clock_timestamp() - FORGOTTEN_AFTER)
    return len(db.session.execute(left.returning(PlanPart.number)).all())


def _of(group_id: UUID, number: int, **values: bytes | None) -> None:
    place = (PlanPart.group_id == group_id, PlanPart.number == number)
    db.session.execute(update(PlanPart).where(*place).values(**values))
