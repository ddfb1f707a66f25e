"""What a pay run pays, as bars and in words, and beside it what the last one paid."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol

from flask_babel import gettext, ngettext

from marketplace.core.money import Money
from marketplace.pay.comparison import Comparison
from marketplace.pay.runs.counts import Count, PaidFor
from marketplace.web.pictures import Part, Segment, stacked
from marketplace.web.words import money_words

_WORDS: Mapping[PaidFor, Callable[[int], str]] = MappingProxyType(
    {
        PaidFor.TIMESHEET: lambda count: ngettext("%(num)d timesheet", "%(num)d timesheets", count),
        PaidFor.RULING: lambda count: ngettext("%(num)d ruling", "%(num)d rulings", count),
        PaidFor.BACK_PAY: lambda count: ngettext("%(num)d back pay", "%(num)d back pays", count),
        PaidFor.TEST: lambda count: ngettext("%(num)d test", "%(num)d tests", count),
        PaidFor.GUARANTEE: lambda count: ngettext(
            "%(num)d week of guaranteed hours", "%(num)d weeks of guaranteed hours", count
        ),
        PaidFor.BONUS: lambda count: ngettext("%(num)d bonus", "%(num)d bonuses", count),
        PaidFor.BENEFIT: lambda count: ngettext("%(num)d benefit paid out", "%(num)d benefits paid out", count),
        PaidFor.RAIL_FEE: lambda count: ngettext("%(num)d kept fee made good", "%(num)d kept fees made good", count),
        PaidFor.TAX_RETURN: lambda count: ngettext("%(num)d tax given back", "%(num)d taxes given back", count),
    }
)


class _Pay(Protocol):
    @property
    def net(self) -> Money: ...
    @property
    def benefits(self) -> Money: ...
    @property
    def leave(self) -> Money: ...
    @property
    def cost(self) -> Money: ...


@dataclass(frozen=True, slots=True)
class Row:
    """One number then and now, and signed how much it has changed; no words where it has not."""

    name: str
    then: str
    now: str
    change: str


@dataclass(frozen=True, slots=True)
class ThenAndNow:
    """A comparison as a page shows it: two bars of one scale, and the numbers."""

    comparison: Comparison
    bars: tuple[Sequence[Segment], Sequence[Segment]]
    rows: Sequence[Row]


def pay_bar(each: _Pay, whole: int | None = None) -> list[Segment]:
    """Who gets what is paid. `whole` is the length of the longest of several."""
    rest = each.cost + each.leave - each.net - each.benefits
    return stacked(
        [
            Part(gettext("net pay"), money_words(each.net), each.net.amount, "a"),
            Part(gettext("kept as benefits"), money_words(each.benefits), each.benefits.amount, "b"),
            Part(gettext("fees and margins"), money_words(rest), rest.amount, "c"),
        ],
        whole,
    )


def then_and_now(each: Comparison) -> ThenAndNow:
    then, now, change = each.then, each.now, each.difference
    whole = max((then.cost + then.leave).amount, (now.cost + now.leave).amount)
    rows = [
        Row(gettext("people"), str(then.people), str(now.people), _signed(change.people)),
        Row(gettext("timesheets"), str(then.timesheets), str(now.timesheets), _signed(change.timesheets)),
        Row(gettext("net pay"), money_words(then.net), money_words(now.net), signed_money(change.net)),
        Row(gettext("cost to companies"), money_words(then.cost), money_words(now.cost), signed_money(change.cost)),
    ]
    return ThenAndNow(each, (pay_bar(then, whole), pay_bar(now, whole)), rows)


def counts_words(counts: Sequence[Count]) -> str:
    """What a run pays for, kind after kind."""
    return ", ".join(_WORDS[each.kind](each.count) for each in counts)


def signed_money(change: Money) -> str:
    """With a plus where it is more; nothing where it is nothing."""
    return "" if not change.amount else f"{'+' if change.amount > 0 else ''}{money_words(change)}"


def _signed(change: int) -> str:
    return f"{change:+d}" if change else ""
