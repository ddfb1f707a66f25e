"""The words of messages, written at the moment they are sent, in the person's language."""

import json
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from flask import current_app
from flask_babel import force_locale, gettext
from sqlalchemy import select

from marketplace.accounts.invitations import invitation_links
from marketplace.accounts.joining import joining_link
from marketplace.accounts.models import Person
from marketplace.accounts.service import reset_link, verification_link
from marketplace.core import vault
from marketplace.core.db import db
from marketplace.core.events import Event
from marketplace.notices import one_tap, phones, pushes
from marketplace.notices.address_models import Phone
from marketplace.notices.carriers import Message
from marketplace.notices.models import Delivery
from marketplace.notices.rules import Audience, Channel
from marketplace.notices.tellings import TELLINGS, telling
from marketplace.notices.ways import OVER, TEXTS, Way, clipped
from marketplace.notices.webpush import MOST_OF_A_PUSH
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


class NotSent(Exception):
    """There is nothing to send, for the reason that it says in a word."""


class _Text(NamedTuple):
    """The words of a message before it is known what carries them."""

    said: Said
    greeting: str
    tap: str
    """The link that answers what is asked; empty where nothing is."""
    asked: str


class Desk:
    """Writes the messages of a batch, with everything they name looked up at once. Its words hold secrets: they are
    handed to what carries them, and lie in no table."""

    def __init__(self, found: Sequence[Delivery]) -> None:
        self.events = events_of(found)
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

    def browsers(self, each: Delivery) -> list[UUID]:
        """The browsers that its messages go to, in their order; none where it goes another way."""
        found = self._browsers.get(each.person_id, []) if each.way is Way.PUSH else []
        return [browser.id for browser in found]

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


def events_of(found: Sequence[Delivery]) -> dict[int, Event]:
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
