"""What keeps somebody from new offers, and what they say against it. Words stand in columns that can be emptied."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.core.db import Id, Instant, choice
from marketplace.core.lifecycle import Stateful
from marketplace.workforce import bars
from marketplace.workforce.bars import AppealStatus, Bar, RestrictionStatus, Scope, Source, Target
from marketplace.workforce.models import VettingDecision


class Restriction(Stateful):
    """A bar from new offers, with a scope and an end. Its reason stands in the decision that it rests on.

    `gig_id` names a gig without a foreign key, since gigs are built on people and not the other way round.
    """

    __tablename__ = "restriction"
    __table_args__ = (
        CheckConstraint("expires_at > begins_at", name="expires_after_begin"),
        CheckConstraint("(scope IN ('company', 'gig')) = (company_id IS NOT NULL)", name="company_of_scope"),
        CheckConstraint("(scope = 'gig') = (gig_id IS NOT NULL)", name="gig_of_scope"),
        CheckConstraint("(scope = 'category') = (category IS NOT NULL)", name="category_of_scope"),
        CheckConstraint("source <> 'company' OR scope IN ('company', 'gig')", name="company_own_gigs"),
        CheckConstraint("(status = 'active') = (ended_at IS NULL)", name="ended_when"),
        Index("ix_restriction_contractor_id_status", "contractor_id", "status"),
        Index("ix_restriction_status_expires_at", "status", "expires_at"),
        Index("ix_restriction_company_id", "company_id"),
    )
    about: ClassVar[Mapping[str, str]] = MappingProxyType(
        {"restriction": "id", "contractor": "contractor_id", "company": "company_id"}
    )
    transitions = bars.RESTRICTION_TRANSITIONS

    id: Mapped[Id]
    contractor_id: Mapped[UUID] = mapped_column(ForeignKey("contractor.id"))
    decision_id: Mapped[UUID] = mapped_column(ForeignKey("vetting_decision.id"))
    source: Mapped[Source] = mapped_column(choice(Source, "source"))
    scope: Mapped[Scope] = mapped_column(choice(Scope, "scope"))
    company_id: Mapped[UUID | None] = mapped_column(ForeignKey("company.id"))
    gig_id: Mapped[UUID | None]
    category: Mapped[str | None] = mapped_column(Text)
    begins_at: Mapped[Instant]
    expires_at: Mapped[Instant]
    ended_at: Mapped[Instant | None]
    ended_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    end_reason: Mapped[str | None] = mapped_column(Text)
    status: Mapped[RestrictionStatus] = mapped_column(choice(RestrictionStatus, "status"))

    decision: Mapped[VettingDecision] = relationship(lazy="selectin", viewonly=True)

    @property
    def target(self) -> Target:
        return Target(self.scope, self.company_id, self.gig_id, self.category)

    @property
    def bar(self) -> Bar:
        return Bar(self.id, self.source, self.target, self.expires_at)


class Appeal(Stateful):
    """What a contractor says against a decision, and the answer. A decision is contested at most once, so the appeal
    has the decision's id; the contractor's words stand with the decision."""

    __tablename__ = "appeal"
    __table_args__ = (
        CheckConstraint("(status = 'open') = (answered_at IS NULL)", name="answered_when"),
        CheckConstraint(
            "(status IN ('upheld', 'overturned', 'changed')) = (answered_by IS NOT NULL)", name="answered_by_somebody"
        ),
        Index("ix_appeal_status_answer_by", "status", "answer_by"),
        Index("ix_appeal_contractor_id", "contractor_id"),
    )
    about: ClassVar[Mapping[str, str]] = MappingProxyType(
        {"appeal": "id", "contractor": "contractor_id", "company": "company_id"}
    )
    transitions = bars.APPEAL_TRANSITIONS

    id: Mapped[UUID] = mapped_column(ForeignKey("vetting_decision.id"), primary_key=True)
    contractor_id: Mapped[UUID] = mapped_column(ForeignKey("contractor.id"))
    company_id: Mapped[UUID | None] = mapped_column(ForeignKey("company.id"))
    """The company whose block it is against, if it is against one."""
    filed_at: Mapped[Instant]
    answer_by: Mapped[Instant]
    answered_at: Mapped[Instant | None]
    answered_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(Text)
    """Why it was answered so: the words of whoever answered, empty until then."""
    status: Mapped[AppealStatus] = mapped_column(choice(AppealStatus, "status"))

    decision: Mapped[VettingDecision] = relationship(lazy="selectin", viewonly=True)

    def is_overdue(self, now: datetime) -> bool:
        """Whether the days for an answer are over while nobody has given one."""
        return self.status is AppealStatus.OPEN and now >= self.answer_by
