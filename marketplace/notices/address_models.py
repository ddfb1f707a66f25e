"""Where people are told of things beside their e-mail address: telephone numbers, browsers."""

from datetime import datetime
from types import MappingProxyType
from typing import ClassVar
from uuid import UUID

from sqlalchemy import (
    CHAR,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Index,
    LargeBinary,
    SmallInteger,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.db import Instant
from marketplace.core.events import Subject


class Phone(Subject):
    """A number that somebody gave; theirs once they typed the code that was sent there, until `ended_at`.

    The number is encrypted with the person's own key. `fingerprint` is a keyed digest, by which one number is not sent
    codes without end; several people may have one telephone, so it is not unique. The code stands nowhere: it follows
    from the row and the service's secret each time (`phones.code_of`). `tries` are wrong ones.
    """

    __tablename__ = "phone"
    __table_args__ = (
        Index(
            "uq_phone_waiting",
            "person_id",
            unique=True,
            postgresql_where=text("proven_at IS NULL AND ended_at IS NULL"),
        ),
        Index(
            "uq_phone_proven",
            "person_id",
            unique=True,
            postgresql_where=text("proven_at IS NOT NULL AND ended_at IS NULL"),
        ),
        CheckConstraint("tries >= 0", name="tries_counted"),
        Index("ix_phone_person_id", "person_id"),
        Index("ix_phone_fingerprint", "fingerprint"),
    )
    about: ClassVar = MappingProxyType({"phone": "id", "person": "person_id"})

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    shown: Mapped[str] = mapped_column(Text)
    """Its country and its last digits: enough to know one's own again."""
    region: Mapped[str] = mapped_column(CHAR(2))
    fingerprint: Mapped[str] = mapped_column(CHAR(64))
    asked_at: Mapped[Instant]
    tries: Mapped[int] = mapped_column(SmallInteger, default=0)
    proven_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class PushSubscription(Subject):
    """A browser that takes notifications for somebody, encrypted with their key: its address is theirs alone to know.
    `fingerprint` is a keyed digest of it: one browser has one person at a time."""

    __tablename__ = "push_subscription"
    __table_args__ = (UniqueConstraint("fingerprint"), Index("ix_push_subscription_person_id", "person_id"))
    about: ClassVar = MappingProxyType({"push_subscription": "id", "person": "person_id"})

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    fingerprint: Mapped[str] = mapped_column(CHAR(64))
    made_at: Mapped[Instant]
