"""What holds of every door alike: bodies that are none, lists that can be walked to their end, things that are read
once and changed only as they were read, and pages that nobody has to know the address of."""

import os
import re
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from itertools import cycle, islice, product
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter, RequestRedirect
from werkzeug.test import TestResponse

from marketplace.accounts import queries as accounts
from marketplace.api.document import METHODS
from marketplace.api.pages import DOCUMENT
from marketplace.contracts import transfers
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.http import PROBLEM_JSON
from marketplace.core.idempotency import HEADER
from marketplace.core.money import Money
from marketplace.pay.bank import deposits as bank_deposits
from marketplace.pay.rules import MANUAL
from marketplace.qualifications import authoring
from tests.api.world import World
from tests.factories import channels as made_up
from tests.factories import qualifications
from tests.factories.contracts import FAIR_TERMS
from tests.pay.test_bank_files import table

ODD_BODIES = [b"", b"null", b"[[]]", b'"a"', b"7", b'{"": {}}']
ODD_VALUES: list[Any] = [None, True, -1, 2**53 - 1, 0.5, "", " ", "\n", "é" * 30_000, [], [[]], [{}, {}], {}, {"a": []}]
"""In the place of each member of a body. The lists that hold objects cannot be hashed."""
MOST_TRIES = 12
LONG = bool(os.environ.get("SETARA_FUZZ"))
SIGNED_ANEW = {"/api/v1/work-records/status/{number}"}
"""What is another text each time, because it is signed at the moment of asking."""
TURNED_AWAY = (422, 409, 403, 404, 401)
"""What says the less of a body the further it stands to the right."""
SAMPLES: dict[str, Any] = {
    "uuid": "01a201db-54a7-7362-9934-5494111c8e12",
    "date": "2026-11-25",
    "date-time": "2026-12-01T15:00:00+00:00",
    "ends_at": "2026-12-01T19:00:00+00:00",
    "expires_at": "2026-11-25T12:00:00+00:00",
    "quoted_on": "2023-05-10",
    "born_on": "1990-05-17",
    "amount": "15.00",
    "vat_number": "DE136695976",
    "currency": "USD",
    "payout_currency": "USD",
    "base": "EUR",
    "quote": "KES",
    "taken_percent": "0",
    "country": "US",
    "subdivision": "US-KS",
    "timezone": "America/Chicago",
    "skills": "image-labelling",
    "email": "somebody@example.com",
    "password": "four small green lamps",
    "text_sha256": "0" * 64,
    "terms_sha256": "0" * 64,
    "name": "Olga Owner",
    "end_minute": 600,
    "up_to": "H2",
    "category": "violence",
    "terms": FAIR_TERMS,
    "kinds": ["identity", "age", "terms"],
    "number_kind": "none",
    "work_evidence_in": "DE",
    "expires_on": "2031-05-01",
    "until": "2031-05-01",
    "number": "X1234567",
    "rule": "FREQ=WEEKLY;BYDAY=FR",
    "public_key": made_up.pair()["public_key"],
    "sealed_key": made_up.sealed(182),
    "rounds": 600_000,
    "wrapped": made_up.sealed(125),
    "proof": made_up.sealed(60),
    "link": None,
    "sealed": made_up.sealed(284),
    "begins": "09:00",
    "ends": "13:00",
}
"""What a member of that name, or a text of that format, may be."""
ROLE_OF = {"work": "contractor", "contractor": "contractor", "company": "owner", "operator": "operator"}
"""Whose pages a blueprint holds; the others are for everybody."""
MOST_VISITS = 4
"""How many pages of an endpoint are opened: a thing has other links in other states."""
FROM_OUTSIDE = {
    "public.invitation": "an e-mail leads there",
    "one_tap.show_question": "a message leads there",
    "contractor.terms": "the home page leads there while a new edition waits for an answer",
    "public.did_document": "programs ask for it",
    "public.clock_worker": "the script of the clock asks for it",
    "work.to_the_rail": "it leads to the page of a rail where an account is open",
    "work.give_payout_account": "the page of one's accounts leads there while no change of them waits",
    "operator.find_payment": "the page of pay leads there from a payment that was sent and is parked",
    "work.look_inside": "the script of a channel asks for it",
    "work.list_channel_words": "the script of a channel asks for it",
    "operator.look_at_document": "a picture on the page of somebody's papers, once it was opened",
    "security.confirm_email": "an e-mail leads there",
    "security.reset_password": "an e-mail leads there",
    "security.send_confirmation": "a form leads there",
    "security.verify": "Flask-Security asks for the password again; nothing of ours needs that",
    "security.logout": "a form leads there",
}
LINK = re.compile(r'<(a|form)\b(?![^>]*method="post")[^>]*?\b(?:href|action)="([^"]+)"')
"""A link; or a form that asks for a page, which is not opened, since nobody has filled it in."""


def operations(world: World) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Method, path and description of each door."""
    for path, item in world.app.extensions[DOCUMENT]["paths"].items():
        for method in METHODS:
            if method in item:
                yield method.upper(), path, item[method]


def addresses(world: World, path: str) -> Iterator[str]:
    """The path with ids of the world: the first company's things before all others."""
    names = [part[1:-1] for part in path.split("/") if part.startswith("{")]
    for _, values in zip(
        range(MOST_TRIES), product(*(world.ids.get(name, ("token",)) for name in names)), strict=False
    ):
        yield path.format(**dict(zip(names, values, strict=True)))


def ask(world: World, method: str, address: str, role: str, **more: Any) -> TestResponse:
    headers = dict(world.roles[role]) | more.pop("headers", {})
    with world.undone():
        return world.app.test_client().open(address, method=method, headers=headers, **more)


def query_of(world: World, operation: dict[str, Any]) -> dict[str, str]:
    """What a list has to be told to be one."""
    known = {
        "through": "2026-12-01",
        "on": "2023-05-10",
        "from": "USD",
        "to": "IDR",
        "country": "US",
        "purpose": "identity",
        "day": "2026-12-04",
        "last_day": "2026-12-04",
        "company_id": world.ids["company_id"][0],
    }
    needed = [each["name"] for each in operation.get("parameters", ()) if each.get("in") == "query"]
    return {name: known[name] for name in needed if name in known}


def readable(world: World, path: str, operation: dict[str, Any]) -> tuple[str, str] | None:
    """An address and a role that gets something there; of a list more than one item, if anybody gets that."""
    found = None
    for role in ("contractor", "owner", "operator"):
        for address in addresses(world, path):
            answer = ask(world, "GET", address, role, query_string=query_of(world, operation))
            if answer.status_code == 200:
                found = found or (address, role)
                if not answer.is_json or len(answer.json.get("items", "many")) > 1:
                    return address, role
    return found


@pytest.fixture(scope="module")
def reads(world: World) -> dict[str, tuple[str, str, dict[str, Any]]]:
    """For each GET: where and as whom something can be read."""
    found: dict[str, tuple[str, str, dict[str, Any]]] = {}
    unread: list[str] = []
    for method, path, operation in operations(world):
        if method == "GET":
            place = readable(world, path, operation)
            if place is None:
                unread.append(path)
            else:
                found[path] = (*place, operation)
    assert unread == [], f"nobody can read {', '.join(unread)}"
    return found


def test_what_is_read_once_is_not_sent_twice(world: World, reads: dict[str, Any]) -> None:
    single = [path for path in reads if path.endswith(("}", "/me")) and path not in SIGNED_ANEW]
    assert len(single) > 15
    for path in single:
        address, role, operation = reads[path]
        assert "304" in operation["responses"], path
        first = ask(world, "GET", address, role)
        again = ask(world, "GET", address, role, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.get_data()) == (304, b""), path
        assert ask(world, "GET", address, role, headers={"If-None-Match": '"other"'}).status_code == 200


def test_every_list_can_be_walked_to_its_end(world: World, reads: dict[str, Any]) -> None:
    walked = 0
    for path, (address, role, operation) in reads.items():
        if "after" in {each.get("name") for each in operation.get("parameters", ())}:
            query = query_of(world, operation)
            whole = ask(world, "GET", address, role, query_string=query | {"limit": 200}).json
            assert list(pages(world, address, role, query)) == whole["items"][:MOST_TRIES], path
            walked += len(whole["items"]) > 1
    assert walked > 12, "most lists have nothing to walk over"


def pages(world: World, address: str, role: str, query: dict[str, str]) -> Iterator[Any]:
    """The items of a list, one a page, as far as MOST_TRIES."""
    after: dict[str, str] = {}
    for _ in range(MOST_TRIES):
        page = ask(world, "GET", address, role, query_string=query | after | {"limit": 1}).json
        assert len(page["items"]) <= 1
        yield from page["items"]
        if page["next"] is None:
            return
        after = {"after": page["next"]}


@pytest.mark.parametrize(
    ("path", "role", "change"),
    [
        ("/api/v1/people/me", "viewer", ("PATCH", {"name": "Ana"})),
        ("/api/v1/gigs/{gig_id}", "owner", ("PUT", None)),
    ],
)
def test_what_was_changed_meanwhile_is_not_overwritten(
    world: World, path: str, role: str, change: tuple[str, dict[str, str] | None]
) -> None:
    method, body = change
    address, read = next(drafts(world, path, role))
    sent = body or {name: value for name, value in read.json.items() if name in terms_of(world)}
    stale = ask(world, method, address, role, json=sent, headers={"If-Match": '"older"'})
    assert (stale.status_code, stale.json["code"]) == (412, "changed_meanwhile")
    for good in (read.headers["ETag"], "*"):
        assert ask(world, method, address, role, json=sent, headers={"If-Match": good}).status_code == 200
    assert ask(world, method, address, role, json=sent).status_code == 200


def drafts(world: World, path: str, role: str) -> Iterator[tuple[str, TestResponse]]:
    for address in addresses(world, path):
        answer = ask(world, "GET", address, role)
        if answer.status_code == 200 and answer.json.get("status", "draft") == "draft":
            yield address, answer


def terms_of(world: World) -> set[str]:
    return set(world.app.extensions[DOCUMENT]["components"]["schemas"]["Terms"]["properties"])


# --- bodies -----------------------------------------------------------------------------------------------------------


def takers(world: World) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Method, path and description of each door that takes a body."""
    for method, path, operation in operations(world):
        # A door for files takes no JSON at all; what it takes is tested with the files.
        if "application/json" in operation.get("requestBody", {}).get("content", {}):
            yield method, path, operation


def is_documented(answer: TestResponse, operation: dict[str, Any]) -> bool:
    kinds = {PROBLEM_JSON} if answer.status_code >= 400 else {"application/json"}
    return str(answer.status_code) in operation["responses"] and (answer.mimetype in kinds or answer.status_code == 204)


def send(world: World, method: str, address: str, role: str, **body: Any) -> TestResponse:
    return ask(world, method, address, role, headers={HEADER: "odd"}, **body)


def test_whatever_body_comes_the_answer_is_documented(world: World) -> None:
    for method, path, operation in takers(world):
        address = next(addresses(world, path))
        for body in ODD_BODIES:
            answer = send(world, method, address, "owner", data=body, content_type="application/json")
            assert is_documented(answer, operation), (method, address, body, answer.status_code)


def test_whatever_stands_in_a_body_the_answer_is_documented(world: World) -> None:
    """One member after the other of a body that is right, or nearly, sent by somebody who may."""
    turn = cycle(ODD_VALUES)
    for method, path, operation in takers(world):
        usual = sample(world, "", operation["requestBody"]["content"]["application/json"]["schema"])
        address, role = door_opener(world, method, path, usual)
        for place in places(usual):
            for value in ODD_VALUES if LONG else islice(turn, 1):
                answer = send(world, method, address, role, json=changed(usual, place, value))
                assert is_documented(answer, operation), (method, address, place, repr(value)[:40], answer.status_code)


def door_opener(world: World, method: str, path: str, body: Any) -> tuple[str, str]:
    """An address and a role whose request gets furthest: where it works, or where at least it is not turned away."""
    tried = {}
    for role in ("contractor", "owner", "operator"):
        for address in islice(addresses(world, path), 2):
            status = send(world, method, address, role, json=body).status_code
            tried[address, role] = TURNED_AWAY.index(status) + 1 if status in TURNED_AWAY else 0
    return min(tried, key=lambda place: tried[place])


def sample(world: World, name: str, schema: dict[str, Any]) -> Any:
    """A value that the schema allows, with ids of the world."""
    schema = next((each for each in schema.get("anyOf", ()) if "$ref" in each), schema)
    if "$ref" in schema:
        schema = world.app.extensions[DOCUMENT]["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    kinds = schema.get("type", "string")
    kind = kinds if isinstance(kinds, str) else next(each for each in kinds if each != "null")
    if name in SAMPLES:
        return SAMPLES[name]
    if "enum" in schema:
        return schema["enum"][-1]
    if kind == "object":
        members = schema.get("properties", {}).items()
        return {inner: sample(world, inner, held) for inner, held in members if not held.get("readOnly")}
    if kind == "array":
        return [sample(world, name, schema["items"])]
    if kind == "string":
        known = {each: ids[0] for each, ids in world.ids.items()} | SAMPLES
        return known.get(name, known.get(schema.get("format", ""), "words"))
    return {"integer": max(1, schema.get("minimum", 1)), "boolean": True}[kind]


def places(value: Any) -> Iterator[tuple[Any, ...]]:
    """The steps to each member, however deep."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, held in inner:
        yield (step,)
        yield from ((step, *further) for further in places(held))


def changed(value: Any, place: tuple[Any, ...], new: Any) -> Any:
    """A copy with another value at that place."""
    made = deepcopy(value)
    node = made
    for step in place[:-1]:
        node = node[step]
    node[place[-1]] = new
    return made


# --- pages ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def adapter(world: World) -> MapAdapter:
    return world.app.url_map.bind("127.0.0.1")


def test_every_page_is_reached_by_links(world: World, adapter: MapAdapter) -> None:
    wanted = {
        rule.endpoint
        for rule in world.app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and rule.endpoint.partition(".")[0] in {*ROLE_OF, "public", "security"}
    } - {"security.static", *FROM_OUTSIDE}
    with world.undone():
        _what_the_world_lacks(world)
        found = set(walk(world.app.test_client(), adapter, "stranger", wanted))
        for role in ("contractor", "owner", "operator"):
            theirs = {each for each in wanted if ROLE_OF.get(each.partition(".")[0], role) == role}
            found.update(walk(_signed_in(world, role), adapter, role, theirs - found))
        with _by_hand(world):
            found.update(walk(_signed_in(world, "owner"), adapter, "owner", {"company.show_transfer"}))
    assert wanted - found == set()


@contextmanager
def _by_hand(world: World) -> Iterator[None]:
    """On the rail on which companies pay by bank, as they do on no other."""
    rail, world.app.config["RAIL"] = world.app.config["RAIL"], MANUAL
    yield
    world.app.config["RAIL"] = rail


def _what_the_world_lacks(world: World) -> None:
    """Two tests that are drafts, a benefit on its way to another provider, and a transfer that names nobody."""
    owner = world.people["owner"]
    (company_id,) = owner.companies
    authoring.draft(company_id, qualifications.spec(), by=owner)
    authoring.draft(None, qualifications.spec(code="of-the-service"), by=qualifications.keeper())
    health = Money.of("1.00", "USD")
    transfers.ask("health-stipend", health, "Mutual fund", "ANA-1", by=world.people["contractor"])
    with _by_hand(world):
        bank_deposits.take(table(f"{clock.now().date()},1.00,USD,nobody,,B1"), by=world.people["operator"])
    db.session.flush()


def _signed_in(world: World, role: str) -> FlaskClient:
    client = world.app.test_client()
    person = accounts.person(world.people[role].person_id)
    with client.session_transaction() as session:
        session.update({"_user_id": person.fs_uniquifier, "_fresh": True})
    return client


def walk(client: FlaskClient, adapter: MapAdapter, role: str, wanted: set[str]) -> Iterator[str]:
    """The endpoints that links lead to, until all that are wanted are found. What was opened least comes first."""
    missing, visits, waiting = set(wanted), Counter[str](), {"public.home": deque(["/"])}
    known = {"/"}
    while missing and (open_ := [each for each in waiting if waiting[each] and visits[each] < MOST_VISITS]):
        endpoint = min(open_, key=lambda each: visits[each])
        address = waiting[endpoint].popleft()
        visits[endpoint] += 1
        answer = client.get(address, headers={"Accept": "text/html"}, follow_redirects=True)
        assert answer.status_code == 200, f"{role}: {address} is linked to, and answers {answer.status}"
        for tag, link in LINK.findall(answer.get_data(as_text=True)) if answer.mimetype == "text/html" else ():
            path = urljoin(address, link.replace("&amp;", "&"))
            if path not in known and (leads_to := _endpoint(adapter, path)) is not None:
                known.add(path)
                missing.discard(leads_to)
                yield leads_to
                if tag == "a":
                    waiting.setdefault(leads_to, deque()).append(path)


def _endpoint(adapter: MapAdapter, address: str) -> str | None:
    """What answers a link of ours; nothing for another host, and for programs."""
    parts = urlsplit(address)
    if parts.netloc or parts.scheme or parts.path.startswith(("/api", "/static")):
        return None
    try:
        endpoint, _ = adapter.match(parts.path, method="GET")
    except (RequestRedirect, HTTPException):
        raise AssertionError(f"{address} leads nowhere") from None
    return endpoint
