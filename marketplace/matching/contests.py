"""A decision of matching is contested: an offer, no offer, or the place among those who said yes; and a human answers.

The same clock holds as for every decision about a person (rule APPEAL). Nothing that ranks people reads any of it: no
module of the score reaches this one.
"""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from marketplace.accounts.rules import CLOCK, Actor, OperatorRole, reason_given, require_operator, require_person
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import record
from marketplace.core.lifecycle import move_one
from marketplace.core.problems import NotFound
from marketplace.matching import queries, service
from marketplace.matching.contest_models import MatchContest
from marketplace.matching.models import MatchRun
from marketplace.matching.rules import ContestStatus
from marketplace.shifts.models import Offer, Shift
from marketplace.workforce import bars
from marketplace.workforce.models import Contractor
from marketplace.workforce.rules import NothingToContest, check_contest, check_decider


def contest(shift_id: UUID, words: str, *, by: Actor) -> MatchContest:
    """The person says what is wrong with why they were, or were not, asked to take a shift, or with their place.

    Once for each shift, within 30 days of the last search or offer. What they were told stands beside their words.
    Raises NotFound, NothingToContest, TooLateToContest, ReasonMissing.
    """
    me = require_person(by)
    queries.visible_shift(shift_id, seen_by=by)
    db.session.get_one(Contractor, me, with_for_update={"key_share": True}, populate_existing=True)
    if of_shift(shift_id, me) is not None:
        raise NothingToContest
    run, offer = queries.latest_run(shift_id), queries.newest_offer(shift_id, me)
    now, told = clock.now(), service.explain(shift_id, me, seen_by=by)
    check_contest(_decided_at(run, offer, now), now)
    made = MatchContest(
        shift_id=shift_id,
        contractor_id=me,
        run_id=run and run.id,
        offer_id=offer and offer.id,
        outcome=told.outcome,
        told=_as_told(told, offer),
        words=reason_given(words),
        filed_at=now,
        answer_by=now + bars.ANSWER_WITHIN,
        status=ContestStatus.OPEN,
    )
    db.session.add(made)
    db.session.flush()
    record("match_contest.filed", made, by=by)
    return made


def answer(contest_id: UUID, outcome: ContestStatus, reason: str, *, by: Actor) -> MatchContest:
    """An operator of disputes says, with a reason that the person reads, whether the decision was right (`upheld`) or
    wrong (`overturned`). Raises NotFound, Forbidden, NoAppeal, TooLateToAnswer, OwnCase, TakesASide, ReasonMissing."""
    require_operator(by, OperatorRole.DISPUTES)
    found = db.session.get(MatchContest, contest_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound
    if found.status is not ContestStatus.OPEN:
        raise bars.NoAppeal
    bars.check_in_time(found.answer_by, clock.now())
    check_decider(require_person(by), found.contractor_id, earlier=None)
    if by.belongs_to(db.session.get_one(Shift, found.shift_id).company_id):
        raise bars.TakesASide
    values = {"answer": reason_given(reason), "answered_by": by.person_id, "answered_at": clock.now()}
    move_one(found, outcome, by=by, event=f"match_contest.{outcome}", values=values)
    return found


def lapse_due(limit: int = 1) -> int:
    """Decides for the person where nobody has answered in time (rule APPEAL). Returns how many there were."""
    due = select(MatchContest).where(MatchContest.status == ContestStatus.OPEN, MatchContest.answer_by <= clock.now())
    due = due.order_by(MatchContest.answer_by, MatchContest.id).limit(limit).with_for_update(skip_locked=True)
    found = db.session.scalars(due.execution_options(populate_existing=True)).all()
    for each in found:
        values = {"answered_at": clock.now()}
        move_one(each, ContestStatus.LAPSED, by=CLOCK, event="match_contest.lapsed", values=values)
    return len(found)


def of_shift(shift_id: UUID, contractor_id: UUID) -> MatchContest | None:
    """What somebody has contested about a shift. The caller has made sure that the asker may see it."""
    found = select(MatchContest).where(MatchContest.shift_id == shift_id, MatchContest.contractor_id == contractor_id)
    return db.session.scalars(found).one_or_none()


def listed(status: ContestStatus | None = None, *, seen_by: Actor) -> Select[MatchContest]:
    """For operators of disputes everything that was contested, for others what they contested themselves."""
    found = select(MatchContest) if status is None else select(MatchContest).where(MatchContest.status == status)
    if seen_by.is_operator(OperatorRole.DISPUTES):
        return found
    return found.where(MatchContest.contractor_id == require_person(seen_by))


def one(contest_id: UUID, *, seen_by: Actor) -> MatchContest:
    """One of them, for an operator of disputes and for whoever filed it. Raises NotFound."""
    found = db.session.get(MatchContest, contest_id)
    mine = found is not None and seen_by.is_in_person(found.contractor_id)
    if found is None or not (mine or seen_by.is_operator(OperatorRole.DISPUTES)):
        raise NotFound
    return found


def _decided_at(run: MatchRun | None, offer: Offer | None, now: datetime) -> datetime:
    """When it was decided last; now, where nothing was and the rules of now were told."""
    return max([each for each in (run and run.at, offer and offer.made_at) if each], default=now)


def _as_told(told: service.Explained, offer: Offer | None) -> Mapping[str, Any]:
    return {
        "sentence": told.sentence,
        "reason": dict(told.reason),
        "verdict": None if told.verdict is None else dict(told.verdict),
        "cutoff": told.cutoff,
        "margin": None if told.margin is None else asdict(told.margin),
        "weights_version": told.weights_version,
        "place": offer.decision if offer is not None else None,
    }
