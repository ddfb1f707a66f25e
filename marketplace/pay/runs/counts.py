"""How many things a run pays for, of each kind and currency. What it would pay and what it paid counts alike."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any
from uuid import UUID

from marketplace.pay.runs.lines import DraftLine
from marketplace.pay.runs.reasons import Granted, Kept, Missing, PaidOut, Reason, TimeAtTest


class PaidFor(StrEnum):
    """What a run pays for."""

    TIMESHEET = "timesheet"
    RULING = "ruling"
    """Minutes that were cut, and restored after the rest of their timesheet was paid."""
    BACK_PAY = "back_pay"
    """What a raised hazard class adds to work that was paid before."""
    TEST = "test"
    GUARANTEE = "guarantee"
    """A week whose guaranteed hours were not offered."""
    BONUS = "bonus"
    """What a company gives beside the pay of work."""
    BENEFIT = "benefit"
    """Money of a benefit that its owner is paid."""
    RAIL_FEE = "rail_fee"
    """What a rail kept of an earlier payout."""
    TAX_RETURN = "tax_return"
    """Tax that is given back to somebody who is paid nothing else."""


IDS: Mapping[str, PaidFor] = MappingProxyType(
    {
        "attempt_id": PaidFor.TEST,
        "cash_out_id": PaidFor.BENEFIT,
        "guarantee_id": PaidFor.GUARANTEE,
        "rail_fee_id": PaidFor.RAIL_FEE,
        "bonus_id": PaidFor.BONUS,
        "cut_id": PaidFor.RULING,
        "back_pay_id": PaidFor.BACK_PAY,
        "timesheet_id": PaidFor.TIMESHEET,
    }
)
"""What a line pays for, by the first of these columns that it has."""
Counts = Mapping[str, Mapping[str, int]]
"""How many, by currency and kind. What is paid in two currencies counts in both."""


@dataclass(frozen=True, slots=True)
class Count:
    """So many things of one kind."""

    kind: PaidFor
    count: int


def counted(lines: Iterable[DraftLine]) -> dict[str, dict[str, int]]:
    """What these lines pay for. A timesheet of many shifts is one."""
    things: set[tuple[str, PaidFor, UUID]] = set()
    about: tuple[Reason, str] | None = None
    for line in lines:
        work, code = line.work, line.price.money.currency
        # Lines of the same work stand together, and a big run has a million of them.
        if about is None or work is not about[0] or code != about[1]:
            about = (work, code)
            things.add((code, *_thing(work)))
    found: dict[str, dict[str, int]] = {}
    for code, kind, _ in things:
        own = found.setdefault(code, {})
        own[kind] = own.get(kind, 0) + 1
    return found


def returned(currencies: Iterable[str]) -> dict[str, dict[str, int]]:
    """Tax that is given back to people who are paid nothing else, each in one of these currencies."""
    return {code: {PaidFor.TAX_RETURN: count} for code, count in Counter(currencies).items()}


def of_ids(rows: Iterable[Mapping[str, Any]], currency: str) -> dict[str, dict[str, int]]:
    """What lines that are written already pay for, each with its `IDS`; without one it is tax that is given back."""
    things = {next((kind, row[name]) for name, kind in IDS.items() if row[name] is not None) for row in rows}
    return {currency: dict(Counter(str(kind) for kind, _ in things))} if things else returned([currency])


def added(some: Counts, more: Counts) -> dict[str, dict[str, int]]:
    """Both together."""
    return {
        code: {
            kind: some.get(code, {}).get(kind, 0) + more.get(code, {}).get(kind, 0)
            for kind in {**some.get(code, {}), **more.get(code, {})}
        }
        for code in {**some, **more}
    }


def less(some: Counts, gone: Counts) -> dict[str, dict[str, int]]:
    """Without those that are gone."""
    return added(some, {code: {kind: -count for kind, count in own.items()} for code, own in gone.items()})


def beside_timesheets(counts: Counts, currency: str | None = None) -> list[Count]:
    """What is paid for beside timesheets, in one currency or in all of them; what there is none of is left out."""
    own = [counts.get(currency, {})] if currency is not None else list(counts.values())
    sums = [Count(kind, sum(each.get(kind, 0) for each in own)) for kind in PaidFor if kind is not PaidFor.TIMESHEET]
    return [each for each in sums if each.count]


def _thing(work: Reason) -> tuple[PaidFor, UUID]:
    if isinstance(work, TimeAtTest):
        return PaidFor.TEST, work.attempt_id
    if isinstance(work, PaidOut):
        return PaidFor.BENEFIT, work.cash_out_id
    if isinstance(work, Missing):
        return PaidFor.GUARANTEE, work.guarantee_id
    if isinstance(work, Kept):
        return PaidFor.RAIL_FEE, work.rail_fee_id
    if isinstance(work, Granted):
        return PaidFor.BONUS, work.bonus_id
    # A ruling and a back pay name the timesheet of their work too.
    if work.cut_id is not None:
        return PaidFor.RULING, work.cut_id
    if work.back_pay_id is not None:
        return PaidFor.BACK_PAY, work.back_pay_id
    assert work.timesheet_id is not None, "a run pays work that is on a timesheet"
    return PaidFor.TIMESHEET, work.timesheet_id
