"""Disputes on the pages of all three: the contractor claims, the company answers, an operator rules."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from marketplace.accounts import queries as accounts
from marketplace.accounts.auth import actor
from marketplace.accounts.rules import OperatorRole, Right, require_operator
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.http import page
from marketplace.core.problems import NotFound
from marketplace.disputes import queries, service
from marketplace.disputes.models import Dispute
from marketplace.disputes.rules import DisputeStatus, StatementKind
from marketplace.disputes.schemas import RulingSchema, WordsSchema
from marketplace.gigs.models import Gig
from marketplace.pay.runs.settlements import fee_of
from marketplace.shifts import queries as shifts
from marketplace.shifts.models import Booking, Shift
from marketplace.shifts.timesheet_rules import CutEnd
from marketplace.web import company, operator, work
from marketplace.web.forms import Form

MOST_SHOWN = 200
"""Disputes that wait for a ruling, on one page: those with the nearest deadline."""


@dataclass(frozen=True, slots=True)
class Said:
    """One entry of a dispute's timeline: when, what it was, in whose words."""

    at: datetime
    title: str
    words: str | None = None


# --- the contractor -------------------------------------------------------------------------------------------------


@work.blueprint.post("/timesheets/<uuid:timesheet_id>/cuts/<uuid:cut_id>/dispute")
def claim(timesheet_id: UUID, cut_id: UUID) -> ResponseReturnValue:
    by = actor()
    sheet = work.own(shifts.timesheet(timesheet_id, seen_by=by), by)
    if cut_id not in {line.cut.id for line in sheet.lines if line.cut is not None}:
        raise NotFound
    form = Form(WordsSchema)
    if not form.done(lambda data: service.claim(cut_id, data["words"], by=by)):
        return work.show_timesheet(timesheet_id, claiming=(cut_id, form))
    flash(gettext("Your claim is made. The money stays held until somebody has ruled."))
    return redirect(url_for("work.show_dispute", dispute_id=cut_id))


@work.blueprint.get("/disputes/<uuid:dispute_id>", endpoint="show_dispute")
def show_mine(dispute_id: UUID, form: Form | None = None) -> ResponseReturnValue:
    by = actor()
    found = queries.dispute(dispute_id, seen_by=by)
    if found.contractor_id != by.person_id:
        raise NotFound
    shown = form or Form(WordsSchema)
    return render_template("work/dispute.html", form=shown, **_parts(found)), shown.status


@work.blueprint.post("/disputes/<uuid:dispute_id>/reply")
def reply(dispute_id: UUID) -> ResponseReturnValue:
    form = Form(WordsSchema)
    if not form.done(lambda data: service.answer(dispute_id, data["words"], by=actor())):
        return show_mine(dispute_id, form)
    return redirect(url_for("work.show_dispute", dispute_id=dispute_id))


@work.blueprint.post("/disputes/<uuid:dispute_id>/withdraw")
def withdraw(dispute_id: UUID) -> ResponseReturnValue:
    form = Form(work.NOTHING_MORE)
    if not form.done(lambda _: service.withdraw(dispute_id, by=actor())):
        return show_mine(dispute_id, form)
    flash(gettext("Your claim is withdrawn; the cut stands."))
    return redirect(url_for("work.show_dispute", dispute_id=dispute_id))


# --- the company ----------------------------------------------------------------------------------------------------


@company.blueprint.get("/disputes")
def list_disputes(company_id: UUID) -> str:
    """The company's disputes, the newest cut first."""
    found = page(queries.disputes(company_id, seen_by=actor()), Dispute.id, limit=company.SHOWN, after=company.after())
    return render_template("company/disputes.html", found=found, **_listed(found["items"]))


@company.blueprint.get("/disputes/<uuid:dispute_id>", endpoint="show_dispute")
def show_ours(company_id: UUID, dispute_id: UUID, form: Form | None = None) -> ResponseReturnValue:
    found = queries.dispute(dispute_id, seen_by=actor())
    if found.company_id != company_id:
        raise NotFound
    shown = form or Form(WordsSchema)
    return render_template("company/dispute.html", form=shown, **_parts(found)), shown.status


@company.blueprint.post("/disputes/<uuid:dispute_id>")
def answer(company_id: UUID, dispute_id: UUID) -> ResponseReturnValue:
    if queries.dispute(dispute_id, seen_by=actor()).company_id != company_id:
        raise NotFound
    form = Form(WordsSchema)
    done = form.done(lambda data: service.answer(dispute_id, data["words"], by=actor()))
    return company.saved("show_dispute", dispute_id=dispute_id) if done else show_ours(company_id, dispute_id, form)


# --- the operator ---------------------------------------------------------------------------------------------------


@operator.blueprint.get("/disputes", endpoint="list_disputes")
def list_to_rule() -> str:
    """Disputes of one status; those that wait for a ruling by their deadline."""
    by = actor()
    require_operator(by, OperatorRole.DISPUTES)
    status = operator.chosen(DisputeStatus.CLAIMED)
    if status is DisputeStatus.CLAIMED:
        waiting = queries.disputes(status=status, seen_by=by).order_by(Dispute.rule_by).limit(MOST_SHOWN)
        found: dict[str, Any] = {"items": list(db.session.scalars(waiting)), "next": None}
    else:
        found = page(
            queries.disputes(status=status, seen_by=by), Dispute.id, limit=operator.SHOWN, after=operator.after()
        )
    return render_template(
        "operator/disputes.html", found=found, status=status, statuses=list(DisputeStatus), **_listed(found["items"])
    )


@operator.blueprint.get("/disputes/<uuid:dispute_id>", endpoint="show_dispute")
def show_to_rule(dispute_id: UUID, form: Form | None = None) -> ResponseReturnValue:
    by = actor()
    require_operator(by, OperatorRole.DISPUTES)
    found = queries.dispute(dispute_id, seen_by=by)
    shown = form or Form(RulingSchema)
    takes_side = by.belongs_to(found.company_id) or by.person_id == found.contractor_id
    return render_template(
        "operator/dispute.html", form=shown, takes_side=takes_side, **_parts(found)
    ), shown.status  # fmt: skip


@operator.blueprint.post("/disputes/<uuid:dispute_id>")
def rule(dispute_id: UUID) -> ResponseReturnValue:
    form = Form(RulingSchema)
    done = form.done(lambda data: service.rule(dispute_id, **data, by=actor()))
    return operator.saved("show_dispute", dispute_id=dispute_id) if done else show_to_rule(dispute_id, form)


# --- shared ---------------------------------------------------------------------------------------------------------


def _parts(found: Dispute) -> dict[str, Any]:
    """What the page of a dispute shows, whoever looks."""
    booking = db.session.get_one(Booking, found.booking_id)
    return {
        "dispute": found,
        "cut": found.cut,
        "booking": booking,
        "zone": db.session.get_one(Shift, booking.shift_id).timezone,
        "gig": db.session.get_one(Gig, found.gig_id),
        "fee": fee_of(found.cut),
        "told": _told(found),
        "is_late": clock.now() >= found.rule_by,
        "may_answer": actor().may(Right.TIMESHEETS, found.company_id),
        **_listed([found]),
    }


def _listed(found: Sequence[Dispute]) -> dict[str, Any]:
    return {
        "names": accounts.person_name([each.contractor_id for each in found]),
        "companies": accounts.company_name([each.company_id for each in found]),
    }


def _told(found: Dispute) -> list[Said]:
    """What happened and what was said, the oldest first."""
    titles = {
        StatementKind.CLAIM: gettext("The contractor disagreed"),
        StatementKind.ANSWER: gettext("The company answered"),
        StatementKind.REPLY: gettext("The contractor replied"),
        StatementKind.REASON: gettext("An operator ruled"),
    }
    told = [Said(found.cut.cut_at, gettext("The company cut the time"), found.cut.missing)]
    told += [Said(each.said_at, titles[each.kind], each.words) for each in found.statements]
    ends = {
        CutEnd.WITHDRAWN: gettext("The contractor took the claim back. The cut stands."),
        CutEnd.NOT_RULED: gettext("Nobody ruled in time, so everything was restored."),
    }
    if found.ended_at is not None and found.cut.ended_because in ends:
        told.append(Said(found.ended_at, ends[found.cut.ended_because]))
    return told
