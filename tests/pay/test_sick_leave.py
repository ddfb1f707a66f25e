"""Sick leave as it is paid: by the person's own account, to the minor unit, and by nobody's company."""

from datetime import timedelta
from uuid import UUID

from flask import Flask
from sqlalchemy import select

from marketplace.contracts import benefits, leave
from marketplace.contracts.models import LeavePay
from marketplace.contracts.rules import leave_account
from marketplace.core.db import db, transaction
from marketplace.core.money import Money
from marketplace.ledger import queries as books
from marketplace.pay import proof, queries
from marketplace.pay.models import PayLine, Payslip
from marketplace.shifts import attendance, sick
from marketplace.standards.line_kinds import LineKind
from tests.factories import accounts, care, pay
from tests.factories import shifts as make


def usd(amount: str) -> Money:
    return Money.of(amount, "USD")


def sick_lines(slip: Payslip) -> list[PayLine]:
    found = select(PayLine).where(PayLine.payslip_id == slip.id, PayLine.kind == LineKind.SICK_LEAVE)
    return list(db.session.scalars(found))


def seconds_of(person_id: UUID) -> int:
    found = benefits.balances(person_id, accounts.actor_of(person_id))
    return next(each.seconds for each in found if each.seconds is not None)


def test_a_sick_shift_of_four_hours_pays_the_one_hour_that_was_earned(app: Flask) -> None:
    """30 hours at 15.00 earn 1 hour worth 15.00. Reporting sick for 4 hours then pays 60 minutes, 15.00 USD, from the
    person's account of sick leave; the company pays nothing, and its hold of 67.40 returns to the gig."""
    with transaction():
        scene = make.scene(minutes=2400)
        ana = make.contracted(scene)
    care.earned_an_hour(scene, ana)
    account, by = leave_account(ana.id), accounts.actor_of(ana.id)
    assert (seconds_of(ana.id), books.balance(account, "USD")) == (3600, usd("15.00"))
    with transaction():
        booking = make.booked(scene, ana, starts_at=care.NEXT_MONDAY)
        held = books.balance(scene.gig.hold_account, "USD")
        told = sick.sick_pay(booking.id, by=by)
        sick.report_sick(booking.id, by=by)
        pay.approved(scene, booking)
    assert (told.minutes_left, told.minutes_paid) == (240, 60)
    assert books.balance(scene.gig.hold_account, "USD") == held + usd("67.40")
    assert (seconds_of(ana.id), books.balance(account, "USD")) == (0, usd("15.00"))
    make.at(care.NEXT_MONDAY)
    pay.paid()
    slip = pay.payslip_of(ana.id)
    (line,) = sick_lines(slip)
    assert (line.seconds, line.money, line.rate, line.rule) == (3600, usd("15.00"), usd("15.00"), "SICK")
    assert (line.payer, line.payee) == (account, f"contractor:{ana.id}:payable")
    assert (slip.net, slip.leave, slip.benefits, slip.cost) == (usd("15.00"), usd("15.00"), usd("0"), usd("0"))
    assert books.balance(account, "USD") == usd("0")
    assert leave.available(ana.id) == leave.Leave(0, [])
    assert [check.name for check in proof.prove() if not check.holds] == []


def test_whoever_falls_ill_while_working_is_paid_for_both(app: Flask) -> None:
    """Ill after one hour of four: 15.00 of wages by the company, and of the 180 minutes left 60 from the leave. The
    worked hour earns 120 seconds of new leave, which the fee, health and all the rest of the hour come with."""
    with transaction():
        scene = make.scene(minutes=2400)
        ana = make.contracted(scene)
    care.earned_an_hour(scene, ana)
    by = accounts.actor_of(ana.id)
    with transaction():
        booking = make.booked(scene, ana, starts_at=care.NEXT_MONDAY)
        make.at(booking.starts_at)
        attendance.clock_in(booking.id, by=by)
        make.at(booking.starts_at + timedelta(hours=1))
        sick.report_sick(booking.id, by=by)
        pay.approved(scene, booking)
    pay.paid()
    slip = pay.payslip_of(ana.id)
    lines = {
        line.kind: (line.seconds, line.money)
        for line in db.session.scalars(select(PayLine).where(PayLine.payslip_id == slip.id))
    }
    assert booking.sick_minutes == 60
    # The clock ran a moment longer than the hour, and a begun minute is paid.
    assert lines[LineKind.WAGES] in ((60 * 60, usd("15.00")), (61 * 60, usd("15.25")))
    assert lines[LineKind.SICK_LEAVE] == (3600, usd("15.00"))
    assert LineKind.PLATFORM_FEE in lines
    assert slip.net == lines[LineKind.WAGES][1] + usd("15.00")
    assert slip.cost == slip.net + slip.benefits + lines[LineKind.PLATFORM_FEE][1] - usd("15.00")
    assert [check.name for check in proof.prove() if not check.holds] == []


def test_the_company_s_lines_do_not_tell_of_leave(app: Flask) -> None:
    with transaction():
        scene = make.scene(minutes=2400)
        ana = make.contracted(scene)
    care.earned_an_hour(scene, ana)
    with transaction():
        booking = make.booked(scene, ana, starts_at=care.NEXT_MONDAY)
        sick.report_sick(booking.id, by=accounts.actor_of(ana.id))
        pay.approved(scene, booking)
    make.at(care.NEXT_MONDAY)
    pay.paid()
    from_company = queries.pay_lines(scene.company_id, scene.company)
    assert db.session.scalars(from_company.where(PayLine.booking_id == booking.id)).all() == []


def test_the_proof_sees_leave_that_is_not_there(app: Flask) -> None:
    with transaction():
        scene = make.scene(minutes=2400)
        ana = make.contracted(scene)
    with transaction():
        promised = {"contractor_id": ana.id, "cause": "a test", "amount": 100, "currency": "USD"}
        db.session.add(LeavePay(**promised, paid_at=None))
    (wrong,) = (check for check in proof.prove() if not check.holds)
    assert (wrong.name, len(wrong.wrong)) == ("leave_is_there", 1)
