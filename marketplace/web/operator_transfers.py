"""The desk of benefits that go to another provider, or come from one."""

from typing import Any
from uuid import UUID

from flask import render_template
from flask.typing import ResponseReturnValue

from marketplace.accounts import queries as accounts
from marketplace.accounts.auth import actor
from marketplace.contracts import transfers
from marketplace.contracts.benefit_models import Transfer
from marketplace.contracts.moving_schemas import ReceivedSchema, ReturnedSchema, SentSchema
from marketplace.contracts.plans import plans
from marketplace.contracts.rules import Unit
from marketplace.core.http import page
from marketplace.web import words
from marketplace.web.forms import Form
from marketplace.web.operator import SHOWN, after, blueprint, saved


@blueprint.get("/transfers")
def list_transfers(form: Form | None = None) -> ResponseReturnValue:
    """What waits to be sent, everything before it, and a form for what another provider has sent."""
    by = actor()
    shown = form or Form(ReceivedSchema)
    waiting = transfers.waiting(by)
    found = page(transfers.every(by), Transfer.id, limit=SHOWN, after=after())
    answer = render_template(
        "operator/transfers.html",
        form=shown,
        waiting=waiting,
        found=found,
        names=accounts.person_name([each.contractor_id for each in (*waiting, *found["items"])]),
        options=[(code, words.said(each.title)) for code, each in plans().items() if each.unit is Unit.MONEY],
        currencies=words.currencies(),
    )
    return answer, shown.status


@blueprint.post("/transfers")
def receive_transfer() -> ResponseReturnValue:
    form = Form(ReceivedSchema)

    def receive(data: dict[str, Any]) -> object:
        return transfers.receive(code=data.pop("plan"), **data, by=actor())

    return saved("list_transfers", made=form.made) if form.done(receive) else list_transfers(form)


@blueprint.get("/transfers/<uuid:transfer_id>")
def show_transfer(transfer_id: UUID, **forms: Form) -> ResponseReturnValue:
    """One transfer, with both answers that an operator can give."""
    found = transfers.one(transfer_id, actor())
    shown = {"sending": Form(SentSchema), "returning": Form(ReturnedSchema)} | forms
    names = accounts.person_name([each for each in (found.contractor_id, found.decided_by) if each])
    answer = render_template("operator/transfer.html", transfer=found, names=names, **shown)
    return answer, max(form.status for form in shown.values())


@blueprint.post("/transfers/<uuid:transfer_id>/sent")
def send_transfer(transfer_id: UUID) -> ResponseReturnValue:
    form = Form(SentSchema)
    done = form.done(lambda data: transfers.send(transfer_id, data["evidence"], by=actor()))
    return saved("list_transfers", made=form.made) if done else show_transfer(transfer_id, sending=form)


@blueprint.post("/transfers/<uuid:transfer_id>/returned")
def return_transfer(transfer_id: UUID) -> ResponseReturnValue:
    form = Form(ReturnedSchema)
    done = form.done(lambda data: transfers.give_back(transfer_id, data["reason"], by=actor()))
    return saved("list_transfers", made=form.made) if done else show_transfer(transfer_id, returning=form)
