"""What a benefit plan may promise, and when a version of one takes something away. Pure."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from types import MappingProxyType
from typing import Any, Final

from marketplace.contracts.moving_rules import LEAST_CARRY_OVER
from marketplace.contracts.rules import BenefitKind, Unit
from marketplace.core.problems import Conflict, Forbidden, Invalid
from marketplace.standards.rules import RULES

ACCRUED_BY: Final = MappingProxyType(
    {
        "SICK": Fraction(1, RULES["SICK"].parameters["hours_worked_per_hour"]),
        "HEALTH": Fraction(RULES["HEALTH"].parameters["percent"], 100),
    }
)
"""Rules that reckon a benefit into every price, with the part that they add. A plan under one of them cannot say
another number than what is priced, held and paid."""
INSURANCES: Final = frozenset({BenefitKind.ACCIDENT})


class BadPlan(Invalid):
    code = "bad_benefit_plan"
    title = "A plan cannot promise this."


class PlanExists(Conflict):
    code = "benefit_plan_exists"
    title = "There is a plan with this code."
    remedy = "Write a new version of it, or choose another code."


class SamePerson(Forbidden):
    code = "second_person_needed"
    title = "Whoever wrote a change that takes something away does not agree to it too."
    remedy = "Ask another operator of standards."


class NothingToSecond(Conflict):
    code = "nothing_to_second"
    title = "This version needs no second person, or has one."


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """What a version of a plan says. Amounts of the accrual are in the plan's unit."""

    title: str
    funder: str
    source: str
    valid_from: date
    portable: bool
    cash_out: bool
    per: str
    amount: str
    cap_per_year: int | None = None
    waiting_days: int = 0
    carry_over: int | None = None
    valid_to: date | None = None
    provider: str | None = None
    policy_no: str | None = None
    contact: str | None = None
    cover: str | None = None
    country: str | None = None
    rule: str | None = None

    def accrual(self, unit: Unit) -> dict[str, Any]:
        """As a row keeps it."""
        return {
            "per": self.per,
            "amount": self.amount,
            "unit": "hours" if unit is Unit.SECONDS else "money",
            "cap_per_year": self.cap_per_year,
            "waiting_days": self.waiting_days,
            "carry_over": self.carry_over,
        }


@dataclass(frozen=True, slots=True)
class Cover:
    """What somebody is insured by on a day: the insurer, the policy, what it covers, and whom to call to claim."""

    plan: str
    insurer: str
    policy_no: str
    covers: str
    contact: str

    def as_dict(self) -> dict[str, str]:
        """As an offer keeps it."""
        return {
            "plan": self.plan,
            "insurer": self.insurer,
            "policy_no": self.policy_no,
            "covers": self.covers,
            "contact": self.contact,
        }


def check_promise(promise: Promise, kind: BenefitKind) -> None:
    """Raises BadPlan for the first thing that the plan cannot promise."""
    for field, detail in _wrong(promise, kind):
        raise BadPlan(detail, field=field)


def _wrong(promise: Promise, kind: BenefitKind) -> Iterator[tuple[str, str]]:
    if not promise.source.strip():
        yield "source", "A plan names where its numbers come from."
    if part_of(promise.amount) is None:
        yield "amount", 'The amount is a part such as "1/30" or "4/100".'
    elif promise.rule is not None and part_of(promise.amount) != ACCRUED_BY.get(promise.rule):
        yield "amount", f"The rule {promise.rule} reckons it; the plan says what is paid."
    if promise.rule is not None and promise.waiting_days:
        yield "waiting_days", f"The rule {promise.rule} counts from the first minute."
    if promise.valid_to is not None and promise.valid_to < promise.valid_from:
        yield "valid_to", "It ends before it begins."
    yield from _wrong_end(promise)
    yield from _wrong_insurance(promise, kind)


def _wrong_end(promise: Promise) -> Iterator[tuple[str, str]]:
    """Nothing expires but hours of sick leave, and of them never fewer than the law keeps; and only what accrues can be
    paid out (rules CARRY_OVER, CASH_OUT)."""
    if promise.carry_over is not None and (promise.rule != "SICK" or promise.carry_over < LEAST_CARRY_OVER):
        least = LEAST_CARRY_OVER // 3600
        yield "carry_over", f"Only sick leave expires, and {least} hours of it always carry over; money never does."
    if promise.cash_out and promise.rule not in ACCRUED_BY:
        yield "cash_out", "Nothing accrues under this plan, so nothing can be paid out."


def _wrong_insurance(promise: Promise, kind: BenefitKind) -> Iterator[tuple[str, str]]:
    named = (promise.provider, promise.policy_no, promise.contact, promise.cover)
    if (kind in INSURANCES or promise.policy_no) and not all(named):
        yield "policy_no", "An insurance names its insurer, its policy, its cover, and whom to call (rule ACCIDENT)."


def part_of(text: str) -> Fraction | None:
    """ "1/30" as a fraction that is not negative; None for what is none."""
    try:
        # No exponents: 1e9999999999 is short to write, and has more digits than memory.
        part = Fraction(text) if len(text) <= 20 and "e" not in text.lower() else None
    except (ValueError, ZeroDivisionError):
        return None
    return part if part is not None and part >= 0 else None


def lowers(before: Promise, after: Promise) -> bool:
    """Whether people have less of anything under the later version. What cannot be compared counts as less."""
    return any(less(before, after) for less in _LESS)


def _less_of(name: str) -> Callable[[Promise, Promise], bool]:
    """A limit that was not there, or is smaller."""

    def less(before: Promise, after: Promise) -> bool:
        old, new = getattr(before, name), getattr(after, name)
        return new is not None and (old is None or new < old)

    return less


def _lost(name: str) -> Callable[[Promise, Promise], bool]:
    return lambda before, after: bool(getattr(before, name)) and not getattr(after, name)


def _other(name: str) -> Callable[[Promise, Promise], bool]:
    """Another insurer or another cover may be worse, and only a person can tell."""
    return lambda before, after: bool(getattr(before, name)) and getattr(before, name) != getattr(after, name)


_LESS: Final = (
    _less_of("cap_per_year"),
    _less_of("carry_over"),
    _less_of("valid_to"),
    _lost("portable"),
    _lost("cash_out"),
    _other("provider"),
    _other("policy_no"),
    _other("cover"),
    _other("per"),
    lambda before, after: (part_of(after.amount) or Fraction(0)) < (part_of(before.amount) or Fraction(0)),
    lambda before, after: after.waiting_days > before.waiting_days,
)
