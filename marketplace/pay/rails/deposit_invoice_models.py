"""Deposits that companies have asked for by invoice, and companies as customers of a rail."""

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, SmallInteger, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.core.db import Base, Id, Instant, Json, JsonRows, Minor, choice
from marketplace.core.money import Money
from marketplace.pay.models import PaymentOp
from marketplace.pay.rails.deposit_invoice_rules import FEWEST_DAYS, MOST_DAYS, InvoiceState


class RailCustomer(Base):
    """A company as a customer of a rail. The row comes first: its id is in the key under which the rail makes one
    customer, however often it is asked."""

    __tablename__ = "rail_customer"
    __table_args__ = (UniqueConstraint("company_id", "rail"), UniqueConstraint("rail", "external_id"))

    id: Mapped[Id]
    company_id: Mapped[UUID] = mapped_column(ForeignKey("company.id"))
    rail: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    """What the rail is told that it is called: the same at every try."""
    external_id: Mapped[str | None] = mapped_column(Text)
    asked_at: Mapped[Instant]
    """By machine time, before the rail was asked first."""


class DepositInvoice(Base):
    """The terms of one deposit by invoice, and what its rail last told of the invoice. Whether its money has come, the
    payment says."""

    __tablename__ = "deposit_invoice"
    __table_args__ = (
        CheckConstraint(f"days_until_due BETWEEN {FEWEST_DAYS} AND {MOST_DAYS}", name="days_within_bounds"),
        CheckConstraint("paid_amount >= 0", name="paid_not_negative"),
        CheckConstraint("state <> 'overdue'", name="overdue_is_not_kept"),
        CheckConstraint("(called_off_at IS NULL) = (called_off_by IS NULL)", name="called_off_by_somebody"),
    )

    payment_op_id: Mapped[UUID] = mapped_column(ForeignKey("payment_op.id"), primary_key=True)
    email: Mapped[str | None] = mapped_column(Text)
    """Whom it is sent to. Emptied once it is sent: nothing needs it any more; and of one that is not sent for long."""
    buyer: Mapped[Json]
    """Name, address, country and VAT number of the company as they were when it asked."""
    reference: Mapped[str | None] = mapped_column(Text)
    """The company's own, such as the number of its purchase order."""
    days_until_due: Mapped[int] = mapped_column(SmallInteger)
    state: Mapped[InvoiceState] = mapped_column(choice(InvoiceState, "state"))
    number: Mapped[str | None] = mapped_column(Text)
    """The rail's own, of a series that is none of the service's."""
    due_at: Mapped[Instant | None]
    paid_amount: Mapped[Minor] = mapped_column(default=0)
    """What of it has come through the rail, in the currency of the deposit."""
    parts: Mapped[JsonRows]
    """The payments by which that has come, the oldest first: the rail's own name of each, its kind, and its amount."""
    reminded_at: Mapped[Instant | None]
    """When the company was told that its day is over."""
    called_off_at: Mapped[Instant | None]
    void_tries: Mapped[int] = mapped_column(default=0)
    """How often the rail has said since then that it is not void."""
    called_off_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), index=True)

    deposit: Mapped[PaymentOp] = relationship(viewonly=True)

    @property
    def paid(self) -> Money:
        return Money(self.paid_amount, self.deposit.currency)
