"""Reads of inboxes and of the local outbox."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select

from marketplace.accounts.rules import Actor, require_person
from marketplace.core.db import db
from marketplace.core.events import Event
from marketplace.core.http import page
from marketplace.core.problems import NotFound
from marketplace.notices.carrying import outbox_is_open
from marketplace.notices.models import Delivery, Notice
from marketplace.notices.tellings import telling
from marketplace.notices.words import Known


@dataclass(frozen=True, slots=True)
class Told:
    """A notice as its person reads it. `about` maps words to ids, for links: {"gig": ..., "offer": ...}."""

    id: UUID
    event: str
    title: str
    words: str
    about: Mapping[str, str]
    at: datetime
    read_at: datetime | None


def inbox(seen_by: Actor, *, unread: bool = False, limit: int = 50, after: UUID | None = None) -> dict[str, Any]:
    """A page of one's own notices, newest first, in the language of the moment: {"items": [Told], "next": id or None}.

    `unread` leaves out what was read.
    """
    found = select(Notice).where(Notice.person_id == require_person(seen_by))
    if unread:
        found = found.where(Notice.read_at.is_(None))
    listed = page(found, Notice.id, limit=limit, after=after)
    return listed | {"items": _told(listed["items"])}


def notice(notice_id: UUID, seen_by: Actor) -> Told:
    """One of one's own notices. Raises NotFound."""
    return _told([own_notice(notice_id, seen_by)])[0]


def own_notice(notice_id: UUID, seen_by: Actor) -> Notice:
    """The row of one of one's own notices. Raises NotFound."""
    found = db.session.get(Notice, notice_id)
    if found is None or found.person_id != require_person(seen_by):
        raise NotFound
    return found


def count_unread(seen_by: Actor) -> int:
    """How many notices wait to be read."""
    waiting = select(func.count(Notice.id)).where(Notice.person_id == seen_by.person_id, Notice.read_at.is_(None))
    return db.session.scalars(waiting).one()


def outbox(*, limit: int = 50, after: UUID | None = None) -> dict[str, Any]:
    """A page of the messages that were kept, newest first. Raises NotFound where the outbox is not open."""
    if not outbox_is_open():
        raise NotFound
    return page(select(Delivery).where(Delivery.body.is_not(None)), Delivery.id, limit=limit, after=after)


def deliveries(seen_by: Actor) -> Select[Delivery]:
    """The messages to oneself, without their words: by which way, when, and whether they arrived."""
    return select(Delivery).where(Delivery.person_id == require_person(seen_by))


def _told(notices: list[Notice]) -> list[Told]:
    ids = [each.event_id for each in notices]
    events = {event.id: event for event in db.session.scalars(select(Event).where(Event.id.in_(ids)))}
    known = Known(list(events.values()))
    told = []
    for each in notices:
        event = events[each.event_id]
        said = known.say(event, telling(event.name, each.audience))
        about = dict(entry.split(":", 1) for entry in event.about)
        told.append(Told(each.id, event.name, said.title, said.words, about, each.at, each.read_at))
    return told
