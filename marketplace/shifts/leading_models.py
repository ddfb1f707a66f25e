"""Who leads a shift, and the minutes before and after it in which they do."""

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.db import Base, Instant, choice
from marketplace.shifts.rules import LeadPart


class LeadPlan(Base):
    """Who is to lead a shift once they have a seat in it: the lead of the crew that is asked first, or of the shift
    whose new time it is. It waits until `settled_at`: the minutes were asked for, or cannot be, `because` of the code
    of a problem, or of an "error"."""

    __tablename__ = "lead_plan"
    __table_args__ = (
        CheckConstraint("minutes_before >= 0 AND minutes_after >= 0", name="minutes_not_negative"),
        CheckConstraint("minutes_before + minutes_after > 0", name="some_minutes"),
        CheckConstraint("because IS NULL OR settled_at IS NOT NULL", name="because_once_settled"),
        Index("ix_lead_plan_waiting", "shift_id", postgresql_where="settled_at IS NULL"),
    )

    shift_id: Mapped[UUID] = mapped_column(ForeignKey("shift.id"), primary_key=True)
    contractor_id: Mapped[UUID] = mapped_column(ForeignKey("contractor.id"), index=True)
    minutes_before: Mapped[int]
    minutes_after: Mapped[int]
    planned_at: Mapped[Instant]
    planned_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    settled_at: Mapped[Instant | None]
    because: Mapped[str | None] = mapped_column(Text)


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
