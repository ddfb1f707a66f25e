"""Paid standby: how long somebody stands by, what it pays if they are not needed, and until when they are called. Pure.

Whoever stands by keeps the whole shift free and is there for its first hour, in which it shows who does not come.
Called, they work as anybody does, and the time from the start to the call is paid on top. Not called, they go at the
end of that hour with half of the schedule paid (rule STANDBY): so the hour of being there is paid in full.
"""

from datetime import datetime, timedelta
from typing import Final

from marketplace.shifts.hours import NO_SHOW_AFTER, Compensation, cancellation, scheduled_minutes
from marketplace.standards.catalogue import RULES

_NUMBERS: Final = RULES["STANDBY"].parameters
READY_FOR: Final = timedelta(minutes=_NUMBERS["ready_minutes"])
"""How long after the start of the shift somebody stands by."""
CALL_WITHIN: Final = timedelta(hours=_NUMBERS["call_within_hours"])
"""From how long before the start on a seat that nobody is asked about goes to whoever stands by."""
ANSWER_WITHIN: Final = timedelta(minutes=_NUMBERS["answer_minutes"])
"""How long somebody has to clock in who is called after the start, and had not said that they are ready."""
_MINUTE: Final = timedelta(minutes=1)


def ready_until(starts_at: datetime, ends_at: datetime) -> datetime:
    """Until when somebody stands by: for an hour, or all of a shorter shift."""
    return min(starts_at + READY_FOR, ends_at)


def most_waited(starts_at: datetime, ends_at: datetime) -> int:
    """The minutes that somebody stands by at most before they are called."""
    return (ready_until(starts_at, ends_at) - starts_at) // _MINUTE


def in_time(starts_at: datetime, called_at: datetime | None) -> datetime:
    """Until when somebody has to have clocked in: half an hour after the start, or a quarter after a later call."""
    late = starts_at + NO_SHOW_AFTER
    return late if called_at is None else max(late, called_at + ANSWER_WITHIN)


def unused_minutes(starts_at: datetime, ends_at: datetime) -> int:
    """The minutes that are paid for standing by in vain: half of the schedule, rounded up, and no less than the hour of
    standing by, or all of a shorter shift.

    A shift of eight hours pays four, one of four hours two, one of ninety minutes an hour, one of half an hour all.
    """
    scheduled = scheduled_minutes(starts_at, ends_at)
    half = -(-scheduled * _NUMBERS["unused_percent"] // 100)
    return min(scheduled, max(half, READY_FOR // _MINUTE))


def waited_minutes(starts_at: datetime, called_at: datetime) -> int:
    """Whole minutes between the start of the shift and the call, rounded up; none when the call came before it."""
    return max(0, -(-(called_at - starts_at) // _MINUTE))


def paid_beside(waited: int, scheduled: int, otherwise: int) -> int:
    """Of the minutes from the start to the call those that are paid beside what is paid of the shift `otherwise`: no
    minute of a schedule is paid twice, and no more than was held for it.

    Called after half an hour of four and worked to the end: 30 beside 210. Of two hours that the company ends half an
    hour after the call, 30 worked and 90 to the call-in minimum: none, since all of them are paid already.
    """
    return min(waited, max(0, scheduled - otherwise))


def cancelled(starts_at: datetime, ends_at: datetime, now: datetime, worked: int = 0) -> Compensation:
    """What somebody who stands by is owed when the company takes the shift back: by the notice curve, and no more than
    for having stood by."""
    owed = cancellation(starts_at, ends_at, now, worked)
    return Compensation(min(owed.minutes, unused_minutes(starts_at, ends_at)), owed.rule)
