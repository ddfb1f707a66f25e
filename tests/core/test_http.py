"""What crosses HTTP: one transaction a request, problems, pages of lists, money, headers."""

from typing import Any
from uuid import UUID

import marshmallow as ma
import pytest
from flask import Flask, jsonify
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text
from uuid_utils.compat import uuid7

from marketplace.core import clock, http
from marketplace.core.checks import CheckResult
from marketplace.core.db import db, in_transaction
from marketplace.core.http import Flag, MoneyField, PageArgs, Pattern, SetaraFlask, page, page_schema
from marketplace.core.money import Money, most
from marketplace.core.problems import Conflict, Unauthenticated

JSON = {"Accept": "application/json"}


@pytest.fixture
def doors(app: Flask) -> SetaraFlask:
    """An application of a few doors, in the test's rolled-back transaction."""
    made = SetaraFlask("marketplace")
    made.config.from_mapping(app.config, PROPAGATE_EXCEPTIONS=False)
    db.init_app(made)
    db._app_engines[made] = db._app_engines[app]
    http.init_app(made)
    made.extensions["setara_actor_key"] = lambda: "nobody"

    def write() -> None:
        db.session.execute(text("INSERT INTO schedule (name, last_fire) VALUES ('written', now())"))

    @made.post("/api/write")
    def good() -> Any:
        write()
        return jsonify(inside=in_transaction())

    @made.post("/api/refuse")
    def refuse() -> Any:
        write()
        raise Conflict("It is taken.", field="seat", remedy="Choose another.", seat=7)

    @made.post("/api/crash")
    def crash() -> Any:
        write()
        raise ZeroDivisionError("a secret")

    @made.get("/api/who")
    def who() -> Any:
        raise Unauthenticated

    return made


@pytest.fixture
def knock(doors: SetaraFlask) -> FlaskClient:
    return doors.test_client()


def written() -> int:
    return int(db.session.scalar(text("SELECT count(*) FROM schedule WHERE name = 'written'")) or 0)


# --- one transaction a request --------------------------------------------------------------------------------------


def test_returning_commits(knock: FlaskClient) -> None:
    assert knock.post("/api/write").json == {"inside": True}
    assert written() == 1
    assert not in_transaction()


@pytest.mark.parametrize("path", ["/api/refuse", "/api/crash"])
def test_raising_rolls_back(knock: FlaskClient, path: str) -> None:
    knock.post(path)
    assert written() == 0


# --- problems -------------------------------------------------------------------------------------------------------


def test_a_problem_is_rfc_9457(knock: FlaskClient) -> None:
    answer = knock.post("/api/refuse", headers={"X-Request-ID": "abc"})
    assert (answer.status_code, answer.content_type) == (409, "application/problem+json")
    assert answer.json == {
        "type": "/problems/conflict",
        "title": "This is not possible in the present state.",
        "status": 409,
        "detail": "It is taken.",
        "code": "conflict",
        "field": "seat",
        "remedy": "Choose another.",
        "seat": 7,
        "instance": "/api/refuse",
        "request_id": "abc",
    }


def test_a_crash_says_nothing_of_its_cause(knock: FlaskClient) -> None:
    answer = knock.post("/api/crash")
    assert answer.status_code == 500
    assert answer.json["code"] == "internal_server_error"
    assert "secret" not in answer.text


def test_a_stranger_is_told_how_to_sign_in(knock: FlaskClient) -> None:
    answer = knock.get("/api/who")
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, 'Bearer realm="setara"')


def test_what_is_not_there_looks_like_what_is_not_mine(knock: FlaskClient) -> None:
    assert knock.get("/api/nothing").json["code"] == "not_found"
    assert knock.get("/nothing", headers=JSON).json["code"] == "not_found"


def test_a_wrong_method_names_the_right_ones(knock: FlaskClient) -> None:
    answer = knock.delete("/api/write")
    assert (answer.status_code, answer.json["code"], answer.json["status"]) == (405, "method_not_allowed", 405)
    assert set(answer.headers["Allow"].split(", ")) == {"POST", "OPTIONS"}


def test_a_browser_gets_a_page(client: FlaskClient) -> None:
    answer = client.get("/nothing-here", headers={"Accept": "text/html"})
    assert answer.status_code == 404
    assert answer.mimetype == "text/html"


# --- headers --------------------------------------------------------------------------------------------------------


def test_every_answer_is_guarded(knock: FlaskClient) -> None:
    headers = knock.post("/api/write").headers
    policy = headers["Content-Security-Policy"]
    assert "script-src 'self' 'nonce-" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"
    assert "Strict-Transport-Security" not in headers


def test_a_nonce_is_used_once(knock: FlaskClient) -> None:
    policies = {knock.post("/api/who").headers["Content-Security-Policy"] for _ in range(2)}
    assert len(policies) == 2


def test_production_insists_on_https(knock: FlaskClient, doors: SetaraFlask) -> None:
    doors.config["ENVIRONMENT"] = "production"
    assert "max-age=31536000" in knock.post("/api/who").headers["Strict-Transport-Security"]


@pytest.mark.parametrize("given_id", ["", "x" * 101, "å"])
def test_a_request_gets_an_id_of_its_own(knock: FlaskClient, given_id: str) -> None:
    answer = knock.post("/api/who", headers={"X-Request-ID": given_id})
    assert UUID(answer.headers["X-Request-ID"]).version == 4


def test_a_good_request_id_is_kept(knock: FlaskClient) -> None:
    assert knock.post("/api/who", headers={"X-Request-ID": "abc-1"}).headers["X-Request-ID"] == "abc-1"


# --- lists ----------------------------------------------------------------------------------------------------------


def rows(count: int) -> list[UUID]:
    ids = [uuid7() for _ in range(count)]
    made = [CheckResult(id=each, name=str(each), at=clock.now(), broken=0) for each in ids]
    db.session.add_all(made)
    db.session.flush()
    return ids


def listed(limit: int, after: UUID | None = None) -> tuple[list[UUID], UUID | None]:
    found = page(select(CheckResult), CheckResult.id, limit=limit, after=after)
    return [row.id for row in found["items"]], found["next"]


def test_pages_are_newest_first_without_gap_or_overlap(app: Flask) -> None:
    ids = rows(5)
    first, cursor = listed(2)
    rows(1)  # What is added meanwhile changes no later page.
    second, again = listed(2, cursor)
    third, end = listed(2, again)
    assert first + second + third == ids[::-1]
    assert end is None


def test_a_full_last_page_has_no_next(app: Flask) -> None:
    rows(2)
    assert listed(2)[1] is None
    assert listed(1)[1] is not None


@pytest.mark.parametrize("query", [{"limit": 0}, {"limit": 201}, {"limit": "x"}, {"after": "x"}])
def test_what_is_no_page(query: dict[str, Any]) -> None:
    with pytest.raises(ma.ValidationError):
        PageArgs().load(query)


def test_a_page_schema_has_its_own_name() -> None:
    class ThingSchema(ma.Schema):
        id = ma.fields.Integer()

    schema = page_schema(ThingSchema, "Things")
    assert schema.__name__ == "Things"
    assert schema().dump({"items": [{"id": 1}], "next": None}) == {"items": [{"id": 1}], "next": None}


# --- money ----------------------------------------------------------------------------------------------------------

field = MoneyField()
amounts = st.integers(-(10**15), 10**15)


@given(amounts, st.sampled_from(["USD", "JPY", "KWD", "IDR"]))
def test_money_survives_the_wire(amount: int, currency: str) -> None:
    money = Money(amount, currency)
    sent = field._serialize(money, None, None)
    assert sent is not None
    if abs(amount) <= most(currency).amount:
        assert field.deserialize(sent) == money
    else:
        with pytest.raises(ma.ValidationError, match="The most that one amount may be"):
            field.deserialize(sent)


@pytest.mark.parametrize(
    "wrong",
    [
        15,
        "15.00",
        {"amount": 15, "currency": "USD"},
        {"amount": 15.0, "currency": "USD"},
        {"amount": "15.00"},
        {"amount": "15.001", "currency": "USD"},
        {"amount": "1e3", "currency": "USD"},
        {"amount": "1_000", "currency": "USD"},
        {"amount": "١٥", "currency": "USD"},
        {"amount": "NaN", "currency": "USD"},
        {"amount": "", "currency": "USD"},
        {"amount": " 15", "currency": "USD"},
        {"amount": "9" * 15, "currency": "USD"},
        {"amount": "15.00", "currency": "XXQ"},
        {"amount": "15.00", "currency": "usd"},
        {"amount": "15.00", "currency": None},
    ],
)
def test_what_is_no_money(wrong: Any) -> None:
    with pytest.raises(ma.ValidationError):
        field.deserialize(wrong)


@pytest.mark.parametrize("wrong", ["USD\n", "usd", "USDX", "", "\nUSD"])
def test_a_pattern_is_about_the_whole_text(wrong: str) -> None:
    pattern = Pattern("^[A-Z]{3}$", error="Three letters.")
    assert pattern("USD") == "USD"
    with pytest.raises(ma.ValidationError, match="Three letters"):
        pattern(wrong)


@pytest.mark.parametrize("wrong", [0, 1, "true", "n", "", None, [], {}])
def test_a_flag_is_true_or_false(wrong: Any) -> None:
    assert Flag().deserialize(True) is True
    assert Flag().deserialize(False) is False
    with pytest.raises(ma.ValidationError):
        Flag().deserialize(wrong)


def test_the_largest_amount_fits_the_database() -> None:
    assert max(field.deserialize(field._serialize(most(code), None, None)).amount for code in ("CLF", "IDR")) < 2**63
