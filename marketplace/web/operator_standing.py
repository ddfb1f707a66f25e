"""Operators restrict and lift, and answer what was contested: the nearest end of a term first."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import marshmallow as ma
from flask import render_template
from flask.typing import ResponseReturnValue

from marketplace.accounts import queries as accounts
from marketplace.accounts.auth import actor
from marketplace.accounts.rules import OperatorRole, require_operator
from marketplace.accounts.schemas import ReasonSchema
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.gigs import barring
from marketplace.qualifications import queries as qualifications
from marketplace.web import choices, operator_people
from marketplace.web.forms import Form
from marketplace.web.operator import blueprint, saved
from marketplace.web.restriction_form import RestrictionForm
from marketplace.web.standing import named
from marketplace.web.words import name_of
from marketplace.workforce import admission, appeals, intake, restrictions, reviews
from marketplace.workforce.bars import ANSWERS, LONGEST_RESTRICTION, AppealStatus
from marketplace.workforce.rules import Outcome
from marketplace.workforce.standing_models import Appeal

MOST_SHOWN = 100
SOON = timedelta(days=3)
"""An answer that is due so soon stands out."""


class AnswerForm(ReasonSchema):
    outcome = ma.fields.String(required=True, validate=ma.validate.OneOf([each.value for each in ANSWERS]))
    days = ma.fields.Integer(validate=ma.validate.Range(1, LONGEST_RESTRICTION.days))


@blueprint.post("/people/<uuid:contractor_id>/restrictions")
def restrict_person(contractor_id: UUID) -> ResponseReturnValue:
    form = Form(RestrictionForm)

    def act(data: dict[str, Any]) -> object:
        until = clock.now() + timedelta(days=data.pop("days"))
        return barring.restrict(contractor_id, expires_at=until, **data, by=actor())

    if form.done(act):
        return operator_people.told(contractor_id)
    return operator_people.show_person(contractor_id, restricting=form)


@blueprint.post("/restrictions/<uuid:restriction_id>/lift")
def lift_restriction(restriction_id: UUID) -> ResponseReturnValue:
    by = actor()
    contractor_id = restrictions.one(restriction_id, by).contractor_id
    form = Form(ReasonSchema)
    if form.done(lambda data: restrictions.lift(restriction_id, data["reason"], by=by)):
        return operator_people.told(contractor_id)
    return operator_people.show_person(contractor_id, lifting=form)


@blueprint.get("/intake")
def show_intake() -> str:
    """How much work there was for the people who are here, day by day, and what it means for new applications."""
    return render_template("operator/intake.html", measures=intake.measures(actor()), law=admission)


@blueprint.get("/appeals")
def list_appeals() -> str:
    """What waits for an answer. What is due soon stands out: without an answer it is decided for the person."""
    by = actor()
    waiting = appeals.waiting(by).order_by(Appeal.answer_by, Appeal.id).limit(MOST_SHOWN)
    found = list(db.session.scalars(waiting))
    return render_template(
        "operator/appeals.html",
        found=found,
        names=accounts.person_name([each.contractor_id for each in found]),
        soon=clock.now() + SOON,
    )


@blueprint.get("/appeals/<uuid:appeal_id>")
def show_appeal(appeal_id: UUID, form: Form | None = None) -> ResponseReturnValue:
    by = actor()
    require_operator(by, OperatorRole.VETTING)
    appeal = appeals.one(appeal_id, by)
    restriction = appeals.of_decision(appeal_id)
    shown = form or Form(AnswerForm)
    people = [each for each in (appeal.contractor_id, appeal.decision.decided_by, appeal.answered_by) if each]
    return render_template(
        "operator/appeal.html",
        appeal=appeal,
        restriction=restriction,
        withdrawn=qualifications.withdrawn([appeal.id]).get(appeal.id),
        names=accounts.person_name(people),
        is_own=by.person_id in (appeal.contractor_id, appeal.decision.decided_by),
        is_late=appeal.is_overdue(clock.now()),
        answers=_answers(appeal),
        form=shown,
        **named([restriction] if restriction else [], [appeal.company_id] if appeal.company_id else []),
    ), shown.status


@blueprint.post("/appeals/<uuid:appeal_id>")
def answer_appeal(appeal_id: UUID) -> ResponseReturnValue:
    form = Form(AnswerForm)

    def act(data: dict[str, Any]) -> object:
        until = clock.now() + timedelta(days=data["days"]) if "days" in data else None
        return reviews.answer(appeal_id, AppealStatus(data["outcome"]), data["reason"], until, by=actor())

    return saved("show_appeal", appeal_id=appeal_id) if form.done(act) else show_appeal(appeal_id, form)


_NOTHING_MILDER = (Outcome.REFUSED, Outcome.WITHDRAWN, Outcome.STRUCK, Outcome.COUNTED)


def _answers(appeal: Appeal) -> list[choices.Choice]:
    """A refusal, a withdrawal, a strike and a late no that counts have nothing milder beside them."""
    open_to = ANSWERS[:2] if appeal.decision.outcome in _NOTHING_MILDER else ANSWERS
    return [(each.value, name_of("answer", each)) for each in open_to]
