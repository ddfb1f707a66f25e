"""The law of what a rail tells us: which calls count, and which movement of its balance has a cause in the books."""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID

from marketplace.core.money import Money
from marketplace.core.problems import Conflict, Invalid, Unauthenticated
from marketplace.ledger.rules import Entry, Move
from marketplace.pay.rules import OpKind, outside


class Endpoint(StrEnum):
    """By which of its two doors a call came in. Each has a secret of its own."""

    PLATFORM = "platform"
    CONNECT = "connect"
    """About people's own accounts."""


class Outcome(StrEnum):
    """What became of a call."""

    WAITING = "waiting"
    HANDLED = "handled"
    IGNORED = "ignored"
    """It is of a kind that changes nothing here."""
    UNMATCHED = "unmatched"
    """It is about something that the books do not know: a person looks."""
    FAILED = "failed"
    """It could not be handled, several times: a person looks."""


class Match(StrEnum):
    """Whether a movement at the rail has its cause in the books."""

    MATCHED = "matched"
    STRAY = "stray"
    EXPLAINED = "explained"
    """Stray, and an operator has found out what it was."""


class NotFromTheRail(Unauthenticated):
    code = "rail_signature_not_valid"
    title = "This was not signed by the payment rail, or not just now."
    remedy = "Send it with the rail's own signature, within five minutes of its time."


class NotAnEvent(Invalid):
    code = "not_an_event"
    title = "This was signed by the payment rail and is no event that can be read."


class NoWayToPay(Invalid):
    code = "country_without_rail"
    title = "People in this country cannot be paid by the service's payment rail yet."
    remedy = "What you earn stays yours, whole, and waits here until you can be paid; the operators see that it waits."


class NotOnThisRail(Conflict):
    code = "rail_has_no_accounts"
    title = "The payment rail of this service has no accounts to be opened."


class RailSilent(Conflict):
    code = "rail_does_not_answer"
    title = "The payment rail does not answer at the moment."
    remedy = "Try again in a minute."


class NotLost(Conflict):
    code = "call_not_lost"
    title = "Only a call that matched nothing, or could not be handled, is answered again."


class NotStray(Conflict):
    code = "movement_not_stray"
    title = "Only a movement that matches nothing is explained, once."


AHEAD = timedelta(seconds=60)
"""How far a signature's time may be ahead of ours. Stripe's own library takes any time in the future."""
MOST_TRIES = 8
"""Of a call that cannot be handled, before a person has to look."""

PAYS = MappingProxyType(
    {
        "charge": OpKind.DEPOSIT,
        "payment": OpKind.DEPOSIT,
        "transfer": OpKind.PAYOUT,
        "transfer_refund": OpKind.REVERSAL,
        "refund": OpKind.REFUND,
        "payment_refund": OpKind.REFUND,
    }
)
"""Movements that a payment of ours causes."""
BACK: Mapping[str, OpKind] = MappingProxyType({"refund_failure": OpKind.REFUND})
"""Movements by which what a payment of ours had moved comes back by itself."""
SIGN: Mapping[OpKind, int] = MappingProxyType(
    {OpKind.DEPOSIT: 1, OpKind.REVERSAL: 1, OpKind.PAYOUT: -1, OpKind.REFUND: -1}
)
"""Whether a payment adds to the rail's balance or takes from it."""
BANK, COSTS, CHARGEBACKS, STRAYS = (
    "platform:bank",
    "platform:rail_costs",
    "platform:chargebacks",
    "platform:rail_strays",
)
"""Accounts of the service's own pocket: its bank, what the rail costs it, what payers' banks have taken back, and what
an operator has explained."""
LOSSES = "platform:losses"
"""What the service has given up of what payers' banks have kept."""
OWN: Mapping[str, str] = MappingProxyType(
    {
        "payout": BANK,
        "payout_cancel": BANK,
        "payout_failure": BANK,
        "topup": BANK,
        "topup_reversal": BANK,
        "stripe_fee": COSTS,
        "stripe_fx_fee": COSTS,
        "tax_fee": COSTS,
        "network_cost": COSTS,
        "dispute": CHARGEBACKS,
        "dispute_reversal": CHARGEBACKS,
    }
)
"""Movements that are the service's own, and the account that bears them. A payer's bank that takes a deposit back takes
it from the service: it is a claim against the company, and never the business of whoever has worked."""


def done_cause(kind: OpKind, op_id: UUID) -> str:
    """The cause under which a payment that is done stands in the books."""
    return f"deposit:{op_id}" if kind is OpKind.DEPOSIT else f"{kind}:{op_id}:done"


def movement_entry(cause: str, rail: str, account: str, net: Money) -> Entry:
    """A movement as the books have it: what the rail got came from the account, and what left it went there."""
    if net.amount > 0:
        return Entry(cause, [Move(outside(rail), account, net)])
    return Entry(cause, [Move(account, outside(rail), -net)])


PAYOUT_RANK: Mapping[str, int] = MappingProxyType(
    {"pending": 0, "in_transit": 1, "paid": 2, "canceled": 2, "failed": 3}
)
"""Which state of a payout to a bank follows which. What was paid can still come back as failed; nothing goes back."""


def is_news(old: str | None, new: str) -> bool:
    """Whether a state of a payout is later than the one that is known. Calls come in any order."""
    return old is None or PAYOUT_RANK.get(new, 0) > PAYOUT_RANK.get(old, 0)
