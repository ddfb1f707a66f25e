"""The story's script: its size, its places, and that everything in it says where it comes from."""

from datetime import UTC, datetime

from examples.story import script, told


def test_a_thousand_people_in_more_than_twenty_countries() -> None:
    assert len(script.people()) == 1000
    assert len({city.country for city in script.cities()}) >= 20
    named = {"Kansas City", "Nairobi", "Jakarta", "Pontianak", "Manila", "Hyderabad", "Cairo", "Bucharest", "Warsaw"}
    named |= {"Kyiv", "Belgrade", "Bogota", "Lima", "Sao Paulo", "Mexico City"}
    assert named <= {city.name for city in script.cities()}
    assert {who.vetting for who in script.people()} == {"vetted", "applied", "refused", "suspended"}


def test_the_same_seed_draws_the_same_people() -> None:
    first = script.people()
    script.people.cache_clear()
    assert script.people() == first


def test_cairo_moves_its_clocks_in_the_second_night() -> None:
    """Egypt brought back summer time on 28 April 2023: ten in the morning came an hour earlier from then on."""
    starts = [shift.starts_at for shift in script.shifts() if shift.gig == "arabic"]
    assert starts[:2] == [datetime(2023, 4, 27, 8, tzinfo=UTC), datetime(2023, 4, 28, 7, tzinfo=UTC)]


def test_every_fact_says_where_it_stands_and_of_which_kind_it_is() -> None:
    sources = script.facts()["sources"]
    for fact in script.facts()["facts"]:
        assert fact["value"]
        assert fact["sources"]
        for source in fact["sources"]:
            assert sources[source]["kind"]
            made_up = sources[source]["kind"] == "made up for the story"
            assert made_up or sources[source]["address"].startswith("https://")


def test_what_is_told_is_a_fact_and_what_is_not_told_is_left_open() -> None:
    known = {fact["id"] for fact in script.facts()["facts"]}
    assert {fact for facts in told.TOLD.values() for fact in facts} <= known
    assert {question for _, question in told.TOLD} <= told.QUESTIONS.keys()
    assert ("trainers", "Pay an hour, over all minutes") not in told.TOLD, "no paper tells it"
