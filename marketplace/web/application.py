"""The application as steps: what is missing, what is with an operator, and the next thing to do. Documents, moving."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from types import MappingProxyType
from typing import Any
from uuid import UUID

import marshmallow as ma
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from marketplace.accounts.auth import actor
from marketplace.accounts.rules import Actor, require_person
from marketplace.core.db import db
from marketplace.core.files import content_of
from marketplace.core.intake import takes_files
from marketplace.core.problems import Problem
from marketplace.web import answers, choices, words
from marketplace.web.contractor import blueprint
from marketplace.web.forms import Form
from marketplace.web.pictures import Part, Segment, stacked
from marketplace.workforce import (
    agreement,
    declarations,
    documents,
    expiring,
    queries,
    residence,
    screening,
    service,
    waits,
)
from marketplace.workforce.models import Requirement, VettingDecision
from marketplace.workforce.paper_routes import shown
from marketplace.workforce.paper_schemas import IdentityGivenSchema, MoveGivenSchema, TaxGivenSchema, WorkGivenSchema
from marketplace.workforce.papers import Purpose
from marketplace.workforce.queries import Profile
from marketplace.workforce.rules import OF_STATUS, ContractorStatus, RequirementKind, RequirementStatus
from marketplace.workforce.schemas import ContestSchema
from marketplace.workforce.validity import may_renew

TO_DO = (RequirementStatus.OPEN, RequirementStatus.REFUSED)
AS_DECLARED = "As declared."


class NoteForm(ma.Schema):
    """What is written about a step. A step with fields of its own may be handed in without a word."""

    note = ma.fields.String(validate=ma.validate.Length(1, 2000), load_default=AS_DECLARED)


class WordsForm(ma.Schema):
    note = ma.fields.String(validate=ma.validate.Length(1, 2000), required=True)


class IdentityForm(NoteForm):
    identity = ma.fields.Nested(IdentityGivenSchema, required=True)


class WorkForm(NoteForm):
    work = ma.fields.Nested(WorkGivenSchema, required=True)


class TaxForm(NoteForm):
    tax = ma.fields.Nested(TaxGivenSchema, required=True)


class TermsForm(NoteForm):
    terms_sha256 = ma.fields.String(required=True)


FORMS: Mapping[RequirementKind, type[ma.Schema]] = MappingProxyType(
    {
        RequirementKind.IDENTITY: IdentityForm,
        RequirementKind.AGE: WordsForm,
        RequirementKind.RESIDENCE: NoteForm,
        RequirementKind.RIGHT_TO_WORK: WorkForm,
        RequirementKind.TAX: TaxForm,
        RequirementKind.PAYOUT_ACCOUNT: WordsForm,
        RequirementKind.TERMS: TermsForm,
    }
)
DOCUMENT_OF: Mapping[RequirementKind, Purpose] = MappingProxyType(
    {
        RequirementKind.IDENTITY: Purpose.IDENTITY,
        RequirementKind.RESIDENCE: Purpose.RESIDENCE,
        RequirementKind.RIGHT_TO_WORK: Purpose.RIGHT_TO_WORK,
    }
)
"""The steps that a document belongs to."""


@blueprint.get("/application")
def application(step: RequirementKind | None = None, **forms: Form) -> ResponseReturnValue:
    """Where the application stands, and the one step that is to be done now: the first, or the one that was chosen."""
    by = actor()
    profile = queries.profile(require_person(by), by)
    steps = sorted(profile.requirements, key=lambda each: list(RequirementKind).index(each.kind))
    today = expiring.today_of(profile.contractor)
    renewable = {each.kind for each in steps if may_renew(each.valid_until, today)}
    now = _step_now(steps, step or _chosen(), renewable)
    given = {"handing_in": Form(FORMS[now.kind], _filled(now.kind, profile)) if now else None}
    given |= {"contesting": Form(ContestSchema)} | forms
    found = documents.documents(profile.contractor.id, by)
    page = render_template(
        "contractor/application.html",
        profile=profile,
        latest=_latest(profile),
        likeness_waits=screening.has_open(profile.contractor.id),
        steps=steps,
        today=today,
        renewable=renewable,
        now_doing=now,
        takes_file=DOCUMENT_OF.get(now.kind) if now else None,
        bar=_progress(steps),
        met=sum(each.status is RequirementStatus.MET for each in steps),
        waits=_words_of_waits(),
        files=[each for each in found if each.purpose is not Purpose.MOVE],
        purposes=choices.PURPOSES,
        in_use={each.kind.value for each in steps if each.status not in TO_DO},
        hints=words.requirement_hints(),
        terms=agreement.CURRENT,
        countries=words.countries(),
        kinds_of_paper=choices.choices(choices.PAPERS),
        bases=choices.choices(choices.WORK_BASES),
        kinds_of_number=choices.tax_numbers(),
        **given,
    )
    return page, max(form.status for form in given.values() if form)


@blueprint.post("/application/<any(identity,age,residence,right_to_work,tax,payout_account,terms):kind>")
@takes_files
def hand_in_step(kind: str) -> ResponseReturnValue:
    """Takes one step with its document. Of a form that is refused the file is kept, so that it is chosen once."""
    step, by, sent = RequirementKind(kind), actor(), _sent()
    form = Form(FORMS[step])
    if form.done(lambda data: _hand_in(step, data, sent, by)):
        flash(gettext("Handed in."))
        return redirect(url_for("contractor.application"))
    if step in DOCUMENT_OF:
        _keep_sent(DOCUMENT_OF[step], sent, by)
    return application(step=step, handing_in=form)


@blueprint.post("/application/open-account")
def open_account() -> ResponseReturnValue:
    service.open_sandbox_account(by=actor())
    return redirect(url_for("contractor.application"))


@blueprint.post("/application/contest")
def contest() -> ResponseReturnValue:
    form = Form(ContestSchema)
    if form.done(lambda data: service.contest(data["words"], by=actor())):
        flash(answers.told())
        return redirect(url_for("contractor.application"))
    return application(contesting=form)


@blueprint.get("/documents/<uuid:document_id>")
def show_document(document_id: UUID) -> ResponseReturnValue:
    """A document of one's own, as it is kept."""
    by = actor()
    content = documents.read(require_person(by), document_id, by=by)
    return shown(content, content.kind)


@blueprint.post("/documents/<uuid:document_id>/take-back")
def take_back_document(document_id: UUID) -> ResponseReturnValue:
    documents.take_back(document_id, by=actor())
    flash(gettext("Erased."))
    return redirect(url_for("contractor.application"))


# --- moving ---------------------------------------------------------------------------------------------------------


@blueprint.get("/move")
def move(**forms: Form) -> ResponseReturnValue:
    """Where somebody lives and lived, and how to say that they moved."""
    by = actor()
    me = queries.contractor(require_person(by), by)
    home = {"country": me.country, "subdivision": me.subdivision or "", "timezone": me.timezone}
    given = {"moving": Form(MoveGivenSchema, home)} | forms
    page = render_template(
        "contractor/move.html",
        me=me,
        moves=residence.history(me.id, by),
        files=[each for each in documents.documents(me.id, by) if each.purpose is Purpose.MOVE],
        may_move=me.status not in (ContractorStatus.APPLIED, ContractorStatus.REFUSED, ContractorStatus.CLOSED),
        countries=words.countries(),
        zones=words.zones(),
        country_names=dict(words.countries()),
        **given,
    )
    return page, max(form.status for form in given.values())


@blueprint.post("/move")
@takes_files
def ask_to_move() -> ResponseReturnValue:
    form, by, sent = Form(MoveGivenSchema), actor(), _sent()

    def ask(data: Mapping[str, Any]) -> object:
        documents.hand_in([(Purpose.MOVE, content) for content in sent], by=by)
        return residence.ask_to_move(**data, by=by)

    if form.done(ask):
        flash(gettext("Handed in."))
        return redirect(url_for("contractor.move"))
    _keep_sent(Purpose.MOVE, sent, by)
    return move(moving=form)


@blueprint.post("/move/withdraw")
def withdraw_move() -> ResponseReturnValue:
    residence.take_back(by=actor())
    flash(answers.told())
    return redirect(url_for("contractor.move"))


# --- a step ---------------------------------------------------------------------------------------------------------


def _hand_in(step: RequirementKind, data: Mapping[str, Any], sent: Sequence[bytes], by: Actor) -> object:
    given = dict(data)
    note = given.pop("note")
    if step in DOCUMENT_OF:
        documents.hand_in([(DOCUMENT_OF[step], content) for content in sent], by=by)
    if given:
        declarations.declare(**given, by=by)
    return service.submit_requirement(step, note, by=by)


def _keep_sent(purpose: Purpose, sent: Sequence[bytes], by: Actor) -> None:
    """A browser empties the field of a file whenever it shows a form again. So the file of a refused form is handed in
    by itself: it stands among the person's documents, where they can take it back. A file that cannot be taken is what
    the form says is wrong."""
    with suppress(Problem), db.session.begin_nested():
        documents.hand_in([(purpose, content) for content in sent], by=by)


def _latest(profile: Profile) -> list[VettingDecision]:
    """The decision by which the person is not vetted, if one says so."""
    if profile.contractor.status is ContractorStatus.VETTED:
        return []
    return [each for each in profile.decisions if each.outcome in OF_STATUS][:1]


def _sent() -> list[bytes]:
    """The files that came with the form, which can be read once. A field in which nothing was chosen comes as a file
    without a name."""
    return [content_of(sent) for sent in request.files.getlist("file") if sent.filename]


def _chosen() -> RequirementKind | None:
    asked = request.args.get("step")
    return next((kind for kind in RequirementKind if kind == asked), None)


def _step_now(
    steps: list[Requirement], chosen: RequirementKind | None, renewable: Collection[RequirementKind]
) -> Requirement | None:
    """What is to be done. What is accepted and ends soon is shown anew when it is chosen, not by itself."""
    to_do = [each for each in steps if each.status in TO_DO]
    again = [each for each in steps if each.kind in renewable and each.status is RequirementStatus.MET]
    return next((each for each in (*to_do, *again) if each.kind is chosen), to_do[0] if to_do else None)


def _filled(kind: RequirementKind, profile: Profile) -> Mapping[str, Any]:
    """What a step's form begins with: what was declared before, and the place where somebody lives."""
    me = profile.contractor
    declared = declarations.declared(me.id, actor())
    if kind is RequirementKind.IDENTITY:
        paper = declared.identity
        return {
            "identity.kind": str(paper.kind) if paper else "passport",
            "identity.country": (paper and paper.country) or me.country,
            "identity.expires_on": paper.expires_on if paper and paper.expires_on else "",
        }
    if kind is RequirementKind.RIGHT_TO_WORK:
        work = declared.work
        until = work.until if work and work.until else ""
        return {"work.basis": str(work.basis) if work else "citizen", "work.until": until}
    if kind is RequirementKind.TAX:
        tax = declared.tax
        return {"tax.country": (tax and tax.country) or me.country, "tax.number_kind": tax.number_kind if tax else ""}
    return {}


def _progress(steps: list[Requirement]) -> list[Segment]:
    """The steps as a bar: done, with an operator, still to do."""
    counted = {
        "pass": (gettext("done"), RequirementStatus.MET),
        "note": (gettext("with an operator"), RequirementStatus.SUBMITTED),
    }
    parts = []
    for kind, (label, status) in counted.items():
        count = sum(each.status is status for each in steps)
        parts.append(Part(label, str(count), count, kind))
    left = len(steps) - sum(part.size for part in parts)
    return stacked([*parts, Part(gettext("for you to do"), str(left), left, "ground")])


def _words_of_waits() -> Mapping[RequirementKind, str]:
    return {kind: usual_wait(took) for kind, took in waits.usually().items()}


def usual_wait(took: timedelta) -> str:
    """How long something usually takes, rounded up to hours or days."""
    hours = max(1, -(-int(took.total_seconds()) // 3600))
    said: str
    if hours < 48:
        said = ngettext("usually within %(num)d hour", "usually within %(num)d hours", hours)
    else:
        said = ngettext("usually within %(num)d day", "usually within %(num)d days", -(-hours // 24))
    return said
