"""Flask-Security's own pages: they sign in, confirm and set passwords by our rules, and leave our events."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from marketplace.accounts import keys, service
from marketplace.accounts.rules import KeyNotValid
from marketplace.core.events import timeline
from tests.factories import accounts

NEW = "five quiet orange boats"


def submit(client: FlaskClient, path: str, **fields: str) -> Any:
    """Fills in the form of a page and sends it, as a browser does."""
    page = client.get(path)
    assert page.status_code == 200, page.text
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)
    assert token is not None
    return client.post(path, data=fields | {"csrf_token": token[1]})


def signed_in(client: FlaskClient) -> str | None:
    """The session name of whoever the browser is signed in as."""
    with client.session_transaction() as session:
        found: str | None = session.get("_user_id")
        return found


def test_signing_in_with_an_address_in_any_spelling(client: FlaskClient) -> None:
    ana = accounts.person(confirmed=False)
    assert submit(client, "/sign-in", email=ana.email, password="wrong wrong wrong").status_code == 200
    assert signed_in(client) is None
    assert submit(client, "/sign-in", email=ana.email.upper(), password=accounts.PASSWORD).status_code == 302
    assert signed_in(client) == ana.fs_uniquifier


def test_a_form_without_its_token_is_refused(client: FlaskClient) -> None:
    ana = accounts.person()
    client.post("/sign-in", data={"email": ana.email, "password": accounts.PASSWORD})
    assert signed_in(client) is None


def test_the_link_of_the_message_confirms_the_address(client: FlaskClient) -> None:
    ana = accounts.person(confirmed=False)
    path = service.verification_link(ana.id).removeprefix("http://127.0.0.1:8000")
    assert client.get(path).status_code == 302
    assert ana.confirmed_at is not None
    assert ana.confirmed_at.tzinfo is not None
    assert timeline("person", ana.id)[0].name == "person.confirmed"


def test_the_message_is_sent_again_as_an_event(client: FlaskClient) -> None:
    ana = accounts.person(confirmed=False)
    submit(client, "/confirm", email=ana.email)
    assert [event.name for event in timeline("person", ana.id)].count("person.verification_asked") == 2


def test_a_new_password_by_the_pages(client: FlaskClient) -> None:
    ana = accounts.person()
    old = service.sign_in(ana.email, accounts.PASSWORD)
    pages = [submit(client, "/reset", email=email).text for email in (ana.email, "nobody@example.com")]
    known, unknown = (re.sub(r'value="[^"]*"|nonce="[^"]*"', "", page) for page in pages)
    assert known.replace(ana.email, "nobody@example.com") == unknown
    assert timeline("person", ana.id)[0].name == "person.reset_asked"
    path = service.reset_link(ana.id).removeprefix("http://127.0.0.1:8000")
    assert submit(client, path, password="short", password_confirm="short").status_code == 200
    assert submit(client, path, password=NEW, password_confirm=NEW).status_code == 302
    assert timeline("person", ana.id)[0].name == "person.password_changed"
    with pytest.raises(KeyNotValid):
        keys.find_key(old.secret)
    assert service.sign_in(ana.email, NEW).row.person_id == ana.id
