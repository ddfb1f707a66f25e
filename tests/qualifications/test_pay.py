"""Minutes at a test become pay: passed, failed and abandoned, to the minor unit, on payslips and in the proof."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from jobs import checks
from marketplace.accounts.rules import CLOCK
from marketplace.core.db import db, transaction
from marketplace.core.money import Money
from marketplace.ledger import queries as books
from marketplace.pay import payslips
from marketplace.pay import queries as pay
from marketplace.pay.models import PayLine
from marketplace.pay.runs import pay_day
from marketplace.qualifications import attempts, authoring, queries
from marketplace.qualifications.models import Attempt, Qualification
from marketplace.qualifications.rules import QualificationStatus
from marketplace.standards.line_kinds import LineKind
from tests.factories import accounts, workforce
from tests.factories import pay as payroll
from tests.factories import qualifications as made
from tests.factories.shifts import MONDAY
from tests.pay.books import everything_holds

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


def usd(amount: str) -> Money:
    return Money.of(amount, "USD")


def _tried(test: Qualification, minutes: int, right: int | None, *, ends: Callable[..., Attempt]) -> Attempt:
    """Somebody in Kansas who took so long over so many right answers and then ended it so. Committed."""
    with transaction():
        me = accounts.actor_of(workforce.contractor().id)
        begun = attempts.start(test.id, by=me)
        made.answered(begun, right=right, by=me)
        made.at(MONDAY + minutes * MINUTE)
        ended = ends(begun.id, by=me)
        made.at(MONDAY)
    return ended


@pytest.fixture
def test(app: Flask) -> Qualification:
    with transaction():
        made.at(MONDAY)
        return made.company_test()


def _lines(attempt: Attempt) -> list[tuple[str, Money]]:
    found = select(PayLine).where(PayLine.attempt_id == attempt.id).order_by(PayLine.id)
    return [(str(line.kind), line.money) for line in db.session.scalars(found)]


def test_a_failed_test_is_paid_like_a_passed_one(test: Qualification) -> None:
    """10 minutes at 12.00 USD, passed or failed: 2.00 paid out, 0.07 of sick leave, 0.08 for health: 2.15 each. The
    one who gave up after 3 minutes: 0.60, 0.02 and 0.02."""
    passed = _tried(test, 10, None, ends=attempts.hand_in)
    failed = _tried(test, 10, 2, ends=attempts.hand_in)
    given_up = _tried(test, 3, 1, ends=attempts.give_up)
    assert [str(each.status) for each in (passed, failed, given_up)] == ["passed", "failed", "abandoned"]
    assert books.balance(test.fund_account, "USD") == usd("50.00") - usd("2.15") * 2 - usd("0.64")
    everything_holds()
    payroll.paid()
    whole = [
        ("qualification_time", usd("2.00")),
        ("sick_accrual", usd("0.07")),
        ("health_contribution", usd("0.08")),
    ]
    assert _lines(passed) == _lines(failed) == whole
    assert _lines(given_up) == [
        ("qualification_time", usd("0.60")),
        ("sick_accrual", usd("0.02")),
        ("health_contribution", usd("0.02")),
    ]
    for each in (passed, failed, given_up):
        assert books.balance(each.hold_account, "USD") == usd("0.00")
    everything_holds()
    assert [each.against for each in checks.findings() if each.against] == []
    assert payroll.payslip_of(failed.contractor_id).net == usd("2.00")


def test_the_line_says_its_rule_and_stands_under_no_contract(test: Qualification) -> None:
    failed = _tried(test, 10, 0, ends=attempts.hand_in)
    payroll.paid()
    slip = payroll.payslip_of(failed.contractor_id)
    view = payslips.view(slip.id, seen_by=accounts.actor_of(failed.contractor_id))
    first = view.lines[0].line
    assert (first.kind, first.minutes, first.rule, first.rule_version) == (
        LineKind.QUALIFICATION_TIME,
        10,
        "QUALIFICATION_TIME",
        1,
    )
    assert (first.contract_id, first.booking_id, first.attempt_id) == (None, None, failed.id)
    owner = accounts.owner_of(test.company_id)
    assert len(db.session.scalars(pay.pay_lines(test.company_id, owner)).all()) == 3


def test_the_service_pays_for_its_own_tests(app: Flask) -> None:
    with transaction():
        made.at(MONDAY)
        own = made.service_test()
    failed = _tried(own, 10, 0, ends=attempts.hand_in)
    payroll.paid()
    assert books.balance("platform:qualifications", "USD") == -usd("2.15")
    assert payroll.payslip_of(failed.contractor_id).net == usd("2.00")
    everything_holds()


def test_the_clock_pays_a_test_after_a_day(test: Qualification) -> None:
    _tried(test, 10, 0, ends=attempts.hand_in)
    made.at(MONDAY + 23 * timedelta(hours=1))
    assert pay_day.start_due_runs(by=CLOCK) == []
    made.at(MONDAY + DAY + 10 * MINUTE)
    assert pay_day.start_due_runs(by=CLOCK)


def test_a_company_sees_what_is_held_and_owed_for_its_tests(test: Qualification) -> None:
    with transaction():
        me = accounts.actor_of(workforce.contractor().id)
        attempts.start(test.id, by=me)
        made.at(MONDAY + 4 * MINUTE)
    owner = accounts.owner_of(test.company_id)
    (balance,) = pay.balances(test.company_id, owner)
    assert (balance.available, balance.held) == (usd("0.00"), usd("50.00"))
    assert pay.owed_so_far(test.company_id, owner).sums == {"USD": usd("0.86")}
    assert pay.statement(test.fund_account, owner, limit=10).balances == [usd("43.56")]
    everything_holds()


def test_what_is_not_used_comes_back_when_it_is_closed(test: Qualification) -> None:
    owner = accounts.owner_of(test.company_id)
    authoring.close(test.id, by=owner)
    assert queries.funds(test) == usd("0.00")
    assert pay.balances(test.company_id, owner)[0].available == usd("50.00")
    everything_holds()


def test_a_draft_that_nobody_needs_is_closed(test: Qualification) -> None:
    owner = accounts.owner_of(test.company_id)
    draft = authoring.draft(test.company_id, made.spec(code="never-used"), by=owner)
    assert authoring.close(draft.id, by=owner).status is QualificationStatus.CLOSED
