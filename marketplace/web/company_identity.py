"""Who a company is: what it tells an operator, what was decided, and its answer to that."""

from uuid import UUID

from flask import render_template
from flask.typing import ResponseReturnValue

from marketplace.accounts import adoption, guidelines, queries, service
from marketplace.accounts.auth import actor
from marketplace.accounts.rules import Right, require_company
from marketplace.accounts.schemas import AdoptionSchema, CareLineSchema, CompanyContestSchema, IdentitySchema
from marketplace.web import words
from marketplace.web.company import blueprint, saved
from marketplace.web.forms import Form

SHOWN = ("address", "register", "register_number", "owners", "authority", "register_proof", "authority_proof")


@blueprint.get("/identity")
def show_identity(company_id: UUID, **forms: Form) -> ResponseReturnValue:
    """What the company told, what is missing, what was decided and why."""
    by = actor()
    require_company(by, company_id, Right.MEMBERS)
    company, identity = queries.company(company_id, by), queries.identity(company_id, by)
    told = {name: getattr(company, name) for name in ("legal_name", "country", "signatory_name")}
    told |= {name: getattr(identity, name) for name in SHOWN} if identity is not None else {}
    shown = {"telling": Form(IdentitySchema, told), "contesting": Form(CompanyContestSchema)} | forms
    page = render_template(
        "company/identity.html",
        identity=identity,
        decisions=queries.decisions(company_id, by),
        countries=words.countries(),
        **shown,
    )
    return page, max(form.status for form in shown.values())


@blueprint.get("/adoption")
def show_adoption(company_id: UUID, form: Form | None = None) -> ResponseReturnValue:
    """The text of the guidelines, signed or to be signed."""
    by = actor()
    require_company(by, company_id, Right.MEMBERS)
    shown = form or Form(AdoptionSchema, {"text_sha256": guidelines.CURRENT.sha256})
    made = [each for each in adoption.adopters() if each.company_id == company_id]
    return render_template(
        "company/adoption.html", text=guidelines.CURRENT, made=next(iter(made), None), form=shown
    ), shown.status


@blueprint.post("/adoption")
def adopt_guidelines(company_id: UUID) -> ResponseReturnValue:
    form = Form(AdoptionSchema)
    done = form.done(lambda data: adoption.adopt(company_id, **data, by=actor()))
    return saved("show_adoption") if done else show_adoption(company_id, form)


@blueprint.post("/adoption/withdraw")
def withdraw_adoption(company_id: UUID) -> ResponseReturnValue:
    adoption.withdraw(company_id, by=actor())
    return saved("show_adoption")


@blueprint.route("/care", methods=["GET", "POST"])
def name_care_line(company_id: UUID) -> ResponseReturnValue:
    """Whom people call after distressing work."""
    by = actor()
    require_company(by, company_id, Right.GIGS)
    line = queries.care_lines([company_id]).get(company_id)
    form = Form(CareLineSchema, {} if line is None else {"provider": line.provider, "call": line.call})
    if form.done(lambda data: service.name_care_line(company_id, **data, by=by)):
        return saved("name_care_line")
    return render_template("company/care_line.html", form=form), form.status


@blueprint.post("/identity")
def hand_in_identity(company_id: UUID) -> ResponseReturnValue:
    form = Form(IdentitySchema)
    done = form.done(lambda told: service.hand_in(company_id, told, by=actor()))
    return saved("show_identity") if done else show_identity(company_id, telling=form)


@blueprint.post("/identity/contest")
def contest_decision(company_id: UUID) -> ResponseReturnValue:
    form = Form(CompanyContestSchema)
    done = form.done(lambda data: service.contest_decision(company_id, data["words"], by=actor()))
    return saved("show_identity") if done else show_identity(company_id, contesting=form)
