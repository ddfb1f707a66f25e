"""One payout as its person reads it: what became of it and why, paid again, and contested where it is wrong."""

from uuid import UUID

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import exists, select

from marketplace.accounts.auth import actor
from marketplace.accounts.rules import require_person
from marketplace.accounts.schemas import ReasonSchema
from marketplace.core.db import db
from marketplace.core.events import timeline
from marketplace.core.problems import NotFound
from marketplace.pay import queries, service
from marketplace.pay.bank import returns
from marketplace.pay.contests import service as contests
from marketplace.pay.models import PaymentOp
from marketplace.pay.rails import landing
from marketplace.pay.rules import OpStatus
from marketplace.web.forms import Form
from marketplace.web.landing_pictures import landed_bar
from marketplace.web.work import NOTHING_MORE, blueprint
from marketplace.workforce import queries as workforce


@blueprint.get("/payouts/<uuid:payout_id>")
def show_payout(payout_id: UUID, form: Form | None = None) -> ResponseReturnValue:
    """What became of a payout and why. What takes a payout back leads to the page of that."""
    by = actor()
    taken_back = select(PaymentOp.of_id).where(PaymentOp.id == payout_id, PaymentOp.contractor_id == by.person_id)
    op = queries.payout(db.session.scalar(taken_back) or payout_id, seen_by=by)
    if op.contractor_id != by.person_id:
        raise NotFound
    me = workforce.contractor(require_person(by), by)
    landed = landing.of([op]).get(op.id)
    events = timeline("payment", op.id)
    shown = form or Form(ReasonSchema)
    return render_template(
        "work/payout.html",
        payout=op,
        decided=contests.of([op]).get(op.id),
        back=returns.of(op),
        landed=landed,
        bar=landed_bar(landed) if landed else None,
        may_pay_again=_may_pay_again(op),
        zone=me.timezone,
        events=events,
        is_back_at_rail=op.id in landing.came_back(events),
        form=shown,
        blank=Form(NOTHING_MORE),
    ), shown.status


@blueprint.post("/payouts/<uuid:payout_id>/contest")
def contest_payout(payout_id: UUID) -> ResponseReturnValue:
    """Puts what became of a payout before a human."""
    form = Form(ReasonSchema)
    if form.done(lambda data: contests.contest(payout_id, data["reason"], by=actor())):
        return redirect(url_for("work.show_payout", payout_id=payout_id) + "#contested")
    return show_payout(payout_id, form)


@blueprint.post("/payouts/<uuid:payout_id>/again")
def pay_again(payout_id: UUID) -> ResponseReturnValue:
    """Orders the same pay once more, and shows the new payout."""
    form = Form(NOTHING_MORE)
    again = form.run(lambda _: service.retry_payout(payout_id, by=actor()))
    return show_payout(payout_id, form) if again is None else redirect(url_for("work.show_payout", payout_id=again.id))


def _may_pay_again(op: PaymentOp) -> bool:
    """Whether nothing pays this payslip any more."""
    alive = exists().where(
        PaymentOp.payslip_id == op.payslip_id, PaymentOp.status.not_in((OpStatus.REFUSED, OpStatus.REVERSED))
    )
    return op.status in (OpStatus.REFUSED, OpStatus.REVERSED) and not db.session.scalar(select(alive))
