"""Qualifications, the versions of their tests, attempts with their answers, and what is held. What people wrote, and
what was written about them, stands in columns that can be emptied."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, SmallInteger, Text, UniqueConstraint, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.core.db import Base, CurrencyCode, Id, Instant, Json, JsonList, Minor, choice
from marketplace.core.events import Subject
from marketplace.core.lifecycle import Stateful
from marketplace.core.money import Money
from marketplace.qualifications import attempt_rules, rules
from marketplace.qualifications.rules import (
    AttemptStatus,
    ContestStatus,
    FundingKind,
    Proves,
    QualificationStatus,
    Reveal,
)
from marketplace.qualifications.scoring import Item, ItemKind
from marketplace.workforce.rules import Level


class Qualification(Stateful):
    """What somebody can show that they can do. Owned by a company, or by the service where there is none."""

    __tablename__ = "qualification"
    __table_args__ = (
        UniqueConstraint("code"),
        CheckConstraint("rate_amount > 0", name="rate_positive"),
        CheckConstraint("(skill IS NULL) = (skill_level IS NULL)", name="skill_has_a_level"),
        CheckConstraint("(language IS NULL) = (language_level IS NULL)", name="language_has_a_level"),
        CheckConstraint("skill IS NULL OR language IS NULL", name="proves_one_thing"),
        CheckConstraint("skill_level BETWEEN 1 AND 4", name="levels"),
        CheckConstraint("valid_days > 0 AND retake_days >= 0 AND most_attempts > 0 AND period_days > 0", name="days"),
        Index("ix_qualification_company_id_id", "company_id", "id"),
        Index("ix_qualification_skill_skill_level", "skill", "skill_level"),
    )
    about: ClassVar[Mapping[str, str]] = MappingProxyType({"qualification": "id", "company": "company_id"})
    transitions: ClassVar = rules.QUALIFICATION_TRANSITIONS

    company_id: Mapped[UUID | None] = mapped_column(ForeignKey("company.id"))
    code: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    description: Mapped[str] = mapped_column(Text)
    skill: Mapped[str | None] = mapped_column(Text)
    skill_level: Mapped[int | None] = mapped_column(SmallInteger)
    language: Mapped[str | None] = mapped_column(Text)
    language_level: Mapped[Level | None] = mapped_column(choice(Level, "language_level"))
    rate_amount: Mapped[Minor]
    currency: Mapped[CurrencyCode]
    valid_days: Mapped[int] = mapped_column(SmallInteger)
    retake_days: Mapped[int] = mapped_column(SmallInteger)
    most_attempts: Mapped[int] = mapped_column(SmallInteger)
    period_days: Mapped[int] = mapped_column(SmallInteger)
    drafted_at: Mapped[Instant]
    status: Mapped[QualificationStatus] = mapped_column(choice(QualificationStatus, "status"))

    @property
    def rate(self) -> Money:
        """What an hour at the test earns at least."""
        return Money(self.rate_amount, self.currency)

    @property
    def proves(self) -> Proves:
        return Proves(self.skill, self.skill_level, self.language, self.language_level)

    @property
    def fund_account(self) -> str:
        return rules.fund_account(self.id, self.company_id)


class TestVersion(Subject):
    """One version of a test. It never changes once it is published; one that is not yet may be written anew."""

    __tablename__ = "test_version"
    __test__ = False
    __table_args__ = (
        UniqueConstraint("qualification_id", "number"),
        CheckConstraint("pass_percent BETWEEN 1 AND 100", name="pass_is_a_percentage"),
        CheckConstraint("estimate_minutes > 0", name="estimate_positive"),
        CheckConstraint("limit_minutes >= 3 * estimate_minutes", name="limit_is_no_pressure"),
        CheckConstraint("draw > 0", name="draws_some"),
    )
    about: ClassVar[Mapping[str, str]] = MappingProxyType(
        {"test_version": "id", "qualification": "qualification_id", "company": "company_id"}
    )

    qualification_id: Mapped[UUID] = mapped_column(ForeignKey("qualification.id"))
    company_id: Mapped[UUID | None] = mapped_column(ForeignKey("company.id"), index=True)
    number: Mapped[int]
    pass_percent: Mapped[int] = mapped_column(SmallInteger)
    draw: Mapped[int | None] = mapped_column(SmallInteger)
    estimate_minutes: Mapped[int] = mapped_column(SmallInteger)
    limit_minutes: Mapped[int | None] = mapped_column(SmallInteger)
    reveal: Mapped[Reveal] = mapped_column(choice(Reveal, "reveal"))
    written_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    written_at: Mapped[Instant]
    published_at: Mapped[Instant | None]

    items: Mapped[list["TestItem"]] = relationship(lazy="raise", viewonly=True, order_by="TestItem.position")


class TestItem(Base):
    """One item of a version. Written once; a correction stands beside it."""

    __tablename__ = "test_item"
    __test__ = False
    __table_args__ = (
        UniqueConstraint("version_id", "position"),
        CheckConstraint("points BETWEEN 1 AND 10", name="points"),
    )

    id: Mapped[Id]
    version_id: Mapped[UUID] = mapped_column(ForeignKey("test_version.id"))
    position: Mapped[int] = mapped_column(SmallInteger)
    kind: Mapped[ItemKind] = mapped_column(choice(ItemKind, "kind"))
    prompt: Mapped[str] = mapped_column(Text)
    ask: Mapped[Json]
    key: Mapped[Json]
    points: Mapped[int] = mapped_column(SmallInteger)
    explanation: Mapped[str] = mapped_column(Text)

    @property
    def item(self) -> Item:
        """The item as it was published."""
        return Item(self.kind, self.prompt, self.key, self.ask, self.points, self.explanation)


class ItemCorrection(Base):
    """What a human found right for an item after it was published. The newest counts; no key at all means that every
    answer is worth all of it."""

    __tablename__ = "item_correction"
    __table_args__ = (Index("ix_item_correction_item_id_id", "item_id", "id"),)

    id: Mapped[Id]
    item_id: Mapped[UUID] = mapped_column(ForeignKey("test_item.id"))
    contest_id: Mapped[UUID] = mapped_column(ForeignKey("test_contest.id"), index=True)
    key: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    at: Mapped[Instant]


class TestFunding(Base):
    """Money that went between a company and what its test may spend; its id is the cause of the ledger's entry."""

    __tablename__ = "test_funding"
    __test__ = False
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        Index("ix_test_funding_qualification_id_id", "qualification_id", "id"),
    )

    id: Mapped[Id]
    qualification_id: Mapped[UUID] = mapped_column(ForeignKey("qualification.id"))
    company_id: Mapped[UUID] = mapped_column(ForeignKey("company.id"), index=True)
    kind: Mapped[FundingKind] = mapped_column(choice(FundingKind, "kind"))
    amount: Mapped[Minor]
    currency: Mapped[CurrencyCode]
    at: Mapped[Instant]
    entry_id: Mapped[UUID] = mapped_column(ForeignKey("journal_entry.id"))

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)


class Attempt(Stateful):
    """One person at one version of a test. `item_ids` are the items that its seed drew, in their order.

    `worked_seconds` is the time at the test so far: silences count up to a bound, see `attempt_rules.counted`. Scores
    are in ten-thousandths of points. `taken_at` is when a pay run took its minutes.
    """

    __tablename__ = "attempt"
    __table_args__ = (
        CheckConstraint("rate_amount > 0 AND held_amount > 0 AND cap_minutes > 0", name="money_positive"),
        CheckConstraint("(status = 'started') = (ended_at IS NULL)", name="ended_when"),
        CheckConstraint("(ended_at IS NULL) = (paid_minutes IS NULL)", name="ended_is_paid"),
        CheckConstraint("paid_minutes BETWEEN 1 AND cap_minutes", name="paid_within_the_cap"),
        CheckConstraint("(status IN ('passed', 'failed')) = (scored IS NOT NULL)", name="scored_when_handed_in"),
        CheckConstraint("scored BETWEEN 0 AND most", name="scored_within_the_most"),
        CheckConstraint("taken_at IS NULL OR ended_at IS NOT NULL", name="taken_after_its_end"),
        Index(
            "uq_attempt_started",
            "contractor_id",
            "qualification_id",
            unique=True,
            postgresql_where=text("status = 'started'"),
        ),
        Index("ix_attempt_version_id_status", "version_id", "status"),
        Index("ix_attempt_contractor_id_id", "contractor_id", "id"),
        Index("ix_attempt_last_seen_at", "last_seen_at", postgresql_where=text("status = 'started'")),
        Index("ix_attempt_ended_at", "ended_at", postgresql_where=text("taken_at IS NULL")),
    )
    about: ClassVar[Mapping[str, str]] = MappingProxyType(
        {
            "attempt": "id",
            "qualification": "qualification_id",
            "company": "company_id",
            "contractor": "contractor_id",
        }
    )
    transitions: ClassVar = rules.ATTEMPT_TRANSITIONS

    qualification_id: Mapped[UUID] = mapped_column(ForeignKey("qualification.id"), index=True)
    version_id: Mapped[UUID] = mapped_column(ForeignKey("test_version.id"))
    company_id: Mapped[UUID | None] = mapped_column(ForeignKey("company.id"), index=True)
    contractor_id: Mapped[UUID] = mapped_column(ForeignKey("contractor.id"))
    seed: Mapped[int] = mapped_column(BigInteger)
    item_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid()))
    rate_amount: Mapped[Minor]
    currency: Mapped[CurrencyCode]
    typical_minutes: Mapped[int] = mapped_column(SmallInteger)
    cap_minutes: Mapped[int] = mapped_column(SmallInteger)
    held_amount: Mapped[Minor]
    started_at: Mapped[Instant]
    last_seen_at: Mapped[Instant]
    worked_seconds: Mapped[int] = mapped_column(default=0)
    ended_at: Mapped[Instant | None]
    paid_minutes: Mapped[int | None] = mapped_column(SmallInteger)
    flags: Mapped[JsonList]
    scored: Mapped[int | None]
    most: Mapped[int]
    taken_at: Mapped[Instant | None]
    status: Mapped[AttemptStatus] = mapped_column(choice(AttemptStatus, "status"))

    version: Mapped[TestVersion] = relationship(lazy="raise", viewonly=True)
    qualification: Mapped[Qualification] = relationship(lazy="raise", viewonly=True)

    @property
    def rate(self) -> Money:
        """What an hour of it earns."""
        return Money(self.rate_amount, self.currency)

    @property
    def held(self) -> Money:
        return Money(self.held_amount, self.currency)

    @property
    def hold_account(self) -> str:
        return rules.hold_account(self.id)

    @property
    def percent(self) -> int | None:
        return None if self.scored is None else rules.percent(self.scored, self.most)

    @property
    def resume_until(self) -> datetime:
        """Until when somebody who was cut off can go on."""
        return self.last_seen_at + attempt_rules.RESUMED_WITHIN


class Answer(Base):
    """What somebody answered to one item, as it was saved last; `scored` in ten-thousandths, once it is handed in."""

    __tablename__ = "test_answer"
    __table_args__ = (
        CheckConstraint("scored BETWEEN 0 AND 10000", name="scored_is_a_part"),
        Index("ix_test_answer_item_id", "item_id"),
    )

    attempt_id: Mapped[UUID] = mapped_column(ForeignKey("attempt.id"), primary_key=True)
    item_id: Mapped[UUID] = mapped_column(ForeignKey("test_item.id"), primary_key=True)
    value: Mapped[Any | None] = mapped_column(JSONB(none_as_null=True))
    saved_at: Mapped[Instant]
    scored: Mapped[int | None]


class Holding(Subject):
    """A qualification that somebody holds until it ends: by a passed attempt, or granted by a human with evidence and a
    reason. Rows are history; the latest end counts.

    One that was withdrawn ends at that moment, and `until_before` is when it would have ended: it ends then again when
    the decision falls on appeal. `withdrawal_id` is the latest such decision, with its reason.
    """

    __tablename__ = "holding"
    __table_args__ = (
        UniqueConstraint("attempt_id"),
        CheckConstraint("until >= since", name="ends_after_it_begins"),
        CheckConstraint("until_before IS NULL OR withdrawal_id IS NOT NULL", name="withdrawn_by_a_decision"),
        CheckConstraint("withdrawal_id IS NULL OR granted_by IS NOT NULL", name="only_granted_is_withdrawn"),
        CheckConstraint("(attempt_id IS NULL) = (granted_by IS NOT NULL)", name="passed_or_granted"),
        Index("ix_holding_contractor_id_until", "contractor_id", "until"),
        Index("ix_holding_withdrawal_id", "withdrawal_id", postgresql_where=text("withdrawal_id IS NOT NULL")),
        Index("ix_holding_until", "until", postgresql_where=text("reminded_at IS NULL")),
    )
    about: ClassVar[Mapping[str, str]] = MappingProxyType(
        {
            "holding": "id",
            "qualification": "qualification_id",
            "company": "company_id",
            "contractor": "contractor_id",
        }
    )

    qualification_id: Mapped[UUID] = mapped_column(ForeignKey("qualification.id"), index=True)
    company_id: Mapped[UUID | None] = mapped_column(ForeignKey("company.id"))
    contractor_id: Mapped[UUID] = mapped_column(ForeignKey("contractor.id"))
    attempt_id: Mapped[UUID | None] = mapped_column(ForeignKey("attempt.id"))
    granted_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    evidence: Mapped[str] = mapped_column(Text, default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    since: Mapped[Instant]
    until: Mapped[Instant]
    until_before: Mapped[Instant | None]
    withdrawal_id: Mapped[UUID | None] = mapped_column(ForeignKey("vetting_decision.id"))
    reminded_at: Mapped[Instant | None]

    qualification: Mapped[Qualification] = relationship(lazy="raise", viewonly=True)


class TestContest(Stateful):
    """Somebody says that a failed result is wrong, and a human who did not write the test looks at it."""

    __tablename__ = "test_contest"
    __test__ = False
    __table_args__ = (
        UniqueConstraint("attempt_id"),
        CheckConstraint("(status = 'open') = (decided_at IS NULL)", name="decided_when"),
        CheckConstraint("(decided_at IS NULL) = (decided_by IS NULL)", name="decided_by_somebody"),
        Index("ix_test_contest_status", "status", postgresql_where=text("status = 'open'")),
    )
    about: ClassVar[Mapping[str, str]] = MappingProxyType(
        {
            "test_contest": "id",
            "attempt": "attempt_id",
            "qualification": "qualification_id",
            "company": "company_id",
            "contractor": "contractor_id",
        }
    )
    transitions: ClassVar = rules.CONTEST_TRANSITIONS

    attempt_id: Mapped[UUID] = mapped_column(ForeignKey("attempt.id"))
    item_id: Mapped[UUID] = mapped_column(ForeignKey("test_item.id"))
    qualification_id: Mapped[UUID] = mapped_column(ForeignKey("qualification.id"), index=True)
    company_id: Mapped[UUID | None] = mapped_column(ForeignKey("company.id"), index=True)
    contractor_id: Mapped[UUID] = mapped_column(ForeignKey("contractor.id"), index=True)
    words: Mapped[str] = mapped_column(Text)
    contested_at: Mapped[Instant]
    reason: Mapped[str | None] = mapped_column(Text)
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[Instant | None]
    status: Mapped[ContestStatus] = mapped_column(choice(ContestStatus, "status"))
