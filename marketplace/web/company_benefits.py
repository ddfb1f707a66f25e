"""What a company pays into its people's benefits, and whom it has insured."""

from typing import Any
from uuid import UUID

from flask import render_template
from flask.typing import ResponseReturnValue

from marketplace.accounts.auth import actor
from marketplace.accounts.rules import Right
from marketplace.contracts import insurance
from marketplace.contracts.benefit_schemas import EnrolmentEndSchema, NewEnrolmentSchema
from marketplace.contracts.models import Contract, Enrolment
from marketplace.contracts.plan_rules import INSURANCES
from marketplace.contracts.plans import plans
from marketplace.contracts.rules import ContractStatus
from marketplace.core.db import db
from marketplace.core.http import page
from marketplace.pay import queries as pay
from marketplace.web.company import SHOWN, after, blueprint, saved
from marketplace.web.company_contracts import live_contracts, names_of
from marketplace.web.forms import Form


@blueprint.get("/benefits")
def list_benefits(company_id: UUID, **forms: Form) -> ResponseReturnValue:
    """Totals for who may see money; insurances, and a form for the next, for who signs contracts."""
    by = actor()
    shown = {"form": Form(NewEnrolmentSchema), "ending": Form(EnrolmentEndSchema)} | forms
    known = plans()
    insured = _insured(company_id) if by.may(Right.MEMBERS, company_id) else {"enrolments": None}
    answer = render_template(
        "company/benefits.html",
        paid=pay.benefits_paid(company_id, by) if by.may(Right.MONEY, company_id) else None,
        insurances=[(code, each.title) for code, each in known.items() if each.kind in INSURANCES and each.is_offered],
        plans={each.id: each for each in known.values()},
        **insured,
        **shown,
    )
    return answer, max(form.status for form in shown.values())


@blueprint.post("/benefits")
def enrol(company_id: UUID) -> ResponseReturnValue:
    form = Form(NewEnrolmentSchema)
    done = form.done(lambda data: insurance.enrol(company_id, **data, by=actor()))
    return saved("list_benefits") if done else list_benefits(company_id, form=form)


@blueprint.post("/benefits/<uuid:enrolment_id>/end")
def end_enrolment(company_id: UUID, enrolment_id: UUID) -> ResponseReturnValue:
    form = Form(EnrolmentEndSchema)
    done = form.done(lambda data: insurance.end(enrolment_id, data["until"], by=actor()))
    return saved("list_benefits") if done else list_benefits(company_id, ending=form)


def _insured(company_id: UUID) -> dict[str, Any]:
    """Who is insured, and who may be: people with a contract in force, who have signed and so are known by name."""
    enrolments = page(insurance.of_company(company_id, actor()), Enrolment.id, limit=SHOWN, after=after())
    signed = live_contracts(company_id).where(Contract.status == ContractStatus.IN_FORCE)
    contracts = list(db.session.scalars(signed))
    names = names_of(contracts)
    return {"enrolments": enrolments, "people": sorted(names.items(), key=lambda pair: pair[1]), "names": names}
