"""What the service holds of a workers' own channel: who is a member, public keys, sealed bytes, and times.

No column holds words, and none holds a key that opens them. Events name the channel alone, since operators read events.
"""

from types import MappingProxyType
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.core.db import Base, Id, Instant
from marketplace.core.events import Subject


class WorkersChannel(Subject):
    """Of the people who work for one company. `epoch` counts its keys, and nothing is written under 0; the present one
    was `handed_out` to so many people, of whom some may have left."""

    __tablename__ = "channel"
    __table_args__ = (
        CheckConstraint("epoch >= 0 AND handed_out >= 0", name="counted"),
        UniqueConstraint("company_id"),
    )
    about: ClassVar = MappingProxyType({"channel": "id"})

    company_id: Mapped[UUID] = mapped_column(ForeignKey("company.id"))
    epoch: Mapped[int] = mapped_column(default=0)
    handed_out: Mapped[int] = mapped_column(default=0)


class ChannelEpoch(Base):
    """When a key began to hold. `link` shows to whoever had the key before that it comes from somebody who had it too;
    without one the channel was begun anew."""

    __tablename__ = "channel_epoch"
    __table_args__ = (UniqueConstraint("channel_id", "epoch"),)

    id: Mapped[Id]
    channel_id: Mapped[UUID] = mapped_column(ForeignKey("channel.id"))
    epoch: Mapped[int]
    link: Mapped[str | None] = mapped_column(Text)
    begun_at: Mapped[Instant]


class ChannelMember(Base):
    """Somebody in a channel, under a name of their choice. `sealed_key` is their private key, encrypted in their
    browser under a passphrase that is never sent, with `rounds` of PBKDF2; it is emptied when they leave.

    At `told_at` they were told that there is something new, until they look.
    """

    __tablename__ = "channel_member"
    __table_args__ = (
        Index(
            "uq_channel_member_channel_id_contractor_id",
            "channel_id",
            "contractor_id",
            unique=True,
            postgresql_where=text("left_at IS NULL"),
        ),
        Index(
            "uq_channel_member_channel_id_name",
            "channel_id",
            func.lower(text("name")),
            unique=True,
            postgresql_where=text("left_at IS NULL"),
        ),
        Index("ix_channel_member_contractor_id", "contractor_id"),
    )

    id: Mapped[Id]
    channel_id: Mapped[UUID] = mapped_column(ForeignKey("channel.id"))
    contractor_id: Mapped[UUID] = mapped_column(ForeignKey("contractor.id"))
    name: Mapped[str] = mapped_column(Text)
    public_key: Mapped[str] = mapped_column(Text)
    sealed_key: Mapped[str] = mapped_column(Text)
    rounds: Mapped[int]
    is_muted: Mapped[bool] = mapped_column(default=False)
    joined_at: Mapped[Instant]
    left_at: Mapped[Instant | None]
    told_at: Mapped[Instant | None]


class ChannelKey(Base):
    """The key of one epoch, sealed by a member's browser so that this member alone can open it. `proof` shows under
    that key that a person let the member in, so that the service cannot slip in somebody of its own."""

    __tablename__ = "channel_key"
    __table_args__ = (UniqueConstraint("member_id", "epoch"),)

    id: Mapped[Id]
    member_id: Mapped[UUID] = mapped_column(ForeignKey("channel_member.id"))
    epoch: Mapped[int]
    wrapped: Mapped[str] = mapped_column(Text)
    proof: Mapped[str] = mapped_column(Text)
    made_at: Mapped[Instant]


class ChannelWords(Base):
    """Encrypted words. `mark` is a number that the writer's browser made, and that is bound into them: the same words
    sent twice stand here once, and cannot be told again as new ones."""

    __tablename__ = "channel_words"
    __table_args__ = (
        UniqueConstraint("channel_id", "mark"),
        Index("ix_channel_words_channel_id_id", "channel_id", "id"),
        Index("ix_channel_words_member_id_said_at", "member_id", "said_at"),
        Index("ix_channel_words_said_at", "said_at"),
    )

    id: Mapped[Id]
    channel_id: Mapped[UUID] = mapped_column(ForeignKey("channel.id"))
    member_id: Mapped[UUID] = mapped_column(ForeignKey("channel_member.id"))
    mark: Mapped[UUID]
    epoch: Mapped[int]
    sealed: Mapped[str] = mapped_column(Text)
    said_at: Mapped[Instant]

    member: Mapped[ChannelMember] = relationship(lazy="raise", viewonly=True)

    @property
    def name(self) -> str:
        """What the writer is called, of words that were loaded with them."""
        return self.member.name
