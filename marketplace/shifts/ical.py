"""Shifts as an iCalendar file (RFC 5545). Pure: the same shifts give the same bytes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from icalendar import Calendar, Event, vText

PRODUCT: Final = "-//Setara//Shifts//EN"
REFRESH: Final = timedelta(hours=1)
"""How often a program should look again (RFC 7986, 5.7)."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One shift in a calendar. A cancelled one stays in it, so that a program takes it away."""

    id: UUID
    starts_at: datetime
    ends_at: datetime
    summary: str
    url: str
    is_held: bool


def write(entries: Iterable[Entry], name: str, host: str) -> bytes:
    """The calendar, each moment in UTC. The UID of an entry never changes; `host` makes it unique in the world."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    # The library takes only what it knows as text for such: a comma or a new line of the name would stand as it is.
    for each in ("name", "x-wr-calname"):
        calendar.add(each, vText(name))
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    for entry in entries:
        calendar.add_component(_event(entry, host))
    return bytes(calendar.to_ical())


def _event(entry: Entry, host: str) -> Event:
    event = Event()
    event.add("uid", f"{entry.id}@{host}")
    # The key of a row says when it was made; no clock of the asking comes in, so that an ETag is worth something.
    event.add("dtstamp", _made_at(entry.id))
    event.add("dtstart", entry.starts_at.astimezone(UTC))
    event.add("dtend", entry.ends_at.astimezone(UTC))
    event.add("summary", entry.summary)
    event.add("url", entry.url)
    event.add("status", "CONFIRMED" if entry.is_held else "CANCELLED")
    event.add("sequence", 0 if entry.is_held else 1)
    event.add("transp", "OPAQUE" if entry.is_held else "TRANSPARENT")
    return event


def _made_at(key: UUID) -> datetime:
    """The moment in a UUID of version 7 (RFC 9562, 5.7), to the second."""
    return datetime.fromtimestamp((key.int >> 80) // 1000, UTC)
