"""What lies here of somebody that a requirement can be looked at by: one statement, however much it is."""

from collections.abc import Collection, Mapping
from uuid import UUID

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


def of_many(contractor_ids: Collection[UUID]) -> dict[UUID, Evidence]:
    """By person. The caller has made sure that the asker may see it."""
    me = Contractor.id
    held = select(func.array_agg(Document.purpose.distinct())).where(
        Document.contractor_id == me, Document.status == PaperStatus.HELD
    )
    found = select(
        Contractor.id,
        Contractor.country,
        held.scalar_subquery().label("documents"),
        select(IdentityDeclaration.provider).where(IdentityDeclaration.contractor_id == me).scalar_subquery(),
        select(WorkDeclaration.basis).where(WorkDeclaration.contractor_id == me).scalar_subquery(),
        select(TaxProfile.declared_at).where(TaxProfile.contractor_id == me).scalar_subquery(),
        select(func.max(TermsSignature.version)).where(TermsSignature.contractor_id == me).scalar_subquery(),
    )
    return {
        row[0]: Evidence(
            country=row[1],
            documents=frozenset(Purpose(each) for each in row[2] or ()),
            identity_by=row[3],
            work=row[4],
            has_tax=row[5] is not None,
            terms_version=row[6],
        )
        for row in db.session.execute(found.where(me.in_(contractor_ids)))
    }


def check(shown: Mapping[UUID, Collection[RequirementKind]]) -> None:
    """Raises EvidenceMissing unless each of the requirements can be looked at, of everybody."""
    asked, found = policy.current(), of_many(shown)
    for contractor_id, kinds in shown.items():
        papers.check_evidence(kinds, found[contractor_id], asked, agreement.CURRENT.version)
