"""The doors of chargebacks: the company's, and the operators' queue."""

from typing import Any
from uuid import UUID

from flask import Response
from flask_smorest import Blueprint

from marketplace.accounts.auth import actor
from marketplace.core import idempotency
from marketplace.core.files import content_of
from marketplace.core.http import PageArgs, as_file, page, problems
from marketplace.core.intake import takes_files
from marketplace.pay.rails import bearing, chargebacks, counting, funding
from marketplace.pay.rails import chargeback_papers as papers
from marketplace.pay.rails import chargeback_schemas as s
from marketplace.pay.rails.chargeback_models import Chargeback, ChargebackPaper
from marketplace.pay.rails.chargeback_papers import PaperContent
from marketplace.standards.act_answers import done_or_waits
from marketplace.standards.act_schemas import WAITS, MoneyActSchema

companies = Blueprint(
    "company-chargebacks", __name__, url_prefix="/api/v1/companies", description="Deposits that a bank took back."
)
queue = Blueprint("chargebacks", __name__, url_prefix="/api/v1/chargebacks", description="Chargebacks that wait.")
blueprints = (companies, queue)
_BINARY = {"type": "string", "format": "binary"}
_ANY_KIND = "application/octet-stream"


def shown(content: PaperContent, kind: str = _ANY_KIND) -> Response:
    """A paper's content as an answer, under a name that does not say whose it is."""
    return as_file(content.bytes, kind, f"{content.paper.shows}-{content.paper.id.hex[-8:]}.{content.kind.ending}")


@companies.get("/<uuid:company_id>/chargebacks")
@companies.arguments(PageArgs, location="query")
@companies.response(200, s.ChargebackPage)
@problems(companies, 401, 403, 404, 422)
def list_chargebacks(args: dict[str, Any], company_id: UUID) -> dict[str, Any]:
    """What the company's bank took back, newest first."""
    return page(chargebacks.of_company(company_id, actor()), Chargeback.id, **args)


@companies.get("/<uuid:company_id>/chargebacks/<uuid:chargeback_id>")
@companies.etag
@companies.response(200, s.ChargebackSchema)
@problems(companies, 401, 403, 404)
def show_chargeback(company_id: UUID, chargeback_id: UUID) -> Chargeback:
    """One of them: what was taken back, until when evidence is taken, and what became of it."""
    return chargebacks.one(company_id, chargeback_id, actor())


@companies.get("/<uuid:company_id>/chargebacks/<uuid:chargeback_id>/funded")
@companies.response(200, s.FundedListSchema)
@problems(companies, 401, 403, 404)
def list_funded(company_id: UUID, chargeback_id: UUID) -> dict[str, Any]:
    """What the company has paid for since the deposit came, by gig."""
    return {"items": funding.funded(chargebacks.one(company_id, chargeback_id, actor()))}


@companies.post("/<uuid:company_id>/chargebacks/<uuid:chargeback_id>/evidence")
@companies.arguments(s.EvidenceArgs)
@companies.response(202, s.ChargebackSchema)
@problems(companies, 400, 401, 403, 404, 409, 422)
@idempotency.required
def hand_in(given: dict[str, str], company_id: UUID, chargeback_id: UUID) -> Chargeback:
    """Hand in what speaks against the bank, once, with the papers that are attached. It goes out by the rail that the
    deposit came by. For the company, and for operators of finance."""
    return chargebacks.hand_in(company_id, chargeback_id, given["words"], by=actor())


@companies.get("/<uuid:company_id>/chargebacks/<uuid:chargeback_id>/papers")
@companies.response(200, s.EvidencePapersSchema)
@problems(companies, 401, 403, 404)
def list_evidence_papers(company_id: UUID, chargeback_id: UUID) -> dict[str, Any]:
    """Papers that were attached, erased ones too, the newest first."""
    return {"items": papers.papers(chargebacks.one(company_id, chargeback_id, actor()))}


@companies.post("/<uuid:company_id>/chargebacks/<uuid:chargeback_id>/papers")
@takes_files
@companies.arguments(s.EvidencePaperArgs, location="query")
@companies.arguments(s.EvidencePaperFileSchema, location="files")
@companies.response(201, s.EvidencePaperSchema)
@problems(companies, 401, 403, 404, 409, 410, 413, 422)
def attach_evidence_paper(
    args: dict[str, Any], given: dict[str, Any], company_id: UUID, chargeback_id: UUID
) -> ChargebackPaper:
    """Attach a paper, one of each kind. It is encrypted, and goes to the bank with what is handed in."""
    return papers.attach(company_id, chargeback_id, args["shows"], content_of(given["file"]), by=actor())


@companies.get("/<uuid:company_id>/chargebacks/<uuid:chargeback_id>/papers/<uuid:evidence_paper_id>/content")
@companies.response(200, _BINARY, content_type=_ANY_KIND)
@problems(companies, 401, 403, 404, 410, 503)
def read_evidence_paper(company_id: UUID, chargeback_id: UUID, evidence_paper_id: UUID) -> Response:
    """The content of a paper. That an operator looked is written down."""
    return shown(papers.read(company_id, chargeback_id, evidence_paper_id, by=actor()))


@companies.delete("/<uuid:company_id>/chargebacks/<uuid:chargeback_id>/papers/<uuid:evidence_paper_id>")
@companies.response(200, s.EvidencePaperSchema)
@problems(companies, 401, 403, 404, 409)
def take_back_evidence_paper(company_id: UUID, chargeback_id: UUID, evidence_paper_id: UUID) -> ChargebackPaper:
    """Take a paper back that is not on its way to the bank. It is erased at once."""
    return papers.take_back(company_id, chargeback_id, evidence_paper_id, by=actor())


@companies.post("/<uuid:company_id>/chargebacks/<uuid:chargeback_id>/pay-again")
@companies.response(200, s.ChargebackSchema)
@problems(companies, 400, 401, 403, 404, 409, 422)
@idempotency.required
def pay_again(company_id: UUID, chargeback_id: UUID) -> Chargeback:
    """Pay what the bank took out of what is available. Where the bank gives it back later, so does the service."""
    return chargebacks.pay_again(company_id, chargeback_id, by=actor())


@companies.post("/<uuid:company_id>/chargebacks/<uuid:chargeback_id>/bearer")
@companies.arguments(s.BearerArgs)
@companies.response(200, s.ChargebackSchema)
@companies.alt_response(202, schema=MoneyActSchema, description=WAITS)
@problems(companies, 400, 401, 403, 404, 409, 422)
@idempotency.required
def decide_bearer(given: dict[str, Any], company_id: UUID, chargeback_id: UUID) -> Chargeback | Response:
    """Decide who bears a deposit that a bank has kept, with a reason that the company reads: it pays out of what is
    available, or the service gives it up. For operators of finance."""
    return done_or_waits(bearing.decide(company_id, chargeback_id, **given, by=actor()))


@companies.post("/<uuid:company_id>/chargebacks/<uuid:chargeback_id>/count")
@companies.response(200, s.ChargebackSchema)
@companies.alt_response(202, schema=MoneyActSchema, description=WAITS)
@problems(companies, 400, 401, 403, 404, 409, 422)
@idempotency.required
def count_back(company_id: UUID, chargeback_id: UUID) -> Chargeback | Response:
    """Count what the bank gave back in another currency as so much of the deposit, at the sourced rate of the day on
    which the rail told it. Whoever has borne that much has it again. For operators of finance."""
    return done_or_waits(counting.count(company_id, chargeback_id, by=actor()))


@queue.get("")
@queue.arguments(PageArgs, location="query")
@queue.response(200, s.ChargebackPage)
@problems(queue, 401, 403, 404, 422)
def list_waiting(args: dict[str, Any]) -> dict[str, Any]:
    """Chargebacks that no bank has decided yet, lost ones of which nobody has said who bears them, and those of which
    money came back in another currency that nobody has counted. For operators of finance."""
    return page(chargebacks.waiting(actor()), Chargeback.id, **args)
