"""What people saw in a gig and which classes it has had: for its company and, with the same words, for operators."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from marketplace.accounts import queries as accounts
from marketplace.accounts.auth import actor
from marketplace.core.http import page
from marketplace.gigs import hazards
from marketplace.gigs import queries as gigs
from marketplace.gigs.models import Gig
from marketplace.shifts import flags, raising
from marketplace.shifts.hazard_models import HazardFlag
from marketplace.shifts.hazard_schemas import DismissSchema, RaiseSchema, ReportSchema
from marketplace.standards.hazard import ILLEGAL
from marketplace.web import choices, company, operator, words
from marketplace.web.company_gigs import own_gig
from marketplace.web.forms import Form


@company.blueprint.route("/gigs/<uuid:gig_id>/hazards", methods=["GET", "POST"])
def company_hazards(company_id: UUID, gig_id: UUID) -> ResponseReturnValue:
    """The flags and classes of a gig of one's own, and the form that raises its class."""
    gig, form = own_gig(gig_id), Form(RaiseSchema)
    if _raised(gig, form):
        return redirect(url_for("company.company_hazards", company_id=company_id, gig_id=gig_id))
    return render_template("company/hazards.html", **_shown(gig, form)), form.status


@operator.blueprint.get("/hazards")
def list_flags() -> str:
    """Every open flag, with the gig it is about."""
    found = page(flags.waiting(seen_by=actor()), HazardFlag.id, limit=operator.SHOWN, after=operator.after())
    names = accounts.company_name([each.company_id for each in found["items"]])
    return render_template("operator/hazards.html", found=found, companies=names)


@operator.blueprint.route("/gigs/<uuid:gig_id>/hazards", methods=["GET", "POST"])
def gig_hazards(gig_id: UUID) -> ResponseReturnValue:
    """As the company sees it; an operator's raise holds even where the company's money is short."""
    gig, form = gigs.company_gig(gig_id, actor()), Form(RaiseSchema)
    if _raised(gig, form):
        return redirect(url_for("operator.gig_hazards", gig_id=gig_id))
    return render_template("operator/gig_hazards.html", **_shown(gig, form)), form.status


@operator.blueprint.post("/gigs/<uuid:gig_id>/hazards/<uuid:flag_id>/dismiss")
def dismiss_flag(gig_id: UUID, flag_id: UUID) -> ResponseReturnValue:
    gig, form = gigs.company_gig(gig_id, actor()), Form(DismissSchema)
    if form.done(lambda data: flags.dismiss(flag_id, data["answer"], by=actor())):
        return redirect(url_for("operator.gig_hazards", gig_id=gig_id))
    return render_template("operator/gig_hazards.html", **_shown(gig, Form(RaiseSchema), form)), form.status


@operator.blueprint.post("/gigs/<uuid:gig_id>/hazards/<uuid:flag_id>/report")
def report_flag(gig_id: UUID, flag_id: UUID) -> ResponseReturnValue:
    gig, form = gigs.company_gig(gig_id, actor()), Form(ReportSchema)
    if form.done(lambda data: raising.stop_unlawful(flag_id, **data, by=actor())):
        return redirect(url_for("operator.gig_hazards", gig_id=gig_id))
    return render_template("operator/gig_hazards.html", **_shown(gig, Form(RaiseSchema), form)), form.status


def _raised(gig: Gig, form: Form) -> bool:
    """Whether the form was handed in and the class was raised; what it came to is said on the next page."""
    by, gig_id = actor(), gig.id
    done: list[raising.Raised] = []
    if not form.done(lambda data: done.append(raising.raise_class(gig_id, **data, by=by))):
        return False
    came = done[0]
    flash(
        gettext(
            "The class is raised. %(held)s more is held; %(stopped)s had to stop, %(taken)s were taken out.",
            held=words.money_words(came.held),
            stopped=len(came.stopped),
            taken=len(came.taken_out),
        )
    )
    if came.unheld:
        flash(gettext("%(money)s could not be held; the gig is paused.", money=words.money_words(came.unheld)))
    return True


def _shown(gig: Gig, form: Form, answering: Form | None = None) -> dict[str, Any]:
    by = actor()
    return {
        "gig": gig,
        "form": form,
        "answering": answering or Form(DismissSchema),
        "found": page(flags.of_gig(gig.id, seen_by=by), HazardFlag.id, limit=company.SHOWN, after=company.after()),
        "history": hazards.history(gig.id, by),
        "classes": choices.hazard_classes(),
        "categories": choices.hazard_categories(),
        "unlawful": ILLEGAL,
    }
