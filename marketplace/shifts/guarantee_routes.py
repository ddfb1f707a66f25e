"""The door of guaranteed hours."""

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from marketplace.accounts.auth import actor
from marketplace.core.http import PageArgs, page, problems
from marketplace.shifts import guarantees
from marketplace.shifts.guarantee_models import Guarantee
from marketplace.shifts.guarantee_schemas import GuaranteePage

blueprint = Blueprint("guarantees", __name__, url_prefix="/api/v1", description="Hours that contracts guarantee.")


@blueprint.get("/contracts/<uuid:contract_id>/guarantees")
@blueprint.arguments(PageArgs, location="query")
@blueprint.response(200, GuaranteePage)
@problems(blueprint, 401, 404, 422)
def list_guarantees(args: dict[str, Any], contract_id: UUID) -> dict[str, Any]:
    """The weeks of a contract that guarantees hours: what was given, refused and is owed."""
    return page(guarantees.of_contract(contract_id, actor()), Guarantee.id, **args)
