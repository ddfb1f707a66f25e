"""The books as files: every amount is in them, other programs read them, and nobody has more than is theirs."""

import csv
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from io import StringIO
from typing import Any
from uuid import UUID, uuid4

import pytest
from beancount import loader
from beancount.core.data import Transaction
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from marketplace.accounts.rules import CompanyRole
from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.ledger.models import LedgerAccount, Posting
from marketplace.pay.exports import books as exports
from marketplace.pay.exports.rules import COLUMNS, Books, Format, Row, Standing, beancount_account, written
from marketplace.shifts.models import Booking
from tests.conftest import again, kept
from tests.factories import accounts
from tests.factories import pay as made

ALL = "GET /api/v1/ledger/export"
OF_COMPANY = "GET /api/v1/companies/<uuid:company_id>/ledger-export"
MINE = "GET /api/v1/contractors/me/ledger-export"
AT = datetime(2026, 12, 1, 10, tzinfo=UTC)


@pytest.fixture(scope="module")
def _booking(ground: None) -> Booking:
    def paid() -> Booking:
        booking = made.worked_and_approved()
        made.deposited(booking.company_id, Money.of("12.50", "EUR"))
        made.paid()
        return booking

    return kept(paid)


@pytest.fixture
def booking(_booking: Booking, app: Flask) -> Booking:
    return again(_booking)


def everything(form: Format) -> str:
    out = StringIO()
    exports.write_everything(form, out)
    return out.getvalue()


def kept_balances() -> dict[tuple[str, str], Decimal]:
    rows = db.session.execute(select(LedgerAccount.name, LedgerAccount.currency, LedgerAccount.balance)).all()
    return {(n, c): Money(b, c).decimal for n, c, b in rows if b is not None}


def test_beancount_accepts_the_books_and_comes_to_the_same_balances(booking: Booking) -> None:
    text = everything(Format.BEANCOUNT)
    entries, errors, _ = loader.load_string(text)
    assert errors == []
    sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for entry in entries:
        for posting in entry.postings if isinstance(entry, Transaction) else ():
            sums[posting.account, posting.units.currency] -= posting.units.number
    ours = kept_balances()
    assert {pair: sums[beancount_account(pair[0]), pair[1]] for pair in ours} == ours
    assert sum(ours.values()), "there is something to compare"
    assert text.count(" balance ") == len(ours)


def test_beancount_refuses_books_in_which_an_amount_was_changed(booking: Booking) -> None:
    changed = everything(Format.BEANCOUNT).replace("  60.00 USD\n", "  61.00 USD\n", 1)
    _, errors, _ = loader.load_string(changed)
    assert errors


def test_csv_and_json_have_every_posting(booking: Booking) -> None:
    rows = list(csv.DictReader(StringIO(everything(Format.CSV))))
    postings = db.session.scalar(select(func.count(Posting.id)))
    assert len(rows) == postings
    assert tuple(rows[0]) == COLUMNS
    told = json.loads(everything(Format.JSON))
    listed = [entry | posting for entry in told["entries"] for posting in entry.pop("postings")]
    assert listed == rows
    paid = [row for row in rows if row["destination"] == f"contractor:{booking.contractor_id}:payable"]
    assert [(row["amount"], row["currency"], row["cause"].split(":")[0]) for row in paid] == [
        ("60.00", "USD", "payslip")
    ]


def test_everybody_has_what_is_theirs_and_no_more(booking: Booking) -> None:
    me, owner = accounts.actor_of(booking.contractor_id), accounts.owner_of(booking.company_id)
    for made_for, own in (
        (exports.of_person(Format.CSV, me), (f"contractor:{me.person_id}", f"benefit:{me.person_id}")),
        (
            exports.of_company(booking.company_id, Format.CSV, owner),
            (f"company:{booking.company_id}", f"gig:{booking.gig_id}", f"booking:{booking.id}"),
        ),
    ):
        with made_for as file:
            rows = list(csv.DictReader(StringIO(file.read().decode())))
        assert rows
        assert all(row["source"].startswith(own) or row["destination"].startswith(own) for row in rows)
        touched = {name for row in rows for name in (row["source"], row["destination"])}
        sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
        for row in rows:
            sums[row["source"], row["currency"]] -= Decimal(row["amount"])
            sums[row["destination"], row["currency"]] += Decimal(row["amount"])
        ours = {pair: money for pair, money in kept_balances().items() if pair[0].startswith(own)}
        assert {name for name, _ in ours} <= touched
        assert {pair: sums[pair] for pair in ours} == ours


# --- the forms ------------------------------------------------------------------------------------------------------

names = st.sampled_from(
    ["rail:sandbox", "exchange:USD", "platform:fees", f"gig:{uuid4()}:hold", "contractor:x:in_flight"]
)
amounts = st.tuples(st.sampled_from(["USD", "JPY", "KWD"]), st.integers(1, 10**12))


def books(rows: list[Row]) -> Books:
    """These rows as the books hold them."""
    accounts_of = sorted({name for row in rows for name in (row.source, row.destination)})
    sums: dict[tuple[str, str], Money] = {}
    for row in rows:
        for name, money in ((row.source, -row.money), (row.destination, row.money)):
            pair = (name, money.currency)
            sums[pair] = sums[pair] + money if pair in sums else money
    return Books(lambda: accounts_of, lambda: rows, lambda: [Standing(name, sums[name, c]) for name, c in sums])


@given(st.lists(st.tuples(names, names, amounts).filter(lambda each: each[0] != each[1]), min_size=1, max_size=8))
def test_whatever_is_booked_beancount_agrees(moves: list[tuple[str, str, tuple[str, int]]]) -> None:
    rows = [
        Row(UUID(int=n // 2), AT, f"test:{n // 2} “quoted” \\", n, source, destination, Money(amount, currency))
        for n, (source, destination, (currency, amount)) in enumerate(moves)
    ]
    _, errors, _ = loader.load_string("".join(written(Format.BEANCOUNT, books(rows))))
    assert errors == []


@pytest.mark.parametrize("cause", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx"])
def test_no_cell_is_a_formula(cause: str) -> None:
    row = Row(UUID(int=1), AT, cause, 1, "rail:sandbox", "platform:fees", Money(5, "USD"))
    (_, told) = csv.reader(StringIO("".join(written(Format.CSV, books([row])))))
    assert told[2] == f"'{cause}"


@pytest.mark.parametrize("form", list(Format))
def test_a_file_is_written_before_the_books_are_read_to_their_end(form: Format) -> None:
    read: list[int] = []

    def rows() -> Iterator[Row]:
        for n in range(1000):
            read.append(n)
            yield Row(UUID(int=n), AT, f"test:{n}", n, "rail:sandbox", "platform:fees", Money(5, "USD"))

    pieces = written(form, Books(lambda: (), rows, lambda: ()))
    for _ in range(3):
        next(pieces)
    assert len(read) < 10


# --- the doors ------------------------------------------------------------------------------------------------------


def doors(question: str) -> Callable[[Any], Any]:
    def mark(test: Any) -> Any:
        for route in (ALL, OF_COMPANY, MINE):
            test = pytest.mark.door(route, question)(test)
        return test

    return mark


def asked(client: FlaskClient, booking: Booking, who: Iterable[dict[str, str] | None], query: str = "") -> list[int]:
    paths = ("ledger/export", f"companies/{booking.company_id}/ledger-export", "contractors/me/ledger-export")
    return [
        client.get(f"/api/v1/{path}{query}", headers=each or {}).status_code
        for path, each in zip(paths, who, strict=True)
    ]


@doors("works")
@doors("not_signed_in")
@doors("wrong_shape")
@pytest.mark.door(ALL, "not_mine")
@pytest.mark.door(OF_COMPANY, "not_mine")
def test_the_doors_of_exports(client: FlaskClient, booking: Booking) -> None:
    own = [
        accounts.bearer(who) for who in (made.finance(), accounts.owner_of(booking.company_id), booking.contractor_id)
    ]
    assert asked(client, booking, own, "?format=beancount") == [200, 200, 200]
    assert asked(client, booking, [None] * 3) == [401, 401, 401]
    assert asked(client, booking, own, "?format=xls") == [422, 422, 422]
    stranger = accounts.bearer(accounts.person())
    assert asked(client, booking, [stranger] * 3)[:2] == [404, 404]
    member = accounts.bearer(accounts.member(booking.company_id, CompanyRole.MANAGER))
    assert asked(client, booking, [member] * 3)[1] == 403


def test_the_command_writes_a_file_and_looks_at_the_seals(booking: Booking, app: Flask, tmp_path: Any) -> None:
    run = app.test_cli_runner()
    file = tmp_path / "books.beancount"
    done = run.invoke(args=["books", "export", "beancount", str(file)])
    assert (done.exit_code, "postings are written" in done.stderr) == (0, True)
    assert loader.load_file(str(file))[1] == []
    checked = run.invoke(args=["books", "check-seals"])
    assert (checked.exit_code, checked.output.startswith("All seals hold")) == (0, True)
