"""Policies compared: which one is chosen, how it is told, and that the service does what was chosen."""

import json
from dataclasses import replace

import pytest
from flask import Flask

from marketplace.simulation.assumed import SCENES
from marketplace.simulation.bound import most_seats
from marketplace.simulation.commands import FIGURES, PAGE, PICTURE
from marketplace.simulation.figures import Figures, best, figures, is_fair, over_worlds
from marketplace.simulation.market import live
from marketplace.simulation.policies import POLICIES, SERVICE
from marketplace.simulation.world import world
from tests.conftest import ROOT

KEPT = ROOT / "docs"


def came_to(policy: str, **figures: object) -> Figures:
    """A policy that filled nine seats of ten, with two offers for three seats and nothing else to tell."""
    plain = Figures(policy, 100, 0.9, 0.95, 0.8, 60, 600, 0.5, {"KE": 0.5}, 1.0, {"poor": 0.5}, 1.5, 0.0, 0.0)
    return replace(plain, **figures)  # type: ignore[arg-type]


def test_the_one_that_fills_most_is_chosen_among_the_fair() -> None:
    slow, quick = came_to("slow"), came_to("quick", filled=0.93)
    unfair = came_to("unfair", filled=0.99, in_vain=0.06)
    assert best([slow, quick, unfair], "none of them") is quick
    assert not is_fair(unfair)


def test_a_poor_network_that_costs_hours_is_not_fair() -> None:
    unequal = came_to("unequal", filled=0.99, equal=0.89)
    assert best([unequal, came_to("equal")], "unequal").policy == "equal"
    assert best([unequal, came_to("worse", equal=0.5)], "worse") is unequal


def test_an_hour_that_is_paid_in_vain_counts_like_a_seat_that_is_empty() -> None:
    """0.95 of the seats with 10 % idle pay are worth 0.855, less than 0.9 without any."""
    assert came_to("standby", filled=0.95, idle=0.10).worth == pytest.approx(0.855)
    assert best([came_to("standby", filled=0.95, idle=0.10), came_to("plain")], "none of them").policy == "plain"


def test_what_is_used_stays_until_another_is_clearly_worth_more() -> None:
    """Worth 0.01 more in the mean of four worlds, by 0.03, 0.03, -0.01 and -0.01: the standard error is 0.0115, so
    chance may have it. By 0.02, 0.01, 0.01 and 0.00 it is 0.0041, and 0.01 is more than twice that."""
    used = came_to("used", worths=(0.80, 0.90, 0.85, 0.70))
    perhaps = came_to("other", filled=0.91, worths=(0.83, 0.93, 0.84, 0.69))
    clearly = came_to("other", filled=0.91, worths=(0.82, 0.91, 0.86, 0.70))
    assert best([used, perhaps], "used") is used
    assert best([used, clearly], "used") is clearly
    assert best([replace(used, in_vain=0.06), perhaps], "used") is perhaps


def test_means_over_worlds() -> None:
    three = [came_to("one", filled=filled, bound=bound) for filled, bound in ((0.8, 0.9), (0.9, 0.97), (0.7, 0.92))]
    found = over_worlds(three)
    assert found.worths == [three[0].worth, three[1].worth, three[2].worth]
    assert (found.filled, found.bound, found.seats) == (pytest.approx(0.8), pytest.approx(0.93), 300)


def test_the_command_compares_and_keeps_what_it_found(app: Flask, tmp_path_factory: pytest.TempPathFactory) -> None:
    out = tmp_path_factory.mktemp("simulated")
    asked = "matching simulate --people 10 --weeks 1 --seeds 1 --scene calm --policy measured --policy double"
    done = app.test_cli_runner().invoke(args=[*asked.split(" "), "--out", str(out)])
    assert done.exit_code == 0, done.output
    made = world(1, 10, 1, SCENES["calm"])
    ways = [POLICIES[name] for name in ("measured", "double")]
    alone = [figures(way.name, live(made, way), live(made.all_steady, way), made) for way in ways]
    most = most_seats(made)
    kept = json.loads((out / FIGURES).read_text())
    assert kept["found"] == json.loads(json.dumps([over_worlds([one.bounded_by(most)]).as_dict() for one in alone]))
    words = (out / PAGE).read_text()
    assert all(f"| {one.policy} | {one.filled:.1%} |" in words for one in alone)
    assert (out / PICTURE).read_text().count("<rect") == 3


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (["--assume", "luck=1"], "There is no 'luck'."),
        (["--assume", "says_yes"], "is not NAME=NUMBER"),
        (["--assume", "says_yes=2"], "A share is from 0 to 1."),
        (["--people", "0"], "Give 1 to 5000 people."),
        (["--policy", "magic"], "is not one of"),
    ],
)
def test_what_cannot_be_simulated_is_said(app: Flask, wrong: list[str], words: str) -> None:
    done = app.test_cli_runner().invoke(args=["matching", "simulate", *wrong])
    assert done.exit_code != 0
    assert words in done.output


def test_the_service_does_what_the_kept_comparison_chose() -> None:
    kept = json.loads((KEPT / FIGURES).read_text())["found"]
    found = [Figures(**one) for one in kept]
    assert [one.policy for one in found] == list(POLICIES)
    assert best(found, SERVICE).policy == SERVICE
    assert all(one.bound is not None and one.filled <= one.bound for one in found)
