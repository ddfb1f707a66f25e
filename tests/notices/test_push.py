"""Notifications of browsers over real HTTP: a push service that checks who signed, and a browser that can read them."""

import base64
import json
import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import uuid4

import http_ece
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from flask import Flask
from flask.testing import FlaskClient
from py_vapid import Vapid02
from sqlalchemy import select

from marketplace.accounts.models import Person
from marketplace.accounts.rules import CLOCK
from marketplace.core import clock
from marketplace.core.db import db, transaction
from marketplace.core.events import Event
from marketplace.notices import post, pushes, service, webpush
from marketplace.notices.address_models import PushSubscription
from marketplace.notices.models import Delivery
from marketplace.notices.pushes import TooManyBrowsers
from marketplace.notices.ways import State, Way
from marketplace.notices.webpush import BadSubscription, Subscription
from tests.factories import accounts as make
from tests.factories import shifts as scenes
from tests.factories.shifts import Scene

NOBODYS = "00000000-0000-7000-8000-000000000000"
"""An id of nothing, the same in every process that collects these tests."""

LIST, ADD = "GET /api/v1/push-subscriptions", "POST /api/v1/push-subscriptions"
REMOVE = "DELETE /api/v1/push-subscriptions/<uuid:subscription_id>"


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


class Browser:
    """A browser with a subscription at a push service."""

    def __init__(self, host: str) -> None:
        self._key, self._secret = ec.generate_private_key(ec.SECP256R1()), os.urandom(16)
        point = self._key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self.subscription = Subscription(f"{host}/push/{uuid4().hex}", _text(point), _text(self._secret))

    def read(self, body: bytes) -> Any:
        plain = http_ece.decrypt(body, private_key=self._key, auth_secret=self._secret, version="aes128gcm")
        return json.loads(plain)

    def as_json(self) -> dict[str, Any]:
        endpoint, p256dh, auth = self.subscription
        return {"endpoint": endpoint, "expirationTime": None, "keys": {"p256dh": p256dh, "auth": auth}}


class _Door(BaseHTTPRequestHandler):
    server: "PushService"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        signed = Vapid02.verify(self.headers["Authorization"])
        status = 401 if not signed else 410 if self.path in self.server.gone else 201
        if status == 201:
            self.server.taken.append((self.path, dict(self.headers), body))
        self.send_response(status)
        self.send_header("Location", f"/messages/{len(self.server.taken)}")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_said: Any) -> None:
        pass


class PushService(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Door)
        self.taken: list[tuple[str, dict[str, str], bytes]] = []
        self.gone: set[str] = set()

    @property
    def host(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


@pytest.fixture
def there(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[PushService]:
    settings = {
        "VAPID_PRIVATE_KEY": base64.urlsafe_b64encode(bytes(range(1, 33))).decode(),
        "VAPID_SUBJECT": "mailto:operator@example.org",
        "PUSH_HOSTS": ("127.0.0.1", "*.push.example.com"),
    }
    for name, value in settings.items():
        monkeypatch.setitem(app.config, name, value)
    with PushService() as found:
        thread = threading.Thread(target=found.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield found
        found.shutdown()
        thread.join()


def offered_to_browsers(scene: Scene, there: PushService, count: int = 1) -> tuple[Person, list[Browser]]:
    """Somebody with so many browsers who was offered a shift."""
    clock.move_to(scenes.MONDAY - (scenes.MONDAY - clock.now()) / 2, still=True)
    offer = scenes.offered(scene, scenes.shift(scene), scenes.contracted(scene))
    browsers = [Browser(there.host) for _ in range(count)]
    for browser in browsers:
        pushes.subscribe(browser.subscription, by=make.actor_of(offer.contractor_id))
    service.deliver(list(db.session.scalars(select(Event.id).where(Event.name == "offer.made"))), by=CLOCK)
    return db.session.get_one(Person, offer.contractor_id), browsers


def sent_to(person: Person, way: Way = Way.PUSH) -> Delivery:
    return db.session.scalars(select(Delivery).where(Delivery.person_id == person.id, Delivery.way == way)).one()


def test_only_the_browser_can_read_what_the_push_service_carries(scene: Scene, there: PushService) -> None:
    person, (browser,) = offered_to_browsers(scene, there)
    post.send_due(200)
    ((path, headers, body),) = there.taken
    assert browser.subscription.endpoint.endswith(path)
    assert (headers["Content-Encoding"], headers["TTL"]) == ("aes128gcm", "43200")
    told = browser.read(body)
    assert told["title"].startswith("An offer: ")
    assert "/a/o" in told["url"]
    assert told["title"].encode() not in body
    assert sent_to(person).state is State.SENT


def test_a_browser_that_is_gone_is_forgotten_and_another_one_is_enough(scene: Scene, there: PushService) -> None:
    person, browsers = offered_to_browsers(scene, there, 2)
    there.gone.add(browsers[0].subscription.endpoint.removeprefix(there.host))
    post.send_due(200)
    assert len(there.taken) == 1
    assert sent_to(person).state is State.SENT
    assert len(pushes.mine(by=make.actor_of(person.id))) == 1


def test_where_no_browser_is_left_it_is_no_way_any_more(scene: Scene, there: PushService) -> None:
    person, browsers = offered_to_browsers(scene, there)
    there.gone.add(browsers[0].subscription.endpoint.removeprefix(there.host))
    post.send_due(200)
    assert (sent_to(person).error, pushes.mine(by=make.actor_of(person.id))) == ("gone", [])
    assert sent_to(person, Way.MAIL).state is State.QUEUED


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://169.254.169.254/latest/meta-data",
        "https://localhost/x",
        "https://push.example.com.attacker.example/x",
        "https://notpush.example.com/x",
        "file:///etc/passwd",
        "https://[::1/x",
        "ftp://127.0.0.1:99999999/x",
        r"https://127.0.0.1:8443\@push.example.com/x",
        "https://somebody@push.example.com/x",
    ],
)
def test_nobody_makes_the_service_call_where_they_like(there: PushService, endpoint: str) -> None:
    browser = Browser(there.host)
    with pytest.raises(BadSubscription):
        browser.subscription._replace(endpoint=endpoint).check()
    assert not webpush.is_push_service(endpoint)


def test_outside_of_tests_only_tls_on_its_own_port(there: PushService, app: Flask, monkeypatch: Any) -> None:
    monkeypatch.setitem(app.config, "ENVIRONMENT", "production")
    assert webpush.is_push_service("https://a.push.example.com/x")
    for bad in ("http://a.push.example.com/x", "https://a.push.example.com:8443/x", there.host):
        assert not webpush.is_push_service(bad)


@pytest.mark.parametrize("change", [{"p256dh": "A" * 87}, {"auth": "AAAA"}, {"p256dh": "é"}])
def test_keys_that_are_none(there: PushService, change: dict[str, str]) -> None:
    with pytest.raises(BadSubscription):
        Browser(there.host).subscription._replace(**change).check()


def test_a_shared_browser_is_whose_who_said_so_last(there: PushService) -> None:
    browser, ana, ben = Browser(there.host), make.actor_of(make.person()), make.actor_of(make.person())
    first = pushes.subscribe(browser.subscription, by=ana)
    assert pushes.subscribe(browser.subscription, by=ana).id == first.id
    pushes.subscribe(browser.subscription, by=ben)
    assert (len(pushes.mine(by=ana)), len(pushes.mine(by=ben))) == (0, 1)
    for _ in range(4):
        pushes.subscribe(Browser(there.host).subscription, by=ben)
    with pytest.raises(TooManyBrowsers):
        pushes.subscribe(Browser(there.host).subscription, by=ben)


@pytest.mark.door(LIST, "works")
@pytest.mark.door(ADD, "works")
@pytest.mark.door(REMOVE, "works")
@pytest.mark.door(REMOVE, "not_mine")
@pytest.mark.door(ADD, "wrong_shape")
def test_a_browser_from_first_to_last(client: FlaskClient, there: PushService) -> None:
    with transaction():
        mine, other = make.bearer(make.person()), make.bearer(make.person())
    door, browser = "/api/v1/push-subscriptions", Browser(there.host)
    assert len(client.get(door, headers=mine).json["key"]) == 87
    made = client.post(door, json=browser.as_json(), headers=mine)
    assert (made.status_code, set(made.json)) == (201, {"id", "made_at"})
    row = db.session.scalars(select(PushSubscription)).one()
    assert browser.subscription.endpoint.encode() not in row.sealed
    assert client.post(door, json={"endpoint": browser.subscription.endpoint}, headers=mine).status_code == 422
    assert client.delete(f"{door}/{row.id}", headers=other).status_code == 404
    assert client.delete(f"{door}/{row.id}", headers=mine).status_code == 204
    assert client.get(door, headers=mine).json["items"] == []


@pytest.mark.door(ADD, "wrong_state")
def test_no_browser_without_a_key(client: FlaskClient, app: Flask) -> None:
    with transaction():
        mine = make.bearer(make.person())
    door = "/api/v1/push-subscriptions"
    assert client.get(door, headers=mine).json == {"key": None, "items": []}
    refused = client.post(door, json=Browser("https://a.push.example.com").as_json(), headers=mine)
    assert (refused.status_code, refused.json["code"]) == (409, "no_push")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        pytest.param("GET", "", marks=pytest.mark.door(LIST, "not_signed_in")),
        pytest.param("POST", "", marks=pytest.mark.door(ADD, "not_signed_in")),
        pytest.param("DELETE", f"/{NOBODYS}", marks=pytest.mark.door(REMOVE, "not_signed_in")),
    ],
)
def test_strangers(client: FlaskClient, method: str, path: str) -> None:
    body = Browser("https://a.push.example.com").as_json() if method == "POST" else None
    assert client.open(f"/api/v1/push-subscriptions{path}", method=method, json=body).status_code == 401
