"""The law of pay groups: which days are pay days, and who waits for none of them. Pure."""

from collections.abc import Collection
from datetime import datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from marketplace.core.days import midnight
from marketplace.core.problems import Conflict
from marketplace.standards.catalogue import RULES

LONGEST_WAIT = timedelta(hours=RULES["PAY_GROUP"].parameters["most_wait_hours"])
"""How long what was approved may wait for a pay day (PAY_GROUP)."""
APPROVED_WAITS = timedelta(days=1)
"""PAY_TERM: paid within 7 days. A timesheet may wait 72 hours for an answer, so a pay day once a week would come too
late; after a day in which an operator can start a run, the clock does."""


class CountryInGroup(Conflict):
    code = "country_in_pay_group"
    title = "A country is in one pay group at most."
    remedy = "Take it out of the other group first."


class GroupNamedAlready(Conflict):
    code = "pay_group_named_already"
    title = "There is a pay group of that name."
    remedy = "Choose another name."


class GroupEnded(Conflict):
    code = "pay_group_ended"
    title = "This pay group has ended."
    remedy = "Make a new one."


def next_pay_day(now: datetime, weekdays: Collection[int], zone: ZoneInfo) -> datetime:
    """When the next pay day after today begins there. `weekdays` are ISO's: Monday is 1; at least one."""
    today = now.astimezone(zone).date()
    coming = (today + timedelta(days=ahead) for ahead in count(1))
    return midnight(next(day for day in coming if day.isoweekday() in weekdays), zone)


def due_if_ready_by(now: datetime, weekdays: Collection[int], zone: ZoneInfo) -> datetime:
    """What was ready to be paid at this moment or earlier is to be paid now.

    On a pay day that is all from before it began. On any other it is what has waited for a day, and would wait longer
    than PAY_GROUP allows if it waited for the next one.
    """
    waited = min(now - APPROVED_WAITS, next_pay_day(now, weekdays, zone) - LONGEST_WAIT)
    today = now.astimezone(zone).date()
    return max(waited, midnight(today, zone)) if today.isoweekday() in weekdays else waited
