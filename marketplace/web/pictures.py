"""Pictures as numbers: where each part of a bar begins and how wide it is. Templates draw them without style or script.

Places are percentages of the bar's whole width, so that the words beside a bar stay readable on a phone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from flask_babel import gettext

from marketplace.core.money import Money

KINDS = "abcdef"
"""The fills of the style sheet, in their order; a picture with more parts begins again."""


@dataclass(frozen=True, slots=True)
class Segment:
    """One part of a bar. `label` says what it is, `words` how much, `kind` names its fill in the style sheet."""

    label: str
    words: str
    start: str
    width: str
    kind: str


@dataclass(frozen=True, slots=True)
class Part:
    """What a bar is made of: `size` is in any unit that all parts share."""

    label: str
    words: str
    size: int
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of time to be drawn: work, a break, waiting."""

    label: str
    words: str
    start: datetime
    end: datetime
    kind: str


def stacked(parts: Sequence[Part], whole: int | None = None) -> list[Segment]:
    """Parts one after another. `whole` is the length of the bar where that is more than their sum.

    Parts of no size are left out.
    """
    length = whole or sum(part.size for part in parts) or 1
    segments, before = [], 0
    for number, part in enumerate(part for part in parts if part.size > 0):
        kind = part.kind or KINDS[number % len(KINDS)]
        segments.append(Segment(part.label, part.words, _percent(before, length), _percent(part.size, length), kind))
        before += part.size
    return segments


def day_line(start: datetime, end: datetime, stretches: Sequence[Stretch]) -> list[Segment]:
    """Stretches of time where they lie between `start` and `end`; what lies outside is cut off."""
    length = int((end - start).total_seconds())
    segments = []
    for stretch in stretches:
        begins = max(0, int((stretch.start - start).total_seconds()))
        ends = min(length, int((stretch.end - start).total_seconds()))
        if begins < ends:
            place, width = _percent(begins, length), _percent(ends - begins, length)
            segments.append(Segment(stretch.label, stretch.words, place, width, stretch.kind))
    return segments


def newspaper_bars() -> dict[str, list[Segment]]:
    """Of an hour that the company paid 12.50 USD for, what reached the person who worked it: as TIME told it on
    18 January 2023 (1.32 USD), and the least that the rule SHARE lets through here (70 percent)."""
    paid = Money.of("12.50", "USD")
    return {
        "told": _share_of(paid, Money.of("1.32", "USD")),
        "here": _share_of(paid, paid * Fraction(70, 100)),
    }


def _share_of(paid: Money, reached: Money) -> list[Segment]:
    return stacked(
        [
            Part(gettext("reaches the person who works"), str(reached), reached.amount, "a"),
            Part(gettext("stays with those in between"), str(paid - reached), (paid - reached).amount, "ground"),
        ]
    )


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.2f}%"
