"""The doors of bank statements, and of payouts that came back by one."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Response
from flask_smorest import Blueprint

from marketplace.accounts.auth import actor
from marketplace.core import idempotency
from marketplace.core.http import PageArgs, page, problems
from marketplace.pay import queries
from marketplace.pay.bank import asked, balances, keeping, paying, reopening, returns
from marketplace.pay.bank import deposits as bank_deposits
from marketplace.pay.bank import schemas as s
from marketplace.pay.bank.deposits import Look
from marketplace.pay.bank.models import BankLine, BankStatement
from marketplace.pay.by_hand.findings import Found
from marketplace.pay.by_hand.models import PaymentFinding
from marketplace.pay.by_hand.routes import found as found_payments
from marketplace.pay.by_hand.schemas import ConfirmArgs, FindingArgs, PaymentFindingSchema, PaymentFindingsSchema
from marketplace.standards.act_answers import done_or_waits
from marketplace.standards.act_models import MoneyAct
from marketplace.standards.act_schemas import WAITS, MoneyActSchema

companies = Blueprint(
    "company-bank", __name__, url_prefix="/api/v1/companies", description="How a company pays by bank."
)
bank = Blueprint("bank", __name__, url_prefix="/api/v1/bank", description="Bank statements and what came by them.")
payouts = Blueprint("returned-payouts", __name__, url_prefix="/api/v1/payouts", description="Payouts that came back.")
blueprints = (companies, bank, payouts)


@companies.get("/<uuid:company_id>/transfer")
@companies.response(200, s.HowToPaySchema)
@problems(companies, 401, 403, 404)
def show_transfer(company_id: UUID) -> Mapping[str, Any]:
    """The reference that the company writes on a transfer, where the money goes, and what has come and is looked at."""
    return paying.how_to_pay(company_id, actor())


@bank.post("/look")
@bank.arguments(s.BankFileArgs)
@bank.response(200, s.BankLookSchema)
@problems(bank, 401, 403, 404, 422)
def look_at_statement(given: dict[str, str]) -> dict[str, Any]:
    """Read a statement and change nothing: each line, whom it names, and what is wrong. For operators of finance."""
    return shown(bank_deposits.look(given["content"], by=actor()))


@bank.post("/statements")
@bank.arguments(s.BankFileArgs)
@bank.response(201, s.BankStatementSchema)
@problems(bank, 400, 401, 403, 404, 409, 422)
@idempotency.required
def take_statement(given: dict[str, str]) -> BankStatement:
    """Take a statement. The same file again is the one that was taken. For operators of finance."""
    return bank_deposits.take(given["content"], by=actor())


@bank.get("/standings")
@bank.response(200, s.BankStandingsSchema)
@problems(bank, 401, 403, 404)
def list_standings() -> dict[str, Any]:
    """What the bank holds by its statements and what the books say, by currency, and where a statement is missing. For
    operators of finance."""
    by = actor()
    return {"items": balances.standings(by), "missing": balances.missing(by)}


@bank.get("/lines")
@bank.arguments(PageArgs, location="query")
@bank.response(200, s.BankLinePage)
@problems(bank, 401, 403, 404, 422)
def list_lines(args: dict[str, Any]) -> dict[str, Any]:
    """Everything that came by bank, newest first. For operators of finance."""
    return page(bank_deposits.lines(actor()), BankLine.id, **args)


@bank.post("/lines/<uuid:line_id>/assign")
@bank.arguments(s.AssignArgs)
@bank.response(200, s.BankLineSchema)
@problems(bank, 400, 401, 403, 404, 409, 422)
@idempotency.required
def assign_line(given: dict[str, Any], line_id: UUID) -> BankLine:
    """Say whose a stray line is. What one may not book alone another operator agrees to. Where it may be a deposit that
    was marked long ago (`transfer_looks_marked`), `another` says why it is another transfer."""
    return bank_deposits.assign(line_id, **given, by=actor())


@bank.post("/lines/<uuid:line_id>/confirm")
@bank.response(200, s.BankLineSchema)
@problems(bank, 400, 401, 403, 404, 409)
@idempotency.required
def confirm_line(line_id: UUID) -> BankLine:
    """Agree whose a line is, or what became of it, as a second person: then it is booked."""
    return bank_deposits.confirm(line_id, by=actor())


@bank.post("/lines/<uuid:line_id>/doubt")
@bank.response(200, s.BankLineSchema)
@problems(bank, 400, 401, 403, 404, 409)
@idempotency.required
def doubt_line(line_id: UUID) -> BankLine:
    """Take back what somebody has said of a line and nobody has agreed to."""
    return bank_deposits.doubt(line_id, by=actor())


@bank.post("/lines/<uuid:line_id>/send-back")
@bank.arguments(s.SendBackArgs)
@bank.response(200, s.BankLineSchema)
@problems(bank, 400, 401, 403, 404, 409, 422)
@idempotency.required
def send_line_back(given: dict[str, str], line_id: UUID) -> BankLine:
    """Write down that a stray transfer was sent back by bank, or that the service bears what it took, and why. What one
    may not say alone another operator agrees to."""
    return bank_deposits.send_back(line_id, given["reason"], by=actor())


@bank.post("/lines/<uuid:line_id>/keep")
@bank.arguments(s.KeepArgs)
@bank.response(200, s.BankLineSchema)
@bank.alt_response(202, schema=MoneyActSchema, description=WAITS)
@problems(bank, 400, 401, 403, 404, 409, 422)
@idempotency.required
def keep_line(given: dict[str, str], line_id: UUID) -> BankLine | Response:
    """Say that a stray transfer is nobody's and the service's own, and why: it is booked on the service's pocket."""
    return done_or_waits(keeping.keep(line_id, **given, by=actor()))


@bank.post("/lines/<uuid:line_id>/reopen")
@bank.arguments(s.ReopenArgs)
@bank.response(202, MoneyActSchema, description=WAITS)
@problems(bank, 400, 401, 403, 404, 409, 422)
@idempotency.required
def reopen_line(given: dict[str, str], line_id: UUID) -> MoneyAct:
    """Take back that a line was sent back, borne by the service, or kept, and say why. Whatever the amount another
    operator agrees first; then it is stray, and what was booked by it is booked the other way round."""
    return reopening.reopen(line_id, given["reason"], by=actor())


@payouts.get("/<uuid:payout_id>/came-back")
@payouts.response(200, s.ReturnSchema)
@problems(payouts, 401, 403, 404)
def show_came_back(payout_id: UUID) -> dict[str, BankLine | None]:
    """What came of a payout back to the bank, what the bank kept, and by which rate; null where nothing did. For
    whoever is paid and for operators of finance. All of it is payable again."""
    return {"came_back": returns.of(queries.payout(payout_id, seen_by=actor()))}


# Here, since a line of a statement may tell of the same money.
@found_payments.post("")
@found_payments.arguments(FindingArgs)
@found_payments.response(201, PaymentFindingsSchema)
@problems(found_payments, 400, 401, 403, 404, 409, 422)
@idempotency.required
def find(given: dict[str, Any]) -> dict[str, Any]:
    """Say what became of payments that were made by hand, or that are parked. Above the limit a second person looks.
    The reference of one transfer is of one deposit (`reference_of_another_deposit`)."""
    ids = given.pop("payment_ids")
    return {"items": asked.find(ids, Found(**given), by=actor())}


@found_payments.post("/<uuid:finding_id>/confirm")
@found_payments.arguments(ConfirmArgs, required=False)
@found_payments.response(200, PaymentFindingSchema)
@problems(found_payments, 400, 401, 403, 404, 409, 422)
@idempotency.required
def confirm_finding(given: dict[str, str], finding_id: UUID) -> PaymentFinding:
    """Find the same as somebody else: the payment is settled, and so is the line of a statement that told of it. Where
    a line looks like it that is booked already (`deposit_looks_booked`), `another` says why it is another transfer."""
    return asked.confirm(finding_id, **given, by=actor())


@found_payments.post("/<uuid:finding_id>/contradict")
@found_payments.response(200, PaymentFindingSchema)
@problems(found_payments, 401, 403, 404, 409)
def contradict_finding(finding_id: UUID) -> PaymentFinding:
    """Take a finding back that nobody has confirmed. A line of a statement that told of it is stray again."""
    return asked.contradict(finding_id, by=actor())


def shown(found: Look) -> dict[str, Any]:
    """A look as it is told."""
    return {
        "format": found.read.format,
        "outgoing": found.read.outgoing,
        "faults": [{"at": at, "what": what} for at, what in found.read.faults],
        "remarks": found.read.remarks,
        "lines": [
            {
                "at": line.at,
                "booked_on": line.booked_on,
                "money": line.money,
                "words": line.words,
                "payer": line.payer,
                "kind": line.kind,
                "known_by": line.known_by,
                "company_id": None if company is None else company.id,
                "is_known": is_known,
            }
            for line, company, is_known in found.lines
        ],
    }
