"""The doors of benefits: a person's own, a company's insurances, and the plans that operators keep."""

from typing import Any
from uuid import UUID

from flask import Response
from flask_smorest import Blueprint

from marketplace.accounts.auth import actor
from marketplace.accounts.rules import require_person
from marketplace.contracts import benefit_schemas as s
from marketplace.contracts import benefits, insurance, plans, statement
from marketplace.contracts.benefits import Balance
from marketplace.contracts.models import BenefitEntry, Enrolment, PlanVersion
from marketplace.contracts.plans import Plan
from marketplace.contracts.statement import Statement, Total
from marketplace.core.http import PageArgs, page, problems

statements = Blueprint(
    "benefits", __name__, url_prefix="/api/v1/contractors/me/benefits", description="What accrued to a contractor."
)
insurances = Blueprint("insurances", __name__, url_prefix="/api/v1", description="Who is insured, and by whom.")
plan_doors = Blueprint(
    "benefit-plans", __name__, url_prefix="/api/v1/benefit-plans", description="What benefits promise, by version."
)
blueprints = (statements, insurances, plan_doors)

# --- one's own ------------------------------------------------------------------------------------------------------


@statements.get("")
@statements.response(200, s.BenefitsSchema)
@problems(statements, 401, 403, 404)
def show_benefits() -> dict[str, list[Balance]]:
    """What you have under each plan."""
    by = actor()
    return {"items": benefits.balances(require_person(by), by)}


@statements.get("/entries")
@statements.arguments(PageArgs, location="query")
@statements.response(200, s.BenefitEntryPage)
@problems(statements, 401, 403, 404, 422)
def list_entries(args: dict[str, Any]) -> dict[str, Any]:
    """How it came to be: every entry, newest first."""
    by = actor()
    return page(benefits.entries(require_person(by), by), BenefitEntry.id, **args)


@statements.get("/statement")
@statements.response(200, s.BenefitStatementSchema)
@problems(statements, 401, 403, 404)
def show_statement() -> Statement:
    """Everything at once, to take along: balances, every month, insurances, every entry."""
    by = actor()
    return statement.statement(require_person(by), by)


@statements.get("/statement.csv")
@statements.response(200, content_type="text/csv")
@problems(statements, 401, 403, 404)
def download_statement() -> Response:
    """Every entry as CSV, the oldest first."""
    by = actor()
    return csv_answer(statement.statement(require_person(by), by))


def csv_answer(shown: Statement) -> Response:
    """The rows as a file to keep."""
    named = {"Content-Disposition": 'attachment; filename="benefits.csv"'}
    return Response(statement.as_csv(shown), mimetype="text/csv", headers=named)


# --- insurances -----------------------------------------------------------------------------------------------------


@insurances.get("/companies/<uuid:company_id>/enrolments")
@insurances.arguments(PageArgs, location="query")
@insurances.response(200, s.EnrolmentPage)
@problems(insurances, 401, 403, 404, 422)
def list_enrolments(args: dict[str, Any], company_id: UUID) -> dict[str, Any]:
    """Everybody whom the company has insured, newest first."""
    return page(insurance.of_company(company_id, actor()), Enrolment.id, **args)


@insurances.post("/companies/<uuid:company_id>/enrolments")
@insurances.arguments(s.NewEnrolmentSchema)
@insurances.response(201, s.EnrolmentSchema)
@problems(insurances, 401, 403, 404, 409, 422)
def enrol(given: dict[str, Any], company_id: UUID) -> Enrolment:
    """Write down that somebody is insured under a plan of your contract with them."""
    return insurance.enrol(company_id, **given, by=actor())


@insurances.post("/enrolments/<uuid:enrolment_id>/end")
@insurances.arguments(s.EnrolmentEndSchema)
@insurances.response(200, s.EnrolmentSchema)
@problems(insurances, 401, 403, 404, 409, 422)
def end_enrolment(given: dict[str, Any], enrolment_id: UUID) -> Enrolment:
    """Say on which day an insurance ends. Offers of later days then say that there is none."""
    return insurance.end(enrolment_id, given["until"], by=actor())


# --- plans ----------------------------------------------------------------------------------------------------------


@plan_doors.get("")
@plan_doors.doc(security=[])
@plan_doors.response(200, s.BenefitPlansSchema)
def list_plans() -> dict[str, list[Plan]]:
    """Every plan as it stands today."""
    return {"items": list(plans.plans().values())}


@plan_doors.get("/<code>/versions")
@plan_doors.doc(security=[])
@plan_doors.response(200, s.BenefitPlanVersionsSchema)
@problems(plan_doors, 404)
def list_versions(code: str) -> dict[str, list[PlanVersion]]:
    """Every version of a plan, the newest first, those that wait for a second person too."""
    return {"items": plans.versions(code)}


@plan_doors.post("")
@plan_doors.arguments(s.NewBenefitPlanSchema)
@plan_doors.response(201, s.BenefitPlanVersionSchema)
@problems(plan_doors, 401, 403, 404, 409, 422)
def create_plan(given: dict[str, Any]) -> PlanVersion:
    """A new plan, for operators of standards."""
    named = {name: given[name] for name in ("code", "kind", "unit")}
    return plans.create(**named, promise=plans.promise_of(given), by=actor())


@plan_doors.post("/<code>/versions")
@plan_doors.arguments(s.BenefitPromiseSchema)
@plan_doors.response(201, s.BenefitPlanVersionSchema)
@problems(plan_doors, 401, 403, 404, 409, 422)
def revise_plan(given: dict[str, Any], code: str) -> PlanVersion:
    """The next version of a plan. What takes something away waits for a second operator."""
    return plans.revise(code, plans.promise_of(given), by=actor())


@plan_doors.post("/<code>/versions/<int:number>/second")
@plan_doors.response(200, s.BenefitPlanVersionSchema)
@problems(plan_doors, 401, 403, 404, 409)
def second(code: str, number: int) -> PlanVersion:
    """Agree to a version that takes something away, which somebody else wrote."""
    return plans.second(code, number, by=actor())


@plan_doors.get("/totals")
@plan_doors.response(200, s.BenefitTotalsSchema)
@problems(plan_doors, 401, 403, 404)
def show_totals() -> dict[str, list[Total]]:
    """Every plan over everybody, for operators of standards and finance."""
    return {"items": statement.totals(actor())}
