"""Payslips enter the books in sets: their lines become postings and accruals without leaving the database.

What is booked follows from the lines alone, as they were computed and frozen. A payslip is one entry; a line that is
worth money is one posting of it; a line of a benefit is one accrual, under the line's cause and with its id.
"""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CollectionAggregate,
    DateTime,
    Text,
    Uuid,
    any_,
    bindparam,
    case,
    cast,
    func,
    literal,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from marketplace.accounts.rules import CLOCK
from marketplace.contracts import benefits, cash_out, leave
from marketplace.core import clock
from marketplace.core.db import db, send_one
from marketplace.core.ids import new_id
from marketplace.core.lifecycle import move
from marketplace.core.sending import Fixed, Order
from marketplace.ledger import service as ledger
from marketplace.ledger.statements import Source
from marketplace.pay.models import PayLine, Payslip
from marketplace.pay.rules import PayslipStatus
from marketplace.pay.runs.lines import BENEFIT_OF
from marketplace.shifts.sick import leave_cause
from marketplace.standards.line_kinds import LineKind

_SLIPS = """
SELECT ids.entry, 'payslip:' || slip.id, jsonb_build_object('pay_run', slip.run_id)
FROM unnest(:slips, :entries) AS ids (slip, entry) JOIN payslip slip ON slip.id = ids.slip
"""
_LINES = """
SELECT ids.entry, line.payer, line.payee, line.amount, CAST(line.currency AS text), row_number() OVER (ORDER BY line.id)
FROM unnest(:slips, :entries) AS ids (slip, entry) JOIN pay_line line ON line.payslip_id = ids.slip
WHERE line.amount > 0
"""
_OF_PAYSLIPS = Source(_SLIPS, _LINES, (("slips", "id"), ("entries", "id")))
_ENTERED = Fixed(
    text("""
UPDATE payslip SET entry_id = ids.entry FROM unnest(:slips, :entries) AS ids (slip, entry) WHERE payslip.id = ids.slip
""").bindparams(*(bindparam(name, type_=ARRAY(Uuid())) for name in ("slips", "entries")))
)
_DATED = Fixed(
    text("""
UPDATE payslip SET pay_date = CAST(CAST(:now AS timestamptz) AT TIME ZONE contractor.timezone AS date)
FROM contractor WHERE contractor.id = payslip.contractor_id AND payslip.id = ANY(:slips)
""").bindparams(bindparam("slips", type_=ARRAY(Uuid())), bindparam("now", type_=DateTime(timezone=True)))
)
"""The day on which a payslip is issued, where its person lives: by it laws count months and years of pay."""

_NOT_OF_WORK = text("(pay_line.attempt_id IS NOT NULL OR pay_line.kind IN ('sick_leave', 'benefit_cash_out'))")
"""As the index of such lines has it, so that whether a payslip has any is known without looking at its lines."""


def book(payslip_ids: Sequence[UUID]) -> None:
    """Books these frozen payslips and issues them. The caller has locked their run."""
    _post(payslip_ids)
    benefits.accrue(_accruals(payslip_ids), by=CLOCK)
    _mark_paid(payslip_ids)
    now = clock.now()
    send_one(Order(_DATED, {"slips": list(payslip_ids), "now": now}, list))
    move(
        Payslip,
        payslip_ids,
        old=PayslipStatus.FROZEN,
        new=PayslipStatus.ISSUED,
        by=CLOCK,
        event="payslip.issued",
        values={"issued_at": now},
    )


def attempts_of(payslip_ids: Collection[UUID]) -> list[UUID]:
    """The attempts at tests that these payslips pay."""
    found = select(PayLine.attempt_id).where(_of(payslip_ids), _NOT_OF_WORK, PayLine.attempt_id.is_not(None))
    return sorted({each for each in db.session.scalars(found) if each is not None})


def _post(payslip_ids: Sequence[UUID]) -> None:
    """Each payslip as an entry of the books. None where all it holds is leave too short to be a minor unit."""
    worth = Payslip.net_amount + Payslip.benefits_amount + Payslip.cost_amount > 0
    slips = db.session.scalars(select(Payslip.id).where(Payslip.id.in_(payslip_ids), worth).order_by(Payslip.id)).all()
    given = {"slips": slips, "entries": [new_id() for _ in slips]}
    booked = ledger.post_all(_OF_PAYSLIPS, given)
    assert booked == len(slips), "a frozen payslip was never booked"
    send_one(Order(_ENTERED, given, list))


def _accruals(payslip_ids: Collection[UUID]) -> Any:
    """The benefits of these payslips' lines: leave in seconds, the others in money. Leave is capped by the year of the
    work, so that is when it accrues, whenever it is paid."""
    in_seconds = PayLine.kind == LineKind.SICK_ACCRUAL
    plan = case({kind: literal(benefit.plan, Text) for kind, benefit in BENEFIT_OF.items()}, value=PayLine.kind)
    earned_by = case(
        (PayLine.attempt_id.is_not(None), func.concat("attempt:", cast(PayLine.attempt_id, Text))),
        (PayLine.guarantee_id.is_not(None), func.concat("guarantee:", cast(PayLine.guarantee_id, Text))),
        (PayLine.bonus_id.is_not(None), func.concat("bonus:", cast(PayLine.bonus_id, Text))),
        else_=func.concat("booking:", cast(PayLine.booking_id, Text)),
    )
    return select(
        PayLine.id,
        PayLine.contractor_id,
        plan.label("plan"),
        case((in_seconds, PayLine.seconds), else_=PayLine.amount).label("quantity"),
        case((~in_seconds, PayLine.currency)).label("currency"),
        PayLine.cause,
        earned_by.label("reference"),
        PayLine.rule,
        PayLine.rule_version.label("version"),
        PayLine.began_at.label("at"),
    ).where(_of(payslip_ids), PayLine.kind.in_(BENEFIT_OF))


def _mark_paid(payslip_ids: Collection[UUID]) -> None:
    """Leave that was taken and benefits that are paid out are paid now."""
    own = select(PayLine.booking_id, PayLine.cash_out_id, PayLine.currency)
    of_own = (LineKind.SICK_LEAVE, LineKind.BENEFIT_CASH_OUT)
    rows = db.session.execute(own.where(_of(payslip_ids), _NOT_OF_WORK, PayLine.kind.in_(of_own))).all()
    leave.mark_paid([(leave_cause(row.booking_id), row.currency) for row in rows if row.booking_id is not None])
    cash_out.mark_paid([row.cash_out_id for row in rows if row.cash_out_id is not None])


def _of(payslip_ids: Collection[UUID]) -> Any:
    """Lines of any of them: one parameter, however many."""
    ids: CollectionAggregate[Any] = any_(bindparam(None, list(payslip_ids), type_=ARRAY(Uuid())))
    return PayLine.payslip_id == ids
