"""E-mail: written at the moment it is sent, in the person's language, and handed to the mail server over SMTP.

MAIL_SERVER is an address such as smtp://USER:PASSWORD@HOST:587 or smtps://HOST:465; a bare HOST or HOST:PORT means
smtp://. Where the server offers STARTTLS it is used, and a password is never sent without encryption.
"""

import smtplib
import ssl
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from email.utils import format_datetime
from typing import NamedTuple
from urllib.parse import unquote, urlsplit
from uuid import UUID

import structlog
from flask import current_app
from flask_babel import force_locale, gettext
from sqlalchemy import select

from marketplace.accounts.invitations import invitation_links
from marketplace.accounts.joining import joining_link
from marketplace.accounts.models import Person
from marketplace.accounts.service import reset_link, verification_link
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import Event
from marketplace.notices.models import Mail
from marketplace.notices.queries import outbox_is_open
from marketplace.notices.rules import next_try, telling
from marketplace.notices.words import Known, Said

INVITED = frozenset({"person.invited", "person.invited_by_company"})
"""Events whose message carries the link of their invitation."""
SECRET_LINKS = {
    "member_invitation.sent": ("member_invitation", joining_link),
    "person.reset_asked": ("person", reset_link),
    "person.verification_asked": ("person", verification_link),
}
"""Of an event: the word of `about` that its link is made for, and what makes it."""
SECONDS = 20.0
"""How long the mail server may take for one step."""
Send = Callable[[EmailMessage], object]
Links = Mapping[UUID, str]
log = structlog.get_logger()


class MailServer(NamedTuple):
    """Where messages are handed in. `user` is empty where nobody has to sign in."""

    host: str
    port: int
    encrypted: bool
    user: str
    password: str


def mail_server(address: str) -> MailServer:
    """Reads MAIL_SERVER."""
    parts = urlsplit(address if "://" in address else f"smtp://{address}")
    encrypted = parts.scheme == "smtps"
    port = parts.port or (465 if encrypted else 587 if parts.username else 25)
    return MailServer(
        parts.hostname or "localhost", port, encrypted, unquote(parts.username or ""), unquote(parts.password or "")
    )


def batch() -> int:
    """How many messages for one transaction: few where a mail server takes them, since what it took is handed in again
    when the transaction fails."""
    return 200 if outbox_is_open() else 10


def send_due_mail(limit: int = 10) -> int:
    """Sends messages that wait, oldest first, and returns how many were tried; fewer than `limit`: none is left.

    Any number of processes may call it at once. A message is handed in at least once: when this process dies between
    the server's yes and the commit it is handed in again, under the same Message-ID. One that cannot be handed in is
    tried again later (`rules.next_try`) and given up in the end. Where no mail server is set messages are kept in the
    local outbox; where that is not open either they wait.
    """
    keep = outbox_is_open()
    if not keep and not current_app.config["MAIL_SERVER"]:
        return 0
    due = select(Mail).where(Mail.ended_at.is_(None), Mail.try_at <= clock.now()).order_by(Mail.try_at, Mail.id)
    mails = db.session.scalars(due.limit(limit).with_for_update(skip_locked=True)).all()
    if not mails:
        return 0
    events, people = _events(mails), _people(mails)
    invited = _invited(events.values())
    known = Known(list(events.values()))
    with _no_sending() if keep else _connection(mail_server(current_app.config["MAIL_SERVER"])) as send:
        for mail in mails:
            try:
                said = _write(mail, events[mail.event_id], people[mail.person_id], known, invited)
            except Exception as failure:
                # One message that cannot be written must not keep all others waiting behind it.
                log.exception("mail not written", mail=str(mail.id))
                mail.tries += 1
                _put_off(mail, failure)
                continue
            if keep:
                _keep(mail, said, people[mail.person_id])
            else:
                _hand_in(mail, message(mail.id, said, people[mail.person_id].email), send)
    return len(mails)


def message(mail_id: UUID, said: Said, address: str) -> EmailMessage:
    """The message as it goes over the wire."""
    sender: str = current_app.config["MAIL_SENDER"]
    built = EmailMessage()
    built["From"], built["To"], built["Subject"] = sender, address, said.title
    built["Date"] = format_datetime(clock.now())
    built["Message-ID"] = f"<{mail_id}@{sender.rstrip('>').rpartition('@')[2]}>"
    built["Auto-Submitted"] = "auto-generated"
    built.set_content(said.words)
    return built


def _write(mail: Mail, event: Event, person: Person, known: Known, invited: Links) -> Said:
    with force_locale(person.locale):
        said = known.say(event, telling(event.name, mail.audience), link=_link(event, invited))
        greeting = gettext("Hello %(name)s,", name=person.name)
    home = current_app.config["BASE_URL"]
    # A title is one line, whatever somebody has called a gig.
    return Said(" ".join(said.title.split()), f"{greeting}\n\n{said.words}\n\nSetara\n{home}\n")


def _invited(events: Collection[Event]) -> Links:
    """The links of all invitations among the events, by invitation: a thousand of them are not read one by one."""
    named = {known for event in events if event.name in INVITED and (known := event.ref("invitation")) is not None}
    return invitation_links(named) if named else {}


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


def _keep(mail: Mail, said: Said, person: Person) -> None:
    mail.address, mail.subject, mail.body = person.email, said.title, said.words
    mail.tries += 1
    mail.ended_at = clock.now()


def _hand_in(mail: Mail, built: EmailMessage, send: Send) -> None:
    mail.tries += 1
    try:
        send(built)
    except (smtplib.SMTPException, OSError) as failure:
        _put_off(mail, failure)
    else:
        mail.ended_at, mail.error = clock.now(), None


def _put_off(mail: Mail, failure: Exception) -> None:
    # The server's words may repeat the address, so only their kind is kept.
    mail.error = type(failure).__name__
    again = next_try(mail.tries, clock.now())
    mail.try_at = again or mail.try_at
    mail.ended_at = None if again else clock.now()
    log.warning("mail not sent", mail=str(mail.id), error=mail.error, tries=mail.tries, given_up=again is None)


@contextmanager
def _no_sending() -> Iterator[Send]:
    yield lambda _message: None


@contextmanager
def _connection(server: MailServer) -> Iterator[Send]:
    """One connection for all messages of a batch. When there is none, each message fails with the reason."""
    try:
        client = _sign_in(server)
    except (smtplib.SMTPException, OSError) as failure:
        yield _refusing(failure)
        return
    try:
        yield client.send_message
    finally:
        # What was handed in is handed in, however the server takes leave.
        with suppress(smtplib.SMTPException, OSError):
            client.quit()


def _refusing(failure: Exception) -> Send:
    def refuse(_message: EmailMessage) -> None:
        raise failure

    return refuse


def _sign_in(server: MailServer) -> smtplib.SMTP:
    context = ssl.create_default_context()
    if server.encrypted:
        client: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=SECONDS, context=context)
    else:
        client = smtplib.SMTP(server.host, server.port, timeout=SECONDS)
        client.ehlo()
        if client.has_extn("starttls"):
            client.starttls(context=context)
            client.ehlo()
        elif server.user:
            client.close()
            raise smtplib.SMTPNotSupportedError("No password is sent without encryption.")
    if server.user:
        client.login(server.user, server.password)
    return client


def _events(mails: Sequence[Mail]) -> dict[int, Event]:
    ids = [mail.event_id for mail in mails]
    return {event.id: event for event in db.session.scalars(select(Event).where(Event.id.in_(ids)))}


def _people(mails: Sequence[Mail]) -> dict[UUID, Person]:
    ids = [mail.person_id for mail in mails]
    return {person.id: person for person in db.session.scalars(select(Person).where(Person.id.in_(ids)))}
