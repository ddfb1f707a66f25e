"""The desk of payments by hand: files, what became of their lines, names on accounts, and currencies that wait."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from flask import Response, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from marketplace.accounts import queries as accounts
from marketplace.accounts.auth import actor
from marketplace.accounts.rules import OperatorRole, require_operator
from marketplace.core import idempotency
from marketplace.core.db import db
from marketplace.core.events import timeline
from marketplace.core.http import page
from marketplace.core.problems import NotFound
from marketplace.pay.bank import asked
from marketplace.pay.by_hand import files as manual_files
from marketplace.pay.by_hand import findings
from marketplace.pay.by_hand.findings import Found
from marketplace.pay.by_hand.models import ManualFile, PaymentFinding
from marketplace.pay.by_hand.routes import content_of
from marketplace.pay.by_hand.rules import FindingOutcome
from marketplace.pay.by_hand.schemas import ConfirmArgs, FindingArgs, ManualFileArgs, PauseArgs
from marketplace.pay.methods import names as method_names
from marketplace.pay.methods.fields import PROVIDERS
from marketplace.pay.methods.schemas import AccountNameArgs
from marketplace.pay.models import PaymentOp
from marketplace.pay.rails import pausing, switching
from marketplace.web import words
from marketplace.web.choices import FOUND, choices
from marketplace.web.forms import Form
from marketplace.web.operator import SHOWN, after, blueprint, saved

FILE_STEPS = {"release": manual_files.release, "withdraw": manual_files.withdraw}


@blueprint.get("/by-hand")
def show_by_hand(
    making: Form | None = None, pause: Form | None = None, confirming: Form | None = None
) -> ResponseReturnValue:
    """What waits for a file, the files, what waits for a second person, and what is paused."""
    by = actor()
    shown = {
        "making": making or Form(ManualFileArgs),
        "pause": pause or Form(PauseArgs),
        "confirming": confirming or Form(ConfirmArgs),
    }
    waiting = list(db.session.scalars(findings.waiting(by).order_by(PaymentFinding.id)))
    ops = _payments({each.payment_op_id for each in waiting})
    answer = render_template(
        "operator/by_hand.html",
        heaps=manual_files.heaps(by),
        found=page(manual_files.files(by), ManualFile.id, limit=SHOWN, after=after()),
        waiting=waiting,
        booked=asked.like_booked(waiting),
        ops=ops,
        names=_names(ops.values(), [each.found_by for each in waiting]),
        names_waiting=len(method_names.waiting(by)),
        pauses=pausing.open_ones(by),
        rails=[(name, words.name_of("rail", name)) for name in switching.NAMES],
        currencies=words.currencies(),
        providers=PROVIDERS,
        me=by.person_id,
        **shown,
    )
    return answer, max(form.status for form in shown.values())


@blueprint.post("/by-hand")
def make_file() -> ResponseReturnValue:
    form = Form(ManualFileArgs)
    file = form.run(lambda data: manual_files.make(**data, by=actor()))
    return show_by_hand(making=form) if file is None else saved("show_file", file_id=file.id)


@blueprint.get("/by-hand/files/<uuid:file_id>")
def show_file(file_id: UUID, form: Form | None = None) -> ResponseReturnValue:
    """A file, its lines, and what became of each."""
    by = actor()
    file, lines = manual_files.file_of(file_id, by), manual_files.lines_of(file_id, by)
    shown = form or Form(FindingArgs, {"outcome": str(FindingOutcome.HAPPENED)})
    ids = {line.payment_op_id for line in lines}
    ops = _payments(ids)
    answer = render_template(
        "operator/manual_file.html",
        file=file,
        lines=lines,
        ops=ops,
        found=findings.of(ids),
        held=manual_files.held_in(file),
        pays_me=manual_files.pays(file, by.person_id),
        is_seen=manual_files.is_seen(file),
        names=_names(ops.values(), [each for each in (file.made_by, file.released_by) if each]),
        form=shown,
        outcomes=choices(FOUND),
        currencies=words.currencies(),
        providers=PROVIDERS,
        events=timeline("manual_file", file_id, limit=SHOWN),
        me=by.person_id,
    )
    return answer, shown.status


@blueprint.get("/by-hand/files/<uuid:file_id>/content")
def download_manual_file(file_id: UUID) -> Response:
    """The file itself, and a line in the audit."""
    return content_of(file_id)


@blueprint.post("/by-hand/files/<uuid:file_id>/lines")
def mark_lines(file_id: UUID) -> ResponseReturnValue:
    form = Form(FindingArgs)
    return saved("show_file", file_id=file_id) if form.done(_find) else show_file(file_id, form)


@blueprint.post("/by-hand/files/<uuid:file_id>/<step>")
def step_file(file_id: UUID, step: str) -> ResponseReturnValue:
    if step not in FILE_STEPS:
        raise NotFound
    FILE_STEPS[step](file_id, by=actor())
    return saved("show_file", file_id=file_id)


@blueprint.route("/payments/<uuid:op_id>/found", methods=["GET", "POST"])
def find_payment(op_id: UUID) -> ResponseReturnValue:
    """What became of one payment that is parked, or waits for a person."""
    by = actor()
    require_operator(by, OperatorRole.FINANCE)
    op = _payments({op_id}).get(op_id)
    if op is None:
        raise NotFound
    form = Form(FindingArgs, {"payment_ids": [str(op_id)]})
    if form.done(_find):
        return saved("show_by_hand")
    found = findings.of([op_id]).get(op_id)
    return render_template(
        "operator/found.html",
        form=form,
        op=op,
        found=found,
        names=_names([op], []),
        outcomes=choices(FOUND),
        currencies=words.currencies(),
    ), form.status


@blueprint.post("/by-hand/findings/<uuid:finding_id>/confirm")
def confirm_finding(finding_id: UUID) -> ResponseReturnValue:
    form = Form(ConfirmArgs)
    done = form.done(lambda data: asked.confirm(finding_id, **data, by=actor()))
    return saved("show_by_hand") if done else show_by_hand(confirming=form)


@blueprint.post("/by-hand/findings/<uuid:finding_id>/contradict")
def contradict_finding(finding_id: UUID) -> ResponseReturnValue:
    asked.contradict(finding_id, by=actor())
    return saved("show_by_hand")


# --- names on accounts ----------------------------------------------------------------------------------------------


@blueprint.get("/names")
@idempotency.unkept
def list_names(form: Form | None = None) -> ResponseReturnValue:
    """Accounts with another name than their person's, each with both answers."""
    shown = form or Form(AccountNameArgs)
    return render_template("operator/names.html", form=shown, found=method_names.waiting(actor())), shown.status


@blueprint.post("/names/<uuid:method_id>")
def decide_name(method_id: UUID) -> ResponseReturnValue:
    form = Form(AccountNameArgs)
    done = form.done(lambda data: method_names.decide(method_id, **data, by=actor()))
    return saved("list_names") if done else list_names(form)


# --- pauses ---------------------------------------------------------------------------------------------------------


@blueprint.post("/by-hand/pauses")
def pause_currency() -> ResponseReturnValue:
    form = Form(PauseArgs)
    done = form.done(lambda data: pausing.pause(**data, by=actor()))
    return saved("show_by_hand") if done else show_by_hand(pause=form)


@blueprint.post("/by-hand/pauses/<uuid:pause_id>/resume")
def resume_currency(pause_id: UUID) -> ResponseReturnValue:
    pausing.resume(pause_id, by=actor())
    return saved("show_by_hand")


# --- the parts of the pages -----------------------------------------------------------------------------------------


def _find(data: dict[str, Any]) -> object:
    ids = data.pop("payment_ids")
    return asked.find(ids, Found(**data), by=actor())


def _payments(op_ids: Collection[UUID]) -> dict[UUID, PaymentOp]:
    """The caller has made sure that an operator of finance asks."""
    return {op.id: op for op in db.session.scalars(select(PaymentOp).where(PaymentOp.id.in_(op_ids)))}


def _names(ops: Collection[PaymentOp], people: Collection[UUID]) -> dict[UUID, str]:
    """Whose payments these are, and who did what."""
    paid = [op.contractor_id for op in ops if op.contractor_id is not None]
    companies = [op.company_id for op in ops if op.company_id is not None]
    return accounts.person_name([*paid, *people]) | accounts.company_name(companies)
