"""Until when what somebody showed holds, when they are told, and when they can renew it. Pure (rule PAPERS_END).

In prose. A paper holds through its last day by its person's own calendar. Thirty and seven days before, the person is
told; from sixty days before on they can show another. After the last day new offers rest, and nothing else does: until
an operator has accepted what is shown anew, or has looked and found that nothing follows.
"""

from datetime import date, timedelta
from typing import Final

from marketplace.core.problems import Invalid
from marketplace.standards.rules import RULES
from marketplace.workforce.papers import PaperExpired
from marketplace.workforce.rules import RequirementKind

RULE: Final = RULES["PAPERS_END"]
REMINDERS: Final = (RULE.parameters["first_days"], RULE.parameters["last_days"])
"""How many days before the end the person is told, the first time first."""
RENEW_FROM = timedelta(days=RULE.parameters["renew_days"])
HAVE_AN_END = frozenset({RequirementKind.IDENTITY, RequirementKind.RESIDENCE, RequirementKind.RIGHT_TO_WORK})
"""What may hold until a day only."""


class HasNoEnd(Invalid):
    code = "has_no_end"
    title = "This does not hold until a day: it holds."
    remedy = "Say until when of an identity, a residence or a right to work alone."


def check_end(kind: RequirementKind, until: date | None, today: date) -> None:
    """Raises HasNoEnd, or PaperExpired: what is over shows nothing."""
    if until is None:
        return
    if kind not in HAVE_AN_END:
        raise HasNoEnd(field="valid_until")
    if until < today:
        raise PaperExpired(f"It was good until {until.isoformat()}: {kind}.", field="valid_until")


def renewable_from(until: date | None) -> date | None:
    """The day from which on what holds until `until` can be shown anew; None where it has no end."""
    return None if until is None else until - RENEW_FROM


def may_renew(until: date | None, today: date) -> bool:
    """Whether what was accepted can be shown anew."""
    first = renewable_from(until)
    return first is not None and today >= first


def reminder(until: date, today: date, told: int | None) -> int | None:
    """Which reminder is due, by its days; None where none is. `told` is the last that was given."""
    left = (until - today).days
    due = [days for days in REMINDERS if left <= days and (told is None or told > days)]
    return due[-1] if due and left >= 0 else None
