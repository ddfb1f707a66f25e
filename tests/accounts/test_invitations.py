"""Inviting people by a list: who gets what, what a bad list is told, and how an invitation is answered."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from marketplace.accounts import invitations, queries, service
from marketplace.accounts.invited import (
    MOST_BYTES,
    MOST_ROWS,
    CompanyNotVerified,
    Invited,
    ListNotGood,
    read_csv,
    write_csv,
)
from marketplace.accounts.models import Invitation, Person
from marketplace.accounts.rules import OperatorRole, Right, TokenNotValid, WeakPassword, WrongCredentials
from marketplace.core import clock
from marketplace.core.db import db, transaction
from marketplace.core.events import Event
from marketplace.core.problems import Forbidden, NotFound
from marketplace.notices.models import Delivery
from tests.factories import accounts, workforce
from tests.shifts.test_races import at_once

OPERATORS = "/api/v1/invitations"
ANSWERS = "/api/v1/invitations/acceptances"
Work = Callable[[], int]


def crew(count: int = 3) -> list[Invited]:
    return [Invited(f"crew{number}@example.com", f"Crew {number}") for number in range(count)]


def token_of(person_id: Any, company_id: Any = None) -> str:
    """That of the message of the company, or of the operators."""
    theirs = Invitation.person_id == person_id, Invitation.company_id.is_not_distinct_from(company_id)
    return service.invitation_link(db.session.scalars(select(Invitation.id).where(*theirs)).one()).rsplit("/", 1)[1]


def faults_of(content: bytes) -> list[tuple[int, str]]:
    with pytest.raises(ListNotGood) as refused:
        read_csv(content)
    return [(fault["line"], fault["words"]) for fault in refused.value.members["faults"]]


# --- lists ----------------------------------------------------------------------------------------------------------


def test_a_file_is_read_with_either_separator_and_in_any_order_of_columns() -> None:
    commas = read_csv(b"email,name\r\n Ana@Example.com , Ana  Example\r\n")
    semicolons = read_csv('\ufeffName;Locale;Email\n"Budi; S.";id;budi@example.com\n\n'.encode())
    assert commas == [Invited("ana@example.com", "Ana Example", "en")]
    assert semicolons == [Invited("budi@example.com", "Budi; S.", "id")]


def test_every_bad_line_is_named() -> None:
    faults = faults_of(b"email,name,locale\na@example.com,A,en\nnobody,B,en\na@example.com,C,\nd@example.com,,xx\n")
    assert [line for line, _ in faults] == [3, 4, 5]
    assert faults[1] == (4, "The address stands in line 2 already.")


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"", 1),
        (b"email,name\n", 1),
        (b"mail,name\na@example.com,A\n", 1),
        (b"email,name,email\na@example.com,A,b@example.com\n", 1),
        (b"email,name\na@example.com,A,en,more\n", 2),
        (b"email,name\n\xff\xfe,A\n", 2),
        (b'email,name\na@example.com,"A\n', 2),
        (b"email,name\n" + b"x" * MOST_BYTES, 1),
        (b"email,name\n" + b"\n".join(b"p%d@example.com,P" % n for n in range(MOST_ROWS + 1)), MOST_ROWS + 2),
    ],
    ids=["empty", "nobody", "columns", "column_twice", "too_wide", "not_utf8", "open_quote", "too_large", "too_long"],
)
def test_a_file_that_is_no_list_names_the_line(content: bytes, line: int) -> None:
    assert [found for found, _ in faults_of(content)] == [line]


NAMES = st.text(st.characters(codec="utf-8", categories=["L", "N", "P"]), min_size=1, max_size=20)


@given(st.lists(NAMES, min_size=1, max_size=5))
def test_what_is_written_is_read_again(names: list[str]) -> None:
    people = [Invited(f"p{number}@example.com", name) for number, name in enumerate(names)]
    assert read_csv(write_csv(people).encode()) == people


# --- inviting -------------------------------------------------------------------------------------------------------


def test_a_company_invites_its_crew_and_it_is_remembered(app: Any, work: Work) -> None:
    company = accounts.company()
    became = service.invite_many(crew(), company.id, by=accounts.owner_of(company.id))
    assert {each.outcome for each in became} == {"invited"}
    work()
    mails = db.session.scalars(select(Delivery).where(Delivery.address == "crew0@example.com")).all()
    assert [mail.subject for mail in mails] == ["Lab Example GmbH invites you to work through Setara"]
    assert "/invitations/" in (mails[0].body or "")


def lines_of(company_id: Any) -> list[queries.InvitationLine]:
    owner = accounts.owner_of(company_id)
    found = queries.invitations(company_id, owner).order_by(Invitation.id)
    return queries.invitation_lines(db.session.scalars(found).all())


def test_a_company_learns_from_nothing_whether_somebody_has_an_account(app: Any, work: Work) -> None:
    """A vetted person, one with an account, one who is gone and one whom nobody knows: all look alike until they answer
    for themselves."""
    company = accounts.company()
    owner = accounts.owner_of(company.id)
    vetted = queries.person(workforce.contractor(accounts.person("crew0@example.com", name="Vera Vetted")).id)
    accounts.person("crew1@example.com", name="Ada Account")
    accounts.person("crew2@example.com").active = False
    became = service.invite_many(crew(4), company.id, by=owner)
    assert [(each.outcome, each.person_id) for each in became] == [("invited", None)] * 4
    told = [(line.name, line.answered, line.person_id) for line in lines_of(company.id)]
    assert told[:2] == [("Crew 0", False, None), ("Crew 1", False, None)]
    assert {(answered, known) for _, answered, known in told} == {(False, None)}
    assert queries.invited_names(company.id, owner) == {}
    work()
    sent = select(Delivery).where(Delivery.subject == "Lab Example GmbH invites you to work through Setara")
    mails = {mail.address: mail.body for mail in db.session.scalars(sent)}
    assert "You have an account here" in (mails["crew0@example.com"] or "")
    assert "crew2@example.com" not in mails
    (asked,) = queries.my_invitations(accounts.actor_of(vetted))
    with pytest.raises(NotFound):
        service.answer_invitation(asked.id, by=accounts.actor_of(accounts.person()))
    service.answer_invitation(asked.id, by=accounts.actor_of(vetted))
    assert queries.invited_names(company.id, owner) == {vetted.id: "Vera Vetted"}
    assert queries.my_invitations(accounts.actor_of(vetted)) == []


MINE = "GET /api/v1/people/me/invitations"
YES = "POST /api/v1/people/me/invitations/<uuid:invitation_id>/answer"


@pytest.mark.door(MINE, "works")
@pytest.mark.door(YES, "works")
@pytest.mark.door(MINE, "not_signed_in")
@pytest.mark.door(YES, "not_signed_in")
@pytest.mark.door(YES, "not_mine")
@pytest.mark.door(YES, "wrong_state")
def test_somebody_with_an_account_says_yes_or_nothing(client: FlaskClient) -> None:
    company, ana = accounts.company(), accounts.person("crew0@example.com")
    service.invite_many(crew(1), company.id, by=accounts.owner_of(company.id))
    mine = accounts.bearer(ana)
    path = "/api/v1/people/me/invitations"
    assert client.get(path).status_code == 401
    (asked,) = client.get(path, headers=mine).json["items"]
    assert asked["company"] == "Lab Example GmbH"
    yes = f"{path}/{asked['id']}/answer"
    assert client.post(yes).status_code == 401
    assert client.post(yes, headers=accounts.bearer(accounts.person())).status_code == 404
    clock.move_to(clock.now() + timedelta(days=15))
    late = client.post(yes, headers=accounts.bearer(ana))
    assert (late.status_code, late.json["code"]) == (409, "link_not_valid")
    service.invite_many(crew(1), company.id, by=accounts.owner_of(company.id))
    assert client.post(yes, headers=accounts.bearer(ana)).status_code == 204
    assert client.post(yes, headers=accounts.bearer(ana)).status_code == 204


def test_the_link_stands_in_no_event(app: Any) -> None:
    service.invite_many(crew(1), by=accounts.operator(OperatorRole.VETTING))
    told = db.session.scalars(select(Event).where(Event.name == "person.invited")).one()
    assert told.data == {}


def test_a_thousand_are_as_few_statements_as_one(
    app: Any, statements: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    operator = accounts.operator(OperatorRole.VETTING)
    with statements() as few:
        service.invite_many(crew(1), by=operator)
    with statements() as many:
        service.invite_many([Invited(f"m{n}@example.com", "M") for n in range(MOST_ROWS)], by=operator)
    assert len(many) == len(few) <= 5


def test_whoever_has_not_answered_is_sent_a_fresh_link_by_others_too(app: Any) -> None:
    operator, company = accounts.operator(OperatorRole.VETTING), accounts.company()
    first = service.invite_many(crew(1), by=operator)[0]
    old = token_of(first.person_id)
    clock.move_to(clock.now() + timedelta(days=15))
    with pytest.raises(TokenNotValid):
        service.accept_invitation(old)
    service.invite_many(crew(1), company.id, by=accounts.owner_of(company.id))
    again = service.invite_many(crew(1), by=operator)[0]
    assert again == first
    assert len(db.session.scalars(select(Invitation).where(Invitation.person_id == first.person_id)).all()) == 2
    assert service.accept_invitation(token_of(first.person_id)).confirmed_at is not None


def test_whoever_does_not_answer_is_written_to_once_a_day_by_each_inviter(app: Any) -> None:
    operator, company = accounts.operator(OperatorRole.VETTING), accounts.company()
    told = select(func.count()).select_from(Event).where(Event.name.startswith("person.invited"))
    for _ in range(3):
        (became,) = service.invite_many(crew(1), by=operator)
        assert became.outcome == "invited"
    assert db.session.scalar(told) == 1
    service.invite_many(crew(1), company.id, by=accounts.owner_of(company.id))
    assert db.session.scalar(told) == 2
    clock.move_to(clock.now() + timedelta(days=1, minutes=1))
    service.invite_many(crew(1), by=operator)
    assert db.session.scalar(told) == 3


@pytest.mark.truncating
def test_lists_with_the_same_people_wait_for_each_other(apart_app: Flask) -> None:
    """However they are ordered: a ring of two lists that wait would end one of them."""
    with apart_app.app_context(), transaction():
        inviters = [accounts.operator(OperatorRole.VETTING) for _ in range(4)]
    there = crew(400)
    jobs = [partial(service.invite_many, there[::step], by=by) for by, step in zip(inviters, (1, -1) * 2, strict=True)]
    assert at_once(apart_app, jobs) == ["done"] * 4
    with apart_app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Invitation)) == 400


def test_nobody_is_invited_by_a_list_with_a_fault(app: Any) -> None:
    with pytest.raises(ListNotGood):
        service.invite_many([*crew(1), Invited("no address", "B")], by=accounts.operator(OperatorRole.VETTING))
    assert queries.person_by_email("crew0@example.com") is None


def test_who_may_invite(app: Any) -> None:
    company, waiting = accounts.company(), accounts.company(verified=False)
    with pytest.raises(Forbidden):
        service.invite_many(crew(), company.id, by=accounts.member(company.id))
    with pytest.raises(NotFound):
        service.invite_many(crew(), company.id, by=accounts.operator())
    with pytest.raises(NotFound):
        service.invite_many(crew(), by=accounts.owner_of(company.id))
    with pytest.raises(CompanyNotVerified):
        service.invite_many(crew(), waiting.id, by=accounts.owner_of(waiting.id))


# --- answering ------------------------------------------------------------------------------------------------------


def invited() -> Person:
    became = service.invite_many(crew(1), by=accounts.operator(OperatorRole.VETTING))[0]
    assert became.person_id is not None
    return queries.person(became.person_id)


def test_an_answer_confirms_the_address_and_sets_the_password_once(app: Any) -> None:
    person = invited()
    with pytest.raises(WrongCredentials):
        service.sign_in(person.email, accounts.PASSWORD)
    token = token_of(person.id)
    service.accept_invitation(token, accounts.PASSWORD)
    assert person.confirmed_at is not None
    assert service.sign_in(person.email, accounts.PASSWORD).row.person_id == person.id
    with pytest.raises(TokenNotValid):
        service.accept_invitation(token, "another password")


def test_following_one_companys_link_says_nothing_to_another(app: Any) -> None:
    companies = [accounts.company() for _ in range(2)]
    owners = [accounts.owner_of(each.id) for each in companies]
    for company, owner in zip(companies, owners, strict=True):
        service.invite_many(crew(1), company.id, by=owner)
    ana = queries.person_by_email("crew0@example.com")
    assert ana is not None
    service.accept_invitation(token_of(ana.id, companies[0].id), accounts.PASSWORD)
    known = [queries.invited_names(each.id, owner) for each, owner in zip(companies, owners, strict=True)]
    assert known == [{ana.id: "Crew 0"}, {}]
    (left,) = queries.my_invitations(accounts.actor_of(ana))
    service.answer_invitation(left.id, by=accounts.actor_of(ana))
    assert ana.id in queries.invited_names(companies[1].id, owners[1])


def test_without_a_password_the_link_stays_good(app: Any) -> None:
    person = invited()
    token = token_of(person.id)
    service.accept_invitation(token)
    assert person.confirmed_at is not None
    service.accept_invitation(token, accounts.PASSWORD)
    assert service.sign_in(person.email, accounts.PASSWORD)


def test_many_follow_their_links_or_nobody_does(app: Any) -> None:
    company = accounts.company()
    invitations.invite_many(crew(3), company.id, by=accounts.owner_of(company.id))
    people = [queries.person_by_email(each.email) for each in crew(3)]
    tokens = [token_of(each.id, company.id) for each in people if each is not None]
    with pytest.raises(TokenNotValid):
        invitations.accept_invitations([*tokens, "x.y"])
    answered = invitations.accept_invitations(tokens)
    assert answered == people
    assert all(each.confirmed_at for each in answered)
    assert len(queries.invited_names(company.id, accounts.owner_of(company.id))) == 3


@pytest.mark.parametrize("token", ["", "x.y", "WyJub2JvZHkiLCAieCJd.c2lnbmVk"])
def test_a_made_up_token_is_worth_nothing(app: Any, token: str) -> None:
    with pytest.raises(TokenNotValid):
        service.accept_invitation(token)


def test_a_weak_password_changes_nothing(app: Any) -> None:
    person = invited()
    with pytest.raises(WeakPassword):
        service.accept_invitation(token_of(person.id), "short")
    assert person.confirmed_at is None


def test_a_forgotten_invitation_is_mended_by_a_new_password(app: Any) -> None:
    person = invited()
    service.reset_password(service.reset_link(person.id).rsplit("/", 1)[1], accounts.PASSWORD)
    assert service.sign_in(person.email, accounts.PASSWORD)


# --- doors ----------------------------------------------------------------------------------------------------------

ONE_LIST = {"people": [{"email": "crew0@example.com", "name": "Crew 0", "locale": "id"}]}
OF_COMPANY = "/api/v1/companies/<uuid:company_id>/invitations"


def door(question: str, *doors: str) -> Any:
    return [pytest.param(each, marks=pytest.mark.door(each, question), id=each) for each in doors]


def path_of(route: str, company_id: Any = None) -> tuple[str, str]:
    method, _, path = route.partition(" ")
    return method, path.replace("<uuid:company_id>", str(company_id or uuid4()))


@pytest.mark.parametrize("route", door("works", f"POST {OF_COMPANY}", f"POST {OPERATORS}"))
def test_a_list_is_taken(client: FlaskClient, route: str) -> None:
    company = accounts.company()
    method, path = path_of(route, company.id)
    headers = accounts.bearer(accounts.owner_of(company.id) if "companies" in path else accounts.operator())
    answer = client.open(path, method=method, json=ONE_LIST, headers=headers)
    assert answer.status_code == 201
    assert [each["outcome"] for each in answer.json["items"]] == ["invited"]
    assert queries.person_by_email("crew0@example.com").locale == "id"


@pytest.mark.parametrize("route", door("works", f"GET {OF_COMPANY}", f"GET {OPERATORS}"))
def test_the_invited_are_listed(client: FlaskClient, route: str) -> None:
    company, operator = accounts.company(), accounts.operator()
    by = accounts.owner_of(company.id) if "companies" in route else operator
    service.invite_many(crew(2), company.id if "companies" in route else None, by=by)
    method, path = path_of(route, company.id)
    answer = client.open(path, method=method, headers=accounts.bearer(by))
    assert [(each["name"], each["answered"]) for each in answer.json["items"]] == [("Crew 1", False), ("Crew 0", False)]


ALL = (f"POST {OF_COMPANY}", f"GET {OF_COMPANY}", f"POST {OPERATORS}", f"GET {OPERATORS}")


@pytest.mark.parametrize("route", door("not_signed_in", *ALL))
def test_a_stranger_is_asked_to_sign_in(client: FlaskClient, route: str) -> None:
    method, path = path_of(route)
    assert client.open(path, method=method, json=ONE_LIST if method == "POST" else None).status_code == 401


@pytest.mark.parametrize("route", door("not_mine", *ALL))
def test_others_find_nothing(client: FlaskClient, route: str) -> None:
    method, path = path_of(route, accounts.company().id)
    body = ONE_LIST if method == "POST" else None
    answer = client.open(path, method=method, json=body, headers=accounts.bearer(accounts.person()))
    assert answer.status_code == 404


@pytest.mark.door(f"POST {OF_COMPANY}", "wrong_state")
def test_a_company_that_waits_invites_nobody(client: FlaskClient) -> None:
    company = accounts.company(verified=False)
    headers = accounts.bearer(accounts.owner_of(company.id))
    answer = client.post(path_of(f"POST {OF_COMPANY}", company.id)[1], json=ONE_LIST, headers=headers)
    assert (answer.status_code, answer.json["code"]) == (409, "company_not_verified")


@pytest.mark.parametrize("route", door("wrong_shape", f"POST {OF_COMPANY}", f"POST {OPERATORS}"))
def test_a_bad_list_is_refused_line_by_line(client: FlaskClient, route: str) -> None:
    company = accounts.company()
    method, path = path_of(route, company.id)
    headers = accounts.bearer(accounts.owner_of(company.id) if "companies" in path else accounts.operator())
    bad = {"people": [*ONE_LIST["people"], {"email": "nobody", "name": "B"}]}
    answer = client.open(path, method=method, json=bad, headers=headers)
    assert (answer.status_code, answer.json["code"]) == (422, "list_not_good")
    assert [fault["line"] for fault in answer.json["faults"]] == [2]
    assert client.open(path, method=method, json={"people": []}, headers=headers).status_code == 422


@pytest.mark.parametrize("route", door("wrong_shape", f"GET {OF_COMPANY}", f"GET {OPERATORS}"))
def test_a_page_has_a_size(client: FlaskClient, route: str) -> None:
    company = accounts.company()
    method, path = path_of(route, company.id)
    headers = accounts.bearer(accounts.owner_of(company.id) if "companies" in path else accounts.operator())
    assert client.open(path, method=method, headers=headers, query_string={"limit": "0"}).status_code == 422


@pytest.mark.door(f"POST {ANSWERS}", "works")
@pytest.mark.door(f"POST {ANSWERS}", "wrong_state")
@pytest.mark.door(f"POST {ANSWERS}", "wrong_shape")
def test_an_invitation_is_answered_once(client: FlaskClient) -> None:
    body = {"token": token_of(invited().id), "password": accounts.PASSWORD}
    assert client.post(ANSWERS, json={"password": accounts.PASSWORD}).status_code == 422
    assert client.post(ANSWERS, json=body | {"password": "short"}).status_code == 422
    assert client.post(ANSWERS, json=body).status_code == 204
    assert client.post(ANSWERS, json=body).status_code == 409


def test_a_program_of_the_company_invites_with_the_right_to(client: FlaskClient) -> None:
    company = accounts.company()
    path = path_of(f"POST {OF_COMPANY}", company.id)[1]
    statuses = [
        client.post(path, json=ONE_LIST, headers=accounts.company_bearer(company.id, right)).status_code
        for right in (Right.READ, Right.MEMBERS)
    ]
    assert statuses == [403, 201]
