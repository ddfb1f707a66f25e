"""The best of very many people for one seat, in the order of what they can score at most, read bit by bit.

Each stratum of people (`index_rules.Stratum`) goes through the cells from the highest bound down. Where a cell holds
very many, its groups are read in the order of the shift's own lot, so that among a million alike the first are found
after a look at a thousand. Where hardly anybody has the marks that are asked for, their own index finds all of those
who do at once.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import BindParameter, ColumnElement, Integer, Select, and_, bindparam, func, or_, select, true
from sqlalchemy.dialects.postgresql import ARRAY, Range

from marketplace.core.db import db
from marketplace.matching.index_models import MatchPair, MatchPerson
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
        asked = asked_of(question.seat)
        self._streams = [_Stream(question, asked, each, cells, people) for each in strata(question.seat)]

    @property
    def place(self) -> Place | None:
        """None when nobody is left."""
        return min((place for stream in self._streams if (place := stream.place) is not None), default=None)

    def take(self, count: int, worst: Place | None) -> list[UUID]:
        """The next people, about so many; fewer where nobody else can come before `worst`, none at the end."""
        found: list[UUID] = []
        while len(found) < count:
            stream = min((each for each in self._streams if each.place), key=_Stream.order, default=None)
            if stream is None or (worst is not None and stream.order() > worst):
                break
            known = stream.take()
            if known is not None and known not in self._seen:
                self._seen.add(known)
                found.append(known)
        return found


class _Stream:
    """The people of one stratum."""

    def __init__(
        self, question: Question, asked: Asked, stratum: Stratum, cells: Mapping[int, Cell], people: Mapping[int, int]
    ) -> None:
        self._question, self._asked, self._stratum = question, asked, stratum
        self._bounds = {number: self._bound(cell) for number, cell in cells.items() if cell.wishes == stratum.wishes}
        self._tiers = _tiers(self._bounds, people)
        self._ready: list[tuple[Place, UUID]] = []
        self._groups: Sequence[int] = ()
        self._next_group = 0
        self._step = 1
        self._looked_at = self._found = 0

    @property
    def place(self) -> Place | None:
        if self._ready:
            return self._ready[-1][0]
        if not self._tiers:
            return None
        shift, seed = self._question.opening.shift_id, self._question.seed
        drawn = group_lot(shift, self._groups[self._next_group], seed) if self._groups else FIRST
        return -self._tiers[-1].bound, drawn

    def order(self) -> Place:
        return self.place or (0, FIRST)

    def take(self) -> UUID | None:
        """The next person, or None after something was read."""
        if self._ready:
            return self._ready.pop()[1]
        tier = self._tiers[-1]
        if self._looked_at > IN_VAIN and self._found * HARDLY_ANY < self._looked_at:
            self._tiers.clear()
            self._keep(self._look_up())
        elif self._groups or (tier.people > GROUPED_FROM and self._question.opening.lot_bits):
            self._read_groups(tier)
        else:
            self._read_tiers()
        return None

    def _bound(self, cell: Cell) -> int:
        span = self._question.opening.span
        best = imagined(cell, self._stratum, span.starts_at)
        return scored(best, scheduled_minutes(span.starts_at, span.ends_at), self._question.weights).score

    def _read_tiers(self) -> None:
        """The next tiers that together hold enough people, each as a whole."""
        cells: list[int] = []
        people = 0
        while self._tiers and people < AT_ONCE and (not cells or self._tiers[-1].people <= GROUPED_FROM):
            tier = self._tiers.pop()
            cells += tier.cells
            people += tier.people
        self._looked_at += people
        self._keep(self._walk(cells, [(0, 1 << GROUP_BITS)]))

    def _read_groups(self, tier: Tier) -> None:
        """The next groups of one tier, twice as many as before."""
        opening = self._question.opening
        if not self._groups:
            drawn = [
                (group_lot(opening.shift_id, each, self._question.seed), each) for each in range(1 << opening.lot_bits)
            ]
            self._groups, self._next_group, self._step = [each for _, each in sorted(drawn)], 0, 1
        chosen = self._groups[self._next_group : self._next_group + self._step]
        self._looked_at += tier.people * len(chosen) // len(self._groups)
        self._next_group, self._step = self._next_group + len(chosen), self._step * 2
        if self._next_group >= len(self._groups):
            self._groups = ()
            self._tiers.pop()
        width = 1 << (GROUP_BITS - opening.lot_bits)
        self._keep(self._walk(tier.cells, [(each * width, (each + 1) * width) for each in chosen]))

    def _keep(self, rows: Sequence[Any]) -> None:
        """Sorted so that the first in the order is the last of the list."""
        self._found += len(rows)
        found = [
            ((-self._bounds[row.cell_id], self._question.lot(row.contractor_id)), row.contractor_id) for row in rows
        ]
        self._ready = sorted(found, reverse=True)

    def _walk(self, cells: Sequence[int], places: Sequence[tuple[int, int]]) -> Sequence[Any]:
        """Those in the cells, from some of the places, who have all the marks."""
        ranges = {"lows": [low for low, _ in places], "highs": [high for _, high in places]}
        return db.session.execute(_WALK, self._asks() | ranges | {"cells": list(cells)}).all()

    def _look_up(self) -> Sequence[Any]:
        """Everybody of the company who has all the marks."""
        found = db.session.execute(_LOOK_UP, self._asks() | {"company": self._question.seat.company_id}).all()
        return [row for row in found if row.cell_id in self._bounds]

    def _asks(self) -> dict[str, Any]:
        needed, seat = [*self._asked.needed, *self._stratum.marks], self._question.seat
        return {
            "free": [*needed, ALWAYS],
            "open": [*needed, *self._asked.open_at],
            "places": list(self._asked.places),
            "currency": seat.rate.currency,
            "rate": seat.rate.amount,
            "class": seat.hazard_class.value,
        }


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
    select(MatchPair.contractor_id, MatchPair.cell_id)
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
