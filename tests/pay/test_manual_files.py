"""The files that pay people by hand: valid, exact in every name, and erased when nobody needs them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sepaxml
import xmlschema
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from marketplace.accounts.models import Person
from marketplace.accounts.rules import CONSOLE, OperatorRole
from marketplace.accounts.service import grant_operator
from marketplace.core import clock
from marketplace.core.cells import harmless, meant
from marketplace.core.db import db, transaction
from marketplace.core.lifecycle import WrongState
from marketplace.pay.by_hand import bank_file, findings
from marketplace.pay.by_hand import files as manual_files
from marketplace.pay.by_hand.bank_file import Line, Payer
from marketplace.pay.by_hand.models import ManualPayment
from marketplace.pay.by_hand.rules import (
    MARK_EACH,
    FileStatus,
    FindingStatus,
    ListedInFile,
    ManualStatus,
    NothingToPay,
    NotReleased,
    OwnPayment,
    PaysListed,
)
from marketplace.pay.methods import screened
from marketplace.pay.models import PaymentOp
from marketplace.pay.rules import OpStatus
from marketplace.standards.act_rules import SecondPerson
from marketplace.workforce import screening
from marketplace.workforce.models import Contractor
from marketplace.workforce.screening_models import ScreeningHit
from tests.factories import accounts, pay
from tests.pay.test_manual import by_hand, made, not_paid, op_of, owed, paid, usd
from tests.web.visitor import Visitor

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


def test_nobody_lets_a_file_go_that_pays_themselves(by_hand: Flask, client: FlaskClient) -> None:
    """An operator of finance works too. Of two payouts their file carries the other one; their own, in a file of
    somebody else's that takes two people, a third one lets go."""
    by_hand.config["TWO_PEOPLE_ABOVE"] = "100.00"
    try:
        own, other = owed(), owed()
        me = own.contractor_id
        assert me is not None
        with transaction():
            grant_operator(me, OperatorRole.FINANCE, "Also does the books.", by=CONSOLE)
        payee, one = accounts.actor_of(me), pay.finance()
        (heap,) = manual_files.heaps(payee)
        assert (heap.money, heap.payments, heap.own) == (usd("60.00"), 1, 1)
        desk = Visitor(client).signed_in(accounts.person_of(me))
        assert "Your own pay waits too" in desk.look("/desk/by-hand").words
        theirs = made(by=payee)
        assert [line.payment_op_id for line in manual_files.lines_of(theirs.id, payee)] == [other.id]
        with pytest.raises(NothingToPay):
            made(by=payee)
        by_hand.config["TWO_PEOPLE_ABOVE"] = "50.00"
        file = made(by=one)
        page = desk.look(f"/desk/by-hand/files/{file.id}")
        assert ("It pays you too" in page.words, page.offers("/release")) == (True, False)
        with pytest.raises(OwnPayment):
            manual_files.release(file.id, by=payee)
        with transaction():
            assert manual_files.release(file.id, by=pay.finance()).status is FileStatus.RELEASED
    finally:
        by_hand.config["TWO_PEOPLE_ABOVE"] = "500.00"


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
            manual_files.withdraw(again.id, by=one)
        third = made(by=one)
        with transaction():
            manual_files.release(third.id, by=pay.finance())
            manual_files.download(third.id, by=one)
        with pytest.raises(WrongState):
            manual_files.withdraw(third.id, by=one)
    finally:
        by_hand.config["TWO_PEOPLE_ABOVE"] = "500.00"
    assert op_of(op.owner_id).status is OpStatus.WAITING


def named_on_a_list(op: PaymentOp) -> None:
    with transaction():
        name = db.session.get_one(Person, op.contractor_id).name
        screening.load_list(f"name,aliases,birth_date,country,source,date\n{name},,,,A list,2026-11-01\n", by=CONSOLE)


def test_a_file_that_would_pay_somebody_who_is_listed_by_now_is_made_again_without_them(
    by_hand: Flask, client: FlaskClient
) -> None:
    """Two are in a file that was let go, and a list names one. Nobody has the file yet, so it is put back; the other is
    paid by the next one."""
    listed, other, one = owed(), owed(), pay.finance()
    with transaction():
        db.session.get_one(Person, other.contractor_id).name = "Kofi Mensah"
    file = made(by=one)
    assert (file.status, file.lines) == (FileStatus.RELEASED, 2)
    named_on_a_list(listed)
    with pytest.raises(ListedInFile) as refused, transaction():
        manual_files.download(file.id, by=one)
    assert refused.value.what_to_do == ListedInFile.remedy
    with pytest.raises(PaysListed), transaction():
        findings.find([listed.id], paid(), by=pay.finance())
    screening.screen_due(10)
    desk = Visitor(client).signed_in(accounts.person_of(one.person_id))
    page = desk.look(f"/desk/by-hand/files/{file.id}")
    assert "1 line is held" in page.words
    assert "/content" not in page.html
    refusal = desk.look(f"/desk/by-hand/files/{file.id}/content")
    assert (refusal.status, "list of sanctions" in refusal.words) == (409, True)
    told = client.get(f"/api/v1/manual-files/{file.id}", headers=accounts.bearer(one)).json
    assert (told["is_seen"], told["held"]) == (False, [str(listed.id)])
    with transaction():
        manual_files.withdraw(file.id, by=one)
    again = made(by=one)
    assert [each.payment_op_id for each in manual_files.lines_of(again.id, one)] == [other.id]
    assert manual_files.download(again.id, by=one)[0].status is FileStatus.RELEASED


@pytest.mark.parametrize("is_them", [True, False, None])
def test_whoever_is_listed_after_the_download_is_marked_as_paid_once_a_human_has_said_whether_it_is_them(
    by_hand: Flask, is_them: bool | None
) -> None:
    """Also where they have left, whom nobody compares otherwise. Of what was not paid nobody has to say it. Where it is
    them two people write down that it was paid: it would be payable again otherwise, or never be over."""
    op, one = owed(), pay.finance()
    file = made(by=one)
    with transaction():
        manual_files.download(file.id, by=one)
        left = db.session.get_one(Contractor, op.contractor_id).id
        db.session.execute(Contractor.__table__.update().where(Contractor.id == left).values(status="closed"))
        db.session.expire_all()
    named_on_a_list(op)
    with pytest.raises(ListedInFile) as refused, transaction():
        manual_files.download(file.id, by=one)
    assert refused.value.what_to_do == MARK_EACH
    assert len(db.session.scalars(select(ScreeningHit)).all()) == 1, "what a refusal has found is kept"
    with transaction():
        assert (screening.screen_due(10), screened.compare_left(10)) == (0, 0)
    with pytest.raises(PaysListed), transaction():
        findings.find([op.id], paid(), by=one)
    hit = db.session.scalars(select(ScreeningHit)).one()
    with transaction():
        if is_them is not None:
            screening.decide(hit.id, is_them, "By the day of birth.", by=accounts.operator(OperatorRole.VETTING))
        (found,) = findings.find([op.id], not_paid() if is_them is None else paid(), by=one)
    if is_them:
        assert (found.status, op_of(op.owner_id).status) == (FindingStatus.WAITING, OpStatus.WAITING)
        with pytest.raises(SecondPerson):
            findings.confirm(found.id, by=one)
        with transaction():
            findings.confirm(found.id, by=pay.finance())
    assert op_of(op.owner_id).status is (OpStatus.REFUSED if is_them is None else OpStatus.DONE)


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
