"""The doors of care, and their five questions."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from marketplace.accounts.rules import Actor, OperatorRole
from marketplace.core.db import db
from marketplace.core.idempotency import HEADER
from marketplace.core.money import Money
from marketplace.shifts import flags, offers
from marketplace.shifts.hazard_models import HazardFlag
from marketplace.shifts.models import Booking
from marketplace.standards.hazard import HazardCategory
from tests.factories import accounts, gigs
from tests.factories import shifts as make
from tests.factories.shifts import Scene

SICK_PAY = "GET /api/v1/bookings/<uuid:booking_id>/sick"
SICK = "POST /api/v1/bookings/<uuid:booking_id>/sick"
OUTAGE = "POST /api/v1/bookings/<uuid:booking_id>/outage"
OF_A_BOOKING = (SICK_PAY, SICK, OUTAGE)


def doors(*routes: str, question: str) -> list[Any]:
    """The routes as parameters of a test that answers the question for each."""
    return [pytest.param(route, marks=pytest.mark.door(route, question), id=route) for route in routes]


def ask(client: FlaskClient, route: str, thing: UUID | None = None, **more: Any) -> Any:
    method, _, path = route.partition(" ")
    for name in ("booking_id", "gig_id", "flag_id"):
        path = path.replace(f"<uuid:{name}>", str(thing or uuid4()))
    headers = {HEADER: uuid4().hex} | more.pop("headers", {})
    return client.open(path, method=method, headers=headers, **more)


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


@pytest.mark.parametrize("route", doors(SICK_PAY, SICK, question="wrong_state"))
def test_nobody_falls_ill_after_the_shift(client: FlaskClient, scene: Scene, route: str) -> None:
    booking = make.booked(scene)
    make.at(booking.ends_at + timedelta(minutes=1))
    answer = ask(client, route, booking.id, headers=accounts.bearer(booking.contractor_id))
    assert (answer.status_code, answer.json["code"]) == (409, "shift_over")


@pytest.mark.door(OUTAGE, "works")
@pytest.mark.door(OUTAGE, "wrong_state")
def test_an_outage_is_reported_from_the_start_of_the_shift_on(client: FlaskClient, scene: Scene) -> None:
    booking = make.booked(scene)
    mine = accounts.bearer(booking.contractor_id)
    early = ask(client, OUTAGE, booking.id, headers=mine)
    assert (early.status_code, early.json["code"]) == (409, "too_early")
    make.at(booking.starts_at)
    answer = ask(client, OUTAGE, booking.id, headers=accounts.bearer(booking.contractor_id))
    assert (answer.status_code, answer.json["status"]) == (200, "excused")


# --- hazards ----------------------------------------------------------------------------------------------------------

FLAG = "POST /api/v1/bookings/<uuid:booking_id>/flags"
FLAGS = "GET /api/v1/gigs/<uuid:gig_id>/flags"
DISMISS = "POST /api/v1/flags/<uuid:flag_id>/dismiss"
REPORT = "POST /api/v1/flags/<uuid:flag_id>/report"
OPEN_FLAGS = "GET /api/v1/flags"
CLASSES = "GET /api/v1/gigs/<uuid:gig_id>/hazard-classes"
RAISE = "POST /api/v1/gigs/<uuid:gig_id>/raise-class"
BODIES: dict[str, dict[str, Any]] = {
    FLAG: {"category": "hate", "note": "Slurs in every second text."},
    DISMISS: {"answer": "It quotes a newspaper."},
    RAISE: {"hazard_class": "H2", "categories": ["hate"]},
    REPORT: {"answer": "Thank you.", "reported_to": "the national hotline", "reference": "42"},
}
OF_HAZARDS = (FLAG, FLAGS, OPEN_FLAGS, DISMISS, REPORT, CLASSES, RAISE)


@pytest.fixture
def flagged(scene: Scene) -> Booking:
    """A booking whose person has flagged what they saw."""
    booking = make.booked(scene)
    flags.flag(booking.id, HazardCategory.HATE, "Slurs.", by=accounts.actor_of(booking.contractor_id))
    return booking


def thing(route: str, booking: Booking) -> UUID:
    if "booking_id" in route:
        return booking.id
    if "gig_id" in route:
        return booking.gig_id
    return db.session.scalars(select(HazardFlag.id).where(HazardFlag.booking_id == booking.id)).one()


@pytest.mark.parametrize("route", doors(*OF_HAZARDS, question="not_signed_in"))
def test_hazards_are_not_for_strangers(client: FlaskClient, route: str) -> None:
    assert ask(client, route, json=BODIES.get(route)).status_code == 401


@pytest.mark.parametrize("route", doors(FLAG, FLAGS, DISMISS, REPORT, CLASSES, RAISE, question="not_mine"))
def test_what_another_company_s_people_saw_is_not_there(client: FlaskClient, flagged: Booking, route: str) -> None:
    stranger = accounts.bearer(accounts.owner_of(accounts.company().id))
    answer = ask(client, route, thing(route, flagged), headers=stranger, json=BODIES.get(route))
    assert answer.status_code == 404


@pytest.mark.parametrize("route", doors(FLAG, DISMISS, REPORT, RAISE, question="wrong_shape"))
def test_what_is_missing_is_named(client: FlaskClient, flagged: Booking, route: str) -> None:
    operator = accounts.operator(OperatorRole.STANDARDS)
    who = {FLAG: flagged.contractor_id, DISMISS: operator, REPORT: operator}
    answer = ask(client, route, thing(route, flagged), headers=accounts.bearer(who.get(route, owner(flagged))), json={})
    assert answer.status_code == 422


@pytest.mark.door(FLAGS, "wrong_shape")
def test_a_page_of_flags_is_asked_for_in_numbers(client: FlaskClient, flagged: Booking) -> None:
    answer = client.get(f"/api/v1/gigs/{flagged.gig_id}/flags?limit=many", headers=accounts.bearer(owner(flagged)))
    assert answer.status_code == 422


@pytest.mark.door(OPEN_FLAGS, "works")
@pytest.mark.door(OPEN_FLAGS, "wrong_shape")
def test_operators_read_who_flagged_and_the_company_does_not(client: FlaskClient, flagged: Booking) -> None:
    operator, company = (accounts.bearer(each) for each in (accounts.operator(OperatorRole.STANDARDS), owner(flagged)))
    (full,) = client.get("/api/v1/flags", headers=operator).json["items"]
    assert (full["contractor_id"], full["booking_id"]) == (str(flagged.contractor_id), str(flagged.id))
    assert client.get("/api/v1/flags?limit=many", headers=operator).status_code == 422
    assert client.get("/api/v1/flags", headers=company).status_code == 404
    told = client.get(f"/api/v1/gigs/{flagged.gig_id}/flags", headers=company)
    assert [each["category"] for each in told.json["items"]] == ["hate"]
    assert str(flagged.contractor_id) not in told.text
    happened = client.get(f"/api/v1/gigs/{flagged.gig_id}/events", headers=company)
    assert (happened.status_code, "hazard_flag" in happened.text) == (200, False)
    assert "hazard_flag.raised" in client.get(f"/api/v1/gigs/{flagged.gig_id}/events", headers=operator).text


@pytest.mark.door(REPORT, "works")
@pytest.mark.door(REPORT, "wrong_state")
def test_unlawful_content_is_reported_once(client: FlaskClient, scene: Scene) -> None:
    booking = make.booked(scene)
    found = flags.flag(booking.id, HazardCategory.UNLAWFUL, "Forged.", by=accounts.actor_of(booking.contractor_id))
    operator = accounts.bearer(accounts.operator(OperatorRole.STANDARDS))
    first = ask(client, REPORT, found.id, headers=operator, json=BODIES[REPORT])
    assert (first.status_code, first.json["status"], first.json["report"]["reference"]) == (200, "reported", "42")
    again = ask(client, REPORT, found.id, headers=operator, json=BODIES[REPORT])
    assert (again.status_code, again.json["code"]) == (409, "wrong_state")


def owner(booking: Booking) -> Actor:
    return accounts.owner_of(booking.company_id)


@pytest.mark.door(FLAG, "works")
@pytest.mark.door(FLAGS, "works")
@pytest.mark.door(CLASSES, "works")
@pytest.mark.door(RAISE, "works")
@pytest.mark.door(DISMISS, "wrong_state")
def test_a_flag_is_read_and_the_class_is_raised(client: FlaskClient, scene: Scene) -> None:
    gigs.money_for(scene.company_id, Money.of("100.00", "USD"))
    booking = make.booked(scene)
    company = accounts.bearer(scene.company)
    mine = accounts.bearer(booking.contractor_id)
    made = ask(client, FLAG, booking.id, headers=mine, json=BODIES[FLAG])
    assert (made.status_code, made.json["note"], made.json["status"]) == (201, BODIES[FLAG]["note"], "open")
    listed = ask(client, FLAGS, booking.gig_id, headers=company).json["items"]
    assert [each["category"] for each in listed] == ["hate"]
    raised = ask(client, RAISE, booking.gig_id, headers=company, json=BODIES[RAISE])
    assert (raised.status_code, raised.json["taken_out"]) == (200, [str(booking.id)])
    history = ask(client, CLASSES, booking.gig_id, headers=company).json["items"]
    assert [each["hazard_class"] for each in history] == ["H0", "H2"]
    operator = accounts.bearer(accounts.operator(OperatorRole.STANDARDS))
    late = ask(client, DISMISS, UUID(made.json["id"]), headers=operator, json=BODIES[DISMISS])
    assert (late.status_code, late.json["code"]) == (409, "wrong_state")


@pytest.mark.door(DISMISS, "works")
def test_an_operator_answers_a_flag(client: FlaskClient, flagged: Booking) -> None:
    operator = accounts.bearer(accounts.operator(OperatorRole.STANDARDS))
    answer = ask(client, DISMISS, thing(DISMISS, flagged), headers=operator, json=BODIES[DISMISS])
    assert (answer.status_code, answer.json["answer"]) == (200, "It quotes a newspaper.")


@pytest.mark.door(FLAG, "wrong_state")
@pytest.mark.door(RAISE, "wrong_state")
def test_a_seat_given_back_and_a_draft_have_nothing_to_flag_or_raise(client: FlaskClient, scene: Scene) -> None:
    booking = make.booked(scene)
    mine = accounts.bearer(booking.contractor_id)
    offers.release(booking.id, by=accounts.actor_of(booking.contractor_id))
    assert ask(client, FLAG, booking.id, headers=mine, json=BODIES[FLAG]).json["code"] == "wrong_state"
    draft = gigs.draft_gig()
    company = accounts.bearer(accounts.owner_of(draft.company_id))
    assert ask(client, RAISE, draft.id, headers=company, json=BODIES[RAISE]).json["code"] == "wrong_state"
