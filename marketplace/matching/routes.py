"""The doors of matching."""

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from marketplace.accounts.auth import actor
from marketplace.accounts.schemas import ReasonSchema
from marketplace.core.http import PageArgs, page, problems
from marketplace.matching import (
    claiming,
    contests,
    planning,
    queries,
    realised,
    replacing,
    service,
    trials,
    tried_shifts,
    weighing,
)
from marketplace.matching import schemas as s
from marketplace.matching.contest_models import MatchContest
from marketplace.matching.models import MatchRun, Plan, Trial
from marketplace.shifts.models import Offer, Shift
from marketplace.shifts.schemas import OfferSchema, OffersMadeSchema

shifts = Blueprint("matching", __name__, url_prefix="/api/v1/shifts", description="Who is asked, and why.")
plans = Blueprint("plans", __name__, url_prefix="/api/v1/plans", description="All open seats of a horizon at once.")
weights = Blueprint("weights", __name__, url_prefix="/api/v1/matching", description="What counts how much.")
open_ones = Blueprint("open-shifts", __name__, url_prefix="/api/v1/open-shifts", description="Shifts to ask for.")
seats = Blueprint("replacements", __name__, url_prefix="/api/v1/bookings", description="Seats that were given back.")
contested = Blueprint(
    "match-contests", __name__, url_prefix="/api/v1/matching/contests", description="Decisions of matching, contested."
)
blueprints = (shifts, open_ones, plans, weights, seats, contested)


@weights.get("/weights")
@weights.doc(security=[])
@weights.response(200, s.ObjectiveSchema)
def list_weights() -> dict[str, Any]:
    """The published objective: what counts and what it means, every version of its weights, and what never counts."""
    return weighing.objective()


@weights.post("/weights")
@weights.arguments(s.NewWeightsSchema)
@weights.response(201, s.WeightsSchema)
@problems(weights, 401, 403, 404, 409, 422)
def publish_weights(given: dict[str, Any]) -> dict[str, Any]:
    """Publish the weights that a trial has tried as the next version. For operators of standards."""
    return weighing.publish(**given, by=actor()).as_dict()


@weights.get("/weights/realised")
@weights.response(200, s.RealisedListSchema)
@problems(weights, 401, 404)
def list_realised() -> dict[str, Any]:
    """What really happened before and after each change of the weights: seats, offers and hours, by place and language.
    For operators."""
    return {"items": realised.report(seen_by=actor())}


@weights.post("/weights/trials")
@weights.arguments(s.NewWeightsTrialSchema)
@weights.response(202, s.TrialSchema)
@problems(weights, 401, 403, 404, 422)
def try_weights(given: dict[str, Any]) -> Trial:
    """Try weights on paper against the newest: fill, offers and hours by place and language. For operators of
    standards; nothing is offered."""
    return trials.order_weights(given["weights"], by=actor())


@weights.get("/trials/<uuid:trial_id>")
@weights.etag
@weights.response(200, s.TrialSchema)
@problems(weights, 401, 404)
def show_trial(trial_id: UUID) -> Trial:
    """What was tried on paper, how far it is, and what would come of it: of weights for operators, of a shift for its
    company."""
    return trials.trial(trial_id, seen_by=actor())


@shifts.post("/<uuid:shift_id>/match")
@shifts.response(201, OffersMadeSchema)
@problems(shifts, 401, 403, 404, 409, 422)
def match(shift_id: UUID) -> dict[str, list[Offer]]:
    """Ask the best people for the seats that are open and not yet offered."""
    return {"items": service.match(shift_id, by=actor())}


@shifts.get("/<uuid:shift_id>/matches")
@shifts.arguments(PageArgs, location="query")
@shifts.response(200, s.MatchRunPage)
@problems(shifts, 401, 403, 404, 422)
def list_matches(args: dict[str, Any], shift_id: UUID) -> dict[str, Any]:
    """The searches that were made for a shift, for its company."""
    return page(queries.runs_of_shift(shift_id, seen_by=actor()), MatchRun.id, **args)


@shifts.post("/<uuid:shift_id>/trials")
@shifts.arguments(s.NewShiftTrialSchema)
@shifts.response(202, s.TrialSchema)
@problems(shifts, 401, 403, 404, 409, 422)
def try_shift(given: dict[str, Any], shift_id: UUID) -> Trial:
    """Try other pay, hours, seats or requirements on paper: fill and cost beside today's, what the gate says, and what
    the open seats need. Nothing is changed."""
    return tried_shifts.order(shift_id, tried_shifts.Tried(**given), by=actor())


@shifts.get("/<uuid:shift_id>/explanations/<uuid:contractor_id>")
@shifts.etag
@shifts.response(200, s.ExplainedSchema)
@problems(shifts, 401, 404)
def explain(shift_id: UUID, contractor_id: UUID) -> service.Explained:
    """Why this person was, or was not, asked. For the person; for the company only about those whom it asked."""
    return service.explain(shift_id, contractor_id, seen_by=actor())


@shifts.post("/<uuid:shift_id>/contest")
@shifts.arguments(ReasonSchema)
@shifts.response(201, s.MatchContestSchema)
@problems(shifts, 401, 403, 404, 409, 422)
def contest(given: dict[str, str], shift_id: UUID) -> MatchContest:
    """Contest why you were, or were not, asked to take a shift, or your place among those who said yes. A human answers
    in writing within 14 days; when nobody does, it is decided for you. Nothing that ranks people reads it."""
    return contests.contest(shift_id, given["reason"], by=actor())


@contested.get("")
@contested.arguments(s.ContestsArgs, location="query")
@contested.response(200, s.MatchContestPage)
@problems(contested, 401, 403, 422)
def list_contests(args: dict[str, Any]) -> dict[str, Any]:
    """What you contested; for operators of disputes what everybody has."""
    return page(contests.listed(args.pop("status"), seen_by=actor()), MatchContest.id, **args)


@contested.get("/<uuid:match_contest_id>")
@contested.etag
@contested.response(200, s.MatchContestSchema)
@problems(contested, 401, 404)
def show_contest(match_contest_id: UUID) -> MatchContest:
    """What was contested and what was told by then, for whoever contested it and for operators of disputes."""
    return contests.one(match_contest_id, seen_by=actor())


@contested.post("/<uuid:match_contest_id>/answer")
@contested.arguments(s.ContestAnswerSchema)
@contested.response(200, s.MatchContestSchema)
@problems(contested, 401, 403, 404, 409, 422)
def answer_contest(given: dict[str, Any], match_contest_id: UUID) -> MatchContest:
    """Answer in writing whether a decision was right. For operators of disputes who are no party to it."""
    return contests.answer(match_contest_id, given["outcome"], given["reason"], by=actor())


@open_ones.get("")
@open_ones.arguments(s.OpenShiftArgs, location="query")
@open_ones.response(200, s.OpenShiftPage)
@problems(open_ones, 401, 403, 422)
def list_open_shifts(args: dict[str, Any]) -> dict[str, Any]:
    """Coming shifts with an open seat, of the companies that you have a contract with."""
    cursor = {name: args.pop(name) for name in ("limit", "after")}
    return page(claiming.open_shifts(claiming.Wanted(**args), seen_by=actor()), Shift.id, **cursor)


@shifts.post("/<uuid:shift_id>/claim")
@shifts.response(201, OfferSchema)
@problems(shifts, 401, 403, 404, 409)
def claim(shift_id: UUID) -> Offer:
    """Ask for an open shift. You get an offer with all its terms; say yes to it, and when its window closes the
    published points decide among all who asked."""
    return claiming.claim(shift_id, by=actor())


@shifts.put("/<uuid:shift_id>/saved")
@shifts.response(204)
@problems(shifts, 401, 403, 404, 409)
def save(shift_id: UUID) -> None:
    """Keep an open shift in view. It is no question and no yes, and nobody else reads it."""
    claiming.save(shift_id, by=actor())


@shifts.delete("/<uuid:shift_id>/saved")
@shifts.response(204)
@problems(shifts, 401, 403, 404)
def let_go(shift_id: UUID) -> None:
    """Keep it in view no longer."""
    claiming.let_go(shift_id, by=actor())


@seats.get("/<uuid:booking_id>/replacement")
@seats.response(200, s.ReplacementSchema)
@problems(seats, 401, 404, 409)
def show_replacement(booking_id: UUID) -> replacing.Replacement:
    """Who is searched for a seat that was given back, for whoever gave it back and for the company; without names."""
    return replacing.replacement(booking_id, seen_by=actor())


@plans.post("")
@plans.arguments(s.NewPlanSchema)
@plans.response(202, s.PlanSchema)
@problems(plans, 401, 403, 404, 409, 422)
def order_plan(given: dict[str, Any]) -> Plan:
    """Have the open seats of the coming days planned: of a company for its managers, of all companies for operators."""
    return planning.order(given["days"], company_id=given["company_id"], by=actor())


@plans.get("")
@plans.arguments(s.PlansArgs, location="query")
@plans.response(200, s.PlanPage)
@problems(plans, 401, 403, 404, 422)
def list_plans(args: dict[str, Any]) -> dict[str, Any]:
    """Plans, newest first: of all companies for operators, of one's own for members."""
    return page(queries.plans(args.pop("company_id"), seen_by=actor()), Plan.id, **args)


@plans.get("/<uuid:plan_id>")
@plans.etag
@plans.response(200, s.PlanSchema)
@problems(plans, 401, 404)
def show_plan(plan_id: UUID) -> Plan:
    """One plan, and what it comes to."""
    return queries.plan(plan_id, seen_by=actor())


@plans.get("/<uuid:plan_id>/shifts")
@plans.arguments(PageArgs, location="query")
@plans.response(200, s.MatchRunPage)
@problems(plans, 401, 404, 422)
def list_planned_shifts(args: dict[str, Any], plan_id: UUID) -> dict[str, Any]:
    """What a plan decided about each shift."""
    return page(queries.shifts_of_plan(plan_id, seen_by=actor()), MatchRun.id, **args)
