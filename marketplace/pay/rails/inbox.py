"""What a rail tells by itself: checked, kept, and then answered by a job.

A call is a hint. It may come twice, late, or before the one it follows, so nothing of what it says is believed but what
it is about: that is read again.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

import stripe
import structlog
from flask import current_app
from sqlalchemy import Select, func, select, update
from sqlalchemy.dialects.postgresql import insert

from marketplace.accounts.rules import CLOCK, Actor, OperatorRole, require_operator
from marketplace.core import clock, queue
from marketplace.core.db import db, in_transaction, transaction
from marketplace.core.events import record
from marketplace.core.problems import NotFound
from marketplace.pay import rules
from marketplace.pay.models import PaymentOp
from marketplace.pay.rails import accounts as rail_accounts
from marketplace.pay.rails import chargebacks, landing, payments, stripe_rules
from marketplace.pay.rails import known as known_rails
from marketplace.pay.rails import rules as rail_rules
from marketplace.pay.rails.chargeback_rules import OF_STRIPE
from marketplace.pay.rails.models import RailAccount, RailEvent, RailPayout
from marketplace.pay.rails.rail import Arrival
from marketplace.pay.rails.rules import Endpoint, NotAnEvent, NotFromTheRail, NotLost, Outcome
from marketplace.pay.rails.stripe_answers import Carried, NotAllowed, Unreachable
from marketplace.pay.rules import UnknownRail

HANDLE, RECONCILE = "rail.handle_calls", "rail.reconcile"
"""The jobs that answer calls, and that compare the rail's balance with the books; neither takes an argument."""
NO_PAYMENT, UNCLEAR = "no_such_payment", "dispute_unclear"
"""Why a call is a person's: it is about no payment of ours, or says of a dispute what does not follow from the rest."""
TOLERANCE = 300
"""Seconds that a signature is good for: what was overheard cannot be sent again tomorrow."""
SECRETS = MappingProxyType(
    {Endpoint.PLATFORM: "STRIPE_WEBHOOK_SECRET", Endpoint.CONNECT: "STRIPE_CONNECT_WEBHOOK_SECRET"}
)
Handled = tuple[Outcome, str | None]
log = structlog.get_logger()


def take(endpoint: Endpoint, body: bytes, signature: str) -> RailEvent:
    """Keeps a call of Stripe's, once, and has a job answer it. Raises NotFound where Stripe is not configured,
    NotFromTheRail, and NotAnEvent for what is signed and makes no sense."""
    secret: str = current_app.config[SECRETS[endpoint]]
    if not secret:
        raise NotFound
    _check(body, signature, secret)
    row = _row(endpoint, body)
    db.session.execute(insert(RailEvent).values(row).on_conflict_do_nothing())
    queue.defer(HANDLE)
    return db.session.get_one(RailEvent, row["id"])


def handle_due(limit: int = 100) -> int:
    """Answers the calls that are due, each once, and again after a pause what could not be answered. Returns how many.
    Any number of processes may do this at once. Must not be called inside a transaction (RuntimeError)."""
    if in_transaction():
        raise RuntimeError("A rail is never called inside a transaction.")
    with transaction():
        now = clock.now()
        due = select(RailEvent).where(RailEvent.outcome == Outcome.WAITING, RailEvent.try_at <= now)
        due = due.order_by(RailEvent.try_at, RailEvent.id).limit(limit).with_for_update(skip_locked=True)
        rows = db.session.scalars(due.execution_options(populate_existing=True)).all()
        for each in rows:
            each.try_at = now + rules.STALE_AFTER
        db.session.flush()
        calls = [_copy(each) for each in rows]
    for call in calls:
        outcome, word = _answered(call)
        with transaction():
            known = update(RailEvent).where(RailEvent.id == call.id, RailEvent.outcome == Outcome.WAITING)
            tries, next_at = RailEvent.tries + 1, rules.next_try(call.tries + 1, clock.now())
            db.session.execute(known.values(outcome=outcome, error=word, tries=tries, try_at=next_at))
    return len(calls)


def look_at_dispute(name: str) -> str | None:
    """Reads a dispute again and writes down what it says now. Returns why a person has to look, None where nobody has:
    that its deposit is none of ours, or that it does not follow from what was known. Must not be called inside a
    transaction. Raises NotAllowed, Unreachable, UnknownRail."""
    rail, read_at = known_rails.stripe(), clock.machine_time()
    told = rail.dispute(name)
    status = OF_STRIPE.get(told.state)
    if status is None:
        return None
    if told.op_id is None:
        return NO_PAYMENT
    known = chargebacks.Told(
        rail.name, told.id, told.op_id, stripe_rules.from_stripe(told.amount, told.currency), told.reason,
        told.created_at, told.due_by, status, read_at,
        stripe_rules.from_stripe(told.reinstated, told.reinstated_currency),
    )  # fmt: skip
    try:
        with transaction():
            return None if chargebacks.differs(chargebacks.learn(known), known) is None else UNCLEAR
    except NotFound:
        return NO_PAYMENT


def calls(seen_by: Actor) -> Select[RailEvent]:
    """What came in, for operators of finance."""
    require_operator(seen_by, OperatorRole.FINANCE)
    return select(RailEvent)


def newest(*, outcome: Outcome | None = None, limit: int = 50, seen_by: Actor) -> list[RailEvent]:
    """The newest calls, of one end if it is named."""
    found = calls(seen_by).order_by(RailEvent.received_at.desc(), RailEvent.id.desc()).limit(limit)
    return list(db.session.scalars(found if outcome is None else found.where(RailEvent.outcome == outcome)))


def counts(seen_by: Actor) -> Mapping[Outcome, int]:
    """How many calls came to which end."""
    require_operator(seen_by, OperatorRole.FINANCE)
    counted = select(RailEvent.outcome, func.count().label("number")).group_by(RailEvent.outcome)
    found = {row.outcome: row.number for row in db.session.execute(counted)}
    return {each: found.get(each, 0) for each in Outcome}


def ask_again(event_id: str, *, by: Actor) -> RailEvent:
    """Has a call answered again that was not matched or could not be handled. For operators of finance. Raises
    NotLost."""
    require_operator(by, OperatorRole.FINANCE)
    row = db.session.get(RailEvent, event_id, with_for_update=True)
    if row is None:
        raise NotFound
    if row.outcome not in (Outcome.UNMATCHED, Outcome.FAILED):
        raise NotLost
    row.outcome, row.tries, row.error, row.try_at = Outcome.WAITING, 0, None, clock.now()
    queue.defer(HANDLE)
    return row


# --- taking ---------------------------------------------------------------------------------------------------------


def _check(body: bytes, signature: str, secret: str) -> None:
    try:
        stripe.WebhookSignature.verify_header(body.decode(), signature, secret, TOLERANCE)
        moment = int(dict(part.split("=", 1) for part in signature.split(","))["t"])
    except (stripe.SignatureVerificationError, ValueError, KeyError) as forged:
        raise NotFromTheRail from forged
    if moment - clock.machine_time().timestamp() > rail_rules.AHEAD.total_seconds():
        raise NotFromTheRail


def _row(endpoint: Endpoint, body: bytes) -> dict[str, Any]:
    try:
        told = json.loads(body)
        about = told["data"]["object"]
        is_live = bool(told["livemode"])
        row = {
            "id": str(told["id"]),
            "name": str(told["type"]),
            "account": told.get("account"),
            "about_kind": str(about["object"]),
            "about_id": str(about.get("id", "")),
            "created_at": datetime.fromtimestamp(told["created"], UTC),
        }
    except (KeyError, TypeError, ValueError, OverflowError, OSError) as broken:
        raise NotAnEvent from broken
    key: str = current_app.config["STRIPE_KEY"]
    now = clock.now()
    # A platform's endpoint for connected accounts is told of test and of real money alike: one of them is not ours.
    ours = is_live == stripe_rules.is_live(key)
    own = {
        "rail": stripe_rules.name_of(key),
        "endpoint": endpoint,
        "is_live": is_live,
        "received_at": now,
        "try_at": now,
        "tries": 0,
    }
    return row | own | {"outcome": Outcome.WAITING if ours else Outcome.IGNORED}


def _copy(row: RailEvent) -> RailEvent:
    """The row as it is now, for use after its transaction."""
    db.session.expunge(row)
    return row


# --- answering ------------------------------------------------------------------------------------------------------


def _answered(call: RailEvent) -> Handled:
    answer = next((each for begins, each in _ANSWERS.items() if call.name.startswith(begins)), None)
    if answer is None:
        return Outcome.IGNORED, None
    try:
        return answer(call)
    except NotAllowed as no:
        return Outcome.UNMATCHED, no.code
    except (Unreachable, UnknownRail) as silent:
        return _later(call, type(silent).__name__)
    except Exception as broken:
        # One call that breaks must not keep all others waiting: it is told of, tried again, and then shown to a person.
        log.exception("rail_call", call=call.id)
        return _later(call, type(broken).__name__)


def _later(call: RailEvent, word: str) -> Handled:
    return (Outcome.FAILED if call.tries + 1 >= rail_rules.MOST_TRIES else Outcome.WAITING), word


def _payment(call: RailEvent) -> Handled:
    seen = known_rails.stripe().look(call.about_kind, call.about_id)
    if seen.op_id is None or not payments.learn(seen.op_id, seen.says):
        return Outcome.UNMATCHED, NO_PAYMENT
    return Outcome.HANDLED, None


def _account(call: RailEvent) -> Handled:
    known = rail_accounts.look(call.account or call.about_id)
    return (Outcome.HANDLED, None) if known else (Outcome.UNMATCHED, "no_such_account")


def _balance(call: RailEvent) -> Handled:
    """What moves the balance is found by comparing all of it."""
    with transaction():
        queue.defer(RECONCILE, lock=RECONCILE)
    return Outcome.HANDLED, None


def _dispute(call: RailEvent) -> Handled:
    """A payer's bank takes a deposit back, has decided about it, gives something back, or only asks: then no money has
    moved. What has is compared, whatever anybody can make of it."""
    why = look_at_dispute(call.about_id)
    handled = _balance(call)
    return handled if why is None else (Outcome.UNMATCHED, why)


def _bank_payout(call: RailEvent) -> Handled:
    if call.account is None:
        return _balance(call)
    with transaction():
        known = select(RailAccount.contractor_id).where(RailAccount.external_id == call.account)
        contractor_id = db.session.scalar(known)
    if contractor_id is None:
        return Outcome.UNMATCHED, "no_such_account"
    told = known_rails.stripe().bank_payout(call.account, call.about_id)
    money = stripe_rules.from_stripe(told.amount, told.currency)
    if told.state in ("paid", "failed"):
        carried = list(known_rails.stripe().carried(call.account, call.about_id))
        _landed(call.rail, carried, is_back=told.state == "failed")
    with transaction():
        row = db.session.get(RailPayout, told.id, with_for_update=True)
        if row is None:
            fresh = insert(RailPayout).values(
                id=told.id, rail=call.rail, contractor_id=contractor_id, amount=money.amount,
                currency=money.currency, state="", arrives_on=told.arrives_at.date(), looked_at=clock.now(),
            )  # fmt: skip
            db.session.execute(fresh.on_conflict_do_nothing())
            row = db.session.get_one(RailPayout, told.id, with_for_update=True)
        if rail_rules.is_news(row.state or None, told.state):
            row.state, row.failure, row.looked_at = told.state, told.failure, clock.now()
            row.arrives_on = told.arrives_at.date()
            if told.state == "failed":
                account = db.session.scalars(select(RailAccount).where(RailAccount.external_id == call.account)).one()
                record("rail_account.bank_refused", account, by=CLOCK)
    return Outcome.HANDLED, None


def _landed(rail: str, carried: Sequence[Carried], *, is_back: bool) -> None:
    """What came to the bank of each payout of ours, or came back from there (LANDED)."""
    arrivals: dict[str, Arrival | None] = {}
    with transaction():
        for each in carried:
            found = select(PaymentOp).where(PaymentOp.rail == rail, PaymentOp.external_id == each.transfer)
            op = db.session.scalars(found).one_or_none()
            if op is None:
                continue
            arrived, fee = (stripe_rules.from_stripe(part, each.currency) for part in (each.amount, each.fee))
            arrivals[each.transfer] = None if is_back else landing.arrival_of(op.money, arrived, fee, each.rate)
        landing.note(rail, arrivals)


_ANSWERS: Mapping[str, Callable[[RailEvent], Handled]] = MappingProxyType(
    {
        "checkout.session.": _payment,
        # Whatever comes before an invoice is sent says nothing of its money.
        "invoice.paid": _payment,
        "invoice.payment_succeeded": _payment,
        "invoice.voided": _payment,
        "invoice.marked_uncollectible": _payment,
        "invoice.overdue": _payment,
        "transfer.created": _payment,
        "refund.": _payment,
        "charge.refund.updated": _payment,
        "charge.dispute.": _dispute,
        "account.updated": _account,
        "capability.updated": _account,
        "payout.": _bank_payout,
        "transfer.": _balance,
        "charge.": _balance,
        "balance.available": _balance,
        "topup.": _balance,
    }
)
"""By how an event's name begins; the first that fits. `payment_intent.` says nothing that its Checkout does not."""
