"""Crews: whom a company saves, what their members may do, and the doors with their five questions."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from marketplace.accounts.rules import CompanyRole
from marketplace.contracts import crews, service
from marketplace.contracts.crew_models import Crew, CrewMember
from marketplace.contracts.crew_rules import NotUnderContract
from marketplace.core import clock
from marketplace.core.db import db
from tests.factories import accounts, contracts, workforce

LIST = "GET /api/v1/companies/<uuid:company_id>/crews"
MAKE = "POST /api/v1/companies/<uuid:company_id>/crews"
RENAME = "PATCH /api/v1/crews/<uuid:crew_id>"
CLOSE = "POST /api/v1/crews/<uuid:crew_id>/close"
MEMBERS = "GET /api/v1/crews/<uuid:crew_id>/members"
ADD = "POST /api/v1/crews/<uuid:crew_id>/members"
REMOVE = "DELETE /api/v1/crews/<uuid:crew_id>/members/<uuid:contractor_id>"
MINE = "GET /api/v1/contractors/me/crews"
LEAVE = "DELETE /api/v1/contractors/me/crews/<uuid:crew_id>"
BODIES: dict[str, dict[str, Any]] = {
    MAKE: {"name": "Night desk"},
    RENAME: {"name": "Day desk"},
    ADD: {"contractor_ids": [str(uuid4())]},
}


def doors(*routes: str, question: str) -> list[Any]:
    return [pytest.param(route, marks=pytest.mark.door(route, question), id=route) for route in routes]


def ask(client: FlaskClient, route: str, crew: Crew | None = None, who: UUID | None = None, **more: Any) -> Any:
    method, _, path = route.partition(" ")
    path = path.replace("<uuid:company_id>", str(crew.company_id if crew else uuid4()))
    path = path.replace("<uuid:crew_id>", str(crew.id if crew else uuid4()))
    path = path.replace("<uuid:contractor_id>", str(who or uuid4()))
    if route in BODIES:
        more.setdefault("json", BODIES[route])
    return client.open(path, method=method, **more)


def saved(company_id: UUID, *people: UUID, name: str = "Night desk") -> Crew:
    """A crew of these people, each of whom has a contract with the company in force."""
    by = accounts.owner_of(company_id)
    crew = crews.make(company_id, name, by=by)
    if people:
        crews.add(crew.id, people, by=by)
    return crew


def people_in(crew: Crew) -> frozenset[UUID]:
    return crews.people_of([crew.id], clock.now()).get(crew.id, frozenset())


# --- the verbs ------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("app")
def test_all_of_the_named_people_are_added_or_nobody() -> None:
    version = contracts.in_force()
    proposed, stranger = contracts.proposed(version.company_id), workforce.contractor()
    crew, by = saved(version.company_id), accounts.owner_of(version.company_id)
    for outsider in (proposed.contractor_id, stranger.id, uuid4()):
        with pytest.raises(NotUnderContract) as refused:
            crews.add(crew.id, [version.contractor_id, outsider], by=by)
        assert str(outsider) in refused.value.detail
        assert str(version.contractor_id) not in refused.value.detail
        assert not people_in(crew)
    assert crews.add(crew.id, [version.contractor_id], by=by) == 1
    assert crews.add(crew.id, [version.contractor_id], by=by) == 0
    assert people_in(crew) == {version.contractor_id}


@pytest.mark.usefixtures("app")
def test_whose_contract_ended_is_out_without_a_job() -> None:
    """The company's notice of 14 days: in them the person is still in the crew, and on the day after not."""
    clock.move_to(datetime(2026, 11, 18, 12, tzinfo=UTC))
    version = contracts.in_force()
    crew, by = saved(version.company_id, version.contractor_id), accounts.owner_of(version.company_id)
    ended = service.end(version.contract_id, version.terms["termination"]["reasons"][0], by=by)
    assert ended.ends_at is not None
    assert people_in(crew) == {version.contractor_id}
    clock.move_to(ended.ends_at + timedelta(minutes=1))
    assert not people_in(crew)
    assert not crews.mine(by=accounts.actor_of(version.contractor_id))
    # The row is there still, and nothing had to look at it.
    assert db.session.scalar(select(CrewMember.id).where(CrewMember.crew_id == crew.id)) is not None


@pytest.mark.usefixtures("app")
def test_whoever_leaves_leaves_no_row_and_only_their_own() -> None:
    first = contracts.in_force()
    second = contracts.in_force(first.company_id)
    crew = saved(first.company_id, first.contractor_id, second.contractor_id)
    crews.leave(crew.id, by=accounts.actor_of(first.contractor_id))
    rows = db.session.scalars(select(CrewMember.contractor_id).where(CrewMember.crew_id == crew.id)).all()
    assert rows == [second.contractor_id]


# --- the doors ------------------------------------------------------------------------------------------------------

OF_THE_COMPANY = (LIST, MAKE, RENAME, CLOSE, MEMBERS, ADD, REMOVE)


@pytest.mark.parametrize("route", doors(*OF_THE_COMPANY, MINE, LEAVE, question="not_signed_in"))
def test_a_stranger_is_asked_to_sign_in(client: FlaskClient, route: str) -> None:
    answer = ask(client, route)
    assert (answer.status_code, answer.json["code"]) == (401, "not_signed_in")


@pytest.mark.parametrize("route", doors(*OF_THE_COMPANY, LEAVE, question="not_mine"))
def test_crews_of_others_do_not_exist(client: FlaskClient, route: str) -> None:
    version = contracts.in_force()
    crew = saved(version.company_id, version.contractor_id)
    other = contracts.in_force()
    for stranger in (accounts.owner_of(other.company_id), other.contractor_id):
        answer = ask(client, route, crew, version.contractor_id, headers=accounts.bearer(stranger))
        assert (answer.status_code, answer.json["code"]) == (404, "not_found")
    if route is not LEAVE:
        member = ask(client, route, crew, version.contractor_id, headers=accounts.bearer(version.contractor_id))
        assert member.status_code == 404
    assert people_in(crew) == {version.contractor_id}


@pytest.mark.parametrize("route", doors(RENAME, CLOSE, ADD, REMOVE, question="wrong_state"))
def test_a_closed_crew_stays_closed(client: FlaskClient, route: str) -> None:
    version = contracts.in_force()
    crew, by = saved(version.company_id, version.contractor_id), accounts.owner_of(version.company_id)
    crews.close(crew.id, by=by)
    assert not people_in(crew)
    answer = ask(client, route, crew, version.contractor_id, headers=accounts.bearer(by))
    assert (answer.status_code, answer.json["code"]) == (409, "crew_closed")


@pytest.mark.door(MAKE, "wrong_state")
def test_no_two_open_crews_of_one_name(client: FlaskClient) -> None:
    version = contracts.in_force()
    crew, by = saved(version.company_id), accounts.owner_of(version.company_id)
    answer = ask(client, MAKE, crew, json={"name": "NIGHT desk"}, headers=accounts.bearer(by))
    assert (answer.status_code, answer.json["code"]) == (409, "crew_named_already")
    crews.close(crew.id, by=by)
    assert ask(client, MAKE, crew, headers=accounts.bearer(by)).status_code == 201


@pytest.mark.parametrize(
    ("route", "query", "body"),
    [
        pytest.param(LIST, {"limit": "0"}, None, marks=pytest.mark.door(LIST, "wrong_shape")),
        pytest.param(MEMBERS, {"limit": "0"}, None, marks=pytest.mark.door(MEMBERS, "wrong_shape")),
        pytest.param(MAKE, {}, {"name": " "}, marks=pytest.mark.door(MAKE, "wrong_shape")),
        pytest.param(RENAME, {}, {"name": "x" * 81}, marks=pytest.mark.door(RENAME, "wrong_shape")),
        pytest.param(ADD, {}, {"contractor_ids": []}, marks=pytest.mark.door(ADD, "wrong_shape")),
    ],
)
def test_a_wrong_shape_is_refused(client: FlaskClient, route: str, query: Any, body: Any) -> None:
    version = contracts.in_force()
    crew, by = saved(version.company_id), accounts.owner_of(version.company_id)
    answer = ask(client, route, crew, query_string=query, json=body, headers=accounts.bearer(by))
    assert (answer.status_code, answer.json["code"]) == (422, "input_not_right")


@pytest.mark.door(MAKE, "works")
@pytest.mark.door(LIST, "works")
@pytest.mark.door(RENAME, "works")
@pytest.mark.door(ADD, "works")
@pytest.mark.door(MEMBERS, "works")
@pytest.mark.door(MINE, "works")
@pytest.mark.door(LEAVE, "works")
@pytest.mark.door(REMOVE, "works")
@pytest.mark.door(CLOSE, "works")
def test_a_crew_from_its_name_to_its_end(client: FlaskClient) -> None:
    version = contracts.in_force()
    manager = accounts.bearer(accounts.member(version.company_id, CompanyRole.MANAGER))
    me = accounts.bearer(version.contractor_id)
    path = f"/api/v1/companies/{version.company_id}/crews"
    made = client.post(path, json={"name": "Night desk"}, headers=manager).json
    crew = db.session.get_one(Crew, UUID(made["id"]))
    assert ask(client, RENAME, crew, headers=manager).json["name"] == "Day desk"
    assert [each["id"] for each in ask(client, LIST, crew, headers=manager).json["items"]] == [made["id"]]
    people = {"contractor_ids": [str(version.contractor_id)]}
    assert ask(client, ADD, crew, json=people, headers=manager).json == {"added": 1}
    inside = ask(client, MEMBERS, crew, headers=manager).json["items"]
    assert [each["contractor_id"] for each in inside] == people["contractor_ids"]
    (mine,) = ask(client, MINE, headers=me).json["items"]
    assert (mine["id"], mine["name"], "members" in mine) == (made["id"], "Day desk", False)
    assert ask(client, LEAVE, crew, headers=me).status_code == 204
    assert ask(client, LEAVE, crew, headers=me).status_code == 404
    assert ask(client, REMOVE, crew, version.contractor_id, headers=manager).status_code == 404
    ask(client, ADD, crew, json=people, headers=manager)
    assert ask(client, REMOVE, crew, version.contractor_id, headers=manager).status_code == 204
    assert ask(client, MINE, headers=me).json["items"] == []
    assert ask(client, CLOSE, crew, headers=manager).json["closed_at"] is not None
    assert ask(client, LIST, crew, headers=manager).json["items"] == []
