"""The end of an account: the person's own page, and the operator's."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from marketplace.accounts import queries as accounts
from marketplace.accounts.auth import actor
from marketplace.accounts.rules import OperatorRole, require_operator, require_person
from marketplace.accounts.schemas import ReasonSchema
from marketplace.contracts import benefits
from marketplace.pay.closing import service as closing
from marketplace.pay.closing.schemas import LeaveSchema
from marketplace.web import contractor, operator
from marketplace.web.forms import Form
from marketplace.workforce import queries


@contractor.blueprint.get("/leaving", endpoint="leaving")
def show_leaving(form: Form | None = None) -> ResponseReturnValue:
    """What happens when the account is closed, and how far it is."""
    by = actor()
    shown = form or Form(LeaveSchema)
    return render_template("contractor/leaving.html", form=shown, **_parts(require_person(by))), shown.status


@contractor.blueprint.post("/leaving", endpoint="leave")
def leave() -> ResponseReturnValue:
    form = Form(LeaveSchema)
    if form.done(lambda data: closing.leave(data["words"], by=actor())):
        flash(gettext("Your account is being closed. Everything that is owed is paid first."))
        return redirect(url_for("contractor.leaving"))
    return show_leaving(form)


@operator.blueprint.get("/people/<uuid:contractor_id>/closing", endpoint="show_closing")
def show_closing(contractor_id: UUID, form: Form | None = None) -> ResponseReturnValue:
    by = actor()
    require_operator(by, OperatorRole.VETTING)
    shown = form or Form(ReasonSchema)
    return render_template(
        "operator/closing.html",
        form=shown,
        person_shown=accounts.person(contractor_id),
        is_self=by.person_id == contractor_id,
        **_parts(contractor_id),
    ), shown.status


@operator.blueprint.post("/people/<uuid:contractor_id>/closing", endpoint="close_account")
def close_account(contractor_id: UUID) -> ResponseReturnValue:
    form = Form(ReasonSchema)
    if form.done(lambda data: closing.close(contractor_id, data["reason"], by=actor())):
        return operator.saved("show_closing", contractor_id=contractor_id)
    return show_closing(contractor_id, form)


def _parts(contractor_id: UUID) -> dict[str, Any]:
    by = actor()
    me = queries.contractor(contractor_id, by)
    state = closing.state(contractor_id, by)
    balances = benefits.balances(contractor_id, by)
    return {"me": me, "state": state, "balances": balances, "left": state.left}
