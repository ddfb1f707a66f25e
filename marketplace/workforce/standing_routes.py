"""The doors of standing: what keeps somebody from new offers, what they say against it, and who answers."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from marketplace.accounts.auth import actor
from marketplace.accounts.rules import require_person
from marketplace.accounts.schemas import ReasonSchema
from marketplace.core.http import PageArgs, page, problems
from marketplace.workforce import appeals, proposals, queries, restrictions, reviews, strikes
from marketplace.workforce import standing_schemas as s
from marketplace.workforce.schemas import ContestSchema
from marketplace.workforce.standing_models import Appeal, Proposal, Restriction, Strike

blueprint = Blueprint("standing", __name__, url_prefix="/api/v1", description="Restrictions, and appeals against them.")

# --- the person -----------------------------------------------------------------------------------------------------


@blueprint.get("/contractors/me/restrictions")
@blueprint.response(200, s.RestrictionsSchema)
@problems(blueprint, 401, 403, 404)
def list_mine() -> dict[str, list[Restriction]]:
    """What keeps or kept you from new offers: why, until when, and how to contest it."""
    by = actor()
    return {"items": restrictions.of_person(require_person(by), by)}


@blueprint.get("/contractors/me/strikes")
@blueprint.response(200, s.StrikesSchema)
@problems(blueprint, 401, 403, 404)
def list_my_strikes() -> dict[str, list[Strike]]:
    """Your strikes, those that have fallen off too: why, until when, and how to contest them."""
    by = actor()
    return {"items": strikes.of_person(require_person(by), by)}


@blueprint.get("/contractors/me/appeals")
@blueprint.response(200, s.AppealsSchema)
@problems(blueprint, 401, 403, 404)
def list_my_appeals() -> dict[str, Sequence[Appeal]]:
    """What you contested, until when it is answered, and the answers with their reasons."""
    by = actor()
    me = queries.contractor(require_person(by), by)
    return {"items": list(appeals.of_person(me.id).values())}


@blueprint.post("/contractors/me/decisions/<uuid:decision_id>/contest")
@blueprint.arguments(ContestSchema)
@blueprint.response(201, s.AppealSchema)
@problems(blueprint, 401, 403, 404, 409, 422)
def contest(given: dict[str, str], decision_id: UUID) -> Appeal:
    """Contest one decision about you. Somebody who did not take it answers within 14 days, or it is decided for you."""
    return appeals.contest(decision_id, given["words"], by=actor())


@blueprint.post("/contractors/me/proposals/<uuid:proposal_id>/answer")
@blueprint.arguments(ContestSchema)
@blueprint.response(200, s.OwnProposalSchema)
@problems(blueprint, 401, 403, 404, 409, 422)
def say(given: dict[str, str], proposal_id: UUID) -> Proposal:
    """Say what whoever looks at your account should know, while new offers rest. Saying it anew replaces it."""
    return proposals.answer(proposal_id, given["words"], by=actor())


# --- operators and companies ----------------------------------------------------------------------------------------


@blueprint.get("/vetting/contractors/<uuid:contractor_id>/restrictions")
@blueprint.response(200, s.RestrictionsSchema)
@problems(blueprint, 401, 403, 404)
def list_of_person(contractor_id: UUID) -> dict[str, list[Restriction]]:
    """Everything that keeps or kept somebody from new offers."""
    return {"items": restrictions.of_person(contractor_id, actor())}


@blueprint.get("/vetting/contractors/<uuid:contractor_id>/strikes")
@blueprint.response(200, s.StrikesSchema)
@problems(blueprint, 401, 403, 404)
def list_strikes_of_person(contractor_id: UUID) -> dict[str, list[Strike]]:
    """Every strike of somebody, those that have fallen off too."""
    return {"items": strikes.of_person(contractor_id, actor())}


@blueprint.get("/companies/<uuid:company_id>/blocks")
@blueprint.arguments(PageArgs, location="query")
@blueprint.response(200, s.RestrictionPage)
@problems(blueprint, 401, 403, 404, 422)
def list_blocks(args: dict[str, Any], company_id: UUID) -> dict[str, Any]:
    """Whom your company has blocked for its own gigs, ended blocks too."""
    return page(restrictions.of_company(company_id, actor()), Restriction.id, **args)


@blueprint.get("/restrictions/<uuid:restriction_id>")
@blueprint.etag
@blueprint.response(200, s.RestrictionSchema)
@problems(blueprint, 401, 404)
def show(restriction_id: UUID) -> Restriction:
    """One restriction: yours, or your company's block; any for operators."""
    return restrictions.one(restriction_id, actor())


@blueprint.post("/restrictions/<uuid:restriction_id>/lift")
@blueprint.arguments(ReasonSchema)
@blueprint.response(200, s.RestrictionSchema)
@problems(blueprint, 401, 403, 404, 409, 422)
def lift(given: dict[str, str], restriction_id: UUID) -> Restriction:
    """End a restriction before its time: operators any, a company its own blocks."""
    return restrictions.lift(restriction_id, **given, by=actor())


@blueprint.get("/vetting/appeals")
@blueprint.arguments(PageArgs, location="query")
@blueprint.response(200, s.AppealPage)
@problems(blueprint, 401, 403, 404, 422)
def list_waiting(args: dict[str, Any]) -> dict[str, Any]:
    """Appeals that wait for an answer."""
    return page(appeals.waiting(actor()), Appeal.id, **args)


@blueprint.get("/appeals/<uuid:appeal_id>")
@blueprint.etag
@blueprint.response(200, s.AppealSchema)
@problems(blueprint, 401, 404)
def show_appeal(appeal_id: UUID) -> Appeal:
    """One appeal, for whoever filed it and for operators."""
    return appeals.one(appeal_id, actor())


@blueprint.post("/appeals/<uuid:appeal_id>/answer")
@blueprint.arguments(s.AnswerSchema)
@blueprint.response(200, s.AppealSchema)
@problems(blueprint, 401, 403, 404, 409, 422)
def answer(given: dict[str, Any], appeal_id: UUID) -> Appeal:
    """Uphold a contested decision, overturn it, or put something milder in its place, in writing."""
    return reviews.answer(appeal_id, **given, by=actor())


@blueprint.get("/vetting/proposals")
@blueprint.arguments(PageArgs, location="query")
@blueprint.response(200, s.ProposalPage)
@problems(blueprint, 401, 403, 404, 422)
def list_proposals(args: dict[str, Any]) -> dict[str, Any]:
    """What jobs and rules found, and nobody has looked at yet."""
    return page(proposals.waiting(actor()), Proposal.id, **args)


@blueprint.get("/vetting/proposals/<uuid:proposal_id>")
@blueprint.etag
@blueprint.response(200, s.ProposalSchema)
@problems(blueprint, 401, 403, 404)
def show_proposal(proposal_id: UUID) -> Proposal:
    """One proposal with its evidence, and what became of it."""
    return proposals.one(proposal_id, actor())


@blueprint.post("/vetting/proposals/<uuid:proposal_id>/accept")
@blueprint.arguments(s.AcceptSchema)
@blueprint.response(200, s.ProposalSchema)
@problems(blueprint, 401, 403, 404, 409, 422)
def accept(given: dict[str, Any], proposal_id: UUID) -> Proposal:
    """Decide upon a proposal, with reasons of your own. The person reads them and can contest the decision."""
    return reviews.accept(proposal_id, **given, by=actor())


@blueprint.post("/vetting/proposals/<uuid:proposal_id>/dismiss")
@blueprint.arguments(ReasonSchema)
@blueprint.response(200, s.ProposalSchema)
@problems(blueprint, 401, 403, 404, 409, 422)
def dismiss(given: dict[str, str], proposal_id: UUID) -> Proposal:
    """Find that nothing follows, and say why. What rested meanwhile goes on at once."""
    return proposals.dismiss(proposal_id, **given, by=actor())
