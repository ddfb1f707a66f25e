"""The books as files of other programs: CSV, JSON, and beancount's plain text. Pure: rows in, pieces of text out, one
after the other, so that the books may be longer than memory. docs/ledger-export.md describes each; the columns stay."""

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from io import StringIO
from itertools import groupby
from types import MappingProxyType
from uuid import UUID

from marketplace.core.money import Money
from marketplace.pay.taxes.year_rules import cell

COLUMNS = ("entry_id", "at", "cause", "posting_id", "source", "destination", "amount", "currency")
JSON_FORMAT = "setara-ledger-1"


class Format(StrEnum):
    CSV = "csv"
    JSON = "json"
    BEANCOUNT = "beancount"


MEDIA: Mapping[Format, str] = MappingProxyType(
    {Format.CSV: "text/csv", Format.JSON: "application/json", Format.BEANCOUNT: "text/plain"}
)


@dataclass(frozen=True, slots=True)
class Row:
    """A posting with its entry. Rows of one entry come one after the other."""

    entry_id: UUID
    at: datetime
    cause: str
    posting_id: int
    source: str
    destination: str
    money: Money


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands in an account of the books, where that is known."""

    account: str
    money: Money


@dataclass(frozen=True, slots=True)
class Books:
    """What is exported: the accounts that the rows touch, in the order of their names; the rows; and what stands in
    accounts after all of them, where that is known of the same moment: beancount is asked to confirm it."""

    accounts: Callable[[], Iterable[str]]
    rows: Callable[[], Iterable[Row]]
    standings: Callable[[], Iterable[Standing]]


def written(form: Format, books: Books) -> Iterator[str]:
    """The file, piece by piece."""
    return _WRITERS[form](books)


def _csv(books: Books) -> Iterator[str]:
    yield _line(COLUMNS)
    for row in books.rows():
        yield _line(_facts(row).values())


def _line(cells: Iterable[str]) -> str:
    made = StringIO()
    csv.writer(made, lineterminator="\n").writerow([cell(each) for each in cells])
    return made.getvalue()


def _facts(row: Row) -> dict[str, str]:
    values = (
        str(row.entry_id),
        _moment(row.at),
        row.cause,
        str(row.posting_id),
        row.source,
        row.destination,
        str(row.money.decimal),
        row.money.currency,
    )
    return dict(zip(COLUMNS, values, strict=True))


def _json(books: Books) -> Iterator[str]:
    yield f'{{"format": "{JSON_FORMAT}", "entries": ['
    between = "\n"
    for _, rows in groupby(books.rows(), key=lambda row: row.entry_id):
        facts = [_facts(row) for row in rows]
        entry: dict[str, object] = {name: facts[0][name] for name in COLUMNS[:3]}
        entry["postings"] = [{name: each[name] for name in COLUMNS[3:]} for each in facts]
        yield between + json.dumps(entry, ensure_ascii=False)
        between = ",\n"
    yield "\n]}\n"


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


# --- beancount ------------------------------------------------------------------------------------------------------

ROOTS: Mapping[str, str] = MappingProxyType({"rail": "Assets", "exchange": "Equity", "platform": "Equity"})
"""The part of the books an account belongs to, by the first word of its name; all other money is owed to its owners."""
OPENED = date(1970, 1, 1)


def beancount_account(name: str) -> str:
    """The account's name as beancount takes it: "Liabilities:Gig:0199...:Hold" of "gig:0199...:hold"."""
    parts = name.split(":")
    made = [part.upper() if _is_id(part) else part.capitalize().replace("_", "-") for part in parts]
    return ":".join([ROOTS.get(parts[0], "Liabilities"), *made])


def _is_id(part: str) -> bool:
    try:
        UUID(part)
    except ValueError:
        return False
    return True


def _beancount(books: Books) -> Iterator[str]:
    """As beancount has it: what the service holds is above zero, what it owes below, so a destination is credited."""
    yield 'option "title" "Setara"\noption "operating_currency" "USD"\n\n'
    last = OPENED
    for _, rows in groupby(books.rows(), key=lambda row: row.entry_id):
        entry = list(rows)
        day = entry[0].at.astimezone(UTC).date()
        last = max(last, day)
        yield _transaction(day, entry)
    # After the rows, since an account may be opened while they are read. Beancount sorts by itself.
    yield "\n"
    for name in books.accounts():
        yield f"{OPENED} open {beancount_account(name)}\n"
    # A balance is that of the beginning of its day.
    for standing in books.standings():
        account, money = beancount_account(standing.account), -standing.money
        yield f"{last + timedelta(days=1)} balance {account}  {money.decimal} {money.currency}\n"


def _transaction(day: date, rows: list[Row]) -> str:
    lines = [f"\n{day} * {json.dumps(rows[0].cause, ensure_ascii=False)}\n", f'  entry: "{rows[0].entry_id}"\n']
    for row in rows:
        there, back = row.money.decimal, (-row.money).decimal
        lines.append(f"  {beancount_account(row.source)}  {there} {row.money.currency}\n")
        lines.append(f"  {beancount_account(row.destination)}  {back} {row.money.currency}\n")
    return "".join(lines)


_WRITERS: Mapping[Format, Callable[[Books], Iterator[str]]] = MappingProxyType(
    {Format.CSV: _csv, Format.JSON: _json, Format.BEANCOUNT: _beancount}
)
