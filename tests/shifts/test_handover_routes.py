"""The doors of seats that are handed over, and their five questions."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient

from marketplace.core.idempotency import HEADER
from marketplace.shifts import handovers
from marketplace.shifts.handover_rules import HandoverKind
from tests.factories import accounts
from tests.factories import handovers as handing
from tests.factories import shifts as make
from tests.factories.shifts import MONDAY, WEDNESDAY, Scene

ASK = "POST /api/v1/bookings/<uuid:booking_id>/handovers"
LIST = "GET /api/v1/handovers"
SHOW = "GET /api/v1/handovers/<uuid:handover_id>"
END = "POST /api/v1/handovers/<uuid:handover_id>/end"
TAKE = "POST /api/v1/handovers/<uuid:handover_id>/take"
PROPOSE = "POST /api/v1/handovers/<uuid:handover_id>/proposals"
PROPOSAL = "GET /api/v1/swap-proposals/<uuid:swap_id>"
ACCEPT = "POST /api/v1/swap-proposals/<uuid:swap_id>/accept"
END_PROPOSAL = "POST /api/v1/swap-proposals/<uuid:swap_id>/end"
CODE = "GET /api/v1/handover-code"
NEW_CODE = "POST /api/v1/handover-code"
OF_A_THING = (ASK, SHOW, END, TAKE, PROPOSE, PROPOSAL, ACCEPT, END_PROPOSAL)
ALL = (*OF_A_THING, LIST, CODE, NEW_CODE)
AGREED = {"terms_sha256": "0" * 64}
BODIES: dict[str, dict[str, Any]] = {
    ASK: {"kind": "cover"},
    TAKE: AGREED,
    PROPOSE: AGREED | {"booking_id": str(uuid4())},
    ACCEPT: AGREED,
}


def answer(client: FlaskClient, route: str, thing: object = None, who: object = None, **more: Any) -> Any:
    """What the door answers whoever asks, with the thing's id in its place (or one that belongs to nothing)."""
    method, _, path = route.partition(" ")
    for name in ("booking_id", "handover_id", "swap_id"):
        path = path.replace(f"<uuid:{name}>", str(thing or uuid4()))
    headers = {HEADER: uuid4().hex} | ({} if who is None else accounts.bearer(who))  # type: ignore[arg-type]
    more = {"json": BODIES[route]} | more if route in BODIES else more
    return client.open(path, method=method, headers=headers, **more)


def questions(routes: tuple[str, ...], question: str) -> Any:
    """Marks that a test answers the question for each of the doors."""

    def mark(test: Any) -> Any:
        for route in routes:
            test = pytest.mark.door(route, question)(test)
        return test

    return mark


@questions(ALL, "not_signed_in")
def test_a_stranger_is_asked_to_sign_in(client: FlaskClient) -> None:
    for route in ALL:
        found = answer(client, route)
        assert (found.status_code, found.json["code"]) == (401, "not_signed_in"), route


@questions(OF_A_THING, "not_mine")
def test_other_peoples_things_are_not_there(client: FlaskClient, scene: Scene) -> None:
    mine, given = make.booked(scene), make.booked(scene, starts_at=MONDAY + timedelta(days=1))
    make.at(WEDNESDAY + timedelta(hours=1))
    asked = handing.asked(mine, HandoverKind.SWAP)
    offered = handing.proposed(asked, given)
    stranger = make.contracted(make.scene()).id
    for route in OF_A_THING:
        thing = mine.id if route == ASK else offered.id if "<uuid:swap_id>" in route else asked.id
        body = {"json": AGREED | {"booking_id": str(given.id)}} if route == PROPOSE else {}
        assert answer(client, route, thing, stranger, **body).status_code == 404, route


@questions((ASK, TAKE, PROPOSE, ACCEPT, LIST, SHOW), "wrong_shape")
def test_a_body_has_its_shape(client: FlaskClient, scene: Scene) -> None:
    who = make.contracted(scene).id
    for route, wrong in (
        (ASK, {"kind": "sell"}),
        (TAKE, {"terms_sha256": "yes"}),
        (PROPOSE, AGREED),
        (ACCEPT, {}),
    ):
        assert answer(client, route, None, who, json=wrong).status_code == 422, route
    assert answer(client, LIST, None, who, query_string={"which": "all"}).status_code == 422
    assert answer(client, SHOW, None, who, query_string={"in_return": "mine"}).status_code == 422


@questions((ASK, LIST, SHOW, TAKE), "works")
@questions((ASK, END, TAKE, PROPOSE, ACCEPT, END_PROPOSAL), "wrong_state")
def test_a_cover_over_the_doors(client: FlaskClient, scene: Scene) -> None:
    mine = make.booked(scene)
    ana, bea = mine.contractor_id, make.contracted(scene).id
    make.at(WEDNESDAY + timedelta(hours=1))
    made = answer(client, ASK, mine.id, ana)
    assert (made.status_code, made.json["status"], made.json["named"]) == (201, "open", False)
    found = made.json["id"]
    for which, who, ids in (("mine", ana, [found]), ("wanted", bea, [found]), ("wanted", ana, []), ("asked", bea, [])):
        listed = answer(client, LIST, None, who, query_string={"which": which})
        assert [each["id"] for each in listed.json["items"]] == ids
    shown = answer(client, SHOW, found, bea).json
    assert (shown["mine"], shown["look"]["verdict"], shown["proposals"]) == (False, None, [])
    assert shown["look"]["terms"]["pay"] == {"amount": "60.00", "currency": "USD"}
    assert answer(client, TAKE, found, bea).json["code"] == "terms_changed"
    agreed = {"terms_sha256": shown["look"]["terms_sha256"]}
    taken = answer(client, TAKE, found, bea, json=agreed)
    assert (taken.status_code, taken.json["status"], taken.json["contractor_id"]) == (200, "booked", str(bea))
    late = make.contracted(scene).id
    assert answer(client, TAKE, found, late, json=agreed).json["code"] == "handover_gone"
    assert answer(client, END, found, ana).json["code"] == "wrong_state"
    assert answer(client, ASK, mine.id, ana).json["code"] == "wrong_state"
    swap = handing.asked(make.booked(scene, starts_at=MONDAY + timedelta(days=2)), HandoverKind.SWAP)
    given = make.booked(scene, starts_at=MONDAY + timedelta(days=1))
    offered = handing.proposed(swap, given)
    handovers.end(swap.id, by=accounts.actor_of(swap.contractor_id))
    propose = AGREED | {"booking_id": str(given.id)}
    assert answer(client, PROPOSE, swap.id, given.contractor_id, json=propose).json["code"] == "handover_gone"
    assert answer(client, ACCEPT, offered.id, swap.contractor_id).json["code"] == "handover_gone"
    assert answer(client, END_PROPOSAL, offered.id, given.contractor_id).json["code"] == "wrong_state"


@questions((PROPOSE, PROPOSAL, ACCEPT, END_PROPOSAL, END, CODE, NEW_CODE), "works")
def test_a_swap_over_the_doors(client: FlaskClient, scene: Scene) -> None:
    mine, theirs = make.booked(scene), make.booked(scene, starts_at=MONDAY + timedelta(days=1))
    ana, bea = mine.contractor_id, theirs.contractor_id
    make.at(WEDNESDAY + timedelta(hours=1))
    assert answer(client, CODE, None, bea).json == {"item": None}
    code = answer(client, NEW_CODE, None, bea).json
    assert answer(client, CODE, None, bea).json == {"item": code}
    newer = answer(client, NEW_CODE, None, bea)
    assert newer.status_code == 201
    assert newer.json["code"] != code["code"]
    asked = {"kind": "swap", "code": newer.json["code"]}
    found = answer(client, ASK, mine.id, ana, json=asked).json["id"]
    listed = answer(client, LIST, None, bea, query_string={"which": "asked"}).json["items"]
    assert [each["id"] for each in listed] == [found]
    look = answer(client, SHOW, found, bea, query_string={"in_return": str(theirs.id)}).json["look"]
    body = {"booking_id": str(theirs.id), "terms_sha256": look["terms_sha256"]}
    first = answer(client, PROPOSE, found, bea, json=body)
    assert (first.status_code, first.json["status"]) == (201, "waiting")
    assert answer(client, END_PROPOSAL, first.json["id"], bea).json["status"] == "withdrawn"
    given = answer(client, PROPOSE, found, bea, json=body).json["id"]
    assert answer(client, PROPOSAL, given, bea).json["look"] is None
    look = answer(client, PROPOSAL, given, ana).json["look"]
    new = answer(client, ACCEPT, given, ana, json={"terms_sha256": look["terms_sha256"]})
    assert (new.status_code, new.json["shift_id"]) == (200, str(theirs.shift_id))
    assert answer(client, SHOW, found, ana).json["handover"]["status"] == "taken"
    later = answer(client, ASK, new.json["id"], ana, json={"kind": "cover"}).json["id"]
    assert answer(client, END, later, ana).json["status"] == "withdrawn"
