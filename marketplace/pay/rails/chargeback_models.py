"""Deposits that payers' banks have taken back."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.core.db import CurrencyCode, Instant, Minor, choice
from marketplace.core.lifecycle import Stateful
from marketplace.core.money import Money
from marketplace.pay.models import PaymentOp
from marketplace.pay.rails import chargeback_rules
from marketplace.pay.rails.chargeback_rules import ChargebackStatus


class Chargeback(Stateful):
    """One deposit, or a part of it, that the payer's bank took back: by the rail's own name, once. The evidence is a
    payment of its own that moves nothing; its words stand in what the rail is told of it."""

    __tablename__ = "chargeback"
    __table_args__ = (
        UniqueConstraint("rail", "external_id"),
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("(status IN ('won', 'lost')) = (ended_at IS NOT NULL)", name="ended_when"),
        CheckConstraint("(paid_again_at IS NULL) = (paid_again_by IS NULL)", name="paid_again_by_somebody"),
        Index("ix_chargeback_status_due_by", "status", "due_by"),
    )
    about: ClassVar[Mapping[str, str]] = MappingProxyType(
        {"chargeback": "id", "company": "company_id", "payment": "deposit_id"}
    )
    transitions: ClassVar = chargeback_rules.CHARGEBACK_TRANSITIONS

    rail: Mapped[str] = mapped_column(Text)
    external_id: Mapped[str] = mapped_column(Text)
    deposit_id: Mapped[UUID] = mapped_column(ForeignKey("payment_op.id"), index=True)
    company_id: Mapped[UUID] = mapped_column(ForeignKey("company.id"), index=True)
    amount: Mapped[Minor]
    currency: Mapped[CurrencyCode]
    reason: Mapped[str] = mapped_column(Text)
    """The rail's own word for why."""
    opened_at: Mapped[Instant]
    due_by: Mapped[Instant | None]
    """Until when the bank takes evidence."""
    evidence_id: Mapped[UUID | None] = mapped_column(ForeignKey("payment_op.id"), index=True)
    paid_again_at: Mapped[Instant | None]
    paid_again_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    ended_at: Mapped[Instant | None]
    status: Mapped[ChargebackStatus] = mapped_column(choice(ChargebackStatus, "status"))

    evidence: Mapped[PaymentOp | None] = relationship(
        primaryjoin="Chargeback.evidence_id == PaymentOp.id", viewonly=True, lazy="joined"
    )

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)

    @property
    def evidence_status(self) -> str | None:
        return None if self.evidence is None else str(self.evidence.status)

    @property
    def evidence_words(self) -> str | None:
        return None if self.evidence is None else str(self.evidence.params.get("words", ""))
