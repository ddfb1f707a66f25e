"""Who leads a shift, and the minutes before and after it in which they do."""

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.db import Base, Instant, choice
from marketplace.shifts.rules import LeadPart


class LeadMinutes(Base):
    """A shift of one seat beside another, in which the lead of that one briefs the others or checks their work. It is
    planned, offered, held and paid like any other (rule LEAD)."""

    __tablename__ = "lead_minutes"
    __table_args__ = (
        CheckConstraint("shift_id <> leads_id", name="beside_another"),
        Index("ix_lead_minutes_leads_id", "leads_id"),
    )

    shift_id: Mapped[UUID] = mapped_column(ForeignKey("shift.id"), primary_key=True)
    leads_id: Mapped[UUID] = mapped_column(ForeignKey("shift.id"))
    contractor_id: Mapped[UUID] = mapped_column(ForeignKey("contractor.id"), index=True)
    part: Mapped[LeadPart] = mapped_column(choice(LeadPart, "part"))
    named_at: Mapped[Instant]
    named_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
