"""When a test may be taken, among which other work, how long it lasts, and what its minutes earn. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from marketplace.core.money import Money
from marketplace.core.problems import Conflict
from marketplace.standards.catalogue import RULES
from marketplace.standards.hours import Span, judge_day, judge_day_off, judge_rest, judge_week
from marketplace.standards.rates import PriceInput, PriceLine, cost, gross_pay, price

CAP_TIMES: Final = RULES["TEST_TIMER"].parameters["times_p75"]
MEASURED_FROM: Final = RULES["TEST_TIMER"].parameters["least_attempts"]
RESUMED_WITHIN: Final = timedelta(hours=RULES["TEST_TIMER"].parameters["resume_hours"])
"""How long an attempt waits for somebody whose network, or day, was lost."""
SILENCE: Final = timedelta(minutes=RULES["QUALIFICATION_TIME"].parameters["silent_minutes"])
"""Between two signs of life at most so much counts as time at the test."""
REMIND_BEFORE: Final = timedelta(days=RULES["TEST_VERSION"].parameters["renew_days"])
"""How long before it ends a qualification can be renewed; its holder is reminded then."""
AROUND: Final = timedelta(days=9)
"""How far before and after a test other work can decide about it: a local week, and the seven days of DAY_OFF."""
DAY_OF_WORK: Final = RULES["DAY"].parameters["minutes"]


class TooMuchWork(Conflict):
    """A rule of working time says no. The members carry the verdict that decided, with its source and remedy."""

    code = "test_breaks_hours"
    title = "With this test a rule of working time would be broken: its minutes are work."
    remedy = "Take it later, when there is time for it beside your shifts. Nothing was begun and nothing counts."


class TooEarly(Conflict):
    """The member `from` says from when on."""

    code = "retake_too_early"
    title = "The test cannot be taken again yet."
    remedy = "Take it again from the moment that is named."


class AlreadyHeld(Conflict):
    """The member `from` says from when on it can be renewed."""

    code = "already_qualified"
    title = "You hold this qualification."
    remedy = "It can be renewed from 30 days before it ends."


@dataclass(frozen=True, slots=True)
class Past:
    """What somebody has done with a test: when their attempts ended, the latest last, and until when they hold it."""

    ended: Sequence[datetime] = ()
    held_until: datetime | None = None


def free_from(past: Past, *, retake_days: int, most_attempts: int, period_days: int) -> datetime | None:
    """From when on the test may be taken (again); None when nothing was ever in the way. A holder may renew."""
    if not past.ended:
        return None
    waits = [past.ended[-1] + timedelta(days=retake_days)]
    if len(past.ended) >= most_attempts:
        waits.append(past.ended[-most_attempts] + timedelta(days=period_days))
    return max(waits)


def check_may_start(past: Past, now: datetime, *, retake_days: int, most_attempts: int, period_days: int) -> None:
    """Raises AlreadyHeld or TooEarly, both with the moment from which on it may be taken."""
    if past.held_until is not None and (renewable := past.held_until - REMIND_BEFORE) > now:
        raise AlreadyHeld(f"You hold it until {past.held_until.isoformat()}.", **{"from": renewable.isoformat()})
    free = free_from(past, retake_days=retake_days, most_attempts=most_attempts, period_days=period_days)
    if free is not None and free > now:
        raise TooEarly(f"From {free.isoformat()} on.", **{"from": free.isoformat()})


def cap_minutes(typical_minutes: int, limit_minutes: int | None) -> int:
    """TEST_TIMER: the safety cap of an attempt, and the most that is paid of it."""
    return max(typical_minutes * CAP_TIMES, limit_minutes or 0)


def typical_minutes(estimate_minutes: int, measured_seconds: Sequence[int]) -> int:
    """How long three of four people take, in whole minutes, rounded up; the author's estimate until enough attempts
    have measured it."""
    if len(measured_seconds) < MEASURED_FROM:
        return estimate_minutes
    ordered = sorted(measured_seconds)
    return max(1, -(-ordered[-(-3 * len(ordered) // 4) - 1] // 60))


def counted(seconds: int, silence: timedelta) -> tuple[int, bool]:
    """The time at the test after a further silence, and whether a part of the silence does not count."""
    whole = max(0, int(silence.total_seconds()))
    most = int(SILENCE.total_seconds())
    return seconds + min(whole, most), whole > most


def paid_minutes(worked_seconds: int, cap: int) -> int:
    """QUALIFICATION_TIME: every minute begun is paid, at least one, and none beyond the cap."""
    return min(max(1, -(-worked_seconds // 60)), cap)


def fair_rate(stated: Money, floor: Money) -> Money:
    """QUALIFICATION_TIME: the stated rate, or the floor of the person's place where that is higher."""
    return max(stated, floor, key=lambda rate: rate.amount)


def priced(rate: Money, minutes: int) -> tuple[PriceLine, ...]:
    """What so many minutes of a test cost its owner: pay, sick leave and health, and no fee."""
    lines = price(PriceInput(rate=rate, qualification_minutes=minutes))
    return tuple(line for line in lines if line.money or line.seconds)


def wages(rate: Money, minutes: int) -> Money:
    """What so many minutes of a test bring the person who takes it, benefits aside."""
    return gross_pay(priced(rate, minutes))


def highest_cost(rate: Money, minutes: int) -> Money:
    """The sum of `priced()`: what is held before the first minute, for the cap's minutes."""
    return cost(priced(rate, minutes))


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody lives, as far as the rules of working time ask."""

    zone: ZoneInfo
    country: str
    daily_rest_hours: Decimal | None = None


def spans(started_at: datetime, last_seen_at: datetime, minutes: int) -> list[Span]:
    """When the minutes of an attempt were worked, as far as is known (TEST_HOURS): in one piece from its beginning, or,
    where there was a silence that does not count, the first at its beginning and the others before the last sign of
    life. So a week counts each of them, and rest is measured from both ends."""
    minute = timedelta(minutes=1)
    whole = Span(started_at, started_at + minutes * minute)
    if last_seen_at <= whole.ends_at or minutes < 2:
        return [whole]
    return [Span(started_at, started_at + minute), Span(last_seen_at - (minutes - 1) * minute, last_seen_at)]


def check_hours(work: Sequence[Span], now: datetime, cap: int, place: Place) -> None:
    """TEST_HOURS: whoever begins now and uses all of the cap keeps to REST, DAY, WEEK and DAY_OFF beside `work`, what
    else they have worked or promised. A cap beyond a day of work is judged as a whole one. Raises TooMuchWork."""
    new = Span(now, now + timedelta(minutes=min(cap, DAY_OF_WORK)))
    verdicts = (
        judge_rest(work, new, daily_rest_hours=place.daily_rest_hours),
        judge_day(work, new, place.zone),
        judge_week(work, new, place.zone),
        judge_day_off(work, new, country=place.country),
    )
    broken = next((verdict for verdict in verdicts if verdict.failed), None)
    if broken is not None:
        raise TooMuchWork(broken.sentence, limit=broken.limit, verdict=broken.as_dict())
