"""The desk of what waits for a second operator of finance: everything that one alone may not do with money."""

from collections.abc import Sequence
from uuid import UUID

from flask import render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from marketplace.accounts import queries as accounts
from marketplace.accounts.auth import actor
from marketplace.core.db import db
from marketplace.core.problems import NotFound
from marketplace.pay.invoices.models import Invoice
from marketplace.pay.rails.chargeback_models import Chargeback
from marketplace.pay.seconds import service as seconds
from marketplace.standards import two_people
from marketplace.standards.act_models import MoneyAct
from marketplace.standards.act_rules import ActKind
from marketplace.web.forms import Form
from marketplace.web.operator import blueprint, saved
from marketplace.web.waiting import count, for_second
from marketplace.web.work import NOTHING_MORE

ANSWERS = {"agree": seconds.agree, "withdraw": two_people.withdraw}
TOLD = ("reason", "another", "note", "evidence", "provider")
"""What is shown of the words that somebody wrote; numbers of accounts are not."""


@blueprint.get("/second")
def list_seconds(form: Form | None = None) -> ResponseReturnValue:
    """What waits here, how much waits on other pages, and what may be done alone."""
    by, shown = actor(), form or Form(NOTHING_MORE)
    acts = db.session.scalars(two_people.waiting(by).order_by(MoneyAct.id)).all()
    return render_template(
        "operator/seconds.html",
        form=shown,
        acts=acts,
        words={each.id: [each.said[name] for name in TOLD if each.said.get(name)] for each in acts},
        whose=_whose(acts),
        names=accounts.person_name([each.done_by for each in acts]),
        waits={name: count(found) for name, found in for_second(by).items()},
        limit=two_people.limit(),
        me=by.person_id,
    ), shown.status


@blueprint.post("/second/<uuid:act_id>/<answer>")
def answer_second(act_id: UUID, answer: str) -> ResponseReturnValue:
    if answer not in ANSWERS:
        raise NotFound
    form = Form(NOTHING_MORE)
    return saved("list_seconds") if form.done(lambda _: ANSWERS[answer](act_id, by=actor())) else list_seconds(form)


def _whose(acts: Sequence[MoneyAct]) -> dict[UUID, str]:
    """Whose money each of them is about, where it is a company's or a person's. The caller has made sure that an
    operator of finance asks."""
    told: dict[UUID, UUID] = {each.id: each.contractor_id for each in acts if each.contractor_id is not None}
    credited = {UUID(each.subject): each.id for each in acts if each.kind is ActKind.CREDITED}
    companies = select(Invoice.id, Invoice.company_id).where(Invoice.id.in_(credited))
    told |= {credited[row.id]: row.company_id for row in db.session.execute(companies)}
    lost = {UUID(each.subject): each.id for each in acts if each.kind in (ActKind.BORNE, ActKind.COUNTED)}
    companies = select(Chargeback.id, Chargeback.company_id).where(Chargeback.id.in_(lost))
    told |= {lost[row.id]: row.company_id for row in db.session.execute(companies)}
    names = accounts.company_name(set(told.values())) | accounts.person_name(list(told.values()))
    return {act_id: names[owner] for act_id, owner in told.items()}
