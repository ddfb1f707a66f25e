"""The verbs of whoever takes a test: begin, save, hand in. Each minute is paid, whatever comes of it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from marketplace.accounts.rules import CLOCK, Actor, require_person
from marketplace.core import clock
from marketplace.core.db import db, each_alone
from marketplace.core.events import record
from marketplace.core.ids import new_id
from marketplace.core.lifecycle import WrongState, move_one
from marketplace.core.problems import NotFound
from marketplace.qualifications import attempt_rules, funding, queries, rules, scoring
from marketplace.qualifications.models import Answer, Attempt, Holding, Qualification, TestItem, TestVersion
from marketplace.qualifications.rules import (
    AttemptFlag,
    AttemptStatus,
    NotTakenNow,
    NotVettedYet,
    OwnerNotVerified,
    QualificationStatus,
    TimeOver,
)
from marketplace.standards.hours import Span
from marketplace.workforce.models import Contractor


def start(qualification_id: UUID, work: Sequence[Span] = (), *, by: Actor) -> Attempt:
    """Begins the test, and holds what it may cost at most. Whoever has begun it goes on with the same attempt.

    `work` are the shifts around now, which the room of shifts tells; other attempts are counted here (TEST_HOURS).
    Raises NotFound, NotVettedYet, NotTakenNow, OwnerNotVerified, AlreadyHeld, TooEarly, TooMuchWork, NoFunds.
    """
    me = _locked(require_person(by))
    found = db.session.get(Qualification, qualification_id)
    if found is None or found.status is QualificationStatus.DRAFT:
        raise NotFound
    if (running := _running(me.id, found.id)) is not None:
        return running
    if not queries.is_vetted(me):
        raise NotVettedYet
    version = queries.in_force(found.id)
    if version is None or found.status is not QualificationStatus.OPEN:
        raise NotTakenNow
    if found.company_id is not None and not queries.verified([found.company_id]):
        raise OwnerNotVerified
    attempt_rules.check_may_start(
        queries.past(me.id, found.id),
        clock.now(),
        retake_days=found.retake_days,
        most_attempts=found.most_attempts,
        period_days=found.period_days,
    )
    made = _begin(me, found, version, work)
    record("attempt.started", made, by=by)
    funding.hold(made)
    return made


def save(attempt_id: UUID, item_id: UUID, value: Any, *, by: Actor) -> Attempt:
    """Keeps the answer to one item in place of the one before; None takes it away. Saving twice is saving once.

    Raises NotFound, BadAnswer, TimeOver at the safety cap, WrongState when it is handed in.
    """
    found = _going(queries.attempt(attempt_id, by, lock=True))
    if item_id not in found.item_ids:
        raise NotFound
    if _seen(found, clock.now()) >= found.cap_minutes * 60:
        raise TimeOver
    if value is not None:
        scoring.check_answer(db.session.get_one(TestItem, item_id).item, value)
    row = upsert(Answer).values(attempt_id=found.id, item_id=item_id, value=value, saved_at=clock.now())
    changed = {"value": row.excluded.value, "saved_at": row.excluded.saved_at}
    db.session.execute(row.on_conflict_do_update(index_elements=["attempt_id", "item_id"], set_=changed))
    return found


def hand_in(attempt_id: UUID, *, by: Actor) -> Attempt:
    """Ends the test and scores it. Handing in twice is handing in once: the first result stands."""
    found = queries.attempt(attempt_id, by, lock=True)
    if found.status in rules.SCORED:
        return found
    _going(found)
    _seen(found, clock.now())
    # A correction either has been made before the answers are scored, or finds them scored: see `contests.uphold`.
    shared = {"read": True}
    version = db.session.get_one(TestVersion, found.version_id, with_for_update=shared, populate_existing=True)
    scored = _score(found)
    passed = rules.passes(scored, found.most, version.pass_percent)
    outcome = AttemptStatus.PASSED if passed else AttemptStatus.FAILED
    _end(found, outcome, clock.now(), {"scored": scored}, by=by)
    if passed:
        hold_passed([found.id])
    return found


def give_up(attempt_id: UUID, *, by: Actor) -> Attempt:
    """Ends the test without a result. The minutes until now are paid; it counts as an attempt."""
    found = _going(queries.attempt(attempt_id, by, lock=True))
    _seen(found, clock.now())
    _end(found, AttemptStatus.ABANDONED, clock.now(), {}, by=by)
    return found


def end_due(limit: int = 100, but: Collection[UUID] = ()) -> int:
    """Ends the attempts of people who did not come back in time; their minutes are paid. Returns how many."""
    lost = Attempt.last_seen_at <= clock.now() - attempt_rules.RESUMED_WITHIN
    due = select(Attempt).where(Attempt.status == AttemptStatus.STARTED, lost, Attempt.id.not_in(but))
    found = db.session.scalars(due.order_by(Attempt.id).limit(limit).with_for_update(skip_locked=True)).all()
    return each_alone(found, lambda each: _end(each, AttemptStatus.ABANDONED, clock.now(), {}, by=CLOCK))


def take(attempt_ids: Collection[UUID]) -> None:
    """Marks ended attempts as taken by a pay run, which pays them once and for ever. For the room of pay."""
    taken = update(Attempt).where(Attempt.id.in_(attempt_ids), Attempt.taken_at.is_(None))
    db.session.execute(taken.values(taken_at=clock.now()))


def hold_passed(attempt_ids: Sequence[UUID]) -> None:
    """Whoever passed holds the qualification from their attempt's end on, for as long as it is valid: one statement."""
    rows = (
        select(Attempt, Qualification.valid_days)
        .join(Qualification, Qualification.id == Attempt.qualification_id)
        .where(Attempt.id.in_(attempt_ids))
        .order_by(Attempt.id)
    )
    made = [_holding(row.Attempt, row.valid_days) for row in db.session.execute(rows)]
    if made:
        db.session.execute(upsert(Holding).on_conflict_do_nothing(index_elements=["attempt_id"]), made)


def _begin(me: Contractor, found: Qualification, version: TestVersion, work: Sequence[Span]) -> Attempt:
    now, attempt_id = clock.now(), new_id()
    seconds = queries.measured([version.id]).get(version.id, [])
    typical = attempt_rules.typical_minutes(version.estimate_minutes, seconds)
    cap = attempt_rules.cap_minutes(typical, version.limit_minutes)
    earlier = queries.worked(me.id, now - attempt_rules.AROUND, now + attempt_rules.AROUND)
    attempt_rules.check_hours([*work, *earlier], now, cap, queries.place_of(me))
    rate = attempt_rules.fair_rate(found.rate, queries.floor_of(me, found.currency))
    seed = attempt_id.int & (1 << 62) - 1
    by_id = {str(item.id): item for item in version.items}
    drawn = scoring.shuffled(seed, list(by_id))[: version.draw]
    values = {
        "id": attempt_id,
        "qualification_id": found.id,
        "version_id": version.id,
        "company_id": found.company_id,
        "contractor_id": me.id,
        "seed": seed,
        "item_ids": [UUID(each) for each in drawn],
        "rate_amount": rate.amount,
        "currency": rate.currency,
        "typical_minutes": typical,
        "cap_minutes": cap,
        "held_amount": attempt_rules.highest_cost(rate, cap).amount,
        "started_at": now,
        "last_seen_at": now,
        "worked_seconds": 0,
        "flags": [],
        "most": rules.points_of([by_id[each].item for each in drawn]),
        "status": AttemptStatus.STARTED,
    }
    return db.session.scalars(insert(Attempt).returning(Attempt), [values]).one()


def _seen(found: Attempt, now: datetime) -> int:
    """Counts the time since the last sign of life, and returns all of it so far in seconds."""
    seconds, silent = attempt_rules.counted(found.worked_seconds, now - found.last_seen_at)
    found.worked_seconds, found.last_seen_at = seconds, max(now, found.last_seen_at)
    if silent:
        found.flags = sorted({*found.flags, str(AttemptFlag.SILENT)})
    return seconds


def _end(found: Attempt, outcome: AttemptStatus, now: datetime, values: Mapping[str, Any], *, by: Actor) -> None:
    minutes = attempt_rules.paid_minutes(found.worked_seconds, found.cap_minutes)
    told = {"ended_at": now, "paid_minutes": minutes, "flags": _flags(found, minutes)} | dict(values)
    move_one(found, outcome, by=by, event=f"attempt.{outcome}", values=told, data={"paid_minutes": minutes})
    funding.return_rest(found, attempt_rules.highest_cost(found.rate, minutes))


def _flags(found: Attempt, minutes: int) -> list[str]:
    flags = set(found.flags)
    if minutes > found.typical_minutes:
        flags.add(str(AttemptFlag.LONGER_THAN_ESTIMATED))
    if found.worked_seconds > found.cap_minutes * 60:
        flags.add(str(AttemptFlag.CAPPED))
    return sorted(flags)


def _score(found: Attempt) -> int:
    """Writes what each answer is worth, and returns the points in ten-thousandths. An item that was corrected is
    scored as it is corrected."""
    given, items = queries.answers(found.id), queries.items(found.item_ids)
    corrected = queries.corrections(found.item_ids)
    scores = {}
    for item in items:
        answer = given.get(item.id)
        part = worth_of(item, corrected.get(item.id), answer.value if answer else None)
        scores[item.id] = scoring.units(part)
    now = clock.now()
    rows = [
        {"attempt_id": found.id, "item_id": item_id, "value": None, "saved_at": now, "scored": score}
        for item_id, score in scores.items()
    ]
    written = upsert(Answer)
    scored = {"scored": written.excluded.scored}
    db.session.execute(written.on_conflict_do_update(index_elements=["attempt_id", "item_id"], set_=scored), rows)
    return sum(scores[item.id] * item.points for item in items)


def worth_of(item: TestItem, correction: Any, value: Any) -> Fraction:
    """What an answer is worth by the item's key, or by its correction where there is one; never less for it."""
    own = scoring.worth(item.item, value)
    if correction is None:
        return own
    if correction.key is None:
        return Fraction(1)
    mended = scoring.Item(item.kind, item.prompt, correction.key, item.ask, item.points)
    return max(own, scoring.worth(mended, value))


def _holding(found: Attempt, valid_days: int) -> dict[str, Any]:
    assert found.ended_at is not None
    return {
        "id": new_id(),
        "qualification_id": found.qualification_id,
        "company_id": found.company_id,
        "contractor_id": found.contractor_id,
        "attempt_id": found.id,
        "evidence": "",
        "reason": "",
        "since": found.ended_at,
        "until": found.ended_at + timedelta(days=valid_days),
    }


def _going(found: Attempt) -> Attempt:
    if found.status is not AttemptStatus.STARTED:
        raise WrongState("The test is handed in, or has ended.", state=str(found.status))
    return found


def _running(contractor_id: UUID, qualification_id: UUID) -> Attempt | None:
    found = select(Attempt).where(
        Attempt.contractor_id == contractor_id,
        Attempt.qualification_id == qualification_id,
        Attempt.status == AttemptStatus.STARTED,
    )
    return db.session.scalars(found).one_or_none()


def _locked(contractor_id: UUID) -> Contractor:
    """Two beginnings of one person come one after the other."""
    found = db.session.get(Contractor, contractor_id, with_for_update={"key_share": True}, populate_existing=True)
    if found is None:
        raise NotFound
    return found
