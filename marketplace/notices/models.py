"""What was told to whom. Neither table holds words with names in them, but for the local outbox's messages."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.db import Base, Id, Instant, choice
from marketplace.notices.rules import Audience


class Notice(Base):
    """An event in a person's inbox."""

    __tablename__ = "notice"
    __table_args__ = (
        # Telling somebody of an event twice is one notice: a job may run again.
        UniqueConstraint("event_id", "person_id"),
        Index("ix_notice_person_id_id", "person_id", "id"),
        Index("ix_notice_unread", "person_id", postgresql_where="read_at IS NULL"),
    )

    id: Mapped[Id]
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    audience: Mapped[Audience] = mapped_column(choice(Audience, "audience"))
    at: Mapped[Instant]
    read_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class Mail(Base):
    """An e-mail about an event. Written when it is sent, since its link is a secret that must not lie in a table.

    It waits while `ended_at` is empty. Then it was sent, or, with an `error`, given up. Where no mail server is set it
    is kept with its words: the local outbox of development, tests and the demonstration.
    """

    __tablename__ = "mail"
    __table_args__ = (
        UniqueConstraint("event_id", "person_id"),
        CheckConstraint(
            "num_nulls(address, subject, body) IN (0, 3) AND (body IS NULL OR ended_at IS NOT NULL)",
            name="words_once_kept",
        ),
        Index("ix_mail_waiting", "try_at", postgresql_where="ended_at IS NULL"),
    )

    id: Mapped[Id]
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    audience: Mapped[Audience] = mapped_column(choice(Audience, "audience"))
    at: Mapped[Instant]
    try_at: Mapped[Instant]
    tries: Mapped[int]
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    error: Mapped[str | None] = mapped_column(Text)
    address: Mapped[str | None] = mapped_column(Text)
    subject: Mapped[str | None] = mapped_column(Text)
    body: Mapped[str | None] = mapped_column(Text)
