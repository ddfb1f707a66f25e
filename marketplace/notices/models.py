"""What was told to whom. No table holds words with names in them, but for the local outbox's messages."""

from datetime import datetime
from types import MappingProxyType
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.db import Base, Id, Instant, Json, choice
from marketplace.core.events import Subject
from marketplace.notices.rules import Audience
from marketplace.notices.ways import Chosen, Kind, State, Way, state


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


class NoticeSetting(Subject):
    """How somebody chose to be told outside of the service. Whoever has no row chose nothing, and is told as usual."""

    __tablename__ = "notice_setting"
    __table_args__ = (UniqueConstraint("person_id"),)
    about: ClassVar = MappingProxyType({"setting": "id", "person": "person_id"})

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    ways: Mapped[Json]
    """The ways by the kind of event: {"offers": ["mail", "sms"]}."""
    rings_when_urgent: Mapped[bool]
    """Whether an offer that would be over before their quiet hours are may ring in them."""

    @property
    def chosen(self) -> Chosen:
        return {Kind(kind): frozenset(Way(way) for way in ways) for kind, ways in self.ways.items()}


class Delivery(Base):
    """A message about an event by one way. Its words are written when it is sent, since a link in them may be a secret
    that must not lie in a table.

    It waits while `ended_at` is empty. Then it was sent, or, with an `error`, given up; `delivered_at` is when whoever
    carries it says that it arrived. What is known of it is no status that `move()` changes: it decides nothing about
    anybody, and an event for each step of each message would be most of the log.

    Where nothing carries messages it is kept with its words: the local outbox of development, tests and the
    demonstration.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("event_id", "person_id", "way"),
        CheckConstraint(
            "num_nulls(address, subject, body) IN (0, 3) AND (body IS NULL OR ended_at IS NOT NULL)",
            name="words_once_kept",
        ),
        CheckConstraint("delivered_at IS NULL OR ended_at IS NOT NULL AND error IS NULL", name="delivered_once_sent"),
        Index("ix_delivery_waiting", "try_at", postgresql_where="ended_at IS NULL"),
        Index("ix_delivery_person_id_id", "person_id", "id"),
        Index("ix_delivery_at", "at", postgresql_using="brin"),
    )

    id: Mapped[Id]
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    audience: Mapped[Audience] = mapped_column(choice(Audience, "audience"))
    way: Mapped[Way] = mapped_column(choice(Way, "way"))
    at: Mapped[Instant]
    try_at: Mapped[Instant]
    tries: Mapped[int]
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    delivered_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    error: Mapped[str | None] = mapped_column(Text)
    provider_id: Mapped[str | None] = mapped_column(Text)
    """What whoever carried it calls it, for questions to them."""
    address: Mapped[str | None] = mapped_column(Text)
    subject: Mapped[str | None] = mapped_column(Text)
    body: Mapped[str | None] = mapped_column(Text)

    @property
    def state(self) -> State:
        return state(ended=self.ended_at is not None, error=self.error, delivered=self.delivered_at is not None)
