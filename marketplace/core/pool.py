"""Whether a connection that rested in the pool is still one.

Asking PostgreSQL would be one more round trip for every request. It is not needed: a server that ends a connection says
so, and the kernel knows what waits to be read. Only where a connection rested long, and something between may have
forgotten it without a word, is PostgreSQL asked.
"""

import select
import time
from typing import Any

import psycopg
from sqlalchemy.exc import DisconnectionError

ASK_AFTER = 30.0
"""Seconds of rest after which PostgreSQL is asked."""
_RESTS_SINCE = "setara_rests_since"


def rest(_raw: psycopg.Connection[Any] | None, record: Any) -> None:
    """Notes when it was given back."""
    record.info[_RESTS_SINCE] = time.monotonic()


def take(raw: psycopg.Connection[Any], record: Any, _taken: Any) -> None:
    """Raises DisconnectionError about one that was lost: the pool makes another."""
    rested = time.monotonic() - record.info.get(_RESTS_SINCE, time.monotonic())
    if rested < ASK_AFTER and not _has_word(raw):
        return
    try:
        raw.execute("")
        raw.rollback()
    except psycopg.Error as lost:
        raise DisconnectionError("The connection was lost while it rested.") from lost


def _has_word(raw: psycopg.Connection[Any]) -> bool:
    """Whether something waits to be read of a connection that asked nothing: as a rule, that it has ended."""
    try:
        waiting = select.poll()
        waiting.register(raw.fileno(), select.POLLIN)
        return bool(waiting.poll(0))
    except psycopg.Error:
        return True
