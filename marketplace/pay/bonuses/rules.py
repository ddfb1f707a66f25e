"""The law of bonuses: who may give one to whom, when it is owed, and where its money is (rule BONUS). Pure."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID

from marketplace.core.problems import Conflict, Forbidden, Invalid
from marketplace.workforce.rules import ContractorStatus


class BonusStatus(StrEnum):
    WAITING = "waiting"
    """It is too much for one person. Its money is set aside, and a second member of the company has to agree."""
    GRANTED = "granted"
    """It is owed: the next run pays it, and nobody takes it back."""
    WITHDRAWN = "withdrawn"
    """Taken back before it was owed. Its money is the company's again."""


BONUS_TRANSITIONS: Mapping[BonusStatus, frozenset[BonusStatus]] = MappingProxyType(
    {
        BonusStatus.WAITING: frozenset({BonusStatus.GRANTED, BonusStatus.WITHDRAWN}),
        BonusStatus.GRANTED: frozenset(),
        BonusStatus.WITHDRAWN: frozenset(),
    }
)
CAN_BE_PAID = frozenset({ContractorStatus.VETTED, ContractorStatus.SUSPENDED, ContractorStatus.CLOSING})
"""In which status somebody who has worked may still be given money: a bar is about new offers alone, and whoever leaves
is paid to the end."""


class NotABonus(Invalid):
    code = "not_a_bonus"
    title = "A bonus is more than nothing."
    remedy = "Give an amount above zero."


class NothingWorked(Conflict):
    code = "nothing_worked"
    title = "A bonus is for work that was done, and this person has not finished a shift of the gig yet."
    remedy = "Give it once they have worked."


class CannotReceive(Conflict):
    """Says no more than that: why is between the person and the service."""

    code = "cannot_receive_bonus"
    title = "This person can be given nothing at the moment."
    remedy = "What they have earned is theirs as before. Try again later, or ask the service."


class OwnBonus(Forbidden):
    code = "own_bonus"
    title = "Nobody gives a bonus to themselves, or decides about their own."
    remedy = "Ask another member of the company who may see its money."


class SecondMember(Forbidden):
    code = "second_member_needed"
    title = "So much takes two different people."
    remedy = "Ask another member of the company who may see its money to agree."


INVITE = "Nobody else may agree yet: invite a second member to the company, as owner or for finance. Or take it back."
"""What to do where the company has nobody else who may see its money."""


def hold_account(bonus_id: UUID) -> str:
    """The account in which the money of a bonus is set aside."""
    return f"bonus:{bonus_id}:hold"
