"""The doors of contested payouts."""

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from marketplace.accounts.auth import actor
from marketplace.accounts.schemas import ReasonSchema
from marketplace.core import idempotency
from marketplace.core.http import page, problems
from marketplace.matching.schemas import ContestAnswerSchema, ContestsArgs
from marketplace.pay.contests import schemas as s
from marketplace.pay.contests import service as contests
from marketplace.pay.contests.models import PayoutContest

payouts = Blueprint("contested-payouts", __name__, url_prefix="/api/v1/payouts", description="A payout, contested.")
contested = Blueprint(
    "payout-contests", __name__, url_prefix="/api/v1/payout-contests", description="Payouts that people contest."
)
blueprints = (payouts, contested)


@payouts.post("/<uuid:payout_id>/contest")
@payouts.arguments(ReasonSchema)
@payouts.response(201, s.PayoutContestSchema)
@problems(payouts, 401, 403, 404, 409, 422)
def contest(given: dict[str, str], payout_id: UUID) -> PayoutContest:
    """Contest that a payout to you was refused, is held back, or was taken back. A human who had no part in it answers
    in writing within 14 days; when nobody does, it is decided for you. Only a human says whose account it is: where
    nobody has, silence pays nothing, and more operators are told."""
    return contests.contest(payout_id, given["reason"], by=actor())


@contested.get("")
@contested.arguments(ContestsArgs, location="query")
@contested.response(200, s.PayoutContestPage)
@problems(contested, 401, 403, 422)
def list_contests(args: dict[str, Any]) -> dict[str, Any]:
    """What you contested; for operators of disputes what everybody has."""
    return page(contests.listed(args.pop("status"), seen_by=actor()), PayoutContest.id, **args)


@contested.get("/<uuid:payout_contest_id>")
@contested.etag
@contested.response(200, s.PayoutContestSchema)
@problems(contested, 401, 404)
def show_contest(payout_contest_id: UUID) -> PayoutContest:
    """What was contested and what was told by then, for whoever contested it and for operators of disputes."""
    return contests.one(payout_contest_id, seen_by=actor())


@contested.post("/<uuid:payout_contest_id>/answer")
@contested.arguments(ContestAnswerSchema)
@contested.response(200, s.PayoutContestSchema)
@problems(contested, 400, 401, 403, 404, 409, 422)
@idempotency.required
def answer_contest(given: dict[str, Any], payout_contest_id: UUID) -> PayoutContest:
    """Answer in writing whether what became of a payout was right. Where it was wrong, it is ordered again. For
    operators of disputes who had no part in it."""
    return contests.answer(payout_contest_id, given["outcome"], given["reason"], by=actor())
