"""What lies here of somebody that a requirement can be looked at by: one statement, however much it is."""

from collections.abc import Collection

from sqlalchemy import func, select

from marketplace.core.db import db
from marketplace.core.retention import PaperStatus
from marketplace.workforce import agreement, papers, policy
from marketplace.workforce.models import Contractor
from marketplace.workforce.paper_models import (
    Document,
    IdentityDeclaration,
    TaxProfile,
    TermsSignature,
    WorkDeclaration,
)
from marketplace.workforce.papers import Evidence, Purpose
from marketplace.workforce.rules import RequirementKind


def of(contractor: Contractor) -> Evidence:
    """The caller has made sure that the asker may see it."""
    me = contractor.id
    held = select(func.array_agg(Document.purpose.distinct())).where(
        Document.contractor_id == me, Document.status == PaperStatus.HELD
    )
    row = db.session.execute(
        select(
            held.scalar_subquery().label("documents"),
            select(IdentityDeclaration.provider).where(IdentityDeclaration.contractor_id == me).scalar_subquery(),
            select(WorkDeclaration.basis).where(WorkDeclaration.contractor_id == me).scalar_subquery(),
            select(TaxProfile.declared_at).where(TaxProfile.contractor_id == me).scalar_subquery(),
            select(func.max(TermsSignature.version)).where(TermsSignature.contractor_id == me).scalar_subquery(),
        )
    ).one()
    return Evidence(
        country=contractor.country,
        documents=frozenset(Purpose(each) for each in row[0] or ()),
        identity_by=row[1],
        work=row[2],
        has_tax=row[3] is not None,
        terms_version=row[4],
    )


def check(contractor: Contractor, kinds: Collection[RequirementKind]) -> None:
    """Raises EvidenceMissing unless each of the requirements can be looked at."""
    papers.check_evidence(kinds, of(contractor), policy.current(), agreement.CURRENT.version)
