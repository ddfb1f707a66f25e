"""Whether a company's record is public (rule REPORT): it adopted the guidelines, or agreed."""

from uuid import UUID

from sqlalchemy import ColumnElement, exists, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from marketplace.accounts.models import Adoption, Company
from marketplace.accounts.rules import Actor, Right, require_company, require_person
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import record
from marketplace.core.ids import new_id
from marketplace.insight.models import ReportAgreement
from marketplace.insight.report_rules import Quarter


def is_public(company_id: UUID, quarter: Quarter) -> bool:
    """Whether the company stands by the guidelines, or agreed; what ended while it did stays public."""
    stood = [
        exists().where(row.company_id == company_id, or_(until.is_(None), until >= quarter.ends))
        for row, until in ((Adoption, Adoption.withdrawn_at), (ReportAgreement, ReportAgreement.ended_at))
    ]
    return bool(db.session.scalar(select(or_(*stood))))


def may_be_published(company_id: UUID, seen_by: Actor) -> bool:
    """Whether the company agreed to publish its record, beside what it adopted. For its members."""
    require_company(seen_by, company_id, Right.READ)
    return bool(db.session.scalar(select(exists().where(*_live(company_id)))))


def set_published(company_id: UUID, agreed: bool, *, by: Actor) -> bool:
    """The company agrees that its record is public, or does no longer: quarters that ended before stay public. Saying
    it twice is saying it once. Raises NotFound, Forbidden."""
    require_company(by, company_id, Right.MEMBERS)
    company = db.session.get_one(Company, company_id)
    if _agreed_now(company_id, require_person(by)) if agreed else _ended_now(company_id):
        record("company.report_set", company, by=by, data={"agreed": agreed})
    return agreed


def _agreed_now(company_id: UUID, person_id: UUID) -> bool:
    """Whether that is new."""
    values = {"id": new_id(), "company_id": company_id, "agreed_by": person_id, "agreed_at": clock.now()}
    added = insert(ReportAgreement).values(values).on_conflict_do_nothing()
    return db.session.scalar(added.returning(ReportAgreement.id)) is not None


def _ended_now(company_id: UUID) -> bool:
    """Whether that is new."""
    ended = update(ReportAgreement).where(*_live(company_id)).values(ended_at=clock.now())
    return db.session.scalar(ended.returning(ReportAgreement.id)) is not None


def _live(company_id: UUID) -> tuple[ColumnElement[bool], ...]:
    return ReportAgreement.company_id == company_id, ReportAgreement.ended_at.is_(None)
