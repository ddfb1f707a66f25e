"""Which way is open here, and what carries it."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import partial

from flask import current_app

from marketplace.notices import gateway, smtp, webpush
from marketplace.notices.carriers import Accepted, Carry, Message, Result
from marketplace.notices.ways import TEXTS, Way


def outbox_is_open() -> bool:
    """Whether messages are kept here to be looked at: where nothing carries any, and nobody's real messages are read.

    One carrier that is configured closes it for all ways: people who are really written to by e-mail must not have
    their codes and links read by everybody.
    """
    settings = current_app.config
    local = settings["DEMO"] or settings["ENVIRONMENT"] in ("development", "test")
    carried = settings["MAIL_SERVER"] or settings["GATEWAY_URL"] or settings["VAPID_PRIVATE_KEY"]
    return bool(local and not carried)


def is_open(way: Way) -> bool:
    """Whether a message can go that way: something carries it, or it is kept here. A browser takes none without a key
    of this service."""
    return way in _configured() or (outbox_is_open() and way is not Way.PUSH)


def open_ways() -> frozenset[Way]:
    return frozenset(way for way in Way if is_open(way))


def _configured() -> frozenset[Way]:
    settings = current_app.config
    ways = {Way.MAIL} if settings["MAIL_SERVER"] else set()
    if settings["GATEWAY_URL"]:
        ways |= {Way(name) for name in settings["GATEWAY_WAYS"]}
    if settings["VAPID_PRIVATE_KEY"]:
        ways.add(Way.PUSH)
    return frozenset(ways)


class Carriers:
    """The carriers of one batch, each opened when its first message comes."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self._open: dict[Way, Carry] = {}

    def carry(self, way: Way, message: Message) -> Result:
        if way not in self._open:
            self._open[way] = self._stack.enter_context(_carrier(way))
        return self._open[way](message)


@contextmanager
def carriers() -> Iterator[Carriers]:
    with ExitStack() as stack:
        yield Carriers(stack)


def _carrier(way: Way) -> AbstractContextManager[Carry]:
    if outbox_is_open():
        return _no_sending()
    return _CONNECTIONS[way]()


@contextmanager
def _no_sending() -> Iterator[Carry]:
    yield lambda _message: Accepted()


_CONNECTIONS: Mapping[Way, Callable[[], AbstractContextManager[Carry]]] = {
    Way.MAIL: smtp.connection,
    Way.PUSH: webpush.connection,
    **{way: partial(gateway.connection, way) for way in TEXTS},
}
