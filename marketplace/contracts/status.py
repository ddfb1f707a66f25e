"""What really happens under a contract, and what the rule STATUS makes of it. Both parties read it when it changes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.dialects.postgresql import distinct_on

from marketplace.accounts.rules import CLOCK, Actor
from marketplace.contracts import queries
from marketplace.contracts.models import Contract, StatusReading
from marketplace.contracts.rules import ContractStatus
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import record_many
from marketplace.core.problems import Forbidden
from marketplace.standards.engagement import INDICATORS, Dependence, Practice, judge_status

Pair = tuple[UUID, UUID]
"""A company and a contractor."""


@dataclass(frozen=True, slots=True)
class Status:
    """What STATUS said of the contract when it was signed, and what it says of what really happens; None where nothing
    was signed, or nothing has been read yet."""

    agreed: Mapping[str, Any] | None
    reading: StatusReading | None


def read(measured: Mapping[Pair, Dependence], *, by: Actor) -> int:
    """Judges every contract in force by what was measured between its parties, and writes down those of which the
    verdict is another than both have read last. Returns how many, in a constant number of statements.

    Who has not worked has nothing measured, which is a fact too: a dependence that has ended ends the verdict.
    """
    if by != CLOCK:
        raise Forbidden("Only the service itself does this.")
    found = db.session.scalars(
        select(Contract).where(Contract.status == ContractStatus.IN_FORCE).order_by(Contract.id)
    ).all()
    signed = queries.latest_signed_versions([contract.id for contract in found])
    last = _latest([contract.id for contract in found])
    rows, told = [], []
    for contract in found:
        terms = signed[contract.id].terms
        if "practice" not in terms:
            continue
        dependence = measured.get((contract.company_id, contract.contractor_id), Dependence(0, 0))
        practice = Practice(**{name: terms["practice"][name] for name in INDICATORS})
        verdict = judge_status(terms["engagement_type"], practice, dependence).as_dict()
        before = last[contract.id].verdict if contract.id in last else _agreed(terms)
        if before is not None and _gist(before) == _gist(verdict):
            continue
        rows.append({"contract_id": contract.id, "read_at": clock.now(), "verdict": verdict})
        told.append((contract, {"outcome": verdict["outcome"], "indicators": verdict["inputs"]["indicators"]}))
    if rows:
        db.session.execute(insert(StatusReading), rows)
        record_many("contract.status_changed", told, by=by)
    return len(rows)


def status(contract_id: UUID, seen_by: Actor) -> Status:
    """For both parties, operators and the service. Raises NotFound for everybody else."""
    found = queries.contract(contract_id, seen_by)
    version = queries.latest_signed(found.id)
    return Status(None if version is None else _agreed(version.terms), _latest([found.id]).get(found.id))


def _latest(contract_ids: list[UUID]) -> dict[UUID, StatusReading]:
    newest = (
        select(StatusReading)
        .where(StatusReading.contract_id.in_(contract_ids))
        .ext(distinct_on(StatusReading.contract_id))
        .order_by(StatusReading.contract_id, StatusReading.read_at.desc())
    )
    return {row.contract_id: row for row in db.session.scalars(newest)}


def _agreed(terms: Mapping[str, Any]) -> Mapping[str, Any] | None:
    return next((each for each in terms.get("verdicts", ()) if each["rule"] == "STATUS"), None)


def _gist(verdict: Mapping[str, Any]) -> tuple[str, str]:
    """What makes a verdict another one: the measured share may move every day, and only its effect is news."""
    return verdict["outcome"], verdict["inputs"]["indicators"]
