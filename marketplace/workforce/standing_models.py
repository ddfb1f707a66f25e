"""What keeps somebody from new offers, and what they say against it. Words stand in columns that can be emptied."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.core.db import Base, Id, Instant, Json, choice
from marketplace.core.events import Subject
from marketplace.core.lifecycle import Stateful
from marketplace.workforce import bars
from marketplace.workforce.admission import IntakeStatus
from marketplace.workforce.bars import (
    AppealStatus,
    Bar,
    ClosingStatus,
    ProposalKind,
    ProposalStatus,
    RestrictionStatus,
    Scope,
    SignalKind,
    Source,
    StrikeStatus,
    Target,
)
from marketplace.workforce.models import VettingDecision


class Proposal(Stateful):
    """What a job or a rule found that a human should look at. It does nothing by itself, and it ends.

    `evidence` holds ids and numbers, no words. `key` names the finding, so that the same is never proposed twice.
    `words` are the person's, `reason` is that of whoever decided.
    """

    __tablename__ = "proposal"
    __table_args__ = (
        UniqueConstraint("key"),
        CheckConstraint("expires_at > made_at", name="expires_after_made"),
        CheckConstraint("(status = 'open') = (ended_at IS NULL)", name="ended_when"),
        CheckConstraint("(status IN ('accepted', 'dismissed')) = (decided_by IS NOT NULL)", name="decided_by_somebody"),
        CheckConstraint("(status = 'accepted') = (decision_id IS NOT NULL)", name="accepted_by_decision"),
        Index("ix_proposal_status_expires_at", "status", "expires_at"),
        Index("ix_proposal_contractor_id", "contractor_id"),
        Index("ix_proposal_other_id", "other_id"),
    )
    about: ClassVar[Mapping[str, str]] = MappingProxyType({"proposal": "id", "contractor": "contractor_id"})
    transitions = bars.PROPOSAL_TRANSITIONS

    id: Mapped[Id]
    kind: Mapped[ProposalKind] = mapped_column(choice(ProposalKind, "kind"))
    contractor_id: Mapped[UUID] = mapped_column(ForeignKey("contractor.id"))
    other_id: Mapped[UUID | None] = mapped_column(ForeignKey("contractor.id"))
    rule: Mapped[str] = mapped_column(Text)
    rule_version: Mapped[int]
    evidence: Mapped[Json]
    key: Mapped[str] = mapped_column(Text)
    made_at: Mapped[Instant]
    expires_at: Mapped[Instant]
    words: Mapped[str | None] = mapped_column(Text)
    said_at: Mapped[Instant | None]
    ended_at: Mapped[Instant | None]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    decision_id: Mapped[UUID | None] = mapped_column(ForeignKey("vetting_decision.id"))
    reason: Mapped[str] = mapped_column(Text)
    status: Mapped[ProposalStatus] = mapped_column(choice(ProposalStatus, "status"))


class Signal(Base):
    """Something that a person's account was seen with, as a keyed digest: equal ones are known to be equal, and that is
    all that can be known of them."""

    __tablename__ = "signal"
    __table_args__ = (
        UniqueConstraint("person_id", "kind", "fingerprint"),
        Index("ix_signal_kind_fingerprint", "kind", "fingerprint"),
        Index("ix_signal_kind_last_at", "kind", "last_at"),
    )

    id: Mapped[Id]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[SignalKind] = mapped_column(choice(SignalKind, "kind"))
    fingerprint: Mapped[str] = mapped_column(Text)
    first_at: Mapped[Instant]
    last_at: Mapped[Instant]


class Restriction(Stateful):
    """A bar from new offers, with a scope and an end. Its reason stands in the decision that it rests on.

    `gig_id` names a gig without a foreign key, since gigs are built on people and not the other way round.
    """

    __tablename__ = "restriction"
    __table_args__ = (
        CheckConstraint("expires_at > begins_at", name="expires_after_begin"),
        CheckConstraint("(scope IN ('company', 'gig')) = (company_id IS NOT NULL)", name="company_of_scope"),
        CheckConstraint("(scope = 'gig') = (gig_id IS NOT NULL)", name="gig_of_scope"),
        CheckConstraint("(scope = 'category') = (category IS NOT NULL)", name="category_of_scope"),
        CheckConstraint("source <> 'company' OR scope IN ('company', 'gig')", name="company_own_gigs"),
        CheckConstraint("(source IN ('match', 'paper')) = (decision_id IS NULL)", name="decided_unless_paused"),
        CheckConstraint("(source IN ('match', 'paper')) = (proposal_id IS NOT NULL)", name="paused_by_proposal"),
        CheckConstraint("(status = 'active') = (ended_at IS NULL)", name="ended_when"),
        Index("ix_restriction_contractor_id_status", "contractor_id", "status"),
        Index("ix_restriction_status_expires_at", "status", "expires_at"),
        Index("ix_restriction_company_id", "company_id"),
    )
    about: ClassVar[Mapping[str, str]] = MappingProxyType(
        {"restriction": "id", "contractor": "contractor_id", "company": "company_id"}
    )
    transitions = bars.RESTRICTION_TRANSITIONS

    id: Mapped[Id]
    contractor_id: Mapped[UUID] = mapped_column(ForeignKey("contractor.id"))
    decision_id: Mapped[UUID | None] = mapped_column(ForeignKey("vetting_decision.id"))
    proposal_id: Mapped[UUID | None] = mapped_column(ForeignKey("proposal.id"))
    """What a human looks at while new offers rest. Nothing was decided then."""
    source: Mapped[Source] = mapped_column(choice(Source, "source"))
    scope: Mapped[Scope] = mapped_column(choice(Scope, "scope"))
    company_id: Mapped[UUID | None] = mapped_column(ForeignKey("company.id"))
    gig_id: Mapped[UUID | None]
    category: Mapped[str | None] = mapped_column(Text)
    begins_at: Mapped[Instant]
    expires_at: Mapped[Instant]
    ended_at: Mapped[Instant | None]
    ended_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    end_reason: Mapped[str | None] = mapped_column(Text)
    status: Mapped[RestrictionStatus] = mapped_column(choice(RestrictionStatus, "status"))

    decision: Mapped[VettingDecision | None] = relationship(lazy="selectin", viewonly=True)

    @property
    def reason(self) -> str:
        """Why: the decision's words, or what is said while nothing is decided."""
        return bars.PAUSED_BECAUSE[self.source] if self.decision is None else self.decision.reason

    @property
    def contest_until(self) -> datetime | None:
        return None if self.decision is None else self.decision.contest_until

    @property
    def target(self) -> Target:
        return Target(self.scope, self.company_id, self.gig_id, self.category)

    @property
    def bar(self) -> Bar:
        return Bar(self.id, self.source, self.target, self.expires_at)


class Strike(Stateful):
    """What counts about a missed shift or a very late no, until it falls off. It keeps nobody from anything. Its reason
    stands in the decision, and what happened, as ids and numbers, in the proposal."""

    __tablename__ = "strike"
    __table_args__ = (
        UniqueConstraint("proposal_id"),
        UniqueConstraint("decision_id"),
        CheckConstraint("(status = 'live') = (ended_at IS NULL)", name="ended_when"),
        Index("ix_strike_contractor_id", "contractor_id"),
        Index("ix_strike_status_expires_at", "status", "expires_at"),
    )
    about: ClassVar[Mapping[str, str]] = MappingProxyType({"strike": "id", "contractor": "contractor_id"})
    transitions = bars.STRIKE_TRANSITIONS

    id: Mapped[Id]
    contractor_id: Mapped[UUID] = mapped_column(ForeignKey("contractor.id"))
    proposal_id: Mapped[UUID] = mapped_column(ForeignKey("proposal.id"))
    decision_id: Mapped[UUID] = mapped_column(ForeignKey("vetting_decision.id"))
    given_at: Mapped[Instant]
    expires_at: Mapped[Instant]
    ended_at: Mapped[Instant | None]
    status: Mapped[StrikeStatus] = mapped_column(choice(StrikeStatus, "status"))

    decision: Mapped[VettingDecision] = relationship(lazy="selectin", viewonly=True)

    @property
    def reason(self) -> str:
        return self.decision.reason

    @property
    def contest_until(self) -> datetime | None:
        return self.decision.contest_until


class Closing(Stateful):
    """The end of an account, as it is kept: why, what was stated, and when nothing was owed any more.

    `words` are the person's own; an operator's reason stands in the decision. `stated` holds the balances of benefits
    and a reference in numbers (shifts, minutes, companies), as they were told when it began.
    """

    __tablename__ = "closing"
    __table_args__ = (
        CheckConstraint("(status = 'open') = (ended_at IS NULL)", name="ended_when"),
        Index("uq_closing_open", "contractor_id", unique=True, postgresql_where=text("status = 'open'")),
        Index("ix_closing_status_asked_at", "status", "asked_at"),
    )
    about: ClassVar[Mapping[str, str]] = MappingProxyType({"closing": "id", "contractor": "contractor_id"})
    transitions = bars.CLOSING_TRANSITIONS

    id: Mapped[Id]
    contractor_id: Mapped[UUID] = mapped_column(ForeignKey("contractor.id"))
    decision_id: Mapped[UUID | None] = mapped_column(ForeignKey("vetting_decision.id"))
    words: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[Instant]
    notice_until: Mapped[Instant | None]
    """When the last of the contracts ends."""
    care_until: Mapped[Instant | None]
    """Until when follow-up care is offered, where the work was very distressing."""
    stated: Mapped[Json]
    ended_at: Mapped[Instant | None]
    status: Mapped[ClosingStatus] = mapped_column(choice(ClosingStatus, "status"))


class Appeal(Stateful):
    """What a contractor says against a decision, and the answer. A decision is contested at most once, so the appeal
    has the decision's id; the contractor's words stand with the decision."""

    __tablename__ = "appeal"
    __table_args__ = (
        CheckConstraint("(status = 'open') = (answered_at IS NULL)", name="answered_when"),
        CheckConstraint(
            "(status IN ('upheld', 'overturned', 'changed')) = (answered_by IS NOT NULL)", name="answered_by_somebody"
        ),
        Index("ix_appeal_status_answer_by", "status", "answer_by"),
        Index("ix_appeal_contractor_id", "contractor_id"),
    )
    about: ClassVar[Mapping[str, str]] = MappingProxyType(
        {"appeal": "id", "contractor": "contractor_id", "company": "company_id"}
    )
    transitions = bars.APPEAL_TRANSITIONS

    id: Mapped[UUID] = mapped_column(ForeignKey("vetting_decision.id"), primary_key=True)
    contractor_id: Mapped[UUID] = mapped_column(ForeignKey("contractor.id"))
    company_id: Mapped[UUID | None] = mapped_column(ForeignKey("company.id"))
    """The company whose block it is against, if it is against one."""
    filed_at: Mapped[Instant]
    answer_by: Mapped[Instant]
    answered_at: Mapped[Instant | None]
    answered_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(Text)
    """Why it was answered so: the words of whoever answered, empty until then."""
    status: Mapped[AppealStatus] = mapped_column(choice(AppealStatus, "status"))

    decision: Mapped[VettingDecision] = relationship(lazy="selectin", viewonly=True)

    def is_overdue(self, now: datetime) -> bool:
        """Whether the days for an answer are over while nobody has given one."""
        return self.status is AppealStatus.OPEN and now >= self.answer_by


class IntakeMeasure(Subject):
    """How much work there was for the people who are here, on one day, and what followed for new applications."""

    __tablename__ = "intake_measure"
    about: ClassVar[Mapping[str, str]] = MappingProxyType({"intake": "id"})

    at: Mapped[Instant]
    seats: Mapped[int]
    people: Mapped[int]
    per_hundred: Mapped[int]
    """Seats a week for each hundred vetted people."""
    rule_version: Mapped[int]
    status: Mapped[IntakeStatus] = mapped_column(choice(IntakeStatus, "status"))


class IntakeWait(Subject):
    """Somebody who is to be told when applications are taken again, and the company that has invited them."""

    __tablename__ = "intake_wait"
    __table_args__ = (UniqueConstraint("person_id"),)
    about: ClassVar[Mapping[str, str]] = MappingProxyType(
        {"wait": "id", "contractor": "person_id", "company": "company_id"}
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    company_id: Mapped[UUID | None] = mapped_column(ForeignKey("company.id"))
    asked_at: Mapped[Instant]
    told_at: Mapped[Instant | None]
