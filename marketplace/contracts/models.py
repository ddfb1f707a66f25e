"""Templates, contracts, their versions, signatures, and the benefit ledger.

Templates, versions, signatures and benefit entries are written once: the application's role can neither change nor
delete them. They hold ids, and of a signature's name only a seal; the name itself stands beside it and can be erased.
"""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import ClassVar
from uuid import UUID

from sqlalchemy import (
    CHAR,
    BigInteger,
    CheckConstraint,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.contracts import rules
from marketplace.contracts.rules import BenefitKind, ContractStatus, EntryKind, Method, Party, Unit
from marketplace.core.db import Base, CurrencyCode, Id, Instant, Json, Minor, choice
from marketplace.core.events import Subject
from marketplace.core.lifecycle import Stateful
from marketplace.core.money import Money

OF_TEXT = "text_sha256 = encode(sha256(convert_to(text, 'UTF8')), 'hex')"
"""The database itself refuses a text whose hash is another's."""


class Template(Subject):
    """A company's terms, numbered from one, signed by the company for everybody to whom they are proposed."""

    __tablename__ = "contract_template"
    __table_args__ = (
        UniqueConstraint("company_id", "number"),
        UniqueConstraint("id", "text_sha256"),
        CheckConstraint(OF_TEXT, name="hash_is_of_text"),
    )
    about: ClassVar[Mapping[str, str]] = MappingProxyType({"template": "id", "company": "company_id"})

    company_id: Mapped[UUID] = mapped_column(ForeignKey("company.id"))
    number: Mapped[int]
    terms: Mapped[Json]
    text: Mapped[str] = mapped_column(Text)
    text_sha256: Mapped[str] = mapped_column(CHAR(64))
    written_at: Mapped[Instant]


class Contract(Stateful):
    """The framework between one company and one contractor. Its terms are those of its versions."""

    __tablename__ = "contract"
    __table_args__ = (
        CheckConstraint("(status = 'ended') = (ends_at IS NOT NULL)", name="ended_has_an_end"),
        Index(
            "uq_contract_live",
            "company_id",
            "contractor_id",
            unique=True,
            postgresql_where=text("status IN ('proposed', 'in_force')"),
        ),
        Index("ix_contract_contractor_id", "contractor_id"),
    )
    about: ClassVar[Mapping[str, str]] = MappingProxyType(
        {"contract": "id", "company": "company_id", "contractor": "contractor_id"}
    )
    transitions = rules.CONTRACT_TRANSITIONS

    company_id: Mapped[UUID] = mapped_column(ForeignKey("company.id"))
    contractor_id: Mapped[UUID] = mapped_column(ForeignKey("contractor.id"))
    status: Mapped[ContractStatus] = mapped_column(choice(ContractStatus, "status"))
    proposed_at: Mapped[Instant]
    ends_at: Mapped[Instant | None]
    end_reason: Mapped[str | None] = mapped_column(Text)


class ContractVersion(Base):
    """The whole text that one contractor signs. An amendment is a further version."""

    __tablename__ = "contract_version"
    __table_args__ = (
        UniqueConstraint("contract_id", "number"),
        UniqueConstraint("id", "text_sha256"),
        UniqueConstraint("id", "contractor_id"),
        CheckConstraint(OF_TEXT, name="hash_is_of_text"),
        CheckConstraint("effective_to >= effective_from", name="effective_order"),
        Index("ix_contract_version_company_id_contractor_id", "company_id", "contractor_id"),
    )

    id: Mapped[Id]
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contract.id"))
    company_id: Mapped[UUID] = mapped_column(ForeignKey("company.id"))
    contractor_id: Mapped[UUID] = mapped_column(ForeignKey("contractor.id"))
    template_id: Mapped[UUID] = mapped_column(ForeignKey("contract_template.id"))
    number: Mapped[int]
    terms: Mapped[Json]
    text: Mapped[str] = mapped_column(Text)
    text_sha256: Mapped[str] = mapped_column(CHAR(64))
    effective_from: Mapped[date] = mapped_column(Date)
    effective_to: Mapped[date | None] = mapped_column(Date)
    written_at: Mapped[Instant]

    @property
    def rate(self) -> Money:
        """The lowest hourly pay that this version promises."""
        return rules.rate_of(self.terms)


class Translation(Base):
    """A text in another language, for reading. It belongs to the text with that hash, which names its own."""

    __tablename__ = "contract_translation"
    __table_args__ = (CheckConstraint(OF_TEXT, name="hash_is_of_text"),)

    original_sha256: Mapped[str] = mapped_column(CHAR(64), primary_key=True)
    language: Mapped[str] = mapped_column(Text, primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    text_sha256: Mapped[str] = mapped_column(CHAR(64))


class DeclinedVersion(Base):
    """That the contractor does not want an amendment. The version that they signed before holds on."""

    __tablename__ = "declined_version"

    version_id: Mapped[UUID] = mapped_column(ForeignKey("contract_version.id"), primary_key=True)
    declined_at: Mapped[Instant]


class StatusReading(Base):
    """What STATUS said of a contract by what really happened, when it was another than before."""

    __tablename__ = "status_reading"

    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contract.id"), primary_key=True)
    read_at: Mapped[Instant] = mapped_column(primary_key=True)
    verdict: Mapped[Json]


class Signature(Base):
    """That a person signed a text for a party: a template for the company, a version for the contractor.

    Its foreign keys hold that the hash is that of the very text, and that nobody signs a version but its contractor.
    """

    __tablename__ = "signature"
    __table_args__ = (
        UniqueConstraint("template_id"),
        UniqueConstraint("version_id"),
        CheckConstraint(
            "(party = 'company') = (template_id IS NOT NULL) AND (party = 'contractor') = (version_id IS NOT NULL)",
            name="one_text",
        ),
        ForeignKeyConstraint(
            ["template_id", "signed_sha256"], ["contract_template.id", "contract_template.text_sha256"]
        ),
        ForeignKeyConstraint(["version_id", "signed_sha256"], ["contract_version.id", "contract_version.text_sha256"]),
        ForeignKeyConstraint(["version_id", "person_id"], ["contract_version.id", "contract_version.contractor_id"]),
    )

    id: Mapped[Id]
    party: Mapped[Party] = mapped_column(choice(Party, "party"))
    template_id: Mapped[UUID | None] = mapped_column(ForeignKey("contract_template.id"))
    version_id: Mapped[UUID | None] = mapped_column(ForeignKey("contract_version.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    method: Mapped[Method] = mapped_column(choice(Method, "method"))
    signed_sha256: Mapped[str] = mapped_column(CHAR(64))
    name_seal: Mapped[str] = mapped_column(CHAR(64))
    address_seal: Mapped[str | None] = mapped_column(CHAR(64))
    """Of the network address that it was given from, with the name's salt. None where it came over no network."""
    signed_at: Mapped[Instant]


class SignedName(Base):
    """The name typed under a signature, and the salt of its seal. Erased with the person."""

    __tablename__ = "signed_name"

    signature_id: Mapped[UUID] = mapped_column(ForeignKey("signature.id"), primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    salt: Mapped[str] = mapped_column(Text)


class BenefitPlan(Subject):
    """What a plan is for ever: its code, its kind, and what it is counted in. The rest is its versions."""

    __tablename__ = "benefit_plan"
    __table_args__ = (UniqueConstraint("code"),)
    about: ClassVar[Mapping[str, str]] = MappingProxyType({"benefit_plan": "id"})

    code: Mapped[str] = mapped_column(Text)
    kind: Mapped[BenefitKind] = mapped_column(choice(BenefitKind, "kind"))
    unit: Mapped[Unit] = mapped_column(choice(Unit, "unit"))


class PlanVersion(Base):
    """What a plan promises from a day on: who pays, who provides, how it accrues. Written once.

    `accrual` is {per, amount, unit, cap_per_year, waiting_days, carry_over}. One that `lowers` holds once a second
    operator has agreed. `rule` is the rule of the catalogue that computes it, None where nothing accrues by itself.
    """

    __tablename__ = "benefit_plan_version"
    __table_args__ = (
        UniqueConstraint("plan_id", "number"),
        CheckConstraint("valid_to >= valid_from", name="valid_order"),
        CheckConstraint("source <> ''", name="source_given"),
        CheckConstraint(
            "policy_no IS NULL OR (provider IS NOT NULL AND contact IS NOT NULL AND cover IS NOT NULL)",
            name="insurance_names_all",
        ),
        CheckConstraint("seconded_by <> entered_by", name="two_persons"),
        CheckConstraint("(seconded_by IS NULL) = (seconded_at IS NULL)", name="seconded_when"),
    )

    id: Mapped[Id]
    plan_id: Mapped[UUID] = mapped_column(ForeignKey("benefit_plan.id"))
    number: Mapped[int]
    title: Mapped[str] = mapped_column(Text)
    funder: Mapped[str] = mapped_column(Text)
    provider: Mapped[str | None] = mapped_column(Text)
    policy_no: Mapped[str | None] = mapped_column(Text)
    contact: Mapped[str | None] = mapped_column(Text)
    """Whom to call to claim."""
    cover: Mapped[str | None] = mapped_column(Text)
    """What is insured, in words."""
    country: Mapped[str | None] = mapped_column(CHAR(2))
    accrual: Mapped[Json]
    rule: Mapped[str | None] = mapped_column(Text)
    portable: Mapped[bool]
    cash_out: Mapped[bool]
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)
    source: Mapped[str] = mapped_column(Text)
    lowers: Mapped[bool]
    entered_by: Mapped[UUID | None]
    entered_at: Mapped[Instant]
    seconded_by: Mapped[UUID | None]
    seconded_at: Mapped[Instant | None]

    @property
    def waits(self) -> bool:
        """Whether it takes something away and nobody else has agreed yet."""
        return self.lowers and self.seconded_at is None


class Enrolment(Subject):
    """That a person is insured under a plan, through a company, between two days. Number and proof can be emptied."""

    __tablename__ = "benefit_enrolment"
    __table_args__ = (
        UniqueConstraint("contractor_id", "plan_id", "company_id", "since"),
        CheckConstraint("until >= since", name="days_order"),
    )
    about: ClassVar[Mapping[str, str]] = MappingProxyType(
        {"enrolment": "id", "contractor": "contractor_id", "company": "company_id"}
    )

    contractor_id: Mapped[UUID] = mapped_column(ForeignKey("contractor.id"))
    plan_id: Mapped[UUID] = mapped_column(ForeignKey("benefit_plan.id"))
    company_id: Mapped[UUID] = mapped_column(ForeignKey("company.id"))
    since: Mapped[date] = mapped_column(Date)
    until: Mapped[date | None] = mapped_column(Date)
    member_number: Mapped[str] = mapped_column(Text)
    proof: Mapped[str] = mapped_column(Text)
    """Where the certificate is kept: a reference, not the document."""
    entered_by: Mapped[UUID]
    entered_at: Mapped[Instant]


class LeavePay(Base):
    """What taken leave is worth in one currency. It stays in the person's benefit account until a payslip pays it, and
    meanwhile belongs to no other leave. `cause` is that of the benefit entry which uses the seconds."""

    __tablename__ = "leave_pay"
    __table_args__ = (
        UniqueConstraint("cause", "currency"),
        CheckConstraint("amount > 0", name="amount_positive"),
        Index("ix_leave_pay_contractor_id", "contractor_id", postgresql_where=text("paid_at IS NULL")),
    )

    id: Mapped[Id]
    contractor_id: Mapped[UUID] = mapped_column(ForeignKey("contractor.id"))
    cause: Mapped[str] = mapped_column(Text)
    amount: Mapped[Minor]
    currency: Mapped[CurrencyCode]
    paid_at: Mapped[Instant | None]

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)


class BenefitEntry(Base):
    """One change of a contractor's benefit; the balance is the sum. The unique cause makes repeating harmless."""

    __tablename__ = "benefit_entry"
    __table_args__ = (
        UniqueConstraint("cause"),
        CheckConstraint(
            "CASE kind WHEN 'accrue' THEN quantity >= 0 WHEN 'transfer' THEN quantity <> 0 ELSE quantity < 0 END",
            name="direction",
        ),
        Index("ix_benefit_entry_contractor_id_plan_id_at", "contractor_id", "plan_id", "at"),
    )

    id: Mapped[Id]
    contractor_id: Mapped[UUID] = mapped_column(ForeignKey("contractor.id"))
    plan_id: Mapped[UUID] = mapped_column(ForeignKey("benefit_plan.id"))
    kind: Mapped[EntryKind] = mapped_column(choice(EntryKind, "kind"))
    quantity: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[CurrencyCode | None]
    cause: Mapped[str] = mapped_column(Text)
    reference: Mapped[str] = mapped_column(Text)
    rule: Mapped[str] = mapped_column(Text)
    rule_version: Mapped[int]
    at: Mapped[Instant]
