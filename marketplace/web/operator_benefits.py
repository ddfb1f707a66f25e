"""The desk of benefit plans: what each promises, the next version of it, and what waits for a second person."""

from typing import Any

import marshmallow as ma
from flask import render_template
from flask.typing import ResponseReturnValue

from marketplace.accounts import queries as accounts
from marketplace.accounts.auth import actor
from marketplace.accounts.rules import OperatorRole, require_operator
from marketplace.contracts import plans, statement
from marketplace.contracts.benefit_schemas import BenefitPromiseSchema, NewBenefitPlanSchema
from marketplace.contracts.plan_rules import Promise
from marketplace.contracts.rules import BenefitKind, Unit
from marketplace.core import clock
from marketplace.web import pictures, words
from marketplace.web.forms import Form
from marketplace.web.operator import blueprint, saved

NOTHING_MORE = ma.Schema


@blueprint.get("/benefits")
def list_benefits(form: Form | None = None) -> ResponseReturnValue:
    """Every plan with what it adds up to over everybody, and a form for a new one."""
    by = actor()
    require_operator(by, OperatorRole.STANDARDS, OperatorRole.FINANCE)
    shown = form or Form(NewBenefitPlanSchema, {"valid_from": clock.now().date().isoformat(), "funder": "company"})
    page = render_template(
        "operator/benefits.html",
        form=shown,
        plans=plans.plans().values(),
        totals=statement.totals(by),
        waiting=plans.waiting_codes(),
        kinds=[(kind.value, words.name_of("benefit_kind", kind)) for kind in BenefitKind],
        units=[(unit.value, unit.value) for unit in Unit],
        amount_words=pictures.amount_words,
    )
    return page, shown.status


@blueprint.post("/benefits")
def create_benefit() -> ResponseReturnValue:
    form = Form(NewBenefitPlanSchema)

    def create(data: dict[str, Any]) -> object:
        named = {name: data[name] for name in ("code", "kind", "unit")}
        return plans.create(**named, promise=plans.promise_of(data), by=actor())

    return saved("list_benefits") if form.done(create) else list_benefits(form)


@blueprint.get("/benefits/<code>")
def show_benefit(code: str, **forms: Form) -> ResponseReturnValue:
    """Every version of a plan, and a form that begins with what it promises now."""
    require_operator(actor(), OperatorRole.STANDARDS, OperatorRole.FINANCE)
    versions = plans.versions(code)
    newest = plans.promise_in(versions[0])
    shown = {"form": Form(BenefitPromiseSchema, _values(newest)), "seconding": Form(NOTHING_MORE)} | forms
    page = render_template(
        "operator/benefit.html",
        code=code,
        versions=versions,
        names=accounts.person_name([i for each in versions for i in (each.entered_by, each.seconded_by) if i]),
        me=actor().person_id,
        **shown,
    )
    return page, max(form.status for form in shown.values())


@blueprint.post("/benefits/<code>")
def revise_benefit(code: str) -> ResponseReturnValue:
    form = Form(BenefitPromiseSchema)
    done = form.done(lambda data: plans.revise(code, plans.promise_of(data), by=actor()))
    return saved("show_benefit", code=code) if done else show_benefit(code, form=form)


@blueprint.post("/benefits/<code>/<int:number>/second")
def second_benefit(code: str, number: int) -> ResponseReturnValue:
    form = Form(NOTHING_MORE)
    done = form.done(lambda _: plans.second(code, number, by=actor()))
    return saved("show_benefit", code=code) if done else show_benefit(code, seconding=form)


def _values(promise: Promise) -> dict[str, Any]:
    """What stands in the form's fields."""
    named = {name: getattr(promise, name) for name in BenefitPromiseSchema().fields}
    return {name: _typed(value) for name, value in named.items()}


def _typed(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else ""
    return "" if value is None else str(value)
