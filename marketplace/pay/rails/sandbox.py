"""The sandbox rail: everything a rail does, but no money moves.

It plays the world outside, so it keeps a memory of its own in transactions of its own, which no rollback of Setara's
books undoes. Levers make it decline, fail, or lose an answer, as a real rail does on its bad days.
"""

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from types import MappingProxyType
from typing import Literal

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from marketplace.core import clock
from marketplace.core.db import db, transaction
from marketplace.core.ids import new_id
from marketplace.core.money import Money
from marketplace.pay.models import SandboxCall, SandboxLever
from marketplace.pay.rails.deposit_invoice_rules import InvoiceState
from marketplace.pay.rails.rail import (
    Arrival,
    Billed,
    Customer,
    Done,
    Enclosure,
    Order,
    Parked,
    Refused,
    Result,
    Unknown,
    Waiting,
)
from marketplace.pay.rules import SANDBOX, LeverEffect, OpKind

DECLINED: Mapping[OpKind, Refused] = MappingProxyType(
    {
        OpKind.DEPOSIT: Refused("sandbox_declined", "The sandbox's bank declined the deposit.", "company"),
        OpKind.PAYOUT: Refused("sandbox_declined", "The sandbox's bank declined the payout.", "contractor"),
        OpKind.REFUND: Refused("sandbox_declined", "The sandbox's bank declined to take the money back.", "operator"),
        OpKind.REVERSAL: Refused("sandbox_declined", "The person's account does not hold the money.", "operator"),
        OpKind.EVIDENCE: Refused("sandbox_declined", "The sandbox's bank does not take this evidence.", "company"),
    }
)
RESTRICTED = Refused(
    "insufficient_capabilities_for_transfer", "The account at the sandbox cannot receive money yet.", "contractor"
)
"""As the Stripe rail refuses it."""
CALLED_OFF = Refused("invoice_void", "The invoice was called off before it was paid.", "company")
AT_ONCE = tuple(each for each in LeverEffect if each is not LeverEffect.PAY_INVOICE)
"""Levers that say what becomes of an order when it is sent."""
NO = frozenset({LeverEffect.DECLINE, LeverEffect.RESTRICT})
FEE_PART = Fraction(1, 100)
"""What the sandbox keeps of a payout when its lever says so."""


class SandboxRail:
    """Simulates. Its ids begin with "sbx_", and nothing it says has happened to real money."""

    name = SANDBOX
    moves_real_money = False
    mode: Literal["sandbox", "test", "live"] = "sandbox"

    def send(self, order: Order) -> Result:
        with transaction():
            if (known := _remembered(order)) is not None:
                return known
            effect = _pull(order)
            if effect is LeverEffect.FAIL:
                return Unknown("The connection broke before the sandbox answered.")
            fee = order.money * FEE_PART if effect is LeverEffect.KEEP_FEE else Money.zero(order.money.currency)
            result = _carry_out(order, fee, effect)
        if effect is LeverEffect.LOSE_ANSWER:
            return Unknown("The sandbox's answer got lost.")
        return result

    def upload(self, paper: Enclosure) -> Result:
        """The same paper has the same name, so there is nothing to remember of it."""
        return Done(f"sbx_file_{hashlib.sha256(paper.key.encode()).hexdigest()[:24]}")

    def enrol(self, customer: Customer) -> Result:
        """The same company has the same name, so there is nothing to remember of it."""
        return Done(f"sbx_cus_{customer.id.hex}")

    def find(self, order: Order) -> Result | None:
        with transaction():
            return _remembered(order)

    def follow(self, order: Order, name: str) -> Result:
        """Only an invoice waits here: until its company calls it off, or a lever pays it."""
        with transaction():
            _end(order)
            return _remembered(order) or Parked(f"The sandbox does not know {name}.")


def _digest(order: Order) -> str:
    whole = [str(order.kind), str(order.owner_id), order.money.amount, order.money.currency, dict(order.params)]
    return hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()


def _remembered(order: Order) -> Result | None:
    call = db.session.scalars(select(SandboxCall).where(SandboxCall.key == order.key)).one_or_none()
    if call is None:
        return None
    if call.order_sha256 != _digest(order):
        return Parked("This key was used before for another order.")
    if call.external_id is None:
        return RESTRICTED if call.is_restricted else DECLINED[order.kind]
    fee = Money(call.fee_amount, call.currency)
    if call.invoice_due_at is not None:
        return _of_invoice(call, order.money)
    arrived = Arrival(order.money - fee, fee) if order.kind is OpKind.PAYOUT else None
    return Done(call.external_id, arrived, {"at": call.at.isoformat()})


def _of_invoice(call: SandboxCall, money: Money) -> Result:
    """An invoice of the sandbox's as a rail tells of it."""
    assert call.external_id is not None, "what was refused has no invoice"
    number, due_at, zero = f"SBX-{call.external_id[-8:].upper()}", call.invoice_due_at, Money.zero(money.currency)
    if call.invoice_paid_at is not None:
        return Done(call.external_id, billed=Billed(InvoiceState.PAID, number, due_at, money))
    if call.invoice_void_at is not None:
        return replace(CALLED_OFF, billed=Billed(InvoiceState.VOID, number, due_at, zero))
    return Waiting(call.external_id, billed=Billed(InvoiceState.OPEN, number, due_at, zero))


def _end(order: Order) -> None:
    """What becomes of an invoice that waits: who calls it off comes too late where it is paid."""
    open_call = select(SandboxCall).where(
        SandboxCall.key == order.key,
        SandboxCall.invoice_due_at.is_not(None),
        SandboxCall.invoice_paid_at.is_(None),
        SandboxCall.invoice_void_at.is_(None),
    )
    call = db.session.scalars(open_call.with_for_update()).one_or_none()
    if call is None:
        return
    if _pull(order, (LeverEffect.PAY_INVOICE,)) is not None:
        call.invoice_paid_at = clock.now()
    elif order.called_off is not None:
        call.invoice_void_at = clock.now()


def _carry_out(order: Order, fee: Money, effect: LeverEffect | None) -> Result:
    """Has the one effect of the key. Whoever sends the same order at the same moment waits, then is told the same."""
    call = insert(SandboxCall).values(
        key=order.key,
        order_sha256=_digest(order),
        kind=order.kind,
        amount=order.money.amount,
        currency=order.money.currency,
        fee_amount=fee.amount,
        at=clock.now(),
        external_id=None if effect in NO else f"sbx_{new_id().hex}",
        charged_back_at=clock.now() if effect is LeverEffect.CHARGE_BACK else None,
        inquired_at=clock.now() if effect is LeverEffect.INQUIRE else None,
        is_restricted=effect is LeverEffect.RESTRICT and order.kind is OpKind.PAYOUT,
        failed_at=clock.now() if effect is LeverEffect.FAIL_LATER and order.kind is OpKind.PAYOUT else None,
        invoice_due_at=None if order.bill is None else clock.now() + timedelta(days=order.bill.days),
    )
    db.session.execute(call.on_conflict_do_nothing(index_elements=["key"]))
    result = _remembered(order)
    assert result is not None
    return result


def _pull(order: Order, effects: Collection[LeverEffect] = AT_ONCE) -> LeverEffect | None:
    """Uses up one time of the oldest lever of these that is meant for this order."""
    oldest = (
        select(SandboxLever.id)
        .where(
            SandboxLever.kind == order.kind,
            SandboxLever.effect.in_(effects),
            SandboxLever.times_left > 0,
            SandboxLever.owner_id.is_(None) | (SandboxLever.owner_id == order.owner_id),
        )
        .order_by(SandboxLever.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    used = (
        update(SandboxLever)
        .where(SandboxLever.id == oldest.scalar_subquery())
        .values(times_left=SandboxLever.times_left - 1)
        .returning(SandboxLever.effect)
        .execution_options(synchronize_session=False)
    )
    return db.session.scalar(used)
