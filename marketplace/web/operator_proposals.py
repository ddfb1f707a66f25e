"""What jobs and rules found: an operator looks at both accounts side by side, and decides or dismisses."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import marshmallow as ma
from flask import render_template
from flask.typing import ResponseReturnValue

from marketplace.accounts import queries as accounts
from marketplace.accounts.auth import actor
from marketplace.accounts.models import Person
from marketplace.accounts.schemas import ReasonSchema
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.web import choices, words
from marketplace.web.forms import Form
from marketplace.web.operator import blueprint, saved
from marketplace.web.words import name_of
from marketplace.workforce import proposals, queries, reviews, signals, strikes
from marketplace.workforce.bars import LONGEST_RESTRICTION, Measure, ProposalKind, ProposalStatus
from marketplace.workforce.queries import Profile
from marketplace.workforce.rules import ContractorStatus
from marketplace.workforce.standing_models import Proposal

MOST_SHOWN = 100
OPEN_TO = {
    ContractorStatus.APPLIED: (Measure.REFUSE, Measure.RESTRICT),
    ContractorStatus.VETTED: (Measure.RESTRICT, Measure.SUSPEND),
}
"""What can be decided upon a proposal about somebody of that status."""


class MeasureForm(ReasonSchema):
    measure = ma.fields.Enum(Measure, by_value=True, required=True)
    days = ma.fields.Integer(validate=ma.validate.Range(1, LONGEST_RESTRICTION.days))


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two accounts."""

    profile: Profile
    person: Person
    counts: Any


@blueprint.get("/findings")
def list_proposals() -> str:
    """What waits for somebody to look, the nearest end first."""
    waiting = proposals.waiting(actor()).order_by(Proposal.expires_at, Proposal.id).limit(MOST_SHOWN)
    found = list(db.session.scalars(waiting))
    people = [each for row in found for each in (row.contractor_id, row.other_id) if each is not None]
    return render_template(
        "operator/proposals.html",
        found=found,
        names=accounts.person_name(people),
        ended=_ended(found),
        happened=_happened(found),
    )


@blueprint.get("/findings/<uuid:proposal_id>")
def show_proposal(proposal_id: UUID, **forms: Form) -> ResponseReturnValue:
    """Both accounts side by side, what they share, what the person says, and the two ways out."""
    by = actor()
    proposal = proposals.one(proposal_id, by)
    ids = [each for each in (proposal.other_id, proposal.contractor_id) if each is not None]
    told = signals.counts(ids, by)
    sides = [Side(queries.profile(each, by), accounts.person(each), told[each]) for each in ids]
    status = sides[-1].profile.contractor.status
    shown = {"deciding": Form(MeasureForm), "dismissing": Form(ReasonSchema)} | forms
    page = render_template(
        "operator/proposal.html",
        proposal=proposal,
        is_open=proposal.status is ProposalStatus.OPEN and proposal.expires_at > clock.now(),
        sides=sides,
        ended=_ended([proposal]),
        shared=signals.shared(ids[0], ids[1], by) if len(ids) == 2 else [],
        measures=_measures(status, proposal),
        happened=_happened([proposal]),
        is_own=by.person_id in ids,
        deciders=accounts.person_name([proposal.decided_by] if proposal.decided_by else []),
        countries=dict(words.countries()),
        **shown,
    )
    return page, max(form.status for form in shown.values())


@blueprint.post("/findings/<uuid:proposal_id>/accept")
def accept_proposal(proposal_id: UUID) -> ResponseReturnValue:
    form = Form(MeasureForm)

    def act(data: dict[str, Any]) -> object:
        until = clock.now() + timedelta(days=data["days"]) if "days" in data else None
        return reviews.accept(proposal_id, data["measure"], data["reason"], until, by=actor())

    if form.done(act):
        return saved("show_proposal", proposal_id=proposal_id)
    return show_proposal(proposal_id, deciding=form)


@blueprint.post("/findings/<uuid:proposal_id>/dismiss")
def dismiss_proposal(proposal_id: UUID) -> ResponseReturnValue:
    form = Form(ReasonSchema)
    if form.done(lambda data: proposals.dismiss(proposal_id, data["reason"], by=actor())):
        return saved("show_proposal", proposal_id=proposal_id)
    return show_proposal(proposal_id, dismissing=form)


def _ended(found: Sequence[Proposal]) -> dict[UUID, date]:
    """Of findings about a paper that is over: its last day."""
    papers = (each for each in found if each.kind is ProposalKind.PAPER_ENDED)
    return {each.id: date.fromisoformat(each.evidence["until"]) for each in papers}


def _happened(found: Sequence[Proposal]) -> dict[UUID, datetime]:
    """Of findings about one missed shift or very late no: when the shift began."""
    missed = (each for each in found if each.kind is ProposalKind.STRIKE)
    return {each.id: datetime.fromisoformat(each.evidence["starts_at"]) for each in missed}


def _measures(status: ContractorStatus, proposal: Proposal) -> list[choices.Choice]:
    open_to = OPEN_TO.get(status, (Measure.RESTRICT,))
    if proposal.kind is ProposalKind.STRIKE:
        open_to = (Measure.COUNTS, Measure.STRIKE) if strikes.may_strike(proposal) else (Measure.COUNTS,)
    return [(each.value, name_of("measure", each)) for each in open_to]
