"""To whom a qualification is given without a test: a company chooses among its own people, by name or by address.

Whom it does not work with and has not invited does not exist for it, whether or not an address has an account: the
answer is the same. The service's operators choose among all who are vetted.
"""

from uuid import UUID

from sqlalchemy import Select, select

from marketplace.accounts.models import Invitation, Person
from marketplace.accounts.rules import Actor, Right, address, require_company
from marketplace.contracts.models import Contract
from marketplace.contracts.rules import ContractStatus
from marketplace.core.db import db
from marketplace.core.problems import Invalid
from marketplace.qualifications import holdings
from marketplace.qualifications.models import Holding
from marketplace.workforce.models import Contractor
from marketplace.workforce.rules import ContractorStatus

SIGNED = (ContractStatus.IN_FORCE, ContractStatus.ENDED)
"""A contract that both sides have signed: whoever is in a crew has one."""


class NotAmongYours(Invalid):
    code = "not_among_your_people"
    title = "Among the vetted people who can be chosen here is nobody like this."
    remedy = "A company chooses people with whom it has or had a contract, and those who accepted its invitation."


def people(company_id: UUID, seen_by: Actor) -> dict[UUID, str]:
    """The names of the people whom a company can choose, in their order. Raises NotFound or Forbidden."""
    require_company(seen_by, company_id, Right.GIGS)
    return {row.id: row.name for row in db.session.execute(_among(company_id).order_by(Person.name, Person.id))}


def grant(
    qualification_id: UUID,
    evidence: str,
    reason: str,
    contractor_id: UUID | None = None,
    email: str | None = None,
    *,
    by: Actor,
) -> Holding:
    """`holdings.grant()` to somebody who is named by an id or by an address. Raises what it raises, BadAddress,
    NotAmongYours."""
    found = holdings.to_grant(qualification_id, by)
    if (contractor_id is None) == (email is None):
        raise NotAmongYours("Choose one person, by name or by address.", field="contractor_id")
    named = Person.id == contractor_id if email is None else Person.email == address(email)
    chosen = db.session.execute(_among(found.company_id).where(named)).one_or_none()
    if chosen is None:
        raise NotAmongYours(field="email" if contractor_id is None else "contractor_id")
    return holdings.grant(found.id, chosen.id, evidence, reason, by=by)


def _among(company_id: UUID | None) -> Select[UUID, str]:
    """Everybody who is vetted, for the service; of a company those whom it knows."""
    found = select(Person.id, Person.name).join(Contractor, Contractor.id == Person.id)
    found = found.where(Contractor.status == ContractorStatus.VETTED)
    if company_id is None:
        return found
    signed = select(Contract.contractor_id).where(Contract.company_id == company_id, Contract.status.in_(SIGNED))
    invited = select(Invitation.person_id).where(
        Invitation.company_id == company_id, Invitation.answered_at.is_not(None)
    )
    return found.where(Person.id.in_(signed.union(invited)))
