"""What is owed for a shift that its company ends or empties. Pure."""

from marketplace.standards.catalogue import RULES


def call_in_minimum(scheduled_minutes: int) -> int:
    """The minutes owed for a shift that the company ends or empties: the shorter of the schedule and half of it, the
    half no less than 2 and no more than 4 hours. An odd half is rounded up. (CALL_IN; California reporting time pay.)
    """
    numbers = RULES["CALL_IN"].parameters
    half = (scheduled_minutes + 1) // 2
    return min(scheduled_minutes, max(numbers["least_minutes"], min(half, numbers["most_minutes"])))


def call_in_missing(scheduled_minutes: int, paid_minutes: int) -> int:
    """What is owed beyond the paid minutes when the company ends or empties a shift of that length."""
    return max(0, call_in_minimum(scheduled_minutes) - paid_minutes)
