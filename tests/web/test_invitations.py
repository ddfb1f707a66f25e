"""Inviting by a list on the pages: looked at first, then sent; and the page that the link leads to."""

from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from marketplace.accounts import queries, service
from marketplace.accounts.invited import Invited
from marketplace.accounts.models import Company, Invitation, Person
from marketplace.accounts.rules import CompanyRole, OperatorRole
from marketplace.core.db import db
from tests.factories import accounts, contracts, workforce
from tests.web.visitor import Visitor

LIST = "email,name,locale\nana@crew.example,Ana Crew,id\nbudi@crew.example,Budi Crew,\n"
BAD = "email,name\nana@crew.example,Ana Crew\nnobody,Budi Crew\n"


@pytest.fixture
def owner(app: Any) -> Person:
    return accounts.person("olga@lab.example", name="Olga Owner")


@pytest.fixture
def company(owner: Person) -> Company:
    return accounts.company(owner)


@pytest.fixture
def operator(app: Any) -> Person:
    return queries.person(accounts.operator(OperatorRole.VETTING).person_id or UUID(int=0))


def address_of(company: Company) -> str:
    return f"/company/{company.id}/invitations"


def test_a_company_looks_at_its_list_and_sends_it(visitor: Visitor, owner: Person, company: Company) -> None:
    visitor.signed_in(owner)
    address = address_of(company)
    assert address in visitor.look(f"/company/{company.id}/members").html
    accounts.person("budi@crew.example")
    looked = visitor.send(address, "/look", people=LIST)
    assert "This is how the list was read: 2 people" in looked.words
    assert queries.person_by_email("ana@crew.example") is None
    sent = visitor.hand_in(looked, "/invitations")
    assert "2 people were invited." in sent.words
    assert "ana@crew.example" in sent.words
    # Whether Budi has an account is not the company's to know.
    assert "budi@crew.example" in sent.words


def test_a_file_is_read_before_what_is_pasted(visitor: Visitor, owner: Person, company: Company) -> None:
    visitor.signed_in(owner)
    address = address_of(company)
    form = visitor.look(address).form("/look")
    data: dict[str, Any] = {name: values[0] for name, values in form.values.items() if values}
    data |= {"file": (BytesIO(LIST.encode()), "crew.csv"), "people": "not a list"}
    answer = visitor.client.post(form.action, data=data, content_type="multipart/form-data")
    assert answer.status_code == 200
    assert "budi@crew.example" in answer.get_data(as_text=True)


def test_every_bad_line_is_named_and_nothing_typed_is_lost(visitor: Visitor, owner: Person, company: Company) -> None:
    visitor.signed_in(owner)
    shown = visitor.send(address_of(company), "/look", people=BAD)
    assert shown.status == 422
    assert "Line 3:" in shown.words
    assert "budi crew" in shown.form("/look").values["people"][0].lower()


def test_what_is_wrong_with_a_line_is_said_in_the_readers_language(
    visitor: Visitor, owner: Person, company: Company
) -> None:
    owner.locale = "id"
    visitor.signed_in(owner)
    lists = {
        BAD
        + "ana@crew.example,Ana Crew\n": "Baris 3: Ini bukan alamat surel. Baris 4: Alamat ini sudah ada di baris 2.",
        "email,name,locale\na@crew.example,,\nb@crew.example,B,xx": "Bahasanya salah satu dari: en, id.",
        "mail,name\n": "Baris pertama menyebut kolom-kolomnya: email, name, locale.",
        'email,name\na@crew.example,"A': "Ini bukan CSV:",
        "email,name\n": "Tidak ada orang dalam daftar.",
    }
    for text, words in lists.items():
        assert words in visitor.send(address_of(company), "/look", people=text).words


def test_an_operator_invites_from_the_page_of_people(visitor: Visitor, operator: Person) -> None:
    visitor.signed_in(operator)
    assert "/desk/invitations" in visitor.look("/desk/people").html
    looked = visitor.send("/desk/invitations", "/look", people=LIST)
    assert "2 people were invited." in visitor.hand_in(looked, "/invitations").words


def test_strangers_members_and_others_send_nothing(visitor: Visitor, owner: Person, company: Company) -> None:
    visitor.signed_in(owner)
    address = address_of(company)
    visitor.client.post("/sign-out", data={"csrf_token": visitor.look("/account").forms[0].values["csrf_token"][0]})
    assert visitor.look(address).address == "/sign-in"
    member = queries.person(accounts.member(company.id, CompanyRole.MANAGER).person_id or UUID(int=0))
    other = Visitor(visitor.client.application.test_client()).signed_in(member)
    assert other.look(address).status == 403
    stranger = Visitor(visitor.client.application.test_client()).signed_in(accounts.person())
    assert stranger.look(address).status == 404
    assert stranger.look("/desk/invitations").status == 404


def test_a_company_that_waits_is_told_so(visitor: Visitor, owner: Person) -> None:
    waiting = accounts.company(owner, verified=False)
    visitor.signed_in(owner)
    looked = visitor.send(address_of(waiting), "/look", people=LIST)
    refused = visitor.hand_in(looked, "/invitations")
    assert refused.status == 409
    assert "once an operator has verified it" in refused.words


def link_of(person_id: UUID | None) -> str:
    """The token of the only invitation of the person."""
    found = db.session.scalars(select(Invitation.id).where(Invitation.person_id == person_id)).one()
    return service.invitation_link(found).rsplit("/", 1)[1]


def test_the_link_leads_to_a_password_and_the_sign_in(visitor: Visitor, operator: Person) -> None:
    became = service.invite_many([Invited("ana@crew.example", "Ana Crew")], by=accounts.actor_of(operator))[0]
    path = "/invitations/" + link_of(became.person_id)
    assert "Hello Ana Crew," in visitor.look(path).words
    assert visitor.send(path, password="short").status == 422
    done = visitor.send(path, password=accounts.PASSWORD)
    assert done.address == "/sign-in"
    assert "Your account is ready." in done.words
    assert visitor.look(path).status == 409
    visitor.signed_in(queries.person(became.person_id or UUID(int=0)))


def test_whom_the_company_invited_stands_first_and_by_name(visitor: Visitor, owner: Person, company: Company) -> None:
    by = accounts.actor_of(owner)
    service.invite_many([Invited("ana@crew.example", "Ana Crew")], company.id, by=by)
    invited = queries.person_by_email("ana@crew.example")
    assert invited is not None
    person = service.accept_invitation(link_of(invited.id))
    workforce.contractor(person)
    workforce.contractor()
    text = contracts.template(company.id)
    visitor.signed_in(owner)
    assert "is vetted" in visitor.look(address_of(company)).words
    shown = visitor.look(f"/company/{company.id}/contracts/templates/{text.id}")
    assert "Ana Crew, whom you invited" in shown.words
    assert shown.form("/propose").options["contractor_ids"][0] == str(person.id)
