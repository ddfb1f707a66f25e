"""The doors of shifts, offers, bookings and timesheets, and their five questions."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from marketplace.accounts.rules import Right
from marketplace.core.db import db
from marketplace.core.idempotency import HEADER
from marketplace.gigs import service as gigs
from marketplace.matching import deciding
from marketplace.shifts.models import Booking
from marketplace.shifts.timesheet_models import Timesheet
from tests.conftest import kept
from tests.factories import accounts
from tests.factories import shifts as make
from tests.factories.shifts import MONDAY, ZONE, Scene

SCHEDULE = "POST /api/v1/shifts"
SHIFTS = "GET /api/v1/shifts"
SHIFT = "GET /api/v1/shifts/<uuid:shift_id>"
PRICE = "GET /api/v1/shifts/<uuid:shift_id>/cancellation-price"
CANCEL = "POST /api/v1/shifts/<uuid:shift_id>/cancel"
ASK = "POST /api/v1/shifts/<uuid:shift_id>/offers"
ASKED = "GET /api/v1/shifts/<uuid:shift_id>/offers"
SEATED = "GET /api/v1/shifts/<uuid:shift_id>/bookings"
OFFERS = "GET /api/v1/offers"
OFFER = "GET /api/v1/offers/<uuid:offer_id>"
ACCEPT = "POST /api/v1/offers/<uuid:offer_id>/accept"
DECLINE = "POST /api/v1/offers/<uuid:offer_id>/decline"
WITHDRAW = "POST /api/v1/offers/<uuid:offer_id>/withdraw"
BOOKINGS = "GET /api/v1/bookings"
BOOKING = "GET /api/v1/bookings/<uuid:booking_id>"
CLOCK_IN = "POST /api/v1/bookings/<uuid:booking_id>/clock-in"
CLOCK_OUT = "POST /api/v1/bookings/<uuid:booking_id>/clock-out"
START_BREAK = "POST /api/v1/bookings/<uuid:booking_id>/start-break"
END_BREAK = "POST /api/v1/bookings/<uuid:booking_id>/end-break"
RELEASE = "POST /api/v1/bookings/<uuid:booking_id>/release"
SHEETS = "GET /api/v1/timesheets"
SHEET = "GET /api/v1/timesheets/<uuid:timesheet_id>"
SUBMIT = "POST /api/v1/timesheets/<uuid:timesheet_id>/submit"
APPROVE = "POST /api/v1/timesheets/<uuid:timesheet_id>/approve"
CUT = "POST /api/v1/timesheets/<uuid:timesheet_id>/cut"

OF_A_SHIFT = (SHIFT, PRICE, CANCEL, ASK, ASKED, SEATED)
OF_AN_OFFER = (OFFER, ACCEPT, DECLINE, WITHDRAW)
OF_A_BOOKING = (BOOKING, CLOCK_IN, CLOCK_OUT, START_BREAK, END_BREAK, RELEASE)
OF_A_SHEET = (SHEET, SUBMIT, APPROVE, CUT)
LISTS = (SHIFTS, OFFERS, BOOKINGS, SHEETS)
ALL = (SCHEDULE, *LISTS, *OF_A_SHIFT, *OF_AN_OFFER, *OF_A_BOOKING, *OF_A_SHEET)

BODIES: dict[str, dict[str, Any]] = {
    SCHEDULE: {
        "gig_id": str(uuid4()),
        "starts_at": MONDAY.isoformat(),
        "ends_at": (MONDAY + timedelta(hours=4)).isoformat(),
        "timezone": ZONE,
        "seats": 2,
    },
    CANCEL: {"agreed": {"amount": "0.00", "currency": "USD"}, "reason": "planned twice"},
    ASK: {"contractor_ids": [str(uuid4())], "reason": "You know the data.", "expires_at": MONDAY.isoformat()},
    START_BREAK: {"kind": "paid_break"},
    CUT: {
        "cuts": [
            {
                "line_id": str(uuid4()),
                "minutes": 60,
                "category": "forgotten_clock_out",
                "clause": "3.1 Working hours",
                "missing": "The clock ran on after the last item.",
            }
        ]
    },
}


def doors(*routes: str, question: str) -> list[Any]:
    """The routes as parameters of a test that answers the question for each."""
    return [pytest.param(route, marks=pytest.mark.door(route, question), id=route) for route in routes]


def ask(client: FlaskClient, route: str, thing: UUID | None = None, **more: Any) -> Any:
    """Makes the request of a route, with the id in its place (or a fresh one that belongs to nothing)."""
    method, _, path = route.partition(" ")
    for name in ("shift_id", "offer_id", "booking_id", "timesheet_id"):
        path = path.replace(f"<uuid:{name}>", str(thing or uuid4()))
    headers = {HEADER: uuid4().hex} | more.pop("headers", {})
    if route in BODIES:
        more.setdefault("json", BODIES[route])
    return client.open(path, method=method, headers=headers, **more)


def person(booking: Booking) -> dict[str, str]:
    return accounts.bearer(booking.contractor_id)


def sheet(booking: Booking) -> Timesheet:
    return db.session.scalars(select(Timesheet).where(Timesheet.contractor_id == booking.contractor_id)).one()


# --- the questions that are alike -------------------------------------------------------------------------------------


@pytest.mark.parametrize("route", doors(*ALL, question="not_signed_in"))
def test_a_stranger_is_asked_to_sign_in(client: FlaskClient, route: str) -> None:
    answer = ask(client, route)
    assert (answer.status_code, answer.json["code"]) == (401, "not_signed_in")


@pytest.fixture(scope="module")
def others(ground: None) -> dict[str, UUID]:
    """One of each thing, of a company and a person whom nobody in the tests knows."""

    def made() -> dict[str, UUID]:
        booking = make.worked(make.scene())
        return {"shift": booking.shift_id, "offer": booking.offer_id, "booking": booking.id, "sheet": sheet(booking).id}

    return kept(made)


def _thing(route: str, things: dict[str, UUID]) -> UUID:
    for routes, name in (
        (OF_A_SHIFT, "shift"),
        (OF_AN_OFFER, "offer"),
        (OF_A_BOOKING, "booking"),
        (OF_A_SHEET, "sheet"),
    ):
        if route in routes:
            return things[name]
    raise KeyError(route)


@pytest.mark.parametrize("route", doors(*OF_A_SHIFT, *OF_AN_OFFER, *OF_A_BOOKING, *OF_A_SHEET, question="not_mine"))
@pytest.mark.usefixtures("scene")
def test_things_of_others_do_not_exist(client: FlaskClient, others: dict[str, UUID], route: str) -> None:
    elsewhere = make.scene()
    for by in (elsewhere.company, accounts.actor_of(make.contracted(elsewhere).id)):
        answer = ask(client, route, _thing(route, others), headers=accounts.bearer(by))
        assert (answer.status_code, answer.json["code"]) == (404, "not_found")


@pytest.mark.parametrize("route", doors(*LISTS, ASKED, SEATED, question="wrong_shape"))
def test_a_query_of_the_wrong_shape(client: FlaskClient, scene: Scene, route: str) -> None:
    headers = accounts.bearer(scene.company)
    answer = ask(client, route, make.shift(scene).id, query_string={"limit": "0"}, headers=headers)
    assert answer.status_code == 422
    assert "limit" in {error["parameter"] for error in answer.json["errors"]}


@pytest.mark.parametrize(
    ("route", "body", "place"),
    [
        pytest.param(route, body, place, marks=pytest.mark.door(route, "wrong_shape"), id=f"{route} {place}")
        for route, body, place in [
            (SCHEDULE, BODIES[SCHEDULE] | {"starts_at": "2026-11-23T09:00:00"}, "/starts_at"),
            (SCHEDULE, BODIES[SCHEDULE] | {"ends_at": "9999-12-31T23:59:59-12:00"}, "/ends_at"),
            (SCHEDULE, BODIES[SCHEDULE] | {"timezone": "../../etc/passwd"}, "/timezone"),
            (SCHEDULE, BODIES[SCHEDULE] | {"seats": "2"}, "/seats"),
            (CANCEL, {"agreed": {"amount": 0, "currency": "USD"}, "reason": "x"}, "/agreed"),
            (CANCEL, BODIES[CANCEL] | {"reason": ""}, "/reason"),
            (ASK, BODIES[ASK] | {"contractor_ids": []}, "/contractor_ids"),
            (CLOCK_IN, {"client_at": "yesterday"}, "/client_at"),
            (CLOCK_OUT, {"client_at": "0001-01-01T00:00:00+14:00"}, "/client_at"),
            (START_BREAK, {"kind": "work"}, "/kind"),
            (END_BREAK, {"when": 1}, "/when"),
            (APPROVE, {"cuts": BODIES[CUT]["cuts"]}, "/cuts"),
            (APPROVE, {"lines": []}, "/lines"),
        ]
    ],
)
def test_a_body_of_the_wrong_shape(
    client: FlaskClient, scene: Scene, route: str, body: dict[str, Any], place: str
) -> None:
    answer = ask(client, route, json=body, headers=accounts.bearer(scene.company))
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json["errors"]] == [place]


# --- shifts and offers ------------------------------------------------------------------------------------------------


@pytest.mark.door(SCHEDULE, "works")
@pytest.mark.door(SHIFT, "works")
@pytest.mark.door(SHIFTS, "works")
def test_a_shift_is_planned_and_read(client: FlaskClient, scene: Scene) -> None:
    headers = accounts.bearer(scene.company)
    made = ask(client, SCHEDULE, json=BODIES[SCHEDULE] | {"gig_id": str(scene.gig.id)}, headers=headers)
    assert (made.status_code, made.json["status"], made.json["seats"]) == (201, "scheduled", 2)
    read = ask(client, SHIFT, UUID(made.json["id"]), headers=headers)
    assert read.json == {name: value for name, value in made.json.items() if name not in ("funds", "unreached")}
    unchanged = ask(client, SHIFT, UUID(made.json["id"]), headers=headers | {"If-None-Match": read.headers["ETag"]})
    assert unchanged.status_code == 304
    listed = ask(client, SHIFTS, query_string={"company_id": scene.company_id}, headers=headers)
    assert [shift["id"] for shift in listed.json["items"]] == [made.json["id"]]
    assert ask(client, SHIFTS, headers=headers).json == listed.json
    none = ask(client, SHIFTS, query_string={"company_id": scene.company_id, "gig_id": uuid4()}, headers=headers)
    assert none.json == {"items": [], "next": None}


@pytest.mark.door(SCHEDULE, "wrong_state")
def test_a_closed_gig_has_no_new_shifts(client: FlaskClient, scene: Scene) -> None:
    gigs.pause(scene.gig.id, by=scene.company)
    answer = ask(
        client, SCHEDULE, json=BODIES[SCHEDULE] | {"gig_id": str(scene.gig.id)}, headers=accounts.bearer(scene.company)
    )
    assert (answer.status_code, answer.json["code"]) == (409, "gig_not_open")


@pytest.mark.door(PRICE, "works")
@pytest.mark.door(CANCEL, "works")
@pytest.mark.door(CANCEL, "wrong_state")
def test_cancelling_at_the_price_that_was_seen(client: FlaskClient, scene: Scene) -> None:
    booking = make.booked(scene)
    make.at(MONDAY - timedelta(hours=20))
    headers = accounts.bearer(scene.company)
    price = ask(client, PRICE, booking.shift_id, headers=headers).json
    assert price["total"] == {"amount": "31.20", "currency": "USD"}
    assert price["owed"][0]["compensation"] == {"minutes": 120, "rule": "NOTICE"}
    cheaper = ask(client, CANCEL, booking.shift_id, headers=headers)
    assert (cheaper.status_code, cheaper.json["code"], cheaper.json["price"]) == (409, "price_changed", "31.20 USD")
    body = {"agreed": price["total"], "reason": "The data are late."}
    done = ask(client, CANCEL, booking.shift_id, json=body, headers=headers)
    assert (done.status_code, done.json["status"]) == (200, "cancelled")
    again = ask(client, CANCEL, booking.shift_id, json=body, headers=headers)
    assert (again.status_code, again.json["code"]) == (409, "wrong_state")
    keyless = client.post(f"/api/v1/shifts/{booking.shift_id}/cancel", json=body, headers=headers)
    assert (keyless.status_code, keyless.json["code"]) == (400, "idempotency_key_required")


@pytest.mark.door(ASK, "works")
@pytest.mark.door(ASKED, "works")
@pytest.mark.door(OFFERS, "works")
@pytest.mark.door(OFFER, "works")
@pytest.mark.door(ACCEPT, "works")
@pytest.mark.door(SEATED, "works")
@pytest.mark.door(BOOKINGS, "works")
@pytest.mark.door(BOOKING, "works")
def test_from_the_offer_to_the_booking(client: FlaskClient, scene: Scene) -> None:
    ana, shift = make.contracted(scene), make.shift(scene)
    company, mine = accounts.bearer(scene.company), accounts.bearer(ana.id)
    made = ask(client, ASK, shift.id, json=BODIES[ASK] | {"contractor_ids": [str(ana.id)]}, headers=company)
    assert made.status_code == 201
    (offer,) = made.json["items"]
    assert (offer["reason"], offer["terms"]["pay"]["amount"]) == ({"words": "You know the data."}, "60.00")
    pending = ask(client, OFFERS, query_string={"status": "pending"}, headers=mine).json["items"]
    assert pending == ask(client, ASKED, shift.id, headers=company).json["items"] == [offer]
    assert ask(client, OFFER, UUID(offer["id"]), headers=mine).json == offer
    key = {HEADER: "one yes"}
    yes = ask(client, ACCEPT, UUID(offer["id"]), headers=mine | key)
    assert (yes.status_code, yes.json["status"], yes.json["held"]["amount"]) == (200, "booked", "67.40")
    again = ask(client, ACCEPT, UUID(offer["id"]), headers=mine | key)
    assert (again.json, again.headers["Idempotency-Replayed"]) == (yes.json, "true")
    assert ask(client, BOOKING, UUID(yes.json["id"]), headers=mine).json == yes.json
    assert ask(client, BOOKINGS, query_string={"status": "booked"}, headers=mine).json["items"] == [yes.json]
    assert ask(client, SEATED, shift.id, headers=company).json["items"] == [yes.json]
    assert ask(client, BOOKINGS, query_string={"status": "worked"}, headers=mine).json["items"] == []
    assert ask(client, SHIFT, shift.id, headers=mine).json["seats_taken"] == 1


@pytest.mark.door(ASK, "wrong_state")
def test_who_is_not_eligible_is_not_asked_and_the_rule_is_named(client: FlaskClient, scene: Scene) -> None:
    ana, shift = make.contracted(scene, country="DE", subdivision="DE-BE", timezone="Europe/Berlin"), make.shift(scene)
    answer = ask(
        client,
        ASK,
        shift.id,
        json=BODIES[ASK] | {"contractor_ids": [str(ana.id)]},
        headers=accounts.bearer(scene.company),
    )
    assert (answer.status_code, answer.json["code"]) == (409, "not_eligible")
    assert (answer.json["verdict"]["rule"], answer.json["contractor_id"]) == ("CRITERIA", str(ana.id))


@pytest.mark.door(DECLINE, "works")
@pytest.mark.door(DECLINE, "wrong_state")
@pytest.mark.door(WITHDRAW, "works")
@pytest.mark.door(WITHDRAW, "wrong_state")
@pytest.mark.door(ACCEPT, "wrong_state")
def test_saying_no_and_taking_back(client: FlaskClient, scene: Scene) -> None:
    ana, shift = make.contracted(scene), make.shift(scene)
    company, mine = accounts.bearer(scene.company), accounts.bearer(ana.id)
    refused = make.offered(scene, shift, ana)
    assert ask(client, DECLINE, refused.id, headers=mine).json["status"] == "declined"
    assert ask(client, WITHDRAW, refused.id, headers=company).json["code"] == "wrong_state"
    taken_back = make.offered(scene, shift, ana)
    assert ask(client, WITHDRAW, taken_back.id, headers=company).json["status"] == "withdrawn"
    assert ask(client, DECLINE, taken_back.id, headers=mine).json["code"] == "wrong_state"
    late = ask(client, ACCEPT, taken_back.id, headers=mine)
    assert (late.status_code, late.json["code"]) == (409, "offer_gone")
    assert late.json["elsewhere"] == "/api/v1/offers?status=pending"


# --- the clock --------------------------------------------------------------------------------------------------------


@pytest.mark.door(CLOCK_IN, "works")
@pytest.mark.door(CLOCK_OUT, "works")
@pytest.mark.door(START_BREAK, "works")
@pytest.mark.door(END_BREAK, "works")
@pytest.mark.door(SHEETS, "works")
@pytest.mark.door(SHEET, "works")
@pytest.mark.door(APPROVE, "works")
def test_a_morning_and_its_timesheet(client: FlaskClient, scene: Scene) -> None:
    booking = make.booked(scene)
    make.at(MONDAY)
    company, mine = accounts.bearer(scene.company), person(booking)
    for minutes, route, status in (
        (0, CLOCK_IN, "working"),
        (100, START_BREAK, "working"),
        (110, END_BREAK, "working"),
        (240, CLOCK_OUT, "worked"),
    ):
        make.at(MONDAY + timedelta(minutes=minutes))
        pressed = ask(client, route, booking.id, headers=mine)
        assert (pressed.status_code, pressed.json["status"]) == (200, status)
    assert [entry["kind"] for entry in pressed.json["entries"]] == ["work", "paid_break", "work"]
    (own,) = ask(client, SHEETS, headers=mine).json["items"]
    query = {"company_id": scene.company_id, "status": "submitted"}
    assert ask(client, SHEETS, query_string=query, headers=company).json["items"] == [own]
    assert (own["week"], own["status"]) == ("2026-11-23", "submitted")
    assert (own["lines"][0]["work_minutes"], own["lines"][0]["paid_break_minutes"]) == (230, 10)
    assert ask(client, SHEET, UUID(own["id"]), headers=mine).json == own
    approved = ask(client, APPROVE, UUID(own["id"]), headers=company)
    assert (approved.status_code, approved.json["status"]) == (200, "approved")


@pytest.mark.parametrize(
    ("route", "code"),
    [
        pytest.param(route, code, marks=pytest.mark.door(route, "wrong_state"), id=route)
        for route, code in [
            (CLOCK_IN, "too_early"),
            (CLOCK_OUT, "not_clocked_in"),
            (START_BREAK, "not_clocked_in"),
            (END_BREAK, "not_clocked_in"),
        ]
    ],
)
def test_a_clock_in_the_wrong_state(client: FlaskClient, scene: Scene, route: str, code: str) -> None:
    booking = make.booked(scene)
    answer = ask(client, route, booking.id, headers=person(booking))
    assert (answer.status_code, answer.json["code"]) == (409, code)


@pytest.mark.door(RELEASE, "works")
@pytest.mark.door(RELEASE, "wrong_state")
def test_giving_a_seat_back(client: FlaskClient, scene: Scene) -> None:
    early = make.booked(scene)
    late = make.booked(scene)
    assert ask(client, RELEASE, early.id, headers=person(early)).json["status"] == "released"
    make.at(MONDAY)
    answer = ask(client, RELEASE, late.id, headers=person(late))
    assert (answer.status_code, answer.json["code"]) == (409, "shift_begun")


def test_a_companys_program_cannot_press_for_the_person_who_made_its_key(client: FlaskClient, scene: Scene) -> None:
    booking = make.booked(scene)
    make.at(MONDAY)
    answer = ask(client, CLOCK_IN, booking.id, headers=accounts.company_bearer(scene.company_id, Right.GIGS))
    assert (answer.status_code, answer.json["code"]) == (403, "forbidden")


# --- timesheets -------------------------------------------------------------------------------------------------------


@pytest.mark.door(SUBMIT, "works")
@pytest.mark.door(SUBMIT, "wrong_state")
@pytest.mark.door(APPROVE, "wrong_state")
@pytest.mark.door(CUT, "works")
@pytest.mark.door(CUT, "wrong_state")
@pytest.mark.door(CUT, "wrong_shape")
def test_handing_in_early_cutting_and_approving(client: FlaskClient, scene: Scene) -> None:
    ana = make.contracted(scene)
    make.booked(scene, ana, starts_at=MONDAY + timedelta(days=2))
    week = sheet(make.worked(scene, ana))
    company, mine = accounts.bearer(scene.company), accounts.bearer(ana.id)
    assert ask(client, APPROVE, week.id, headers=company).json["code"] == "wrong_state"
    assert ask(client, CUT, week.id, headers=company, json=BODIES[CUT]).json["code"] == "wrong_state"
    shown = ask(client, SUBMIT, week.id, headers=mine).json
    assert (shown["status"], shown["lines"][0]["cut"]) == ("submitted", None)
    strange = ask(client, CUT, week.id, headers=company, json=BODIES[CUT])
    assert (strange.status_code, strange.json["code"]) == (422, "bad_cut")
    (wanted,) = BODIES[CUT]["cuts"]
    body = {"cuts": [wanted | {"line_id": shown["lines"][0]["id"]}]}
    after = ask(client, CUT, week.id, headers=company, json=body).json
    assert after["status"] == "approved"
    cut = after["lines"][0]["cut"]
    assert (cut["minutes"], cut["category"], cut["status"]) == (60, "forgotten_clock_out", "open")
    assert ask(client, CUT, week.id, headers=company, json=body).json["code"] == "wrong_state"
    assert ask(client, SUBMIT, week.id, headers=mine).json["code"] == "wrong_state"
    assert ask(client, APPROVE, week.id, headers=company).json["status"] == "approved"


def test_a_yes_is_collected_where_more_are_asked_than_seats_are_open(client: FlaskClient, scene: Scene) -> None:
    """202 and the offer; the same yes again is the same answer, and what was decided stands on the offer."""
    shift = make.shift(scene)
    asked = make.asked(scene, shift, [make.contracted(scene) for _ in range(2)])
    for offer in (*asked, asked[0]):
        answer = ask(client, ACCEPT, offer.id, headers=accounts.bearer(offer.contractor_id))
        assert (answer.status_code, answer.json["status"], answer.json["collects"]) == (202, "collected", True)
    deciding.decide_due()
    told = [
        client.get(f"/api/v1/offers/{offer.id}", headers=accounts.bearer(offer.contractor_id)).json for offer in asked
    ]
    assert sorted(each["status"] for each in told) == ["accepted", "not_chosen"]
    assert {(each["decision"]["of"], each["decision"]["seats"]) for each in told} == {(2, 1)}
