"""Where the keys of rows come from: UUIDs of version 7, which sort by creation and tell nobody how many came before.

A demonstration that must come out the same on every machine draws them from a seed instead, in its own process: ties
between people are broken by a digest of keys (`matching.rules`), so random keys would make every run another one.
"""

import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import count
from uuid import UUID

from uuid_utils import uuid7 as quick
from uuid_utils.compat import uuid7

_MILLISECOND = timedelta(milliseconds=1)
_EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


class _Seeded:
    """Keys that only the seed and their order decide: a counter where the time stands, then random bits."""

    def __init__(self, seed: int, since: datetime) -> None:
        self._lock = threading.Lock()
        self._random = random.Random(seed)  # noqa: S311 - to be repeatable is the point
        self._counter = count((since - _EPOCH) // _MILLISECOND)

    def next(self) -> UUID:
        with self._lock:
            bits = next(self._counter) << 80 | self._random.getrandbits(80)
        # RFC 9562, section 5.7: the version stands in bits 76 to 79, the variant in bits 62 and 63.
        bits = bits & ~(0xF << 76) | 0x7 << 76
        return UUID(int=bits & ~(0x3 << 62) | 0x2 << 62)


_sources: list[_Seeded | None] = []


def new_id() -> UUID:
    """A key that nobody has used; this process's later ones sort after its earlier ones."""
    source = _sources[-1] if _sources else None
    return uuid7() if source is None else source.next()


def new_id_text() -> str:
    """The same, as text: for rows that are written by the thousand and are no objects in between."""
    source = _sources[-1] if _sources else None
    return str(quick()) if source is None else str(source.next())


@contextmanager
def seeded(seed: int, since: datetime) -> Iterator[None]:
    """While it lasts, this process's keys follow from the seed, as if made from the moment `since` on.

    For a database that nobody else writes new rows to from the same seed: two such processes would make the same keys.
    """
    _sources.append(_Seeded(seed, since))
    try:
        yield
    finally:
        _sources.pop()


@contextmanager
def unseeded() -> Iterator[None]:
    """While it lasts, keys are random again: for work of which nobody can say how many keys it will need."""
    _sources.append(None)
    try:
        yield
    finally:
        _sources.pop()
