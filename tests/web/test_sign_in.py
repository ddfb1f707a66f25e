"""Signing in, up and out, and a new password: Flask-Security's doors in our house."""

from marketplace.accounts import queries, service
from tests.factories import accounts
from tests.web.visitor import Visitor


def test_a_person_signs_in_and_comes_back_to_the_page_they_wanted(visitor: Visitor) -> None:
    person = accounts.person(name="Ana Lestari")
    asked = visitor.look("/account")
    assert asked.address == "/sign-in"
    page = visitor.hand_in(asked, "?next=/account", email=person.email, password=accounts.PASSWORD)
    assert page.address == "/account"
    assert "Ana Lestari" in page.words


def test_a_wrong_password_and_an_unknown_address_are_told_the_same(visitor: Visitor) -> None:
    person = accounts.person()
    wrong = visitor.send("/sign-in", email=person.email, password="not the one it is")
    unknown = visitor.send("/sign-in", email="nobody@example.com", password="not the one it is")
    assert "The e-mail address or the password is not right." in wrong.words
    assert wrong.words == unknown.words
    assert wrong.form().values["email"] == [person.email]


def test_nobody_is_sent_to_another_site_after_signing_in(visitor: Visitor) -> None:
    person = accounts.person()
    page = visitor.look("/sign-in?next=https://evil.example/")
    answer = visitor.client.post(
        page.form("evil.example/").action,
        data={**page.form("evil.example/").values, "email": person.email, "password": accounts.PASSWORD},
    )
    assert "evil" not in answer.headers.get("Location", "")


def test_signing_out_is_a_form_and_never_a_link(visitor: Visitor) -> None:
    visitor.signed_in(accounts.person())
    assert visitor.client.get("/sign-out").status_code == 405
    assert visitor.look("/account").address == "/account"
    visitor.send("/account", "/sign-out")
    assert visitor.look("/account").address == "/sign-in"


def test_a_form_without_its_token_is_refused(visitor: Visitor) -> None:
    person = accounts.person()
    answer = visitor.client.post("/sign-in", data={"email": person.email, "password": accounts.PASSWORD})
    assert answer.status_code == 400
    assert visitor.look("/account").address == "/sign-in"


def test_signing_up_makes_an_account_and_says_the_same_for_a_taken_address(visitor: Visitor) -> None:
    fields = {"name": "Budi", "email": "budi@example.com", "password": accounts.PASSWORD}
    first = visitor.send("/sign-up", **fields)
    again = visitor.send("/sign-up", **fields)
    assert first.address == again.address == "/sign-in"
    assert first.words == again.words
    made = queries.person_by_email("budi@example.com")
    assert made is not None
    assert made.name == "Budi"


def test_a_refused_sign_up_keeps_what_was_typed_but_for_the_password(visitor: Visitor) -> None:
    page = visitor.send("/sign-up", name="Budi", email="budi@example.com", password="short")
    assert page.status == 422
    assert "A password has 10 to 200 characters." in page.words
    form = page.form()
    assert form.values["name"] == ["Budi"]
    assert form.values["email"] == ["budi@example.com"]
    assert form.values["password"] == [""]
    assert visitor.hand_in(page, password=accounts.PASSWORD).address == "/sign-in"


def test_a_link_sets_a_new_password(visitor: Visitor) -> None:
    person = accounts.person()
    asked = visitor.send("/reset", email=person.email)
    assert asked.status == 200
    path = "/reset/" + service.reset_link(person.id).rsplit("/", 1)[1]
    unlike = visitor.send(path, password="five large red doors", password_confirm="five large red door")
    assert "The two passwords are not the same." in unlike.words
    visitor.send(path, password="five large red doors", password_confirm="five large red doors")
    assert visitor.send("/sign-in", email=person.email, password="five large red doors").address != "/sign-in"


def test_a_link_confirms_the_address(visitor: Visitor) -> None:
    person = accounts.person(confirmed=False)
    visitor.signed_in(person)
    assert "not confirmed yet" in visitor.look("/account").words
    page = visitor.send("/account", "/account/confirmation")
    assert "on its way" in page.words
    visitor.look("/confirm/" + service.verification_link(person.id).rsplit("/", 1)[1])
    assert "not confirmed yet" not in visitor.look("/account").words
