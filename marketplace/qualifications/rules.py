"""What a test may say, what states it and an attempt have, and what follows from a result. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final
from uuid import UUID

from marketplace.core.money import Money
from marketplace.core.problems import Conflict, Forbidden, Invalid
from marketplace.qualifications.attempt_rules import CAP_TIMES
from marketplace.qualifications.levels import MOST_LEVEL
from marketplace.qualifications.scoring import SHARE_UNITS, Item, check_item
from marketplace.standards.catalogue import RULES
from marketplace.standards.protected import protected_attribute
from marketplace.workforce.rules import Level, check_languages, check_skills

CONTEST_FOR: Final = timedelta(days=RULES["TEST_RESULT"].parameters["days_to_contest_result"])
FEW_ATTEMPTS: Final = 3
"""Money for fewer attempts than so many is low, and the company is told (our own number)."""
PLATFORM: Final = "platform:qualifications"
"""The account that pays for the service's own tests."""
LONGEST_TITLE = 120
LONGEST_TEXT = 4000
MOST_ITEMS = 200
LONGEST_TEST = 240
"""Minutes that a test may be estimated to take."""


class QualificationStatus(StrEnum):
    """A draft is its owner's own; an open one can be taken or granted; a closed one is only held until it ends."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"


QUALIFICATION_TRANSITIONS: Mapping[QualificationStatus, frozenset[QualificationStatus]] = MappingProxyType(
    {
        QualificationStatus.DRAFT: frozenset({QualificationStatus.OPEN, QualificationStatus.CLOSED}),
        QualificationStatus.OPEN: frozenset({QualificationStatus.CLOSED}),
        QualificationStatus.CLOSED: frozenset(),
    }
)


class AttemptStatus(StrEnum):
    """A failed attempt may still become a passed one, when a human has corrected the test; never the other way."""

    STARTED = "started"
    PASSED = "passed"
    FAILED = "failed"
    ABANDONED = "abandoned"


ATTEMPT_TRANSITIONS: Mapping[AttemptStatus, frozenset[AttemptStatus]] = MappingProxyType(
    {
        AttemptStatus.STARTED: frozenset({AttemptStatus.PASSED, AttemptStatus.FAILED, AttemptStatus.ABANDONED}),
        AttemptStatus.FAILED: frozenset({AttemptStatus.PASSED}),
        AttemptStatus.PASSED: frozenset(),
        AttemptStatus.ABANDONED: frozenset(),
    }
)
SCORED: Final = (AttemptStatus.PASSED, AttemptStatus.FAILED)


class ContestStatus(StrEnum):
    OPEN = "open"
    UPHELD = "upheld"
    """The test was wrong, and is corrected for everybody who took it."""
    DISMISSED = "dismissed"


CONTEST_TRANSITIONS: Mapping[ContestStatus, frozenset[ContestStatus]] = MappingProxyType(
    {
        ContestStatus.OPEN: frozenset({ContestStatus.UPHELD, ContestStatus.DISMISSED}),
        ContestStatus.UPHELD: frozenset(),
        ContestStatus.DISMISSED: frozenset(),
    }
)


class Reveal(StrEnum):
    """When somebody is shown what would have been right, beside which items they had right, which is always shown."""

    NEVER = "never"
    AFTER_PASS = "after_pass"  # noqa: S105 - a moment, not a password


class AttemptFlag(StrEnum):
    """What the owner should know of an attempt's time. Nothing follows from it for the person."""

    LONGER_THAN_ESTIMATED = "longer_than_estimated"
    SILENT = "silent"
    """A silence was longer than counts; only the part that counts is paid."""
    CAPPED = "capped"
    """The safety cap was reached; what lies beyond it is not paid."""


class FundingKind(StrEnum):
    FUNDED = "funded"
    RETURNED = "returned"


class BadTest(Invalid):
    code = "bad_test"
    title = "Something in the test is not right."


class CodeTaken(Conflict):
    code = "qualification_code_taken"
    title = "There is a qualification of this code already."
    remedy = "Choose another code."


class NothingToPublish(Conflict):
    code = "no_test_to_publish"
    title = "There is no version of the test that is not published yet."
    remedy = "Write one first."


class NotTakenNow(Conflict):
    code = "test_not_open"
    title = "This test cannot be taken now."
    remedy = "Look at the list of tests that are open."


class NoFunds(Conflict):
    code = "test_out_of_funds"
    title = "The money for one more attempt is not set aside, so the test is not offered."
    remedy = "Its owner has to put money aside for it first. Nothing was begun and nothing counts against you."


class OwnerNotVerified(Conflict):
    code = "test_owner_not_verified"
    title = "The company of this test is not verified at the moment, so nobody begins it."
    remedy = "Take another test. Whoever has begun this one goes on with it, and is paid."


class NotVettedYet(Forbidden):
    code = "test_needs_vetting"
    title = "Tests are taken by vetted contractors, since their minutes are paid."
    remedy = "Apply as a contractor and wait for the operator's decision."


class TimeOver(Conflict):
    code = "test_time_over"
    title = "The safety cap of the test is reached."
    remedy = "Hand it in as it stands: what you answered counts, and the minutes are paid."


class TooLateToContest(Conflict):
    code = "too_late_to_contest_result"
    title = "A result can be contested for 30 days."


class WroteIt(Forbidden):
    code = "wrote_the_test"
    title = "A contested result is looked at by somebody who did not write the test."
    remedy = "Ask another member of the company, or an operator."


class OwnResult(Forbidden):
    code = "own_result"
    title = "Nobody decides about their own result."
    remedy = "Ask somebody else."


class NothingToContest(Conflict):
    code = "nothing_to_contest_in_test"
    title = "There is no result to contest, or it is contested already."


class NoMoneyToReturn(Conflict):
    code = "test_holds_no_money"
    title = "The test holds no money that could be taken back."


class EvidenceMissing(Invalid):
    code = "evidence_missing"
    title = "What is granted without a test needs evidence and a reason in words."


@dataclass(frozen=True, slots=True)
class Proves:
    """What a qualification proves beside itself: a level of a skill, from 1, or a level of a language, or nothing."""

    skill: str | None = None
    skill_level: int | None = None
    language: str | None = None
    language_level: Level | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """What a company, or the service, says of a qualification. `rate` is what an hour of its test earns at least; no
    rate falls below the floor of the person's place. `most_attempts` are counted in `period_days`."""

    code: str
    title: str
    about: str
    rate: Money
    proves: Proves = Proves()
    valid_days: int = 365
    retake_days: int = 7
    most_attempts: int = 3
    period_days: int = 180


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One version of a test. `draw` is how many of the items one attempt gets, drawn by its seed: all, if it is None.
    `estimate_minutes` is its author's, until enough attempts have measured it."""

    items: Sequence[Item]
    pass_percent: int
    estimate_minutes: int
    draw: int | None = None
    limit_minutes: int | None = None
    reveal: Reveal = Reveal.AFTER_PASS


def check_spec(spec: Spec) -> None:
    """Raises BadTest, or a Problem of workforce's rules for a skill or language that is none."""
    if len(spec.code) > 60 or check_skills([spec.code]) != [spec.code]:
        raise BadTest("A code is lower-case words joined by hyphens.", field="code")
    for name, text, longest in (("title", spec.title, LONGEST_TITLE), ("about", spec.about, LONGEST_TEXT)):
        if not text.strip() or len(text) > longest:
            raise BadTest(f"The {name} has 1 to {longest} characters.", field=name)
    for name in (spec.code, spec.title, spec.proves.skill or ""):
        if (attribute := protected_attribute(name)) is not None:
            raise BadTest(f"{name!r} asks for {attribute}: nobody is chosen by that.", field="code")
    if spec.rate.amount <= 0:
        raise BadTest("The rate is more than zero.", field="rate")
    _check_numbers(spec)
    _check_proves(spec.proves)


def _check_numbers(spec: Spec) -> None:
    for name, least, most in (
        ("valid_days", 30, 3650),
        ("retake_days", 0, 90),
        ("most_attempts", 1, 20),
        ("period_days", 1, 365),
    ):
        if not least <= getattr(spec, name) <= most:
            raise BadTest(f"{name} is {least} to {most}.", field=name)


def _check_proves(proves: Proves) -> None:
    if (proves.skill is None) != (proves.skill_level is None):
        raise BadTest("A skill and its level are named together.", field="proves")
    if (proves.language is None) != (proves.language_level is None):
        raise BadTest("A language and its level are named together.", field="proves")
    if proves.skill is not None and proves.language is not None:
        raise BadTest("A test proves a skill or a language, not both.", field="proves")
    if proves.skill is not None:
        check_skills([proves.skill])
    if proves.skill_level is not None and not 1 <= proves.skill_level <= MOST_LEVEL:
        raise BadTest(f"A skill has levels from 1 to {MOST_LEVEL}.", field="proves")
    if proves.language is not None and proves.language_level is not None:
        check_languages({proves.language: proves.language_level})


def check_paper(paper: Paper) -> None:
    """Raises BadTest, or BadItem naming the item's place. TEST_TIMER: a limit is a safety cap of at least three times
    the estimate."""
    if not 1 <= len(paper.items) <= MOST_ITEMS:
        raise BadTest(f"A test has 1 to {MOST_ITEMS} items.", field="items")
    for item in paper.items:
        check_item(item)
    if not 1 <= paper.pass_percent <= 100:
        raise BadTest("The pass mark is 1 to 100 percent.", field="pass_percent")
    if paper.draw is not None and not 1 <= paper.draw <= len(paper.items):
        raise BadTest("An attempt draws 1 to all of the items.", field="draw")
    if not 1 <= paper.estimate_minutes <= LONGEST_TEST:
        raise BadTest(f"A test is estimated to take 1 to {LONGEST_TEST} minutes.", field="estimate_minutes")
    least = paper.estimate_minutes * CAP_TIMES
    if paper.limit_minutes is not None and paper.limit_minutes < least:
        raise BadTest(
            f"A limit is a safety cap, no pressure: at least {CAP_TIMES} times the estimate, {least} minutes.",
            field="limit_minutes",
            limit=str(least),
        )


# --- taking it --------------------------------------------------------------------------------------------------------


class Funds(StrEnum):
    """How much a company's test has left, each named as the event that tells of it."""

    LOW = "qualification.funds_low"
    OUT = "qualification.out_of_funds"


def funds_left(left: Money, needed: Money) -> Funds | None:
    """What is told of the money that is left when one attempt sets `needed` aside; None while there is enough."""
    if left.amount < needed.amount:
        return Funds.OUT
    return Funds.LOW if left.amount < FEW_ATTEMPTS * needed.amount else None


# --- its minutes among other work -------------------------------------------------------------------------------------


# --- results ----------------------------------------------------------------------------------------------------------


def passes(scored: int, most: int, pass_percent: int) -> bool:
    """Whether so many ten-thousandths of the points reach the mark."""
    return scored * 100 >= pass_percent * most


def percent(scored: int, most: int) -> int:
    """The score in whole percent, rounded down: nobody is told of a mark that they did not reach."""
    return 100 * scored // most if most else 0


def points_of(items: Sequence[Item]) -> int:
    """The most that the items can bring, in ten-thousandths."""
    return sum(item.points for item in items) * SHARE_UNITS


def check_contest(ended_at: datetime, at: datetime) -> None:
    """Raises TooLateToContest more than 30 days after the result (TEST_RESULT)."""
    if at > ended_at + CONTEST_FOR:
        raise TooLateToContest


def check_judge(judge: UUID, *, author: UUID, contractor: UUID) -> None:
    """TEST_RESULT: decided by somebody who neither wrote the test nor took it. Raises WroteIt or OwnResult."""
    if judge == author:
        raise WroteIt
    if judge == contractor:
        raise OwnResult


# --- accounts of the books --------------------------------------------------------------------------------------------


def fund_account(qualification_id: UUID, company_id: UUID | None) -> str:
    """What a test may still spend: money that its company has set aside, or the service's own pocket."""
    return PLATFORM if company_id is None else f"qualification:{qualification_id}:hold"


def hold_account(attempt_id: UUID) -> str:
    """What one attempt may cost, from its first minute until it is paid."""
    return f"attempt:{attempt_id}:hold"
