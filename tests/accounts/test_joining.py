"""Becoming a member: whoever is asked answers, and nobody learns whether an address has an account."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from marketplace.accounts import invitations, joining, service
from marketplace.accounts.joining_rules import AskedToday, InvitationOver, JoiningStatus
from marketplace.accounts.models import Company, Person
from marketplace.accounts.rules import Actor, AlreadyMember, CompanyRole, EmailNotConfirmed, Right, RoleOutOfReach
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.lifecycle import WrongState
from tests.factories import accounts

DAY = timedelta(days=1)
OF_COMPANY = "/api/v1/companies/<uuid:company_id>/member-invitations"
ASK, ASKED = f"POST {OF_COMPANY}", f"GET {OF_COMPANY}"
REVOKE = f"POST {OF_COMPANY}/<uuid:invitation_id>/revoke"
OF_ME = "/api/v1/people/me/member-invitations"
MINE, ANSWER = f"GET {OF_ME}", f"POST {OF_ME}/<uuid:invitation_id>/answer"
BODIES: dict[str, Any] = {ASK: {"email": "mia@example.com", "role": "viewer"}, ANSWER: {"accepted": True}}


@pytest.fixture
def company(app: Flask) -> Company:
    return accounts.company()


@pytest.fixture
def owner(company: Company) -> Actor:
    return accounts.owner_of(company.id)


def doors(*routes: str, question: str) -> list[Any]:
    return [pytest.param(route, marks=pytest.mark.door(route, question), id=route) for route in routes]


def ask(client: FlaskClient, route: str, *, who: Any = None, **more: Any) -> Any:
    method, _, path = route.partition(" ")
    for name in ("company_id", "invitation_id"):
        path = path.replace(f"<uuid:{name}>", str(more.pop(name, None) or uuid4()))
    if route in BODIES:
        more.setdefault("json", BODIES[route])
    return client.open(path, method=method, headers=accounts.bearer(who) if who else {}, **more)


def test_what_a_company_is_told_is_the_same_whether_or_not_there_is_an_account(
    client: FlaskClient, company: Company, owner: Actor
) -> None:
    """The answers, the list and the timeline: they differ in the address, the ids and the times alone."""
    here = accounts.person("mia@example.com", name="Mia Member")
    told = [
        ask(client, ASK, who=owner, company_id=company.id, json={"email": email, "role": "viewer"})
        for email in (here.email, "nobody@example.com")
    ]
    assert [answer.status_code for answer in told] == [201, 201]
    same = [{k: v for k, v in answer.json.items() if k in ("role", "status", "ended_at")} for answer in told]
    assert same == [{"role": "viewer", "status": "waiting", "ended_at": None}] * 2
    listed = ask(client, ASKED, who=owner, company_id=company.id)
    assert {row["email"] for row in listed.json["items"]} == {here.email, "nobody@example.com"}
    events = client.get(f"/api/v1/companies/{company.id}/events", headers=accounts.bearer(owner)).text
    for secret in (str(here.id), "Mia Member", "member_invitation"):
        assert secret not in listed.text + events
    # Once they have said yes, everybody sees who they are.
    joining.answer_to_join(UUID(told[0].json["id"]), True, by=accounts.actor_of(here))
    members = client.get(f"/api/v1/companies/{company.id}/members", headers=accounts.bearer(owner)).json["items"]
    assert {row["name"] for row in members} > {"Mia Member"}


def test_whoever_has_no_account_gets_one_by_the_message_and_then_answers(company: Company, owner: Actor) -> None:
    asked = joining.ask_to_join(company.id, "New.Person@example.com", CompanyRole.MANAGER, by=owner)
    person = db.session.get_one(Person, asked.person_id)
    assert (person.email, person.password, person.confirmed_at) == ("new.person@example.com", None, None)
    link = joining.joining_link(asked.id)
    token = link.rpartition("/")[2]
    with pytest.raises(EmailNotConfirmed):
        joining.answer_to_join(asked.id, True, by=accounts.actor_of(person))
    invitations.accept_invitation(token, "a long enough password")
    assert asked.status is JoiningStatus.WAITING, "a password is no yes"
    assert [each.company_id for each in joining.asked_to_join(accounts.actor_of(person))] == [company.id]
    assert joining.joining_link(asked.id).endswith("/account"), "the link to a first password is good once"
    joining.answer_to_join(asked.id, True, by=accounts.actor_of(person))
    assert accounts.actor_of(person).may(Right.GIGS, company.id)
    with pytest.raises(InvitationOver):
        joining.answer_to_join(asked.id, False, by=accounts.actor_of(person))


def test_nobody_is_asked_twice_a_day_and_an_invitation_ends(company: Company, owner: Actor) -> None:
    mia = accounts.person()
    asked = joining.ask_to_join(company.id, mia.email, CompanyRole.VIEWER, by=owner)
    with pytest.raises(AskedToday):
        joining.ask_to_join(company.id, mia.email, CompanyRole.OWNER, by=owner)
    joining.answer_to_join(asked.id, False, by=accounts.actor_of(mia))
    assert (asked.status, accounts.actor_of(mia).companies) == (JoiningStatus.DECLINED, {})
    clock.move_to(clock.now() + DAY)
    again = joining.ask_to_join(company.id, mia.email, CompanyRole.FINANCE, by=owner)
    assert (again.id, again.status, again.ended_at) == (asked.id, JoiningStatus.WAITING, None)
    joining.revoke_invitation(company.id, asked.id, by=owner)
    with pytest.raises(WrongState):
        joining.revoke_invitation(company.id, asked.id, by=owner)
    clock.move_to(clock.now() + DAY)
    joining.ask_to_join(company.id, mia.email, CompanyRole.FINANCE, by=owner)
    clock.move_to(clock.now() + 14 * DAY)
    assert joining.asked_to_join(accounts.actor_of(mia)) == []
    with pytest.raises(InvitationOver):
        joining.answer_to_join(asked.id, True, by=accounts.actor_of(mia))


def test_whoever_was_a_member_can_be_asked_again(company: Company, owner: Actor) -> None:
    mia = accounts.person()
    asked = joining.ask_to_join(company.id, mia.email, CompanyRole.VIEWER, by=owner)
    joining.answer_to_join(asked.id, True, by=accounts.actor_of(mia))
    service.remove_member(company.id, mia.id, by=owner)
    clock.move_to(clock.now() + DAY)
    again = joining.ask_to_join(company.id, mia.email, CompanyRole.VIEWER, by=owner)
    assert (again.id, again.status) == (asked.id, JoiningStatus.WAITING)


def test_a_yes_holds_only_while_whoever_asked_may_still_give_the_role(company: Company, owner: Actor) -> None:
    other = accounts.member(company.id, CompanyRole.OWNER)
    assert other.person_id is not None
    mia = accounts.person()
    asked = joining.ask_to_join(company.id, mia.email, CompanyRole.OWNER, by=other)
    service.remove_member(company.id, other.person_id, by=owner)
    with pytest.raises(InvitationOver):
        joining.answer_to_join(asked.id, True, by=accounts.actor_of(mia))
    robot = Actor(owner.person_id, "key", {company.id: frozenset({Right.READ, Right.MEMBERS})})
    with pytest.raises(RoleOutOfReach):
        joining.ask_to_join(company.id, "boss@example.com", CompanyRole.OWNER, by=robot)
    with pytest.raises(AlreadyMember):
        joining.ask_to_join(company.id, db.session.get_one(Person, owner.person_id).email, CompanyRole.VIEWER, by=owner)


# --- the doors ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("route", doors(ASK, ASKED, REVOKE, MINE, ANSWER, question="not_signed_in"))
def test_a_stranger_is_asked_to_sign_in(client: FlaskClient, route: str) -> None:
    assert ask(client, route).status_code == 401


@pytest.mark.parametrize("route", doors(ASK, ASKED, REVOKE, ANSWER, question="not_mine"))
def test_what_is_anothers_does_not_exist(client: FlaskClient, company: Company, owner: Actor, route: str) -> None:
    asked = joining.ask_to_join(company.id, "mia@example.com", CompanyRole.VIEWER, by=owner)
    stranger = accounts.owner_of(accounts.company().id)
    assert ask(client, route, who=stranger, company_id=company.id, invitation_id=asked.id).status_code == 404


@pytest.mark.parametrize(
    ("route", "more"),
    [
        pytest.param(
            ASK, {"json": {"email": "mia@example.com", "role": "emperor"}}, marks=pytest.mark.door(ASK, "wrong_shape")
        ),
        pytest.param(ASK, {"json": {"email": "nobody", "role": "viewer"}}, marks=pytest.mark.door(ASK, "wrong_shape")),
        pytest.param(ASKED, {"query_string": {"limit": "many"}}, marks=pytest.mark.door(ASKED, "wrong_shape")),
        pytest.param(ANSWER, {"json": {"accepted": "perhaps"}}, marks=pytest.mark.door(ANSWER, "wrong_shape")),
    ],
)
def test_input_of_the_wrong_shape_is_refused(
    client: FlaskClient, company: Company, owner: Actor, route: str, more: dict[str, Any]
) -> None:
    assert ask(client, route, who=owner, company_id=company.id, **more).status_code == 422


@pytest.mark.door(ASK, "works")
@pytest.mark.door(ASK, "wrong_state")
@pytest.mark.door(ASKED, "works")
@pytest.mark.door(REVOKE, "works")
@pytest.mark.door(REVOKE, "wrong_state")
@pytest.mark.door(MINE, "works")
@pytest.mark.door(ANSWER, "works")
@pytest.mark.door(ANSWER, "wrong_state")
def test_an_invitation_is_sent_taken_back_sent_again_and_accepted(
    client: FlaskClient, company: Company, owner: Actor
) -> None:
    mia = accounts.person("mia@example.com")
    known = {"company_id": company.id}
    asked = ask(client, ASK, who=owner, **known)
    assert (asked.status_code, asked.json["email"]) == (201, "mia@example.com")
    assert ask(client, ASK, who=owner, **known).json["code"] == "asked_today"
    known["invitation_id"] = asked.json["id"]
    assert ask(client, REVOKE, who=owner, **known).json["status"] == "revoked"
    assert ask(client, REVOKE, who=owner, **known).status_code == 409
    assert ask(client, ANSWER, who=mia, **known).json["code"] == "invitation_over"
    clock.move_to(clock.now() + DAY)
    assert ask(client, ASK, who=owner, **known).json["id"] == asked.json["id"]
    (mine,) = ask(client, MINE, who=mia).json["items"]
    assert (mine["company"], mine["role"]) == (company.legal_name, "viewer")
    assert ask(client, ANSWER, who=mia, **known).status_code == 204
    assert [row["status"] for row in ask(client, ASKED, who=owner, **known).json["items"]] == ["accepted"]
    assert accounts.actor_of(mia).belongs_to(company.id)
