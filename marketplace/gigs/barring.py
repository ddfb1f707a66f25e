"""Bars that speak of gigs: what an operator or a company names is looked up here, before `workforce.restrictions`."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from marketplace.accounts.models import Company
from marketplace.accounts.rules import Actor, OperatorRole, Right, require_company, require_operator
from marketplace.contracts import queries as contracts
from marketplace.contracts.models import Contract
from marketplace.contracts.rules import ContractStatus
from marketplace.core.db import db
from marketplace.core.problems import NotFound
from marketplace.gigs.models import Gig
from marketplace.gigs.rules import WorkKind
from marketplace.workforce import restrictions
from marketplace.workforce.bars import BadScope, Scope, Target
from marketplace.workforce.standing_models import Restriction

SIGNED = (ContractStatus.IN_FORCE, ContractStatus.ENDED)
"""A contract that both sides have signed. To whom one was only proposed stays a stranger."""


def restrict(
    contractor_id: UUID,
    scope: Scope,
    reason: str,
    expires_at: datetime,
    begins_at: datetime | None = None,
    company_id: UUID | None = None,
    gig_id: UUID | None = None,
    work_kind: WorkKind | None = None,
    *,
    by: Actor,
) -> Restriction:
    """`restrictions.restrict()` of what is named. A gig brings its company with it. Raises BadScope when a company or
    gig is named that does not exist."""
    require_operator(by, OperatorRole.VETTING)
    if gig_id is not None:
        company_id = _company_of(gig_id)
    elif company_id is not None and db.session.get(Company, company_id) is None:
        raise BadScope("There is no such company.", field="company_id")
    target = Target(scope, company_id, gig_id, None if work_kind is None else str(work_kind))
    return restrictions.restrict(contractor_id, target, reason, expires_at, begins_at, by=by)


def block(
    company_id: UUID, contractor_id: UUID, reason: str, expires_at: datetime, gig_id: UUID | None = None, *, by: Actor
) -> Restriction:
    """`restrictions.block()` of somebody whom the company has, or had, a contract with, for all of its gigs or for one.

    Raises NotFound when there never was a contract, and BadScope when the gig is another's.
    """
    require_company(by, company_id, Right.GIGS)
    known = contracts.contracts(by, company_id).where(
        Contract.contractor_id == contractor_id, Contract.status.in_(SIGNED)
    )
    if db.session.scalar(known.limit(1)) is None:
        raise NotFound
    if gig_id is not None and _company_of(gig_id) != company_id:
        raise BadScope("The company has no such gig.", field="gig_id")
    target = Target(Scope.COMPANY if gig_id is None else Scope.GIG, company_id, gig_id)
    return restrictions.block(contractor_id, target, reason, expires_at, by=by)


def titles(rows: list[Restriction]) -> dict[UUID, str]:
    """The titles of the gigs that some restrictions speak of. The caller has made sure that the asker may see them."""
    named = {row.gig_id for row in rows if row.gig_id is not None}
    found = select(Gig.id, Gig.title).where(Gig.id.in_(named))
    return {row.id: row.title for row in db.session.execute(found)} if named else {}


def _company_of(gig_id: UUID) -> UUID:
    gig = db.session.get(Gig, gig_id)
    if gig is None:
        raise BadScope("There is no such gig.", field="gig_id")
    return gig.company_id
