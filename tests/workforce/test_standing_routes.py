"""The doors of restrictions and appeals, and their five questions."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient

from marketplace.accounts.rules import CompanyRole
from marketplace.core import clock
from marketplace.workforce import proposals, restrictions
from marketplace.workforce.models import Contractor
from marketplace.workforce.standing_models import Appeal, Proposal, Restriction
from tests.conftest import again, kept
from tests.factories import accounts, shifts, standing, workforce
from tests.factories.shifts import Scene

MINE = "GET /api/v1/contractors/me/restrictions"
MY_APPEALS = "GET /api/v1/contractors/me/appeals"
CONTEST = "POST /api/v1/contractors/me/decisions/<uuid:decision_id>/contest"
OF_PERSON = "GET /api/v1/vetting/contractors/<uuid:contractor_id>/restrictions"
RESTRICT = "POST /api/v1/vetting/contractors/<uuid:contractor_id>/restrictions"
BLOCKS = "GET /api/v1/companies/<uuid:company_id>/blocks"
BLOCK = "POST /api/v1/companies/<uuid:company_id>/blocks"
SHOW = "GET /api/v1/restrictions/<uuid:restriction_id>"
LIFT = "POST /api/v1/restrictions/<uuid:restriction_id>/lift"
APPEALS = "GET /api/v1/vetting/appeals"
APPEAL = "GET /api/v1/appeals/<uuid:appeal_id>"
ANSWER = "POST /api/v1/appeals/<uuid:appeal_id>/answer"
SAY = "POST /api/v1/contractors/me/proposals/<uuid:proposal_id>/answer"
PROPOSALS = "GET /api/v1/vetting/proposals"
PROPOSAL = "GET /api/v1/vetting/proposals/<uuid:proposal_id>"
ACCEPT = "POST /api/v1/vetting/proposals/<uuid:proposal_id>/accept"
DISMISS = "POST /api/v1/vetting/proposals/<uuid:proposal_id>/dismiss"
OF_PROPOSALS = (SAY, PROPOSALS, PROPOSAL, ACCEPT, DISMISS)
ALL = (
    MINE,
    MY_APPEALS,
    CONTEST,
    OF_PERSON,
    RESTRICT,
    BLOCKS,
    BLOCK,
    SHOW,
    LIFT,
    APPEALS,
    APPEAL,
    ANSWER,
    *OF_PROPOSALS,
)
OF_SOMEBODY = (SAY, PROPOSAL, ACCEPT, DISMISS, CONTEST, OF_PERSON, RESTRICT, BLOCKS, BLOCK, SHOW, LIFT, APPEAL, ANSWER)


@dataclass(frozen=True)
class There:
    """Ana, who works for a company, is restricted by an operator and contests it; the company has blocked Bea."""

    scene: Scene
    ana: Contractor
    bea: Contractor
    restriction: Restriction
    block: Restriction
    appeal: Appeal
    proposal: Proposal


def _there() -> There:
    scene = shifts.scene()
    ana, bea = (shifts.contracted(scene) for _ in range(2))
    restriction = standing.restricted(ana.id, days=60)
    block = standing.blocked(scene.company, scene.company_id, bea.id)
    appeal = standing.contested(ana.id)
    return There(scene, ana, bea, restriction, block, appeal, standing.matched(ana, bea))


@pytest.fixture(scope="module")
def _made(ground: None) -> There:
    return kept(_there)


@pytest.fixture
def there(_made: There, app: object) -> There:
    return again(_made)


def bodies(there: There | None = None) -> dict[str, Any]:
    until = (clock.now() + timedelta(days=20)).isoformat()
    return {
        CONTEST: {"words": "This is not so."},
        RESTRICT: {"scope": "category", "work_kind": "code", "reason": "Why.", "expires_at": until},
        BLOCK: {"contractor_id": str(there.ana.id if there else uuid4()), "reason": "Why.", "expires_at": until},
        LIFT: {"reason": "Why."},
        SAY: {"words": "My sister lives with me."},
        ACCEPT: {"measure": "suspend", "reason": "Why."},
        DISMISS: {"reason": "Why."},
        ANSWER: {"outcome": "changed", "reason": "Why.", "expires_at": until},
    }


def ask(client: FlaskClient, route: str, there: There | None = None, **more: Any) -> Any:
    method, _, path = route.partition(" ")
    named: dict[str, object] = {} if there is None else {
        "contractor_id": there.ana.id, "company_id": there.scene.company_id, "restriction_id": there.block.id,
        "appeal_id": there.appeal.id, "decision_id": there.block.decision_id,
        "proposal_id": there.proposal.id,
    }  # fmt: skip
    for name in ("contractor_id", "company_id", "restriction_id", "appeal_id", "decision_id", "proposal_id"):
        path = path.replace(f"<uuid:{name}>", str(named.get(name, uuid4())))
    if method == "POST":
        more.setdefault("json", bodies(there)[route])
    return client.open(path, method=method, **more)


def doors(*routes: str, question: str) -> list[Any]:
    return [pytest.param(route, marks=pytest.mark.door(route, question), id=route) for route in routes]


@pytest.mark.parametrize("route", doors(*ALL, question="not_signed_in"))
def test_a_stranger_is_asked_to_sign_in(client: FlaskClient, route: str) -> None:
    assert ask(client, route).status_code == 401


@pytest.mark.parametrize("route", doors(*OF_SOMEBODY, question="not_mine"))
def test_to_others_there_is_nothing(client: FlaskClient, there: There, route: str) -> None:
    other = workforce.contractor()
    answer = ask(client, route, there, headers=accounts.bearer(other.id))
    expected = (409, "nothing_to_contest") if route == CONTEST else (404, "not_found")
    assert (answer.status_code, answer.json["code"]) == expected


@pytest.mark.parametrize(
    "route", doors(MINE, MY_APPEALS, CONTEST, OF_PERSON, RESTRICT, BLOCKS, BLOCK, SHOW, LIFT, APPEALS, APPEAL, ANSWER,
                   *OF_PROPOSALS, question="works")
)  # fmt: skip
def test_each_door_works(client: FlaskClient, there: There, route: str) -> None:
    roles = {MINE: there.ana.id, MY_APPEALS: there.ana.id, CONTEST: there.bea.id, SHOW: there.bea.id, SAY: there.bea.id}
    company = route in (BLOCKS, BLOCK, LIFT)
    who = there.scene.company if company else roles.get(route) or standing.operator()
    answer = ask(client, route, there, headers=accounts.bearer(who))
    assert answer.status_code in (200, 201), answer.json
    found = answer.json
    told = {
        MINE: lambda: found["items"][0]["reason"] == standing.REASON,
        MY_APPEALS: lambda: found["items"][0]["words"] == standing.WORDS,
        CONTEST: lambda: (found["status"], found["company_id"]) == ("open", str(there.scene.company_id)),
        OF_PERSON: lambda: [each["scope"] for each in found["items"]] == ["all"],
        RESTRICT: lambda: (found["work_kind"], found["status"]) == ("code", "active"),
        BLOCKS: lambda: [each["id"] for each in found["items"]] == [str(there.block.id)],
        BLOCK: lambda: (found["source"], found["scope"]) == ("company", "company"),
        SHOW: lambda: found["decision_id"] == str(there.block.decision_id),
        LIFT: lambda: (found["status"], found["end_reason"]) == ("lifted", "Why."),
        APPEALS: lambda: [each["id"] for each in found["items"]] == [str(there.appeal.id)],
        APPEAL: lambda: found["decided_reason"] == standing.REASON,
        SAY: lambda: (found["words"], "other_id" in found) == ("My sister lives with me.", False),
        PROPOSALS: lambda: [each["id"] for each in found["items"]] == [str(there.proposal.id)],
        PROPOSAL: lambda: (found["rule"], found["other_id"]) == ("PERSON", str(there.ana.id)),
        ACCEPT: lambda: (found["status"], found["decision_id"] is not None) == ("accepted", True),
        DISMISS: lambda: (found["status"], found["reason"]) == ("dismissed", "Why."),
        ANSWER: lambda: (found["status"], found["reason"]) == ("changed", "Why."),
    }
    assert told[route](), found


@pytest.mark.parametrize(
    "route", doors(CONTEST, RESTRICT, BLOCK, LIFT, ANSWER, ACCEPT, DISMISS, question="wrong_state")
)
def test_what_is_over_or_there_already_is_refused(client: FlaskClient, there: There, route: str) -> None:
    who = {CONTEST: there.bea.id, BLOCK: there.scene.company}.get(route) or standing.operator()
    headers = accounts.bearer(who)
    first = ask(client, route, there, headers=headers)
    again = ask(client, route, there, headers=headers)
    assert (first.status_code in (200, 201), again.status_code) == (True, 409), again.json


@pytest.mark.parametrize(
    ("route", "body"),
    [
        pytest.param(route, body, marks=pytest.mark.door(route, "wrong_shape"), id=route)
        for route, body in {
            CONTEST: {"words": ""},
            RESTRICT: {"scope": "everything", "reason": "Why.", "expires_at": "soon"},
            BLOCK: {"contractor_id": "somebody"},
            LIFT: {},
            ANSWER: {"outcome": "lapsed", "reason": "Why."},
            SAY: {"words": ""},
            ACCEPT: {"measure": "erase", "reason": "Why."},
            DISMISS: {"reason": ""},
        }.items()
    ],
)
def test_a_wrong_shape_is_said_to_be_one(client: FlaskClient, there: There, route: str, body: dict[str, Any]) -> None:
    answer = ask(client, route, there, json=body, headers=accounts.bearer(standing.operator()))
    assert (answer.status_code, answer.json["code"]) == (422, "input_not_right")


@pytest.mark.parametrize("route", doors(BLOCKS, APPEALS, PROPOSALS, question="wrong_shape"))
def test_a_page_has_a_size(client: FlaskClient, there: There, route: str) -> None:
    who = there.scene.company if route == BLOCKS else standing.operator()
    answer = ask(client, route, there, query_string={"limit": 0}, headers=accounts.bearer(who))
    assert answer.status_code == 422


@pytest.mark.door(SAY, "wrong_state")
def test_nobody_speaks_into_what_is_over(client: FlaskClient, there: There) -> None:
    proposals.dismiss(there.proposal.id, "Sisters.", by=standing.operator())
    answer = ask(client, SAY, there, headers=accounts.bearer(there.bea.id))
    assert (answer.status_code, answer.json["code"]) == (409, "proposal_closed")


def test_a_viewer_blocks_nobody(client: FlaskClient, there: There) -> None:
    viewer = accounts.bearer(accounts.member(there.scene.company_id, CompanyRole.VIEWER))
    assert ask(client, BLOCK, there, headers=viewer).status_code == 403
    assert ask(client, LIFT, there, headers=viewer).status_code == 403
    assert restrictions.one(there.block.id, there.scene.company).ended_at is None
