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
    among its kinds may leave some of them smaller, by more than a unit where a law grants a sum in all; other kinds of
    the same payee then give that. Only where pieces are divided by more time may a payee, and all of the price, be
    worth less than before: other payees give that, so that both payments together cost what the price is, or what was
    paid before where that is more. Kinds that used to be paid as another count as paid where they are named apart
    today. A top-up that was paid in the place of pieces which are restored counts as theirs (PIECES). Where the price
    itself has fallen, since less is known to be the floor of that day by now, what was paid stays paid: nothing is
    taken out of other pay for it (TOP_UP).
    """
    before = _as_named_today(whole, before)
    rest = [_less(line, before.get(line.kind)) for line in whole]
    topped = before.get(LineKind.TOP_UP)
    if topped is not None and all(line.kind is not LineKind.PIECE for line in whole):
        rest = [_not_taken_back(line) if line.kind is LineKind.TOP_UP else line for line in rest]
    elif topped is not None and all(line.kind is not LineKind.TOP_UP for line in whole):
        rule = RULES["TOP_UP"]
        rest.append(PriceLine(LineKind.TOP_UP, Payee.CONTRACTOR, topped.money * -1, rule.id, rule.version))
    _give_back(rest)
    return tuple(line for line in map(_not_taken_back, rest) if line.money or line.seconds or line.count)


_GIVERS = (Payee.PLATFORM, Payee.BENEFITS, Payee.THIRD_PARTY)
"""Who gives what another payee has been paid beyond the price: the service first; then the benefits of the person who
had it as pay; last a third party, who had none of it. Pay never gives: it is what all of it follows from."""


def _give_back(rest: list[PriceLine]) -> None:
    """Fills up the lines below zero from others, of the same payee as long as it has any money, then of others."""
    for payees in ((), _GIVERS):
        for at, line in enumerate(rest):
            for payee in payees or (line.payee,):
                _give(rest, at, payee)


def _give(rest: list[PriceLine], at: int, payee: Payee) -> None:
    """Fills up one line from those of the payee, the largest first."""
    of_payee = [number for number, line in enumerate(rest) if line.payee is payee]
    for giver in sorted(of_payee, key=lambda number: -rest[number].money.amount):
        amount = min(rest[giver].money.amount, -rest[at].money.amount)
        if amount <= 0:
            return
        given = Money(amount, rest[at].money.currency)
        rest[giver] = replace(rest[giver], money=rest[giver].money - given)
        rest[at] = replace(rest[at], money=rest[at].money + given)


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
