"""Who a company is: what it tells an operator, what was decided, and its answer to that."""

from uuid import UUID

from flask import render_template, request
from flask.typing import ResponseReturnValue

from marketplace.accounts import adoption, guidelines, papers, queries, service
from marketplace.accounts.auth import actor
from marketplace.accounts.paper_routes import shown as shown_paper
from marketplace.accounts.paper_schemas import PaperArgs
from marketplace.accounts.rules import Right, require_company
from marketplace.accounts.schemas import AdoptionSchema, CareLineSchema, CompanyContestSchema, IdentitySchema
from marketplace.core.files import content_of
from marketplace.core.intake import takes_files
from marketplace.web import choices, words
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
    shown = {"telling": Form(IdentitySchema, told), "contesting": Form(CompanyContestSchema)}
    shown |= {"showing": Form(PaperArgs)} | forms
    held = papers.papers(company_id, by)
    page = render_template(
        "company/identity.html",
        identity=identity,
        decisions=queries.decisions(company_id, by),
        papers=held,
        shows=choices.SHOWS,
        free=papers.can_be_taken_back(held),
        events=papers.happenings(company_id, by),
        countries=words.countries(),
        **shown,
    )
    return page, max(form.status for form in shown.values())


@blueprint.post("/identity/papers")
@takes_files
def hand_in_paper(company_id: UUID) -> ResponseReturnValue:
    form = Form(PaperArgs)
    done = form.done(lambda data: papers.hand_in(company_id, data["shows"], _sent(), by=actor()))
    return saved("show_identity") if done else show_identity(company_id, showing=form)


@blueprint.get("/identity/papers/<uuid:paper_id>")
def show_paper(company_id: UUID, paper_id: UUID) -> ResponseReturnValue:
    """A paper as it is kept."""
    content = papers.read(company_id, paper_id, by=actor())
    return shown_paper(content, content.kind)


@blueprint.post("/identity/papers/<uuid:paper_id>/take-back")
def take_back_paper(company_id: UUID, paper_id: UUID) -> ResponseReturnValue:
    papers.take_back(company_id, paper_id, by=actor())
    return saved("show_identity")


def _sent() -> bytes:
    """The file that came with the form; nothing where none was chosen, which is refused as an empty one."""
    sent = request.files.get("file")
    return b"" if sent is None else content_of(sent)


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
