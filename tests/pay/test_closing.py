"""The end of an account: who ends it, what is kept and paid, and when it is closed."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from jobs import standing as jobs
from marketplace.accounts.rules import ReasonMissing
from marketplace.contracts.models import Contract
from marketplace.contracts.rules import ContractStatus
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.problems import NotFound
from marketplace.insight import erasure
from marketplace.insight.rules import Obstacle
from marketplace.pay.closing import service as closing
from marketplace.pay.rails import payments
from marketplace.pay.rules import RunStatus
from marketplace.pay.runs import service as runs
from marketplace.shifts.models import Shift
from marketplace.shifts.rules import BookingStatus, OfferStatus
from marketplace.workforce import appeals, bars, reviews, rules, service
from marketplace.workforce.bars import AppealStatus, ClosingStatus, Left
from marketplace.workforce.rules import CONTRACTOR_TRANSITIONS, ContractorStatus
from tests.factories import accounts, pay, qualifications, standing, workforce
from tests.factories import shifts as make
from tests.factories.shifts import MONDAY

DAY = timedelta(days=1)
LEAVE = "POST /api/v1/contractors/me/closing"
SHOW = "GET /api/v1/contractors/me/closing"
SHOW_OF = "GET /api/v1/vetting/contractors/<uuid:contractor_id>/closing"
CLOSE = "POST /api/v1/vetting/contractors/<uuid:contractor_id>/closing"


def contract_of(contractor_id: Any) -> Contract:
    return db.session.scalars(select(Contract).where(Contract.contractor_id == contractor_id)).one()


def test_an_account_closes_when_nothing_is_owed_and_not_before(app: Flask) -> None:
    """Rule OFFBOARDING: four hours at 15.00 USD are paid first; the coming shift is given back without any penalty."""
    there = make.scene()
    ana = make.contracted(there)
    me = accounts.actor_of(ana.id)
    worked = make.worked(there, ana)
    coming = make.booked(there, ana, starts_at=MONDAY + 3 * DAY)
    waiting = make.offered(there, make.shift(there, MONDAY + 5 * DAY), ana)
    made = closing.leave("I found other work.", by=me)
    assert (ana.status, waiting.status) == (ContractorStatus.CLOSING, OfferStatus.WITHDRAWN)
    assert (coming.status, coming.compensation_minutes) == (BookingStatus.RELEASED, 0)
    assert db.session.get_one(Shift, coming.shift_id).seats_open == 1
    assert contract_of(ana.id).status is ContractStatus.ENDED
    assert made.notice_until is not None
    assert made.notice_until - made.asked_at < timedelta(seconds=5)
    assert made.stated["reference"] | {"first": None, "last": None} == {
        "shifts": 1, "minutes": 240, "companies": 1, "first": None, "last": None,
    }  # fmt: skip
    jobs.close_accounts()
    assert closing.state(ana.id, me).left == [Left.TIMESHEETS]
    pay.approved(there, worked)
    jobs.close_accounts()
    assert ana.status is ContractorStatus.CLOSING
    pay.paid(there.company_id)
    assert pay.payslip_of(ana.id).net.amount == 6000
    jobs.close_accounts()
    # 2.40 for health and 2.00 of sick leave stand, and are paid before the account closes.
    assert closing.state(ana.id, me).left == [Left.MONEY]
    pay.paid()
    jobs.close_accounts()
    assert (ana.status, made.status, closing.state(ana.id, me).left) == (
        ContractorStatus.CLOSED, ClosingStatus.DONE, (),
    )  # fmt: skip
    with pytest.raises(bars.ClosingAlready):
        closing.leave("", by=me)


def test_time_at_a_test_is_paid_before_the_account_closes_and_nobody_is_erased_without_it(app: Flask) -> None:
    """A minute at a company's test that no run has taken, then a payslip that is frozen and not yet booked: neither
    stands in an account, and both are owed."""
    test = qualifications.company_test()
    ana = workforce.contractor()
    me = accounts.actor_of(ana.id)
    qualifications.taken(test, ana.id)
    closing.leave("I found other work.", by=me)
    assert closing.left(ana.id) == [Left.MONEY]
    assert Obstacle.MONEY in erasure.prospect(by=me).obstacles
    run = pay.started()
    while run.status is not RunStatus.FROZEN:
        runs.advance_run(run.id)
    assert closing.left(ana.id) == [Left.MONEY]
    assert Obstacle.MONEY in erasure.prospect(by=me).obstacles
    runs.finish_run(run.id)
    payments.advance_ops()
    assert closing.left(ana.id) == []


def test_whom_an_operator_closes_keeps_what_was_accepted_and_gets_notice(app: Flask) -> None:
    there = make.scene()
    ana, by = make.contracted(there), standing.operator()
    booking = make.booked(there, ana)
    with pytest.raises(ReasonMissing):
        closing.close(ana.id, " ", by=by)
    with pytest.raises(NotFound):
        closing.close(ana.id, "Away with them.", by=there.company)
    made = closing.close(ana.id, "The account was sold.", by=by)
    assert (ana.status, booking.status) == (ContractorStatus.CLOSING, BookingStatus.BOOKED)
    assert made.notice_until is not None
    assert abs(made.notice_until - made.asked_at - 14 * DAY) < timedelta(seconds=5)
    assert closing.left(ana.id) == [Left.SHIFTS]


def test_a_closing_that_falls_opens_the_account_again(app: Flask) -> None:
    one, two = workforce.contractor(), workforce.contractor()
    for each in (one, two):
        closing.close(each.id, "The account was sold.", by=standing.operator())
    appeal = standing.contested(one.id)
    jobs.close_accounts()
    assert (one.status, two.status) == (ContractorStatus.CLOSING, ContractorStatus.CLOSED)
    assert closing.left(one.id) == [Left.APPEAL]
    with pytest.raises(bars.BadAnswer):
        reviews.answer(appeal.id, AppealStatus.CHANGED, "Half of it.", by=standing.operator())
    reviews.answer(appeal.id, AppealStatus.OVERTURNED, "It was not sold.", by=standing.operator())
    late = standing.contested(two.id)
    clock.move_to(late.answer_by)
    jobs.lapse_appeals()
    assert {one.status, two.status} == {ContractorStatus.VETTED}
    ends = [closing.state(each.id, standing.operator()).closing for each in (one, two)]
    assert [each and each.status for each in ends] == [ClosingStatus.TAKEN_BACK, ClosingStatus.TAKEN_BACK]
    assert appeals.of_person(two.id)[late.id].status is AppealStatus.LAPSED


def test_nobody_closes_their_own_account_as_an_operator(app: Flask) -> None:
    by = standing.operator()
    own = workforce.contractor(db.session.get_one(accounts.Person, by.person_id))
    with pytest.raises(rules.OwnCase):
        closing.close(own.id, "Enough.", by=by)


def test_an_account_is_left_from_wherever_it_stands(app: Flask) -> None:
    by = standing.operator()
    applied, refused, suspended = workforce.ready(), workforce.ready(), workforce.contractor()
    service.refuse(refused.id, "The papers do not match.", by=by)
    service.suspend(suspended.id, "The account was sold.", by=by)
    for each in (applied, refused, suspended):
        closing.leave("I have had enough.", by=accounts.actor_of(each.id))
        assert each.status is ContractorStatus.CLOSING


def test_every_status_of_a_contractor_leads_to_a_way_out() -> None:
    out = {ContractorStatus.CLOSING, ContractorStatus.CLOSED}
    assert all(CONTRACTOR_TRANSITIONS[each] & out for each in ContractorStatus if each is not ContractorStatus.CLOSED)


# --- the doors ------------------------------------------------------------------------------------------------------


def ask(client: FlaskClient, route: str, contractor_id: object, **more: Any) -> Any:
    method, _, path = route.partition(" ")
    if method == "POST":
        more.setdefault("json", {"reason": "Why."} if route == CLOSE else {"words": "Why."})
    return client.open(path.replace("<uuid:contractor_id>", str(contractor_id)), method=method, **more)


def doors(*routes: str, question: str) -> list[Any]:
    return [pytest.param(route, marks=pytest.mark.door(route, question), id=route) for route in routes]


@pytest.mark.parametrize("route", doors(LEAVE, SHOW, SHOW_OF, CLOSE, question="not_signed_in"))
def test_a_stranger_is_asked_to_sign_in(client: FlaskClient, route: str) -> None:
    assert ask(client, route, workforce.contractor().id).status_code == 401


@pytest.mark.parametrize("route", doors(SHOW_OF, CLOSE, question="not_mine"))
def test_to_others_there_is_nothing(client: FlaskClient, route: str) -> None:
    other = accounts.bearer(workforce.contractor().id)
    assert ask(client, route, workforce.contractor().id, headers=other).status_code == 404


@pytest.mark.door(LEAVE, "works")
@pytest.mark.door(LEAVE, "wrong_state")
@pytest.mark.door(LEAVE, "wrong_shape")
@pytest.mark.door(SHOW, "works")
def test_the_person_leaves_and_looks_how_far_it_is(client: FlaskClient) -> None:
    ana = workforce.contractor()
    mine = accounts.bearer(ana.id)
    assert ask(client, LEAVE, ana.id, headers=mine, json={"words": 7}).status_code == 422
    assert ask(client, SHOW, ana.id, headers=mine).json == {"closing": None, "left": []}
    left = ask(client, LEAVE, ana.id, headers=mine)
    assert (left.status_code, left.json["closing"]["status"], left.json["left"]) == (201, "open", [])
    assert ask(client, SHOW, ana.id, headers=mine).json == left.json
    assert ask(client, LEAVE, ana.id, headers=mine).json["code"] == "closing_already"


@pytest.mark.door(CLOSE, "works")
@pytest.mark.door(CLOSE, "wrong_state")
@pytest.mark.door(CLOSE, "wrong_shape")
@pytest.mark.door(SHOW_OF, "works")
def test_an_operator_closes(client: FlaskClient) -> None:
    ana, by = workforce.contractor(), accounts.bearer(standing.operator())
    assert ask(client, CLOSE, ana.id, headers=by, json={}).status_code == 422
    closed = ask(client, CLOSE, ana.id, headers=by)
    assert (closed.status_code, closed.json["closing"]["decision_id"] is not None) == (201, True)
    assert ask(client, SHOW_OF, ana.id, headers=by).json == closed.json
    assert ask(client, CLOSE, ana.id, headers=by).status_code == 409
