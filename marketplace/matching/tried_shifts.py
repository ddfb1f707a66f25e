"""A company tries another shift on paper: its pay, hours, seats or requirements; and reads what its open seats need.

Nothing else is changed by it. The gate that publishes gigs judges what is tried as it would judge the gig, so that no
floor is got around; what it refuses is not reckoned further, unless all that it lacks is money in the gig. Where fewer
people could be meant than rule REPORT asks for, a trial tells whether a seat is filled and nothing else: from a few
trials of few people one could read who speaks, earns or does what.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from marketplace.accounts.rules import Actor, Right, require_company
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.money import Money, total
from marketplace.core.problems import NotFound
from marketplace.gigs import gate
from marketplace.gigs.models import Gig
from marketplace.gigs.piece_pay import most_of
from marketplace.gigs.rules import Criteria, LanguageNeed
from marketplace.matching import facts, gaps, trials
from marketplace.matching.engine import able, solve
from marketplace.matching.fairness import too_few
from marketplace.matching.gaps import Need
from marketplace.matching.instance import Instance
from marketplace.matching.models import Trial
from marketplace.matching.planned import Planned
from marketplace.matching.rules import TrialKind
from marketplace.shifts import adding, asking, laying, leading
from marketplace.shifts.hours import added_late, scheduled_minutes
from marketplace.shifts.models import Shift
from marketplace.shifts.terms import highest, price_input
from marketplace.standards.catalogue import RULES
from marketplace.standards.hours import Span
from marketplace.workforce.rules import Level

STEPS = ("as it is", "as tried", "what it needs")
MONEY = RULES["ESCROW"].id
"""What only needs more money in the gig is reckoned all the same."""
JUDGED_NEEDS = (Need.PAY, Need.PLACE)
"""Changes that the gate may refuse; every other asks for less."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What is to be otherwise; None is as it is. `languages`, `skills` and `qualifications` stand for all of them."""

    rate: Money | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    seats: int | None = None
    languages: Mapping[str, Level] | None = None
    skills: Sequence[str] | None = None
    qualifications: Sequence[str] | None = None

    def as_dict(self) -> dict[str, Any]:
        """Only what is otherwise, as JSON."""
        told: dict[str, Any] = {
            "rate": self.rate and [self.rate.amount, self.rate.currency],
            "starts_at": self.starts_at and self.starts_at.isoformat(),
            "ends_at": self.ends_at and self.ends_at.isoformat(),
            "seats": self.seats,
            "skills": None if self.skills is None else list(self.skills),
            "qualifications": None if self.qualifications is None else list(self.qualifications),
        }
        if self.languages is not None:
            told["languages"] = {code: level.value for code, level in self.languages.items()}
        return {name: value for name, value in told.items() if value is not None}

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> "Tried":
        """What `as_dict()` stored."""
        told = dict(stored)
        if "rate" in told:
            told["rate"] = Money(*told["rate"])
        for name in ("starts_at", "ends_at"):
            if name in told:
                told[name] = datetime.fromisoformat(told[name])
        if "languages" in told:
            told["languages"] = {code: Level(level) for code, level in told["languages"].items()}
        return cls(**told)

    def criteria(self, now: Criteria) -> Criteria:
        """What would be asked of people."""
        languages = self.languages
        return replace(
            now,
            languages=now.languages
            if languages is None
            else tuple(LanguageNeed(code, level) for code, level in languages.items()),
            skills=now.skills if self.skills is None else tuple(self.skills),
            qualifications=now.qualifications if self.qualifications is None else tuple(self.qualifications),
        )


def order(shift_id: UUID, wanted: Tried, *, by: Actor) -> Trial:
    """Has another shift tried by a job, beside the one that stands. Raises NotFound, Forbidden, GigNotOpen, ShiftBegun,
    BadLead for the minutes of a lead, BadShift for what no shift can be, BadOffer for another currency, and
    TrialRunning while the company has another one tried."""
    shift = db.session.get(Shift, shift_id)
    if shift is None:
        raise NotFound
    require_company(by, shift.company_id, Right.GIGS)
    gig = db.session.get_one(Gig, shift.gig_id)
    asking.check_open(shift, gig)
    leading.refuse_others(shift_id)
    seats = shift.seats if wanted.seats is None else wanted.seats
    begins, ends = wanted.starts_at or shift.starts_at, wanted.ends_at or shift.ends_at
    planned = laying.Planned(begins, ends, shift.timezone, seats)
    laying.check_plan(planned, shift.company_id, clock.now())
    gate.judge_as(gig, wanted.rate or gig.rate, wanted.criteria(gig.criteria))
    return trials.begin(
        TrialKind.SHIFT,
        wanted.as_dict(),
        steps=len(STEPS),
        company_id=shift.company_id,
        shift_id=shift.id,
        by=by,
    )


def trials_of(shift_id: UUID, *, seen_by: Actor) -> Select[Trial]:
    """What was tried of a shift, for its company. Raises NotFound."""
    shift = db.session.get(Shift, shift_id)
    if shift is None:
        raise NotFound
    require_company(seen_by, shift.company_id, Right.READ)
    return select(Trial).where(Trial.shift_id == shift_id)


def trials_of_company(company_id: UUID, *, seen_by: Actor) -> Select[Trial]:
    """What a company has tried of its shifts. Raises NotFound."""
    require_company(seen_by, company_id, Right.READ)
    return select(Trial).where(Trial.company_id == company_id)


class TriedShift:
    """The work of a trial of a shift: each step reads, and leaves nothing in the database."""

    steps: Sequence[str] = STEPS

    def __init__(self, found: Trial) -> None:
        assert found.shift_id is not None
        self.shift_id = found.shift_id
        self.wanted = Tried.of(found.tried)
        self.result: dict[str, Any] = {}

    def look_at(self, step: str) -> None:
        shift = db.session.get_one(Shift, self.shift_id)
        gig = db.session.get_one(Gig, shift.gig_id)
        span = _span(shift, self.wanted)
        instance = facts.read([(shift, gig)], around=_both(span, Span(shift.starts_at, shift.ends_at)))
        if step == STEPS[0]:
            planned = solve(instance)[0]
            self.result |= {"before": _told(instance, planned, shift, gig), "refused": _refused(instance, planned)}
            return
        other = self._as_tried(instance, shift, gig, span)
        if step == STEPS[1]:
            self._judge(gig)
            if self.result["allowed"]:
                planned = solve(other)[0]
                self.result |= {"after": _told(other, planned, shift, gig), "refused": _refused(other, planned)}
        else:
            asked = other if self.result["allowed"] else instance
            self.result["needs"] = [_judged(each, gig) for each in gaps.needs(asked)] if _is_short(asked) else []

    def _as_tried(self, instance: Instance, shift: Shift, gig: Gig, span: Span) -> Instance:
        (opening,) = instance.openings
        more = 0 if self.wanted.seats is None else self.wanted.seats - shift.seats
        rate, criteria = self.wanted.rate or gig.rate, self.wanted.criteria(gig.criteria)
        work = replace(instance.works[gig.id], rate=rate, criteria=criteria)
        return gaps.tried(instance, work, span, max(0, opening.seats + more))

    def _judge(self, gig: Gig) -> None:
        """What the gate says of it; what only needs more money in the gig is reckoned all the same."""
        rate, criteria = self.wanted.rate or gig.rate, self.wanted.criteria(gig.criteria)
        broken = [verdict.as_dict() for verdict in gate.judge_as(gig, rate, criteria) if verdict.failed]
        allowed = all(verdict["rule"] == MONEY for verdict in broken)
        self.result |= {"verdicts": broken, "allowed": allowed, "after": None}

    def told(self) -> dict[str, Any]:
        return self.result


def _span(shift: Shift, wanted: Tried) -> Span:
    return Span(wanted.starts_at or shift.starts_at, wanted.ends_at or shift.ends_at)


def _both(one: Span, other: Span) -> Span:
    """From the earlier of the two to the later, with the hours by which needs move a shift."""
    return Span(
        min(one.starts_at, other.starts_at) + gaps.EARLIEST,
        max(one.ends_at, other.ends_at) + gaps.LATEST,
    )


def _is_short(instance: Instance) -> bool:
    (opening,) = instance.openings
    return len(able(instance)) < opening.seats


def _told(instance: Instance, planned: Planned, shift: Shift, gig: Gig) -> dict[str, Any]:
    """How many seats are open, how many people could be asked, how many seats that fills, and what it costs; of few
    people only whether a seat is filled."""
    (opening,) = instance.openings
    work = instance.work_of(opening)
    told: dict[str, Any] = {
        "seats": planned.seats,
        "fills": planned.filled > 0,
        "rate": {"amount": str(work.rate.decimal), "currency": work.rate.currency},
    }
    if opening.gig_id in too_few(instance):
        return told | dict.fromkeys(("able", "filled", "cost"))
    paid = _held(instance, planned, shift, gig)
    return told | {
        "able": len(able(instance)),
        "filled": planned.filled,
        "cost": {"amount": str(paid.decimal), "currency": paid.currency},
    }


def _held(instance: Instance, planned: Planned, shift: Shift, gig: Gig) -> Money:
    """What the yeses of those who would be chosen hold: with all the pieces that a seat pays, and what is owed to whom
    it is added late."""
    (opening,) = instance.openings
    work, span = instance.work_of(opening), opening.span
    pieces = most_of(gig, scheduled_minutes(span.starts_at, span.ends_at), is_training=work.is_training)
    members = {member.id: member for member in instance.members}
    chosen = [members[given.contractor_id] for given in planned.given[: planned.filled]]
    late = _late(shift, span, [member.id for member in chosen])
    prices = []
    for member in chosen:
        seat = replace(work.seat(span), pieces=pieces, added_minutes=late.get(member.id, 0))
        person = member.under_contract(work.company_id, span.ends_at)
        prices.append(highest(price_input(seat, person), seat))
    return total(prices, work.rate.currency)


def _late(shift: Shift, span: Span, contractor_ids: Sequence[UUID]) -> Mapping[UUID, int]:
    """The minutes that each is paid beside the time. At another time it would be planned now."""
    if span == Span(shift.starts_at, shift.ends_at):
        return {who: minutes for (_, who), minutes in adding.owed([shift], contractor_ids).items()}
    now = clock.now()
    if not (minutes := added_late(span.starts_at, span.ends_at, now)):
        return {}
    added = adding.with_schedule(shift.company_id, span.starts_at, contractor_ids, now)
    return dict.fromkeys(added, minutes)


def _refused(instance: Instance, planned: Planned) -> dict[str, int]:
    """How many people each rule keeps out, where enough could be meant."""
    return {} if too_few(instance) else dict(planned.refused)


def _judged(step: gaps.Step, gig: Gig) -> dict[str, Any]:
    """The step with whether the gate would let the gig be so."""
    work = step.change.work
    allowed = step.change.need not in JUDGED_NEEDS or not any(
        verdict.failed and verdict.rule != MONEY for verdict in gate.judge_as(gig, work.rate, work.criteria)
    )
    return step.as_dict() | {"allowed": allowed}
