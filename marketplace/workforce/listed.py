"""A list of sanctions as a file: CSV with the columns name, aliases, birth date, country, source, date. Pure rules.

No list comes with Setara: which ones bind a service depends on where it stands, and a list is out of date in a week.
"""

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from io import StringIO
from types import MappingProxyType

from marketplace.core.problems import Conflict, Invalid

COLUMNS = ("name", "aliases", "birth_date", "country", "source", "date")
MOST_ENTRIES = 500_000
MOST_NAMED = 20
"""Bad lines that a refusal names."""


class HitStatus(StrEnum):
    """What became of somebody whose name is like a listed one."""

    OPEN = "open"
    CLEARED = "cleared"
    CONFIRMED = "confirmed"


HIT_TRANSITIONS: Mapping[HitStatus, frozenset[HitStatus]] = MappingProxyType(
    {
        HitStatus.OPEN: frozenset({HitStatus.CLEARED, HitStatus.CONFIRMED}),
        HitStatus.CLEARED: frozenset({HitStatus.CONFIRMED}),
        HitStatus.CONFIRMED: frozenset({HitStatus.CLEARED}),
    }
)


@dataclass(frozen=True, slots=True)
class Entry:
    """Somebody on a list. `birth_date` is as the list has it, often a year; `country` too."""

    name: str
    aliases: tuple[str, ...]
    birth_date: str
    country: str

    @property
    def birth_year(self) -> int | None:
        return birth_year(self.birth_date)


@dataclass(frozen=True, slots=True)
class ListFile:
    source: str
    dated_on: date
    entries: tuple[Entry, ...]


class BadList(Invalid):
    code = "bad_list"
    title = "This is not a list of sanctions."
    remedy = f"Give CSV in UTF-8 whose first line names the columns {', '.join(COLUMNS)}; aliases stand between ';'."


class HitOpen(Conflict):
    """`hits` are the ids of those that wait for a person."""

    code = "screening_open"
    title = "The name is like one on a list of sanctions, and nobody has said yet whether it is the same person."
    remedy = "Look at the findings of the screening first: clear them, or confirm one and refuse."


def birth_year(text: str) -> int | None:
    """The year in a date as lists write it: "1961", "circa 1961", "12 May 1961"; None where there is none, or several
    that could be meant."""
    years = set(re.findall(r"(?<!\d)(1[89]\d\d|20\d\d)(?!\d)", text))
    return int(years.pop()) if len(years) == 1 else None


def read_list(text: str) -> ListFile:
    """The whole list, or BadList, which names the lines that are wrong, the first twenty of them in its member `lines`.
    Source and date are those of the first entry."""
    rows = csv.DictReader(StringIO(text))
    missing = [name for name in COLUMNS if name not in (rows.fieldnames or ())]
    if missing:
        raise BadList(f"Missing columns: {', '.join(missing)}.", field="file")
    entries: list[Entry] = []
    nameless: list[int] = []
    source, dated = "", ""
    for row in rows:
        name = (row["name"] or "").strip()
        if not name:
            nameless.append(rows.line_num)
            continue
        if len(entries) == MOST_ENTRIES:
            raise BadList(f"There are more than {MOST_ENTRIES} entries.", field="file")
        aliases = tuple(filter(None, (alias.strip() for alias in (row["aliases"] or "").split(";"))))
        entries.append(Entry(name, aliases, (row["birth_date"] or "").strip(), (row["country"] or "").strip()))
        source, dated = source or (row["source"] or "").strip(), dated or (row["date"] or "").strip()
    if nameless:
        named = ", ".join(map(str, nameless[:MOST_NAMED])) + (" and more" if len(nameless) > MOST_NAMED else "")
        raise BadList(f"There is no name in line {named}.", field="file", lines=nameless[:MOST_NAMED])
    return ListFile(*_head(source, dated), tuple(entries))


def read_bytes(content: bytes) -> str:
    """The text of a list that was handed in as a file. Raises BadList unless it is UTF-8, naming the line."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        line = content.count(b"\n", 0, wrong.start) + 1
        raise BadList(f"Line {line} is not UTF-8.", field="file", lines=[line]) from wrong


def _head(source: str, dated: str) -> tuple[str, date]:
    if not source:
        raise BadList("The first entry names no source.", field="file")
    try:
        return source, date.fromisoformat(dated)
    except ValueError as wrong:
        raise BadList(f"The date {dated!r} is not of the form 2026-11-29.", field="file") from wrong
