"""The doors and pages of the Stripe rail, and their questions."""

from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from marketplace.accounts.models import Person
from marketplace.accounts.rules import OperatorRole
from marketplace.core import clock
from marketplace.core.db import db, transaction
from marketplace.core.idempotency import HEADER
from marketplace.pay import service
from marketplace.pay.models import PaymentOp
from marketplace.pay.rails import accounts as rail_accounts
from marketplace.pay.rails import inbox as rail_inbox
from marketplace.pay.rails import payments, reconciling
from marketplace.pay.rails.models import RailEvent, RailMovement
from marketplace.pay.rails.rules import Endpoint, Match, Outcome
from marketplace.pay.rails.stripe_rules import TEST
from marketplace.pay.rules import LOOK_AGAIN, OpStatus
from tests.factories import accounts, workforce
from tests.factories import pay as made
from tests.stripe_contract.operations import answer
from tests.stripe_contract.paying import ACCOUNT, Owed, later, status_of, until_known, usd
from tests.stripe_contract.server import Standin
from tests.web.visitor import Visitor

REFUNDS = "GET /api/v1/companies/<uuid:company_id>/deposits/<uuid:deposit_id>/refunds"
REFUND = "POST /api/v1/companies/<uuid:company_id>/deposits/<uuid:deposit_id>/refunds"
TAKE_BACK = "POST /api/v1/payouts/<uuid:payout_id>/take-back"
ASK, SHOW, ONBOARD = "POST /api/v1/rails/account", "GET /api/v1/rails/account", "POST /api/v1/rails/account/onboarding"
CALLS, AGAIN = "GET /api/v1/rails/calls", "POST /api/v1/rails/calls/<call_id>/again"
MOVEMENTS, EXPLAIN = "GET /api/v1/rails/movements", "POST /api/v1/rails/movements/<movement_id>/explanation"
STANDING = "GET /api/v1/rails/standing"
TEN = {"amount": "10.00", "currency": "USD"}
BODIES: dict[str, dict[str, Any]] = {
    REFUND: {"money": TEN}, TAKE_BACK: {"reason": "Why not."}, EXPLAIN: {"note": "Why not."},
}  # fmt: skip


def marks(question: str, *routes: str) -> list[Any]:
    return [pytest.param(route, marks=pytest.mark.door(route, question), id=route) for route in routes]


def ask(client: FlaskClient, route: str, who: dict[str, str] | None = None, *ids: object, **more: Any) -> Any:
    method, _, path = route.partition(" ")
    parts = [part if not part.startswith("<") else None for part in path.split("/")]
    known = iter([*map(str, ids), *(str(uuid4()) for _ in range(3))])
    address = "/".join(next(known) if part is None else part for part in parts)
    more = {"json": BODIES.get(route)} | more
    return client.open(address, method=method, headers={HEADER: uuid4().hex} | (who or {}), **more)


def finance() -> dict[str, str]:
    return accounts.bearer(made.finance())


def paid_in(standin: Standin) -> PaymentOp:
    lab = accounts.company().id
    with transaction():
        op_id = service.deposit(lab, usd("10.00"), by=accounts.owner_of(lab)).id
    payments.advance_ops()
    standin.world.pay(str(db.session.get_one(PaymentOp, op_id).external_id))
    later(LOOK_AGAIN)
    payments.advance_ops()
    return db.session.get_one(PaymentOp, op_id)


def stray() -> str:
    row = RailMovement(
        id="txn_x", rail=TEST, kind="transfer", amount=-700, fee=0, currency="USD", source="tr_x",
        created_at=clock.now(), seen_at=clock.now(), match=Match.STRAY, why="no_payment_of_ours",
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row.id


def lost(outcome: Outcome = Outcome.UNMATCHED) -> str:
    row = RailEvent(
        id=f"evt_{outcome}", rail=TEST, endpoint=Endpoint.PLATFORM, name="transfer.created", about_kind="transfer",
        about_id="tr_x", is_live=False, created_at=clock.now(), received_at=clock.now(), try_at=clock.now(), tries=1,
        outcome=outcome, error="no_such_payment",
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row.id


# --- the questions that are alike -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "route",
    marks(
        "not_signed_in", REFUNDS, REFUND, TAKE_BACK, ASK, SHOW, ONBOARD, CALLS, AGAIN, MOVEMENTS, EXPLAIN, STANDING
    ),
)  # fmt: skip
def test_a_stranger_is_asked_to_sign_in(client: FlaskClient, standin: Standin, route: str) -> None:
    assert ask(client, route).status_code == 401


@pytest.mark.parametrize("route", marks("not_mine", REFUNDS, REFUND, TAKE_BACK, AGAIN, EXPLAIN))
def test_what_is_others_does_not_exist(client: FlaskClient, standin: Standin, route: str) -> None:
    op = paid_in(standin)
    own = (op.company_id, op.id)
    about: dict[str, tuple[object, ...]] = {REFUND: own, REFUNDS: own, AGAIN: (lost(),), EXPLAIN: (stray(),)}
    stranger = accounts.bearer(accounts.owner_of(accounts.company(legal_name="Other Lab").id))
    assert ask(client, route, stranger, *about.get(route, (op.id,))).status_code == 404


@pytest.mark.parametrize("route", [CALLS, MOVEMENTS, STANDING])
def test_what_is_for_finance_is_for_nobody_else(client: FlaskClient, standin: Standin, route: str) -> None:
    assert ask(client, route, accounts.bearer(accounts.person())).status_code == 404
    assert ask(client, route, accounts.bearer(accounts.operator(OperatorRole.VETTING))).status_code == 403


@pytest.mark.parametrize(
    ("route", "more"),
    [
        pytest.param(route, more, marks=pytest.mark.door(route, "wrong_shape"), id=route)
        for route, more in (
            (REFUND, {"json": {"money": {"amount": "0.001", "currency": "USD"}}}),
            (REFUNDS, {"query_string": {"limit": "0"}}),
            (TAKE_BACK, {"json": {"reason": ""}}),
            (CALLS, {"query_string": {"outcome": "nonsense"}}),
            (MOVEMENTS, {"query_string": {"limit": "0"}}),
            (EXPLAIN, {"json": {"note": "x"}}),
        )
    ],
)
def test_the_wrong_shape(client: FlaskClient, standin: Standin, route: str, more: dict[str, Any]) -> None:
    assert ask(client, route, finance(), **more).status_code == 422


# --- what they do ---------------------------------------------------------------------------------------------------


@pytest.mark.door(REFUND, "works")
@pytest.mark.door(REFUND, "wrong_state")
@pytest.mark.door(REFUNDS, "works")
def test_a_company_has_a_deposit_sent_back(client: FlaskClient, standin: Standin) -> None:
    op = paid_in(standin)
    about = (op.company_id, op.id)
    owner = accounts.bearer(accounts.owner_of(op.owner_id))
    answer = ask(client, REFUND, owner, *about, json={"money": TEN})
    assert (answer.status_code, answer.json["kind"], answer.json["of_id"]) == (202, "refund", str(op.id))
    again = ask(client, REFUND, owner, *about, json={"money": TEN})
    assert (again.status_code, again.json["code"]) == (409, "deposit_not_refundable")
    assert [each["id"] for each in ask(client, REFUNDS, owner, *about).json["items"]] == [answer.json["id"]]


@pytest.mark.door(TAKE_BACK, "works")
@pytest.mark.door(TAKE_BACK, "wrong_state")
def test_an_operator_takes_a_payout_back(client: FlaskClient, owed: Owed) -> None:
    early = ask(client, TAKE_BACK, finance(), owed.op_id, json={"reason": "Wrong account."})
    assert (early.status_code, early.json["code"]) == (409, "payout_not_reversible")
    until_known(owed.op_id)
    answer = ask(client, TAKE_BACK, finance(), owed.op_id, json={"reason": "Wrong account."})
    assert (answer.status_code, answer.json["reason"]) == (200, "Wrong account.")
    payments.advance_ops()
    assert status_of(owed.op_id) is OpStatus.REVERSED


@pytest.mark.door(ASK, "works")
@pytest.mark.door(ASK, "wrong_state")
@pytest.mark.door(SHOW, "works")
@pytest.mark.door(ONBOARD, "works")
@pytest.mark.door(ONBOARD, "wrong_state")
def test_a_person_gets_an_account(
    client: FlaskClient, standin: Standin, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    standin.world.counts["acct"] = 20
    me = workforce.contractor()
    who = accounts.bearer(accounts.actor_of(me.id))
    assert ask(client, SHOW, who).status_code == 404
    asked = ask(client, ASK, who)
    assert (asked.status_code, asked.json["external_id"], asked.json["agreement"]) == (202, None, "full")
    assert ask(client, ONBOARD, who).json["code"] == "rail_does_not_answer"
    rail_accounts.open_asked(asked.json["id"])
    shown = ask(client, SHOW, who).json
    assert (shown["id"], shown["can_receive"]) == (asked.json["id"], False)
    assert ask(client, ONBOARD, who).json["url"].startswith("https://connect.stripe.com/setup/")
    monkeypatch.setitem(app.config, "RAIL", "sandbox")
    assert ask(client, ASK, who).json["code"] == "rail_has_no_accounts"


def test_who_lives_where_stripe_does_not_pay_is_told_so(client: FlaskClient, standin: Standin) -> None:
    me = workforce.contractor(country="BR", subdivision=None, timezone="America/Sao_Paulo")
    answer = ask(client, ASK, accounts.bearer(accounts.actor_of(me.id)))
    assert (answer.status_code, answer.json["code"]) == (422, "country_without_rail")
    assert standin.asked == []


@pytest.mark.door(CALLS, "works")
@pytest.mark.door(AGAIN, "works")
@pytest.mark.door(AGAIN, "wrong_state")
def test_an_operator_has_a_lost_call_answered_again(client: FlaskClient, owed: Owed) -> None:
    call = lost()
    told = ask(client, CALLS, finance(), query_string={"outcome": "unmatched"}).json
    assert ([each["id"] for each in told["items"]], told["counts"]["unmatched"]) == ([call], 1)
    assert ask(client, AGAIN, finance(), call).json["outcome"] == "waiting"
    assert ask(client, AGAIN, finance(), call).json["code"] == "call_not_lost"
    rail_inbox.handle_due()
    assert db.session.get_one(RailEvent, call, populate_existing=True).outcome is Outcome.UNMATCHED


@pytest.mark.door(MOVEMENTS, "works")
@pytest.mark.door(EXPLAIN, "works")
@pytest.mark.door(EXPLAIN, "wrong_state")
@pytest.mark.door(STANDING, "works")
def test_an_operator_explains_a_stray_movement(client: FlaskClient, owed: Owed) -> None:
    until_known(owed.op_id)
    reconciling.reconcile()
    known = stray()
    (shown,) = ask(client, MOVEMENTS, finance(), query_string={"match": "stray"}).json["items"]
    assert (shown["id"], shown["net"]["amount"], shown["why"]) == (known, "-7.00", "no_payment_of_ours")
    explained = ask(client, EXPLAIN, finance(), known, json={"note": "Sent by hand."}).json
    assert (explained["match"], explained["note"]) == ("explained", "Sent by hand.")
    assert ask(client, EXPLAIN, finance(), known, json={"note": "Again."}).json["code"] == "movement_not_stray"
    told = ask(client, STANDING, finance()).json
    assert [each["rail"] for each in told["standings"]] == [{"amount": "940.00", "currency": "USD"}]
    assert sum(day["counts"]["matched"] for day in told["days"]) == 2


# --- pages ----------------------------------------------------------------------------------------------------------


def visitor(client: FlaskClient, person_id: object) -> Visitor:
    return Visitor(client).signed_in(db.session.get_one(Person, person_id))


def test_a_company_pays_at_stripe_and_sends_back(client: FlaskClient, standin: Standin) -> None:
    lab = accounts.company().id
    owner = visitor(client, accounts.owner_of(lab).person_id)
    address = f"/company/{lab}/money"
    owner.send(address, money__amount="10.00", money__currency="USD")
    payments.advance_ops()
    session = standin.world.all("checkout.session")[0]
    page = owner.look(address)
    assert session["url"] in page.html
    assert "Stripe in test mode" in page.words
    standin.world.pay(session["id"])
    later(LOOK_AGAIN)
    payments.advance_ops()
    op = db.session.query(PaymentOp).filter_by(external_id=session["id"]).one()
    deposit = f"{address}/deposits/{op.id}"
    owner.send(deposit, money__amount="4.00")
    payments.advance_ops()
    assert [each["amount"] for each in standin.world.all("refund")] == [400]
    assert "What went back of it" in owner.look(deposit).words


def test_a_person_sees_what_is_missing(client: FlaskClient, standin: Standin) -> None:
    standin.world.counts["acct"] = 30
    me = workforce.contractor()
    hers = visitor(client, me.id)
    hers.send("/work/payout-account")
    account = rail_accounts.my_account(by=accounts.actor_of(me.id))
    assert "It is being opened" in hers.look("/work/payout-account").words
    rail_accounts.open_asked(account.id)
    page = hers.look("/work/payout-account")
    assert "your bank account" in page.words
    assert "Go on to Stripe" in page.words
    onward = client.get("/work/payout-account/onward")
    assert (onward.status_code, onward.location[:34]) == (303, "https://connect.stripe.com/setup/s")


def test_an_operator_sees_the_match_of_each_day(client: FlaskClient, owed: Owed, standin: Standin) -> None:
    until_known(owed.op_id)
    answer(standin.world, "POST", "/v1/transfers", {}, {"amount": 700, "currency": "usd", "destination": ACCOUNT}, None)
    reconciling.reconcile()
    call = lost()
    operator = visitor(client, made.finance().person_id)
    page = operator.look("/desk/rail")
    assert "made by nobody here" in page.words
    assert "about something unknown" in page.words
    row = db.session.scalars(reconciling.strays(made.finance())).one()
    operator.send("/desk/rail", f"/movements/{row.id}", note="Sent by hand.")
    operator.send("/desk/rail", f"/calls/{call}")
    page = operator.look("/desk/rail")
    assert "Every movement that is known has its cause" in page.words
    operator.send(f"/desk/payouts/{owed.op_id}/take-back", reason="Wrong account.")
    payments.advance_ops()
    assert status_of(owed.op_id) is OpStatus.REVERSED
