"""What arrived of payouts beside what was promised (LANDED): the reference rate, the executed one, the fee, and what of
the difference each of them took.

A payout is promised in the currency of its payslip. Where something arrived in another, the promise is reckoned into it
at the sourced reference rate of the day on which it was ordered; without one nothing is compared, and the page says so.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from sqlalchemy import Date, cast, func, select

from marketplace.accounts.rules import CLOCK, Actor, OperatorRole, require_operator
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import Event, record
from marketplace.core.money import Money, minor_digits
from marketplace.pay.models import PaymentOp, SandboxCall
from marketplace.pay.rails.rail import Arrival
from marketplace.pay.rules import SANDBOX, OpKind, OpStatus
from marketplace.standards.exchange import quotes_of
from marketplace.standards.rules import Quote

DAYS = timedelta(days=90)
"""How far back all payouts are measured together."""
AS_WRITTEN = Context(prec=6, rounding=ROUND_HALF_EVEN)
"""Six digits that count, which no rate of the world needs more of to be known again."""
Day = tuple[str, date]


@dataclass(frozen=True, slots=True)
class Landing:
    """One payout that arrived. `promised_there` is the promise in the currency of what arrived, at the reference rate;
    None where nobody sources one."""

    payment_id: UUID
    promised: Money
    reference: Quote | None
    promised_there: Money | None
    fee: Money
    executed_rate: Decimal | None
    arrived: Money

    @property
    def reference_rate(self) -> str | None:
        """As people write it; `reference` has it exact."""
        if self.reference is None:
            return None
        rate = self.reference.rate
        return f"{AS_WRITTEN.divide(Decimal(rate.numerator), Decimal(rate.denominator)).normalize(AS_WRITTEN):f}"

    @property
    def reference_source(self) -> str | None:
        return None if self.reference is None else self.reference.source

    @property
    def reference_day(self) -> date | None:
        return None if self.reference is None else self.reference.quoted_on

    @property
    def landed_less_promised(self) -> Money | None:
        """How much more or, below zero, less arrived than was promised."""
        return None if self.promised_there is None else self.arrived - self.promised_there

    @property
    def is_exchanged(self) -> bool:
        return self.arrived.currency != self.promised.currency

    @property
    def fee_there(self) -> Money | None:
        """What was kept on the way, in the currency of what arrived."""
        if self.reference is None:
            return None
        return _into(self.fee, self.arrived.currency, self.reference.rate)

    @property
    def by_rate(self) -> Money | None:
        """What the executed rate took, below zero, or gave beside the reference rate."""
        missing, fee = self.landed_less_promised, self.fee_there
        return None if missing is None or fee is None else missing + fee


@dataclass(frozen=True, slots=True)
class Together:
    """Payouts of one rail and currency that arrived in the last 90 days, all in the currency of the promise. Of those
    that are `not_known` nobody has said what arrived, or no rate says how much it was."""

    rail: str
    payouts: int
    not_known: int
    promised: Money
    arrived: Money
    fee: Money

    @property
    def landed_less_promised(self) -> Money:
        return self.arrived - self.promised

    @property
    def by_rate(self) -> Money:
        """What executed rates took, below zero, or gave."""
        return self.landed_less_promised + self.fee


def of(ops: Collection[PaymentOp]) -> dict[UUID, Landing]:
    """What arrived of these payouts, of those of which it is known, in one statement. The caller may see them."""
    known = [op for op in ops if op.arrived is not None]
    wanted: dict[Day, set[str]] = {}
    for op in known:
        wanted.setdefault(_day(op), set()).add(op.currency)
    rates = quotes_of(wanted)
    return {op.id: _landing(op, rates[_day(op)].get(op.currency)) for op in known}


def together(seen_by: Actor) -> list[Together]:
    """How payouts of the last 90 days landed, by rail and currency. For operators of finance."""
    require_operator(seen_by, OperatorRole.FINANCE)
    day = cast(func.timezone("UTC", PaymentOp.created_at), Date).label("day")
    sums = (
        select(
            PaymentOp.rail,
            PaymentOp.currency,
            PaymentOp.arrived_currency,
            day,
            func.count().label("payouts"),
            func.sum(PaymentOp.amount).label("promised"),
            func.sum(PaymentOp.arrived_amount).label("arrived"),
            func.sum(func.coalesce(PaymentOp.rail_fee_amount, 0)).label("fee"),
        )
        .where(
            PaymentOp.kind == OpKind.PAYOUT,
            PaymentOp.status == OpStatus.DONE,
            PaymentOp.created_at > clock.now() - DAYS,
        )
        .group_by(PaymentOp.rail, PaymentOp.currency, PaymentOp.arrived_currency, day)
    )
    rows = db.session.execute(sums).all()
    wanted: dict[Day, set[str]] = {}
    for row in rows:
        if row.arrived_currency is not None:
            # Back into the currency of the promise, so that all of it is one sum.
            wanted.setdefault((row.currency, row.day), set()).add(row.arrived_currency)
    rates = quotes_of(wanted)
    found: dict[tuple[str, str], Together] = {}
    for row in sorted(rows, key=lambda each: (each.rail, each.currency)):
        so_far = found.get((row.rail, row.currency)) or _nothing(row.rail, row.currency)
        rate = rates[row.currency, row.day].get(row.arrived_currency) if row.arrived_currency else None
        found[row.rail, row.currency] = _with(so_far, row, rate)
    return list(found.values())


def came_back(events: Sequence[Event]) -> frozenset[UUID | None]:
    """The payouts whose person's bank has sent them back, of events with the newest first: they lie in the person's
    account at the rail, as far as it has told."""
    last: dict[UUID | None, str] = {}
    for event in events:
        if event.name in ("payout.arrived", "payout.bounced"):
            last.setdefault(event.ref("payment"), event.name)
    return frozenset(known for known, name in last.items() if name == "payout.bounced")


# --- what a rail tells later ----------------------------------------------------------------------------------------


def note(rail: str, arrivals: Mapping[str, Arrival | None]) -> int:
    """Writes down what came to people's banks of payouts that are done, by the rail's own names of them; None of what
    came back from there. Returns of how many it is news."""
    found = select(PaymentOp).where(
        PaymentOp.rail == rail,
        PaymentOp.external_id.in_(arrivals),
        PaymentOp.kind == OpKind.PAYOUT,
        PaymentOp.status == OpStatus.DONE,
    )
    news = 0
    for op in db.session.scalars(found.order_by(PaymentOp.id).with_for_update()):
        arrival = arrivals[str(op.external_id)]
        if (arrival.money if arrival else None) == op.arrived:
            continue
        op.arrived_amount, op.arrived_currency = (
            (arrival.money.amount, arrival.money.currency) if arrival else (None, None)
        )
        op.rail_fee_amount = arrival.fee.amount if arrival else None
        op.executed_rate = arrival.executed_rate if arrival else None
        told = {"amount": str(op.money.decimal), "currency": op.currency}
        record("payout.arrived" if arrival else "payout.bounced", op, by=CLOCK, data=told)
        news += 1
    return news


def look_at_sandbox(limit: int = 100) -> int:
    """Writes down which payouts the sandbox's banks have sent back, as Stripe would tell it. Returns how many."""
    back = (
        select(PaymentOp.external_id)
        .join(SandboxCall, SandboxCall.key == PaymentOp.idempotency_key)
        .where(
            SandboxCall.failed_at.is_not(None),
            PaymentOp.status == OpStatus.DONE,
            PaymentOp.arrived_amount.is_not(None),
        )
        .order_by(PaymentOp.id)
        .limit(limit)
    )
    return note(SANDBOX, dict.fromkeys(str(name) for name in db.session.scalars(back)))


def arrival_of(money: Money, arrived: Money, fee: Money, rate: Decimal | None) -> Arrival:
    """What a rail says came to a bank: `fee` was kept there, in the bank's currency, and is told in that of the payout,
    which all that is owed for it is reckoned in."""
    if arrived.currency == money.currency:
        return Arrival(arrived, fee)
    back = Fraction(rate) if rate else Fraction(0)
    return Arrival(arrived, _into(fee, money.currency, 1 / back) if back else Money.zero(money.currency), rate)


# --- the parts ------------------------------------------------------------------------------------------------------


def _day(op: PaymentOp) -> Day:
    assert op.arrived_currency is not None, "asked of what has arrived"
    return op.arrived_currency, op.created_at.date()


def _landing(op: PaymentOp, rate: Quote | None) -> Landing:
    assert op.arrived is not None, "asked of what has arrived"
    there = None if rate is None else _into(op.money, op.arrived.currency, rate.rate)
    fee = op.rail_fee or Money.zero(op.currency)
    return Landing(op.id, op.money, rate, there, fee, op.executed_rate, op.arrived)


def _into(money: Money, currency: str, rate: Fraction) -> Money:
    digits = minor_digits(currency) - minor_digits(money.currency)
    return Money(1, currency) * (money.amount * rate * Fraction(10) ** digits)


def _nothing(rail: str, currency: str) -> Together:
    zero = Money.zero(currency)
    return Together(rail, 0, 0, zero, zero, zero)


def _with(so_far: Together, row: Any, rate: Quote | None) -> Together:
    count, code = int(row.payouts), row.currency
    if rate is None:
        return replace(so_far, not_known=so_far.not_known + count)
    return replace(
        so_far,
        payouts=so_far.payouts + count,
        promised=so_far.promised + Money(int(row.promised), code),
        arrived=so_far.arrived + _into(Money(int(row.arrived), row.arrived_currency), code, rate.rate),
        fee=so_far.fee + Money(int(row.fee), code),
    )
