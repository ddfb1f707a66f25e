"""A company blocks somebody for its own gigs, and lifts what it has blocked."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import marshmallow as ma
from flask import render_template
from flask.typing import ResponseReturnValue

from marketplace.accounts import queries as accounts
from marketplace.accounts.auth import actor
from marketplace.accounts.rules import Right, require_company
from marketplace.accounts.schemas import ReasonSchema
from marketplace.contracts import queries as contracts
from marketplace.contracts.models import Contract
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.http import page
from marketplace.core.problems import NotFound
from marketplace.gigs import barring
from marketplace.gigs import queries as gigs
from marketplace.gigs.models import Gig
from marketplace.gigs.rules import GigStatus
from marketplace.web.company import SHOWN, after, blueprint, saved
from marketplace.web.forms import Form
from marketplace.workforce import restrictions
from marketplace.workforce.bars import LONGEST_BLOCK
from marketplace.workforce.standing_models import Restriction


class BlockForm(ReasonSchema):
    contractor_id = ma.fields.UUID(required=True)
    gig_id = ma.fields.UUID()
    days = ma.fields.Integer(required=True, validate=ma.validate.Range(1, LONGEST_BLOCK.days))


@blueprint.get("/blocks")
def list_blocks(company_id: UUID, **forms: Form) -> ResponseReturnValue:
    """Whom the company makes no offers, why and until when; and the form for a new block."""
    by = actor()
    found = page(restrictions.of_company(company_id, by), Restriction.id, limit=SHOWN, after=after())
    shown = {"blocking": Form(BlockForm), "lifting": Form(ReasonSchema)} | forms
    known = contracts.contracts(by, company_id).where(Contract.status.in_(barring.SIGNED))
    signed = known.with_only_columns(Contract.contractor_id).distinct()
    people = accounts.person_name(list(db.session.scalars(signed)))
    own = gigs.company_gigs(company_id, by, GigStatus.OPEN)
    page_ = render_template(
        "company/blocks.html",
        found=found,
        people=people,
        gigs=barring.titles(found["items"]),
        open_gigs=[(str(gig.id), gig.title) for gig in db.session.scalars(own.order_by(Gig.title))],
        longest=LONGEST_BLOCK.days,
        **shown,
    )
    return page_, max(form.status for form in shown.values())


@blueprint.post("/blocks")
def block_person(company_id: UUID) -> ResponseReturnValue:
    form = Form(BlockForm)

    def act(data: dict[str, Any]) -> object:
        until = clock.now() + timedelta(days=data.pop("days"))
        return barring.block(company_id, expires_at=until, **data, by=actor())

    return saved("list_blocks") if form.done(act) else list_blocks(company_id, blocking=form)


@blueprint.post("/blocks/<uuid:restriction_id>/lift")
def lift_block(company_id: UUID, restriction_id: UUID) -> ResponseReturnValue:
    by = actor()
    require_company(by, company_id, Right.GIGS)
    if restrictions.one(restriction_id, by).company_id != company_id:
        raise NotFound
    form = Form(ReasonSchema)
    done = form.done(lambda data: restrictions.lift(restriction_id, data["reason"], by=by))
    return saved("list_blocks") if done else list_blocks(company_id, lifting=form)
