"""How a company pays by bank, and what has come of it that a second operator looks at before it is booked."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from flask import current_app
from sqlalchemy import select

from marketplace.accounts.rules import Actor, Right, require_company
from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.pay.bank import rules as bank_rules
from marketplace.pay.bank.models import BankLine
from marketplace.pay.bank.rules import LineKind, LineStatus
from marketplace.pay.by_hand.models import PaymentFinding
from marketplace.pay.by_hand.rules import FindingOutcome, FindingStatus
from marketplace.pay.models import PaymentOp
from marketplace.pay.rules import MANUAL, OpKind


@dataclass(frozen=True, slots=True)
class LookedAt:
    """Money that has come and is not available yet: more than one operator may book alone (TWO_PEOPLE). `deposit_id` is
    that of a deposit which was asked for."""

    money: Money
    came_on: date | None
    deposit_id: UUID | None


def how_to_pay(company_id: UUID, seen_by: Actor) -> Mapping[str, Any]:
    """What a company writes on a transfer, where it goes, and what has come and waits. Raises NotFound or Forbidden."""
    require_company(seen_by, company_id, Right.MONEY)
    return {
        "reference": bank_rules.reference_of(company_id),
        "seller": current_app.config["SELLER"],
        "is_open": current_app.config["RAIL"] == MANUAL,
        "looked_at": looked_at(company_id),
    }


def looked_at(company_id: UUID) -> list[LookedAt]:
    """What has come for a company and waits for a second person, by bank statements and by deposits that it asked for.
    The caller may see the company's money."""
    found = (
        select(PaymentFinding, PaymentOp)
        .join(PaymentOp, PaymentOp.id == PaymentFinding.payment_op_id)
        .where(
            PaymentOp.company_id == company_id,
            PaymentOp.kind == OpKind.DEPOSIT,
            PaymentFinding.status == FindingStatus.WAITING,
            PaymentFinding.outcome == FindingOutcome.HAPPENED,
        )
        .order_by(PaymentFinding.id)
    )
    asked = {finding.id: (finding, op) for finding, op in db.session.execute(found)}
    came = select(BankLine).where(
        BankLine.company_id == company_id, BankLine.kind == LineKind.CAME, BankLine.status == LineStatus.MATCHED
    )
    told = []
    for line in db.session.scalars(came.order_by(BankLine.id)):
        # A line of a deposit that was asked for has made its finding: the two are the same money.
        own = None if line.finding_id is None else asked.pop(line.finding_id, None)
        told.append(LookedAt(line.money, line.booked_on, None if own is None else own[1].id))
    return told + [LookedAt(op.money, finding.happened_on, op.id) for finding, op in asked.values()]
