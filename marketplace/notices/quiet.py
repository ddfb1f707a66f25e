"""When a message rings: at once, or when its person's quiet hours are over (rule QUIET)."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import Event
from marketplace.notices.rules import Audience
from marketplace.notices.ways import Kind, kind_of, rings_at
from marketplace.shifts.models import Offer, Shift
from marketplace.standards.hours import Span
from marketplace.workforce.queries import awake_at

OFFERED = "offer.made"


def keep(messages: Sequence[dict[str, Any]], events: Mapping[int, Event], urgent: Collection[UUID]) -> None:
    """Puts messages off that would ring in somebody's quiet hours, until these are over; the notice in the inbox is
    there at once. What somebody asked for themselves, such as a new password, does not wait.

    `urgent` are those who let what would be over before ring. At most three statements.
    """
    now = clock.now()
    theirs = [each for each in messages if each["audience"] is not Audience.PERSON]
    awake = awake_at({each["person_id"] for each in theirs}, now) if theirs else {}
    asleep = [each for each in theirs if each["person_id"] in awake]
    if not asleep:
        return
    about = [events[each["event_id"]] for each in asleep]
    spans, ends = _spans(about), _ends(about)
    for each in asleep:
        event = events[each["event_id"]]
        each["try_at"] = rings_at(
            now,
            awake[each["person_id"]],
            span=spans.get(event.ref("shift")) if kind_of(event.name) is Kind.SHIFTS else None,
            over_at=ends.get(event.ref("offer")) if event.name == OFFERED else None,
            urgent=each["person_id"] in urgent,
        )


def _spans(events: Sequence[Event]) -> dict[UUID | None, Span]:
    ids = {known for event in events if (known := event.ref("shift")) is not None}
    found = select(Shift.id, Shift.starts_at, Shift.ends_at).where(Shift.id.in_(ids))
    return {row.id: Span(row.starts_at, row.ends_at) for row in db.session.execute(found)} if ids else {}


def _ends(events: Sequence[Event]) -> dict[UUID | None, Any]:
    ids = {known for event in events if event.name == OFFERED and (known := event.ref("offer")) is not None}
    found = select(Offer.id, Offer.expires_at).where(Offer.id.in_(ids))
    return {row.id: row.expires_at for row in db.session.execute(found)} if ids else {}
