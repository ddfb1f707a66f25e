"""When a benefit may be paid out, move to another provider, or expire. Pure."""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final
from uuid import UUID

from marketplace.contracts.rules import leave_account
from marketplace.core.problems import Conflict, Forbidden, Invalid
from marketplace.standards.rules import RULES

TOLD_BEFORE: Final = timedelta(days=RULES["CARRY_OVER"].parameters["told_days_before"])
"""How long before the end of the year whoever loses hours is told; whoever was not told loses none."""
TOLD_FROM: Final = TOLD_BEFORE + timedelta(days=14)
"""The longest before it, so that the numbers that are told are near those that will hold."""
LEAST_CARRY_OVER: Final = RULES["CARRY_OVER"].parameters["least_hours"] * 3600
PROVIDERS: Final = "rail:benefit_providers"
"""The account of the world outside, seen through the transfers that operators make by hand."""


class TransferStatus(StrEnum):
    ASKED = "asked"
    """The money has left the benefit and waits for an operator to send it."""
    SENT = "sent"
    RETURNED = "returned"
    """It could not be sent, and is the person's benefit again."""
    RECEIVED = "received"
    """It came from another provider."""


TRANSFER_TRANSITIONS: Mapping[TransferStatus, frozenset[TransferStatus]] = MappingProxyType(
    {
        TransferStatus.ASKED: frozenset({TransferStatus.SENT, TransferStatus.RETURNED}),
        TransferStatus.SENT: frozenset(),
        TransferStatus.RETURNED: frozenset(),
        TransferStatus.RECEIVED: frozenset(),
    }
)


class NotPaidOut(Conflict):
    code = "benefit_not_paid_out"
    title = "This benefit is not paid out now."
    remedy = "Take it, carry it to another company, or ask again when you close your account."


class NotCarried(Conflict):
    code = "benefit_not_carried"
    title = "This benefit does not move to another provider."
    remedy = "Only money of a plan that goes along with you can be sent; leave is paid out when the account ends."


class TooMuch(Conflict):
    """`there` is what stands in the benefit, in that currency."""

    code = "benefit_too_little"
    title = "There is not so much in this benefit."
    remedy = "Ask for no more than what stands there."


class NotAnAmount(Invalid):
    code = "benefit_amount"
    title = "An amount of a benefit is more than zero, in one currency."


class OwnMoney(Forbidden):
    code = "own_benefit"
    title = "Nobody decides about their own money."
    remedy = "Ask another operator of finance."


def health_account(contractor_id: UUID) -> str:
    """The ledger account that keeps the money for a person's health cover."""
    return f"benefit:{contractor_id}:health"


def outgoing_account(contractor_id: UUID) -> str:
    """The ledger account of benefits that wait to be sent to another provider."""
    return f"benefit:{contractor_id}:outgoing"


def plan_account(contractor_id: UUID, rule: str | None) -> str | None:
    """The account that keeps the money of the plan under that rule. None where nothing accrues."""
    match rule:
        case "SICK":
            return leave_account(contractor_id)
        case "HEALTH":
            return health_account(contractor_id)
    return None


def rule_of(cause: str) -> str:
    """The rule under which money is paid out, by what caused it: hours that ended, or that somebody asked."""
    return "CARRY_OVER" if cause.startswith("expiry:") else "CASH_OUT"


def may_pay_out(plan_says: bool, is_leaving: bool) -> bool:
    """Whether a benefit is paid out when its owner asks: where the plan says so, and always when the account ends (rule
    CASH_OUT)."""
    return plan_says or is_leaving


def expires(standing: int, at_the_end: int, carries_over: int) -> int:
    """How many seconds expire of what stands now, and stood when the year ended: what is beyond the carry-over in both.

    90 hours stood, 82 of them are left and 80 carry over: 2 hours expire.

    >>> expires(82 * 3600, 90 * 3600, 80 * 3600) // 3600
    2
    >>> expires(79 * 3600, 90 * 3600, 80 * 3600)
    0
    """
    return max(0, min(standing, at_the_end) - carries_over)
