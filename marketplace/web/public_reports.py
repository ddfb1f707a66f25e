"""A company's record of a quarter, with pictures. For everybody where it is public; before that for who may see it."""

from uuid import UUID

from flask import render_template

from marketplace.accounts.auth import actor_or_none
from marketplace.core import clock
from marketplace.core.limits import CURIOUS, limiter
from marketplace.insight import company_report
from marketplace.insight.report_rules import LEAST_PEOPLE, WINDOWS, Quarter
from marketplace.standards.catalogue import RULES
from marketplace.web import report_pictures
from marketplace.web.public import blueprint
from marketplace.web.survey_pictures import said_bars

FIRST_YEAR = 2020
"""The first of which a quarter can be asked for."""


@blueprint.get("/companies/<uuid:company_id>/report")
@limiter.limit(CURIOUS)
def show_report(company_id: UUID, quarter: Quarter | None = None) -> str:
    """The last quarter that ended."""
    by = actor_or_none()
    report = company_report.show(company_id, quarter, seen_by=by)
    insider = by is not None and (by.belongs_to(company_id) or by.is_operator())
    following = report.quarter.after
    return render_template(
        "public/report.html",
        report=report,
        pictures=report_pictures,
        said_bars=said_bars,
        before=report.quarter.before if report.quarter.before.year >= FIRST_YEAR else None,
        following=following if following < Quarter.of(clock.now()).after and (insider or report.has_ended) else None,
        running=Quarter.of(clock.now()),
        insider=insider,
        least=LEAST_PEOPLE,
        windows=WINDOWS,
        rule=RULES["REPORT"],
        most_days=company_report.PAID_IN_DAYS,
    )


@blueprint.get("/companies/<uuid:company_id>/report/<int(min=2020, max=2100):year>/<int(min=1, max=4):number>")
@limiter.limit(CURIOUS)
def show_report_of(company_id: UUID, year: int, number: int) -> str:
    return show_report(company_id, Quarter(year, number))
