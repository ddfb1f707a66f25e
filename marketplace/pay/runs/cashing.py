"""Benefits that are to be paid out, as a pay run takes them from the room of contracts."""

from collections.abc import Collection

from marketplace.contracts import cash_out
from marketplace.contracts.benefit_models import CashOut
from marketplace.contracts.moving_rules import rule_of
from marketplace.core.db import db
from marketplace.pay.runs.reasons import PaidOut
from marketplace.workforce.pay_scope import PayScope


def take(scope: PayScope, most: int) -> list[PaidOut]:
    """What a run pays out of benefits, which from then on belongs to it. A run of one company pays nobody's benefits:
    they are no cost of any company."""
    if scope.company_id is not None:
        return []
    due = cash_out.payable(scope).limit(most).with_for_update(skip_locked=True)
    return _of(cash_out.take(db.session.scalars(due).all()))


def preview(scope: PayScope) -> list[PaidOut]:
    """What `take()` would take, were there no limit."""
    if scope.company_id is not None:
        return []
    return _of(cash_out.of(db.session.scalars(cash_out.payable(scope)).all()))


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
