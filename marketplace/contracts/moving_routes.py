"""The doors of benefits that leave: paid out to their owner, or sent to another provider; and of those that come in."""

from typing import Any
from uuid import UUID

from flask import Response
from flask_smorest import Blueprint

from marketplace.accounts.auth import actor
from marketplace.contracts import cash_out, transfers
from marketplace.contracts import moving_schemas as s
from marketplace.contracts.benefit_models import CashOut, Transfer
from marketplace.core.http import PageArgs, page, problems
from marketplace.standards.act_answers import done_or_waits
from marketplace.standards.act_schemas import WAITS, MoneyActSchema

own = Blueprint(
    "moving-benefits",
    __name__,
    url_prefix="/api/v1/contractors/me/benefits",
    description="Your benefits, paid out to you or sent to another provider.",
)
desk = Blueprint(
    "benefit-transfers",
    __name__,
    url_prefix="/api/v1/benefit-transfers",
    description="Benefits to and from other providers, for operators of finance.",
)
blueprints = (own, desk)


@own.get("/cash-outs")
@own.arguments(PageArgs, location="query")
@own.response(200, s.CashOutPage)
@problems(own, 401, 403, 404, 422)
def list_cash_outs(args: dict[str, Any]) -> dict[str, Any]:
    """What was or will be paid out to you, newest first."""
    return page(cash_out.mine(actor()), CashOut.id, **args)


@own.post("/cash-outs")
@own.arguments(s.CashOutRequestSchema)
@own.response(201, s.CashOutsSchema)
@problems(own, 401, 403, 404, 409, 422)
def ask_for_cash(given: dict[str, Any]) -> dict[str, list[CashOut]]:
    """Have the money of a benefit paid out to you by the next pay run. One row for each currency."""
    return {"items": cash_out.ask(given["plan"], given["money"], by=actor())}


@own.get("/transfers")
@own.arguments(PageArgs, location="query")
@own.response(200, s.TransferPage)
@problems(own, 401, 403, 404, 422)
def list_own_transfers(args: dict[str, Any]) -> dict[str, Any]:
    """What of your benefits went to another provider or came from one, newest first."""
    return page(transfers.mine(actor()), Transfer.id, **args)


@own.post("/transfers")
@own.arguments(s.TransferRequestSchema)
@own.response(201, s.TransferSchema)
@problems(own, 401, 403, 404, 409, 422)
def ask_for_transfer(given: dict[str, Any]) -> Transfer:
    """Have money of a benefit sent to another provider, with the hash of your statement."""
    return transfers.ask(given["plan"], given["money"], given["provider"], given["account"], by=actor())


@desk.get("")
@desk.arguments(PageArgs, location="query")
@desk.response(200, s.TransferPage)
@problems(desk, 401, 403, 404, 422)
def list_transfers(args: dict[str, Any]) -> dict[str, Any]:
    """Every transfer, newest first."""
    return page(transfers.every(actor()), Transfer.id, **args)


@desk.post("")
@desk.arguments(s.ReceivedSchema)
@desk.response(201, s.TransferSchema)
@desk.alt_response(202, schema=MoneyActSchema, description=WAITS)
@problems(desk, 401, 403, 404, 409, 422)
def receive(given: dict[str, Any]) -> Transfer | Response:
    """Take in what another provider has sent for a person, with evidence and a reason."""
    given["code"] = given.pop("plan")
    return done_or_waits(transfers.receive(**given, by=actor()))


@desk.post("/<uuid:transfer_id>/sent")
@desk.arguments(s.SentSchema)
@desk.response(200, s.TransferSchema)
@desk.alt_response(202, schema=MoneyActSchema, description=WAITS)
@problems(desk, 401, 403, 404, 409, 422)
def mark_sent(given: dict[str, str], transfer_id: UUID) -> Transfer | Response:
    """Say that the money was sent, and where the proof is."""
    return done_or_waits(transfers.send(transfer_id, given["evidence"], by=actor()))


@desk.post("/<uuid:transfer_id>/returned")
@desk.arguments(s.ReturnedSchema)
@desk.response(200, s.TransferSchema)
@desk.alt_response(202, schema=MoneyActSchema, description=WAITS)
@problems(desk, 401, 403, 404, 409, 422)
def give_back(given: dict[str, str], transfer_id: UUID) -> Transfer | Response:
    """Say that it could not be sent, and why. It is the person's benefit again."""
    return done_or_waits(transfers.give_back(transfer_id, given["reason"], by=actor()))
