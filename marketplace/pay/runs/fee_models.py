"""What a rail kept of a payout, and which company makes it good."""

from types import MappingProxyType
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.db import CurrencyCode, Instant, Minor
from marketplace.core.events import Subject
from marketplace.core.money import Money


class RailFee(Subject):
    """One company's part of what a rail kept of one payout: held for the person, and paid by the next run (PAYOUT); or,
    where it was kept on the way back, held for what the way back has cost.

    Where no company paid for the payslip, as of a benefit of the person's own, the service bears it.
    """

    __tablename__ = "rail_fee"
    __table_args__ = (
        UniqueConstraint("payment_op_id", "company_id", postgresql_nulls_not_distinct=True),
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("NOT on_the_way_back OR taken_at IS NOT NULL", name="no_run_pays_the_way_back"),
        CheckConstraint("advanced_amount BETWEEN 0 AND amount", name="advanced_within_amount"),
        CheckConstraint("recovered_amount BETWEEN 0 AND advanced_amount", name="recovered_within_advanced"),
        Index("ix_rail_fee_contractor_id", "contractor_id"),
        Index("ix_rail_fee_due", "kept_at", postgresql_where=text("taken_at IS NULL")),
        Index("ix_rail_fee_lent", "company_id", postgresql_where=text("recovered_amount < advanced_amount")),
    )
    about: ClassVar = MappingProxyType(
        {"rail_fee": "id", "payment": "payment_op_id", "company": "company_id", "contractor": "contractor_id"}
    )

    payment_op_id: Mapped[UUID] = mapped_column(ForeignKey("payment_op.id"))
    contractor_id: Mapped[UUID] = mapped_column(ForeignKey("contractor.id"))
    company_id: Mapped[UUID | None] = mapped_column(ForeignKey("company.id"))
    amount: Mapped[Minor]
    currency: Mapped[CurrencyCode]
    advanced_amount: Mapped[Minor] = mapped_column(default=0)
    """What of it the service's own pocket gave, because the company had no money."""
    recovered_amount: Mapped[Minor] = mapped_column(default=0)
    on_the_way_back: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    """Whether it was kept of a payout that came back: that is payable again whole, and no run pays this."""
    kept_at: Mapped[Instant]
    """When it was set aside for the person."""
    taken_at: Mapped[Instant | None]
    """When a pay run took it."""

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)

    @property
    def hold_account(self) -> str:
        return f"rail_fee:{self.id}:hold"
