"""What insight itself keeps: the keys that records are signed with, which records there are, and who may be named.

What a record says is nowhere kept: the person has it, and another can be made at any time.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, LargeBinary, Text, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.db import Base, Id, Instant, choice
from marketplace.core.events import Subject
from marketplace.insight.rules import Because


class IssuerKey(Subject):
    """A key that records are signed with. One signs at a time; the public parts of the others stay published, so that
    what they signed can be checked, until one is `lost_at`: then nothing that it signed counts.

    `sealed` is the private part, sealed by the vault under the key's own id.
    """

    __tablename__ = "issuer_key"
    __table_args__ = (
        UniqueConstraint("multikey"),
        CheckConstraint("retired_at IS NOT NULL OR lost_at IS NULL", name="lost_is_retired"),
        Index("uq_issuer_key_signing", sql("(retired_at IS NULL)"), unique=True, postgresql_where="retired_at IS NULL"),
    )
    about: ClassVar[Mapping[str, str]] = MappingProxyType({"issuer_key": "id"})

    multikey: Mapped[str] = mapped_column(Text)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    made_at: Mapped[Instant]
    retired_at: Mapped[Instant | None]
    lost_at: Mapped[Instant | None]


class WorkRecord(Subject):
    """That a record was signed for somebody, which parts they chose, and whether it still counts. `number` is its place
    in the lists of what was taken back."""

    __tablename__ = "work_record"
    __table_args__ = (
        UniqueConstraint("number"),
        CheckConstraint("(revoked_at IS NULL) = (revoked_because IS NULL)", name="revoked_for_a_reason"),
        CheckConstraint("cardinality(parts) > 0", name="about_something"),
        Index("ix_work_record_contractor_id_id", "contractor_id", "id"),
        Index("ix_work_record_revoked", "number", postgresql_where="revoked_at IS NOT NULL"),
    )
    about: ClassVar[Mapping[str, str]] = MappingProxyType({"work_record": "id", "contractor": "contractor_id"})

    contractor_id: Mapped[UUID] = mapped_column(ForeignKey("contractor.id"))
    number: Mapped[int] = mapped_column(BigInteger, Identity(start=0, minvalue=0))
    key_id: Mapped[UUID] = mapped_column(ForeignKey("issuer_key.id"), index=True)
    parts: Mapped[list[str]] = mapped_column(ARRAY(Text))
    issued_at: Mapped[Instant]
    valid_until: Mapped[Instant]
    revoked_at: Mapped[Instant | None]
    revoked_because: Mapped[Because | None] = mapped_column(choice(Because, "revoked_because"))


class Erasure(Subject):
    """That a person was erased, by themselves or, on their request, by an operator for a `reason`."""

    __tablename__ = "erasure"
    __table_args__ = (CheckConstraint("(erased_by IS NULL) = (reason IS NULL)", name="operators_say_why"),)
    about: ClassVar[Mapping[str, str]] = MappingProxyType({"person": "id"})

    id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    erased_at: Mapped[Instant]
    erased_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    """Empty when the person did it."""
    reason: Mapped[str | None] = mapped_column(Text)


class Naming(Base):
    """A company agreed to be named in the records of people who work for it. Without such a row it is told by its
    country only."""

    __tablename__ = "company_naming"

    company_id: Mapped[UUID] = mapped_column(ForeignKey("company.id"), primary_key=True)
    agreed_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    agreed_at: Mapped[Instant]


class ReportAgreement(Base):
    """A company agreed that its record is public (REPORT), until `ended_at`. Whoever adopted the guidelines needs
    none."""

    __tablename__ = "report_agreement"
    __table_args__ = (
        CheckConstraint("ended_at >= agreed_at", name="ended_after_agreed"),
        Index("uq_report_agreement_live", "company_id", unique=True, postgresql_where=sql("ended_at IS NULL")),
    )

    id: Mapped[Id]
    company_id: Mapped[UUID] = mapped_column(ForeignKey("company.id"), index=True)
    agreed_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    agreed_at: Mapped[Instant]
    ended_at: Mapped[Instant | None]


class Credit(Base):
    """Somebody wants to be named among those who worked for a company, under this name. Who does not any more has no
    row."""

    __tablename__ = "credit"
    __table_args__ = (CheckConstraint("name <> ''", name="name_given"),)

    company_id: Mapped[UUID] = mapped_column(ForeignKey("company.id"), primary_key=True)
    contractor_id: Mapped[UUID] = mapped_column(ForeignKey("contractor.id"), primary_key=True, index=True)
    name: Mapped[str] = mapped_column(Text)
    since: Mapped[Instant]
