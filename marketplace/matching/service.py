"""Search people for a shift, ask them, and explain it: to whoever was asked, and to whoever was not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import exists, func, insert, select

from marketplace.accounts.rules import CLOCK, Actor, Right, require_company
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import record
from marketplace.core.ids import new_id
from marketplace.core.problems import NotFound
from marketplace.gigs.models import Gig
from marketplace.gigs.rules import GigStatus
from marketplace.matching import queries
from marketplace.matching.models import Explanation, MatchRun
from marketplace.matching.rules import (
    CURRENT,
    SENTENCES,
    Candidate,
    Outcome,
    Scored,
    band_verdict,
    offer_until,
    rank,
)
from marketplace.shifts import offers
from marketplace.shifts import queries as shifts
from marketplace.shifts.eligibility import Seat, first_no
from marketplace.shifts.hours import scheduled_minutes
from marketplace.shifts.models import Offer, Shift
from marketplace.shifts.rules import OfferStatus, ShiftBegun, ShiftStatus
from marketplace.shifts.terms import digest
from marketplace.standards.verdicts import Verdict
from marketplace.workforce.models import Contractor

AGAIN_AFTER = timedelta(minutes=15)
"""How long the clock waits before it searches again for a shift that still has open seats."""


@dataclass(frozen=True, slots=True)
class Explained:
    """Why a person was, or was not, asked to take a shift. `verdict` is the rule that decided, where one did; `cutoff`
    the lowest score that was offered a seat in the same search."""

    outcome: Outcome
    sentence: str
    reason: Mapping[str, Any] = field(default_factory=dict)
    verdict: Mapping[str, Any] | None = None
    cutoff: int | None = None
    weights_version: int = CURRENT.version


@dataclass(frozen=True, slots=True)
class _Field:
    """Everybody who was looked at: those who can be ranked, and why the others cannot."""

    candidates: Sequence[Candidate]
    refused: Mapping[UUID, Verdict]
    asked: Sequence[UUID]


def match(shift_id: UUID, *, by: Actor) -> list[Offer]:
    """Asks the best people for the seats that are open and not yet offered, and stores what was seen and decided.

    Returns the offers made, which may be none. Raises GigNotOpen, ShiftBegun.
    """
    # The shift is locked: two searches at once would offer the same seats twice.
    shift = db.session.get(Shift, shift_id, with_for_update={"key_share": True}, populate_existing=True)
    if shift is None:
        raise NotFound
    if by != CLOCK:
        require_company(by, shift.company_id, Right.GIGS)
    now = clock.now()
    if shift.status is not ShiftStatus.SCHEDULED or shift.starts_at <= now:
        raise ShiftBegun
    seat = shifts.seat_of(shift, db.session.get_one(Gig, shift.gig_id))
    seats = max(0, shift.seats_open - _unanswered(shift.id))
    found = _field(shift, seat)
    ranked = rank(found.candidates, shift.id, _length(seat), CURRENT)
    chosen = ranked[:seats]
    run = _remember(shift, seats, found, ranked, chosen)
    record("shift.matched", run, by=by, data={"seats": seats, "offered": len(chosen)})
    why = [(each.candidate.contractor_id, _why(each, run)) for each in chosen]
    return offers.make_offers(shift, why, offer_until(now, shift.starts_at), by=by)


def match_due(limit: int = 20) -> int:
    """Searches for shifts of open gigs that have seats nobody is asked about, each at most every quarter of an hour.

    Returns how many searches were made.
    """
    now = clock.now()
    unanswered = (
        select(func.count())
        .where(Offer.shift_id == Shift.id, Offer.status == OfferStatus.PENDING)
        .correlate(Shift)
        .scalar_subquery()
    )
    lately = exists().where(MatchRun.shift_id == Shift.id, MatchRun.at > now - AGAIN_AFTER)
    due = (
        select(Shift.id)
        .join(Gig, Gig.id == Shift.gig_id)
        .where(
            Shift.status == ShiftStatus.SCHEDULED,
            Shift.starts_at > now,
            Gig.status == GigStatus.OPEN,
            Shift.seats - Shift.seats_taken > unanswered,
            ~lately,
        )
        .order_by(Shift.starts_at)
        .limit(limit)
        .with_for_update(of=Shift, skip_locked=True, key_share=True)
    )
    found = db.session.scalars(due).all()
    for shift_id in found:
        match(shift_id, by=CLOCK)
    return len(found)


def explain(shift_id: UUID, contractor_id: UUID, *, seen_by: Actor) -> Explained:
    """Why this person was, or was not, asked to take this shift: by the last search, else as the rules stand now.

    For the person and for operators; for the company only about people whom it has asked. Raises NotFound.
    """
    shift = db.session.get(Shift, shift_id)
    who = db.session.get(Contractor, contractor_id)
    if shift is None or who is None or not _may_ask(shift, contractor_id, seen_by):
        raise NotFound
    known = queries.latest_explanation(shift_id, contractor_id)
    if known is None:
        return _explain_now(shift, who)
    told, run = known
    sentence = str(told.verdict["sentence"]) if told.verdict else SENTENCES[told.outcome]
    return Explained(told.outcome, sentence, told.reason, told.verdict, run.cutoff, run.weights_version)


def _may_ask(shift: Shift, contractor_id: UUID, seen_by: Actor) -> bool:
    if shifts.is_self(seen_by, contractor_id) or seen_by.is_operator():
        return True
    return seen_by.may(Right.READ, shift.company_id) and contractor_id in queries.asked_before(shift.id)


def _explain_now(shift: Shift, who: Contractor) -> Explained:
    by_hand = select(Offer.reason).where(Offer.shift_id == shift.id, Offer.contractor_id == who.id)
    if (reason := db.session.scalar(by_hand.order_by(Offer.id.desc()).limit(1))) is not None:
        return Explained(Outcome.OFFERED, "The company asked this person by hand.", reason)
    seat = shifts.seat_of(shift, db.session.get_one(Gig, shift.gig_id))
    people = shifts.people([who], shift.company_id, seat)
    verdict = first_no(seat, people[who.id])
    if verdict is None:
        candidate = queries.candidates([who], people, shift.company_id, seat)[who.id]
        verdict = band_verdict(candidate, _length(seat))
    if verdict.failed:
        return Explained(Outcome.NOT_ELIGIBLE, verdict.sentence, verdict=verdict.as_dict())
    return Explained(Outcome.NOT_NEEDED, "Nobody has been searched for since this person can be asked.")


def _unanswered(shift_id: UUID) -> int:
    pending = select(func.count()).where(Offer.shift_id == shift_id, Offer.status == OfferStatus.PENDING)
    return db.session.scalar(pending) or 0


def _length(seat: Seat) -> int:
    return scheduled_minutes(seat.span.starts_at, seat.span.ends_at)


def _field(shift: Shift, seat: Seat) -> _Field:
    """Everybody under contract with the company, each asked the same rules in the same order."""
    everybody = shifts.pool(shift.company_id, shift.ends_at)
    people = shifts.people(everybody, shift.company_id, seat)
    known = queries.candidates(everybody, people, shift.company_id, seat)
    before = queries.asked_before(shift.id)
    rankable, refused = [], {}
    for who in everybody:
        if who.id in before:
            continue
        verdict = first_no(seat, people[who.id]) or band_verdict(known[who.id], _length(seat))
        if verdict.failed:
            refused[who.id] = verdict
        else:
            rankable.append(known[who.id])
    return _Field(rankable, refused, [who.id for who in everybody if who.id in before])


def _remember(shift: Shift, seats: int, found: _Field, ranked: Sequence[Scored], chosen: Sequence[Scored]) -> MatchRun:
    """Stores what was seen and decided: the run with its input, and an explanation for each person."""
    seen = {
        "shift_id": str(shift.id),
        "seats": seats,
        "weights": CURRENT.as_dict(),
        "shift_minutes": scheduled_minutes(shift.starts_at, shift.ends_at),
        "candidates": [candidate.as_dict() for candidate in found.candidates],
    }
    run = MatchRun(
        id=new_id(),
        shift_id=shift.id,
        gig_id=shift.gig_id,
        company_id=shift.company_id,
        at=clock.now(),
        weights_version=CURRENT.version,
        seats=seats,
        offered=len(chosen),
        cutoff=chosen[-1].score if chosen else None,
        input=seen,
        input_sha256=digest(seen),
    )
    db.session.add(run)
    db.session.flush()
    rows = [_row(run, who, Outcome.NOT_ELIGIBLE, verdict=verdict) for who, verdict in found.refused.items()]
    rows += [_row(run, who, Outcome.ASKED_BEFORE) for who in found.asked]
    for each in ranked:
        outcome = Outcome.OFFERED if each.rank <= len(chosen) else Outcome.NOT_NEEDED
        rows.append(_row(run, each.candidate.contractor_id, outcome, reason=_why(each, run)))
    if rows:
        db.session.execute(insert(Explanation), rows)
    return run


def _why(each: Scored, run: MatchRun) -> dict[str, Any]:
    return each.reason(CURRENT) | {"run_id": str(run.id)}


def _row(
    run: MatchRun,
    contractor_id: UUID,
    outcome: Outcome,
    *,
    reason: Mapping[str, Any] | None = None,
    verdict: Verdict | None = None,
) -> dict[str, Any]:
    return {
        "id": new_id(),
        "run_id": run.id,
        "shift_id": run.shift_id,
        "contractor_id": contractor_id,
        "outcome": outcome,
        "reason": dict(reason or {}),
        "verdict": verdict.as_dict() if verdict else None,
    }
