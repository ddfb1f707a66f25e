"""Gigs and what belongs to one: rate versions, instructions, pilots, money in and out, the gate's answers."""

from decimal import Decimal
from types import MappingProxyType
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import (
    CHAR,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Numeric,
    Row,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.db import Base, CurrencyCode, Id, Instant, Json, JsonList, Minor, choice
from marketplace.core.events import Subject
from marketplace.core.lifecycle import Stateful
from marketplace.core.money import Money
from marketplace.gigs import rules
from marketplace.gigs.rules import (
    Criteria,
    DecisionOutcome,
    FundingKind,
    GigStatus,
    LanguageNeed,
    Question,
    SkillNeed,
    Terms,
    Where,
    WorkKind,
)
from marketplace.qualifications.levels import PaySteps
from marketplace.standards.rules import HazardCategory, HazardClass, PaymentModel, UnpaidKind
from marketplace.workforce.rules import Level

_UNPAID = " + ".join(f"coalesce((unpaid->>'{kind}')::integer, 0)" for kind in UnpaidKind)
"""All unpaid minutes of a row, in SQL."""


class Gig(Stateful):
    """What a company asks for. Rates are per hour of work; `rate_amount` is the newest of the rate versions.

    `places` is a list of {"country", "subdivision" or null}, `languages` of {"language", "level"}, so that they can be
    asked by containment; `unpaid` are minutes by kind, `skill_levels` levels by skill, `steps` the pay steps as JSON.
    `fee_percent` is the fee that held when the terms were written.
    """

    __tablename__ = "gig"
    __table_args__ = (
        CheckConstraint("rate_amount > 0", name="rate_positive"),
        CheckConstraint("margin_amount >= 0", name="margin_not_negative"),
        CheckConstraint("client_pays_amount >= 0", name="client_pays_not_negative"),
        CheckConstraint("(margin_amount IS NULL) = (margin_party IS NULL)", name="margin_has_a_party"),
        CheckConstraint("planned_minutes > 0", name="planned_positive"),
        CheckConstraint(f"{_UNPAID} BETWEEN 0 AND 59", name="unpaid_less_than_an_hour"),
        CheckConstraint("piece_amount > 0", name="piece_positive"),
        CheckConstraint("payment_model IN ('piece', 'hybrid') OR piece_amount IS NULL", name="a_price_is_of_pieces"),
        CheckConstraint("(piece_amount IS NULL) = (most_pieces IS NULL)", name="pieces_have_a_most"),
        CheckConstraint("most_pieces > 0", name="most_pieces_positive"),
        CheckConstraint("fee_percent BETWEEN 0 AND 100", name="fee_is_a_percentage"),
        CheckConstraint("jsonb_array_length(places) > 0", name="somewhere"),
        Index("ix_gig_company_id_id", "company_id", "id"),
        Index("ix_gig_status_work_kind_hazard_class_currency", "status", "work_kind", "hazard_class", "currency"),
        Index("ix_gig_places", "places", postgresql_using="gin"),
    )
    about: ClassVar = MappingProxyType({"gig": "id", "company": "company_id"})
    transitions: ClassVar = rules.TRANSITIONS

    company_id: Mapped[UUID] = mapped_column(ForeignKey("company.id"))
    status: Mapped[GigStatus] = mapped_column(choice(GigStatus, "status"))
    title: Mapped[str] = mapped_column(Text)
    description: Mapped[str] = mapped_column(Text)
    work_kind: Mapped[WorkKind] = mapped_column(choice(WorkKind, "work_kind"))
    payment_model: Mapped[PaymentModel] = mapped_column(choice(PaymentModel, "payment_model"))
    rate_amount: Mapped[Minor]
    currency: Mapped[CurrencyCode]
    margin_amount: Mapped[int | None] = mapped_column(BigInteger)
    margin_party: Mapped[str | None] = mapped_column(Text)
    client_pays_amount: Mapped[int | None] = mapped_column(BigInteger)
    fee_percent: Mapped[Decimal] = mapped_column(Numeric(5, 2))
    planned_minutes: Mapped[int]
    unpaid: Mapped[Json]
    piece_amount: Mapped[int | None] = mapped_column(BigInteger)
    most_pieces: Mapped[int | None]
    """How many pieces of an hour of the schedule are paid at most (PIECES)."""
    hazard_class: Mapped[HazardClass] = mapped_column(choice(HazardClass, "hazard_class"))
    hazard_categories: Mapped[list[str]] = mapped_column(ARRAY(Text))
    places: Mapped[JsonList]
    skills: Mapped[list[str]] = mapped_column(ARRAY(Text))
    languages: Mapped[JsonList]
    criteria_reason: Mapped[str] = mapped_column(Text)
    qualifications: Mapped[list[str]] = mapped_column(ARRAY(Text))
    skill_levels: Mapped[Json]
    steps: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    contact_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    data_use: Mapped[str] = mapped_column(Text)
    drafted_at: Mapped[Instant]
    opened_at: Mapped[Instant | None]
    closed_at: Mapped[Instant | None]

    @property
    def rate(self) -> Money:
        """Per hour of work."""
        return Money(self.rate_amount, self.currency)

    @property
    def margin(self) -> Money | None:
        """What a third party takes per hour, on top of the rate."""
        return None if self.margin_amount is None else Money(self.margin_amount, self.currency)

    @property
    def piece_price(self) -> Money | None:
        """What one piece pays, where work is paid by the piece."""
        return None if self.piece_amount is None else Money(self.piece_amount, self.currency)

    @property
    def client_pays(self) -> Money | None:
        """What the company itself is paid for an hour of this work, where it sells the work on."""
        return None if self.client_pays_amount is None else Money(self.client_pays_amount, self.currency)

    @property
    def hold_account(self) -> str:
        return rules.hold_account(self.id)

    @property
    def criteria(self) -> Criteria:
        return criteria_of(self)

    @property
    def pay_steps(self) -> PaySteps | None:
        """What levels of a skill earn beyond the rate."""
        return PaySteps.of(self.steps)

    @property
    def terms(self) -> Terms:
        """The gig as its company wrote it, at the present rate."""
        return Terms(
            title=self.title,
            description=self.description,
            work_kind=self.work_kind,
            payment_model=self.payment_model,
            rate=self.rate,
            planned_minutes=self.planned_minutes,
            unpaid={UnpaidKind(kind): int(minutes) for kind, minutes in self.unpaid.items()},
            piece_price=self.piece_price,
            most_pieces=self.most_pieces,
            margin=self.margin,
            margin_party=self.margin_party,
            client_pays=self.client_pays,
            hazard_class=self.hazard_class,
            hazard_categories=tuple(HazardCategory(name) for name in self.hazard_categories),
            criteria=self.criteria,
            contact_id=self.contact_id,
            data_use=self.data_use,
            pay_steps=self.pay_steps,
        )


def criteria_of(row: Gig | Row[Any]) -> Criteria:
    """What the work of a gig needs, from the gig or from a row with its columns."""
    return Criteria(
        places=tuple(Where(place["country"], place["subdivision"]) for place in row.places),
        skills=tuple(row.skills),
        languages=tuple(LanguageNeed(need["language"], Level(need["level"])) for need in row.languages),
        reason=row.criteria_reason,
        qualifications=tuple(row.qualifications),
        skill_levels=tuple(SkillNeed(skill, level) for skill, level in sorted(row.skill_levels.items())),
    )


class GigRate(Base):
    """One rate that a gig has had, from a moment on. Written once: what was promised can be read for ever (P5)."""

    __tablename__ = "gig_rate"
    __table_args__ = (
        UniqueConstraint("gig_id", "version"),
        CheckConstraint("rate_amount > 0", name="rate_positive"),
    )

    id: Mapped[Id]
    gig_id: Mapped[UUID] = mapped_column(ForeignKey("gig.id"))
    version: Mapped[int]
    rate_amount: Mapped[Minor]
    currency: Mapped[CurrencyCode]
    valid_from: Mapped[Instant]
    set_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))

    @property
    def rate(self) -> Money:
        return Money(self.rate_amount, self.currency)


class GigHazard(Base):
    """One hazard class that a gig has had, from a moment on. Written once.

    A class that was raised holds back to `back_to` for work that was not paid by then; `unheld` is what could not be
    held for it, and so is still to be paid after the company has put money in.
    """

    __tablename__ = "gig_hazard"
    __table_args__ = (
        UniqueConstraint("gig_id", "version"),
        CheckConstraint("unheld_amount >= 0", name="unheld_not_negative"),
    )

    id: Mapped[Id]
    gig_id: Mapped[UUID] = mapped_column(ForeignKey("gig.id"))
    version: Mapped[int]
    hazard_class: Mapped[HazardClass] = mapped_column(choice(HazardClass, "hazard_class"))
    categories: Mapped[list[str]] = mapped_column(ARRAY(Text))
    valid_from: Mapped[Instant]
    back_to: Mapped[Instant]
    unheld_amount: Mapped[Minor] = mapped_column(default=0)
    currency: Mapped[CurrencyCode]
    set_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))

    @property
    def unheld(self) -> Money:
        return Money(self.unheld_amount, self.currency)


class Instructions(Subject):
    """One version of what to do. The words never change; verification is added once, by somebody else (P10)."""

    __tablename__ = "gig_instructions"
    __table_args__ = (
        UniqueConstraint("gig_id", "version"),
        CheckConstraint("verified_by <> author_id", name="two_people"),
        CheckConstraint("(verified_by IS NULL) = (verified_at IS NULL)", name="verified_by_somebody"),
        CheckConstraint("(holds_from IS NULL) = (verified_at IS NULL)", name="holds_once_verified"),
        CheckConstraint("holds_from >= verified_at", name="holds_after_verified"),
    )
    about: ClassVar = MappingProxyType({"instructions": "id", "gig": "gig_id", "company": "company_id"})

    gig_id: Mapped[UUID] = mapped_column(ForeignKey("gig.id"))
    company_id: Mapped[UUID] = mapped_column(ForeignKey("company.id"), index=True)
    version: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    text_sha256: Mapped[str] = mapped_column(CHAR(64))
    changes: Mapped[str] = mapped_column(Text)
    author_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    written_at: Mapped[Instant]
    checklist: Mapped[list[str]] = mapped_column(ARRAY(Text))
    verified_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    verified_at: Mapped[Instant | None]
    holds_from: Mapped[Instant | None]
    """Shifts that begin from then on are worked, and judged, under this version (P11)."""

    @property
    def is_verified(self) -> bool:
        return self.verified_at is not None


class Pilot(Subject):
    """A finished pilot, as the company reports it (P7): who took part, what it took, what came of it. Written once."""

    __tablename__ = "gig_pilot"
    __table_args__ = (
        CheckConstraint("workers > 0", name="workers_positive"),
        CheckConstraint("items > 0", name="items_positive"),
        CheckConstraint("item_seconds_p75 > 0", name="time_positive"),
        CheckConstraint("paid_amount >= 0", name="paid_not_negative"),
        CheckConstraint(f"{_UNPAID} BETWEEN 0 AND 59", name="unpaid_less_than_an_hour"),
        Index("ix_gig_pilot_gig_id_id", "gig_id", "id"),
    )
    about: ClassVar = MappingProxyType({"pilot": "id", "gig": "gig_id", "company": "company_id"})

    gig_id: Mapped[UUID] = mapped_column(ForeignKey("gig.id"))
    company_id: Mapped[UUID] = mapped_column(ForeignKey("company.id"), index=True)
    workers: Mapped[int]
    items: Mapped[int]
    places: Mapped[JsonList]
    item_seconds_p75: Mapped[int]
    unpaid: Mapped[Json]
    paid_amount: Mapped[Minor]
    currency: Mapped[CurrencyCode]
    feedback: Mapped[str] = mapped_column(Text)
    fixes: Mapped[str] = mapped_column(Text)
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[Instant]

    @property
    def paid(self) -> Money:
        return Money(self.paid_amount, self.currency)


class RollingPilot(Subject):
    """What the approved shifts of a gig have shown so far, while it is its own pilot (P7). Its id is the gig's."""

    __tablename__ = "gig_rolling_pilot"
    __table_args__ = (CheckConstraint("workers > 0 AND shifts > 0 AND minutes >= 0", name="of_somebody"),)
    about: ClassVar = MappingProxyType({"gig": "id", "company": "company_id"})

    id: Mapped[UUID] = mapped_column(ForeignKey("gig.id"), primary_key=True)
    company_id: Mapped[UUID] = mapped_column(ForeignKey("company.id"), index=True)
    workers: Mapped[int]
    shifts: Mapped[int]
    minutes: Mapped[int]
    places: Mapped[JsonList]
    rolled_at: Mapped[Instant]
    completed_at: Mapped[Instant | None]


class InheritedPilot(Subject):
    """The earlier gig of the company whose finished pilot counts for a gig of like work too (P7). Its id is the gig's.

    `instructions_sha256` are the words for which it was said; `changes` is what differs from the earlier ones, as
    somebody says who did not write them.
    """

    __tablename__ = "gig_inherited_pilot"
    __table_args__ = (CheckConstraint("id <> from_gig_id", name="of_another"),)
    about: ClassVar = MappingProxyType({"gig": "id", "company": "company_id"})

    id: Mapped[UUID] = mapped_column(ForeignKey("gig.id"), primary_key=True)
    company_id: Mapped[UUID] = mapped_column(ForeignKey("company.id"), index=True)
    from_gig_id: Mapped[UUID] = mapped_column(ForeignKey("gig.id"), index=True)
    instructions_sha256: Mapped[str] = mapped_column(CHAR(64))
    changes: Mapped[str] = mapped_column(Text)
    linked_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    linked_at: Mapped[Instant]


class GigFunding(Base):
    """Money that went between the company and the gig's hold; its id is the cause of the ledger's entry. Written once.

    What was funded less what was returned is what the gig has at its disposal: in the hold, or with its bookings.
    """

    __tablename__ = "gig_funding"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        Index("ix_gig_funding_gig_id_id", "gig_id", "id"),
    )

    id: Mapped[Id]
    gig_id: Mapped[UUID] = mapped_column(ForeignKey("gig.id"))
    company_id: Mapped[UUID] = mapped_column(ForeignKey("company.id"), index=True)
    kind: Mapped[FundingKind] = mapped_column(choice(FundingKind, "kind"))
    amount: Mapped[Minor]
    currency: Mapped[CurrencyCode]
    at: Mapped[Instant]
    entry_id: Mapped[UUID] = mapped_column(ForeignKey("journal_entry.id"))

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)


class PublishDecision(Subject):
    """What the gate answered, with every verdict as it was at that moment. Written once."""

    __tablename__ = "publish_decision"
    __table_args__ = (Index("ix_publish_decision_gig_id_id", "gig_id", "id"),)
    about: ClassVar = MappingProxyType({"decision": "id", "gig": "gig_id", "company": "company_id"})

    gig_id: Mapped[UUID] = mapped_column(ForeignKey("gig.id"))
    company_id: Mapped[UUID] = mapped_column(ForeignKey("company.id"), index=True)
    question: Mapped[Question] = mapped_column(choice(Question, "question"))
    outcome: Mapped[DecisionOutcome] = mapped_column(choice(DecisionOutcome, "outcome"))
    verdicts: Mapped[JsonList]
    at: Mapped[Instant]

    @property
    def passed(self) -> bool:
        return self.outcome is DecisionOutcome.PASSED
