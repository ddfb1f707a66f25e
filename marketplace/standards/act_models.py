"""What operators do with money in words of their own (rule TWO_PEOPLE), and what members of companies give (BONUS)."""

from types import MappingProxyType
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.db import CurrencyCode, Instant, Json, Minor, choice
from marketplace.core.lifecycle import Stateful
from marketplace.core.money import Money
from marketplace.standards.act_rules import ACT_TRANSITIONS, ActKind, ActStatus


class MoneyAct(Stateful):
    """What an operator did with money by hand, and how much it was: alone, or once a second one has agreed. `subject`
    is a reference upwards, by the id alone. What is done says no more than that: its words stand with what it did."""

    __tablename__ = "money_act"
    __table_args__ = (
        Index("uq_money_act_subject", "subject", unique=True, postgresql_where=text("status = 'waiting'")),
        Index("ix_money_act_done_by_done_at", "done_by", "done_at"),
        Index("ix_money_act_done_by_file_id", "done_by", "file_id", postgresql_where=text("file_id IS NOT NULL")),
        Index("ix_money_act_answered_by", "answered_by"),
        Index("ix_money_act_contractor_id", "contractor_id", postgresql_where=text("contractor_id IS NOT NULL")),
        CheckConstraint("amount >= 0", name="amount_not_negative"),
        CheckConstraint("status = 'waiting' OR said = '{}'", name="says_nothing_any_more"),
        CheckConstraint("(answered_by IS NULL) = (answered_at IS NULL)", name="answered_when"),
        CheckConstraint("status <> 'agreed' OR answered_by <> done_by", name="agreed_by_another"),
    )
    about: ClassVar = MappingProxyType({"money_act": "id"})
    transitions: ClassVar = ACT_TRANSITIONS

    kind: Mapped[ActKind] = mapped_column(choice(ActKind, "kind"))
    subject: Mapped[str] = mapped_column(Text)
    file_id: Mapped[UUID | None]
    """The bank statement or the file of payments that it was done by."""
    contractor_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    """Whose money it is, where it is one person's: nobody is erased while something of theirs waits."""
    amount: Mapped[Minor]
    currency: Mapped[CurrencyCode]
    said: Mapped[Json]
    """What is to be done once a second person agrees; empty afterwards."""
    done_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    done_at: Mapped[Instant]
    answered_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    answered_at: Mapped[Instant | None]
    status: Mapped[ActStatus] = mapped_column(choice(ActStatus, "status"))

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)
