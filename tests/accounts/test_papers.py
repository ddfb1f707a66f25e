"""A company's papers: handed in, looked at, kept as long as a decision can be contested; and their doors."""

from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from marketplace.accounts import papers, service
from marketplace.accounts.models import Company
from marketplace.accounts.paper_models import CompanyPaper
from marketplace.accounts.paper_rules import KEPT, MOST_PAPERS, PaperInUse, Shows
from marketplace.accounts.rules import CompanyRole, OperatorRole
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import timeline
from marketplace.core.vault import SealedFile
from marketplace.standards.catalogue import RULES
from tests import papers as files
from tests.factories import accounts

AT = "/api/v1/companies/<uuid:company_id>/papers"
LIST, HAND_IN, READ, TAKE_BACK = (
    f"GET {AT}",
    f"POST {AT}",
    f"GET {AT}/<uuid:paper_id>/content",
    f"DELETE {AT}/<uuid:paper_id>",
)
EVERY = (LIST, HAND_IN, READ, TAKE_BACK)


def doors(*routes: str, question: str) -> list[Any]:
    return [pytest.param(route, marks=pytest.mark.door(route, question), id=route) for route in routes]


def ask(client: FlaskClient, route: str, company: Company, paper: UUID | None = None, **more: Any) -> Any:
    method, _, path = route.partition(" ")
    path = path.replace("<uuid:company_id>", str(company.id)).replace("<uuid:paper_id>", str(paper or uuid4()))
    if route == HAND_IN:
        more = {"query_string": {"shows": "entity"}, "data": {"file": (BytesIO(files.png()), "x.png")}} | more
    return client.open(path, method=method, **more)


def handed_in(company: Company, shows: Shows = Shows.ENTITY) -> CompanyPaper:
    return papers.hand_in(company.id, shows, files.png(), by=accounts.owner_of(company.id))


def test_a_paper_is_erased_when_the_decision_can_no_longer_be_contested(app: Flask) -> None:
    """The numbers are those of people's documents. Verified on the 1st, erased 30 days later; the row stays."""
    numbers = RULES["DOCUMENTS"].parameters
    assert (KEPT.after_decision.days, KEPT.at_most.days, MOST_PAPERS) == tuple(numbers.values())
    company, odi = accounts.company(verified=False), accounts.operator(OperatorRole.VETTING)
    paper, begun = handed_in(company), clock.now()
    assert abs(paper.erase_at - begun - KEPT.at_most) < timedelta(minutes=1)
    service.refuse_company(company.id, "The register knows another signatory.", by=odi)
    db.session.refresh(paper)
    assert abs(paper.erase_at - begun - KEPT.after_decision) < timedelta(minutes=1)
    service.contest_decision(company.id, "It does not.", by=accounts.owner_of(company.id))
    db.session.refresh(paper)
    assert abs(paper.erase_at - begun - KEPT.at_most) < timedelta(minutes=1), "it is looked at again"
    service.verify_company(company.id, "Seen.", by=accounts.operator(OperatorRole.VETTING))
    clock.move_to(clock.now() + timedelta(days=29))
    assert papers.erase_due(10) == 0
    clock.move_to(clock.now() + timedelta(days=2))
    assert (papers.erase_due(10), papers.erase_due(10)) == (1, 0)
    db.session.refresh(paper)
    assert (str(paper.status), paper.file_id) == ("erased", None)
    assert db.session.scalar(select(func.count()).select_from(SealedFile)) == 0


def test_what_lies_here_cannot_be_read_without_the_key_and_a_look_leaves_a_line(app: Flask) -> None:
    company, odi = accounts.company(), accounts.operator(OperatorRole.VETTING)
    paper = handed_in(company)
    shown = papers.read(company.id, paper.id, by=odi)
    (sealed,) = db.session.scalars(select(SealedFile.sealed)).all()
    assert shown.bytes.startswith(b"\x89PNG")
    assert shown.bytes[:64] not in sealed
    looked = [event for event in timeline("company", company.id) if event.name == "company_paper.read"]
    assert [event.doer_id for event in looked] == [odi.person_id]
    papers.read(company.id, paper.id, by=accounts.owner_of(company.id))
    assert len([event for event in timeline("company", company.id) if event.name == "company_paper.read"]) == 1


def test_what_somebody_looks_at_is_not_taken_back(app: Flask) -> None:
    company = accounts.company(verified=False)
    paper, owner = handed_in(company), accounts.owner_of(company.id)
    with pytest.raises(PaperInUse):
        papers.take_back(company.id, paper.id, by=owner)
    service.verify_company(company.id, "Seen.", by=accounts.operator(OperatorRole.VETTING))
    with pytest.raises(PaperInUse):
        papers.take_back(company.id, paper.id, by=owner)
    clock.move_to(clock.now() + timedelta(days=1))
    later = handed_in(company, Shows.OWNERS)
    assert papers.can_be_taken_back(papers.papers(company.id, owner)) == {later.id}
    papers.take_back(company.id, later.id, by=owner)


# --- the doors ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("route", doors(*EVERY, question="not_signed_in"))
def test_a_stranger_is_asked_to_sign_in(client: FlaskClient, route: str) -> None:
    answer = ask(client, route, accounts.company())
    assert (answer.status_code, answer.json["code"]) == (401, "not_signed_in")


@pytest.mark.parametrize("route", doors(*EVERY, question="not_mine"))
def test_papers_of_others_do_not_exist(client: FlaskClient, route: str) -> None:
    company, other = accounts.company(), accounts.company()
    paper = handed_in(company)
    answer = ask(client, route, company, paper.id, headers=accounts.bearer(accounts.owner_of(other.id)))
    assert (answer.status_code, answer.json["code"]) == (404, "not_found")
    for who in (accounts.member(company.id, CompanyRole.MANAGER), accounts.operator(OperatorRole.FINANCE)):
        assert ask(client, route, company, paper.id, headers=accounts.bearer(who)).status_code in (403, 404)
    if route in (READ, TAKE_BACK):
        mine = accounts.bearer(accounts.owner_of(other.id))
        assert ask(client, route, other, paper.id, headers=mine).status_code == 404


@pytest.mark.door(HAND_IN, "wrong_state")
@pytest.mark.door(TAKE_BACK, "wrong_state")
@pytest.mark.door(READ, "wrong_state")
def test_what_is_too_much_or_was_erased(client: FlaskClient) -> None:
    company = accounts.company()
    clock.move_to(clock.now() + timedelta(days=1))
    for _ in range(MOST_PAPERS):
        paper = handed_in(company)
    owner = accounts.bearer(accounts.owner_of(company.id))
    answer = ask(client, HAND_IN, company, headers=owner)
    assert (answer.status_code, answer.json["code"]) == (409, "too_many_papers")
    assert ask(client, TAKE_BACK, company, paper.id, headers=owner).status_code == 200
    answer = ask(client, TAKE_BACK, company, paper.id, headers=owner)
    assert (answer.status_code, answer.json["code"]) == (409, "wrong_state")
    answer = ask(client, READ, company, paper.id, headers=owner)
    assert (answer.status_code, answer.json["code"]) == (410, "erased")


@pytest.mark.door(HAND_IN, "wrong_shape")
def test_what_is_no_paper_is_refused(client: FlaskClient) -> None:
    company = accounts.company()
    owner = accounts.bearer(accounts.owner_of(company.id))
    script = {"data": {"file": (BytesIO(files.pdf_with_script()), "register.png")}}
    assert ask(client, HAND_IN, company, headers=owner, **script).json["code"] == "file_active"
    answer = ask(client, HAND_IN, company, headers=owner, query_string={"shows": "gossip"})
    assert (answer.status_code, answer.json["code"]) == (422, "input_not_right")


@pytest.mark.door(HAND_IN, "works")
@pytest.mark.door(LIST, "works")
@pytest.mark.door(READ, "works")
@pytest.mark.door(TAKE_BACK, "works")
def test_a_paper_from_hand_to_eye(client: FlaskClient) -> None:
    company = accounts.company()
    clock.move_to(clock.now() + timedelta(days=1))
    owner, odi = (
        accounts.bearer(who) for who in (accounts.owner_of(company.id), accounts.operator(OperatorRole.VETTING))
    )
    made = ask(client, HAND_IN, company, headers=owner)
    assert (made.status_code, made.json["media_type"], "file_id" in made.json) == (201, "image/png", False)
    (listed,) = ask(client, LIST, company, headers=odi).json["items"]
    assert listed["id"] == made.json["id"]
    content = ask(client, READ, company, UUID(listed["id"]), headers=odi)
    assert content.data.startswith(b"\x89PNG")
    assert content.headers["Content-Disposition"].startswith("attachment")
    assert ask(client, TAKE_BACK, company, UUID(listed["id"]), headers=odi).status_code == 404
    assert ask(client, TAKE_BACK, company, UUID(listed["id"]), headers=owner).json["status"] == "erased"
