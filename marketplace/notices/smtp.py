"""E-mail, handed to a mail server over SMTP.

MAIL_SERVER is an address such as smtp://USER:PASSWORD@HOST:587 or smtps://HOST:465; a bare HOST or HOST:PORT means
smtp://. Where the server offers STARTTLS it is used, and a password is never sent without encryption.
"""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from email.utils import format_datetime
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from flask import current_app

from marketplace.core import clock
from marketplace.notices.carriers import Accepted, Carry, Message, Refused, Result

SECONDS = 20.0
"""How long the mail server may take for one step."""


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


@contextmanager
def connection() -> Iterator[Carry]:
    """One connection for all messages of a batch. When there is none, each message is refused with the reason."""
    try:
        client = _sign_in(mail_server(current_app.config["MAIL_SERVER"]))
    except (smtplib.SMTPException, OSError) as failure:
        why = type(failure).__name__
        yield lambda _message: Refused(why)
        return
    try:
        yield lambda message: _hand_in(client, message)
    finally:
        # What was handed in is handed in, however the server takes leave.
        with suppress(smtplib.SMTPException, OSError):
            client.quit()


def written(message: Message) -> EmailMessage:
    """The message as it goes over the wire. The key is in its Message-ID, by which mail servers know it again."""
    sender: str = current_app.config["MAIL_SENDER"]
    built = EmailMessage()
    built["From"], built["To"], built["Subject"] = sender, message.to, message.title
    # A mail server reads its own clock; and nothing is read from the database while it is asked.
    built["Date"] = format_datetime(clock.machine_time())
    built["Message-ID"] = f"<{message.key}@{sender.rstrip('>').rpartition('@')[2]}>"
    built["Auto-Submitted"] = "auto-generated"
    built.set_content(message.body)
    return built


def _hand_in(client: smtplib.SMTP, message: Message) -> Result:
    try:
        client.send_message(written(message))
    except (smtplib.SMTPException, OSError) as failure:
        # A mail server that says no today may know the mailbox tomorrow; only the kind of its answer is kept.
        return Refused(type(failure).__name__)
    return Accepted()


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
