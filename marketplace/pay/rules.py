"""The law of pay: which state follows which, when a payment is tried again, and which postings it makes."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType
from uuid import UUID

from marketplace.accounts.rules import available_account
from marketplace.core.money import Money
from marketplace.core.problems import Conflict, Invalid
from marketplace.ledger.rules import Entry, Move
from marketplace.standards import rail_reach
from marketplace.standards.catalogue import RULES

SANDBOX, MANUAL, STRIPE, STRIPE_TEST = "sandbox", "manual", rail_reach.STRIPE, rail_reach.STRIPE_TEST
"""The names of the rail that moves no money, of the one on which a person pays by a file, and of Stripe's two: with a
key for tests no money moves, so it is another rail, and never mixes."""
FOR_TESTS = frozenset({SANDBOX, STRIPE_TEST})
"""Rails that move no money: every payment on them says so."""
FURTHEST_AHEAD = timedelta(days=3653)
"""How far the last day of a run may be away: work is approved for weeks that have begun."""


class OpKind(StrEnum):
    """What a payment does with the world outside."""

    DEPOSIT = "deposit"
    """Money of a company comes in."""
    PAYOUT = "payout"
    """Pay of a contractor goes out."""
    REFUND = "refund"
    """What a company paid in, and does not need, goes back to where it came from."""
    REVERSAL = "reversal"
    """A payout that went wrong comes back from the person's account at the rail, and is payable again."""
    EVIDENCE = "evidence"
    """What a company says to a bank that has taken its deposit back. Its amount is what is at stake; none moves."""


class OpStatus(StrEnum):
    """Where a payment stands."""

    INTENT = "intent"
    """Written down and committed; nobody outside has heard of it."""
    SENT = "sent"
    """The rail is being asked, or was asked by a process that has died since."""
    UNKNOWN = "unknown"
    """The rail was asked and the answer is not known: it may have happened. Asked again under the same key."""
    PARKED = "parked"
    """Nothing can be said about the money until a person has looked."""
    WAITING = "with_payer"
    """The rail has taken the order and waits: for the payer, who has a page of its own for that, for the payer's
    bank to take something back, or for a person who pays by hand."""
    DONE = "done"
    REFUSED = "refused"
    """The rail said no and nothing moved. A new attempt is a new payment."""
    REVERSED = "reversed"
    """A payout, or what was sent back to a company, that was done and has come back whole."""


OP_TRANSITIONS: Mapping[OpStatus, frozenset[OpStatus]] = MappingProxyType(
    {
        # What must not go out is refused or parked before any rail hears of it, and may go once a person has looked.
        OpStatus.INTENT: frozenset({OpStatus.SENT, OpStatus.PARKED, OpStatus.REFUSED}),
        OpStatus.SENT: frozenset(
            {OpStatus.DONE, OpStatus.REFUSED, OpStatus.UNKNOWN, OpStatus.PARKED, OpStatus.WAITING}
        ),
        # The answer of an earlier, slower try may come in while the payment waits for the next one.
        OpStatus.UNKNOWN: frozenset({OpStatus.SENT, OpStatus.DONE, OpStatus.REFUSED, OpStatus.WAITING}),
        OpStatus.PARKED: frozenset({OpStatus.INTENT, OpStatus.UNKNOWN, OpStatus.DONE, OpStatus.REFUSED}),
        OpStatus.WAITING: frozenset({OpStatus.DONE, OpStatus.REFUSED, OpStatus.PARKED}),
        OpStatus.DONE: frozenset({OpStatus.REVERSED}),
        OpStatus.REFUSED: frozenset(),
        OpStatus.REVERSED: frozenset(),
    }
)

_SUFFIXES = {
    OpStatus.INTENT: "requested",
    OpStatus.SENT: "sent",
    OpStatus.UNKNOWN: "left_unanswered",
    OpStatus.PARKED: "parked",
    OpStatus.WAITING: "waiting",
    OpStatus.REFUSED: "refused",
    OpStatus.REVERSED: "reversed",
}
OP_EVENTS: Mapping[OpKind, Mapping[OpStatus, str]] = MappingProxyType(
    {
        kind: MappingProxyType({each: f"{kind}.{word}" for each, word in (_SUFFIXES | {OpStatus.DONE: done}).items()})
        for kind, done in {
            OpKind.DEPOSIT: "received", OpKind.PAYOUT: "paid", OpKind.REFUND: "returned", OpKind.REVERSAL: "done",
            OpKind.EVIDENCE: "taken",
        }.items()
    }
)  # fmt: skip
"""The event that tells of a payment's arrival in each status."""
BANK_SENT_BACK = "reversal.told_by_bank"
"""How the way back of a payout begins that a bank has sent back: nobody has asked for it."""


class RunStatus(StrEnum):
    """The last step of a pay run that is finished."""

    STARTED = "started"
    COMPUTED = "computed"
    FROZEN = "frozen"
    POSTED = "posted"
    PAYING = "paying"
    PAID = "paid"


BOOKED = (RunStatus.POSTED, RunStatus.PAYING, RunStatus.PAID)
"""Runs whose payslips are all in the books."""
RUN_TRANSITIONS: Mapping[RunStatus, frozenset[RunStatus]] = MappingProxyType(
    {
        RunStatus.STARTED: frozenset({RunStatus.COMPUTED}),
        RunStatus.COMPUTED: frozenset({RunStatus.FROZEN}),
        RunStatus.FROZEN: frozenset({RunStatus.POSTED}),
        RunStatus.POSTED: frozenset({RunStatus.PAYING}),
        RunStatus.PAYING: frozenset({RunStatus.PAID}),
        RunStatus.PAID: frozenset(),
    }
)


class PayslipStatus(StrEnum):
    FROZEN = "frozen"
    """Its lines are summed and do not change any more; nothing is booked yet."""
    ISSUED = "issued"
    """Booked: the person is owed the money, and may read why."""


PAYSLIP_TRANSITIONS: Mapping[PayslipStatus, frozenset[PayslipStatus]] = MappingProxyType(
    {PayslipStatus.FROZEN: frozenset({PayslipStatus.ISSUED}), PayslipStatus.ISSUED: frozenset()}
)


class LeverEffect(StrEnum):
    """What an operator can make the sandbox rail do to the next payments."""

    DECLINE = "decline"
    """It says no; nothing happens."""
    FAIL = "fail"
    """The connection breaks before the order arrives; nothing happens."""
    LOSE_ANSWER = "lose_answer"
    """It happens, and the answer gets lost."""
    KEEP_FEE = "keep_fee"
    """It keeps a hundredth of a payout, so that less arrives than was promised."""
    CHARGE_BACK = "charge_back"
    """A deposit is done, and a few minutes later the payer's bank takes it back."""
    INQUIRE = "inquire"
    """A deposit is done, and a few minutes later the payer's bank asks about it; it takes it back if nobody answers."""
    RESTRICT = "restrict"
    """The person's account can receive nothing: a payout is refused, which they can mend there. Other payments are
    declined."""
    FAIL_LATER = "fail_later"
    """A payout is done, and a few minutes later the person's bank sends it back to their account at the rail."""
    PAY_INVOICE = "pay_invoice"
    """A deposit by invoice that waits is paid."""


class TooFarAhead(Invalid):
    code = "too_far_ahead"
    title = "A pay run looks no further ahead than ten years."
    remedy = "Name the day by which the weeks began that shall be paid."


class NotADeposit(Invalid):
    code = "deposit_amount"
    title = "A deposit is an amount above zero."


class NothingToRetry(Conflict):
    code = "payout_not_refused"
    title = "Only a refused payout is tried again, and only once at a time."
    remedy = "Wait for the answer of the payout that is under way."


class NothingWaits(Conflict):
    code = "run_does_not_wait"
    title = "This run does not wait to be tried again."
    remedy = "Its page says how far it has come."


class NotForeseen(Conflict):
    code = "pay_not_foreseen"
    title = "Something that is to be paid cannot be reckoned, so nobody can say beforehand what a run would pay."
    remedy = "A run sets aside what it cannot reckon, says what it is, and pays the rest."


class NothingReady(Conflict):
    code = "nothing_ready_to_be_paid"
    title = "Nothing of yours is approved and not yet paid."
    remedy = "Hand in what you worked; a company that leaves it unanswered for 72 hours has approved it."


class JustPaid(Conflict):
    """`again_from` is when it can be asked for again."""

    code = "just_paid_at_once"
    title = "Pay can be had at once one time a day."
    remedy = "Ask again later, or wait: what is approved is paid with the next pay run anyway."


class NotRefundable(Conflict):
    code = "deposit_not_refundable"
    title = "Only what was paid in and has not gone back can be sent back."
    remedy = "Choose a deposit that has arrived, and no more than what is left of it."


class LeavesDebt(Conflict):
    """`owed` is what a bank has taken back and is not paid again; `most` is what may go back now."""

    code = "refund_leaves_debt"
    title = "A bank has taken a deposit back that was not paid again: so much stays here until it is."
    remedy = "Pay again what your bank took back, or wait until the bank gives it back; then the rest can be sent back."


class NotReversible(Conflict):
    code = "payout_not_reversible"
    title = "Only a payout that is done can be taken back, once."


class AlreadyPaused(Conflict):
    code = "rail_paused_already"
    title = "Payouts of this currency wait at this rail already."


class NotPaused(Conflict):
    code = "rail_not_paused"
    title = "These payouts do not wait any more."


class RailsNeverMix(Conflict):
    """Money that came by one rail would go out by another."""

    code = "rails_never_mix"
    title = "There is still money on another payment rail."
    remedy = "A service changes its rail when nothing stands on the old one any more."


class UnknownRail(Invalid):
    code = "unknown_rail"
    title = "There is no payment rail of this name."


# --- when a payment is tried again ----------------------------------------------------------------------------------

STALE_AFTER = timedelta(minutes=2)
"""A payment that is `sent` for longer has lost the process that was asking."""
KEY_LIVES = timedelta(hours=23)
"""How long a rail is trusted to remember an idempotency key. Stripe may forget one after 24 hours
(docs.stripe.com/api/idempotent_requests); then the same key would be a new payment."""
LOOK_AGAIN = timedelta(minutes=2)
"""How often the rail is asked about a payment that waits for its payer. Rails tell sooner, where they reach us."""
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(hours=1)


def next_try(tries: int, now: datetime) -> datetime:
    """When a payment without an answer is asked about again: pauses double from 30 seconds up to an hour."""
    return now + min(FIRST_PAUSE * (1 << min(max(tries - 1, 0), 16)), LONGEST_PAUSE)


FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=15), timedelta(hours=12)


def pause_until(tries: int, now: datetime) -> datetime:
    """When payouts are tried again that a rail had no money for, or that their account could not take: pauses double
    from a quarter of an hour up to half a day."""
    return now + min(FIRST_WAIT * (1 << min(max(tries, 0), 16)), LONGEST_WAIT)


def may_repeat(first_sent_at: datetime | None, now: datetime) -> bool:
    """Whether the same order may still be sent under the same key. Later, the rail is only asked what became of it."""
    return first_sent_at is None or now - first_sent_at < KEY_LIVES


def idempotency_key(kind: OpKind, op_id: UUID, attempt: int = 1) -> str:
    """Derived from the payment, never from the try: every repetition of one payment carries the same key."""
    return f"{kind}:{op_id}:{attempt}"


# --- what stays of a company's money ----------------------------------------------------------------------------------


def check_debt(left: Money, sent: Money, owed: Money) -> None:
    """Raises LeavesDebt where what is left after sending so much back is less than what is owed: of 100.00 USD of which
    30.00 are owed 70.00 can go back, and 70.01 cannot."""
    if owed and left < owed:
        most = max(left + sent - owed, Money.zero(owed.currency))
        raise LeavesDebt(f"{owed} is owed, and {most} can go back.", field="money", owed=str(owed), most=str(most))


# --- what a cut costs -------------------------------------------------------------------------------------------------


def handling_fee(rate: Money) -> Money:
    """What a company pays for a cut that a ruling overturns: 3.75 USD at 15.00 USD an hour (rule REJECT)."""
    return rate * Fraction(RULES["REJECT"].parameters["fee_minutes"], 60)


# --- accounts and postings ------------------------------------------------------------------------------------------


def payable(contractor_id: UUID) -> str:
    """The account of what a contractor has earned and not been paid."""
    return f"contractor:{contractor_id}:payable"


def in_flight(contractor_id: UUID) -> str:
    """The account of a contractor's pay that a rail has been, or is about to be, told to send."""
    return f"contractor:{contractor_id}:in_flight"


def outside(rail: str) -> str:
    """The account of the world outside, seen through a rail."""
    return f"rail:{rail}"


def deposit_received(op_id: UUID, rail: str, company_id: UUID, money: Money) -> Entry:
    return Entry(f"deposit:{op_id}", [Move(outside(rail), available_account(company_id), money)])


def returning(company_id: UUID) -> str:
    """The account of a company's money that a rail is told to send back to it."""
    return f"company:{company_id}:returning"


def refund_begun(op_id: UUID, company_id: UUID, money: Money) -> Entry:
    """Before the rail hears of it, the money leaves what can be spent."""
    return Entry(f"refund:{op_id}:begun", [Move(available_account(company_id), returning(company_id), money)])


def refund_done(op_id: UUID, rail: str, company_id: UUID, money: Money) -> Entry:
    return Entry(f"refund:{op_id}:done", [Move(returning(company_id), outside(rail), money)])


def refund_failed(op_id: UUID, company_id: UUID, money: Money) -> Entry:
    """Refused: what was to go back is the company's to spend again."""
    return Entry(f"refund:{op_id}:failed", [Move(returning(company_id), available_account(company_id), money)])


def refund_came_back(op_id: UUID, rail: str, company_id: UUID, money: Money) -> Entry:
    """The payer's bank did not take it after all, days after the rail had said that it did."""
    return Entry(f"refund:{op_id}:came_back", [Move(outside(rail), available_account(company_id), money)])


def payout_taken_back(op_id: UUID, rail: str, contractor_id: UUID, money: Money) -> Entry:
    """A payout came back: it is payable again."""
    return Entry(f"reversal:{op_id}:done", [Move(outside(rail), payable(contractor_id), money)])


def payout_begun(op_id: UUID, contractor_id: UUID, money: Money) -> Entry:
    """Before the rail hears of it, the money leaves what can be paid: so it cannot be paid twice."""
    return Entry(f"payout:{op_id}:begun", [Move(payable(contractor_id), in_flight(contractor_id), money)])


def payout_done(op_id: UUID, rail: str, contractor_id: UUID, money: Money) -> Entry:
    return Entry(f"payout:{op_id}:done", [Move(in_flight(contractor_id), outside(rail), money)])


def payout_returned(op_id: UUID, contractor_id: UUID, money: Money) -> Entry:
    """Refused: what was in flight is payable again."""
    return Entry(f"payout:{op_id}:returned", [Move(in_flight(contractor_id), payable(contractor_id), money)])


def check_through(through: date, today: date) -> None:
    """Raises TooFarAhead for the last day of a run, or of its preview, that is more than ten years away."""
    if through > today + FURTHEST_AHEAD:
        raise TooFarAhead(field="through", latest=(today + FURTHEST_AHEAD).isoformat())
