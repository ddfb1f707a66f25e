"""The score by which people are asked, part by part, and whom nobody asks. Its weights stand in `matching.objective`.

In prose. Of the people whom the rules of `shifts.eligibility` let pass and whose chosen band of weekly hours has room,
those with the highest score are asked, as many as seats are open. Each part gives 0 to 100 points; a published whole
number weighs it; the score is the sum. Whose hours fall short of the band they chose comes first, then those with few
hours lately: the next hour is worth less to somebody who has many. Equal scores are ordered by a digest of shift and
person, so that no account is always first.

What a person declined, opted out of, disputed, said or is has no place in `Candidate`, so it cannot count (fairness
rules NO_RETALIATION and DATA).
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from marketplace.core.problems import Conflict, Invalid
from marketplace.matching.objective import Part, Weights
from marketplace.matching.waves import WITHIN
from marketplace.standards.catalogue import RULES
from marketplace.standards.verdicts import Verdict
from marketplace.workforce.calendar import Quiet

RECENT = timedelta(days=28)
"""How far back a person's hours count as recent."""
SEASON = timedelta(days=90)
"""How far back work for a company counts as continuity."""
WEEK_MINUTES: Final = 40 * 60
URGENT = WITHIN
"""Shifts that begin so soon are planned before all others, in waves, and looked at all day (rule WAVES)."""
HORIZON = timedelta(days=14)
"""How far ahead the clock plans."""
LONGEST_HORIZON = 4 * HORIZON
GROUP_BITS: Final = 16
"""The most groups into which people of equal scores are divided, as a power of two."""
LONGEST_OFFER, SHORTEST_OFFER = timedelta(hours=24), timedelta(minutes=30)
LEVEL_STEP: Final = 25
WISH_POINTS: Final[Mapping[bool | None, int]] = MappingProxyType({True: 100, False: 0, None: 50})
"""What the hours that somebody wants, does not want, or says nothing about count."""
"""Points for each level above the one that the work needs: of the Common European Framework, or of a skill."""

HOURS_BAND: Final = RULES["HOURS_BAND"]


class BadHorizon(Invalid):
    code = "bad_horizon"
    title = "A plan looks ahead from now for at most eight weeks."
    remedy = "Choose an end after the beginning, at most 56 days later."


class PlanRunning(Conflict):
    code = "plan_running"
    title = "A plan of these companies is being made."
    remedy = "Look at it in a moment; it sees everything that is open now."


class TrialRunning(Conflict):
    code = "trial_running"
    title = "A shift of this company is being tried."
    remedy = "Wait until it is done: one is tried after the other."


class PlanStatus(StrEnum):
    RUNNING = "running"
    """Asked for; its job makes it."""
    DONE = "done"
    FAILED = "failed"


PLAN_TRANSITIONS: Mapping[PlanStatus, frozenset[PlanStatus]] = MappingProxyType(
    {
        PlanStatus.RUNNING: frozenset({PlanStatus.DONE, PlanStatus.FAILED}),
        PlanStatus.DONE: frozenset(),
        PlanStatus.FAILED: frozenset(),
    }
)


class ContestStatus(StrEnum):
    """What became of a decision that somebody contests."""

    OPEN = "open"
    UPHELD = "upheld"
    """It was right."""
    OVERTURNED = "overturned"
    """It was wrong."""
    LAPSED = "lapsed"
    """Nobody answered in time, which decides for the person."""


CONTEST_TRANSITIONS: Mapping[ContestStatus, frozenset[ContestStatus]] = MappingProxyType(
    {
        ContestStatus.OPEN: frozenset({ContestStatus.UPHELD, ContestStatus.OVERTURNED, ContestStatus.LAPSED}),
        ContestStatus.UPHELD: frozenset(),
        ContestStatus.OVERTURNED: frozenset(),
        ContestStatus.LAPSED: frozenset(),
    }
)


class TrialKind(StrEnum):
    """What is tried, without anything of it being done."""

    WEIGHTS = "weights"
    """Other weights, by an operator."""
    SHIFT = "shift"
    """Another shift than one that has open seats: its pay, hours, seats or requirements, by its company."""


class TrialStatus(StrEnum):
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


TRIAL_TRANSITIONS: Mapping[TrialStatus, frozenset[TrialStatus]] = MappingProxyType(
    {
        TrialStatus.RUNNING: frozenset({TrialStatus.DONE, TrialStatus.FAILED}),
        TrialStatus.DONE: frozenset(),
        TrialStatus.FAILED: frozenset(),
    }
)


class Search(StrEnum):
    """How it stands about the seat of a booking that was given back."""

    WAITS = "waits"
    """Nobody has been searched for yet."""
    ASKED = "asked"
    """People are asked, and have not answered."""
    NOBODY = "nobody"
    """Nobody is asked now: nobody may, wants to, or is left. It goes on until the shift begins."""
    FOUND = "found"
    """Somebody has the seat."""
    EMPTY = "empty"
    """The shift began without anybody in the seat."""
    NOT_HELD = "not_held"
    """The shift is not held, or its gig is not open any more."""


class PlanScope(StrEnum):
    """Which shifts a plan looks at."""

    SHIFT = "shift"
    URGENT = "urgent"
    """Those that begin within `URGENT`."""
    HORIZON = "horizon"


class Outcome(StrEnum):
    """What matching decided about one person and one shift."""

    OFFERED = "offered"
    NOT_NEEDED = "not_needed"
    """Others had more points for the open seats."""
    NOT_ELIGIBLE = "not_eligible"
    EXCHANGED = "exchanged"
    """The person had another seat of the plan while this shift was filled, and it was exchanged for a third later."""
    TOGETHER = "together"
    """The seats of all shifts were given together, and others of them went to this person, or counted more."""
    ASKED_BEFORE = "asked_before"
    """There was an offer of this shift already, whatever became of it."""
    BEYOND_WAVE = "beyond_wave"
    """The person's place came after those of their half who were asked, though others with fewer points were."""
    CREW_FIRST = "crew_first"
    """A crew of the company was asked first, and its time was not over."""
    TOO_LATE = "too_late"
    """A seat was planned, but the person or somebody else had said yes to something before it could be offered."""


SENTENCES: Mapping[Outcome, str] = MappingProxyType(
    {
        Outcome.OFFERED: "The shift was offered, because the points were among the highest for the open seats.",
        Outcome.NOT_NEEDED: "The open seats were offered to people with more points.",
        Outcome.NOT_ELIGIBLE: "A rule does not allow it.",
        Outcome.EXCHANGED: "While the seats were given this person had another one, which was exchanged later so that "
        "one seat more could be filled.",
        Outcome.TOGETHER: "The seats of all shifts were given together. With this one in place of what this person was "
        "given, fewer seats would be filled, or all of them would count less.",
        Outcome.BEYOND_WAVE: "As many people were asked as are expected to fill the seats. This person's place came "
        "after them.",
        Outcome.CREW_FIRST: "The company has a crew of its own asked first; then everybody is asked.",
        Outcome.TOO_LATE: "A seat was planned, but it or the time was taken before it could be offered.",
        Outcome.ASKED_BEFORE: "The shift had been offered before; nobody is asked twice for the same shift.",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """All that the score may know of a person. Times are whole minutes.

    `wants` says whether the shift lies in the hours that they want to work, None if they named none. `week_minutes`
    are booked, worked, asked about or planned in the shift's week; `recent_minutes` were booked or worked in the 28
    days before it, and what the same plan has given them already counts too; `company_minutes` are those for the
    company in the 90 days before it. `language_steps` are levels above the needed one, of the language where they are
    fewest; `skill_steps` those that tests have proven, of the skill where they are fewest.
    """

    contractor_id: UUID
    wants: bool | None
    band_min_minutes: int
    band_max_minutes: int
    week_minutes: int
    recent_minutes: int
    company_minutes: int
    language_steps: int
    skill_steps: int = 0

    def as_dict(self) -> dict[str, Any]:
        return asdict(self) | {"contractor_id": str(self.contractor_id)}

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> "Candidate":
        """The candidate that `as_dict()` stored."""
        return cls(**{**stored, "contractor_id": UUID(stored["contractor_id"])})


@dataclass(frozen=True, slots=True)
class Scored:
    """A candidate's place among all, from 1, with the points of each part (0 to 100) and the weighted sum."""

    candidate: Candidate
    rank: int
    points: Mapping[Part, int]
    score: int

    def reason(self, weights: Weights) -> dict[str, Any]:
        """Why this person, by parts, as it is stored and shown."""
        return self.told(weights) | {"rank": self.rank}

    def told(self, weights: Weights) -> dict[str, Any]:
        """As `reason()`, of somebody who has no place in the order."""
        return {
            "score": self.score,
            "weights_version": weights.version,
            "parts": [
                {"part": part.value, "points": self.points[part], "weight": weight}
                for part, weight in weights.ranking.items()
            ],
        }


def band_verdict(candidate: Candidate, shift_minutes: int) -> Verdict:
    """HOURS_BAND: whether the week still has room for the shift in the band that the person chose."""
    after = candidate.week_minutes + shift_minutes
    return HOURS_BAND.verdict(
        after <= candidate.band_max_minutes,
        "The week has room in the band of hours that was chosen.",
        {"minutes_with_this_shift": str(after), "chosen_at_most": str(candidate.band_max_minutes)},
        limit=f"{candidate.band_max_minutes} minutes a week",
        remedy="Widen the band in your profile if you want more hours.",
    )


def points(candidate: Candidate, shift_minutes: int) -> dict[Part, int]:
    """The points of each part, whole numbers from 0 to 100."""
    return {
        Part.AVAILABILITY: WISH_POINTS[candidate.wants],
        Part.BAND: _band_points(candidate, candidate.week_minutes + shift_minutes),
        Part.SPREAD: 100 * WEEK_MINUTES // (WEEK_MINUTES + candidate.recent_minutes),
        Part.CONTINUITY: 100 * min(candidate.company_minutes, WEEK_MINUTES) // WEEK_MINUTES,
        Part.LANGUAGE: min(100, LEVEL_STEP * candidate.language_steps),
        Part.QUALITY: min(100, LEVEL_STEP * candidate.skill_steps),
    }


def rank(
    candidates: Iterable[Candidate],
    shift_id: UUID,
    shift_minutes: int,
    weights: Weights,
    seed: int = 0,
    bits: int = 0,
) -> list[Scored]:
    """All candidates, highest score first. The same input gives the same order, on every machine and in every order
    of the input."""
    found = [(_scored(candidate, shift_minutes, weights), candidate) for candidate in candidates]
    found.sort(key=lambda entry: (-entry[0][0], lot(shift_id, entry[1].contractor_id, seed, bits)))
    return [Scored(who, place, earned, score) for place, ((score, earned), who) in enumerate(found, start=1)]


def scored(candidate: Candidate, shift_minutes: int, weights: Weights) -> Scored:
    """The points of one person alone, in the first place."""
    score, earned = _scored(candidate, shift_minutes, weights)
    return Scored(candidate, 1, earned, score)


def lot(shift_id: UUID, contractor_id: UUID, seed: int = 0, bits: int = 0) -> bytes:
    """What orders people of equal scores: a digest, other for each shift, so that no account is always first.

    Very many people are divided into two to the power of `bits` groups of about a thousand, by a digest of their ids,
    and each shift draws the order of the groups, then that of the people in them: so the first of a million can be
    found without a look at all. Everybody's group comes first as often as every other; groups differ in size by a few
    in a hundred, and so does the chance of a person.
    """
    own = hashlib.sha256(shift_id.bytes + contractor_id.bytes + seed.to_bytes(8)).digest()
    return own if not bits else group_lot(shift_id, group_of(contractor_id, bits), seed) + own


@lru_cache(maxsize=65536)
def group_lot(shift_id: UUID, group: int, seed: int = 0) -> bytes:
    """What orders the groups of people of equal scores, other for each shift."""
    return hashlib.sha256(shift_id.bytes + group.to_bytes(2) + seed.to_bytes(8)).digest()


def group_of(contractor_id: UUID, bits: int) -> int:
    """The group of a person where there are two to the power of so many, at most `GROUP_BITS`."""
    digest = hashlib.sha256(contractor_id.bytes).digest()
    return int.from_bytes(digest[:2]) >> (GROUP_BITS - bits)


def offer_until(
    now: datetime, starts_at: datetime, quiet: Quiet | None = None, zone: ZoneInfo | None = None
) -> datetime:
    """How long an offer stands: a quarter of the time left, at least half an hour and at most a day, and never beyond
    the shift's start.

    Whoever has quiet hours in their zone has half an hour after them to answer what would end in them, as far as half
    of the time left allows: nobody loses an offer because they slept, and no seat waits to the end for a sleeper.
    """
    quarter = (starts_at - now) / 4
    usual = min(starts_at, now + min(max(quarter, SHORTEST_OFFER), LONGEST_OFFER))
    if quiet is None or zone is None:
        return usual
    awake = quiet.ends(zone, usual) or quiet.ends(zone, now)
    return usual if awake is None else max(usual, min(awake + SHORTEST_OFFER, now + (starts_at - now) / 2))


def _band_points(candidate: Candidate, after: int) -> int:
    """100 up to the chosen minimum, then falling to 0 at the chosen maximum."""
    if after <= candidate.band_min_minutes:
        return 100
    room = candidate.band_max_minutes - candidate.band_min_minutes
    return 100 * max(0, candidate.band_max_minutes - after) // room if room else 0


def _scored(candidate: Candidate, shift_minutes: int, weights: Weights) -> tuple[int, dict[Part, int]]:
    earned = points(candidate, shift_minutes)
    return sum(weights.of(part) * value for part, value in earned.items()), earned
