"""Business time: everybody reads it, an operator moves it in demonstrations, nobody moves it in production."""

import pytest
from flask.testing import FlaskClient

from marketplace.core.http import SetaraFlask
from tests.factories import accounts

READ, MOVE = "GET /api/v1/clock", "PUT /api/v1/clock"
THEN = {"now": "2023-05-10T09:00:00+00:00"}


@pytest.mark.door(READ, "works")
@pytest.mark.door(MOVE, "works")
def test_an_operator_moves_the_clock_for_everybody(client: FlaskClient) -> None:
    moved = client.put("/api/v1/clock", json=THEN, headers=accounts.bearer(accounts.operator()))
    assert moved.status_code == 200
    read = client.get("/api/v1/clock").json
    assert read is not None
    assert read["movable"] is True
    assert read["now"].startswith("2023-05-10T09:00:0")


@pytest.mark.door(MOVE, "not_signed_in")
def test_a_stranger_does_not(client: FlaskClient) -> None:
    assert client.put("/api/v1/clock", json=THEN).status_code == 401


@pytest.mark.door(MOVE, "not_mine")
def test_for_everybody_else_there_is_nothing_to_move(client: FlaskClient) -> None:
    assert client.put("/api/v1/clock", json=THEN, headers=accounts.bearer(accounts.person())).status_code == 404


@pytest.mark.door(MOVE, "wrong_state")
def test_production_has_one_clock(app: SetaraFlask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    headers = accounts.bearer(accounts.operator())
    monkeypatch.setitem(app.config, "CLOCK_MOVABLE", False)
    refused = client.put("/api/v1/clock", json=THEN, headers=headers)
    assert refused.status_code == 409
    assert refused.json is not None
    assert refused.json["code"] == "clock_is_fixed"


@pytest.mark.door(MOVE, "wrong_shape")
@pytest.mark.parametrize(
    "now", ["2023-05-10T09:00:00", "soon", None, "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00"]
)
def test_a_moment_has_a_zone_and_leaves_time_to_move_back(client: FlaskClient, now: str | None) -> None:
    refused = client.put("/api/v1/clock", json={"now": now}, headers=accounts.bearer(accounts.operator()))
    assert refused.status_code == 422
