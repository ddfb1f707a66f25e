"""What really happened before and after each change of the weights: when, of whom, and to whom it is told."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from marketplace.core.problems import NotFound
from marketplace.matching import realised
from marketplace.matching.objective import NEWEST_SHIPPED, Weights
from marketplace.matching.realised import Cell, Change, Period, Work, changes, merged, periods, told
from marketplace.matching.weighing import Version
from tests.factories import accounts
from tests.factories import shifts as make
from tests.factories.shifts import MONDAY, Scene
from tests.matching.test_weighing import ask, publish, tried

REALISED = "GET /api/v1/matching/weights/realised"
DAY = timedelta(days=1)
NOON = datetime(2023, 3, 1, 12, tzinfo=UTC)


def version(number: int, valid_from: datetime, set_at: datetime) -> Version:
    return Version(Weights(number, valid_from.date(), NEWEST_SHIPPED.parts), set_at=set_at)


def test_a_version_holds_from_its_day_or_from_its_publication_to_the_next() -> None:
    """Version 3 is published at noon for today; 4 for ten days later, and 5 for the same day: 4 never holds."""
    known = [
        Version(NEWEST_SHIPPED),
        version(3, NOON, NOON),
        version(4, NOON + 10 * DAY, NOON + 2 * DAY),
        version(5, NOON + 10 * DAY, NOON + 3 * DAY),
    ]
    midnight = datetime(2023, 3, 11, tzinfo=UTC)
    assert changes(known) == [Change(3, NOON), Change(5, midnight)]


def test_as_many_weeks_are_looked_at_before_as_after_and_never_beyond_another_change() -> None:
    first, second = Change(3, NOON), Change(4, NOON + 17 * DAY)
    # Of the first the two weeks that are over until the second; of the second one week until now.
    assert periods([first, second], NOON + 27 * DAY) == [
        (first, ((NOON - 14 * DAY, NOON), (NOON, NOON + 14 * DAY))),
        (second, ((NOON + 10 * DAY, NOON + 17 * DAY), (NOON + 17 * DAY, NOON + 24 * DAY))),
    ]
    # Long after: no more than lies between the two, and no more than four weeks.
    assert periods([first, second], NOON + 100 * DAY)[1][1] == (
        (NOON + 3 * DAY, NOON + 17 * DAY),
        (NOON + 17 * DAY, NOON + 31 * DAY),
    )
    assert periods([first], NOON + 100 * DAY)[0][1] == ((NOON - 28 * DAY, NOON), (NOON, NOON + 28 * DAY))
    # Of what has held for less than a week nothing is told, and nothing new within a week.
    assert periods([first], NOON + 7 * DAY - timedelta(seconds=1)) == []
    assert periods([first], NOON + 7 * DAY) == periods([first], NOON + 13 * DAY)
    assert periods([first, second], NOON + 17 * DAY)[-1][0] == first
    assert periods([first], NOON) == []


def groups(**people: tuple[int, int]) -> dict[str, tuple[Cell, Cell]]:
    return {code: (Cell(before), Cell(after)) for code, (before, after) in people.items()}


@pytest.mark.parametrize(
    ("given", "told_of"),
    [
        (groups(KE=(9, 9), ID=(0, 7)), [["KE"], ["ID"]]),
        # Four Poles before the change: nobody else is left of the whole, so Indonesia is told with them.
        (groups(KE=(9, 9), ID=(6, 5), PL=(4, 8)), [["KE"], ["PL", "ID"]]),
        (groups(KE=(9, 9), ID=(3, 3), PL=(4, 4)), [["KE"], ["PL", "ID"]]),
        (groups(KE=(2, 9), PL=(2, 0)), []),
    ],
)
def test_a_place_of_few_is_told_with_others_or_not_at_all(
    given: dict[str, tuple[Cell, Cell]], told_of: list[list[str]]
) -> None:
    assert merged(given) == told_of


def test_what_is_told_adds_up_and_leaves_out_small_languages() -> None:
    works = [Work(frozenset({"KE"}), frozenset({"en"}), 6, 5), Work(frozenset({"KE", "ID"}), frozenset(), 4, 1)]
    cells = {
        "whole": {"": Cell(14, 15, 2100)},
        "place": {"KE": Cell(9, 10, 1500), "ID": Cell(5, 5, 600)},
        "language": {"en": Cell(9, 9, 1500), "id": Cell(4, 4, 480)},
    }
    found = told(Change(3, NOON), Period(NOON - DAY, NOON, cells, works), Period(NOON, NOON + DAY, {}, []))
    nothing = {"seats": 0, "filled": 0, "people": 0, "offers": 0, "minutes": 0}
    times = {"starts_at": NOON - DAY, "ends_at": NOON}
    assert found["before"] == {"seats": 10, "filled": 6, "people": 14, "offers": 15, "minutes": 2100} | times
    assert found["places"] == [
        {
            "code": "KE",
            "before": {"seats": 10, "filled": 6, "people": 9, "offers": 10, "minutes": 1500},
            "after": nothing,
        },
        {
            "code": "ID",
            "before": {"seats": 4, "filled": 1, "people": 5, "offers": 5, "minutes": 600},
            "after": nothing,
        },
    ]
    assert [(each["code"], each["before"]["seats"]) for each in found["languages"]] == [("en", 6)]


def test_a_language_that_all_but_few_speak_is_not_told() -> None:
    """Of sixteen people two speak no English: what they were offered would be the whole less what English speakers
    were. Five who speak no Indonesian are enough, and so is nobody at all."""
    cells = {
        "whole": {"": Cell(16, 20, 3000)},
        "language": {"en": Cell(14, 18, 2800), "id": Cell(11, 12, 1000), "es": Cell(16, 20, 3000)},
    }
    before, after = Period(NOON - 7 * DAY, NOON, cells, []), Period(NOON, NOON + 7 * DAY, {}, [])
    assert [each["code"] for each in told(Change(3, NOON), before, after)["languages"]] == ["es", "id"]
    assert [each["code"] for each in told(Change(3, NOON), after, before)["languages"]] == ["es", "id"]


@pytest.mark.door(REALISED, "works")
@pytest.mark.door(REALISED, "not_signed_in")
def test_operators_read_what_happened(
    client: FlaskClient,
    scene: Scene,
    work: Callable[[], int],
    statements: Callable[[], AbstractContextManager[list[str]]],
) -> None:
    """Before: six of seven seats of four hours are filled. After: five of five of two hours, and one is asked who does
    not answer."""
    people = [make.contracted(scene) for _ in range(6)]
    before, after = MONDAY, MONDAY + 2 * DAY
    monday = make.shift(scene, before, seats=7)
    for person in people:
        make.booked(scene, person, monday)
    make.at(MONDAY + DAY)
    publish(tried(work))
    wednesday = make.shift(scene, after, hours=2, seats=5)
    for person in people[:5]:
        make.booked(scene, person, wednesday)
    make.offered(scene, make.shift(scene, after + 10 * DAY, hours=1), people[5])
    make.at(MONDAY + 10 * DAY)
    operator = accounts.operator()
    with statements() as sent:
        (found,) = realised.report(seen_by=operator)
    assert len([each for each in sent if "period" in each]) == 2
    assert (found["version"], found["changed_at"]) == (3, MONDAY + DAY)
    assert {name: found["before"][name] for name in ("seats", "filled", "people", "offers", "minutes")} == {
        "seats": 7, "filled": 6, "people": 6, "offers": 6, "minutes": 1440
    }  # fmt: skip
    assert {name: found["after"][name] for name in ("seats", "filled", "people", "offers", "minutes")} == {
        "seats": 5, "filled": 5, "people": 6, "offers": 6, "minutes": 600
    }  # fmt: skip
    assert [(each["code"], each["before"]["minutes"], each["after"]["minutes"]) for each in found["places"]] == [
        ("US", 1440, 600)
    ]
    assert [each["code"] for each in found["languages"]] == ["en"]
    answer = ask(client, REALISED, headers=accounts.bearer(operator))
    assert (answer.status_code, answer.json["items"][0]["after"]["minutes"]) == (200, 600)
    assert ask(client, REALISED).status_code == 401
    assert ask(client, REALISED, headers=accounts.bearer(scene.company)).status_code == 404
    with pytest.raises(NotFound):
        realised.report(seen_by=scene.company)
