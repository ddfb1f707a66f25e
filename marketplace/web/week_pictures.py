"""A week and the days ahead as pictures: which hours somebody wants, would rather not have, or cannot work."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from types import MappingProxyType

from flask_babel import gettext, lazy_gettext

from marketplace.web.pictures import Part, Segment, stacked
from marketplace.web.words import name_of
from marketplace.workforce.calendar import MINUTE, Calendar, Window, Wish, by_hour

KINDS = MappingProxyType({Wish.DESIRED: "a", Wish.UNDESIRED: "b", Wish.UNAVAILABLE: "d", None: "ground"})
"""The fills of the style sheet."""
SEVERAL = lazy_gettext("not the same for the whole hour")
WEEKS_SHOWN = 6


@dataclass(frozen=True, slots=True)
class Cell:
    """An hour of the week: `kind` names its fill, `words` say what holds in it."""

    value: str
    kind: str
    words: str


@dataclass(frozen=True, slots=True)
class Day:
    """One day ahead as a bar from midnight to midnight. `is_other`: something else than every week holds on it."""

    on: date
    segments: Sequence[Segment]
    words: str
    is_other: bool


def week_grid(windows: Iterable[Window]) -> list[list[Cell]]:
    """For each hour of the day the cells of the seven days."""
    said = by_hour(windows)
    return [[_cell(weekday, hour, said[weekday, hour]) for weekday in range(7)] for hour in range(24)]


def days_ahead(calendar: Calendar, today: date) -> list[list[Day]]:
    """Six weeks from the Monday of this one, as weeks of days."""
    monday = today - timedelta(days=today.weekday())
    days = [_day(calendar, monday + timedelta(days=number)) for number in range(7 * WEEKS_SHOWN)]
    return [days[start : start + 7] for start in range(0, len(days), 7)]


def wish_words(wish: Wish | None) -> str:
    """What is said about a time, as people read it."""
    return name_of("wish", wish or "nothing")


def _cell(weekday: int, hour: int, said: frozenset[Wish | None]) -> Cell:
    several = len(said) > 1
    only = None if several else next(iter(said))
    return Cell(
        f"{weekday}-{hour}", "several" if several else KINDS[only], str(SEVERAL) if several else wish_words(only)
    )


def _day(calendar: Calendar, on: date) -> Day:
    midnight = datetime.combine(on, time())
    parts, told = [], []
    for begin, end, wish in calendar.laid_out(midnight, midnight + timedelta(days=1)):
        faces, words = f"{begin:%H:%M}–{end:%H:%M}", wish_words(wish)
        parts.append(Part(words, faces, (end - begin) // MINUTE, KINDS[wish]))
        told += [f"{faces} {words}"] if wish else []
    is_other = any(dated.first_day <= on <= dated.last_day for dated in calendar.dated)
    return Day(on, stacked(parts), "; ".join(told) or gettext("nothing said"), is_other)
