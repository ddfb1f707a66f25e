"""A company's bonuses: what was given for work on a gig and why, what waits for a second member, and a form."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.accounts.auth import actor
from marketplace.accounts.rules import available_account
from marketplace.core.http import page
from marketplace.core.problems import NotFound
from marketplace.gigs.models import Gig
from marketplace.gigs.rules import GigStatus
from marketplace.ledger import queries as books
from marketplace.pay.bonuses import queries, service
from marketplace.pay.bonuses.models import Bonus
from marketplace.pay.bonuses.rules import INVITE
from marketplace.pay.bonuses.schemas import BonusWithdrawalSchema, NewBonusSchema
from marketplace.standards import two_people
from marketplace.standards.catalogue import RULES
from marketplace.web.company import SHOWN, after, blueprint, saved
from marketplace.web.company_gigs import own_gig
from marketplace.web.forms import Form
from marketplace.web.given import named
from marketplace.web.work import NOTHING_MORE

MOST_PEOPLE = 500
"""From whom one is chosen: those who worked last."""


@blueprint.get("/gigs/<uuid:gig_id>/bonuses")
def list_bonuses(company_id: UUID, gig_id: UUID, **forms: Form) -> ResponseReturnValue:
    """What was given, newest first, and a form to give more. `?person=` chooses who is to be given it."""
    gig, by = own_gig(gig_id), actor()
    chosen = {"contractor_id": request.args.get("person", "")}
    shown = {"giving": Form(NewBonusSchema, chosen), "answering": Form(BonusWithdrawalSchema)} | forms
    found = page(queries.of_company(company_id, by, gig_id=gig.id), Bonus.id, limit=SHOWN, after=after())
    return render_template(
        "company/bonuses.html",
        gig=gig,
        found=found,
        given=named(found["items"]),
        people=_people(gig),
        available=books.balance(available_account(company_id), gig.currency),
        limit=two_people.limit(),
        is_alone=not queries.others_of(company_id, by),
        health=RULES["HEALTH"].parameters["percent"],
        me=by.person_id,
        invite=INVITE,
        **shown,
    ), max(form.status for form in shown.values())


@blueprint.post("/gigs/<uuid:gig_id>/bonuses")
def give_bonus(company_id: UUID, gig_id: UUID) -> ResponseReturnValue:
    own_gig(gig_id)
    form = Form(NewBonusSchema)
    done = form.done(lambda data: service.grant(gig_id, **data, by=actor()))
    return saved("list_bonuses", gig_id=gig_id) if done else list_bonuses(company_id, gig_id, giving=form)


@blueprint.get("/bonuses/<uuid:bonus_id>")
def show_bonus(company_id: UUID, bonus_id: UUID) -> ResponseReturnValue:
    """Leads to where it stands among those of its gig."""
    return redirect(
        url_for(
            "company.list_bonuses", company_id=company_id, gig_id=_own(bonus_id).gig_id, _anchor=f"bonus-{bonus_id}"
        )
    )


@blueprint.post("/bonuses/<uuid:bonus_id>/agree")
def agree_to_bonus(company_id: UUID, bonus_id: UUID) -> ResponseReturnValue:
    return _answer(bonus_id, Form(NOTHING_MORE), lambda _: service.agree(bonus_id, by=actor()))


@blueprint.post("/bonuses/<uuid:bonus_id>/withdraw")
def withdraw_bonus(company_id: UUID, bonus_id: UUID) -> ResponseReturnValue:
    form = Form(BonusWithdrawalSchema)
    return _answer(bonus_id, form, lambda data: service.withdraw(bonus_id, data["reason"], by=actor()))


def _answer(bonus_id: UUID, form: Form, act: Callable[[Any], Bonus]) -> ResponseReturnValue:
    found = _own(bonus_id)
    if form.done(act):
        return saved("list_bonuses", gig_id=found.gig_id)
    return list_bonuses(found.company_id, found.gig_id, answering=form)


def _own(bonus_id: UUID) -> Bonus:
    """A bonus of the company that the address names. Raises NotFound or Forbidden."""
    found = queries.of_members(bonus_id, actor())
    if found.company_id != (request.view_args or {})["company_id"]:
        raise NotFound
    return found


def _people(gig: Gig) -> list[tuple[str, str]]:
    """Who may be given one, for the form; none of a gig that is closed."""
    if gig.status is GigStatus.CLOSED:
        return []
    return [(str(known), name) for known, name in queries.who_worked(gig.id, actor(), MOST_PEOPLE)]
