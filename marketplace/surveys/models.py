"""Who was asked, what was answered, and which figures an operator looks at.

An answer does not name who gave it, and its id does not tell when: only the survey, which is the person's own, knows
its answer. No event is written of an answer, because a timeline would show who spoke.
"""

from types import MappingProxyType
from typing import ClassVar
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.core.db import Base, Instant, choice
from marketplace.core.events import Subject
from marketplace.core.lifecycle import Stateful
from marketplace.gigs.models import Gig
from marketplace.surveys import rules
from marketplace.surveys.rules import Ask, ConcernStatus


class Survey(Subject):
    """That one person was asked about one gig: once and never again."""

    __tablename__ = "survey"
    __table_args__ = (
        UniqueConstraint("gig_id", "contractor_id"),
        UniqueConstraint("answer_id"),
        CheckConstraint("closes_at > asked_at", name="closes_later"),
        CheckConstraint("answer_id IS NULL OR ended_at IS NOT NULL", name="answered_is_ended"),
        Index("ix_survey_contractor_id_id", "contractor_id", "id"),
    )
    about: ClassVar = MappingProxyType(
        {"survey": "id", "gig": "gig_id", "company": "company_id", "contractor": "contractor_id"}
    )

    gig_id: Mapped[UUID] = mapped_column(ForeignKey("gig.id"))
    company_id: Mapped[UUID] = mapped_column(ForeignKey("company.id"))
    contractor_id: Mapped[UUID] = mapped_column(ForeignKey("contractor.id"))
    asked_at: Mapped[Instant]
    closes_at: Mapped[Instant]
    ended_at: Mapped[Instant | None]
    """When the person answered, or said that they would rather not."""
    answer_id: Mapped[UUID | None] = mapped_column(ForeignKey("survey_answer.id"))

    gig: Mapped[Gig] = relationship(lazy="raise", viewonly=True)
    answer: Mapped["SurveyAnswer | None"] = relationship(lazy="raise", viewonly=True)


class SurveyAnswer(Base):
    """What somebody said of a gig. Written once; the words can be emptied."""

    __tablename__ = "survey_answer"
    __table_args__ = (
        CheckConstraint(" AND ".join(f"{ask}_points BETWEEN 1 AND 5" for ask in Ask), name="on_the_scale"),
        Index("ix_survey_answer_gig_id_answered_at", "gig_id", "answered_at"),
        Index("ix_survey_answer_company_id", "company_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    gig_id: Mapped[UUID] = mapped_column(ForeignKey("gig.id"))
    company_id: Mapped[UUID] = mapped_column(ForeignKey("company.id"))
    answered_at: Mapped[Instant]
    time_points: Mapped[int]
    instructions_points: Mapped[int]
    pay_points: Mapped[int]
    work_points: Mapped[int]
    again_points: Mapped[int]
    words: Mapped[str] = mapped_column(Text)
    named: Mapped[bool]
    """Whether operators may read the person's name beside the words."""

    def points(self, ask: Ask) -> int:
        value = getattr(self, f"{ask}_points")
        assert isinstance(value, int)
        return value


class Concern(Stateful):
    """A gig of which people said little good in answer to one question: an operator's to look at. Nothing follows from
    it by itself, for nobody. `mean_hundredths` is the mean of so many answers when it was opened."""

    __tablename__ = "survey_concern"
    __table_args__ = (
        CheckConstraint("(status = 'closed') = (closed_at IS NOT NULL)", name="closed_when"),
        CheckConstraint("(closed_at IS NULL) = (closed_by IS NULL)", name="closed_by_whom"),
        UniqueConstraint("gig_id", "ask", "answers"),
        Index("uq_survey_concern_open", "gig_id", "ask", unique=True, postgresql_where=sql("status = 'open'")),
    )
    about: ClassVar = MappingProxyType({"concern": "id", "gig": "gig_id", "company": "company_id"})
    transitions: ClassVar = rules.CONCERN_TRANSITIONS

    gig_id: Mapped[UUID] = mapped_column(ForeignKey("gig.id"))
    company_id: Mapped[UUID] = mapped_column(ForeignKey("company.id"), index=True)
    ask: Mapped[Ask] = mapped_column(choice(Ask, "ask"))
    answers: Mapped[int]
    mean_hundredths: Mapped[int]
    opened_at: Mapped[Instant]
    closed_at: Mapped[Instant | None]
    closed_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    words: Mapped[str | None] = mapped_column(Text)
    """What the operator found; the company reads it too."""
    status: Mapped[ConcernStatus] = mapped_column(choice(ConcernStatus, "status"))

    gig: Mapped[Gig] = relationship(lazy="raise", viewonly=True)
