"""By which ways people are reached: what they have, what they chose, and what comes next when one way fails."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from marketplace.core import clock, queue
from marketplace.core.db import db
from marketplace.core.events import Event
from marketplace.core.ids import new_id
from marketplace.notices import phones, preferences, pushes, quiet
from marketplace.notices.carrying import open_ways
from marketplace.notices.models import Delivery
from marketplace.notices.rules import Channel, Telling
from marketplace.notices.tellings import TELLINGS
from marketplace.notices.ways import TEXTS, Way, kind_of, next_way, ways_for

SEND = "mail.send"
"""The job that sends what waits."""


class Reach:
    """What some people have and chose, read in as many statements for a thousand as for one."""

    def __init__(self, person_ids: Collection[UUID]) -> None:
        self._open = open_ways()
        self._phones = phones.proven_of(person_ids) if person_ids and self._open & TEXTS else {}
        self._browsers = pushes.of(person_ids) if person_ids and Way.PUSH in self._open else {}
        self._settings = preferences.of(person_ids) if person_ids else {}

    @property
    def urgent(self) -> set[UUID]:
        """Those who let an offer ring in their quiet hours that would be over before."""
        return {known for known, row in self._settings.items() if row.rings_when_urgent}

    def has(self, person_id: UUID) -> frozenset[Way]:
        """The ways by which somebody can be reached now. E-mail waits where nothing carries it yet."""
        texts = self._open & TEXTS if person_id in self._phones else frozenset()
        push = {Way.PUSH} if person_id in self._browsers else frozenset[Way]()
        return texts | push | {Way.MAIL}

    def ways(self, person_id: UUID, event: Event, told: Telling) -> list[Way]:
        """By which ways somebody is told of an event outside of the service."""
        if told.channel is Channel.INBOX:
            return []
        if told.channel is Channel.MAIL:
            return [Way.MAIL]
        if told.channel is Channel.NUMBER:
            return [Way.SMS]
        if told.channel is Channel.EVERYWHERE:
            return sorted(self.has(person_id))
        row = self._settings.get(person_id)
        return ways_for(kind_of(event.name), row.chosen if row is not None else {}, self.has(person_id))


def fall_back(given_up: Sequence[Delivery], events: Mapping[int, Event]) -> int:
    """Has what could not be delivered sent by the next way that its person has, unless another message of the same
    event reached them or is still on its way. Returns how many messages are new."""
    lost = [each for each in given_up if _may_go_elsewhere(each, events[each.event_id])]
    if not lost:
        return 0
    tried: dict[tuple[int, UUID], set[Way]] = defaultdict(set)
    alive: set[tuple[int, UUID]] = set()
    others = select(Delivery.event_id, Delivery.person_id, Delivery.way, Delivery.ended_at, Delivery.error)
    others = others.where(Delivery.event_id.in_({each.event_id for each in lost}))
    for row in db.session.execute(others):
        tried[row.event_id, row.person_id].add(row.way)
        if row.ended_at is None or row.error is None:
            alive.add((row.event_id, row.person_id))
    reach = Reach({each.person_id for each in lost})
    rows = [
        _again(each, way)
        for each in lost
        if (each.event_id, each.person_id) not in alive
        and (way := next_way(tried[each.event_id, each.person_id], reach.has(each.person_id))) is not None
    ]
    if not rows:
        return 0
    quiet.keep(rows, events, reach.urgent)
    queue.defer(SEND)
    written = insert(Delivery).on_conflict_do_nothing(index_elements=["event_id", "person_id", "way"])
    return len(db.session.execute(written.returning(Delivery.id), rows).all())


def _may_go_elsewhere(each: Delivery, event: Event) -> bool:
    """A secret that is meant for one address goes to no other."""
    told = next((told for told in TELLINGS.get(event.name, ()) if told.audience is each.audience), None)
    return told is not None and told.channel in (Channel.BOTH, Channel.EVERYWHERE)


def _again(each: Delivery, way: Way) -> dict[str, Any]:
    return {
        "id": new_id(),
        "event_id": each.event_id,
        "person_id": each.person_id,
        "audience": each.audience,
        "way": way,
        "at": clock.now(),
        "try_at": clock.now(),
        "tries": 0,
    }
