"""What verdicts say, in the reader's language.

A verdict's sentence is written once, in English and with its numbers in it, since it is stored and sent as it was
judged. Here the sentences that hold numbers stand as patterns: what fits one of them is told in the reader's language
with the same numbers.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from flask_babel import gettext

from marketplace.standards.rules import RULES
from marketplace.web.words import basis_words, said

PATTERNS: Final = (
    "No minimum or living wage is known for %(place)s; the house floor holds.",
    "An hour in %(place)s earns at least its floor.",
    (
        "What is known of %(place)s cannot be compared, for want of a sourced rate from %(base)s to %(currency)s; the "
        "house floor holds."
    ),
    "The house floor cannot be compared: no sourced rate from USD to %(currency)s.",
    "Ask the operators to enter a rate for %(currency)s with its source.",
    "An hour in class %(level)s earns at least the floor of %(place)s and its premium.",
    "At %(seconds)s seconds an item, a piece in %(place)s earns at least its floor.",
    "Pay at least %(price)s for a piece, or pay by the hour.",
    "Raise the rate to %(rate)s, or lower what others keep.",
    "Raise the rate to %(rate)s an hour, or pay the minutes that are unpaid.",
    "Raise the rate to %(rate)s an hour.",
    "Raise the lowest rate to %(rate)s.",
    "No sourced rate leads from %(base)s to the currency of %(places)s: pay arrives in %(arrives)s.",
    "Fund the gig with %(missing)s more, or plan less work.",
    "Without a finished pilot the gig may have %(hours)s hours booked: %(lacks)s.",
    "Work by the piece waits for its pilot: %(lacks)s.",
    "Leave out %(criteria)s.",
    "Declare what is in the work, by its known categories, in class %(level)s or above.",
    "it had %(workers)s workers and %(items)s items",
    "nobody took part from %(places)s",
    "lowest %(lowest)s beside highest %(highest)s",
    "%(workers)s workers, %(items)s items or %(hours)s approved hours, paid, finished",
    "%(amount)s unnamed",
)
"""Sentences, remedies and limits with numbers in them, the longer before the shorter that they begin with."""
WHOLE: Final = (
    "no pilot is finished",
    "the pilot was not paid",
    "hourly, piece or hybrid",
    "The offer names no place, so no floor can be found.",
    "Name one place.",
    "A paid pilot of the size asked for is finished.",
    "Run and record a paid pilot; its own shifts count.",
    "Pay by the hour, or by the piece at a price that a pilot has shown to reach the floor.",
    "Have another member of the company read and verify the instructions.",
    "Complete the company's application; an operator verifies it.",
    "This work cannot be done here. Report such material to the authority that the law names.",
    "Lower what others keep.",
    "Every part of what the company pays has a named receiver, on top of the rate.",
    "Name who keeps it and how much an hour, or pay it to the contractor.",
    "Say so in the offer, or ask the operators to enter a rate.",
    "Choose a national currency.",
    "Say in the offer that only the house floor protects this place.",
    "No pilot has measured what an item takes, so no price of a piece can be judged.",
    "Run a paid pilot by the hour, and take the time that three of four items took at most.",
)
"""What verdicts say without a number in it."""
_NESTED: Final = frozenset({"lacks"})
"""Parts of a sentence that are words of their own."""
_PLACE: Final = re.compile(r"%\\\((\w+)\\\)s")


def verdict_said(sentence: object) -> str:
    """What a verdict says, in the reader's language where it is known there."""
    words = str(sentence)
    if (whole := said(words)) != words:
        return whole
    for pattern, template in _compiled():
        if (found := pattern.fullmatch(words)) is not None:
            return str(gettext(template)) % _facts(found.groupdict())
    return words


def basis_of(rule_id: str) -> str:
    """Whose rule it is; nothing for a rule that is no longer published."""
    rule = RULES.get(rule_id)
    return str(basis_words()[rule.basis]) if rule is not None else ""


def _facts(found: Mapping[str, str]) -> dict[str, str]:
    return {name: verdict_said(value) if name in _NESTED else value for name, value in found.items()}


@lru_cache(maxsize=1)
def _compiled() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(_PLACE.sub(r"(?P<\1>.+)", re.escape(each))), each) for each in PATTERNS)
