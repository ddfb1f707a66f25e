"""What people say against decisions of matching, where nothing that ranks can read it."""

from datetime import datetime
from types import MappingProxyType
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.db import Instant, Json, choice
from marketplace.core.lifecycle import Stateful
from marketplace.matching import rules
from marketplace.matching.rules import ContestStatus, Outcome


class MatchContest(Stateful):
    """One decision about one person and one shift that they contest, as it was `told` to them by then, and the answer
    of a human. Once for each shift. The company is no party to it and has no event of it."""

    __tablename__ = "match_contest"
    __table_args__ = (
        UniqueConstraint("shift_id", "contractor_id"),
        CheckConstraint("(status = 'open') = (answered_at IS NULL)", name="answered_when"),
        CheckConstraint(
            "(status IN ('upheld', 'overturned')) = (answered_by IS NOT NULL)", name="answered_by_somebody"
        ),
        Index("ix_match_contest_status_answer_by", "status", "answer_by"),
    )
    about: ClassVar = MappingProxyType({"match_contest": "id", "contractor": "contractor_id"})
    transitions: ClassVar = rules.CONTEST_TRANSITIONS

    shift_id: Mapped[UUID] = mapped_column(ForeignKey("shift.id"))
    contractor_id: Mapped[UUID] = mapped_column(ForeignKey("contractor.id"), index=True)
    run_id: Mapped[UUID | None] = mapped_column(ForeignKey("match_run.id"))
    """The last search for the shift, if there was one."""
    offer_id: Mapped[UUID | None] = mapped_column(ForeignKey("offer.id"))
    """The last offer of the shift to the person, if there was one."""
    outcome: Mapped[Outcome] = mapped_column(choice(Outcome, "outcome"))
    told: Mapped[Json]
    words: Mapped[str] = mapped_column(Text)
    filed_at: Mapped[Instant]
    answer_by: Mapped[Instant]
    answered_at: Mapped[Instant | None]
    answered_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    answer: Mapped[str | None] = mapped_column(Text)
    status: Mapped[ContestStatus] = mapped_column(choice(ContestStatus, "status"))

    def is_overdue(self, now: datetime) -> bool:
        """Whether the days for an answer are over while nobody has given one."""
        return self.status is ContestStatus.OPEN and now >= self.answer_by
