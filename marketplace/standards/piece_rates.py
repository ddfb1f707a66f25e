"""What pieces earn, in place of the hour or beside it (rule PIECES). Pure.

In prose. By the piece, the time at work earns what its pieces come to, topped up to the hourly rate; breaks, waiting
and all other paid time keep the hourly rate beside it, so that no piece pays for them. By the hour and the piece,
pieces come on top of the wages. Four hours at 15.00 USD with 130 pieces at 0.40 are 52.00 and a top-up of 8.00 by the
piece, and 60.00 and 52.00 by both. Overtime is reckoned on the regular rate: the hourly pay and what pieces add to it,
by the minutes.
"""

from dataclasses import dataclass
from fractions import Fraction

from marketplace.core.money import Money


@dataclass(frozen=True, slots=True)
class Pieces:
    """So many pieces at a price, in place of the wages of the time at work or beside them."""

    price: Money
    count: int = 0
    instead_of_wages: bool = False

    @property
    def money(self) -> Money:
        return self.price * self.count

    def missing_to(self, rate: Money, work_minutes: int) -> Fraction:
        """What the time at work earns less by its pieces than at that rate, in minor units, exactly."""
        if not self.instead_of_wages:
            return Fraction(0)
        return max(Fraction(0), Fraction(rate.amount * work_minutes, 60) - self.money.amount)

    def beyond(self, rate: Money, work_minutes: int) -> Money:
        """What the pieces add to the hourly pay of that time: all that they earn, or what is more than it."""
        if not self.instead_of_wages:
            return self.money
        zero = Money.zero(self.price.currency)
        return max(zero, self.money - rate * Fraction(work_minutes, 60), key=lambda money: money.amount)


def most_pieces(an_hour: int, minutes: int) -> int:
    """How many pieces of so many minutes are counted at most: whole ones, in the person's favour.

    >>> most_pieces(45, 250)
    188
    """
    return -(-an_hour * minutes // 60)
