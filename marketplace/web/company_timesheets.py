"""Timesheets that a company approves, line by line."""

from typing import Any
from uuid import UUID

import marshmallow as ma
from flask import render_template, request
from flask.typing import ResponseReturnValue

from marketplace.accounts import queries as accounts
from marketplace.accounts.auth import actor
from marketplace.core.db import db
from marketplace.core.events import timeline
from marketplace.core.http import page
from marketplace.core.money import Money, total
from marketplace.core.problems import NotFound
from marketplace.gigs import queries as gigs
from marketplace.pay import works
from marketplace.pay.lines import owed
from marketplace.shifts import queries, timesheets
from marketplace.shifts.hours import SILENCE_APPROVES
from marketplace.shifts.models import Timesheet
from marketplace.shifts.rules import TimesheetStatus
from marketplace.web import waiting
from marketplace.web.company import SHOWN, after, blueprint, saved
from marketplace.web.forms import Form
from marketplace.web.pictures import minutes_bar

DECISIONS = {"approve": timesheets.approve}


@blueprint.get("/timesheets")
def list_timesheets(company_id: UUID) -> str:
    """What waits for the company's answer, the oldest first, and what was answered."""
    by = actor()
    waits = list(db.session.scalars(waiting.to_approve(company_id, by).order_by(Timesheet.submitted_at)))
    others = queries.timesheets(company_id, seen_by=by).where(Timesheet.status != TimesheetStatus.SUBMITTED)
    found = page(others, Timesheet.id, limit=SHOWN, after=after())
    names = accounts.person_name([each.contractor_id for each in [*waits, *found["items"]]])
    return render_template("company/timesheets.html", waits=waits, found=found, names=names, silence=SILENCE_APPROVES)


@blueprint.get("/timesheets/<uuid:timesheet_id>")
def show_timesheet(company_id: UUID, timesheet_id: UUID, form: Form | None = None) -> ResponseReturnValue:
    sheet = own_timesheet(timesheet_id)
    shown = form or Form(ma.Schema)
    return render_template("company/timesheet.html", form=shown, **_parts(sheet)), shown.status


@blueprint.post("/timesheets/<uuid:timesheet_id>/<decision>")
def decide_timesheet(company_id: UUID, timesheet_id: UUID, decision: str) -> ResponseReturnValue:
    if decision not in DECISIONS:
        raise NotFound
    own_timesheet(timesheet_id)
    form = Form(ma.Schema)
    done = form.done(lambda _: DECISIONS[decision](timesheet_id, by=actor()))
    return saved("list_timesheets") if done else show_timesheet(company_id, timesheet_id, form)


def own_timesheet(timesheet_id: UUID) -> Timesheet:
    """A timesheet of the company that the address names. Raises NotFound."""
    sheet = queries.timesheet(timesheet_id, seen_by=actor())
    if sheet.company_id != (request.view_args or {})["company_id"]:
        raise NotFound
    return sheet


def _parts(sheet: Timesheet) -> dict[str, Any]:
    """What the page shows of a timesheet; each line with what it costs by the rate rules, all included."""
    gig = gigs.company_gig(sheet.gig_id, actor())
    costs = {work.booking_id: owed(work) for work in works.of_timesheets([sheet.id])}
    return {
        "sheet": sheet,
        "gig": gig,
        "name": accounts.person_name([sheet.contractor_id])[sheet.contractor_id],
        "bars": {line.id: minutes_bar(line) for line in sheet.lines},
        "costs": costs,
        "cost": total(costs.values(), gig.currency) if costs else Money.zero(gig.currency),
        "silence": SILENCE_APPROVES,
        "events": timeline("timesheet", sheet.id, limit=SHOWN),
    }
