"""The law of bank statements: what a line of one can be, where it stands, by what it is known again and whose
reference it names; and what a bank has kept of a payment that came back. Pure."""

import hashlib
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType
from uuid import UUID

from stdnum import iso11649
from stdnum.iso7064 import mod_97_10

from marketplace.core.money import Money, minor_digits, total
from marketplace.core.problems import Conflict, Forbidden, Invalid
from marketplace.ledger.rules import Entry, Move, exchange
from marketplace.pay.bank.balance_rules import Balance
from marketplace.pay.rails.rules import COSTS as RAIL_COSTS
from marketplace.pay.rails.rules import STRAYS
from marketplace.pay.rules import MANUAL, outside
from marketplace.standards.catalogue import RULES

MOST_CHARACTERS = 2_000_000
MOST_LINES = 10_000
MOST_KEPT = RULES["PAYOUT"].parameters["most_kept_percent"]
"""How much of a payment may be missing that one operator alone takes for what came back of it."""
AHEAD = timedelta(days=1)
"""It is tomorrow already where a bank is, and no later."""
BACK = timedelta(days=3653)
"""Ten years: nobody waits that long for a transfer, so an older day is a mistake of whoever made the file."""
NOT_YET, TOO_OLD = "This day has not come yet.", "This day is more than ten years ago."
WRONG_BALANCE = "A balance of it cannot be, and none of that statement is kept: the books are not compared with it."
NOT_OURS = "The account {account} is none of the service's own (SETARA_PAYER_ACCOUNT, SETARA_BANK_ACCOUNTS)."
SHORTEST_ACCOUNT = 6
"""A shorter number could be the end of any account's."""
SHORT = 20
"""So much of its identity is the reference of a line that has none of the bank's."""
_REFERENCE = re.compile(r"RF\d{2}SET[0-9A-F]{12}")
_OURS = re.compile(r"(?<![0-9A-Fa-f])[0-9A-Fa-f]{32}(?![0-9A-Fa-f])")


class FileFormat(StrEnum):
    CAMT_053 = "camt.053"
    MT940 = "mt940"
    CSV = "csv"


class LineKind(StrEnum):
    """What a line of a statement did with the money."""

    CAME = "came"
    TAKEN_BACK = "taken_back"
    """The bank has undone a transfer that had come in: money of a company is gone again."""
    CAME_BACK = "came_back"
    """A payment of ours did not arrive, and its money is here again."""


class KnownBy(StrEnum):
    """By what a transfer is known again in another file."""

    BANK = "bank_reference"
    """The bank's own reference of it: AcctSvcrRef in camt.053, the one after // in MT940, `id` in a table."""
    ENTRY = "entry_reference"
    """NtryRef of camt.053, where there is no other: banks may number entries anew in another file."""
    WORDS = "words"
    """The day, the amount, the payer and the words."""


class LineStatus(StrEnum):
    """Where a line of a statement stands."""

    STRAY = "stray"
    """It names nobody: a person says whose it is, or sends it back."""
    MATCHED = "matched"
    """It is known whose it is, and a second person has to look (TWO_PEOPLE)."""
    ENDING = "ending"
    """Somebody says that it was sent back, or that the service bears it, and a second person has to look."""
    POSTED = "booked"
    SENT_BACK = "sent_back"
    """It was sent back by bank, or the bank has taken it back before it was booked; what was taken back and is nobody's
    else the service bears."""
    KEPT = "kept"
    """It is nobody's, and the service's own."""


TAKEN_BACK = "The bank has taken it back."
"""Why nobody books what came and went before anybody had."""
LINE_TRANSITIONS: Mapping[LineStatus, frozenset[LineStatus]] = MappingProxyType(
    {
        LineStatus.STRAY: frozenset(
            {LineStatus.MATCHED, LineStatus.POSTED, LineStatus.ENDING, LineStatus.SENT_BACK, LineStatus.KEPT}
        ),
        LineStatus.MATCHED: frozenset({LineStatus.POSTED, LineStatus.STRAY, LineStatus.SENT_BACK}),
        LineStatus.ENDING: frozenset({LineStatus.STRAY, LineStatus.SENT_BACK}),
        LineStatus.POSTED: frozenset(),
        # What somebody got wrong two people take back (`reopening`).
        LineStatus.SENT_BACK: frozenset({LineStatus.STRAY}),
        LineStatus.KEPT: frozenset({LineStatus.STRAY}),
    }
)


class StatementNotGood(Invalid):
    """`faults` name each line that is bad: [number, what is wrong with it]."""

    code = "bank_statement_not_good"
    title = "This bank statement cannot be taken as it is."
    remedy = "Nothing of it was taken. Have the bank make it anew, or mend the lines that are named."


class NoBankHere(Conflict):
    code = "bank_is_not_the_rail"
    title = "Deposits by bank statement are for a service that pays by files."
    remedy = "With SETARA_RAIL=manual money comes and goes by bank; with another rail it would be mixed."


class SamePerson(Forbidden):
    code = "bank_line_needs_two"
    title = "Above the limit a second person looks what becomes of the money."
    remedy = "Ask another operator of finance."


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """Money that came, or that the bank has undone, as the bank tells of it. The amount is more than nothing."""

    at: int
    """Which line, entry or statement line of the file, from one."""
    account: str
    booked_on: date
    money: Money
    words: str
    payer: str
    bank_reference: str
    kind: LineKind = LineKind.CAME
    is_numbered: bool = False
    """Whether the reference only numbers the entries of its file (NtryRef)."""

    @property
    def known_by(self) -> KnownBy:
        if not self.bank_reference:
            return KnownBy.WORDS
        return KnownBy.ENTRY if self.is_numbered else KnownBy.BANK


@dataclass(frozen=True, slots=True)
class Read:
    """What a file says: its format, what came, how many lines went out, what is wrong, how each statement in it begins
    and ends, where that is told, and what somebody should know who takes it all the same."""

    format: FileFormat
    lines: Sequence[Incoming]
    outgoing: int
    faults: Sequence[tuple[int, str]]
    balances: Sequence[Balance] = ()
    remarks: Sequence[str] = ()


def in_time(read: Read, today: date) -> Read:
    """The lines of a file whose day can be, and the others among what is wrong; of a balance that is a remark. On 17
    November 2026 a line of the 18th can be, and one of the 19th, or of 15 November 2016, cannot."""
    first, last = today - BACK, today + AHEAD
    lines = [line for line in read.lines if first <= line.booked_on <= last]
    wrong = [
        (line.at, TOO_OLD if line.booked_on < first else NOT_YET)
        for line in read.lines
        if not first <= line.booked_on <= last
    ]
    balances = [each for each in read.balances if first <= each.closed_on <= last]
    remarks = [*read.remarks, *[WRONG_BALANCE] * (len(read.balances) > len(balances))]
    faults = sorted({*read.faults, *wrong})
    return replace(read, lines=lines, faults=faults, balances=balances, remarks=sorted(set(remarks)))


def of_own_accounts(read: Read, own: Sequence[str]) -> Read:
    """The file, and among what is wrong each account in it that is none of these, once, at its first line. Where none
    is given, or a line names none, nothing is wrong: the money of a stranger's statement never reached the service."""
    first: dict[str, int] = {}
    for account, at in [
        *((line.account, line.at) for line in read.lines),
        *((each.account, 0) for each in read.balances),
    ]:
        first.setdefault(account, at)
    wrong = [(at, NOT_OURS.format(account=name)) for name, at in first.items() if name and not is_own(name, own)]
    return replace(read, faults=sorted({*read.faults, *wrong})) if own else read


def is_own(account: str, own: Sequence[str]) -> bool:
    """Whether a bank means one of these by what it calls an account: DE89370400440532013000 is also
    37040044/0532013000, and DE89370400440532013000EUR."""
    said = _number(account.rpartition("/")[2])
    return any(said == each or _is_end(said, each) or _is_end(each, said) for each in map(_number, own))


def _number(account: str) -> str:
    plain = re.sub(r"[^A-Z0-9]", "", account.upper())
    return re.sub(r"(?<=[0-9])[A-Z]{3}$", "", plain)


def _is_end(one: str, other: str) -> bool:
    return len(one) >= SHORTEST_ACCOUNT and other.endswith(one)


def digest(content: str) -> str:
    return hashlib.sha256(content.strip().encode()).hexdigest()


def identities(lines: Sequence[Incoming]) -> list[str]:
    """A digest for each line by which it is known again in another file: by the bank's reference where there is one.
    Of lines that are alike in one file, each is another. What undoes a transfer may carry its reference, and is another
    too."""
    seen: Counter[tuple[object, ...]] = Counter()
    found = []
    for line in lines:
        what = (line.bank_reference,) if line.bank_reference else (line.words, line.payer)
        if line.kind is not LineKind.CAME:
            what = (*what, str(line.kind))
        key = (line.account, line.booked_on.isoformat(), line.money.amount, line.money.currency, *what)
        seen[key] += 1
        found.append(hashlib.sha256("\0".join(map(str, (*key, seen[key]))).encode()).hexdigest())
    return found


# --- whose ------------------------------------------------------------------------------------------------------------


def reference_of(company_id: UUID) -> str:
    """What a company writes on a transfer: a creditor reference (ISO 11649), whose check digits find typing errors."""
    body = f"SET{company_id.hex[-12:].upper()}"
    return f"RF{mod_97_10.calc_check_digits(body + 'RF')}{body}"


def tail_of(words: str) -> str | None:
    """The end of the id of the company that a line names, in lower case; None where it names none, or two."""
    plain = re.sub(r"[^A-Z0-9]", "", words.upper())
    found = {each for each in _REFERENCE.findall(plain) if iso11649.is_valid(each)}
    return found.pop()[-12:].lower() if len(found) == 1 else None


def names(words: str, company_id: UUID) -> bool:
    """Whether words hold the end of a company's id, however they are written: also where the reference is not whole."""
    return company_id.hex[-12:] in re.sub(r"[^a-z0-9]", "", words.lower())


def payout_of(words: str) -> UUID | None:
    """The payment of ours that a line names by what its file had said (EndToEndId); None where it names none, or
    two."""
    found = {each.lower() for each in _OURS.findall(words)}
    return UUID(found.pop()) if len(found) == 1 else None


# --- what came back ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Way:
    """How a payment went out in another currency: so many units of that for one of its own, by which source, and what
    was sent of it, where somebody knows."""

    rate: Fraction
    source: str
    sent: Money | None = None


@dataclass(frozen=True, slots=True)
class Returned:
    """What a bank kept of a payment that came back, in the payment's currency; and in another the rate and its source.
    One that `is_odd` came back with much less, or much more, than banks send back. What is more in its own currency is
    the `rest`, and none of the payment's."""

    kept: Money
    rate: Fraction | None = None
    source: str | None = None
    is_odd: bool = False
    rest: Money | None = None


UNDER_WAY_FOR = timedelta(days=14)
"""How long after it was ordered a refund of ours may stand on a statement."""


def under_way(booked_on: date) -> tuple[datetime, datetime]:
    """From when until when a refund of ours was ordered that a line of this day can tell of."""
    ends = datetime.combine(booked_on, time(), UTC) + timedelta(days=1)
    return ends - UNDER_WAY_FOR, ends


def returned(promised: Money, came: Money, way: Way | None) -> Returned | None:
    """What was kept of a payment of which so much came back (rule PAYOUT). None where no rate says what another
    currency is worth. Of 60.00 USD that were sent as 7740.00 KES, at 129 for one, and of which 7611.00 come back, 1.00
    USD was kept. Of 60.01 USD that come back of 60.00 a rest of 0.01 is none of the payment's."""
    if came.currency == promised.currency:
        kept = max(promised - came, Money.zero(came.currency), key=lambda each: each.amount)
        rest = came - promised if came.amount > promised.amount else None
        return Returned(kept, is_odd=_is_odd(came, promised), rest=rest)
    if way is None:
        return None
    worth = _at(came, way.rate, promised.currency)
    missing = Money.zero(came.currency) if way.sent is None or way.sent < came else way.sent - came
    kept = min(_at(missing, way.rate, promised.currency), promised)
    return Returned(kept, way.rate, way.source, _is_odd(worth, promised))


def came_less(line_id: UUID, promised: Money, came: Money, holds: Sequence[tuple[str, Money]]) -> Entry | None:
    """What the books say beside that all of it is payable again: what the bank kept is a cost that was held for it, and
    what came in another currency was exchanged by the service. None where nothing is to be said."""
    kept = total((money for _, money in holds), promised.currency)
    moves = [Move(hold, RAIL_COSTS, money) for hold, money in holds]
    if kept:
        moves.append(Move(RAIL_COSTS, outside(MANUAL), kept))
    if came.currency != promised.currency:
        sold, bought = exchange(outside(MANUAL), outside(MANUAL), came, promised)
        rest = promised - kept
        moves += [sold, Move(bought.source, bought.destination, rest)] if rest else [sold]
    return Entry(f"bank_line:{line_id}:kept", moves) if moves else None


def rest_identity(identity: str) -> str:
    """By what the rest of a line is known, of which no statement tells."""
    return hashlib.sha256(f"{identity}\0rest".encode()).hexdigest()


def kept_by_service(line_id: UUID, money: Money, again: int = 0) -> Entry:
    """What came, and is nobody's, is the service's own. A cause is booked once, so what was taken back so often before
    has another one."""
    return Entry(_time(f"bank_line:{line_id}:own", again), [Move(outside(MANUAL), STRAYS, money)])


def borne_by_service(line_id: UUID, money: Money, again: int = 0) -> Entry:
    """Likewise what a bank has taken back, and what nobody else answers for, is the service's loss."""
    return Entry(_time(f"bank_line:{line_id}:borne", again), [Move("platform:chargebacks", outside(MANUAL), money)])


def _time(cause: str, again: int) -> str:
    return f"{cause}:{again}" if again else cause


def _at(money: Money, rate: Fraction, currency: str) -> Money:
    """What is worth so much at so many units for one of the currency."""
    digits = minor_digits(currency) - minor_digits(money.currency)
    return Money(1, currency) * (money.amount / rate * Fraction(10) ** digits)


def _is_odd(worth: Money, promised: Money) -> bool:
    return abs(promised.amount - worth.amount) * 100 > promised.amount * MOST_KEPT
