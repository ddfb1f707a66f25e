"""What verdicts say, in the reader's language: each sentence, remedy and limit, with the numbers it was judged with."""

from typing import Final

from marketplace.standards.rules import RULES
from marketplace.web.patterns import Patterns
from marketplace.web.words import amounts, basis_words, said

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
    (
        "The service's payment rail pays nobody in %(places)s yet: what people there earn is theirs whole, and "
        "waits until they can be paid."
    ),
    "The service's payment rail pays nobody in %(places)s, so nobody could be paid for this work.",
    "Leave out %(places)s, or tell people there first.",
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
    "fewer than %(least)s of: %(facts)s",
    "margins of %(percent)s together",
    "a day of work from start to end of at most %(hours)s hours",
    "at most %(hours)s hours from the first start to the last end without such a rest",
    "%(most)s minutes, of which %(left)s are left for this work",
    "%(day)s minutes a day, %(week)s a week",
    "%(minutes)s minutes of break",
)
"""Sentences, remedies and limits with numbers in them, the longer before the shorter that they begin with."""
WHOLE: Final = (
    "no pilot is finished",
    "the pilot was not paid",
    "hourly, piece or hybrid",
    "skill, language, qualification, place, equipment",
    "The offer names no place, so no floor can be found.",
    "Name one place.",
    "Name a place where people are paid.",
    "The service's payment rail pays people in every place of the offer.",
    "A paid pilot of the size asked for is finished.",
    "Run and record a paid pilot; its own shifts count.",
    "Pay by the hour, or by the piece at a price that a pilot has shown to reach the floor.",
    "What a piece pays is named, and every hour at work earns at least the hourly rate.",
    "Name what a piece pays, and how many an hour are counted at most.",
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


def _value(name: str, text: str) -> str:
    return verdict_said(text) if name in _NESTED else amounts(text)


_PATTERNS: Final = Patterns(PATTERNS, _value)


def verdict_said(sentence: object) -> str:
    """What a verdict says, in the reader's language where it is known there."""
    words = str(sentence)
    if (whole := said(words)) != words:
        return whole
    return _PATTERNS.told(words) or amounts(words)


def basis_of(rule_id: str) -> str:
    """Whose rule it is; nothing for a rule that is no longer published."""
    rule = RULES.get(rule_id)
    return str(basis_words()[rule.basis]) if rule is not None else ""
