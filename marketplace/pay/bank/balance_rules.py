"""The law of what a bank says that it holds: of each statement how it begins and how it ends. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from marketplace.core.money import Money


@dataclass(frozen=True, slots=True)
class Balance:
    """How a statement of an account begins and ends, as the bank says; below nothing where the bank has lent."""

    account: str
    opened_on: date
    opening: Money
    closed_on: date
    closing: Money


@dataclass(frozen=True, slots=True)
class Gap:
    """One statement ends, and the next one that is known begins otherwise: one between them is missing."""

    before: Balance
    after: Balance


def gaps(told: Sequence[Balance]) -> list[Gap]:
    """Where a statement is missing, by account and day. One of 17 November that begins with 100.00 follows one of the
    16th that ends so; one of the 19th that begins with 130.00, where that of the 17th ends with 120.00, does not. One
    of a month beside those of its days begins as the first of them."""
    found = []
    for one in sorted(set(told), key=_order):
        others = [each for each in told if (each.account, each.closing.currency) == _whose(one) and each != one]
        earlier = [each for each in others if _days(each) < _days(one) and each.closed_on <= one.closed_on]
        if not earlier:
            continue
        last = max(earlier, key=lambda each: (each.closed_on, each.opened_on))
        follows = any(
            each.closing == one.opening and last.closed_on <= each.closed_on <= one.closed_on for each in others
        )
        begins_alike = any((each.opened_on, each.opening) == (one.opened_on, one.opening) for each in others)
        if not follows and not begins_alike:
            found.append(Gap(last, one))
    return found


def newest(told: Sequence[Balance]) -> list[Balance]:
    """The last statement of each account in each currency."""
    return list({_whose(each): each for each in sorted(told, key=_order)}.values())


def _whose(balance: Balance) -> tuple[str, str]:
    return balance.account, balance.closing.currency


def _days(balance: Balance) -> tuple[date, date]:
    return balance.opened_on, balance.closed_on


def _order(balance: Balance) -> tuple[str, str, date, date, int]:
    return (*_whose(balance), balance.closed_on, balance.opened_on, balance.closing.amount)
