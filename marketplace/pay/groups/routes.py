"""The doors of pay groups, for operators of finance."""

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from marketplace.accounts.auth import actor
from marketplace.core.http import PageArgs, honour_if_match, page, problems
from marketplace.pay.groups import schemas as s
from marketplace.pay.groups import service as groups
from marketplace.pay.groups.models import PayGroup

blueprint = Blueprint(
    "pay-groups", __name__, url_prefix="/api/v1/pay-groups", description="Whose pay days are which days of the week."
)


@blueprint.get("")
@blueprint.arguments(PageArgs, location="query")
@blueprint.response(200, s.PayGroupPage)
@problems(blueprint, 401, 403, 404, 422)
def list_groups(args: dict[str, Any]) -> dict[str, Any]:
    """The pay groups that have not ended, newest first."""
    return page(groups.groups(actor()), PayGroup.id, **args)


@blueprint.post("")
@blueprint.arguments(s.PayGroupArgs)
@blueprint.response(201, s.PayGroupSchema)
@problems(blueprint, 401, 403, 404, 409, 422)
def make_group(given: dict[str, Any]) -> PayGroup:
    """Have people of some countries paid on days of the week (PAY_GROUP). Whoever is in no group is paid on every
    day."""
    return groups.make(**given, by=actor())


@blueprint.get("/<uuid:group_id>")
@blueprint.etag
@blueprint.response(200, s.PayGroupSchema)
@problems(blueprint, 401, 403, 404)
def show_group(group_id: UUID) -> PayGroup:
    """One pay group."""
    return groups.group(group_id, actor())


@blueprint.put("/<uuid:group_id>")
@blueprint.arguments(s.PayGroupArgs)
@blueprint.response(200, s.PayGroupSchema)
@problems(blueprint, 401, 403, 404, 409, 412, 422)
def change_group(given: dict[str, Any], group_id: UUID) -> PayGroup:
    """Change a group. Runs that have begun go on as they began."""
    found = groups.group(group_id, actor())
    honour_if_match(blueprint, found, lambda: found, s.PayGroupSchema)
    return groups.change(group_id, **given, by=actor())


@blueprint.post("/<uuid:group_id>/end")
@blueprint.response(200, s.PayGroupSchema)
@problems(blueprint, 401, 403, 404, 409)
def end_group(group_id: UUID) -> PayGroup:
    """End a group: its people are paid on every day again."""
    return groups.end(group_id, by=actor())
