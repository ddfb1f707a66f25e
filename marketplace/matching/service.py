"""Search people for one shift, ask them, and explain it: to whoever was asked, and to whoever was not."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from marketplace.accounts.rules import CLOCK, Actor, Right, require_company
from marketplace.contracts import queries as contracts
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import record
from marketplace.core.problems import NotFound
from marketplace.gigs.models import Gig
from marketplace.matching import facts, making, planning, queries, weighing, whole
from marketplace.matching.engine import why_not
from marketplace.matching.instance import Instance
from marketplace.matching.models import MatchRun, Plan
from marketplace.matching.objective import Weights
from marketplace.matching.planned import Answer
from marketplace.matching.rules import SENTENCES, Outcome
from marketplace.shifts import asking, leading
from marketplace.shifts import queries as shifts
from marketplace.shifts.eligibility import first_no
from marketplace.shifts.handover_rules import BY as HANDED_OVER
from marketplace.shifts.models import Offer, Shift
from marketplace.workforce.models import Contractor


@dataclass(frozen=True, slots=True)
class Explained:
    """Why a person was, or was not, asked to take a shift. `verdict` is the rule that decided, where one did; `cutoff`
    the lowest score that was given a seat in the same search; `margin` what decided where all seats were given
    together."""

    outcome: Outcome
    sentence: str
    reason: Mapping[str, Any] = field(default_factory=dict)
    verdict: Mapping[str, Any] | None = None
    cutoff: int | None = None
    margin: whole.Margin | None = None
    weights_version: int = field(default_factory=lambda: weighing.current().version)


def match(shift_id: UUID, *, by: Actor) -> list[Offer]:
    """Asks the best people for the seats that are open and not yet offered, and stores what was seen and decided.

    Returns the offers made, which may be none. Raises GigNotOpen, ShiftBegun, and BadLead for the minutes of a lead.
    """
    seen = db.session.get(Shift, shift_id)
    if seen is None:
        raise NotFound
    if by != CLOCK:
        require_company(by, seen.company_id, Right.GIGS)
    gig = asking.hold_gigs([seen.gig_id])[seen.gig_id]
    # The shift is locked, after its gig: two searches at once would look for the same seats twice.
    shift = db.session.get_one(Shift, shift_id, with_for_update={"key_share": True}, populate_existing=True)
    asking.check_open(shift, gig)
    leading.refuse_others(shift_id)
    run, made = planning.plan_one(shift, gig, by=by)
    record("shift.matched", run, by=by, data={"seats": run.seats, "offered": run.offered})
    return made


def explain(shift_id: UUID, contractor_id: UUID, *, seen_by: Actor) -> Explained:
    """Why this person was, or was not, asked to take this shift: by the last search, else as the rules stand now.

    For the person and for operators; for the company only about people whom it has asked. Raises NotFound.
    """
    shift = db.session.get(Shift, shift_id)
    who = db.session.get(Contractor, contractor_id)
    if shift is None or who is None or not _may_ask(shift, contractor_id, seen_by):
        raise NotFound
    run, offer = queries.latest_run(shift_id), queries.newest_offer(shift_id, contractor_id)
    told = None if run is None else _explain_run(run, contractor_id, offer)
    return told or (_explain_now(shift, who) if offer is None else _asked(offer))


def _may_ask(shift: Shift, contractor_id: UUID, seen_by: Actor) -> bool:
    """An operator always; the person about shifts of companies that they have a contract with, or were asked by; the
    company about whom it asked. A shift of strangers is not there."""
    if seen_by.is_operator():
        return True
    was_asked = contractor_id in facts.asked_about([shift.id])[0][shift.id]
    if seen_by.is_in_person(contractor_id):
        return was_asked or contracts.in_force(shift.company_id, contractor_id, clock.now()) is not None
    return was_asked and seen_by.may(Right.READ, shift.company_id)


def _explain_run(run: MatchRun, contractor_id: UUID, newest: Offer | None) -> Explained | None:
    """What a search decided about a person; None when it did not know them, when what it knew was erased, or when the
    company has asked them by hand since."""
    seats = queries.seats_of_person(run.plan_id, contractor_id)
    if (mine := seats.get(run.shift_id)) is not None:
        offer = db.session.get(Offer, mine.offer_id) if mine.offer_id else None
        outcome = Outcome.TOO_LATE if offer is None else Outcome.OFFERED
        return _by_run(run, outcome, {} if offer is None else offer.reason)
    if newest is not None and _is_by_hand(newest) and run.id < newest.id:
        return None
    instance = making.instance_of(run.plan_id, only=contractor_id)
    if instance is None:
        return None
    if any(contractor_id in each.asked for each in instance.openings if each.shift_id == run.shift_id):
        return _by_run(run, Outcome.ASKED_BEFORE)
    # Given one after the other, a seat was in the way of those that were given later; given together, of all others.
    together = bool(db.session.get_one(Plan, run.plan_id).report.get("together"))
    before = [known for known, seat in seats.items() if together or run.turn is None or seat.turn < run.turn]
    answer = why_not(instance, run.shift_id, contractor_id, before)
    if answer is not None:
        answer = replace(answer, together=together)
    if answer is None and instance.is_narrowed:
        answer = _not_looked_at(run, contractor_id, instance.weights)
    return None if answer is None else _answered(answer, run, instance)


def _not_looked_at(run: MatchRun, contractor_id: UUID, weights: Weights) -> Answer | None:
    """What decides about somebody at whom a search among very many did not have to look: as it stands now. None where
    they have more points by now than the search had to reach."""
    shift, gig = db.session.get_one(Shift, run.shift_id), db.session.get_one(Gig, run.gig_id)
    now = facts.read([(shift, gig)], only=[contractor_id], weights=weights)
    answer = why_not(now, run.shift_id, contractor_id, ())
    if answer is None or answer.verdict is not None or answer.scored is None:
        return answer
    return answer if run.cutoff is not None and answer.scored.score <= run.cutoff else None


def _answered(answer: Answer, run: MatchRun, instance: Instance) -> Explained:
    outcome = answer.outcome(run.cutoff)
    if answer.verdict is not None:
        verdict = answer.verdict
        return replace(_by_run(run, outcome), sentence=verdict.sentence, verdict=verdict.as_dict())
    if answer.scored is None:
        return _by_run(run, outcome)
    told = _by_run(run, outcome, answer.scored.told(instance.weights))
    if outcome is not Outcome.TOGETHER:
        return told
    return replace(told, margin=whole.margin(instance, run.shift_id, answer.scored.score))


def _by_run(run: MatchRun, outcome: Outcome, reason: Mapping[str, Any] | None = None) -> Explained:
    return Explained(outcome, SENTENCES[outcome], reason or {}, cutoff=run.cutoff, weights_version=run.weights_version)


def _is_by_hand(offer: Offer) -> bool:
    return "run_id" not in offer.reason


def _asked(offer: Offer) -> Explained:
    """What the offer itself tells: nothing else is known of its search any more, or there was none."""
    sentence = "The company asked this person by hand." if _is_by_hand(offer) else SENTENCES[Outcome.OFFERED]
    if offer.reason.get("by") == HANDED_OVER:
        sentence = "This person took the seat over from somebody who was booked."
    return Explained(Outcome.OFFERED, sentence, offer.reason)


def _explain_now(shift: Shift, who: Contractor) -> Explained:
    gig = db.session.get_one(Gig, shift.gig_id)
    seat = shifts.seat_of(shift, gig)
    verdict = first_no(seat, shifts.people([who], shift.company_id, seat)[who.id])
    outcome = Outcome.NOT_ELIGIBLE
    if verdict is None and (answer := why_not(facts.read([(shift, gig)], only=[who.id]), shift.id, who.id, ())):
        verdict, outcome = answer.verdict, answer.outcome(None)
    if verdict is not None:
        return Explained(outcome, verdict.sentence, verdict=verdict.as_dict())
    return Explained(Outcome.NOT_NEEDED, "Nobody has been searched for since this person can be asked.")
