"""Which companies have adopted the guidelines, each by its own statement. For everybody."""

from uuid import UUID

from flask import render_template

from marketplace.accounts import adoption, guidelines
from marketplace.core import clock
from marketplace.insight import crediting, publishing
from marketplace.insight.report_rules import Quarter
from marketplace.web.public import blueprint


@blueprint.get("/adopters")
def list_adopters() -> str:
    return render_template("public/adopters.html", adopters=adoption.adopters(), text=guidelines.CURRENT)


@blueprint.get("/companies/<uuid:company_id>")
def show_adopter(company_id: UUID) -> str:
    """A company's public page: what it signed, when, and whether it still stands."""
    recorded = publishing.is_public(company_id, Quarter.of(clock.now()).before)
    return render_template(
        "public/adopter.html",
        statements=adoption.statements(company_id),
        recorded=recorded,
        named=crediting.is_public(company_id),
    )
