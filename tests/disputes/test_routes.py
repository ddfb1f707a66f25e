"""The doors of disputes and their five questions."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient

from marketplace.accounts.rules import OperatorRole, Right
from marketplace.core.idempotency import HEADER
from marketplace.disputes.models import Dispute
from marketplace.shifts.timesheet_models import TimesheetCut
from tests.factories import accounts, shifts
from tests.factories import disputes as make
from tests.factories import pay as made
from tests.factories.shifts import Scene

CLAIM = "POST /api/v1/disputes"
LIST = "GET /api/v1/disputes"
SHOW = "GET /api/v1/disputes/<uuid:dispute_id>"
ANSWER = "POST /api/v1/disputes/<uuid:dispute_id>/answer"
RULE = "POST /api/v1/disputes/<uuid:dispute_id>/rule"
WITHDRAW = "POST /api/v1/disputes/<uuid:dispute_id>/withdraw"

OF_ONE = (SHOW, ANSWER, RULE, WITHDRAW)
BODIES: dict[str, dict[str, Any]] = {
    CLAIM: {"cut_id": str(uuid4()), "words": make.CLAIM},
    ANSWER: {"words": "The log of the door says otherwise."},
    RULE: {"restored_minutes": 60, "reason": make.REASON},
}


def doors(*routes: str, question: str) -> list[Any]:
    return [pytest.param(route, marks=pytest.mark.door(route, question), id=route) for route in routes]


def ask(client: FlaskClient, route: str, thing: UUID | None = None, **more: Any) -> Any:
    method, _, path = route.partition(" ")
    if route in BODIES:
        more.setdefault("json", BODIES[route])
    headers = {HEADER: uuid4().hex} | more.pop("headers", {})
    return client.open(path.replace("<uuid:dispute_id>", str(thing or uuid4())), method=method, headers=headers, **more)


@pytest.fixture
def cut(scene: Scene) -> TimesheetCut:
    return make.worked_and_cut(scene)


@pytest.fixture
def dispute(cut: TimesheetCut) -> Dispute:
    return make.claimed(cut)


@pytest.mark.parametrize("route", doors(CLAIM, LIST, *OF_ONE, question="not_signed_in"))
def test_nobody_is_let_in_without_a_key(client: FlaskClient, route: str) -> None:
    assert ask(client, route).status_code == 401


@pytest.mark.parametrize("route", doors(CLAIM, *OF_ONE, question="not_mine"))
def test_other_people_s_disputes_do_not_exist(client: FlaskClient, cut: TimesheetCut, route: str) -> None:
    stranger = accounts.bearer(shifts.scene().company)
    if route == CLAIM:
        found = ask(client, route, json=BODIES[CLAIM] | {"cut_id": str(cut.id)}, headers=stranger)
    else:
        found = ask(client, route, make.claimed(cut).id, headers=stranger)
    assert (found.status_code, found.json["code"]) == (404, "not_found")


@pytest.mark.door(LIST, "not_mine")
def test_other_people_s_disputes_are_not_listed(client: FlaskClient, scene: Scene, dispute: Dispute) -> None:
    stranger = accounts.bearer(shifts.scene().company)
    assert ask(client, LIST, headers=stranger).json["items"] == []
    assert ask(client, LIST, headers=stranger, query_string={"company_id": scene.company_id}).status_code == 404


@pytest.mark.door(CLAIM, "works")
@pytest.mark.door(CLAIM, "wrong_state")
@pytest.mark.door(SHOW, "works")
@pytest.mark.door(LIST, "works")
@pytest.mark.door(ANSWER, "works")
@pytest.mark.door(RULE, "works")
@pytest.mark.door(RULE, "wrong_state")
@pytest.mark.door(ANSWER, "wrong_state")
@pytest.mark.door(WITHDRAW, "wrong_state")
def test_a_dispute_from_the_claim_to_the_payslip(client: FlaskClient, scene: Scene, cut: TimesheetCut) -> None:
    mine, company = accounts.bearer(cut.contractor_id), accounts.bearer(scene.company)
    judge = accounts.bearer(make.judge())
    body = BODIES[CLAIM] | {"cut_id": str(cut.id)}
    claimed = ask(client, CLAIM, json=body, headers=mine)
    assert (claimed.status_code, claimed.json["status"], claimed.json["id"]) == (201, "claimed", str(cut.id))
    assert ask(client, CLAIM, json=body, headers=mine).json["code"] == "wrong_state"
    assert ask(client, ANSWER, cut.id, headers=company).json["statements"][-1]["kind"] == "answer"
    assert ask(client, ANSWER, cut.id, headers=mine).json["statements"][-1]["kind"] == "reply"
    for headers in (mine, company, judge):
        assert ask(client, SHOW, cut.id, headers=headers).json["cut"]["missing"] == make.MISSING
    for headers in (mine, judge):
        (listed,) = ask(client, LIST, headers=headers, query_string={"status": "claimed"}).json["items"]
        assert listed["id"] == str(cut.id)
    assert (
        ask(client, RULE, cut.id, headers=accounts.bearer(accounts.operator(OperatorRole.FINANCE))).status_code == 403
    )
    ruled = ask(client, RULE, cut.id, headers=judge).json
    assert (ruled["status"], ruled["cut"]["restored_minutes"], ruled["cut"]["status"]) == ("ruled", 60, "restored")
    for route, headers in ((RULE, judge), (ANSWER, company), (WITHDRAW, mine)):
        assert ask(client, route, cut.id, headers=headers).json["code"] == "wrong_state"


def test_the_payslip_says_why_restored_time_is_paid(client: FlaskClient, dispute: Dispute) -> None:
    made.paid()
    make.ruled(dispute)
    made.paid()
    slip = made.payslip_of(dispute.contractor_id)
    shown = client.get(f"/api/v1/payslips/{slip.id}", headers=accounts.bearer(dispute.contractor_id)).json
    assert {line["line"]["kind"] for line in shown["lines"]} >= {"wages", "sick_accrual"}
    for line in shown["lines"]:
        assert line["line"]["restored"] == {
            "dispute_id": str(dispute.id),
            "restored_minutes": 60,
            "restored_pieces": 0,
            "because": "ruled",
            "reason": make.REASON,
        }


@pytest.mark.door(WITHDRAW, "works")
def test_withdrawing(client: FlaskClient, dispute: Dispute) -> None:
    shown = ask(client, WITHDRAW, dispute.id, headers=accounts.bearer(dispute.contractor_id)).json
    assert (shown["status"], shown["cut"]["status"]) == ("withdrawn", "upheld")


@pytest.mark.door(CLAIM, "wrong_shape")
@pytest.mark.door(ANSWER, "wrong_shape")
@pytest.mark.door(RULE, "wrong_shape")
@pytest.mark.door(LIST, "wrong_shape")
def test_what_has_the_wrong_shape(client: FlaskClient, scene: Scene, dispute: Dispute) -> None:
    mine, judge = accounts.bearer(dispute.contractor_id), accounts.bearer(make.judge())
    assert ask(client, CLAIM, json={"cut_id": str(dispute.id)}, headers=mine).status_code == 422
    assert ask(client, ANSWER, dispute.id, json={"words": ""}, headers=mine).status_code == 422
    assert ask(client, ANSWER, dispute.id, json={"words": "   "}, headers=mine).json["code"] == "nothing_said"
    for body in ({"restored_minutes": "60", "reason": "yes"}, {"restored_minutes": 60}):
        assert ask(client, RULE, dispute.id, json=body, headers=judge).status_code == 422
    too_many = ask(client, RULE, dispute.id, json={"restored_minutes": 61, "reason": "yes"}, headers=judge)
    assert (too_many.status_code, too_many.json["code"]) == (422, "bad_ruling")
    assert ask(client, LIST, headers=mine, query_string={"status": "odd"}).status_code == 422


def test_a_company_s_key_answers_and_claims_nothing(client: FlaskClient, scene: Scene, cut: TimesheetCut) -> None:
    key = accounts.company_bearer(scene.company_id, Right.READ, Right.TIMESHEETS)
    assert ask(client, CLAIM, json=BODIES[CLAIM] | {"cut_id": str(cut.id)}, headers=key).status_code == 404
    dispute = make.claimed(cut)
    assert ask(client, ANSWER, dispute.id, headers=key).status_code == 200
