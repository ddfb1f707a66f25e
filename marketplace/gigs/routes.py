"""The doors of gigs."""

from typing import Any
from uuid import UUID

from flask import Response
from flask_smorest import Blueprint

from marketplace.accounts.auth import actor
from marketplace.accounts.schemas import TimelineSchema
from marketplace.core import idempotency
from marketplace.core.events import Event
from marketplace.core.http import PageArgs, honour_if_match, page, problems, render_problem
from marketplace.core.money import Money
from marketplace.gigs import funding, gate, inheriting, preparation, queries, service
from marketplace.gigs import schemas as s
from marketplace.gigs.instruction_rules import ChecklistItem
from marketplace.gigs.models import Gig, GigFunding, GigRate, InheritedPilot, Instructions, Pilot, PublishDecision
from marketplace.gigs.queries import Funds
from marketplace.gigs.rules import GateRefused, PilotReport, Terms

gigs = Blueprint("gigs", __name__, url_prefix="/api/v1/gigs", description="Gigs, from draft to closed.")
company_gigs = Blueprint(
    "company-gigs",
    __name__,
    url_prefix="/api/v1/companies/<uuid:company_id>/gigs",
    description="A company's own gigs.",
)
blueprints = (company_gigs, gigs)

# --- a company's gigs -----------------------------------------------------------------------------------------------


@company_gigs.post("")
@company_gigs.arguments(s.TermsSchema)
@company_gigs.response(201, s.GigSchema)
@problems(company_gigs, 401, 403, 404, 422)
def draft(terms: Terms, company_id: UUID) -> Gig:
    """Write a gig. Nobody else sees it before it is published."""
    return service.draft(company_id, terms, by=actor())


@company_gigs.get("")
@company_gigs.arguments(s.GigListArgs, location="query")
@company_gigs.response(200, s.GigPage)
@problems(company_gigs, 401, 403, 404, 422)
def list_company_gigs(args: dict[str, Any], company_id: UUID) -> dict[str, Any]:
    """The company's gigs, drafts and closed ones too."""
    return page(queries.company_gigs(company_id, actor(), args.pop("status")), Gig.id, **args)


# --- one gig --------------------------------------------------------------------------------------------------------


@gigs.get("")
@gigs.arguments(PageArgs, location="query")
@gigs.response(200, s.OpenGigPage)
@problems(gigs, 401, 403, 422)
def list_open_gigs(args: dict[str, Any]) -> dict[str, Any]:
    """Contractors: the open gigs that take people from where you live, beside what they must pay there."""
    by = actor()
    found = page(queries.open_gigs(by), Gig.id, **args)
    return found | {"items": queries.side_by_side(found["items"], by)}


@gigs.get("/<uuid:gig_id>")
@gigs.etag
@gigs.response(200, s.GigSchema)
@problems(gigs, 401, 404)
def show(gig_id: UUID) -> Gig:
    """One gig: your company's, or one that was published."""
    return queries.gig(gig_id, actor())


@gigs.put("/<uuid:gig_id>")
@gigs.arguments(s.TermsSchema)
@gigs.response(200, s.GigSchema)
@problems(gigs, 401, 403, 404, 409, 412, 422)
def revise(terms: Terms, gig_id: UUID) -> Gig:
    """Give a draft other terms, in place of all the old ones."""
    by = actor()
    before = queries.gig(gig_id, by)
    honour_if_match(gigs, before, lambda: before, s.GigSchema)
    return service.revise(gig_id, terms, by=by)


@gigs.get("/<uuid:gig_id>/events")
@gigs.response(200, TimelineSchema)
@problems(gigs, 401, 404)
def list_events(gig_id: UUID) -> dict[str, list[Event]]:
    """What happened to the gig and in it, newest first: the last fifty."""
    return {"items": queries.timeline(gig_id, actor())}


# --- the gate -------------------------------------------------------------------------------------------------------


@gigs.get("/<uuid:gig_id>/verdicts")
@gigs.response(200, s.JudgementSchema)
@problems(gigs, 401, 404)
def show_verdicts(gig_id: UUID) -> gate.Judgement:
    """What the gate would say now. Nothing is decided."""
    return service.judge(gig_id, by=actor())


@gigs.get("/<uuid:gig_id>/decisions")
@gigs.arguments(PageArgs, location="query")
@gigs.response(200, s.PublishDecisionPage)
@problems(gigs, 401, 404, 422)
def list_decisions(args: dict[str, Any], gig_id: UUID) -> dict[str, Any]:
    """What the gate answered so far, refusals too."""
    return page(queries.decisions(gig_id, actor()), PublishDecision.id, **args)


@gigs.post("/<uuid:gig_id>/publish")
@gigs.response(200, s.PublishDecisionSchema)
@problems(gigs, 401, 403, 404, 409, 422)
def publish(gig_id: UUID) -> PublishDecision | Response:
    """Ask the gate to open a draft. A refusal is kept, and answered with every verdict."""
    return _answer(service.publish(gig_id, by=actor()))


@gigs.post("/<uuid:gig_id>/pause")
@gigs.response(200, s.GigSchema)
@problems(gigs, 401, 403, 404, 409)
def pause(gig_id: UUID) -> Gig:
    """Stop new offers. What is booked stands."""
    return service.pause(gig_id, by=actor())


@gigs.post("/<uuid:gig_id>/resume")
@gigs.response(200, s.PublishDecisionSchema)
@problems(gigs, 401, 403, 404, 409, 422)
def resume(gig_id: UUID) -> PublishDecision | Response:
    """Ask the gate to open a paused gig again. A refusal is kept, and answered with every verdict."""
    return _answer(service.resume(gig_id, by=actor()))


def _answer(decision: PublishDecision) -> PublishDecision | Response:
    """A refusal is returned and not raised: raising would roll back the row that remembers it."""
    if decision.passed:
        return decision
    return render_problem(GateRefused(decision=str(decision.id), verdicts=decision.verdicts))


# --- rates ----------------------------------------------------------------------------------------------------------


@gigs.post("/<uuid:gig_id>/raise-rate")
@gigs.arguments(s.NewRateSchema)
@gigs.response(200, s.GigSchema)
@problems(gigs, 401, 403, 404, 409, 422)
def raise_rate(given: dict[str, Money], gig_id: UUID) -> Gig:
    """Pay more for what is offered from now on. A published rate never falls."""
    return service.raise_rate(gig_id, given["rate"], by=actor())


@gigs.get("/<uuid:gig_id>/rates")
@gigs.response(200, s.GigRatesSchema)
@problems(gigs, 401, 404)
def list_rates(gig_id: UUID) -> dict[str, list[GigRate]]:
    """Every rate that the gig has promised, oldest first."""
    return {"items": queries.rates(gig_id, actor())}


# --- money ----------------------------------------------------------------------------------------------------------


@gigs.get("/<uuid:gig_id>/funds")
@gigs.response(200, s.FundsSchema)
@problems(gigs, 401, 404)
def show_funds(gig_id: UUID) -> Funds:
    """What the gig holds, and what the company could still put in."""
    return queries.funds(gig_id, actor())


@gigs.post("/<uuid:gig_id>/fund")
@gigs.arguments(s.FundSchema)
@gigs.response(201, s.FundingSchema)
@problems(gigs, 400, 401, 403, 404, 409, 422)
@idempotency.required
def fund(given: dict[str, Money], gig_id: UUID) -> GigFunding:
    """Move available money of the company into the gig's hold."""
    return funding.fund(gig_id, given["money"], by=actor())


@gigs.post("/<uuid:gig_id>/take-back")
@gigs.response(201, s.FundingSchema)
@problems(gigs, 400, 401, 403, 404, 409)
@idempotency.required
def take_back(gig_id: UUID) -> GigFunding:
    """Move all that a draft holds back to the company."""
    return funding.take_back(gig_id, by=actor())


@gigs.post("/<uuid:gig_id>/close")
@gigs.response(200, s.GigSchema)
@problems(gigs, 400, 401, 403, 404, 409)
@idempotency.required
def close(gig_id: UUID) -> Gig:
    """End the gig. What no booking has reserved goes back to the company."""
    return service.close(gig_id, by=actor())


# --- instructions and pilots ----------------------------------------------------------------------------------------


@gigs.get("/<uuid:gig_id>/instructions")
@gigs.response(200, s.InstructionsListSchema)
@problems(gigs, 401, 404)
def list_instructions(gig_id: UUID) -> dict[str, list[Instructions]]:
    """The versions, newest first. Contractors see the verified ones."""
    return {"items": queries.instructions(gig_id, actor())}


@gigs.post("/<uuid:gig_id>/instructions")
@gigs.arguments(s.NewInstructionsSchema)
@gigs.response(201, s.InstructionsSchema)
@problems(gigs, 401, 403, 404, 409, 422)
def write_instructions(given: dict[str, str], gig_id: UUID) -> Instructions:
    """Write a new version. It counts once somebody else has verified it."""
    return preparation.write_instructions(gig_id, **given, by=actor())


@gigs.post("/<uuid:gig_id>/instructions/<int(min=1, max=1000000):version>/verify")
@gigs.arguments(s.VerificationSchema)
@gigs.response(200, s.InstructionsSchema)
@problems(gigs, 401, 403, 404, 409, 422)
def verify_instructions(given: dict[str, list[ChecklistItem]], gig_id: UUID, version: int) -> Instructions:
    """Another member than the author: confirm what the instructions hold."""
    return preparation.verify_instructions(gig_id, version, given["checked"], by=actor())


@gigs.get("/<uuid:gig_id>/pilots")
@gigs.response(200, s.PilotsSchema)
@problems(gigs, 401, 404)
def list_pilots(gig_id: UUID) -> dict[str, Any]:
    """The gig's pilots, oldest first, what its own shifts have shown, and the earlier gig whose pilot counts for it."""
    by = actor()
    inherited = queries.inherited_pilot(gig_id, by)
    return {"items": queries.pilots(gig_id, by), "rolling": queries.rolling_pilot(gig_id, by), "inherited": inherited}


@gigs.put("/<uuid:gig_id>/inherited-pilot")
@gigs.arguments(s.InheritSchema)
@gigs.response(200, s.InheritedPilotSchema)
@problems(gigs, 401, 403, 404, 409, 422)
def inherit_pilot(given: dict[str, Any], gig_id: UUID) -> InheritedPilot:
    """Take over the finished pilot of an earlier gig of like work, so that the volume is not limited anew."""
    return inheriting.inherit_pilot(gig_id, **given, by=actor())


@gigs.post("/<uuid:gig_id>/pilots")
@gigs.arguments(s.PilotReportSchema)
@gigs.response(201, s.PilotSchema)
@problems(gigs, 401, 403, 404, 409, 422)
def record_pilot(report: PilotReport, gig_id: UUID) -> Pilot:
    """Report a finished pilot. Several add up."""
    return preparation.record_pilot(gig_id, report, by=actor())
