"""Disputes and what was said in them. Words stand in rows of their own, written once; events hold none of them."""

from types import MappingProxyType
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.core.db import Base, Id, Instant, choice
from marketplace.core.lifecycle import Stateful
from marketplace.disputes import rules
from marketplace.disputes.rules import DisputeStatus, StatementKind
from marketplace.shifts.timesheet_models import TimesheetCut


class Dispute(Stateful):
    """A contractor's claim against one cut. A cut is disputed at most once, so the dispute has the cut's id."""

    __tablename__ = "dispute"
    __table_args__ = (
        CheckConstraint("(status = 'claimed') = (ended_at IS NULL)", name="ended_when"),
        CheckConstraint("(status = 'claimed') = (restored_minutes IS NULL)", name="restored_when_ended"),
        CheckConstraint("(status = 'ruled') = (ruled_by IS NOT NULL)", name="ruled_by_somebody"),
        Index("ix_dispute_status_rule_by", "status", "rule_by"),
    )
    about: ClassVar = MappingProxyType(
        {
            "dispute": "id",
            "timesheet": "timesheet_id",
            "booking": "booking_id",
            "gig": "gig_id",
            "company": "company_id",
            "contractor": "contractor_id",
        }
    )
    transitions: ClassVar = rules.DISPUTE_TRANSITIONS

    id: Mapped[UUID] = mapped_column(ForeignKey("timesheet_cut.id"), primary_key=True)
    timesheet_id: Mapped[UUID] = mapped_column(ForeignKey("timesheet.id"))
    booking_id: Mapped[UUID] = mapped_column(ForeignKey("booking.id"))
    gig_id: Mapped[UUID] = mapped_column(ForeignKey("gig.id"))
    company_id: Mapped[UUID] = mapped_column(ForeignKey("company.id"), index=True)
    contractor_id: Mapped[UUID] = mapped_column(ForeignKey("contractor.id"), index=True)
    claimed_at: Mapped[Instant]
    rule_by: Mapped[Instant]
    """Until when an operator rules."""
    advanced_at: Mapped[Instant | None]
    """When the sum was paid at once, before a ruling (APPEAL_ADVANCE)."""
    restored_minutes: Mapped[int | None]
    """How many minutes of the cut the end of the dispute restored. Where all were paid at once it may be fewer."""
    restored_pieces: Mapped[int] = mapped_column(default=0)
    ended_at: Mapped[Instant | None]
    ruled_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    status: Mapped[DisputeStatus] = mapped_column(choice(DisputeStatus, "status"))

    cut: Mapped[TimesheetCut] = relationship(lazy="raise", viewonly=True)
    statements: Mapped[list["Statement"]] = relationship(lazy="raise", viewonly=True, order_by="Statement.id")


class Statement(Base):
    """Words of one side, or of the ruling."""

    __tablename__ = "dispute_statement"
    __table_args__ = (Index("ix_dispute_statement_dispute_id_id", "dispute_id", "id"),)

    id: Mapped[Id]
    dispute_id: Mapped[UUID] = mapped_column(ForeignKey("dispute.id"))
    kind: Mapped[StatementKind] = mapped_column(choice(StatementKind, "kind"))
    words: Mapped[str] = mapped_column(Text)
    said_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    said_at: Mapped[Instant]
