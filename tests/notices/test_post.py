"""E-mail over a real SMTP connection: handed in once, tried again, given up; and kept where there is no mail server."""

import socketserver
import threading
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_string
from email.header import decode_header, make_header

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.accounts.rules import CLOCK
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import Event
from marketplace.core.problems import NotFound
from marketplace.notices import post, queries, service
from marketplace.notices.models import Delivery
from marketplace.notices.rules import Audience
from marketplace.notices.smtp import MailServer, mail_server
from tests.factories import accounts as make


class Session(socketserver.StreamRequestHandler):
    """As much of RFC 5321 as a client needs that hands a message in."""

    server: "Post"

    def handle(self) -> None:
        self._say("220 ready")
        for line in self.rfile:
            command = line.decode().strip().upper()
            self.server.heard.append(command)
            if command == "DATA":
                self._take_message()
            elif command.startswith("RCPT") and self.server.refuses.upper() in command:
                self._say("550 no such person")
            else:
                self._say("250 fine")
            if command == "QUIT":
                return

    def _take_message(self) -> None:
        self._say("354 go on")
        lines = []
        while (line := self.rfile.readline().decode()) != ".\r\n":
            lines.append(line)
        self.server.messages.append("".join(lines))
        self._say("250 taken")

    def _say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


class Post(socketserver.ThreadingTCPServer):
    """A mail server that takes everything but messages to whoever it `refuses`."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Session)
        self.heard: list[str] = []
        self.messages: list[str] = []
        self.refuses = "nobody at all"


@pytest.fixture
def mail_box(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Post]:
    with Post() as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        monkeypatch.setitem(app.config, "MAIL_SERVER", f"127.0.0.1:{running.server_address[1]}")
        yield running
        running.shutdown()
        thread.join()


def waiting_mail(email: str = "ana@example.com", name: str = "Ana", locale: str = "en") -> Delivery:
    """A message that confirms an address, waiting to be sent."""
    person = make.person(email, name=name, locale=locale, confirmed=False)
    service.deliver(list(db.session.scalars(select(Event.id).where(Event.subject_id == person.id))), by=CLOCK)
    return db.session.scalars(select(Delivery).where(Delivery.person_id == person.id)).one()


def test_a_message_is_handed_in_once(app: Flask, mail_box: Post) -> None:
    mail = waiting_mail(name="Änne Ünal", locale="id")
    assert post.send_due() == 1
    assert post.send_due() == 0
    (text,) = mail_box.messages
    sent = message_from_string(text)
    assert sent["To"] == "ana@example.com"
    assert str(make_header(decode_header(sent["Subject"]))) == "Konfirmasikan alamat surel Anda"
    assert sent["Message-ID"] == f"<{mail.id}@localhost>"
    assert sent["Auto-Submitted"] == "auto-generated"
    payload = sent.get_payload(decode=True)
    assert isinstance(payload, bytes)
    body = payload.decode()
    assert body.startswith("Halo Änne Ünal,")
    assert f"{app.config['BASE_URL']}/confirm/" in body


def test_what_was_sent_is_not_kept(app: Flask, mail_box: Post) -> None:
    mail = waiting_mail()
    post.send_due()
    assert mail.ended_at is not None
    assert (mail.error, mail.address, mail.subject, mail.body) == (None, None, None, None)
    with pytest.raises(NotFound):
        queries.outbox()


def test_one_bad_address_holds_nobody_up(app: Flask, mail_box: Post) -> None:
    bad, good = waiting_mail("gone@example.com"), waiting_mail("ana@example.com")
    mail_box.refuses = "gone@example.com"
    assert post.send_due() == 2
    assert len(mail_box.messages) == 1
    assert (bad.ended_at, bad.error, bad.tries) == (None, "SMTPRecipientsRefused", 1)
    assert good.ended_at is not None
    assert mail_box.heard.count("QUIT") == 1


def test_one_message_that_cannot_be_written_holds_nobody_up(app: Flask, mail_box: Post) -> None:
    bad, good = waiting_mail("ana@example.com"), waiting_mail("budi@example.com")
    # No event of that name is told to this audience any more: the table of words has changed since it was written.
    bad.audience = Audience.FINANCE
    assert post.send_due() == 2
    assert len(mail_box.messages) == 1
    assert (bad.ended_at, bad.tries) == (None, 1)
    assert bad.error
    assert good.ended_at is not None


def test_it_is_tried_again_later_and_then_given_up(app: Flask, mail_box: Post) -> None:
    mail = waiting_mail("gone@example.com")
    mail_box.refuses = "gone@example.com"
    post.send_due()
    assert post.send_due() == 0
    tries = 1
    while mail.ended_at is None:
        clock.move_to(mail.try_at + timedelta(seconds=1))
        assert post.send_due() == 1
        tries += 1
    assert tries == mail.tries == 8
    assert mail.error == "SMTPRecipientsRefused"
    clock.move_to(clock.now() + timedelta(days=30))
    assert post.send_due() == 0


def test_a_mail_server_that_is_away_loses_nothing(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "MAIL_SERVER", "127.0.0.1:1")
    mail = waiting_mail()
    assert post.send_due() == 1
    assert (mail.ended_at, mail.error) == (None, "ConnectionRefusedError")


def test_no_password_without_encryption(app: Flask, mail_box: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "MAIL_SERVER", f"smtp://robot:secret@127.0.0.1:{mail_box.server_address[1]}")
    mail = waiting_mail()
    post.send_due()
    assert mail.error == "SMTPNotSupportedError"
    assert not [line for line in mail_box.heard if "AUTH" in line]


def test_without_a_mail_server_messages_are_kept_here(app: Flask) -> None:
    mail = waiting_mail()
    assert post.send_due() == 1
    assert queries.outbox()["items"] == [mail]
    assert mail.address == "ana@example.com"
    assert mail.subject == "Confirm your e-mail address"


def test_production_without_a_mail_server_keeps_no_secrets(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    mail = waiting_mail()
    monkeypatch.setitem(app.config, "ENVIRONMENT", "production")
    assert post.send_due() == 0
    assert (mail.ended_at, mail.body) == (None, None)
    with pytest.raises(NotFound):
        queries.outbox()


def test_a_title_cannot_forge_a_header(app: Flask, mail_box: Post) -> None:
    company = make.company(legal_name="Lab\r\nBcc: everybody@example.com")
    service.deliver(list(db.session.scalars(select(Event.id).where(Event.name == "company.verified"))), by=CLOCK)
    post.send_due()
    assert company.legal_name
    (text,) = [text for text in mail_box.messages if "verified" in text]
    assert message_from_string(text)["Bcc"] is None


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("mail.example.com", MailServer("mail.example.com", 25, False, "", "")),
        ("mail.example.com:2525", MailServer("mail.example.com", 2525, False, "", "")),
        ("smtp://me:p%40ss@mail.example.com", MailServer("mail.example.com", 587, False, "me", "p@ss")),
        ("smtps://me:x@mail.example.com", MailServer("mail.example.com", 465, True, "me", "x")),
    ],
)
def test_the_spellings_of_a_mail_server(address: str, expected: MailServer) -> None:
    assert mail_server(address) == expected
