"""A company's money: paid in, set aside, spent line by line, and every movement of its own accounts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import marshmallow as ma
from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select

from marketplace.accounts import queries as accounts
from marketplace.accounts.auth import actor
from marketplace.accounts.rules import available_account
from marketplace.core.db import db
from marketplace.core.events import timeline
from marketplace.core.http import page
from marketplace.core.money import total
from marketplace.core.problems import NotFound
from marketplace.gigs import queries as gigs
from marketplace.gigs.models import Gig
from marketplace.pay import deposit_invoices, queries, refunds, service
from marketplace.pay.bank import paying
from marketplace.pay.bonuses.models import Bonus
from marketplace.pay.models import PayLine, PaymentOp
from marketplace.pay.queries import Statement
from marketplace.pay.rails import deposit_invoices as underway
from marketplace.pay.schemas import DepositArgs
from marketplace.qualifications.models import Qualification
from marketplace.shifts.models import Booking
from marketplace.web import answers, words
from marketplace.web import company_pictures as pictures
from marketplace.web.company import SHOWN, after, blueprint, purses, saved
from marketplace.web.forms import Form

NEWEST = 100


@dataclass(frozen=True, slots=True)
class Thing:
    """What an account holds money for, and the page of it."""

    title: str
    url: str


@blueprint.get("/money")
def show_money(company_id: UUID, form: Form | None = None) -> ResponseReturnValue:
    """What is there, what was paid in and where each payment stands."""
    by = actor()
    shown = form or Form(DepositArgs, {"money.currency": queries.usual_currency(company_id, by) or "USD"})
    found = page(queries.deposits(company_id, by), PaymentOp.id, limit=SHOWN, after=after())
    return render_template(
        "company/money.html",
        form=shown,
        found=found,
        purses=purses(company_id, by),
        currencies=words.currencies(),
        taken_back=refunds.taken_back(company_id).values(),
        looked_at={each.deposit_id for each in paying.looked_at(company_id)},
        overdue=underway.overdue_of([op.id for op in found["items"]]),
        has_paid=request.args.get("paid"),
    ), shown.status


@blueprint.post("/money")
def deposit(company_id: UUID) -> ResponseReturnValue:
    form = Form(DepositArgs)
    done = form.done(lambda data: service.deposit(company_id, data["money"], by=actor()))
    if not done:
        return show_money(company_id, form)
    return saved("show_money", said=_told(form))


def _told(form: Form) -> str:
    return answers.told(money=words.money_words(form.made.money)) if isinstance(form.made, PaymentOp) else ""


@blueprint.route("/money/deposits/<uuid:deposit_id>", methods=["GET", "POST"])
def show_deposit(company_id: UUID, deposit_id: UUID, calling_off: Form | None = None) -> ResponseReturnValue:
    """One deposit: its invoice, what happened, what went back of it, and a form to send more of it back."""
    by = actor()
    op = queries.deposit(company_id, deposit_id, by)
    form = Form(DepositArgs, {"money.currency": op.currency})
    if calling_off is None and form.done(lambda data: refunds.refund(op.id, data["money"], by=by)):
        return saved("show_deposit", said=_told(form), deposit_id=op.id)
    back = db.session.scalars(queries.refunds(company_id, op.id, by).order_by(PaymentOp.id.desc())).all()
    events = timeline("payment", op.id, limit=SHOWN)
    may = refunds.refundable(company_id, op.id, by)
    ending = calling_off or Form(ma.Schema)
    return render_template(
        "company/deposit.html",
        op=op,
        form=form,
        back=back,
        may=may,
        events=events,
        asked=deposit_invoices.of(op),
        ending=ending,
    ), max(form.status, ending.status)


@blueprint.get("/money/paid")
def list_pay_lines(company_id: UUID) -> str:
    """What the company paid for, line by line, with who got it: the company's side of the payslips."""
    by = actor()
    found = page(queries.pay_lines(company_id, by), PayLine.id, limit=NEWEST, after=after())
    lines: list[PayLine] = found["items"]
    names = accounts.person_name(list({line.contractor_id for line in lines}))
    by_payslip: dict[UUID | None, list[PayLine]] = {}
    for line in reversed(lines):
        by_payslip.setdefault(line.payslip_id, []).append(line)
    paid = queries.paid_by_payee(company_id, by)
    return render_template(
        "company/paid.html",
        found=found,
        slips=by_payslip.values(),
        names=names,
        bars=pictures.paid_for(paid),
        sums={
            code: total((money for _, money in paid if money.currency == code), code)
            for code in {money.currency for _, money in paid}
        },
    )


@blueprint.get("/money/statement")
def show_statement(company_id: UUID) -> str:
    """The newest movements of what is available, and of what each gig holds."""
    own = db.session.scalars(gigs.company_gigs(company_id, actor()).order_by(Gig.id.desc()).limit(SHOWN))
    accounts_of = [("", available_account(company_id)), *((gig.title, gig.hold_account) for gig in own)]
    statements = [(title, found) for title, name in accounts_of if (found := _statement(name)) is not None]
    things = _things(company_id, [found for _, found in statements])
    return render_template("company/statement.html", statements=statements, things=things)


def _things(company_id: UUID, statements: Sequence[Statement]) -> dict[str, Thing]:
    """What accounts hold money for, by the account's name: gigs, shifts, tests and bonuses, in a statement each."""
    ids: dict[str, dict[UUID, str]] = {"gig": {}, "booking": {}, "qualification": {}, "bonus": {}}
    for name in {name for each in statements for line in each.lines for name in (line.source, line.destination)}:
        kind, _, rest = name.partition(":")
        if kind in ids and rest.endswith(":hold"):
            ids[kind][UUID(rest.removesuffix(":hold"))] = name
    seats = db.session.scalars(select(Booking).where(Booking.id.in_(ids["booking"]), Booking.company_id == company_id))
    bookings = list(seats)
    titles = gigs.titles({*ids["gig"], *(each.gig_id for each in bookings)})
    own_tests = select(Qualification.id, Qualification.title).where(Qualification.id.in_(ids["qualification"]))
    tests = db.session.execute(own_tests.where(Qualification.company_id == company_id))

    def to(endpoint: str, **where: Any) -> str:
        return url_for(f"company.{endpoint}", company_id=company_id, **where)

    found = {name: Thing(titles[key], to("show_gig", gig_id=key)) for key, name in ids["gig"].items() if key in titles}
    for seat in bookings:
        words_of = gettext("A shift of “%(title)s”", title=titles[seat.gig_id])
        found[ids["booking"][seat.id]] = Thing(words_of, to("show_shift", shift_id=seat.shift_id))
    own_bonuses = select(Bonus.id).where(Bonus.id.in_(ids["bonus"]), Bonus.company_id == company_id)
    for known in db.session.scalars(own_bonuses):
        found[ids["bonus"][known]] = Thing(gettext("A bonus"), to("show_bonus", bonus_id=known))
    return found | {
        ids["qualification"][key]: Thing(title, to("show_test", qualification_id=key)) for key, title in tests
    }


def _statement(name: str) -> Statement | None:
    """An account's newest movements; None where nothing ever moved."""
    try:
        return queries.statement(name, actor(), limit=NEWEST)
    except NotFound:
        return None
