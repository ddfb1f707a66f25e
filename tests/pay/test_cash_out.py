"""Benefits that are paid out by a pay run, to the minor unit, at no company's cost."""

from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from marketplace.contracts import cash_out
from marketplace.contracts.moving_rules import health_account
from marketplace.contracts.rules import leave_account
from marketplace.core import clock
from marketplace.core.db import db, transaction
from marketplace.core.money import Money
from marketplace.ledger import queries as books
from marketplace.pay import previews
from marketplace.pay.closing import service as closing
from marketplace.pay.models import PayLine
from marketplace.pay.runs import pay_day
from marketplace.standards.line_kinds import LineKind
from marketplace.workforce.bars import Left
from marketplace.workforce.pay_scope import PayScope
from tests.factories import accounts, pay
from tests.pay.books import everything_holds


def usd(amount: str) -> Money:
    return Money.of(amount, "USD")


def test_the_health_money_of_four_hours_is_paid_out_by_the_next_run(app: Flask) -> None:
    """Four hours at 15.00 put 2.40 USD aside. Asked for, they come with the next run: 2.40 net, no company pays, and
    nothing is kept of it."""
    booking = pay.worked_and_approved()
    ana = booking.contractor_id
    pay.paid()
    everything_holds()
    account = health_account(ana)
    with transaction():
        cash_out.ask("health-stipend", by=accounts.actor_of(ana))
    assert books.balance(account, "USD") == usd("2.40")
    everything_holds()
    (told,) = previews.preview(PayScope(clock.now().date()), pay.finance())
    assert (told.net, told.leave, told.cost) == (usd("2.40"), usd("2.40"), usd("0"))
    pay.paid(booking.company_id)
    assert books.balance(account, "USD") == usd("2.40")
    pay.paid()
    slip = pay.payslip_of(ana)
    (line,) = db.session.scalars(select(PayLine).where(PayLine.payslip_id == slip.id))
    assert (line.kind, line.payer, line.rule, line.company_id) == (LineKind.BENEFIT_CASH_OUT, account, "CASH_OUT", None)
    assert (slip.net, slip.leave, slip.benefits, slip.cost) == (usd("2.40"), usd("2.40"), usd("0"), usd("0"))
    assert books.balance(account, "USD") == usd("0")
    everything_holds()
    pay.paid()
    assert pay.payslip_of(ana).id == slip.id


def test_the_clock_pays_it_after_a_day(app: Flask) -> None:
    booking = pay.worked_and_approved()
    pay.paid()
    with transaction():
        cash_out.ask("health-stipend", by=accounts.actor_of(booking.contractor_id))
    assert pay_day.start_due_runs(by=pay.finance()) == []
    clock.move_to(clock.now() + timedelta(days=1))
    assert pay_day.start_due_runs(by=pay.finance())


def test_an_account_closes_when_the_leave_of_it_is_paid(app: Flask) -> None:
    """Eight minutes of leave are worth 2.00 USD; with the 2.40 of health the last payslip pays 4.40."""
    booking = pay.worked_and_approved()
    ana, by = booking.contractor_id, accounts.actor_of(booking.contractor_id)
    pay.paid()
    with transaction():
        closing.leave("", by=by)
        cash_out.ask("sick-leave", by=by)
        cash_out.ask("health-stipend", by=by)
    assert closing.left(ana) == [Left.MONEY]
    with transaction():
        assert closing.finish_due() == 0
    pay.paid()
    assert pay.payslip_of(ana).net == usd("4.40")
    assert books.balance(leave_account(ana), "USD") == usd("0")
    everything_holds()
    with transaction():
        assert closing.finish_due() == 1


def test_an_account_that_was_opened_again_keeps_its_benefits(app: Flask) -> None:
    """Whoever was read as leaving may have been let back in until the lock is there: the 2.40 of health stay theirs."""
    booking = pay.worked_and_approved()
    ana, by = booking.contractor_id, accounts.actor_of(booking.contractor_id)
    pay.paid()
    assert cash_out.pay_rest(ana, by=by) == []
    with transaction():
        closing.leave("", by=by)
    assert usd("2.40") in [each.money for each in cash_out.pay_rest(ana, by=by)]
