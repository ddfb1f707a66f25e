"""Corrections of the clock: what stood before, what stands instead, who wrote it and why."""

from types import MappingProxyType
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.db import Instant, JsonList, choice
from marketplace.core.lifecycle import Stateful
from marketplace.shifts import clock_rules
from marketplace.shifts.clock_rules import CorrectedBy, CorrectionStatus


class Correction(Stateful):
    """One correction of the clock of a booking, the `number`th. What it says is written once.

    `before` and `after` are its stretches of time, each `{"kind": ..., "started_at": ..., "ended_at": ...}` in UTC, and
    the two minutes are what each of them is paid for. `words` are whoever wrote it, `answer` the other side's.
    """

    __tablename__ = "clock_correction"
    __table_args__ = (
        UniqueConstraint("booking_id", "number"),
        CheckConstraint("minutes_before >= 0 AND minutes_after >= 0", name="minutes_not_negative"),
        CheckConstraint("(status IN ('accepted', 'contested')) = (answered_at IS NOT NULL)", name="answered_when"),
        CheckConstraint("side = 'company' OR status <> 'proposed'", name="only_companies_propose"),
        Index(
            "uq_clock_correction_booking_id",
            "booking_id",
            unique=True,
            postgresql_where=text("status IN ('proposed', 'claimed')"),
        ),
    )
    about: ClassVar = MappingProxyType(
        {"correction": "id"} | {word: f"{word}_id" for word in ("booking", "gig", "company", "contractor")}
    )
    transitions: ClassVar = clock_rules.CORRECTION_TRANSITIONS

    booking_id: Mapped[UUID] = mapped_column(ForeignKey("booking.id"))
    gig_id: Mapped[UUID] = mapped_column(ForeignKey("gig.id"))
    company_id: Mapped[UUID] = mapped_column(ForeignKey("company.id"), index=True)
    contractor_id: Mapped[UUID] = mapped_column(ForeignKey("contractor.id"), index=True)
    number: Mapped[int]
    side: Mapped[CorrectedBy] = mapped_column(choice(CorrectedBy, "side"))
    made_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[Instant]
    words: Mapped[str | None] = mapped_column(Text)
    before: Mapped[JsonList]
    after: Mapped[JsonList]
    minutes_before: Mapped[int]
    minutes_after: Mapped[int]
    answered_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    answered_at: Mapped[Instant | None]
    answer: Mapped[str | None] = mapped_column(Text)
    status: Mapped[CorrectionStatus] = mapped_column(choice(CorrectionStatus, "status"))
