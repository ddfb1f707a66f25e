"""Credit by name: only who asks for it, under the name that they choose, and gone at once."""

from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from marketplace.accounts.models import Person
from marketplace.accounts.rules import OperatorRole
from marketplace.core.db import db
from marketplace.insight import crediting, erasing, work_records
from marketplace.insight.rules import BadCreditName, credit_name
from marketplace.shifts.models import Booking
from tests.factories import accounts, pay, shifts
from tests.factories.shifts import MONDAY, Scene
from tests.web.visitor import Visitor

MINE = "/api/v1/contractors/me/credits"
LIST, ASK, BACK = f"GET {MINE}", f"PUT {MINE}/<uuid:company_id>", f"DELETE {MINE}/<uuid:company_id>"
HIDE = "POST /api/v1/companies/<uuid:company_id>/credits/<uuid:contractor_id>/hide"
SHOW = "GET /api/v1/companies/<uuid:company_id>/credits"


@pytest.fixture
def worked(scene: Scene) -> Booking:
    """Somebody worked, and the company agreed to be named."""
    work_records.set_naming(scene.company_id, True, by=scene.company)
    return pay.worked_and_approved(scene, starts_at=MONDAY)


def names(client: FlaskClient, scene: Scene) -> list[str]:
    """Who stands on the page, as a stranger reads it, who keeps no copy."""
    answer = client.get(SHOW.removeprefix("GET ").replace("<uuid:company_id>", str(scene.company_id)))
    assert answer.headers["Cache-Control"] == "no-store"
    return [each["name"] for each in answer.json["people"]]


@pytest.mark.door(LIST, "works")
@pytest.mark.door(ASK, "works")
@pytest.mark.door(BACK, "works")
@pytest.mark.door(SHOW, "works")
def test_somebody_is_named_while_they_want_to_be(client: FlaskClient, scene: Scene, worked: Booking) -> None:
    me, here = accounts.bearer(worked.contractor_id), f"{MINE}/{scene.company_id}"
    (possible,) = client.get(MINE, headers=me).json["items"]
    assert (possible["name"], possible["public"]) == (None, True)
    assert names(client, scene) == []
    assert client.put(here, json={"name": " Ana K. "}, headers=me).json["name"] == "Ana K."
    assert names(client, scene) == ["Ana K."]
    client.put(here, json={"name": "The one from Kansas"}, headers=me)
    assert names(client, scene) == ["The one from Kansas"]
    assert [client.delete(here, headers=me).status_code for _ in range(2)] == [204, 204]
    assert names(client, scene) == []


@pytest.mark.parametrize(
    "route",
    [pytest.param(route, marks=pytest.mark.door(route, "not_signed_in"), id=route) for route in (LIST, ASK, BACK)],
)
def test_nobody_is_let_in_without_a_key(client: FlaskClient, route: str) -> None:
    assert _call(client, route).status_code == 401


@pytest.mark.parametrize(
    "route", [pytest.param(route, marks=pytest.mark.door(route, "not_mine"), id=route) for route in (ASK, BACK)]
)
def test_only_who_worked_there_is_named(client: FlaskClient, scene: Scene, worked: Booking, route: str) -> None:
    stranger = accounts.bearer(shifts.contracted(scene).id)
    assert _call(client, route, company_id=scene.company_id, headers=stranger).status_code == 404


@pytest.mark.door(ASK, "wrong_shape")
def test_a_name_is_a_name(client: FlaskClient, scene: Scene, worked: Booking) -> None:
    me, here = accounts.bearer(worked.contractor_id), f"{MINE}/{scene.company_id}"
    assert client.put(here, json={"name": ""}, headers=me).status_code == 422
    assert client.put(here, json={"name": "buy@example.com"}, headers=me).json["code"] == "bad_credit_name"


@pytest.mark.parametrize("bad", [" ", "12345", "Ana\u202eKo", "Ana\nKo", "www.example.com", "x" * 81])
def test_what_is_no_name(bad: str) -> None:
    with pytest.raises(BadCreditName):
        credit_name(bad)


def test_a_company_that_is_not_named_has_no_page_and_who_is_erased_no_credit(
    client: FlaskClient, scene: Scene, worked: Booking
) -> None:
    crediting.ask(scene.company_id, "Ana K.", by=accounts.actor_of(worked.contractor_id))
    work_records.set_naming(scene.company_id, False, by=scene.company)
    page = f"/companies/{scene.company_id}/credits"
    assert [client.get(page).status_code, client.get(f"/api/v1{page}").status_code] == [404, 404]
    work_records.set_naming(scene.company_id, True, by=scene.company)
    assert names(client, scene) == ["Ana K."]
    erasing.erase(db.session.get_one(Person, worked.contractor_id))
    assert names(client, scene) == []


@pytest.mark.door(HIDE, "works")
@pytest.mark.door(HIDE, "not_mine")
@pytest.mark.door(HIDE, "wrong_state")
@pytest.mark.door(HIDE, "wrong_shape")
def test_a_name_that_abuses_people_is_hidden_from_others(client: FlaskClient, scene: Scene, worked: Booking) -> None:
    me, vetter = accounts.bearer(worked.contractor_id), accounts.bearer(accounts.operator(OperatorRole.VETTING))
    assert _call(client, ASK, company_id=scene.company_id, headers=me).json["hidden_under"] is None
    public = f"/api/v1/companies/{scene.company_id}/credits"
    (whole,) = client.get(public, headers=vetter).json["people"]
    assert whole["contractor_id"] == str(worked.contractor_id)
    hide, reason = f"{public}/{whole['contractor_id']}/hide", {"reason": "It insults a colleague."}
    assert client.post(hide, json=reason, headers=me).status_code == 404
    assert client.post(hide, json={}, headers=vetter).status_code == 422
    assert client.post(hide, json=reason, headers=vetter).status_code == 201
    assert client.post(hide, json=reason, headers=vetter).json["code"] == "hidden_already"
    (seen,) = client.get(public).json["people"]
    assert (seen["name"], seen["hidden_under"], seen["contractor_id"]) == ("", "ABUSE", None)
    assert "An operator hid these words" in Visitor(client).look(f"/companies/{scene.company_id}/credits").words
    assert client.get(public, headers=me).json["people"][0]["name"] == "Ana K."
    assert client.get(MINE, headers=me).json["items"][0]["hidden_under"] == "ABUSE"
    (row,) = client.get("/api/v1/hidden-words/mine", headers=me).json["items"]
    assert (row["kind"], row["thing_id"]) == ("credit", str(scene.company_id))
    lifted = client.post(f"/api/v1/hidden-words/{row['id']}/lift", json={"reason": "No."}, headers=vetter)
    assert lifted.json["status"] == "lifted"
    assert names(client, scene) == ["Ana K."]


@pytest.mark.door(HIDE, "not_signed_in")
def test_nobody_hides_without_a_key(client: FlaskClient) -> None:
    assert client.post(f"/api/v1/companies/{uuid4()}/credits/{uuid4()}/hide", json={"reason": "."}).status_code == 401


def test_the_page_and_the_form(app: Flask, scene: Scene, worked: Booking) -> None:
    mine = Visitor(app.test_client()).signed_in(db.session.get_one(Person, worked.contractor_id))
    stranger, page = Visitor(app.test_client()), f"/companies/{scene.company_id}/credits"
    assert "Nobody has asked to be named." in stranger.look(page).words
    listed = mine.send(f"/me/credits/{scene.company_id}", name="Ana K.")
    assert "You are named as Ana K." in listed.words
    assert "Ana K." in stranger.look(page).words
    assert "You are not named." in mine.hand_in(listed, "/take-back").words
    assert "Ana K." not in stranger.look(page).words


def _call(client: FlaskClient, route: str, **more: Any) -> Any:
    method, _, path = route.partition(" ")
    path = path.replace("<uuid:company_id>", str(more.pop("company_id", uuid4())))
    body = {"json": {"name": "Ana K."}} if method == "PUT" else {}
    return client.open(path, method=method, **body, **more)
