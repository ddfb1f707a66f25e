"""The doors of a company's papers. Operators who vet look through the same ones."""

from typing import Any
from uuid import UUID

from flask import Response
from flask_smorest import Blueprint

from marketplace.accounts import paper_schemas as s
from marketplace.accounts import papers
from marketplace.accounts.auth import actor
from marketplace.accounts.paper_models import CompanyPaper
from marketplace.accounts.papers import PaperContent
from marketplace.core.files import content_of
from marketplace.core.http import as_file, problems
from marketplace.core.intake import takes_files

blueprint = Blueprint(
    "company-papers",
    __name__,
    url_prefix="/api/v1/companies/<uuid:company_id>/papers",
    description="What a company shows of itself.",
)
_BINARY = {"type": "string", "format": "binary"}
_ANY_KIND = "application/octet-stream"


def shown(content: PaperContent, kind: str = _ANY_KIND) -> Response:
    """A paper's content as an answer, under a name that does not say whose it is."""
    return as_file(content.bytes, kind, f"{content.paper.shows}-{content.paper.id.hex[-8:]}.{content.kind.ending}")


@blueprint.get("")
@blueprint.response(200, s.CompanyPapersSchema)
@problems(blueprint, 401, 403, 404)
def list_papers(company_id: UUID) -> dict[str, list[CompanyPaper]]:
    """What the company has handed in, and when each paper is erased. For the company and operators who vet."""
    return {"items": papers.papers(company_id, actor())}


@blueprint.post("")
@takes_files
@blueprint.arguments(s.PaperArgs, location="query")
@blueprint.arguments(s.PaperFileSchema, location="files")
@blueprint.response(201, s.CompanyPaperSchema)
@problems(blueprint, 401, 403, 404, 409, 410, 413, 422)
def hand_in_paper(args: dict[str, Any], given: dict[str, Any], company_id: UUID) -> CompanyPaper:
    """Hand in a paper. It is encrypted; only those who may tell who the company is, and operators, can read it."""
    return papers.hand_in(company_id, args["shows"], content_of(given["file"]), by=actor())


@blueprint.get("/<uuid:paper_id>/content")
@blueprint.response(200, _BINARY, content_type=_ANY_KIND)
@problems(blueprint, 401, 403, 404, 410, 503)
def read_paper(company_id: UUID, paper_id: UUID) -> Response:
    """The content of a paper. That an operator looked is written down, and the company can read it."""
    return shown(papers.read(company_id, paper_id, by=actor()))


@blueprint.delete("/<uuid:paper_id>")
@blueprint.response(200, s.CompanyPaperSchema)
@problems(blueprint, 401, 403, 404, 409)
def take_back_paper(company_id: UUID, paper_id: UUID) -> CompanyPaper:
    """Take a paper back that nobody looks at or has decided by. It is erased at once."""
    return papers.take_back(company_id, paper_id, by=actor())
