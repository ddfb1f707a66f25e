"""The doors of care, and their five questions."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from marketplace.core.idempotency import HEADER
from tests.factories import accounts
from tests.factories import shifts as make
from tests.factories.shifts import Scene

SICK_PAY = "GET /api/v1/bookings/<uuid:booking_id>/sick"
SICK = "POST /api/v1/bookings/<uuid:booking_id>/sick"
OF_A_BOOKING = (SICK_PAY, SICK)


def doors(*routes: str, question: str) -> list[Any]:
    """The routes as parameters of a test that answers the question for each."""
    return [pytest.param(route, marks=pytest.mark.door(route, question), id=route) for route in routes]


def ask(client: FlaskClient, route: str, thing: UUID | None = None, **more: Any) -> Any:
    method, _, path = route.partition(" ")
    path = path.replace("<uuid:booking_id>", str(thing or uuid4()))
    headers = {HEADER: uuid4().hex} | more.pop("headers", {})
    return client.open(path, method=method, headers=headers, **more)


@pytest.fixture
def scene(app: Flask) -> Scene:
    return make.scene()


@pytest.mark.parametrize("route", doors(*OF_A_BOOKING, question="not_signed_in"))
def test_strangers_are_asked_to_sign_in(client: FlaskClient, route: str) -> None:
    assert ask(client, route).status_code == 401


@pytest.mark.parametrize("route", doors(*OF_A_BOOKING, question="not_mine"))
def test_a_booking_of_somebody_else_is_not_there(client: FlaskClient, scene: Scene, route: str) -> None:
    booking = make.booked(scene)
    for somebody in (accounts.bearer(scene.company), accounts.bearer(make.contracted(scene).id)):
        assert ask(client, route, booking.id, headers=somebody).status_code == 404


@pytest.mark.door(SICK_PAY, "works")
@pytest.mark.door(SICK, "works")
def test_reporting_sick_says_before_what_it_pays(client: FlaskClient, scene: Scene) -> None:
    booking = make.booked(scene)
    mine = accounts.bearer(booking.contractor_id)
    told = ask(client, SICK_PAY, booking.id, headers=mine).json
    assert (told["minutes_left"], told["minutes_paid"]) == (240, 0)
    answer = ask(client, SICK, booking.id, headers=mine)
    assert (answer.status_code, answer.json["status"], answer.json["sick_minutes"]) == (200, "sick", 0)


@pytest.mark.parametrize("route", doors(*OF_A_BOOKING, question="wrong_state"))
def test_nobody_falls_ill_after_the_shift(client: FlaskClient, scene: Scene, route: str) -> None:
    booking = make.booked(scene)
    make.at(booking.ends_at + timedelta(minutes=1))
    answer = ask(client, route, booking.id, headers=accounts.bearer(booking.contractor_id))
    assert (answer.status_code, answer.json["code"]) == (409, "shift_over")
