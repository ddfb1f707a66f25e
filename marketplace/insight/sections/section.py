"""One part of what the service holds about a person, and how it is made of a table."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Table, select
from sqlalchemy.orm import InstrumentedAttribute

from marketplace.insight.rules import Fate

Told = Select[*tuple[Any, ...]]
Rows = Callable[[UUID], Told]
"""The rows of a section for one person, each column under the name that it has in the record."""


@dataclass(frozen=True, slots=True)
class Section:
    """One part of a record. `title` is English, which the catalogues of other languages are looked up by; `found_by`
    are the columns (`table.column`) that name the person."""

    name: str
    room: str
    title: str
    fate: Fate
    rows: Rows
    found_by: frozenset[str]
    table: Table
    """The table whose rows it tells; of several that it joins, the first."""
    empties: tuple[str, ...] = ()
    """The columns that are emptied where the fate is EMPTIED."""

    def __post_init__(self) -> None:
        if (self.fate is Fate.EMPTIED) is not bool(self.empties):
            raise ValueError(f"Say in `empties` which columns of the section {self.name!r} are emptied, or none.")


def own(
    name: str,
    room: str,
    title: str,
    fate: Fate,
    key: InstrumentedAttribute[Any],
    *,
    without: tuple[str, ...] = (),
    empties: tuple[str, ...] = (),
) -> Section:
    """The rows of a table in which the column `key` names the person, all columns but those that are left out."""
    table = table_of(key)
    columns = [column for column in table.c if column.name not in without]
    order = list(table.primary_key)
    return Section(
        name,
        room,
        title,
        fate,
        lambda person_id: select(*columns).where(key == person_id).order_by(*order),
        frozenset({f"{table.name}.{key.key}"}),
        table,
        empties,
    )


def through(
    name: str,
    room: str,
    title: str,
    fate: Fate,
    link: InstrumentedAttribute[Any],
    owner: InstrumentedAttribute[Any],
    *,
    empties: tuple[str, ...] = (),
) -> Section:
    """The rows of a table that refers by `link` to a row in which `owner` names the person."""
    table, via = table_of(link), table_of(owner)
    target = next(iter(table.c[link.key].foreign_keys)).column
    return Section(
        name,
        room,
        title,
        fate,
        lambda person_id: (
            select(*table.c)
            .where(link.in_(select(target).select_from(via).where(owner == person_id)))
            .order_by(*table.primary_key)
        ),
        frozenset(),
        table,
        empties,
    )


GONE, EMPTIED, STAYS = Fate.GONE, Fate.EMPTIED, Fate.STAYS


def table_of(key: InstrumentedAttribute[Any]) -> Table:
    """The table of a column."""
    table = key.class_.__table__
    assert isinstance(table, Table)
    return table
