"""Payments that a bank has made already and tells of later: written down, and taken through their states at once."""

from typing import Any

from marketplace.accounts.rules import Actor
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import record
from marketplace.core.ids import new_id
from marketplace.core.lifecycle import move_one
from marketplace.core.money import Money
from marketplace.pay import rules
from marketplace.pay.bank.models import BankLine
from marketplace.pay.models import PaymentOp
from marketplace.pay.rules import BANK_SENT_BACK, MANUAL, OP_EVENTS, OpKind, OpStatus


def begun(line: BankLine, kind: OpKind, money: Money, *, by: Actor, **whose: Any) -> PaymentOp:
    """Writes down the payment of which a line tells. `whose` are its columns: who pays or is paid, and what it
    undoes."""
    op_id, now = new_id(), clock.now()
    op = PaymentOp(
        id=op_id, kind=kind, rail=MANUAL, amount=money.amount, currency=money.currency,
        params={"bank_line": str(line.id)}, idempotency_key=rules.idempotency_key(kind, op_id), created_at=now,
        next_try_at=now, status=OpStatus.INTENT, **whose,
    )  # fmt: skip
    db.session.add(op)
    db.session.flush()
    event = BANK_SENT_BACK if kind is OpKind.REVERSAL else OP_EVENTS[kind][OpStatus.INTENT]
    record(event, op, by=by, data=told(money))
    return op


def through(op: PaymentOp, line: BankLine, *, by: Actor) -> None:
    """The bank has it already."""
    event, now = OP_EVENTS[op.kind], clock.now()
    move_one(op, OpStatus.SENT, by=by, event=event[OpStatus.SENT], values={"first_sent_at": now})
    done = {"external_id": f"bank_{line.id.hex}"}
    move_one(op, OpStatus.DONE, by=by, event=event[OpStatus.DONE], values=done, data=told(op.money))


def told(money: Money) -> dict[str, str]:
    """What an event says of it."""
    return {"amount": str(money.decimal), "currency": money.currency}
