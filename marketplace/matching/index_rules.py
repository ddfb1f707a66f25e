"""What the index of people says of each of them, and what a seat asks of it. Pure.

In prose. Among very many people nobody can be looked at one by one while a seat waits. So the index keeps of each of
them two things. *Marks* are numbers for what a rule may ask: a place, a skill, a level of a language, a proof, a
consent, two hours of the week. Whoever may be eligible has every mark that the seat asks for; whoever has them may
still be refused, since the rules themselves are asked about each person who is found. A *cell* holds the people of
whom the score can be no more than that of one imagined person, rounded in everybody's favour: so a search goes through
cells from the highest bound down, and stops where nobody who is left can have as many points as those it has found.

Both err to one side only: they never leave out somebody who should be found. What the index knows is what the score
and the rules of fit may know, and less; what somebody declined, opted out of, disputed or is has no place in `Told`.
"""

import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import product
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from marketplace.gigs.rules import Criteria
from marketplace.matching.rules import GROUP_BITS, WEEK_MINUTES, Candidate, group_of
from marketplace.qualifications.levels import MOST_LEVEL, Proof
from marketplace.shifts.eligibility import Person, Seat
from marketplace.standards.hazard import OPT_IN, HazardClass
from marketplace.standards.hours import Span
from marketplace.workforce.calendar import MINUTE, WEEK, Dated, Window, Wish
from marketplace.workforce.rules import Level

FORM: Final = 1
"""The version of what marks and cells mean. When it changes, the index is built anew."""
BLOCK: Final = 120
"""Minutes of the week for which there is one mark, in UTC."""
BLOCKS: Final = WEEK // BLOCK
LOOKS_BACK = timedelta(days=14)
"""How far back the index adds up work. The 28 days before a shift contain the 14 before today for every shift that
begins within 14 days, so what was begun in these counts for all of them; for later ones nothing is taken for certain.
"""
FEW: Final = 500
"""As many people are looked at one by one: it takes no longer, and tells of everybody why not."""
GROUPED_FROM: Final = 4096
"""From so many people on equal scores are ordered by groups first (`rules.lot`)."""
IN_GROUP: Final = 1024
"""About as many people, and at most twice as many, are in one group."""
RECENT_STEPS: Final = (
    0, 1, 60, 120, 240, 360, 480, 720, 960, 1200, 1600, 2000, 2400, 3000, 3600, 4800, 6000, 7200, 9600, 12000,
)  # fmt: skip
COMPANY_STEPS: Final = (0, 60, 120, 240, 480, 720, 960, 1200, 1440, 1680, 1920, 2160, WEEK_MINUTES)
BAND_MIN_STEPS: Final = (0, 1, 2, 4, 6, 8, 10, 13, 48)
BAND_MAX_STEPS: Final = (4, 8, 12, 16, 20, 24, 28, 32, 36, 40, 44, 48)
LONGEST_HOURS: Final = 13
"""No shift is longer (rule REST): whoever wants at least so many hours is short of them before it."""
_FULL: Final = (1 << BLOCK) - 1
_WHOLE_WEEK: Final = (1 << WEEK) - 1


@dataclass(frozen=True, slots=True, order=True)
class Cell:
    """People of one company for whom the score has one upper bound.

    `wishes` says whether they named hours that they want to work. `recent` minutes at least were begun in the 14 days
    before `day`, an ordinal; it is 0 where none are. At most `company` minutes for the company are begun in the 90 days
    before it or later. The hours of the band are rounded up.
    """

    wishes: bool
    day: int
    recent: int
    company: int
    band_min: int
    band_max: int


@dataclass(frozen=True, slots=True)
class Told:
    """All that the index is told of a person: nothing else can be in it. `recent` and `company` are minutes."""

    person: Person
    dated: Sequence[Dated]
    band_min_hours: int
    band_max_hours: int
    recent: int
    company: Mapping[UUID, int]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a seat asks of the index: all of `needed`, one of `places`, and all of `open_at` from those who keep some
    time free. `desired` are the marks of those who may want to work at its time."""

    needed: tuple[int, ...]
    places: tuple[int, ...]
    open_at: tuple[int, ...]
    desired: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Stratum:
    """People whose points for their wishes, a language and a proven skill are so many at most. `marks` are those that
    they have beside what the seat asks; `wishes` says in which cells they are."""

    wants: bool | None
    language_steps: int
    skill_steps: int
    wishes: bool
    marks: tuple[int, ...]


@lru_cache(maxsize=65536)
def mark(kind: str, what: str) -> int:
    """The number that stands for it, in 32 bits. Two things may share one: then somebody is looked at in vain."""
    number = zlib.crc32(f"{kind}:{what}".encode())
    return number - 2**32 if number >= 2**31 else number


ALWAYS: Final = mark("always", "open")
"""The mark of whoever keeps no time free every week."""


def marks_of(told: Told, at: datetime) -> list[int]:
    """Everything that a seat may ask of this person after that moment, in order."""
    who = told.person
    found = {mark("place", who.country), *([mark("place", who.subdivision)] if who.subdivision else [])}
    found.update(mark("skill", skill) for skill in who.skills)
    proofs = [proof for proof in who.proofs if proof.until > at]
    found.update(mark("holds", proof.code) for proof in proofs)
    found.update(_proven(proofs))
    for language in {*who.languages, *(str(proof.language) for proof in proofs if proof.language)}:
        found.update(mark("speaks", f"{language} {level}") for level in _levels(language, who.languages, proofs))
    for category, up_to in who.consents.items():
        found.update(mark("consents", f"{category} {each}") for each in HazardClass if each <= up_to)
    found.update(_hours(told, at))
    return sorted(found)


def wishes_of(told: Told) -> bool:
    """Whether the person named any time that they want to work."""
    windows = told.person.calendar.windows
    return any(window.wish is Wish.DESIRED for window in windows) or _wants_days(told.dated)


def cell_of(told: Told, company_id: UUID, today: date) -> Cell:
    """Where the person is among the people of that company, as it stands on that day (UTC)."""
    recent = max(step for step in RECENT_STEPS if step <= told.recent)
    full = told.band_min_hours >= LONGEST_HOURS
    return Cell(
        wishes=wishes_of(told),
        day=today.toordinal() if recent else 0,
        recent=recent,
        company=_up(COMPANY_STEPS, min(told.company.get(company_id, 0), WEEK_MINUTES)),
        band_min=48 if full else _up(BAND_MIN_STEPS, told.band_min_hours),
        band_max=48 if full else _up(BAND_MAX_STEPS, told.band_max_hours),
    )


def imagined(cell: Cell, stratum: Stratum, starts_at: datetime) -> Candidate:
    """Somebody of whom everybody in the cell and the stratum has at most the points, in a shift that begins then."""
    counted_from = datetime.combine(date.fromordinal(max(1, cell.day)), time(), UTC)
    return Candidate(
        contractor_id=_NOBODY,
        wants=stratum.wants,
        band_min_minutes=cell.band_min * 60,
        band_max_minutes=cell.band_max * 60,
        week_minutes=0,
        recent_minutes=cell.recent if starts_at <= counted_from + LOOKS_BACK else 0,
        company_minutes=cell.company,
        language_steps=stratum.language_steps,
        skill_steps=stratum.skill_steps,
    )


def asked_of(seat: Seat) -> Asked:
    """What the seat asks of the index; no more than `shifts.eligibility` asks of a person."""
    criteria = seat.criteria
    needed = [mark("skill", skill) for skill in criteria.skills]
    needed += [mark("speaks", f"{need.language} {need.level}") for need in criteria.languages]
    needed += [mark("holds", code) for code in criteria.qualifications]
    needed += [mark("proves", f"{need.skill} {need.level}") for need in criteria.skill_levels]
    if seat.hazard_class in OPT_IN:
        needed += [mark("consents", f"{category} {seat.hazard_class}") for category in seat.hazard_categories]
    blocks = blocks_of(seat.span)
    return Asked(
        needed=tuple(needed),
        places=tuple(mark("place", place.subdivision or place.country) for place in criteria.places),
        open_at=tuple(mark("open", str(block)) for block in blocks),
        desired=tuple(mark("desired", str(block)) for block in blocks),
    )


def strata(seat: Seat) -> list[Stratum]:
    """All people, in strata that may overlap: everybody is in the one whose points are theirs."""
    desired = asked_of(seat).desired
    found = []
    for (spoken, languages), (proven, skills) in product(_languages_above(seat.criteria), _skills_above(seat.criteria)):
        marks = (*languages, *skills)
        found.append(Stratum(True, spoken, proven, True, (*marks, *desired)))
        found.append(Stratum(None, spoken, proven, False, marks))
        found.append(Stratum(False, spoken, proven, True, marks))
    return found


def _languages_above(criteria: Criteria) -> Iterator[tuple[int, tuple[int, ...]]]:
    """How many levels above the needed ones somebody may speak, and the marks of those who do."""
    needs, order = criteria.languages, list(Level)
    # Of a language that is only proven no step counts, so the steps of another may be more than the first allows.
    most = max((len(order) - 1 - order.index(need.level) for need in needs), default=0)
    yield 0, ()
    for steps in range(1, most + 1):
        above = [(need.language, order[min(order.index(need.level) + steps, len(order) - 1)]) for need in needs]
        yield steps, tuple(mark("speaks", f"{language} {level}") for language, level in above)


def _skills_above(criteria: Criteria) -> Iterator[tuple[int, tuple[int, ...]]]:
    """The same of the needed skills, as tests have proven them."""
    needs = dict.fromkeys(criteria.skills, 0) | criteria.proven_levels
    yield 0, ()
    for steps in range(1, MOST_LEVEL - max(needs.values()) + 1 if needs else 1):
        yield steps, tuple(mark("proves", f"{skill} {level + steps}") for skill, level in needs.items())


def blocks_of(span: Span) -> list[int]:
    """The blocks of the week, in UTC, that a shift lies over."""
    begins = span.starts_at.astimezone(UTC)
    monday = begins.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=begins.weekday())
    first = (begins - monday) // (BLOCK * MINUTE)
    last = (span.ends_at - monday - timedelta(microseconds=1)) // (BLOCK * MINUTE)
    return sorted({block % BLOCKS for block in range(first, last + 1)})


def bits_for(people: int) -> int:
    """Into how many groups, as a power of two, so many people are divided where their scores are equal."""
    if people <= GROUPED_FROM:
        return 0
    return min(GROUP_BITS, (people // IN_GROUP).bit_length() - 1)


def place_of(contractor_id: UUID) -> int:
    """The person's place among all groups, the finest there are: the first bits of it name the coarser ones."""
    return group_of(contractor_id, GROUP_BITS)


def _up(steps: Sequence[int], number: int) -> int:
    return min(step for step in steps if step >= number)


def _proven(proofs: Iterable[Proof]) -> set[int]:
    return {
        mark("proves", f"{proof.skill} {level}")
        for proof in proofs
        if proof.skill is not None
        for level in range(1, (proof.skill_level or 0) + 1)
    }


def _levels(language: str, said: Mapping[str, Level], proofs: Iterable[Proof]) -> list[Level]:
    """The levels that the person may have. What is only proven counts for no step, and leaves it to other languages."""
    order = list(Level)
    if language not in said:
        return order
    best = [said[language], *(p.language_level for p in proofs if p.language == language and p.language_level)]
    return order[: max(order.index(level) for level in best) + 1]


def _wants_days(dated: Iterable[Dated]) -> bool:
    return any(each.wish is Wish.DESIRED for each in dated)


def _hours(told: Told, at: datetime) -> set[int]:
    """The blocks at which the person may be asked, and those at which they may want to be."""
    windows, dated = told.person.calendar.windows, told.dated
    open_at, desired = _week_of(windows, offsets(told.person.zone, at))
    # Whoever says something else of single days may be asked, or want to work, at any time: the rules know when.
    is_closed = len(open_at) < BLOCKS and all(each.wish is Wish.UNAVAILABLE for each in dated)
    wanted = range(BLOCKS) if _wants_days(dated) else desired
    free = {mark("open", str(block)) for block in open_at} if is_closed else {ALWAYS}
    return free | {mark("desired", str(block)) for block in wanted}


@lru_cache(maxsize=16384)
def _week_of(windows: Sequence[Window], from_utc: Sequence[int]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The blocks of a week in UTC that are not closed as a whole, and those of which some minute is desired: under one
    of the distances from UTC that the zone has during a year, so that no change of clocks moves anybody out of them."""
    closed, wanted = _minutes(windows, Wish.UNAVAILABLE), _minutes(windows, Wish.DESIRED)
    open_at, desired = set(), set()
    for offset in from_utc:
        shut, wish = _turned(closed, offset), _turned(wanted, offset)
        for block in range(BLOCKS):
            if (shut >> block * BLOCK) & _FULL != _FULL:
                open_at.add(block)
            if (wish >> block * BLOCK) & _FULL:
                desired.add(block)
    return tuple(sorted(open_at)), tuple(sorted(desired))


def _minutes(windows: Sequence[Window], wish: Wish) -> int:
    """The minutes of the week in which the windows say so, as bits."""
    found = 0
    for window in windows:
        if window.wish is wish:
            begin, end = window.in_week
            found |= ((1 << (end - begin)) - 1) << begin
    return (found & _WHOLE_WEEK) | (found >> WEEK)


def _turned(minutes: int, offset: int) -> int:
    """Minutes by a wall clock as minutes in UTC: the clock shows `offset` minutes more."""
    by = offset % WEEK
    return (minutes >> by) | (minutes << (WEEK - by) & _WHOLE_WEEK)


@lru_cache(maxsize=4096)
def _offsets(zone: ZoneInfo, year: int, month: int) -> tuple[int, ...]:
    first = datetime(year, month, 1, tzinfo=UTC)
    moments = (first + timedelta(days=days) for days in range(-7, 430, 7))
    return tuple(sorted({int((moment.astimezone(zone).utcoffset() or timedelta()) // MINUTE) for moment in moments}))


def offsets(zone: ZoneInfo, at: datetime) -> tuple[int, ...]:
    """The distances of the zone's clock from UTC, in minutes, in the year after that moment; looked at week by week,
    since no zone keeps a clock for less."""
    return _offsets(zone, at.year, at.month)


_NOBODY: Final = UUID(int=0)
