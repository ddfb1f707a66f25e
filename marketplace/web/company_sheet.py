"""Many shifts from a file, on a company's page: read it, look at it as a calendar, plan it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from marketplace.accounts.auth import actor
from marketplace.core.db import db
from marketplace.gigs import queries as gigs
from marketplace.gigs.models import Gig
from marketplace.gigs.rules import GigStatus
from marketplace.shifts import bulk
from marketplace.shifts.bulk import Look
from marketplace.shifts.schemas import ShiftSheetSchema
from marketplace.shifts.sheet import MOST_BYTES, Fault, SheetNotGood, write
from marketplace.web import coverage
from marketplace.web.company import blueprint
from marketplace.web.company_shifts import crews_of, own_gig_id, usual_zone, zones_of
from marketplace.web.coverage import Cell, Load
from marketplace.web.forms import LOOK, Form


@dataclass(frozen=True, slots=True)
class Reading:
    """A file that was looked at: what it would plan, as text and as a picture, or what is wrong with which line."""

    look: Look | None
    text: str
    weeks: Sequence[Sequence[Cell]]
    faults: Sequence[tuple[int, str]]


@blueprint.route("/shifts/file", methods=["GET", "POST"])
def plan_file(company_id: UUID) -> ResponseReturnValue:
    """The form for a file. Its first button shows what was read, the second plans it."""
    by = actor()
    form = Form(ShiftSheetSchema, {"timezone": usual_zone(company_id, by), "seats": "1", "standby": "0"})
    reading: Reading | None = None
    if request.method == "POST":
        given = request.form.copy()
        if (file := request.files.get("file")) and (content := file.read(MOST_BYTES + 1)):
            given["content"] = content.decode("utf-8", "replace")
        verb = bulk.look if LOOK in request.form else bulk.plan
        made = form.run(lambda data: verb(own_gig_id(data.pop("gig_id"), by), **data, by=by), given)
        if isinstance(made, Look):
            reading = _reading(made)
        elif made is not None:
            flash(ngettext("%(num)d shift was planned.", "%(num)d shifts were planned.", len(made)))
            return redirect(url_for("company.show_calendar", company_id=company_id, month=f"{made[0].starts_at:%Y-%m}"))
        elif isinstance(form.problem, SheetNotGood):
            reading = Reading(None, "", (), _said(form.problem.faults))
    open_gigs = list(db.session.scalars(gigs.company_gigs(company_id, by, GigStatus.OPEN).order_by(Gig.id.desc())))
    page = render_template(
        "company/shifts_file.html",
        form=form,
        reading=reading,
        gigs=open_gigs,
        zones=zones_of(open_gigs),
        crews=list(db.session.scalars(crews_of(company_id, by))),
    )
    return page, SheetNotGood.status if reading and reading.faults else form.status


def _reading(look: Look) -> Reading:
    loads: dict[date, Load] = {}
    for row in look.rows:
        day = row.starts_at.astimezone(ZoneInfo(row.timezone)).date()
        known = loads.get(day, coverage.NOTHING)
        loads[day] = Load(known.shifts + 1, known.seats + row.seats, 0, known.standby + row.standby)
    shown = coverage.weeks(loads, min(loads), max(loads)) if loads else []
    return Reading(look, "" if look.faults else write(look.rows), shown, _said(look.faults))


def _said(faults: Sequence[Fault]) -> list[tuple[int, str]]:
    return [(fault.line, gettext(fault.sentence, **fault.named)) for fault in faults]
