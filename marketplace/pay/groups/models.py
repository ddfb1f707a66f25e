"""Pay groups, and which country is in which."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CHAR, CheckConstraint, ForeignKey, Index, SmallInteger, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.core.db import Base, Instant
from marketplace.core.events import Subject


class PayGroup(Subject):
    """People of some countries, and the days of the week, by the clock of one zone, on which they are paid. One that
    has ended has no countries."""

    __tablename__ = "pay_group"
    __table_args__ = (
        CheckConstraint("length(name) BETWEEN 1 AND 80", name="named"),
        CheckConstraint("cardinality(weekdays) BETWEEN 1 AND 7", name="has_pay_days"),
        CheckConstraint("weekdays <@ ARRAY[1, 2, 3, 4, 5, 6, 7]::smallint[]", name="days_of_a_week"),
        Index("uq_pay_group_name", text("lower(name)"), unique=True, postgresql_where=text("ended_at IS NULL")),
    )
    about: ClassVar[Mapping[str, str]] = MappingProxyType({"pay_group": "id"})

    name: Mapped[str] = mapped_column(Text)
    weekdays: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger))
    """ISO's: Monday is 1."""
    timezone: Mapped[str] = mapped_column(Text)
    made_at: Mapped[Instant]
    ended_at: Mapped[Instant | None]

    members: Mapped[list["GroupedCountry"]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", order_by="GroupedCountry.country"
    )

    @property
    def countries(self) -> list[str]:
        return [each.country for each in self.members]


class GroupedCountry(Base):
    """A country of a pay group: it is in no other."""

    __tablename__ = "pay_group_country"

    country: Mapped[str] = mapped_column(CHAR(2), primary_key=True)
    group_id: Mapped[UUID] = mapped_column(ForeignKey("pay_group.id"), index=True)
