"""Pieces on the pages of both sides: promised, counted, cut and paid."""

from marketplace.accounts.models import Person
from marketplace.core.db import db, transaction
from marketplace.core.money import Money
from marketplace.pay.models import PayLine
from marketplace.shifts.models import Booking
from marketplace.standards.line_kinds import LineKind
from marketplace.standards.rules import PaymentModel
from tests.factories import pay
from tests.factories import shifts as make
from tests.factories.disputes import cut_of, line_of
from tests.web.visitor import Visitor


def test_pieces_are_promised_counted_cut_and_paid(visitor: Visitor) -> None:
    """15.00 an hour and 2.00 a piece, at most 40 of four hours: 25 are counted, 26 by the company, and 6 are cut."""
    with transaction():
        price = Money.of("2.00", "USD")
        scene = make.scene(payment_model=PaymentModel.HYBRID, piece_price=price, most_pieces=10)
        booking: Booking = make.worked(scene)
    person, company = booking.contractor_id, scene.company.person_id
    visitor.signed_in(db.session.get_one(Person, person))
    page = visitor.look(f"/work/shifts/{booking.id}")
    assert "$2.00 USD for each, up to 40 in this shift, on top of the pay for the time." in page.words
    assert "up to 40 in this shift" in visitor.look(f"/work/offers/{booking.offer_id}").words
    refused = visitor.hand_in(page, "pieces", pieces="41")
    assert (refused.status, "Pieces of this shift that are paid at most: 40." in refused.words) == (422, True)
    assert "Counted: 25" in visitor.hand_in(refused, "pieces", pieces="25").words
    sheet = line_of(booking).timesheet_id
    assert "Pieces: 25" in visitor.look(f"/work/timesheets/{sheet}").words
    visitor.hand_in(visitor.look("/work"), "/sign-out")
    visitor.signed_in(db.session.get_one(Person, company))
    address = f"/company/{scene.company_id}/timesheets/{sheet}"
    assert "Pieces: 26" in visitor.hand_in(visitor.look(address), "pieces", pieces="26").words
    cut = {"line_0.pieces": "6", "line_0.category": "not_delivered", "line_0.clause": "2", "line_0.missing": "Six."}
    assert "6 pieces cut: never handed in" in visitor.hand_in(visitor.look(address), "cut", **cut).words
    assert (cut_of(booking).pieces, cut_of(booking).minutes) == (6, 0)
    pay.paid()
    line = db.session.query(PayLine).filter_by(kind=LineKind.PIECE).one()
    assert "20 pieces × $2.00 USD" in visitor.look(f"/company/{scene.company_id}/money/paid").words.replace("\xa0", " ")
    visitor.hand_in(visitor.look(address), "/sign-out")
    visitor.signed_in(db.session.get_one(Person, person))
    assert "20 pieces × $2.00 USD" in visitor.look(f"/work/pay/{line.payslip_id}").words.replace("\xa0", " ")
