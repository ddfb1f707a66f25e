"""Deposits that payers' banks have taken back."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.core.db import Base, CurrencyCode, Id, Instant, Minor, choice
from marketplace.core.lifecycle import Stateful
from marketplace.core.money import Money
from marketplace.core.papers import Paper, paper_constraints
from marketplace.pay.models import PaymentOp
from marketplace.pay.rails import chargeback_rules
from marketplace.pay.rails.chargeback_rules import Bearer, ChargebackStatus, Shows


class Chargeback(Stateful):
    """One deposit, or a part of it, that the payer's bank took back (it begins as open), or asks about: by the rail's
    own name, once. The evidence is a payment of its own that moves nothing; its words stand beside it, where they can
    be erased."""

    __tablename__ = "chargeback"
    __table_args__ = (
        UniqueConstraint("rail", "external_id"),
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint(
            "(status IN ('won', 'lost', 'inquiry_closed', 'reinstated')) = (ended_at IS NOT NULL)", name="ended_when"
        ),
        CheckConstraint("(paid_again_at IS NULL) = (paid_again_by IS NULL)", name="paid_again_by_somebody"),
        CheckConstraint(
            "num_nonnulls(bearer, bearer_reason, bearer_decided_by, bearer_decided_at) IN (0, 4)", name="bearer_whole"
        ),
        CheckConstraint(
            "bearer IS NULL OR status IN ('lost', 'reinstated') AND (bearer <> 'company' OR paid_again_at IS NOT NULL)",
            name="borne_once",
        ),
        CheckConstraint("reinstated_amount BETWEEN 0 AND amount", name="reinstated_of_it"),
        CheckConstraint("(reinstated_amount > 0) = (reinstated_at IS NOT NULL)", name="reinstated_when"),
        CheckConstraint("status <> 'reinstated' OR reinstated_amount = amount", name="reinstated_whole"),
        CheckConstraint("paid_amount >= 0 AND given_up_amount >= 0", name="borne_not_negative"),
        CheckConstraint("foreign_counted BETWEEN 0 AND foreign_amount", name="foreign_counted_of_it"),
        CheckConstraint(
            "num_nonnulls(foreign_currency, foreign_at) = CASE WHEN foreign_amount > 0 THEN 2 ELSE 0 END",
            name="foreign_whole",
        ),
        CheckConstraint(
            "given_up_amount = 0 OR bearer IS NOT NULL AND bearer = 'service'", name="given_up_by_the_service"
        ),
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
    """What it is about. The bank may change that until it has decided."""
    currency: Mapped[CurrencyCode]
    reinstated_amount: Mapped[Minor] = mapped_column(default=0)
    """What the bank has given back of it without having decided for the company, and `reinstated_at` when last."""
    reinstated_at: Mapped[Instant | None]
    foreign_amount: Mapped[Minor] = mapped_column(default=0)
    foreign_currency: Mapped[CurrencyCode | None]
    foreign_at: Mapped[Instant | None]
    """What the rail says came back in another currency, and when it was read that it is so much."""
    foreign_counted: Mapped[Minor] = mapped_column(default=0)
    """So much of that has been counted by an operator, and is in `reinstated_amount` at its worth."""
    reason: Mapped[str] = mapped_column(Text)
    """The rail's own word for why."""
    opened_at: Mapped[Instant]
    due_by: Mapped[Instant | None]
    """Until when the bank takes evidence. It may move that."""
    read_at: Mapped[Instant]
    """When what the rail says of it was read last, by machine time. What was read before that is no news."""
    reminded_days: Mapped[int | None] = mapped_column(SmallInteger)
    """So many days before `due_by` people were reminded of it last."""
    evidence_id: Mapped[UUID | None] = mapped_column(ForeignKey("payment_op.id"), index=True)
    paid_again_at: Mapped[Instant | None]
    paid_again_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    paid_amount: Mapped[Minor] = mapped_column(default=0)
    given_up_amount: Mapped[Minor] = mapped_column(default=0)
    """What the company has paid again, and what the service has given up, less what they have back."""
    entries: Mapped[int] = mapped_column(SmallInteger, default=0)
    """How many entries of the books it has made."""
    ended_at: Mapped[Instant | None]
    """When the bank decided."""
    bearer: Mapped[Bearer | None] = mapped_column(choice(Bearer, "bearer"))
    bearer_reason: Mapped[str | None] = mapped_column(Text)
    """Why an operator decided so of what was lost. The company reads it."""
    bearer_decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    bearer_decided_at: Mapped[Instant | None]
    status: Mapped[ChargebackStatus] = mapped_column(choice(ChargebackStatus, "status"))

    evidence: Mapped[PaymentOp | None] = relationship(
        primaryjoin="Chargeback.evidence_id == PaymentOp.id", viewonly=True, lazy="joined"
    )
    said: Mapped["ChargebackEvidence | None"] = relationship(
        primaryjoin="Chargeback.evidence_id == foreign(ChargebackEvidence.payment_op_id)", viewonly=True, lazy="joined"
    )

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)

    @property
    def reinstated(self) -> Money:
        return Money(self.reinstated_amount, self.currency)

    @property
    def held(self) -> Money:
        """What the bank has of it now."""
        return chargeback_rules.held(self.status, self.money, self.reinstated)

    @property
    def foreign(self) -> Money | None:
        return None if self.foreign_currency is None else Money(self.foreign_amount, self.foreign_currency)

    @property
    def foreign_known(self) -> Money | None:
        """So much of it as was counted."""
        return None if self.foreign_currency is None else Money(self.foreign_counted, self.foreign_currency)

    @property
    def uncounted(self) -> Money | None:
        """What came back in another currency, and nobody has counted: None where nothing has, or where the bank has
        nothing of it any more."""
        if self.foreign is None or self.foreign_known is None or not self.held:
            return None
        return self.foreign - self.foreign_known or None

    @property
    def owed(self) -> Money:
        """What of that nobody has paid again or given up. Below zero is what is given back."""
        return self.held - Money(self.paid_amount + self.given_up_amount, self.currency)

    @property
    def is_inquiry(self) -> bool:
        return self.status in chargeback_rules.INQUIRIES

    @property
    def evidence_status(self) -> str | None:
        return None if self.evidence is None else str(self.evidence.status)

    @property
    def evidence_words(self) -> str | None:
        """Empty once they were erased."""
        return None if self.said is None else self.said.words

    @property
    def evidence_sha256(self) -> str | None:
        return None if self.said is None else self.said.words_sha256


class ChargebackEvidence(Base):
    """The words of one evidence. They are emptied at `erase_at`, and their digest still proves what was sent."""

    __tablename__ = "chargeback_evidence"
    __table_args__ = (
        UniqueConstraint("payment_op_id"),
        CheckConstraint("(erased_at IS NULL) <> (words = '')", name="erased_without_words"),
        Index("ix_chargeback_evidence_erase_at", "erase_at", postgresql_where=text("erased_at IS NULL")),
    )

    id: Mapped[Id]
    payment_op_id: Mapped[UUID] = mapped_column(ForeignKey("payment_op.id"))
    chargeback_id: Mapped[UUID] = mapped_column(ForeignKey("chargeback.id"), index=True)
    words: Mapped[str] = mapped_column(Text)
    words_sha256: Mapped[str] = mapped_column(Text)
    """Of the words in UTF-8, in hexadecimal digits."""
    handed_in_at: Mapped[Instant]
    erase_at: Mapped[Instant]
    erased_at: Mapped[Instant | None]


class ChargebackPaper(Paper):
    """A file that speaks against a chargeback. It is encrypted with the company's key."""

    __tablename__ = "chargeback_paper"
    __table_args__ = (
        *paper_constraints("chargeback_paper", "chargeback_id"),
        # A bank is shown one of each kind.
        Index(
            "uq_chargeback_paper_held", "chargeback_id", "shows", unique=True, postgresql_where=text("status = 'held'")
        ),
    )
    about: ClassVar[Mapping[str, str]] = MappingProxyType(
        {"chargeback_paper": "id", "chargeback": "chargeback_id", "company": "company_id"}
    )

    chargeback_id: Mapped[UUID] = mapped_column(ForeignKey("chargeback.id"))
    company_id: Mapped[UUID] = mapped_column(ForeignKey("company.id"), index=True)
    shows: Mapped[Shows] = mapped_column(choice(Shows, "shows"))
    sha256: Mapped[str] = mapped_column(Text)
    """Of the content as it is kept and sent, in hexadecimal digits."""
    external_id: Mapped[str | None] = mapped_column(Text)
    """The rail's own name of it, once it has it."""
