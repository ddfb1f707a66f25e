"""What leaves or enters a benefit beside work: money that is paid out or goes to a provider, and hours that expire.

The entry of the ledger and the money go together: their causes name each other, and the proof compares them.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CHAR, BigInteger, CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.contracts import moving_rules as rules
from marketplace.contracts.moving_rules import TransferStatus
from marketplace.core.db import CurrencyCode, Instant, Minor, choice
from marketplace.core.events import Subject
from marketplace.core.lifecycle import Stateful
from marketplace.core.money import Money


class CashOut(Subject):
    """Money of a benefit, in one currency, that the next pay run pays to its owner. Until then it stays in the account
    and belongs to nothing else. `cause` is that of the entry which takes it from the benefit."""

    __tablename__ = "benefit_cash_out"
    __table_args__ = (
        UniqueConstraint("cause", "currency"),
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("paid_at IS NULL OR taken_at IS NOT NULL", name="taken_before_paid"),
        Index("ix_benefit_cash_out_contractor_id", "contractor_id"),
        Index("ix_benefit_cash_out_due", "asked_at", postgresql_where=text("taken_at IS NULL")),
    )
    about: ClassVar[Mapping[str, str]] = MappingProxyType({"cash_out": "id", "contractor": "contractor_id"})

    contractor_id: Mapped[UUID] = mapped_column(ForeignKey("contractor.id"))
    plan_id: Mapped[UUID] = mapped_column(ForeignKey("benefit_plan.id"))
    cause: Mapped[str] = mapped_column(Text)
    account: Mapped[str] = mapped_column(Text)
    """The account of the books that pays."""
    amount: Mapped[Minor]
    currency: Mapped[CurrencyCode]
    asked_at: Mapped[Instant]
    taken_at: Mapped[Instant | None]
    """When a pay run took it."""
    paid_at: Mapped[Instant | None]

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)


class Transfer(Stateful):
    """Money of a benefit that goes to another provider, or came from one. Words about it can be emptied."""

    __tablename__ = "benefit_transfer"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("(status = 'asked') = (decided_by IS NULL)", name="decided_by_somebody"),
        CheckConstraint("(decided_by IS NULL) = (decided_at IS NULL)", name="decided_when"),
        CheckConstraint("(status = 'received') = (statement_sha256 IS NULL)", name="leaves_with_a_statement"),
        Index("ix_benefit_transfer_contractor_id", "contractor_id"),
        Index("ix_benefit_transfer_asked", "asked_at", postgresql_where=text("status = 'asked'")),
    )
    about: ClassVar[Mapping[str, str]] = MappingProxyType({"benefit_transfer": "id", "contractor": "contractor_id"})
    transitions: ClassVar = rules.TRANSFER_TRANSITIONS

    contractor_id: Mapped[UUID] = mapped_column(ForeignKey("contractor.id"))
    plan_id: Mapped[UUID] = mapped_column(ForeignKey("benefit_plan.id"))
    amount: Mapped[Minor]
    currency: Mapped[CurrencyCode]
    provider: Mapped[str] = mapped_column(Text)
    """Who receives the money, or sent it."""
    account: Mapped[str] = mapped_column(Text)
    """The person's account or number there."""
    statement_sha256: Mapped[str | None] = mapped_column(CHAR(64))
    """Of the statement of benefits that goes along; None of money that comes in."""
    asked_at: Mapped[Instant]
    decided_by: Mapped[UUID | None]
    decided_at: Mapped[Instant | None]
    evidence: Mapped[str | None] = mapped_column(Text)
    """Where the proof of the payment is kept."""
    reason: Mapped[str | None] = mapped_column(Text)
    """Why it could not be sent, or why it was taken in."""
    status: Mapped[TransferStatus] = mapped_column(choice(TransferStatus, "status"))

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)


class Expiry(Subject):
    """That a person was told, in time, that leave beyond what carries over expires at the end of a year of theirs; and
    then what became of it."""

    __tablename__ = "benefit_expiry"
    __table_args__ = (
        UniqueConstraint("contractor_id", "plan_id", "year"),
        CheckConstraint("told_at < ends_at", name="told_before"),
        CheckConstraint("(expired_at IS NULL) = (quantity IS NULL)", name="expired_whole"),
        Index("ix_benefit_expiry_due", "ends_at", postgresql_where=text("expired_at IS NULL")),
    )
    about: ClassVar[Mapping[str, str]] = MappingProxyType({"benefit_expiry": "id", "contractor": "contractor_id"})

    contractor_id: Mapped[UUID] = mapped_column(ForeignKey("contractor.id"))
    plan_id: Mapped[UUID] = mapped_column(ForeignKey("benefit_plan.id"))
    year: Mapped[int]
    carries_over: Mapped[int] = mapped_column(BigInteger)
    """Seconds that the person was told are kept."""
    ends_at: Mapped[Instant]
    """The midnight at the end of the year where the person lives."""
    told_at: Mapped[Instant]
    expired_at: Mapped[Instant | None]
    quantity: Mapped[int | None] = mapped_column(BigInteger)
    """Seconds that expired; their money was paid out."""
