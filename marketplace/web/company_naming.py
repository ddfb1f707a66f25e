"""Whether the people who work for a company may name it in their work records."""

from uuid import UUID

from flask import render_template
from flask.typing import ResponseReturnValue

from marketplace.accounts.auth import actor
from marketplace.insight import work_records
from marketplace.insight.schemas import NamingSchema
from marketplace.web.company import blueprint, saved
from marketplace.web.forms import Form


@blueprint.route("/naming", methods=["GET", "POST"])
def show_naming(company_id: UUID) -> ResponseReturnValue:
    by = actor()
    form = Form(NamingSchema)
    if form.done(lambda data: work_records.set_naming(company_id, data["agreed"], by=by)):
        return saved("show_naming")
    agreed = work_records.may_be_named(company_id, seen_by=by)
    return render_template("company/naming.html", form=form, agreed=agreed), form.status
