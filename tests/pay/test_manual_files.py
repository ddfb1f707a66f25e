"""The files that pay people by hand: valid, exact in every name, and erased when nobody needs them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sepaxml
import xmlschema
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from marketplace.core import clock
from marketplace.core.cells import harmless, meant
from marketplace.core.db import db, transaction
from marketplace.core.lifecycle import WrongState
from marketplace.pay.by_hand import bank_file, findings
from marketplace.pay.by_hand import files as manual_files
from marketplace.pay.by_hand.bank_file import Line, Payer
from marketplace.pay.by_hand.models import ManualPayment
from marketplace.pay.by_hand.rules import (
    ManualStatus,
    NotReleased,
)
from marketplace.pay.rules import OpStatus
from tests.factories import pay
from tests.pay.test_manual import by_hand, made, op_of, owed, paid, usd

__all__ = ["by_hand"]

SCHEMA = Path(sepaxml.__file__).parent / "schemas" / "pain.001.001.09.xsd"


def line(name: str = "Zoë Müller-Łuk", **more: object) -> Line:
    facts = {"id": "a" * 32, "money": usd("60.00"), "holder": name, "country": "DE", "about": "Pay by Setara"}
    return Line(**(facts | {"details": {"iban": "DE89370400440532013000"}} | more))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("country", "details"),
    [
        ("DE", {"iban": "DE89370400440532013000"}),
        ("US", {"routing_number": "111000025", "account_number": "000123456789"}),
        ("ID", {"bank_code": "014", "account_number": "1234567890"}),
        ("KE", {"bank_code": "01", "branch_code": "100", "account_number": "1234567890"}),
        ("PH", {"bic": "BOPIPHMM", "account_number": "1234567890"}),
        ("MX", {"clabe": "002010077777777771"}),
        ("IN", {"ifsc": "HDFC0000001", "account_number": "1234567890"}),
    ],
)
def test_a_bank_file_is_valid_by_the_schema_of_iso_20022(country: str, details: dict[str, str]) -> None:
    lines = [line(country=country, details=details), line("=cmd|' /C calc'!A0", country=country, details=details)]
    payer = Payer("Setara Ltd", "DE89 3704 0044 0532 0130 00", "")
    content = bank_file.as_pain001("f" * 32, datetime(2026, 12, 1, 15, tzinfo=UTC), payer, lines)
    xmlschema.XMLSchema(str(SCHEMA)).validate(content.decode())
    assert b"<CtrlSum>120.00</CtrlSum>" in content
    assert b"<Nm>Zoe Muller-Luk</Nm>" in content
    assert b"<Nm>cmd " in content


@settings(max_examples=50)
@given(st.lists(st.text(max_size=100), min_size=1, max_size=4))
def test_every_name_makes_a_file_of_as_many_lines(names: list[str]) -> None:
    content = bank_file.as_csv((("Name", "holder"), ("Phone", "account")), [line(name) for name in names]).decode()
    rows = content.split("\r\n")
    assert (len(rows), rows[0], rows[-1]) == (len(names) + 2, "Name,Phone", "")
    assert not any(row.startswith(("=", "+", "-,=", "@")) for row in rows)


@given(st.text(alphabet="=+-@\t'a1. ", max_size=8) | st.text(max_size=20))
def test_no_cell_is_a_formula_and_each_says_what_it_said(words: str) -> None:
    """A wallet's address may begin with any of them: `=cmd|...@x.example` is written behind an apostrophe."""
    cell = harmless(words)
    assert meant(cell) == words
    assert not cell.startswith(("=", "@", "\t"))
    assert not cell.startswith(("+", "-")) or cell[1:2].isdigit()


def test_a_file_that_nobody_could_download_is_put_back(by_hand: Flask) -> None:
    by_hand.config["TWO_PEOPLE_ABOVE"] = "50.00"
    try:
        op, one = owed(), pay.finance()
        file = made(by=one)
        with transaction():
            manual_files.withdraw(file.id, by=one)
        assert db.session.scalars(select(ManualPayment.status)).all() == [ManualStatus.WAITING]
        again = made(by=one)
        assert (again.id != file.id, again.lines) == (True, 1)
        with transaction():
            manual_files.release(again.id, by=pay.finance())
        with pytest.raises(WrongState):
            manual_files.withdraw(again.id, by=one)
    finally:
        by_hand.config["TWO_PEOPLE_ABOVE"] = "500.00"
    assert op_of(op.owner_id).status is OpStatus.WAITING


def test_what_a_file_said_is_erased_90_days_after_its_last_line(by_hand: Flask) -> None:
    op = owed()
    file = made()
    with transaction():
        findings.find([op.id], paid(), by=pay.finance())
        clock.move_to(clock.now() + timedelta(days=89))
        assert manual_files.forget_old() == 0
        clock.move_to(clock.now() + timedelta(days=1))
        assert manual_files.forget_old() == 1
    with pytest.raises(NotReleased):
        manual_files.download(file.id, by=pay.finance())
