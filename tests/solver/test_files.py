"""Markets as folders of files: written, read, refused in words; and the commands that plan and check them."""

import json
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from marketplace.cli import is_of_files, of_files_alone
from marketplace.solver import files, solving
from marketplace.solver.checker import check
from marketplace.solver.commands import NOT_A_MARKET, NOT_A_PLAN, matching
from marketplace.solver.faults import BadFiles
from marketplace.solver.generating import generate
from marketplace.solver.market import Market, problem_of
from tests.conftest import ROOT
from tests.solver.markets import nobody_named

SAMPLE = ROOT / "examples" / "matching"


def run(*words: object) -> Result:
    return CliRunner().invoke(matching, [str(word) for word in words])


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SAMPLE, tmp_path / "sample"))


def total_of(market: Market) -> tuple[int, list[int]]:
    plan = solving.solve(problem_of(market))
    return plan.objective.total, plan.shift.tolist()


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_a_market_that_is_written_is_read_as_it_was(kind: str, tmp_path: Path) -> None:
    market = generate(200, 200, seed=3, days=14)
    files.write(market, tmp_path, kind)
    assert total_of(files.read(tmp_path)) == total_of(market)


def test_the_commands_plan_check_and_report(sample: Path) -> None:
    plan, report = sample / "plan.csv", sample / "report.json"
    done = run("plan", sample, "--out", plan, "--report", report, "--seed", 7)
    assert done.exit_code == 0, done.output
    assert plan.read_text().splitlines() == [
        "shift,contractor",
        "labels-mon,ana",
        "labels-mon,bayu",
        "labels-tue,ana",
        "ranks-mon,celina",
        "hate-wed,bayu",
    ]
    told = json.loads(report.read_text())
    assert told["filled"] == 5
    assert told["bound"] == told["objective"]["total"]
    assert told["bound_holds_for_the_full_problem"]
    assert told["peak_bytes"] > 2**20
    assert "the report is true" in run("check", sample, plan, "--report", report).output
    plan.write_text(plan.read_text() + "labels-tue,bayu\n")
    lied = run("check", sample, plan)
    assert lied.exit_code == NOT_A_PLAN
    assert "bayu: labels-tue: does not speak en:B2." in lied.output


def test_flask_plans_files_without_settings_and_without_a_database(sample: Path) -> None:
    words = ["matching", "check", str(sample), str(sample / "manifest.json")]
    assert is_of_files(["flask", "--app", "wsgi", *words])
    assert not is_of_files(["flask", "--app", "wsgi", "matching", "reindex"])
    told = of_files_alone().test_cli_runner().invoke(args=words)
    assert (told.exit_code, "cannot be read" in told.output) == (NOT_A_PLAN, True)


def test_an_instance_is_generated_once(tmp_path: Path) -> None:
    made = run("generate", tmp_path / "made", "--contractors", 20, "--tight", "--tables", "parquet")
    assert (made.exit_code, made.output.split(" seats")[0][-2:]) == (0, "40")
    assert "already" in run("generate", tmp_path / "made", "--contractors", 20).output


def changed(folder: Path, name: str, old: str, new: str) -> list[str]:
    """What is said of the sample with something in one file exchanged."""
    path = folder / name
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(BadFiles) as refused:
        files.read(folder)
    return str(refused.value).splitlines()


BAD = {
    "no seats": ("shifts.csv", "Z,2,2", "Z,0,2", "shifts.csv:2: seats: A shift has at least one seat. [no_seats]"),
    "an end before the start": ("shifts.csv", "08T12:00Z", "08T07:00Z", "shifts.csv:3: ends_at: "),
    "no moment": ("shifts.csv", "2026-12-08T08:00Z", "8 December", "shifts.csv:3: starts_at: '8 December' is not"),
    "beyond the horizon": ("shifts.csv", "2026-12-10T00:00Z", "2026-12-15T00:00Z", "[outside_horizon]"),
    "an unknown skill": ("shifts.csv", "1,3,ranking", "1,3,rankings", "In 'rankings' each word is a code that"),
    "an unknown level": ("shifts.csv", "en:B2", "en:D2", "In 'en:D2' each word is a code with its level"),
    "an unknown urgency": ("shifts.csv", "Z,1,3,ranking", "Z,1,4,ranking", "urgency: 4 is not from 0 to 3."),
    "a number that is none": ("shifts.csv", "1300,0", "1e3,0", "rate: '1e3' is not a whole number."),
    "a duplicate id": ("contractors.csv", "bayu,", "ana,", "contractors.csv:3: id: The id 'ana' stands"),
    "no id": ("contractors.csv", "bayu,", ",", "contractors.csv:3: id: Every row has an id."),
    "an unknown zone": ("contractors.csv", "Europe/Warsaw", "Europe/Krakow", "zone: 'Europe/Krakow' is no time zone"),
    "two regions": ("contractors.csv", ",PL,", ",PL KE,", "[not_one_region]"),
    "less at most than at least": ("contractors.csv", "600,1200", "600,120", "[contradiction]"),
    "overlapping windows": ("contractors.csv", "mon 05-17", "mon 05-17 mon 16-20", "[bad_availability]"),
    "wanted and not available": ("contractors.csv", "mon 06-12", "mon 03-12", "[contradicting_availability]"),
    "a skill twice": ("contractors.csv", "image-labelling ranking", "ranking ranking", "[duplicate_code]"),
    "a booking of nobody": ("bookings.csv", "bayu", "eko", "bookings.csv:2: contractor: 'eko' is no contractor"),
    "an unknown kind": ("bookings.csv", "away", "gone", "kind: 'gone' is none of work, hazard and away."),
    "a missing column": ("bookings.csv", ",kind", ",sort", "bookings.csv:1: kind: There is no column kind."),
    "another version": ("manifest.json", '"version": 1', '"version": 2', "version: This program reads version 1."),
    "another format": ("manifest.json", "setara-matching", "roster", "[unknown_format]"),
    "too many days": ("manifest.json", '"days": 7', '"days": 70', "days: It is a whole number from 1 to 56."),
    "no manifest": ("manifest.json", "{", "", "[unreadable]"),
    "an unknown weight": (
        "manifest.json",
        '"days"',
        '"scores": {"looks": 1}, "days"',
        "scores: Each is a known weight",
    ),
    "points of a fit beyond 32 bits": (
        "manifest.json",
        '"days"',
        '"scores": {"quality": 21474837}, "days"',
        "100 times quality, 5 times language and continuity come to at most 2147483647.",
    ),
    "a rising spread": (
        "manifest.json",
        '"days"',
        '"scores": {"spread_from": [0, 60], "spread_points": [1, 2]}, "days"',
        "spread_points fall",
    ),
}


@pytest.mark.parametrize("what", BAD)
def test_what_is_wrong_is_named_by_file_line_and_field(sample: Path, what: str) -> None:
    name, old, new, words = BAD[what]
    assert any(words in line for line in changed(sample, name, old, new))


def test_everything_that_is_wrong_is_told_at_once_and_as_an_exit_code(sample: Path) -> None:
    changed(sample, "shifts.csv", "Z,2,2", "Z,0,2")
    lines = changed(sample, "contractors.csv", "bayu,", "ana,")
    assert [line.split(":")[0] for line in lines] == ["contractors.csv", "shifts.csv", "bookings.csv"]
    refused = run("plan", sample, "--out", sample / "plan.csv")
    assert refused.exit_code == NOT_A_MARKET
    assert "[no_seats]" in refused.output
    (sample / "bookings.csv").unlink()
    assert "bookings.csv: file: The file is not there. [missing_file]" in run("plan", sample, "--out", "x").output


def planned(sample: Path, shifts: Sequence[str]) -> tuple[list[str], dict[str, object]]:
    head = (sample / "shifts.csv").read_text().splitlines()[0]
    (sample / "shifts.csv").write_text("\n".join([head, *shifts]) + "\n")
    market = files.read(sample)
    plan = solving.solve(problem_of(market))
    files.write_plan(plan, market, sample / "plan.csv")
    report = files.report_of(plan, market, 0)
    (sample / "report.json").write_text(json.dumps(report))
    assert check(sample, sample / "plan.csv", sample / "report.json").broken == []
    return (sample / "plan.csv").read_text().splitlines()[1:], report


def test_a_shift_that_is_longer_than_any_cap_stays_open_and_is_named(sample: Path) -> None:
    given, report = planned(sample, ["long,2026-12-07T00:00Z,2026-12-10T00:00Z,1,3,,,,900,0,"])
    assert (given, report["longer_than_any_cap"]) == ([], ["long"])


def test_an_hour_that_a_clock_shows_twice_is_worked_twice(sample: Path) -> None:
    """In Warsaw 25 October 2026 has 25 hours: ten of them a day, whatever the clock shows."""
    manifest = sample / "manifest.json"
    manifest.write_text(manifest.read_text().replace("2026-12-07", "2026-10-19"))
    head, row = (sample / "contractors.csv").read_text().splitlines()[0], "c,Europe/Warsaw,PL,,,,0,50,0,2400,0,0,,"
    (sample / "contractors.csv").write_text(f"{head}\n{row}\n")
    (sample / "bookings.csv").write_text("contractor,starts_at,ends_at,kind\n")
    night = "night,2026-10-24T22:00Z,2026-10-25T{}Z,1,3,,,,900,0,"
    assert planned(sample, [night.format("08:00")])[0] == ["night,c"]
    assert planned(sample, [night.format("09:00")])[0] == []


@pytest.mark.parametrize(("people", "seats"), [(80, 60), (1_000_000, 300)])
def test_identical_people_share_the_seats(people: int, seats: int) -> None:
    """Eighty, and a million who are alike in everything: each shift is full or has nobody, and that is proven best."""
    market = generate(1, 1, seed=1)
    who, everybody = market.contractors, np.zeros(people, np.int64)
    alike = {name: getattr(who, name)[everybody] for name in ("zone", "region", "floor", "quality", "least", "most")}
    alike |= {name: getattr(who, name)[everybody] for name in ("hazard", "recent", "can", "wants")}
    alike |= dict.fromkeys(("skills", "languages", "companies"), nobody_named(people))
    crowd = replace(who, id=[str(number) for number in range(people)], **alike)
    openings = generate(1, seats, seed=2).openings
    shifts = len(openings.start)
    same = dict.fromkeys(("skills", "languages", "regions"), nobody_named(shifts))
    same |= {"rate": np.full(shifts, 10_000, np.int64), "company": np.zeros(shifts, np.int32)}
    openings = replace(openings, hazard=np.zeros(shifts, np.uint8), **same)
    plan = solving.solve(problem_of(replace(market, contractors=crowd, openings=openings)))
    assert len(set(zip(plan.shift.tolist(), plan.person.tolist(), strict=True))) == plan.objective.seats > 0
    assert plan.holds_for_all
    assert plan.objective.total == plan.bound
    taken = np.bincount(plan.shift, minlength=shifts)
    assert np.all((taken == 0) | (taken == openings.seats))
