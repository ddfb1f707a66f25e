"""A company's money: paid in, set aside, spent line by line, and every movement of its own accounts."""

from uuid import UUID

from flask import render_template
from flask.typing import ResponseReturnValue

from marketplace.accounts import queries as accounts
from marketplace.accounts.auth import actor
from marketplace.accounts.rules import available_account
from marketplace.core.db import db
from marketplace.core.http import page
from marketplace.core.problems import NotFound
from marketplace.gigs import queries as gigs
from marketplace.gigs.models import Gig
from marketplace.pay import queries, service
from marketplace.pay.models import PayLine, PaymentOp
from marketplace.pay.queries import Statement
from marketplace.pay.schemas import DepositArgs
from marketplace.web import company_pictures as pictures
from marketplace.web import words
from marketplace.web.company import SHOWN, after, blueprint, purses, saved
from marketplace.web.forms import Form

NEWEST = 100


@blueprint.get("/money")
def show_money(company_id: UUID, form: Form | None = None) -> ResponseReturnValue:
    """What is there, what was paid in and where each payment stands."""
    by = actor()
    shown = form or Form(DepositArgs, {"money.currency": "USD"})
    found = page(queries.deposits(company_id, by), PaymentOp.id, limit=SHOWN, after=after())
    return render_template(
        "company/money.html", form=shown, found=found, purses=purses(company_id, by), currencies=words.currencies()
    ), shown.status


@blueprint.post("/money")
def deposit(company_id: UUID) -> ResponseReturnValue:
    form = Form(DepositArgs)
    done = form.done(lambda data: service.deposit(company_id, data["money"], by=actor()))
    return saved("show_money") if done else show_money(company_id, form)


@blueprint.get("/money/paid")
def list_pay_lines(company_id: UUID) -> str:
    """What the company paid for, line by line, with who got it: the company's side of the payslips."""
    found = page(queries.pay_lines(company_id, actor()), PayLine.id, limit=NEWEST, after=after())
    lines: list[PayLine] = found["items"]
    names = accounts.person_name(list({line.contractor_id for line in lines}))
    by_payslip: dict[UUID | None, list[PayLine]] = {}
    for line in reversed(lines):
        by_payslip.setdefault(line.payslip_id, []).append(line)
    bars = pictures.paid_for(lines)
    return render_template("company/paid.html", found=found, slips=by_payslip.values(), names=names, bars=bars)


@blueprint.get("/money/statement")
def show_statement(company_id: UUID) -> str:
    """The newest movements of what is available, and of what each gig holds."""
    own = db.session.scalars(gigs.company_gigs(company_id, actor()).order_by(Gig.id.desc()).limit(SHOWN))
    accounts_of = [("", available_account(company_id)), *((gig.title, gig.hold_account) for gig in own)]
    statements = [(title, found) for title, name in accounts_of if (found := _statement(name)) is not None]
    return render_template("company/statement.html", statements=statements, available=available_account(company_id))


def _statement(name: str) -> Statement | None:
    """An account's newest movements; None where nothing ever moved."""
    try:
        return queries.statement(name, actor(), limit=NEWEST)
    except NotFound:
        return None
