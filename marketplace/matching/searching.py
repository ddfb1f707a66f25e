"""What a plan of one shift, or of those that begin soon, is reckoned from, where very many people may be asked.

Few people are read as they are, all of them (`matching.facts`). Among very many the index leads to those who come
first (`matching.hunting`), and each of them is read and judged by the same rules and scored by the same points as
anybody: so a mistake of the index makes nobody eligible. One shift is planned from as many as make sure that its seats
go to the same people as if everybody had been read; several shifts from the best of each, enough for all.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import Range

from marketplace.core import clock
from marketplace.core.db import db
from marketplace.gigs.models import Gig
from marketplace.matching import facts, weighing
from marketplace.matching.engine import solve
from marketplace.matching.hunting import Hunt, Place, Question, free_of
from marketplace.matching.index_models import MatchCell, MatchPair, MatchStale
from marketplace.matching.index_rules import FEW, Cell, bits_for
from marketplace.matching.indexing import cell_in
from marketplace.matching.instance import Instance, Member, Opening
from marketplace.matching.objective import Weights
from marketplace.matching.rules import PlanScope
from marketplace.shifts.models import Shift

MOST_STALE: Final = 1000
"""While more people wait to be told to the index, everybody is read instead."""
LEAST: Final = 16
MOST_AT_ONCE: Final = 1024
"""People who are read and judged in one go, growing from the least to the most."""
BESIDE: Final = 100
"""For each of several shifts so many more people are looked at as others may take, at most."""


@dataclass(frozen=True, slots=True)
class Pool:
    """The people of one company in the index: its cells, and how many are in each."""

    cells: Mapping[int, Cell]
    people: Mapping[int, int]

    @property
    def size(self) -> int:
        return sum(self.people.values())


def read(found: facts.ScheduledWork, scope: PlanScope, *, seed: int = 0, weights: Weights | None = None) -> Instance:
    """As `facts.read()`, of those who can come to a seat; of everybody for a plan of a horizon, and where people are
    few."""
    if scope is PlanScope.HORIZON or not found:
        return facts.read(found, seed=seed, weights=weights)
    # In this order: whoever is told to the index between the two is looked at all the same.
    changed = db.session.scalars(select(MatchStale.contractor_id).limit(MOST_STALE + 1)).all()
    pools = _pools({gig.company_id for _, gig in found})
    if len(changed) > MOST_STALE or not any(pool.size > FEW for pool in pools.values()):
        return facts.read(found, seed=seed, weights=weights)
    return _narrowed(found, pools, set(changed), seed, weights or weighing.current())


def _pools(company_ids: Collection[UUID]) -> dict[UUID, Pool]:
    cells: dict[UUID, dict[int, Cell]] = {known: {} for known in company_ids}
    people: dict[UUID, dict[int, int]] = {known: {} for known in company_ids}
    rows = select(MatchCell.__table__).where(MatchCell.company_id.in_(company_ids), MatchCell.people > 0)
    for row in db.session.execute(rows):
        cells[row.company_id][row.id] = cell_in(row)
        people[row.company_id][row.id] = row.people
    return {known: Pool(cells[known], people[known]) for known in company_ids}


def _narrowed(
    found: facts.ScheduledWork, pools: Mapping[UUID, Pool], changed: Collection[UUID], seed: int, weights: Weights
) -> Instance:
    at = clock.now()
    pairs = {shift.id: (shift, gig) for shift, gig in found}
    whole = Instance(
        at=at,
        weights=weights,
        seed=seed,
        works=facts.works(found),
        openings=[_grouped(each, pools[pairs[each.shift_id][1].company_id]) for each in facts.openings(found, at)],
        members=[],
        is_narrowed=True,
    )
    all_wanted = sum(opening.most for opening in whole.openings)
    looked_at: dict[UUID, Member] = {}
    for opening in whole.openings:
        shift, gig = pairs[opening.shift_id]
        if (pool := pools[gig.company_id]).size > FEW:
            wanted = opening.most + min(BESIDE, all_wanted - opening.most)
            looked_at |= _Search(whole, opening, shift, gig, pool).best(wanted, changed)
    if len(found) > 1:
        # What each was read for is the time around one shift; and of companies with few people all may be asked.
        few = [cell for pool in pools.values() if pool.size <= FEW for cell in pool.cells]
        ids = {*looked_at, *changed, *db.session.scalars(_IN_CELLS, {"cells": few})}
        looked_at = {member.id: member for member in facts.members(found, at, ids)}
    return replace(whole, members=[looked_at[known] for known in sorted(looked_at)])


def _grouped(opening: Opening, pool: Pool) -> Opening:
    return replace(opening, lot_bits=bits_for(pool.size))


@dataclass(frozen=True, slots=True)
class _Search:
    """One opening among very many people."""

    whole: Instance
    opening: Opening
    shift: Shift
    gig: Gig
    pool: Pool

    def best(self, wanted: int, changed: Collection[UUID]) -> dict[UUID, Member]:
        """So many people whom every rule lets pass that nobody else comes before them, and whoever was looked at on
        the way; fewer where there are no more. Whoever was `changed` is looked at first."""
        opening, at = self.opening, self.whole.at
        if wanted == 0 or opening.seats == 0:
            return {}
        if opening.first is not None and at < opening.first.until:
            return self._look(opening.first.people)
        seat = self.whole.work_of(opening).seat(opening.span)
        question = Question(opening, seat, self.whole.weights, self.whole.seed)
        hunt, size = Hunt(question, self.pool.cells, self.pool.people), max(LEAST, 2 * wanted)
        looked_at: dict[UUID, Member] = {}
        more, last = self._free([*changed, *hunt.take(size, None)], looked_at), None
        while True:
            looked_at |= self._look(more)
            last, place = self._last(looked_at, wanted, question), hunt.place
            if place is None or (last is not None and place > last):
                return looked_at
            size = min(2 * size, MOST_AT_ONCE)
            more = self._free(hunt.take(size, last), looked_at)

    def _free(self, ids: Sequence[UUID], looked_at: Mapping[UUID, Member]) -> list[UUID]:
        """Those who were not asked yet, nor looked at, and have no booking at that time."""
        left = [known for known in dict.fromkeys(ids) if known not in looked_at and known not in self.opening.asked]
        span = self.opening.span
        return free_of(left, Range(span.starts_at, span.ends_at))

    def _look(self, ids: Collection[UUID]) -> dict[UUID, Member]:
        if not ids:
            return {}
        return {member.id: member for member in facts.members([(self.shift, self.gig)], self.whole.at, ids)}

    def _last(self, looked_at: Mapping[UUID, Member], wanted: int, question: Question) -> Place | None:
        """Where the last of those who are wanted stands; None while there are fewer."""
        opening = replace(self.opening, seats=wanted, waves=(wanted, wanted))
        (planned,) = solve(replace(self.whole, openings=[opening], members=[*looked_at.values()]))
        if planned.unfilled:
            return None
        last = planned.given[-1]
        return -last.scored.score, question.lot(last.contractor_id)


_IN_CELLS = select(MatchPair.contractor_id).where(MatchPair.cell_id.in_(bindparam("cells", expanding=True)))
