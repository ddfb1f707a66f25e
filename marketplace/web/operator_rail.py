"""The rail's balance beside the books, what has no cause, what the rail has told, and payouts to be taken back."""

from typing import Any
from uuid import UUID

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from marketplace.accounts import queries as accounts
from marketplace.accounts.auth import actor
from marketplace.accounts.rules import Actor
from marketplace.pay import queries, service
from marketplace.pay.rails import inbox as rail_inbox
from marketplace.pay.rails import reconciling
from marketplace.pay.rails.reconciling import Day
from marketplace.pay.rails.rules import Match, Outcome
from marketplace.pay.rails.schemas import ExplanationArgs
from marketplace.pay.schemas import TakeBackArgs
from marketplace.web import answers
from marketplace.web.forms import Form
from marketplace.web.operator import blueprint, saved
from marketplace.web.pictures import Part, Segment, stacked
from marketplace.web.words import money_words, name_of

KINDS = {Match.MATCHED: "a", Match.EXPLAINED: "c", Match.STRAY: "e"}
"""The fill of each kind of match."""


@blueprint.get("/rail")
def show_rail(form: Form | None = None) -> ResponseReturnValue:
    """Each day's match as a picture, strays with a form each, and calls that came to nothing."""
    by = actor()
    shown = form or Form(ExplanationArgs)
    days = reconciling.days(by)
    return render_template(
        "operator/rail.html",
        form=shown,
        standings=reconciling.standings(by),
        days=[(each, _bar(each)) for each in days],
        strays=reconciling.newest(match=Match.STRAY, seen_by=by),
        unreadable=reconciling.unread(by),
        counts=rail_inbox.counts(by),
        lost=_lost(by),
    ), shown.status


@blueprint.post("/rail/movements/<movement_id>")
def explain_movement(movement_id: str) -> ResponseReturnValue:
    form = Form(ExplanationArgs)

    def explain(data: dict[str, Any]) -> object:
        return reconciling.explain(movement_id, data["note"], by=actor())

    return saved("show_rail", made=form.made) if form.done(explain) else show_rail(form)


@blueprint.post("/rail/calls/<call_id>")
def answer_call_again(call_id: str) -> ResponseReturnValue:
    rail_inbox.ask_again(call_id, by=actor())
    return saved("show_rail")


@blueprint.route("/payouts/<uuid:op_id>/take-back", methods=["GET", "POST"])
def take_back_payout(op_id: UUID) -> ResponseReturnValue:
    """A payout that went wrong comes back, with a reason that the person reads."""
    by = actor()
    op = queries.payout(op_id, by)
    who = accounts.person_name([op.owner_id])[op.owner_id]
    form = Form(TakeBackArgs)
    if form.done(lambda data: service.take_back(op_id, data["reason"], by=by)):
        return saved("show_pay", said=answers.told(money=money_words(op.money), who=who), made=form.made)
    return render_template("operator/take_back.html", form=form, op=op, name=who), form.status


def _lost(by: Actor) -> list[Any]:
    found = [rail_inbox.newest(outcome=each, seen_by=by) for each in (Outcome.UNMATCHED, Outcome.FAILED)]
    return [call for part in found for call in part]


def _bar(day: Day) -> list[Segment]:
    parts = [Part(name_of("match", each), str(day.counts[each]), day.counts[each], KINDS[each]) for each in KINDS]
    return stacked(parts) or stacked([Part(gettext("nothing"), "0", 1, "a")])
