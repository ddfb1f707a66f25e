"""Whose pay is meant, and until when: of one company, of one person, of people in some countries, or of all."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import BindParameter, Select, Uuid, all_, any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY
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
    things: Sequence[UUID] | None = None
    """What is to be paid, by the ids of its rows, whatever kind of thing they are; all there is where it is None."""
    without: Sequence[UUID] = ()
    """What is not to be paid, likewise."""

    def narrow(self, found: T, contractor: Column, company: Column | None = None) -> T:
        """The rows of it, by whose they are and which company pays them; the first column is what each is. Without a
        company's column, which company is the caller's question."""
        if self.company_id is not None and company is not None:
            found = found.where(company == self.company_id)
        if self.contractor_id is not None:
            found = found.where(contractor == self.contractor_id)
        if self.countries is not None:
            found = found.where(contractor.in_(select(Contractor.id).where(Contractor.country.in_(self.countries))))
        if self.all_but:
            found = found.where(contractor.in_(select(Contractor.id).where(Contractor.country.not_in(self.all_but))))
        # One parameter each, however many.
        if self.things is not None:
            found = found.where(found.selected_columns[0] == any_(_ids(self.things)))
        if self.without:
            found = found.where(found.selected_columns[0] != all_(_ids(self.without)))
        return found


def _ids(ids: Sequence[UUID]) -> BindParameter[Sequence[UUID]]:
    return bindparam(None, list(ids), type_=ARRAY(Uuid()))
