"""A person's record: whole, true of the database, theirs alone, and in a form that does not change under them."""

import csv
import io
import json
import re
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from babel.messages.pofile import read_po
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import force_locale
from jsonschema import Draft202012Validator
from sqlalchemy import DateTime, Enum, func, select

from marketplace.accounts.models import Person
from marketplace.accounts.rules import CLOCK
from marketplace.core.db import Base, db
from marketplace.core.events import Event
from marketplace.core.language import CATALOGUES
from marketplace.core.problems import NotFound
from marketplace.insight import schema
from marketplace.insight.rules import VERSION, cell
from marketplace.insight.sections import SECTIONS
from marketplace.insight.sections.beside import BESIDE
from marketplace.insight.sections.pay import own_accounts
from marketplace.ledger.models import LedgerAccount
from marketplace.notices import service as notices
from marketplace.web.record_fields import FIELDS
from marketplace.web.record_words import _number, _text, is_for_files
from tests.conftest import Database, again, kept
from tests.factories import accounts, disputes, pay, shifts
from tests.web.visitor import Visitor

NAMES_PEOPLE = re.compile(r"(^|_)(person|contractor|doer|actor|owner|contact|author)(_id)?$|_by$")
PROMISED = json.loads((Path(__file__).parent / "record-1.json").read_text())
KEYS_TO_PEOPLE = """
    SELECT conrelid::regclass::text || '.' || attname FROM pg_constraint
    JOIN pg_attribute ON attrelid = conrelid AND attnum = ANY (conkey)
    WHERE contype = 'f' AND confrelid IN ('person'::regclass, 'contractor'::regclass)
"""


def test_no_column_that_names_people_is_forgotten(database: Database) -> None:
    """By its foreign key, as PostgreSQL's own catalogue has it, or by its name where there is no key."""
    with psycopg.connect(database.admin_dsn) as connection:
        keys = {name for (name,) in connection.execute(KEYS_TO_PEOPLE)}
    named = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.c
        if NAMES_PEOPLE.search(column.name) and not isinstance(column.type, DateTime)
    }
    told = {name for section in SECTIONS for name in section.found_by} | set(BESIDE)
    assert len(keys) > 20
    assert (keys | named) - told == set(), "Say in insight/sections what a record tells of them, or why it does not."
    assert {name for name in told if name.partition(".")[0] not in Base.metadata.tables} == set()


def test_every_account_of_a_person_is_among_theirs(app: Flask) -> None:
    ana = disputes.worked_and_cut().contractor_id
    pay.paid()
    held = select(LedgerAccount.name).where(LedgerAccount.name.contains(str(ana)))
    names = set(db.session.scalars(held))
    assert len(names) >= 3
    assert names <= set(own_accounts(ana))


def _ana_of_now() -> Any:
    """Somebody who worked, was paid, was cut, and disputed it."""
    cut = disputes.worked_and_cut()
    disputes.ruled(disputes.claimed(cut))
    pay.paid()
    notices.deliver(db.session.scalars(select(Event.id)).all(), by=CLOCK)
    return accounts.actor_of(cut.contractor_id)


@pytest.fixture(scope="module")
def _ana(ground: None) -> Any:
    return kept(_ana_of_now)


@pytest.fixture
def ana(_ana: Any, app: Flask) -> Any:
    return again(_ana)


@pytest.mark.door("GET /api/v1/record", "works")
@pytest.mark.door("GET /api/v1/record", "not_signed_in")
def test_a_record_is_whole_and_fits_its_schema(client: FlaskClient, ana: Any) -> None:
    assert client.get("/api/v1/record").status_code == 401
    answer = client.get("/api/v1/record", headers=accounts.bearer(ana))
    told = answer.json
    Draft202012Validator(schema.document(), format_checker=Draft202012Validator.FORMAT_CHECKER).validate(told)
    rows = {name: section["rows"] for name, section in told["sections"].items()}
    for name in ("account", "contractor", "offers", "bookings", "timesheet_lines", "payslips", "postings", "notices"):
        assert rows[name], name
    assert [row["missing"] for row in rows["timesheet_cuts"]] == [disputes.MISSING]
    assert [row["words"] for row in rows["dispute_statements"]] == [disputes.CLAIM, disputes.REASON]
    assert rows["offers"][0]["reason"] == {"by": "hand"}
    assert {"dispute.claimed", "payslip.issued"} <= {row["name"] for row in rows["events"]}
    secrets = {"password", "fs_uniquifier", "sha256", "idempotency_key"}
    assert not secrets & {name for section in rows.values() for row in section for name in row}


def test_nobody_elses_things_are_in_a_record(client: FlaskClient, ana: Any) -> None:
    there = shifts.scene()
    other = shifts.contracted(there)
    shifts.booked(there, other)
    told = client.get("/api/v1/record", headers=accounts.bearer(ana)).text
    assert str(other.id) not in told
    assert str(there.company_id) not in told


def test_a_companys_key_has_no_record(client: FlaskClient) -> None:
    company = accounts.company()
    answer = client.get("/api/v1/record", headers=accounts.company_bearer(company.id))
    assert (answer.status_code, answer.json["code"]) == (403, "forbidden")


@pytest.mark.door("GET /api/v1/record/tables", "works")
@pytest.mark.door("GET /api/v1/record/tables", "not_signed_in")
def test_the_tables_tell_the_same(client: FlaskClient, ana: Any) -> None:
    assert client.get("/api/v1/record/tables").status_code == 401
    headers = accounts.bearer(ana)
    told = client.get("/api/v1/record", headers=headers).json["sections"]
    archive = zipfile.ZipFile(io.BytesIO(client.get("/api/v1/record/tables", headers=headers).data))
    assert set(archive.namelist()) == {"README.txt", *(f"{name}.csv" for name in told)}
    for name, section in told.items():
        table = list(csv.reader(io.StringIO(archive.read(f"{name}.csv").decode())))
        assert len(table) == len(section["rows"]) + 1, name
        if section["rows"]:
            assert table[0] == list(section["rows"][0])


def test_a_cell_is_never_a_formula() -> None:
    assert cell('=HYPERLINK("http://x")') == '\'=HYPERLINK("http://x")'
    assert (cell(-5), cell(None), cell(True), cell("5")) == ("-5", "", "true", "5")


@pytest.mark.door("GET /api/v1/record/schema", "works")
def test_the_format_keeps_what_it_promised(client: FlaskClient) -> None:
    """Whoever reads version 1 can read every later record of version 1. Add new members to record-1.json; when one has
    to go, it is the next version."""
    shown = client.get("/api/v1/record/schema").json
    Draft202012Validator.check_schema(shown)
    assert shown["properties"]["version"] == {"const": VERSION}
    sections = shown["properties"]["sections"]["properties"]
    told = {name: set(each["properties"]["rows"]["items"]["required"]) for name, each in sections.items()}
    gone = {name: sorted(set(members) - told.get(name, set())) for name, members in PROMISED.items()}
    assert {name: members for name, members in gone.items() if members} == {}


def test_every_title_has_an_indonesian() -> None:
    known = set()
    for path in (CATALOGUES / "id" / "LC_MESSAGES").glob("*.po"):
        with path.open("rb") as source:
            known |= {message.id for message in read_po(source) if message.id and message.string}
    assert {section.title for section in SECTIONS} - known == set()


def test_every_field_has_a_word() -> None:
    fields = {column.name for section in SECTIONS for column in section.rows(uuid4()).selected_columns}
    assert len(fields) > 200
    assert {field for field in fields if not is_for_files(field) and field not in FIELDS} == set()


def test_every_code_of_a_record_is_called_by_words(app: Flask) -> None:
    """In Indonesian, where no word of ours is spelled like its code but these."""
    as_they_are = {"operator", "bonus"}
    raw = set()
    with app.test_request_context(), force_locale("id"):
        for section in SECTIONS:
            for column in section.rows(uuid4()).selected_columns:
                kind = getattr(column.type, "item_type", column.type)
                if not isinstance(kind, Enum) or column.name in ("media_type", "level"):
                    continue
                for code in kind.enums:
                    words = _text(section.name, column.name, code)
                    if words in (code, code.replace("_", " ")) and code not in as_they_are:
                        raw.add(f"{section.name}.{column.name}: {code}")
        told = [
            _text("payouts", "why", "The account at Stripe cannot receive money yet."),
            _text("clock_taps", "code", NotFound.code),
            _text("pay_lines", "payee_kind", "contractor"),
            _number("percent", Decimal("4.5000"), {}),
            _text("skills", "skill", "image-labelling"),
            _text("rail_accounts", "disabled_reason", "requirements.past_due"),
        ]
    assert raw == set()
    assert told == [
        "Akun di Stripe belum dapat menerima uang.",
        "Tidak ada yang boleh Anda lihat di sini.",
        "Anda sebagai kontraktor",
        "4,5",
        "pelabelan gambar",
        "sesuatu yang dimintanya tidak diberikan pada waktunya",
    ]


def test_the_page_shows_what_there_is(client: FlaskClient, ana: Any) -> None:
    visitor = Visitor(client)
    assert visitor.look("/account/record").address == "/sign-in"
    person = db.session.get_one(Person, ana.person_id)
    page = visitor.signed_in(person).look("/account/record")
    assert "Time that a company cut, and why" in page.words
    assert disputes.MISSING in page.words
    assert person.email in page.words
    said = re.sub(r"\bsandbox_[0-9a-f]{32}\b", "", page.words)  # One's own number at the rail, as the rail writes it.
    assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}|[a-z]_[a-z]|[0-9]T[0-9]{2}:", said), "codes, ids or raw times"
    assert visitor.client.get("/account/record.json").json["person_id"] == str(person.id)
    assert visitor.client.get("/account/record.zip").mimetype == "application/zip"


def test_a_record_costs_one_statement_a_section(app: Flask, ana: Any, client: FlaskClient, statements: Any) -> None:
    headers = accounts.bearer(ana)
    with statements() as seen:
        client.get("/api/v1/record", headers=headers)
    assert len(seen) <= len(SECTIONS) + 6
    assert db.session.scalar(select(func.count(Event.id))) > 10
