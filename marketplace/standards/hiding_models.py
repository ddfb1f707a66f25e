"""That words of somebody are hidden. The words themselves stand where they were written."""

from types import MappingProxyType
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.db import Instant, choice
from marketplace.core.lifecycle import Stateful
from marketplace.standards.hiding_rules import ABUSE, HIDING_TRANSITIONS, HiddenKind, HidingStatus


class Hiding(Stateful):
    """An operator hid words of somebody, and what became of it. `thing_id` is a reference upwards, by the id alone; its
    events name nobody, because a timeline would show who wrote what. Every reason can be emptied."""

    __tablename__ = "hiding"
    __table_args__ = (
        Index(
            "uq_hiding_kind_thing_id_author_id",
            "kind",
            "thing_id",
            "author_id",
            unique=True,
            postgresql_where="status <> 'lifted'",
        ),
        Index("ix_hiding_author_id_id", "author_id", "id"),
        Index("ix_hiding_answer_by", "answer_by", postgresql_where="status = 'contested'"),
        CheckConstraint("(status = 'lifted') = (lifted_at IS NOT NULL)", name="lifted_when"),
        CheckConstraint("(contested_at IS NULL) = (answer_by IS NULL)", name="contested_is_answered_by"),
        CheckConstraint("(answered_at IS NULL) = (answered_by IS NULL)", name="answered_by_whom"),
        CheckConstraint("answered_by <> hidden_by AND answered_by <> author_id", name="answered_by_another"),
    )
    about: ClassVar = MappingProxyType({"hiding": "id"})
    transitions: ClassVar = HIDING_TRANSITIONS

    kind: Mapped[HiddenKind] = mapped_column(choice(HiddenKind, "kind"))
    thing_id: Mapped[UUID]
    author_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(Text)
    hidden_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    hidden_at: Mapped[Instant]
    contest: Mapped[str | None] = mapped_column(Text)
    contested_at: Mapped[Instant | None]
    answer_by: Mapped[Instant | None]
    """When the words are shown again unless somebody has answered."""
    answer: Mapped[str | None] = mapped_column(Text)
    """Why they stay hidden."""
    answered_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    answered_at: Mapped[Instant | None]
    lift_reason: Mapped[str | None] = mapped_column(Text)
    """Why they are shown again; None where nobody answered in time."""
    lifted_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    lifted_at: Mapped[Instant | None]
    status: Mapped[HidingStatus] = mapped_column(choice(HidingStatus, "status"))

    @property
    def rule(self) -> str:
        """The rule under which the words are hidden."""
        return ABUSE.id
