"""The whole record of a person: read section by section, one statement each, and written out as it is read.

Only the person themselves has it. Nothing is kept in memory but one row, and a file that grows beyond a megabyte goes
to the disk until it is sent.
"""

import csv
import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import TextIOWrapper
from tempfile import SpooledTemporaryFile
from typing import IO, Any
from uuid import UUID

from flask import current_app
from sqlalchemy import func, select

from marketplace.accounts.rules import Actor, require_person
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.insight.rules import FORMAT, VERSION, cell, plain
from marketplace.insight.sections import SECTIONS
from marketplace.insight.sections.section import Section

IN_MEMORY = 1024 * 1024
ROWS_AT_ONCE = 500
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Glance:
    """A section as a page shows it: how many rows there are, and the newest few."""

    section: Section
    count: int
    newest: Sequence[Row]


def glances(*, by: Actor, newest: int = 5) -> list[Glance]:
    """Every section of one's own record that holds anything, one statement each."""
    person_id = require_person(by)
    found = []
    for section in SECTIONS:
        rows = section.rows(person_id).order_by(None).subquery()
        first = next(iter(rows.c))
        shown = select(*rows.c, func.count().over().label("_count")).order_by(first.desc()).limit(newest)
        told = db.session.execute(shown).mappings().all()
        if told:
            rows_told = [{name: value for name, value in row.items() if name != "_count"} for row in told]
            found.append(Glance(section, told[0]["_count"], rows_told))
    return found


def as_json(*, by: Actor) -> IO[bytes]:
    """One's own record as a JSON document (see `schema.document`), from its beginning."""
    person_id = require_person(by)
    out: IO[bytes] = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - whoever sends it closes it
    with _text(out) as text:
        head = {
            "format": FORMAT,
            "version": VERSION,
            "schema": f"{current_app.config['BASE_URL']}/api/v1/record/schema",
            "made_at": plain(clock.now()),
            "person_id": str(person_id),
        }
        text.write(json.dumps(head, ensure_ascii=False)[:-1] + ', "sections": {')
        for number, section in enumerate(SECTIONS):
            text.write(",\n" if number else "\n")
            _section_as_json(text, section, person_id)
        text.write("\n}}\n")
    out.seek(0)
    return out


def as_tables(*, by: Actor) -> IO[bytes]:
    """One's own record as a ZIP archive of CSV tables, one for each section, and a text that explains them."""
    person_id = require_person(by)
    out: IO[bytes] = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - whoever sends it closes it
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("README.txt", _explained())
        for section in SECTIONS:
            with archive.open(f"{section.name}.csv", "w") as raw, _text(raw) as text:
                table = csv.writer(text, lineterminator="\n")
                table.writerow(column.name for column in section.rows(person_id).selected_columns)
                table.writerows(
                    [cell(json.dumps(each) if isinstance(each, dict | list) else each) for each in row.values()]
                    for row in _rows(section, person_id)
                )
    out.seek(0)
    return out


def _section_as_json(text: IO[str], section: Section, person_id: UUID) -> None:
    head = {"room": section.room, "title": section.title}
    text.write(f'"{section.name}": ' + json.dumps(head)[:-1] + ', "rows": [')
    for number, row in enumerate(_rows(section, person_id)):
        text.write(",\n " if number else "\n ")
        text.write(json.dumps(row, ensure_ascii=False))
    text.write("]}")


def _rows(section: Section, person_id: UUID) -> Iterator[dict[str, Any]]:
    found = db.session.execute(section.rows(person_id), execution_options={"yield_per": ROWS_AT_ONCE})
    for row in found.mappings():
        yield {name: plain(value) for name, value in row.items()}


@contextmanager
def _text(raw: IO[bytes]) -> Iterator[IO[str]]:
    """Writes UTF-8 into the file and leaves it open."""
    text = TextIOWrapper(raw, "utf-8", newline="", write_through=True)
    try:
        yield text
    finally:
        text.detach()


def _explained() -> str:
    told = "\n".join(f"{section.name}.csv: {section.title} (room {section.room})" for section in SECTIONS)
    return (
        f"Everything that Setara holds about you, as of {plain(clock.now())}. Format {FORMAT}, version {VERSION}.\n\n"
        "Times are UTC. Columns that end in _amount, and `amount` and `quantity` of money, count minor units of the "
        "currency beside them (1500 USD is 15.00 USD). A cell that a spreadsheet would compute begins with an "
        "apostrophe. Ids of companies and gigs are told in companies.csv and gigs.csv; the id of another person is "
        f"all that stands here of them.\n\n{told}\n"
    )
