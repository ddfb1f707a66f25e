"""The doors of bonuses."""

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from marketplace.accounts.auth import actor
from marketplace.core import idempotency
from marketplace.core.http import PageArgs, page, problems
from marketplace.pay.bonuses import queries, service
from marketplace.pay.bonuses import schemas as s
from marketplace.pay.bonuses.models import Bonus

blueprint = Blueprint(
    "bonuses", __name__, url_prefix="/api/v1", description="What companies give beside the pay of work."
)


@blueprint.post("/gigs/<uuid:gig_id>/bonuses")
@blueprint.arguments(s.NewBonusSchema)
@blueprint.response(201, s.BonusSchema)
@problems(blueprint, 400, 401, 403, 404, 409, 422)
@idempotency.required
def grant(given: dict[str, Any], gig_id: UUID) -> Bonus:
    """Give somebody who has worked on the gig a bonus. Its money is set aside at once; above what one member may give
    alone it waits for another (BONUS)."""
    return service.grant(gig_id, **given, by=actor())


@blueprint.get("/companies/<uuid:company_id>/bonuses")
@blueprint.arguments(s.BonusesArgs, location="query")
@blueprint.response(200, s.BonusPage)
@problems(blueprint, 401, 403, 404, 422)
def list_bonuses(args: dict[str, Any], company_id: UUID) -> dict[str, Any]:
    """What a company has given or wants to give, newest first; of one status or one gig."""
    found = queries.of_company(company_id, actor(), status=args.pop("status"), gig_id=args.pop("gig_id"))
    return page(found, Bonus.id, **args)


@blueprint.get("/contractors/me/bonuses")
@blueprint.arguments(PageArgs, location="query")
@blueprint.response(200, s.BonusPage)
@problems(blueprint, 401, 403, 422)
def list_mine(args: dict[str, Any]) -> dict[str, Any]:
    """Your own bonuses, newest first, also before they are paid."""
    return page(queries.mine(actor()), Bonus.id, **args)


@blueprint.get("/bonuses/<uuid:bonus_id>")
@blueprint.etag
@blueprint.response(200, s.BonusSchema)
@problems(blueprint, 401, 403, 404)
def show(bonus_id: UUID) -> Bonus:
    """A bonus: who gave it, why, and where it stands."""
    return queries.bonus(bonus_id, actor())


@blueprint.post("/bonuses/<uuid:bonus_id>/agree")
@blueprint.response(200, s.BonusSchema)
@problems(blueprint, 400, 401, 403, 404, 409)
@idempotency.required
def agree(bonus_id: UUID) -> Bonus:
    """Agree as a second person: it is owed from now on."""
    return service.agree(bonus_id, by=actor())


@blueprint.post("/bonuses/<uuid:bonus_id>/withdraw")
@blueprint.arguments(s.BonusWithdrawalSchema)
@blueprint.response(200, s.BonusSchema)
@problems(blueprint, 400, 401, 403, 404, 409, 422)
@idempotency.required
def withdraw(given: dict[str, str], bonus_id: UUID) -> Bonus:
    """Take back, with a reason, what nobody has agreed to yet: its money is available again."""
    return service.withdraw(bonus_id, given["reason"], by=actor())
