"""Bank statements that operators handed in, and every line of them that came in."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CHAR, BigInteger, CheckConstraint, ForeignKey, Index, Numeric, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.db import Base, CurrencyCode, Id, Instant, Minor, choice
from marketplace.core.events import Subject
from marketplace.core.lifecycle import Stateful
from marketplace.core.money import Money
from marketplace.pay.bank import rules as bank_rules
from marketplace.pay.bank.balance_rules import Balance
from marketplace.pay.bank.rules import FileFormat, KnownBy, LineKind, LineStatus


class BankStatement(Subject):
    """A file, known by its digest: handed in twice it is the same. Its text is not kept, its lines are."""

    __tablename__ = "bank_statement"
    __table_args__ = (UniqueConstraint("sha256"),)
    about: ClassVar[Mapping[str, str]] = MappingProxyType({"bank_statement": "id"})

    sha256: Mapped[str] = mapped_column(CHAR(64))
    format: Mapped[FileFormat] = mapped_column(choice(FileFormat, "format"))
    incoming: Mapped[int]
    outgoing: Mapped[int]
    fresh: Mapped[int]
    """How many of the lines were in no statement before."""
    taken_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    taken_at: Mapped[Instant]


class BankLine(Stateful):
    """Money that came by bank, or that the bank has undone (`kind`). Its identity is that of the transfer, so that the
    same one in another file is known."""

    __tablename__ = "bank_line"
    __table_args__ = (
        UniqueConstraint("identity"),
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint(
            "(status IN ('matched', 'booked')) = (company_id IS NOT NULL) OR kind = 'came_back' AND company_id IS NULL",
            name="known_whose",
        ),
        CheckConstraint("(status = 'booked') = (payment_op_id IS NOT NULL)", name="booked_is_a_deposit"),
        CheckConstraint(
            "(status IN ('ending', 'sent_back', 'kept')) = (reason IS NOT NULL)", name="sent_back_has_reason"
        ),
        CheckConstraint("(kept_amount IS NULL) = (kept_currency IS NULL)", name="kept_whole"),
        CheckConstraint("(rate IS NULL) = (rate_source IS NULL)", name="rate_has_source"),
        CheckConstraint(
            "(kind = 'came_back' AND status = 'booked' AND company_id IS NULL) OR num_nonnulls(kept_amount, rate) = 0",
            name="kept_of_what_came_back",
        ),
        Index("uq_bank_line_undoes_id", "undoes_id", unique=True, postgresql_where=text("undoes_id IS NOT NULL")),
        Index("uq_bank_line_finding_id", "finding_id", unique=True, postgresql_where=text("finding_id IS NOT NULL")),
        Index("uq_bank_line_rest_of_id", "rest_of_id", unique=True, postgresql_where=text("rest_of_id IS NOT NULL")),
        Index("ix_bank_line_statement_id", "statement_id"),
        Index("ix_bank_line_company_id", "company_id", postgresql_where=text("company_id IS NOT NULL")),
        Index("ix_bank_line_waiting", "id", postgresql_where=text("status IN ('stray', 'matched', 'ending')")),
    )
    about: ClassVar[Mapping[str, str]] = MappingProxyType({"bank_line": "id", "company": "company_id"})
    transitions: ClassVar = bank_rules.LINE_TRANSITIONS

    statement_id: Mapped[UUID] = mapped_column(ForeignKey("bank_statement.id"))
    identity: Mapped[str] = mapped_column(CHAR(64))
    known_by: Mapped[KnownBy] = mapped_column(choice(KnownBy, "known_by"))
    kind: Mapped[LineKind] = mapped_column(choice(LineKind, "kind"))
    undoes_id: Mapped[UUID | None] = mapped_column(ForeignKey("bank_line.id"))
    """The line of the transfer that this one takes back, where there is one."""
    rest_of_id: Mapped[UUID | None] = mapped_column(ForeignKey("bank_line.id"))
    """The line of a payout that came back with this, which is more than the payout."""
    booked_on: Mapped[date]
    amount: Mapped[Minor]
    currency: Mapped[CurrencyCode]
    words: Mapped[str] = mapped_column(Text)
    payer: Mapped[str] = mapped_column(Text)
    bank_reference: Mapped[str] = mapped_column(Text)
    company_id: Mapped[UUID | None] = mapped_column(ForeignKey("company.id"))
    payment_op_id: Mapped[UUID | None] = mapped_column(ForeignKey("payment_op.id"), index=True)
    finding_id: Mapped[UUID | None] = mapped_column(ForeignKey("payment_finding.id"))
    """What this line has found of a deposit that was asked for. The two are the same money."""
    kept_amount: Mapped[int | None] = mapped_column(BigInteger)
    kept_currency: Mapped[str | None] = mapped_column(CHAR(3))
    rate: Mapped[Decimal | None] = mapped_column(Numeric)
    rate_source: Mapped[str | None] = mapped_column(Text)
    """What the bank kept of a payment of ours that came back, in that payment's currency; and where it came in another,
    so many units of it for one of the payment's, by which source of which day (LANDED)."""
    reason: Mapped[str | None] = mapped_column(Text)
    another: Mapped[str | None] = mapped_column(Text)
    """Why it is another transfer than a deposit of long before or after under its reference, as somebody has said."""
    matched_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    """Who said whose it is or what became of it, or handed in the statement that says so."""
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[Instant | None]
    status: Mapped[LineStatus] = mapped_column(choice(LineStatus, "status"))

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)

    @property
    def kept(self) -> Money | None:
        if self.kept_amount is None or self.kept_currency is None:
            return None
        return Money(self.kept_amount, self.kept_currency)

    @property
    def own_reference(self) -> str:
        """By what a finding is known that this line has made."""
        return self.bank_reference.strip() or self.identity[: bank_rules.SHORT]

    @property
    def is_borne(self) -> bool:
        """Whether the service bears what the bank has taken back. What nobody had booked by then costs nobody."""
        is_over = self.kind is LineKind.TAKEN_BACK and self.status is LineStatus.SENT_BACK
        return is_over and self.reason != bank_rules.TAKEN_BACK


class BankBalance(Base):
    """How a statement of an account begins and ends, as the bank says."""

    __tablename__ = "bank_balance"
    __table_args__ = (
        CheckConstraint("opened_on <= closed_on", name="days_in_order"),
        Index("ix_bank_balance_statement_id", "statement_id"),
        Index("ix_bank_balance_closed_on", "closed_on"),
    )

    id: Mapped[Id]
    statement_id: Mapped[UUID] = mapped_column(ForeignKey("bank_statement.id"))
    account: Mapped[str] = mapped_column(Text)
    currency: Mapped[CurrencyCode]
    opened_on: Mapped[date]
    opening: Mapped[int] = mapped_column(BigInteger)
    closed_on: Mapped[date]
    closing: Mapped[int] = mapped_column(BigInteger)

    @property
    def told(self) -> Balance:
        first, last = Money(self.opening, self.currency), Money(self.closing, self.currency)
        return Balance(self.account, self.opened_on, first, self.closed_on, last)


class LineReopening(Base):
    """What was said of a line that was over, and two people have taken back: nothing of it is lost."""

    __tablename__ = "line_reopening"
    __table_args__ = (
        CheckConstraint("said_by <> agreed_by", name="two_people"),
        Index("ix_line_reopening_line_id", "line_id"),
    )

    id: Mapped[Id]
    line_id: Mapped[UUID] = mapped_column(ForeignKey("bank_line.id"))
    was: Mapped[LineStatus] = mapped_column(choice(LineStatus, "was"))
    reason: Mapped[str] = mapped_column(Text)
    """Why somebody had sent it back, or kept it."""
    why: Mapped[str] = mapped_column(Text)
    """Why that is taken back."""
    said_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    agreed_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    at: Mapped[Instant]
