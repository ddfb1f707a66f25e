"""Plans of small instances against a proven optimum, and every plan against the checker."""

import csv
import json
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from marketplace.solver import files, solving
from marketplace.solver.checker import Instance, check
from marketplace.solver.market import Market, problem_of
from marketplace.solver.problem import Plan
from tests.solver.markets import dense
from tests.solver.oracle import best


def planned(market: Market, folder: Path, all_pairs: int = solving.ALL_PAIRS) -> Plan:
    """The plan of a market, with the files of both in the folder."""
    files.write(market, folder)
    plan = solving.solve(problem_of(files.read(folder)), all_pairs=all_pairs)
    files.write_plan(plan, market, folder / "plan.csv")
    (folder / "report.json").write_text(json.dumps(files.report_of(plan, market, 0)))
    return plan


@example(people=5, seats=14, seed=7, days=14)
@settings(max_examples=25, deadline=None)
@given(
    people=st.integers(1, 7), seats=st.integers(1, 24), seed=st.integers(0, 10_000), days=st.sampled_from([2, 4, 14])
)
def test_the_optimum_lies_between_the_plan_and_its_bound(people: int, seats: int, seed: int, days: int) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        plan = planned(dense(people, seats, seed, days=days), folder)
        assert check(folder, folder / "plan.csv", folder / "report.json").broken == []
        optimum = best(Instance(folder))
    assert plan.holds_for_all
    assert plan.objective.total <= optimum <= plan.bound
    assert plan.objective.total >= 0.97 * optimum


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_plans_are_the_optimum_or_within_a_hundredth_of_it(seed: int, tmp_path: Path) -> None:
    plan = planned(dense(8, 20, seed), tmp_path)
    assert plan.objective.total >= 0.99 * best(Instance(tmp_path))


def test_one_persons_best_plan_is_proven_however_many_rules_bind(tmp_path: Path) -> None:
    """Ten of 31 shifts of a week, in more ways than can be tried: a search that forgets where it was finds nine in two
    hundred steps, and the bound leaves room for one more."""
    plan = planned(dense(1, 160, 1, days=7), tmp_path)
    assert check(tmp_path, tmp_path / "plan.csv", tmp_path / "report.json").broken == []
    assert (plan.objective.seats, plan.bound) == (10, plan.objective.total)


@pytest.mark.parametrize("seed", [1, 2])
def test_the_hazard_cap_of_a_week_binds_and_the_plan_is_the_optimum(seed: int, tmp_path: Path) -> None:
    """All work is distressing and two hours long, and everybody consents to six hours of it a week."""
    market = dense(5, 24, seed, days=6)
    starts = market.openings.start
    work = {"hazard": np.ones(len(starts), np.uint8), "end": (starts + 120).astype(np.int32)}
    consents = replace(market.contractors, hazard=np.full(5, 360, np.int32))
    market = replace(market, openings=replace(market.openings, **work), contractors=consents)
    plan, instance = planned(market, tmp_path), Instance(tmp_path)
    assert np.bincount(plan.person, weights=np.full(len(plan.person), 120)).max() == 360
    assert plan.objective.total == best(instance) <= plan.bound
    everything = [(shift, market.contractors.id[0]) for shift in instance.shifts]
    assert "hazardous minutes in a week" in "\n".join(instance.check(everything).broken)


@pytest.mark.parametrize("weeks", [3, 60])
def test_a_bound_from_some_pairs_holds_for_all_of_them(
    weeks: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where not all pairs are kept, all are looked at again: otherwise the bound would be one of a smaller problem."""
    market = dense(60, 60, 5)
    who, like = market.contractors, np.arange(60) % weeks
    market = replace(market, contractors=replace(who, can=who.can[like], wants=who.wants[like]))
    whole = solving.solve(problem_of(market))
    monkeypatch.setattr(solving, "KEPT_FOR_A_SEAT", 1)
    monkeypatch.setattr(solving, "KEPT_BESIDE", 0)
    few = planned(market, tmp_path, all_pairs=0)
    assert few.holds_for_all
    assert whole.objective.total <= few.bound
    assert check(tmp_path, tmp_path / "plan.csv", tmp_path / "report.json").holds


def test_the_checker_sees_every_kind_of_lie(tmp_path: Path) -> None:
    market = dense(6, 12, 3)
    planned(market, tmp_path)
    plan, report = tmp_path / "plan.csv", tmp_path / "report.json"
    with plan.open(newline="") as file:
        rows = [(row["shift"], row["contractor"]) for row in csv.DictReader(file)]
    instance = Instance(tmp_path)

    def said(pairs: list[tuple[str, str]]) -> str:
        return "\n".join(instance.check(pairs).broken)

    assert said(rows) == ""
    assert "2 times" in said([*rows, rows[0]])
    assert "There is no shift nothing" in said([("nothing", rows[0][1])])
    assert "There is no contractor nobody" in said([(rows[0][0], "nobody")])
    everything = [(shift, rows[0][1]) for shift in instance.shifts]
    for words in ("two things at once", "minutes in a day", "minutes in a week", "without a rest", "chosen minutes"):
        assert words in said(everything)
    everybody = [(rows[0][0], person) for person in instance.people] * 2
    assert "seats, and" in said(everybody)
    told = json.loads(report.read_text())
    for part in ("fill", "total"):
        lie = told | {"objective": told["objective"] | {part: told["objective"][part] + 1}}
        report.write_text(json.dumps(lie))
        assert f"points of {part}" in "\n".join(check(tmp_path, plan, report).broken)
    report.write_text(json.dumps(told | {"bound": told["objective"]["total"] - 1}))
    assert "more than its bound" in "\n".join(check(tmp_path, plan, report).broken)
