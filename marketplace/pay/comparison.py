"""What a run would pay beside what the last one of its kind paid: the sums, who is new, who is missing, and whose pay
changes most. Pure. Payroll calls it a variance report: a wrong rate or a lost timesheet is seen before money moves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from marketplace.core.money import Money

MOST_CHANGES: Final = 5
Nets = Mapping[UUID, int]
"""The net pay of each person, in one currency."""


@dataclass(frozen=True, slots=True)
class Totals:
    """What a run pays in one currency, or how much more or, below zero, less it is than in another."""

    people: int
    timesheets: int
    net: Money
    benefits: Money
    leave: Money
    cost: Money

    def __sub__(self, other: "Totals") -> "Totals":
        return Totals(
            self.people - other.people,
            self.timesheets - other.timesheets,
            self.net - other.net,
            self.benefits - other.benefits,
            self.leave - other.leave,
            self.cost - other.cost,
        )


@dataclass(frozen=True, slots=True)
class Change:
    """What somebody was paid and would be paid; None where they were, or would be, paid nothing at all."""

    contractor_id: UUID
    name: str
    then: Money | None
    now: Money | None
    difference: Money


@dataclass(frozen=True, slots=True)
class Comparison:
    """Then and now in one currency. `new_people` were not paid then, `missing_people` are not paid now."""

    currency: str
    then: Totals
    now: Totals
    new_people: int
    missing_people: int
    largest_changes: Sequence[Change]

    @property
    def difference(self) -> Totals:
        return self.now - self.then


def nothing(currency: str) -> Totals:
    """What a run pays in a currency in which it pays nobody."""
    zero = Money.zero(currency)
    return Totals(0, 0, zero, zero, zero, zero)


def most_changed(then: Nets, now: Nets, most: int = MOST_CHANGES) -> list[UUID]:
    """Whose net pay changes most, the largest change first; nobody whose pay stays as it was."""
    changes = {each: abs(now.get(each, 0) - then.get(each, 0)) for each in {**then, **now}}
    changed = [each for each, change in changes.items() if change]
    return sorted(changed, key=lambda each: (-changes[each], each))[:most]


def compared(then: Totals, now: Totals, nets: tuple[Nets, Nets], names: Mapping[UUID, str]) -> Comparison:
    """Both beside each other. `nets` are everybody's then and now; `names` has whoever `most_changed()` finds."""
    before, after = nets
    code = now.net.currency

    def money(amount: int | None) -> Money | None:
        return None if amount is None else Money(amount, code)

    return Comparison(
        currency=code,
        then=then,
        now=now,
        new_people=len(after.keys() - before.keys()),
        missing_people=len(before.keys() - after.keys()),
        largest_changes=[
            Change(
                each,
                names[each],
                money(before.get(each)),
                money(after.get(each)),
                Money(after.get(each, 0) - before.get(each, 0), code),
            )
            for each in most_changed(before, after)
        ],
    )
