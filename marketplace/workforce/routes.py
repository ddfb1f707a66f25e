"""The doors of contractors, and of the operators who decide about them."""

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from marketplace.accounts.auth import actor
from marketplace.accounts.rules import require_person
from marketplace.accounts.schemas import ReasonSchema, TimelineSchema
from marketplace.core import clock
from marketplace.core.events import timeline
from marketplace.core.http import PageArgs, page, problems
from marketplace.workforce import availability, queries, service
from marketplace.workforce import schemas as s
from marketplace.workforce.calendar import Quiet
from marketplace.workforce.models import AvailabilityException, Contractor, HazardConsent, PayoutAccount, Requirement
from marketplace.workforce.queries import Profile
from marketplace.workforce.rules import RequirementKind, Ruling

contractors = Blueprint(
    "contractors", __name__, url_prefix="/api/v1/contractors", description="Contractors: what they show and say."
)
vetting = Blueprint("vetting", __name__, url_prefix="/api/v1/vetting", description="Operators decide, in writing.")
blueprints = (contractors, vetting)

# --- contractors ----------------------------------------------------------------------------------------------------


@contractors.post("")
@contractors.arguments(s.ContractorApplicationSchema)
@contractors.response(201, s.ContractorSchema)
@problems(contractors, 401, 403, 409, 422)
def apply(given: dict[str, Any]) -> Contractor:
    """Apply as a contractor. What you must show is then listed, and an operator decides."""
    return service.apply(**given, by=actor())


@contractors.get("/me")
@contractors.etag
@contractors.response(200, s.ContractorProfileSchema)
@problems(contractors, 401, 403, 404)
def show_me() -> Profile:
    """All that is known of you as a contractor, with each decision, its reason and how to contest it."""
    by = actor()
    return queries.profile(require_person(by), by)


@contractors.get("/me/events")
@contractors.response(200, TimelineSchema)
@problems(contractors, 401, 403, 404)
def list_my_events() -> dict[str, Any]:
    """What happened about you, newest first: the last fifty."""
    by = actor()
    return {"items": timeline("contractor", queries.contractor(require_person(by), by).id)}


@contractors.put("/me/description")
@contractors.arguments(s.ContractorDescriptionSchema)
@contractors.response(200, s.ContractorSchema)
@problems(contractors, 401, 403, 404, 422)
def describe(given: dict[str, Any]) -> Contractor:
    """Say which skills and languages you have, in place of those before."""
    return service.describe(**given, by=actor())


@contractors.get("/me/requirements")
@contractors.response(200, s.RequirementsSchema)
@problems(contractors, 401, 403, 404)
def list_requirements() -> dict[str, list[Requirement]]:
    """What you must show before you are vetted, and what is still missing."""
    by = actor()
    return {"items": queries.requirements(require_person(by), by)}


@contractors.post("/me/requirements")
@contractors.arguments(s.RequirementNoteSchema)
@contractors.response(200, s.RequirementSchema)
@problems(contractors, 401, 403, 404, 409, 422)
def submit_requirement(given: dict[str, Any]) -> Requirement:
    """Show what one requirement asks for."""
    return service.submit_requirement(**given, by=actor())


@contractors.post("/me/requirements/batch")
@contractors.arguments(s.RequirementNotesSchema)
@contractors.response(200, s.RequirementsSchema)
@problems(contractors, 401, 403, 404, 409, 422)
def submit_requirements(given: dict[RequirementKind, str]) -> dict[str, list[Requirement]]:
    """Show what several requirements ask for: all of them are handed in, or none."""
    return {"items": service.submit_requirements(given, by=actor())}


@contractors.post("/me/payout-account")
@contractors.response(201, s.PayoutAccountSchema)
@problems(contractors, 401, 403, 404, 409)
def open_payout_account() -> PayoutAccount:
    """Get an account on the sandbox rail. No money moves there."""
    return service.open_sandbox_account(by=actor())


@contractors.put("/me/availability")
@contractors.arguments(s.AvailabilitySchema)
@contractors.response(200, s.AvailabilitySchema)
@problems(contractors, 401, 403, 404, 422)
def set_availability(given: dict[str, Any]) -> dict[str, Any]:
    """Say when in the week you can work, by your own clock, in place of what you said before."""
    availability.set_availability(given["windows"], by=actor())
    return given


@contractors.get("/me/availability")
@contractors.response(200, s.TimeSchema)
@problems(contractors, 401, 403, 404)
def show_availability() -> dict[str, Any]:
    """When you can and want to work, as you said it."""
    by = actor()
    return queries.time(require_person(by), by)


@contractors.post("/me/availability/exceptions")
@contractors.arguments(s.NewExceptionSchema)
@contractors.response(201, s.ExceptionSchema)
@problems(contractors, 401, 403, 404, 409, 422)
def add_exception(given: dict[str, Any]) -> AvailabilityException:
    """Say of certain days what holds in place of your week."""
    return availability.add_exception(**given, by=actor())


@contractors.delete("/me/availability/exceptions/<uuid:exception_id>")
@contractors.response(204)
@problems(contractors, 401, 403, 404)
def remove_exception(exception_id: UUID) -> None:
    """Let your week hold again on those days."""
    availability.remove_exception(exception_id, by=actor())


@contractors.post("/me/availability/holidays")
@contractors.arguments(s.HolidaysSchema)
@contractors.response(201, s.ExceptionsSchema)
@problems(contractors, 401, 403, 404, 409, 422)
def add_holidays(given: dict[str, Any]) -> dict[str, list[AvailabilityException]]:
    """Say the same of every public holiday still to come where you live. You can remove each of them."""
    return {"items": availability.add_holidays(**given, by=actor())}


@contractors.put("/me/quiet-hours")
@contractors.arguments(s.QuietSchema)
@contractors.response(200, s.TimeSchema)
@problems(contractors, 401, 403, 404, 422)
def set_quiet(given: dict[str, Quiet | None]) -> dict[str, Any]:
    """Say between which hours nothing may ring. Notices wait in your inbox, and offers wait longer for your answer."""
    by = actor()
    return queries.time(availability.set_quiet(given["quiet"], by=by).id, by)


@contractors.put("/me/band")
@contractors.arguments(s.BandSchema)
@contractors.response(200, s.ContractorSchema)
@problems(contractors, 401, 403, 404, 422)
def set_band(given: dict[str, int]) -> Contractor:
    """Say how many hours a week you want."""
    return availability.set_band(**given, by=actor())


@contractors.get("/me/hazard-consents")
@contractors.response(200, s.HazardConsentsSchema)
@problems(contractors, 401, 403, 404)
def list_consents() -> dict[str, list[HazardConsent]]:
    """What distressing work you consented to be offered, revoked consents too."""
    by = actor()
    return {"items": queries.consents(require_person(by), by)}


@contractors.post("/me/hazard-consents")
@contractors.arguments(s.HazardConsentGivenSchema)
@contractors.response(201, s.HazardConsentSchema)
@problems(contractors, 401, 403, 404, 422)
def give_consent(given: dict[str, Any]) -> HazardConsent:
    """Consent to be offered distressing work of one category. You can revoke it at any minute."""
    return service.give_hazard_consent(**given, by=actor())


@contractors.post("/me/hazard-consents/revoke")
@contractors.arguments(s.HazardConsentRevokedSchema)
@contractors.response(200, s.HazardConsentSchema)
@problems(contractors, 401, 403, 404, 422)
def revoke_consent(given: dict[str, Any]) -> HazardConsent:
    """Revoke a consent at once. It touches neither your rating nor your rank."""
    return service.revoke_hazard_consent(**given, by=actor())


@contractors.post("/me/contest")
@contractors.arguments(s.ContestSchema)
@contractors.response(200, s.ContractorSchema)
@problems(contractors, 401, 403, 404, 409, 422)
def contest(given: dict[str, str]) -> Contractor:
    """Contest the last decision about you; somebody who did not take it looks at it again."""
    return service.contest(given["words"], by=actor())


# --- operators ------------------------------------------------------------------------------------------------------


@vetting.get("/coverage")
@vetting.response(200, s.CoverageSchema)
@problems(vetting, 401, 404)
def show_coverage() -> dict[str, Any]:
    """How many vetted contractors a sourced floor covers, by how far it can be trusted. For operators."""
    return {"items": queries.coverage(actor(), clock.now().date())}


@vetting.get("/queue")
@vetting.arguments(PageArgs, location="query")
@vetting.response(200, s.ContractorPage)
@problems(vetting, 401, 403, 404, 422)
def list_queue(args: dict[str, Any]) -> dict[str, Any]:
    """Contractors who wait for a decision, the oldest first."""
    return page(queries.vetting_queue(actor()), Contractor.id, oldest_first=True, **args)


@vetting.get("/contractors/<uuid:contractor_id>")
@vetting.etag
@vetting.response(200, s.ContractorProfileSchema)
@problems(vetting, 401, 403, 404)
def show_contractor(contractor_id: UUID) -> Profile:
    """One contractor with everything they showed."""
    return queries.profile(contractor_id, actor())


@vetting.get("/contractors/<uuid:contractor_id>/events")
@vetting.response(200, TimelineSchema)
@problems(vetting, 401, 403, 404)
def list_events(contractor_id: UUID) -> dict[str, Any]:
    """What happened about a contractor, newest first: the last fifty."""
    return {"items": timeline("contractor", queries.contractor(contractor_id, actor()).id)}


@vetting.post("/contractors/<uuid:contractor_id>/requirements")
@vetting.arguments(s.RequirementDecisionSchema)
@vetting.response(200, s.RequirementSchema)
@problems(vetting, 401, 403, 404, 409, 422)
def decide_requirement(given: dict[str, Any], contractor_id: UUID) -> Requirement:
    """Say whether what was shown meets a requirement, and why."""
    return service.decide_requirement(contractor_id, given["kind"], s.ruling_of(given), by=actor())


@vetting.post("/contractors/<uuid:contractor_id>/requirements/batch")
@vetting.arguments(s.RequirementDecisionsSchema)
@vetting.response(200, s.RequirementsSchema)
@problems(vetting, 401, 403, 404, 409, 422)
def decide_requirements(given: dict[RequirementKind, Ruling], contractor_id: UUID) -> dict[str, list[Requirement]]:
    """Say of several requirements whether what was shown meets them, each with its reason: all decided, or none."""
    return {"items": service.decide_requirements(contractor_id, given, by=actor())}


@vetting.post("/contractors/<uuid:contractor_id>/vet")
@vetting.arguments(ReasonSchema)
@vetting.response(200, s.ContractorSchema)
@problems(vetting, 401, 403, 404, 409, 422)
def vet(given: dict[str, str], contractor_id: UUID) -> Contractor:
    """Take the contractor in. Every requirement must be met."""
    return service.vet(contractor_id, **given, by=actor())


@vetting.post("/contractors/<uuid:contractor_id>/refuse")
@vetting.arguments(ReasonSchema)
@vetting.response(200, s.ContractorSchema)
@problems(vetting, 401, 403, 404, 409, 422)
def refuse(given: dict[str, str], contractor_id: UUID) -> Contractor:
    """Turn the application down. The contractor reads the reason and can contest it."""
    return service.refuse(contractor_id, **given, by=actor())


@vetting.post("/contractors/<uuid:contractor_id>/suspend")
@vetting.arguments(ReasonSchema)
@vetting.response(200, s.ContractorSchema)
@problems(vetting, 401, 403, 404, 409, 422)
def suspend(given: dict[str, str], contractor_id: UUID) -> Contractor:
    """Stop new offers to the contractor. Earned pay is still paid."""
    return service.suspend(contractor_id, **given, by=actor())


@vetting.post("/contractors/<uuid:contractor_id>/reinstate")
@vetting.arguments(ReasonSchema)
@vetting.response(200, s.ContractorSchema)
@problems(vetting, 401, 403, 404, 409, 422)
def reinstate(given: dict[str, str], contractor_id: UUID) -> Contractor:
    """End a suspension."""
    return service.reinstate(contractor_id, **given, by=actor())
