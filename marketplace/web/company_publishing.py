"""Whether a company's record is public beyond what it adopted."""

from uuid import UUID

from flask import render_template
from flask.typing import ResponseReturnValue

from marketplace.accounts.auth import actor
from marketplace.core import clock
from marketplace.insight import publishing
from marketplace.insight.report_rules import LEAST_PEOPLE, Quarter
from marketplace.insight.schemas import PublicationSchema
from marketplace.web.company import blueprint, saved
from marketplace.web.forms import Form


@blueprint.route("/report", methods=["GET", "POST"])
def show_publication(company_id: UUID) -> ResponseReturnValue:
    """The way to the record, and the agreement that everybody reads it."""
    by = actor()
    form = Form(PublicationSchema)
    if form.done(lambda data: publishing.set_published(company_id, data["agreed"], by=by)):
        return saved("show_publication")
    return render_template(
        "company/report.html",
        form=form,
        agreed=publishing.may_be_published(company_id, by),
        public=publishing.is_public(company_id, Quarter.of(clock.now())),
        present=Quarter.of(clock.now()),
        least=LEAST_PEOPLE,
    ), form.status
