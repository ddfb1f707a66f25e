"""What a gig may say, and whom it may ask for."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from uuid_utils.compat import uuid7

from marketplace.core.money import CurrencyMismatch, Money
from marketplace.gigs.instruction_rules import (
    ChecklistIncomplete,
    ChecklistItem,
    SameAuthor,
    check_instructions,
    check_verifier,
    in_force,
    ready_to_publish,
)
from marketplace.gigs.rules import (
    LONGEST_TITLE,
    TRANSITIONS,
    BadTerms,
    Criteria,
    GigStatus,
    LanguageNeed,
    ProtectedAttribute,
    RateMayNotFall,
    Where,
    check_pilot,
    check_raise,
    check_terms,
    newly_broken,
    refuse_protected,
)
from marketplace.standards.protected import protected_attribute
from marketplace.standards.rules import RULES, PaymentModel, UnpaidKind, Verdict
from marketplace.workforce.rules import BadPlace, BadProfile, Level
from tests.factories.gigs import KANSAS, pilot_report, terms

CONTACT = uuid7()


def usd(amount: str) -> Money:
    return Money.of(amount, "USD")


def test_every_status_has_its_transitions_and_closed_is_final() -> None:
    assert set(TRANSITIONS) == set(GigStatus)
    assert TRANSITIONS[GigStatus.CLOSED] == frozenset()
    assert all(GigStatus.DRAFT not in followers for followers in TRANSITIONS.values())


def test_usual_terms_are_right() -> None:
    check_terms(terms(CONTACT))


@pytest.mark.parametrize(
    ("field", "other"),
    [
        ("title", {"title": " "}),
        ("title", {"title": "x" * (LONGEST_TITLE + 1)}),
        ("description", {"description": ""}),
        ("data_use", {"data_use": ""}),
        ("rate", {"rate": usd("0")}),
        ("planned_minutes", {"planned_minutes": 0}),
        ("planned_minutes", {"planned_minutes": 60_000_001}),
        ("unpaid", {"unpaid": {UnpaidKind.READING: 30, UnpaidKind.WAITING: 30}}),
        ("unpaid", {"unpaid": {UnpaidKind.REWORK: -1}}),
        ("piece_price", {"payment_model": PaymentModel.PIECE}),
        ("piece_price", {"piece_price": Money.of("0.40", "USD")}),
        ("piece_price", {"payment_model": PaymentModel.PIECE, "piece_price": Money.of("0.00", "USD")}),
        (
            "piece_price",
            {"payment_model": PaymentModel.PIECE, "piece_price": Money.of("0.40", "EUR"), "most_pieces": 1},
        ),
        ("most_pieces", {"payment_model": PaymentModel.HYBRID, "piece_price": Money.of("0.40", "USD")}),
        ("most_pieces", {"most_pieces": 60}),
        ("piece_price", {"payment_model": PaymentModel.HYBRID}),
        ("margin_party", {"margin": usd("1")}),
        ("margin_party", {"margin_party": "Vendor Ltd"}),
        ("margin", {"margin": usd("-1"), "margin_party": "Vendor Ltd"}),
        ("margin", {"margin": Money.of("1", "KES"), "margin_party": "Vendor Ltd"}),
        ("client_pays", {"client_pays": Money.of("12.50", "EUR")}),
        ("places", {"criteria": Criteria(places=())}),
        ("places", {"criteria": Criteria(places=(KANSAS, KANSAS))}),
        ("reason", {"criteria": Criteria(places=(KANSAS,), skills=("image-labelling",))}),
        (
            "languages",
            {
                "criteria": Criteria(
                    places=(KANSAS,),
                    languages=(LanguageNeed("en", Level.B1), LanguageNeed("en", Level.C1)),
                    reason="The texts are in English.",
                )
            },
        ),
    ],
)
def test_terms_that_cannot_stand(field: str, other: dict[str, Any]) -> None:
    with pytest.raises(BadTerms) as refused:
        check_terms(terms(CONTACT, **other))
    assert refused.value.field == field


def test_a_skill_is_written_as_skills_are() -> None:
    with pytest.raises(BadProfile):
        check_terms(terms(CONTACT, criteria=Criteria(places=(KANSAS,), skills=("Image Labelling",), reason="Needed.")))


def test_a_place_is_written_as_places_are() -> None:
    with pytest.raises(BadPlace):
        Where("US", "KE-30")


@pytest.mark.parametrize(
    ("person", "is_meant"), [(("US", "US-KS"), True), (("US", None), False), (("US", "US-NY"), False)]
)
def test_a_part_of_a_country_means_that_part(person: tuple[str, str | None], is_meant: bool) -> None:
    assert KANSAS.admits(*person) is is_meant
    assert Where("US").admits(*person)
    assert not Where("KE").admits(*person)


@pytest.mark.parametrize(
    ("name", "attribute"),
    [
        ("gender", "sex"),
        ("female-voice", "sex"),
        ("max_age", "age"),
        ("native-speaker", "mother tongue"),
        ("Marital Status", "family and marriage"),
        ("political_opinion", "political opinion"),
        ("react-native", None),
        ("skin-lesion-annotation", None),
        ("image-labelling", None),
        ("language-models", None),
    ],
)
def test_protected_attributes_are_known_by_their_words(name: str, attribute: str | None) -> None:
    assert protected_attribute(name) == attribute


def test_a_protected_attribute_is_named_in_the_refusal() -> None:
    with pytest.raises(ProtectedAttribute) as refused:
        refuse_protected(["typing", "religion"], field="skills")
    assert refused.value.members["attribute"] == "religion or belief"
    criteria = Criteria(places=(KANSAS,), skills=("young-team",), reason="Lively.")
    with pytest.raises(ProtectedAttribute):
        check_terms(terms(CONTACT, criteria=criteria))


@given(st.integers(1, 10**9), st.integers(1, 10**9))
def test_a_promised_rate_never_falls(old: int, new: int) -> None:
    if new > old:
        check_raise(Money(old, "USD"), Money(new, "USD"))
        return
    with pytest.raises(RateMayNotFall):
        check_raise(Money(old, "USD"), Money(new, "USD"))


def test_a_raise_stays_in_its_currency() -> None:
    with pytest.raises(CurrencyMismatch):
        check_raise(usd("15"), Money.of("1500000", "IDR"))


def test_instructions_are_verified_by_somebody_else_and_wholly() -> None:
    author, reader = uuid7(), uuid7()
    check_verifier(author, reader, list(ChecklistItem))
    with pytest.raises(SameAuthor):
        check_verifier(author, author, list(ChecklistItem))
    with pytest.raises(ChecklistIncomplete) as refused:
        check_verifier(author, reader, [ChecklistItem.EXAMPLES, ChecklistItem.CONTACT])
    assert refused.value.members["missing"] == ["edge_cases", "data_handling", "no_targets"]


@pytest.mark.parametrize(
    ("versions", "counts", "publishable"),
    [
        ({}, None, False),
        ({1: False}, None, False),
        ({1: True}, 1, True),
        ({1: True, 2: False}, 1, False),
        ({1: True, 2: True, 3: False}, 2, False),
        ({1: False, 2: True}, 2, True),
    ],
)
def test_which_version_of_the_instructions_counts(
    versions: Mapping[int, bool], counts: int | None, publishable: bool
) -> None:
    assert in_force(versions) == counts
    assert ready_to_publish(versions) is publishable


@pytest.mark.parametrize("text", ["", "  \n", "x" * 20_001])
def test_instructions_hold_words(text: str) -> None:
    with pytest.raises(BadTerms):
        check_instructions(text)


@pytest.mark.parametrize(
    "other", [{"workers": 0}, {"items": 0}, {"item_seconds_p75": 0}, {"paid": usd("-1")}, {"places": ()}]
)
def test_a_pilot_counts_something(other: dict[str, Any]) -> None:
    check_pilot(pilot_report())
    with pytest.raises(BadTerms):
        check_pilot(pilot_report(**other))


def test_a_change_answers_for_what_it_breaks_only() -> None:
    def verdict(rule: str, passes: bool) -> Verdict:
        return RULES[rule].verdict(passes, "", {})

    before = [verdict("FLOOR", True), verdict("COMPANY", False)]
    after = [verdict("FLOOR", True), verdict("COMPANY", False), verdict("ESCROW", False)]
    assert [found.rule for found in newly_broken(before, after)] == ["ESCROW"]
    assert newly_broken(after, before) == []


def test_where_is_known_by_its_value() -> None:
    assert replace(KANSAS, subdivision=None).as_dict() == {"country": "US", "subdivision": None}
