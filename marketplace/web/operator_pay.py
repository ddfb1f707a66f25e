"""Pay runs, payments that a person has to look at, the books' proof, and the sandbox's levers."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import marshmallow as ma
from flask import current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select

from marketplace.accounts import queries as accounts
from marketplace.accounts.auth import actor
from marketplace.accounts.models import Company
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import timeline
from marketplace.core.http import page
from marketplace.core.problems import Conflict, Invalid, NotFound
from marketplace.pay import previews, progress, proof, queries, service
from marketplace.pay.groups import service as pay_groups
from marketplace.pay.groups.models import PayGroup
from marketplace.pay.invoices import invoicing
from marketplace.pay.models import PaymentOp, PayRun, Payslip, SandboxLever
from marketplace.pay.previews import Compared
from marketplace.pay.progress import Progress
from marketplace.pay.rails import landing, unreached
from marketplace.pay.rules import SANDBOX, RunStatus
from marketplace.pay.run_schemas import PayRunArgs
from marketplace.pay.runs import due
from marketplace.pay.runs.counts import Count, PaidFor
from marketplace.pay.schemas import LeverArgs
from marketplace.web.choices import EFFECTS, PAYMENTS, STEPS, choices
from marketplace.web.forms import Form
from marketplace.web.landing_pictures import together_bar
from marketplace.web.operator import SHOWN, after, blueprint, saved
from marketplace.web.run_pictures import counts_words, pay_bar, signed_money, then_and_now
from marketplace.web.words import countries

AGAIN = {"retry": service.retry_payout, "unpark": service.unpark}
"""What can be done with a payment that is stuck."""
GROUPS = {"true": (True,), "false": (False,)}
"""Which payslips of a run one of its further pages has; the first has both."""
AT_ONCE = 2_000
"""The most timesheets whose pay is reckoned before anybody asks what a run would pay: more take a while."""


@blueprint.route("/pay", methods=["GET", "POST"])
def show_pay() -> ResponseReturnValue:
    """What a run started now would pay, the runs so far, and payments that are stuck. `?through=` previews a day, also
    where that takes a while."""
    by = actor()
    asked = {name: request.args[name] for name in ("company_id", "group_id", "through") if name in request.args}
    form = Form(PayRunArgs, {"through": clock.now().date().isoformat()} | asked)
    run = form.run(lambda data: service.start_run(**data, by=by)) if request.method == "POST" else None
    return (_pay_page(form), form.status) if run is None else saved("show_run", run_id=run.id)


def _pay_page(form: Form) -> str:
    by = actor()
    found = page(queries.runs(by), PayRun.id, limit=SHOWN, after=after())
    stuck = list(db.session.scalars(queries.stuck_payments(by).order_by(PaymentOp.id.desc()).limit(SHOWN)))
    due = 0 if "through" in request.values else previews.timesheets_due(through=clock.now().date(), seen_by=by)
    compared = _compared(form) if due <= AT_ONCE else None
    seen = [] if compared is None else compared.currencies
    companies = db.session.scalars(accounts.companies(by).order_by(Company.legal_name))
    grouped = db.session.scalars(pay_groups.groups(by).order_by(PayGroup.name))
    return render_template(
        "operator/pay.html",
        form=form,
        found=found,
        payers=accounts.company_name([run.company_id for run in found["items"] if run.company_id is not None]),
        landed=[(each, together_bar(each)) for each in landing.together(by)],
        stuck=stuck,
        alone=list(db.session.scalars(queries.waiting_runs(by).order_by(PayRun.id).limit(SHOWN))),
        owners=_owners(stuck),
        unreckoned=due if compared is None else 0,
        is_refused=compared is None and due <= AT_ONCE,
        previews=[(each, pay_bar(each), counts_words(each.other_pay)) for each in seen],
        last=compared.compared_with if compared and seen else None,
        compared=[then_and_now(each) for each in compared.comparison] if compared and seen else [],
        signed=signed_money,
        uninvoiced=invoicing.waiting(by),
        unreached=unreached.earned(seen_by=by),
        countries=dict(countries()),
        groups=[("", gettext("everybody")), *((str(each.id), each.name) for each in grouped)],
        group_names=_group_names(found["items"]),
        companies=[("", gettext("every company")), *((str(each.id), each.legal_name) for each in companies)],
    )


@blueprint.get("/pay/<uuid:run_id>")
def show_run(run_id: UUID) -> str:
    """How far a run has come, and everybody's payslip: those whose payout is stuck first, then the others."""
    by = actor()
    run, so_far, order = queries.run(run_id, by), progress.of(run_id, by), list(RunStatus)
    only = GROUPS.get(request.args.get("has_problem", ""), (True, False))
    groups = [
        (each, page(queries.payslips_of_run(run_id, by, has_problem=each), Payslip.id, limit=SHOWN, after=after()))
        for each in only
    ]
    slips = [slip for _, found in groups for slip in found["items"]]
    parted = db.session.scalars(select(PayRun).where(PayRun.parted_from_id == run_id).order_by(PayRun.id)).all()
    return render_template(
        "operator/run.html",
        run=run,
        parted=[each for each in parted if each.things is None],
        aside=[each for each in parted if each.things is not None],
        waiting=_waiting(run),
        steps=[(STEPS[step.value], order.index(step) <= order.index(run.status)) for step in order],
        groups=groups,
        bars={slip.id: pay_bar(slip) for slip in slips},
        progress=_progress(so_far),
        pays=counts_words([Count(PaidFor.TIMESHEET, so_far.timesheets_in_all), *so_far.other_pay]),
        payouts=queries.newest_payouts(slips),
        names=accounts.person_name([slip.contractor_id for slip in slips]),
        companies=accounts.company_name([run.company_id] if run.company_id else []),
        group_names=_group_names([run]),
        countries=dict(countries()),
        events=timeline("pay_run", run_id, limit=SHOWN),
    )


@blueprint.post("/pay/<uuid:run_id>/try")
def try_run(run_id: UUID) -> ResponseReturnValue:
    """Has what waits alone tried again at once."""
    service.try_run(run_id, by=actor())
    return saved("show_run", run_id=run_id)


@blueprint.post("/payments/<uuid:op_id>/<press>")
def press_payment(op_id: UUID, press: str) -> ResponseReturnValue:
    if press not in AGAIN:
        raise NotFound
    AGAIN[press](op_id, by=actor())
    return saved("show_pay")


@blueprint.get("/proof")
def show_proof() -> str:
    """Every sentence that must be true of the books, and how many things it was tried on just now."""
    checks = proof.prove_to(seen_by=actor())
    return render_template("operator/proof.html", checks=checks, wrong=sum(not check.holds for check in checks))


@blueprint.route("/sandbox", methods=["GET", "POST"])
def pull_lever() -> ResponseReturnValue:
    """Makes the sandbox misbehave as a real rail does on its bad days."""
    if current_app.config["RAIL"] != SANDBOX:
        raise NotFound
    form = Form(LeverArgs, {"times": "1"})
    if form.done(lambda data: service.pull_lever(**data, by=actor())):
        return saved("pull_lever")
    pulled = list(db.session.scalars(queries.levers(actor()).order_by(SandboxLever.id)))
    names = {"effects": choices(EFFECTS), "kinds": choices(PAYMENTS)}
    return render_template("operator/sandbox.html", form=form, pulled=pulled, **names), form.status


# --- the parts of the pages -----------------------------------------------------------------------------------------


def _group_names(listed: Sequence[PayRun]) -> dict[UUID, str]:
    """The names of the groups that these runs pay, ended ones too."""
    ids = {run.group_id for run in listed if run.group_id is not None}
    return {
        row.id: row.name for row in db.session.execute(select(PayGroup.id, PayGroup.name).where(PayGroup.id.in_(ids)))
    }


def _compared(form: Form) -> Compared | None:
    """What the run in the form would pay, beside the last one; None where the form is not right, or refused."""
    try:
        given: dict[str, Any] = PayRunArgs().load({name: each for name, each in form.values.items() if each})
    except ma.ValidationError:
        return None
    try:
        return previews.compare(**given, seen_by=actor())
    except (Conflict, Invalid) as refused:
        form.problem, form.status = refused, refused.status
        return None


def _waiting(run: PayRun) -> list[tuple[str, str]]:
    """Whose pay could not be reckoned and waits in this run, and what of it."""
    if run.things is None or run.status is not RunStatus.STARTED:
        return []
    found: dict[UUID, Counter[PaidFor]] = defaultdict(Counter)
    for each in due.things(run.scope, len(run.things)):
        found[each.contractor_id][each.kind] += 1
    names = accounts.person_name(list(found))
    return sorted(
        (names[who], counts_words([Count(kind, count) for kind, count in kinds.items()]))
        for who, kinds in found.items()
    )


def _progress(found: Progress) -> list[tuple[str, int, int]]:
    """What is done of what there is to do, step by step."""
    return [
        (gettext("timesheets reckoned"), found.timesheets, found.timesheets_in_all),
        (gettext("payslips booked"), found.posted, found.payslips),
        (gettext("payouts sent"), found.sent, found.payouts),
        (gettext("payouts done"), found.done, found.payouts),
    ]


def _owners(ops: Sequence[PaymentOp]) -> dict[UUID, str]:
    """The names of the companies that pay in and the people who are paid out."""
    people = accounts.person_name([op.contractor_id for op in ops if op.contractor_id is not None])
    return people | accounts.company_name([op.company_id for op in ops if op.company_id is not None])
