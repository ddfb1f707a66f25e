"""The clock starts a pay run by itself when an approved timesheet has waited for a day."""

from datetime import timedelta

from flask import Flask

from marketplace.accounts.rules import CLOCK
from marketplace.core import clock
from marketplace.pay.rules import RunStatus
from marketplace.pay.runs import service as runs
from marketplace.pay.runs.pay_day import APPROVED_WAITS, start_due_runs
from tests.factories import pay


def later(wait: timedelta) -> None:
    clock.move_to(clock.now() + wait)


def test_nothing_is_due_without_timesheets(app: Flask) -> None:
    assert start_due_runs(by=CLOCK) == []


def test_an_operator_has_a_day_before_the_clock_pays(app: Flask) -> None:
    pay.worked_and_approved()
    assert start_due_runs(by=CLOCK) == []
    later(APPROVED_WAITS - timedelta(minutes=5))
    assert start_due_runs(by=CLOCK) == []
    later(timedelta(minutes=6))
    (run,) = start_due_runs(by=CLOCK)
    assert (run.company_id, run.through) == (None, clock.now().date())


def test_one_run_at_a_time_and_none_for_what_is_paid(app: Flask) -> None:
    pay.worked_and_approved()
    later(APPROVED_WAITS + timedelta(minutes=1))
    (run,) = start_due_runs(by=CLOCK)
    assert start_due_runs(by=CLOCK) == []
    assert runs.finish_run(run.id) is RunStatus.PAYING
    assert start_due_runs(by=CLOCK) == []
