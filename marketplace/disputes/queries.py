"""Reads of disputes: the contractor's own, a company's, and all of them for the operators who rule."""

from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload

from marketplace.accounts.rules import Actor, OperatorRole, Right, require_company, require_person
from marketplace.core.db import db
from marketplace.core.problems import NotFound
from marketplace.disputes.models import Dispute
from marketplace.disputes.rules import DisputeStatus

_WHOLE = (selectinload(Dispute.cut), selectinload(Dispute.statements))


def dispute(dispute_id: UUID, *, seen_by: Actor) -> Dispute:
    """One dispute with its cut and everything that was said, for both sides and for the operators who rule. Raises
    NotFound."""
    found = db.session.get(Dispute, dispute_id, options=_WHOLE, populate_existing=True)
    if found is None or not _may_see(found, seen_by):
        raise NotFound
    return found


def disputes(company_id: UUID | None = None, status: DisputeStatus | None = None, *, seen_by: Actor) -> Select[Dispute]:
    """A company's disputes, for its members and the operators who rule; without a company all of them for those
    operators, and a contractor's own for everybody else. With their cuts and what was said."""
    found = select(Dispute).options(*_WHOLE)
    if company_id is not None:
        if not seen_by.is_operator(OperatorRole.DISPUTES):
            require_company(seen_by, company_id, Right.READ)
        found = found.where(Dispute.company_id == company_id)
    elif not seen_by.is_operator(OperatorRole.DISPUTES):
        found = found.where(Dispute.contractor_id == require_person(seen_by))
    return found if status is None else found.where(Dispute.status == status)


def to_rule(seen_by: Actor) -> Select[Dispute]:
    """Disputes that wait for a ruling of this operator, without those in which they take a side."""
    found = disputes(status=DisputeStatus.CLAIMED, seen_by=seen_by)
    return found.where(Dispute.company_id.not_in(seen_by.companies), Dispute.contractor_id != seen_by.person_id)


def _may_see(found: Dispute, seen_by: Actor) -> bool:
    return (
        seen_by.is_in_person(found.contractor_id)
        or seen_by.may(Right.READ, found.company_id)
        or seen_by.is_operator(OperatorRole.DISPUTES)
    )
