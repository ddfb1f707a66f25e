"""Pages for everybody."""

import pytest
from flask import Flask

from marketplace.accounts import queries
from marketplace.standards.rules import RULES
from marketplace.web.site import own_path
from tests.factories import accounts
from tests.web.visitor import Visitor


def test_a_stranger_reads_what_setara_is(visitor: Visitor) -> None:
    page = visitor.look("/")
    assert page.status == 200
    assert page.address == "/"
    assert "Rp 221,246" in page.words
    assert "no money moves" in page.words


def test_no_page_carries_a_script_or_a_style_of_its_own(visitor: Visitor) -> None:
    for path in ("/", "/sign-in", "/sign-up", "/reset", "/rules", "/nothing-here"):
        html = visitor.look(path).html
        assert "<script" not in html
        assert " style=" not in html
        assert "<style" not in html


def test_somebody_who_is_nothing_yet_is_asked_what_brings_them(visitor: Visitor) -> None:
    visitor.signed_in(accounts.person())
    assert visitor.look("/").address == "/start"


def test_the_rules_stand_with_their_sources(visitor: Visitor) -> None:
    page = visitor.look("/rules")
    for rule in RULES.values():
        assert f"{rule.id} v{rule.version}" in page.words
        assert rule.source in page.words


def test_an_unknown_address_is_a_page_that_says_so(visitor: Visitor) -> None:
    page = visitor.look("/nothing-here")
    assert page.status == 404
    assert "There is nothing here that you may see." in page.words


def test_a_strangers_language_lasts_for_the_visit(visitor: Visitor) -> None:
    page = visitor.send("/rules", "/language", language="id")
    assert page.address == "/rules"
    assert '<html lang="id">' in page.html
    assert "Aturan" in visitor.look("/").words


def test_a_persons_language_is_theirs_everywhere(visitor: Visitor) -> None:
    person = accounts.person()
    visitor.signed_in(person)
    visitor.send("/account", "/language", language="id")
    assert queries.person(person.id).locale == "id"
    assert '<html lang="id">' in visitor.look("/account").html


def test_the_browsers_language_counts_where_nobody_chose(visitor: Visitor) -> None:
    answer = visitor.client.get("/", headers={"Accept-Language": "id-ID,id;q=0.9,en;q=0.5"})
    assert '<html lang="id">' in answer.get_data(as_text=True)


@pytest.mark.parametrize("path", ["https://evil.example/", "//evil.example/", "\\\\evil.example", "evil", "", None])
def test_links_lead_to_no_other_site(app: Flask, path: str | None) -> None:
    with app.test_request_context():
        assert own_path(path) == "/"
        assert own_path("/rules?of=pay") == "/rules?of=pay"


def test_a_person_changes_their_name(visitor: Visitor) -> None:
    person = accounts.person()
    visitor.signed_in(person)
    refused = visitor.send("/account", name="x" * 201)
    assert refused.status == 422
    assert refused.form().values["name"] == ["x" * 201]
    visitor.hand_in(refused, name="Ana Lestari")
    assert queries.person(person.id).name == "Ana Lestari"


def test_a_company_is_registered_by_somebody_whose_address_is_confirmed(visitor: Visitor) -> None:
    person = accounts.person()
    visitor.signed_in(person)
    visitor.send("/companies/new", legal_name="Lab GmbH", country="DE", signatory_name="Olga Owner")
    assert [company.legal_name for company in queries.companies_of(person.id)] == ["Lab GmbH"]


def test_an_unconfirmed_person_is_told_what_to_do_before_registering(visitor: Visitor) -> None:
    visitor.signed_in(accounts.person(confirmed=False))
    page = visitor.send("/companies/new", legal_name="Lab GmbH", country="DE", signatory_name="Olga Owner")
    assert page.status == 409
    assert "Confirm your e-mail address first." in page.words
    assert page.form().values["legal_name"] == ["Lab GmbH"]
    assert page.form().values["country"] == ["DE"]
