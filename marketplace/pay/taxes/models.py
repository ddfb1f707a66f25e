"""Where people pay taxes, as they declare it; what was withheld from their pay; and what authorities were paid."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CHAR, BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, Numeric, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.db import CurrencyCode, Instant, Minor, choice
from marketplace.core.events import Subject
from marketplace.core.lifecycle import Stateful
from marketplace.core.money import Money
from marketplace.pay.taxes import rules as tax_rules
from marketplace.pay.taxes.rules import RemittanceStatus, Why, tax_account
from marketplace.pay.taxes.schemes import Certificate


class TaxDeclaration(Subject):
    """What somebody declares of their taxes from a day on. Rows are added and never changed: the newest of those that
    hold on a day is what counts on it. The number is sealed with the person's key; its end is what anybody sees."""

    __tablename__ = "tax_declaration"
    __table_args__ = (
        CheckConstraint("country ~ '^[A-Z]{2}$'", name="country_code"),
        Index("ix_tax_declaration_contractor_id_valid_from", "contractor_id", "valid_from", "id"),
    )
    about: ClassVar[Mapping[str, str]] = MappingProxyType({"tax_declaration": "id", "contractor": "contractor_id"})

    contractor_id: Mapped[UUID] = mapped_column(ForeignKey("contractor.id"))
    country: Mapped[str] = mapped_column(CHAR(2))
    number_kind: Mapped[str] = mapped_column(Text)
    sealed_number: Mapped[bytes | None] = mapped_column(LargeBinary)
    last_digits: Mapped[str | None] = mapped_column(Text)
    number_fits: Mapped[bool | None]
    """Whether its check digits agree; None where nobody knows how to tell."""
    certificate: Mapped[Certificate] = mapped_column(choice(Certificate, "certificate"))
    valid_from: Mapped[date]
    declared_at: Mapped[Instant]


class Remittance(Stateful):
    """What is paid to the authority of a country in a company's name: proposed by one operator, confirmed by another
    with the authority's own reference once it is paid."""

    __tablename__ = "tax_remittance"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("decided_by <> proposed_by OR status = 'withdrawn'", name="two_persons"),
        CheckConstraint("(status = 'proposed') = (decided_at IS NULL)", name="decided_when"),
        CheckConstraint("(status = 'paid') = (reference IS NOT NULL)", name="paid_has_reference"),
        Index("ix_tax_remittance_company_id", "company_id"),
        Index("ix_tax_remittance_open", "id", postgresql_where=text("status = 'proposed'")),
    )
    about: ClassVar[Mapping[str, str]] = MappingProxyType({"tax_remittance": "id", "company": "company_id"})
    transitions: ClassVar = tax_rules.REMITTANCE_TRANSITIONS

    company_id: Mapped[UUID] = mapped_column(ForeignKey("company.id"))
    country: Mapped[str] = mapped_column(CHAR(2))
    through: Mapped[date]
    """Everything that was withheld by this day is in it."""
    amount: Mapped[Minor]
    currency: Mapped[CurrencyCode]
    reference: Mapped[str | None] = mapped_column(Text)
    """The authority's number of the payment."""
    proposed_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    proposed_at: Mapped[Instant]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[Instant | None]
    status: Mapped[RemittanceStatus] = mapped_column(choice(RemittanceStatus, "status"))

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)

    @property
    def account(self) -> str:
        return tax_account(self.country, self.company_id)


class Withholding(Subject):
    """What one law did to one payslip, for the pay of one company. A correction is a row of its own that names the one
    it corrects, has a negative amount, and waits without a payslip until the next one pays it."""

    __tablename__ = "withholding"
    __table_args__ = (
        CheckConstraint("(why = 'given_back') = (of_id IS NOT NULL)", name="correction_of_another"),
        CheckConstraint("CASE WHEN why = 'given_back' THEN amount < 0 ELSE amount >= 0 END", name="sign"),
        CheckConstraint("why = 'given_back' OR payslip_id IS NOT NULL", name="of_a_payslip"),
        CheckConstraint("(why = 'given_back') = (decided_by IS NOT NULL)", name="correction_is_decided"),
        Index("ix_withholding_payslip_id", "payslip_id"),
        Index("ix_withholding_contractor_id_paid_on", "contractor_id", "paid_on"),
        Index("ix_withholding_of_id", "of_id", postgresql_where=text("of_id IS NOT NULL")),
        Index("ix_withholding_waiting", "contractor_id", postgresql_where=text("payslip_id IS NULL")),
        Index("ix_withholding_unremitted", "company_id", "country", postgresql_where=text("remittance_id IS NULL")),
        Index("ix_withholding_remittance_id", "remittance_id", postgresql_where=text("remittance_id IS NOT NULL")),
    )
    about: ClassVar[Mapping[str, str]] = MappingProxyType(
        {"withholding": "id", "contractor": "contractor_id", "company": "company_id", "payslip": "payslip_id"}
    )

    payslip_id: Mapped[UUID | None] = mapped_column(ForeignKey("payslip.id"))
    contractor_id: Mapped[UUID] = mapped_column(ForeignKey("contractor.id"))
    company_id: Mapped[UUID] = mapped_column(ForeignKey("company.id"))
    """In whose name it is withheld."""
    country: Mapped[str] = mapped_column(CHAR(2))
    scheme: Mapped[str] = mapped_column(Text)
    why: Mapped[Why] = mapped_column(choice(Why, "why"))
    paid_on: Mapped[date]
    """The pay date; of a correction, that of what it corrects, since it is of the same tax year."""
    base_amount: Mapped[Minor]
    amount: Mapped[Minor]
    currency: Mapped[CurrencyCode]
    percent: Mapped[Decimal | None] = mapped_column(Numeric(7, 4))
    law_base: Mapped[int | None] = mapped_column(BigInteger)
    law_amount: Mapped[int | None] = mapped_column(BigInteger)
    law_currency: Mapped[CurrencyCode]
    """The same in the law's currency, as an authority reads it; the base is None where no source gives a rate."""
    rate_source: Mapped[str | None] = mapped_column(Text)
    of_id: Mapped[UUID | None] = mapped_column(ForeignKey("withholding.id"))
    reason: Mapped[str | None] = mapped_column(Text)
    """Why an operator gives it back. The person reads it."""
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[Instant]
    remittance_id: Mapped[UUID | None] = mapped_column(ForeignKey("tax_remittance.id"))

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)

    @property
    def base(self) -> Money:
        return Money(self.base_amount, self.currency)

    @property
    def law_money(self) -> Money | None:
        return None if self.law_amount is None else Money(self.law_amount, self.law_currency)

    @property
    def account(self) -> str:
        return tax_account(self.country, self.company_id)
