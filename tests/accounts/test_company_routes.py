"""The doors of companies, of who they are and of what they adopt."""

from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from marketplace.accounts import service
from marketplace.accounts.guidelines import CURRENT
from marketplace.accounts.rules import CompanyRole, OperatorRole
from marketplace.core.db import db
from marketplace.core.idempotency import StoredAnswer
from tests.accounts.doors import (
    ADOPT,
    ADOPTER,
    ADOPTERS,
    APPLY,
    BODIES,
    CHANGE_ROLE,
    COMPANIES,
    COMPANY,
    CONTEST,
    DECISIONS,
    EVENTS,
    IDENTITY,
    MEMBERS,
    REFUSE,
    REMOVE_MEMBER,
    SHOW_IDENTITY,
    SUSPEND,
    TAX_NUMBER,
    VERIFY,
    WITHDRAW,
    ask,
)
from tests.factories import accounts

# --- companies ------------------------------------------------------------------------------------------------------


@pytest.mark.door(APPLY, "works")
@pytest.mark.door(APPLY, "wrong_state")
@pytest.mark.door(VERIFY, "works")
@pytest.mark.door(VERIFY, "wrong_state")
@pytest.mark.door(SUSPEND, "works")
@pytest.mark.door(SUSPEND, "wrong_state")
def test_a_company_from_application_to_suspension(client: FlaskClient) -> None:
    unconfirmed = ask(client, APPLY, headers=accounts.bearer(accounts.person(confirmed=False)))
    assert (unconfirmed.status_code, unconfirmed.json["code"]) == (409, "email_not_confirmed")
    mine = accounts.bearer(accounts.person())
    applied = ask(client, APPLY, headers=mine)
    assert (applied.status_code, applied.json["status"]) == (201, "applied")
    ids, operator = {"company_id": UUID(applied.json["id"])}, accounts.bearer(accounts.operator())
    assert ask(client, IDENTITY, ids, headers=mine).status_code == 200
    for route, status in [(VERIFY, "verified"), (SUSPEND, "suspended")]:
        assert ask(client, route, ids, headers=operator).json["status"] == status
        again = ask(client, route, ids, headers=operator)
        assert (again.status_code, again.json["code"]) == (409, "wrong_state")


@pytest.mark.door(COMPANIES, "works")
@pytest.mark.door(COMPANY, "works")
def test_one_sees_ones_own_companies_and_operators_all(client: FlaskClient) -> None:
    mine, other = accounts.company(), accounts.company(verified=False)
    owner, operator = accounts.bearer(accounts.owner_of(mine.id)), accounts.bearer(accounts.operator())
    assert [c["id"] for c in ask(client, COMPANIES, headers=owner).json["items"]] == [str(mine.id)]
    applied = ask(client, COMPANIES, headers=operator, query_string={"status": "applied"}).json
    assert [c["id"] for c in applied["items"]] == [str(other.id)]
    first = ask(client, COMPANIES, headers=operator, query_string={"limit": 1}).json
    second = ask(client, COMPANIES, headers=operator, query_string={"limit": 1, "after": first["next"]}).json
    assert [c["id"] for c in first["items"] + second["items"]] == [str(other.id), str(mine.id)]
    assert second["next"] is None
    shown = ask(client, COMPANY, {"company_id": mine.id}, headers=owner)
    assert (shown.json["legal_name"], shown.headers["ETag"] != "") == ("Lab Example GmbH", True)


@pytest.mark.door(EVENTS, "works")
def test_the_timeline_of_a_company(client: FlaskClient) -> None:
    company = accounts.company()
    answer = ask(client, EVENTS, {"company_id": company.id}, headers=accounts.bearer(accounts.owner_of(company.id)))
    assert [event["name"] for event in answer.json["items"]] == [
        "company.verified",
        "company.described",
        "company.applied",
    ]


@pytest.mark.door(DECISIONS, "works")
def test_the_members_of_a_company_read_why_it_was_suspended(client: FlaskClient) -> None:
    company = accounts.company()
    operator = accounts.operator(OperatorRole.VETTING)
    ask(client, SUSPEND, {"company_id": company.id}, headers=accounts.bearer(operator), json={"reason": "Gone quiet."})
    who = accounts.bearer(accounts.member(company.id, CompanyRole.VIEWER))
    items = ask(client, DECISIONS, {"company_id": company.id}, headers=who).json["items"]
    assert [(each["outcome"], each["reason"]) for each in items] == [
        ("suspended", "Gone quiet."),
        ("verified", "seen its papers"),
    ]
    events = ask(client, EVENTS, {"company_id": company.id}, headers=who)
    assert "Gone quiet." not in events.text


@pytest.mark.door(MEMBERS, "works")
@pytest.mark.door(CHANGE_ROLE, "works")
@pytest.mark.door(CHANGE_ROLE, "wrong_state")
@pytest.mark.door(REMOVE_MEMBER, "works")
@pytest.mark.door(REMOVE_MEMBER, "wrong_state")
def test_members_come_change_and_go(client: FlaskClient) -> None:
    company, mia = accounts.company(), accounts.person("mia@example.com", name="Mia Member")
    owner = accounts.owner_of(company.id)
    headers, ids = accounts.bearer(owner), {"company_id": company.id, "person_id": mia.id}
    service.add_member(company.id, mia.email, CompanyRole.VIEWER, by=owner)
    line = {"person_id": str(mia.id), "name": "Mia Member", "email": "mia@example.com", "role": "viewer"}
    assert ask(client, CHANGE_ROLE, ids, headers=headers).json == line | {"role": "finance"}
    assert [m["role"] for m in ask(client, MEMBERS, ids, headers=headers).json["items"]] == ["owner", "finance"]
    assert ask(client, REMOVE_MEMBER, ids, headers=headers).status_code == 204
    last = {"company_id": company.id, "person_id": owner.person_id}
    for route in (CHANGE_ROLE, REMOVE_MEMBER):
        refused = ask(client, route, last, headers=headers)
        assert (refused.status_code, refused.json["code"]) == (409, "last_owner")


# --- who a company is -----------------------------------------------------------------------------------------------


@pytest.mark.door(IDENTITY, "works")
@pytest.mark.door(SHOW_IDENTITY, "works")
@pytest.mark.door(TAX_NUMBER, "works")
def test_a_company_tells_who_it_is_and_its_tax_number_is_read_by_operators_alone(client: FlaskClient) -> None:
    company = accounts.company(verified=False)
    ids, mine = {"company_id": company.id}, accounts.bearer(accounts.owner_of(company.id))
    told = ask(client, IDENTITY, ids, headers=mine)
    assert (told.status_code, told.json["tax_number_shown"]) == (200, "•••789")
    assert "123456789" not in told.text
    shown = ask(client, SHOW_IDENTITY, ids, headers=mine)
    assert shown.json == told.json
    assert {name: shown.json[name] for name in ("register_number", "owners")} == {
        "register_number": "HRB 12345",
        "owners": "Olga Owner",
    }
    theirs = accounts.bearer(accounts.operator(OperatorRole.VETTING))
    theirs |= {"Idempotency-Key": "once"}
    for _ in range(2):
        assert ask(client, TAX_NUMBER, ids, headers=theirs).json == {"tax_number": "DE 123456789"}
    assert not [body for body in db.session.scalars(select(StoredAnswer.body)) if b"123456789" in body]
    assert ask(client, TAX_NUMBER, ids, headers=mine).status_code == 404
    told = [event["name"] for event in ask(client, EVENTS, ids, headers=theirs).json["items"]]
    assert told[0] == "company.tax_number_read"


@pytest.mark.door(REFUSE, "works")
@pytest.mark.door(CONTEST, "works")
@pytest.mark.door(REFUSE, "wrong_state")
@pytest.mark.door(CONTEST, "wrong_state")
@pytest.mark.door(TAX_NUMBER, "wrong_state")
def test_a_refused_company_learns_why_and_contests_it_before_somebody_else(client: FlaskClient) -> None:
    company, odi = accounts.company(verified=False), accounts.operator(OperatorRole.VETTING)
    ids, mine, theirs = {"company_id": company.id}, accounts.bearer(accounts.owner_of(company.id)), accounts.bearer(odi)
    assert ask(client, CONTEST, ids, headers=mine).json["code"] == "no_company_decision_to_contest"
    assert ask(client, REFUSE, ids, headers=theirs).json["status"] == "refused"
    assert ask(client, REFUSE, ids, headers=theirs).json["code"] == "wrong_state"
    (decision,) = ask(client, DECISIONS, ids, headers=mine).json["items"]
    assert (decision["reason"], decision["contest"]) == ("No such entry in the register.", None)
    assert decision["contest_until"] > decision["decided_at"]
    assert ask(client, CONTEST, ids, headers=mine).json["status"] == "applied"
    again = ask(client, VERIFY, ids, headers=theirs)
    assert (again.status_code, again.json["code"]) == (403, "decided_before")
    other = accounts.bearer(accounts.operator(OperatorRole.VETTING))
    assert ask(client, VERIFY, ids, headers=other).json["status"] == "verified"
    untold = {"company_id": UUID(ask(client, APPLY, headers=mine).json["id"])}
    missing = ask(client, VERIFY, untold, headers=other)
    assert (missing.status_code, missing.json["code"]) == (409, "identity_incomplete")
    assert ask(client, TAX_NUMBER, untold, headers=other).status_code == 404


@pytest.mark.door(ADOPT, "works")
@pytest.mark.door(WITHDRAW, "works")
@pytest.mark.door(ADOPT, "wrong_state")
@pytest.mark.door(WITHDRAW, "wrong_state")
@pytest.mark.door(ADOPTERS, "works")
@pytest.mark.door(ADOPTER, "works")
def test_a_company_adopts_the_guidelines_in_public_and_withdraws_in_public(client: FlaskClient) -> None:
    company, waiting = accounts.company(), accounts.company(verified=False)
    ids, mine = {"company_id": company.id}, accounts.bearer(accounts.owner_of(company.id))
    unready = {"company_id": waiting.id}
    early = ask(client, ADOPT, unready, headers=accounts.bearer(accounts.owner_of(waiting.id)))
    assert early.json["code"] == "company_not_verified"
    assert ask(client, WITHDRAW, ids, headers=mine).json["code"] == "not_adopted"
    assert ask(client, ADOPTER, ids).status_code == 404
    signed = ask(client, ADOPT, ids, headers=mine)
    assert (signed.status_code, signed.json["text"]) == (201, CURRENT.text)
    assert ask(client, ADOPT, ids, headers=mine).json["code"] == "already_adopted"
    other = ask(client, ADOPT, ids, headers=mine, json=BODIES[ADOPT] | {"text_sha256": "0" * 64})
    assert other.json["code"] == "other_guidelines"
    listed = ask(client, ADOPTERS).json
    assert listed["guidelines"]["sha256"] == CURRENT.sha256
    assert [(each["legal_name"], each["version"], each["withdrawn_at"]) for each in listed["items"]] == [
        ("Lab Example GmbH", 1, None)
    ]
    assert ask(client, WITHDRAW, ids, headers=mine).json["withdrawn_at"] is not None
    (statement,) = ask(client, ADOPTER, ids).json["items"]
    assert statement["withdrawn_at"] is not None
    assert statement["text"] == CURRENT.text
    assert ask(client, ADOPT, ids, headers=mine).status_code == 201
    assert len(ask(client, ADOPTER, ids).json["items"]) == 2
