"""The doors of people, sign-ins and companies."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import marshmallow as ma
from flask import Response, jsonify
from flask_smorest import Blueprint

from marketplace.accounts import adoption, guidelines, queries, service
from marketplace.accounts import schemas as s
from marketplace.accounts.adoption import Adopter
from marketplace.accounts.auth import actor, current_key_id
from marketplace.accounts.entity import Identity
from marketplace.accounts.keys import IssuedKey
from marketplace.accounts.models import ApiKey, CareLine, Company, CompanyDecision, Invitation, Person
from marketplace.accounts.queries import MemberLine
from marketplace.accounts.rules import Actor, require_person
from marketplace.core import idempotency
from marketplace.core.http import PageArgs, honour_if_match, page, problems
from marketplace.core.limits import GUESSES, LISTS, STRANGERS, account_tried, limiter
from marketplace.core.problems import NotFound

sessions = Blueprint("sessions", __name__, url_prefix="/api/v1/sessions", description="Signing in and out.")
people = Blueprint("people", __name__, url_prefix="/api/v1/people", description="People and their accounts.")
passwords = Blueprint(
    "password-resets", __name__, url_prefix="/api/v1/password-resets", description="A new password by e-mail."
)
companies = Blueprint(
    "companies", __name__, url_prefix="/api/v1/companies", description="Companies, their members and keys."
)
invitations = Blueprint(
    "invitations", __name__, url_prefix="/api/v1/invitations", description="People who were invited by a list."
)
adopters = Blueprint(
    "adopters", __name__, url_prefix="/api/v1/adopters", description="Companies that adopted the guidelines."
)
blueprints = (sessions, people, passwords, companies, invitations, adopters)

_MESSAGE_SENT = {"message": "If the address can be used, a message is on its way to it."}

# --- signing in -----------------------------------------------------------------------------------------------------


@sessions.post("")
@limiter.limit(STRANGERS)
@limiter.limit(GUESSES, key_func=account_tried)
@sessions.arguments(s.CredentialsSchema)
@sessions.response(201, s.SessionSchema)
@problems(sessions, 401, 422, 429)
@sessions.doc(security=[])
def sign_in(given: dict[str, str]) -> Response:
    """Get a key that can do whatever you can, for 12 hours."""
    return _shown_once(service.sign_in(**given), s.SessionSchema(exclude=("key",)))


@sessions.delete("/current")
@sessions.response(204)
@problems(sessions, 401, 403)
def sign_out() -> None:
    """End the key that this request is made with."""
    service.sign_out(current_key_id(), by=actor())


# --- people ---------------------------------------------------------------------------------------------------------


@people.post("")
@limiter.limit(STRANGERS)
@people.arguments(s.SignUpSchema)
@people.response(202, s.AcceptedSchema)
@problems(people, 422, 429)
@people.doc(security=[])
def sign_up(given: dict[str, str]) -> dict[str, str]:
    """Make an account. The answer is the same when the address has one already."""
    service.sign_up(**given)
    return _MESSAGE_SENT


@people.get("/me")
@people.etag
@people.response(200, s.MeSchema)
@problems(people, 401, 403)
def show_me() -> dict[str, Any]:
    """Who you are and what you may do."""
    by = actor()
    return _me(queries.person(require_person(by)), by)


@people.patch("/me")
@people.arguments(s.PersonChangeSchema, required=False)
@people.response(200, s.MeSchema)
@problems(people, 401, 403, 412, 422)
def change_me(given: dict[str, str]) -> dict[str, Any]:
    """Change your name or language."""
    by = actor()
    before = queries.person(require_person(by))
    honour_if_match(people, before, lambda: _me(before, by), s.MeSchema)
    return _me(service.change_person(by=by, **given), by)


@people.post("/confirmations")
@people.arguments(s.TokenSchema)
@people.response(204)
@problems(people, 409, 422)
@people.doc(security=[])
def confirm(given: dict[str, str]) -> None:
    """Show that an e-mail address is yours, with the token of the message that was sent to it."""
    service.confirm(given["token"])


@people.post("/me/confirmation-messages")
@limiter.limit(STRANGERS)
@people.response(202, s.AcceptedSchema)
@problems(people, 401, 403, 429)
def ask_confirmation() -> dict[str, str]:
    """Have the message with the link sent again."""
    service.ask_confirmation(by=actor())
    return _MESSAGE_SENT


@passwords.post("")
@limiter.limit(STRANGERS)
@limiter.limit(GUESSES, key_func=account_tried)
@passwords.arguments(s.EmailSchema)
@passwords.response(202, s.AcceptedSchema)
@problems(passwords, 422, 429)
@passwords.doc(security=[])
def ask_password_reset(given: dict[str, str]) -> dict[str, str]:
    """Have a link sent with which to set a new password."""
    service.ask_password_reset(given["email"])
    return _MESSAGE_SENT


@passwords.post("/<token>")
@passwords.arguments(s.PasswordSchema)
@passwords.response(204)
@problems(passwords, 409, 422)
@passwords.doc(security=[])
def reset_password(given: dict[str, str], token: str) -> None:
    """Set a new password. Every sign-in of yours ends."""
    service.reset_password(token, given["password"])


# --- invitations ----------------------------------------------------------------------------------------------------


@invitations.post("")
@limiter.limit(LISTS)
@invitations.arguments(s.InvitationListSchema)
@invitations.response(201, s.InviteesSchema)
@problems(invitations, 401, 403, 404, 422, 429)
def invite(given: dict[str, Any]) -> dict[str, Any]:
    """Operators: invite people to the service. Each is sent a link; who has an account already is left alone."""
    return {"items": service.invite_many(given["people"], by=actor())}


@invitations.get("")
@invitations.arguments(PageArgs, location="query")
@invitations.response(200, s.InvitationPage)
@problems(invitations, 401, 403, 404, 422)
def list_invitations(args: dict[str, Any]) -> dict[str, Any]:
    """Operators: whom operators have invited."""
    return _invitations(None, args)


@people.get("/me/invitations")
@people.response(200, s.MyInvitationsSchema)
@problems(people, 401, 403)
def list_my_invitations() -> dict[str, Any]:
    """Companies that ask to work with you. Saying nothing says no, and has no effect."""
    found = queries.my_invitations(actor())
    names = queries.company_name({each.company_id for each in found if each.company_id})
    return {"items": [_named(each, names) for each in found]}


@people.post("/me/invitations/<uuid:invitation_id>/answer")
@people.response(204)
@problems(people, 401, 403, 404, 409)
def answer_invitation(invitation_id: UUID) -> None:
    """Say yes: the company learns who you are, and can propose a contract once you are vetted."""
    service.answer_invitation(invitation_id, by=actor())


def _named(each: Invitation, names: Mapping[UUID, str]) -> dict[str, Any]:
    told = {name: getattr(each, name) for name in ("id", "company_id", "invited_at", "good_until")}
    return told | {"company": names.get(each.company_id, "") if each.company_id else ""}


@invitations.post("/acceptances")
@limiter.limit(STRANGERS)
@invitations.arguments(s.InvitationAnswerSchema)
@invitations.response(204)
@problems(invitations, 409, 422, 429)
@invitations.doc(security=[])
def accept_invitation(given: dict[str, Any]) -> None:
    """Confirm your address and choose a password, with the token of the message that invited you."""
    service.accept_invitation(**given)


@companies.post("/<uuid:company_id>/invitations")
@limiter.limit(LISTS)
@companies.arguments(s.InvitationListSchema)
@companies.response(201, s.InviteesSchema)
@problems(companies, 401, 403, 404, 409, 422, 429)
def invite_for_company(given: dict[str, Any], company_id: UUID) -> dict[str, Any]:
    """Invite people in the company's name: it can propose a contract to them once an operator has vetted them."""
    return {"items": service.invite_many(given["people"], company_id, by=actor())}


@companies.get("/<uuid:company_id>/invitations")
@companies.arguments(PageArgs, location="query")
@companies.response(200, s.InvitationPage)
@problems(companies, 401, 403, 404, 422)
def list_company_invitations(args: dict[str, Any], company_id: UUID) -> dict[str, Any]:
    """Whom the company has invited."""
    return _invitations(company_id, args)


def _invitations(company_id: UUID | None, args: dict[str, Any]) -> dict[str, Any]:
    found = page(queries.invitations(company_id, actor()), Invitation.id, **args)
    return found | {"items": queries.invitation_lines(found["items"])}


# --- companies ------------------------------------------------------------------------------------------------------


@companies.post("")
@companies.arguments(s.ApplicationSchema)
@companies.response(201, s.CompanySchema)
@problems(companies, 401, 403, 409, 422)
def apply_company(given: dict[str, str]) -> Company:
    """Apply with a company; an operator verifies it. You are its owner."""
    return service.apply_company(**given, by=actor())


@companies.get("")
@companies.arguments(s.CompanyListArgs, location="query")
@companies.response(200, s.CompanyPage)
@problems(companies, 401, 422)
def list_companies(args: dict[str, Any]) -> dict[str, Any]:
    """Your companies; all of them for an operator."""
    found = queries.companies(actor(), args.pop("status"))
    return page(found, Company.id, **args)


@companies.get("/<uuid:company_id>")
@companies.etag
@companies.response(200, s.CompanySchema)
@problems(companies, 401, 404)
def show_company(company_id: UUID) -> Company:
    """One company of yours."""
    return queries.company(company_id, actor())


@companies.post("/<uuid:company_id>/verify")
@companies.arguments(s.CompanyVerificationSchema)
@companies.response(200, s.CompanySchema)
@problems(companies, 401, 403, 404, 409, 422)
def verify_company(given: dict[str, Any], company_id: UUID) -> Company:
    """Operators: the company is who it says it is. Also ends a suspension."""
    return service.verify_company(company_id, **given, by=actor())


@companies.post("/<uuid:company_id>/refuse")
@companies.arguments(s.CompanyVerificationSchema)
@companies.response(200, s.CompanySchema)
@problems(companies, 401, 403, 404, 409, 422)
def refuse_company(given: dict[str, Any], company_id: UUID) -> Company:
    """Operators: turn down a company that waits. It reads why, and can contest it or hand in anew."""
    return service.refuse_company(company_id, **given, by=actor())


@companies.post("/<uuid:company_id>/contest")
@companies.arguments(s.CompanyContestSchema)
@companies.response(200, s.CompanySchema)
@problems(companies, 401, 403, 404, 409, 422)
def contest_decision(given: dict[str, str], company_id: UUID) -> Company:
    """Contest a refusal or a suspension: an operator who did not take it looks again."""
    return service.contest_decision(company_id, given["words"], by=actor())


@companies.put("/<uuid:company_id>/identity")
@companies.arguments(s.IdentitySchema)
@companies.response(200, s.IdentityShownSchema)
@problems(companies, 401, 403, 404, 422)
def hand_in_identity(given: Identity, company_id: UUID) -> dict[str, Any]:
    """Tell who the company is, who owns it and who signs for it. A change of what was verified is verified again."""
    by = actor()
    service.hand_in(company_id, given, by=by)
    return _identity(company_id, by)


@companies.get("/<uuid:company_id>/identity")
@companies.response(200, s.IdentityShownSchema)
@problems(companies, 401, 403, 404)
def show_identity(company_id: UUID) -> dict[str, Any]:
    """What the company told of itself; of the tax number its end."""
    return _identity(company_id, actor())


@companies.post("/<uuid:company_id>/identity/tax-number")
@companies.response(200, s.TaxNumberSchema)
@problems(companies, 401, 403, 404)
@idempotency.unkept
def read_tax_number(company_id: UUID) -> dict[str, str]:
    """Operators: the whole tax number. That you read it is remembered."""
    return {"tax_number": service.read_tax_number(company_id, by=actor())}


@companies.post("/<uuid:company_id>/adoption")
@companies.arguments(s.AdoptionSchema)
@companies.response(201, s.AdoptionStatementSchema)
@problems(companies, 401, 403, 404, 409, 422)
def adopt_guidelines(given: dict[str, str], company_id: UUID) -> Adopter:
    """Sign the guidelines for the company. It is a public statement of its own."""
    adoption.adopt(company_id, **given, by=actor())
    return adoption.statements(company_id)[0]


@companies.post("/<uuid:company_id>/adoption/withdraw")
@companies.response(200, s.AdoptionStatementSchema)
@problems(companies, 401, 403, 404, 409)
def withdraw_adoption(company_id: UUID) -> Adopter:
    """Take the statement back from now on. That it was made stays in public."""
    adoption.withdraw(company_id, by=actor())
    return adoption.statements(company_id)[0]


@companies.put("/<uuid:company_id>/care-line")
@companies.arguments(s.CareLineSchema)
@companies.response(200, s.CareLineSchema)
@problems(companies, 401, 403, 404, 422)
def name_care_line(given: dict[str, str], company_id: UUID) -> CareLine:
    """Say whom people call after distressing work for you, and how."""
    return service.name_care_line(company_id, **given, by=actor())


@adopters.get("")
@adopters.response(200, s.AdoptersSchema)
@adopters.doc(security=[])
def list_adopters() -> dict[str, Any]:
    """Which companies have adopted the guidelines, each by its own statement; and the text that is signed now."""
    return {"guidelines": guidelines.CURRENT, "items": adoption.adopters()}


@adopters.get("/<uuid:company_id>")
@adopters.etag
@adopters.response(200, s.AdoptionStatementsSchema)
@problems(adopters, 404)
@adopters.doc(security=[])
def show_adopter(company_id: UUID) -> dict[str, Any]:
    """Every statement of a company, with the text that it signed."""
    return {"items": adoption.statements(company_id)}


def _identity(company_id: UUID, by: Actor) -> dict[str, Any]:
    found = queries.identity(company_id, by)
    if found is None:
        raise NotFound
    company = queries.company(company_id, by)
    told = {name: getattr(found, name, None) or getattr(company, name, None) for name in s.IdentityShownSchema().fields}
    return told | {"told_at": service.told_at(company_id)}


@companies.post("/<uuid:company_id>/suspend")
@companies.arguments(s.CompanyVerificationSchema)
@companies.response(200, s.CompanySchema)
@problems(companies, 401, 403, 404, 409, 422)
def suspend_company(given: dict[str, Any], company_id: UUID) -> Company:
    """Operators: stop the company from publishing and offering."""
    return service.suspend_company(company_id, **given, by=actor())


@companies.get("/<uuid:company_id>/decisions")
@companies.response(200, s.CompanyDecisionsSchema)
@problems(companies, 401, 404)
def list_decisions(company_id: UUID) -> dict[str, list[CompanyDecision]]:
    """What operators decided about the company and why, newest first."""
    return {"items": queries.decisions(company_id, actor())}


@companies.get("/<uuid:company_id>/events")
@companies.response(200, s.TimelineSchema)
@problems(companies, 401, 404)
def list_events(company_id: UUID) -> dict[str, Any]:
    """What happened to and in the company, newest first: the last fifty."""
    return {"items": queries.happenings(company_id, actor())}


@companies.get("/<uuid:company_id>/members")
@companies.response(200, s.MembersSchema)
@problems(companies, 401, 404)
def list_members(company_id: UUID) -> dict[str, list[MemberLine]]:
    """Who is in the company, and as what."""
    return {"items": queries.members(company_id, actor())}


@companies.patch("/<uuid:company_id>/members/<uuid:person_id>")
@companies.arguments(s.RoleSchema)
@companies.response(200, s.MemberSchema)
@problems(companies, 401, 403, 404, 409, 422)
def change_role(given: dict[str, Any], company_id: UUID, person_id: UUID) -> MemberLine:
    """Give a member another role."""
    by = actor()
    service.change_role(company_id, person_id, given["role"], by=by)
    return queries.member(company_id, person_id, by)


@companies.delete("/<uuid:company_id>/members/<uuid:person_id>")
@companies.response(204)
@problems(companies, 401, 403, 404, 409)
def remove_member(company_id: UUID, person_id: UUID) -> None:
    """End a membership, also your own."""
    service.remove_member(company_id, person_id, by=actor())


@companies.post("/<uuid:company_id>/keys")
@companies.arguments(s.NewKeySchema)
@companies.response(201, s.IssuedKeySchema)
@problems(companies, 401, 403, 404, 422)
def make_key(given: dict[str, Any], company_id: UUID) -> Response:
    """Make a key for a program. Its secret is in the first answer only, not in a replay of it."""
    return _shown_once(service.make_key(company_id, **given, by=actor()), s.KeySchema())


@companies.get("/<uuid:company_id>/keys")
@companies.arguments(PageArgs, location="query")
@companies.response(200, s.KeyPage)
@problems(companies, 401, 403, 404, 422)
def list_keys(args: dict[str, Any], company_id: UUID) -> dict[str, Any]:
    """The company's keys, revoked ones too."""
    return page(queries.keys(company_id, actor()), ApiKey.id, **args)


@companies.post("/<uuid:company_id>/keys/<uuid:key_id>/revoke")
@companies.response(200, s.KeySchema)
@problems(companies, 401, 403, 404)
def revoke_key(company_id: UUID, key_id: UUID) -> ApiKey:
    """End a key. Repeating it is harmless."""
    by = actor()
    return service.revoke_key(queries.key(company_id, key_id, by).id, by=by)


def _shown_once(issued: IssuedKey, metadata: ma.Schema) -> Response:
    """Answers with the secret, and has the answer without it remembered under an Idempotency-Key."""
    kept = metadata.dump(issued.row)
    idempotency.remember_instead(jsonify(kept).get_data())
    response = jsonify(kept | {"key": issued.secret})
    response.status_code = 201
    return response


def _me(person: Person, by: Actor) -> dict[str, Any]:
    shown = {name: getattr(person, name) for name in s.PersonSchema().fields}
    return shown | {
        "companies": [{"company_id": id_, "rights": sorted(rights)} for id_, rights in sorted(by.companies.items())],
        "operator": sorted(by.operator),
    }
