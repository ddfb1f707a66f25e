"""The law of contested payouts: what of a payout is a decision about its person, and until when they may contest it."""

from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from marketplace.core.problems import Conflict
from marketplace.pay.rules import OpStatus
from marketplace.standards.catalogue import RULES

CONTEST_FOR = timedelta(days=RULES["PAYOUT_APPEAL"].parameters["days_to_contest"])
ANSWER_WITHIN = timedelta(days=RULES["PAYOUT_APPEAL"].parameters["answer_days"])
"""How long operators have to answer. After that the payout is ordered again; where only a human can say whose account
it is, more of them are told (rule PAYOUT_APPEAL)."""


class Decision(StrEnum):
    """What was decided about a payout."""

    REFUSED = "refused"
    """It did not go out: a rail, the account or an operator said no."""
    PARKED = "parked"
    """It is held back until somebody has looked."""
    TAKEN_BACK = "taken_back"
    """It had arrived, and an operator has it taken back, or a bank has sent it back."""


DECIDED_BY_STATUS = MappingProxyType(
    {OpStatus.REFUSED: Decision.REFUSED, OpStatus.PARKED: Decision.PARKED, OpStatus.REVERSED: Decision.TAKEN_BACK}
)


class TooLateForPayout(Conflict):
    code = "too_late_to_contest_payout"
    title = "What became of a payout can be contested for 30 days."
    remedy = "The money is yours as before: look at where you are paid, and have it paid again."


def decision_on(status: OpStatus, *, is_taken_back: bool) -> Decision | None:
    """What was decided about a payout in this status; None of one that went its way. `is_taken_back` is whether an
    operator has it taken back, which a rail may not have done yet."""
    return Decision.TAKEN_BACK if is_taken_back else DECIDED_BY_STATUS.get(status)


def check_contest(decided_at: datetime, at: datetime) -> None:
    """Raises TooLateForPayout more than 30 days after the decision (rule PAYOUT_APPEAL)."""
    if at > decided_at + CONTEST_FOR:
        raise TooLateForPayout
