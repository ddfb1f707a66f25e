"""What people pressed on a device that had no network, as it reached us: the device's time beside the server's."""

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.db import Base, Id, Instant, choice
from marketplace.shifts.clock_rules import Press, TapOutcome


class ClockTap(Base):
    """One press, kept once however often it is sent: `key` is the number that the device gave it.

    `pressed_at` and `sent_at` are by the device's clock, `received_at` is ours. `counted_at` is the moment that
    counts, and `code` says why there is none.
    """

    __tablename__ = "clock_tap"
    __table_args__ = (
        UniqueConstraint("contractor_id", "key"),
        CheckConstraint("(outcome = 'refused') = (code IS NOT NULL)", name="refused_because"),
        CheckConstraint("outcome = 'refused' OR counted_at IS NOT NULL", name="counted_when"),
        Index("ix_clock_tap_booking_id", "booking_id"),
    )

    id: Mapped[Id]
    key: Mapped[UUID]
    booking_id: Mapped[UUID] = mapped_column(ForeignKey("booking.id"))
    contractor_id: Mapped[UUID] = mapped_column(ForeignKey("contractor.id"))
    press: Mapped[Press] = mapped_column(choice(Press, "press"))
    pressed_at: Mapped[Instant]
    sent_at: Mapped[Instant]
    received_at: Mapped[Instant]
    counted_at: Mapped[Instant | None]
    outcome: Mapped[TapOutcome] = mapped_column(choice(TapOutcome, "outcome"))
    code: Mapped[str | None] = mapped_column(Text)
