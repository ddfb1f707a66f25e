"""A company's crews, and who is in them. Whoever leaves leaves no row behind that a rank could read."""

from types import MappingProxyType
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.db import Instant
from marketplace.core.events import Subject


class Crew(Subject):
    """A saved choice of people. A closed crew has no members."""

    __tablename__ = "crew"
    __table_args__ = (
        CheckConstraint("length(name) BETWEEN 1 AND 80", name="named"),
        UniqueConstraint("id", "company_id"),
        Index(
            "uq_crew_company_id_name",
            "company_id",
            text("lower(name)"),
            unique=True,
            postgresql_where=text("closed_at IS NULL"),
        ),
    )
    about: ClassVar = MappingProxyType({"crew": "id", "company": "company_id"})

    company_id: Mapped[UUID] = mapped_column(ForeignKey("company.id"))
    name: Mapped[str] = mapped_column(Text)
    made_at: Mapped[Instant]
    closed_at: Mapped[Instant | None]


class CrewMember(Subject):
    """That somebody is in a crew. It counts only while their contract with the company holds, which is a query."""

    __tablename__ = "crew_member"
    __table_args__ = (
        ForeignKeyConstraint(["crew_id", "company_id"], ["crew.id", "crew.company_id"]),
        UniqueConstraint("crew_id", "contractor_id"),
        CheckConstraint("lead_before >= 0 AND lead_after >= 0", name="lead_minutes_not_negative"),
        CheckConstraint("(lead_before + lead_after > 0) = (lead_named_by IS NOT NULL)", name="lead_named_by_somebody"),
        Index("uq_crew_member_lead", "crew_id", unique=True, postgresql_where=text("lead_named_by IS NOT NULL")),
    )
    about: ClassVar = MappingProxyType({"crew": "crew_id", "company": "company_id", "contractor": "contractor_id"})

    crew_id: Mapped[UUID]
    company_id: Mapped[UUID]
    contractor_id: Mapped[UUID] = mapped_column(ForeignKey("contractor.id"), index=True)
    joined_at: Mapped[Instant]
    lead_before: Mapped[int] = mapped_column(default=0)
    lead_after: Mapped[int] = mapped_column(default=0)
    """The minutes before and after a shift in which they lead the crew, if they do (rule LEAD)."""
    lead_named_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
