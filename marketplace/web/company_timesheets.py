"""Timesheets that a company approves, line by line."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import marshmallow as ma
from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from marketplace.accounts import queries as accounts
from marketplace.accounts.auth import actor
from marketplace.core.events import timeline
from marketplace.core.http import page
from marketplace.core.money import total
from marketplace.core.problems import NotFound
from marketplace.gigs import queries as gigs
from marketplace.pay.rules import handling_fee
from marketplace.pay.runs import works
from marketplace.pay.runs.lines import owed
from marketplace.pay.runs.so_far import if_known
from marketplace.shifts import corrections, cuts, piece_counts, queries, taps, timesheets
from marketplace.shifts.cuts import NewCut
from marketplace.shifts.hours import SILENCE_APPROVES
from marketplace.shifts.timesheet_models import Timesheet, TimesheetLine
from marketplace.shifts.timesheet_rules import CutCategory, TimesheetStatus
from marketplace.shifts.timesheet_schemas import NewCutSchema
from marketplace.web import answers, waiting
from marketplace.web.company import SHOWN, after, blueprint, saved
from marketplace.web.forms import Form
from marketplace.web.pictures import days_bars, minutes_bar
from marketplace.web.words import day, money_words, name_of

DECISIONS = {"approve": timesheets.approve}


@blueprint.get("/timesheets")
def list_timesheets(company_id: UUID) -> str:
    """What waits for the company's answer, the oldest first and as many as somebody can look at, and what was
    answered."""
    by = actor()
    waits, every = waiting.oldest_to_approve(company_id, by, SHOWN)
    others = queries.timesheets(company_id, seen_by=by).where(Timesheet.status != TimesheetStatus.SUBMITTED)
    found = page(others, Timesheet.id, limit=SHOWN, after=after())
    names = accounts.person_name([each.contractor_id for each in [*waits, *found["items"]]])
    shown = {"waits": waits, "more": every - len(waits), "found": found, "names": names}
    return render_template("company/timesheets.html", **shown, silence=SILENCE_APPROVES)


@blueprint.get("/timesheets/<uuid:timesheet_id>")
def show_timesheet(company_id: UUID, timesheet_id: UUID, form: Form | None = None) -> ResponseReturnValue:
    sheet = own_timesheet(timesheet_id)
    shown = form or Form(ma.Schema)
    return render_template("company/timesheet.html", form=shown, **_parts(sheet)), shown.status


@blueprint.post("/timesheets/<uuid:timesheet_id>/cut")
def cut_timesheet(company_id: UUID, timesheet_id: UUID) -> ResponseReturnValue:
    """Cuts the lines in whose part of the form something stands; see `_cutting()`."""
    sheet = own_timesheet(timesheet_id)
    form = Form(_cutting(sheet))
    if form.done(lambda data: cuts.cut(timesheet_id, _chosen(sheet, data), by=actor())):
        return saved("show_timesheet", said=answers.told(who=_parts(sheet)["name"]), timesheet_id=timesheet_id)
    return show_timesheet(company_id, timesheet_id, form)


@blueprint.post("/timesheets/<uuid:timesheet_id>/<decision>")
def decide_timesheet(company_id: UUID, timesheet_id: UUID, decision: str) -> ResponseReturnValue:
    if decision not in DECISIONS:
        raise NotFound
    parts = _parts(own_timesheet(timesheet_id))
    form = Form(ma.Schema)
    if not form.done(lambda _: DECISIONS[decision](timesheet_id, by=actor())):
        return show_timesheet(company_id, timesheet_id, form)
    money = gettext("an amount that is not known yet") if parts["cost"] is None else money_words(parts["cost"])
    of = {"who": parts["name"], "day": day(parts["sheet"].week), "money": money}
    return saved("list_timesheets", said=answers.told(**of))


def own_timesheet(timesheet_id: UUID) -> Timesheet:
    """A timesheet of the company that the address names. Raises NotFound."""
    sheet = queries.timesheet(timesheet_id, seen_by=actor())
    if sheet.company_id != (request.view_args or {})["company_id"]:
        raise NotFound
    return sheet


class CutForm(NewCutSchema):
    """One line's part of the form; which line it is, is said by its name."""

    class Meta:
        exclude = ("line_id",)


def _lines(sheet: Timesheet) -> dict[str, TimesheetLine]:
    """The lines that can be cut, by the names that they have in the form."""
    timed = (line for line in sheet.lines if cuts.most_of(line) or line.pieces)
    return {f"line_{number}": line for number, line in enumerate(timed)}


def _cutting(sheet: Timesheet) -> type[ma.Schema]:
    """The form with a part for each line that can be cut. A part in which nothing stands is left out."""
    parts: dict[str, Any] = {name: ma.fields.Nested(CutForm) for name in _lines(sheet)}
    return ma.Schema.from_dict(parts, name="CutsForm")


def _chosen(sheet: Timesheet, data: Mapping[str, Any]) -> list[NewCut]:
    return [NewCut(line_id=line.id, **data[name]) for name, line in _lines(sheet).items() if name in data]


def _parts(sheet: Timesheet) -> dict[str, Any]:
    """What the page shows of a timesheet; each line with what it costs by the rate rules, all included,
    None where that cannot be reckoned."""
    gig = gigs.company_gig(sheet.gig_id, actor())
    costs = {work.booking_id: if_known(owed, work) for work in works.of_timesheets([sheet.id])}
    known = [cost for cost in costs.values() if cost is not None]
    return {
        "sheet": sheet,
        "gig": gig,
        "name": accounts.person_name([sheet.contractor_id])[sheet.contractor_id],
        "most": {line.id: cuts.most_of(line) for line in sheet.lines},
        "most_pieces": {line.id: piece_counts.most(line.booking) for line in sheet.lines},
        "days": days_bars(sheet.days),
        "bars": {line.id: minutes_bar(line) for line in sheet.lines},
        "costs": costs,
        "corrected": {each.booking_id for each in corrections.of_bookings([line.booking_id for line in sheet.lines])},
        "taps": taps.of_bookings([line.booking_id for line in sheet.lines]),
        "cost": total(known, gig.currency) if len(known) == len(costs) else None,
        "silence": SILENCE_APPROVES,
        "fees": {line.booking_id: handling_fee(line.booking.rate) for line in sheet.lines},
        "categories": [("", gettext("nothing is cut")), *((each, name_of("cut", each)) for each in CutCategory)],
        "events": timeline("timesheet", sheet.id, limit=SHOWN),
    }
