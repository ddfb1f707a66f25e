"""The doors of benefits that leave and come, and their five questions."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient

from marketplace.accounts.rules import OperatorRole
from tests.contracts.test_moving import stands, stipend, usd
from tests.factories import accounts, workforce

MINE = "/api/v1/contractors/me/benefits"
DESK = "/api/v1/benefit-transfers"
CASH_OUTS, ASK = f"GET {MINE}/cash-outs", f"POST {MINE}/cash-outs"
TRANSFERS, MOVE = f"GET {MINE}/transfers", f"POST {MINE}/transfers"
EVERY, RECEIVE = f"GET {DESK}", f"POST {DESK}"
SENT, RETURNED = f"POST {DESK}/<uuid:transfer_id>/sent", f"POST {DESK}/<uuid:transfer_id>/returned"
ONE = {"amount": "1.00", "currency": "USD"}
GIVEN = {"plan": "health-stipend", "money": ONE, "provider": "Mutual fund", "account": "ANA-1"}
BODIES: dict[str, dict[str, Any]] = {
    ASK: {"plan": "health-stipend", "money": ONE},
    MOVE: GIVEN,
    RECEIVE: GIVEN | {"contractor_id": str(uuid4()), "evidence": "letter 5", "reason": "She asked for it."},
    SENT: {"evidence": "slip 17"},
    RETURNED: {"reason": "No such number."},
}
ALL = (CASH_OUTS, ASK, TRANSFERS, MOVE, EVERY, RECEIVE, SENT, RETURNED)


def doors(*routes: str, question: str) -> list[Any]:
    return [pytest.param(route, marks=pytest.mark.door(route, question), id=route) for route in routes]


def call(client: FlaskClient, route: str, transfer_id: UUID | str | None = None, **more: Any) -> Any:
    method, _, path = route.partition(" ")
    if route in BODIES:
        more.setdefault("json", BODIES[route])
    return client.open(path.replace("<uuid:transfer_id>", str(transfer_id or uuid4())), method=method, **more)


@pytest.mark.parametrize("route", doors(*ALL, question="not_signed_in"))
def test_a_stranger_is_asked_to_sign_in(client: FlaskClient, route: str) -> None:
    answer = call(client, route)
    assert (answer.status_code, answer.json["code"]) == (401, "not_signed_in")


@pytest.mark.parametrize("route", doors(SENT, RETURNED, question="not_mine"))
def test_only_finance_decides(client: FlaskClient, route: str) -> None:
    ana = workforce.contractor()
    stipend(ana.id, usd("2.40"))
    mine = accounts.bearer(ana.id)
    made = call(client, MOVE, headers=mine).json
    assert call(client, route, made["id"], headers=mine).status_code == 404
    other = accounts.bearer(accounts.operator(OperatorRole.STANDARDS))
    assert call(client, route, made["id"], headers=other).status_code == 403


@pytest.mark.parametrize("route", doors(*ALL, question="wrong_shape"))
def test_a_wrong_shape_is_refused(client: FlaskClient, route: str) -> None:
    of_desk = route in (EVERY, RECEIVE, SENT, RETURNED)
    who: Any = accounts.operator(OperatorRole.FINANCE) if of_desk else workforce.contractor().id
    wrong: dict[str, Any] = {"json": {"money": 7}} if route in BODIES else {"query_string": {"limit": "0"}}
    assert call(client, route, headers=accounts.bearer(who), **wrong).status_code == 422


@pytest.mark.door(ASK, "works")
@pytest.mark.door(ASK, "wrong_state")
@pytest.mark.door(CASH_OUTS, "works")
def test_health_money_is_asked_for(client: FlaskClient) -> None:
    ana = workforce.contractor()
    stipend(ana.id, usd("2.40"))
    headers = accounts.bearer(ana.id)
    made = call(client, ASK, headers=headers)
    assert (made.status_code, made.json["items"][0]["money"], made.json["items"][0]["paid_at"]) == (201, ONE, None)
    rest = call(client, ASK, json={"plan": "health-stipend"}, headers=headers).json["items"]
    assert [each["money"]["amount"] for each in rest] == ["1.40"]
    assert len(call(client, CASH_OUTS, headers=headers).json["items"]) == 2
    refused = {"health-stipend": "benefit_too_little", "sick-leave": "benefit_not_paid_out"}
    for plan, code in refused.items():
        answer = call(client, ASK, json={"plan": plan}, headers=headers)
        assert (answer.status_code, answer.json["code"]) == (409, code)


@pytest.mark.door(MOVE, "works")
@pytest.mark.door(MOVE, "wrong_state")
@pytest.mark.door(TRANSFERS, "works")
@pytest.mark.door(EVERY, "works")
@pytest.mark.door(SENT, "works")
@pytest.mark.door(SENT, "wrong_state")
@pytest.mark.door(RETURNED, "works")
@pytest.mark.door(RETURNED, "wrong_state")
@pytest.mark.door(RECEIVE, "works")
@pytest.mark.door(RECEIVE, "wrong_state")
def test_money_goes_and_comes(client: FlaskClient) -> None:
    ana, desk = workforce.contractor(), accounts.bearer(accounts.operator(OperatorRole.FINANCE))
    stipend(ana.id, usd("2.40"))
    mine = accounts.bearer(ana.id)
    first, second = (call(client, MOVE, headers=mine).json["id"] for _ in range(2))
    none = call(client, MOVE, headers=mine)
    assert (none.status_code, none.json["code"], none.json["there"]) == (409, "benefit_too_little", "0.40 USD")
    assert {row["id"] for row in call(client, EVERY, headers=desk).json["items"]} == {first, second}
    assert call(client, SENT, first, headers=desk).json["status"] == "sent"
    assert call(client, RETURNED, second, headers=desk).json["reason"] == "No such number."
    for route, known in ((SENT, second), (RETURNED, first)):
        late = call(client, route, known, headers=desk)
        assert (late.status_code, late.json["code"]) == (409, "wrong_state")
    came = BODIES[RECEIVE] | {"contractor_id": str(ana.id)}
    assert call(client, RECEIVE, json=came, headers=desk).json["evidence"] == "letter 5"
    leave = call(client, RECEIVE, json=came | {"plan": "sick-leave"}, headers=desk)
    assert (leave.status_code, leave.json["code"]) == (409, "benefit_not_carried")
    assert len(call(client, TRANSFERS, headers=mine).json["items"]) == 3
    assert stands(ana.id, "health-stipend") == 240
