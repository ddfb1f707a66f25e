"""People, their invitations, operators' grants, companies, members, API keys."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import ClassVar
from uuid import UUID

from flask_security import RoleMixin, UserMixin
from sqlalchemy import CHAR, CheckConstraint, DateTime, ForeignKey, Index, LargeBinary, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.accounts.entity import CONTEST_FOR, CONTESTABLE
from marketplace.accounts.joining_rules import JOINING_TRANSITIONS, JoiningStatus
from marketplace.accounts.rules import COMPANY_TRANSITIONS, CompanyRole, CompanyStatus, OperatorRole
from marketplace.core.db import Base, Id, Instant, choice
from marketplace.core.events import Subject
from marketplace.core.lifecycle import Stateful


class Person(Subject, UserMixin):
    """Somebody with an account. `fs_uniquifier` is what a browser's session names; a new one ends all sessions."""

    __tablename__ = "person"
    __table_args__ = (
        UniqueConstraint("email"),
        UniqueConstraint("fs_uniquifier"),
        CheckConstraint("email = lower(email)", name="email_lower_case"),
    )
    about: ClassVar[Mapping[str, str]] = MappingProxyType({"person": "id"})
    roles: ClassVar[tuple[RoleMixin, ...]] = ()
    """Flask-Security's own idea of roles. Ours are memberships and grants, which an Actor carries."""

    email: Mapped[str] = mapped_column(Text)
    password: Mapped[str | None] = mapped_column(Text)
    """Its hash; None while somebody who was invited has chosen none, who cannot sign in until then."""
    active: Mapped[bool]
    fs_uniquifier: Mapped[str] = mapped_column(Text)
    confirmed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    name: Mapped[str] = mapped_column(Text)
    locale: Mapped[str] = mapped_column(Text)
    joined_at: Mapped[Instant]


class Invitation(Subject):
    """A person was invited, by a company or, without one, by an operator. `good_until` is when the link ends."""

    __tablename__ = "invitation"
    __table_args__ = (
        UniqueConstraint("person_id", "company_id", postgresql_nulls_not_distinct=True),
        Index("ix_invitation_company_id_id", "company_id", "id"),
    )
    about: ClassVar[Mapping[str, str]] = MappingProxyType(
        {"invitation": "id", "person": "person_id", "company": "company_id"}
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    company_id: Mapped[UUID | None] = mapped_column(ForeignKey("company.id"))
    invited_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    invited_at: Mapped[Instant]
    good_until: Mapped[Instant]
    name: Mapped[str] = mapped_column(Text)
    """What the inviter calls them; not what they call themselves."""
    answered_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    """When they said yes: until then a company does not learn whether anybody is there."""


class OperatorGrant(Subject):
    """A person is an operator of the service, in one role; several grants make several roles."""

    __tablename__ = "operator_grant"
    __table_args__ = (UniqueConstraint("person_id", "role"),)
    about: ClassVar[Mapping[str, str]] = MappingProxyType({"grant": "id", "person": "person_id"})

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    role: Mapped[OperatorRole] = mapped_column(choice(OperatorRole, "role"))
    reason: Mapped[str] = mapped_column(Text)
    """Why they were trusted with it. It is about a person, so it stands here, where it can be emptied."""


class Company(Stateful):
    """A customer of the service. `signatory_name` is who signs contracts in its name."""

    __tablename__ = "company"
    __table_args__ = (CheckConstraint("country ~ '^[A-Z]{2}$'", name="country_code"),)
    about: ClassVar[Mapping[str, str]] = MappingProxyType({"company": "id"})
    transitions: ClassVar = COMPANY_TRANSITIONS

    status: Mapped[CompanyStatus] = mapped_column(choice(CompanyStatus, "status"))
    legal_name: Mapped[str] = mapped_column(Text)
    country: Mapped[str] = mapped_column(CHAR(2))
    signatory_name: Mapped[str] = mapped_column(Text)
    applied_at: Mapped[Instant]
    verified_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class CompanyDecision(Base):
    """What an operator decided about a company, and why. The words stand here, where they can be emptied, and in no
    event: they may name people."""

    __tablename__ = "company_decision"
    __table_args__ = (Index("ix_company_decision_company_id_id", "company_id", "id"),)

    id: Mapped[Id]
    company_id: Mapped[UUID] = mapped_column(ForeignKey("company.id"))
    outcome: Mapped[CompanyStatus] = mapped_column(choice(CompanyStatus, "outcome"))
    """What the company was made by it: verified, refused or suspended."""
    reason: Mapped[str] = mapped_column(Text)
    decided_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[Instant]
    contest: Mapped[str | None] = mapped_column(Text)
    """The company's answer to it, if it gave one."""
    contested_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    @property
    def contest_until(self) -> datetime | None:
        """Until when the company may contest it; None when it cannot be contested, or was."""
        contestable = self.outcome in CONTESTABLE and self.contested_at is None
        return self.decided_at + CONTEST_FOR if contestable else None


class CompanyIdentity(Base):
    """What a company told by which it is verified, beside its name, country and signatory; see `entity.Identity`.

    The tax number is encrypted with the company's own key; pages show its end. Names of people stand in columns that
    can be emptied.
    """

    __tablename__ = "company_identity"

    company_id: Mapped[UUID] = mapped_column(ForeignKey("company.id"), primary_key=True)
    address: Mapped[str] = mapped_column(Text)
    register: Mapped[str] = mapped_column(Text)
    register_number: Mapped[str] = mapped_column(Text)
    owners: Mapped[str] = mapped_column(Text)
    authority: Mapped[str] = mapped_column(Text)
    register_proof: Mapped[str] = mapped_column(Text)
    authority_proof: Mapped[str] = mapped_column(Text)
    tax_number_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    tax_number_shown: Mapped[str] = mapped_column(Text)
    handed_in_at: Mapped[Instant]


class CareLine(Base):
    """Whom people call after distressing work for the company, at its cost."""

    __tablename__ = "company_care_line"

    company_id: Mapped[UUID] = mapped_column(ForeignKey("company.id"), primary_key=True)
    provider: Mapped[str] = mapped_column(Text)
    call: Mapped[str] = mapped_column(Text)
    named_at: Mapped[Instant]


class Adoption(Subject):
    """A company signed the guidelines in public; `withdrawn_at` is when it took that back or signed a later version.

    Only that ever changes. The name of who signed stands here, where it can be emptied, and in no event.
    """

    __tablename__ = "adoption"
    __table_args__ = (
        CheckConstraint("withdrawn_at >= signed_at", name="withdrawn_after_signed"),
        Index("uq_adoption_live", "company_id", unique=True, postgresql_where=text("withdrawn_at IS NULL")),
        Index("ix_adoption_company_id_id", "company_id", "id"),
    )
    about: ClassVar[Mapping[str, str]] = MappingProxyType({"adoption": "id", "company": "company_id"})

    company_id: Mapped[UUID] = mapped_column(ForeignKey("company.id"))
    version: Mapped[int]
    text_sha256: Mapped[str] = mapped_column(CHAR(64))
    signed_name: Mapped[str] = mapped_column(Text)
    signed_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    signed_at: Mapped[Instant]
    withdrawn_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class Member(Subject):
    """A person in a company, in one role."""

    __tablename__ = "member"
    __table_args__ = (
        UniqueConstraint("company_id", "person_id"),
        Index("ix_member_person_id", "person_id"),
    )
    about: ClassVar[Mapping[str, str]] = MappingProxyType(
        {"member": "id", "company": "company_id", "person": "person_id"}
    )

    company_id: Mapped[UUID] = mapped_column(ForeignKey("company.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    role: Mapped[CompanyRole] = mapped_column(choice(CompanyRole, "role"))
    joined_at: Mapped[Instant]


class MemberInvitation(Stateful):
    """A company asks somebody to be its member. One row for the two of them, which is asked anew."""

    __tablename__ = "member_invitation"
    __table_args__ = (
        UniqueConstraint("company_id", "person_id"),
        CheckConstraint("(status = 'waiting') = (ended_at IS NULL)", name="ended_when"),
        Index("ix_member_invitation_person_id", "person_id"),
    )
    about: ClassVar[Mapping[str, str]] = MappingProxyType(
        {"member_invitation": "id", "company": "company_id", "person": "person_id"}
    )
    transitions: ClassVar = JOINING_TRANSITIONS

    company_id: Mapped[UUID] = mapped_column(ForeignKey("company.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    role: Mapped[CompanyRole] = mapped_column(choice(CompanyRole, "role"))
    invited_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    invited_at: Mapped[Instant]
    good_until: Mapped[Instant]
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    """When it was answered or taken back; one that was not answered ends with `good_until`."""
    status: Mapped[JoiningStatus] = mapped_column(choice(JoiningStatus, "status"))


class ApiKey(Subject):
    """A secret that stands for its maker: in one company with `scopes`, or, without a company, in everything.

    Only the SHA-256 of the secret is kept. The secret is 32 random bytes, so a slow hash would protect nothing.
    """

    __tablename__ = "api_key"
    __table_args__ = (
        UniqueConstraint("prefix"),
        CheckConstraint("(company_id IS NULL) = (cardinality(scopes) = 0)", name="scopes_in_a_company"),
        CheckConstraint("company_id IS NOT NULL OR expires_at IS NOT NULL", name="personal_keys_expire"),
        Index("ix_api_key_company_id", "company_id"),
        Index("ix_api_key_person_id", "person_id"),
    )
    about: ClassVar[Mapping[str, str]] = MappingProxyType({"key": "id", "person": "person_id", "company": "company_id"})

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    company_id: Mapped[UUID | None] = mapped_column(ForeignKey("company.id"))
    name: Mapped[str] = mapped_column(Text)
    prefix: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(CHAR(64))
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    made_at: Mapped[Instant]
    expires_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    revoked_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    last_used_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
