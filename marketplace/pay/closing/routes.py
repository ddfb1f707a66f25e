"""The doors of leaving: by the person, by an operator, and how far it is."""

from uuid import UUID

from flask_smorest import Blueprint

from marketplace.accounts.auth import actor
from marketplace.accounts.rules import require_person
from marketplace.accounts.schemas import ReasonSchema
from marketplace.core.http import problems
from marketplace.pay.closing import schemas as s
from marketplace.pay.closing import service as closing
from marketplace.pay.closing.service import State

blueprint = Blueprint("closing", __name__, url_prefix="/api/v1", description="The end of an account.")


@blueprint.post("/contractors/me/closing")
@blueprint.arguments(s.LeaveSchema)
@blueprint.response(201, s.ClosingStateSchema)
@problems(blueprint, 401, 403, 404, 409, 422)
def leave(given: dict[str, str]) -> State:
    """Close your account. Coming shifts are given back, contracts end; it closes when everything owed is paid."""
    by = actor()
    return closing.state(closing.leave(given["words"], by=by).contractor_id, by)


@blueprint.get("/contractors/me/closing")
@blueprint.response(200, s.ClosingStateSchema)
@problems(blueprint, 401, 403, 404)
def show() -> State:
    """How far the end of your account is, and what is still owed."""
    by = actor()
    return closing.state(require_person(by), by)


@blueprint.get("/vetting/contractors/<uuid:contractor_id>/closing")
@blueprint.response(200, s.ClosingStateSchema)
@problems(blueprint, 401, 403, 404)
def show_of(contractor_id: UUID) -> State:
    """How far the end of somebody's account is."""
    return closing.state(contractor_id, actor())


@blueprint.post("/vetting/contractors/<uuid:contractor_id>/closing")
@blueprint.arguments(ReasonSchema)
@blueprint.response(201, s.ClosingStateSchema)
@problems(blueprint, 401, 403, 404, 409, 422)
def close(given: dict[str, str], contractor_id: UUID) -> State:
    """Close somebody's account, with a reason that they read and can contest. Accepted shifts are kept and paid."""
    by = actor()
    return closing.state(closing.close(contractor_id, given["reason"], by=by).contractor_id, by)
