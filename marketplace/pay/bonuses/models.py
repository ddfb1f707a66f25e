"""What a company gives somebody beside the pay of their work, with who decided it and why."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, and_, text
from sqlalchemy.orm import Mapped, mapped_column, query_expression, relationship

from marketplace.core.db import CurrencyCode, Instant, Minor, choice
from marketplace.core.lifecycle import Stateful
from marketplace.core.money import Money
from marketplace.pay.bonuses.rules import BONUS_TRANSITIONS, BonusStatus, hold_account
from marketplace.pay.models import PayLine, Payslip
from marketplace.pay.rules import PayslipStatus
from marketplace.standards.line_kinds import LineKind


class Bonus(Stateful):
    """An amount for one person's work on one gig, under the contract of their last shift there. Its money, with the
    benefits on top, stands in its hold from the beginning (rule BONUS)."""

    __tablename__ = "bonus"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("held_amount >= amount", name="held_covers_it"),
        CheckConstraint("(status = 'granted') = (granted_at IS NOT NULL)", name="granted_when"),
        CheckConstraint("taken_at IS NULL OR status = 'granted'", name="only_what_is_owed_is_paid"),
        CheckConstraint("(status = 'withdrawn') = (withdrawal IS NOT NULL)", name="withdrawn_with_reason"),
        CheckConstraint("(answered_by IS NULL) = (answered_at IS NULL)", name="answered_when"),
        CheckConstraint("status <> 'waiting' OR answered_at IS NULL", name="waits_for_an_answer"),
        CheckConstraint("status <> 'granted' OR answered_by <> written_by", name="agreed_by_another"),
        CheckConstraint("written_by <> contractor_id AND answered_by <> contractor_id", name="nobodys_own"),
        Index("ix_bonus_company_id_id", "company_id", "id"),
        Index("ix_bonus_waiting", "company_id", postgresql_where=text("status = 'waiting'")),
        Index("ix_bonus_due", "granted_at", postgresql_where=text("status = 'granted' AND taken_at IS NULL")),
        Index("ix_bonus_contractor_id", "contractor_id"),
        Index("ix_bonus_gig_id", "gig_id"),
    )
    about: ClassVar[Mapping[str, str]] = MappingProxyType(
        {"bonus": "id", "gig": "gig_id", "company": "company_id", "contractor": "contractor_id"}
    )
    transitions: ClassVar = BONUS_TRANSITIONS

    company_id: Mapped[UUID] = mapped_column(ForeignKey("company.id"))
    gig_id: Mapped[UUID] = mapped_column(ForeignKey("gig.id"))
    contractor_id: Mapped[UUID] = mapped_column(ForeignKey("contractor.id"))
    contract_version_id: Mapped[UUID] = mapped_column(ForeignKey("contract_version.id"))
    amount: Mapped[Minor]
    currency: Mapped[CurrencyCode]
    held_amount: Mapped[Minor]
    """What it costs the company: the bonus, and what comes on top of it for the person."""
    reason: Mapped[str] = mapped_column(Text)
    """The person reads it. Emptied when they are erased."""
    written_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    written_at: Mapped[Instant]
    granted_at: Mapped[Instant | None]
    """Since when it is owed."""
    answered_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    answered_at: Mapped[Instant | None]
    """When a second member agreed, or somebody took it back. Nobody did where an account was closed meanwhile."""
    withdrawal: Mapped[str | None] = mapped_column(Text)
    """Why it was taken back. Emptied when the person is erased."""
    taken_at: Mapped[Instant | None]
    """When a pay run took it."""
    status: Mapped[BonusStatus] = mapped_column(choice(BonusStatus, "status"))

    others: Mapped[int | None] = query_expression()
    """How many members may see the company's money beside whoever wrote it. Only where a query asks for it."""
    payslip: Mapped[Payslip | None] = relationship(
        secondary=PayLine.__table__,
        primaryjoin=lambda: and_(Bonus.id == PayLine.bonus_id, PayLine.kind == LineKind.BONUS),
        secondaryjoin=lambda: and_(Payslip.id == PayLine.payslip_id, Payslip.status == PayslipStatus.ISSUED),
        viewonly=True,
        lazy="selectin",
    )
    """That pays it, once it is issued."""

    @property
    def can_agree(self) -> int | None:
        """How many other members could agree by now; None where nothing waits."""
        return self.others if self.status is BonusStatus.WAITING else None

    @property
    def payslip_id(self) -> UUID | None:
        return None if self.payslip is None else self.payslip.id

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)

    @property
    def held(self) -> Money:
        return Money(self.held_amount, self.currency)

    @property
    def hold_account(self) -> str:
        return hold_account(self.id)
