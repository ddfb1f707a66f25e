"""What people have shown. Contents lie in the vault; personal data stand in columns that can be emptied."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import ClassVar
from uuid import UUID

from sqlalchemy import (
    CHAR,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    LargeBinary,
    SmallInteger,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.db import Base, Instant, choice
from marketplace.core.events import Subject
from marketplace.core.lifecycle import Stateful
from marketplace.core.papers import Paper, paper_constraints
from marketplace.workforce import papers
from marketplace.workforce.papers import IdentityPaper, MoveStatus, Provider, Purpose, WorkBasis


class Document(Paper):
    """A file that somebody handed in."""

    __tablename__ = "document"
    __table_args__ = paper_constraints("document", "contractor_id")
    about: ClassVar[Mapping[str, str]] = MappingProxyType({"document": "id", "contractor": "contractor_id"})

    contractor_id: Mapped[UUID] = mapped_column(ForeignKey("contractor.id"))
    purpose: Mapped[Purpose] = mapped_column(choice(Purpose, "purpose"))


class IdentityDeclaration(Base):
    """The paper by which somebody shows who they are. `number_hash` is keyed: equal papers are known to be equal."""

    __tablename__ = "identity_declaration"
    __table_args__ = (Index("ix_identity_declaration_number_hash", "number_hash"),)

    contractor_id: Mapped[UUID] = mapped_column(ForeignKey("contractor.id"), primary_key=True)
    provider: Mapped[Provider] = mapped_column(choice(Provider, "provider"))
    kind: Mapped[IdentityPaper] = mapped_column(choice(IdentityPaper, "kind"))
    country: Mapped[str | None] = mapped_column(CHAR(2))
    expires_on: Mapped[date | None] = mapped_column(Date)
    number_hash: Mapped[str | None] = mapped_column(CHAR(64))
    declared_at: Mapped[Instant]


class WorkDeclaration(Base):
    """Why somebody may work where they live, and until when."""

    __tablename__ = "work_declaration"

    contractor_id: Mapped[UUID] = mapped_column(ForeignKey("contractor.id"), primary_key=True)
    basis: Mapped[WorkBasis] = mapped_column(choice(WorkBasis, "basis"))
    until: Mapped[date | None] = mapped_column(Date)
    declared_at: Mapped[Instant]


class TaxProfile(Base):
    """Where somebody pays taxes. The number is sealed with their key; its last characters are what anybody sees."""

    __tablename__ = "tax_profile"
    __table_args__ = (Index("ix_tax_profile_number_hash", "number_hash"),)

    contractor_id: Mapped[UUID] = mapped_column(ForeignKey("contractor.id"), primary_key=True)
    country: Mapped[str | None] = mapped_column(CHAR(2))
    number_kind: Mapped[str] = mapped_column(Text)
    sealed_number: Mapped[bytes | None] = mapped_column(LargeBinary)
    last_digits: Mapped[str | None] = mapped_column(Text)
    number_hash: Mapped[str | None] = mapped_column(CHAR(64))
    declared_at: Mapped[Instant]


class TermsSignature(Base):
    """That somebody agreed to a version of the service's terms, over the digest of its text. Written once."""

    __tablename__ = "terms_signature"

    contractor_id: Mapped[UUID] = mapped_column(ForeignKey("contractor.id"), primary_key=True)
    version: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    text_sha256: Mapped[str] = mapped_column(CHAR(64))
    signed_at: Mapped[Instant]


class ResidenceChange(Stateful):
    """Somebody moves. The rows that were granted are the history of where they lived: each says from where to where."""

    __tablename__ = "residence_change"
    __table_args__ = (
        CheckConstraint("subdivision LIKE country || '-%'", name="subdivision_of_country"),
        CheckConstraint("(decided_at IS NULL) = (status = 'asked')", name="decided_when"),
        Index("uq_residence_change_asked", "contractor_id", unique=True, postgresql_where=text("status = 'asked'")),
        Index("ix_residence_change_contractor_id_id", "contractor_id", "id"),
    )
    about: ClassVar[Mapping[str, str]] = MappingProxyType({"residence_change": "id", "contractor": "contractor_id"})
    transitions = papers.MOVE_TRANSITIONS

    contractor_id: Mapped[UUID] = mapped_column(ForeignKey("contractor.id"))
    status: Mapped[MoveStatus] = mapped_column(choice(MoveStatus, "status"))
    from_country: Mapped[str] = mapped_column(CHAR(2))
    from_subdivision: Mapped[str | None] = mapped_column(Text)
    country: Mapped[str] = mapped_column(CHAR(2))
    subdivision: Mapped[str | None] = mapped_column(Text)
    timezone: Mapped[str] = mapped_column(Text)
    note: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[Instant]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[Instant | None]


class VettingPolicy(Subject):
    """What the service asks of applicants from a moment on (rule VETTING). Versions are added, never changed."""

    __tablename__ = "vetting_policy"
    __table_args__ = (UniqueConstraint("version"),)
    about: ClassVar[Mapping[str, str]] = MappingProxyType({"vetting_policy": "id"})

    version: Mapped[int] = mapped_column(SmallInteger)
    kinds: Mapped[list[str]] = mapped_column(ARRAY(Text))
    identity_by: Mapped[list[str]] = mapped_column(ARRAY(Text))
    documents_for: Mapped[list[str]] = mapped_column(ARRAY(Text))
    work_evidence_in: Mapped[list[str]] = mapped_column(ARRAY(Text))
    reason: Mapped[str] = mapped_column(Text)
    set_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    set_at: Mapped[Instant]
