"""How an item of a test is asked, and what an answer to it is worth. Pure: the same answer is always worth the same.

`ask` is what the person sees, `key` what only the owner of the test does. Whatever is chosen from has an id, and keys
and answers name ids, so the order in which something is shown never changes what it is worth. Worths are exact parts
of one, and an answer that holds one more right thing is never worth less.
"""

import hashlib
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from itertools import combinations
from types import MappingProxyType
from typing import Any, Final

import re2

from marketplace.core.problems import Invalid

LONGEST_PROMPT = 4000
LONGEST_ANSWER = 1000
LONGEST_PATTERN = 200
MOST_OPTIONS = 20
MOST_POINTS = 10
SHARE_UNITS: Final = 10_000
"""A worth is kept in ten-thousandths, rounded up: rounding never fails anybody."""


class ItemKind(StrEnum):
    """The first two are multiple choice; the next three compare what is written with a stated rule; the last two are
    gold tasks, work of the very kind that the gig gives, of which the answer is known."""

    CHOICE_ONE = "choice_one"
    CHOICE_MANY = "choice_many"
    TEXT = "text"
    PATTERN = "pattern"
    NUMBER = "number"
    CLASSES = "classes"
    RANKING = "ranking"


GOLD: Final = frozenset({ItemKind.CLASSES, ItemKind.RANKING})
"""Kinds that are pieces of real work."""


class BadItem(Invalid):
    code = "bad_test_item"
    title = "This cannot be an item of a test."


class BadAnswer(Invalid):
    code = "bad_answer"
    title = "This is not an answer to the item."
    remedy = "Answer in the shape that the item asks for."


@dataclass(frozen=True, slots=True)
class Item:
    """One item. `points` weigh it among the others; `explanation` is the author's, for afterwards.

    `ask` holds `options` ([{"id", "text"}]) for choices, `things` likewise for gold tasks, with `classes` beside them
    ([{"id", "text"}]), and nothing for what is written. `key` holds, by kind: `right` (ids) for choices, `accepted`
    (texts), `pattern` (RE2), `value` and `tolerance` (decimal texts), `right` (thing to class), `order` (ids).
    """

    kind: ItemKind
    prompt: str
    key: Mapping[str, Any]
    ask: Mapping[str, Any] = field(default_factory=dict)
    points: int = 1
    explanation: str = ""


def check_item(item: Item) -> None:
    """Raises BadItem unless the item can be asked and its key can be met."""
    if not item.prompt.strip() or len(item.prompt) > LONGEST_PROMPT or len(item.explanation) > LONGEST_PROMPT:
        raise BadItem(f"A question has 1 to {LONGEST_PROMPT} characters.", field="prompt")
    if not 1 <= item.points <= MOST_POINTS:
        raise BadItem(f"An item has 1 to {MOST_POINTS} points.", field="points")
    if set(item.ask) != _ASKS[item.kind] or set(item.key) != _KEYS[item.kind]:
        raise BadItem(f"An item of the kind {item.kind} has other parts.", field="key")
    _CHECKS[item.kind](item)


def check_answer(item: Item, value: Any) -> None:
    """Raises BadAnswer unless the value has the shape of an answer; whether it is right is not looked at."""
    if not _SHAPES[item.kind](item, value):
        raise BadAnswer(f"An item of the kind {item.kind} is answered otherwise.", field="value")


def worth(item: Item, value: Any) -> Fraction:
    """What an answer is worth, from 0 to 1; nothing, where there is none."""
    return Fraction(0) if value is None else _WORTHS[item.kind](item, value)


def units(part: Fraction) -> int:
    """A worth in whole ten-thousandths, rounded up."""
    return -(-part.numerator * SHARE_UNITS // part.denominator)


def rule_words(item: Item) -> str:
    """How answers to the item are judged, in words that give no answer away."""
    return _RULE_WORDS[item.kind]


def shuffled(seed: int, ids: Sequence[str]) -> list[str]:
    """The ids in an order that only the seed decides."""
    return sorted(ids, key=lambda each: hashlib.sha256(f"{seed}:{each}".encode()).digest())


def plain(text: str) -> str:
    """A text as it is compared: compatible characters as one (NFKC), lower case, single blanks, no full stop at the
    end."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split()).rstrip(".!").rstrip()


def number(text: str) -> Decimal | None:
    """What is written as a number: a comma counts as the point where there is no point. None if it is none."""
    written = text.strip().replace("\N{MINUS SIGN}", "-")
    written = written.replace(",", ".") if "." not in written and written.count(",") == 1 else written
    try:
        value = Decimal(written) if len(written) <= 40 else None
    except InvalidOperation:
        return None
    return value if value is not None and value.is_finite() and abs(value.adjusted()) < 40 else None


# --- what an item may be ----------------------------------------------------------------------------------------------


def _ids(listed: Any) -> list[str]:
    """The ids of options or things, each of which has a text. Raises BadItem."""
    if not isinstance(listed, list | tuple) or not 2 <= len(listed) <= MOST_OPTIONS:
        raise BadItem(f"There are 2 to {MOST_OPTIONS} to choose from.", field="ask")
    for each in listed:
        good = isinstance(each, Mapping) and set(each) == {"id", "text"}
        if not good or not all(isinstance(each[name], str) and each[name].strip() for name in ("id", "text")):
            raise BadItem("Each to choose from has an id and a text.", field="ask")
    found = [str(each["id"]) for each in listed]
    if len(set(found)) != len(found) or any(len(each) > 40 for each in found):
        raise BadItem("Ids are short, and each stands once.", field="ask")
    return found


def _check_choice(item: Item) -> None:
    ids, right = set(_ids(item.ask["options"])), item.key["right"]
    if not _are_texts(right) or not right or len(set(right)) != len(right) or not set(right) <= ids:
        raise BadItem("What is right is some of what can be chosen.", field="key")
    if item.kind is ItemKind.CHOICE_ONE and len(right) != 1:
        raise BadItem("Of these exactly one is right.", field="key")


def _check_text(item: Item) -> None:
    accepted = item.key["accepted"]
    if not _are_texts(accepted) or not 1 <= len(accepted) <= 100 or not all(plain(each) for each in accepted):
        raise BadItem("There are 1 to 100 accepted answers, none of them empty.", field="key")


def _check_pattern(item: Item) -> None:
    pattern = item.key["pattern"]
    if not isinstance(pattern, str) or not 1 <= len(pattern) <= LONGEST_PATTERN:
        raise BadItem(f"A pattern has 1 to {LONGEST_PATTERN} characters.", field="key")
    try:
        _compiled(pattern)
    except re2.error as wrong:
        raise BadItem(f"The pattern cannot be read: {wrong}", field="key") from wrong


def _check_number(item: Item) -> None:
    value, tolerance = (number(str(item.key[name])) for name in ("value", "tolerance"))
    if value is None or tolerance is None or tolerance < 0:
        raise BadItem("A number and how far an answer may lie from it, not below zero.", field="key")


def _check_classes(item: Item) -> None:
    things, classes, right = _ids(item.ask["things"]), set(_ids(item.ask["classes"])), item.key["right"]
    good = isinstance(right, Mapping) and set(right) == set(things) and _are_texts(list(right.values()))
    if not good or not set(right.values()) <= classes:
        raise BadItem("Each thing belongs in one of the classes.", field="key")


def _check_ranking(item: Item) -> None:
    order = item.key["order"]
    if not _are_texts(order) or sorted(order) != sorted(_ids(item.ask["things"])):
        raise BadItem("The order names each thing once.", field="key")


# --- what an answer may be --------------------------------------------------------------------------------------------


def _offered(item: Item, name: str) -> set[str]:
    return {str(each["id"]) for each in item.ask[name]}


def _are_texts(value: Any) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(each, str) for each in value)


def _is_choice(item: Item, value: Any) -> bool:
    some = _are_texts(value) and len(set(value)) == len(value) and set(value) <= _offered(item, "options")
    return some and (item.kind is ItemKind.CHOICE_MANY or len(value) == 1)


def _is_text(_item: Item, value: Any) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST_ANSWER and "\x00" not in value


def _is_sorting(item: Item, value: Any) -> bool:
    known, classes = _offered(item, "things"), _offered(item, "classes")
    good = isinstance(value, Mapping) and set(value) <= known and _are_texts(list(value.values()))
    return good and set(value.values()) <= classes


def _is_places(item: Item, value: Any) -> bool:
    known = _offered(item, "things")
    good = isinstance(value, Mapping) and set(value) <= known
    return good and all(type(each) is int and 1 <= each <= len(known) for each in value.values())


# --- what an answer is worth ------------------------------------------------------------------------------------------


def _chosen(item: Item, value: Sequence[str]) -> Fraction:
    """All that is right and nothing else is worth one; each wrong choice takes one right one back."""
    right = set(item.key["right"])
    hits = len(right & set(value)) - len(set(value) - right)
    return Fraction(max(0, hits), len(right))


def _written(item: Item, value: str) -> Fraction:
    return Fraction(plain(value) in {plain(each) for each in item.key["accepted"]})


def _matches(item: Item, value: str) -> Fraction:
    return Fraction(_compiled(item.key["pattern"]).fullmatch(value.strip()) is not None)


def _near(item: Item, value: str) -> Fraction:
    given, right, tolerance = (number(each) for each in (value, item.key["value"], item.key["tolerance"]))
    if given is None or right is None or tolerance is None:
        return Fraction(0)
    return Fraction(abs(Fraction(given) - Fraction(right)) <= Fraction(tolerance))


def _sorted_right(item: Item, value: Mapping[str, str]) -> Fraction:
    right = item.key["right"]
    return Fraction(sum(right[thing] == given for thing, given in value.items()), len(right))


def _ranked(item: Item, value: Mapping[str, int]) -> Fraction:
    """Kendall's tau: pairs in the right order less pairs in the wrong one, by all pairs; a tie is neither. Below zero
    it is worth nothing."""
    order = item.key["order"]
    pairs = list(combinations(order, 2))
    told = [(value[first], value[second]) for first, second in pairs if first in value and second in value]
    agreed = sum((first < second) - (first > second) for first, second in told)
    return Fraction(max(0, agreed), len(pairs))


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> Any:
    """RE2 matches in time linear in the text whatever the pattern is, which the standard library does not."""
    options = re2.Options()
    options.max_mem, options.log_errors, options.case_sensitive = 1 << 20, False, False
    return re2.compile(pattern, options)


_CHOICES = (ItemKind.CHOICE_ONE, ItemKind.CHOICE_MANY)
_ASKS: Mapping[ItemKind, set[str]] = MappingProxyType(
    {kind: set[str]() for kind in ItemKind}
    | {kind: {"options"} for kind in _CHOICES}
    | {ItemKind.CLASSES: {"things", "classes"}, ItemKind.RANKING: {"things"}}
)
_KEYS: Mapping[ItemKind, set[str]] = MappingProxyType(
    {kind: {"right"} for kind in (*_CHOICES, ItemKind.CLASSES)}
    | {
        ItemKind.TEXT: {"accepted"},
        ItemKind.PATTERN: {"pattern"},
        ItemKind.NUMBER: {"value", "tolerance"},
        ItemKind.RANKING: {"order"},
    }
)
_CHECKS: Mapping[ItemKind, Callable[[Item], None]] = MappingProxyType(
    dict.fromkeys(_CHOICES, _check_choice)
    | {
        ItemKind.TEXT: _check_text,
        ItemKind.PATTERN: _check_pattern,
        ItemKind.NUMBER: _check_number,
        ItemKind.CLASSES: _check_classes,
        ItemKind.RANKING: _check_ranking,
    }
)
_SHAPES: Mapping[ItemKind, Callable[[Item, Any], bool]] = MappingProxyType(
    dict.fromkeys(_CHOICES, _is_choice)
    | dict.fromkeys((ItemKind.TEXT, ItemKind.PATTERN, ItemKind.NUMBER), _is_text)
    | {ItemKind.CLASSES: _is_sorting, ItemKind.RANKING: _is_places}
)
_WORTHS: Mapping[ItemKind, Callable[[Item, Any], Fraction]] = MappingProxyType(
    dict.fromkeys(_CHOICES, _chosen)
    | {
        ItemKind.TEXT: _written,
        ItemKind.PATTERN: _matches,
        ItemKind.NUMBER: _near,
        ItemKind.CLASSES: _sorted_right,
        ItemKind.RANKING: _ranked,
    }
)
_RULE_WORDS: Mapping[ItemKind, str] = MappingProxyType(
    {
        ItemKind.CHOICE_ONE: "One of the choices is right.",
        ItemKind.CHOICE_MANY: "Each right choice counts, and each wrong one takes one back.",
        ItemKind.TEXT: "What is written is compared with the accepted answers; capitals, blanks and a full stop at the "
        "end do not count.",
        ItemKind.PATTERN: "What is written has to follow a pattern; capitals do not count.",
        ItemKind.NUMBER: "The number may lie a little beside the right one.",
        ItemKind.CLASSES: "Each thing that is put into its class counts.",
        ItemKind.RANKING: "Pairs in the right order count, pairs in the wrong order take one back (Kendall's tau).",
    }
)
