"""What a report of fairness counts, and whom it does not tell of."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.matching.engine import solve
from marketplace.matching.fairness import LEAST_PEOPLE, OF_WHO_WAS_ASKED, Tally, moved
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
    assert all(row["asked"] not in range(1, LEAST_PEOPLE) for name in ("places", "languages") for row in told[name])
    if told["places"]:
        # Nobody is left out of the places, so what is missing of the whole is what enough people stand behind, or all.
        assert sum(row["people"] for row in told["places"]) == told["people"]
        named = [row for row in told["places"] if row["asked"] is not None]
        for name in OF_WHO_WAS_ASKED:
            assert all((row[name] is None) == (row["asked"] is None) for row in told["places"])
            if len(named) == len(told["places"]):
                assert sum(row[name] for row in named) == told[name]
        missing = told["asked"] - sum(row["asked"] for row in named)
        assert missing == 0 or missing >= LEAST_PEOPLE or not any(row["asked"] for row in named)
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


def test_what_too_few_of_a_group_were_asked_for_is_told_of_nobody() -> None:
    """Seven in Kenya, seven in Indonesia, seven in Poland; asked are six, two and five: Indonesia's two would be what
    the others leave of the whole, so Poland is not told either."""
    found = market(1, people=21, shifts=3)
    countries = ["KE"] * 7 + ["ID"] * 7 + ["PL"] * 7
    members = [
        replace(member, person=replace(member.person, country=country))
        for member, country in zip(found.members, countries, strict=True)
    ]
    tally = Tally()
    instance = replace(found, members=members)
    tally.add(instance, [])
    for member in [*members[:6], *members[7:9], *members[14:19]]:
        tally._give(member, found.openings[0], instance)
    told = {row["code"]: [row[name] for name in OF_WHO_WAS_ASKED[:2]] for row in tally.told()["places"]}
    assert told == {"KE": [6, 6], "ID": [None, None], "PL": [None, None]}


def test_a_seat_that_goes_to_somebody_else_has_moved() -> None:
    instance = market(3)
    planned = solve(instance)
    (seat, *_), shift = planned[0].given, planned[0]
    assert moved(planned, planned) == 0
    without = [replace(shift, given=[each for each in shift.given if each is not seat]), *planned[1:]]
    assert moved(planned, without) == 1
