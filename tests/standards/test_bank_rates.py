"""The bank's newest rates: read from a real server that publishes as it does, kept once, and used with their source."""

import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from flask import Flask
from sqlalchemy import select

from jobs.housekeeping import fetch_rates
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import Event
from marketplace.core.money import Money
from marketplace.standards import bank_rates, exchange
from marketplace.standards.bank_rates import BankNotRead, Fixing
from marketplace.standards.models import ExchangeRate
from marketplace.standards.rules import NoSourcedRate
from tests.factories import standards

TUESDAY, WEDNESDAY = date(2026, 11, 24), date(2026, 11, 25)
FILE = b"""<?xml version="1.0" encoding="UTF-8"?>
<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01"
    xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">
  <gesmes:subject>Reference rates</gesmes:subject>
  <gesmes:Sender><gesmes:name>European Central Bank</gesmes:name></gesmes:Sender>
  <Cube>
    <Cube time="2026-11-25"><Cube currency="USD" rate="1.2500"/><Cube currency="IDR" rate="20000.00"/></Cube>
    <Cube time="2026-11-24"><Cube currency="USD" rate="1.2000"/><Cube currency="IDR" rate="19800.00"/></Cube>
    <Cube time="2026-10-30"><Cube currency="USD" rate="1.0001"/></Cube>
  </Cube>
</gesmes:Envelope>
"""


class Bank(ThreadingHTTPServer):
    """Answers with `body` and `status`; `cuts` is after how many of its bytes the line goes dead."""

    daemon_threads = True
    body, status, cuts = FILE, 200, 10_000_000

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Door)
        self.address = f"http://127.0.0.1:{self.server_address[1]}/eurofxref-hist-90d.xml"


class _Door(BaseHTTPRequestHandler):
    server: Bank

    def do_GET(self) -> None:
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(self.server.body)))
        self.end_headers()
        self.wfile.write(self.server.body[: self.server.cuts])
        self.close_connection = True

    def log_message(self, *_said: object) -> None:
        pass


@pytest.fixture
def bank(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bank]:
    clock.move_to(datetime(2026, 11, 25, 16, tzinfo=UTC))
    with Bank() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        monkeypatch.setitem(app.config, "ECB_RATES", server.address)
        yield server
        server.shutdown()
        thread.join()


def held() -> list[tuple[str, date, Decimal]]:
    rows = db.session.scalars(select(ExchangeRate).order_by(ExchangeRate.quoted_on, ExchangeRate.quote))
    return [(row.quote, row.quoted_on, row.rate.normalize()) for row in rows]


def test_what_the_bank_fixed_since_the_package_is_kept_once_and_used(bank: Bank) -> None:
    """15.00 USD on the 25th are 15 / 1.25 x 20,000 = 240,000.00 IDR."""
    with pytest.raises(NoSourcedRate):
        exchange.convert(Money.of("15.00", "USD"), "IDR", WEDNESDAY)
    for _ in range(2):
        fetch_rates()
    assert held() == [
        *(("IDR", TUESDAY, Decimal("1.98E+4")), ("USD", TUESDAY, Decimal("1.2"))),
        *(("IDR", WEDNESDAY, Decimal("2E+4")), ("USD", WEDNESDAY, Decimal("1.25"))),
    ]
    found = exchange.convert(Money.of("15.00", "USD"), "IDR", WEDNESDAY)
    assert (found.money, found.rate) == (Money.of("240000.00", "IDR"), Fraction(16000))
    assert (found.source, found.quoted_on, found.note) == (exchange.ECB, WEDNESDAY, "")
    assert exchange.last_fixing() == WEDNESDAY
    events = db.session.scalars(select(Event).where(Event.name == "exchange_rate.fetched")).all()
    assert {(event.doer_kind, event.doer_id) for event in events} == {("job", None)}
    assert len(events) == 4


@pytest.mark.parametrize(
    ("base", "quote", "rate"), [("EUR", "IDR", "30000"), ("IDR", "EUR", "0.0001"), ("USD", "IDR", "9")]
)
def test_what_the_bank_fixed_holds_whatever_is_entered_for_the_day(
    bank: Bank, base: str, quote: str, rate: str
) -> None:
    fetch_rates()
    standards.rate(base, quote, rate, WEDNESDAY)
    assert exchange.convert(Money.of("15.00", "USD"), "IDR", WEDNESDAY).money == Money.of("240000.00", "IDR")


def test_a_rate_of_the_future_of_no_currency_or_beyond_belief_is_left_out(bank: Bank) -> None:
    """Three times as much, or a third, is still believed, and no step after step beyond it in one file; a day of
    tomorrow waits for its day."""
    last, _ = exchange.last_units({"USD"})["USD"]
    tomorrow = WEDNESDAY + timedelta(days=1)
    given = [
        Fixing("USD", last * 3, TUESDAY),
        Fixing("USD", last * 8, WEDNESDAY),
        Fixing("USD", last, tomorrow),
        Fixing("XQQ", Decimal(1), TUESDAY),
    ]
    assert bank_rates.take(given) == 1
    assert [(quote, day) for quote, day, _ in held()] == [("USD", TUESDAY)]


@pytest.mark.parametrize(
    ("base", "quote", "rate"),
    [("EUR", "IDR", "80000"), ("IDR", "EUR", "0.0000125"), ("USD", "IDR", "70000"), ("IDR", "USD", "0.0000142")],
)
def test_what_has_really_moved_so_far_is_believed_once_an_operator_has_said_so(
    bank: Bank, base: str, quote: str, rate: str
) -> None:
    """The rupiah falls to a quarter. What an operator says of an earlier day changes nothing, and a slip of theirs
    keeps nothing out that follows from the bank's last fixing."""
    before = Fixing("IDR", Decimal(20_000), TUESDAY)
    fallen = [Fixing("IDR", Decimal(80_000), WEDNESDAY)]
    assert bank_rates.take([before]) == 1
    standards.rate(base, quote, rate, TUESDAY - timedelta(days=1))
    assert bank_rates.take(fallen) == 0
    standards.rate(base, quote, rate, WEDNESDAY)
    standards.rate("EUR", "USD", "900", WEDNESDAY)
    assert bank_rates.take([*fallen, Fixing("USD", Decimal("1.2"), WEDNESDAY)]) == 2


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html><body>Sign in to this network</body></html>",
        FILE[:-40],
        FILE.replace(b"1.2500", b"a lot"),
        FILE.replace(b"1.2500", b"-1"),
        FILE.replace(b"1.2500", b"NaN"),
        FILE.replace(b'time="2026-11-25"', b'time="yesterday"'),
        FILE.replace(b'currency="USD"', b'coin="USD"'),
        b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        b"x" * (bank_rates.MOST_BYTES + 1),
    ],
)
def test_what_is_no_file_of_the_bank_changes_nothing(bank: Bank, body: bytes) -> None:
    bank.body = body
    with pytest.raises(BankNotRead):
        bank_rates.fetch(bank.address)
    fetch_rates()
    assert held() == []


@pytest.mark.parametrize(("status", "cuts"), [(503, 10_000_000), (404, 10_000_000), (200, 400), (200, 0)])
def test_an_answer_that_fails_or_breaks_off_changes_nothing(bank: Bank, status: int, cuts: int) -> None:
    bank.status, bank.cuts = status, cuts
    with pytest.raises(BankNotRead):
        bank_rates.fetch(bank.address)
    fetch_rates()
    assert held() == []


def test_nobody_is_asked_where_no_address_is_named(bank: Bank, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "ECB_RATES", "")
    fetch_rates()
    assert held() == []
