"""What stands in a bank's file, of three formats: the lines of it that count, and what is bad in which line.

camt.053 (ISO 20022), MT940 (SWIFT), and a plain table (CSV) with the columns date, amount, currency, reference and,
where they are known, payer, account and id. What came in counts, and what the bank has undone: a transfer that came in
and was taken back, or a payment of ours that came back. What else went out is passed over. Pure.
"""

import csv
import logging
import re
from collections.abc import Mapping
from datetime import date
from io import StringIO
from typing import Any
from xml.etree.ElementTree import Element, ParseError

import mt940
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from marketplace.core.cells import meant
from marketplace.core.money import BadMoney, Money
from marketplace.pay.bank.balance_rules import Balance
from marketplace.pay.bank.rules import (
    MOST_CHARACTERS,
    MOST_LINES,
    WRONG_BALANCE,
    FileFormat,
    Incoming,
    LineKind,
    Read,
    payout_of,
    tail_of,
)

# What the library complains about is a line of the statement, and nothing of a statement belongs in a log.
logging.getLogger("mt940").setLevel(logging.CRITICAL + 1)
_BEFORE_AMOUNT = re.compile(r"\d{6}(?:\d{4}|\s{4})?R?[DC][A-Z]? ?")
"""What stands before the amount of a line of MT940: its day, the day of its entry, its side and a letter of funds."""
_SWIFT_AMOUNT = re.compile(r"(?=[\d,]{1,15}(?![\d,.]))\d+,?\d*(?![\d,.])")
_SWIFT = re.compile(r"([CD])(\d\d)(\d\d)(\d\d)([A-Z]{3})(\d{1,13}),(\d{0,4})")
_ENDS = re.compile(r"^:(62[FM]|64|65):(.*)$", re.MULTILINE)
_AMOUNT = re.compile(r"-?\d{1,13}(\.\d{1,4})?")


def read(content: str) -> Read:
    """Reads a statement; its format is found in its content."""
    text = content.lstrip("\ufeff").strip()
    if len(text) > MOST_CHARACTERS:
        return Read(FileFormat.CSV, (), 0, [(0, "The file is too large.")])
    if "\0" in text:
        return Read(FileFormat.CSV, (), 0, [(0, "This is no text in UTF-8.")])
    if text.startswith("<"):
        found = _camt(text)
    elif ":61:" in text or text.startswith((":20:", "{1:")):
        found = _mt940(text)
    else:
        found = _table(text)
    # One of a day on which nothing was booked says how much there is.
    if not found.lines and not found.outgoing and not found.faults and not found.balances:
        return Read(found.format, (), 0, [(0, "There is no booked line in it.")], remarks=found.remarks)
    if len(found.lines) > MOST_LINES:
        return Read(found.format, (), found.outgoing, [(0, "There are too many lines in it.")])
    return found


# --- the parts ------------------------------------------------------------------------------------------------------


def _kind(words: str, *, comes: bool, undone: bool) -> LineKind | None:
    """What a line did; None where money went out as it should. A table says of nothing that it undoes another: money
    that goes out under a company's reference is its transfer taken back. A payment that came back names ours."""
    if comes:
        ours = payout_of(words) is not None and tail_of(words) is None
        return LineKind.CAME_BACK if undone or ours else LineKind.CAME
    return LineKind.TAKEN_BACK if undone else None


class _Bad(Exception):
    """What is wrong with a line."""


def _amount(text: str, currency: str) -> Money:
    if not _AMOUNT.fullmatch(text.strip()):
        raise _Bad("The amount is no plain number such as 1234.50.")
    try:
        return Money.of(text.strip(), currency.strip())
    except BadMoney as bad:
        raise _Bad(bad.detail or bad.title) from bad


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text.strip()[:10])
    except ValueError:
        raise _Bad("The day is no date such as 2026-11-29.") from None


def _table(text: str) -> Read:
    try:
        return _rows(text.replace("\r\n", "\n").replace("\r", "\n"))
    except csv.Error:
        return Read(FileFormat.CSV, (), 0, [(0, "This is no table that can be read.")])


def _rows(text: str) -> Read:
    first = text.partition("\n")[0]
    rows = csv.DictReader(StringIO(text), delimiter=";" if first.count(";") > first.count(",") else ",")
    names = {name.strip().lower() for name in rows.fieldnames or ()}
    if missing := {"date", "amount", "currency", "reference"} - names:
        return Read(FileFormat.CSV, (), 0, [(1, f"Missing columns: {', '.join(sorted(missing))}.")])
    lines: list[Incoming] = []
    faults: list[tuple[int, str]] = []
    outgoing = 0
    for at, row in enumerate(rows, 2):
        told = {
            (name or "").strip().lower(): meant(value or "") for name, value in row.items() if isinstance(value, str)
        }
        try:
            money = _amount(told.get("amount", ""), told.get("currency", ""))
            booked = _day(told.get("date", ""))
        except _Bad as bad:
            faults.append((at, str(bad)))
            continue
        words = told.get("reference", "")
        comes = money.amount > 0
        kind = _kind(words, comes=comes, undone=not comes and tail_of(words) is not None)
        if kind is None or not money:
            outgoing += 1
            continue
        lines.append(
            Incoming(
                at=at,
                account=told.get("account", ""),
                booked_on=booked,
                money=money if comes else -money,
                words=words,
                kind=kind,
                payer=told.get("payer", ""),
                bank_reference=told.get("id", ""),
            )
        )
    return Read(FileFormat.CSV, lines, outgoing, faults)


def _mt940(text: str) -> Read:
    if bad := _bad_amounts(text):
        return Read(FileFormat.MT940, (), 0, bad)
    # A file may hold the statements of several accounts, and the library does not say whose a line is.
    accounts = _accounts(text)
    try:
        told = list(mt940.parse(_ENDS.sub(_readable, text)))
    except Exception:  # The library lets whatever it stumbles over through.
        return Read(FileFormat.MT940, (), 0, [(0, "It begins like a MT940 file, and cannot be read to its end.")])
    if len(told) != len(accounts):
        return Read(FileFormat.MT940, (), 0, [(0, "Not every line of it can be read.")])
    lines: list[Incoming] = []
    faults: list[tuple[int, str]] = []
    balances, remarks = _of_mt940(text)
    outgoing = 0
    for at, (each, account) in enumerate(zip(told, accounts, strict=True), 1):
        data: Mapping[str, Any] = each.data
        try:
            money = _amount(str(data["amount"].amount), str(data["amount"].currency))
        except _Bad as bad:
            faults.append((at, str(bad)))
            continue
        told_of = [data.get(name) or "" for name in ("purpose", "additional_purpose", "transaction_details")]
        words = " ".join([*told_of, _named(data.get("customer_reference"))]).strip()
        # RC takes a credit back, RD a debit.
        kind = _kind(words, comes=data["status"] in ("C", "RD"), undone=data["status"] in ("RC", "RD"))
        if kind is None or not money:
            outgoing += 1
            continue
        lines.append(
            Incoming(
                at=at,
                account=account,
                booked_on=_day(str(data["date"])),
                money=money if money.amount > 0 else -money,
                words=words,
                kind=kind,
                payer=data.get("applicant_name") or "",
                bank_reference=_named(data.get("bank_reference")),
            )
        )
    return Read(FileFormat.MT940, lines, outgoing, faults, balances, remarks)


def _bad_amounts(text: str) -> list[tuple[int, str]]:
    """The lines whose amounts are none. The library names no line, or takes what it can for the amount: 1 of
    1.000,00."""
    lines = enumerate(re.findall(r"^:61:(.*)$", text, re.MULTILINE), 1)
    rests = ((at, _BEFORE_AMOUNT.match(said)) for at, said in lines)
    return [
        (at, "The amount is no number such as 1234,50.")
        for at, before in rests
        if before is not None and not _SWIFT_AMOUNT.match(before.string, before.end())
    ]


def _accounts(text: str) -> list[str]:
    """Whose each line of the file is: of the account that was named last above it."""
    account, found = "", []
    for name, said in re.findall(r"^:(25P?|61):(.*)$", text, re.MULTILINE):
        if name == "61":
            found.append(account)
        else:
            account = (said.split() or [""])[0]
    return found


def _of_mt940(text: str) -> tuple[list[Balance], list[str]]:
    """How each statement of a file begins and ends, and what cannot be of that; what lies between its pages (60M, 62M)
    is passed over."""
    found: list[Balance] = []
    remarks: list[str] = []
    account, first = "", None
    for name, said in re.findall(r"^:(25P?|60F|62F):(.*)$", text, re.MULTILINE):
        if name.startswith("25"):
            account = (said.split() or [""])[0]
        elif name == "60F":
            first = said
        elif first is not None:
            try:
                found.append(_balance(account, _swift(first), _swift(said)))
            except _Bad:
                remarks.append(WRONG_BALANCE)
            first = None
    return found, remarks


def _readable(found: re.Match[str]) -> str:
    """The end of a statement, or one of nothing for the library, which else reads none of its lines."""
    try:
        _swift(found[2])
    except _Bad:
        return f":{found[1]}:C000101XXX0,00"
    return found[0]


def _swift(said: str) -> tuple[date, Money]:
    if (told := _SWIFT.fullmatch(said.strip())) is None:
        raise _Bad
    side, year, month, day, currency, whole, parts = told.groups()
    money = _amount(f"{whole}.{parts}" if parts else whole, currency)
    return _day(f"20{year}-{month}-{day}"), money if side == "C" else -money


def _balance(account: str, first: tuple[date, Money], last: tuple[date, Money]) -> Balance:
    if first[0] > last[0] or first[1].currency != last[1].currency:
        raise _Bad
    return Balance(account, *first, *last)


def _named(reference: object) -> str:
    words = str(reference or "").strip()
    return "" if words == "NONREF" else words


def _camt(text: str) -> Read:
    try:
        root = fromstring(text)
    except (ParseError, DefusedXmlException, ValueError):
        return Read(FileFormat.CAMT_053, (), 0, [(0, "This is no XML that can be read.")])
    if _bare(root.tag) != "Document" or root.find(".//{*}BkToCstmrStmt") is None:
        return Read(FileFormat.CAMT_053, (), 0, [(0, "This is no camt.053 statement.")])
    lines: list[Incoming] = []
    faults: list[tuple[int, str]] = []
    balances: list[Balance] = []
    remarks: list[str] = []
    outgoing = at = 0
    for statement in root.findall(".//{*}Stmt"):
        account = _text(statement, "{*}Acct/{*}Id/{*}IBAN") or _text(statement, "{*}Acct/{*}Id/{*}Othr/{*}Id")
        try:
            balances += _of_camt(statement, account)
        except _Bad:
            remarks.append(WRONG_BALANCE)
        for entry in statement.findall("{*}Ntry"):
            at += 1
            if not _is_booked(entry):
                continue
            try:
                found = _of_entry(entry, at, account)
            except _Bad as bad:
                faults.append((at, str(bad)))
                continue
            lines += found
            outgoing += not found
    return Read(FileFormat.CAMT_053, lines, outgoing, faults, balances, remarks)


def _of_camt(statement: Element, account: str) -> list[Balance]:
    """How a statement begins (booked, or as the one before has ended) and ends; nothing where it does not say both."""
    told = {_text(each, "{*}Tp/{*}CdOrPrtry/{*}Cd"): each for each in statement.findall("{*}Bal")}
    first, last = told.get("OPBD", told.get("PRCD")), told.get("CLBD")
    return [] if first is None or last is None else [_balance(account, _held(first), _held(last))]


def _held(balance: Element) -> tuple[date, Money]:
    money = _money(balance.find("{*}Amt"))
    day = _day(_text(balance, "{*}Dt/{*}Dt") or _text(balance, "{*}Dt/{*}DtTm"))
    return day, money if _text(balance, "{*}CdtDbtInd") == "CRDT" else -money


def _of_entry(entry: Element, at: int, account: str) -> list[Incoming]:
    """The lines of an entry: of one that a bank has made of many transfers, each of them. None of what went out and was
    not undone."""
    comes, undone = _text(entry, "{*}CdtDbtInd") == "CRDT", _text(entry, "{*}RvslInd") in ("true", "1")
    if not comes and not undone:
        return []
    whole = _money(entry.find("{*}Amt"))
    booked = _day(_text(entry, "{*}BookgDt/{*}Dt") or _text(entry, "{*}BookgDt/{*}DtTm"))
    reference, number = _text(entry, "{*}AcctSvcrRef"), _text(entry, "{*}NtryRef")
    parts = entry.findall("{*}NtryDtls/{*}TxDtls")
    if len(parts) < 2:
        parts = parts or [entry]
        sums = [whole]
    else:
        sums = [_money(_first(part, "{*}Amt", "{*}AmtDtls/{*}TxAmt/{*}Amt")) for part in parts]
        if {each.currency for each in sums} != {whole.currency} or sum(s.amount for s in sums) != whole.amount:
            raise _Bad("The transfers of this entry are not its amount.")
    made = []
    for part, money in zip(parts, sums, strict=True):
        if money.amount <= 0:
            raise _Bad("What came in is more than nothing.")
        paths = ("{*}RmtInf/{*}Ustrd", "{*}RmtInf/{*}Strd/{*}CdtrRefInf/{*}Ref", "{*}Refs/{*}EndToEndId")
        words = " ".join(each.text or "" for path in paths for each in part.findall(path))
        payer = _text(part, "{*}RltdPties/{*}Dbtr/{*}Nm") or _text(part, "{*}RltdPties/{*}Dbtr/{*}Pty/{*}Nm")
        own = _text(part, "{*}Refs/{*}AcctSvcrRef") or reference
        kind = _kind(words, comes=comes, undone=undone)
        assert kind is not None, "what went out and was not undone was left out above"
        made.append(
            Incoming(
                at=at,
                account=account,
                booked_on=booked,
                money=money,
                words=words,
                payer=payer,
                bank_reference=own or number,
                kind=kind,
                is_numbered=not own,
            )
        )
    return made


def _is_booked(entry: Element) -> bool:
    return (_text(entry, "{*}Sts/{*}Cd") or _text(entry, "{*}Sts") or "BOOK") == "BOOK"


def _money(found: Element | None) -> Money:
    if found is None:
        raise _Bad("There is no amount.")
    return _amount(found.text or "", found.get("Ccy", ""))


def _first(part: Element, *paths: str) -> Element | None:
    return next((found for path in paths if (found := part.find(path)) is not None), None)


def _text(part: Element, path: str) -> str:
    return (part.findtext(path) or "").strip()


def _bare(tag: str) -> str:
    return tag.rpartition("}")[2]
