"""The desk's page of bank statements: look at a file, take it, and say whose stray transfers are."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext
from sqlalchemy import select

from marketplace.accounts import queries as accounts
from marketplace.accounts.auth import actor
from marketplace.accounts.models import Company
from marketplace.core.db import db
from marketplace.core.http import page
from marketplace.core.intake import takes_files
from marketplace.core.problems import NotFound
from marketplace.pay.bank import asked, balances, keeping, reopening
from marketplace.pay.bank import deposits as bank_deposits
from marketplace.pay.bank.deposits import Look
from marketplace.pay.bank.models import BankLine
from marketplace.pay.bank.rules import MOST_CHARACTERS
from marketplace.pay.bank.schemas import AssignArgs, BankFileArgs, KeepArgs, ReopenArgs, SendBackArgs
from marketplace.pay.by_hand.rules import LooksMarked
from marketplace.standards import two_people
from marketplace.web.forms import LOOK, Form
from marketplace.web.operator import SHOWN, after, blueprint, saved
from marketplace.web.problem_words import problem_said
from marketplace.web.work import NOTHING_MORE

PRESSES = {"confirm": bank_deposits.confirm, "doubt": bank_deposits.doubt}


@blueprint.route("/bank", methods=["GET", "POST"])
@takes_files
def show_bank(form: Form | None = None) -> ResponseReturnValue:
    """The form for a file: its first button shows what was read and changes nothing, the second takes it."""
    by = actor()
    shown = form or Form(BankFileArgs)
    looked: Look | None = None
    if form is None and request.method == "POST":
        given = request.form.copy()
        if (file := request.files.get("file")) and (content := file.read(4 * MOST_CHARACTERS)):
            given["content"] = content.decode("utf-8", "replace")
        verb = bank_deposits.look if LOOK in request.form else bank_deposits.take
        made = shown.run(lambda data: verb(data["content"], by=by), given)
        if isinstance(made, Look):
            looked = made
        elif made is not None:
            flash(_new_of(made.fresh, made.incoming))
            for each in bank_deposits.remarks(given["content"], by=by):
                flash(problem_said(each))
            return redirect(url_for("operator.show_bank"))
        elif shown.problem is not None and "content" in given:
            looked = bank_deposits.look(given["content"], by=by)
    begin = request.args.get("waiting", type=UUID)
    waiting = page(bank_deposits.waiting(by), BankLine.id, limit=SHOWN, after=begin, oldest_first=True)
    found = page(bank_deposits.lines(by), BankLine.id, limit=SHOWN, after=after())
    shown_lines = (*waiting["items"], *found["items"])
    return render_template(
        "operator/bank.html",
        form=shown,
        looked=looked,
        waiting=waiting,
        standings=balances.standings(by),
        missing=balances.missing(by),
        found=found,
        names=accounts.company_name([each.company_id for each in shown_lines if each.company_id]),
        reopened=reopening.of([each.id for each in waiting["items"]]),
        marked=asked.like_marked(waiting["items"]),
        looks_marked=LooksMarked,
        can_reopen=reopening.AGAIN,
        me=by.person_id,
        limit=two_people.limit(),
    ), shown.status


def _new_of(fresh: int, incoming: int) -> str:
    told: str = ngettext(
        "%(fresh)s of %(num)d transfer is new.", "%(fresh)s of %(num)d transfers are new.", incoming, fresh=fresh
    )
    return told


@blueprint.get("/bank/<uuid:line_id>/company")
def choose_company(line_id: UUID) -> str:
    """Companies by a part of their name, of which one is said to be that of a line."""
    line = db.session.scalars(bank_deposits.lines(actor()).where(BankLine.id == line_id)).one_or_none()
    if line is None:
        raise NotFound
    name = request.args.get("name", "").strip()
    named = select(Company).where(Company.legal_name.icontains(name, autoescape=True))
    found = page(named, Company.id, limit=SHOWN, after=after())
    is_marked = line.id in asked.like_marked([line])
    return render_template(
        "operator/bank_company.html", line=line, name=name, found=found, looks_marked=LooksMarked if is_marked else None
    )


@blueprint.post("/bank/<uuid:line_id>/assign")
def assign_bank_line(line_id: UUID) -> ResponseReturnValue:
    form = Form(AssignArgs)

    def assign(data: dict[str, Any]) -> object:
        return bank_deposits.assign(line_id, **data, by=actor())

    return saved("show_bank", made=form.made) if form.done(assign) else show_bank(form)


@blueprint.post("/bank/<uuid:line_id>/send-back")
def send_bank_line_back(line_id: UUID) -> ResponseReturnValue:
    form = Form(SendBackArgs)

    def send(data: dict[str, Any]) -> object:
        return bank_deposits.send_back(line_id, data["reason"], by=actor())

    return saved("show_bank", made=form.made) if form.done(send) else show_bank(form)


@blueprint.post("/bank/<uuid:line_id>/keep")
def keep_bank_line(line_id: UUID) -> ResponseReturnValue:
    form = Form(KeepArgs)
    done = form.done(lambda data: keeping.keep(line_id, **data, by=actor()))
    return saved("show_bank", made=form.made) if done else show_bank(form)


@blueprint.post("/bank/<uuid:line_id>/reopen")
def reopen_bank_line(line_id: UUID) -> ResponseReturnValue:
    form = Form(ReopenArgs)
    done = form.done(lambda data: reopening.reopen(line_id, data["reason"], by=actor()))
    return saved("show_bank", made=form.made) if done else show_bank(form)


@blueprint.post("/bank/<uuid:line_id>/<press>")
def press_bank_line(line_id: UUID, press: str) -> ResponseReturnValue:
    if press not in PRESSES:
        raise NotFound
    form = Form(NOTHING_MORE)
    return saved("show_bank") if form.done(lambda _: PRESSES[press](line_id, by=actor())) else show_bank(form)
