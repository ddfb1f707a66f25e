"""Where people are paid, and what an operator found about the name on it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.db import CurrencyCode, Instant, choice
from marketplace.core.lifecycle import Stateful
from marketplace.pay.methods import rules as method_rules
from marketplace.pay.methods.fields import MethodKind
from marketplace.pay.methods.rules import MethodStatus, NameCheck


class PayoutMethod(Stateful):
    """One place where a person is paid, by one rail. Its details lie encrypted with the person's key; of an account at
    a rail there are none, since the rail alone knows them."""

    __tablename__ = "payout_method"
    __table_args__ = (
        Index(
            "uq_payout_method_in_force",
            "contractor_id",
            "rail",
            unique=True,
            postgresql_where=text("status = 'in_force'"),
        ),
        Index(
            "uq_payout_method_waiting",
            "contractor_id",
            "rail",
            unique=True,
            postgresql_where=text("status = 'waiting'"),
        ),
        Index("ix_payout_method_due", "takes_effect_at", postgresql_where=text("status = 'waiting'")),
        Index("ix_payout_method_name", "id", postgresql_where=text("name_check = 'waiting'")),
        CheckConstraint("(kind = 'stripe') = (rail_account_id IS NOT NULL)", name="account_at_a_rail"),
        CheckConstraint("(kind IN ('mobile_money', 'e_wallet')) = (provider IS NOT NULL)", name="has_a_provider"),
        CheckConstraint(
            "(name_check IN ('same', 'waiting')) = (name_decided_at IS NULL)", name="name_decided_by_somebody"
        ),
    )
    about: ClassVar[Mapping[str, str]] = MappingProxyType(
        {"payout_method": "id", "contractor": "contractor_id", "person": "contractor_id"}
    )
    transitions: ClassVar = method_rules.METHOD_TRANSITIONS

    contractor_id: Mapped[UUID] = mapped_column(ForeignKey("contractor.id"), index=True)
    rail: Mapped[str] = mapped_column(Text)
    kind: Mapped[MethodKind] = mapped_column(choice(MethodKind, "kind"))
    country: Mapped[str] = mapped_column(Text)
    currency: Mapped[CurrencyCode]
    """In which it receives."""
    provider: Mapped[str | None] = mapped_column(Text)
    rail_account_id: Mapped[UUID | None] = mapped_column(ForeignKey("rail_account.id"), index=True)
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The holder's name and the fields of the account. Emptied when the person is erased."""
    name_check: Mapped[NameCheck] = mapped_column(choice(NameCheck, "name_check"))
    name_reason: Mapped[str | None] = mapped_column(Text)
    """Why an operator decided so about the name; the person reads it."""
    name_decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    name_decided_at: Mapped[Instant | None]
    given_at: Mapped[Instant]
    takes_effect_at: Mapped[Instant]
    ended_at: Mapped[Instant | None]
    status: Mapped[MethodStatus] = mapped_column(choice(MethodStatus, "status"))
