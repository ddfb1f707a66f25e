"""Vetting, side by side: what somebody declared and the document that shows it; the queue; moves; the policy."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import marshmallow as ma
from flask import current_app, render_template, request
from flask.typing import ResponseReturnValue

from marketplace.accounts import queries as accounts
from marketplace.accounts.auth import actor
from marketplace.accounts.rules import OperatorRole, require_operator
from marketplace.core.db import db
from marketplace.core.problems import NotFound
from marketplace.web import choices, words
from marketplace.web.application import usual_wait
from marketplace.web.forms import Form
from marketplace.web.operator import SHOWN, after, blueprint, saved
from marketplace.web.operator_people import CHECKABLE
from marketplace.web.requirements import DecisionsForm
from marketplace.workforce import declarations, documents, policy, queries, residence, screening, service, waits
from marketplace.workforce.listed import HitStatus
from marketplace.workforce.paper_models import ResidenceChange
from marketplace.workforce.paper_routes import shown
from marketplace.workforce.papers import DocumentStatus, Purpose
from marketplace.workforce.rules import NothingChosen, RequirementKind, RequirementStatus, Ruling
from marketplace.workforce.screening_models import ScreeningHit


class MoveDecisionForm(ma.Schema):
    granted = ma.fields.Boolean(required=True)
    reason = ma.fields.String(required=True, validate=ma.validate.Length(1, 2000))


class HitDecisionForm(ma.Schema):
    hit_id = ma.fields.UUID(required=True)
    same_person = ma.fields.Boolean(required=True)
    reason = ma.fields.String(required=True, validate=ma.validate.Length(1, 2000))


class SeveralForm(ma.Schema):
    """`chosen` are "CONTRACTOR KIND" pairs; each has its own reason in `reason.CONTRACTOR.KIND`, or the common one."""

    met = ma.fields.Boolean(required=True)
    chosen = ma.fields.List(ma.fields.String(), load_default=list)
    reason = ma.fields.String(required=True, validate=ma.validate.Length(1, 2000))
    own = ma.fields.Dict(ma.fields.String(), ma.fields.String(validate=ma.validate.Length(0, 2000)), load_default=dict)


@blueprint.get("/vetting")
def list_waiting(form: Form | None = None) -> ResponseReturnValue:
    """Applicants, whoever applied first: whose turn it is, and what can be decided about several at once."""
    found = waits.queue(actor(), SHOWN + 1, after())
    given = form or Form(SeveralForm)
    page = render_template(
        "operator/waiting.html",
        found=found[:SHOWN],
        next=found[SHOWN - 1].contractor.id if len(found) > SHOWN else None,
        names=accounts.person_name([each.contractor.id for each in found]),
        held=documents.held_by_purpose([each.contractor.id for each in found]),
        submitted=RequirementStatus.SUBMITTED,
        requirements=choices.REQUIREMENTS,
        countries=dict(words.countries()),
        usually={kind: usual_wait(took) for kind, took in waits.usually().items()},
        asked=policy.current(),
        moves=db.session.scalars(residence.queue(actor()).order_by(ResidenceChange.id).limit(SHOWN)).all(),
        form=given,
    )
    return page, given.status


@blueprint.post("/vetting")
def decide_several() -> ResponseReturnValue:
    """Decides about requirements of several people at once, each with a reason: all of them or none."""
    form = Form(SeveralForm)
    done = form.done(lambda data: service.decide_about_people(_rulings(data), by=actor()))
    return saved("list_waiting") if done else list_waiting(form)


@blueprint.get("/people/<uuid:contractor_id>/papers")
def review(contractor_id: UUID, form: Form | None = None) -> ResponseReturnValue:
    """What somebody declared beside the documents that show it. Each picture that is opened here is a look."""
    by = actor()
    require_operator(by, OperatorRole.VETTING)
    profile = queries.profile(contractor_id, by)
    held = [each for each in documents.documents(contractor_id, by) if each.status is DocumentStatus.HELD]
    given = form or Form(DecisionsForm)
    page = render_template(
        "operator/papers.html",
        profile=profile,
        person_shown=accounts.person(contractor_id),
        declared=declarations.declared(contractor_id, by),
        remarks=declarations.remarks(contractor_id, by),
        held=held,
        opened=request.args.get("look", type=UUID),
        checkable=CHECKABLE,
        requirements=choices.REQUIREMENTS,
        purposes=choices.SHOWN_BY,
        papers=choices.PAPERS,
        bases=choices.WORK_BASES,
        remark_words=choices.REMARKS,
        countries=dict(words.countries()),
        rail=current_app.config["RAIL"],
        checking=given,
    )
    return page, given.status


@blueprint.post("/people/<uuid:contractor_id>/papers")
def decide_papers(contractor_id: UUID) -> ResponseReturnValue:
    """As on the person's page: the decisions that were filled in, each with its reason, all of them or none."""
    form = Form(DecisionsForm)
    done = form.done(lambda data: service.decide_requirements(contractor_id, data["decisions"], by=actor()))
    return saved("review", contractor_id=contractor_id) if done else review(contractor_id, form)


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
        held=[each for each in listed if each.purpose is Purpose.MOVE and each.status is DocumentStatus.HELD],
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
        person, _, kind = pair.partition(" ")
        try:
            key, requirement = UUID(person), RequirementKind(kind)
        except ValueError as unknown:
            raise NotFound from unknown
        own = data["own"].get(f"{person}_{kind}", "").strip()
        found.setdefault(key, {})[requirement] = Ruling(data["met"], own or data["reason"])
    return found


# --- screening ------------------------------------------------------------------------------------------------------


@blueprint.get("/screening")
def list_hits(form: Form | None = None) -> ResponseReturnValue:
    """Names that are like a listed one, the open ones first, and the lists that there are."""
    by = actor()
    waiting = db.session.scalars(screening.hits(by).order_by(ScreeningHit.id).limit(SHOWN)).all()
    decided = screening.hits(by, None).where(ScreeningHit.status != HitStatus.OPEN)
    before = db.session.scalars(decided.order_by(ScreeningHit.decided_at.desc()).limit(SHOWN)).all()
    given = form or Form(HitDecisionForm)
    born = {each.contractor_id: queries.contractor(each.contractor_id, by).born_on for each in waiting}
    page = render_template(
        "operator/screening.html",
        lists=screening.lists(by),
        waiting=waiting,
        before=before,
        born=born,
        names=accounts.person_name([each.contractor_id for each in (*waiting, *before)]),
        form=given,
    )
    return page, given.status


@blueprint.post("/screening")
def decide_hit() -> ResponseReturnValue:
    form = Form(HitDecisionForm)
    done = form.done(lambda data: screening.decide(**data, by=actor()))
    return saved("list_hits") if done else list_hits(form)
