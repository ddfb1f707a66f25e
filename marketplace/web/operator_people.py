"""Vetting: who waits, one person's file, and decisions that a person takes with a written reason."""

from collections.abc import Callable, Mapping
from uuid import UUID

import marshmallow as ma
from flask import render_template
from flask.typing import ResponseReturnValue

from marketplace.accounts import queries as accounts
from marketplace.accounts.auth import actor
from marketplace.accounts.rules import OperatorRole, require_operator
from marketplace.accounts.schemas import ReasonSchema
from marketplace.core import clock
from marketplace.core.events import timeline
from marketplace.core.http import page
from marketplace.qualifications import queries as qualifications
from marketplace.qualifications.levels import spoken
from marketplace.web import answers, choices, words
from marketplace.web.forms import Form
from marketplace.web.operator import SHOWN, after, blueprint, chosen, saved
from marketplace.web.requirements import DecisionsForm
from marketplace.web.restriction_form import RestrictionForm, targets
from marketplace.web.standing import named
from marketplace.workforce import appeals, queries, restrictions, service
from marketplace.workforce.models import Contractor
from marketplace.workforce.rules import ContractorStatus, RequirementKind, RequirementStatus
from marketplace.workforce.validity import HAVE_AN_END

DECISIONS: Mapping[str, Callable[..., Contractor]] = {
    "vet": service.vet,
    "refuse": service.refuse,
    "suspend": service.suspend,
    "reinstate": service.reinstate,
}
"""What an operator can decide about a person."""
CHECKABLE: Mapping[RequirementStatus, tuple[str, ...]] = {
    RequirementStatus.SUBMITTED: ("true", "false"),
    RequirementStatus.REFUSED: ("true",),
    RequirementStatus.MET: ("false",),
}
"""Whether what was shown of a requirement may be found to meet it, or not to, by what was decided before."""
OPEN_TO: Mapping[ContractorStatus, tuple[str, ...]] = {
    ContractorStatus.APPLIED: ("vet", "refuse"),
    ContractorStatus.VETTED: ("suspend",),
    ContractorStatus.SUSPENDED: ("reinstate",),
}


class PersonDecisionForm(ReasonSchema):
    decision = ma.fields.String(required=True, validate=ma.validate.OneOf(DECISIONS))


FORMS: Mapping[str, type[ma.Schema]] = {
    "checking": DecisionsForm,
    "deciding": PersonDecisionForm,
    "restricting": RestrictionForm,
    "lifting": ReasonSchema,
}
"""The forms of a person's file."""


@blueprint.get("/people")
def list_people() -> str:
    """People of one status, those who wait for a decision first."""
    status = chosen(ContractorStatus.APPLIED)
    found = page(queries.contractors(actor(), status), Contractor.id, limit=SHOWN, after=after())
    met = {each.id: _met(each.id) for each in found["items"]}
    names = accounts.person_name([each.id for each in found["items"]])
    return render_template(
        "operator/people.html",
        found=found, names=names, met=met, status=status, statuses=list(ContractorStatus),
        countries=dict(words.countries()), all=len(RequirementKind),
    )  # fmt: skip


@blueprint.get("/people/<uuid:contractor_id>")
def show_person(contractor_id: UUID, **forms: Form) -> ResponseReturnValue:
    """One person's file: what they showed, what was decided, and what can be decided now."""
    by = actor()
    require_operator(by, OperatorRole.VETTING)
    profile = queries.profile(contractor_id, by)
    shown = {name: Form(schema) for name, schema in FORMS.items()} | forms
    rows = restrictions.of_person(contractor_id, by)
    page = render_template(
        "operator/person.html",
        profile=profile,
        person_shown=accounts.person(contractor_id),
        deciders=accounts.person_name([each.decided_by for each in profile.decisions]),
        labels=choices.DECISIONS,
        requirements=choices.REQUIREMENTS,
        checkable=CHECKABLE,
        have_an_end=HAVE_AN_END,
        open_to=OPEN_TO.get(profile.contractor.status, ()),
        is_self=by.person_id == contractor_id,
        countries=dict(words.countries()),
        language_names=dict(words.languages()),
        speaks=spoken(profile.languages, qualifications.proofs([contractor_id]).get(contractor_id, []), clock.now()),
        events=timeline("contractor", contractor_id, limit=SHOWN),
        restrictions=rows,
        appeals=appeals.of_person(contractor_id),
        targets=targets(contractor_id),
        **named(rows),
        **shown,
    )
    return page, max(form.status for form in shown.values())


@blueprint.post("/people/<uuid:contractor_id>/requirements")
def decide_requirements(contractor_id: UUID) -> ResponseReturnValue:
    """Takes the decisions that were filled in, each with its reason, all of them or none."""
    form = Form(DecisionsForm)
    done = form.done(lambda data: service.decide_requirements(contractor_id, data["decisions"], by=actor()))
    return told(contractor_id) if done else show_person(contractor_id, checking=form)


@blueprint.post("/people/<uuid:contractor_id>/decision")
def decide_person(contractor_id: UUID) -> ResponseReturnValue:
    form = Form(PersonDecisionForm)
    done = form.done(lambda data: DECISIONS[data["decision"]](contractor_id, data["reason"], by=actor()))
    return told(contractor_id) if done else show_person(contractor_id, deciding=form)


def told(contractor_id: UUID) -> ResponseReturnValue:
    """Back to a person's page, which says what was decided about them."""
    who = accounts.person_name([contractor_id])[contractor_id]
    return saved("show_person", said=answers.told(who=who), contractor_id=contractor_id)


def _met(contractor_id: UUID) -> int:
    rows = queries.requirements(contractor_id, actor())
    return sum(row.status is RequirementStatus.MET for row in rows)
