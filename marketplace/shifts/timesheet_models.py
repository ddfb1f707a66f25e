"""Timesheets: the minutes of a pay week, as they are handed in, approved, cut and paid."""

from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import ClassVar
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.core.db import Base, Id, Instant, JsonList, JsonMaybe, JsonRows, choice
from marketplace.core.lifecycle import Stateful
from marketplace.shifts import timesheet_rules
from marketplace.shifts.hours import Minutes
from marketplace.shifts.models import Booking
from marketplace.shifts.timesheet_rules import CompensationRule, CutCategory, CutEnd, CutStatus, TimesheetStatus
from marketplace.shifts.totals import DayMinutes, MinuteKind, by_day, of_lines, paid
from marketplace.standards.nights import Night
from marketplace.standards.premium_days import DayKind, days_of


class Timesheet(Stateful):
    """What one person did for one gig in one pay week, as it is approved and paid.

    A week has one open timesheet; what is booked after it was handed in goes to a second one. `week` is the Monday in
    `timezone`.
    """

    __tablename__ = "timesheet"
    __table_args__ = (
        Index(
            "uq_timesheet_contractor_id_gig_id_week",
            "contractor_id",
            "gig_id",
            "week",
            unique=True,
            postgresql_where=text("status = 'open'"),
        ),
        Index("ix_timesheet_company_id_status", "company_id", "status"),
        Index("ix_timesheet_approved", "company_id", "id", postgresql_where=text("status = 'approved'")),
        Index("ix_timesheet_status_submitted_at", "status", "submitted_at"),
    )
    about: ClassVar = MappingProxyType(
        {"timesheet": "id", "gig": "gig_id", "company": "company_id", "contractor": "contractor_id"}
    )
    transitions: ClassVar = timesheet_rules.TIMESHEET_TRANSITIONS

    gig_id: Mapped[UUID] = mapped_column(ForeignKey("gig.id"), index=True)
    company_id: Mapped[UUID] = mapped_column(ForeignKey("company.id"))
    contractor_id: Mapped[UUID] = mapped_column(ForeignKey("contractor.id"), index=True)
    week: Mapped[date]
    timezone: Mapped[str] = mapped_column(Text)
    submitted_at: Mapped[Instant | None]
    decided_at: Mapped[Instant | None]
    decided_by: Mapped[UUID | None]
    """Who approved it; empty when silence did."""
    status: Mapped[TimesheetStatus] = mapped_column(choice(TimesheetStatus, "status"))

    lines: Mapped[list["TimesheetLine"]] = relationship(lazy="raise", order_by="TimesheetLine.id")

    @property
    def totals(self) -> Mapping[MinuteKind, int]:
        return of_lines(self.lines)

    @property
    def paid_minutes(self) -> int:
        """Of all lines, by work or by what is owed beside it; without what is cut."""
        return paid(self.totals)

    @property
    def days(self) -> list[DayMinutes]:
        return by_day(self.lines, self.timezone)

    @property
    def is_disputed(self) -> bool:
        """Whether a cut of one of its lines is disputed and not decided. What is not cut is paid all the same, so that
        it can be approved, or locked, and disputed at once."""
        return any(line.cut is not None and line.cut.status is CutStatus.CLAIMED for line in self.lines)


class TimesheetLine(Base):
    """The minutes of one booking, by kind: what pay prices. `overtime_minutes` are the last of the paid ones, and
    `night_minutes` are those of them at night."""

    __tablename__ = "timesheet_line"
    __table_args__ = (
        UniqueConstraint("booking_id"),
        CheckConstraint(
            "work_minutes >= 0 AND waiting_minutes >= 0 AND paid_break_minutes >= 0"
            " AND unpaid_break_minutes >= 0 AND compensation_minutes >= 0",
            name="minutes_not_negative",
        ),
        CheckConstraint(
            "overtime_minutes BETWEEN 0 AND work_minutes + waiting_minutes + paid_break_minutes",
            name="overtime_is_paid_time",
        ),
        CheckConstraint("jsonb_array_length(premium_days) > 0", name="premium_days_are_some"),
        CheckConstraint("further_overtime_minutes BETWEEN 0 AND overtime_minutes", name="further_is_overtime"),
        CheckConstraint(
            "night_minutes BETWEEN 0 AND work_minutes + waiting_minutes + paid_break_minutes", name="night_is_paid_time"
        ),
        CheckConstraint("outage_minutes BETWEEN 0 AND waiting_minutes", name="outage_is_waiting"),
        CheckConstraint("added_minutes >= 0", name="added_not_negative"),
        CheckConstraint("standby_minutes >= 0", name="standby_not_negative"),
        CheckConstraint("sick_minutes >= 0", name="sick_not_negative"),
    )

    id: Mapped[Id]
    timesheet_id: Mapped[UUID] = mapped_column(ForeignKey("timesheet.id"), index=True)
    booking_id: Mapped[UUID] = mapped_column(ForeignKey("booking.id"))
    work_minutes: Mapped[int]
    waiting_minutes: Mapped[int]
    outage_minutes: Mapped[int] = mapped_column(default=0)
    """Of the waiting ones, those in which power or network was lost."""
    paid_break_minutes: Mapped[int]
    unpaid_break_minutes: Mapped[int]
    overtime_minutes: Mapped[int]
    further_overtime_minutes: Mapped[int] = mapped_column(default=0)
    premium_days: Mapped[JsonRows]
    """Of the paid ones, those on days that earn more, as they are paid; none of them is overtime."""
    night_minutes: Mapped[int] = mapped_column(default=0)
    night_law: Mapped[JsonMaybe]
    """What the law has for each of them, where the place has a night of its own."""
    compensation_minutes: Mapped[int]
    compensation_rule: Mapped[CompensationRule | None] = mapped_column(choice(CompensationRule, "compensation_rule"))
    added_minutes: Mapped[int] = mapped_column(default=0)
    standby_minutes: Mapped[int] = mapped_column(default=0)
    sick_minutes: Mapped[int] = mapped_column(default=0)
    flags: Mapped[JsonList]

    booking: Mapped[Booking] = relationship(lazy="raise")
    cut: Mapped["TimesheetCut | None"] = relationship(lazy="raise", viewonly=True)

    @property
    def begins_at(self) -> datetime:
        return self.booking.starts_at

    @property
    def by_kind(self) -> Mapping[MinuteKind, int]:
        """Every minute that it tells of; with its booking and its cut loaded."""
        return {
            MinuteKind.TRAINING if self.booking.is_training else MinuteKind.WORK: self.work_minutes,
            MinuteKind.WAITING: self.waiting_minutes - self.outage_minutes,
            MinuteKind.OUTAGE: self.outage_minutes,
            MinuteKind.PAID_BREAK: self.paid_break_minutes,
            MinuteKind.UNPAID_BREAK: self.unpaid_break_minutes,
            MinuteKind.COMPENSATION: self.compensation_minutes,
            MinuteKind.ADDED: self.added_minutes,
            MinuteKind.STANDBY: self.standby_minutes,
            MinuteKind.SICK: self.sick_minutes,
            MinuteKind.OVERTIME: self.overtime_minutes,
            MinuteKind.HOLIDAY: self.on_days(DayKind.HOLIDAY),
            MinuteKind.REST_DAY: self.on_days(DayKind.REST_DAY),
            MinuteKind.NIGHT: self.night_minutes,
            MinuteKind.CUT: 0 if self.cut is None else self.cut.unpaid_minutes,
        }

    @property
    def paid_minutes(self) -> int:
        """Worked, waited or on a paid break. Compensation is owed by law and is no part of it."""
        return self.work_minutes + self.waiting_minutes + self.paid_break_minutes

    @property
    def pieces(self) -> int | None:
        """What was said to have come of it, with its booking loaded; a cut is not taken off."""
        return self.booking.pieces

    @property
    def minutes(self) -> Minutes:
        """The time that is paid for as it was handed in. What a cut took of it is not taken off."""
        return Minutes.of(
            work=self.work_minutes,
            waiting=self.waiting_minutes - self.outage_minutes,
            outage=self.outage_minutes,
            paid_break=self.paid_break_minutes,
            overtime=self.overtime_minutes,
            further_overtime=self.further_overtime_minutes,
            night=self.night_minutes,
            unworked=self.compensation_minutes,
            because=self.compensation_rule,
            added=self.added_minutes,
            standby=self.standby_minutes,
            premium_days=days_of(self.premium_days),
            night_law=Night.of(self.night_law),
        )

    def on_days(self, kind: DayKind) -> int:
        """The minutes that earn more since the day is of that kind."""
        return sum(day.paid_more for day in days_of(self.premium_days) if day.kind is kind)


class TimesheetCut(Stateful):
    """Paid minutes, or pieces, that the company took off a line, with its reason. What it says is written once; only
    how it ended is added. A line is cut at most once, so a dispute about the cut has the cut's id.

    `missing` is what is missing, or what would be right, in the company's words; `reason` is the ruling's.
    """

    __tablename__ = "timesheet_cut"
    __table_args__ = (
        UniqueConstraint("line_id"),
        UniqueConstraint("booking_id"),
        CheckConstraint("minutes >= 0 AND pieces >= 0 AND (minutes > 0) <> (pieces > 0)", name="minutes_or_pieces"),
        CheckConstraint(
            "restored_minutes BETWEEN 0 AND minutes AND restored_pieces BETWEEN 0 AND pieces",
            name="never_restored_beyond",
        ),
        CheckConstraint("(status IN ('open', 'claimed')) = (ended_at IS NULL)", name="ended_when"),
        CheckConstraint("(ended_at IS NULL) = (ended_because IS NULL)", name="ended_because_of"),
        CheckConstraint(
            "(status IN ('restored', 'paid')) = (restored_minutes + restored_pieces > 0)", name="restored_is_some"
        ),
        Index("ix_timesheet_cut_status_claim_until", "status", "claim_until"),
        Index("ix_timesheet_cut_timesheet_id", "timesheet_id"),
    )
    about: ClassVar = MappingProxyType(
        {
            "cut": "id",
            "timesheet": "timesheet_id",
            "booking": "booking_id",
            "gig": "gig_id",
            "company": "company_id",
            "contractor": "contractor_id",
        }
    )
    transitions: ClassVar = timesheet_rules.CUT_TRANSITIONS

    line_id: Mapped[UUID] = mapped_column(ForeignKey("timesheet_line.id"))
    timesheet_id: Mapped[UUID] = mapped_column(ForeignKey("timesheet.id"))
    booking_id: Mapped[UUID] = mapped_column(ForeignKey("booking.id"))
    gig_id: Mapped[UUID] = mapped_column(ForeignKey("gig.id"))
    company_id: Mapped[UUID] = mapped_column(ForeignKey("company.id"))
    contractor_id: Mapped[UUID] = mapped_column(ForeignKey("contractor.id"))
    minutes: Mapped[int]
    pieces: Mapped[int] = mapped_column(default=0)
    """Where pieces are cut no minutes are, and no pieces where minutes are."""
    category: Mapped[CutCategory] = mapped_column(choice(CutCategory, "category"))
    clause: Mapped[str] = mapped_column(Text)
    missing: Mapped[str] = mapped_column(Text)
    cut_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    cut_at: Mapped[Instant]
    claim_until: Mapped[Instant]
    restored_minutes: Mapped[int] = mapped_column(default=0)
    restored_pieces: Mapped[int] = mapped_column(default=0)
    ended_at: Mapped[Instant | None]
    ended_because: Mapped[CutEnd | None] = mapped_column(choice(CutEnd, "ended_because"))
    reason: Mapped[str | None] = mapped_column(Text)
    status: Mapped[CutStatus] = mapped_column(choice(CutStatus, "status"))

    @property
    def unpaid_minutes(self) -> int:
        """The minutes that are not paid as it stands: all of them while that is open."""
        return self.minutes if self.ended_at is None else self.lost_minutes

    @property
    def lost_minutes(self) -> int:
        """The minutes that are not, and will not be, paid. None while that is open."""
        return 0 if self.ended_at is None else self.minutes - self.restored_minutes

    @property
    def open_minutes(self) -> int:
        """The minutes of which nobody knows yet whether they are paid."""
        return self.minutes if self.ended_at is None else 0

    @property
    def taken(self) -> int:
        """How many minutes or, where pieces were cut, pieces it took."""
        return self.pieces or self.minutes

    @property
    def unpaid_pieces(self) -> int:
        """As `unpaid_minutes`, of pieces."""
        return self.pieces if self.ended_at is None else self.lost_pieces

    @property
    def lost_pieces(self) -> int:
        """As `lost_minutes`, of pieces."""
        return 0 if self.ended_at is None else self.pieces - self.restored_pieces

    def of_its_kind(self, number: int) -> tuple[int, int]:
        """So many minutes and no pieces, or so many pieces and no minutes, as it took them."""
        return (0, number) if self.pieces else (number, 0)
