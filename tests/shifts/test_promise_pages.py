"""The pages on which both sides read guaranteed hours, the end of a contract, and what moving a shift costs."""

from flask.testing import FlaskClient
from sqlalchemy import select

from marketplace.accounts.models import Person
from marketplace.contracts import service as contracts
from marketplace.core.db import db, transaction
from marketplace.pay.models import Payslip
from marketplace.shifts.models import Shift
from tests.factories import accounts, pay
from tests.factories import shifts as make
from tests.shifts.test_guarantees import SETTLED, guaranteed_to, reckoned
from tests.web.visitor import Visitor


def test_a_week_and_an_end_are_read_by_both(client: FlaskClient) -> None:
    with transaction():
        there = make.scene()
        ana = guaranteed_to(there)
        make.at(SETTLED)
    (week,) = reckoned()
    with transaction():
        contracts.end(week.contract_id, "", by=accounts.actor_of(ana.id))
    pay.paid()
    slip = db.session.scalars(select(Payslip.id).where(Payslip.contractor_id == ana.id)).one()
    hers = Visitor(client).signed_in(db.session.get_one(Person, ana.id))
    told = hers.look(f"/me/contracts/{week.contract_id}").words
    assert "10 h guaranteed" in told
    assert "Everything that is owed is paid" in told
    assert "hours that your contract guarantees" in hers.look(f"/work/pay/{slip}").words
    owner = Visitor(client.application.test_client()).signed_in(db.session.get_one(Person, there.company.person_id))
    told = owner.look(f"/company/{there.company_id}/contracts/{week.contract_id}").words
    assert "10 h guaranteed" in told
    assert "The contractor gave notice" in told


def test_the_price_of_moving_stands_on_the_page_before(client: FlaskClient) -> None:
    there = make.scene()
    booking = make.booked(there)
    owner = Visitor(client).signed_in(db.session.get_one(Person, there.company.person_id))
    page = owner.look(f"/company/{there.company_id}/shifts/{booking.shift_id}/move")
    assert "15.60" in page.words
    done = owner.hand_in(page, day="2026-11-25", begins="09:00", ends="13:00", reason="The data is late.")
    assert "Wednesday" in done.words or "25" in done.words
    assert db.session.scalars(select(Shift).where(Shift.gig_id == there.gig.id, Shift.id != booking.shift_id)).one()
