"""The doors for what people show: documents, declarations, moves, and the policy that says what is asked."""

from typing import Any
from uuid import UUID

from flask import Response
from flask_smorest import Blueprint

from marketplace.accounts.auth import actor
from marketplace.accounts.rules import require_person
from marketplace.core.files import content_of
from marketplace.core.http import PageArgs, as_file, page, problems
from marketplace.core.intake import takes_files
from marketplace.core.limits import FILES, limiter
from marketplace.workforce import agreement, declarations, documents, expiring, policy, residence, service, waits
from marketplace.workforce import paper_schemas as s
from marketplace.workforce.agreement import ServiceTerms
from marketplace.workforce.declarations import Declared
from marketplace.workforce.documents import Content
from marketplace.workforce.models import Contractor, Requirement
from marketplace.workforce.paper_models import Document, ResidenceChange
from marketplace.workforce.papers import Policy
from marketplace.workforce.rules import RequirementKind, Ruling

contractors = Blueprint(
    "documents",
    __name__,
    url_prefix="/api/v1/contractors",
    description="What you show: documents, declarations, where you live.",
)
vetting = Blueprint(
    "reviews",
    __name__,
    url_prefix="/api/v1/vetting",
    description="Operators look at what was shown, and it is told.",
)
blueprints = (contractors, vetting)
_BINARY = {"type": "string", "format": "binary"}
_ANY_KIND = "application/octet-stream"


def shown(content: Content, kind: str = _ANY_KIND) -> Response:
    """A document's content as an answer, under a name that says nothing about the person."""
    found = content.document
    return as_file(content.bytes, kind, f"{found.purpose}-{found.id.hex[-8:]}.{content.kind.ending}")


# --- contractors ----------------------------------------------------------------------------------------------------


@contractors.get("/terms")
@contractors.doc(security=[])
@contractors.response(200, s.ServiceTermsSchema)
def show_terms() -> ServiceTerms:
    """The terms of the service that hold now. You agree to them by the digest of their text."""
    return agreement.CURRENT


@contractors.get("/policy")
@contractors.doc(security=[])
@contractors.response(200, s.PolicySchema)
def show_policy() -> Policy:
    """What this service asks of applicants now."""
    return policy.current()


@contractors.get("/me/documents")
@contractors.response(200, s.DocumentsSchema)
@problems(contractors, 401, 403, 404)
def list_my_documents() -> dict[str, list[Document]]:
    """What you have handed in, and when each document is erased."""
    by = actor()
    return {"items": documents.documents(require_person(by), by)}


@contractors.post("/me/documents")
@limiter.limit(FILES)
@takes_files
@contractors.arguments(s.DocumentArgs, location="query")
@contractors.arguments(s.DocumentFileSchema, location="files")
@contractors.response(201, s.DocumentSchema)
@problems(contractors, 401, 403, 404, 409, 410, 413, 422, 429)
def hand_in_document(args: dict[str, Any], given: dict[str, Any]) -> Document:
    """Hand in a document. It is encrypted; only you and the operators who vet people can read it."""
    return documents.hand_in([(args["purpose"], content_of(given["file"]))], by=actor())[0]


@contractors.get("/me/documents/<uuid:document_id>/content")
@contractors.response(200, _BINARY, content_type=_ANY_KIND)
@problems(contractors, 401, 403, 404, 410, 503)
def read_my_document(document_id: UUID) -> Response:
    """What you handed in, as it is kept."""
    by = actor()
    return shown(documents.read(require_person(by), document_id, by=by))


@contractors.delete("/me/documents/<uuid:document_id>")
@contractors.response(200, s.DocumentSchema)
@problems(contractors, 401, 403, 404, 409)
def take_back_document(document_id: UUID) -> Document:
    """Take a document back that no operator looks at. It is erased at once."""
    return documents.take_back(document_id, by=actor())


@contractors.get("/me/declarations")
@contractors.response(200, s.DeclarationsSchema)
@problems(contractors, 401, 403, 404)
def show_my_declarations() -> Declared:
    """What you have declared: your paper, why you may work, your tax profile, the terms that you agreed to."""
    by = actor()
    return declarations.declared(require_person(by), by)


@contractors.put("/me/declarations")
@contractors.arguments(s.DeclarationsGivenSchema)
@contractors.response(200, s.DeclarationsSchema)
@problems(contractors, 401, 403, 404, 409, 410, 422)
def declare(given: dict[str, Any]) -> Declared:
    """Declare something about yourself, in place of what you declared before. What you leave out stays as it is."""
    by = actor()
    declarations.declare(**given, by=by)
    return declarations.declared(require_person(by), by)


@contractors.get("/me/moves")
@contractors.response(200, s.MovesSchema)
@problems(contractors, 401, 403, 404)
def list_my_moves() -> dict[str, list[ResidenceChange]]:
    """Where you lived and where you said that you moved, the newest first."""
    by = actor()
    return {"items": residence.history(require_person(by), by)}


@contractors.post("/me/moves")
@contractors.arguments(s.MoveGivenSchema)
@contractors.response(201, s.MoveSchema)
@problems(contractors, 401, 403, 404, 409, 422)
def ask_to_move(given: dict[str, Any]) -> ResidenceChange:
    """Say where you live now. Hand in what shows it before, as a document for a move."""
    return residence.ask_to_move(**given, by=actor())


@contractors.post("/me/moves/withdraw")
@contractors.response(200, s.MoveSchema)
@problems(contractors, 401, 403, 404, 409)
def withdraw_move() -> ResidenceChange:
    """Take back what you said about moving, while nobody has decided."""
    return residence.take_back(by=actor())


@contractors.get("/me/usual-waits")
@contractors.response(200, s.UsualWaitsSchema)
@problems(contractors, 401)
def list_usual_waits() -> dict[str, Any]:
    """How long it usually takes until an operator has looked, where there are enough decisions to say so."""
    actor()
    found = waits.usually().items()
    return {"items": [{"kind": kind, "hours": round(took.total_seconds() / 3600)} for kind, took in found]}


# --- operators ------------------------------------------------------------------------------------------------------


@vetting.get("/contractors/<uuid:contractor_id>/documents")
@vetting.response(200, s.DocumentsSchema)
@problems(vetting, 401, 403, 404)
def list_documents(contractor_id: UUID) -> dict[str, list[Document]]:
    """What somebody has handed in: what the documents are, not what they show."""
    return {"items": documents.documents(contractor_id, actor())}


@vetting.get("/contractors/<uuid:contractor_id>/documents/<uuid:document_id>/content")
@vetting.response(200, _BINARY, content_type=_ANY_KIND)
@problems(vetting, 401, 403, 404, 410, 503)
def read_document(contractor_id: UUID, document_id: UUID) -> Response:
    """The content of a document. That you looked is written down, and the person can read it."""
    return shown(documents.read(contractor_id, document_id, by=actor()))


@vetting.get("/contractors/<uuid:contractor_id>/declarations")
@vetting.response(200, s.DeclarationsSchema)
@problems(vetting, 401, 403, 404)
def show_declarations(contractor_id: UUID) -> Declared:
    """What somebody has declared."""
    return declarations.declared(contractor_id, actor())


@vetting.get("/moves")
@vetting.arguments(PageArgs, location="query")
@vetting.response(200, s.MovePage)
@problems(vetting, 401, 403, 404, 422)
def list_moves(args: dict[str, Any]) -> dict[str, Any]:
    """People who say that they live elsewhere now, and wait for a decision."""
    return page(residence.queue(actor()), ResidenceChange.id, **args)


@vetting.post("/moves/<uuid:move_id>/decision")
@vetting.arguments(s.MoveDecisionSchema)
@vetting.response(200, s.MoveSchema)
@problems(vetting, 401, 403, 404, 409, 422)
def decide_move(given: dict[str, Any], move_id: UUID) -> ResidenceChange:
    """Say whether somebody lives where they say now, and why. From then on the floor of that place holds."""
    return residence.decide(move_id, **given, by=actor())


@vetting.get("/renewals")
@vetting.arguments(PageArgs, location="query")
@vetting.response(200, s.RenewalPage)
@problems(vetting, 401, 403, 404, 422)
def list_renewals(args: dict[str, Any]) -> dict[str, Any]:
    """What people who are at work have handed in anew, in place of a paper that ends or is over."""
    return page(expiring.renewals(actor()), Requirement.id, **args)


@vetting.post("/decisions")
@vetting.arguments(s.PeopleDecisionsSchema)
@vetting.response(200, s.PeopleRequirementsSchema)
@problems(vetting, 401, 403, 404, 409, 422)
def decide_about_people(given: dict[UUID, dict[RequirementKind, Ruling]]) -> dict[str, list[Requirement]]:
    """Decide about requirements of several people in one act, each with its reason: all are decided, or none."""
    return {"items": service.decide_about_people(given, by=actor())}


@vetting.post("/admissions")
@vetting.arguments(s.AdmissionsSchema)
@vetting.response(200, s.AdmittedSchema)
@problems(vetting, 401, 403, 404, 409, 422)
def vet_people(given: dict[UUID, str]) -> dict[str, list[Contractor]]:
    """Take several people in in one act, each with its reason: all of them, or nobody. Every requirement must be met,
    and a refusal names whose is not."""
    return {"items": service.vet_people(given, by=actor())}


@vetting.post("/policies")
@vetting.arguments(s.PolicyGivenSchema)
@vetting.response(201, s.PolicySchema)
@problems(vetting, 401, 403, 404, 409, 422)
def publish_policy(given: dict[str, Any]) -> Policy:
    """Ask for something else of new applicants from now on, and say why."""
    return policy.publish(**given, by=actor())
