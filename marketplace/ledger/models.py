"""Accounts, journal entries and postings. Entries and postings are written once: the application's role cannot change
or delete them, and a mistake is mended by a reversal."""

from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.db import Base, CurrencyCode, Id, Instant, Json, Minor


class LedgerAccount(Base):
    """A named pot of one currency. `balance` is kept where it must not fall below zero, and only there: an account
    that may be overdrawn has none, so that rows which everybody touches are never locked."""

    __tablename__ = "ledger_account"
    __table_args__ = (
        UniqueConstraint("name", "currency"),
        # Postings refer to both, so that a posting cannot join accounts of two currencies.
        UniqueConstraint("id", "currency"),
        CheckConstraint("balance >= 0", name="no_overdraft"),
    )

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(Text)
    currency: Mapped[CurrencyCode]
    balance: Mapped[int | None] = mapped_column(BigInteger)


class JournalEntry(Base):
    """One cause, once. The unique cause is what makes every booking safe to repeat."""

    __tablename__ = "journal_entry"
    __table_args__ = (UniqueConstraint("cause"),)

    id: Mapped[Id]
    cause: Mapped[str] = mapped_column(Text)
    at: Mapped[Instant]
    data: Mapped[Json]


class Posting(Base):
    """Source, destination, amount, currency: money moves in no other way. Balanced by construction."""

    __tablename__ = "posting"
    __table_args__ = (
        ForeignKeyConstraint(["source_id", "currency"], ["ledger_account.id", "ledger_account.currency"]),
        ForeignKeyConstraint(["destination_id", "currency"], ["ledger_account.id", "ledger_account.currency"]),
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("source_id <> destination_id", name="two_accounts"),
        Index("ix_posting_source_id_id", "source_id", "id"),
        Index("ix_posting_destination_id_id", "destination_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    entry_id: Mapped[UUID] = mapped_column(ForeignKey("journal_entry.id"), index=True)
    source_id: Mapped[UUID]
    destination_id: Mapped[UUID]
    amount: Mapped[Minor]
    currency: Mapped[CurrencyCode]
