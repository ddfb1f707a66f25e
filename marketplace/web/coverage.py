"""Weeks of days as a picture: how far the seats of each day are taken."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import gettext, ngettext


@dataclass(frozen=True, slots=True)
class Load:
    """The shifts of one day: how many, their seats, and the seats that are taken; how many people are to stand by for
    them, and do; and how many pieces of work on them wait for the company's approval."""

    shifts: int = 0
    seats: int = 0
    taken: int = 0
    standby: int = 0
    standing: int = 0
    waiting: int = 0


NOTHING = Load()


@dataclass(frozen=True, slots=True)
class Cell:
    """A day of the picture. `kind` names its fill, `share` is the part of its seats that are taken, in hundredths."""

    on: date
    load: Load
    kind: str
    share: int
    words: str
    is_inside: bool


def weeks(
    loads: Mapping[date, Load], first: date, last: date, left_out: frozenset[date] = frozenset()
) -> list[list[Cell]]:
    """The weeks, Monday first, that hold the days from the first to the last; the days around them are not inside."""
    monday = first - timedelta(days=first.weekday())
    count = (last - monday).days // 7 + 1
    days = [monday + timedelta(days=number) for number in range(7 * count)]
    cells = [_cell(each, loads.get(each, NOTHING), first <= each <= last, each in left_out) for each in days]
    return [cells[start : start + 7] for start in range(0, len(cells), 7)]


def summary(loads: Mapping[date, Load]) -> Load:
    """All days in one."""
    every: Sequence[Load] = list(loads.values())
    return Load(
        sum(each.shifts for each in every),
        sum(each.seats for each in every),
        sum(each.taken for each in every),
        sum(each.standby for each in every),
        sum(each.standing for each in every),
        sum(each.waiting for each in every),
    )


def load_words(load: Load) -> str:
    """What a day holds, as people read it."""
    shifts = ngettext("%(num)d shift", "%(num)d shifts", load.shifts)
    taken = ngettext(
        "%(taken)s of %(num)d seat taken", "%(taken)s of %(num)d seats taken", load.seats, taken=load.taken
    )
    words = f"{shifts}, {taken}"
    more = []
    if load.standby:
        more.append(gettext("%(standing)s of %(places)s stand by", standing=load.standing, places=load.standby))
    if load.waiting:
        more.append(ngettext("%(num)d to approve", "%(num)d to approve", load.waiting))
    return ", ".join((words, *more))


def _cell(on: date, load: Load, is_inside: bool, is_left_out: bool) -> Cell:
    if is_left_out:
        return Cell(on, load, "left-out", 0, str(gettext("left out")), is_inside)
    if not load.shifts:
        return Cell(on, load, "none", 0, str(gettext("no shift")), is_inside)
    kind = "full" if load.taken >= load.seats else "part" if load.taken else "empty"
    return Cell(on, load, kind, 100 * load.taken // load.seats, load_words(load), is_inside)
