"""Lists of sanctions that were loaded, who stands on them, and whose name is like one of theirs."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CHAR, Boolean, Date, ForeignKey, Index, Integer, SmallInteger, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.db import Base, Id, Instant, choice
from marketplace.core.events import Subject
from marketplace.core.lifecycle import Stateful
from marketplace.workforce import listed
from marketplace.workforce.listed import HitStatus


class ScreeningList(Subject):
    """One list as it was loaded. A newer one of the same source takes its place; the findings stay."""

    __tablename__ = "screening_list"
    __table_args__ = (
        Index("uq_screening_list_current", "source", unique=True, postgresql_where=text("replaced_at IS NULL")),
    )
    about: ClassVar[Mapping[str, str]] = MappingProxyType({"screening_list": "id"})

    source: Mapped[str] = mapped_column(Text)
    dated_on: Mapped[date] = mapped_column(Date)
    sha256: Mapped[str] = mapped_column(CHAR(64))
    entries: Mapped[int] = mapped_column(Integer)
    loaded_at: Mapped[Instant]
    replaced_at: Mapped[Instant | None]


class ListedName(Base):
    """A name of somebody on a list, in the form in which it is compared, with the entry that it belongs to."""

    __tablename__ = "listed_name"
    __table_args__ = (Index("ix_listed_name_keys", "keys", postgresql_using="gin"),)

    id: Mapped[Id]
    list_id: Mapped[UUID] = mapped_column(ForeignKey("screening_list.id"), index=True)
    name: Mapped[str] = mapped_column(Text)
    names: Mapped[list[str]] = mapped_column(ARRAY(Text))
    keys: Mapped[list[str]] = mapped_column(ARRAY(Text))
    birth_date: Mapped[str] = mapped_column(Text)
    birth_year: Mapped[int | None] = mapped_column(SmallInteger)
    country: Mapped[str] = mapped_column(Text)


class Screened(Base):
    """When somebody was last compared with the lists, and under which name, as a digest."""

    __tablename__ = "screened"

    contractor_id: Mapped[UUID] = mapped_column(ForeignKey("contractor.id"), primary_key=True)
    at: Mapped[Instant]
    name_md5: Mapped[str] = mapped_column(CHAR(32))


class ScreeningHit(Stateful):
    """Somebody whose name is like a listed one. A person says whether it is the same, and why."""

    __tablename__ = "screening_hit"
    __table_args__ = (
        UniqueConstraint("contractor_id", "source", "listed_name"),
        Index("ix_screening_hit_status", "status", postgresql_where=text("status <> 'cleared'")),
    )
    about: ClassVar[Mapping[str, str]] = MappingProxyType({"screening_hit": "id", "contractor": "contractor_id"})
    transitions = listed.HIT_TRANSITIONS

    contractor_id: Mapped[UUID] = mapped_column(ForeignKey("contractor.id"))
    status: Mapped[HitStatus] = mapped_column(choice(HitStatus, "status"))
    source: Mapped[str] = mapped_column(Text)
    dated_on: Mapped[date] = mapped_column(Date)
    listed_name: Mapped[str] = mapped_column(Text)
    alike: Mapped[str] = mapped_column(Text)
    birth_date: Mapped[str] = mapped_column(Text)
    country: Mapped[str] = mapped_column(Text)
    score: Mapped[int] = mapped_column(SmallInteger)
    birth_differs: Mapped[bool] = mapped_column(Boolean)
    found_at: Mapped[Instant]
    reason: Mapped[str] = mapped_column(Text)
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[Instant | None]
