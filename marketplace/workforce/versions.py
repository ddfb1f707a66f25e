"""What lies before an operator of each requirement, as a version: so that nobody decides about what is no longer there.

A version has three parts, one for what was handed in and decided, one for what was declared in fields, and one for the
documents; so whoever decided too late is told which of them is another now. Whoever changes one of them locks the
person, as whoever decides does.
"""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from marketplace.core.db import db
from marketplace.core.retention import PaperStatus
from marketplace.workforce.models import Contractor, Requirement
from marketplace.workforce.paper_models import Document, IdentityDeclaration, TaxProfile, WorkDeclaration
from marketplace.workforce.rules import RequirementKind, Ruling, ShownOtherwise

PARTS = ("handed_in", "declaration", "documents")
DIGITS = 12
_DECLARED: Mapping[RequirementKind, Any] = {
    RequirementKind.IDENTITY: select(
        IdentityDeclaration.contractor_id,
        IdentityDeclaration.provider,
        IdentityDeclaration.kind,
        IdentityDeclaration.country,
        IdentityDeclaration.expires_on,
        IdentityDeclaration.number_hash,
        IdentityDeclaration.declared_at,
    ),
    RequirementKind.AGE: select(Contractor.id.label("contractor_id"), Contractor.born_on),
    RequirementKind.RIGHT_TO_WORK: select(
        WorkDeclaration.contractor_id, WorkDeclaration.basis, WorkDeclaration.until, WorkDeclaration.declared_at
    ),
    RequirementKind.TAX: select(
        TaxProfile.contractor_id,
        TaxProfile.country,
        TaxProfile.number_kind,
        TaxProfile.number_hash,
        TaxProfile.declared_at,
    ),
}


def of(rows: Sequence[Requirement]) -> dict[UUID, str]:
    """The version of each of some requirements by its id, in as many statements however many people they are of. The
    caller has made sure that the asker may see them."""
    declared, documents = _declared(rows), _documents(rows)
    return {
        row.id: "-".join(
            _digest(part)
            for part in (
                (row.status, row.note, row.submitted_at, row.decided_at),
                declared.get((row.contractor_id, row.kind)),
                documents.get((row.contractor_id, str(row.kind))),
            )
        )
        for row in rows
    }


def by_kind(rows: Sequence[Requirement]) -> dict[RequirementKind, str]:
    """`of()` the requirements of one person, by their kinds."""
    found = of(rows)
    return {row.kind: found[row.id] for row in rows}


def check(rows: Sequence[Requirement], ruled: Mapping[UUID, Ruling]) -> None:
    """Raises ShownOtherwise for the first requirement whose ruling names a version that is not the present one."""
    named = [row for row in rows if ruled[row.id].seen is not None]
    now = of(named) if named else {}
    for row in named:
        seen = str(ruled[row.id].seen).split("-")
        changed = [name for name, old, new in zip(PARTS, seen, now[row.id].split("-"), strict=True) if old != new]
        if changed:
            raise ShownOtherwise(
                f"{row.kind}: {', '.join(changed)}.",
                field="seen",
                kind=str(row.kind),
                contractor_id=str(row.contractor_id),
                changed=changed,
                version=now[row.id],
            )


def _declared(rows: Sequence[Requirement]) -> dict[tuple[UUID, RequirementKind], Any]:
    found: dict[tuple[UUID, RequirementKind], Any] = {}
    people = {row.contractor_id for row in rows}
    for kind in {row.kind for row in rows}.intersection(_DECLARED):
        what = _DECLARED[kind]
        for each in db.session.execute(what.where(what.selected_columns[0].in_(people))):
            found[each.contractor_id, kind] = tuple(each)
    return found


def _documents(rows: Sequence[Requirement]) -> dict[tuple[UUID, str], Any]:
    held = (
        select(Document.contractor_id, Document.purpose, func.array_agg(aggregate_order_by(Document.id, Document.id)))
        .where(Document.contractor_id.in_({row.contractor_id for row in rows}), Document.status == PaperStatus.HELD)
        .group_by(Document.contractor_id, Document.purpose)
    )
    return {(person, str(purpose)): ids for person, purpose, ids in db.session.execute(held)}


def _digest(part: object) -> str:
    return sha256(repr(part).encode()).hexdigest()[:DIGITS]
