"""The doors of seals: what everybody may read, and the proof of one's own payslip."""

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from marketplace.accounts.auth import actor
from marketplace.core.http import problems
from marketplace.core.limits import CURIOUS, limiter
from marketplace.pay.seals import proofs as seal_proofs
from marketplace.pay.seals import schemas as s
from marketplace.pay.seals.rules import SealLine

seals = Blueprint(
    "seals", __name__, url_prefix="/api/v1/seals", description="Published digests of the books, each naming the last."
)
proofs = Blueprint("seal-proofs", __name__, url_prefix="/api/v1/payslips", description="Proofs that a row was sealed.")
blueprints = (seals, proofs)


@seals.get("")
@limiter.limit(CURIOUS)
@seals.arguments(s.SealPageArgs, location="query")
@seals.response(200, s.SealPageSchema)
@seals.doc(security=[])
@problems(seals, 422)
def list_seals(args: dict[str, Any]) -> dict[str, Any]:
    """Every seal, newest first. The same as text, one line each, oldest first: `/seals.txt`. For everybody."""
    return seal_proofs.seals(**args)


@seals.get("/<int:number>")
@limiter.limit(CURIOUS)
@seals.etag
@seals.response(200, s.SealSchema)
@seals.doc(security=[])
@problems(seals, 404)
def show_seal(number: int) -> SealLine:
    """One seal. For everybody."""
    return seal_proofs.seal(number)


@proofs.get("/<uuid:payslip_id>/seal-proof")
@proofs.response(200, s.SealProofSchema)
@problems(proofs, 401, 403, 404, 409)
def prove_payslip(payslip_id: UUID) -> dict[str, Any]:
    """The proof of a payslip: every line, its reason, what became of the payouts, and the way to published seals."""
    return seal_proofs.of_payslip(payslip_id, seen_by=actor())
