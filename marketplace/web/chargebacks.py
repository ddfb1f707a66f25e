"""A deposit that a bank took back: the company's claim page, and the operators' queue with the days that are left."""

from uuid import UUID

import marshmallow as ma
from flask import render_template
from flask.typing import ResponseReturnValue

from marketplace.accounts import queries as accounts
from marketplace.accounts.auth import actor
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import timeline
from marketplace.core.http import page
from marketplace.pay.rails import chargebacks
from marketplace.pay.rails.chargeback_models import Chargeback
from marketplace.pay.rails.chargeback_rules import ChargebackStatus
from marketplace.pay.rails.chargeback_schemas import EvidenceArgs
from marketplace.pay.rules import OpStatus
from marketplace.web.company import SHOWN, after, blueprint, saved
from marketplace.web.forms import Form
from marketplace.web.operator import blueprint as desk
from marketplace.web.operator_standing import MOST_SHOWN, SOON


@blueprint.get("/chargebacks")
def list_chargebacks(company_id: UUID) -> str:
    found = page(chargebacks.of_company(company_id, actor()), Chargeback.id, limit=SHOWN, after=after())
    return render_template("company/chargebacks.html", found=found)


@blueprint.get("/chargebacks/<uuid:chargeback_id>")
def show_chargeback(company_id: UUID, chargeback_id: UUID, form: Form | None = None) -> ResponseReturnValue:
    """What was taken back and what it had paid for, until when evidence is taken, and the two ways out."""
    found = chargebacks.one(company_id, chargeback_id, actor())
    shown = form or Form(EvidenceArgs)
    return render_template(
        "company/chargeback.html",
        chargeback=found,
        days_left=days_left(found),
        funded=chargebacks.funded(found),
        may_hand_in=_may_hand_in(found),
        may_pay=found.paid_again_at is None and found.status is not ChargebackStatus.WON,
        events=timeline("chargeback", found.id, limit=SHOWN),
        form=shown,
        blank=Form(ma.Schema),
    ), shown.status


@blueprint.post("/chargebacks/<uuid:chargeback_id>/evidence")
def hand_in_evidence(company_id: UUID, chargeback_id: UUID) -> ResponseReturnValue:
    form = Form(EvidenceArgs)
    if form.done(lambda data: chargebacks.hand_in(company_id, chargeback_id, data["words"], by=actor())):
        return saved("show_chargeback", chargeback_id=chargeback_id)
    return show_chargeback(company_id, chargeback_id, form)


@blueprint.post("/chargebacks/<uuid:chargeback_id>/pay-again")
def pay_chargeback_again(company_id: UUID, chargeback_id: UUID) -> ResponseReturnValue:
    form = Form(ma.Schema)
    if form.done(lambda _: chargebacks.pay_again(company_id, chargeback_id, by=actor())):
        return saved("show_chargeback", chargeback_id=chargeback_id)
    return show_chargeback(company_id, chargeback_id, form)


@desk.get("/chargebacks")
def list_chargebacks_on_desk() -> str:
    """What no bank has decided yet, what is due first at the top."""
    waiting = chargebacks.waiting(actor()).order_by(Chargeback.due_by.nulls_last(), Chargeback.id)
    found = list(db.session.scalars(waiting.limit(MOST_SHOWN)))
    return render_template(
        "operator/chargebacks.html",
        found=[(each, days_left(each)) for each in found],
        names=accounts.company_name([each.company_id for each in found]),
        soon=clock.now() + SOON,
    )


def days_left(found: Chargeback) -> int | None:
    """Whole days in which the bank still takes evidence; None where it takes none."""
    if found.status is not ChargebackStatus.OPEN or found.due_by is None:
        return None
    return max((found.due_by - clock.now()).days, 0)


def _may_hand_in(found: Chargeback) -> bool:
    is_in_time = found.due_by is None or clock.now() < found.due_by
    is_free = found.evidence is None or found.evidence.status is OpStatus.REFUSED
    return found.status is ChargebackStatus.OPEN and is_in_time and is_free
