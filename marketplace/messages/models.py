"""Threads, their words, what is asked in them, and what that says of instructions. Events hold none of the words."""

from datetime import datetime
from types import MappingProxyType
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.core.db import Base, Id, Instant, choice
from marketplace.core.events import Subject
from marketplace.core.lifecycle import Stateful
from marketplace.gigs.models import Gig
from marketplace.messages import rules
from marketplace.messages.rules import DefectStatus, Side, ThreadStatus


class Thread(Stateful):
    """Between one contractor and a company about a gig, or about one shift of it. `shift_id` is a reference upwards, by
    the id alone; `timezone` is where that shift is, or else where the person works."""

    __tablename__ = "thread"
    __table_args__ = (
        Index("ix_thread_contractor_id_id", "contractor_id", "id"),
        Index("ix_thread_company_id_id", "company_id", "id"),
        Index("ix_thread_gig_id", "gig_id"),
    )
    about: ClassVar = MappingProxyType(
        {"thread": "id", "shift": "shift_id", "gig": "gig_id", "company": "company_id", "contractor": "contractor_id"}
    )
    transitions: ClassVar = rules.THREAD_TRANSITIONS

    gig_id: Mapped[UUID] = mapped_column(ForeignKey("gig.id"))
    company_id: Mapped[UUID] = mapped_column(ForeignKey("company.id"))
    contractor_id: Mapped[UUID] = mapped_column(ForeignKey("contractor.id"))
    shift_id: Mapped[UUID | None]
    timezone: Mapped[str] = mapped_column(Text)
    opened_at: Mapped[Instant]
    status: Mapped[ThreadStatus] = mapped_column(choice(ThreadStatus, "status"))

    gig: Mapped[Gig] = relationship(lazy="raise", viewonly=True)
    messages: Mapped[list["Message"]] = relationship(lazy="raise", viewonly=True, order_by="Message.id")
    questions: Mapped[list["Question"]] = relationship(lazy="raise", viewonly=True, order_by="Question.id")

    @property
    def open_question(self) -> "Question | None":
        """What waits for a first reply, of a thread whose questions are loaded."""
        return next((each for each in self.questions if not each.answered_at and not each.withdrawn_at), None)


class Message(Base):
    """Words of one side. Written once; they can be emptied."""

    __tablename__ = "thread_message"
    __table_args__ = (
        Index("ix_thread_message_thread_id_id", "thread_id", "id"),
        Index("ix_thread_message_said_by_said_at", "said_by", "said_at"),
    )

    id: Mapped[Id]
    thread_id: Mapped[UUID] = mapped_column(ForeignKey("thread.id"))
    side: Mapped[Side] = mapped_column(choice(Side, "side"))
    words: Mapped[str] = mapped_column(Text)
    said_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    said_at: Mapped[Instant]


class Question(Subject):
    """What waits for a first reply, or had to: one row each time that a thread begins to wait. `part` numbers a part of
    that version of the instructions."""

    __tablename__ = "question"
    __table_args__ = (
        CheckConstraint("due_at > asked_at", name="due_later"),
        CheckConstraint("answered_at IS NULL OR withdrawn_at IS NULL", name="ended_once"),
        CheckConstraint("(part IS NULL) = (version IS NULL)", name="part_of_a_version"),
        Index("ix_question_thread_id", "thread_id"),
        Index("ix_question_gig_id_contractor_id", "gig_id", "contractor_id"),
        Index("ix_question_company_id_asked_at", "company_id", "asked_at"),
        Index(
            "ix_question_due_at",
            "due_at",
            postgresql_where="answered_at IS NULL AND withdrawn_at IS NULL AND told_at IS NULL",
        ),
    )
    about: ClassVar = MappingProxyType(
        {"question": "id", "thread": "thread_id", "gig": "gig_id", "company": "company_id"}
    )

    thread_id: Mapped[UUID] = mapped_column(ForeignKey("thread.id"))
    gig_id: Mapped[UUID] = mapped_column(ForeignKey("gig.id"))
    company_id: Mapped[UUID] = mapped_column(ForeignKey("company.id"))
    contractor_id: Mapped[UUID] = mapped_column(ForeignKey("contractor.id"))
    version: Mapped[int | None]
    part: Mapped[int | None]
    asked_at: Mapped[Instant]
    due_at: Mapped[Instant]
    answered_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    withdrawn_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    """When whoever asked closed the thread without an answer."""
    told_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    """When the company was told that the reply is overdue."""


class Defect(Stateful):
    """A part of instructions about which people asked twice: the company's to mend (ASKED_TWICE)."""

    __tablename__ = "instruction_defect"
    __table_args__ = (
        CheckConstraint("(status = 'open') = (closed_at IS NULL)", name="closed_when"),
        Index(
            "uq_instruction_defect_gig_id_version_part",
            "gig_id",
            "version",
            "part",
            unique=True,
            postgresql_where="status = 'open'",
        ),
    )
    about: ClassVar = MappingProxyType({"defect": "id", "gig": "gig_id", "company": "company_id"})
    transitions: ClassVar = rules.DEFECT_TRANSITIONS

    gig_id: Mapped[UUID] = mapped_column(ForeignKey("gig.id"))
    company_id: Mapped[UUID] = mapped_column(ForeignKey("company.id"), index=True)
    version: Mapped[int]
    part: Mapped[int]
    opened_at: Mapped[Instant]
    closed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    status: Mapped[DefectStatus] = mapped_column(choice(DefectStatus, "status"))


class PublishedAnswer(Subject):
    """A question in the company's own words, answered for everybody who works on the gig. Names nobody."""

    __tablename__ = "published_answer"
    __table_args__ = (
        CheckConstraint("(part IS NULL) = (version IS NULL)", name="part_of_a_version"),
        Index("ix_published_answer_gig_id_id", "gig_id", "id"),
    )
    about: ClassVar = MappingProxyType({"answer": "id", "gig": "gig_id", "company": "company_id"})

    gig_id: Mapped[UUID] = mapped_column(ForeignKey("gig.id"))
    company_id: Mapped[UUID] = mapped_column(ForeignKey("company.id"), index=True)
    version: Mapped[int | None]
    part: Mapped[int | None]
    question: Mapped[str] = mapped_column(Text)
    answer: Mapped[str] = mapped_column(Text)
    published_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    published_at: Mapped[Instant]
