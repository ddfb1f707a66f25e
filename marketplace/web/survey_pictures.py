"""Pictures of what people say: a bar for each question, from "not at all" to "wholly"."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import format_decimal, gettext

from marketplace.surveys.rules import SCALE, Figure
from marketplace.web.pictures import Part, Segment, stacked
from marketplace.web.words import name_of

_FILLS = dict(zip(SCALE, ("fail", "note", "ground", "c", "pass"), strict=True))


@dataclass(frozen=True, slots=True)
class SaidBar:
    """What people said to one question, as a bar and in words."""

    title: str
    words: str
    segments: Sequence[Segment]


def said_bars(figures: Sequence[Figure]) -> list[SaidBar]:
    """One for each question that is told."""
    return [_bar(figure) for figure in figures]


def _bar(figure: Figure) -> SaidBar:
    parts = [
        Part(name_of("scale", point), str(count), count, _FILLS[point])
        for point, count in zip(SCALE, figure.counts, strict=True)
    ]
    mean = format_decimal(figure.mean, format="0.00")
    words = gettext("%(mean)s of 5, %(answers)s answers", mean=mean, answers=figure.answers)
    return SaidBar(name_of("ask", figure.ask), words, stacked(parts))
