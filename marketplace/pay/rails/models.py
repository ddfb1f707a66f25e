"""What stands between the books and a real rail: people's accounts there, what it has told us, and what moved there."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.db import Base, CurrencyCode, Instant, JsonList, Minor, choice
from marketplace.core.events import Subject
from marketplace.core.money import Money
from marketplace.pay.rails.rules import Endpoint, Match, Outcome
from marketplace.standards.rail_reach import Agreement


class RailAccount(Subject):
    """A person's own account at a rail, as the rail last told of it. The row comes first: its id is the key under which
    the rail opens one account, however often it is asked. Which of them counts, their `PayoutMethod` says."""

    __tablename__ = "rail_account"
    __table_args__ = (
        UniqueConstraint("rail", "external_id"),
        CheckConstraint("external_id IS NOT NULL OR NOT (can_receive OR can_pay_out)", name="known_before_used"),
    )
    about: ClassVar[Mapping[str, str]] = MappingProxyType({"rail_account": "id", "contractor": "contractor_id"})

    contractor_id: Mapped[UUID] = mapped_column(ForeignKey("contractor.id"), index=True)
    rail: Mapped[str] = mapped_column(Text)
    country: Mapped[str] = mapped_column(Text)
    agreement: Mapped[Agreement] = mapped_column(choice(Agreement, "agreement"))
    external_id: Mapped[str | None] = mapped_column(Text)
    can_receive: Mapped[bool] = mapped_column(default=False)
    can_pay_out: Mapped[bool] = mapped_column(default=False)
    missing: Mapped[JsonList]
    """What the rail still asks the person for, in its own words."""
    disabled_reason: Mapped[str | None] = mapped_column(Text)
    problem: Mapped[str | None] = mapped_column(Text)
    """Why it could not be opened, or is not shown any more."""
    asked_at: Mapped[Instant]
    looked_at: Mapped[Instant | None]
    closed_at: Mapped[Instant | None]


class RailEvent(Base):
    """One call of a rail, once: kept before anything is done about it. No more of it is kept than what it is about; the
    thing itself is read again, since calls come twice and in any order."""

    __tablename__ = "rail_event"
    __table_args__ = (
        Index("ix_rail_event_waiting", "try_at", postgresql_where=text("outcome = 'waiting'")),
        Index("ix_rail_event_outcome", "outcome", "received_at"),
    )

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    rail: Mapped[str] = mapped_column(Text)
    endpoint: Mapped[Endpoint] = mapped_column(choice(Endpoint, "endpoint"))
    name: Mapped[str] = mapped_column(Text)
    account: Mapped[str | None] = mapped_column(Text)
    """The connected account that it happened on."""
    about_kind: Mapped[str] = mapped_column(Text)
    about_id: Mapped[str] = mapped_column(Text)
    is_live: Mapped[bool]
    created_at: Mapped[Instant]
    received_at: Mapped[Instant]
    try_at: Mapped[Instant]
    """When it is answered next, while it waits: a process that answers it puts this off."""
    tries: Mapped[int] = mapped_column(default=0)
    outcome: Mapped[Outcome] = mapped_column(choice(Outcome, "outcome"))
    error: Mapped[str | None] = mapped_column(Text)
    """A word for why it could not be handled; never the rail's words."""


class RailPayout(Base):
    """Money that left a person's account at the rail for their bank, as the rail last told of it."""

    __tablename__ = "rail_payout"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        Index("ix_rail_payout_contractor_id", "contractor_id"),
    )

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    rail: Mapped[str] = mapped_column(Text)
    contractor_id: Mapped[UUID] = mapped_column(ForeignKey("contractor.id"))
    amount: Mapped[Minor]
    currency: Mapped[CurrencyCode]
    state: Mapped[str] = mapped_column(Text)
    failure: Mapped[str | None] = mapped_column(Text)
    arrives_on: Mapped[date]
    looked_at: Mapped[Instant]

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)


class RailMovement(Base):
    """One movement of the platform's balance at a rail, and the one cause of the books that it was matched with."""

    __tablename__ = "rail_movement"
    __table_args__ = (
        CheckConstraint("(match = 'matched') = (cause IS NOT NULL)", name="matched_has_cause"),
        Index("uq_rail_movement_cause", "cause", unique=True, postgresql_where=text("cause IS NOT NULL")),
        Index("ix_rail_movement_created_at", "created_at"),
        Index("ix_rail_movement_stray", "created_at", postgresql_where=text("match = 'stray'")),
    )

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    rail: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    """The rail's own word for what it is."""
    amount: Mapped[Minor]
    fee: Mapped[Minor]
    currency: Mapped[CurrencyCode]
    source: Mapped[str | None] = mapped_column(Text)
    payment_op_id: Mapped[UUID | None] = mapped_column(ForeignKey("payment_op.id"), index=True)
    created_at: Mapped[Instant]
    seen_at: Mapped[Instant]
    match: Mapped[Match] = mapped_column(choice(Match, "match"))
    cause: Mapped[str | None] = mapped_column(Text)
    why: Mapped[str | None] = mapped_column(Text)
    """A word for why it matches nothing."""
    note: Mapped[str | None] = mapped_column(Text)
    """What an operator found out about a stray one."""
    explained_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    explained_at: Mapped[Instant | None]

    @property
    def gross(self) -> Money:
        return Money(self.amount, self.currency)

    @property
    def net(self) -> Money:
        return Money(self.amount - self.fee, self.currency)


class RailUnread(Base):
    """A movement whose amount or currency could not be read, in the rail's own words. It is in no sum of ours."""

    __tablename__ = "rail_unread"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    rail: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    amount: Mapped[str] = mapped_column(Text)
    fee: Mapped[str] = mapped_column(Text)
    currency: Mapped[str] = mapped_column(Text)
    created_at: Mapped[Instant] = mapped_column(index=True)
    seen_at: Mapped[Instant]


class RailBalance(Base):
    """What the rail last said that it holds for the platform, in one currency."""

    __tablename__ = "rail_balance"

    rail: Mapped[str] = mapped_column(Text, primary_key=True)
    currency: Mapped[CurrencyCode] = mapped_column(primary_key=True)
    available: Mapped[int] = mapped_column(BigInteger)
    pending: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[Instant]
