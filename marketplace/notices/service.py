"""The verbs of notices: tell people of events, and read."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from marketplace.accounts.models import Member, OperatorGrant
from marketplace.accounts.rules import COMPANY_RIGHTS, Actor, OperatorRole, Right, require_person
from marketplace.core import clock, queue
from marketplace.core.db import db
from marketplace.core.events import Event
from marketplace.core.ids import new_id
from marketplace.core.problems import Forbidden
from marketplace.messages.channel_queries import to_tell
from marketplace.notices import clocks, quiet
from marketplace.notices.models import Delivery, Notice
from marketplace.notices.queries import own_notice
from marketplace.notices.reaching import SEND, Reach
from marketplace.notices.rules import COMPANY_AUDIENCES, IN_INBOX, OPERATOR_AUDIENCES, Audience, Channel, Telling
from marketplace.notices.tellings import TELLINGS
from marketplace.shifts.handover_queries import colleagues
from marketplace.standards.comments import answered_by
from marketplace.standards.hiding import authors_of
from marketplace.workforce.queries import living_in


def deliver(event_ids: Sequence[int], *, by: Actor) -> int:
    """Tells of the events whoever is to hear of them, once each, and returns how many notices and messages are new.

    Repeating it is harmless. Only the service itself may. An event without words, or that is missing, tells nobody.
    """
    if by.kind != "job":
        raise Forbidden("Only the service itself does this.")
    found = select(Event).where(Event.id.in_(event_ids), Event.name.in_(TELLINGS)).order_by(Event.id)
    told = list(_Hearers(db.session.scalars(found).all()).tellings())
    reach = Reach({person_id for _, telling, person_id in told if telling.channel is not Channel.INBOX})
    notices, messages = [], []
    for event, telling, person_id in told:
        if telling.channel in IN_INBOX:
            notices.append(_row(event, telling, person_id))
        messages += [
            _row(event, telling, person_id) | {"way": way, "try_at": clock.now(), "tries": 0}
            for way in reach.ways(person_id, event, telling)
        ]
    quiet.keep(messages, {event.id: event for event, _, _ in told}, reach.urgent)
    clocks.begin(told, messages)
    new_messages = _write(Delivery, messages, "way")
    if new_messages:
        queue.defer(SEND)
    return _write(Notice, notices) + new_messages


def mark_read(notice_id: UUID, *, by: Actor) -> Notice:
    """Marks one of one's own notices as read; the first time counts. Raises NotFound."""
    found = own_notice(notice_id, by)
    if found.read_at is None:
        found.read_at = clock.now()
        db.session.flush()
    return found


def mark_all_read(*, by: Actor) -> int:
    """Marks all of one's own notices as read and returns how many were not."""
    mine = update(Notice).where(Notice.person_id == require_person(by), Notice.read_at.is_(None))
    return len(db.session.execute(mine.values(read_at=clock.now()).returning(Notice.id)).all())


class _Hearers:
    """Who hears of which of some events, found in a few statements however many events there are."""

    def __init__(self, events: Sequence[Event]) -> None:
        self._events = events
        companies = {found for event in events if (found := event.ref("company")) is not None}
        members = select(Member.company_id, Member.person_id, Member.role).where(Member.company_id.in_(companies))
        self._members = db.session.execute(members.order_by(Member.id)).all() if companies else []
        grants = select(OperatorGrant.person_id, OperatorGrant.role).order_by(OperatorGrant.id)
        places = {str(event.data.get("place")) for event in events if self._is_of_a_place(event)}
        self._neighbours = living_in(places) if places else {}
        self._grants = db.session.execute(grants).all() if self._concern_operators() else []
        answers = {UUID(named) for event in events if (named := self._answer(event)) is not None}
        self._commenters = answered_by(answers) if answers else {}
        hidings = {found for event in events if (found := event.ref("hiding")) is not None}
        self._authors = authors_of(hidings) if hidings else {}
        handed = {event.subject_id for event in events if event.ref("handover") is not None}
        self._colleagues = colleagues(handed) if handed else {}
        channels = {found for event in events if (found := event.ref("channel")) is not None}
        self._channels = to_tell(channels) if channels else {}

    def tellings(self) -> Iterator[tuple[Event, Telling, UUID]]:
        """Each (event, words, person). A person in two audiences of an event is told as the first of them."""
        for event in self._events:
            told: set[UUID] = set()
            for telling in TELLINGS[event.name]:
                for person_id in self._people(event, telling.audience):
                    if person_id not in told:
                        told.add(person_id)
                        yield event, telling, person_id

    def _people(self, event: Event, audience: Audience) -> Iterable[UUID]:
        if audience is Audience.PERSON:
            person_id = event.ref("person")
            return [] if person_id is None else [person_id]
        return (each for each in self._others(event, audience) if each != event.doer_id)

    def _others(self, event: Event, audience: Audience) -> Iterable[UUID]:
        if audience is Audience.CONTRACTOR:
            contractor_id = event.ref("contractor")
            return [] if contractor_id is None else [contractor_id]
        if audience is Audience.PLACE:
            return self._neighbours.get(str(event.data.get("place")), [])
        if audience is Audience.COMMENTER:
            return self._commenters.get(str(event.data.get("answer")), [])
        if audience is Audience.AUTHOR:
            return [self._authors[event.subject_id]]
        if audience is Audience.COLLEAGUE:
            return [self._colleagues[event.subject_id]] if event.subject_id in self._colleagues else []
        if audience is Audience.CHANNEL:
            return self._channels.get((event.subject_id, event.at), [])
        if audience in COMPANY_AUDIENCES:
            return self._with_right(event.ref("company"), COMPANY_AUDIENCES[audience])
        return self._operators(OPERATOR_AUDIENCES[audience])

    def _with_right(self, company_id: UUID | None, right: Right) -> Iterable[UUID]:
        return [m.person_id for m in self._members if m.company_id == company_id and right in COMPANY_RIGHTS[m.role]]

    def _operators(self, role: OperatorRole) -> Iterable[UUID]:
        return [grant.person_id for grant in self._grants if grant.role in (role, OperatorRole.ADMIN)]

    def _answer(self, event: Event) -> str | None:
        """The answer that an event is about whose commenters are told. Events of before named none."""
        heard = any(telling.audience is Audience.COMMENTER for telling in TELLINGS[event.name])
        return event.data.get("answer") if heard else None

    def _is_of_a_place(self, event: Event) -> bool:
        return any(telling.audience is Audience.PLACE for telling in TELLINGS[event.name])

    def _concern_operators(self) -> bool:
        return any(telling.audience in OPERATOR_AUDIENCES for event in self._events for telling in TELLINGS[event.name])


def _row(event: Event, told: Telling, person_id: UUID) -> dict[str, Any]:
    return {
        "id": new_id(),
        "event_id": event.id,
        "person_id": person_id,
        "audience": told.audience,
        "at": event.at,
    }


def _write(model: type[Notice | Delivery], rows: list[dict[str, Any]], *more: str) -> int:
    if not rows:
        return 0
    written = insert(model).on_conflict_do_nothing(index_elements=["event_id", "person_id", *more])
    return len(db.session.execute(written.returning(model.id), rows).all())
