"""The doors of crews: the company's, and those at which a member sees them and leaves."""

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from marketplace.accounts.auth import actor
from marketplace.contracts import crew_schemas as s
from marketplace.contracts import crews
from marketplace.contracts.crew_models import Crew, CrewMember
from marketplace.contracts.crews import Mine
from marketplace.core.http import PageArgs, page, problems

blueprint = Blueprint("crews", __name__, url_prefix="/api/v1", description="People whom a company saves.")


@blueprint.get("/companies/<uuid:company_id>/crews")
@blueprint.arguments(PageArgs, location="query")
@blueprint.response(200, s.CrewPage)
@problems(blueprint, 401, 403, 404, 422)
def list_crews(args: dict[str, Any], company_id: UUID) -> dict[str, Any]:
    """The company's crews that are not closed."""
    return page(crews.of_company(company_id, actor()), Crew.id, **args)


@blueprint.post("/companies/<uuid:company_id>/crews")
@blueprint.arguments(s.CrewNameSchema)
@blueprint.response(201, s.CrewSchema)
@problems(blueprint, 401, 403, 404, 409, 422)
def make_crew(given: dict[str, Any], company_id: UUID) -> Crew:
    """Save a new crew, still without members."""
    return crews.make(company_id, given["name"], by=actor())


@blueprint.patch("/crews/<uuid:crew_id>")
@blueprint.arguments(s.CrewNameSchema)
@blueprint.response(200, s.CrewSchema)
@problems(blueprint, 401, 403, 404, 409, 422)
def rename_crew(given: dict[str, Any], crew_id: UUID) -> Crew:
    """Give a crew another name."""
    return crews.rename(crew_id, given["name"], by=actor())


@blueprint.put("/crews/<uuid:crew_id>/lead")
@blueprint.arguments(s.CrewLeadSchema)
@blueprint.response(200, s.CrewSchema)
@problems(blueprint, 401, 403, 404, 409, 422)
def name_lead(given: dict[str, Any], crew_id: UUID) -> Crew:
    """Say who leads the crew: a shift of which it is asked first gets that lead once they said yes, and their minutes
    are paid."""
    return crews.name_lead(crew_id, given["contractor_id"], given["minutes_before"], given["minutes_after"], by=actor())


@blueprint.post("/crews/<uuid:crew_id>/close")
@blueprint.response(200, s.CrewSchema)
@problems(blueprint, 401, 403, 404, 409)
def close_crew(crew_id: UUID) -> Crew:
    """End a crew. Nobody is in it any more; contracts, offers and shifts stay."""
    return crews.close(crew_id, by=actor())


@blueprint.get("/crews/<uuid:crew_id>/members")
@blueprint.arguments(PageArgs, location="query")
@blueprint.response(200, s.CrewMemberPage)
@problems(blueprint, 401, 403, 404, 422)
def list_members(args: dict[str, Any], crew_id: UUID) -> dict[str, Any]:
    """Who is in a crew. Whose contract has ended is not."""
    return page(crews.members(crew_id, actor()), CrewMember.id, **args)


@blueprint.post("/crews/<uuid:crew_id>/members")
@blueprint.arguments(s.NewCrewMembersSchema)
@blueprint.response(200, s.CrewMembersAddedSchema)
@problems(blueprint, 401, 403, 404, 409, 422)
def add_members(given: dict[str, Any], crew_id: UUID) -> dict[str, int]:
    """Put people whom you have a contract with into a crew, all or nobody. They are told."""
    return {"added": crews.add(crew_id, given["contractor_ids"], by=actor())}


@blueprint.delete("/crews/<uuid:crew_id>/members/<uuid:contractor_id>")
@blueprint.response(204)
@problems(blueprint, 401, 403, 404, 409)
def remove_member(crew_id: UUID, contractor_id: UUID) -> None:
    """Take somebody out of a crew."""
    crews.remove(crew_id, contractor_id, by=actor())


@blueprint.get("/contractors/me/crews")
@blueprint.response(200, s.MyCrewsSchema)
@problems(blueprint, 401, 403)
def list_my_crews() -> dict[str, list[Mine]]:
    """The crews that you are in."""
    return {"items": crews.mine(by=actor())}


@blueprint.delete("/contractors/me/crews/<uuid:crew_id>")
@blueprint.response(204)
@problems(blueprint, 401, 403, 404)
def leave_crew(crew_id: UUID) -> None:
    """Leave a crew, whenever you want. No points read crews, and offers that you have stay yours."""
    crews.leave(crew_id, by=actor())
