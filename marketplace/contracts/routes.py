"""The doors of contracts. Those of benefits stand beside them."""

from typing import Any
from uuid import UUID

from flask import request
from flask_smorest import Blueprint

from marketplace.accounts.auth import actor
from marketplace.accounts.schemas import TimelineSchema
from marketplace.contracts import benefit_routes, moving_routes, off_boarding, queries, service, status
from marketplace.contracts import schemas as s
from marketplace.contracts.models import Contract, Template
from marketplace.contracts.off_boarding_models import OffBoarding
from marketplace.contracts.queries import Amendment, SignedVersion
from marketplace.contracts.status import Status
from marketplace.core.events import timeline
from marketplace.core.http import PageArgs, page, problems

templates = Blueprint(
    "contract-templates", __name__, url_prefix="/api/v1", description="A company's terms, written and signed by it."
)
contracts = Blueprint(
    "contracts", __name__, url_prefix="/api/v1/contracts", description="Contracts, their versions and signatures."
)
blueprints = (templates, contracts, *benefit_routes.blueprints, *moving_routes.blueprints)

# --- templates ------------------------------------------------------------------------------------------------------


@templates.post("/companies/<uuid:company_id>/contract-templates")
@templates.arguments(s.NewTemplateSchema)
@templates.response(201, s.TemplateSchema)
@problems(templates, 401, 403, 404, 422)
def write_template(given: dict[str, Any], company_id: UUID) -> Template:
    """Write terms down and sign them for the company. A refusal names every term that cannot be offered."""
    return service.write_template(company_id, **given, address=request.remote_addr, by=actor())


@templates.get("/companies/<uuid:company_id>/contract-templates")
@templates.arguments(PageArgs, location="query")
@templates.response(200, s.TemplatePage)
@problems(templates, 401, 403, 404, 422)
def list_templates(args: dict[str, Any], company_id: UUID) -> dict[str, Any]:
    """The company's texts."""
    return page(queries.templates(company_id, actor()), Template.id, **args)


@templates.get("/contract-templates/<uuid:template_id>")
@templates.etag
@templates.response(200, s.TemplateSchema)
@problems(templates, 401, 403, 404)
def show_template(template_id: UUID) -> Template:
    """One text of a company."""
    return queries.template(template_id, actor())


@templates.post("/contract-templates/<uuid:template_id>/propose")
@templates.arguments(s.ContractProposalSchema)
@templates.response(200, s.ContractsSchema)
@problems(templates, 401, 403, 404, 409, 422)
def propose(given: dict[str, Any], template_id: UUID) -> dict[str, list[Contract]]:
    """Propose these terms to vetted contractors; whoever has a contract gets a further version to sign."""
    return {"items": service.propose(template_id, given["contractor_ids"], by=actor())}


# --- contracts ------------------------------------------------------------------------------------------------------


@contracts.get("")
@contracts.arguments(s.ContractListArgs, location="query")
@contracts.response(200, s.ContractPage)
@problems(contracts, 401, 403, 404, 422)
def list_contracts(args: dict[str, Any]) -> dict[str, Any]:
    """Your contracts as a contractor, and those of your companies."""
    found = queries.contracts(actor(), args.pop("company_id"))
    return page(found, Contract.id, **args)


@contracts.get("/<uuid:contract_id>")
@contracts.etag
@contracts.response(200, s.ContractSchema)
@problems(contracts, 401, 404)
def show_contract(contract_id: UUID) -> Contract:
    """One contract of yours."""
    return queries.contract(contract_id, actor())


@contracts.get("/<uuid:contract_id>/versions")
@contracts.response(200, s.ContractVersionsSchema)
@problems(contracts, 401, 404)
def list_versions(contract_id: UUID) -> dict[str, list[SignedVersion]]:
    """Every version, word for word, with its signatures; the newest first."""
    return {"items": queries.signed_versions(contract_id, actor())}


@contracts.get("/<uuid:contract_id>/versions/<int:number>/changes")
@contracts.arguments(s.AmendmentArgs, location="query")
@contracts.response(200, s.AmendmentSchema)
@problems(contracts, 401, 404, 422)
def show_changes(args: dict[str, str], contract_id: UUID, number: int) -> Amendment:
    """What a version changes against the one that was signed before it, term by term and word for word."""
    return queries.amendment(contract_id, number, args["language"], actor())


@contracts.get("/<uuid:contract_id>/status")
@contracts.response(200, s.StatusSchema)
@problems(contracts, 401, 404)
def show_status(contract_id: UUID) -> Status:
    """What the rule STATUS made of the contract when it was signed, and of what has really happened since."""
    return status.status(contract_id, actor())


@contracts.get("/<uuid:contract_id>/off-boarding")
@contracts.response(200, s.OffBoardingSchema)
@problems(contracts, 401, 404)
def show_off_boarding(contract_id: UUID) -> OffBoarding:
    """What happens at the end of a contract, step by step, with the moments at which it was done. Only of one that
    ends or has ended."""
    return off_boarding.ended(contract_id, actor())


@contracts.get("/<uuid:contract_id>/events")
@contracts.response(200, TimelineSchema)
@problems(contracts, 401, 404)
def list_events(contract_id: UUID) -> dict[str, Any]:
    """What happened to the contract, newest first: the last fifty."""
    return {"items": timeline("contract", queries.contract(contract_id, actor()).id)}


@contracts.post("/<uuid:contract_id>/sign")
@contracts.arguments(s.ContractSigningSchema)
@contracts.response(200, s.ContractVersionsSchema)
@problems(contracts, 401, 403, 404, 409, 422)
def sign(given: dict[str, str], contract_id: UUID) -> dict[str, list[SignedVersion]]:
    """Sign the newest version with your own name and the hash of the text that you read."""
    by = actor()
    service.sign(contract_id, **given, address=request.remote_addr, by=by)
    return {"items": queries.signed_versions(contract_id, by)}


@contracts.post("/<uuid:contract_id>/decline")
@contracts.response(200, s.ContractSchema)
@problems(contracts, 401, 403, 404, 409)
def decline(contract_id: UUID) -> Contract:
    """Decline a contract, or a change of it, that was proposed to you. It has no consequence."""
    return service.decline(contract_id, by=actor())


@contracts.post("/<uuid:contract_id>/end")
@contracts.arguments(s.ContractEndingSchema, required=False)
@contracts.response(200, s.ContractSchema)
@problems(contracts, 401, 403, 404, 409, 422)
def end(given: dict[str, str], contract_id: UUID) -> Contract:
    """Give notice. A contractor's takes effect at once, a company's after the agreed days."""
    return service.end(contract_id, given["reason"], by=actor())
