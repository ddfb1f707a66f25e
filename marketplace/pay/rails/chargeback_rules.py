"""The law of chargebacks: a payer's bank takes a deposit back, and the company says what speaks against that, or pays
again. What workers were paid stays theirs (rule CHARGEBACK)."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType
from uuid import UUID

from marketplace.accounts.rules import available_account
from marketplace.core.money import Money, minor_digits
from marketplace.core.problems import Conflict, Invalid
from marketplace.core.retention import Retention
from marketplace.ledger.rules import Entry, Move, exchange
from marketplace.pay.rails.rules import CHARGEBACKS, LOSSES
from marketplace.standards.catalogue import RULES

LONGEST_WORDS = 20_000
"""Letters of evidence. Stripe takes no more in one field (docs.stripe.com/api/disputes/object)."""
MOST_BYTES = 4_500_000
"""Of all papers together. Stripe takes 5 MB of each (docs.stripe.com/file-upload), and passes on 4.5 MB of all of them
(docs.stripe.com/disputes/responding)."""
MOST_PAGES = 19
"""Of all papers together. Banks of Mastercard take no more (docs.stripe.com/disputes/responding), and which card it was
is not known here."""
KEPT = Retention(after_decision=timedelta(days=30), at_most=timedelta(days=365))
"""What was handed in is erased as people's documents are (rule DOCUMENTS), 30 days after the bank's decision; but a
bank that asks first and takes the money later decides after more than 180 days."""
MOST_EXCHANGED: int = RULES["CHARGEBACK"].parameters["exchange_percent"]
"""So much of what it exchanges does Stripe keep at most (docs.stripe.com/currencies/conversions)."""
SANDBOX_WAITS = timedelta(days=7)
"""How long the sandbox's bank waits for evidence. Of a real one the rail says until when."""


class ChargebackStatus(StrEnum):
    INQUIRY = "inquiry"
    """The bank asks, and waits for an answer. It has taken nothing."""
    INQUIRY_REVIEWED = "inquiry_reviewed"
    """It has the answer, and may still take the money."""
    INQUIRY_CLOSED = "inquiry_closed"
    """It asks no more, and has taken nothing."""
    OPEN = "open"
    """The bank waits for evidence."""
    UNDER_REVIEW = "under_review"
    """It has the evidence, and decides."""
    WON = "won"
    """The bank gave the money back."""
    LOST = "lost"
    """The payer keeps it."""
    REINSTATED = "reinstated"
    """The bank had decided that the payer keeps it, and gave all of it back after all."""


class Bearer(StrEnum):
    """Who bears a deposit that a bank has kept."""

    COMPANY = "company"
    """It is taken out of what the company has available."""
    SERVICE = "service"
    """The service gives it up: the company owes it no longer."""


class Shows(StrEnum):
    """What a paper is to show a bank: each is a field of evidence at Stripe (docs.stripe.com/api/disputes/object)."""

    RECEIPT = "receipt"
    """That the payer was told of the payment."""
    SERVICE = "service_documentation"
    """That what was paid for was ordered and delivered."""
    COMMUNICATION = "customer_communication"
    """What was written between payer and service."""
    OTHER = "uncategorized_file"


_TAKEN_SINCE = frozenset(
    {ChargebackStatus.OPEN, ChargebackStatus.UNDER_REVIEW, ChargebackStatus.WON, ChargebackStatus.LOST}
)
"""Whatever may have followed by the time that somebody reads again what a bank did after it had asked."""
CHARGEBACK_TRANSITIONS: Mapping[ChargebackStatus, frozenset[ChargebackStatus]] = MappingProxyType(
    {
        ChargebackStatus.INQUIRY: _TAKEN_SINCE | {ChargebackStatus.INQUIRY_REVIEWED, ChargebackStatus.INQUIRY_CLOSED},
        ChargebackStatus.INQUIRY_REVIEWED: _TAKEN_SINCE | {ChargebackStatus.INQUIRY_CLOSED},
        ChargebackStatus.INQUIRY_CLOSED: _TAKEN_SINCE,
        ChargebackStatus.OPEN: frozenset({ChargebackStatus.UNDER_REVIEW, ChargebackStatus.WON, ChargebackStatus.LOST}),
        ChargebackStatus.UNDER_REVIEW: frozenset({ChargebackStatus.WON, ChargebackStatus.LOST}),
        ChargebackStatus.WON: frozenset(),
        ChargebackStatus.LOST: frozenset({ChargebackStatus.REINSTATED}),
        ChargebackStatus.REINSTATED: frozenset(),
    }
)
INQUIRIES = frozenset({ChargebackStatus.INQUIRY, ChargebackStatus.INQUIRY_REVIEWED, ChargebackStatus.INQUIRY_CLOSED})
"""The bank has only asked: no money has moved, and the books know nothing of it."""
ANSWERABLE = frozenset({ChargebackStatus.INQUIRY, ChargebackStatus.OPEN})
"""The bank waits for what is handed in."""
HELD_BY_BANK = frozenset({ChargebackStatus.OPEN, ChargebackStatus.UNDER_REVIEW, ChargebackStatus.LOST})
"""The bank has the money."""
DECIDED = frozenset({ChargebackStatus.WON, ChargebackStatus.LOST, ChargebackStatus.REINSTATED})
"""A bank that had the money has decided who gets it."""
OVER = DECIDED | {ChargebackStatus.INQUIRY_CLOSED}
REMINDED_DAYS = (3, 1)
"""So many days before a deadline those are reminded who could still answer."""
OF_STRIPE: Mapping[str, ChargebackStatus] = MappingProxyType(
    {
        "warning_needs_response": ChargebackStatus.INQUIRY,
        "warning_under_review": ChargebackStatus.INQUIRY_REVIEWED,
        "warning_closed": ChargebackStatus.INQUIRY_CLOSED,
        "needs_response": ChargebackStatus.OPEN,
        "under_review": ChargebackStatus.UNDER_REVIEW,
        "won": ChargebackStatus.WON,
        "lost": ChargebackStatus.LOST,
    }
)
"""What Stripe's words for a dispute mean. One that was prevented was paid back, and is a refund."""


class ChargebackOver(Conflict):
    code = "chargeback_over"
    title = "The time for evidence is over, or the bank has decided."
    remedy = "Pay it again, if the bank was right."


class EvidenceHandedIn(Conflict):
    code = "evidence_handed_in"
    title = "Evidence was handed in already; a bank looks once."


class ShownAlready(Conflict):
    code = "evidence_shown_already"
    title = "A bank is shown one paper of each kind, and there is one of this kind."
    remedy = "Take the other one back first, or put both into one PDF."


class TooMuchEvidence(Invalid):
    code = "too_much_evidence"
    status = 413
    title = f"All papers for a bank have at most {MOST_BYTES / 1_000_000} MB and {MOST_PAGES} pages together."
    remedy = "Show the pages that matter alone, or pictures of a lower resolution."


class NothingTaken(Conflict):
    code = "nothing_taken"
    title = "The bank only asks: it has taken nothing that could be paid again."
    remedy = "Answer the bank; it takes the money only if it is not content."


class PaidAgainAlready(Conflict):
    code = "chargeback_paid_again"
    title = "This was paid again, or the bank gave it back."


class NotLost(Conflict):
    code = "chargeback_not_lost"
    title = "No bank has decided that the payer keeps it."
    remedy = "Answer the bank, or wait for its decision: it may give the money back."


class BorneAlready(Conflict):
    code = "chargeback_borne"
    title = "It is decided already who bears this."


class NothingToCount(Conflict):
    code = "nothing_to_count"
    title = "Nothing came back in another currency that nobody has counted, or it is more by now."
    remedy = "Look at what came back, and count that."


def held(status: ChargebackStatus, money: Money, reinstated: Money) -> Money:
    """What the bank has of a chargeback now: of 10.00 of which it has given back 4.00, 6.00."""
    return money - reinstated if status in HELD_BY_BANK else Money.zero(money.currency)


def after(status: ChargebackStatus, said: ChargebackStatus) -> ChargebackStatus:
    """What a rail's word for it means, by where it stands: what is won after it was lost was given back late. The rail
    may go on calling it lost."""
    if status in (ChargebackStatus.LOST, ChargebackStatus.REINSTATED) and said is ChargebackStatus.WON:
        return ChargebackStatus.REINSTATED
    return status if status is ChargebackStatus.REINSTATED and said is ChargebackStatus.LOST else said


def counted(money: Money, reinstated: Money | None) -> Money | None:
    """What is known of what a bank has given back; None where a rail says nothing, or tells it in another currency: a
    rail counts it as its balance does, by a rate of its own. Of 10.00 EUR, 11.00 USD that came back may be all."""
    return reinstated if reinstated is not None and reinstated.currency == money.currency else None


def foreign(money: Money, reinstated: Money | None) -> Money | None:
    """What came back in another currency; None where nothing has."""
    return reinstated if reinstated and reinstated.currency != money.currency else None


def foreign_after(before: Money | None, counted: Money | None, said: Money | None) -> Money | None:
    """What is known of that once a rail has said something: never less than was counted."""
    is_less = counted and (said is None or said.currency != counted.currency or said.amount < counted.amount)
    return before if is_less else said


def worth(came: Money, rate: Fraction, left: Money) -> Money:
    """How much of what a bank still has came back with an amount in another currency, at so many units of the deposit's
    for one of it (rule CHARGEBACK). At 1.05 USD for 1 EUR, of 10.00 USD 4.00 EUR are 4.20. 9.40 EUR would be 9.87,
    which is all of it: no more is missing than a rail keeps of what it exchanges. Nor are 12.00 EUR any more."""
    exact = came.amount * rate * Fraction(10) ** (minor_digits(left.currency) - minor_digits(came.currency))
    is_all = exact * 100 >= left.amount * (100 - MOST_EXCHANGED)
    return left if is_all else max(Money(1, left.currency), Money(1, left.currency) * exact)


def differs(
    status: ChargebackStatus, said: ChargebackStatus, before: tuple[Money, Money], now: tuple[Money, Money | None]
) -> str | None:
    """Why nobody can follow what a rail says of a chargeback, in a word; None where it follows from what was known. The
    pairs are what it is about, and what the bank has given back of it, which nobody may know (`counted`). Once a bank
    has decided it decides nothing anew, about no other amount, and takes nothing again."""
    (money, reinstated), (money_now, told) = before, now
    if money_now.currency != money.currency:
        return "currency"
    if status in DECIDED and after(status, said) not in {status, *CHARGEBACK_TRANSITIONS[status]}:
        return "status"
    if status in DECIDED and money_now != money:
        return "amount"
    known = counted(money, told)
    reinstated_now = reinstated if known is None else known
    return None if reinstated <= reinstated_now <= money_now or status not in HELD_BY_BANK else "reinstated"


def is_undecided(status: ChargebackStatus, owed: Money, bearer: Bearer | None) -> bool:
    """Whether a bank has kept it, and nobody has paid all of it or said who bears it."""
    return status is ChargebackStatus.LOST and bool(owed) and bearer is None


def check_undecided(status: ChargebackStatus, owed: Money, bearer: Bearer | None) -> None:
    """Raises NotLost, BorneAlready, PaidAgainAlready."""
    if status is not ChargebackStatus.LOST:
        raise NotLost
    if bearer is not None:
        raise BorneAlready
    if not owed:
        raise PaidAgainAlready


def check_open(status: ChargebackStatus, due_by: datetime | None, at: datetime) -> None:
    """Raises ChargebackOver once the bank takes no evidence any more."""
    if status not in ANSWERABLE or (due_by is not None and at >= due_by):
        raise ChargebackOver


def check_can_pay(status: ChargebackStatus, owed: Money, bearer: Bearer | None = None) -> None:
    """Raises NothingTaken where the bank has only asked, PaidAgainAlready, BorneAlready where the service has given it
    up."""
    if status in INQUIRIES:
        raise NothingTaken
    if bearer is Bearer.SERVICE:
        raise BorneAlready
    if not owed:
        raise PaidAgainAlready


def reminder(due_by: datetime, reminded: int | None, at: datetime) -> int | None:
    """So many days before the deadline it is time to remind of it, once each; None where it is not. Whoever was late
    with the first reminder sends the last one alone."""
    passed = [days for days in REMINDED_DAYS if at < due_by <= at + timedelta(days=days)]
    days = min(passed, default=None)
    return None if days is None or (reminded is not None and reminded <= days) else days


def missing(is_handed_in: bool, shown: Collection[Shows]) -> list[str]:
    """What a bank does not have yet: "answer", where none is on its way, and the kinds of papers that would help it."""
    wanted = (Shows.RECEIPT, Shows.SERVICE, Shows.COMMUNICATION)
    return ["stuck"] if is_handed_in else ["answer", *(str(each) for each in wanted if each not in shown)]


def check_room(held: Mapping[Shows, tuple[int, int]], shows: Shows, size: int, pages: int) -> None:
    """Whether one more paper of so many bytes and pages goes to the bank with those that are held (their bytes and
    pages). Raises ShownAlready, TooMuchEvidence."""
    if shows in held:
        raise ShownAlready(field="shows")
    sizes, all_pages = ([each[part] for each in held.values()] for part in (0, 1))
    if size + sum(sizes) > MOST_BYTES or pages + sum(all_pages) > MOST_PAGES:
        raise TooMuchEvidence(field="file", bytes_left=MOST_BYTES - sum(sizes), pages_left=MOST_PAGES - sum(all_pages))


def paid_again(chargeback_id: UUID, company_id: UUID, money: Money, number: int) -> Entry:
    """The company pays what its bank took: the service has it back. `number` is how many entries the chargeback has
    made before."""
    return Entry(_cause(chargeback_id, "paid_again", number), [Move(available_account(company_id), CHARGEBACKS, money)])


def given_up(chargeback_id: UUID, money: Money, number: int) -> Entry:
    """The service bears what a bank has kept: nobody owes it any more."""
    return Entry(_cause(chargeback_id, "borne", number), [Move(LOSSES, CHARGEBACKS, money)])


def given_back(chargeback_id: UUID, company_id: UUID, paid: Money, lost: Money, number: int) -> Entry:
    """The bank gave back what the company had paid again, or the service had given up: each has its own again."""
    parts = ((available_account(company_id), paid), (LOSSES, lost))
    moves = [Move(CHARGEBACKS, account, money) for account, money in parts if money]
    return Entry(_cause(chargeback_id, "given_back", number), moves)


def exchanged(chargeback_id: UUID, came: Money, worth: Money, number: int) -> Entry:
    """What the bank gave back in another currency is the service's, which has so much of the deposit for it."""
    return Entry(_cause(chargeback_id, "exchanged", number), exchange(CHARGEBACKS, CHARGEBACKS, came, worth))


def _cause(chargeback_id: UUID, what: str, number: int) -> str:
    """A bank may give back in parts, and may ask for another amount before it decides: nothing happens only once."""
    return f"chargeback:{chargeback_id}:{what}:{number}"
