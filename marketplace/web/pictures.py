"""Pictures as numbers: where each part of a bar begins and how wide it is. Templates draw them without style or script.

Places are percentages of the bar's whole width, so that the words beside a bar stay readable on a phone.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from flask_babel import format_date, gettext

from marketplace.contracts.benefits import Balance
from marketplace.contracts.statement import Course
from marketplace.core.money import Money
from marketplace.insight.before_yes import Scorecard
from marketplace.shifts.clock_rules import EntryKind
from marketplace.shifts.guarantee_models import Guarantee
from marketplace.shifts.hours import Stretch as Counted
from marketplace.shifts.models import Booking
from marketplace.shifts.timesheet_models import TimesheetLine
from marketplace.shifts.totals import DayMinutes, MinuteKind
from marketplace.web.words import duration, exact_duration, money_words, name_of

KINDS = "abcdef"
"""The fills of the style sheet, in their order; a picture with more parts begins again."""
_PAYEES = MappingProxyType({"contractor": "a", "benefits": "b", "platform": "c", "third_party": "d"})
_TIMES = MappingProxyType(
    {
        EntryKind.WORK: "a",
        EntryKind.WAITING: "c",
        EntryKind.PAID_BREAK: "b",
        EntryKind.UNPAID_BREAK: "d",
        EntryKind.OUTAGE: "e",
    }
)


@dataclass(frozen=True, slots=True)
class Segment:
    """One part of a bar. `label` says what it is, `words` how much, `kind` names its fill in the style sheet."""

    label: str
    words: str
    start: str
    width: str
    kind: str


@dataclass(frozen=True, slots=True)
class Part:
    """What a bar is made of: `size` is in any unit that all parts share."""

    label: str
    words: str
    size: int
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of time to be drawn: work, a break, waiting."""

    label: str
    words: str
    start: datetime
    end: datetime
    kind: str


def stacked(parts: Sequence[Part], whole: int | None = None) -> list[Segment]:
    """Parts one after another. `whole` is the length of the bar where that is more than their sum.

    Parts of no size are left out.
    """
    length = whole or sum(part.size for part in parts) or 1
    segments, before = [], 0
    for number, part in enumerate(part for part in parts if part.size > 0):
        kind = part.kind or KINDS[number % len(KINDS)]
        segments.append(Segment(part.label, part.words, _percent(before, length), _percent(part.size, length), kind))
        before += part.size
    return segments


def day_line(start: datetime, end: datetime, stretches: Sequence[Stretch]) -> list[Segment]:
    """Stretches of time where they lie between `start` and `end`; what lies outside is cut off."""
    length = int((end - start).total_seconds())
    segments = []
    for stretch in stretches:
        begins = max(0, int((stretch.start - start).total_seconds()))
        ends = min(length, int((stretch.end - start).total_seconds()))
        if begins < ends:
            place, width = _percent(begins, length), _percent(ends - begins, length)
            segments.append(Segment(stretch.label, stretch.words, place, width, stretch.kind))
    return segments


def company_pays(lines: Iterable[tuple[str, Money]], naming: str = "payee") -> list[Segment]:
    """What the company pays for a piece of work, by who gets it: lines of (payee, money) in one currency.

    `naming` is how the payees are called: "payee" to the person who is paid, "payee_of_unpaid" and
    "payee_of_sent_back" to one who is not or whose bank has sent it back, "payee_of_others" to the company.
    """
    sums: dict[str, Money] = {}
    for payee, amount in lines:
        sums[payee] = sums[payee] + amount if payee in sums else amount
    return stacked(
        [
            Part(name_of(naming, payee), money_words(sums[payee]), sums[payee].amount, kind)
            for payee, kind in _PAYEES.items()
            if payee in sums
        ]
    )


def shift_line(booking: Booking, now: datetime) -> list[Segment]:
    """The shift from its start to its end, with what was on the clock until now."""
    stretches = [
        Stretch(
            name_of("time", entry.kind),
            duration(((entry.ended_at or max(entry.started_at, now)) - entry.started_at).total_seconds() / 60),
            entry.started_at,
            entry.ended_at or max(entry.started_at, now),
            _TIMES[entry.kind],
        )
        for entry in booking.entries
    ]
    return day_line(booking.starts_at, booking.ends_at, stretches)


def stretches_line(stretches: Iterable[Counted], start: datetime, end: datetime) -> list[Segment]:
    """Closed stretches of a clock where they lie in a shift."""
    drawn = [
        Stretch(
            name_of("time", each.kind),
            f"{duration((each.ended_at - each.started_at).total_seconds() / 60)}",
            each.started_at,
            each.ended_at,
            _TIMES[each.kind],
        )
        for each in stretches
    ]
    return day_line(start, end, drawn)


_MINUTES = MappingProxyType(
    {
        MinuteKind.WORK: "a",
        MinuteKind.TRAINING: "f",
        MinuteKind.WAITING: "c",
        MinuteKind.OUTAGE: "e",
        MinuteKind.PAID_BREAK: "b",
        MinuteKind.UNPAID_BREAK: "d",
        MinuteKind.COMPENSATION: "g",
        MinuteKind.ADDED: "h",
        MinuteKind.STANDBY: "pass",
        MinuteKind.SICK: "i",
    }
)


def kinds_bar(minutes: Mapping[MinuteKind, int], whole: int | None = None) -> list[Segment]:
    """Minutes of a timesheet by their kind, one after the other. `whole` is the length of the longest of several."""
    counted = ((kind, minutes[kind], fill) for kind, fill in _MINUTES.items())
    parts = [Part(name_of("minute", kind), duration(count), count, fill) for kind, count, fill in counted]
    return stacked(parts, whole)


def days_bars(days: Sequence[DayMinutes]) -> list[tuple[DayMinutes, list[Segment]]]:
    """Each day with its bar, all of one scale."""
    longest = max((sum(day.minutes[kind] for kind in _MINUTES) for day in days), default=0)
    return [(day, kinds_bar(day.minutes, longest)) for day in days]


def minutes_bar(line: TimesheetLine) -> list[Segment]:
    """The minutes of one booking on a timesheet, by kind."""
    return kinds_bar({**dict.fromkeys(MinuteKind, 0), **line.by_kind})


def scorecard_bar(card: Scorecard) -> list[Segment]:
    """What a company did with the time of the shifts that it answered."""
    if card.shifts_worked is None or card.shifts_cut is None or card.cuts_restored is None:
        return []
    lost = card.shifts_cut - card.cuts_restored
    counted = (
        (gettext("approved whole"), card.shifts_worked - card.shifts_cut, "pass"),
        (gettext("cut, and restored"), card.cuts_restored, "note"),
        (gettext("cut"), lost, "fail"),
    )
    return stacked([Part(label, str(count), count, kind) for label, count, kind in counted])


def guaranteed_weeks(weeks: Iterable[Guarantee]) -> list[tuple[Guarantee, list[Segment]]]:
    """Weeks of guaranteed hours, each with a bar of what became of it."""
    return [(week, _guaranteed_bar(week)) for week in weeks]


def _guaranteed_bar(week: Guarantee) -> list[Segment]:
    counted = (
        (gettext("given"), week.given_minutes, "a"),
        (gettext("refused"), week.refused_minutes, "d"),
        (gettext("not offered, and paid"), week.owed_minutes, "b"),
    )
    return stacked([Part(label, duration(count), count, kind) for label, count, kind in counted])


def score_bar(parts: Iterable[Mapping[str, Any]], naming: str = "part") -> list[Segment]:
    """The points of an offer's reason, weighed, out of the most there are.

    `naming` is how the parts are told: "part" to the person, "part_of_others" to the company.
    """
    found = list(parts)
    most = sum(100 * int(part["weight"]) for part in found)
    return stacked(
        [
            Part(
                name_of(naming, part["part"]),
                gettext("%(points)s of 100, weight %(weight)s", points=part["points"], weight=part["weight"]),
                int(part["points"]) * int(part["weight"]),
            )
            for part in found
        ],
        whole=most,
    )


def year_bar(balance: Balance) -> list[Segment]:
    """How much leave was earned this year, out of what a year may bring; empty for a plan without such a limit."""
    most, left = balance.most_a_year, balance.left_this_year
    if most is None or left is None or balance.seconds is None:
        return []
    earned = Part(gettext("earned this year"), exact_duration(most - left), most - left, "a")
    return stacked([earned, Part(gettext("still possible"), exact_duration(left), left, "ground")])


@dataclass(frozen=True, slots=True)
class Column:
    """One upright bar of a picture over time. Places and sizes are percentages of the picture."""

    label: str
    words: str
    x: str
    width: str
    y: str
    height: str


MOST_COLUMNS = 24


def balance_columns(course: Course) -> list[Column]:
    """What stood at the end of each month, of the last two years."""
    months = course.months[-MOST_COLUMNS:]
    highest = max((month.balance for month in months), default=0) or 1
    return [
        Column(
            label=format_date(month.first_day, "MMM yyyy"),
            words=amount_words(month.balance, course.currency),
            x=_percent(number, len(months)),
            width=f"{80 / len(months):.2f}%",
            y=_percent(highest - month.balance, highest),
            height=_percent(month.balance, highest),
        )
        for number, month in enumerate(months)
    ]


def amount_words(quantity: int, currency: str | None) -> str:
    """A quantity of the benefit ledger: minor units of a currency, or seconds of leave."""
    return exact_duration(quantity) if currency is None else money_words(Money(quantity, currency))


def newspaper_bars() -> dict[str, list[Segment]]:
    """Of an hour that the company paid 12.50 USD for, what reached the person who worked it: as TIME told it on
    18 January 2023 (1.32 USD), and the least that the rule SHARE lets through here (70 percent)."""
    paid = Money.of("12.50", "USD")
    return {
        "told": _share_of(paid, Money.of("1.32", "USD")),
        "here": _share_of(paid, paid * Fraction(70, 100)),
    }


def _share_of(paid: Money, reached: Money) -> list[Segment]:
    return stacked(
        [
            Part(gettext("reaches the person who works"), str(reached), reached.amount, "a"),
            Part(gettext("stays with those in between"), str(paid - reached), (paid - reached).amount, "ground"),
        ]
    )


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.2f}%"
