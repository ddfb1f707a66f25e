"""Contractors, what they must show, what they can do and when. Personal data stand in columns that can be emptied."""

from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CHAR, CheckConstraint, Date, ForeignKey, Index, SmallInteger, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.db import Base, CurrencyCode, Id, Instant, choice
from marketplace.core.events import Subject
from marketplace.core.lifecycle import Stateful
from marketplace.workforce import rules, validity
from marketplace.workforce.calendar import Dated, Quiet, Window, Wish, quiet_of
from marketplace.workforce.rules import ContractorStatus, Level, Outcome, RequirementKind, RequirementStatus


class Contractor(Stateful):
    """A person who does the work. Its id is the person's id."""

    __tablename__ = "contractor"
    __table_args__ = (
        CheckConstraint(
            "band_min_hours >= 0 AND band_min_hours <= band_max_hours AND band_max_hours BETWEEN 1 AND 48",
            name="band",
        ),
        CheckConstraint(
            "(quiet_from_minute IS NULL) = (quiet_until_minute IS NULL) AND quiet_from_minute BETWEEN 0 AND 1439"
            " AND quiet_until_minute BETWEEN 0 AND 1439 AND quiet_from_minute <> quiet_until_minute",
            name="quiet",
        ),
        CheckConstraint("subdivision LIKE country || '-%'", name="subdivision_of_country"),
        Index("ix_contractor_status_country_subdivision", "status", "country", "subdivision"),
    )
    about: ClassVar[Mapping[str, str]] = MappingProxyType({"contractor": "id"})
    transitions = rules.CONTRACTOR_TRANSITIONS

    id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    status: Mapped[ContractorStatus] = mapped_column(choice(ContractorStatus, "status"))
    country: Mapped[str] = mapped_column(CHAR(2))
    subdivision: Mapped[str | None] = mapped_column(Text)
    timezone: Mapped[str] = mapped_column(Text)
    born_on: Mapped[date | None] = mapped_column(Date)
    band_min_hours: Mapped[int] = mapped_column(SmallInteger)
    band_max_hours: Mapped[int] = mapped_column(SmallInteger)
    payout_currency: Mapped[CurrencyCode]
    applied_at: Mapped[Instant]
    vetted_at: Mapped[Instant | None]
    barred_until: Mapped[Instant | None]
    """The latest end that any restriction of theirs was made with. Whoever is past it, or has none, has no bar: so
    nobody else's yes costs a look at restrictions."""
    quiet_from_minute: Mapped[int | None] = mapped_column(SmallInteger)
    quiet_until_minute: Mapped[int | None] = mapped_column(SmallInteger)

    @property
    def quiet(self) -> Quiet | None:
        """The hours of each day at which nothing rings."""
        return quiet_of(self.quiet_from_minute, self.quiet_until_minute)


class Requirement(Stateful):
    """One thing that must be shown before the contractor is vetted. `note` is theirs, `reason` is the decider's."""

    __tablename__ = "requirement"
    __table_args__ = (
        UniqueConstraint("contractor_id", "kind"),
        CheckConstraint("valid_until IS NOT NULL OR reminded_days IS NULL", name="reminded_of_an_end"),
        Index("ix_requirement_valid_until", "valid_until", postgresql_where=text("valid_until IS NOT NULL")),
    )
    about: ClassVar[Mapping[str, str]] = MappingProxyType({"requirement": "id", "contractor": "contractor_id"})
    transitions = rules.REQUIREMENT_TRANSITIONS

    contractor_id: Mapped[UUID] = mapped_column(ForeignKey("contractor.id"))
    kind: Mapped[RequirementKind] = mapped_column(choice(RequirementKind, "kind"))
    status: Mapped[RequirementStatus] = mapped_column(choice(RequirementStatus, "status"))
    note: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    submitted_at: Mapped[Instant | None]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[Instant | None]
    valid_until: Mapped[date | None] = mapped_column(Date)
    """The last day for which what was accepted holds. It stays while something else is shown in its place."""
    reminded_days: Mapped[int | None] = mapped_column(SmallInteger)
    """Of the reminders before that day the last that was given, by its days."""

    @property
    def renewable_from(self) -> date | None:
        """From which day on it can be shown anew."""
        return validity.renewable_from(self.valid_until)


class VettingDecision(Base):
    """What was decided about a contractor, and why: by an operator, or by a member of the company that is named.
    `contest` is the contractor's answer, if they gave one."""

    __tablename__ = "vetting_decision"
    __table_args__ = (Index("ix_vetting_decision_contractor_id_id", "contractor_id", "id"),)

    id: Mapped[Id]
    contractor_id: Mapped[UUID] = mapped_column(ForeignKey("contractor.id"))
    company_id: Mapped[UUID | None] = mapped_column(ForeignKey("company.id"))
    outcome: Mapped[Outcome] = mapped_column(choice(Outcome, "outcome"))
    reason: Mapped[str] = mapped_column(Text)
    decided_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[Instant]
    contest: Mapped[str | None] = mapped_column(Text)
    contested_at: Mapped[Instant | None]

    @property
    def contest_until(self) -> datetime | None:
        """Until when the contractor may contest it; None when it cannot be contested, or was."""
        contestable = self.outcome in rules.CONTESTABLE and self.contested_at is None
        return self.decided_at + rules.CONTEST_FOR if contestable else None


class PayoutAccount(Base):
    """Where a contractor is paid: a rail and the reference that the rail knows the account by. No bank data."""

    __tablename__ = "payout_account"

    contractor_id: Mapped[UUID] = mapped_column(ForeignKey("contractor.id"), primary_key=True)
    rail: Mapped[str] = mapped_column(Text)
    reference: Mapped[str] = mapped_column(Text)
    given_at: Mapped[Instant]


class Skill(Base):
    __tablename__ = "contractor_skill"

    contractor_id: Mapped[UUID] = mapped_column(ForeignKey("contractor.id"), primary_key=True)
    skill: Mapped[str] = mapped_column(Text, primary_key=True)


class Language(Base):
    __tablename__ = "contractor_language"

    contractor_id: Mapped[UUID] = mapped_column(ForeignKey("contractor.id"), primary_key=True)
    language: Mapped[str] = mapped_column(Text, primary_key=True)
    level: Mapped[Level] = mapped_column(choice(Level, "level"))


class AvailabilityWindow(Base):
    """A `calendar.Window` of a contractor, in the contractor's own time zone."""

    __tablename__ = "availability_window"
    __table_args__ = (
        CheckConstraint(
            "weekday BETWEEN 0 AND 6 AND start_minute BETWEEN 0 AND 1439 AND end_minute BETWEEN 1 AND 1440"
            " AND start_minute <> end_minute",
            name="window",
        ),
    )

    contractor_id: Mapped[UUID] = mapped_column(ForeignKey("contractor.id"), primary_key=True)
    weekday: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    start_minute: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    end_minute: Mapped[int] = mapped_column(SmallInteger)
    wish: Mapped[Wish] = mapped_column(choice(Wish, "wish"))

    @property
    def window(self) -> Window:
        return Window(self.weekday, self.start_minute, self.end_minute, self.wish)


class AvailabilityException(Subject):
    """A `calendar.Dated` of a contractor, on the contractor's own calendar. `note` is their own reminder."""

    __tablename__ = "availability_exception"
    __table_args__ = (
        CheckConstraint("last_day - first_day BETWEEN 0 AND 365", name="days"),
        CheckConstraint(
            "start_minute BETWEEN 0 AND 1439 AND end_minute BETWEEN 1 AND 1440 AND start_minute <> end_minute",
            name="stretch",
        ),
        Index("ix_availability_exception_contractor_id_last_day", "contractor_id", "last_day"),
    )
    about: ClassVar[Mapping[str, str]] = MappingProxyType({"exception": "id", "contractor": "contractor_id"})

    contractor_id: Mapped[UUID] = mapped_column(ForeignKey("contractor.id"))
    first_day: Mapped[date] = mapped_column(Date)
    last_day: Mapped[date] = mapped_column(Date)
    start_minute: Mapped[int] = mapped_column(SmallInteger)
    end_minute: Mapped[int] = mapped_column(SmallInteger)
    wish: Mapped[Wish] = mapped_column(choice(Wish, "wish"))
    note: Mapped[str] = mapped_column(Text)

    @property
    def dated(self) -> Dated:
        return Dated(self.first_day, self.last_day, self.start_minute, self.end_minute, self.wish)


class HazardConsent(Subject):
    """Leave to be offered hazardous work of one category, up to one class. Revoked rows stay as history."""

    __tablename__ = "hazard_consent"
    __table_args__ = (
        CheckConstraint("up_to IN ('H1', 'H2', 'H3')", name="up_to"),
        CheckConstraint("revoked_at >= given_at", name="revoked_after_given"),
        Index(
            "uq_hazard_consent_live",
            "contractor_id",
            "category",
            unique=True,
            postgresql_where=text("revoked_at IS NULL"),
        ),
    )
    about: ClassVar[Mapping[str, str]] = MappingProxyType({"consent": "id", "contractor": "contractor_id"})

    contractor_id: Mapped[UUID] = mapped_column(ForeignKey("contractor.id"))
    category: Mapped[str] = mapped_column(Text)
    up_to: Mapped[str] = mapped_column(CHAR(2))
    given_at: Mapped[Instant]
    revoked_at: Mapped[Instant | None]
