"""Shifts, offers, bookings, time entries, timesheets. PostgreSQL itself refuses a second place at the same time."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from types import MappingProxyType
from typing import ClassVar
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import (
    CHAR,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import TSTZRANGE, ExcludeConstraint, Range
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.core.db import Base, CurrencyCode, Id, Instant, Json, JsonList, JsonMaybe, JsonRows, Minor, choice
from marketplace.core.lifecycle import Stateful
from marketplace.core.money import Money
from marketplace.shifts import rules
from marketplace.shifts.clock_rules import BREAKS, EntryKind, EntrySource
from marketplace.shifts.confirmation import Confirmation, stands
from marketplace.shifts.hours import Stretch, break_due_at, night_worked, scheduled_minutes
from marketplace.shifts.reserve import paid_beside
from marketplace.shifts.rules import BookingStatus, OfferStatus, ShiftStatus
from marketplace.shifts.timesheet_rules import CompensationRule
from marketplace.standards.hazard import HazardClass
from marketplace.standards.nights import Night
from marketplace.standards.overtime import Overtime
from marketplace.standards.premium_days import Beyond, days_of


class Shift(Stateful):
    """Seats for one stretch of time. `timezone` is the zone whose days and weeks count. The crew, if one is named, is
    asked first (rule CREW_FIRST). What was `planned_at` a moment shortly before the start is added late to the schedule
    of whoever had one then (rule NOTICE); `moved_from` is the shift whose new time it is. Where it `is_training`, the
    work is learned and nothing of it is delivered (rule TRAINING)."""

    __tablename__ = "shift"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        CheckConstraint("seats > 0", name="seats_positive"),
        CheckConstraint("seats_taken BETWEEN 0 AND seats", name="never_oversold"),
        ForeignKeyConstraint(["crew_id", "company_id"], ["crew.id", "crew.company_id"]),
        ForeignKeyConstraint(["series_id", "gig_id"], ["shift_series.id", "shift_series.gig_id"]),
        CheckConstraint("(series_id IS NULL) = (series_day IS NULL)", name="day_of_its_series"),
        UniqueConstraint("series_id", "series_day"),
        CheckConstraint("standby_of IS NULL OR NOT is_training", name="no_standby_for_training"),
        Index("uq_shift_standby_of", "standby_of", unique=True, postgresql_where=text("status = 'scheduled'")),
        Index("ix_shift_gig_id_starts_at", "gig_id", "starts_at"),
        Index("ix_shift_company_id_starts_at", "company_id", "starts_at"),
        Index("ix_shift_status_ends_at", "status", "ends_at"),
    )
    about: ClassVar = MappingProxyType({"shift": "id", "gig": "gig_id", "company": "company_id"})
    transitions: ClassVar = rules.SHIFT_TRANSITIONS

    gig_id: Mapped[UUID] = mapped_column(ForeignKey("gig.id"))
    company_id: Mapped[UUID] = mapped_column(ForeignKey("company.id"))
    starts_at: Mapped[Instant]
    ends_at: Mapped[Instant]
    timezone: Mapped[str] = mapped_column(Text)
    seats: Mapped[int]
    seats_taken: Mapped[int] = mapped_column(default=0)
    cancelled_because: Mapped[str | None] = mapped_column(Text)
    crew_id: Mapped[UUID | None]
    planned_at: Mapped[Instant]
    moved_from: Mapped[UUID | None] = mapped_column(ForeignKey("shift.id"))
    is_training: Mapped[bool] = mapped_column(default=False)
    standby_of: Mapped[UUID | None] = mapped_column(ForeignKey("shift.id"))
    """The shift for which people stand by in this one (rule STANDBY)."""
    series_id: Mapped[UUID | None]
    series_day: Mapped[date | None]
    """The day of the series, on the clock of its zone, that the shift was laid for."""
    off_clock_at: Mapped[Instant | None]
    """When it was found that a new law moved the clock of its zone, so that it is not at the hour that was meant."""
    status: Mapped[ShiftStatus] = mapped_column(choice(ShiftStatus, "status"))

    @property
    def seats_open(self) -> int:
        return self.seats - self.seats_taken


class Offer(Stateful):
    """One shift shown to one person, with everything they should know before the yes.

    `terms` is what was shown and `terms_sha256` the digest of its canonical JSON: what the person said yes to.
    `reason` is why this person was asked. Where an offer `collects`, more people are asked than seats are open: a yes
    is kept until `expires_at`, and `decision` then tells the person what became of it, and why (rule RACE).
    """

    __tablename__ = "offer"
    __table_args__ = (
        CheckConstraint("expires_at > made_at", name="expires_later"),
        Index(
            "uq_offer_shift_id_contractor_id",
            "shift_id",
            "contractor_id",
            unique=True,
            postgresql_where=text("status IN ('pending', 'collected')"),
        ),
        CheckConstraint("collects OR status NOT IN ('collected', 'not_chosen')", name="yes_is_collected_where_said"),
        CheckConstraint("collects OR NOT claimed", name="claims_are_collected"),
        CheckConstraint("decision IS NULL OR status IN ('accepted', 'not_chosen')", name="decided_of_a_yes"),
        Index("ix_offer_contractor_id_status", "contractor_id", "status"),
        Index("ix_offer_shift_id", "shift_id"),
        Index("ix_offer_made_at", "made_at", postgresql_using="brin"),
        Index("ix_offer_collected", "expires_at", postgresql_where=text("status = 'collected'")),
        Index("ix_offer_expires_at", "expires_at", postgresql_where=text("status = 'pending'")),
    )
    about: ClassVar = MappingProxyType(
        {
            "offer": "id",
            "shift": "shift_id",
            "gig": "gig_id",
            "company": "company_id",
            "contractor": "contractor_id",
        }
    )
    transitions: ClassVar = rules.OFFER_TRANSITIONS

    shift_id: Mapped[UUID] = mapped_column(ForeignKey("shift.id"))
    gig_id: Mapped[UUID] = mapped_column(ForeignKey("gig.id"), index=True)
    company_id: Mapped[UUID] = mapped_column(ForeignKey("company.id"), index=True)
    contractor_id: Mapped[UUID] = mapped_column(ForeignKey("contractor.id"))
    reason: Mapped[Json]
    terms: Mapped[Json]
    terms_sha256: Mapped[str] = mapped_column(CHAR(64))
    made_at: Mapped[Instant]
    expires_at: Mapped[Instant]
    first_until: Mapped[Instant]
    """Until when it was said to stand at its making; it may stand longer, and never shorter (rule REACHED)."""
    answer_minutes: Mapped[int]
    """How long the person has to answer, from when it reached them."""
    reached_at: Mapped[Instant | None]
    """When it reached its person: at its making, as far as nothing else is known; empty while it is known that it has
    not. Their company is not told: it would learn when somebody sleeps, and when they look."""
    collects: Mapped[bool] = mapped_column(default=False)
    claimed: Mapped[bool] = mapped_column(default=False)
    """The person asked for the shift themselves."""
    decision: Mapped[Json | None]
    status: Mapped[OfferStatus] = mapped_column(choice(OfferStatus, "status"))

    shift: Mapped[Shift] = relationship(lazy="raise")


class Booking(Stateful):
    """One person's seat in a shift. `during` is the shift's time; while the booking is active no other may overlap it.

    What it costs at most is held in the ledger under `hold_account`. `overtime_minutes` are the last ones of the shift
    that lie beyond the standard day or week of the person's place, each earning `overtime_percent` of the rate, and the
    last `further_overtime_minutes` of those the further multiple. Of the schedule `night_minutes` are at night in
    `night_zone`, where the person was when they said yes, under `night_law` where the law of their place has a night of
    its own; `premium_days` are days of that zone that earn more by the
    law of their place, whose minutes are no overtime. `compensation_minutes` are owed for time that the company
    took back, under `compensation_rule`; `added_minutes` once it is worked, because the shift was added late to the
    person's schedule. `sick_minutes` of the schedule are paid from the person's own leave, since they reported sick at
    `sick_at`.
    """

    __tablename__ = "booking"
    __table_args__ = (
        ExcludeConstraint(
            ("contractor_id", "="),
            ("during", "&&"),
            where=text("status IN ('booked', 'working')"),
            name="ex_booking_one_place_at_a_time",
        ),
        UniqueConstraint("offer_id"),
        CheckConstraint("compensation_minutes >= 0", name="compensation_not_negative"),
        CheckConstraint("(compensation_minutes = 0) = (compensation_rule IS NULL)", name="compensation_has_a_rule"),
        CheckConstraint("added_minutes >= 0", name="added_not_negative"),
        CheckConstraint("standby_minutes >= 0", name="standby_not_negative"),
        CheckConstraint("NOT is_standby OR called_at IS NULL", name="called_is_no_standby"),
        CheckConstraint("sick_minutes >= 0", name="sick_not_negative"),
        CheckConstraint("sick_minutes = 0 OR sick_at IS NOT NULL", name="sick_since_when"),
        CheckConstraint("rate_amount > 0 AND held_amount > 0", name="money_positive"),
        CheckConstraint("overtime_minutes >= 0 AND overtime_percent >= 100", name="overtime_never_less"),
        CheckConstraint(
            "further_overtime_minutes BETWEEN 0 AND overtime_minutes AND further_overtime_percent >= 100",
            name="further_is_overtime",
        ),
        CheckConstraint("night_minutes >= 0", name="night_not_negative"),
        CheckConstraint("jsonb_array_length(premium_days) > 0", name="premium_days_are_some"),
        CheckConstraint("step_points >= 10000", name="step_never_less"),
        CheckConstraint("pieces >= 0", name="pieces_not_negative"),
        Index("ix_booking_shift_id", "shift_id"),
        Index("ix_booking_contractor_id_gig_id_week", "contractor_id", "gig_id", "week"),
        Index("ix_booking_stops_at", "stops_at", postgresql_where=text("status = 'working'")),
        Index("ix_booking_given_up", "contractor_id", postgresql_where=text("status IN ('no_show', 'released')")),
        Index("ix_booking_status", "status", postgresql_where=text("status IN ('booked', 'working')")),
    )
    about: ClassVar = MappingProxyType(
        {
            "booking": "id",
            "shift": "shift_id",
            "gig": "gig_id",
            "company": "company_id",
            "contractor": "contractor_id",
        }
    )
    transitions: ClassVar = rules.BOOKING_TRANSITIONS

    offer_id: Mapped[UUID] = mapped_column(ForeignKey("offer.id"))
    shift_id: Mapped[UUID] = mapped_column(ForeignKey("shift.id"))
    gig_id: Mapped[UUID] = mapped_column(ForeignKey("gig.id"), index=True)
    company_id: Mapped[UUID] = mapped_column(ForeignKey("company.id"), index=True)
    contractor_id: Mapped[UUID] = mapped_column(ForeignKey("contractor.id"))
    contract_version_id: Mapped[UUID] = mapped_column(ForeignKey("contract_version.id"))
    during: Mapped[Range[datetime]] = mapped_column(TSTZRANGE)
    week: Mapped[date]
    rate_amount: Mapped[Minor]
    currency: Mapped[CurrencyCode]
    hazard_class: Mapped[HazardClass] = mapped_column(choice(HazardClass, "hazard_class"))
    overtime_minutes: Mapped[int] = mapped_column(default=0)
    overtime_percent: Mapped[int] = mapped_column(default=100)
    further_overtime_minutes: Mapped[int] = mapped_column(default=0)
    further_overtime_percent: Mapped[int] = mapped_column(default=100)
    night_minutes: Mapped[int] = mapped_column(default=0)
    night_zone: Mapped[str] = mapped_column(Text, default="UTC")
    night_law: Mapped[JsonMaybe]
    premium_days: Mapped[JsonRows]
    step_points: Mapped[int] = mapped_column(default=10_000)
    """What the person's level of a skill multiplies the rate by, in ten-thousandths, as it was promised."""
    held_amount: Mapped[Minor]
    made_at: Mapped[Instant]
    """When the person said yes, or was chosen."""
    off_at: Mapped[Instant | None]
    """When it was given back, cancelled or ended by the service before its work: until then it was a schedule."""
    is_training: Mapped[bool] = mapped_column(default=False)
    added_minutes: Mapped[int] = mapped_column(default=0)
    is_standby: Mapped[bool] = mapped_column(default=False)
    """Whether the person stands by for a seat, and has none."""
    ready_at: Mapped[Instant | None]
    """When whoever stands by said that they are there."""
    called_at: Mapped[Instant | None]
    """When they were given a seat."""
    standby_minutes: Mapped[int] = mapped_column(default=0)
    """Owed for standing by: until the call, or in vain."""
    is_replaced: Mapped[bool] = mapped_column(default=False)
    """Whether nobody came in time and the seat went to somebody who stood by."""
    compensation_minutes: Mapped[int] = mapped_column(default=0)
    compensation_rule: Mapped[CompensationRule | None] = mapped_column(choice(CompensationRule, "compensation_rule"))
    reminded_at: Mapped[Instant | None]
    """When the person was told once more that they said yes; at the yes itself where the shift was near."""
    confirm_asked_at: Mapped[Instant | None]
    """When the person was asked whether they still come (rule CONFIRM)."""
    confirm_urged_at: Mapped[Instant | None]
    """When they were asked again, since they had not answered."""
    confirmed_at: Mapped[Instant | None]
    breaks_told: Mapped[int] = mapped_column(default=0)
    """Of how many paid breaks the person was told that they are due (rule PAID_BREAK)."""
    long_break_told_at: Mapped[Instant | None]
    """When they were told that half an hour of break is due (rule BREAK)."""
    stops_at: Mapped[Instant | None]
    """When the running clock reaches the cap of its hazard class, if that is before the end of the shift."""
    sick_at: Mapped[Instant | None]
    sick_minutes: Mapped[int] = mapped_column(default=0)
    instructions_version: Mapped[int | None]
    """The version of the gig's instructions under which the shift is worked and judged; known once it was begun."""
    pieces: Mapped[int | None]
    """How many pieces came of it, as was said last; None where nobody has said (PIECES)."""
    status: Mapped[BookingStatus] = mapped_column(choice(BookingStatus, "status"))

    shift: Mapped[Shift] = relationship(lazy="raise")
    offer: Mapped[Offer] = relationship(lazy="raise")
    entries: Mapped[list["TimeEntry"]] = relationship(lazy="raise", order_by="TimeEntry.started_at")

    @property
    def confirmation(self) -> Confirmation:
        return stands(self.confirm_asked_at, self.confirm_urged_at, self.confirmed_at)

    @property
    def rate(self) -> Money:
        return Money(self.rate_amount, self.currency)

    @property
    def held(self) -> Money:
        return Money(self.held_amount, self.currency)

    @property
    def hold_account(self) -> str:
        return hold_account(self.id)

    @property
    def break_due_at(self) -> datetime | None:
        """When a break is due while the clock runs (rule BREAK), with its entries loaded. None where it does not run,
        on a break, and where the shift ends first."""
        running = _running(self.entries)
        if self.status is not BookingStatus.WORKING or running is None or running.kind in BREAKS:
            return None
        done = [
            Stretch(each.kind, each.started_at, each.ended_at) for each in self.entries if each.ended_at is not None
        ]
        due = break_due_at(done, running.started_at)
        return due if due < self.ends_at else None

    @property
    def starts_at(self) -> datetime:
        assert self.during.lower is not None
        return self.during.lower

    @property
    def ends_at(self) -> datetime:
        assert self.during.upper is not None
        return self.during.upper

    @property
    def clock_from(self) -> datetime:
        """From when on the clock counts: from the start, or from the call of whoever stood by until then."""
        return self.starts_at if self.called_at is None else max(self.starts_at, self.called_at)

    def standby_owed(self, paid: int) -> int:
        """The minutes of standing by that are owed beside so many `paid` ones on the clock."""
        if self.called_at is None:
            return self.standby_minutes
        otherwise = paid + self.compensation_minutes + self.sick_minutes
        return paid_beside(self.standby_minutes, scheduled_minutes(self.starts_at, self.ends_at), otherwise)

    @property
    def promised(self) -> Beyond:
        """What of the schedule earns a multiple, as it was promised with the yes."""
        overtime = Overtime(self.overtime_minutes, self.further_overtime_minutes)
        return Beyond(overtime, days_of(self.premium_days))

    @property
    def promised_night(self) -> Night | None:
        """The law under which its minutes at night were promised; None where the house's night holds."""
        return Night.of(self.night_law)

    def at_night(self, stretches: Iterable[Stretch], beyond: Beyond) -> tuple[int, Night | None]:
        """Its minutes at night by these stretches of its clock, and what the law has for them. `beyond` is what else of
        them earns more."""
        percents = self.overtime_percent, self.further_overtime_percent
        zone, law = ZoneInfo(self.night_zone), self.promised_night
        return night_worked(stretches, zone, self.night_minutes, law, beyond=beyond, percents=percents)


def _running(entries: Sequence["TimeEntry"]) -> "TimeEntry | None":
    return next((entry for entry in entries if entry.ended_at is None), None)


def hold_account(booking_id: UUID) -> str:
    """The ledger account that holds what a booking may cost."""
    return f"booking:{booking_id}:hold"


class TimeEntry(Base):
    """A stretch of time on one person's clock; open while `ended_at` is empty. One person has one clock.

    The moments that count are the server's, or the device's within a bound; what the device said stands beside them.
    """

    __tablename__ = "time_entry"
    __table_args__ = (
        ExcludeConstraint(
            ("contractor_id", "="),
            (func.tstzrange(text("started_at"), text("ended_at")), "&&"),
            name="ex_time_entry_one_clock",
        ),
        CheckConstraint("ended_at >= started_at", name="ends_after_start"),
        Index("ix_time_entry_booking_id_started_at", "booking_id", "started_at"),
    )

    id: Mapped[Id]
    booking_id: Mapped[UUID] = mapped_column(ForeignKey("booking.id"))
    contractor_id: Mapped[UUID] = mapped_column(ForeignKey("contractor.id"))
    kind: Mapped[EntryKind] = mapped_column(choice(EntryKind, "kind"))
    started_at: Mapped[Instant]
    ended_at: Mapped[Instant | None]
    client_started_at: Mapped[Instant | None]
    client_ended_at: Mapped[Instant | None]
    source: Mapped[EntrySource] = mapped_column(choice(EntrySource, "source"))
    flags: Mapped[JsonList]
