"""Shifts that recur: what they have in common, and how far they are laid."""

from datetime import date, time
from types import MappingProxyType
from typing import ClassVar
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Date

from marketplace.core.db import Instant, choice
from marketplace.core.lifecycle import Stateful
from marketplace.shifts import rules
from marketplace.shifts.recurrence import Recurrence
from marketplace.shifts.rules import SeriesStatus


class ShiftSeries(Stateful):
    """A rule by which shifts recur (RFC 5545), in the clock time of `timezone`.

    Its days up to `filled_until` are laid: each is a shift of its own from then on, with a price and a life of its own.
    `held_up_because` is the code of the problem that keeps the days after it from being laid, if one does; it is tried
    again at `try_again_at`.
    """

    __tablename__ = "shift_series"
    __table_args__ = (
        ForeignKeyConstraint(["crew_id", "company_id"], ["crew.id", "crew.company_id"]),
        UniqueConstraint("id", "gig_id"),
        CheckConstraint("seats > 0", name="seats_positive"),
        CheckConstraint("standby BETWEEN 0 AND seats", name="standby_for_seats"),
        CheckConstraint("(held_up_because IS NULL) = (try_again_at IS NULL)", name="held_up_and_tried_again"),
        Index("ix_shift_series_filled_until", "filled_until", postgresql_where=text("status = 'active'")),
    )
    about: ClassVar = MappingProxyType({"series": "id", "gig": "gig_id", "company": "company_id"})
    transitions: ClassVar = rules.SERIES_TRANSITIONS

    gig_id: Mapped[UUID] = mapped_column(ForeignKey("gig.id"), index=True)
    company_id: Mapped[UUID] = mapped_column(ForeignKey("company.id"), index=True)
    follows_id: Mapped[UUID | None] = mapped_column(ForeignKey("shift_series.id"), unique=True)
    """The series that this one goes on with, since it was changed from a day on."""
    rule: Mapped[str] = mapped_column(Text)
    first_day: Mapped[date]
    last_day: Mapped[date | None]
    """After it no shift is laid, whatever the rule says: the company ended the series there."""
    begins: Mapped[time]
    ends: Mapped[time]
    timezone: Mapped[str] = mapped_column(Text)
    except_days: Mapped[list[date]] = mapped_column(ARRAY(Date))
    seats: Mapped[int]
    crew_id: Mapped[UUID | None]
    standby: Mapped[int] = mapped_column(default=0)
    """How many people stand by for each of its shifts (rule STANDBY)."""
    filled_until: Mapped[date]
    """The last day that was laid; before the first day where none was."""
    held_up_because: Mapped[str | None] = mapped_column(Text)
    try_again_at: Mapped[Instant | None]
    ended_because: Mapped[str | None] = mapped_column(Text)
    status: Mapped[SeriesStatus] = mapped_column(choice(SeriesStatus, "status"))

    @property
    def recurrence(self) -> Recurrence:
        return Recurrence(
            self.rule, self.first_day, self.begins, self.ends, ZoneInfo(self.timezone), frozenset(self.except_days)
        )
