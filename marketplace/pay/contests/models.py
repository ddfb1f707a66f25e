"""What people say against what became of payouts to them."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.db import Instant, choice
from marketplace.core.lifecycle import Stateful
from marketplace.matching.rules import CONTEST_TRANSITIONS, ContestStatus
from marketplace.pay.contests.rules import ANSWER_WITHIN, Decision


class PayoutContest(Stateful):
    """One payout whose end its person contests, what they were `told` of it by then, and the answer of a human. One at
    a time: what is decided about the same payout after the answer can be contested anew."""

    __tablename__ = "payout_contest"
    __table_args__ = (
        CheckConstraint("(status = 'open') = (answered_at IS NULL)", name="answered_when"),
        CheckConstraint(
            "(status IN ('upheld', 'overturned')) = (answered_by IS NOT NULL)", name="answered_by_somebody"
        ),
        Index("ix_payout_contest_status_answer_by", "status", "answer_by"),
        Index("ix_payout_contest_payment_op_id", "payment_op_id"),
        Index("uq_payout_contest_open", "payment_op_id", unique=True, postgresql_where=text("status = 'open'")),
    )
    about: ClassVar[Mapping[str, str]] = MappingProxyType(
        {"payout_contest": "id", "payment": "payment_op_id", "contractor": "contractor_id"}
    )
    transitions: ClassVar = CONTEST_TRANSITIONS

    payment_op_id: Mapped[UUID] = mapped_column(ForeignKey("payment_op.id"))
    contractor_id: Mapped[UUID] = mapped_column(ForeignKey("contractor.id"), index=True)
    decision: Mapped[Decision] = mapped_column(choice(Decision, "decision"))
    refusal_code: Mapped[str | None] = mapped_column(Text)
    told: Mapped[str] = mapped_column(Text)
    """Why, as the person read it: a rail's words, or an operator's. Emptied when they are erased, as are the others."""
    decided_at: Mapped[Instant]
    words: Mapped[str] = mapped_column(Text)
    filed_at: Mapped[Instant]
    answer_by: Mapped[Instant]
    """Until when somebody has to answer. Where silence cannot decide, more operators are told then, and it moves on."""
    answered_at: Mapped[Instant | None]
    answered_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    answer: Mapped[str | None] = mapped_column(Text)
    status: Mapped[ContestStatus] = mapped_column(choice(ContestStatus, "status"))

    @property
    def is_raised(self) -> bool:
        """Whether nobody has answered in time, and silence could not decide: only a human says whose account it is."""
        return self.status is ContestStatus.OPEN and self.answer_by > self.filed_at + ANSWER_WITHIN

    def is_overdue(self, now: datetime) -> bool:
        """Whether the days for an answer are over while nobody has given one."""
        return self.status is ContestStatus.OPEN and now >= self.answer_by
