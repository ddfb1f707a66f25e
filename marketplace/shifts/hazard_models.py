"""What comes of work that is heavier than was said: workers' flags, reports of content, pay that is owed back."""

from types import MappingProxyType
from typing import ClassVar
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.core.db import Base, CurrencyCode, Instant, Minor, choice
from marketplace.core.lifecycle import Stateful
from marketplace.shifts import hazard_rules
from marketplace.shifts.hazard_rules import BackPayStatus, FlagStatus
from marketplace.standards.hazard import HazardCategory, HazardClass


class BackPay(Stateful):
    """The premium that a raised class owes for a booking whose pay a run had taken before. It is held for the booking,
    and the next run pays what the whole costs in the class now, less what was paid."""

    __tablename__ = "back_pay"
    __table_args__ = (
        UniqueConstraint("booking_id", "hazard_class"),
        CheckConstraint("held_amount > 0", name="held_positive"),
        Index("ix_back_pay_status", "status", postgresql_where=text("status = 'due'")),
    )
    about: ClassVar = MappingProxyType(
        {word: f"{word}_id" for word in ("booking", "gig", "company", "contractor")} | {"back_pay": "id"}
    )
    transitions: ClassVar = hazard_rules.BACK_PAY_TRANSITIONS

    booking_id: Mapped[UUID] = mapped_column(ForeignKey("booking.id"))
    gig_id: Mapped[UUID] = mapped_column(ForeignKey("gig.id"))
    company_id: Mapped[UUID] = mapped_column(ForeignKey("company.id"))
    contractor_id: Mapped[UUID] = mapped_column(ForeignKey("contractor.id"))
    hazard_class: Mapped[HazardClass] = mapped_column(choice(HazardClass, "hazard_class"))
    held_amount: Mapped[Minor]
    currency: Mapped[CurrencyCode]
    raised_at: Mapped[Instant]
    status: Mapped[BackPayStatus] = mapped_column(choice(BackPayStatus, "status"))


class HazardFlag(Stateful):
    """Somebody saw in the work what its class does not tell. What they wrote stands in `HazardFlagNote`."""

    __tablename__ = "hazard_flag"
    __table_args__ = (
        Index("ix_hazard_flag_gig_id_at", "gig_id", "at"),
        Index("ix_hazard_flag_status", "status", postgresql_where=text("status = 'open'")),
    )
    about: ClassVar = MappingProxyType(
        {word: f"{word}_id" for word in ("booking", "gig", "company", "contractor")} | {"hazard_flag": "id"}
    )
    transitions: ClassVar = hazard_rules.FLAG_TRANSITIONS

    booking_id: Mapped[UUID] = mapped_column(ForeignKey("booking.id"), index=True)
    gig_id: Mapped[UUID] = mapped_column(ForeignKey("gig.id"))
    company_id: Mapped[UUID] = mapped_column(ForeignKey("company.id"), index=True)
    contractor_id: Mapped[UUID] = mapped_column(ForeignKey("contractor.id"))
    category: Mapped[HazardCategory] = mapped_column(choice(HazardCategory, "category"))
    at: Mapped[Instant]
    answered_at: Mapped[Instant | None]
    status: Mapped[FlagStatus] = mapped_column(choice(FlagStatus, "status"))

    note: Mapped["HazardFlagNote"] = relationship(lazy="raise")
    report: Mapped["ContentReport | None"] = relationship(lazy="raise", viewonly=True)


class HazardFlagNote(Base):
    """The words about a flag: its writer's, and the operator's where one answered it. They can be erased."""

    __tablename__ = "hazard_flag_note"

    flag_id: Mapped[UUID] = mapped_column(ForeignKey("hazard_flag.id"), primary_key=True)
    words: Mapped[str] = mapped_column(Text)
    answer: Mapped[str | None] = mapped_column(Text)


class ContentReport(Base):
    """That an operator found what was flagged to be unlawful, and reported it: to whom, and under which reference."""

    __tablename__ = "content_report"
    __table_args__ = (CheckConstraint("reported_to <> ''", name="reported_to_given"),)

    flag_id: Mapped[UUID] = mapped_column(ForeignKey("hazard_flag.id"), primary_key=True)
    reported_to: Mapped[str] = mapped_column(Text)
    reference: Mapped[str] = mapped_column(Text)
    reported_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    reported_at: Mapped[Instant]
