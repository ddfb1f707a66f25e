"""What a version of the weights must hold, and from when on."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.matching.objective import (
    MEANINGS,
    NEWEST_SHIPPED,
    OF_PEOPLE,
    SHIPPED,
    BadStart,
    BadWeights,
    Part,
    Weights,
    check_start,
    check_weights,
    urgency_points,
)

NOW = datetime(2026, 11, 23, tzinfo=UTC)
DAY = timedelta(days=1)
GOOD = dict(NEWEST_SHIPPED.parts)
TODAY = date(2026, 11, 29)


def test_what_came_with_the_service_keeps_its_own_rules() -> None:
    check_weights(NEWEST_SHIPPED.parts)
    assert set(NEWEST_SHIPPED.parts) == set(MEANINGS) == set(Part)
    assert [weights.version for weights in SHIPPED.values()] == list(SHIPPED)
    # The first version knew five parts, 100 points together; what it does not name weighs nothing in it.
    assert (SHIPPED[1].highest, SHIPPED[1].of(Part.FILL)) == (10_000, 0)


@pytest.mark.parametrize(
    ("part", "weight"),
    [
        (Part.BAND, 29),  # Availability would weigh more than the hours that people chose.
        (Part.BAND, 0),
        (Part.SPREAD, 0),
        (Part.FILL, 109),  # What ranks people weighs 110 together.
        (Part.CONTINUITY, -1),
        (Part.LANGUAGE, 101),
        (Part.URGENCY, 10_001),
    ],
)
def test_weights_that_break_a_promise_are_refused_at_their_field(part: Part, weight: int) -> None:
    with pytest.raises(BadWeights) as refused:
        check_weights(GOOD | {part: weight})
    assert refused.value.field == f"weights.{part}"


def test_every_part_is_weighed() -> None:
    with pytest.raises(BadWeights):
        check_weights({part: weight for part, weight in GOOD.items() if part is not Part.QUALITY})


@given(st.fixed_dictionaries({part: st.integers(0, 100) for part in OF_PEOPLE}), st.integers(0, 700))
def test_a_filled_seat_outweighs_any_difference_between_people(parts: dict[Part, int], fill: int) -> None:
    """Whatever passes: one more seat filled by somebody without a point is worth more than the best person instead of
    the worst."""
    try:
        check_weights(parts | {Part.FILL: fill, Part.URGENCY: 0})
    except BadWeights:
        return
    weights = Weights(3, TODAY, parts | {Part.FILL: fill})
    assert 100 * fill >= weights.highest > 0
    assert Weights.of_dict(weights.as_dict()) == weights


def test_a_version_begins_today_or_later_and_not_before_the_one_ahead() -> None:
    check_start(TODAY, TODAY, NEWEST_SHIPPED)
    # A clock that was moved back may stand before the day on which the service came.
    check_start(date(2023, 5, 9), date(2023, 5, 9), NEWEST_SHIPPED)
    ahead = Weights(3, TODAY + 2 * DAY, GOOD)
    check_start(TODAY + 2 * DAY, TODAY, ahead)
    for valid_from, before in ((TODAY - DAY, NEWEST_SHIPPED), (TODAY + DAY, ahead)):
        with pytest.raises(BadStart):
            check_start(valid_from, TODAY, before)


@pytest.mark.parametrize(("days", "points"), [(0, 100), (3, 100), (8.5, 50), (14, 0), (20, 0)])
def test_the_sooner_a_seat_begins_the_more_it_is_worth(days: float, points: int) -> None:
    assert urgency_points(NOW, NOW + days * DAY, 3 * DAY, 14 * DAY) == points
