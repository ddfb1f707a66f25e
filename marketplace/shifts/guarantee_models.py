"""What became of the hours that a contract guarantees, week by week."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.db import CurrencyCode, Instant, Minor
from marketplace.core.events import Subject
from marketplace.core.money import Money


class Guarantee(Subject):
    """One week of one person with one company: the minutes that were guaranteed, given and refused, and what is owed.

    There is one for every week in which something was guaranteed, also where nothing is owed. What is owed stands in
    its hold, from the company's money or, for what that did not reach, advanced by the service.
    """

    __tablename__ = "guarantee"
    __table_args__ = (
        UniqueConstraint("company_id", "contractor_id", "week"),
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        CheckConstraint("guaranteed_minutes >= 0 AND given_minutes >= 0 AND refused_minutes >= 0", name="minutes"),
        CheckConstraint(
            "owed_minutes = greatest(0, guaranteed_minutes - given_minutes - refused_minutes)", name="owed_is_the_rest"
        ),
        CheckConstraint("(owed_minutes = 0) = (held_amount = 0)", name="held_for_what_is_owed"),
        CheckConstraint("advanced_amount BETWEEN 0 AND held_amount", name="advanced_within_held"),
        CheckConstraint("recovered_amount BETWEEN 0 AND advanced_amount", name="recovered_within_advanced"),
        Index("ix_guarantee_contractor_id", "contractor_id"),
        Index("ix_guarantee_due", "week", postgresql_where=text("taken_at IS NULL AND owed_minutes > 0")),
        Index("ix_guarantee_lent", "company_id", postgresql_where=text("recovered_amount < advanced_amount")),
    )
    about: ClassVar[Mapping[str, str]] = MappingProxyType(
        {"guarantee": "id", "contract": "contract_id", "company": "company_id", "contractor": "contractor_id"}
    )

    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contract.id"), index=True)
    contract_version_id: Mapped[UUID] = mapped_column(ForeignKey("contract_version.id"))
    """The version that held last in the week."""
    company_id: Mapped[UUID] = mapped_column(ForeignKey("company.id"))
    contractor_id: Mapped[UUID] = mapped_column(ForeignKey("contractor.id"))
    week: Mapped[date]
    """The Monday, in `timezone`."""
    timezone: Mapped[str] = mapped_column(Text)
    starts_at: Mapped[Instant]
    ends_at: Mapped[Instant]
    guaranteed_minutes: Mapped[int]
    given_minutes: Mapped[int]
    refused_minutes: Mapped[int]
    owed_minutes: Mapped[int]
    rate_amount: Mapped[Minor]
    currency: Mapped[CurrencyCode]
    held_amount: Mapped[Minor]
    advanced_amount: Mapped[Minor] = mapped_column(default=0)
    """What of it the service's own pocket gave, because the company had no money."""
    recovered_amount: Mapped[Minor] = mapped_column(default=0)
    """What of that the company has paid since."""
    reckoned_at: Mapped[Instant]
    taken_at: Mapped[Instant | None]
    """When a pay run took it."""

    @property
    def rate(self) -> Money:
        return Money(self.rate_amount, self.currency)

    @property
    def held(self) -> Money:
        return Money(self.held_amount, self.currency)

    @property
    def hold_account(self) -> str:
        return f"guarantee:{self.id}:hold"
