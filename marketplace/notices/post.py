"""Messages that go outside: claimed, handed to what carries them, and what came of it written down."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import select

from marketplace.core import clock
from marketplace.core.db import db, in_transaction, transaction
from marketplace.core.events import Event
from marketplace.core.vault import Erased
from marketplace.notices import clocks, pushes, quiet
from marketplace.notices.carriers import Accepted, Message, Refused, Result, Unknown
from marketplace.notices.carrying import Carriers, carriers, open_ways, outbox_is_open
from marketplace.notices.models import Delivery
from marketplace.notices.reaching import Reach, fall_back
from marketplace.notices.rules import MOST_TRIES, next_try
from marketplace.notices.ways import OVER, Way
from marketplace.notices.webpush import GONE
from marketplace.notices.writing import Desk, NotSent, events_of

STALE_AFTER = timedelta(minutes=5)
"""After which a message whose process has not written down what came of it is handed in again: longer than all
messages of a claim take, each to the end of its patience."""
NO_ANSWER = "no_answer"
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Claim:
    """A message that this process, and no other, may hand in now: plain values, so that nothing is read from the
    database while a carrier is asked. `tries` says which attempt it is. It has no `messages` where there is nothing to
    hand in: then `result` is already known."""

    id: UUID
    way: Way
    tries: int
    messages: Sequence[Message]
    browsers: Sequence[UUID]
    result: Result | None


def send_due(limit: int = 10_000) -> int:
    """Sends messages that wait, oldest first, and returns how many were tried; fewer than `limit`: none is left.

    Any number of processes may call it at once. What is claimed is committed before anybody outside hears of it, and
    what came of it is written down in a transaction of its own: whoever dies in between leaves messages that are handed
    in again after a while, under the same keys. One that cannot be handed in is tried again later (`rules.next_try`)
    and given up in the end; then the next way is tried. Where nothing carries messages they are kept in the local
    outbox; where that is not open either they wait. What asks something that is answered or over by now is not sent.

    Must not be called inside a transaction (RuntimeError): a carrier is slow, and what it took cannot be rolled back.
    """
    if in_transaction():
        raise RuntimeError("A carrier is never called inside a transaction.")
    tried = 0
    while tried < limit:
        most = min(_batch(), limit - tried)
        found, claims = _claim(most)
        if claims:
            _record(_carry(claims))
        tried += found
        if found < most:
            break
    return tried


def _batch() -> int:
    """How many messages are claimed together: few where something carries them, since they wait for each other."""
    return 200 if outbox_is_open() else 10


def _claim(most: int) -> tuple[int, list[Claim]]:
    """How many messages are due, and those of them that are handed in now: the others are put off."""
    ways = open_ways()
    if not ways:
        return 0, []
    with transaction():
        now = clock.now()
        due = select(Delivery).where(Delivery.ended_at.is_(None), Delivery.try_at <= now, Delivery.way.in_(ways))
        due = due.order_by(Delivery.try_at, Delivery.id).limit(most).with_for_update(skip_locked=True)
        found = db.session.scalars(due.execution_options(populate_existing=True)).all()
        if not found:
            return 0, []
        desks = _desks(found)
        events: dict[int, Event] = {}
        for desk in {desk for desk in desks.values() if isinstance(desk, Desk)}:
            events |= desk.events
        asleep = _put_to_sleep([each for each in found if each.tries and each.event_id in events], events)
        return len(found), [_taken(each, desks[each.id], now) for each in found if each.id not in asleep]


def _desks(found: Sequence[Delivery]) -> Mapping[UUID, Desk | Exception]:
    """What writes each message: one desk for all of them. Where that fails each has its own, and why it failed stands
    in the place of one: what cannot be read of one person must not keep the messages of all others waiting."""
    together = _desk(found)
    if isinstance(together, Desk):
        return dict.fromkeys((each.id for each in found), together)
    return {each.id: _desk([each]) for each in found}


def _desk(found: Sequence[Delivery]) -> Desk | Exception:
    try:
        with db.session.begin_nested():
            return Desk(found)
    except Exception as failure:
        log.exception("messages not looked up", deliveries=len(found), first=str(found[0].id))
        return failure


def _taken(each: Delivery, desk: Desk | Exception, now: datetime) -> Claim:
    messages: Sequence[Message] = ()
    result: Result | None = None
    if each.tries >= MOST_TRIES:
        # Whoever handed it in has died each time.
        result = Refused(NO_ANSWER, permanent=True)
    elif isinstance(desk, Exception):
        # A key that is missing now may be named again; what was erased is not there again.
        result = Refused(type(desk).__name__, permanent=isinstance(desk, Erased))
    else:
        try:
            messages = desk.write(each)
        except NotSent as reason:
            result = Refused(str(reason), permanent=True)
        except Exception as failure:
            # One message that cannot be written must not keep all others waiting behind it.
            log.exception("message not written", delivery=str(each.id))
            result = Refused(type(failure).__name__)
    each.tries, each.try_at = each.tries + 1, now + STALE_AFTER
    browsers = desk.browsers(each) if isinstance(desk, Desk) else ()
    return Claim(each.id, each.way, each.tries, messages, browsers, result)


def _carry(claims: Sequence[Claim]) -> list[tuple[Claim, list[Result]]]:
    """What came of each message; of several browsers of one person what came of each."""
    with carriers() as carrying:
        return [
            (each, [_handed_in(carrying, each, message) for message in each.messages])
            if each.result is None
            else (each, [each.result])
            for each in claims
        ]


def _handed_in(carrying: Carriers, claim: Claim, message: Message) -> Result:
    try:
        return carrying.carry(claim.way, message)
    except Exception as failure:
        # What was taken of the others must be written down all the same.
        log.exception("message not carried", delivery=str(claim.id))
        return Unknown(type(failure).__name__)


def _record(carried: Sequence[tuple[Claim, list[Result]]]) -> None:
    """Writes down what came of messages. One that is over is left alone, and so is one that somebody else has claimed
    since, unless it was taken."""
    keep = outbox_is_open()
    with transaction():
        ids = [claim.id for claim, _results in carried]
        rows = select(Delivery).where(Delivery.id.in_(ids)).order_by(Delivery.id).with_for_update()
        rows = rows.execution_options(populate_existing=True)
        waiting = {each.id: each for each in db.session.scalars(rows) if each.ended_at is None}
        pushes.drop([known for claim, results in carried for known in _gone(claim, results)])
        noted, given_up = [], []
        for claim, results in carried:
            each, result = waiting.get(claim.id), min(results, key=_worth)
            if each is None or (each.tries != claim.tries and not isinstance(result, Accepted)):
                continue
            noted.append(each)
            if not _note(each, result) and each.error != OVER:
                given_up.append(each)
            if keep and claim.messages:
                first = claim.messages[0]
                each.address, each.subject, each.body = first.to, first.title, first.body
        db.session.flush()
        events = events_of(noted)
        clocks.note(noted, events)
        fall_back(given_up, events)


def _gone(claim: Claim, results: Sequence[Result]) -> list[UUID]:
    """Browsers that have ended their subscription: they are written to no more."""
    answers = zip(claim.browsers, results, strict=False)
    return [browser for browser, result in answers if isinstance(result, Refused) and result.reason == GONE]


def _worth(result: Result) -> int:
    """Of several browsers of one person the best answer counts: whoever read it on one has read it."""
    if isinstance(result, Accepted):
        return 0
    return 2 if isinstance(result, Refused) and result.permanent else 1


def _put_to_sleep(again: Sequence[Delivery], events: Mapping[int, Event]) -> set[UUID]:
    """Of messages that are tried again those that would ring by now in somebody's quiet hours, which are put off."""
    if not again:
        return set()
    now = clock.now()
    rows: list[dict[str, Any]] = [
        {"person_id": each.person_id, "event_id": each.event_id, "audience": each.audience, "try_at": now}
        for each in again
    ]
    quiet.keep(rows, events, Reach({each.person_id for each in again}).urgent)
    put_off = [(each, row["try_at"]) for each, row in zip(again, rows, strict=True) if row["try_at"] > now]
    for each, later in put_off:
        each.try_at = later
    return {each.id for each, _ in put_off}


def _note(each: Delivery, result: Result) -> bool:
    """Writes down what came of a message. False: it is given up."""
    if isinstance(result, Accepted):
        each.ended_at, each.error, each.provider_id = clock.now(), None, result.provider_id
        return True
    again = None if isinstance(result, Refused) and result.permanent else next_try(each.tries, clock.now())
    each.error = result.reason
    each.try_at = again or each.try_at
    each.ended_at = None if again else clock.now()
    # What is over by the time it can be sent is no failure of anything.
    tell = log.info if each.error == OVER else log.warning
    tell(
        "message not sent", delivery=str(each.id), way=each.way, error=each.error, tries=each.tries, given_up=not again
    )
    return again is not None
