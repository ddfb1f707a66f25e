"""The doors of a workers' own channel and their five questions."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient

from marketplace.accounts.rules import OperatorRole, Right
from marketplace.messages import channels
from tests.factories import accounts
from tests.factories import channels as make
from tests.factories.shifts import Scene

LIST, C = "GET /api/v1/channels", "/api/v1/channels/<uuid:company_id>"
SHOW, JOIN, CHANGE, LEAVE = f"GET {C}", f"POST {C}/members", f"PATCH {C}/members/me", f"DELETE {C}/members/me"
BEGIN, LET_IN = f"POST {C}/epochs", f"POST {C}/keys"
READ, SAY, TAKE_BACK = f"GET {C}/words", f"POST {C}/words", f"DELETE {C}/words/<uuid:words_id>"
ALL = (SHOW, JOIN, CHANGE, LEAVE, BEGIN, LET_IN, READ, SAY, TAKE_BACK)


def doors(*routes: str, question: str) -> list[Any]:
    return [pytest.param(route, marks=pytest.mark.door(route, question), id=route) for route in routes]


def sealed_for(member_id: UUID | None = None) -> dict[str, str]:
    return {"member_id": str(member_id or uuid4()), "wrapped": make.sealed(125), "proof": make.sealed(60)}


def body(route: str) -> dict[str, Any] | None:
    """What is right for the door, about nobody who is there."""
    bodies: dict[str, dict[str, Any]] = {
        JOIN: {"name": "Heron", **make.pair()},
        CHANGE: {"is_muted": True},
        BEGIN: {"epoch": 1, "link": None, "keys": [sealed_for()]},
        LET_IN: {"epoch": 1, **sealed_for()},
        SAY: {"mark": str(uuid4()), "epoch": 1, "sealed": make.sealed(284)},
    }
    return bodies.get(route)


def call(client: FlaskClient, route: str, company_id: UUID, **more: Any) -> Any:
    method, _, path = route.partition(" ")
    path = path.replace("<uuid:company_id>", str(company_id)).replace(
        "<uuid:words_id>", str(more.pop("words", uuid4()))
    )
    more.setdefault("json", body(route))
    return client.open(path, method=method, **{name: value for name, value in more.items() if value is not None})


@pytest.mark.parametrize("route", doors(LIST, *ALL, question="not_signed_in"))
def test_nobody_is_let_in_without_a_key(client: FlaskClient, route: str) -> None:
    assert call(client, route, uuid4()).status_code == 401


@pytest.mark.parametrize("route", doors(*ALL, question="not_mine"))
def test_there_is_nothing_here_for_anybody_else(client: FlaskClient, scene: Scene, route: str) -> None:
    make.begun(scene)
    for other in (
        accounts.bearer(scene.company),
        accounts.bearer(accounts.operator(*OperatorRole)),
        accounts.company_bearer(scene.company_id, *Right),
    ):
        assert call(client, route, scene.company_id, headers=other).status_code == 404


@pytest.mark.door(LIST, "works")
@pytest.mark.door(SHOW, "works")
@pytest.mark.door(JOIN, "works")
@pytest.mark.door(BEGIN, "works")
@pytest.mark.door(LET_IN, "works")
@pytest.mark.door(SAY, "works")
@pytest.mark.door(READ, "works")
@pytest.mark.door(TAKE_BACK, "works")
@pytest.mark.door(CHANGE, "works")
@pytest.mark.door(LEAVE, "works")
def test_a_channel_from_its_beginning(client: FlaskClient, scene: Scene) -> None:
    ana, bea = (accounts.bearer(make.worker(scene)) for _ in range(2))
    there = scene.company_id
    inside = call(client, JOIN, there, headers=ana, json=body(JOIN)).json
    mine = sealed_for(UUID(inside["me"]["id"]))
    begun = call(client, BEGIN, there, headers=ana, json={"epoch": 1, "link": None, "keys": [mine]})
    assert (begun.status_code, begun.json["epoch"], begun.json["keys"][0]["wrapped"]) == (201, 1, mine["wrapped"])
    joined = call(client, JOIN, there, headers=bea, json=body(JOIN) | {"name": "Wren"}).json
    hers = sealed_for(UUID(joined["me"]["id"]))
    assert call(client, LET_IN, there, headers=ana, json={"epoch": 1, **hers}).status_code == 201
    words = call(client, SAY, there, headers=ana)
    assert words.status_code == 201
    assert call(client, LIST, there, headers=bea).json["items"][0]["has_news"] is True
    (read,) = call(client, READ, there, headers=bea).json["items"]
    assert (read["sealed"], read["name"]) == (words.json["sealed"], "Heron")
    looked = call(client, CHANGE, there, headers=bea, json={"has_looked": True, "is_muted": True}).json
    assert looked["me"]["is_muted"] is True
    assert call(client, TAKE_BACK, there, headers=ana, words=read["id"]).status_code == 204
    assert call(client, LEAVE, there, headers=bea).status_code == 204
    assert call(client, SHOW, there, headers=ana).json["is_due"] is True


@pytest.mark.parametrize("route", doors(CHANGE, LEAVE, BEGIN, LET_IN, SAY, TAKE_BACK, question="wrong_state"))
def test_whoever_has_not_come_in_does_nothing(client: FlaskClient, scene: Scene, route: str) -> None:
    answer = call(client, route, scene.company_id, headers=accounts.bearer(make.worker(scene)))
    assert (answer.status_code, answer.json["code"]) == (409, "channel_not_joined")


@pytest.mark.door(JOIN, "wrong_state")
def test_nobody_comes_in_twice(client: FlaskClient, scene: Scene) -> None:
    ana, _ = make.begun(scene)
    channels.change(scene.company_id, is_muted=False, by=ana)
    assert call(client, JOIN, scene.company_id, headers=accounts.bearer(ana)).json["code"] == "channel_joined"


@pytest.mark.parametrize("route", doors(JOIN, CHANGE, BEGIN, LET_IN, SAY, question="wrong_shape"))
def test_what_is_not_sealed_is_refused(client: FlaskClient, scene: Scene, route: str) -> None:
    ana, member_id = make.begun(scene)
    wrong: dict[str, Any] = {
        JOIN: {**make.pair(), "name": " Kite"},
        CHANGE: {"sealed_key": make.sealed(182)},
        BEGIN: {"epoch": 2, "link": make.sealed(60), "keys": [sealed_for(member_id)] * 2},
        LET_IN: {"epoch": 1, **sealed_for(member_id), "wrapped": "The key is in the flower pot."},
        SAY: {"mark": str(uuid4()), "epoch": 1, "sealed": "Let us ask for more, all of us, on Monday. " * 9},
    }
    assert call(client, route, scene.company_id, headers=accounts.bearer(ana), json=wrong[route]).status_code == 422


@pytest.mark.door(READ, "wrong_shape")
def test_a_page_has_a_size(client: FlaskClient, scene: Scene) -> None:
    ana, _ = make.begun(scene)
    answer = call(client, READ, scene.company_id, headers=accounts.bearer(ana), query_string={"limit": 0})
    assert answer.status_code == 422
