"""One clock for business time, that tests may move and production may not."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from marketplace.core import clock
from marketplace.core.clock import ClockIsFixed, UnknownZone
from marketplace.core.db import db, transaction
from marketplace.core.http import SetaraFlask

THEN = datetime(2023, 3, 6, 15, 0, tzinfo=UTC)
CLOSE = timedelta(seconds=20)
Statements = Callable[[], AbstractContextManager[list[str]]]


def test_time_is_the_machines_until_it_is_moved(app: Flask) -> None:
    before = datetime.now(UTC)
    assert before <= clock.now() <= datetime.now(UTC)
    assert clock.now().tzinfo is UTC


def test_moved_time_runs_on(app: Flask) -> None:
    clock.move_to(THEN)
    first = clock.now()
    assert THEN <= first < THEN + CLOSE
    assert clock.now() > first


def test_time_that_stands_still_does_not_pass_until_it_is_moved_again(app: Flask) -> None:
    clock.move_to(THEN, still=True)
    assert clock.now() == clock.now() == THEN
    clock.forget()
    assert clock.now() == THEN, "another process reads the same from the row"
    clock.run_on()
    first = clock.now()
    assert THEN < first < THEN + CLOSE
    clock.run_on()
    assert first < clock.now() < THEN + CLOSE, "time that runs is left alone"


def test_time_can_be_moved_again_and_backward(app: Flask) -> None:
    clock.move_to(THEN)
    clock.move_to(THEN - timedelta(days=400))
    assert abs(clock.now() - (THEN - timedelta(days=400))) < CLOSE


def test_production_refuses(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    clock.move_to(THEN)
    monkeypatch.setitem(app.config, "CLOCK_MOVABLE", False)
    assert abs(clock.now() - datetime.now(UTC)) < CLOSE
    with pytest.raises(ClockIsFixed):
        clock.move_to(THEN)


def test_a_move_that_rolls_back_never_was(app: Flask) -> None:
    def move_and_fail() -> None:
        with transaction():
            clock.move_to(THEN)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        move_and_fail()
    assert abs(clock.now() - datetime.now(UTC)) < CLOSE


@pytest.mark.truncating
def test_every_process_reads_the_same_time(apart_app: SetaraFlask) -> None:
    """Another context is another session on another connection, as another process is."""
    with apart_app.app_context():
        assert clock.now() - THEN > CLOSE
        with apart_app.app_context(), transaction():
            clock.move_to(THEN)
        db.session.rollback()
        clock.forget()
        assert abs(clock.now() - THEN) < CLOSE


@pytest.mark.truncating
def test_the_next_transaction_sees_a_move_and_the_running_one_does_not(apart_app: SetaraFlask) -> None:
    with apart_app.app_context():
        with transaction():
            assert clock.now() - THEN > CLOSE
            with apart_app.app_context(), transaction():
                clock.move_to(THEN)
            assert clock.now() - THEN > CLOSE
        with transaction():
            assert abs(clock.now() - THEN) < CLOSE


def test_a_clock_that_is_held_is_read_once_for_many_transactions(app: Flask, statements: Statements) -> None:
    with transaction():
        clock.move_to(THEN, still=True)
    with statements() as read, clock.held():
        for _ in range(3):
            with transaction():
                assert clock.now() == THEN
    assert len([each for each in read if "clock_offset" in each]) == 1
    with transaction():
        clock.move_to(THEN + CLOSE, still=True)
    with transaction():
        assert clock.now() == THEN + CLOSE


@pytest.mark.usefixtures("app")
def test_a_clock_that_runs_is_not_held() -> None:
    """Whoever moved it and started something is not worked for on the day before."""
    with transaction():
        clock.move_to(THEN)
    with clock.held():
        with transaction():
            clock.move_to(THEN + timedelta(days=1))
        with transaction():
            assert clock.now() >= THEN + timedelta(days=1)


def test_zones_by_their_name() -> None:
    winter = THEN.astimezone(clock.zone("Asia/Pontianak"))
    assert (winter.hour, winter.utcoffset()) == (22, timedelta(hours=7))


@pytest.mark.parametrize("name", ["", "Kansas", "America", "../etc/passwd", "/etc/localtime", "UTC\0", "A" * 500])
def test_what_is_no_zone(name: str) -> None:
    with pytest.raises(UnknownZone) as refused:
        clock.zone(name)
    assert refused.value.field == "timezone"
