"""What an entry of the books is, and which accounts may stand below zero."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from marketplace.core.money import Money
from marketplace.core.problems import Conflict, Invalid


class BadEntry(Invalid):
    code = "bad_entry"
    title = "This is not an entry of the books."


class InsufficientFunds(Conflict):
    """An account that may not stand below zero would."""

    code = "insufficient_funds"
    title = "There is not enough money in the account."
    remedy = "Deposit the missing amount first."


_SHORT: Mapping[tuple[str, str], str] = {
    ("company", "available"): "The company has {have} available; {missing} more is needed.",
    ("gig", "hold"): "The gig has {have} set aside; {missing} more is needed.",
    ("qualification", "hold"): "The test has {have} set aside; {missing} more is needed.",
    ("contractor", "payable"): "The person is owed {have} by now; {missing} more is needed.",
}
"""Whose money it is by the first and the last word of an account's name, which itself is nothing to read."""
_OTHER = "There is {have} set aside for it; {missing} more is needed."


def short_of(name: str, have: Money, missing: Money) -> InsufficientFunds:
    """The refusal for an account that would stand below zero: whose money is short, and by how much."""
    first, *_, last = name.split(":")
    said = _SHORT.get((first, last), _OTHER).format(have=have, missing=missing)
    return InsufficientFunds(said, available=str(have), missing=str(missing))


class CauseTaken(Conflict):
    """The same cause was booked before, with other postings. The same postings would have been accepted silently."""

    code = "cause_taken"
    title = "This has been booked before, differently."


OVERDRAWN_ROOTS = frozenset({"rail", "exchange", "platform"})
"""Accounts that may stand below zero. `rail:` is the world outside, seen through a payment rail; `exchange:` is the
open position of a currency; `platform:` is Setara's own pocket. Everybody else's money is spent once it is there."""


def may_overdraw(name: str) -> bool:
    """Whether an account of that name may stand below zero. The first word of the name decides."""
    return name.split(":", 1)[0] in OVERDRAWN_ROOTS


@dataclass(frozen=True, slots=True)
class Move:
    """One posting to be: the amount, more than zero, goes from the source account to the destination account."""

    source: str
    destination: str
    money: Money

    def __post_init__(self) -> None:
        if self.money.amount <= 0:
            raise BadEntry("A posting moves more than zero.", field="amount")
        if self.source == self.destination:
            raise BadEntry("A posting goes from one account to another.", field="destination")


@dataclass(frozen=True, slots=True)
class Entry:
    """A journal entry to be: all of its postings or none. `cause` says once and for ever why: "deposit:0199…"."""

    cause: str
    moves: Sequence[Move]
    data: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.cause or not self.moves:
            raise BadEntry("An entry has a cause and at least one posting.")


def exchange(source: str, destination: str, sold: Money, bought: Money) -> list[Move]:
    """The two postings of an exchange: each currency balances by itself against its own exchange account."""
    return [
        Move(source, f"exchange:{sold.currency}", sold),
        Move(f"exchange:{bought.currency}", destination, bought),
    ]


def net_effect(moves: Sequence[Move]) -> dict[tuple[str, str], int]:
    """What the postings add to each (account, currency). Per currency the values add up to zero, by construction."""
    effect: dict[tuple[str, str], int] = {}
    for move in moves:
        currency, amount = move.money.currency, move.money.amount
        effect[move.source, currency] = effect.get((move.source, currency), 0) - amount
        effect[move.destination, currency] = effect.get((move.destination, currency), 0) + amount
    return effect
