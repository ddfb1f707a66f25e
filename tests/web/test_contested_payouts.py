"""The pages on which somebody contests what became of a payout, has it paid again, and an operator answers."""

from io import BytesIO
from uuid import UUID

from flask import Flask
from pypdf import PdfReader
from sqlalchemy import select

from marketplace.accounts import queries as people
from marketplace.accounts.rules import OperatorRole
from marketplace.core.db import db, transaction
from marketplace.pay import service
from marketplace.pay.contests.models import PayoutContest
from marketplace.pay.contests.rules import ANSWER_WITHIN
from marketplace.pay.models import PaymentOp
from marketplace.pay.rails import landing, payments
from marketplace.pay.rules import LeverEffect
from tests.factories import accounts
from tests.factories import pay as made
from tests.web.visitor import Visitor


def test_a_payout_that_the_bank_has_sent_back_says_where_it_lies(visitor: Visitor) -> None:
    person_id = made.worked_and_approved().contractor_id
    made.lever(LeverEffect.FAIL_LATER)
    made.paid()
    op = db.session.scalars(select(PaymentOp).where(PaymentOp.contractor_id == person_id)).one()
    pages = (f"/work/pay/{op.payslip_id}", f"/work/payouts/{op.id}")
    visitor.signed_in(people.person(person_id))
    told = "Your bank sent it back to your account at the payment rail"
    assert [told in visitor.look(page).words for page in pages] == [False, False]
    with transaction():
        landing.look_at_sandbox()
    assert [told in visitor.look(page).words for page in pages] == [True, True]
    assert called(visitor, op.payslip_id) == [(True, False)] * 2
    with transaction():
        service.take_back(op.id, "Her bank has closed the account.", by=made.finance())
    payments.advance_ops()
    with transaction():
        service.retry_payout(op.id, by=made.finance())
    payments.advance_ops()
    assert called(visitor, op.payslip_id) == [(False, True)] * 2


def called(visitor: Visitor, payslip_id: UUID | None) -> list[tuple[bool, bool]]:
    """Whether a payslip, its page and its paper, calls the pay sent back, and whether paid."""
    page, paper = (
        visitor.look(f"/work/pay/{payslip_id}").words,
        visitor.client.get(f"/work/pay/{payslip_id}/payslip.pdf"),
    )
    on_paper = "".join(each.extract_text() for each in PdfReader(BytesIO(paper.data)).pages)
    told = [" ".join(words.lower().split()) for words in (page, on_paper)]
    return [("yours, sent back by your bank" in words, "paid to you" in words) for words in told]


def test_somebody_contests_a_payout_and_reads_the_answer(app: Flask, visitor: Visitor) -> None:
    person_id = made.worked_and_approved().contractor_id
    made.lever(LeverEffect.DECLINE)
    made.paid()
    op = db.session.scalars(select(PaymentOp).where(PaymentOp.contractor_id == person_id)).one()
    visitor.signed_in(people.person(person_id))
    path = f"/work/payouts/{op.id}"
    slip = visitor.look(f"/work/pay/{op.payslip_id}")
    assert path in slip.html
    assert "Earned, not paid yet" in slip.words
    assert ("yours, not paid yet" in slip.words, "paid to you" in slip.words.lower()) == (True, False)
    assert path in visitor.look("/work/pay").html
    today = visitor.look("/work")
    assert "did not reach you refused" in today.words
    with transaction():
        db.session.get_one(PaymentOp, op.id).who_can_fix = "operator"
    assert "Nothing to do" in visitor.look("/work").words, "nobody looks for what they did wrong"
    with transaction():
        db.session.get_one(PaymentOp, op.id).who_can_fix = "contractor"
    assert path in today.html
    page = visitor.look(path)
    for words in ("The sandbox's bank declined the payout.", "Is it wrong?", "Look at where you are paid"):
        assert words in page.words
    assert visitor.hand_in(page, "/contest", reason="").status == 422
    sent = visitor.hand_in(page, "/contest", reason="It is open.")
    assert "You contested it waits for an answer" in sent.words
    desk = Visitor(app.test_client())
    judge = accounts.operator(OperatorRole.DISPUTES).person_id
    assert judge is not None
    desk.signed_in(people.person(judge))
    assert "1 contested payout to answer" in desk.look("/desk").words
    address = f"/desk/contested-payouts/{db.session.scalars(select(PayoutContest.id)).one()}"
    assert address in desk.look("/desk/contested-payouts").html
    assert "“It is open.”" in desk.look(address).words
    with transaction():
        db.session.scalars(select(PayoutContest)).one().answer_by += ANSWER_WITHIN
    for each, way in ((visitor, path), (desk, "/desk/contested-payouts")):
        for words in ("Nobody has answered in time.", "Only a human says whose account it is"):
            assert words in each.look(way).words
    answered = desk.send(address, outcome="upheld", reason="The bank has closed it.")
    assert "The bank has closed it." in answered.words
    page = visitor.look(path)
    assert "“The bank has closed it.”" in page.words
    again = visitor.hand_in(page, "/again")
    assert again.address != path
    assert "Payout of" in again.words
    payments.advance_ops()
    assert ">Paid to you</h2>" in visitor.look(f"/work/pay/{op.payslip_id}").html
    assert "Nothing to do" in visitor.look("/work").words
