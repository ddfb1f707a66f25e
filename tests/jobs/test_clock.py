"""The timetable fires each entry once, however many clocks look and however long nobody did."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from structlog.testing import capture_logs

from jobs import clock, programs
from jobs.schedule import TIMETABLE, Entry, daily, every_minutes, every_seconds
from marketplace.core import clock as business
from marketplace.core import queue
from marketplace.core.db import db, transaction
from marketplace.pay.models import PayRun
from marketplace.pay.rules import RunStatus
from tests.factories import pay as made
from tests.factories import shifts

TEN = Entry("test.ten", every_seconds(10))
START = datetime(2026, 3, 1, 12, 0, 5, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def fire(entry: Entry, moment: datetime) -> bool:
    with transaction():
        return clock.fire(entry, moment)


def begin(name: str) -> None:
    """As when a worker takes the waiting job and ends it."""
    with transaction():
        worker = queue.enlist()
        taken = queue.take(worker)
        assert taken is not None
        assert taken.name == name
        queue.finish(taken, succeeded=True)


def test_a_new_entry_fires_at_its_next_moment(app: Flask) -> None:
    assert not fire(TEN, at(0))
    assert not fire(TEN, at(4.9))
    assert fire(TEN, at(5))
    assert queue.depth() == {("test.ten", "todo"): 1}


def test_a_second_clock_finds_it_fired(app: Flask) -> None:
    fire(TEN, at(0))
    assert fire(TEN, at(5.001))
    assert not fire(TEN, at(5.002))
    begin("test.ten")
    assert not fire(TEN, at(14.9))
    assert fire(TEN, at(15.1))


def test_what_was_missed_is_one_fire(app: Flask) -> None:
    fire(TEN, at(0))
    assert fire(TEN, at(3 * 24 * 3600))
    assert not fire(TEN, at(3 * 24 * 3600 + 1))
    assert queue.depth() == {("test.ten", "todo"): 1}


def test_jobs_do_not_pile_up_where_no_worker_runs(app: Flask) -> None:
    fire(TEN, at(0))
    assert fire(TEN, at(5))
    assert not fire(TEN, at(15))
    assert queue.depth() == {("test.ten", "todo"): 1}


def test_a_fire_that_rolls_back_is_not_lost(app: Flask) -> None:
    fire(TEN, at(0))
    with db.session.begin_nested() as trial:
        assert clock.fire(TEN, at(5))
        trial.rollback()
    assert queue.depth() == {}
    assert fire(TEN, at(6))


def test_triggers_are_the_same_moments_for_every_clock() -> None:
    midday = datetime(2026, 3, 1, 12, 7, 31, tzinfo=UTC)
    assert every_seconds(15).get_next_fire_time(midday, midday) == midday.replace(second=45)
    assert every_minutes(5).get_next_fire_time(midday, midday) == midday.replace(minute=10, second=0)
    assert daily(3).get_next_fire_time(midday, midday) == datetime(2026, 3, 2, 3, tzinfo=UTC)


def test_every_entry_has_a_program_and_stands_once() -> None:
    assert programs.PROGRAMS
    names = [entry.job for entry in TIMETABLE]
    assert len(set(names)) == len(names)
    assert set(names) <= set(queue.app.tasks)
    for entry in TIMETABLE:
        # The next fire does it again; a retry beside it would only be one more.
        assert queue.app.tasks[entry.job].retry_strategy is None


def test_the_sweep_that_frees_locks_needs_none() -> None:
    (sweep,) = [entry for entry in TIMETABLE if entry.job == "queue.stalled"]
    assert not sweep.alone


def test_moved_time_has_everything_looked_at_in_one_order(app: Flask) -> None:
    """What has ended comes before what it makes room for: else the same move would not always come to the same. A pay
    run that cannot go on keeps nothing that comes after it."""
    scene = shifts.scene()
    for day in range(2):
        made.short(made.worked_and_approved(scene, starts_at=shifts.MONDAY + timedelta(days=day)))
    stuck = made.started(scene.company_id)
    with transaction():
        business.travel_to(business.now() + timedelta(days=3))
    assert queue.depth()[business.LOOK, "todo"] == 1
    wanted = [entry.job for entry in TIMETABLE if entry.follows_business_time]
    assert wanted.index("offers.expire") < wanted.index("shifts.match")
    assert wanted.index("timesheets.auto_approve") < wanted.index("pay.run")
    assert "checks.run" not in wanted
    with capture_logs() as lines, pytest.raises(ExceptionGroup) as told:
        clock.look_at_everything()
    assert [line["job"] for line in lines if line["event"] == "job"] == wanted
    assert told.value.exceptions[0].__notes__ == ["pay.advance_runs"]
    assert db.session.get_one(PayRun, stuck.id).status is RunStatus.FROZEN


def test_while_everything_is_looked_at_no_clock_fires_what_follows_business_time(app: Flask) -> None:
    follows, stands = (
        Entry("test.ten", every_seconds(10)),
        Entry("test.own", every_seconds(10), follows_business_time=False),
    )
    fire(follows, at(0))
    fire(stands, at(0))
    with transaction():
        business.travel_to(business.now())
    assert not fire(follows, at(5))
    assert fire(stands, at(5))
    begin(business.LOOK)
    assert fire(follows, at(6)), "what it had not yet looked at is looked at now"
