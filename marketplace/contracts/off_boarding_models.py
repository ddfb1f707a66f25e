"""What happens after a contract ends, with the moments at which it did."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.contracts.off_boarding_rules import BenefitsOutcome, EndedBy, Moments, Stage, stages
from marketplace.core.db import Instant, choice
from marketplace.core.events import Subject


class OffBoarding(Subject):
    """The end of one contract, made when notice is given; each step has the moment at which it was done."""

    __tablename__ = "off_boarding"
    __table_args__ = (
        UniqueConstraint("contract_id"),
        CheckConstraint("ends_at >= begun_at AND pay_by > ends_at", name="in_order"),
        CheckConstraint("(benefits_settled_at IS NULL) = (benefits_outcome IS NULL)", name="benefits_whole"),
        CheckConstraint("paid_at IS NULL OR access_ended_at IS NOT NULL", name="paid_after_the_end"),
        Index("ix_off_boarding_contractor_id", "contractor_id"),
        Index("ix_off_boarding_open", "ends_at", postgresql_where=text("benefits_settled_at IS NULL")),
    )
    about: ClassVar[Mapping[str, str]] = MappingProxyType(
        {"off_boarding": "id", "contract": "contract_id", "company": "company_id", "contractor": "contractor_id"}
    )

    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contract.id"))
    company_id: Mapped[UUID] = mapped_column(ForeignKey("company.id"))
    contractor_id: Mapped[UUID] = mapped_column(ForeignKey("contractor.id"))
    ended_through: Mapped[EndedBy] = mapped_column(choice(EndedBy, "ended_through"))
    begun_at: Mapped[Instant]
    ends_at: Mapped[Instant]
    """When the contract ends: until then everything that was agreed holds."""
    pay_by: Mapped[Instant]
    """The last pay day: by then all of the last shift is paid (PAY_TERM)."""
    record_offered_at: Mapped[Instant]
    """When the person was told that they can have a signed record of the work."""
    access_ended_at: Mapped[Instant | None]
    """From when on the company could give the person no more work."""
    paid_at: Mapped[Instant | None]
    """When nothing was owed between the two any more."""
    benefits_settled_at: Mapped[Instant | None]
    benefits_outcome: Mapped[BenefitsOutcome | None] = mapped_column(choice(BenefitsOutcome, "benefits_outcome"))
    data_erased_at: Mapped[Instant | None]
    """When the person had their data erased, if they did."""

    @property
    def steps(self) -> list[Stage]:
        return stages(
            Moments(
                self.ends_at,
                self.pay_by,
                self.record_offered_at,
                self.access_ended_at,
                self.paid_at,
                self.benefits_settled_at,
                self.data_erased_at,
            )
        )
