"""The doors of exports of the books."""

from typing import Any
from uuid import UUID

import marshmallow as ma
from flask import Response
from flask_smorest import Blueprint

from marketplace.accounts.auth import actor
from marketplace.core.http import made_file, problems
from marketplace.pay.exports import books as exports
from marketplace.pay.exports.rules import MEDIA, Format

blueprint = Blueprint("ledger exports", __name__, url_prefix="/api/v1", description="The books as files.")
FILE: dict[str, Any] = {"type": "string"}
FORMATS: dict[str, Any] = {
    "200": {
        "description": "The file.",
        "content": {
            MEDIA[Format.CSV]: {"schema": FILE},
            MEDIA[Format.JSON]: {"schema": {}},
            MEDIA[Format.BEANCOUNT]: {"schema": FILE},
        },
    }
}


class ExportArgs(ma.Schema):
    format = ma.fields.Enum(Format, by_value=True, load_default=Format.CSV)


@blueprint.get("/ledger/export")
@blueprint.arguments(ExportArgs, location="query")
@blueprint.response(200, FILE, content_type="text/csv")
@blueprint.doc(responses=FORMATS)
@problems(blueprint, 401, 403, 404, 422)
def export_everything(args: dict[str, Format]) -> Response:
    """All of the books as CSV, JSON or beancount. For operators of finance."""
    return sent(exports.of_everything(args["format"], actor()), args["format"])


@blueprint.get("/companies/<uuid:company_id>/ledger-export")
@blueprint.arguments(ExportArgs, location="query")
@blueprint.response(200, FILE, content_type="text/csv")
@blueprint.doc(responses=FORMATS)
@problems(blueprint, 401, 403, 404, 422)
def export_of_company(args: dict[str, Format], company_id: UUID) -> Response:
    """Every movement of a company's money as CSV, JSON or beancount."""
    return sent(exports.of_company(company_id, args["format"], actor()), args["format"])


@blueprint.get("/contractors/me/ledger-export")
@blueprint.arguments(ExportArgs, location="query")
@blueprint.response(200, FILE, content_type="text/csv")
@blueprint.doc(responses=FORMATS)
@problems(blueprint, 401, 403, 422)
def export_of_person(args: dict[str, Format]) -> Response:
    """Every movement of your own money as CSV, JSON or beancount."""
    return sent(exports.of_person(args["format"], actor()), args["format"])


def sent(made: Any, form: Format) -> Response:
    """The file of an export, to be saved."""
    return made_file(made, MEDIA[form], f"setara-ledger.{form}")
