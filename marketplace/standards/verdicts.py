"""What a rule is and what a verdict says. Nothing here judges; it only gives judgements their shape."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Any


class Outcome(StrEnum):
    """`note` lets the thing pass and says what the reader should know about it."""

    PASS = "pass"  # noqa: S105 - an outcome, not a password
    FAIL = "fail"
    NOTE = "note"


class Confidence(StrEnum):
    """How far the data behind a verdict can be trusted. Rules that rest on no outside data have none."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW_MEDIUM = "low-medium"
    LOW = "low"


class Basis(StrEnum):
    """Whose rule it is. Where several speak to one matter, the strictest holds."""

    LAW = "law"
    STANDARD = "standard"
    HOUSE = "house"


@dataclass(frozen=True, slots=True)
class Verdict:
    """One rule applied to one case, with everything needed to check it by hand.

    `inputs` are the facts that were used, in words. `limit` is the value that would pass, where there is one.
    `remedy` says what to do and stands only beside a failure or a note.
    """

    rule: str
    version: int
    outcome: Outcome
    sentence: str
    source: str
    inputs: Mapping[str, str]
    limit: str | None = None
    remedy: str | None = None
    confidence: Confidence | None = None

    @property
    def failed(self) -> bool:
        return self.outcome is Outcome.FAIL

    def as_dict(self) -> dict[str, Any]:
        """The verdict as JSON stores and sends it."""
        return {
            "rule": self.rule,
            "version": self.version,
            "outcome": self.outcome.value,
            "sentence": self.sentence,
            "source": self.source,
            "inputs": dict(self.inputs),
            "limit": self.limit,
            "remedy": self.remedy,
            "confidence": self.confidence.value if self.confidence else None,
        }


@dataclass(frozen=True, slots=True)
class Edition:
    """One version of a rule as it is or was written. What was judged or paid under it names it, so it stays readable.

    `valid_until` is the day on which the next version took its place: the same day where it lived for hours only, and
    None while it is in force.
    """

    version: int
    sentence: str
    valid_from: date
    valid_until: date | None
    parameters: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Rule:
    """One published rule. `parameters` are the numbers that the code itself reads, their unit in their name.

    `held_by` is the test that fails when the rule no longer holds, as pytest names it. `earlier` are the versions
    before this one, oldest first.
    """

    id: str
    version: int
    sentence: str
    basis: Basis
    source: str
    valid_from: date
    held_by: str
    parameters: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    earlier: tuple[Edition, ...] = ()

    @property
    def versions(self) -> tuple[Edition, ...]:
        """Every version that there has been, the one in force first."""
        now = Edition(self.version, self.sentence, self.valid_from, None, self.parameters)
        return (now, *reversed(self.earlier))

    def verdict(
        self,
        outcome: Outcome | bool,
        sentence: str,
        inputs: Mapping[str, str],
        *,
        limit: str | None = None,
        remedy: str | None = None,
        source: str | None = None,
        confidence: Confidence | None = None,
    ) -> Verdict:
        """This rule's verdict. A bool means pass or fail; a remedy given with a pass is left out.

        `source` is named where the case has one beyond the rule's own, such as the benchmark of a place.
        """
        if isinstance(outcome, bool):
            outcome = Outcome.PASS if outcome else Outcome.FAIL
        return Verdict(
            rule=self.id,
            version=self.version,
            outcome=outcome,
            sentence=sentence,
            source=source or self.source,
            inputs=MappingProxyType(dict(inputs)),
            limit=limit,
            remedy=None if outcome is Outcome.PASS else remedy,
            confidence=confidence,
        )


def broken(verdicts: Iterable[Verdict]) -> list[Verdict]:
    """Those that failed. A thing may go ahead when there are none."""
    return [verdict for verdict in verdicts if verdict.failed]
