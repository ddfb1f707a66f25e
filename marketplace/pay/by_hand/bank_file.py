"""Files that a bank or a provider takes: ISO 20022's pain.001.001.09, and CSV. Pure: the same input gives the same
bytes.

ISO 20022 is written as its schema asks, in the Latin letters that every bank reads (EPC217-08, "best practices SEPA
requirements for an extended character set"). No library fits: those that are kept write SEPA alone, and most accounts
here have no IBAN. The tests hold the file against the schema itself.
"""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import StringIO
from re import sub
from xml.etree.ElementTree import Element, SubElement, tostring

from anyascii import anyascii
from stdnum import iban

from marketplace.core.cells import harmless
from marketplace.core.money import Money, total
from marketplace.pay.methods.fields import Part

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
LONGEST_NAME, LONGEST_ID, LONGEST_TEXT = 70, 35, 140
NUMBERS = (Part.IBAN, Part.CLABE, Part.CBU, Part.ACCOUNT)
"""The fields of which one is the account's own number."""
CLEARING: Mapping[str, tuple[str, tuple[Part, ...]]] = {
    "US": ("USABA", (Part.ROUTING,)),
    "IN": ("INFSC", (Part.IFSC,)),
    "ZA": ("ZANCC", (Part.BRANCH_CODE,)),
}
"""How ISO 20022 names a country's own codes of banks (External Code Sets, ExternalClearingSystemIdentification1Code).
Another country's stand as an id of the bank in words of its own."""


@dataclass(frozen=True, slots=True)
class Line:
    """One payment of a file. `id` is ours, and comes back on the bank's statement."""

    id: str
    money: Money
    holder: str
    country: str
    details: Mapping[str, str]
    about: str


@dataclass(frozen=True, slots=True)
class Payer:
    """From which account the file pays, as the service's settings name it: by its IBAN, or its number at the bank."""

    name: str
    account: str
    bic: str


def as_pain001(file_id: str, made_at: datetime, payer: Payer, lines: Sequence[Line]) -> bytes:
    """All of the lines, which share a currency, as one credit transfer that is to be carried out on the day."""
    document = Element("Document", {"xmlns": NAMESPACE})
    whole = SubElement(document, "CstmrCdtTrfInitn")
    sums = str(total((line.money for line in lines), lines[0].money.currency).decimal)
    head = SubElement(whole, "GrpHdr")
    _text(head, "MsgId", file_id[:LONGEST_ID])
    _text(head, "CreDtTm", made_at.strftime("%Y-%m-%dT%H:%M:%SZ"))
    _text(head, "NbOfTxs", str(len(lines)))
    _text(head, "CtrlSum", sums)
    _name(SubElement(head, "InitgPty"), payer.name)
    batch = SubElement(whole, "PmtInf")
    _text(batch, "PmtInfId", file_id[:LONGEST_ID])
    _text(batch, "PmtMtd", "TRF")
    _text(batch, "NbOfTxs", str(len(lines)))
    _text(batch, "CtrlSum", sums)
    _text(SubElement(batch, "ReqdExctnDt"), "Dt", made_at.date().isoformat())
    _name(SubElement(batch, "Dbtr"), payer.name)
    _account(SubElement(batch, "DbtrAcct"), payer.account)
    _agent(SubElement(batch, "DbtrAgt"), {Part.BIC: payer.bic} if payer.bic else {}, "")
    for line in lines:
        _transfer(SubElement(batch, "CdtTrfTxInf"), line)
    content: bytes = tostring(document, encoding="utf-8")
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + content


def as_csv(columns: Sequence[tuple[str, str]], lines: Sequence[Line]) -> bytes:
    """The lines in a provider's columns, each named with what stands in it, in UTF-8 with a line's end of RFC 4180. No
    cell is a formula; the plus of a telephone number stays, since its provider reads it."""
    out = StringIO()
    table = csv.writer(out)
    table.writerow(name for name, _ in columns)
    for line in lines:
        facts = {
            "account": next(iter(line.details.values())),
            "holder": _plain(line.holder, LONGEST_NAME),
            "amount": str(line.money.decimal),
            "currency": line.money.currency,
            "id": line.id,
        }
        table.writerow(harmless(facts[fact]) for _, fact in columns)
    return out.getvalue().encode()


def _transfer(place: Element, line: Line) -> None:
    ids = SubElement(place, "PmtId")
    _text(ids, "EndToEndId", line.id[:LONGEST_ID])
    amount = SubElement(SubElement(place, "Amt"), "InstdAmt", {"Ccy": line.money.currency})
    amount.text = str(line.money.decimal)
    if Part.IBAN not in line.details:
        _agent(SubElement(place, "CdtrAgt"), line.details, line.country)
    _name(SubElement(place, "Cdtr"), line.holder)
    _account(SubElement(place, "CdtrAcct"), next(line.details[part] for part in NUMBERS if part in line.details))
    _text(SubElement(place, "RmtInf"), "Ustrd", _plain(line.about, LONGEST_TEXT))


def _account(place: Element, number: str) -> None:
    known = SubElement(place, "Id")
    if iban.is_valid(number):
        _text(known, "IBAN", iban.compact(number))
    else:
        _text(SubElement(known, "Othr"), "Id", number)


def _agent(place: Element, details: Mapping[str, str], country: str) -> None:
    """The bank of an account: by ISO 9362, by its country's own code, or by what there is."""
    bank = SubElement(place, "FinInstnId")
    if Part.BIC in details:
        _text(bank, "BICFI", details[Part.BIC])
        return
    system, parts = CLEARING.get(country, ("", ()))
    if parts and all(part in details for part in parts):
        member = SubElement(bank, "ClrSysMmbId")
        _text(SubElement(member, "ClrSysId"), "Cd", system)
        _text(member, "MmbId", "".join(details[part] for part in parts))
        return
    codes = [details[part] for part in (Part.BANK_CODE, Part.BRANCH_CODE) if part in details]
    _text(SubElement(bank, "Othr"), "Id", " ".join(codes) or "NOTPROVIDED")


def _name(place: Element, name: str) -> None:
    _text(place, "Nm", _plain(name, LONGEST_NAME))


def _text(place: Element, tag: str, words: str) -> None:
    SubElement(place, tag).text = words


def _plain(words: str, longest: int) -> str:
    """In the letters that every bank reads, and never like a formula to whoever opens it in a spreadsheet."""
    latin = sub(r"[^A-Za-z0-9/\-?:().,'+ ]", " ", anyascii(words))
    return " ".join(latin.split()).lstrip("+-= ")[:longest].strip() or "-"
