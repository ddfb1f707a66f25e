"""The law of payout methods: how one begins to count, how it is changed, and when a person looks at the name."""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType

from rapidfuzz import fuzz

from marketplace.core.problems import Conflict, Forbidden
from marketplace.standards.catalogue import RULES
from marketplace.workforce.names import normalised


class MethodStatus(StrEnum):
    WAITING = "waiting"
    """Given in place of another: money goes to the other until this one takes effect."""
    IN_FORCE = "in_force"
    REPLACED = "replaced"
    TAKEN_BACK = "taken_back"
    """The person took the change back before it had taken effect."""
    REFUSED = "refused"
    """An operator found that it is somebody else's account, with a reason."""


METHOD_TRANSITIONS: Mapping[MethodStatus, frozenset[MethodStatus]] = MappingProxyType(
    {
        MethodStatus.WAITING: frozenset({MethodStatus.IN_FORCE, MethodStatus.TAKEN_BACK, MethodStatus.REFUSED}),
        MethodStatus.IN_FORCE: frozenset({MethodStatus.REPLACED, MethodStatus.REFUSED}),
        MethodStatus.REPLACED: frozenset(),
        MethodStatus.TAKEN_BACK: frozenset(),
        # Its person has contested that, and was right (PAYOUT_APPEAL).
        MethodStatus.REFUSED: frozenset({MethodStatus.IN_FORCE}),
    }
)
ALIVE = (MethodStatus.WAITING, MethodStatus.IN_FORCE)


class NameCheck(StrEnum):
    """Whether the account belongs to the contract's party, by its name."""

    SAME = "same"
    WAITING = "waiting"
    """The names differ: a person looks, and pay waits meanwhile."""
    CLEARED = "cleared"
    """A person has found that it is theirs all the same."""
    REFUSED = "refused"


class ChangeUnderWay(Conflict):
    code = "payout_change_under_way"
    title = "Another change of where you are paid has not taken effect yet."
    remedy = "Take that one back first, or wait until it has taken effect."


class NothingToTakeBack(Conflict):
    code = "payout_change_over"
    title = "Only a change that has not taken effect yet is taken back."


class NameDecided(Conflict):
    code = "payout_name_decided"
    title = "Nobody has to look at the name on this account."


class OwnAccount(Forbidden):
    code = "own_payout_account"
    title = "Nobody decides about their own account."
    remedy = "Ask another operator of finance."


WAIT = timedelta(hours=RULES["PAYOUT_CHANGE"].parameters["hours"])
LEAST_ALIKE = RULES["NAME_MATCH"].parameters["least_alike"]


def same_name(holder: str, party: str) -> bool:
    """Whether the name on an account is the contract's party as far as a machine can tell: "KASPRZAK ANA" is
    "Ana Kasprzak". A name without a Latin letter is compared in Latin letters."""
    mine, theirs = normalised(holder), normalised(party)
    return bool(mine and theirs) and fuzz.token_sort_ratio(mine, theirs) >= LEAST_ALIKE
