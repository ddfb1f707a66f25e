"""The doors of what waits for a second operator."""

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from marketplace.accounts.auth import actor
from marketplace.core import idempotency
from marketplace.core.http import PageArgs, page, problems
from marketplace.pay.seconds import service as seconds
from marketplace.standards import act_schemas as s
from marketplace.standards import two_people
from marketplace.standards.act_models import MoneyAct

blueprint = Blueprint(
    "money-acts",
    __name__,
    url_prefix="/api/v1/money-acts",
    description="What one operator may not do alone with money.",
)


@blueprint.get("")
@blueprint.arguments(PageArgs, location="query")
@blueprint.response(200, s.MoneyActPage)
@problems(blueprint, 401, 403, 404, 422)
def list_acts(args: dict[str, Any]) -> dict[str, Any]:
    """What waits for a second person, newest first. Findings and lines of bank statements have lists of their own."""
    return page(two_people.waiting(actor()), MoneyAct.id, **args)


@blueprint.post("/<uuid:act_id>/agree")
@blueprint.response(200, s.MoneyActSchema)
@problems(blueprint, 400, 401, 403, 404, 409)
@idempotency.required
def agree(act_id: UUID) -> MoneyAct:
    """Agree as a second person: it is done, as it was said."""
    return seconds.agree(act_id, by=actor())


@blueprint.post("/<uuid:act_id>/withdraw")
@blueprint.response(200, s.MoneyActSchema)
@problems(blueprint, 400, 401, 403, 404, 409)
@idempotency.required
def withdraw(act_id: UUID) -> MoneyAct:
    """Take it back, one's own or another's: nothing has moved."""
    return two_people.withdraw(act_id, by=actor())
