"""What carries messages outside: one small interface, whatever is behind it.

A row of `delivery` is the intent, committed before anybody outside hears of it. Its id is the key that goes with every
attempt, so that a message which was handed in twice, because the first answer was lost at some byte, is one message to
a carrier that keeps its promise. The result is recorded after it is known, and what is not known is tried again.
"""

from collections.abc import Callable
from typing import NamedTuple
from uuid import UUID


class Message(NamedTuple):
    """One message to one address: an e-mail address, or a number as in E.164 (+628123456789)."""

    key: UUID
    to: str
    title: str
    body: str


class Accepted(NamedTuple):
    """It was taken, under this name of the carrier's own where it gives one."""

    provider_id: str | None = None


class Refused(NamedTuple):
    """It was not taken. `permanent`: the same message will not be taken later either. The reason is a word and never
    what the carrier wrote, which may repeat an address."""

    reason: str
    permanent: bool = False


class Unknown(NamedTuple):
    """The connection ended before an answer came: it may have been taken."""

    reason: str


Result = Accepted | Refused | Unknown
Carry = Callable[[Message], Result]
