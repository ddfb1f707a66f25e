"""Hours that a contract guarantees: which days promise how much, what counts towards it, and what is owed. Pure.

In prose. A week runs from Monday to Monday as the clock shows it where the contract says that the person works. Each of
its days guarantees a seventh of the weekly hours of the contract that holds on it, so a contract that begins or ends in
the middle of a week guarantees its part, and a week is worth the same whether a clock changed in it or a month ended.
Days off that the person has entered guarantee nothing, nor do days on which
they are suspended and the suspension stands; and no week guarantees more than the hours in which they can
work, since nobody may offer the others. Towards the sum counts every minute that was
paid, worked or not; what was offered, accepted and then not worked by the person's own choice; and what they refused,
each hour once, where the rule lets a refusal count. What is missing is owed (rule GUARANTEED_HOURS).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from marketplace.core.days import midnight
from marketplace.shifts.clock_rules import EntryFlag
from marketplace.shifts.rules import BookingStatus
from marketplace.standards.catalogue import RULES
from marketplace.standards.hazard import HazardClass
from marketplace.standards.hours import Span
from marketplace.workforce.calendar import Calendar, Wish

_NUMBERS = RULES["GUARANTEED_HOURS"].parameters
OFFERED_BEFORE: Final = timedelta(hours=_NUMBERS["refusal_counts_hours_before"])
OPEN_FOR: Final = timedelta(hours=_NUMBERS["refusal_counts_hours_open"])
SETTLED_AFTER: Final = timedelta(hours=_NUMBERS["settled_hours_after"])
"""How long after its end a week is reckoned: so long a missed shift may turn out to have been an outage."""
BREAK_MINUTES: Final = RULES["BREAK"].parameters["minutes"]
NOT_THEIR_CHOICE: Final = frozenset(
    {
        EntryFlag.ENDED_BY_COMPANY,
        EntryFlag.FELL_ILL,
        EntryFlag.CAP_REACHED,
        EntryFlag.CLASS_RAISED,
        EntryFlag.OUTAGE,
        EntryFlag.UNLAWFUL_CONTENT,
    }
)
"""Why a clock stopped before the end of the shift, where the person did not choose it."""
MINUTE: Final = timedelta(minutes=1)
WEEK: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Held:
    """A signed version: from which moment until which it holds, between its days, and what it guarantees a week."""

    signed_at: datetime
    number: int
    first_day: date
    last_day: date | None
    ends_at: datetime | None
    weekly_hours: int

    def holds(self, day: date, zone: ZoneInfo) -> bool:
        """Whether it holds at any moment of the day: a day that has begun counts whole."""
        if day < self.first_day or (self.last_day is not None and day > self.last_day):
            return False
        begins, ends = midnight(day, zone), midnight(day + timedelta(days=1), zone)
        return self.signed_at < ends and (self.ends_at is None or self.ends_at > begins)


@dataclass(frozen=True, slots=True)
class Paused:
    """A suspension by a human's decision, still without its end where that has not come."""

    starts_at: datetime
    ends_at: datetime | None

    def covers(self, day: date, zone: ZoneInfo) -> bool:
        """Whether it lasted for all of the day: one on which somebody could have been offered anything counts whole."""
        begins, ends = midnight(day, zone), midnight(day + timedelta(days=1), zone)
        return self.starts_at <= begins and (self.ends_at is None or self.ends_at >= ends)


@dataclass(frozen=True, slots=True)
class Seat:
    """A booking that is over, as the guarantee reads it. `paid` are the minutes that somebody is paid for."""

    during: Span
    status: BookingStatus
    paid: int
    unpaid_break: int
    flags: frozenset[str]


@dataclass(frozen=True, slots=True)
class Refused:
    """A shift that somebody said no to, did not answer, or gave back."""

    during: Span
    made_at: datetime
    expires_at: datetime
    answered: bool
    hazard_class: HazardClass


@dataclass(frozen=True, slots=True)
class Week:
    """What became of one week, in minutes."""

    guaranteed: int
    given: int
    """Paid for, or accepted and left by the person's own choice."""
    refused: int

    @property
    def owed(self) -> int:
        return max(0, self.guaranteed - self.given - self.refused)


def bounds(monday: date, zone: ZoneInfo) -> Span:
    """The week as it really passes: 167 or 169 hours where a clock changes in it."""
    return Span(midnight(monday, zone), midnight(monday + WEEK, zone))


def newest(day: date, versions: Sequence[Held], zone: ZoneInfo) -> Held | None:
    """The version that holds on the day: of those that do, the one that was signed last."""
    holding = [each for each in versions if each.holds(day, zone)]
    return max(holding, key=lambda each: (each.signed_at, each.number), default=None)


def days_of(monday: date) -> list[date]:
    return [monday + timedelta(days=each) for each in range(7)]


def guaranteed(
    days: Iterable[date], versions: Sequence[Held], zone: ZoneInfo, calendar: Calendar, paused: Sequence[Paused] = ()
) -> int:
    """Minutes that these days of one week guarantee, rounded up once in the person's favour."""
    known = [day for day in days if not any(each.covers(day, zone) for each in paused)]
    holding = [newest(day, versions, zone) for day in known if not _is_off(day, calendar)]
    promised = -(-sum(each.weekly_hours for each in holding if each is not None) * 60 // 7)
    return min(promised, sum(_minutes_free(day, calendar) for day in known))


def _is_off(day: date, calendar: Calendar) -> bool:
    """Whether the person entered the whole day as one on which they cannot work. What every week says is no day off."""
    begins = datetime.combine(day, time())
    return Calendar((), calendar.dated).said_by_clock(begins, begins + timedelta(days=1)) == {Wish.UNAVAILABLE}


def _minutes_free(day: date, calendar: Calendar) -> int:
    begins = datetime.combine(day, time())
    said = calendar.laid_out(begins, begins + timedelta(days=1))
    return sum((end - start for start, end, wish in said if wish is not Wish.UNAVAILABLE), timedelta()) // MINUTE


def given(seat: Seat) -> int:
    """What a booking counts. Whoever left by their own choice was given the whole schedule but for the break of rule
    BREAK; illness, outages and whatever the company or a rule ended count by what is paid."""
    scheduled = (seat.during.ends_at - seat.during.starts_at) // MINUTE
    if seat.status is BookingStatus.NO_SHOW:
        return scheduled
    if seat.status is BookingStatus.WORKED and not seat.flags & NOT_THEIR_CHOICE:
        return max(seat.paid, scheduled - min(seat.unpaid_break, BREAK_MINUTES))
    return seat.paid


def counts(refused: Refused) -> bool:
    """Whether a refusal counts: of work that is not distressing, offered in time, that could be thought about."""
    in_time = refused.made_at <= refused.during.starts_at - OFFERED_BEFORE
    thought_about = refused.answered or refused.expires_at - refused.made_at >= OPEN_FOR
    return refused.hazard_class is HazardClass.H0 and in_time and thought_about


def refused_minutes(refusals: Iterable[Refused], seats: Iterable[Seat]) -> int:
    """Whole minutes in which something was refused that counts, each once however many shifts lay in it, and none in
    which the person had a seat of the same company."""
    taken = sorted((seat.during.starts_at, seat.during.ends_at) for seat in seats)
    wanted = sorted((each.during.starts_at, each.during.ends_at) for each in refusals if counts(each))
    return sum((end - start for start, end in _without(_joined(wanted), _joined(taken))), timedelta()) // MINUTE


def reckon(minutes: int, seats: Sequence[Seat], refusals: Sequence[Refused]) -> Week:
    return Week(minutes, sum(given(seat) for seat in seats), refused_minutes(refusals, seats))


Stretches = Iterable[tuple[datetime, datetime]]


def _joined(stretches: Stretches) -> list[tuple[datetime, datetime]]:
    joined: list[tuple[datetime, datetime]] = []
    for start, end in stretches:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _without(stretches: Stretches, taken: Sequence[tuple[datetime, datetime]]) -> Iterator[tuple[datetime, datetime]]:
    for start, end in stretches:
        at = start
        for begins, ends in taken:
            if begins > at:
                yield at, min(begins, end)
            at = max(at, ends)
            if at >= end:
                break
        if at < end:
            yield at, end
