"""The doors of hazards: flags of people at work, the history of a gig's class, and its raise."""

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from marketplace.accounts.auth import actor
from marketplace.core import idempotency
from marketplace.core.http import PageArgs, page, problems
from marketplace.gigs import hazards
from marketplace.shifts import flags, raising
from marketplace.shifts import hazard_schemas as s
from marketplace.shifts.hazard_models import HazardFlag

blueprint = Blueprint("hazards", __name__, url_prefix="/api/v1", description="What people saw in the work.")


@blueprint.post("/bookings/<uuid:booking_id>/flags")
@blueprint.arguments(s.NewFlagSchema)
@blueprint.response(201, s.HazardFlagSchema)
@problems(blueprint, 401, 403, 404, 409, 422)
def flag(given: dict[str, Any], booking_id: UUID) -> HazardFlag:
    """Say what you saw in the work that its hazard class does not tell of. Nothing follows from it for you."""
    return flags.flag(booking_id, **given, by=actor())


@blueprint.get("/gigs/<uuid:gig_id>/flags")
@blueprint.arguments(PageArgs, location="query")
@blueprint.response(200, s.FlagPage)
@problems(blueprint, 401, 404, 422)
def list_flags(args: dict[str, Any], gig_id: UUID) -> dict[str, Any]:
    """What people have flagged in a gig, for its company and for operators. Who it was is not told here."""
    return page(flags.of_gig(gig_id, seen_by=actor()), HazardFlag.id, **args)


@blueprint.get("/flags")
@blueprint.arguments(PageArgs, location="query")
@blueprint.response(200, s.HazardFlagPage)
@problems(blueprint, 401, 404, 422)
def list_open_flags(args: dict[str, Any]) -> dict[str, Any]:
    """Every flag that waits for an answer, for operators."""
    return page(flags.waiting(seen_by=actor()), HazardFlag.id, **args)


@blueprint.post("/flags/<uuid:flag_id>/dismiss")
@blueprint.arguments(s.DismissSchema)
@blueprint.response(200, s.HazardFlagSchema)
@problems(blueprint, 401, 403, 404, 409, 422)
def dismiss(given: dict[str, str], flag_id: UUID) -> HazardFlag:
    """An operator finds the class right, and says why."""
    return flags.dismiss(flag_id, given["answer"], by=actor())


@blueprint.post("/flags/<uuid:flag_id>/report")
@blueprint.arguments(s.ReportSchema)
@blueprint.response(200, s.HazardFlagSchema)
@problems(blueprint, 400, 401, 403, 404, 409, 422)
@idempotency.required
def report(given: dict[str, str], flag_id: UUID) -> HazardFlag:
    """An operator finds the content unlawful and has reported it: the gig closes, and everybody in it is paid."""
    return raising.stop_unlawful(flag_id, **given, by=actor())


@blueprint.get("/gigs/<uuid:gig_id>/hazard-classes")
@blueprint.response(200, s.HazardHistorySchema)
@problems(blueprint, 401, 404)
def show_classes(gig_id: UUID) -> dict[str, Any]:
    """Every hazard class that the gig has had, oldest first."""
    return {"items": hazards.history(gig_id, actor())}


@blueprint.post("/gigs/<uuid:gig_id>/raise-class")
@blueprint.arguments(s.RaiseSchema)
@blueprint.response(200, s.RaisedSchema)
@problems(blueprint, 400, 401, 403, 404, 409, 422)
@idempotency.required
def raise_class(given: dict[str, Any], gig_id: UUID) -> raising.Raised:
    """Raise the class, with back-pay for what is not paid. Whoever has not opted in stops, and is paid all the same."""
    return raising.raise_class(gig_id, **given, by=actor())
