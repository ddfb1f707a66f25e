"""Benefits that are to be paid out, as a pay run takes them from the room of contracts."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from marketplace.contracts import cash_out
from marketplace.contracts.benefit_models import CashOut
from marketplace.contracts.moving_rules import rule_of
from marketplace.core.db import db
from marketplace.pay.runs.reasons import PaidOut


def take(company_id: UUID | None, through: date, most: int, contractor_id: UUID | None = None) -> list[PaidOut]:
    """What a run pays out of benefits, which from then on belongs to it. A run of one company pays nobody's benefits:
    they are no cost of any company."""
    if company_id is not None:
        return []
    due = cash_out.payable(through, contractor_id).limit(most).with_for_update(skip_locked=True)
    return _of(cash_out.take(db.session.scalars(due).all()))


def preview(company_id: UUID | None, through: date, contractor_id: UUID | None = None) -> list[PaidOut]:
    """What `take()` would take, were there no limit."""
    if company_id is not None:
        return []
    return _of(cash_out.of(db.session.scalars(cash_out.payable(through, contractor_id)).all()))


def _of(found: Collection[CashOut]) -> list[PaidOut]:
    return [
        PaidOut(
            cash_out_id=each.id,
            contractor_id=each.contractor_id,
            began_at=each.asked_at,
            money=each.money,
            account=each.account,
            rule=rule_of(each.cause),
            cause=f"{each.cause}:{each.currency}",
        )
        for each in found
    ]
