"""Words that abuse people: hidden and decided about at the desk, read and contested by whoever wrote them."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.accounts import queries as accounts
from marketplace.accounts.auth import actor
from marketplace.accounts.rules import Actor, require_operator, require_person
from marketplace.accounts.schemas import ReasonSchema
from marketplace.core import clock
from marketplace.core.http import page
from marketplace.core.problems import NotFound
from marketplace.insight import crediting
from marketplace.standards import comments, hiding
from marketplace.standards.hiding_models import Hiding
from marketplace.standards.hiding_rules import CONTEST_FOR, HiddenKind, HidingStatus
from marketplace.web import operator, public, site
from marketplace.web.forms import Form

SHOWN = 20
_DECISIONS = {"uphold": hiding.uphold, "lift": hiding.lift}


@dataclass(frozen=True, slots=True)
class Shown:
    """Something hidden as its author or an operator sees it: with its words, None where they were taken back, and the
    page on which they stand."""

    row: Hiding
    words: str | None
    place: str

    @property
    def can_be_contested(self) -> bool:
        return self.row.status is HidingStatus.HIDDEN and clock.now() < self.row.hidden_at + CONTEST_FOR


# --- whoever wrote them -----------------------------------------------------------------------------------------------


@public.blueprint.get("/hidden-words")
def my_hidden(form: Form | None = None) -> ResponseReturnValue:
    """Words of one's own that were hidden, why, and how to contest it."""
    if (sign_in := site.ask_to_sign_in()) is not None:
        return sign_in
    by, shown = actor(), form or Form(ReasonSchema)
    found = page(hiding.mine(seen_by=by), Hiding.id, limit=SHOWN, after=request.args.get("after", type=UUID))
    return render_template(
        "public/hidden.html", found=_shown(found["items"], by), next=found["next"], form=shown
    ), shown.status


@public.blueprint.post("/hidden-words/<uuid:hiding_id>/contest")
def contest_hidden(hiding_id: UUID) -> ResponseReturnValue:
    form = Form(ReasonSchema)
    done = form.done(lambda data: hiding.contest(hiding_id, data["reason"], by=actor()))
    return redirect(url_for("public.my_hidden")) if done else my_hidden(form)


# --- the desk ---------------------------------------------------------------------------------------------------------


@operator.blueprint.get("/hidden")
def list_hidden() -> str:
    status = request.args.get("status", type=HidingStatus)
    found = page(hiding.listed(status, seen_by=actor()), Hiding.id, limit=SHOWN, after=operator.after())
    return render_template(
        "operator/hidden.html",
        found=_shown(found["items"], actor()),
        next=found["next"],
        status=status,
        statuses=list(HidingStatus),
    )


@operator.blueprint.get("/hidden/<uuid:hiding_id>")
def show_hidden(hiding_id: UUID, form: Form | None = None) -> ResponseReturnValue:
    by, shown = actor(), form or Form(ReasonSchema)
    require_operator(by, hiding.ROLE)
    row = hiding.one(hiding_id, seen_by=by)
    deciders = [each for each in (row.hidden_by, row.answered_by, row.lifted_by) if each is not None]
    return render_template(
        "operator/hidden_one.html",
        shown=_shown([row], by)[0],
        names=accounts.person_name(deciders),
        me=require_person(by),
        form=shown,
    ), shown.status


@operator.blueprint.post("/hidden/<uuid:hiding_id>/<any(uphold, lift):press>")
def decide_hidden(hiding_id: UUID, press: str) -> ResponseReturnValue:
    form = Form(ReasonSchema)
    done = form.done(lambda data: _DECISIONS[press](hiding_id, **data, by=actor()))
    return operator.saved("show_hidden", hiding_id=hiding_id) if done else show_hidden(hiding_id, form)


@operator.blueprint.route("/places/changes/<uuid:change_id>/comments/<uuid:comment_id>/hide", methods=["GET", "POST"])
def hide_comment(change_id: UUID, comment_id: UUID) -> ResponseReturnValue:
    by, form = actor(), Form(ReasonSchema)
    require_operator(by, hiding.ROLE)
    if form.done(lambda data: comments.hide(change_id, comment_id, **data, by=by)):
        return redirect(url_for("public.show_change", change_id=change_id))
    row = comments.comment(comment_id, seen_by=by)
    if row.change_id != change_id:
        raise NotFound
    place = url_for("public.show_change", change_id=change_id)
    return render_template("operator/hide.html", words=row.words, place=place, form=form), form.status


@operator.blueprint.route("/companies/<uuid:company_id>/credits/<uuid:contractor_id>/hide", methods=["GET", "POST"])
def hide_credit(company_id: UUID, contractor_id: UUID) -> ResponseReturnValue:
    by, form = actor(), Form(ReasonSchema)
    require_operator(by, hiding.ROLE)
    if form.done(lambda data: crediting.hide(company_id, contractor_id, **data, by=by)):
        return redirect(url_for("public.show_credits", company_id=company_id))
    words = crediting.credit(company_id, contractor_id, seen_by=by).name
    place = url_for("public.show_credits", company_id=company_id)
    return render_template("operator/hide.html", words=words, place=place, form=form), form.status


def _shown(rows: Sequence[Hiding], by: Actor) -> list[Shown]:
    """In one statement for each kind, however many they are."""
    said = comments.words_of([row.thing_id for row in rows if row.kind is HiddenKind.COMMENT])
    credited = crediting.names_of([(row.thing_id, row.author_id) for row in rows if row.kind is HiddenKind.CREDIT])
    found = []
    for row in rows:
        if row.kind is HiddenKind.CREDIT:
            words = credited.get((row.thing_id, row.author_id))
            found.append(Shown(row, words, url_for("public.show_credits", company_id=row.thing_id)))
            continue
        change_id, spoken = said[row.thing_id]
        found.append(Shown(row, spoken or None, url_for("public.show_change", change_id=change_id)))
    return found
