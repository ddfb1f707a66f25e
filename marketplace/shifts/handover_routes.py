"""The doors of seats that are handed over."""

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from marketplace.accounts.auth import actor
from marketplace.core import idempotency
from marketplace.core.http import page, problems
from marketplace.shifts import handover_codes as codes
from marketplace.shifts import handover_queries as reads
from marketplace.shifts import handover_schemas as s
from marketplace.shifts import handovers, queries
from marketplace.shifts.booking_schemas import BookingSchema
from marketplace.shifts.handover_models import Handover, HandoverCode, SwapProposal
from marketplace.shifts.models import Booking

blueprint = Blueprint("handovers", __name__, url_prefix="/api/v1", description="Cover and swap.")
_LISTS = {s.Which.MINE: reads.mine, s.Which.ASKED: reads.asked_of, s.Which.WANTED: reads.wanted}


@blueprint.post("/bookings/<uuid:booking_id>/handovers")
@blueprint.arguments(s.NewHandoverSchema)
@blueprint.response(201, s.HandoverSchema)
@problems(blueprint, 401, 403, 404, 409, 422)
def ask(given: dict[str, Any], booking_id: UUID) -> Handover:
    """Ask for somebody who takes your shift, or swaps it for one of theirs. Until then you are booked."""
    return reads.handover(handovers.ask(booking_id, **given, by=actor()).id, seen_by=actor())


@blueprint.get("/handovers")
@blueprint.arguments(s.HandoverListArgs, location="query")
@blueprint.response(200, s.HandoverPage)
@problems(blueprint, 401, 403, 422)
def list_handovers(args: dict[str, Any]) -> dict[str, Any]:
    """What you asked for; what you are asked for by name; or what everybody is asked for."""
    return page(_LISTS[args.pop("which")](seen_by=actor()), Handover.id, **args)


@blueprint.get("/handovers/<uuid:handover_id>")
@blueprint.etag
@blueprint.arguments(s.HandoverArgs, location="query")
@blueprint.response(200, s.ShownHandoverSchema)
@problems(blueprint, 401, 403, 404, 422)
def show_handover(args: dict[str, Any], handover_id: UUID) -> reads.Shown:
    """One request, with all terms that you would say yes to, or the rule that says no."""
    return reads.shown(handover_id, **args, seen_by=actor())


@blueprint.post("/handovers/<uuid:handover_id>/end")
@blueprint.response(200, s.HandoverSchema)
@problems(blueprint, 401, 403, 404, 409)
def end_handover(handover_id: UUID) -> Handover:
    """Take your request back; or say no, if you are asked by name. Nothing follows from it."""
    return handovers.end(handover_id, by=actor())


@blueprint.post("/handovers/<uuid:handover_id>/take")
@blueprint.arguments(s.TermsAgreedSchema)
@blueprint.response(200, BookingSchema)
@problems(blueprint, 400, 401, 403, 404, 409, 422)
@idempotency.required
def take(given: dict[str, Any], handover_id: UUID) -> Booking:
    """Take the shift over at the terms that you saw."""
    return _shown(handovers.take(handover_id, **given, by=actor()))


@blueprint.post("/handovers/<uuid:handover_id>/proposals")
@blueprint.arguments(s.NewProposalSchema)
@blueprint.response(201, s.SwapProposalSchema)
@problems(blueprint, 401, 403, 404, 409, 422)
def propose(given: dict[str, Any], handover_id: UUID) -> SwapProposal:
    """Offer a shift of yours for the one that somebody wants to swap. They decide; until then both are booked."""
    return reads.proposal(handovers.propose(handover_id, **given, by=actor()).id, seen_by=actor())


@blueprint.get("/swap-proposals/<uuid:swap_id>")
@blueprint.etag
@blueprint.response(200, s.ShownProposalSchema)
@problems(blueprint, 401, 403, 404)
def show_proposal(swap_id: UUID) -> dict[str, Any]:
    """What is offered for your shift, with all terms that you would say yes to; or what you offered."""
    found = reads.proposal(swap_id, seen_by=actor())
    return {"proposal": found, "look": reads.look_at_proposal(swap_id, seen_by=actor())}


@blueprint.post("/swap-proposals/<uuid:swap_id>/accept")
@blueprint.arguments(s.TermsAgreedSchema)
@blueprint.response(200, BookingSchema)
@problems(blueprint, 400, 401, 403, 404, 409, 422)
@idempotency.required
def accept(given: dict[str, Any], swap_id: UUID) -> Booking:
    """Say yes to the swap at the terms that you saw. You get your new booking."""
    return _shown(handovers.accept(swap_id, **given, by=actor()))


@blueprint.post("/swap-proposals/<uuid:swap_id>/end")
@blueprint.response(200, s.SwapProposalSchema)
@problems(blueprint, 401, 403, 404, 409)
def end_proposal(swap_id: UUID) -> SwapProposal:
    """Say no to what is offered for your shift; or take back what you offered. Nothing follows from it."""
    return handovers.decline(swap_id, by=actor())


@blueprint.get("/handover-code")
@blueprint.response(200, s.OwnHandoverCodeSchema)
@problems(blueprint, 401, 403)
def show_code() -> dict[str, HandoverCode | None]:
    """By what you are named; nothing until you get a code."""
    return {"item": codes.mine(by=actor())}


@blueprint.post("/handover-code")
@blueprint.response(201, s.HandoverCodeSchema)
@problems(blueprint, 401, 403, 404)
def new_code() -> HandoverCode:
    """Get a code, or another one. The old one names nobody from now on."""
    return codes.new_code(by=actor())


def _shown(booking: Booking) -> Booking:
    return queries.booking(booking.id, seen_by=actor())
