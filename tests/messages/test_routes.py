"""The doors of messages and their five questions."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient

from marketplace.gigs import service as gigs
from marketplace.messages.models import Thread
from tests.factories import accounts, workforce
from tests.factories import messages as talk
from tests.factories.shifts import Scene

T, G = "/api/v1/threads", "/api/v1/gigs/<uuid:gig_id>"
LIST, SHOW = f"GET {T}", f"GET {T}/<uuid:thread_id>"
WRITE, CLOSE = f"POST {T}/<uuid:thread_id>/messages", f"POST {T}/<uuid:thread_id>/close"
ASK, ANSWERS, PUBLISH = f"POST {G}/questions", f"GET {G}/answers", f"POST {G}/answers"
OF_THREADS, OF_GIGS = (SHOW, WRITE, CLOSE), (ASK, ANSWERS, PUBLISH)
BODIES: dict[str, dict[str, Any]] = {
    ASK: {"words": talk.WORDS, "part": 1},
    WRITE: {"words": talk.ANSWER},
    PUBLISH: {"question": talk.WORDS, "answer": talk.ANSWER, "part": 1},
}


def doors(*routes: str, question: str) -> list[Any]:
    return [pytest.param(route, marks=pytest.mark.door(route, question), id=route) for route in routes]


def call(client: FlaskClient, route: str, thing: UUID | None = None, **more: Any) -> Any:
    method, _, path = route.partition(" ")
    for name in ("gig_id", "thread_id"):
        path = path.replace(f"<uuid:{name}>", str(thing or uuid4()))
    if route in BODIES:
        more.setdefault("json", BODIES[route])
    headers = {"Idempotency-Key": str(uuid4())} | dict(more.pop("headers", {}))
    return client.open(path, method=method, headers=headers, **more)


@pytest.fixture
def asked(scene: Scene) -> Thread:
    return talk.asked(scene)


@pytest.mark.parametrize("route", doors(LIST, *OF_THREADS, *OF_GIGS, question="not_signed_in"))
def test_nobody_is_let_in_without_a_key(client: FlaskClient, route: str) -> None:
    assert call(client, route).status_code == 401


@pytest.mark.parametrize("route", doors(*OF_THREADS, question="not_mine"))
def test_other_people_s_threads_do_not_exist(client: FlaskClient, asked: Thread, route: str) -> None:
    for stranger in (workforce.contractor().id, accounts.owner_of(accounts.company().id)):
        assert call(client, route, asked.id, headers=accounts.bearer(stranger)).status_code == 404


@pytest.mark.parametrize("route", doors(*OF_GIGS, question="not_mine"))
def test_other_companies_gigs_do_not_exist(client: FlaskClient, scene: Scene, route: str) -> None:
    gigs.pause(scene.gig.id, by=scene.company)
    stranger = accounts.bearer(accounts.owner_of(accounts.company().id))
    assert call(client, route, scene.gig.id, headers=stranger).status_code == 404


@pytest.mark.door(ASK, "works")
@pytest.mark.door(LIST, "works")
@pytest.mark.door(SHOW, "works")
@pytest.mark.door(WRITE, "works")
@pytest.mark.door(CLOSE, "works")
@pytest.mark.door(CLOSE, "wrong_state")
def test_a_question_from_its_asking_to_its_end(client: FlaskClient, scene: Scene) -> None:
    mine, theirs = accounts.bearer(talk.asker(scene)), accounts.bearer(scene.company)
    made = call(client, ASK, scene.gig.id, headers=mine)
    assert (made.status_code, made.json["status"], made.json["questions"][0]["part"]) == (201, "waiting", 1)
    thread_id = UUID(made.json["id"])
    assert call(client, CLOSE, thread_id, headers=theirs).json["code"] == "must_answer_first"
    for headers, query in ((mine, {}), (theirs, {"company_id": scene.company_id})):
        (listed,) = call(client, LIST, headers=headers, query_string=query).json["items"]
        assert listed["id"] == made.json["id"]
    assert call(client, WRITE, thread_id, headers=theirs).json["status"] == "answered"
    read = call(client, SHOW, thread_id, headers=mine).json
    assert [each["side"] for each in read["messages"]] == ["contractor", "company"]
    assert call(client, CLOSE, thread_id, headers=mine).json["status"] == "closed"


@pytest.mark.door(ASK, "wrong_state")
@pytest.mark.door(WRITE, "wrong_state")
def test_whoever_floods_is_refused(client: FlaskClient, scene: Scene) -> None:
    ana = talk.asker(scene)
    mine, rows = accounts.bearer(ana), [talk.asked(scene, ana) for _ in range(10)]
    assert call(client, ASK, scene.gig.id, headers=mine).json["code"] == "too_many_waiting"
    for _ in range(20):
        call(client, WRITE, rows[0].id, headers=mine)
    assert call(client, WRITE, rows[0].id, headers=mine).json["code"] == "too_many_messages"


@pytest.mark.door(ANSWERS, "works")
@pytest.mark.door(PUBLISH, "works")
@pytest.mark.door(PUBLISH, "wrong_state")
def test_an_answer_for_everybody(client: FlaskClient, scene: Scene) -> None:
    theirs = accounts.bearer(scene.company)
    for _ in range(2):
        talk.asked(scene, part=1)
    before = call(client, ANSWERS, scene.gig.id, headers=theirs).json
    assert (before["items"], [each["part"] for each in before["defects"]]) == ([], [1])
    assert call(client, PUBLISH, scene.gig.id, headers=theirs).status_code == 201
    after = call(client, ANSWERS, scene.gig.id, headers=theirs).json
    assert ([each["answer"] for each in after["items"]], after["defects"]) == ([talk.ANSWER], [])
    gigs.close(scene.gig.id, by=scene.company)
    assert call(client, PUBLISH, scene.gig.id, headers=theirs).json["code"] == "wrong_state"


@pytest.mark.parametrize("route", doors(ASK, WRITE, PUBLISH, question="wrong_shape"))
def test_blank_words_are_refused(client: FlaskClient, asked: Thread, route: str) -> None:
    thing = asked.id if route == WRITE else asked.gig_id
    blank = BODIES[route] | {name: " " for name in BODIES[route] if name != "part"}
    assert call(client, route, thing, headers=accounts.bearer(asked.contractor_id), json=blank).status_code == 422


@pytest.mark.door(LIST, "wrong_shape")
def test_a_page_has_a_size(client: FlaskClient, asked: Thread) -> None:
    mine = accounts.bearer(asked.contractor_id)
    assert call(client, LIST, headers=mine, query_string={"limit": 0}).status_code == 422
