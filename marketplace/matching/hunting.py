"""The best of very many people for one seat, in the order of what they can score at most, read bit by bit.

Each stratum of people (`index_rules.Stratum`) goes through the cells from the highest bound down. Where a cell holds
very many, its groups are read in the order of the shift's own lot, so that among a million alike the first are found
after a look at a thousand. Where hardly anybody has the marks that are asked for, their own index finds all of those
who do at once.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import BindParameter, ColumnElement, Integer, Select, and_, bindparam, func, or_, select, true
from sqlalchemy.dialects.postgresql import ARRAY, Range

from marketplace.core.db import db
from marketplace.matching.index_models import MatchMark, MatchPair, MatchPerson
from marketplace.matching.index_rules import ALWAYS, GROUPED_FROM, Asked, Cell, Stratum, asked_of, imagined, strata
from marketplace.matching.instance import Opening
from marketplace.matching.objective import Weights
from marketplace.matching.rules import GROUP_BITS, group_lot, lot, scored
from marketplace.shifts.eligibility import Seat
from marketplace.shifts.hours import scheduled_minutes
from marketplace.shifts.models import Booking
from marketplace.shifts.rules import ACTIVE_BOOKING

AT_ONCE: Final = 2048
"""About as many people of the index are read in one statement, where cells are small."""
IN_VAIN: Final = 8192
"""After so many of whom hardly any had the marks, those who have them are looked up instead."""
HARDLY_ANY: Final = 50
"""One of so many is hardly anybody."""
RARE: Final = 4096
"""No more people than so many are looked up at once."""
Place = tuple[int, bytes]
"""Where somebody is in the order at the best: by the score, highest first, and the lot among equals."""
FIRST: Final = b""
"""Before every lot."""


@dataclass(frozen=True, slots=True)
class Tier:
    """Cells for which the bound is the same."""

    bound: int
    cells: tuple[int, ...]
    people: int


@dataclass(frozen=True, slots=True)
class Question:
    """What is looked for: a seat of an opening, and how it is scored and drawn."""

    opening: Opening
    seat: Seat
    weights: Weights
    seed: int

    def lot(self, contractor_id: UUID) -> bytes:
        return lot(self.opening.shift_id, contractor_id, self.seed, self.opening.lot_bits)


class Hunt:
    """People for one seat, best first by what they can score. `place` is where the next of them is at the best."""

    def __init__(self, question: Question, cells: Mapping[int, Cell], people: Mapping[int, int]) -> None:
        self._seen: set[UUID] = set()
        asked, found = asked_of(question.seat), strata(question.seat)
        counts = _counts({*asked.needed, *asked.open_at, ALWAYS, *(mark for each in found for mark in each.marks)})
        bounds = _bounds(question, cells)
        seekers = [_Seeker(question, asked, each, cells, bounds, people, counts) for each in found]
        # Where few can have all that is asked they are looked up once, and each put into their best stratum.
        rare = _at_most(asked, (), counts) <= RARE
        self._streams: list[_Stream] = [_LookedUp(question, asked, seekers)] if rare else [*seekers]

    @property
    def place(self) -> Place | None:
        """None when nobody is left."""
        return min((place for stream in self._streams if (place := stream.place) is not None), default=None)

    def take(self, count: int, worst: Place | None) -> list[UUID]:
        """The next people, about so many; fewer where nobody else can come before `worst`, none at the end."""
        found: list[UUID] = []
        while len(found) < count:
            places = [(place, number) for number, each in enumerate(self._streams) if (place := each.place) is not None]
            if not places or (worst is not None and min(places)[0] > worst):
                break
            known = self._streams[min(places)[1]].take()
            if known is not None and known not in self._seen:
                self._seen.add(known)
                found.append(known)
        return found


class _Stream:
    """Some of the people, in their order."""

    def __init__(self) -> None:
        self._ready: list[tuple[Place, UUID]] = []

    @property
    def place(self) -> Place | None:
        return self._ready[-1][0] if self._ready else None

    def take(self) -> UUID | None:
        """The next person, or None after something was read."""
        return self._ready.pop()[1]

    def _keep(self, found: Iterable[tuple[Place, UUID]]) -> None:
        """Sorted so that the first in the order is the last of the list."""
        self._ready = sorted(found, reverse=True)


class _LookedUp(_Stream):
    """Everybody who has what is asked, where these are few."""

    def __init__(self, question: Question, asked: Asked, seekers: Sequence["_Seeker"]) -> None:
        super().__init__()
        found = []
        for row in _look_up(question, asked, ()):
            marks = set(row.marks)
            bounds = [seeker.bounds[row.cell_id] for seeker in seekers if seeker.has(row.cell_id, marks)]
            if bounds:
                found.append(((-max(bounds), question.lot(row.contractor_id)), row.contractor_id))
        self._keep(found)


class _Seeker(_Stream):
    """The people of one stratum, met on the way through its cells, or looked up."""

    def __init__(
        self,
        question: Question,
        asked: Asked,
        stratum: Stratum,
        cells: Mapping[int, Cell],
        bounds: Mapping[int, int],
        people: Mapping[int, int],
        counts: Mapping[int, int],
    ) -> None:
        super().__init__()
        self._question, self._asked, self._marks = question, asked, stratum.marks
        more = _more(question, stratum)
        self.bounds = {
            number: bound + more for number, bound in bounds.items() if cells[number].wishes == stratum.wishes
        }
        self._tiers = _tiers(self.bounds, people)
        self._is_rare = _at_most(asked, stratum.marks, counts) <= RARE
        self._groups: Sequence[int] = ()
        self._next_group = 0
        self._step = 1
        self._looked_at = self._found = 0

    def has(self, cell_id: int, marks: set[int]) -> bool:
        """Whether somebody in the cell with these marks belongs to the stratum."""
        return cell_id in self.bounds and marks.issuperset(self._marks)

    @property
    def place(self) -> Place | None:
        if self._ready or not self._tiers:
            return super().place
        shift, seed = self._question.opening.shift_id, self._question.seed
        drawn = group_lot(shift, self._groups[self._next_group], seed) if self._groups else FIRST
        return -self._tiers[-1].bound, drawn

    def take(self) -> UUID | None:
        if self._ready:
            return super().take()
        tier = self._tiers[-1]
        if self._is_rare or (self._looked_at > IN_VAIN and self._found * HARDLY_ANY < self._looked_at):
            self._tiers.clear()
            rows = _look_up(self._question, self._asked, self._marks)
            self._meet([row for row in rows if row.cell_id in self.bounds])
        elif self._groups or (tier.people > GROUPED_FROM and self._question.opening.lot_bits):
            self._read_groups(tier)
        else:
            self._read_tiers()
        return None

    def _read_tiers(self) -> None:
        """The next tiers that together hold enough people, each as a whole."""
        cells: list[int] = []
        people = 0
        while self._tiers and people < AT_ONCE and (not cells or self._tiers[-1].people <= GROUPED_FROM):
            tier = self._tiers.pop()
            cells += tier.cells
            people += tier.people
        self._looked_at += people
        self._walk(cells, [(0, 1 << GROUP_BITS)])

    def _read_groups(self, tier: Tier) -> None:
        """The next groups of one tier, twice as many as before."""
        opening = self._question.opening
        if not self._groups:
            every = range(1 << opening.lot_bits)
            drawn = sorted(every, key=lambda each: group_lot(opening.shift_id, each, self._question.seed))
            self._groups, self._next_group, self._step = drawn, 0, 1
        chosen = self._groups[self._next_group : self._next_group + self._step]
        self._looked_at += tier.people * len(chosen) // len(self._groups)
        self._next_group, self._step = self._next_group + len(chosen), self._step * 2
        if self._next_group >= len(self._groups):
            self._groups = ()
            self._tiers.pop()
        width = 1 << (GROUP_BITS - opening.lot_bits)
        self._walk(tier.cells, [(each * width, (each + 1) * width) for each in chosen])

    def _walk(self, cells: Sequence[int], places: Sequence[tuple[int, int]]) -> None:
        """Meets those in the cells, from some of the places, who have all the marks."""
        ranges = {"lows": [low for low, _ in places], "highs": [high for _, high in places]}
        asks = _asks(self._question, self._asked, self._marks)
        self._meet(db.session.execute(_WALK, asks | ranges | {"cells": list(cells)}).all())

    def _meet(self, rows: Sequence[Any]) -> None:
        self._found += len(rows)
        lot_of = self._question.lot
        self._keep(((-self.bounds[row.cell_id], lot_of(row.contractor_id)), row.contractor_id) for row in rows)


def _bounds(question: Question, cells: Mapping[int, Cell]) -> dict[int, int]:
    """The most that anybody in each cell can score who has no points for wishes, languages and skills."""
    return {number: _bound(question, cell, _NOTHING) for number, cell in cells.items()}


def _more(question: Question, stratum: Stratum) -> int:
    """How much more anybody of the stratum can score: the same in every cell, since no part of a score depends on
    both."""
    return _bound(question, _ANY_CELL, stratum) - _bound(question, _ANY_CELL, _NOTHING)


def _bound(question: Question, cell: Cell, stratum: Stratum) -> int:
    span = question.opening.span
    minutes = scheduled_minutes(span.starts_at, span.ends_at)
    return scored(imagined(cell, stratum, span.starts_at), minutes, question.weights).score


_NOTHING: Final = Stratum(False, 0, 0, True, ())
_ANY_CELL: Final = Cell(wishes=True, day=0, recent=0, company=0, band_min=0, band_max=48)


def _counts(marks: Collection[int]) -> Mapping[int, int]:
    """How many people have each of the marks."""
    rows = db.session.execute(select(MatchMark.mark, MatchMark.people).where(MatchMark.mark.in_(marks)))
    return {row.mark: row.people for row in rows}


def _at_most(asked: Asked, marks: Collection[int], counts: Mapping[int, int]) -> int:
    """No more people than these can have all that is asked, and the marks beside."""
    free = counts.get(ALWAYS, 0) + min(counts.get(mark, 0) for mark in asked.open_at)
    return min((free, *(counts.get(mark, 0) for mark in (*asked.needed, *marks))))


def _asks(question: Question, asked: Asked, marks: Collection[int]) -> dict[str, Any]:
    needed, seat = [*asked.needed, *marks], question.seat
    return {
        "free": [*needed, ALWAYS],
        "open": [*needed, *asked.open_at],
        "places": list(asked.places),
        "currency": seat.rate.currency,
        "rate": seat.rate.amount,
        "class": seat.hazard_class.value,
    }


def _look_up(question: Question, asked: Asked, marks: Collection[int]) -> Sequence[Any]:
    """Everybody of the company who has all of it, with all their marks."""
    asks = _asks(question, asked, marks) | {"company": question.seat.company_id}
    return db.session.execute(_LOOK_UP, asks).all()


def _tiers(bounds: Mapping[int, int], people: Mapping[int, int]) -> list[Tier]:
    """The cells by their bound, the highest last."""
    cells: dict[int, list[int]] = {}
    for number, bound in bounds.items():
        cells.setdefault(bound, []).append(number)
    return [Tier(bound, tuple(cells[bound]), sum(people[number] for number in cells[bound])) for bound in sorted(cells)]


def _many(name: str) -> BindParameter[Any]:
    return bindparam(name, type_=ARRAY(Integer()))


def _has_marks(marks: Any) -> ColumnElement[bool]:
    """All that is needed and one of the places: of whoever is always open, or is at that time."""
    here = marks.op("&&")(_many("places"))
    return or_(and_(marks.op("@>")(_many("free")), here), and_(marks.op("@>")(_many("open")), here))


def _allows(pair: Any) -> ColumnElement[bool]:
    """Whether a contract may allow the work at its rate."""
    pays = and_(pair.currency == bindparam("currency"), pair.rate_amount <= bindparam("rate"))
    return and_(pair.highest_class >= bindparam("class"), or_(pair.rate_amount.is_(None), pays))


def _walking() -> Select[UUID, int]:
    """From the cells to their people, and from each of them to their marks: the inner parts end in OFFSET 0, so that
    PostgreSQL does not go the other way round."""
    cell = func.unnest(_many("cells")).table_valued("id", name="cell").render_derived()
    places = func.unnest(_many("lows"), _many("highs")).table_valued("low", "high", name="places").render_derived()
    within = MatchPair.cell_id == cell.c.id, MatchPair.place >= places.c.low, MatchPair.place < places.c.high
    pair = select(MatchPair).where(*within).offset(0).lateral("pair")
    own = MatchPerson.contractor_id == pair.c.contractor_id
    person = select(MatchPerson.marks).where(own).offset(0).lateral("person")
    return (
        select(pair.c.contractor_id, pair.c.cell_id)
        .select_from(cell.join(places, true()).join(pair, true()).join(person, true()))
        .where(_allows(pair.c), _has_marks(person.c.marks))
    )


# Built once, since building a statement takes longer than running it.
_WALK = _walking()
_LOOK_UP = (
    select(MatchPair.contractor_id, MatchPair.cell_id, MatchPerson.marks)
    .join(MatchPerson, MatchPerson.contractor_id == MatchPair.contractor_id)
    .where(MatchPair.company_id == bindparam("company"), _allows(MatchPair), _has_marks(MatchPerson.marks))
)


def free_of(ids: Collection[UUID], span: Range[Any]) -> list[UUID]:
    """Those of the people who have no booking at that time, in their order: the rules would let no other pass."""
    busy = select(Booking.contractor_id).where(
        Booking.contractor_id.in_(ids), Booking.during.overlaps(span), Booking.status.in_(ACTIVE_BOOKING)
    )
    taken = set(db.session.scalars(busy))
    return [known for known in ids if known not in taken]
