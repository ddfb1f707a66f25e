"""Words of which some letters are in no font: those are written in Latin letters, so that a name is never cut short.

What is known of a script is its transliteration, letter by letter (anyascii), which is no spelling that anybody has
chosen: it stands in parentheses, where the letters would stand. Pure.
"""

import re
from collections.abc import Container
from unicodedata import category, name

from anyascii import anyascii

_BETWEEN = r"[\s\u200b-\u200f\u2066-\u2069.,'’·-]*"
"""What does not part one name from the next, and is read with it."""
_SEEN = frozenset("LMNPS")
_NOT_ASSIGNED = frozenset({"Cn", "Co"})
"""Letters that are newer than our tables, or that somebody has made up for themselves."""
_CHOOSES_A_SHAPE = re.compile(r"[\u034f\u180b-\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]")


def legible(words: str, known: Container[int]) -> str:
    """The words with each run of letters outside `known` in Latin ones, or by their numbers where nobody knows those.

    >>> legible("Ana ߞߊ߲ߕߍ", range(0x100))
    'Ana (kante)'
    """
    lost = "".join({letter for letter in words if ord(letter) not in known and _is_seen(letter)})
    if not lost:
        return words
    one = f"[{re.escape(lost)}]"
    return re.sub(rf"{one}+(?:{_BETWEEN}{one}+)*", lambda run: _said(run[0]), words)


def _is_seen(letter: str) -> bool:
    kind = category(letter)
    return (kind[0] in _SEEN or kind in _NOT_ASSIGNED) and not _CHOOSES_A_SHAPE.match(letter)


def _said(run: str) -> str:
    latin = "".join(map(_latin, run)).strip() or "".join(_number(each) for each in run if category(each)[0] in "LNS")
    # A mark over a letter that stands there is no letter of the name.
    return f"({latin.strip()})" if latin else ""


def _latin(letter: str) -> str:
    """What it is in Latin letters; nothing, where a letter is silent and only carries a vowel."""
    is_a_word = name(letter, "CJK").startswith(("CJK", "CUNEIFORM"))
    return anyascii(letter) or (_number(letter) if is_a_word else "")


def _number(letter: str) -> str:
    return f"U+{ord(letter):04X} "
