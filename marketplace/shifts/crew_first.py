"""How long a crew of the company is asked first about a shift (rule CREW_FIRST). Pure.

In the last days before a shift no crew comes first. The last offer that was made to a crew has ended four days before
it then, and an offer stands for a quarter of the time left, at most a day: so whoever is not in the crew is never asked
too late to have the whole day.
"""

from datetime import UTC, datetime, timedelta
from typing import Final

from marketplace.core.problems import Conflict
from marketplace.standards.catalogue import RULES
from marketplace.standards.verdicts import Verdict

CREW_FIRST: Final = RULES["CREW_FIRST"]
LASTS = timedelta(hours=CREW_FIRST.parameters["most_hours"])
NOT_IN_THE_LAST = timedelta(days=CREW_FIRST.parameters["last_days_without"])


class TooLateForCrew(Conflict):
    code = "too_late_for_crew"
    title = "So near its start everybody is asked about a shift at the same time."
    remedy = "Plan the shift without a crew that is asked first, or further ahead."


def first_until(searched: datetime, starts_at: datetime) -> datetime:
    """Until when the crew alone is asked, where the first search was at that moment. May lie before it: then never."""
    return min(searched + LASTS, starts_at - NOT_IN_THE_LAST)


def not_yet(until: datetime) -> Verdict:
    """The verdict about whoever is not in the crew while it is asked first."""
    moment = until.astimezone(UTC).isoformat(timespec="minutes")
    return CREW_FIRST.verdict(
        False,
        "The company has a crew of its own asked first; then everybody is asked.",
        {"until": moment},
        limit=f"from {moment} on",
        remedy="Nothing is to be done: a search after that moment asks everybody by the same points.",
    )
