"""The doors of yearly statements."""

from typing import Any
from uuid import UUID

from flask import Response
from flask_smorest import Blueprint

from marketplace.accounts.auth import actor
from marketplace.core.http import PageArgs, page, problems
from marketplace.pay.taxes import year_rules as tax_year_rules
from marketplace.pay.taxes import year_schemas as s
from marketplace.pay.taxes import years as tax_years
from marketplace.pay.taxes.year_models import YearStatement

years = Blueprint(
    "year-statements", __name__, url_prefix="/api/v1/year-statements", description="What a year came to, frozen."
)
blueprints = (years,)


@years.get("")
@years.arguments(PageArgs, location="query")
@years.response(200, s.YearStatementPage)
@problems(years, 401, 403, 422)
def list_statements(args: dict[str, Any]) -> dict[str, Any]:
    """Your statements of years that are over, every version, newest first."""
    return page(tax_years.mine(by=actor()), YearStatement.id, **args)


@years.get("/<uuid:statement_id>")
@years.etag
@years.response(200, s.YearStatementSchema)
@problems(years, 401, 403, 404)
def show_statement(statement_id: UUID) -> YearStatement:
    """One version, for whom it is about and for operators of finance."""
    return tax_years.statement(statement_id, actor())


@years.get("/<uuid:statement_id>/file")
@years.response(200, content_type="text/csv")
@problems(years, 401, 403, 404)
def statement_file(statement_id: UUID) -> Response:
    """The same as CSV: a line for each company, currency and month."""
    return as_file(tax_years.statement(statement_id, actor()))


def as_file(found: YearStatement) -> Response:
    """A statement as a file to be saved."""
    made = Response(tax_year_rules.as_csv(found.figures, found.version), mimetype="text/csv")
    name = f"setara-{found.year}-v{found.version}.csv"
    made.headers.set("Content-Disposition", "attachment", filename=name)
    return made
