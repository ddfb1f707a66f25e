"""What a rail keeps of a payout: who makes it good, and that nothing of it is lost."""

from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from marketplace.accounts.models import Person
from marketplace.core import clock
from marketplace.core.db import db, transaction
from marketplace.core.money import Money
from marketplace.gigs.funding import GUARANTEE
from marketplace.ledger import queries as books
from marketplace.pay.closing import service as closing
from marketplace.pay.models import PayLine, PaymentOp
from marketplace.pay.rails import payments
from marketplace.pay.rules import LeverEffect
from marketplace.pay.runs import rail_fees
from marketplace.pay.runs.fee_models import RailFee
from marketplace.shifts.models import Booking
from marketplace.standards.line_kinds import LineKind
from tests.factories import accounts, gigs, pay
from tests.factories import shifts as make
from tests.pay.books import everything_holds
from tests.web.visitor import Visitor


def usd(amount: str) -> Money:
    return Money.of(amount, "USD")


def kept_from(*bookings: Booking) -> list[RailFee]:
    """A rail keeps a hundredth of the payout of these bookings; what of it is set aside then."""
    pay.lever(LeverEffect.KEEP_FEE)
    pay.paid()
    with transaction():
        rail_fees.owe_due()
    return list(db.session.scalars(select(RailFee).order_by(RailFee.amount)))


def test_what_a_rail_keeps_is_paid_by_the_company(app: Flask) -> None:
    """Of 60.00 arrive 59.40. The 0.60 are set aside from the company's money, and the next run pays them: 120.00 of two
    shifts arrive in the end, and the company has paid 0.60 beside its two times 67.40."""
    with transaction():
        there = make.scene()
        gigs.money_for(there.company_id, usd("10.00"))
    booking = pay.worked_and_approved(there)
    available = f"company:{there.company_id}:available"
    (fee,) = kept_from(booking)
    assert (fee.money, fee.company_id, fee.advanced_amount) == (usd("0.60"), there.company_id, 0)
    assert books.balance(available, "USD") == usd("9.40")
    everything_holds()
    with transaction():
        assert rail_fees.owe_due() == 0, "once for each payout"
    pay.paid()
    line = db.session.scalars(select(PayLine).where(PayLine.rail_fee_id == fee.id)).one()
    assert (line.kind, line.money, line.rule, line.company_id) == (
        LineKind.RAIL_FEE, usd("0.60"), "PAYOUT", there.company_id,
    )  # fmt: skip
    arrived = db.session.scalars(select(PaymentOp.arrived_amount).where(PaymentOp.contractor_id == fee.contractor_id))
    assert sum(amount or 0 for amount in arrived) == 6000
    assert books.balance(fee.hold_account, "USD") == usd("0")
    everything_holds()


def test_a_company_without_money_owes_what_the_service_advanced(app: Flask) -> None:
    booking = pay.worked_and_approved()
    before = books.balance(GUARANTEE, "USD")
    (fee,) = kept_from(booking)
    assert (fee.advanced_amount, books.balance(GUARANTEE, "USD")) == (60, before - usd("0.60"))
    pay.paid()
    everything_holds()
    with transaction():
        gigs.money_for(booking.company_id, usd("0.40"))
        assert rail_fees.recover_due() == 1
    assert fee.recovered_amount == 40
    with transaction():
        gigs.money_for(booking.company_id, usd("5.00"))
        rail_fees.recover_due()
    db.session.refresh(fee)
    assert (fee.recovered_amount, books.balance(GUARANTEE, "USD")) == (60, before)
    everything_holds()


def test_two_companies_share_what_was_kept_of_one_payslip(app: Flask) -> None:
    """Eight hours for the one and four for the other: of 1.80 they bear 1.20 and 0.60."""
    with transaction():
        one, other = make.scene(), make.scene()
        ana = make.contracted(one)
        make.contract(other, ana)
    long = pay.worked_and_approved(one, person=ana, hours=8)
    short = pay.worked_and_approved(other, person=ana, starts_at=make.MONDAY + timedelta(days=1))
    parts = [(fee.company_id, fee.amount) for fee in kept_from(long, short)]
    assert parts == [(other.company_id, 60), (one.company_id, 120)]
    everything_holds()


def test_an_account_closes_when_what_was_kept_is_paid(app: Flask) -> None:
    booking = pay.worked_and_approved()
    (fee,) = kept_from(booking)
    assert closing.left(fee.contractor_id)
    pay.paid()
    payments.advance_ops()
    assert closing.Left.MONEY not in closing.left(fee.contractor_id)


def test_the_payslip_says_who_made_it_good(client: FlaskClient) -> None:
    booking = pay.worked_and_approved()
    kept_from(booking)
    with transaction():
        clock.move_to(clock.now() + timedelta(hours=1))
    pay.paid()
    slip = pay.payslip_of(booking.contractor_id)
    hers = Visitor(client).signed_in(db.session.get_one(Person, booking.contractor_id))
    page = hers.look(f"/work/pay/{slip.id}")
    assert "What a payment costs is not yours to bear" in page.words
    owner = Visitor(client.application.test_client()).signed_in(
        db.session.get_one(Person, accounts.owner_of(booking.company_id).person_id)
    )
    assert "what a rail kept" in owner.look(f"/company/{booking.company_id}/money/paid").words
