"""Payouts of one currency that rest at a rail, because it has no money for them or an operator stopped them."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.db import CurrencyCode, Instant
from marketplace.core.events import Subject


class RailPause(Subject):
    """Payouts of a currency wait at a rail. By itself it ends: after a pause that doubles each time the rail is tried,
    or, where an operator began it, when an operator ends it."""

    __tablename__ = "rail_pause"
    __table_args__ = (
        Index("uq_rail_pause_open", "rail", "currency", unique=True, postgresql_where=text("ended_at IS NULL")),
        CheckConstraint("(try_at IS NULL) = (paused_by IS NOT NULL)", name="tried_or_by_hand"),
        CheckConstraint("tries >= 0", name="tries_not_negative"),
    )
    about: ClassVar[Mapping[str, str]] = MappingProxyType({"rail_pause": "id"})

    rail: Mapped[str] = mapped_column(Text)
    currency: Mapped[CurrencyCode]
    why: Mapped[str] = mapped_column(Text)
    """The rail's code, or an operator's words."""
    began_at: Mapped[Instant]
    try_at: Mapped[Instant | None]
    """When the rail is tried again; None where a person says when."""
    tries: Mapped[int]
    paused_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    ended_at: Mapped[Instant | None]
