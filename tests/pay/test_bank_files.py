"""Files of bank statements: three formats say the same, what is bad in them is named, and whose a transfer is."""

from datetime import date
from uuid import UUID

import pytest

from marketplace.core.money import Money
from marketplace.pay.bank import formats
from marketplace.pay.bank import rules as bank_rules
from marketplace.pay.bank.rules import (
    FileFormat,
    KnownBy,
    LineKind,
)

COMPANY = UUID("01a201db-54a7-7362-9934-5494111c8e12")
REFERENCE = bank_rules.reference_of(COMPANY)


def table(*rows: str) -> str:
    return "\n".join(["date,amount,currency,reference,payer,id", *rows])


def camt(*entries: str) -> str:
    inner = "".join(entries)
    return (
        '<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt>'
        f"<Acct><Id><IBAN>DE89370400440532013000</IBAN></Id></Acct>{inner}</Stmt></BkToCstmrStmt></Document>"
    )


def entry(
    amount: str, words: str, side: str = "CRDT", details: str = "", status: str = "<Cd>BOOK</Cd>", undone: str = "false"
) -> str:
    told = details or f"<TxDtls><RmtInf><Ustrd>{words}</Ustrd></RmtInf></TxDtls>"
    return (
        f'<Ntry><Amt Ccy="USD">{amount}</Amt><CdtDbtInd>{side}</CdtDbtInd><RvslInd>{undone}</RvslInd>'
        f"<Sts>{status}</Sts><BookgDt><Dt>2026-11-17</Dt></BookgDt><AcctSvcrRef>B{amount}</AcctSvcrRef><NtryDtls>{told}</NtryDtls></Ntry>"
    )


MT940 = """:20:STARTUMS
:25:DE89370400440532013000
:28C:00001/001
:60F:C261116USD1000,00
:61:2611171117C250,00NTRFNONREF//B26ABC
:86:166?00GUTSCHRIFT?20{reference}?32LAB EXAMPLE GMBH
:61:2611171117D50,00NMSCNONREF//B26ABD
:86:005?00LASTSCHRIFT?20MIETE
:62F:C261117USD1200,00
"""


@pytest.mark.parametrize(
    ("content", "format_"),
    [
        (table(f"2026-11-17,250.00,USD,for work {REFERENCE},Lab,B1", "2026-11-17,-50.00,USD,rent,,B2"), FileFormat.CSV),
        (camt(entry("250.00", REFERENCE), entry("50.00", "rent", "DBIT")), FileFormat.CAMT_053),
        (MT940.format(reference=REFERENCE), FileFormat.MT940),
    ],
)
def test_three_formats_say_the_same(content: str, format_: FileFormat) -> None:
    found = formats.read(content)
    assert (found.format, found.outgoing, list(found.faults)) == (format_, 1, [])
    (line,) = found.lines
    assert (line.money, line.booked_on.isoformat()) == (Money.of("250.00", "USD"), "2026-11-17")
    assert bank_rules.tail_of(line.words) == COMPANY.hex[-12:]


def test_each_statement_of_a_file_has_its_own_account() -> None:
    """Two accounts stand in one file of MT940; the second one is the service's only where it says so."""
    second = MT940.replace(":25:DE89370400440532013000", ":25P:37040044/0532013999\nDEUTDEFF").replace("B26AB", "B26AC")
    found = formats.read((MT940 + second).format(reference="x"))
    first, other = "DE89370400440532013000", "37040044/0532013999"
    assert [line.account for line in found.lines] == [each.account for each in found.balances] == [first, other]
    told = f"The account {other} is none of the service's own (SETARA_PAYER_ACCOUNT, SETARA_BANK_ACCOUNTS)."
    assert list(bank_rules.of_own_accounts(found, [first]).faults) == [(3, told)]
    own = [first, "DE02370400440532013999"]
    assert bank_rules.of_own_accounts(found, own) == bank_rules.of_own_accounts(found, []) == found
    names = ("DE89 3704 0044 0532 0130 00 EUR", "532013000", "3000")
    assert [bank_rules.is_own(each, [first]) for each in names] == [True, True, False]


def test_an_entry_of_many_transfers_is_each_of_them() -> None:
    part = '<TxDtls><Amt Ccy="USD">{}</Amt><RmtInf><Ustrd>{}</Ustrd></RmtInf></TxDtls>'
    two = part.format("100.00", "one") + part.format("150.00", "two")
    found = formats.read(camt(entry("250.00", "", details=two)))
    assert [(line.money.amount, line.words) for line in found.lines] == [(10_000, "one"), (15_000, "two")]
    wrong = formats.read(camt(entry("251.00", "", details=two)))
    assert list(wrong.faults) == [(1, "The transfers of this entry are not its amount.")]
    assert not formats.read(camt(entry("250.00", "later", status="<Cd>PDNG</Cd>"))).lines


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (camt(entry("250.00", REFERENCE, "DBIT", undone="true")), LineKind.TAKEN_BACK),
        (camt(entry("250.00", "x", undone="true")), LineKind.CAME_BACK),
        (MT940.format(reference=REFERENCE).replace("1117C250", "1117RC250"), LineKind.TAKEN_BACK),
        (MT940.format(reference="x").replace("1117C250", "1117RD250"), LineKind.CAME_BACK),
        (table(f"2026-11-17,-250.00,USD,{REFERENCE},,", "2026-11-17,-50.00,USD,rent,,"), LineKind.TAKEN_BACK),
        (table(f"2026-11-17,250.00,USD,'{UUID(int=7).hex},,", "2026-11-17,-50.00,USD,rent,,"), LineKind.CAME_BACK),
    ],
)
def test_what_a_bank_has_undone_is_read_as_what_it_is(content: str, kind: LineKind) -> None:
    found = formats.read(content)
    assert [(line.kind, line.money) for line in found.lines] == [(kind, Money.of("250.00", "USD"))]


def test_it_is_said_by_what_a_transfer_is_known_again() -> None:
    told = camt(entry("1.00", "x"), entry("2.00", "x").replace("AcctSvcrRef", "NtryRef"))
    by = [line.known_by for line in formats.read(told).lines]
    by += [line.known_by for line in formats.read(table("2026-11-17,1.00,USD,x,,")).lines]
    assert by == [KnownBy.BANK, KnownBy.ENTRY, KnownBy.WORDS]


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("hello", (1, "Missing columns: amount, currency, date, reference.")),
        (table("2026-11-17,abc,USD,x,,"), (2, "The amount is no plain number such as 1234.50.")),
        (table("2026-11-17,1.00,USD,x,,", "17.11.2026,1.00,USD,x,,"), (3, "The day is no date such as 2026-11-29.")),
        (table("2026-11-17,1.001,USD,x,,"), (2, "1.001 has more digits than USD has.")),
        (table(), (0, "There is no booked line in it.")),
        ("<Document", (0, "This is no XML that can be read.")),
        ("<a/>", (0, "This is no camt.053 statement.")),
        (camt(entry("x", "y")), (1, "The amount is no plain number such as 1234.50.")),
        pytest.param(table("2026-11-17,1.00,USD,x\0,,"), (0, "This is no text in UTF-8."), id="NUL"),
        pytest.param(
            table(f"2026-11-17,1.00,USD,{'x' * 140_000},,"), (0, "This is no table that can be read."), id="long"
        ),
        *(
            (MT940.format(reference="x").replace("D50,00", bad), (2, "The amount is no number such as 1234,50."))
            for bad in ("DABC,00", "C1.000,00", "D50.00", "D,", "D5,0,0", "D-50,00", "D9999999999999999,00")
        ),
        (":20:X\n:61:what\n", (0, "It begins like a MT940 file, and cannot be read to its end.")),
    ],
)
def test_what_is_bad_is_named(content: str, fault: tuple[int, str]) -> None:
    assert list(formats.read(content).faults) == [fault]


def test_a_table_of_an_old_machine_is_read() -> None:
    found = formats.read(table("2026-11-17,1.00,USD,x,Lab,B1").replace("\n", "\r"))
    assert ([line.words for line in found.lines], list(found.faults)) == (["x"], [])


def test_what_cannot_be_read_stands_in_no_log(caplog: pytest.LogCaptureFixture) -> None:
    formats.read(MT940.format(reference="x").replace(":61:2611", ":61:what"))
    assert caplog.text == ""


def test_xml_that_would_eat_the_machine_is_no_statement() -> None:
    bomb = '<!DOCTYPE d [<!ENTITY a "x"><!ENTITY b "&a;&a;">]><Document>&b;</Document>'
    assert list(formats.read(bomb).faults) == [(0, "This is no XML that can be read.")]


def test_a_reference_names_one_company_or_none() -> None:
    spaced = " ".join(REFERENCE[at : at + 4] for at in range(0, len(REFERENCE), 4)).lower()
    other = bank_rules.reference_of(UUID(int=5))
    typed_wrong = REFERENCE[:-1] + ("0" if REFERENCE[-1] != "0" else "1")
    assert bank_rules.tail_of(f"invoice 7, {spaced}, thanks") == COMPANY.hex[-12:]
    assert bank_rules.tail_of(typed_wrong) is None
    assert bank_rules.tail_of(f"{REFERENCE} {other}") is None


def test_a_transfer_is_known_again_in_another_file() -> None:
    one, two = table("2026-11-17,5.00,USD,x,Lab,", "2026-11-17,5.00,USD,x,Lab,"), table("2026-11-17,5.00,USD,x,Lab,")
    first, second = (bank_rules.identities(formats.read(each).lines) for each in (one, two))
    assert len(set(first)) == 2, "two that are alike on one day are two"
    assert second == first[:1]


def test_a_day_that_cannot_be_is_a_fault_of_its_line() -> None:
    """Read on 17 November 2026: tomorrow it is already where a bank is; nothing older than ten years comes."""
    days = ("2026-11-18", "2026-11-19", "9999-12-31", "2016-11-16", "2016-11-15", "0001-01-01")
    told = bank_rules.in_time(formats.read(table(*(f"{day},1.00,USD,x,,{day}" for day in days))), date(2026, 11, 17))
    assert [line.booked_on.isoformat() for line in told.lines] == ["2026-11-18", "2016-11-16"]
    late, old = "This day has not come yet.", "This day is more than ten years ago."
    assert list(told.faults) == [(3, late), (4, late), (6, old), (7, old)]
