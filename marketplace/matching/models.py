"""What matching saw and decided. Never changed: a decision can be explained, and repeated, years later."""

from types import MappingProxyType
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CHAR, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.db import Base, Id, Instant, Json, choice
from marketplace.core.events import Subject
from marketplace.matching.rules import Outcome


class MatchRun(Subject):
    """One search for people for one shift. `input` is everything that the score was reckoned from, and
    `input_sha256` the digest of its canonical JSON; `cutoff` is the lowest score that was offered a seat."""

    __tablename__ = "match_run"
    __table_args__ = (
        CheckConstraint("seats >= 0 AND offered BETWEEN 0 AND seats", name="no_more_than_seats"),
        Index("ix_match_run_shift_id_id", "shift_id", "id"),
    )
    about: ClassVar = MappingProxyType({"match": "id", "shift": "shift_id", "gig": "gig_id", "company": "company_id"})

    shift_id: Mapped[UUID] = mapped_column(ForeignKey("shift.id"))
    gig_id: Mapped[UUID] = mapped_column(ForeignKey("gig.id"), index=True)
    company_id: Mapped[UUID] = mapped_column(ForeignKey("company.id"), index=True)
    at: Mapped[Instant]
    weights_version: Mapped[int]
    seats: Mapped[int]
    offered: Mapped[int]
    cutoff: Mapped[int | None]
    input: Mapped[Json]
    input_sha256: Mapped[str] = mapped_column(CHAR(64))


class Explanation(Base):
    """What a run decided about one person: offered or not, with the points, or the rule that decided.

    It speaks of a person, so it can be erased with them; it is never changed.
    """

    __tablename__ = "explanation"
    __table_args__ = (
        UniqueConstraint("run_id", "contractor_id"),
        CheckConstraint("(outcome = 'not_eligible') = (verdict IS NOT NULL)", name="no_has_a_rule"),
        Index("ix_explanation_shift_id_contractor_id_id", "shift_id", "contractor_id", "id"),
    )

    id: Mapped[Id]
    run_id: Mapped[UUID] = mapped_column(ForeignKey("match_run.id"))
    shift_id: Mapped[UUID] = mapped_column(ForeignKey("shift.id"))
    contractor_id: Mapped[UUID] = mapped_column(ForeignKey("contractor.id"), index=True)
    outcome: Mapped[Outcome] = mapped_column(choice(Outcome, "outcome"))
    reason: Mapped[Json]
    verdict: Mapped[dict[str, object] | None] = mapped_column(JSONB(none_as_null=True))
