"""Pay that waits since its person's name is like one on a list of sanctions, once somebody has said who it is."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select

from marketplace.accounts.rules import CLOCK
from marketplace.core import queue
from marketplace.pay import service
from marketplace.pay.methods import barring
from marketplace.pay.models import PaymentOp
from marketplace.pay.rules import OpKind, OpStatus
from marketplace.workforce import screening


def compare_left(limit: int) -> int:
    """Compares those who have left while pay of theirs is under way, before anybody downloads it or marks it as paid.
    Returns how many."""
    under_way = select(PaymentOp.contractor_id).where(
        PaymentOp.kind == OpKind.PAYOUT, PaymentOp.status == OpStatus.WAITING
    )
    return screening.screen_left(under_way, limit)


def look_again(contractor_ids: Collection[UUID]) -> int:
    """Has pay to these people go on of which something else holds by now: what was cleared goes out, and what was
    confirmed is held back under that reason (rule SCREENING). Returns how many there were. Not a person's verb: it
    answers what an operator has found."""
    found = barring.changed_since(contractor_ids)
    for op in found:
        service.go_on(op, by=CLOCK)
    if found:
        queue.defer(service.ADVANCE_RAIL)
    return len(found)
