"""What a gig needs beside its terms: instructions that somebody else verified, and a pilot."""

from typing import Any
from uuid import UUID

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from marketplace.accounts import queries as accounts
from marketplace.accounts.auth import actor
from marketplace.gigs import inheriting, preparation, queries
from marketplace.gigs.instruction_rules import ChecklistIncomplete, ChecklistItem
from marketplace.gigs.models import Gig
from marketplace.gigs.rules import NOT_CLOSED
from marketplace.gigs.schemas import InheritSchema, NewInstructionsSchema, VerificationSchema
from marketplace.standards.catalogue import RULES
from marketplace.standards.rules import PaymentModel
from marketplace.web import company_pictures as pictures
from marketplace.web.choices import CHECKLIST, choices
from marketplace.web.company import blueprint, saved
from marketplace.web.company_gigs import own_gig
from marketplace.web.forms import Form
from marketplace.web.gig_form import PilotForm, code_of

BY_HOUR = (PaymentModel.HOURLY, PaymentModel.HYBRID)


@blueprint.get("/gigs/<uuid:gig_id>/instructions")
def show_instructions(company_id: UUID, gig_id: UUID, **forms: Form) -> ResponseReturnValue:
    """Every version; the newest one to be verified by somebody other than its author, and a form for the next."""
    gig = own_gig(gig_id)
    versions = queries.instructions(gig_id, actor())
    text = {"text": versions[0].text} if versions else {}
    shown = {"writing": Form(NewInstructionsSchema, text), "checking": Form(VerificationSchema)} | forms
    page = _instructions_page(gig, versions, shown)
    return page, max(form.status for form in shown.values())


@blueprint.post("/gigs/<uuid:gig_id>/instructions")
def write_instructions(company_id: UUID, gig_id: UUID) -> ResponseReturnValue:
    own_gig(gig_id)
    form = Form(NewInstructionsSchema)
    done = form.done(lambda data: preparation.write_instructions(gig_id, **data, by=actor()))
    return saved("show_instructions", gig_id=gig_id) if done else show_instructions(company_id, gig_id, writing=form)


@blueprint.post("/gigs/<uuid:gig_id>/instructions/<int(min=1, max=1000000):version>/verify")
def verify_instructions(company_id: UUID, gig_id: UUID, version: int) -> ResponseReturnValue:
    own_gig(gig_id)
    form = Form(VerificationSchema)
    done = form.done(lambda data: preparation.verify_instructions(gig_id, version, data["checked"], by=actor()))
    if isinstance(form.problem, ChecklistIncomplete):
        # The verb names the items by their codes; here they are called as beside their boxes.
        missing = [str(CHECKLIST[item]) for item in ChecklistItem if not form.chosen("checked", item)]
        form.problem = ChecklistIncomplete(
            gettext("Not confirmed: %(items)s.", items=", ".join(missing)), field="checked"
        )
        form.errors = {"checked": [form.problem.detail]}
    return saved("show_instructions", gig_id=gig_id) if done else show_instructions(company_id, gig_id, checking=form)


@blueprint.route("/gigs/<uuid:gig_id>/pilot", methods=["GET", "POST"])
def record_pilot(company_id: UUID, gig_id: UUID) -> ResponseReturnValue:
    """What a finished pilot was; the volume of a gig is limited until it has one."""
    gig = own_gig(gig_id)
    form = _recording(gig)
    if form.done(lambda report: preparation.record_pilot(gig_id, report, by=actor())):
        return saved("show_gig", gig_id=gig_id)
    return _pilot_page(gig, form, Form(InheritSchema)), form.status


@blueprint.post("/gigs/<uuid:gig_id>/inherited-pilot")
def inherit_pilot(company_id: UUID, gig_id: UUID) -> ResponseReturnValue:
    """Takes over the pilot of an earlier gig."""
    gig = own_gig(gig_id)
    form = Form(InheritSchema)
    if form.done(lambda data: inheriting.inherit_pilot(gig_id, **data, by=actor())):
        return saved("record_pilot", gig_id=gig_id)
    return _pilot_page(gig, _recording(gig), form), form.status


def _recording(gig: Gig) -> Form:
    places = ", ".join(code_of(place) for place in gig.criteria.places)
    return Form(PilotForm, {"places": places, "paid.currency": gig.currency})


def _pilot_page(gig: Gig, form: Form, inheriting_form: Form) -> str:
    rolling = queries.rolling_pilot(gig.id, actor())
    link = queries.inherited_pilot(gig.id, actor())
    return render_template(
        "company/pilot.html",
        gig=gig,
        form=form,
        inheriting=inheriting_form,
        link=link,
        source=None if link is None else queries.company_gig(link.from_gig_id, actor()),
        earlier=inheriting.earlier_gigs(gig),
        rolling=rolling,
        progress=pictures.pilot_progress(gig, rolling) if gig.payment_model in BY_HOUR else [],
        cap_hours=RULES["PILOT"].parameters["minutes_without_pilot"] // 60,
    )


def _instructions_page(gig: Gig, versions: list[Any], forms: dict[str, Form]) -> str:
    people = {each.author_id for each in versions} | {each.verified_by for each in versions if each.verified_by}
    return render_template(
        "company/instructions.html",
        gig=gig,
        can_change=gig.status in NOT_CLOSED,
        versions=versions,
        names=accounts.person_name(list(people)),
        checklist=choices(CHECKLIST),
        me=actor().person_id,
        **forms,
    )
