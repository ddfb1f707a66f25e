"""Operators invite people by a list, and see who has answered."""

from flask import render_template
from flask.typing import ResponseReturnValue

from marketplace.core.limits import LISTS, limiter
from marketplace.web.forms import Form
from marketplace.web.invitation_list import ListForm, Reading, read, send, shown
from marketplace.web.operator import SHOWN, after, blueprint, saved


@blueprint.get("/invitations")
def list_invitations(form: Form | None = None, reading: Reading | None = None) -> ResponseReturnValue:
    """Whom operators have invited, and the form for a list."""
    form, reading = form or Form(ListForm), reading or Reading()
    page = render_template(
        "operator/invitations.html", form=form, reading=reading, **shown(None, limit=SHOWN, after=after())
    )
    return page, max(form.status, reading.status)


@blueprint.post("/invitations/look")
def look_at_invitations() -> ResponseReturnValue:
    """The list as it was understood, or what is wrong with which line. Nobody is invited yet."""
    return list_invitations(reading=read())


@blueprint.post("/invitations")
@limiter.limit(LISTS)
def send_invitations() -> ResponseReturnValue:
    form = Form(ListForm)
    return saved("list_invitations") if send(form, None) else list_invitations(form)
