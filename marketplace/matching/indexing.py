"""The index of people is kept: told of those who were changed, built anew, and compared with the truth.

There is one writer at a time, so that what was read earlier is never written later; whoever changes a person waits for
nobody, and only leaves their id (`index_models.MatchStale`).
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from itertools import chain
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, delete, func, or_, select, text, tuple_, update
from sqlalchemy.dialects.postgresql import Range, insert

from marketplace.contracts import queries as contracts
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.matching.index_models import MatchCell, MatchMark, MatchPair, MatchPerson, MatchStale
from marketplace.matching.index_rules import LOOKS_BACK, Cell, Told, cell_of, marks_of, place_of
from marketplace.matching.rules import SEASON
from marketplace.shifts import queries as shifts
from marketplace.shifts.models import Booking
from marketplace.shifts.queries import COUNTS_AS_WORKED
from marketplace.standards.hours import Span
from marketplace.workforce.calendar import Dated
from marketplace.workforce.models import AvailabilityException, Contractor
from marketplace.workforce.rules import ContractorStatus

AT_ONCE = 1000
"""People who are told to the index in one transaction."""
DAY = timedelta(days=1)
Key = tuple[UUID, UUID]
"""A person and a company."""


@dataclass(frozen=True, slots=True)
class Pair:
    """What the index says of a person and a company."""

    cell: Cell
    rate_amount: int | None
    currency: str | None
    highest_class: str


@dataclass(frozen=True, slots=True)
class Truth:
    """What the index should say of some people."""

    marks: Mapping[UUID, list[int]]
    pairs: Mapping[Key, Pair]


def refresh_due(limit: int = AT_ONCE) -> int:
    """Tells the index of people who were changed, and returns how many rows said so. What is changed meanwhile leaves
    rows of its own."""
    _alone()
    oldest = select(MatchStale.id).order_by(MatchStale.id).limit(limit)
    gone = delete(MatchStale).where(MatchStale.id.in_(oldest)).returning(MatchStale.contractor_id)
    rows = db.session.scalars(gone).all()
    if rows:
        _write(set(rows), _truth(set(rows)))
    return len(rows)


def build(after: UUID | None, limit: int = AT_ONCE) -> tuple[UUID | None, int]:
    """Tells the index of so many contractors, those behind `after` in the order of their ids, whatever it says of them.
    Returns the last of them, None behind the end, and how many there were. Safe to repeat."""
    _alone()
    ids = _some(after, limit)
    if ids:
        _write(set(ids), _truth(ids))
    return (ids[-1] if ids else None), len(ids)


def compare(after: UUID | None, limit: int = AT_ONCE) -> tuple[UUID | None, list[str]]:
    """As `build()`, and returns in place of the number what the index said wrongly: of whom a search could have missed
    something, though nobody had written down that they were changed. Also brings `Cell.day` up to date."""
    _alone()
    ids = _some(after, limit)
    if not ids:
        return None, []
    truth, changed = _truth(ids), set(db.session.scalars(select(MatchStale.contractor_id)))
    wrong = sorted(_missing(truth, ids) - changed)
    _write(set(ids), truth)
    return ids[-1], [f"person {known}" for known in wrong]


def sweep() -> int:
    """Deletes cells that nobody is in, and returns how many there were; and marks that nobody has."""
    _alone()
    db.session.execute(delete(MatchMark).where(MatchMark.people <= 0))
    used = select(MatchPair.cell_id).where(MatchPair.cell_id == MatchCell.id).exists()
    gone = delete(MatchCell).where(MatchCell.people <= 0, ~used).returning(MatchCell.id)
    return len(db.session.execute(gone).all())


def contractors() -> int:
    """How many people the index has to be told of."""
    return db.session.scalar(select(func.count()).select_from(Contractor)) or 0


def findable() -> int:
    """How many people the index knows."""
    return db.session.scalar(select(func.count()).select_from(MatchPerson)) or 0


def _alone() -> None:
    """Until the transaction ends nobody else writes the index."""
    db.session.execute(text("SELECT pg_advisory_xact_lock(hashtext('match_index'))"))


def _some(after: UUID | None, limit: int) -> Sequence[UUID]:
    found = select(Contractor.id).order_by(Contractor.id).limit(limit)
    return db.session.scalars(found if after is None else found.where(Contractor.id > after)).all()


# --- the truth --------------------------------------------------------------------------------------------------------


def _truth(ids: Collection[UUID]) -> Truth:
    """What the index should say of these people now: a handful of statements, however many they are."""
    now = clock.now()
    signed: dict[Key, list[contracts.Holding]] = defaultdict(list)
    for each in contracts.holdings(None, now, ids):
        signed[each.contractor_id, each.company_id].append(each)
    under_contract = {who for who, _ in signed}
    vetted = select(Contractor).where(Contractor.id.in_(under_contract), Contractor.status == ContractorStatus.VETTED)
    people = db.session.scalars(vetted.order_by(Contractor.id).execution_options(populate_existing=True)).all()
    told = _told(people, now)
    return Truth(
        {known: marks_of(each, now) for known, each in told.items()},
        {
            (who, company): _pair(cell_of(told[who], company, now.date()), held)
            for (who, company), held in signed.items()
            if who in told
        },
    )


def _told(people: Sequence[Contractor], now: datetime) -> dict[UUID, Told]:
    ids = [who.id for who in people]
    facts = shifts.unsigned(people, Span(now, now + DAY))
    dated, recent = _dated(ids, now), _recent(ids, now)
    company = _of_companies(ids, now)
    return {
        who.id: Told(
            facts[who.id],
            dated.get(who.id, ()),
            who.band_min_hours,
            who.band_max_hours,
            recent.get(who.id, 0),
            company.get(who.id, {}),
        )
        for who in people
    }


def _dated(ids: Collection[UUID], now: datetime) -> Mapping[UUID, list[Dated]]:
    """The exceptions that are not over, wherever the person is."""
    found: dict[UUID, list[Dated]] = defaultdict(list)
    coming = select(AvailabilityException).where(
        AvailabilityException.contractor_id.in_(ids), AvailabilityException.last_day >= now.date() - 2 * DAY
    )
    for row in db.session.scalars(coming.order_by(AvailabilityException.id)):
        found[row.contractor_id].append(row.dated)
    return found


_MINUTES = func.sum(func.floor(func.extract("epoch", func.upper(Booking.during) - func.lower(Booking.during)) / 60))


def _recent(ids: Collection[UUID], now: datetime) -> Mapping[UUID, int]:
    """The minutes of work that each has begun in the last 14 days."""
    begun = func.lower(Booking.during)
    found = select(Booking.contractor_id, _MINUTES).where(
        Booking.contractor_id.in_(ids),
        Booking.status.in_(COUNTS_AS_WORKED),
        Booking.during.overlaps(Range(now - LOOKS_BACK, now)),
        begun >= now - LOOKS_BACK,
        begun <= now,
    )
    return {row[0]: int(row[1]) for row in db.session.execute(found.group_by(Booking.contractor_id))}


def _of_companies(ids: Collection[UUID], now: datetime) -> Mapping[UUID, dict[UUID, int]]:
    """The minutes for each company that each has begun in the last 90 days, or is booked for."""
    found: dict[UUID, dict[UUID, int]] = defaultdict(dict)
    rows = select(Booking.contractor_id, Booking.company_id, _MINUTES).where(
        Booking.contractor_id.in_(ids),
        Booking.status.in_(COUNTS_AS_WORKED),
        Booking.during.overlaps(Range(now - SEASON, None)),
    )
    for who, company, minutes in db.session.execute(rows.group_by(Booking.contractor_id, Booking.company_id)):
        found[who][company] = int(minutes)
    return found


def _pair(cell: Cell, held: Sequence[contracts.Holding]) -> Pair:
    currencies = {each.rate.currency for each in held}
    one = len(currencies) == 1
    return Pair(
        cell,
        min(each.rate.amount for each in held) if one else None,
        currencies.pop() if one else None,
        max(each.highest_class for each in held),
    )


# --- what is written --------------------------------------------------------------------------------------------------


def _write(ids: Collection[UUID], truth: Truth) -> None:
    """Puts the truth about these people in place of what the index says of them. Rows that say it already stay."""
    numbers = _cells({(company, pair.cell) for (_, company), pair in truth.pairs.items()})
    pairs, marks = _pairs(ids), {row.contractor_id: row.marks for row in _persons(ids)}
    after = {key: numbers[key[1], pair.cell] for key, pair in truth.pairs.items()}
    _delete(set(ids) - truth.marks.keys(), pairs.keys() - after.keys())
    _put(MatchPerson, [{"contractor_id": known, "marks": own} for known, own in truth.marks.items()])
    _put(MatchPair, [_row(key, cell, truth.pairs[key]) for key, cell in after.items()])
    _count_cells(_changes(pairs.values(), after.values()))
    _count_marks(_changes(chain.from_iterable(marks.values()), chain.from_iterable(truth.marks.values())))


def _changes(before: Iterable[int], after: Iterable[int]) -> list[dict[str, int]]:
    """Of what there is more or less than before, and how much."""
    counts = Counter(after)
    counts.subtract(before)
    return [{"what": what, "more": more} for what, more in sorted(counts.items()) if more]


def _count_cells(changes: Sequence[Mapping[str, int]]) -> None:
    if changes:
        more = MatchCell.people + bindparam("more")
        counted = update(MatchCell).where(MatchCell.id == bindparam("what")).values(people=more)
        db.session.connection().execute(counted, changes)


def _count_marks(changes: Sequence[Mapping[str, int]]) -> None:
    if changes:
        new = insert(MatchMark).values(mark=bindparam("what"), people=bindparam("more"))
        more = {"people": MatchMark.people + new.excluded.people}
        db.session.connection().execute(new.on_conflict_do_update(index_elements=["mark"], set_=more), changes)


def _cells(wanted: Collection[tuple[UUID, Cell]]) -> dict[tuple[UUID, Cell], int]:
    """The numbers of these cells, of which some may be new."""
    if not wanted:
        return {}
    known = _numbers({company for company, _ in wanted})
    # Only those that are lacking: whatever is inserted takes a number, also where the row stands there already.
    if lacking := [each for each in sorted(wanted) if each not in known]:
        rows = [{"company_id": company, "people": 0} | asdict(cell) for company, cell in lacking]
        db.session.execute(insert(MatchCell).on_conflict_do_nothing(), rows)
        known = _numbers({company for company, _ in wanted})
    return known


def _numbers(companies: Collection[UUID]) -> dict[tuple[UUID, Cell], int]:
    found = select(MatchCell.__table__).where(MatchCell.company_id.in_(companies))
    return {(row.company_id, cell_in(row)): row.id for row in db.session.execute(found)}


def cell_in(row: MatchCell | Row[Any]) -> Cell:
    """The cell of a row."""
    return Cell(row.wishes, row.day, row.recent, row.company, row.band_min, row.band_max)


def _delete(people: Collection[UUID], pairs: Collection[Key]) -> None:
    if people:
        db.session.execute(delete(MatchPerson).where(MatchPerson.contractor_id.in_(people)))
    if pairs:
        key = tuple_(MatchPair.contractor_id, MatchPair.company_id)
        db.session.execute(delete(MatchPair).where(key.in_(sorted(pairs))))


def _put(model: type[MatchPerson | MatchPair], rows: Sequence[Mapping[str, Any]]) -> None:
    """Writes the rows, but for those that stand there already: so no index is touched in vain."""
    if not rows:
        return
    table, given = model.__table__, insert(model)
    keys = [column.name for column in table.primary_key]
    values = {column.name: given.excluded[column.name] for column in table.c if column.name not in keys}
    other = or_(*(table.c[name].is_distinct_from(value) for name, value in values.items()))
    db.session.execute(given.on_conflict_do_update(index_elements=keys, set_=values, where=other), rows)


def _row(key: Key, cell: int, pair: Pair) -> dict[str, Any]:
    return {
        "contractor_id": key[0],
        "company_id": key[1],
        "cell_id": cell,
        "place": place_of(key[0]),
        "rate_amount": pair.rate_amount,
        "currency": pair.currency,
        "highest_class": pair.highest_class,
    }


def _pairs(ids: Collection[UUID]) -> dict[Key, int]:
    found = select(MatchPair.contractor_id, MatchPair.company_id, MatchPair.cell_id)
    rows = db.session.execute(found.where(MatchPair.contractor_id.in_(ids)))
    return {(row.contractor_id, row.company_id): row.cell_id for row in rows}


def _missing(truth: Truth, ids: Collection[UUID]) -> set[UUID]:
    """Of whom the index says less than is true: marks that are lacking, or a cell with fewer points."""
    marks = {row.contractor_id: set(row.marks) for row in _persons(ids)}
    found = {known for known, wanted in truth.marks.items() if not marks.get(known, set()).issuperset(wanted)}
    rows = select(MatchPair, MatchCell).join(MatchCell).where(MatchPair.contractor_id.in_(ids))
    said = {(row.MatchPair.contractor_id, row.MatchPair.company_id): row for row in db.session.execute(rows)}
    return found | {
        key[0]
        for key, pair in truth.pairs.items()
        if key not in said or not _covers(said[key].MatchPair, cell_in(said[key].MatchCell), pair)
    }


def _persons(ids: Collection[UUID]) -> Sequence[MatchPerson]:
    return db.session.scalars(select(MatchPerson).where(MatchPerson.contractor_id.in_(ids))).all()


def _covers(said: MatchPair, cell: Cell, pair: Pair) -> bool:
    """Whether what is said leaves as much room as is true. A cell of an earlier day says nothing wrong: it holds for
    the shifts of its own two weeks."""
    true = pair.cell
    return (
        cell.wishes == true.wishes
        and (cell.day != true.day or cell.recent <= true.recent)
        and cell.company >= true.company
        and (cell.band_min, cell.band_max) >= (true.band_min, true.band_max)
        and (said.rate_amount is None or (said.currency, said.rate_amount) == (pair.currency, pair.rate_amount))
        and said.highest_class >= pair.highest_class
    )
