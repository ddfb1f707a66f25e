"""A company invites people by a list, and sees who has answered."""

from uuid import UUID

from flask import render_template
from flask.typing import ResponseReturnValue

from marketplace.core.limits import LISTS, limiter
from marketplace.web.company import SHOWN, after, blueprint, saved
from marketplace.web.forms import Form
from marketplace.web.invitation_list import ListForm, Reading, read, send, shown


@blueprint.get("/invitations")
def list_invitations(company_id: UUID, form: Form | None = None, reading: Reading | None = None) -> ResponseReturnValue:
    """Whom the company has invited, and the form for a list."""
    form, reading = form or Form(ListForm), reading or Reading()
    page = render_template(
        "company/invitations.html", form=form, reading=reading, **shown(company_id, limit=SHOWN, after=after())
    )
    return page, max(form.status, reading.status)


@blueprint.post("/invitations/look")
def look_at_invitations(company_id: UUID) -> ResponseReturnValue:
    """The list as it was understood, or what is wrong with which line. Nobody is invited yet."""
    return list_invitations(company_id, reading=read())


@blueprint.post("/invitations")
@limiter.limit(LISTS)
def send_invitations(company_id: UUID) -> ResponseReturnValue:
    form = Form(ListForm)
    return saved("list_invitations") if send(form, company_id) else list_invitations(company_id, form)
