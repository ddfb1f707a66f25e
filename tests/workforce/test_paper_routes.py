"""The doors for what people show, and their five questions."""

from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient

from marketplace.accounts.rules import OperatorRole
from marketplace.core import clock, files
from marketplace.core.events import timeline
from marketplace.workforce import agreement, documents, queries, residence, service
from marketplace.workforce.models import Contractor
from marketplace.workforce.papers import Purpose
from marketplace.workforce.rules import RequirementKind
from tests import papers
from tests.factories import accounts, workforce

MINE = "/api/v1/contractors"
VETTING = "/api/v1/vetting"
TERMS, POLICY = f"GET {MINE}/terms", f"GET {MINE}/policy"
MY_DOCUMENTS, HAND_IN = f"GET {MINE}/me/documents", f"POST {MINE}/me/documents"
MY_CONTENT = f"GET {MINE}/me/documents/<uuid:document_id>/content"
TAKE_BACK = f"DELETE {MINE}/me/documents/<uuid:document_id>"
DECLARED, DECLARE = f"GET {MINE}/me/declarations", f"PUT {MINE}/me/declarations"
MY_MOVES, MOVE, WITHDRAW = f"GET {MINE}/me/moves", f"POST {MINE}/me/moves", f"POST {MINE}/me/moves/withdraw"
WAITS = f"GET {MINE}/me/usual-waits"
DOCUMENTS = f"GET {VETTING}/contractors/<uuid:contractor_id>/documents"
CONTENT = f"GET {VETTING}/contractors/<uuid:contractor_id>/documents/<uuid:document_id>/content"
DECLARATIONS = f"GET {VETTING}/contractors/<uuid:contractor_id>/declarations"
MOVES, DECIDE_MOVE = f"GET {VETTING}/moves", f"POST {VETTING}/moves/<uuid:move_id>/decision"
RENEWALS = f"GET {VETTING}/renewals"
DECIDE, PUBLISH = f"POST {VETTING}/decisions", f"POST {VETTING}/policies"
ADMIT = f"POST {VETTING}/admissions"
SEATTLE = {"country": "US", "subdivision": "US-WA", "timezone": "America/Los_Angeles", "note": "Since May."}
POLICY_BODY = {"kinds": ["identity", "age", "terms"], "identity_by": ["call"], "reason": "A pilot of one city."}
BODIES: dict[str, Any] = {
    DECLARE: {"work": {"basis": "citizen"}},
    MOVE: SEATTLE,
    DECIDE_MOVE: {"granted": True, "reason": "Seen the lease."},
    DECIDE: {"items": [{"contractor_id": str(uuid4()), "kind": "age", "met": True, "reason": "Seen."}]},
    ADMIT: {"items": [{"contractor_id": str(uuid4()), "reason": "Seen."}]},
    PUBLISH: POLICY_BODY,
}
OF_MINE = (MY_DOCUMENTS, HAND_IN, MY_CONTENT, TAKE_BACK, DECLARED, DECLARE, MY_MOVES, MOVE, WITHDRAW)
OF_OPERATORS = (DOCUMENTS, CONTENT, DECLARATIONS, MOVES, RENEWALS, DECIDE_MOVE, DECIDE, ADMIT, PUBLISH)


def doors(*routes: str, question: str) -> list[Any]:
    return [pytest.param(route, marks=pytest.mark.door(route, question), id=route) for route in routes]


def ask(client: FlaskClient, route: str, *, who: Any = None, **more: Any) -> Any:
    """`more` are ids of the path, or what the request carries."""
    method, _, path = route.partition(" ")
    for name in ("contractor_id", "document_id", "move_id"):
        path = path.replace(f"<uuid:{name}>", str(more.pop(name, None) or uuid4()))
    if route == HAND_IN and "data" not in more:
        more |= sent(papers.png())
    elif route in BODIES:
        more.setdefault("json", BODIES[route])
    return client.open(path, method=method, headers=accounts.bearer(who) if who else {}, **more)


def sent(content: bytes, purpose: str = "identity", name: str = "passport.png") -> dict[str, Any]:
    return {"query_string": {"purpose": purpose}, "data": {"file": (BytesIO(content), name)}}


def handed_in(who: Contractor, purpose: Purpose = Purpose.IDENTITY) -> UUID:
    return documents.hand_in([(purpose, papers.png())], by=accounts.actor_of(who.id))[0].id


def moving(who: Contractor) -> UUID:
    handed_in(who, Purpose.MOVE)
    return residence.ask_to_move(*SEATTLE.values(), by=accounts.actor_of(who.id)).id


# --- the questions that are alike -----------------------------------------------------------------------------------


@pytest.mark.parametrize("route", doors(*OF_MINE, WAITS, *OF_OPERATORS, question="not_signed_in"))
def test_a_stranger_is_asked_to_sign_in(client: FlaskClient, route: str) -> None:
    answer = ask(client, route)
    assert (answer.status_code, answer.json["code"]) == (401, "not_signed_in")


@pytest.mark.parametrize("route", [*OF_MINE, *OF_OPERATORS])
def test_whoever_has_not_applied_has_nothing_here(client: FlaskClient, route: str) -> None:
    answer = ask(client, route, who=accounts.person())
    assert (answer.status_code, answer.json["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    "route", doors(MY_CONTENT, TAKE_BACK, DOCUMENTS, CONTENT, DECLARATIONS, DECIDE_MOVE, question="not_mine")
)
def test_what_is_another_persons_does_not_exist(client: FlaskClient, route: str) -> None:
    ana, budi = workforce.contractor(), workforce.contractor()
    ids = {"contractor_id": ana.id, "document_id": handed_in(ana), "move_id": moving(ana)}
    answer = ask(client, route, who=budi.id, **ids)
    assert (answer.status_code, answer.json["code"]) == (404, "not_found")


def test_operators_of_other_things_look_at_nothing(client: FlaskClient) -> None:
    ana, finance = workforce.contractor(), accounts.operator(OperatorRole.FINANCE)
    ids = {"contractor_id": ana.id, "document_id": handed_in(ana), "move_id": moving(ana)}
    for route in OF_OPERATORS:
        answer = ask(client, route, who=finance, **ids)
        assert (answer.status_code, answer.json["code"]) == (403, "forbidden"), route


@pytest.mark.parametrize(
    ("route", "body"),
    [
        pytest.param(route, body, marks=pytest.mark.door(route, "wrong_shape"), id=f"{route} {number}")
        for number, (route, body) in enumerate(
            [
                (DECLARE, {}),
                (DECLARE, {"identity": {"kind": "horoscope"}}),
                (DECLARE, {"tax": {"country": "US", "number_kind": "ssn", "number": "12"}}),
                (DECLARE, {"work": {"basis": "permit"}}),
                (MOVE, SEATTLE | {"subdivision": "CA-ON"}),
                (MOVE, SEATTLE | {"timezone": "Washington/Seattle"}),
                (DECIDE_MOVE, {"granted": "perhaps", "reason": "Seen."}),
                (DECIDE, {"items": []}),
                (DECIDE, {"items": BODIES[DECIDE]["items"] * 2}),
                (ADMIT, {"items": []}),
                (ADMIT, {"items": BODIES[ADMIT]["items"] * 2}),
                (PUBLISH, POLICY_BODY | {"kinds": ["identity"]}),
                (MOVES, None),
                (RENEWALS, None),
                (DECIDE, {"items": [BODIES[DECIDE]["items"][0] | {"seen": "yesterday"}]}),
            ]
        )
    ],
)
def test_input_of_the_wrong_shape_is_refused(client: FlaskClient, route: str, body: Any) -> None:
    ana = workforce.contractor()
    who: Any = workforce.applied().id if route == DECLARE else ana.id
    if route in OF_OPERATORS:
        who = accounts.operator(OperatorRole.STANDARDS if route == PUBLISH else OperatorRole.VETTING)
    more = {"query_string": {"limit": "many"}} if body is None else {"json": body}
    assert ask(client, route, who=who, move_id=moving(ana), **more).status_code == 422


@pytest.mark.door(HAND_IN, "wrong_shape")
@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (papers.zip_file(), "passport.pdf", "file_kind_unknown"),
        (papers.png()[:52], "passport.png", "file_broken"),
        (papers.bomb(), "passport.png", "file_too_large"),
        (b"", "passport.png", "file_empty"),
        (papers.pdf_with_script(), "passport.pdf", "file_active"),
        (papers.pdf_with_password(), "passport.pdf", "file_encrypted"),
    ],
    ids=["zip named .pdf", "truncated", "100 million pixels", "empty", "JavaScript", "password"],
)
def test_a_bad_file_gets_a_clear_problem(client: FlaskClient, content: bytes, name: str, code: str) -> None:
    made = workforce.applied()
    answer = ask(client, HAND_IN, who=made.id, **sent(content, name=name))
    assert answer.json["code"] == code
    assert answer.status_code in (413, 422)
    assert answer.json["remedy"]
    assert documents.documents(made.id, accounts.actor_of(made.id)) == []


def test_a_door_for_files_takes_a_file_and_says_what_it_is_for(client: FlaskClient) -> None:
    who = accounts.bearer(workforce.applied().id)
    path = f"{MINE}/me/documents"
    assert client.post(path, json={"file": "x"}, headers=who, query_string={"purpose": "identity"}).status_code == 415
    for more in ({"query_string": {}}, {"query_string": {"purpose": "fun"}}):
        given = sent(papers.png()) | more
        assert client.post(path, headers=who, **given).status_code == 422
    empty = client.post(path, headers=who, query_string={"purpose": "identity"}, data={"other": "x"},
                        content_type="multipart/form-data")  # fmt: skip
    assert empty.status_code == 422


def test_a_body_that_is_too_large_is_refused_before_it_is_read(client: FlaskClient) -> None:
    headers = accounts.bearer(workforce.applied().id)
    answer = client.post(
        f"{MINE}/me/documents?purpose=identity",
        data=b"--x",
        content_type="multipart/form-data; boundary=x",
        headers=headers,
        environ_overrides={"CONTENT_LENGTH": str(files.MOST_BYTES + 200_000)},
    )
    assert answer.json is not None
    assert (answer.status_code, answer.json["code"]) == (413, "file_too_large")


# --- wrong states ---------------------------------------------------------------------------------------------------


@pytest.mark.door(HAND_IN, "wrong_state")
@pytest.mark.door(TAKE_BACK, "wrong_state")
def test_too_many_documents_and_documents_in_use(client: FlaskClient) -> None:
    made = workforce.applied()
    workforce.shown(accounts.actor_of(made.id))
    first = documents.documents(made.id, accounts.actor_of(made.id))[-1].id
    used = ask(client, TAKE_BACK, who=made.id, document_id=first)
    assert (used.status_code, used.json["code"]) == (409, "document_in_use")
    for _ in range(8):
        handed_in(made, Purpose.RIGHT_TO_WORK)
    full = ask(client, HAND_IN, who=made.id)
    assert (full.status_code, full.json["code"]) == (409, "too_many_documents")


@pytest.mark.door(DECLARE, "wrong_state")
@pytest.mark.door(MOVE, "wrong_state")
@pytest.mark.door(WITHDRAW, "wrong_state")
@pytest.mark.door(DECIDE_MOVE, "wrong_state")
def test_what_was_decided_is_decided(client: FlaskClient) -> None:
    ana, operator = workforce.contractor(), accounts.operator(OperatorRole.VETTING)
    assert ask(client, DECLARE, who=ana.id).json["code"] == "wrong_state"
    assert ask(client, WITHDRAW, who=ana.id).status_code == 404
    assert ask(client, MOVE, who=ana.id).json["code"] == "evidence_missing"
    move = moving(ana)
    assert ask(client, MOVE, who=ana.id).json["code"] == "move_waits"
    assert ask(client, DECIDE_MOVE, who=operator, move_id=move).status_code == 200
    again = ask(client, DECIDE_MOVE, who=operator, move_id=move)
    assert (again.status_code, again.json["code"]) == (409, "wrong_state")


@pytest.mark.door(DECIDE, "wrong_state")
@pytest.mark.door(DECIDE, "works")
def test_several_people_are_decided_about_or_nobody(client: FlaskClient) -> None:
    operator = accounts.operator(OperatorRole.VETTING)
    both = [workforce.applied(), workforce.applied()]
    ruling = {"met": True, "reason": "The passport says so."}
    ages = [{"contractor_id": str(who.id), "kind": "age"} | ruling for who in both]
    early = [*ages, {"contractor_id": str(both[0].id), "kind": "residence"} | ruling]
    refused = ask(client, DECIDE, who=operator, json={"items": early})
    assert (refused.status_code, refused.json["code"]) == (409, "nothing_shown")
    done = ask(client, DECIDE, who=operator, json={"items": ages})
    assert done.status_code == 200
    assert {(row["contractor_id"], row["status"]) for row in done.json["items"]} == {(str(w.id), "met") for w in both}


@pytest.mark.door(RENEWALS, "works")
def test_a_renewed_paper_waits_and_is_decided_about_as_it_was_seen(client: FlaskClient) -> None:
    ana, operator = workforce.contractor(), accounts.operator(OperatorRole.VETTING)
    clock.move_to(clock.now() + workforce.YEARS - timedelta(days=20))
    handed_in(ana)
    paper = {"kind": "passport", "country": "US", "expires_on": "2099-01-01", "number": "X9876543"}
    assert ask(client, DECLARE, who=ana.id, json={"identity": paper}).status_code == 200
    service.submit_requirement(RequirementKind.IDENTITY, "The new one.", by=accounts.actor_of(ana.id))
    (row,) = ask(client, RENEWALS, who=operator).json["items"]
    assert (row["contractor_id"], row["kind"], row["status"]) == (str(ana.id), "identity", "submitted")
    seen = client.get(f"{VETTING}/contractors/{ana.id}", headers=accounts.bearer(operator)).json["versions"]["identity"]
    handed_in(ana)
    ruling = {"contractor_id": str(ana.id), "kind": "identity", "met": True, "reason": "Theirs.", "seen": seen}
    late = ask(client, DECIDE, who=operator, json={"items": [ruling]})
    assert (late.status_code, late.json["code"], late.json["changed"]) == (409, "shown_otherwise", ["documents"])
    done = ask(client, DECIDE, who=operator, json={"items": [ruling | {"seen": late.json["version"]}]})
    assert done.json["items"][0]["valid_until"] == "2099-01-01"


@pytest.mark.door(ADMIT, "wrong_state")
@pytest.mark.door(ADMIT, "works")
def test_several_people_are_taken_in_or_nobody(client: FlaskClient) -> None:
    operator = accounts.operator(OperatorRole.VETTING)
    ready, late = [workforce.ready(), workforce.ready()], workforce.applied()
    both = [{"contractor_id": str(who.id), "reason": f"Number {n}."} for n, who in enumerate(ready)]
    more = [*both, {"contractor_id": str(late.id), "reason": "Seen."}]
    refused = ask(client, ADMIT, who=operator, json={"items": more})
    assert (refused.status_code, refused.json["code"]) == (409, "requirements_missing")
    assert refused.json["contractor_id"] == str(late.id)
    done = ask(client, ADMIT, who=operator, json={"items": both})
    assert done.status_code == 200
    assert [(row["id"], row["status"]) for row in done.json["items"]] == [(str(who.id), "vetted") for who in ready]
    assert [queries.decisions(who.id)[0].reason for who in ready] == ["Number 0.", "Number 1."]


@pytest.mark.door(PUBLISH, "works")
@pytest.mark.door(POLICY, "works")
def test_what_is_asked_is_published(client: FlaskClient) -> None:
    before = ask(client, POLICY).json
    assert (before["version"], before["identity_by"]) == (1, ["documents"])
    made = ask(client, PUBLISH, who=accounts.operator(OperatorRole.STANDARDS))
    assert (made.status_code, made.json["version"]) == (201, 2)
    assert ask(client, POLICY).json == made.json


# --- a life ---------------------------------------------------------------------------------------------------------


@pytest.mark.door(HAND_IN, "works")
@pytest.mark.door(MY_DOCUMENTS, "works")
@pytest.mark.door(MY_CONTENT, "works")
@pytest.mark.door(TAKE_BACK, "works")
@pytest.mark.door(DOCUMENTS, "works")
@pytest.mark.door(CONTENT, "works")
def test_a_document_goes_in_is_looked_at_and_taken_back(client: FlaskClient) -> None:
    made, operator = workforce.applied(), accounts.operator(OperatorRole.VETTING)
    document = ask(client, HAND_IN, who=made.id)
    assert (document.status_code, document.json["media_type"]) == (201, "image/png")
    ids = {"contractor_id": made.id, "document_id": document.json["id"]}
    assert ask(client, DOCUMENTS, who=operator, **ids).json["items"] == [document.json]
    for route, who in ((MY_CONTENT, made.id), (CONTENT, operator)):
        shown = ask(client, route, who=who, **ids)
        assert (shown.status_code, shown.mimetype) == (200, "application/octet-stream")
        assert shown.get_data().startswith(b"\x89PNG")
        assert shown.headers["Content-Disposition"].startswith('attachment; filename="identity-')
        assert shown.headers["X-Content-Type-Options"] == "nosniff"
        assert shown.headers["Cache-Control"] == "no-store"
        assert "sandbox" in shown.headers["Content-Security-Policy"]
    assert timeline("document", UUID(document.json["id"]))[0].name == "document.read"
    gone = ask(client, TAKE_BACK, who=made.id, **ids)
    assert gone.json["status"] == "erased"
    erased = ask(client, CONTENT, who=operator, **ids)
    assert (erased.status_code, erased.json["code"]) == (410, "erased")
    assert ask(client, MY_DOCUMENTS, who=made.id).json["items"] == [gone.json]


@pytest.mark.door(DECLARE, "works")
@pytest.mark.door(DECLARED, "works")
@pytest.mark.door(DECLARATIONS, "works")
@pytest.mark.door(TERMS, "works")
@pytest.mark.door(WAITS, "works")
def test_what_is_declared_comes_back_without_its_numbers(client: FlaskClient) -> None:
    made, operator = workforce.applied(), accounts.operator(OperatorRole.VETTING)
    given = {
        "identity": {"kind": "passport", "country": "US", "expires_on": "2099-01-01", "number": "X9876543"},
        "tax": {"country": "US", "number_kind": "ssn", "number": "123-45-6789"},
        "terms_sha256": ask(client, TERMS).json["text_sha256"],
    }
    done = ask(client, DECLARE, who=made.id, json=given)
    assert done.status_code == 200
    assert done.json["tax"]["last_digits"] == "789"
    assert done.json["terms"]["text_sha256"] == agreement.CURRENT.sha256
    assert "9876543" not in done.text
    assert "123456789" not in done.text.replace("-", "")
    assert ask(client, DECLARED, who=made.id).json == done.json
    assert ask(client, DECLARATIONS, who=operator, contractor_id=made.id).json == done.json
    assert ask(client, WAITS, who=made.id).json == {"items": []}


@pytest.mark.door(MOVE, "works")
@pytest.mark.door(MY_MOVES, "works")
@pytest.mark.door(WITHDRAW, "works")
@pytest.mark.door(MOVES, "works")
@pytest.mark.door(DECIDE_MOVE, "works")
def test_a_move_is_asked_withdrawn_asked_again_and_granted(client: FlaskClient) -> None:
    ana, operator = workforce.contractor(), accounts.operator(OperatorRole.VETTING)
    handed_in(ana, Purpose.MOVE)
    assert ask(client, MOVE, who=ana.id).status_code == 201
    assert ask(client, WITHDRAW, who=ana.id).json["status"] == "withdrawn"
    asked = ask(client, MOVE, who=ana.id).json
    assert ask(client, MOVES, who=operator).json["items"] == [asked]
    decided = ask(client, DECIDE_MOVE, who=operator, move_id=asked["id"])
    assert (decided.status_code, decided.json["status"]) == (200, "granted")
    history = ask(client, MY_MOVES, who=ana.id).json["items"]
    assert [row["status"] for row in history] == ["granted", "withdrawn"]
    assert ask(client, f"GET {MINE}/me", who=ana.id).json["contractor"]["subdivision"] == "US-WA"
