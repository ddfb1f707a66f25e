"""The law of messages: when a first reply is due (FIRST_REPLY), which time an open question protects (OPEN_QUESTION),
and when instructions are at fault (ASKED_TWICE)."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from math import ceil
from types import MappingProxyType
from zoneinfo import ZoneInfo

from marketplace.core.problems import Conflict, Invalid, TooMany
from marketplace.standards.catalogue import RULES

_NUMBERS = RULES["FIRST_REPLY"].parameters
LEAST_MEASURED = _NUMBERS["least_questions"]
"""Of fewer questions nobody says how fast a company answers: one slow evening would be its whole name."""
MEASURED_OVER = timedelta(days=_NUMBERS["measured_days"])
MOST_AN_HOUR = 30
"""Messages that one person may write in an hour, in all threads."""
MOST_TOLD_AN_HOUR = 6
"""Times that a company may write about one shift in an hour, to however many: each time telephones ring."""
MOST_WAITING = 10
"""Threads of one person about one gig that may wait for an answer at a time."""
SATURDAY = 5
_BLANK_LINES = re.compile(r"\r?\n[^\S\n]*\r?\n\s*")


class ThreadStatus(StrEnum):
    WAITING = "waiting"
    """The contractor's question has no answer yet."""
    ANSWERED = "answered"
    CLOSED = "closed"
    """By either side; a new message opens it again."""


THREAD_TRANSITIONS: Mapping[ThreadStatus, frozenset[ThreadStatus]] = MappingProxyType(
    {
        ThreadStatus.WAITING: frozenset({ThreadStatus.ANSWERED, ThreadStatus.CLOSED}),
        ThreadStatus.ANSWERED: frozenset({ThreadStatus.WAITING, ThreadStatus.CLOSED}),
        ThreadStatus.CLOSED: frozenset({ThreadStatus.WAITING, ThreadStatus.ANSWERED}),
    }
)


class Side(StrEnum):
    CONTRACTOR = "contractor"
    COMPANY = "company"


class DefectStatus(StrEnum):
    OPEN = "open"
    REWRITTEN = "rewritten"
    """A new version of the instructions was verified."""
    EXPLAINED = "explained"
    """The company published an answer for all."""


DEFECT_TRANSITIONS: Mapping[DefectStatus, frozenset[DefectStatus]] = MappingProxyType(
    {
        DefectStatus.OPEN: frozenset({DefectStatus.REWRITTEN, DefectStatus.EXPLAINED}),
        DefectStatus.REWRITTEN: frozenset(),
        DefectStatus.EXPLAINED: frozenset(),
    }
)


@dataclass(frozen=True, slots=True)
class Wait:
    """From when to when a question protects the time of whoever asked it; to None while nobody has answered."""

    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class ReplyTime:
    """How a company answered: of `questions` that were answered or due, `in_time_percent` had a first reply in time,
    and half had one within `median_minutes`. Silence counts as long as it lasts."""

    questions: int
    in_time_percent: int
    median_minutes: int


class MustAnswerFirst(Conflict):
    """A company does not close what it has not answered."""

    code = "must_answer_first"
    title = "This question has no answer yet."
    remedy = "Answer it; then the thread can be closed."


class NoSuchPart(Invalid):
    code = "no_such_part"
    title = "The instructions have no such part."
    remedy = "Name a part that the instructions have now, or none."


class TooManyWaiting(Conflict):
    code = "too_many_waiting"
    title = "Many of your questions about this gig wait already."
    remedy = "Write in one of their threads, or wait for an answer."


class TooManyMessages(TooMany):
    code = "too_many_messages"
    title = "You have written many messages."
    remedy = "Wait for an answer, or write again in an hour."


def first_reply_due(asked_at: datetime, zone: ZoneInfo, days_off: Collection[date]) -> datetime:
    """When the first reply is due at the latest: at the same time of the next business day (FIRST_REPLY). What is asked
    on a day off counts as asked at the end of that day, so the whole next business day remains.

    `days_off` are public holidays of the zone's place; Saturdays and Sundays are off everywhere.
    """
    local = asked_at.astimezone(zone)
    following = _next_business_day(local.date(), days_off)
    if _is_off(local.date(), days_off):
        return datetime.combine(following + timedelta(days=1), time(), zone)
    return datetime.combine(following, local.timetz().replace(tzinfo=None), zone)


def waited_minutes(starts_at: datetime, ends_at: datetime, waits: Iterable[Wait]) -> int:
    """How many minutes of a stretch of work lie inside waits for an answer, each counted once, rounded up for the
    person (OPEN_QUESTION)."""
    total, reached = timedelta(), starts_at
    for wait in sorted(waits, key=lambda each: each.since):
        begin = max(wait.since, reached)
        end = ends_at if wait.until is None else min(wait.until, ends_at)
        if begin < end:
            total, reached = total + (end - begin), end
    return ceil(total / timedelta(minutes=1))


def parts_of(text: str) -> list[str]:
    """The parts of instructions that a question can be about: what blank lines set apart, numbered from one."""
    return [part.strip() for part in _BLANK_LINES.split(text) if part.strip()]


def _next_business_day(day: date, days_off: Collection[date]) -> date:
    following = day + timedelta(days=1)
    while _is_off(following, days_off):
        following += timedelta(days=1)
    return following


def _is_off(day: date, days_off: Collection[date]) -> bool:
    return day.weekday() >= SATURDAY or day in days_off
