"""The doors of pay."""

from typing import Any
from uuid import UUID

from flask import Response
from flask_smorest import Blueprint

from marketplace.accounts.auth import actor
from marketplace.core import idempotency
from marketplace.core.http import PageArgs, page, problems
from marketplace.pay import instant, payslips, previews, progress, proof, queries, refunds, service
from marketplace.pay import run_schemas as r
from marketplace.pay import schemas as s
from marketplace.pay.instant import Ready
from marketplace.pay.models import PayLine, PaymentOp, PayRun, Payslip, SandboxLever
from marketplace.pay.payslips import PayslipView
from marketplace.pay.previews import Compared
from marketplace.pay.progress import Progress
from marketplace.pay.queries import Statement
from marketplace.pay.rails import landing
from marketplace.pay.refunds import Refundable
from marketplace.standards.act_answers import done_or_waits
from marketplace.standards.act_schemas import WAITS, MoneyActSchema

companies = Blueprint(
    "company-money", __name__, url_prefix="/api/v1/companies", description="A company's deposits, money and pay lines."
)
runs = Blueprint("pay-runs", __name__, url_prefix="/api/v1/pay-runs", description="From timesheets to payouts.")
slips = Blueprint("payslips", __name__, url_prefix="/api/v1/payslips", description="Why each minute earned what.")
payouts = Blueprint("payments", __name__, url_prefix="/api/v1", description="Payouts, the sandbox, the books.")
blueprints = (companies, runs, slips, payouts)


# --- companies ------------------------------------------------------------------------------------------------------


@companies.post("/<uuid:company_id>/deposits")
@companies.arguments(s.DepositArgs)
@companies.response(202, s.PaymentSchema)
@problems(companies, 400, 401, 403, 404, 422)
@idempotency.required
def deposit(given: dict[str, Any], company_id: UUID) -> PaymentOp:
    """Pay in. The money is available once the payment is `done`. On the sandbox rail no money moves."""
    return service.deposit(company_id, given["money"], by=actor())


@companies.get("/<uuid:company_id>/deposits")
@companies.arguments(PageArgs, location="query")
@companies.response(200, s.PaymentPage)
@problems(companies, 401, 403, 404, 422)
def list_deposits(args: dict[str, Any], company_id: UUID) -> dict[str, Any]:
    """The company's deposits, newest first."""
    return page(queries.deposits(company_id, seen_by=actor()), PaymentOp.id, **args)


@companies.get("/<uuid:company_id>/deposits/<uuid:deposit_id>")
@companies.etag
@companies.response(200, s.PaymentSchema)
@problems(companies, 401, 403, 404)
def show_deposit(company_id: UUID, deposit_id: UUID) -> PaymentOp:
    """One deposit and where it stands."""
    return queries.deposit(company_id, deposit_id, seen_by=actor())


@companies.get("/<uuid:company_id>/deposits/<uuid:deposit_id>/refundable")
@companies.response(200, s.RefundableSchema)
@problems(companies, 401, 403, 404)
def show_refundable(company_id: UUID, deposit_id: UUID) -> Refundable:
    """How much of a deposit could be sent back now, and what bounds it."""
    return refunds.refundable(company_id, deposit_id, actor())


@companies.post("/<uuid:company_id>/deposits/<uuid:deposit_id>/refunds")
@companies.arguments(s.DepositArgs)
@companies.response(202, s.PaymentSchema)
@problems(companies, 400, 401, 403, 404, 409, 422)
@idempotency.required
def refund(given: dict[str, Any], company_id: UUID, deposit_id: UUID) -> PaymentOp:
    """Have a part of a deposit sent back by the way it came. What is set aside for work stays, and so does what the
    company owes since a bank has taken a deposit back. An invoice that was paid in several payments is sent back by as
    many as are needed, the largest first: the answer is the first of them, and the list has all."""
    by = actor()
    return refunds.refund(queries.deposit(company_id, deposit_id, seen_by=by).id, given["money"], by=by)


@companies.get("/<uuid:company_id>/deposits/<uuid:deposit_id>/refunds")
@companies.arguments(PageArgs, location="query")
@companies.response(200, s.PaymentPage)
@problems(companies, 401, 403, 404, 422)
def list_refunds(args: dict[str, Any], company_id: UUID, deposit_id: UUID) -> dict[str, Any]:
    """What was sent back of a deposit, or is on its way, newest first."""
    return page(queries.refunds(company_id, deposit_id, seen_by=actor()), PaymentOp.id, **args)


@companies.get("/<uuid:company_id>/balance")
@companies.etag
@companies.response(200, s.CompanyBalancesSchema)
@problems(companies, 401, 403, 404)
def show_balance(company_id: UUID) -> dict[str, Any]:
    """What the company has, free and held, by currency."""
    balances = queries.balances(company_id, seen_by=actor())
    return {"balances": balances, "taken_back": list(refunds.taken_back(company_id).values())}


@companies.get("/<uuid:company_id>/pay-lines")
@companies.arguments(PageArgs, location="query")
@companies.response(200, s.PayLinePage)
@problems(companies, 401, 403, 404, 422)
def list_pay_lines(args: dict[str, Any], company_id: UUID) -> dict[str, Any]:
    """What the company has paid for, line by line, newest first."""
    return page(queries.pay_lines(company_id, seen_by=actor()), PayLine.id, **args)


@companies.get("/<uuid:company_id>/benefits")
@companies.response(200, s.CompanyBenefitsSchema)
@problems(companies, 401, 403, 404)
def show_benefits(company_id: UUID) -> dict[str, Any]:
    """What the company has paid into its people's benefits, by benefit and currency."""
    return {"items": queries.benefits_paid(company_id, actor())}


# --- runs -----------------------------------------------------------------------------------------------------------


@runs.post("")
@runs.arguments(r.PayRunArgs)
@runs.response(202, r.PayRunSchema)
@problems(runs, 400, 401, 403, 404, 409, 422)
@idempotency.required
def start_run(given: dict[str, Any]) -> PayRun:
    """Pay every approved timesheet, of one company, of a pay group or of all. For operators of finance."""
    return service.start_run(**given, by=actor())


@runs.post("/<uuid:run_id>/try")
@runs.response(202, r.PayRunSchema)
@problems(runs, 400, 401, 403, 404, 409, 422)
@idempotency.required
def try_run(run_id: UUID) -> PayRun:
    """Tries a run again that waits alone, at once and not a day after the last time. For operators of finance."""
    return service.try_run(run_id, by=actor())


@runs.get("")
@runs.arguments(PageArgs, location="query")
@runs.response(200, r.PayRunPage)
@problems(runs, 401, 403, 404, 422)
def list_runs(args: dict[str, Any]) -> dict[str, Any]:
    """The pay runs, newest first. For operators of finance."""
    return page(queries.runs(seen_by=actor()), PayRun.id, **args)


@runs.get("/preview")
@runs.arguments(r.PayRunArgs, location="query")
@runs.response(200, r.PayRunComparedSchema)
@problems(runs, 401, 403, 404, 409, 422)
def preview_run(args: dict[str, Any]) -> Compared:
    """What a run started now would pay, beside what the last booked run of the same company or pay group, or of
    all, has paid. Nothing is changed. For operators of finance."""
    return previews.compare(**args, seen_by=actor())


@runs.get("/<uuid:run_id>")
@runs.etag
@runs.response(200, r.PayRunSchema)
@problems(runs, 401, 403, 404)
def show_run(run_id: UUID) -> PayRun:
    """One pay run and how far it has come. For operators of finance."""
    return queries.run(run_id, seen_by=actor())


@runs.get("/<uuid:run_id>/payslips")
@runs.arguments(r.PayslipsOfRunArgs, location="query")
@runs.response(200, s.PayslipPage)
@problems(runs, 401, 403, 404, 422)
def list_payslips_of_run(args: dict[str, Any], run_id: UUID) -> dict[str, Any]:
    """Everybody's payslip of a run, newest first. For operators of finance."""
    found = queries.payslips_of_run(run_id, actor(), has_problem=args.pop("has_problem"))
    return page(found, Payslip.id, **args)


@runs.get("/<uuid:run_id>/progress")
@runs.response(200, r.ProgressSchema)
@problems(runs, 401, 403, 404)
def show_progress(run_id: UUID) -> Progress:
    """How far a run has come: lines, payslips and payouts by now. For operators of finance."""
    return progress.of(run_id, seen_by=actor())


# --- payslips -------------------------------------------------------------------------------------------------------


@slips.get("")
@slips.arguments(PageArgs, location="query")
@slips.response(200, s.PayslipPage)
@problems(slips, 401, 403, 422)
def list_payslips(args: dict[str, Any]) -> dict[str, Any]:
    """Your own payslips, newest first."""
    return page(queries.payslips(seen_by=actor()), Payslip.id, **args)


@slips.get("/ready")
@slips.response(200, r.ReadySchema)
@problems(slips, 401, 403, 404)
def show_ready() -> Ready:
    """What is approved and not yet paid of yours, as it would be paid at once (INSTANT_PAY)."""
    return instant.ready(actor())


@slips.post("/ready")
@slips.response(202, r.PayRunSchema)
@problems(slips, 400, 401, 403, 404, 409)
@idempotency.required
def pay_now() -> PayRun:
    """Have all that is ready paid at once, one time a day. The payslip is there once a job has made it."""
    return instant.pay_now(by=actor())


@slips.get("/<uuid:payslip_id>")
@slips.etag
@slips.arguments(s.PayslipArgs, location="query")
@slips.response(200, s.PayslipViewSchema)
@problems(slips, 401, 403, 404, 422)
def show_payslip(args: dict[str, Any], payslip_id: UUID) -> PayslipView:
    """A payslip with every line's rule, contract and time; in another currency too, where its rate has a source."""
    return payslips.view(payslip_id, currency=args["currency"], seen_by=actor())


# --- payments, the sandbox, the books -------------------------------------------------------------------------------


@payouts.get("/payouts/landed")
@payouts.response(200, s.LandedSchema)
@problems(payouts, 401, 403, 404)
def show_landed() -> dict[str, Any]:
    """What arrived of the payouts of the last 90 days beside what was promised, by rail and currency. For operators of
    finance."""
    return {"items": landing.together(actor())}


@payouts.get("/payouts/<uuid:payout_id>")
@payouts.etag
@payouts.response(200, s.PaymentSchema)
@problems(payouts, 401, 403, 404)
def show_payout(payout_id: UUID) -> PaymentOp:
    """A payout and what the rail said, for whoever is paid and for operators of finance."""
    return queries.payout(payout_id, seen_by=actor())


@payouts.post("/payouts/<uuid:payout_id>/retry")
@payouts.response(202, s.PaymentSchema)
@problems(payouts, 400, 401, 403, 404, 409, 422)
@idempotency.required
def retry_payout(payout_id: UUID) -> PaymentOp:
    """Pay again what the rail refused, as a new payment."""
    return service.retry_payout(payout_id, by=actor())


@payouts.post("/payouts/<uuid:payout_id>/take-back")
@payouts.arguments(s.TakeBackArgs)
@payouts.response(200, s.PaymentSchema)
@payouts.alt_response(202, schema=MoneyActSchema, description=WAITS)
@problems(payouts, 400, 401, 403, 404, 409, 422)
@idempotency.required
def take_back(given: dict[str, str], payout_id: UUID) -> PaymentOp | Response:
    """Have a payout that went wrong taken back whole: it is payable again as soon as the rail has it back. For
    operators of finance, with a reason that the person reads; nobody decides about their own."""
    return done_or_waits(service.take_back(payout_id, given["reason"], by=actor()))


@payouts.post("/payments/<uuid:payment_id>/unpark")
@payouts.response(200, s.PaymentSchema)
@problems(payouts, 400, 401, 403, 404, 409, 422)
@idempotency.required
def unpark(payment_id: UUID) -> PaymentOp:
    """Have a parked payment asked about again, under its old key. For operators of finance."""
    return service.unpark(payment_id, by=actor())


@payouts.post("/sandbox/levers")
@payouts.arguments(s.LeverArgs)
@payouts.response(201, s.SandboxLeverSchema)
@problems(payouts, 401, 403, 404, 422)
def pull_lever(given: dict[str, Any]) -> SandboxLever:
    """Make the sandbox decline, fail, or lose the answer of the next payments. For operators of finance."""
    return service.pull_lever(**given, by=actor())


@payouts.get("/ledger/accounts/<string:name>")
@payouts.etag
@payouts.arguments(s.AccountStatementArgs, location="query")
@payouts.response(200, s.AccountStatementSchema)
@problems(payouts, 401, 403, 404, 422)
def show_account(args: dict[str, Any], name: str) -> Statement:
    """An account of your own, or of your company, with its newest postings."""
    return queries.statement(name, seen_by=actor(), limit=args["limit"])


@payouts.get("/proof")
@payouts.response(200, s.ProofSchema)
@problems(payouts, 401, 403, 404)
def show_proof() -> dict[str, Any]:
    """Every check of the books, with how much was looked at and what is wrong. For operators of finance."""
    return {"checks": proof.prove_to(seen_by=actor())}
