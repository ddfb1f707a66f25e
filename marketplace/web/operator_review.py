"""Vetting, side by side: what somebody declared and the document that shows it; the queue; moves; the policy."""

import re
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import marshmallow as ma
from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from marketplace.accounts import queries as accounts
from marketplace.accounts.auth import actor
from marketplace.accounts.rules import OperatorRole, require_operator
from marketplace.core.db import db
from marketplace.core.files import content_of
from marketplace.core.intake import takes_files
from marketplace.core.problems import NotFound
from marketplace.core.retention import PaperStatus
from marketplace.pay.rails import unreached
from marketplace.web import answers, choices, words
from marketplace.web.application import DOCUMENT_OF, usual_wait
from marketplace.web.continents import by_continent
from marketplace.web.forms import Form
from marketplace.web.operator import SHOWN, after, blueprint, saved
from marketplace.web.operator_people import CHECKABLE
from marketplace.web.pictures import Part, Segment, stacked
from marketplace.web.requirements import DecisionsForm
from marketplace.workforce import (
    declarations,
    documents,
    expiring,
    policy,
    queries,
    residence,
    screening,
    service,
    versions,
    waits,
)
from marketplace.workforce.listed import HitStatus, read_bytes
from marketplace.workforce.models import Requirement
from marketplace.workforce.paper_models import ResidenceChange
from marketplace.workforce.paper_routes import shown
from marketplace.workforce.paper_schemas import PolicyGivenSchema
from marketplace.workforce.papers import ALWAYS_ASKED, Policy, Provider, Purpose
from marketplace.workforce.rules import NothingChosen, RequirementKind, RequirementStatus, Ruling
from marketplace.workforce.schemas import VERSION
from marketplace.workforce.screening_models import ScreeningHit
from marketplace.workforce.validity import HAVE_AN_END


class MoveDecisionForm(ma.Schema):
    granted = ma.fields.Boolean(required=True)
    reason = ma.fields.String(required=True, validate=ma.validate.Length(1, 2000))


class HitDecisionForm(ma.Schema):
    hit_id = ma.fields.UUID(required=True)
    same_person = ma.fields.Boolean(required=True)
    reason = ma.fields.String(required=True, validate=ma.validate.Length(1, 2000))


class PolicyForm(PolicyGivenSchema):
    """As the API has it. Identity, age and terms are always asked, so the page has no boxes for them to untick."""

    @ma.post_load
    def _with_always(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return data | {"kinds": {*data["kinds"], *ALWAYS_ASKED}}


class SeveralForm(ma.Schema):
    """`chosen` are "CONTRACTOR KIND VERSION", as each was looked at; each has its own reason in
    `own.CONTRACTOR_KIND`, or the common one."""

    met = ma.fields.Boolean(required=True)
    chosen = ma.fields.List(ma.fields.String(), load_default=list)
    reason = ma.fields.String(required=True, validate=ma.validate.Length(1, 2000))
    own = ma.fields.Dict(ma.fields.String(), ma.fields.String(validate=ma.validate.Length(0, 2000)), load_default=dict)


class TakingInForm(ma.Schema):
    """`taken_in` are the people who are ticked, and `why` the reason that each of them reads."""

    taken_in = ma.fields.List(ma.fields.UUID(), load_default=list)
    why = ma.fields.String(required=True, validate=ma.validate.Length(1, 2000))


@blueprint.get("/vetting")
def list_waiting(form: Form | None = None, taking_in: Form | None = None) -> ResponseReturnValue:
    """Applicants, whoever applied first: whose turn it is, and what can be decided about several at once."""
    found = waits.queue(actor(), SHOWN + 1, after())
    newly = expiring.renewals(actor()).order_by(Requirement.submitted_at, Requirement.id).limit(SHOWN)
    renewed = db.session.scalars(newly).all()
    given, taking = form or Form(SeveralForm), taking_in or Form(TakingInForm)
    page = render_template(
        "operator/waiting.html",
        complete=[each.contractor for each in found[:SHOWN] if each.is_complete],
        taking_in=taking,
        found=found[:SHOWN],
        next=found[SHOWN - 1].contractor.id if len(found) > SHOWN else None,
        names=accounts.person_name([each.contractor.id for each in found] + [each.contractor_id for each in renewed]),
        versions=versions.of([row for each in found for row in each.of(RequirementStatus.SUBMITTED)]),
        renewed=renewed,
        held=documents.held_by_purpose([each.contractor.id for each in found]),
        submitted=RequirementStatus.SUBMITTED,
        requirements=choices.REQUIREMENTS,
        countries=dict(words.countries()),
        usually={kind: usual_wait(took) for kind, took in waits.usually().items()},
        asked=policy.current(),
        moves=db.session.scalars(residence.queue(actor()).order_by(ResidenceChange.id).limit(SHOWN)).all(),
        form=given,
    )
    return page, max(given.status, taking.status)


@blueprint.post("/vetting")
def decide_several() -> ResponseReturnValue:
    """Decides about requirements of several people at once, each with a reason: all of them or none."""
    form = Form(SeveralForm)
    done = form.done(lambda data: service.decide_about_people(_rulings(data), by=actor()))
    return saved("list_waiting") if done else list_waiting(form)


@blueprint.post("/vetting/admissions")
def take_in_several() -> ResponseReturnValue:
    """Takes in everybody who is ticked and whose requirements are all met, or nobody."""
    form = Form(TakingInForm)
    done = form.done(lambda data: service.vet_people(dict.fromkeys(data["taken_in"], data["why"]), by=actor()))
    return saved("list_waiting") if done else list_waiting(taking_in=form)


@blueprint.get("/people/<uuid:contractor_id>/papers")
def review(contractor_id: UUID, form: Form | None = None) -> ResponseReturnValue:
    """What somebody declared beside the documents that show it. Each picture that is opened here is a look."""
    by = actor()
    require_operator(by, OperatorRole.VETTING)
    profile = queries.profile(contractor_id, by)
    held = [each for each in documents.documents(contractor_id, by) if each.status is PaperStatus.HELD]
    given = form or Form(DecisionsForm)
    page = render_template(
        "operator/papers.html",
        tax_numbers=dict(choices.tax_numbers()),
        profile=profile,
        person_shown=accounts.person(contractor_id),
        declared=declarations.declared(contractor_id, by),
        remarks=declarations.remarks(contractor_id, by),
        held=held,
        opened=request.args.get("look", type=UUID),
        checkable=CHECKABLE,
        have_an_end=HAVE_AN_END,
        requirements=choices.REQUIREMENTS,
        purposes=choices.SHOWN_BY,
        papers=choices.PAPERS,
        bases=choices.WORK_BASES,
        remark_words=choices.REMARKS,
        countries=dict(words.countries()),
        rail=current_app.config["RAIL"],
        is_paid=unreached.is_paid(profile.contractor.country),
        checking=given,
    )
    return page, given.status


@blueprint.post("/people/<uuid:contractor_id>/papers")
def decide_papers(contractor_id: UUID) -> ResponseReturnValue:
    """As on the person's page: the decisions that were filled in, each with its reason, all of them or none."""
    form = Form(DecisionsForm)
    done = form.done(lambda data: service.decide_requirements(contractor_id, data["decisions"], by=actor()))
    if not done:
        return review(contractor_id, form)
    who = accounts.person_name([contractor_id])[contractor_id]
    return saved("review", said=answers.told(who=who), contractor_id=contractor_id)


@blueprint.get("/people/<uuid:contractor_id>/documents/<uuid:document_id>")
def look_at_document(contractor_id: UUID, document_id: UUID) -> ResponseReturnValue:
    """The document itself, and a line in the audit."""
    content = documents.read(contractor_id, document_id, by=actor())
    return shown(content, content.kind)


@blueprint.get("/moves/<uuid:move_id>")
def show_move(move_id: UUID, form: Form | None = None) -> ResponseReturnValue:
    """One move: from where to where, and what shows it."""
    by = actor()
    require_operator(by, OperatorRole.VETTING)
    found = db.session.get(ResidenceChange, move_id)
    if found is None:
        raise NotFound
    given = form or Form(MoveDecisionForm)
    listed = documents.documents(found.contractor_id, by)
    page = render_template(
        "operator/move.html",
        move=found,
        name=accounts.person_name([found.contractor_id])[found.contractor_id],
        held=[each for each in listed if each.purpose is Purpose.MOVE and each.status is PaperStatus.HELD],
        opened=request.args.get("look", type=UUID),
        purposes=choices.SHOWN_BY,
        countries=dict(words.countries()),
        form=given,
    )
    return page, given.status


@blueprint.post("/moves/<uuid:move_id>")
def decide_move(move_id: UUID) -> ResponseReturnValue:
    form = Form(MoveDecisionForm)
    done = form.done(lambda data: residence.decide(move_id, **data, by=actor()))
    return saved("list_waiting") if done else show_move(move_id, form)


def _rulings(data: Mapping[str, Any]) -> dict[UUID, dict[RequirementKind, Ruling]]:
    """Raises NothingChosen, NotFound for what no page offers."""
    if not data["chosen"]:
        raise NothingChosen
    found: dict[UUID, dict[RequirementKind, Ruling]] = {}
    for pair in data["chosen"]:
        person, kind, seen = (*pair.split(" "), "", "", "")[:3]
        try:
            key, requirement = UUID(person), RequirementKind(kind)
        except ValueError as unknown:
            raise NotFound from unknown
        if seen and re.fullmatch(VERSION, seen) is None:
            raise NotFound
        own = data["own"].get(f"{person}_{kind}", "").strip()
        found.setdefault(key, {})[requirement] = Ruling(data["met"], own or data["reason"], seen=seen or None)
    return found


# --- the policy -----------------------------------------------------------------------------------------------------


@blueprint.get("/vetting/policy")
def show_policy(form: Form | None = None) -> ResponseReturnValue:
    """What applicants are asked for now, what they were asked before, and the form for the next version."""
    require_operator(actor(), OperatorRole.STANDARDS, OperatorRole.VETTING)
    now = policy.current()
    given = form or Form(PolicyForm, _policy_values(now))
    history = policy.history()
    page = render_template(
        "operator/policy.html",
        now=now,
        history=history,
        who=accounts.person_name([each.set_by for each in history]),
        kinds=list(RequirementKind),
        always=ALWAYS_ASKED,
        shown_by_document=[each for each in RequirementKind if each in DOCUMENT_OF],
        providers=list(Provider),
        continents=by_continent(),
        country_names=dict(words.countries()),
        may_publish=actor().is_operator(OperatorRole.STANDARDS),
        form=given,
    )
    return page, given.status


@blueprint.post("/vetting/policy")
def publish_policy() -> ResponseReturnValue:
    form = Form(PolicyForm)
    done = form.done(lambda data: policy.publish(**data, by=actor()))
    return saved("show_policy") if done else show_policy(form)


def _policy_values(now: Policy) -> dict[str, Any]:
    names = ("kinds", "identity_by", "documents_for", "work_evidence_in")
    return {name: [str(each) for each in getattr(now, name)] for name in names}


# --- screening ------------------------------------------------------------------------------------------------------


@blueprint.get("/screening")
def list_hits(form: Form | None = None, loading: Form | None = None) -> ResponseReturnValue:
    """Names that are like a listed one, the open ones first, and the lists that there are."""
    by = actor()
    waiting = db.session.scalars(screening.hits(by).order_by(ScreeningHit.id).limit(SHOWN)).all()
    decided = screening.hits(by, None).where(ScreeningHit.status != HitStatus.OPEN)
    before = db.session.scalars(decided.order_by(ScreeningHit.decided_at.desc()).limit(SHOWN)).all()
    given = form or Form(HitDecisionForm)
    born = {each.contractor_id: queries.contractor(each.contractor_id, by).born_on for each in waiting}
    done = screening.progress(by)
    page = render_template(
        "operator/screening.html",
        done=done,
        bar=_compared(done),
        loading=loading or Form(ma.Schema),
        may_load=by.is_operator(OperatorRole.ADMIN),
        lists=screening.lists(by),
        waiting=waiting,
        before=before,
        born=born,
        names=accounts.person_name([each.contractor_id for each in (*waiting, *before)]),
        form=given,
        blank=Form(given.schema),
    )
    return page, max(given.status, loading.status if loading else 0)


@blueprint.post("/screening/lists")
@takes_files
def load_list() -> ResponseReturnValue:
    """Loads a list that was chosen as a file. Everybody is compared with it by the job that follows."""
    require_operator(actor(), OperatorRole.ADMIN)
    form, sent = Form(ma.Schema), request.files.get("file")
    content = content_of(sent) if sent is not None else b""
    loaded = form.run(lambda _: screening.load_list(read_bytes(content), by=actor()))
    if loaded is None:
        return list_hits(loading=form)
    what = gettext(
        "%(source)s was loaded: %(entries)s entries, %(added)s new, %(removed)s gone.",
        source=loaded.list.source,
        entries=loaded.list.entries,
        added=loaded.added,
        removed=loaded.removed,
    )
    flash(what)
    return redirect(url_for("operator.list_hits"))


def _compared(done: screening.Progress) -> Sequence[Segment]:
    left = done.all - done.compared
    return stacked(
        [
            Part(gettext("compared"), str(done.compared), done.compared, "pass"),
            Part(gettext("still to compare"), str(left), left, "ground"),
        ]
    )


@blueprint.post("/screening")
def decide_hit() -> ResponseReturnValue:
    form = Form(HitDecisionForm)
    done = form.done(lambda data: screening.decide(**data, by=actor()))
    return saved("list_hits") if done else list_hits(form)
