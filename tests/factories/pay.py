"""Deposits, approved timesheets, and pay runs taken to where the rail leaves them."""

from datetime import date
from uuid import UUID

from sqlalchemy import select

from marketplace.accounts.models import Company
from marketplace.accounts.rules import Actor, OperatorRole, available_account
from marketplace.core import clock
from marketplace.core.db import db, transaction
from marketplace.core.money import Money
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import Entry, Move
from marketplace.pay import service
from marketplace.pay.bonuses import service as bonuses
from marketplace.pay.bonuses.models import Bonus
from marketplace.pay.models import PaymentOp, PayRun, Payslip
from marketplace.pay.rails import payments
from marketplace.pay.rules import LeverEffect, OpKind
from marketplace.pay.runs import service as runs
from marketplace.pay.taxes import profiles as tax_profiles
from marketplace.pay.taxes.schemes import Certificate
from marketplace.shifts import timesheets
from marketplace.shifts.models import Booking, hold_account
from marketplace.shifts.timesheet_models import Timesheet, TimesheetLine
from marketplace.workforce.papers import Tax
from tests.factories import accounts, shifts, standards
from tests.factories.shifts import Scene


def deposited(company_id: UUID, money: Money) -> PaymentOp:
    """Money that the company paid in through the sandbox rail."""
    with transaction():
        op = service.deposit(company_id, money, by=accounts.owner_of(company_id))
    payments.advance_ops()
    return op


def approved(scene: Scene, booking: Booking) -> Timesheet:
    """The timesheet that the booking is on, handed in by its last clock-out and approved by the company."""
    line = select(TimesheetLine.timesheet_id).where(TimesheetLine.booking_id == booking.id)
    return timesheets.approve(db.session.scalars(line).one(), by=scene.company)


def worked_and_approved(scene: Scene | None = None, **times: object) -> Booking:
    """Four hours at 15.00 USD in Kansas, worked and approved: 67.40 USD to pay. Committed, as a run needs it."""
    with transaction():
        there = scene or shifts.scene()
        booking = shifts.worked(there, **times)  # type: ignore[arg-type]
        approved(there, booking)
    return booking


CENT = Money(1, "USD")


def short(booking: Booking) -> None:
    """A fault takes a cent out of what is held for it. Committed."""
    with transaction():
        ledger.post(
            Entry(f"fault:{booking.id}", [Move(hold_account(booking.id), available_account(booking.company_id), CENT)])
        )


WHY = "You found the fault in the instructions."


def bonus(booking: Booking, amount: str = "50.00", *, by: Actor | None = None) -> Bonus:
    """What the owner, or another, gives whoever worked it. Committed. The company has to have money."""
    giver = by or accounts.owner_of(booking.company_id)
    with transaction():
        return bonuses.grant(booking.gig_id, booking.contractor_id, Money.of(amount, "USD"), WHY, by=giver)


def finance() -> Actor:
    """An operator of finance."""
    return accounts.operator(OperatorRole.FINANCE)


def started(company_id: UUID | None = None, *, through: date | None = None) -> PayRun:
    """A run over everything that is approved, of which no step is done yet."""
    with transaction():
        return service.start_run(company_id, through=through or clock.now().date(), by=finance())


def paid(company_id: UUID | None = None, *, through: date | None = None) -> PayRun:
    """A run taken to its end, payouts by the sandbox rail included."""
    run = started(company_id, through=through)
    run_id = run.id
    runs.finish_run(run_id)
    payments.advance_ops()
    runs.finish_run(run_id)
    return db.session.get_one(PayRun, run_id)


def payslip_of(contractor_id: UUID) -> Payslip:
    """The person's newest payslip."""
    found = select(Payslip).where(Payslip.contractor_id == contractor_id).order_by(Payslip.id.desc()).limit(1)
    return db.session.scalars(found).one()


def lever(effect: LeverEffect, kind: OpKind = OpKind.PAYOUT, *, times: int = 1, owner_id: UUID | None = None) -> None:
    """Makes the sandbox misbehave the next times."""
    with transaction():
        service.pull_lever(effect, kind, times=times, owner_id=owner_id, by=finance())


NPWP = "012345678901000"


def taxed(country: str = "ID", number: str | None = NPWP, rate: str | None = "16000") -> Booking:
    """Four hours for 60.00 USD, approved, of somebody who pays taxes where the company has its seat. A dollar is so
    many of the country's units."""
    with transaction():
        there = shifts.scene()
        db.session.get_one(Company, there.company_id).country = country
        ana = shifts.contracted(there)
        tax = Tax(country, "none" if number is None else "other", number)
        tax_profiles.declare(tax, Certificate.NONE, by=accounts.actor_of(ana.id))
    booking = worked_and_approved(there, person=ana)
    if rate is not None:
        with transaction():
            standards.rate("USD", "IDR", rate, clock.now().date())
    return booking
