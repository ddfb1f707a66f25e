"""Refused payouts that go out again by themselves, once what kept them back may be over.

A rail that had no money of a currency is tried again after a pause; an account that was not there, or could receive
nothing, once it can. Each try is a new payment with a new key, since a rail repeats a refusal under the old one; pauses
grow with the tries, so that what goes on refusing is asked twice a day and no more. A person may try at once, as ever.
"""

from uuid import UUID

from sqlalchemy import ColumnElement, Interval, Select, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from marketplace.accounts.rules import CLOCK
from marketplace.core import clock, queue
from marketplace.core.db import db
from marketplace.pay import rules, service
from marketplace.pay.methods.models import PayoutMethod
from marketplace.pay.methods.rules import MethodStatus, NameCheck
from marketplace.pay.models import PaymentOp, Payslip
from marketplace.pay.rails import pausing
from marketplace.pay.rails.models import RailAccount
from marketplace.pay.rules import OpKind, OpStatus

AT_THE_ACCOUNT = frozenset(
    {
        "payout_account_missing",
        "country_without_rail",
        "payout_account_changed",
        "payout_account_refused",
        "insufficient_capabilities_for_transfer",
        "account_invalid",
    }
)
"""Codes of a payout that its account could not take. What a bank has sent back is none of them: the same account would
send it back again, so its person looks first."""
MENDED_BY_TIME = pausing.NO_MONEY | AT_THE_ACCOUNT


def retry_due(limit: int = 100) -> int:
    """Orders refused payouts anew whose reason may be over. Returns how many."""
    found = db.session.scalars(_due().limit(limit)).all()
    # Locked like a retry by a person, so that two of them do not both find nothing under way.
    held = select(Payslip).where(Payslip.id.in_(found)).order_by(Payslip.id).with_for_update(skip_locked=True)
    slips = db.session.scalars(held).all()
    under_way = select(PaymentOp.payslip_id).where(
        PaymentOp.payslip_id.in_([slip.id for slip in slips]),
        PaymentOp.status.not_in((OpStatus.REFUSED, OpStatus.REVERSED)),
    )
    alive = set(db.session.scalars(under_way))
    again = [slip for slip in slips if slip.id not in alive]
    if again:
        service.pay_out(again, by=CLOCK)
        queue.defer(service.ADVANCE_RAIL)
    return len(again)


def _due() -> Select[UUID | None]:
    """Payslips whose every payout was refused, the last one for a reason that may be over."""
    last, other = PaymentOp, aliased(PaymentOp)
    # A key sorts by its moment: no later one means that it is the last.
    later = exists().where(other.payslip_id == last.payslip_id, other.id > last.id)
    tries = (
        select(func.count())
        .where(other.payslip_id == last.payslip_id, other.status == OpStatus.REFUSED)
        .correlate(last)
        .scalar_subquery()
    )
    seconds = func.least(
        func.power(2, func.least(tries - 1, 16)) * rules.FIRST_WAIT.total_seconds(), rules.LONGEST_WAIT.total_seconds()
    )
    waits = func.make_interval(0, 0, 0, 0, 0, 0, seconds, type_=Interval)
    return (
        select(last.payslip_id)
        .where(
            last.kind == OpKind.PAYOUT,
            last.status == OpStatus.REFUSED,
            last.refusal_code.in_(MENDED_BY_TIME),
            ~later,
            last.created_at + waits <= clock.now(),
            or_(
                and_(last.refusal_code.in_(pausing.NO_MONEY), ~pausing.is_paused()),
                and_(last.refusal_code.in_(AT_THE_ACCOUNT), _can_receive()),
            ),
        )
        .order_by(last.id)
    )


def _can_receive() -> ColumnElement[bool]:
    """Whether its person has an account now that could take it."""
    ready = exists().where(RailAccount.id == PayoutMethod.rail_account_id, RailAccount.can_receive)
    return exists().where(
        PayoutMethod.rail == PaymentOp.rail,
        PayoutMethod.contractor_id == PaymentOp.contractor_id,
        PayoutMethod.status == MethodStatus.IN_FORCE,
        PayoutMethod.name_check.in_((NameCheck.SAME, NameCheck.CLEARED)),
        or_(PayoutMethod.rail_account_id.is_(None), ready),
    )
