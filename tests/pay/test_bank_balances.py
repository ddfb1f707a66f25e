"""What a bank says that it holds: read, compared with the books, and where a statement is missing."""

from dataclasses import replace
from datetime import date, timedelta
from time import process_time

import pytest
from flask.testing import FlaskClient

from marketplace.accounts.models import Company
from marketplace.core import clock
from marketplace.core.db import transaction
from marketplace.pay.bank import balances, formats
from marketplace.pay.bank import deposits as bank_deposits
from marketplace.pay.bank import rules as bank_rules
from marketplace.pay.bank.balance_rules import Balance, gaps, newest
from marketplace.pay.by_hand import findings
from tests.factories import accounts, pay
from tests.pay.test_bank import _company, ours, usd
from tests.pay.test_bank_doors import ask
from tests.pay.test_bank_files import MT940, camt, entry, table
from tests.pay.test_manual import made, owed, paid
from tests.web.visitor import Visitor

__all__ = ["_company", "ours"]

STANDINGS = "GET /api/v1/bank/standings"
IBAN = "DE89370400440532013000"
ENTRY = entry("250.00", "x")


def balance(code: str, amount: str, day: str, side: str = "CRDT") -> str:
    return (
        f'<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy="USD">{amount}</Amt>'
        f"<CdtDbtInd>{side}</CdtDbtInd><Dt><Dt>{day}</Dt></Dt></Bal>"
    )


def told(opened: int, opening: str, closed: int, closing: str, account: str = "A") -> Balance:
    return Balance(account, date(2026, 11, opened), usd(opening), date(2026, 11, closed), usd(closing))


def test_both_formats_say_how_a_statement_begins_and_ends() -> None:
    """A balance in between (ITAV), and one of a page (60M), are passed over; below nothing the bank has lent."""
    whole = Balance(IBAN, date(2026, 11, 16), usd("1000.00"), date(2026, 11, 17), usd("1200.00"))
    pages = MT940.format(reference="x").replace(":62F:", ":62M:C261117USD1100,00\n:60M:C261117USD1100,00\n:62F:")
    assert list(formats.read(pages).balances) == [whole]
    bals = balance("OPBD", "1000.00", "2026-11-16") + balance("ITAV", "7.00", "2026-11-17")
    read = formats.read(camt(bals, balance("CLBD", "1200.00", "2026-11-17"), entry("250.00", "x")))
    assert (list(read.balances), list(read.faults)) == ([whole], [])
    lent = camt(balance("PRCD", "5.00", "2026-11-16"), balance("CLBD", "3.00", "2026-11-17", "DBIT"))
    assert formats.read(lent).balances[0].closing == usd("-3.00")
    assert formats.read(camt(entry("250.00", "x"))).balances == []


@pytest.mark.parametrize(
    "content",
    [
        camt(balance("OPBD", "x", "2026-11-16"), balance("CLBD", "1.00", "2026-11-17"), ENTRY),
        camt(balance("OPBD", "1.00", "2026-11-18"), balance("CLBD", "1.00", "2026-11-17"), ENTRY),
        camt(balance("OPBD", "1.00", "2026-11-18"), balance("CLBD", "1.00", "2999-11-17"), ENTRY),
        MT940.format(reference="x").replace("C261117USD1200,00", "C261117XXX1200,00"),
        MT940.format(reference="x").replace("C261117USD1200,00", "C26-11-17USD1200"),
    ],
)
def test_a_balance_that_cannot_be_keeps_no_line_from_being_taken(content: str) -> None:
    read = bank_rules.in_time(formats.read(content), date(2026, 11, 17))
    assert (read.remarks, read.balances, len(read.lines)) == ([bank_rules.WRONG_BALANCE], [], 1)
    assert not read.faults


@pytest.mark.parametrize(
    ("others", "is_missing"),
    [
        ([told(16, "80.00", 17, "100.00")], False),
        ([told(16, "80.00", 17, "120.00")], True),
        # The one that was missing is handed in, later.
        ([told(16, "80.00", 17, "120.00"), told(17, "120.00", 18, "100.00")], False),
        # Two of one day.
        ([told(16, "80.00", 18, "90.00"), told(18, "90.00", 19, "100.00")], False),
        # One of a month beside those of its days begins as the first of them; another account says nothing.
        ([told(18, "100.00", 18, "110.00"), told(1, "100.00", 18, "100.00")], False),
        ([told(16, "80.00", 17, "120.00", account="B")], False),
    ],
)
def test_where_a_statement_is_missing(others: list[Balance], is_missing: bool) -> None:
    """One of the 19th begins with 100.00."""
    one = told(18, "100.00", 19, "150.00")
    found = [(gap.before, gap.after) for gap in gaps([one, *others, one]) if gap.after == one]
    assert found == ([(others[0], one)] if is_missing else [])
    assert one in newest([*others, one])


def test_thousands_of_statements_are_compared_at_once() -> None:
    """Of 8,000 that each begin otherwise than the one before has ended; it took 5 seconds."""
    day, begun = date(2026, 11, 1), process_time()
    told = [
        Balance("A", day + timedelta(at), usd(f"{at}.00"), day + timedelta(at + 1), usd(f"{at}.50"))
        for at in range(8000)
    ]
    assert len(gaps(told)) == 7999
    assert process_time() - begun < 2


@pytest.mark.door(STANDINGS, "works")
@pytest.mark.door(STANDINGS, "not_signed_in")
@pytest.mark.door(STANDINGS, "not_mine")
def test_what_the_bank_holds_stands_beside_the_books(ours: Company, client: FlaskClient) -> None:
    """Of 340.00 at the bank the books know 250.00, and 30.00 wait: 60.00 remain, money of the service's own. What comes
    and is ordered on later days changes nothing of that day. Where a file orders 60.00 by the day of a later statement,
    the bank may have so much less."""
    assert ask(client, STANDINGS).status_code == 401
    assert ask(client, STANDINGS, accounts.bearer(accounts.person())).status_code == 404
    named, finance = bank_rules.reference_of(ours.id), pay.finance()
    bals = balance("OPBD", "60.00", "2026-11-17"), balance("CLBD", "340.00", "2026-11-17")
    with transaction():
        bank_deposits.take(camt(*bals, entry("250.00", named), entry("30.00", "nobody")), by=finance)
    (standing,) = balances.standings(finance)
    assert (standing.bank, standing.books, standing.waiting) == (usd("340.00"), usd("250.00"), usd("30.00"))
    assert (standing.difference, standing.rest) == (usd("90.00"), usd("60.00"))
    op = owed()
    made(by=finance)
    today = clock.now().date()
    with transaction():
        bank_deposits.take(table(f"{today},70.00,USD,{named},,Z1", f"{today},5.00,USD,nobody,,Z2"), by=finance)
    assert balances.standings(finance) == [standing]
    with transaction():
        bank_deposits.take(table(f"2026-11-17,8.00,USD,{named},,Z3"), by=finance)
    (late,) = balances.standings(finance)
    assert (late.day, late.books) == (date(2026, 11, 17), usd("258.00")), "handed in later, it is of its own day"
    same = balance("OPBD", "340.00", f"{today}"), balance("CLBD", "340.00", f"{today}")
    with transaction():
        bank_deposits.take(camt(*same), by=finance)
    (standing,) = balances.standings(finance)
    assert (standing.day, standing.ordered, standing.waiting) == (today, usd("60.00"), usd("35.00"))
    # What was paid in for that work came by no statement.
    assert standing.books > usd("258.00") + usd("70.00")
    assert standing.rest == usd("340.00") - standing.books - usd("35.00") + usd("60.00")
    with transaction():
        clock.move_to(clock.now() + timedelta(days=2))
        findings.find([op.id], replace(paid(), happened_on=today), by=finance)
    (marked,) = balances.standings(finance)
    assert (marked.ordered, marked.books, marked.rest) == (usd("0.00"), standing.books - usd("60.00"), standing.rest)
    tomorrow = f"{today + timedelta(days=1)}"
    later = balance("OPBD", "341.00", tomorrow), balance("CLBD", "341.00", tomorrow)
    with transaction():
        bank_deposits.take(camt(*later, entry("1.00", "nobody")), by=finance)
    (gap,) = ask(client, STANDINGS, accounts.bearer(finance)).json["missing"]
    assert (gap["before"]["closing"]["amount"], gap["after"]["opening"]["amount"]) == ("340.00", "341.00")
    page = Visitor(client).signed_in(accounts.person_of(finance.person_id)).look("/desk/bank")
    assert "a statement is missing. One ends on" in page.words
    assert "the books said" in page.words
    assert "$36.00 USD came and waits to be booked." in page.words
