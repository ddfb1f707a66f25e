"""What a plan decided: who was given which seat at which turn, and why somebody was given none. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from marketplace.matching.rules import Outcome, Scored
from marketplace.shifts.crew_first import CREW_FIRST
from marketplace.standards.verdicts import Verdict


@dataclass(frozen=True, slots=True)
class Given:
    """A seat that the plan gives. `turn` is its place in the whole plan from 1, `scored.rank` that in its shift."""

    shift_id: UUID
    turn: int
    scored: Scored

    @property
    def contractor_id(self) -> UUID:
        return self.scored.candidate.contractor_id


@dataclass(frozen=True, slots=True)
class Planned:
    """What the plan decided about one shift. `refused` says of a shift with seats left how many people each rule kept
    out, by the first rule that did."""

    shift_id: UUID
    seats: int
    given: Sequence[Given]
    refused: Mapping[str, int]

    @property
    def unfilled(self) -> int:
        return max(0, self.seats - len(self.given))

    @property
    def filled(self) -> int:
        return min(self.seats, len(self.given))

    @property
    def cutoff(self) -> int | None:
        """The lowest score that was given a seat."""
        return min((each.scored.score for each in self.given), default=None)

    @property
    def turn(self) -> int | None:
        """The turn after which nobody was given a seat of the shift; None while a seat is open to the end."""
        return max((each.turn for each in self.given), default=0) if not self.unfilled else None


@dataclass(frozen=True, slots=True)
class Answer:
    """Why somebody was given no seat: the verdict that decided, or points that were not enough. `short_wave` says
    whether the other half of the people was asked in a longer wave, `together` whether the seats of all shifts were
    given together (`matching.whole`)."""

    verdict: Verdict | None
    scored: Scored | None
    short_wave: bool = False
    together: bool = False

    def outcome(self, cutoff: int | None) -> Outcome:
        """What it comes to where `cutoff` is the lowest score that was given a seat.

        Whoever has more points than that, and no rule against them, had a seat at the time that they were moved out of
        in the second try: it kept them from this one, and stands in no plan any more.
        """
        if self.verdict is not None:
            return Outcome.CREW_FIRST if self.verdict.rule == CREW_FIRST.id else Outcome.NOT_ELIGIBLE
        has_more = self.scored is not None and cutoff is not None and self.scored.score > cutoff
        if not has_more:
            return Outcome.NOT_NEEDED
        if self.short_wave:
            return Outcome.BEYOND_WAVE
        return Outcome.TOGETHER if self.together else Outcome.EXCHANGED
