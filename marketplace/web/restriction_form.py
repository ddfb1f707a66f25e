"""The form by which an operator keeps somebody from new offers: one field for the scope and what it speaks of."""

from typing import Any
from uuid import UUID

import marshmallow as ma
from flask_babel import gettext
from sqlalchemy import select

from marketplace.accounts import queries as accounts
from marketplace.accounts.schemas import ReasonSchema
from marketplace.contracts.models import Contract
from marketplace.core.db import db
from marketplace.gigs.models import Gig
from marketplace.gigs.rules import GigStatus, WorkKind
from marketplace.web import choices
from marketplace.web.words import name_of
from marketplace.workforce.bars import LONGEST_RESTRICTION, Scope


class RestrictionForm(ReasonSchema):
    """`about` names the scope and, after a colon, what it speaks of: `all`, `category:code`, `company:ID`, `gig:ID`."""

    about = ma.fields.String(required=True, validate=ma.validate.Length(1, 80))
    days = ma.fields.Integer(required=True, validate=ma.validate.Range(1, LONGEST_RESTRICTION.days))

    @ma.post_load
    def as_restriction(self, data: dict[str, Any], **_more: Any) -> dict[str, Any]:
        scope, _, named_by = data["about"].partition(":")
        field = {"category": "work_kind", "company": "company_id", "gig": "gig_id"}.get(scope)
        wanted = {"scope": scope, "reason": data["reason"]} | ({field: named_by} if field else {})
        return {"days": data["days"], **_Wanted().load(wanted)}


class _Wanted(ma.Schema):
    scope = ma.fields.Enum(Scope, by_value=True, required=True)
    reason = ma.fields.String(required=True)
    company_id = ma.fields.UUID()
    gig_id = ma.fields.UUID()
    work_kind = ma.fields.Enum(WorkKind, by_value=True)


def targets(contractor_id: UUID) -> list[choices.Choice]:
    """What somebody can be kept from: everything, a kind of work, a company they have a contract with, or one of its
    open gigs."""
    known = select(Contract.company_id).where(Contract.contractor_id == contractor_id).distinct()
    names = accounts.company_name(list(db.session.scalars(known)))
    open_gigs = select(Gig.id, Gig.title).where(Gig.company_id.in_(names), Gig.status == GigStatus.OPEN)
    return [
        ("all", name_of("scope", Scope.ALL)),
        *((f"category:{code}", gettext("Work: %(kind)s", kind=kind)) for code, kind in choices.work_kinds()),
        *((f"company:{key}", gettext("Company: %(name)s", name=name)) for key, name in names.items()),
        *((f"gig:{row.id}", gettext("Gig: %(title)s", title=row.title)) for row in db.session.execute(open_gigs)),
    ]
