"""How a payment gets through a rail: intent, sent, done. Each arrow is a commit; the rail is asked between two of them.

Whatever dies, and wherever: before the first commit nothing has happened; after it the payment is due, and is sent
again under the same key until the answer is known.
"""

import time
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import select, update
from sqlalchemy.exc import InterfaceError, OperationalError

from marketplace.accounts.rules import CLOCK
from marketplace.core import clock
from marketplace.core.db import db, in_transaction, transaction
from marketplace.core.lifecycle import move_one
from marketplace.core.money import Money
from marketplace.core.problems import Problem
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import Entry
from marketplace.pay import rules
from marketplace.pay.by_hand.rules import FOUND_NOT_PAID
from marketplace.pay.methods import barring
from marketplace.pay.models import PaymentOp
from marketplace.pay.rails import deposit_invoices, pausing
from marketplace.pay.rails.chargeback_papers import enclose
from marketplace.pay.rails.known import rail
from marketplace.pay.rails.rail import Arrival, Done, Order, Parked, Refused, Result, Unknown, Waiting
from marketplace.pay.rules import OP_EVENTS, OpKind, OpStatus, UnknownRail

BATCH = 20
"""Payments that one process claims at once."""
RENEW_AFTER = rules.STALE_AFTER / 4
"""After so long a claim is renewed before the next of its payments is asked about: an invoice takes a dozen requests,
and twenty of them, or a slow rail, longer than a claim counts (`rules.STALE_AFTER`). One payment that takes longer by
itself is asked about again, under the same key."""
ANOTHER_TURN = timedelta(seconds=10)
"""When an invoice is looked at again that waits for another one of its company."""
DUE = (OpStatus.INTENT, OpStatus.SENT, OpStatus.UNKNOWN, OpStatus.WAITING)
"""Statuses in which a payment is taken up again when its time has come. `sent` is one: its process has died."""
OPEN = (OpStatus.SENT, OpStatus.UNKNOWN, OpStatus.PARKED, OpStatus.WAITING)
"""Statuses in which an answer of the rail still counts."""
DELAYED = "payout.delayed"
"""The event of a payout that was refused for a reason that is not its person's."""
NOT_FOUND = Parked("The rail does not know this payment, and a repetition is no longer safe: a person decides.")
NOT_WRITTEN = "What the rail says of it ({}) could not be written down ({}): a person decides."
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Claim:
    """A payment that this process, and no other, may ask a rail about now."""

    order: Order
    rail: str
    may_repeat: bool
    until: datetime
    """When another process takes it up, unless the claim is renewed."""
    waiting: str | None = None
    """The rail's own name of a payment that waits for its payer."""


def advance_ops(limit: int = 100) -> int:
    """Asks the rails about payments that are due, one after the other, and returns how many were asked about.

    Any number of processes may run this at once. What is claimed together is written down together: whoever dies in
    between has asked under keys that the next one asks under again. Must not be called inside a transaction
    (RuntimeError): a rail is slow, and what it did cannot be rolled back.
    """
    if in_transaction():
        raise RuntimeError("A rail is never called inside a transaction.")
    asked = 0
    while asked < limit:
        seen, claims = _claim(min(BATCH, limit - asked))
        if not seen:
            break
        if claims:
            told(_heard_of(claims))
        asked += seen
    return asked


def learn(op_id: UUID, says: Callable[[Order], Result]) -> bool:
    """Writes down what the rail told of a payment by itself, whatever this process is waiting for. Returns whether
    there is such a payment. Must not be called inside a transaction, since `says` may ask the rail."""
    with transaction():
        op = db.session.get(PaymentOp, op_id)
        order = None if op is None else _order(op)
    if order is None:
        return False
    told({op_id: says(order)})
    return True


def look_again(op_id: UUID) -> OpStatus:
    """Asks the rail now about a payment that waits for its payer, as a job does when its time has come, and returns
    where it stands. Must not be called inside a transaction, and changes nothing of one that does not wait."""
    with transaction():
        op = db.session.get_one(PaymentOp, op_id, populate_existing=True)
        waits, name, known = op.status is OpStatus.WAITING, op.rail, op.external_id
    if waits and known is not None:
        learn(op_id, lambda order: rail(name).follow(_with_wish(order), known))
    with transaction():
        return db.session.get_one(PaymentOp, op_id, populate_existing=True).status


def read_parts(op_id: UUID) -> None:
    """Asks the rail by which payments a deposit by invoice has come that was done before this was written down. Must
    not be called inside a transaction."""
    with transaction():
        op = db.session.get_one(PaymentOp, op_id, populate_existing=True)
        order, name, known = _order(op), op.rail, op.external_id
    assert known is not None, "the query says so"
    result = rail(name).follow(order, known)
    with transaction():
        deposit_invoices.note_parts(op_id, result)


def _claim(most: int) -> tuple[int, list[Claim]]:
    """How many payments were due, and those of them that a rail is asked about: what must not go out is written down at
    once, and no rail hears of it."""
    with transaction():
        now = clock.now()
        due = select(PaymentOp).where(PaymentOp.status.in_(DUE), PaymentOp.next_try_at <= now, pausing.may_go())
        due = due.order_by(PaymentOp.next_try_at, PaymentOp.id).limit(most)
        due = due.with_for_update(of=PaymentOp, skip_locked=True)
        ops = db.session.scalars(due.execution_options(populate_existing=True)).all()
        barred = barring.bars(ops)
        known = {op_id: result for op_id, result in barred.items() if result is not None}
        _write_down([op for op in ops if op.id in known], known)
        free = [op for op in ops if op.id not in barred]
        later = deposit_invoices.wait_their_turn(free, now)
        for op in free:
            op.next_try_at = now + ANOTHER_TURN if op.id in later else op.next_try_at
        return len(ops), [_take(op, now) for op in free if op.id not in later]


def _take(op: PaymentOp, now: datetime) -> Claim:
    until = now + rules.STALE_AFTER
    if op.status is OpStatus.WAITING:
        # It stays what it is; nobody else asks about it meanwhile.
        op.next_try_at = until
        return Claim(_order(op), op.rail, may_repeat=False, until=until, waiting=op.external_id)
    if op.status is OpStatus.SENT:
        _arrive(op, OpStatus.UNKNOWN, why="The process that was asking has died.")
    first = op.first_sent_at or now
    claim = Claim(_order(op), op.rail, rules.may_repeat(op.first_sent_at, now), until)
    _arrive(op, OpStatus.SENT, first_sent_at=first, tries=op.tries + 1, next_try_at=until)
    return claim


def _heard_of(claims: Sequence[Claim]) -> dict[UUID, Result]:
    """What the rails said of payments that were claimed together. One that another process has taken up since is left
    to it."""
    heard: dict[UUID, Result] = {}
    ours, until, renewed_at = {claim.order.op_id for claim in claims}, claims[0].until, time.monotonic()
    for claim in claims:
        if time.monotonic() - renewed_at >= RENEW_AFTER.total_seconds():
            (ours, until), renewed_at = _renew(ours, until), time.monotonic()
        if claim.order.op_id in ours:
            heard[claim.order.op_id] = _heard(claim)
    return heard


def _renew(ours: Set[UUID], until: datetime) -> tuple[set[UUID], datetime]:
    """Which of these are still this process's, and until when from now on."""
    with transaction():
        longer = clock.now() + rules.STALE_AFTER
        held = update(PaymentOp).where(
            PaymentOp.id.in_(ours),
            PaymentOp.status.in_((OpStatus.SENT, OpStatus.WAITING)),
            PaymentOp.next_try_at == until,
        )
        kept = held.values(next_try_at=longer).returning(PaymentOp.id)
        return set(db.session.scalars(kept.execution_options(synchronize_session=False))), longer


def _heard(claim: Claim) -> Result:
    """What the rail said, or what it means that it could not be asked: one payment that cannot be must not keep what is
    known of the others from being written down."""
    try:
        return _ask(claim)
    except UnknownRail:
        return Parked("This rail is not configured.")
    except Exception as broken:
        log.exception("rail_ask", payment=str(claim.order.op_id))
        return Unknown(type(broken).__name__)


def _ask(claim: Claim) -> Result:
    outside = rail(claim.rail)
    if claim.waiting is not None:
        return outside.follow(_with_wish(claim.order), claim.waiting)
    if deposit_invoices.is_asked(claim.order):
        asked = deposit_invoices.address(claim.order, outside)
        if not isinstance(asked, Order):
            return asked
        return outside.send(asked) if claim.may_repeat else outside.find(asked) or NOT_FOUND
    if claim.may_repeat:
        order = enclose(claim.order, outside) if claim.order.kind is OpKind.EVIDENCE else claim.order
        return outside.send(order) if isinstance(order, Order) else order
    return outside.find(claim.order) or NOT_FOUND


def _with_wish(order: Order) -> Order:
    return deposit_invoices.with_wish(order) if deposit_invoices.is_asked(order) else order


def told(results: Mapping[UUID, Result]) -> None:
    """Writes down what became of payments, by the word of their rails. One that is settled already is left alone: a
    slower try has lost. One that cannot be written down keeps no other from it, and is parked; what has nowhere to be
    parked from, such as a payment that is done, raises."""
    try:
        _told(results)
    except (InterfaceError, OperationalError):
        raise  # The database's own trouble says nothing of any payment.
    except Exception as broken:
        if len(results) > 1:
            for op_id, result in results.items():
                told({op_id: result})
            return
        ((op_id, result),) = results.items()
        log.exception("payment_told", payment=str(op_id))
        if not _park(op_id, NOT_WRITTEN.format(_name(result), _name(broken))):
            raise


def _park(op_id: UUID, why: str) -> bool:
    with transaction():
        op = db.session.get_one(PaymentOp, op_id, with_for_update=True, populate_existing=True)
        if op.status not in (OpStatus.SENT, OpStatus.WAITING):
            return False
        _arrive(op, OpStatus.PARKED, why=why)
        return True


def _name(of: Result | Exception) -> str:
    """The rail's own name of what it has done, or a word for anything else."""
    if isinstance(of, Problem):
        return of.code
    return of.id if isinstance(of, Done | Waiting) else type(of).__name__


def _told(results: Mapping[UUID, Result]) -> None:
    with transaction():
        found = select(PaymentOp).where(PaymentOp.id.in_(results)).order_by(PaymentOp.id).with_for_update()
        ops = db.session.scalars(found.execution_options(populate_existing=True)).all()
        _write_down([op for op in ops if op.status in OPEN or _came_back(op, results[op.id])], results)


def _write_down(ops: Sequence[PaymentOp], results: Mapping[UUID, Result]) -> None:
    if entries := [entry for op in ops if (entry := _entry(op, results[op.id])) is not None]:
        ledger.post_many(entries)
    for op in ops:
        deposit_invoices.note(op, results[op.id])
        _settle(op, results[op.id])
        if op.kind is OpKind.REVERSAL and op.status is OpStatus.DONE:
            _take_back(op)
    pausing.learn(ops, results)


def _came_back(op: PaymentOp, result: Result) -> bool:
    """Whether a rail takes its word back: what it had sent back to a payer has not arrived there."""
    return op.kind is OpKind.REFUND and op.status is OpStatus.DONE and isinstance(result, Refused)


def _settle(op: PaymentOp, result: Result) -> None:
    match result:
        case Refused(text=text) if op.status is OpStatus.DONE:
            _arrive(op, OpStatus.REVERSED, why=text)
        case Done(id=external_id, arrived=arrived):
            _arrive(op, OpStatus.DONE, external_id=external_id, why=None, **_landed(arrived))
        case Refused(code=code, text=text, who_can_fix=who):
            _arrive(op, OpStatus.REFUSED, refusal_code=code, why=text, who_can_fix=who)
        case Waiting() if op.status in (OpStatus.SENT, OpStatus.UNKNOWN):
            _arrive(op, OpStatus.WAITING, external_id=result.id, why=None, **_page(result))
        case Waiting() | Unknown() if op.status is OpStatus.WAITING:
            _wait_on(op, result)
        case Unknown(why=why) if op.status is OpStatus.SENT:
            _arrive(op, OpStatus.UNKNOWN, why=why, next_try_at=rules.next_try(op.tries, clock.now()))
        case Parked(why=why) if op.status in (OpStatus.INTENT, OpStatus.SENT, OpStatus.WAITING):
            _arrive(op, OpStatus.PARKED, why=why)


def _page(result: Waiting) -> dict[str, Any]:
    """Where the payer pays, and when the rail is asked next."""
    return {"pay_url": result.url, "waits_until": result.until, "next_try_at": clock.now() + result.look_after}


def _wait_on(op: PaymentOp, result: Waiting | Unknown) -> None:
    if isinstance(result, Waiting):
        op.pay_url, op.waits_until = result.url, result.until
    op.next_try_at = clock.now() + (result.look_after if isinstance(result, Waiting) else rules.LOOK_AGAIN)


def _take_back(op: PaymentOp) -> None:
    """The payout that a reversal undid is no payout any more, so that its payslip can be paid again."""
    assert op.of_id is not None, "the table's constraints say so"
    payout = db.session.get_one(PaymentOp, op.of_id, with_for_update=True, populate_existing=True)
    _arrive(payout, OpStatus.REVERSED)


def _landed(arrived: Arrival | None) -> dict[str, Any]:
    if arrived is None:
        return {}
    return {
        "arrived_amount": arrived.money.amount,
        "arrived_currency": arrived.money.currency,
        "rail_fee_amount": arrived.fee.amount,
        "executed_rate": arrived.executed_rate,
    }


def _arrive(op: PaymentOp, status: OpStatus, **values: Any) -> None:
    data = {"amount": str(op.money.decimal), "currency": op.currency, "rail": op.rail}
    reason = {key: values[key] for key in ("why", "refusal_code", "who_can_fix") if values.get(key)}
    if reason.get("refusal_code") == FOUND_NOT_PAID:
        del reason["why"]  # A person's own words about somebody: no event keeps them.
    event = OP_EVENTS[op.kind][status]
    if status is OpStatus.REFUSED and op.kind is OpKind.PAYOUT and values.get("who_can_fix") == "operator":
        # Its person has nothing to mend, and is not sent to look for what they did wrong.
        event = DELAYED
    move_one(op, status, by=CLOCK, event=event, values=values, data=data | reason)


def _order(op: PaymentOp) -> Order:
    return Order(op.id, op.kind, op.idempotency_key, op.money, op.owner_id, dict(op.params))


def _entry(op: PaymentOp, result: Result) -> Entry | None:
    """What the books say of a result; None where no money moved."""
    match result:
        case Done() if op.kind is OpKind.EVIDENCE:
            return None
        case Done():
            return _DONE[op.kind](op.id, op.rail, op.owner_id, op.money)
        case Refused() if op.kind is OpKind.PAYOUT:
            return rules.payout_returned(op.id, op.owner_id, op.money)
        case Refused() if op.kind is OpKind.REFUND and op.status is OpStatus.DONE:
            return rules.refund_came_back(op.id, op.rail, op.owner_id, op.money)
        case Refused() if op.kind is OpKind.REFUND:
            return rules.refund_failed(op.id, op.owner_id, op.money)
    return None


_DONE: Mapping[OpKind, Callable[[UUID, str, UUID, Money], Entry]] = MappingProxyType(
    {
        OpKind.DEPOSIT: rules.deposit_received,
        OpKind.PAYOUT: rules.payout_done,
        OpKind.REFUND: rules.refund_done,
        OpKind.REVERSAL: rules.payout_taken_back,
    }
)
