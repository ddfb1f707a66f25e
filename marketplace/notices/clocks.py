"""What messages say of the clocks of offers (rule REACHED): the time to answer begins when an offer reaches its person.

An e-mail reaches somebody when the mail server takes it, since nobody tells more of it; a text message when its receipt
says that it arrived. Whoever has no way beside the inbox, or chose to be told there alone, is reached by it when the
offer is made, but for their quiet hours.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, or_, select

from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import Event
from marketplace.notices.models import Delivery
from marketplace.notices.rules import Audience, Telling
from marketplace.notices.ways import OVER, TEXTS, State
from marketplace.shifts import reached
from marketplace.workforce.queries import awake_at

OFFERED = "offer.made"


def begin(told: Sequence[tuple[Event, Telling, UUID]], messages: Sequence[Mapping[str, Any]]) -> None:
    """Says of the offers among what people are told of, which of them wait: those whose messages all wait for the end
    of quiet hours, or need a receipt before it is known that they arrived."""
    asked = {
        known: (event.id, person_id)
        for event, telling, person_id in told
        if event.name == OFFERED and telling.audience is Audience.CONTRACTOR and (known := event.ref("offer"))
    }
    if not asked:
        return
    now = clock.now()
    sent: dict[tuple[int, UUID], list[Mapping[str, Any]]] = {}
    for each in messages:
        sent.setdefault((each["event_id"], each["person_id"]), []).append(each)
    awake = awake_at({person_id for _, person_id in asked.values() if (_, person_id) not in sent}, now)
    waits = {}
    for offer_id, key in asked.items():
        rings = _rings_at(sent[key], now) if key in sent else awake.get(key[1])
        if rings is not None:
            waits[offer_id] = rings
    reached.await_person(waits)
    # The inbox alone reaches nobody who is asleep, and them it has reached when they wake.
    reached.reached([offer_id for offer_id, key in asked.items() if key not in sent and offer_id in waits])


def _rings_at(messages: Sequence[Mapping[str, Any]], now: datetime) -> datetime | None:
    """When the first of an offer's messages rings, where it has not reached its person before that."""
    if any(each["try_at"] <= now and each["way"] not in TEXTS for each in messages):
        return None
    moments: list[datetime] = [each["try_at"] for each in messages]
    return min(moments)


def note(deliveries: Sequence[Delivery], events: Mapping[int, Event]) -> None:
    """Says of the offers among messages that were tried which of them have reached their people, and which not yet."""
    arrived, lost = set[UUID](), dict[int, UUID]()
    for each in deliveries:
        event = events[each.event_id]
        offer_id = event.ref("offer") if event.name == OFFERED else None
        if offer_id is None:
            continue
        if each.state is State.DELIVERED or (each.state is State.SENT and each.way not in TEXTS):
            arrived.add(offer_id)
        elif each.error not in (None, OVER):
            lost[event.id] = offer_id
    told = _told_otherwise(lost)
    reached.await_person({known: clock.now() for event_id, known in lost.items() if event_id not in told})
    reached.reached(arrived)


def _told_otherwise(event_ids: Collection[int]) -> set[int]:
    """Those of the events of which another message has reached its person."""
    if not event_ids:
        return set()
    taken = and_(Delivery.ended_at.is_not(None), Delivery.way.not_in(TEXTS))
    sent = select(Delivery.event_id).where(Delivery.event_id.in_(event_ids), Delivery.error.is_(None))
    return set(db.session.scalars(sent.where(or_(taken, Delivery.delivered_at.is_not(None)))))
