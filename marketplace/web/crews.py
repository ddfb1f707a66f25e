"""A contractor's page of the crews that they are in, with the way out."""

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from marketplace.accounts.auth import actor
from marketplace.contracts import crews
from marketplace.web.contractor import blueprint


@blueprint.get("/crews")
def list_crews() -> str:
    """In whose crews the person is, and what that means."""
    return render_template("contractor/crews.html", crews=crews.mine(by=actor()))


@blueprint.post("/crews/<uuid:crew_id>/leave")
def leave_crew(crew_id: UUID) -> ResponseReturnValue:
    crews.leave(crew_id, by=actor())
    flash(gettext("You have left the crew."))
    return redirect(url_for("contractor.list_crews"))
