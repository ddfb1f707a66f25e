"""What a form's words become before the API's schemas see them."""

import marshmallow as ma
import pytest

from marketplace.core.http import MoneyField
from marketplace.web.typed import in_kind, lists_as_one, typed


class Inner(ma.Schema):
    days = ma.fields.Integer(strict=True, required=True)
    reasons = ma.fields.List(ma.fields.String(), required=True)


class Shape(ma.Schema):
    seats = ma.fields.Integer(strict=True)
    agreed = ma.fields.Boolean(required=True)
    until = ma.fields.Date(required=True, allow_none=True)
    note = ma.fields.String()
    rate = MoneyField()
    inner = ma.fields.Nested(Inner, required=True)


@pytest.mark.parametrize(
    ("words", "value"), [("4", 4), ("-4", -4), ("007", 7), ("four", "four"), ("4.5", "4.5"), ("٤", "٤"), ("", "")]
)
def test_whole_numbers_are_numbers_and_the_rest_is_left_to_the_schema(words: str, value: object) -> None:
    assert in_kind(Shape(), {"seats": words, "inner": {"days": words}}) == {"seats": value, "inner": {"days": value}}


@pytest.mark.parametrize(("words", "value"), [("true", True), ("false", False), ("on", "on")])
def test_only_true_and_false_are_truth(words: str, value: object) -> None:
    assert in_kind(Shape(), {"agreed": words}) == {"agreed": value}


def test_what_is_not_asked_for_is_not_guessed() -> None:
    assert in_kind(Shape(), {"note": "4", "other": "true"}) == {"note": "4", "other": "true"}


def test_a_form_of_boxes_says_no_and_nothing_by_leaving_out() -> None:
    shaped = typed(Shape(), {"inner": {"reasons": "One.\n\n  Two. \n"}})
    assert shaped == {"agreed": False, "until": None, "inner": {"reasons": ["One.", "Two."]}}
    assert typed(Shape(), {})["inner"] == {"reasons": []}


@pytest.mark.parametrize(("ticked", "agreed"), [("true", True), ("false", False)])
def test_a_tick_is_a_yes(ticked: str, agreed: bool) -> None:
    assert typed(Shape(), in_kind(Shape(), {"agreed": ticked}))["agreed"] is agreed


def test_errors_about_items_are_errors_about_their_list() -> None:
    tree = {"places": {0: {"country": ["No."]}, 2: {"country": ["No."], "part": ["Nor this."]}}, "name": ["Missing."]}
    assert lists_as_one(tree) == {"places": ["No.", "Nor this."], "name": ["Missing."]}
