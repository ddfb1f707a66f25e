"""What keeps a payout from going out although it was ordered: the account that it would go to, or its person's name
that is like one on a list of sanctions (rule SCREENING).

Looked at when the rail is about to hear of it, since either may have changed since the run wrote it down.
"""

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from uuid import UUID

from sqlalchemy import select

from marketplace.core.db import db
from marketplace.pay.methods.models import PayoutMethod
from marketplace.pay.methods.rules import MethodStatus, NameCheck
from marketplace.pay.models import PaymentOp
from marketplace.pay.rails.rail import Parked, Refused, Result
from marketplace.pay.rules import OpKind, OpStatus
from marketplace.workforce import screening
from marketplace.workforce.listed import HitStatus

NAME_WAITS = Parked("The name on the account is not that of the contract: a person looks.")
LISTED: Mapping[HitStatus, Parked] = MappingProxyType(
    {
        HitStatus.OPEN: Parked("Your name is like one on a list of sanctions: a person looks whether it is you."),
        HitStatus.CONFIRMED: Parked(
            "An operator found that it is you who stands on a list of sanctions: the money stays yours, and is held."
        ),
    }
)
"""What is said of pay that waits since its person's name is like a listed one. It stays theirs, and is never refused:
no other account of theirs would do."""
CHANGED = Refused("payout_account_changed", "The account was replaced before the money was sent.", "contractor")
REFUSED = Refused("payout_account_refused", "An operator found that the account is not the person's.", "contractor")
_BY_STATUS: Mapping[MethodStatus, Result] = MappingProxyType(
    {
        MethodStatus.WAITING: CHANGED,
        MethodStatus.REPLACED: CHANGED,
        MethodStatus.TAKEN_BACK: CHANGED,
        MethodStatus.REFUSED: REFUSED,
    }
)


def bars(ops: Sequence[PaymentOp]) -> dict[UUID, Result | None]:
    """What is to be written of payouts that must not go out now, of those that no rail has heard of. None of one whose
    account somebody decides about at this moment: it is looked at again once they have, since what they let go is what
    they see. The accounts, and what was found of names, stay what they are until the commit."""
    new = [op for op in ops if op.kind is OpKind.PAYOUT and op.status is OpStatus.INTENT]
    return _accounts(new) | _listed(new) if new else {}


def _listed(ops: Sequence[PaymentOp]) -> dict[UUID, Result | None]:
    held = screening.held_back({op.contractor_id for op in ops if op.contractor_id is not None})
    return {op.id: LISTED[held[op.contractor_id]] for op in ops if op.contractor_id in held}


def _accounts(ops: Sequence[PaymentOp]) -> dict[UUID, Result | None]:
    named = {op.id: UUID(op.params["method"]) for op in ops if op.params.get("method")}
    if not named:
        return {}
    wanted = select(PayoutMethod).where(PayoutMethod.id.in_(set(named.values()))).order_by(PayoutMethod.id)
    free = wanted.with_for_update(read=True, skip_locked=True).execution_options(populate_existing=True)
    methods = {row.id: row for row in db.session.scalars(free)}
    found = {op_id: _bar(methods[known]) if known in methods else None for op_id, known in named.items()}
    return {op_id: result for op_id, result in found.items() if result is not None or named[op_id] not in methods}


def held_still(method_id: UUID) -> Result | None:
    """What keeps money from this account, which stays true until the commit: whoever replaces it comes before or
    after, and then finds what was ordered to it."""
    found = select(PayoutMethod).where(PayoutMethod.id == method_id).with_for_update(read=True)
    return _bar(db.session.scalars(found.execution_options(populate_existing=True)).one())


def held_up(method_ids: Collection[UUID]) -> list[UUID]:
    """Payouts to these methods that are parked and that no rail has heard of: they wait for the name on the account."""
    found = select(PaymentOp.id).where(
        PaymentOp.contractor_id.in_(select(PayoutMethod.contractor_id).where(PayoutMethod.id.in_(method_ids))),
        PaymentOp.kind == OpKind.PAYOUT,
        PaymentOp.status == OpStatus.PARKED,
        PaymentOp.first_sent_at.is_(None),
        PaymentOp.params["method"].as_string().in_([str(each) for each in method_ids]),
    )
    return list(db.session.scalars(found.order_by(PaymentOp.id)))


def changed_since(contractor_ids: Collection[UUID]) -> list[PaymentOp]:
    """Payouts to these people that wait for what is found of their names, of which something else holds by now, locked
    and in the order of their ids: the likeness was cleared, or it was confirmed."""
    found = select(PaymentOp).where(
        PaymentOp.contractor_id.in_(contractor_ids),
        PaymentOp.kind == OpKind.PAYOUT,
        PaymentOp.status == OpStatus.PARKED,
        PaymentOp.first_sent_at.is_(None),
        PaymentOp.why.in_([each.why for each in LISTED.values()]),
    )
    ops = found.order_by(PaymentOp.id).with_for_update().execution_options(populate_existing=True)
    waiting = db.session.scalars(ops).all()
    now = _listed(waiting) if waiting else {}
    return [op for op in waiting if not (isinstance(told := now.get(op.id), Parked) and told.why == op.why)]


def _bar(method: PayoutMethod) -> Result | None:
    if method.name_check is NameCheck.WAITING and method.status is MethodStatus.IN_FORCE:
        return NAME_WAITS
    return _BY_STATUS.get(method.status)
