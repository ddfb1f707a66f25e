"""What a report of fairness counts, and whom it does not tell of."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.matching.engine import solve
from marketplace.matching.fairness import LEAST_PEOPLE, Tally, moved
from marketplace.shifts.hours import scheduled_minutes
from tests.factories.markets import market


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 60))
def test_a_report_adds_up_and_tells_of_no_small_group(seed: int, people: int) -> None:
    instance = market(seed, people=people)
    planned = solve(instance)
    tally = Tally()
    tally.add(instance, planned)
    told = tally.told()
    spans = {opening.shift_id: opening.span for opening in instance.openings}
    assert told["offers"] == sum(len(each.given) for each in planned)
    assert told["filled"] == sum(each.filled for each in planned)
    assert told["minutes"] == sum(
        scheduled_minutes(spans[each.shift_id].starts_at, spans[each.shift_id].ends_at) * len(each.given)
        for each in planned
    )
    assert all(row["people"] >= LEAST_PEOPLE for name in ("places", "languages") for row in told[name])
    if told["places"]:
        # Nobody is left out of the places, so nothing can be reckoned from what is missing.
        for name in ("people", "asked", "offers", "minutes"):
            assert sum(row[name] for row in told["places"]) == told[name]
    else:
        assert people < LEAST_PEOPLE


def test_the_last_named_place_goes_into_a_rest_that_is_too_small() -> None:
    """Six in Kenya, five in Indonesia, two elsewhere: a rest of two would be two, so Indonesia is told with them."""
    found = market(1, people=13)
    places = [("KE", None)] * 6 + [("ID", None)] * 5 + [("PL", None), ("RO", None)]
    members = [
        replace(member, person=replace(member.person, country=country))
        for member, (country, _) in zip(found.members, places, strict=True)
    ]
    tally = Tally()
    tally.add(replace(found, members=members), [])
    assert [(row["code"], row["people"]) for row in tally.told()["places"]] == [("KE", 6), (None, 7)]


def test_a_seat_that_goes_to_somebody_else_has_moved() -> None:
    instance = market(3)
    planned = solve(instance)
    (seat, *_), shift = planned[0].given, planned[0]
    assert moved(planned, planned) == 0
    without = [replace(shift, given=[each for each in shift.given if each is not seat]), *planned[1:]]
    assert moved(planned, without) == 1
