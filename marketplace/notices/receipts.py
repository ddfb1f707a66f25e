"""Receipts: what whoever carried a message says became of it, and figures of them that hold no words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import case, func, select

from marketplace.accounts.rules import Actor, OperatorRole, require_operator
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import Event
from marketplace.core.lifecycle import WrongState
from marketplace.core.problems import NotFound
from marketplace.notices import clocks
from marketplace.notices.models import Delivery
from marketplace.notices.reaching import fall_back
from marketplace.notices.ways import OVER, RECEIPT_WITHIN, TEXTS, UNHEARD, Outcome, State, Way
from marketplace.workforce.models import Contractor

FIGURES = timedelta(days=30)
LOOKED_AT = timedelta(days=3)
"""How long after a message was written its receipt is missed at most: it may have waited for the end of quiet hours."""
NEVER_ARRIVED = "not_delivered"


@dataclass(frozen=True, slots=True)
class Figure:
    """How many messages by a way, to people who live in a country, are in a state. The country is None of whoever is no
    contractor."""

    way: Way
    country: str | None
    state: State
    messages: int


def note(key: UUID, outcome: Outcome, *, at: datetime | None = None) -> Delivery:
    """Writes down a receipt. The first that says that it arrived is the one that counts, and one that says that it did
    not sends the message by the next way. The same again changes nothing.

    The signature was checked. It may come before the answer to the message that it is about: what has arrived was
    sent. Raises NotFound for a message that did not go through the gateway, WrongState for one that it never saw.
    """
    found = db.session.get(Delivery, key, with_for_update=True)
    if found is None or found.way not in TEXTS:
        raise NotFound
    if found.tries == 0 and found.ended_at is None:
        raise WrongState("It has not been sent.", state=str(State.QUEUED))
    moment = clock.now() if at is None else min(at, clock.now())
    if outcome is Outcome.DELIVERED:
        if found.delivered_at is None:
            found.ended_at, found.error = found.ended_at or moment, None
            found.delivered_at = moment
            clocks.note([found], {found.event_id: db.session.get_one(Event, found.event_id)})
    elif found.delivered_at is None and found.error != NEVER_ARRIVED:
        found.ended_at, found.error = found.ended_at or moment, NEVER_ARRIVED
        db.session.flush()
        fall_back([found], {found.event_id: db.session.get_one(Event, found.event_id)})
    db.session.flush()
    return found


def miss_due(limit: int = 100) -> int:
    """Sends text messages of which no receipt came in time by the next way that their people have, as if they had not
    arrived; a receipt that comes later counts all the same. Returns how many were looked at.

    Safe to repeat and by many at once: each is given up on once.
    """
    late = clock.now() - RECEIPT_WITHIN
    due = select(Delivery).where(
        Delivery.way.in_(TEXTS),
        Delivery.at > late - LOOKED_AT,
        Delivery.ended_at <= late,
        Delivery.error.is_(None),
        Delivery.delivered_at.is_(None),
    )
    due = due.order_by(Delivery.ended_at, Delivery.id).limit(limit).with_for_update(skip_locked=True)
    found = db.session.scalars(due).all()
    for each in found:
        each.error = UNHEARD
    db.session.flush()
    if found:
        events = db.session.scalars(select(Event).where(Event.id.in_({each.event_id for each in found})))
        fall_back(found, {event.id: event for event in events})
    return len(found)


def figures(*, seen_by: Actor) -> Sequence[Figure]:
    """How many messages of the last 30 days reached people, by way and country. For operators who run the service: no
    words, no person."""
    require_operator(seen_by, OperatorRole.ADMIN)
    known = case(
        (Delivery.ended_at.is_(None), str(State.QUEUED)),
        (Delivery.error == OVER, str(State.OVER)),
        (Delivery.error == UNHEARD, str(State.UNHEARD)),
        (Delivery.error.is_not(None), str(State.FAILED)),
        (Delivery.delivered_at.is_not(None), str(State.DELIVERED)),
        else_=str(State.SENT),
    ).label("state")
    counted = (
        select(Delivery.way, Contractor.country, known, func.count().label("messages"))
        .outerjoin(Contractor, Contractor.id == Delivery.person_id)
        .where(Delivery.at > clock.now() - FIGURES)
        .group_by(Delivery.way, Contractor.country, known)
        .order_by(Delivery.way, Contractor.country.nulls_last(), known)
    )
    return [Figure(row.way, row.country, State(row.state), row.messages) for row in db.session.execute(counted)]
