"""Messages that go outside: written at the moment they are sent, in the person's language, and handed to what carries
them."""

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

import structlog
from flask import current_app
from flask_babel import force_locale, gettext
from sqlalchemy import select

from marketplace.accounts.invitations import invitation_links
from marketplace.accounts.joining import joining_link
from marketplace.accounts.models import Person
from marketplace.accounts.service import reset_link, verification_link
from marketplace.core import clock, vault
from marketplace.core.db import db
from marketplace.core.events import Event
from marketplace.notices import clocks, one_tap, phones, pushes, quiet
from marketplace.notices.address_models import Phone
from marketplace.notices.carriers import Accepted, Message, Refused, Result
from marketplace.notices.carrying import carriers, open_ways, outbox_is_open
from marketplace.notices.models import Delivery
from marketplace.notices.reaching import Reach, fall_back
from marketplace.notices.rules import TELLINGS, Audience, Channel, next_try, telling
from marketplace.notices.ways import OVER, TEXTS, Way, clipped
from marketplace.notices.webpush import GONE, MOST_OF_A_PUSH
from marketplace.notices.words import Known, Said

INVITED = frozenset({"person.invited", "person.invited_by_company"})
"""Events whose message carries the link of their invitation."""
SECRET_LINKS = {
    "member_invitation.sent": ("member_invitation", joining_link),
    "person.reset_asked": ("person", reset_link),
    "person.verification_asked": ("person", verification_link),
}
"""Of an event: the word of `about` that its link is made for, and what makes it."""
MOST_OF_A_TEXT = 306
"""Letters of a text message: what fits two of them, since each is paid for."""
Links = Mapping[UUID, str]
log = structlog.get_logger()


class NotSent(Exception):
    """There is nothing to send, for the reason that it says in a word."""


def batch() -> int:
    """How many messages for one transaction: few where something carries them, since what it took is handed in again
    when the transaction fails."""
    return 200 if outbox_is_open() else 10


def send_due(limit: int = 10) -> int:
    """Sends messages that wait, oldest first, and returns how many were tried; fewer than `limit`: none is left.

    Any number of processes may call it at once. A message is handed in at least once: when this process dies between
    the carrier's yes and the commit it is handed in again, under the same key. One that cannot be handed in is tried
    again later (`rules.next_try`) and given up in the end; then the next way is tried. Where nothing carries messages
    they are kept in the local outbox; where that is not open either they wait. What asks something that is answered or
    over by now is not sent.
    """
    open_here = open_ways()
    due = select(Delivery).where(Delivery.ended_at.is_(None), Delivery.try_at <= clock.now())
    due = due.where(Delivery.way.in_(open_here)).order_by(Delivery.try_at, Delivery.id)
    found = db.session.scalars(due.limit(limit).with_for_update(skip_locked=True)).all() if open_here else []
    if not found:
        return 0
    desk, keep = _Desk(found), outbox_is_open()
    waking = _put_to_sleep([each for each in found if each.tries], desk.events)
    given_up = []
    with carriers() as carrying:
        for each in found:
            if each.id in waking:
                continue
            try:
                messages = desk.write(each)
            except NotSent as reason:
                result: Result = Refused(str(reason), permanent=True)
            except Exception as failure:
                # One message that cannot be written must not keep all others waiting behind it.
                log.exception("message not written", delivery=str(each.id))
                result = Refused(type(failure).__name__)
            else:
                results = [carrying.carry(each.way, message) for message in messages]
                desk.forget_gone(each, results)
                result = min(results, key=_worth)
                if keep:
                    each.address, each.subject, each.body = messages[0].to, messages[0].title, messages[0].body
            if not _note(each, result) and each.error != OVER:
                given_up.append(each)
    db.session.flush()
    clocks.note(found, desk.events)
    fall_back(given_up, desk.events)
    return len(found)


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
    each.tries += 1
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


class _Text(NamedTuple):
    """The words of a message before it is known what carries them."""

    said: Said
    greeting: str
    tap: str
    """The link that answers what is asked; empty where nothing is."""
    asked: str


class _Desk:
    """Writes the messages of a batch, with everything they name looked up at once."""

    def __init__(self, found: Sequence[Delivery]) -> None:
        self.events = _events(found)
        self._people = _people(found)
        self._known = Known(list(self.events.values()))
        self._invited = _invited(self.events.values())
        self._taps, self._over = _taps(self.events.values())
        self._phones = _phones(found, self.events)
        self._browsers = pushes.of({each.person_id for each in found if each.way is Way.PUSH})
        vault.open_keys({phone.person_id for phone in self._phones.values()} | self._browsers.keys())

    def write(self, each: Delivery) -> list[Message]:
        """The message as it goes to what carries it: one, or one for each of a person's browsers. Raises NotSent."""
        event, person = self.events[each.event_id], self._people[each.person_id]
        phone = self._phones.get(each.id)
        browsers = self._browsers.get(each.person_id, []) if each.way is Way.PUSH else []
        if (each.way in TEXTS and phone is None) or (each.way is Way.PUSH and not browsers):
            raise NotSent("no_address")
        if each.event_id in self._over and each.audience is Audience.CONTRACTOR:
            raise NotSent(OVER)
        with force_locale(person.locale):
            text = self._text(each, event, person, phone)
        # A title is one line, whatever somebody has called a gig.
        title = " ".join(text.said.title.split())
        if browsers:
            shown = _notification(title, text)
            return [Message(each.id, pushes.address_of(browser), title, shown) for browser in browsers]
        if phone is None:
            return [Message(each.id, person.email, title, _letter(text))]
        body = f"Setara: {title}. {' '.join(text.said.words.split())}"
        if each.way is Way.SMS:
            body = clipped(body, MOST_OF_A_TEXT - len(text.tap) - 1)
        return [Message(each.id, phones.number_of(phone), title, f"{body} {text.tap}".rstrip())]

    def forget_gone(self, each: Delivery, results: Sequence[Result]) -> None:
        """Browsers that have ended their subscription are written to no more."""
        browsers = self._browsers.get(each.person_id, []) if each.way is Way.PUSH else []
        gone = [
            browser.id
            for browser, result in zip(browsers, results, strict=False)
            if isinstance(result, Refused) and result.reason == GONE
        ]
        pushes.drop(gone)

    def _text(self, each: Delivery, event: Event, person: Person, phone: Phone | None) -> _Text:
        told = telling(event.name, each.audience)
        code = phones.code_of(phone) if phone is not None and told.channel is Channel.NUMBER else ""
        said = self._known.say(event, told, link=_link(event, self._invited), code=code)
        tap = self._taps.get(event.id, "") if told.audience is Audience.CONTRACTOR else ""
        asked = gettext("Answer with one tap, without signing in: %(link)s", link=tap) if tap else ""
        return _Text(said, gettext("Hello %(name)s,", name=person.name), tap, asked)


def _notification(title: str, text: _Text) -> str:
    """What the browser shows, and where a press on it leads."""
    home = current_app.config["BASE_URL"]
    words = clipped(" ".join(text.said.words.split()), MOST_OF_A_PUSH)
    return json.dumps({"title": title, "body": words, "url": text.tap or f"{home}/inbox"}, ensure_ascii=False)


def _letter(text: _Text) -> str:
    words = "\n\n".join(filter(None, (text.greeting, text.said.words, text.asked)))
    return f"{words}\n\nSetara\n{current_app.config['BASE_URL']}\n"


def _invited(events: Collection[Event]) -> Links:
    """The links of all invitations among the events, by invitation: a thousand of them are not read one by one."""
    named = {known for event in events if event.name in INVITED and (known := event.ref("invitation")) is not None}
    return invitation_links(named) if named else {}


def _taps(events: Collection[Event]) -> tuple[dict[int, str], set[int]]:
    """The links that answer what the events ask, by event, and the events whose question is over already: as many
    statements as there are kinds of questions."""
    asking: dict[str, dict[int, UUID]] = {}
    for event in events:
        purpose = one_tap.ASKED_BY.get(event.name)
        if purpose is not None and (known := event.ref(purpose.word)) is not None:
            asking.setdefault(event.name, {})[event.id] = known
    found: dict[int, str] = {}
    for name, things in asking.items():
        links = one_tap.links(one_tap.ASKED_BY[name], set(things.values()))
        found |= {event_id: links[known] for event_id, known in things.items() if known in links}
    return found, {event_id for things in asking.values() for event_id in things} - found.keys()


def _link(event: Event, invited: Links) -> str:
    """The secret link of a message; empty where it has none."""
    if event.name in INVITED:
        invitation_id = event.ref("invitation")
        assert invitation_id is not None
        return invited[invitation_id]
    if (secret := SECRET_LINKS.get(event.name)) is None:
        return ""
    word, link_to = secret
    known = event.ref(word)
    assert known is not None
    return link_to(known)


def _events(found: Sequence[Delivery]) -> dict[int, Event]:
    ids = [each.event_id for each in found]
    return {event.id: event for event in db.session.scalars(select(Event).where(Event.id.in_(ids)))}


def _people(found: Sequence[Delivery]) -> dict[UUID, Person]:
    ids = [each.person_id for each in found]
    return {person.id: person for person in db.session.scalars(select(Person).where(Person.id.in_(ids)))}


def _phones(found: Sequence[Delivery], events: Mapping[int, Event]) -> dict[UUID, Phone]:
    """The telephone that each text message goes to: the one that it is about, or the person's own now."""
    texts = [each for each in found if each.way in TEXTS]
    if not texts:
        return {}
    proven = phones.proven_of({each.person_id for each in texts})
    named = {each.id: events[each.event_id].ref("phone") for each in texts if _is_of_a_number(each, events)}
    about = select(Phone).where(Phone.id.in_([known for known in named.values() if known is not None]))
    rows: dict[UUID | None, Phone] = {phone.id: phone for phone in db.session.scalars(about)} if named else {}
    reached = {each.id: rows.get(named[each.id]) if each.id in named else proven.get(each.person_id) for each in texts}
    return {known: phone for known, phone in reached.items() if phone is not None}


def _is_of_a_number(each: Delivery, events: Mapping[int, Event]) -> bool:
    return any(
        told.channel is Channel.NUMBER
        for told in TELLINGS.get(events[each.event_id].name, ())
        if told.audience is each.audience
    )
