"""A contractor's pages about themselves: the application, the record, the contracts. What they do stands in `work`."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext

from marketplace.accounts import queries as accounts
from marketplace.accounts.auth import actor
from marketplace.accounts.rules import Actor, require_person
from marketplace.contracts import off_boarding, status
from marketplace.contracts import queries as contracts
from marketplace.contracts import service as signing
from marketplace.contracts.models import Contract
from marketplace.contracts.rules import ContractStatus
from marketplace.contracts.schemas import ContractSigningSchema
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import timeline
from marketplace.core.problems import NotFound
from marketplace.gigs.rules import WorkKind
from marketplace.qualifications import queries as qualifications
from marketplace.qualifications.levels import spoken
from marketplace.shifts import guarantees
from marketplace.shifts import queries as shifts
from marketplace.shifts.rules import OfferStatus
from marketplace.standards.hazard import LEAST_CLASS
from marketplace.standards.rules import HazardClass
from marketplace.web import answers, device, site, words
from marketplace.web.amended import changes_of
from marketplace.web.day import count, to_sign
from marketplace.web.forms import Form
from marketplace.web.pictures import guaranteed_weeks
from marketplace.web.week_pictures import week_grid
from marketplace.workforce import admission, availability, intake, queries, service
from marketplace.workforce.admission import IntakeStatus
from marketplace.workforce.models import Contractor
from marketplace.workforce.rules import Level
from marketplace.workforce.schemas import (
    BandSchema,
    ContractorApplicationSchema,
    ContractorDescriptionSchema,
    HazardConsentGivenSchema,
    HazardConsentRevokedSchema,
)

blueprint = Blueprint("contractor", __name__, url_prefix="/me")


@blueprint.before_request
def only_contractors() -> ResponseReturnValue | None:
    """Strangers sign in first; whoever is no contractor yet is shown how to become one."""
    if (sign_in := site.ask_to_sign_in()) is not None:
        return sign_in
    by = actor()
    if (me := find_me(by)) is not None:
        device.see(me.id)
        return None
    if request.endpoint in ("contractor.apply", "contractor.wait"):
        return None
    return redirect(url_for("contractor.apply"))


def find_me(by: Actor) -> Contractor | None:
    """The contractor who asks, or None if the person is none."""
    try:
        return queries.contractor(require_person(by), by)
    except NotFound:
        return None


def navigation() -> list[tuple[str, Any, int]]:
    """What stands above every page of a contractor, with what waits there."""
    by = actor()
    if find_me(by) is None:
        return []
    return [
        ("work.today", lazy_gettext("Today"), 0),
        ("work.list_offers", lazy_gettext("Offers"), count(shifts.my_offers(OfferStatus.PENDING, seen_by=by))),
        ("work.list_bookings", lazy_gettext("Shifts"), 0),
        ("work.list_questions", lazy_gettext("Questions"), 0),
        ("work.list_payslips", lazy_gettext("Pay"), 0),
        ("work.list_tests", lazy_gettext("Tests"), 0),
        ("contractor.list_contracts", lazy_gettext("Contracts"), count(to_sign(by))),
        ("contractor.record", lazy_gettext("My record"), 0),
    ]


def _belonging(by: Actor) -> list[site.Place]:
    return [site.Place(gettext("My work"), url_for("work.today"))] if find_me(by) else []


site.navigation(blueprint, navigation)
site.belonging(blueprint, _belonging)

# --- the application ------------------------------------------------------------------------------------------------


@blueprint.route("/apply", methods=["GET", "POST"])
def apply() -> ResponseReturnValue:
    form = Form(ContractorApplicationSchema, {"payout_currency": "USD"})
    if form.done(lambda data: service.apply(**data, by=actor())):
        flash(gettext("Your application has begun. These steps are left."))
        return redirect(url_for("contractor.application"))
    me = accounts.person(require_person(actor()))
    measure = intake.latest()
    if measure is not None and measure.status is IntakeStatus.PAUSED:
        waits = intake.is_waiting(me.id)
        return render_template(
            "contractor/intake.html", me=me, measure=measure, waits=waits, law=admission
        ), form.status
    return render_template("contractor/apply.html", form=form, me=me, **_choices([me.locale, "en", "id"])), form.status


@blueprint.post("/apply/waiting", endpoint="wait")
def wait_for_intake() -> ResponseReturnValue:
    intake.wait(by=actor())
    flash(gettext("You are told when applications are taken again."))
    return redirect(url_for("contractor.apply"))


# --- the record -----------------------------------------------------------------------------------------------------


@blueprint.get("/record")
def record(**forms: Form) -> ResponseReturnValue:
    """What the service knows of the contractor, each part with the form that changes it."""
    by = actor()
    profile = queries.profile(require_person(by), by)
    me = profile.contractor
    band = {"min_hours": me.band_min_hours, "max_hours": me.band_max_hours}
    described: dict[str, Any] = {"skills": list(profile.skills)}
    described |= {f"languages.{code}": str(level) for code, level in profile.languages.items()}
    shown = {
        "band": Form(BandSchema, band),
        "description": Form(ContractorDescriptionSchema, described),
        "consent": Form(HazardConsentGivenSchema),
    } | forms
    page = render_template(
        "contractor/record.html",
        profile=profile,
        country=dict(words.countries()).get(me.country, me.country),
        grid=week_grid(profile.windows),
        weekdays=words.weekdays(),
        weekdays_short=words.weekdays("abbreviated"),
        categories=LEAST_CLASS,
        classes=[each for each in HazardClass if each is not HazardClass.H0],
        consents={each.category: each for each in profile.consents if each.revoked_at is None},
        speaks=spoken(profile.languages, qualifications.proofs([me.id]).get(me.id, []), clock.now()),
        language_names=dict(words.languages()),
        events=timeline("contractor", me.id, limit=20),
        **shown,
        **_choices([*profile.languages, "en", "id"], profile.skills),
    )
    return page, max(form.status for form in shown.values())


@blueprint.post("/record/description")
def describe() -> ResponseReturnValue:
    form = Form(ContractorDescriptionSchema)
    return saved(form.done(lambda data: service.describe(**data, by=actor())), "record") or record(description=form)


@blueprint.post("/record/band")
def set_band() -> ResponseReturnValue:
    form = Form(BandSchema)
    return saved(form.done(lambda data: availability.set_band(**data, by=actor())), "record") or record(band=form)


@blueprint.post("/record/consents")
def give_consent() -> ResponseReturnValue:
    form = Form(HazardConsentGivenSchema)
    done = form.done(lambda data: service.give_hazard_consent(**data, by=actor()))
    return saved(done, "record") or record(consent=form)


@blueprint.post("/record/consents/revoke")
def revoke_consent() -> ResponseReturnValue:
    form = Form(HazardConsentRevokedSchema)
    done = form.done(lambda data: service.revoke_hazard_consent(**data, by=actor()))
    return saved(done, "record") or record(consent=form)


# --- contracts ------------------------------------------------------------------------------------------------------


@blueprint.get("/contracts")
def list_contracts() -> str:
    by = actor()
    mine = contracts.contracts(by).where(Contract.contractor_id == by.person_id).order_by(Contract.id.desc())
    found = list(db.session.scalars(mine))
    changed = contracts.changed_for(require_person(by))
    return render_template(
        "contractor/contracts.html", contracts=found, companies=company_names(found), changed=changed
    )


@blueprint.get("/contracts/<uuid:contract_id>")
def show_contract(contract_id: UUID, form: Form | None = None) -> ResponseReturnValue:
    by = actor()
    found = own_contract(contract_id, by)
    versions = contracts.signed_versions(contract_id, by)
    shown = form or Form(ContractSigningSchema)
    page = render_template(
        "contractor/contract.html",
        contract=found,
        versions=versions,
        changes=changes_of(found, versions),
        reading=status.status(found.id, actor()).reading,
        ending=off_boarding.of_contract(found.id, by),
        weeks=guaranteed_weeks(guarantees.latest(found.id, by)),
        companies=company_names([found]),
        events=timeline("contract", found.id),
        form=shown,
    )
    return page, shown.status


@blueprint.post("/contracts/<uuid:contract_id>/sign")
def sign(contract_id: UUID) -> ResponseReturnValue:
    form = Form(ContractSigningSchema)
    if form.done(lambda data: signing.sign(contract_id, **data, address=request.remote_addr, by=actor())):
        flash(gettext("Signed. You may be offered shifts of this company now."))
        return redirect(url_for("contractor.show_contract", contract_id=contract_id))
    return show_contract(contract_id, form)


@blueprint.post("/contracts/<uuid:contract_id>/decline")
def decline_contract(contract_id: UUID) -> ResponseReturnValue:
    declined = signing.decline(contract_id, by=actor())
    if declined.status is ContractStatus.IN_FORCE:
        flash(gettext("Declined. The version that you signed before holds on, and nothing else follows from it."))
    else:
        flash(gettext("Declined. Nothing else follows from it."))
    return redirect(url_for("contractor.list_contracts"))


@blueprint.post("/contracts/<uuid:contract_id>/end")
def end_contract(contract_id: UUID) -> ResponseReturnValue:
    own_contract(contract_id, actor())
    signing.end(contract_id, "", by=actor())
    flash(gettext("The contract has ended. What you have earned is paid."))
    return redirect(url_for("contractor.show_contract", contract_id=contract_id))


def own_contract(contract_id: UUID, by: Actor) -> Contract:
    """A contract of the asker as a contractor; as a member of the company they look at it elsewhere (NotFound)."""
    found = contracts.contract(contract_id, by)
    if found.contractor_id != by.person_id:
        raise NotFound
    return found


def company_names(rows: Any) -> dict[UUID, str]:
    """The legal names of the companies of some contracts, offers, bookings or timesheets."""
    return accounts.company_name({row.company_id for row in rows})


# --- shared by the pages --------------------------------------------------------------------------------------------


def saved(done: bool, page: str) -> ResponseReturnValue | None:
    """Where a form leads to that did what it was for; None when it is to be shown again."""
    if not done:
        return None
    flash(answers.told())
    return redirect(url_for(f"contractor.{page}"))


def _choices(own_languages: list[str], own_skills: Any = ()) -> dict[str, Any]:
    """What the forms offer to choose from; what the person has already is always among it, and first."""
    usual = [str(kind).replace("_", "-") for kind in WorkKind]
    return {
        "countries": words.countries(),
        "currencies": words.currencies(),
        "zones": words.zones(),
        "levels": list(Level),
        "languages_known": words.languages(list(dict.fromkeys(own_languages))),
        "spoken": len(set(own_languages)),
        "skills_known": [*usual, *(skill for skill in own_skills if skill not in usual)],
    }
