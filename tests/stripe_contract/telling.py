"""The stand-in's calls to a service, as Stripe makes them: in order, signed, and again where nobody has answered."""

import http.client
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from tests.stripe_contract.server import Standin
from tests.stripe_contract.world import Thing

EVERY = 0.05
PATH = "/api/v1/rails/stripe"


@contextmanager
def telling(standin: Standin, url: str) -> Iterator[None]:
    """While it lasts, the service at that address hears of everything that happens at the stand-in."""
    over = threading.Event()
    thread = threading.Thread(target=_tell_all, args=(standin, url, over), daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(5)


def _tell_all(standin: Standin, url: str, over: threading.Event) -> None:
    told = 0
    while not over.wait(EVERY):
        while told < len(standin.world.events) and _is_heard(standin, standin.world.events[told], url):
            told += 1


def _is_heard(standin: Standin, event: Thing, url: str) -> bool:
    body, headers = standin.world.signed(event)
    door = "connect" if "account" in event else "platform"
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=5)
    try:
        connection.request("POST", f"{PATH}/{door}", body, headers)
        return connection.getresponse().status == http.client.OK
    except OSError:
        return False
    finally:
        connection.close()
