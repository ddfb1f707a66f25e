"""A contractor's page about taxes: where they pay them, what the law there takes, and what was withheld."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from flask import Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from marketplace.accounts import queries as accounts
from marketplace.accounts.auth import actor
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.http import page
from marketplace.core.money import Money
from marketplace.core.problems import NotFound
from marketplace.pay.taxes import profiles as tax_profiles
from marketplace.pay.taxes import withholding
from marketplace.pay.taxes import years as tax_years
from marketplace.pay.taxes.models import Withholding
from marketplace.pay.taxes.schemas import TaxDeclarationGivenSchema
from marketplace.pay.taxes.schemes import BY_ID, Certificate
from marketplace.pay.taxes.year_models import YearStatement
from marketplace.pay.taxes.year_routes import as_file
from marketplace.web import choices, words, year_words
from marketplace.web.forms import Form
from marketplace.web.pictures import Part, Segment, stacked
from marketplace.web.work import SHOWN, blueprint, cursor


@blueprint.route("/taxes", methods=["GET", "POST"])
def show_taxes() -> ResponseReturnValue:
    """How the person stands, the law with its source, a form for a new declaration, and every line."""
    by = actor()
    profile = tax_profiles.mine(by=by)
    now = {"country": profile.standing.country, "valid_from": clock.now().date().isoformat()}
    form = Form(TaxDeclarationGivenSchema, now)
    if form.done(lambda data: tax_profiles.declare(**data, by=by)):
        flash(gettext("Saved."))
        return redirect(url_for("work.show_taxes"))
    found = page(withholding.mine(by=by), Withholding.id, limit=SHOWN, after=cursor())
    return render_template(
        "work/taxes.html",
        form=form,
        profile=profile,
        found=found,
        years=db.session.scalars(tax_years.mine(by=by).order_by(YearStatement.id.desc()).limit(SHOWN)).all(),
        laws=BY_ID,
        companies=accounts.company_name([each.company_id for each in found["items"]]),
        countries=words.countries(),
        country_names=dict(words.countries()),
        kinds=[("", gettext("Choose")), *choices.tax_numbers()],
        certificates=[(each.value, words.name_of("certificate", each)) for each in Certificate],
    ), form.status


@blueprint.get("/taxes/years/<uuid:statement_id>")
def show_year(statement_id: UUID) -> str:
    """One version of a year's statement: each company as a picture and a table."""
    found = _mine(statement_id)
    companies = found.figures["companies"]
    return render_template(
        "work/year.html",
        statement=found,
        changed=year_words.changes(found.changed, found.figures),
        companies=[(each, _bar(each), _boxes(found, each)) for each in companies],
        month_of=lambda month: words.month_words(date(found.year, month, 1)),
        countries=dict(words.countries()),
    )


@blueprint.get("/taxes/years/<uuid:statement_id>/file")
def year_file(statement_id: UUID) -> Response:
    return as_file(_mine(statement_id))


def _mine(statement_id: UUID) -> YearStatement:
    """The statement if it is the asker's own: an operator reads those of others elsewhere."""
    by = actor()
    found = tax_years.statement(statement_id, by)
    if found.contractor_id != by.person_id:
        raise NotFound
    return found


def _boxes(statement: YearStatement, company: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What the country's paper asks for, by the names that it has there; only whether it is reported is our word."""
    currency = year_words.IN_ITS_OWN.get(str(statement.form), company["currency"])
    told = []
    for name, value in company["boxes"].items():
        if isinstance(value, bool):
            told.append((gettext("reported to an authority"), gettext("yes") if value else gettext("no")))
        else:
            told.append((name, year_words.amount(value, currency)))
    return told


def _bar(company: Mapping[str, Any]) -> Sequence[Segment]:
    """What of the pay was withheld."""
    earned, withheld = (Money.of(company[name], company["currency"]) for name in ("earned", "withheld"))
    rest = earned - withheld
    return stacked(
        [
            Part(gettext("sent to you"), words.money_words(rest), max(rest.amount, 0), "a"),
            Part(gettext("withheld"), words.money_words(withheld), max(withheld.amount, 0), "c"),
        ]
    )
