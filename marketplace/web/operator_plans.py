"""Plans of the coming days: what is planned, how far each day and country is filled, and what kept seats open."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from marketplace.accounts import queries as accounts
from marketplace.accounts.auth import actor
from marketplace.accounts.models import Company
from marketplace.core.db import db
from marketplace.core.events import timeline
from marketplace.core.http import page
from marketplace.matching import planning, queries
from marketplace.matching.models import Plan
from marketplace.matching.rules import HORIZON
from marketplace.matching.schemas import NewPlanSchema
from marketplace.web.forms import Form
from marketplace.web.operator import SHOWN, after, blueprint, saved
from marketplace.web.pictures import Part, Segment, stacked
from marketplace.web.plan_words import because
from marketplace.web.words import duration


@blueprint.route("/plans", methods=["GET", "POST"])
def list_plans() -> ResponseReturnValue:
    """Plans, newest first, and a button that has the coming days planned now."""
    by = actor()
    form = Form(NewPlanSchema, {"days": str(HORIZON.days)})
    if request.method == "POST":
        made = form.run(lambda data: planning.order(data["days"], company_id=data["company_id"], by=by))
        if made is not None:
            return saved("show_plan", plan_id=made.id)
    found = page(queries.plans(seen_by=by), Plan.id, limit=SHOWN, after=after())
    companies = db.session.scalars(accounts.companies(by).order_by(Company.legal_name)).all()
    return render_template(
        "operator/plans.html",
        form=form,
        found=found,
        bars={plan.id: _filled(plan.planned, plan.seats) for plan in found["items"]},
        names={company.id: company.legal_name for company in companies},
        companies=[("", gettext("every company")), *((str(each.id), each.legal_name) for each in companies)],
    ), form.status


@blueprint.get("/plans/<uuid:plan_id>")
def show_plan(plan_id: UUID) -> str:
    """One plan in numbers and pictures."""
    plan = queries.plan(plan_id, seen_by=actor())
    days, places = plan.report.get("days", ()), plan.report.get("places", ())
    fullest = max((day["seats"] for day in days), default=0)
    company = {} if plan.company_id is None else accounts.company_name([plan.company_id])
    return render_template(
        "operator/plan.html",
        plan=plan,
        company=company.get(plan.company_id) if plan.company_id else None,
        whole=_filled(plan.planned, plan.seats),
        ways=_ways(plan),
        days=[(day, _filled(day["planned"], day["seats"], fullest)) for day in days],
        places=[
            (place, [], "") if place["minutes"] is None else (place, _asked(place), duration(place["minutes"]))
            for place in places
        ],
        refused=[(rule, because(rule), seats) for rule, seats in plan.report.get("refused", {}).items()],
        events=timeline("plan", plan.id, limit=SHOWN),
    )


def _ways(plan: Plan) -> Sequence[tuple[str, Mapping[str, Any], Sequence[Segment]]]:
    """What both ways to give the seats come to, that of the solver first; plans of earlier days do not tell it."""
    names = (("solver", gettext("all together")), ("instant", gettext("one by one")))
    told = plan.report.get("ways", {})
    return [(name, told[way], _filled(told[way]["filled"], plan.seats)) for way, name in names if told.get(way)]


def _filled(planned: int, seats: int, whole: int | None = None) -> Sequence[Segment]:
    """Seats that are planned and seats that stay open, out of `whole`."""
    return stacked(
        [
            Part(gettext("planned"), str(planned), planned, "a"),
            Part(gettext("open"), str(seats - planned), seats - planned, "d"),
        ],
        whole,
    )


def _asked(place: Mapping[str, Any]) -> Sequence[Segment]:
    return stacked(
        [
            Part(gettext("with a seat"), str(place["asked"]), place["asked"], "a"),
            Part(gettext("without"), str(place["people"] - place["asked"]), place["people"] - place["asked"], "ground"),
        ]
    )
