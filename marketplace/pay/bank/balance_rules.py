"""The law of what a bank says that it holds: of each statement how it begins and how it ends. Pure."""

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

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
    groups = groupby(sorted(set(told), key=_order), key=_whose)
    return [gap for _, group in groups for gap in _gaps(list(group))]


def newest(told: Sequence[Balance]) -> list[Balance]:
    """The last statement of each account in each currency."""
    return list({_whose(each): each for each in sorted(told, key=_order)}.values())


def _gaps(told: Sequence[Balance]) -> Iterator[Gap]:
    """Those of one account in one currency, by its end: an account has thousands of statements."""
    begins = Counter((each.opened_on, each.opening) for each in told)
    ends: defaultdict[Money, list[date]] = defaultdict(list)
    for each in told:
        ends[each.closing].append(each.closed_on)
    # Those that end before and begin no later, the nearest last: of the same days the first.
    earlier: list[Balance] = []
    for one in told:
        while earlier and earlier[-1].opened_on > one.opened_on:
            earlier.pop()
        if not earlier or _days(earlier[-1]) != _days(one):
            earlier.append(one)
        if len(earlier) == 1 or begins[one.opened_on, one.opening] > 1:
            continue
        last, days = earlier[-2], ends[one.opening]
        follows = bisect_right(days, one.closed_on) - bisect_left(days, last.closed_on)
        # It does not follow itself.
        if follows == (one.closing == one.opening):
            yield Gap(last, one)


def _whose(balance: Balance) -> tuple[str, str]:
    return balance.account, balance.closing.currency


def _days(balance: Balance) -> tuple[date, date]:
    return balance.opened_on, balance.closed_on


def _order(balance: Balance) -> tuple[str, str, date, date, int]:
    return (*_whose(balance), balance.closed_on, balance.opened_on, balance.closing.amount)
