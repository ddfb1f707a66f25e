"""A contractor's pages about benefits: the statement, money that is paid out, money that goes to another provider."""

from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from marketplace.accounts.auth import actor
from marketplace.accounts.rules import Actor, require_person
from marketplace.contracts import benefits, cash_out, transfers
from marketplace.contracts.benefit_models import CashOut, Transfer
from marketplace.contracts.benefit_routes import csv_answer
from marketplace.contracts.benefits import Balance
from marketplace.contracts.models import BenefitEntry
from marketplace.contracts.moving_schemas import CashOutRequestSchema, TransferRequestSchema
from marketplace.contracts.statement import statement
from marketplace.core.db import db
from marketplace.core.http import page
from marketplace.shifts import after_care
from marketplace.web import pictures
from marketplace.web.amounts import in_field
from marketplace.web.contractor import company_names
from marketplace.web.forms import Form
from marketplace.web.words import said
from marketplace.web.work import SHOWN, blueprint, cursor
from marketplace.workforce import queries as workforce


@blueprint.get("/benefits")
def show_benefits(form: Form | None = None) -> ResponseReturnValue:
    """What stands, who insures, how it came to be month by month and entry by entry, and how to have it paid out."""
    by = actor()
    me = require_person(by)
    shown = statement(me, by)
    is_leaving = workforce.contractor(me, by).status in cash_out.LEAVING
    out = [each for each in _in_money(shown.balances) if each.plan.promise.cash_out or is_leaving]
    answer = render_template(
        "work/benefits.html",
        shown=shown,
        entries=page(benefits.entries(me, by), BenefitEntry.id, limit=SHOWN, after=cursor()),
        plans=shown.plans,
        caps={balance.plan.id: pictures.year_bar(balance) for balance in shown.balances},
        columns=[pictures.balance_columns(course) for course in shown.courses],
        companies=company_names([each.enrolment for each in shown.insured]),
        amount_words=pictures.amount_words,
        cares=after_care.mine(seen_by=by),
        form=form or Form(CashOutRequestSchema, _whole(out)),
        payable=_options(out),
        currencies=_currencies(out),
        leave_payable=_of_leave(shown.balances, is_leaving) if shown.leave_money else None,
        may_send=bool(_portable(shown.balances)),
        coming=cash_out.unpaid(me),
        moved=list(db.session.scalars(transfers.mine(by).order_by(Transfer.id.desc()).limit(SHOWN))),
    )
    return answer, form.status if form else 200


@blueprint.get("/benefits/statement.<any(csv, json):kind>")
def download_benefits(kind: str) -> ResponseReturnValue:
    """The statement as a file to keep."""
    by = actor()
    shown = statement(require_person(by), by)
    if kind == "csv":
        return csv_answer(shown)
    return {"contractor_id": str(shown.contractor_id), "sha256": shown.sha256, "rows": shown.rows}


@blueprint.post("/benefits")
def cash_out_benefit() -> ResponseReturnValue:
    form = Form(CashOutRequestSchema)

    def ask(data: dict[str, Any]) -> list[CashOut]:
        return cash_out.ask(data["plan"], data["money"], by=actor())

    return _done(gettext("It comes with the next pay run.")) if form.done(ask) else show_benefits(form)


@blueprint.route("/benefits/transfer", methods=["GET", "POST"])
def send_benefit() -> ResponseReturnValue:
    """A form that has money of a benefit sent to another provider."""
    by = actor()
    found = _portable(benefits.balances(require_person(by), by))
    form = Form(TransferRequestSchema, _whole(found))
    if form.done(lambda data: _send(data, by)):
        return _done(gettext("An operator sends it. You are told when it is done."))
    names: dict[str, Any] = {"options": _options(found), "currencies": _currencies(found)}
    return render_template("work/transfer.html", form=form, **names), form.status


def _send(data: dict[str, Any], by: Actor) -> Transfer:
    return transfers.ask(data["plan"], data["money"], data["provider"], data["account"], by=by)


def _done(words: str) -> ResponseReturnValue:
    flash(words)
    return redirect(url_for("work.show_benefits"))


def _in_money(balances: Sequence[Balance]) -> list[Balance]:
    return [each for each in balances if each.money]


def _portable(balances: Sequence[Balance]) -> list[Balance]:
    return [each for each in _in_money(balances) if each.plan.promise.portable]


def _of_leave(balances: Sequence[Balance], is_leaving: bool) -> str | None:
    """The code of the plan of leave, if its money can be paid out now."""
    own = (each.plan for each in balances if each.plan.rule == "SICK")
    return next((plan.code for plan in own if plan.promise.cash_out or is_leaving), None)


def _options(balances: Sequence[Balance]) -> list[tuple[str, str]]:
    return list({each.plan.code: (each.plan.code, said(each.plan.title)) for each in balances}.values())


def _currencies(balances: Sequence[Balance]) -> list[tuple[str, str]]:
    return [(code, code) for code in sorted({each.money.currency for each in balances if each.money})]


def _whole(balances: Sequence[Balance]) -> dict[str, Any]:
    """What stands in an empty form: all of the first benefit."""
    money = balances[0].money if balances else None
    return {} if money is None else {"money.amount": in_field(money), "money.currency": money.currency}
