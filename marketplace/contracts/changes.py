"""What an amendment changes, as people read it, and whether it is better for the contractor. Pure.

A change of words may hide anything, so only what can be compared and is better counts as better.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Any

from marketplace.contracts.rules import BenefitFalls, check_rate_holds, rate_of
from marketplace.standards.engagement import INDICATORS
from marketplace.standards.rules import RULES

Terms = Mapping[str, Any]

HIGHER_IS_BETTER = frozenset({"pay.amount", "hours.min_guaranteed", "hours.notice_days", "termination.notice_days"})
LOWER_IS_BETTER = frozenset(
    {
        "pay.payment_term_days",
        "nda.months",
        "hazard.highest_class",
        *(f"practice.{name}" for name in INDICATORS),
    }
)
NOT_COMPARED = frozenset({"effective_from", "translations"})
"""When it begins is what this module says, and words in another language do not bind. Which one binds is a term."""

UNORDERED = frozenset({"benefits", "nda.carve_outs"})


class Effect(StrEnum):
    BETTER = "better"
    WORSE = "worse"
    OTHER = "other"
    """It is different, and no rule says for whom that is good."""


@dataclass(frozen=True, slots=True)
class Change:
    """One term that differs, by its dotted path. The values are as JSON has them; None where there is none."""

    field: str
    before: Any
    after: Any
    effect: Effect


class PieceKind(StrEnum):
    SAME = "same"
    OUT = "out"
    IN = "in"


@dataclass(frozen=True, slots=True)
class Piece:
    """Words of a section that stay, go or come."""

    kind: PieceKind
    text: str


@dataclass(frozen=True, slots=True)
class Section:
    """A section of the text that differs, word for word."""

    title: str
    pieces: Sequence[Piece]


def changes(before: Terms, after: Terms) -> list[Change]:
    """Every offered term that differs, in the order of its path. Both are without what the service adds."""
    old, new = dict(_flat(before)), dict(_flat(after))
    paths = sorted((old.keys() | new.keys()) - NOT_COMPARED)
    return [
        Change(path, old.get(path), new.get(path), _effect(path, old.get(path), new.get(path)))
        for path in paths
        if old.get(path) != new.get(path)
    ]


def check_promises_hold(agreed: Terms, offered: Terms) -> None:
    """Raises RateFalls or BenefitFalls when an amendment offers less pay or fewer benefits than were agreed (rules P5
    and AMENDMENT)."""
    check_rate_holds(rate_of(agreed), rate_of(offered))
    if missing := [code for code in agreed["benefits"] if code not in offered["benefits"]]:
        raise BenefitFalls(f"Agreed were also: {', '.join(missing)}.", field="benefits", missing=missing)


def holds_from(found: Sequence[Change], wanted: date, proposed_on: date) -> date:
    """The first day of an amendment: the one it names, and not before the notice where anything in it is not better.

    >>> holds_from([], date(2026, 1, 1), date(2026, 3, 1))
    datetime.date(2026, 1, 1)
    """
    if all(change.effect is Effect.BETTER for change in found):
        return wanted
    return max(wanted, proposed_on + timedelta(days=RULES["AMENDMENT"].parameters["notice_days"]))


def compare(before: str, after: str) -> list[Section]:
    """The sections of a text that differ from an earlier one in the same language, but for its head: which version it
    is, and of which text, is said beside it."""
    old, new = _sections(before), _sections(after)
    titles = [*new, *(title for title in old if title not in new)]
    return [
        Section(title, _pieces(old.get(title, ""), new.get(title, "")))
        for title in titles
        if old.get(title, "") != new.get(title, "")
    ]


def _effect(path: str, before: Any, after: Any) -> Effect:
    if path == "benefits":
        return Effect.BETTER if set(after or ()) > set(before or ()) else Effect.WORSE
    if before is None or after is None:
        return Effect.OTHER
    if path == "pay.amount":
        before, after = Decimal(before), Decimal(after)
    if path in HIGHER_IS_BETTER:
        return Effect.BETTER if after > before else Effect.WORSE
    if path in LOWER_IS_BETTER:
        return Effect.BETTER if after < before else Effect.WORSE
    return Effect.OTHER


def _flat(terms: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in terms.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            # The order of what is only named does not matter.
            yield f"{prefix}{name}", sorted(value) if f"{prefix}{name}" in UNORDERED else value


def _sections(text: str) -> dict[str, str]:
    """The words of each numbered section by its title."""
    found: dict[str, str] = {}
    title = ""
    for part in text.rstrip("\n").split("\n\n"):
        head, _, body = part.partition("\n")
        if match := re.fullmatch(r"[0-9]+\. (.+)", head):
            title = match[1]
            found[title] = body
        elif title:
            found[title] += f"\n\n{part}"
    return found


def _pieces(before: str, after: str) -> list[Piece]:
    old, new = re.findall(r"\S+|\n", before), re.findall(r"\S+|\n", after)
    pieces = []
    for what, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            pieces.append(Piece(PieceKind.SAME, _joined(old[a:b])))
            continue
        if a < b:
            pieces.append(Piece(PieceKind.OUT, _joined(old[a:b])))
        if c < d:
            pieces.append(Piece(PieceKind.IN, _joined(new[c:d])))
    return pieces


def _joined(words: Sequence[str]) -> str:
    return " ".join(words).replace(" \n ", "\n").replace("\n ", "\n").replace(" \n", "\n")
