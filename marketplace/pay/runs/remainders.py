"""What is still to be paid of a booking that was paid for in part, kind by kind. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from uuid import UUID

from marketplace.core.money import Money
from marketplace.standards.line_kinds import LineKind, Payee
from marketplace.standards.rates import PriceLine
from marketplace.standards.rules import RULES


@dataclass(frozen=True, slots=True)
class Paid:
    """What earlier lines of one kind have paid for a booking."""

    money: Money
    seconds: int
    pieces: int = 0


PaidKinds = Mapping[UUID, Mapping[LineKind, Paid]]
"""What was paid for bookings so far, kind by kind."""


def still_to_pay(whole: Sequence[PriceLine], before: Mapping[LineKind, Paid]) -> tuple[PriceLine, ...]:
    """The lines of a price, less what was paid of it before: together they are the price again, to the minor unit.

    More time costs no payee less (from 3 minor units a minute on, which every floor is above), but dividing it anew
    among its kinds may leave one of them a unit smaller; another kind of the same payee then gives that unit. Kinds
    that used to be paid as another count as paid where they are named apart today. A top-up that was paid in the place
    of pieces which are restored counts as theirs (PIECES). Where the price itself has fallen, since less is known to be
    the floor of that day by now, what was paid stays paid: nothing is taken out of other pay for it (TOP_UP).
    """
    before = _as_named_today(whole, before)
    rest = [_less(line, before.get(line.kind)) for line in whole]
    topped = before.get(LineKind.TOP_UP)
    if topped is not None and all(line.kind is not LineKind.PIECE for line in whole):
        rest = [_not_taken_back(line) if line.kind is LineKind.TOP_UP else line for line in rest]
    elif topped is not None and all(line.kind is not LineKind.TOP_UP for line in whole):
        rule = RULES["TOP_UP"]
        rest.append(PriceLine(LineKind.TOP_UP, Payee.CONTRACTOR, topped.money * -1, rule.id, rule.version))
    for at, line in enumerate(rest):
        if line.money.amount >= 0:
            continue
        giver = max((k for k, ln in enumerate(rest) if ln.payee is line.payee), key=lambda k: rest[k].money.amount)
        rest[giver] = replace(rest[giver], money=rest[giver].money + line.money)
        rest[at] = replace(line, money=Money.zero(line.money.currency))
    return tuple(line for line in map(_not_taken_back, rest) if line.money or line.seconds or line.count)


def _not_taken_back(line: PriceLine) -> PriceLine:
    """The line, or one of nothing where its money would be below zero."""
    return line if line.money.amount >= 0 else replace(line, money=Money.zero(line.money.currency), seconds=0)


_ONCE_NAMED = (
    (LineKind.CALL_IN, (LineKind.CANCELLATION, LineKind.OUTAGE)),
    (LineKind.WAGES, (LineKind.WAITING, LineKind.OUTAGE)),
    (LineKind.TRAINING, (LineKind.WAITING, LineKind.OUTAGE)),
)
"""The kinds that lines written before 30 November 2026 say of time whose reason has a kind of its own today."""


def _as_named_today(whole: Sequence[PriceLine], before: Mapping[LineKind, Paid]) -> Mapping[LineKind, Paid]:
    """What was paid, with the time and money beyond what the price has of a kind moved to those that it has today: a
    line is never written anew, and what was paid under its old name is not paid again under the new one."""
    priced, found = {line.kind: line for line in whole}, dict(before)
    for old, names in _ONCE_NAMED:
        for name in names:
            if old not in found or name not in priced:
                continue
            had, now = found[old], found.get(name, Paid(Money.zero(found[old].money.currency), 0))
            left = priced[name].seconds - now.seconds
            beyond = had.seconds - (priced[old].seconds if old in priced else 0)
            moved = max(0, min(left, beyond))
            if moved:
                money = had.money * Fraction(moved, had.seconds)
                found[old] = Paid(had.money - money, had.seconds - moved)
                found[name] = Paid(now.money + money, now.seconds + moved)
    return found


def _less(line: PriceLine, before: Paid | None) -> PriceLine:
    if before is None:
        return line
    count = None if line.count is None else line.count - before.pieces
    return replace(line, money=line.money - before.money, seconds=line.seconds - before.seconds, count=count)
