"""Who leads a shift: a company names somebody, at the price that it saw first."""

from uuid import UUID

import marshmallow as ma
from flask import render_template, request
from flask.typing import ResponseReturnValue

from marketplace.accounts import queries as accounts
from marketplace.accounts.auth import actor
from marketplace.shifts import leading
from marketplace.shifts import queries as shifts
from marketplace.shifts.leading import MOST, LeadPrice
from marketplace.shifts.leading_routes import LeadPlanSchema, NewLeadSchema
from marketplace.web.company import blueprint, saved
from marketplace.web.company_shifts import own_shift
from marketplace.web.forms import LOOK, Form


class LookSchema(LeadPlanSchema):
    """What a look needs; whom it would be is kept in the form."""

    contractor_id = ma.fields.UUID(load_default=None, allow_none=True)
    agreed__amount = ma.fields.String(load_default=None)

    class Meta:
        unknown = ma.EXCLUDE


@blueprint.route("/shifts/<uuid:shift_id>/lead", methods=["GET", "POST"])
def name_lead(company_id: UUID, shift_id: UUID) -> ResponseReturnValue:
    """The price first, then the name."""
    shift = own_shift(shift_id)
    looks = LOOK in request.form
    form = Form(LookSchema if looks else NewLeadSchema, {"minutes_before": "15", "minutes_after": "15"})
    found: LeadPrice | None = None
    if looks:
        found = form.run(
            lambda data: leading.price(shift_id, data["minutes_before"], data["minutes_after"], by=actor())
        )
    elif form.done(lambda data: leading.name(shift_id, **data, by=actor())):
        return saved("show_shift", shift_id=shift_id)
    pool = [each.id for each in shifts.pool(shift.company_id, shift.starts_at)]
    led = leading.of_shift(shift_id, seen_by=actor())
    names = accounts.person_name([*pool, *(row.contractor_id for row, _ in led)])
    people = sorted((names[known], str(known)) for known in pool)
    return render_template(
        "company/lead.html",
        shift=shift,
        form=form,
        price=found,
        led=led,
        names=names,
        people=[("", ""), *((known, name) for name, known in people)],
        most=MOST,
    ), form.status
