"""Forms of pages: the API's schemas, fed from fields, with nothing typed lost."""

from typing import Any

import marshmallow as ma
import pytest
from flask import Flask
from flask_babel import force_locale
from sqlalchemy import func, select

from marketplace.accounts import service
from marketplace.accounts.models import Person
from marketplace.accounts.rules import WeakPassword
from marketplace.core.db import db
from marketplace.core.http import MoneyField
from marketplace.core.money import BadMoney, Money
from marketplace.web.forms import Form
from tests.factories.accounts import PASSWORD


class OrderSchema(ma.Schema):
    name = ma.fields.String(required=True)
    rate = MoneyField()
    skills = ma.fields.List(ma.fields.String())
    languages = ma.fields.Dict(ma.fields.String(), ma.fields.String())
    hours = ma.fields.Integer(validate=ma.validate.Range(max=12))


def handed_in(app: Flask, data: dict[str, Any], schema: type[ma.Schema] = OrderSchema) -> tuple[Form, Any]:
    """The form after `data` was sent to a page, and what it loaded; None when it was refused."""
    with app.test_request_context(method="POST", data=data):
        form = Form(schema)
        return form, form.run(lambda loaded: loaded)


@pytest.mark.parametrize(
    ("typed", "loaded"),
    [
        ({"name": "a", "rate.amount": "15", "rate.currency": "USD"}, {"rate": Money.of("15", "USD")}),
        ({"name": "a", "skills": "one"}, {"skills": ["one"]}),
        ({"name": "a", "skills": ["", "one", "two"]}, {"skills": ["one", "two"]}),
        ({"name": "a", "skills": ""}, {"skills": []}),
        ({"name": "a", "languages.en": "C1", "languages.id": ""}, {"languages": {"en": "C1"}}),
        ({"name": "a", "languages.en": ""}, {"languages": {}}),
        ({"name": "a", "hours": ""}, {}),
        ({"name": "a", "csrf_token": "x", "idempotency_key": "y", "next": "/"}, {}),
    ],
)
def test_fields_become_what_the_schema_means(app: Flask, typed: dict[str, Any], loaded: dict[str, Any]) -> None:
    form, data = handed_in(app, typed)
    assert form.errors == {}
    assert data == {"name": "a"} | loaded


def test_a_refused_form_keeps_everything_and_says_where(app: Flask) -> None:
    typed = {"hours": "many", "rate.amount": "1e3", "rate.currency": "USD", "skills": ["one", "two"]}
    form, data = handed_in(app, typed)
    assert data is None
    assert form.status == 422
    assert set(form.errors) == {"name", "hours", "rate.amount"}
    assert form.value("hours") == "many"
    assert form.chosen("skills", "two")
    assert not form.chosen("skills", "three")


@pytest.mark.parametrize(
    ("locale", "expected"),
    [
        (
            "en",
            {
                "name": "Fill this in.",
                "hours": "At most 12.",
                "rate.amount": "“a lot” is no number. Write it as 1234.56 or 1,234.56.",
            },
        ),
        (
            "id",
            {
                "name": "Wajib diisi.",
                "hours": "Paling banyak 12.",
                "rate.amount": "“a lot” bukan angka. Tulislah seperti 1234,56 atau 1.234,56.",
            },
        ),
    ],
)
def test_what_is_wrong_with_a_field_is_said_to_people(app: Flask, locale: str, expected: dict[str, str]) -> None:
    with force_locale(locale):
        form, _ = handed_in(app, {"hours": "13", "rate.amount": "a lot", "rate.currency": "USD"})
    assert {name: " ".join(words) for name, words in form.errors.items()} == expected


def test_one_thing_takes_the_focus(app: Flask) -> None:
    form, _ = handed_in(app, {"hours": "many"})
    assert [form.takes_focus(name) for name in ("hours", "name", "hours")] == [True, False, True]
    form.problem = WeakPassword()
    form._focused = None
    assert not form.takes_focus("hours")


def test_a_refusal_of_the_verb_stands_beside_its_field_and_leaves_nothing_behind(app: Flask) -> None:
    def act(data: dict[str, Any]) -> None:
        service.sign_up(data["name"] + "@example.com", PASSWORD, "Half Done")
        raise WeakPassword(field="rate")

    people = select(func.count(Person.id))
    before = db.session.scalar(people)
    with app.test_request_context(method="POST", data={"name": "a", "rate.amount": "1", "rate.currency": "USD"}):
        form = Form(OrderSchema)
        assert not form.done(act)
    assert form.status == 422
    assert isinstance(form.problem, WeakPassword)
    assert list(form.errors) == ["rate.amount"]
    assert db.session.scalar(people) == before


def test_a_page_that_is_only_looked_at_does_nothing(app: Flask) -> None:
    with app.test_request_context(method="GET"):
        form = Form(OrderSchema, {"name": "as it was"})
        assert not form.done(lambda _: pytest.fail("nothing was handed in"))
    assert form.status == 200
    assert form.value("name") == "as it was"


def test_a_verb_that_returns_nothing_is_done_all_the_same(app: Flask) -> None:
    with app.test_request_context(method="POST", data={"name": "a"}):
        assert Form(OrderSchema).done(lambda _: None)


def test_what_is_no_refusal_is_not_hidden(app: Flask) -> None:
    with app.test_request_context(method="POST", data={"name": "a"}), pytest.raises(ZeroDivisionError):
        Form(OrderSchema).run(lambda _: 1 // 0)


def test_each_form_has_a_key_of_its_own() -> None:
    assert Form(OrderSchema).idempotency_key != Form(OrderSchema).idempotency_key


def test_money_that_is_none_stands_beside_its_amount(app: Flask) -> None:
    form, _ = handed_in(app, {"name": "a", "rate.amount": "15.0012", "rate.currency": "USD"})
    assert form.errors == {"rate.amount": [BadMoney("15.0012 has more digits than USD has.").detail]}
