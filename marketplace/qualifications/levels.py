"""Levels of a skill or a language: which are proven, until when, and what they pay. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from marketplace.core.problems import Invalid
from marketplace.standards.catalogue import RULES
from marketplace.standards.rates import NO_STEP
from marketplace.workforce.rules import Level, check_skills

MOST_LEVEL: Final = RULES["SKILL_STEP"].parameters["most_level"]


class BadSteps(Invalid):
    code = "bad_pay_steps"
    title = "These are not steps of pay by the levels of a skill."


@dataclass(frozen=True, slots=True)
class Proof:
    """One qualification that somebody holds, until when, and what it proves."""

    code: str
    until: datetime
    skill: str | None = None
    skill_level: int | None = None
    language: str | None = None
    language_level: Level | None = None


def holds(proofs: Sequence[Proof], code: str, at: datetime) -> bool:
    return any(proof.code == code and proof.until > at for proof in proofs)


def ended_on(proofs: Sequence[Proof], code: str) -> datetime | None:
    """Until when the qualification is or was held, at the latest; None if it never was."""
    return max((proof.until for proof in proofs if proof.code == code), default=None)


def level_of(proofs: Sequence[Proof], skill: str, at: datetime) -> int:
    """The highest level of the skill that is proven at that moment; 0 if none is."""
    return max((proof.skill_level or 0 for proof in proofs if proof.skill == skill and proof.until > at), default=0)


@dataclass(frozen=True, slots=True)
class Spoken:
    """A language: the level that somebody says, and the highest that a test has proven, until when."""

    language: str
    said: Level | None
    proven: Level | None = None
    until: datetime | None = None


def spoken(said: Mapping[str, Level], proofs: Sequence[Proof], at: datetime) -> list[Spoken]:
    """What somebody speaks at that moment, proven or said: two things that are never shown as one. Those that were said
    come first, in their order."""
    live = [proof for proof in proofs if proof.language is not None and proof.until > at]
    live.sort(key=lambda proof: (str(proof.language), str(proof.language_level), proof.until))
    best = {str(proof.language): proof for proof in live}
    found = {language: Spoken(language, said.get(language)) for language in (*said, *best)}
    for language, proof in best.items():
        found[language] = Spoken(language, said.get(language), proof.language_level, proof.until)
    return list(found.values())


@dataclass(frozen=True, slots=True)
class PaySteps:
    """What each level of a skill multiplies a gig's rate by, in ten-thousandths, from the level on: levels ascend, and
    so do their steps (SKILL_STEP)."""

    skill: str
    by_level: tuple[tuple[int, int], ...]

    @property
    def highest(self) -> int:
        return self.by_level[-1][1]

    @property
    def steps(self) -> list[dict[str, int]]:
        return [{"level": level, "points": points} for level, points in self.by_level]

    def at(self, level: int) -> int:
        """The step of somebody of that level: the highest that they reach."""
        return max((points for reached, points in self.by_level if reached <= level), default=NO_STEP)

    def after(self, level: int) -> tuple[int, int] | None:
        """The next level that earns more, with its step; None at the top."""
        now = self.at(level)
        return next(((each, points) for each, points in self.by_level if each > level and points > now), None)

    def as_dict(self) -> dict[str, Any]:
        return {"skill": self.skill, "by_level": [list(pair) for pair in self.by_level]}

    @classmethod
    def of(cls, stored: Mapping[str, Any] | None) -> "PaySteps | None":
        """The steps that `as_dict()` stored."""
        return (
            None if stored is None else cls(stored["skill"], tuple((each[0], each[1]) for each in stored["by_level"]))
        )


def check_steps(steps: PaySteps) -> None:
    """Raises BadSteps unless each level earns at least what the one before it does, and none less than the rate."""
    check_skills([steps.skill])
    levels, points = [level for level, _ in steps.by_level], [each for _, each in steps.by_level]
    if not levels or levels != sorted(set(levels)) or not 1 <= levels[0] <= levels[-1] <= MOST_LEVEL:
        raise BadSteps(f"Levels from 1 to {MOST_LEVEL} are named once each, the lowest first.", field="pay_steps")
    if points != sorted(points) or points[0] < NO_STEP:
        raise BadSteps("No level earns less than the rate, or than the level before it.", field="pay_steps")
