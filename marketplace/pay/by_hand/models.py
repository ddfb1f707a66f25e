"""Payments that a person makes: what waits, the files that carry them, and what a person found out."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CHAR, BigInteger, CheckConstraint, ForeignKey, Index, Numeric, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.db import CurrencyCode, Instant, Minor, choice
from marketplace.core.lifecycle import Stateful
from marketplace.core.money import Money
from marketplace.pay.by_hand import rules as manual_rules
from marketplace.pay.by_hand.rules import FileFormat, FileStatus, FindingOutcome, FindingStatus, ManualStatus
from marketplace.pay.methods.fields import MethodKind
from marketplace.pay.rules import OpKind


class ManualFile(Stateful):
    """A file as it was made, once and for ever: the same bytes to whoever downloads it. They lie encrypted under a key
    of the file's own, which is thrown away some time after every line is marked (TWO_PEOPLE)."""

    __tablename__ = "manual_file"
    __table_args__ = (
        CheckConstraint("lines > 0 AND total_amount > 0", name="carries_something"),
        CheckConstraint("(status IN ('released', 'settled')) = (released_by IS NOT NULL)", name="released_by_somebody"),
        Index("ix_manual_file_kept", "settled_at", postgresql_where=text("sealed_id IS NOT NULL")),
    )
    about: ClassVar[Mapping[str, str]] = MappingProxyType({"manual_file": "id"})
    transitions: ClassVar = manual_rules.FILE_TRANSITIONS

    kind: Mapped[MethodKind] = mapped_column(choice(MethodKind, "kind"))
    provider: Mapped[str | None] = mapped_column(Text)
    format: Mapped[FileFormat] = mapped_column(choice(FileFormat, "format"))
    currency: Mapped[CurrencyCode]
    total_amount: Mapped[Minor]
    lines: Mapped[int]
    sha256: Mapped[str] = mapped_column(Text)
    sealed_id: Mapped[UUID | None] = mapped_column(ForeignKey("sealed_file.id"))
    made_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    made_at: Mapped[Instant]
    released_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    released_at: Mapped[Instant | None]
    settled_at: Mapped[Instant | None]
    status: Mapped[FileStatus] = mapped_column(choice(FileStatus, "status"))

    @property
    def total(self) -> Money:
        return Money(self.total_amount, self.currency)


class ManualPayment(Stateful):
    """What the rail of files remembers of one order. It stands in one file at a time, and in none again that may have
    been sent. `sent` is what the file says: the amount itself, or the same at a sourced rate."""

    __tablename__ = "manual_payment"
    __table_args__ = (
        UniqueConstraint("payment_op_id"),
        CheckConstraint("status <> 'in_file' OR file_id IS NOT NULL", name="in_a_file"),
        CheckConstraint("(file_id IS NULL) = (sent_amount IS NULL)", name="sent_by_a_file"),
        CheckConstraint("(sent_amount IS NULL) = (sent_currency IS NULL)", name="sent_whole"),
        Index("ix_manual_payment_file_id", "file_id", postgresql_where=text("file_id IS NOT NULL")),
        Index("ix_manual_payment_waiting", "id", postgresql_where=text("status = 'waiting'")),
    )
    about: ClassVar[Mapping[str, str]] = MappingProxyType({"manual_payment": "id", "payment": "payment_op_id"})
    transitions: ClassVar = manual_rules.MANUAL_TRANSITIONS

    payment_op_id: Mapped[UUID] = mapped_column(ForeignKey("payment_op.id"))
    kind: Mapped[OpKind] = mapped_column(choice(OpKind, "kind"))
    amount: Mapped[Minor]
    currency: Mapped[CurrencyCode]
    method_id: Mapped[UUID | None] = mapped_column(ForeignKey("payout_method.id"), index=True)
    file_id: Mapped[UUID | None] = mapped_column(ForeignKey("manual_file.id"))
    sent_amount: Mapped[int | None] = mapped_column(BigInteger)
    sent_currency: Mapped[str | None] = mapped_column(CHAR(3))
    rate: Mapped[Decimal | None] = mapped_column(Numeric)
    quoted_on: Mapped[date | None]
    rate_source: Mapped[str | None] = mapped_column(Text)
    """The rate at which the file says another currency, its day and its source."""
    taken_at: Mapped[Instant]
    status: Mapped[ManualStatus] = mapped_column(choice(ManualStatus, "status"))

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)

    @property
    def sent(self) -> Money | None:
        if self.sent_amount is None or self.sent_currency is None:
            return None
        return Money(self.sent_amount, self.sent_currency)


class PaymentFinding(Stateful):
    """What a person found out about a payment: that it happened, with its reference, its day and what arrived, or that
    it did not, and why. At most one stands of each payment, so that nothing is marked twice."""

    __tablename__ = "payment_finding"
    __table_args__ = (
        Index(
            "uq_payment_finding_payment_op_id",
            "payment_op_id",
            unique=True,
            postgresql_where=text("status <> 'contradicted'"),
        ),
        Index("ix_payment_finding_waiting", "id", postgresql_where=text("status = 'waiting'")),
        CheckConstraint("outcome <> 'happened' OR happened_on IS NOT NULL", name="happened_on_a_day"),
        CheckConstraint("(arrived_amount IS NULL) = (arrived_currency IS NULL)", name="arrived_whole"),
        CheckConstraint("status <> 'contradicted' OR answered_by IS NOT NULL", name="contradicted_by_somebody"),
    )
    about: ClassVar[Mapping[str, str]] = MappingProxyType({"payment_finding": "id", "payment": "payment_op_id"})
    transitions: ClassVar = manual_rules.FINDING_TRANSITIONS

    payment_op_id: Mapped[UUID] = mapped_column(ForeignKey("payment_op.id"))
    outcome: Mapped[FindingOutcome] = mapped_column(choice(FindingOutcome, "outcome"))
    reference: Mapped[str] = mapped_column(Text)
    happened_on: Mapped[date | None]
    arrived_amount: Mapped[int | None] = mapped_column(BigInteger)
    arrived_currency: Mapped[str | None] = mapped_column(CHAR(3))
    reason: Mapped[str] = mapped_column(Text)
    """Why it did not happen, which the person reads. Emptied when they are erased."""
    another: Mapped[str | None] = mapped_column(Text)
    """Why it is another transfer than a line of a bank statement that looks like it, as whoever settled it has said."""
    found_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    found_at: Mapped[Instant]
    answered_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    answered_at: Mapped[Instant | None]
    status: Mapped[FindingStatus] = mapped_column(choice(FindingStatus, "status"))

    @property
    def arrived(self) -> Money | None:
        if self.arrived_amount is None or self.arrived_currency is None:
            return None
        return Money(self.arrived_amount, self.arrived_currency)
