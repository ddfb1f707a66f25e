"""The story of the two newspapers, played by a fifth of its people: once alone, and once with two clocks and two
workers, of which one each is killed on the way."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from examples.story import report
from marketplace.core.embedded import EmbeddedPostgres
from tests.conftest import ROOT, Database, own_database
from tests.journeys.service import Service

SHARE = "5"
LONGEST = 600
SOLVER_SECONDS = "300"
"""Far more than it needs: the outcome must not depend on how fast it is."""
KILLED_AT = "moments 31 of"
Outcome = dict[str, Any]


def story(database: Database, folder: Path, *more: str) -> subprocess.Popen[str]:
    """The story's own process, which tells each tenth of its way in a line."""
    told = {"SETARA_DEMO": "1", "STORY_SHARE": SHARE, "LOG_LEVEL": "WARNING", "PYTHONUNBUFFERED": "1"}
    environment = database.environ(**told, SOLVER_SECONDS=SOLVER_SECONDS)
    command = [sys.executable, "-m", "examples.story", "--report", str(folder), *more]
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)


def ended(playing: subprocess.Popen[str], folder: Path) -> Outcome:
    said, _ = playing.communicate(timeout=LONGEST)
    assert playing.returncode == 0, said
    found: Outcome = json.loads((folder / "outcome.json").read_text())
    return found


@pytest.fixture(scope="module")
def played(
    server: EmbeddedPostgres, template: str, worker_id: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Outcome]:
    """What the story came to without any other process."""
    folder = tmp_path_factory.mktemp("alone")
    with own_database(server, template, f"story_alone_{worker_id}") as database:
        yield ended(story(database, folder), folder)


def test_the_refused_gig_breaks_every_rule_that_the_papers_tell_of(played: Outcome) -> None:
    refusal = played["scenes"]["refusal"]
    assert refusal["outcome"] == "refused"
    broken = {verdict["rule"]: verdict for verdict in refusal["verdicts"]}
    assert {"HOUSE_FLOOR", "FLOOR", "HAZARD", "SHARE", "PILOT", "INSTRUCTIONS", "ESCROW"} <= broken.keys()
    assert all(verdict["source"] and verdict["remedy"] for verdict in refusal["verdicts"])
    assert broken["HOUSE_FLOOR"]["limit"] == "5.00 USD"
    # 70 % of 12.50 are 8.75; an hour at r reaches the worker as 1.25 r of pay, 4 % for health and a thirtieth of leave.
    assert broken["SHARE"]["limit"] == "6.57 USD"


def test_every_offer_of_the_plan_has_its_reason(played: Outcome) -> None:
    plan = played["scenes"]["plan"]
    assert plan["offers"] == plan["with_reason"] > 100


def test_the_solver_gives_the_seats_of_the_story(played: Outcome) -> None:
    """All seats of the two weeks together: as many of them are filled, and they count more."""
    plans = played["plans"]
    assert plans["by_solver"] >= 1
    assert plans["filled"] >= plans["filled_one_by_one"] > 100
    assert plans["points"] > plans["points_one_by_one"]


def test_nobody_is_in_two_places_and_no_seat_is_sold_twice(played: Outcome) -> None:
    assert played["scenes"]["two_places"]["code"] == "double_booked"
    race = played["scenes"]["race"]
    assert (race["asked"], race["told"], race["accepted"], race["seats_taken"], race["bookings"]) == (40, 40, 4, 4, 4)


def test_a_flag_raises_the_class_and_the_cap_stops_to_the_minute(played: Outcome) -> None:
    flag, cap = played["scenes"]["flag"], played["scenes"]["cap"]
    assert flag["stopped"] + cap["by_cap"] == flag["at_work"]
    assert cap["still_at_work"] == 0


def test_who_falls_ill_is_paid_and_what_was_cut_is_ruled_on(played: Outcome) -> None:
    assert played["scenes"]["ill"]["minutes"] > 0
    # An hour at 9.00 USD; with 4 % for health, two minutes of leave and the fee of 5 % it costs 10.11.
    assert played["adjustment"] == {"pay": "9.00", "cost": "10.11"}


def test_a_late_cancellation_is_paid_by_the_curve(played: Outcome) -> None:
    """13 hours before a shift of four hours at 12.00 USD: two hours each, 4 % for health on top."""
    cancelled = played["scenes"]["cancellation"]
    assert cancelled["total"] == f"{cancelled['people'] * 24.96:.2f} USD"


def test_the_proof_holds_over_everything(played: Outcome) -> None:
    assert [check["name"] for check in played["proof"] if not check["holds"]] == []
    assert [truth["sentence"] for truth in played["truths"] if not truth["holds"]] == []


def test_everybody_is_paid_in_time_and_for_every_minute(played: Outcome) -> None:
    assert {kind: numbers["unpaid_minutes"] for kind, numbers in played["kinds"].items()} == dict.fromkeys(
        ("kansas", "kenya", "trainers"), 0
    )
    assert all(float(numbers["days_to_money_longest"]) <= 7 for numbers in played["kinds"].values())
    assert played["kinds"]["kansas"]["pay_an_hour"] == "15.00"


def test_a_payslip_is_shown_in_rupiah_where_a_rate_is_sourced(played: Outcome) -> None:
    assert (played["payslip"]["rate"], played["payslip"]["quoted_on"]) == ("14749.75", "2023-05-10")
    assert "KES" in played["without_rate"]
    assert "IDR" not in played["without_rate"]


def test_the_world_is_left_in_the_middle_of_its_work(played: Outcome) -> None:
    """An applicant waits to be vetted, people are at work, offers are open, a dispute waits for its ruling."""
    counts = played["counts"]
    assert counts["contractors"]["applied"] > 0
    assert counts["bookings"]["working"] > 0
    assert counts["offers"]["pending"] > 0
    assert counts["disputes"]["claimed"] == counts["disputes"]["ruled"] == 1


def test_the_report_tells_it_all_and_names_its_sources(played: Outcome) -> None:
    page = report.as_page(played)
    assert "15.00 USD" in page
    assert "https://time.com/6247678" in page
    assert page.count("<svg") >= 6
    assert "<script" not in page


def test_killed_clocks_and_workers_change_nothing(
    played: Outcome,
    server: EmbeddedPostgres,
    template: str,
    worker_id: str,
    tmp_path: Path,
) -> None:
    """Two clocks and two workers, of which one each dies in the middle: the outcome is the same to the minor unit."""
    with own_database(server, template, f"story_killed_{worker_id}") as database:
        service = Service(database, tmp_path)
        service.settings["SOLVER_SECONDS"] = SOLVER_SECONDS
        try:
            clocks = [service.start_jobs("clock") for _ in range(2)]
            workers = [service.start_jobs("worker") for _ in range(2)]
            playing = story(database, tmp_path / "report", "--idle")
            assert playing.stdout is not None
            for line in playing.stdout:
                if KILLED_AT in line:
                    break
            for killed in (clocks[0], workers[0]):
                assert killed.poll() is None
                killed.kill()
            outcome = ended(playing, tmp_path / "report")
        finally:
            service.stop()
    assert outcome == played
