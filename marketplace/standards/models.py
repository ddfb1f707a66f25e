"""What is known of places and of exchange rates: both are written once, new knowledge is a new row. Beside them what
operators enter about places."""

from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import ClassVar
from uuid import UUID, uuid4

from sqlalchemy import CHAR, CheckConstraint, Date, ForeignKey, Index, Integer, Numeric, Text, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.core.db import Base, CurrencyCode, Id, Instant, Json, choice
from marketplace.core.events import Subject
from marketplace.core.lifecycle import Stateful
from marketplace.standards.comment_rules import Speaker
from marketplace.standards.floor import Period
from marketplace.standards.protection import CHANGE_TRANSITIONS, ChangeStatus
from marketplace.standards.verdicts import Confidence


class RegionVersion(Base):
    """The law of a country, or of a part of one, as it was known from `valid_from` on. Amounts are in the currency's
    own unit, as they were published. `min_wage_hourly` is what a law publishes by the hour, beside the wage itself.
    `entered_by` and `confirmed_by` are operators' ids without a foreign key; the first versions came with a file.
    """

    __tablename__ = "region"
    __table_args__ = (
        UniqueConstraint("country", "subdivision", "version", postgresql_nulls_not_distinct=True),
        CheckConstraint("subdivision LIKE country || '-%'", name="subdivision_of_country"),
        CheckConstraint("version > 0", name="version_positive"),
        CheckConstraint("(min_wage IS NULL) = (min_wage_period IS NULL)", name="min_wage_whole"),
        CheckConstraint("(living_wage IS NULL) = (living_wage_period IS NULL)", name="living_wage_whole"),
        CheckConstraint("weekly_hours BETWEEN 1 AND 84", name="weekly_hours_real"),
        CheckConstraint("overtime_multiplier >= 1", name="overtime_never_less"),
        CheckConstraint("daily_rest_hours BETWEEN 1 AND 23", name="daily_rest_real"),
        CheckConstraint("confirmed_by <> entered_by", name="two_people"),
    )

    id: Mapped[Id]
    country: Mapped[str] = mapped_column(CHAR(2))
    subdivision: Mapped[str | None] = mapped_column(Text)
    version: Mapped[int] = mapped_column(Integer)
    valid_from: Mapped[date] = mapped_column(Date)
    currency: Mapped[CurrencyCode]
    timezones: Mapped[list[str]] = mapped_column(ARRAY(Text))
    min_wage: Mapped[Decimal | None] = mapped_column(Numeric)
    min_wage_period: Mapped[Period | None] = mapped_column(choice(Period, "min_wage_period"))
    min_wage_hourly: Mapped[Decimal | None] = mapped_column(Numeric)
    min_wage_confidence: Mapped[Confidence | None] = mapped_column(choice(Confidence, "min_wage_confidence"))
    living_wage: Mapped[Decimal | None] = mapped_column(Numeric)
    living_wage_period: Mapped[Period | None] = mapped_column(choice(Period, "living_wage_period"))
    living_wage_confidence: Mapped[Confidence | None] = mapped_column(choice(Confidence, "living_wage_confidence"))
    weekly_hours: Mapped[Decimal | None] = mapped_column(Numeric)
    overtime_multiplier: Mapped[Decimal | None] = mapped_column(Numeric)
    daily_rest_hours: Mapped[Decimal | None] = mapped_column(Numeric)
    hours_confidence: Mapped[Confidence | None] = mapped_column(choice(Confidence, "hours_confidence"))
    source: Mapped[str] = mapped_column(Text)
    as_of: Mapped[str] = mapped_column(Text)
    notes: Mapped[str] = mapped_column(Text)
    entered_by: Mapped[UUID | None]
    confirmed_by: Mapped[UUID | None]
    entered_at: Mapped[Instant | None]


class RegionChange(Stateful):
    """What an operator entered of a place. One that lowers a protection waits for a second person, and makes no version
    before. `facts` are the columns of the row that it makes; `based_on` is the version that was looked at. Until
    `comments_until` people may comment on one that lowers a protection."""

    __tablename__ = "region_change"
    __table_args__ = (
        CheckConstraint("decided_by <> proposed_by OR status = 'refused'", name="two_people"),
        CheckConstraint("(status = 'in_force') = (version IS NOT NULL)", name="in_force_has_a_version"),
        CheckConstraint("status <> 'waiting' OR decided_at IS NULL", name="waiting_is_undecided"),
        CheckConstraint("status <> 'waiting' OR comments_until IS NOT NULL", name="waiting_is_announced"),
        Index("ix_region_change_status_id", "status", "id"),
    )
    about: ClassVar = MappingProxyType({"region_change": "id"})
    transitions: ClassVar = CHANGE_TRANSITIONS

    country: Mapped[str] = mapped_column(CHAR(2))
    subdivision: Mapped[str | None] = mapped_column(Text)
    based_on: Mapped[int | None]
    version: Mapped[int | None]
    facts: Mapped[Json]
    valid_from: Mapped[date] = mapped_column(Date)
    lowers: Mapped[list[str]] = mapped_column(ARRAY(Text))
    status: Mapped[ChangeStatus] = mapped_column(choice(ChangeStatus, "status"))
    proposed_by: Mapped[UUID]
    proposed_at: Mapped[Instant]
    comments_until: Mapped[Instant | None]
    decided_by: Mapped[UUID | None]
    decided_at: Mapped[Instant | None]

    @property
    def place(self) -> str:
        return self.subdivision or self.country


class RegionAnswer(Base):
    """What an operator answered to comments on a change. Written once; the words can be emptied. `answered_by` is the
    operator's id without a foreign key."""

    __tablename__ = "region_answer"

    id: Mapped[Id]
    change_id: Mapped[UUID] = mapped_column(ForeignKey("region_change.id"), index=True)
    words: Mapped[str] = mapped_column(Text)
    answered_by: Mapped[UUID]
    answered_at: Mapped[Instant]


class RegionComment(Base):
    """What somebody says of a change that lowers a protection: one a person and change. Its id does not tell when it
    was written. Empty words were taken back, or erased with the person."""

    __tablename__ = "region_comment"
    __table_args__ = (
        UniqueConstraint("change_id", "person_id"),
        Index("ix_region_comment_unanswered", "change_id", postgresql_where=sql("answer_id IS NULL AND words <> ''")),
        Index("ix_region_comment_person_id", "person_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    change_id: Mapped[UUID] = mapped_column(ForeignKey("region_change.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    speaker: Mapped[Speaker] = mapped_column(choice(Speaker, "speaker"))
    words: Mapped[str] = mapped_column(Text)
    written_at: Mapped[Instant]
    edited_at: Mapped[Instant | None]
    answer_id: Mapped[UUID | None] = mapped_column(ForeignKey("region_answer.id"))

    answer: Mapped[RegionAnswer | None] = relationship(lazy="raise", viewonly=True)


class ExchangeRate(Subject):
    """A rate that an operator entered, or that was fetched from the European Central Bank: one unit of `base` is `rate`
    units of `quote`, on `quoted_on`, says `source`.

    `entered_by` is the operator's id without a foreign key, as in events: the row outlives the person's account. What
    was fetched was entered by nobody.
    """

    __tablename__ = "exchange_rate"
    __table_args__ = (
        CheckConstraint("rate > 0", name="rate_positive"),
        CheckConstraint("base <> quote", name="two_currencies"),
        CheckConstraint("source <> ''", name="source_given"),
        Index("ix_exchange_rate_base_quote_quoted_on", "base", "quote", "quoted_on"),
        Index(
            "uq_exchange_rate_fetched",
            *("base", "quote", "quoted_on", "source"),
            unique=True,
            postgresql_where=sql("entered_by IS NULL"),
        ),
    )
    about: ClassVar = MappingProxyType({"exchange_rate": "id"})

    base: Mapped[CurrencyCode]
    quote: Mapped[CurrencyCode]
    rate: Mapped[Decimal] = mapped_column(Numeric)
    quoted_on: Mapped[date] = mapped_column(Date)
    source: Mapped[str] = mapped_column(Text)
    entered_by: Mapped[UUID | None]
    entered_at: Mapped[Instant]
