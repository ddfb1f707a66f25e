"""The score, part by part, and what can never be in it."""

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from uuid_utils.compat import uuid7

from marketplace.matching.objective import NEWEST_SHIPPED, SHIPPED, Part
from marketplace.matching.rules import Candidate, band_verdict, offer_until, points, rank
from marketplace.workforce.calendar import Quiet

SHIFT = UUID("01a20000-0000-7000-8000-000000000001")
FOUR_HOURS = 240
ANA = Candidate(
    contractor_id=uuid7(),
    wants=True,
    band_min_minutes=1200,
    band_max_minutes=2400,
    week_minutes=0,
    recent_minutes=0,
    company_minutes=0,
    language_steps=0,
)


@pytest.mark.parametrize(
    ("change", "part", "expected"),
    [
        ({"wants": True}, Part.AVAILABILITY, 100),
        ({"wants": None}, Part.AVAILABILITY, 50),
        ({"wants": False}, Part.AVAILABILITY, 0),
        ({"week_minutes": 960}, Part.BAND, 100),
        ({"week_minutes": 1560}, Part.BAND, 50),
        ({"week_minutes": 2160}, Part.BAND, 0),
        ({"band_min_minutes": 0, "band_max_minutes": 240}, Part.BAND, 0),
        ({"recent_minutes": 0}, Part.SPREAD, 100),
        ({"recent_minutes": 2400}, Part.SPREAD, 50),
        ({"recent_minutes": 9600}, Part.SPREAD, 20),
        ({"company_minutes": 1200}, Part.CONTINUITY, 50),
        ({"company_minutes": 9999}, Part.CONTINUITY, 100),
        ({"language_steps": 2}, Part.LANGUAGE, 50),
        ({"language_steps": 5}, Part.LANGUAGE, 100),
        ({"skill_steps": 3}, Part.QUALITY, 75),
    ],
)
def test_the_points_of_each_part(change: dict[str, Any], part: Part, expected: int) -> None:
    assert points(replace(ANA, **change), FOUR_HOURS)[part] == expected


def test_a_score_can_be_added_up_by_hand() -> None:
    person = replace(ANA, wants=None, week_minutes=1560, recent_minutes=2400, company_minutes=1200, language_steps=1)
    (only,) = rank([person], SHIFT, FOUR_HOURS, SHIPPED[1])
    # 30 x 50 + 30 x 50 + 20 x 50 + 10 x 50 + 10 x 25
    assert (only.score, only.rank) == (4750, 1)
    assert sum(part["points"] * part["weight"] for part in only.reason(SHIPPED[1])["parts"]) == 4750


def test_a_full_band_is_not_asked_for_more() -> None:
    assert not band_verdict(replace(ANA, week_minutes=2160), FOUR_HOURS).failed
    assert band_verdict(replace(ANA, week_minutes=2161), FOUR_HOURS).failed


def test_the_next_hour_is_worth_less_to_whoever_has_many() -> None:
    spread = [points(replace(ANA, recent_minutes=hours * 60), FOUR_HOURS)[Part.SPREAD] for hours in (0, 40, 80, 120)]
    steps = [before - after for before, after in pairwise(spread)]
    assert steps == sorted(steps, reverse=True)


candidates = st.lists(
    st.builds(
        Candidate,
        contractor_id=st.uuids(),
        wants=st.sampled_from([True, False, None]),
        band_min_minutes=st.integers(0, 1200),
        band_max_minutes=st.integers(1200, 2880),
        week_minutes=st.integers(0, 2880),
        recent_minutes=st.integers(0, 12000),
        company_minutes=st.integers(0, 12000),
        language_steps=st.integers(0, 5),
        skill_steps=st.integers(0, 5),
    ),
    max_size=12,
    unique_by=lambda candidate: candidate.contractor_id,
)


@given(candidates, st.randoms(use_true_random=False))
def test_the_order_depends_on_the_facts_and_not_on_their_order(people: list[Candidate], shuffle: Any) -> None:
    shuffled = list(people)
    shuffle.shuffle(shuffled)
    ranked = rank(people, SHIFT, FOUR_HOURS, NEWEST_SHIPPED)
    assert ranked == rank(shuffled, SHIFT, FOUR_HOURS, NEWEST_SHIPPED)
    assert [each.score for each in ranked] == sorted((each.score for each in ranked), reverse=True)
    assert all(0 <= value <= 100 for each in ranked for value in each.points.values())
    assert [Candidate.of(person.as_dict()) for person in people] == people


def test_no_account_is_always_first_among_equals() -> None:
    people = [replace(ANA, contractor_id=uuid7()) for _ in range(8)]
    first = {rank(people, uuid7(), FOUR_HOURS, NEWEST_SHIPPED)[0].candidate.contractor_id for _ in range(60)}
    assert len(first) > 3


def test_the_score_has_no_place_for_a_no_a_dispute_or_who_somebody_is() -> None:
    """NO_RETALIATION and DATA by construction: whoever adds a member here says what it is for."""
    assert {field.name for field in fields(Candidate)} == {
        "contractor_id",
        "wants",
        "band_min_minutes",
        "band_max_minutes",
        "week_minutes",
        "recent_minutes",
        "company_minutes",
        "language_steps",
        "skill_steps",
    }


@pytest.mark.parametrize(
    ("hours_left", "hours_open"), [(200, 24), (96, 24), (40, 10), (4, 1), (2, 0.5), (1, 0.5), (0.25, 0.25)]
)
def test_an_offer_stands_for_a_quarter_of_the_time_left(hours_left: float, hours_open: float) -> None:
    now = datetime(2026, 11, 23, tzinfo=UTC)
    assert offer_until(now, now + timedelta(hours=hours_left)) == now + timedelta(hours=hours_open)


def test_an_offer_waits_for_whoever_sleeps_but_not_beyond_half_of_the_time_left() -> None:
    """It is 20:00 in New York; the quiet hours are from ten to seven."""
    now, zone, quiet = datetime(2026, 11, 23, 1, tzinfo=UTC), ZoneInfo("America/New_York"), Quiet(1320, 420)

    def stands(hours_left: float) -> timedelta:
        return offer_until(now, now + timedelta(hours=hours_left), quiet, zone) - now

    assert stands(7) == timedelta(hours=1, minutes=45)
    assert stands(24) == timedelta(hours=11, minutes=30)
    assert stands(12) == timedelta(hours=6)
    assert stands(200) == timedelta(hours=24)
