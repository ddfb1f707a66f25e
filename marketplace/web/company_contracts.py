"""A company's contracts: the text it signs once, the people it is proposed to, and what became of it."""

from typing import Any
from uuid import UUID

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Select

from marketplace.accounts import queries as accounts
from marketplace.accounts.auth import actor
from marketplace.accounts.rules import Right, require_person
from marketplace.contracts import off_boarding, queries, service, status
from marketplace.contracts.defaults import decent_terms
from marketplace.contracts.models import Contract, Template
from marketplace.contracts.plans import plans
from marketplace.contracts.schemas import ContractEndingSchema, ContractProposalSchema
from marketplace.contracts.terms import as_offered
from marketplace.contracts.writing import Written
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import timeline
from marketplace.core.http import page
from marketplace.core.problems import NotFound
from marketplace.pay.bonuses import queries as bonuses
from marketplace.qualifications import queries as qualifications
from marketplace.qualifications.levels import spoken
from marketplace.shifts import guarantees
from marketplace.web import choices, words
from marketplace.web.amended import changes_of
from marketplace.web.company import SHOWN, after, blueprint, saved
from marketplace.web.forms import Form
from marketplace.web.pictures import guaranteed_weeks
from marketplace.web.terms_form import BUTTON, PARTIES, TermsForm, show_refusals, values_of
from marketplace.workforce import queries as workforce

LOWEST_PAY = ("15.00", "USD")
"""What stands in the form before a company has written anything of its own."""

MOST_STRANGERS = 200

# --- the company's own text -----------------------------------------------------------------------------------------


@blueprint.get("/contracts")
def list_contracts(company_id: UUID) -> str:
    """The company's texts, and the contracts that came of them."""
    by = actor()
    templates = page(queries.templates(company_id, by), Template.id, limit=5, after=None)
    found = page(queries.contracts(by, company_id), Contract.id, limit=SHOWN, after=after())
    return render_template(
        "company/contracts.html", templates=templates["items"], found=found, names=names_of(found["items"])
    )


@blueprint.route("/contracts/templates/new", methods=["GET", "POST"])
def write_template(company_id: UUID) -> ResponseReturnValue:
    """Terms to fill in, then their whole text to read, then a name to sign it with."""
    form = Form(TermsForm, values_of(_terms_to_begin_with(company_id)))
    written = None
    if request.method == "POST" and request.form.get(BUTTON) != "sign":
        written = form.run(lambda data: service.read_template(company_id, data[0], by=actor()))
    elif form.done(lambda data: service.write_template(company_id, *data, address=request.remote_addr, by=actor())):
        return saved("list_contracts")
    show_refusals(form)
    return _template_form(form, written), form.status


@blueprint.get("/contracts/templates/<uuid:template_id>")
def show_template(company_id: UUID, template_id: UUID, form: Form | None = None) -> ResponseReturnValue:
    """The text word for word, and whom it can be proposed to: vetted people, by what they can do and where."""
    template = own_template(template_id)
    shown = form or Form(ContractProposalSchema)
    invited = accounts.invited_names(company_id, actor()) if _signs(company_id) else {}
    people = workforce.strangers(actor(), MOST_STRANGERS, first=invited) if _signs(company_id) else []
    proofs, now = qualifications.proofs([each.id for each in people]), clock.now()
    has_one = set(db.session.scalars(live_contracts(company_id).with_only_columns(Contract.contractor_id)))
    return render_template(
        "company/template.html",
        template=template,
        translations=queries.translations([template.text_sha256]).get(template.text_sha256, []),
        form=shown,
        people=sorted(people, key=lambda each: each.id in has_one),
        has_one=has_one,
        invited=invited,
        countries=dict(words.countries()),
        language_names=dict(words.languages()),
        speaks={each.id: spoken(each.languages, proofs.get(each.id, []), now) for each in people},
        short=short,
    ), shown.status


@blueprint.post("/contracts/templates/<uuid:template_id>/propose")
def propose(company_id: UUID, template_id: UUID) -> ResponseReturnValue:
    own_template(template_id)
    form = Form(ContractProposalSchema)
    done = form.done(lambda data: service.propose(template_id, data["contractor_ids"], by=actor()))
    return saved("list_contracts") if done else show_template(company_id, template_id, form)


# --- one contract ---------------------------------------------------------------------------------------------------


@blueprint.get("/contracts/<uuid:contract_id>")
def show_contract(company_id: UUID, contract_id: UUID, form: Form | None = None) -> ResponseReturnValue:
    contract = own_contract(contract_id)
    versions = queries.signed_versions(contract_id, actor())
    shown = form or Form(ContractEndingSchema)
    return render_template(
        "company/contract.html",
        contract=contract,
        versions=versions,
        name=names_of([contract])[contract.contractor_id],
        form=shown,
        grounds=[(each, each) for each in versions[0].version.terms["termination"]["reasons"]],
        changes=changes_of(contract, versions),
        reading=status.status(contract.id, actor()).reading,
        ending=off_boarding.of_contract(contract.id, actor()),
        weeks=guaranteed_weeks(guarantees.latest(contract.id, actor())),
        worked_on=bonuses.worked_on(company_id, contract.contractor_id, actor(), SHOWN),
        events=timeline("contract", contract_id, limit=SHOWN),
    ), shown.status


@blueprint.post("/contracts/<uuid:contract_id>/end")
def end_contract(company_id: UUID, contract_id: UUID) -> ResponseReturnValue:
    own_contract(contract_id)
    form = Form(ContractEndingSchema)
    done = form.done(lambda data: service.end(contract_id, data["reason"], by=actor()))
    return saved("show_contract", contract_id=contract_id) if done else show_contract(company_id, contract_id, form)


# --- the parts of the pages -----------------------------------------------------------------------------------------


def _signs(company_id: UUID) -> bool:
    return actor().may(Right.MEMBERS, company_id)


def live_contracts(company_id: UUID) -> Select[Contract]:
    """The company's contracts that wait for a signature or are in force."""
    return queries.contracts(actor(), company_id).where(Contract.status.in_(service.LIVE))


def own_template(template_id: UUID) -> Template:
    """A text of the company that the address names. Raises NotFound."""
    template = queries.template(template_id, actor())
    if template.company_id != (request.view_args or {})["company_id"]:
        raise NotFound
    return template


def own_contract(contract_id: UUID) -> Contract:
    """A contract of the company that the address names. Raises NotFound."""
    contract = queries.contract(contract_id, actor())
    if contract.company_id != (request.view_args or {})["company_id"]:
        raise NotFound
    return contract


def names_of(contracts: list[Contract]) -> dict[UUID, str]:
    """The people's names, but only of those who signed: to whom a contract was only proposed stays a stranger."""
    signed = [each.contractor_id for each in contracts if queries.latest_signed(each.id) is not None]
    known = accounts.person_name(signed)
    return {each.contractor_id: known.get(each.contractor_id) or short(each.contractor_id) for each in contracts}


def short(contractor_id: UUID) -> str:
    """What somebody is called whose name is not known here: the end of their id."""
    return f"…{contractor_id.hex[-6:]}"


def _terms_to_begin_with(company_id: UUID) -> dict[str, Any]:
    """The company's newest terms, or decent ones."""
    newest = page(queries.templates(company_id, actor()), Template.id, limit=1, after=None)["items"]
    if newest:
        return as_offered(newest[0].terms)
    return decent_terms(clock.now().date(), *LOWEST_PAY)


def _template_form(form: Form, written: Written | None) -> str:
    return render_template(
        "company/template_form.html",
        form=form,
        written=written,
        own_words=choices.own_words(),
        me=accounts.person(require_person(actor())),
        plans=[(code, plan.title) for code, plan in plans().items()],
        parties=range(PARTIES),
        currencies=words.currencies(),
        choices=choices,
    )
