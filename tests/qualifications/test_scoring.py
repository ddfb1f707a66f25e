"""What answers are worth: a worked example of each kind, and what no answer can do."""

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.qualifications import scoring
from marketplace.qualifications.scoring import BadAnswer, BadItem, Item, ItemKind
from tests.factories import qualifications as made
from tests.factories.qualifications import CLASSES, ITEMS, MANY, NUMBER, ONE, PATTERN, RANKING, RIGHT, WRITTEN, options


@pytest.mark.parametrize(
    ("item", "value", "worth"),
    [
        (ONE, ["two"], 1),
        (ONE, ["one"], 0),
        (MANY, ["ana", "budi"], 1),
        (MANY, ["ana"], Fraction(1, 2)),
        (MANY, ["ana", "budi", "dog"], Fraction(1, 2)),
        (MANY, ["ana", "dog"], 0),
        (WRITTEN, " Box. ", 1),
        (WRITTEN, "ｂｏｘ", 1),
        (WRITTEN, "boxes", 0),
        (PATTERN, "usks", 1),
        (PATTERN, "US-KS, maybe", 0),
        (NUMBER, "3.13", 1),
        (NUMBER, "3,15", 1),
        (NUMBER, "3.1501", 0),
        (NUMBER, "three", 0),
        (CLASSES, {"cat": "animal", "car": "animal"}, Fraction(1, 2)),
        (CLASSES, {"cat": "animal"}, Fraction(1, 2)),
        (RANKING, {"a": 1, "b": 2, "c": 3}, 1),
        # Two of three pairs are in order, one is not: tau is (2 - 1) / 3.
        (RANKING, {"a": 1, "b": 3, "c": 2}, Fraction(1, 3)),
        (RANKING, {"a": 1, "b": 2, "c": 2}, Fraction(2, 3)),
        (RANKING, {"a": 3, "b": 2, "c": 1}, 0),
        (RANKING, None, 0),
    ],
)
def test_worked_examples(item: Item, value: Any, worth: Fraction | int) -> None:
    if value is not None:
        scoring.check_answer(item, value)
    assert scoring.worth(item, value) == worth


def test_an_answer_is_never_rounded_away() -> None:
    assert [scoring.units(Fraction(*part)) for part in ((1, 3), (2, 3), (1, 1), (0, 1))] == [3334, 6667, 10000, 0]


@pytest.mark.parametrize(
    ("item", "value"),
    [
        (ONE, ["one", "two"]),
        (ONE, []),
        (MANY, ["nobody"]),
        (MANY, ["ana", "ana"]),
        (MANY, "ana"),
        (WRITTEN, 7),
        (WRITTEN, "x" * 1001),
        (CLASSES, {"cat": []}),
        (CLASSES, {"dog": "animal"}),
        (RANKING, {"a": 0}),
        (RANKING, {"a": True}),
        (RANKING, [[]]),
    ],
)
def test_what_is_no_answer_is_refused(item: Item, value: Any) -> None:
    with pytest.raises(BadAnswer):
        scoring.check_answer(item, value)


@pytest.mark.parametrize(
    "item",
    [
        replace(ONE, key={"right": ["one", "two"]}),
        replace(ONE, key={"right": ["seven"]}),
        replace(MANY, key={"right": []}),
        replace(ONE, ask={"options": options("One")}),
        replace(ONE, ask={"options": [{"id": "one"}, {"id": "two"}]}),
        replace(WRITTEN, key={"accepted": [" . "]}),
        replace(PATTERN, key={"pattern": "("}),
        replace(PATTERN, key={"pattern": "a" * 201}),
        replace(PATTERN, key={"pattern": r"(a)\1"}),
        replace(NUMBER, key={"value": "1e999999", "tolerance": "0"}),
        replace(NUMBER, key={"value": "1", "tolerance": "-1"}),
        replace(CLASSES, key={"right": {"cat": "animal"}}),
        replace(CLASSES, key={"right": {"cat": [], "car": {}}}),
        replace(RANKING, key={"order": ["a", "b"]}),
        replace(ONE, points=0),
        replace(ONE, prompt=" "),
        replace(ONE, key={}),
    ],
)
def test_what_is_no_item_is_refused(item: Item) -> None:
    with pytest.raises(BadItem):
        scoring.check_item(item)


def test_a_pattern_cannot_be_made_to_search_for_ever() -> None:
    """The classic of catastrophic backtracking, which keeps the standard library busy for longer than the sun burns."""
    evil = replace(PATTERN, key={"pattern": "(a+)+b"})
    scoring.check_item(evil)
    assert scoring.worth(evil, "a" * scoring.LONGEST_ANSWER) == 0


@given(st.integers(0, 2**62), st.sampled_from(ITEMS))
def test_the_order_of_what_is_shown_never_changes_the_score(seed: int, item: Item) -> None:
    mixed = {
        name: sorted(listed, key=lambda each: scoring.shuffled(seed, [e["id"] for e in listed]).index(each["id"]))
        for name, listed in item.ask.items()
    }
    shown = replace(item, ask=mixed)
    scoring.check_item(shown)
    assert scoring.worth(shown, RIGHT[item.kind]) == scoring.worth(item, RIGHT[item.kind]) == 1


@given(st.data())
def test_one_more_right_thing_never_lowers_the_score(data: st.DataObject) -> None:
    names = [f"o{n}" for n in range(data.draw(st.integers(2, 8)))]
    right = data.draw(st.lists(st.sampled_from(names), min_size=1, unique=True))
    item = Item(ItemKind.CHOICE_MANY, "?", {"right": right}, {"options": options(*names)})
    chosen = data.draw(st.lists(st.sampled_from(names), unique=True))
    for more in set(right) - set(chosen):
        assert scoring.worth(item, [*chosen, more]) >= scoring.worth(item, chosen)
    sorting = replace(
        CLASSES, key={"right": dict.fromkeys(names, "x")}, ask={"things": options(*names), "classes": options("X", "Y")}
    )
    given_ = {name: data.draw(st.sampled_from(["x", "y"])) for name in chosen}
    for more in set(names) - set(chosen):
        assert scoring.worth(sorting, given_ | {more: "x"}) >= scoring.worth(sorting, given_)


@given(st.permutations(range(1, 7)))
def test_a_swap_towards_the_right_order_never_lowers_the_score(places: list[int]) -> None:
    names = [f"t{n}" for n in range(6)]
    item = Item(ItemKind.RANKING, "?", {"order": names}, {"things": options(*names)})
    told = dict(zip(names, places, strict=True))
    for first, second in pairwise(names):
        if told[first] > told[second]:
            better = told | {first: told[second], second: told[first]}
            assert scoring.worth(item, better) >= scoring.worth(item, told)


def test_words_of_a_rule_give_nothing_away() -> None:
    assert all("box" not in scoring.rule_words(item) for item in made.ITEMS)
