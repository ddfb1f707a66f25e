"""What really happened before and after each change of the weights: seats, offers and hours, by place and language.

In prose. A version holds from its day, or from when it was published, to the next one. As much time is looked at after
that moment as before it: whole weeks, since a Sunday is no Monday, at most four of them, and never beyond the change
before or the one after, nor beyond now. Shifts are counted where they begin, with their seats and the hours of whoever
has one; offers where they are made. Nothing says that a change of the weights is the cause of what changed.

Of fewer people than rule REPORT asks for nothing is told: a small place is counted with others, a language left out
that few speak, or all but few, and each of them is told for both periods or for none. Nothing of a week is told before
it is over, so that nobody reads out of two looks what one person was offered in between.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    ColumnElement,
    DateTime,
    Integer,
    Row,
    String,
    Values,
    column,
    func,
    literal,
    select,
    union_all,
    values,
)

from marketplace.accounts.rules import Actor, require_operator
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.gigs.models import Gig
from marketplace.matching import weighing
from marketplace.matching.fairness import LEAST_PEOPLE
from marketplace.matching.weighing import Version
from marketplace.shifts.models import Booking, Offer, Shift
from marketplace.shifts.rules import BookingStatus, ShiftStatus
from marketplace.workforce.models import Contractor, Language

WEEK: Final = timedelta(weeks=1)
LONGEST: Final = 4 * WEEK
"""Of a period before or after a change."""
KEPT: Final = (BookingStatus.BOOKED, BookingStatus.WORKING, BookingStatus.WORKED)
"""Bookings whose hours count: of who has the seat, works or has worked."""
PLACE, LANGUAGE, WHOLE = "place", "language", "whole"


class Change(NamedTuple):
    version: int
    at: datetime


class Cell(NamedTuple):
    """What reached the people of a group in one period."""

    people: int = 0
    offers: int = 0
    minutes: int = 0

    def __or__(self, other: "Cell") -> "Cell":
        """Both together, of groups that share nobody."""
        return Cell(*(one + more for one, more in zip(self, other, strict=True)))

    @property
    def may_be_told(self) -> bool:
        return self.people == 0 or self.people >= LEAST_PEOPLE


class Work(NamedTuple):
    """The seats of one gig in a period, and whom it is for."""

    places: frozenset[str]
    languages: frozenset[str]
    seats: int
    filled: int


Both = tuple[Cell, Cell]
"""Before and after."""


@dataclass(frozen=True, slots=True)
class Period:
    """One of the two periods of a change: everything that was read of it."""

    starts_at: datetime
    ends_at: datetime
    cells: Mapping[str, Mapping[str, Cell]]
    works: Sequence[Work]

    def cell(self, by: str, code: str) -> Cell:
        return self.cells.get(by, {}).get(code, Cell())


def report(*, seen_by: Actor) -> list[dict[str, Any]]:
    """Of every version that operators have published and that held for a while, the newest first. For operators."""
    require_operator(seen_by)
    spans = periods(changes(weighing.history()), clock.now())
    if not spans:
        return []
    cells, works = _cells(spans), _works(spans)

    def period(version: int, side: int, span: Span) -> Period:
        return Period(*span, cells[version, side], works[version, side])

    return [
        told(change, *(period(change.version, side, span) for side, span in enumerate(both)))
        for change, both in reversed(spans)
    ]


# --- when -------------------------------------------------------------------------------------------------------------


Span = tuple[datetime, datetime]
Spans = Sequence[tuple[Change, tuple[Span, Span]]]


def changes(versions: Iterable[Version]) -> list[Change]:
    """When each published version began to hold, without those that another one has overtaken."""
    begun = [
        Change(each.weights.version, max(datetime.combine(each.weights.valid_from, time(), UTC), each.set_at))
        for each in versions
        if each.set_at is not None
    ]
    return [each for place, each in enumerate(begun) if all(each.at < other.at for other in begun[place + 1 :])]


def periods(found: Sequence[Change], now: datetime) -> Spans:
    """Of each change that there are whole weeks before and after, two periods of as many of them."""
    spans = []
    for number, change in enumerate(found):
        until = min([now, *(each.at for each in found[number + 1 :])])
        since = [change.at - found[number - 1].at] if number else []
        length = min([LONGEST, until - change.at, *since]) // WEEK * WEEK
        if length > timedelta(0):
            spans.append((change, ((change.at - length, change.at), (change.at, change.at + length))))
    return spans


# --- what is told -----------------------------------------------------------------------------------------------------


def told(change: Change, before: Period, after: Period) -> dict[str, Any]:
    """As JSON. `seats` and `filled` of a group are those of work that is open to its place, or needs its language; a
    place without a code is all others together. Numbers of too few people are None."""
    countries, spoken = _codes(PLACE, before, after), _codes(LANGUAGE, before, after)
    groups = {code: (before.cell(PLACE, code), after.cell(PLACE, code)) for code in countries}
    return {
        "version": change.version,
        "changed_at": change.at,
        "before": _whole(before),
        "after": _whole(after),
        "places": [_group(PLACE, codes, before, after) for codes in merged(groups)],
        "languages": [_group(LANGUAGE, [code], before, after) for code in spoken if _enough(before, after, code)],
    }


def merged(groups: Mapping[str, Both]) -> list[list[str]]:
    """The places that are told, each alone, the most people first; then all others as one, where that is possible.
    Those would be told by what the named ones leave of the whole: too few of them take the smallest named with them."""
    ordered = sorted(groups, key=lambda code: (-sum(cell.people for cell in groups[code]), code))
    named = [code for code in ordered if all(cell.may_be_told for cell in groups[code])]
    rest = [code for code in ordered if code not in named]
    while rest and named and not _may_be_told(rest, groups):
        rest.append(named.pop())
    return [[code] for code in named] + ([rest] if rest and _may_be_told(rest, groups) else [])


def _may_be_told(codes: Sequence[str], groups: Mapping[str, Both]) -> bool:
    return all(sum(groups[code][side].people for code in codes) not in range(1, LEAST_PEOPLE) for side in (0, 1))


def _enough(before: Period, after: Period, code: str) -> bool:
    """Whether enough people speak a language, and enough do not: those are what it leaves of the whole."""
    both = [(period.cell(LANGUAGE, code), period.cell(WHOLE, "")) for period in (before, after)]
    return all(cell.may_be_told and Cell(whole.people - cell.people).may_be_told for cell, whole in both)


def _codes(by: str, *both: Period) -> list[str]:
    """All codes of a kind, the most people first."""
    people: Counter[str] = Counter()
    for period in both:
        people.update({code: cell.people for code, cell in period.cells.get(by, {}).items()})
    return sorted(people, key=lambda code: (-people[code], code))


def _whole(period: Period) -> dict[str, Any]:
    times = {"starts_at": period.starts_at, "ends_at": period.ends_at}
    return times | _counted(period.cell(WHOLE, ""), period.works)


def _group(by: str, codes: Sequence[str], *both: Period) -> dict[str, Any]:
    one, other = (_side(by, codes, period) for period in both)
    return {"code": codes[0] if len(codes) == 1 else None, "before": one, "after": other}


def _side(by: str, codes: Sequence[str], period: Period) -> dict[str, Any]:
    cell = Cell()
    for code in codes:
        cell |= period.cell(by, code)
    reached = [work for work in period.works if not (work.places if by == PLACE else work.languages).isdisjoint(codes)]
    return _counted(cell, reached)


def _counted(cell: Cell, works: Iterable[Work]) -> dict[str, Any]:
    listed = list(works)
    seats = {"seats": sum(work.seats for work in listed), "filled": sum(work.filled for work in listed)}
    return seats | (cell._asdict() if cell.may_be_told else dict.fromkeys(Cell._fields))


# --- reading it -------------------------------------------------------------------------------------------------------


Known = tuple[int, int]
"""A version, and 0 for the period before it or 1 for that after."""


def _table(spans: Spans) -> Values:
    """The periods as rows of a statement."""
    columns: list[ColumnElement[Any]] = [
        column("version", Integer),
        column("side", Integer),
        column("since", DateTime(timezone=True)),
        column("until", DateTime(timezone=True)),
    ]
    rows = [(change.version, side, *span) for change, both in spans for side, span in enumerate(both)]
    return values(*columns, name="period").data(rows)


def _cells(spans: Spans) -> dict[Known, dict[str, dict[str, Cell]]]:
    """What reached people in each period: in all, by where they live, and by each language that they speak. One
    statement, over all periods."""
    period = _table(spans)
    known = (period.c.version, period.c.side)
    hours = func.extract("epoch", Shift.ends_at - Shift.starts_at) / 60
    offered = (
        select(*known, Offer.contractor_id, func.count().label("offers"), literal(0).label("minutes"))
        .join(Offer, (Offer.made_at >= period.c.since) & (Offer.made_at < period.c.until))
        .group_by(*known, Offer.contractor_id)
    )
    booked = (
        select(*known, Booking.contractor_id, literal(0), func.sum(hours))
        .join(Shift, (Shift.starts_at >= period.c.since) & (Shift.starts_at < period.c.until))
        .join(Booking, Booking.shift_id == Shift.id)
        .where(Booking.status.in_(KEPT), Shift.standby_of.is_(None))
        .group_by(*known, Booking.contractor_id)
    )
    both = union_all(offered, booked).subquery()
    who = (
        select(
            both.c.version,
            both.c.side,
            both.c.contractor_id,
            func.sum(both.c.offers).label("offers"),
            func.sum(both.c.minutes).label("minutes"),
        )
        .group_by(both.c.version, both.c.side, both.c.contractor_id)
        .cte("who")
    )
    sums = (who.c.version, who.c.side, func.count(), func.sum(who.c.offers), func.sum(who.c.minutes))
    by = (who.c.version, who.c.side)
    whole = select(*sums, literal(WHOLE), literal("", String)).group_by(*by)
    places = (
        select(*sums, literal(PLACE), Contractor.country)
        .join(Contractor, Contractor.id == who.c.contractor_id)
        .group_by(*by, Contractor.country)
    )
    languages = (
        select(*sums, literal(LANGUAGE), Language.language)
        .join(Language, Language.contractor_id == who.c.contractor_id)
        .group_by(*by, Language.language)
    )
    found: dict[Known, dict[str, dict[str, Cell]]] = defaultdict(lambda: defaultdict(dict))
    for version, side, people, offers, minutes, kind, code in db.session.execute(union_all(whole, places, languages)):
        found[version, side][kind][code] = Cell(people, int(offers), int(minutes))
    return found


def _works(spans: Spans) -> dict[Known, list[Work]]:
    """The seats of shifts that begin in each period, by gig."""
    period = _table(spans)
    rows = db.session.execute(
        select(
            period.c.version,
            period.c.side,
            Gig.places,
            Gig.languages,
            func.sum(Shift.seats).label("seats"),
            func.sum(Shift.seats_taken).label("filled"),
        )
        .join(Shift, (Shift.starts_at >= period.c.since) & (Shift.starts_at < period.c.until))
        .join(Gig, Gig.id == Shift.gig_id)
        .where(Shift.status != ShiftStatus.CANCELLED, Shift.standby_of.is_(None))
        .group_by(period.c.version, period.c.side, Gig.id)
    )
    found: dict[Known, list[Work]] = defaultdict(list)
    for row in rows:
        found[row.version, row.side].append(_work(row))
    return found


def _work(row: Row[Any]) -> Work:
    places = frozenset(place["country"] for place in row.places)
    return Work(places, frozenset(need["language"] for need in row.languages), int(row.seats), int(row.filled))
