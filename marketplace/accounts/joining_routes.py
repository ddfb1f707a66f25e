"""The doors by which somebody becomes a member of a company: it asks an address, and whoever that is answers."""

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from marketplace.accounts import joining
from marketplace.accounts import joining_schemas as s
from marketplace.accounts.auth import actor
from marketplace.accounts.joining import Asked, AskedOfMe
from marketplace.accounts.models import MemberInvitation
from marketplace.accounts.schemas import NewMemberSchema
from marketplace.core.http import PageArgs, page, problems
from marketplace.core.limits import LISTS, limiter

companies = Blueprint(
    "member-invitations",
    __name__,
    url_prefix="/api/v1/companies/<uuid:company_id>/member-invitations",
    description="Whom a company asks to be its member.",
)
people = Blueprint(
    "my-member-invitations",
    __name__,
    url_prefix="/api/v1/people/me/member-invitations",
    description="Companies that ask you to be their member.",
)
blueprints = (companies, people)


@companies.post("")
@limiter.limit(LISTS)
@companies.arguments(NewMemberSchema)
@companies.response(201, s.JoiningSchema)
@problems(companies, 401, 403, 404, 409, 422, 429)
def ask(given: dict[str, Any], company_id: UUID) -> Asked:
    """Ask whoever has the address to be a member. The answer is the same whether or not it has an account."""
    return joining.line(joining.ask_to_join(company_id, **given, by=actor()))


@companies.get("")
@companies.arguments(PageArgs, location="query")
@companies.response(200, s.JoiningPage)
@problems(companies, 401, 403, 404, 422)
def list_asked(args: dict[str, Any], company_id: UUID) -> dict[str, Any]:
    """Whom the company has asked, and what became of it."""
    found = page(joining.invitations_to_join(company_id, actor()), MemberInvitation.id, **args)
    return found | {"items": joining.lines(found["items"])}


@companies.post("/<uuid:invitation_id>/revoke")
@companies.response(200, s.JoiningSchema)
@problems(companies, 401, 403, 404, 409)
def revoke(company_id: UUID, invitation_id: UUID) -> Asked:
    """Take an invitation back that nobody has answered."""
    return joining.line(joining.revoke_invitation(company_id, invitation_id, by=actor()))


@people.get("")
@people.response(200, s.MyJoiningsSchema)
@problems(people, 401, 403)
def list_mine() -> dict[str, list[AskedOfMe]]:
    """Companies that ask you to be their member, and that you can still answer."""
    return {"items": joining.asked_to_join(actor())}


@people.post("/<uuid:invitation_id>/answer")
@people.arguments(s.JoiningAnswerSchema)
@people.response(204)
@problems(people, 401, 403, 404, 409, 422)
def answer(given: dict[str, bool], invitation_id: UUID) -> None:
    """Say yes, and you are a member from now on; or no."""
    joining.answer_to_join(invitation_id, **given, by=actor())
