"""A company's crews: their names, and who is in which."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from marketplace.accounts import queries as accounts
from marketplace.accounts.auth import actor
from marketplace.contracts import crews
from marketplace.contracts import queries as contracts
from marketplace.contracts.crew_models import Crew, CrewMember
from marketplace.contracts.crew_rules import MOST_LEAD_MINUTES
from marketplace.contracts.crew_schemas import CrewLeadSchema, CrewNameSchema, NewCrewMembersSchema
from marketplace.contracts.models import Contract
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.http import page
from marketplace.core.problems import NotFound
from marketplace.web.company import SHOWN, after, blueprint, saved
from marketplace.web.forms import Form


@blueprint.get("/crews")
def list_crews(company_id: UUID, making: Form | None = None) -> ResponseReturnValue:
    """The company's crews with their sizes, and the form for a new one."""
    making = making or Form(CrewNameSchema)
    found = page(crews.of_company(company_id, actor()), Crew.id, limit=SHOWN, after=after())
    counted = crews.counted(found["items"])
    return render_template("company/crews.html", found=found, crews=counted, making=making), making.status


@blueprint.post("/crews")
def make_crew(company_id: UUID) -> ResponseReturnValue:
    form = Form(CrewNameSchema)
    made = form.run(lambda data: crews.make(company_id, data["name"], by=actor()))
    if made is None:
        return list_crews(company_id, making=form)
    flash(gettext("Saved."))
    return redirect(url_for("company.show_crew", company_id=company_id, crew_id=made.id))


@blueprint.get("/crews/<uuid:crew_id>")
def show_crew(company_id: UUID, crew_id: UUID, **forms: Form) -> ResponseReturnValue:
    """Who is in the crew, and the people under contract who could be."""
    by, crew = actor(), _here(company_id, crew_id)
    shown = {"renaming": Form(CrewNameSchema, {"name": crew.name}), "adding": Form(NewCrewMembersSchema)} | forms
    found = page(crews.members(crew_id, by), CrewMember.id, limit=SHOWN, after=after())
    everybody = crews.people_of([crew_id], clock.now()).get(crew_id, frozenset())
    bound = contracts.contracts(by, company_id).where(crews.holds(clock.now()))
    others = set(db.session.scalars(bound.with_only_columns(Contract.contractor_id).distinct())) - everybody
    names = accounts.person_name([*others, *everybody])
    shown.setdefault("leading", _lead_form(crew))
    page_ = render_template(
        "company/crew.html",
        crew=crew,
        found=found,
        names=names,
        others=sorted((names[each], each) for each in others),
        people=[("", gettext("nobody")), *((str(each), name) for name, each in _named(everybody, names))],
        most=MOST_LEAD_MINUTES,
        **shown,
    )
    return page_, max(form.status for form in shown.values())


@blueprint.post("/crews/<uuid:crew_id>/name")
def rename_crew(company_id: UUID, crew_id: UUID) -> ResponseReturnValue:
    _here(company_id, crew_id)
    form = Form(CrewNameSchema)
    done = form.done(lambda data: crews.rename(crew_id, data["name"], by=actor()))
    return saved("show_crew", crew_id=crew_id) if done else show_crew(company_id, crew_id, renaming=form)


@blueprint.post("/crews/<uuid:crew_id>/lead")
def lead_crew(company_id: UUID, crew_id: UUID) -> ResponseReturnValue:
    """Who leads the crew, and in which minutes; nobody, if nobody is chosen."""
    _here(company_id, crew_id)
    form = Form(CrewLeadSchema)
    done = form.done(
        lambda data: crews.name_lead(
            crew_id, data["contractor_id"], data["minutes_before"], data["minutes_after"], by=actor()
        )
    )
    return saved("show_crew", crew_id=crew_id) if done else show_crew(company_id, crew_id, leading=form)


@blueprint.post("/crews/<uuid:crew_id>/members")
def add_to_crew(company_id: UUID, crew_id: UUID) -> ResponseReturnValue:
    _here(company_id, crew_id)
    form = Form(NewCrewMembersSchema)
    done = form.done(lambda data: crews.add(crew_id, data["contractor_ids"], by=actor()))
    return saved("show_crew", crew_id=crew_id) if done else show_crew(company_id, crew_id, adding=form)


@blueprint.post("/crews/<uuid:crew_id>/members/<uuid:contractor_id>/remove")
def remove_from_crew(company_id: UUID, crew_id: UUID, contractor_id: UUID) -> ResponseReturnValue:
    _here(company_id, crew_id)
    crews.remove(crew_id, contractor_id, by=actor())
    return saved("show_crew", crew_id=crew_id)


@blueprint.post("/crews/<uuid:crew_id>/close")
def close_crew(company_id: UUID, crew_id: UUID) -> ResponseReturnValue:
    _here(company_id, crew_id)
    crews.close(crew_id, by=actor())
    return saved("list_crews")


def _lead_form(crew: Crew) -> Form:
    lead = crews.leads_of([crew.id]).get(crew.id)
    if lead is None:
        return Form(CrewLeadSchema, {"minutes_before": "15", "minutes_after": "15"})
    minutes = {"minutes_before": str(lead.lead_before), "minutes_after": str(lead.lead_after)}
    return Form(CrewLeadSchema, {"contractor_id": str(lead.contractor_id), **minutes})


def _named(people: Iterable[UUID], names: Mapping[UUID, str]) -> list[tuple[str, UUID]]:
    return sorted((names[each], each) for each in people)


def _here(company_id: UUID, crew_id: UUID) -> Crew:
    """A crew of this company: of another of the reader's it is not here."""
    crew = crews.one(crew_id, actor())
    if crew.company_id != company_id:
        raise NotFound
    return crew
