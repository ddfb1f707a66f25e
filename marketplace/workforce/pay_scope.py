"""Whose pay is meant, and until when: of one company, of one person, of people in some countries, or of all."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import InstrumentedAttribute

from marketplace.workforce.models import Contractor

T = TypeVar("T", bound="Select[*tuple[Any, ...]]")
Column = InstrumentedAttribute[UUID] | InstrumentedAttribute[UUID | None]


@dataclass(frozen=True, slots=True)
class PayScope:
    """Each room narrows what it has to pay by it, in its own statement. All that is set must hold."""

    through: date
    company_id: UUID | None = None
    contractor_id: UUID | None = None
    countries: Collection[str] | None = None
    """Where the people live."""
    all_but: Collection[str] = ()
    """Where they do not live."""

    def narrow(self, found: T, contractor: Column, company: Column | None = None) -> T:
        """The rows of it, by whose they are and which company pays them. Without a company's column, which company is
        the caller's question."""
        if self.company_id is not None and company is not None:
            found = found.where(company == self.company_id)
        if self.contractor_id is not None:
            found = found.where(contractor == self.contractor_id)
        if self.countries is not None:
            found = found.where(contractor.in_(select(Contractor.id).where(Contractor.country.in_(self.countries))))
        if self.all_but:
            found = found.where(contractor.in_(select(Contractor.id).where(Contractor.country.not_in(self.all_but))))
        return found
