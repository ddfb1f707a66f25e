"""Invoices of the service to companies: numbered without a gap, written once; and how companies want to be billed."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Numeric, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.core.db import Base, CurrencyCode, Id, Instant, Json, Minor, choice
from marketplace.core.events import Subject
from marketplace.core.money import Money
from marketplace.pay.taxes import vat_rules
from marketplace.pay.taxes.vat_rules import InvoiceKind, Treatment


class CompanyBilling(Base):
    """The VAT number and the address that a company wants on its invoices."""

    __tablename__ = "company_billing"

    company_id: Mapped[UUID] = mapped_column(ForeignKey("company.id"), primary_key=True)
    vat_number: Mapped[str | None] = mapped_column(Text)
    address: Mapped[str] = mapped_column(Text)
    told_at: Mapped[Instant]


class InvoiceSeries(Base):
    """The last number of a series. Its row is locked until the invoice is committed: so there is no gap."""

    __tablename__ = "invoice_series"

    series: Mapped[str] = mapped_column(Text, primary_key=True)
    last: Mapped[int]


class InvoicedRun(Base):
    """A pay run whose fees are invoiced, or had none."""

    __tablename__ = "invoiced_run"

    run_id: Mapped[UUID] = mapped_column(ForeignKey("pay_run.id"), primary_key=True)
    at: Mapped[Instant]


class InvoicesBegin(Base):
    """From when on charges are invoiced, where the service had charged companies before it wrote invoices: they were
    told nothing of VAT then. At most one row, written by the migration."""

    __tablename__ = "invoices_begin"

    at: Mapped[Instant] = mapped_column(primary_key=True)


class Invoice(Subject):
    """What the service charged a company, or credits to it. All of it but when its VAT was taken is written once; who
    sold and who bought stand in it as they were."""

    __tablename__ = "invoice"
    __table_args__ = (
        UniqueConstraint("series", "number"),
        CheckConstraint("number >= 1 AND net_amount > 0 AND vat_amount >= 0", name="positive"),
        CheckConstraint("(kind = 'credit_note') = (of_id IS NOT NULL)", name="credit_of_another"),
        CheckConstraint("(kind = 'credit_note') = (reason IS NOT NULL)", name="credit_has_reason"),
        Index("ix_invoice_company_id_id", "company_id", "id"),
        Index("ix_invoice_of_id", "of_id", postgresql_where=text("of_id IS NOT NULL")),
        Index("ix_invoice_vat_open", "id", postgresql_where=text("vat_taken_at IS NULL")),
    )
    about: ClassVar[Mapping[str, str]] = MappingProxyType({"invoice": "id", "company": "company_id"})

    kind: Mapped[InvoiceKind] = mapped_column(choice(InvoiceKind, "kind"))
    series: Mapped[str] = mapped_column(Text)
    number: Mapped[int]
    company_id: Mapped[UUID] = mapped_column(ForeignKey("company.id"))
    of_id: Mapped[UUID | None] = mapped_column(ForeignKey("invoice.id"))
    currency: Mapped[CurrencyCode]
    net_amount: Mapped[Minor]
    vat_percent: Mapped[Decimal] = mapped_column(Numeric(5, 2))
    vat_amount: Mapped[Minor]
    treatment: Mapped[Treatment] = mapped_column(choice(Treatment, "treatment"))
    seller: Mapped[Json]
    buyer: Mapped[Json]
    reason: Mapped[str | None] = mapped_column(Text)
    issued_at: Mapped[Instant]
    vat_taken_at: Mapped[Instant | None]
    """When the VAT was taken from the company's available money; None while it lacks it. Without VAT: at once."""

    lines: Mapped[list["InvoiceLine"]] = relationship(order_by="InvoiceLine.id", viewonly=True)

    @property
    def name(self) -> str:
        return vat_rules.number_words(self.series, self.number)

    @property
    def net(self) -> Money:
        return Money(self.net_amount, self.currency)

    @property
    def vat(self) -> Money:
        return Money(self.vat_amount, self.currency)

    @property
    def gross(self) -> Money:
        return self.net + self.vat


class InvoiceLine(Base):
    """One thing that was charged, once and for ever: its cause is what it was charged for."""

    __tablename__ = "invoice_line"
    __table_args__ = (
        UniqueConstraint("cause"),
        CheckConstraint("amount > 0", name="amount_positive"),
        Index("ix_invoice_line_invoice_id", "invoice_id"),
    )

    id: Mapped[Id]
    invoice_id: Mapped[UUID] = mapped_column(ForeignKey("invoice.id"))
    cause: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    """`fee`: the fee on the pay of a run; `handling`: that of an overturned cut; `credit`: what is credited."""
    supplied_on: Mapped[date] = mapped_column(Date)
    """The day on which the pay was issued, the cut was overturned or the money was given back (Directive 2006/112/EC,
    art. 226 (7))."""
    through: Mapped[date | None] = mapped_column(Date)
    """Of a run's fee: it paid the weeks that began by this day and were not paid before."""
    amount: Mapped[Minor]
    currency: Mapped[CurrencyCode]

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)
