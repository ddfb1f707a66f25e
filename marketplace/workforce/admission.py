"""When new people are taken in: as long as there is work for those who are here. Pure (rule INTAKE).

In prose. What is measured is how many seats a week there were in the last four weeks for each hundred vetted people.
When they fall below the published number, new applications wait; when they rise above a somewhat higher one, intake
opens again, so that it does not swing from day to day. A young or small service measures nothing: with fewer people or
less time than the rule names, intake is open.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from marketplace.core.problems import Conflict
from marketplace.standards.rules import RULES

RULE: Final = RULES["INTAKE"]
WINDOW = timedelta(weeks=RULE.parameters["weeks"])
LEAST_PEOPLE: Final = RULE.parameters["least_people"]
PAUSE_BELOW: Final = RULE.parameters["pause_below_seats"]
REOPEN_FROM: Final = RULE.parameters["reopen_from_seats"]


class IntakeStatus(StrEnum):
    OPEN = "open"
    PAUSED = "paused"


class IntakePaused(Conflict):
    """The members tell what was measured: `seats_per_hundred`, `pause_below`, `reopen_from`, `people`."""

    code = "intake_paused"
    title = "New applications wait: there is not enough work for the people who are here."
    remedy = "Have yourself told when it opens again (POST /api/v1/intake/waiting). Who has applied is not affected."


class IntakeOpen(Conflict):
    code = "intake_open"
    title = "Nobody has to wait: applications are taken now."
    remedy = "Apply."


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted: seats of shifts in the window before `at`, vetted people, and when the first shift began."""

    at: datetime
    seats: int
    people: int
    first_shift_at: datetime | None

    @property
    def per_hundred(self) -> int:
        """Seats a week for each hundred people, rounded down."""
        weeks = WINDOW // timedelta(weeks=1)
        return 100 * self.seats // (self.people * weeks) if self.people else 0

    @property
    def says_something(self) -> bool:
        """Whether there were enough people for long enough."""
        begun = self.first_shift_at is not None and self.first_shift_at <= self.at - WINDOW
        return begun and self.people >= LEAST_PEOPLE


def judge(counted: Counted, before: IntakeStatus) -> IntakeStatus:
    """What intake is after a measure, when it was `before`."""
    if not counted.says_something:
        return IntakeStatus.OPEN
    limit = PAUSE_BELOW if before is IntakeStatus.OPEN else REOPEN_FROM
    return IntakeStatus.PAUSED if counted.per_hundred < limit else IntakeStatus.OPEN
