"""The index of people, by which a seat finds its best among very many (`matching.index_rules`). Only matching reads it.

All of it follows from other tables and can be built anew at any time. Whatever changes one of those tables leaves a
row of `MatchStale` in the same transaction, by a trigger, whoever wrote it and how: no verb can forget it.
"""

from uuid import UUID

from sqlalchemy import CHAR, BigInteger, Boolean, ForeignKey, Identity, Index, Integer, SmallInteger, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.db import Base, CurrencyCode, Minor


class MatchPerson(Base):
    """What the rules of fit and of free time may ask of a vetted person who is under contract, as marks."""

    __tablename__ = "match_person"
    __table_args__ = (Index("ix_match_person_marks", "marks", postgresql_using="gin"),)

    contractor_id: Mapped[UUID] = mapped_column(ForeignKey("contractor.id"), primary_key=True)
    marks: Mapped[list[int]] = mapped_column(ARRAY(Integer))


class MatchMark(Base):
    """How many people have a mark: whether it is rare decides how they are looked for, and nothing else."""

    __tablename__ = "match_mark"

    mark: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    people: Mapped[int]


class MatchCell(Base):
    """A `index_rules.Cell` of a company, and how many people are in it. Cells are never changed, only counted."""

    __tablename__ = "match_cell"
    __table_args__ = (
        UniqueConstraint(
            "company_id", "wishes", "day", "recent", "company", "band_min", "band_max", name="uq_match_cell_bound"
        ),
    )

    id: Mapped[int] = mapped_column(Integer, Identity(), primary_key=True)
    company_id: Mapped[UUID] = mapped_column(ForeignKey("company.id"))
    wishes: Mapped[bool] = mapped_column(Boolean)
    day: Mapped[int]
    recent: Mapped[int]
    company: Mapped[int]
    band_min: Mapped[int] = mapped_column(SmallInteger)
    band_max: Mapped[int] = mapped_column(SmallInteger)
    people: Mapped[int] = mapped_column(default=0)


class MatchPair(Base):
    """A person and a company between whom a contract holds, or may hold later. `place` is the person's among the
    groups that order equal scores. Where all versions that may hold agree on a currency, `rate_amount` is the lowest
    that they promise; it is empty where they do not. `highest_class` is the heaviest that one of them allows."""

    __tablename__ = "match_pair"
    __table_args__ = (Index("ix_match_pair_cell_id_place", "cell_id", "place"),)

    contractor_id: Mapped[UUID] = mapped_column(ForeignKey("contractor.id"), primary_key=True)
    company_id: Mapped[UUID] = mapped_column(ForeignKey("company.id"), primary_key=True)
    cell_id: Mapped[int] = mapped_column(ForeignKey("match_cell.id"))
    place: Mapped[int]
    rate_amount: Mapped[Minor | None]
    currency: Mapped[CurrencyCode | None]
    highest_class: Mapped[str] = mapped_column(CHAR(2))


class MatchStale(Base):
    """That something about a person was changed since the index was last told: until it is, a search looks at them
    themselves. Written by triggers, and never waited for: every change adds a row of its own."""

    __tablename__ = "match_stale"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    contractor_id: Mapped[UUID]
