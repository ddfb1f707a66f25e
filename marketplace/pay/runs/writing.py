"""What a pay run has computed becomes rows: the lines, and the payslips that are their sums.

Lines go in by COPY, and each belongs to its payslip from its beginning. A payslip is the sum of its lines at every
commit: where a later piece of the run pays the same person more, what it adds is added there.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Text, Uuid, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY

from marketplace.core.db import copy, send_one
from marketplace.core.ids import new_id, new_id_text
from marketplace.core.sending import Fixed, Order
from marketplace.pay.models import PayLine
from marketplace.pay.runs.lines import DraftLine
from marketplace.pay.runs.reasons import Reason, Work
from marketplace.standards.line_kinds import DAY_OF_LINE, OWN_BENEFITS, LineKind, Payee
from marketplace.standards.premium_days import kept_days
from marketplace.standards.rates import PriceLine

Owner = tuple[UUID, str]
"""Whose payslip it is, and in which currency."""
_OF_REASON = (
    *("gig_id", "booking_id", "timesheet_id", "cut_id", "back_pay_id", "attempt_id", "cash_out_id", "guarantee_id"),
    *("rail_fee_id", "bonus_id", "contract_id", "contract_version_id", "contract_version", "engagement_type"),
)
_COLUMNS = (
    *_OF_REASON,
    *(
        "run_id",
        "contractor_id",
        "company_id",
        "began_at",
        "id",
        "payslip_id",
        "kind",
        "payee_kind",
        "seconds",
        "pieces",
    ),
    *("rate_amount", "percent", "amount", "currency", "payer", "payee", "rule", "rule_version", "cause", "floor"),
    *("premium_days", "night_law"),
)
_SUMS = ("net", "benefits", "leave", "cost")
_SUMMED = Fixed(
    text("""
INSERT INTO payslip AS slip
    (id, run_id, contractor_id, currency, net_amount, benefits_amount, leave_amount, cost_amount, status)
SELECT given.id, :run, given.person, given.currency, given.net, given.benefits, given.leave, given.cost, 'frozen'
FROM unnest(:ids, :people, :currencies, :net, :benefits, :leave, :cost)
    AS given (id, person, currency, net, benefits, leave, cost)
ON CONFLICT (run_id, contractor_id, currency) DO UPDATE SET
    net_amount = slip.net_amount + excluded.net_amount,
    benefits_amount = slip.benefits_amount + excluded.benefits_amount,
    leave_amount = slip.leave_amount + excluded.leave_amount,
    cost_amount = slip.cost_amount + excluded.cost_amount
RETURNING id, contractor_id, currency
""")
    .bindparams(
        bindparam("run", type_=Uuid()),
        *(bindparam(name, type_=ARRAY(Uuid())) for name in ("ids", "people")),
        bindparam("currencies", type_=ARRAY(Text())),
        *(bindparam(name, type_=ARRAY(BigInteger())) for name in _SUMS),
    )
    .columns(id=Uuid(), contractor_id=Uuid(), currency=Text())
)


def write(run_id: UUID, lines: Sequence[DraftLine]) -> None:
    """Writes the lines to the run's payslips, which are opened where there are none. The caller has locked the run."""
    if not lines:
        return
    slips = send_one(Order(_SUMMED, {"run": run_id} | _sums(lines), list))
    slip_of = {(row.contractor_id, row.currency): str(row.id) for row in slips}
    copy(PayLine.__tablename__, _COLUMNS, _rows(str(run_id), lines, slip_of))


def _sums(lines: Iterable[DraftLine]) -> dict[str, Any]:
    """What these lines come to, for each person and currency, as arrays in the order of the people."""
    sums: dict[Owner, dict[str, int]] = {}
    for line in lines:
        amount, price = line.price.money.amount, line.price
        own = sums.setdefault((line.work.contractor_id, price.money.currency), dict.fromkeys(_SUMS, 0))
        if price.payee is Payee.CONTRACTOR:
            own["net"] += amount
        elif price.payee is Payee.BENEFITS:
            own["benefits"] += amount
        own["leave" if price.kind in OWN_BENEFITS else "cost"] += amount
    owners = sorted(sums)
    return {
        "ids": [new_id() for _ in owners],
        "people": [person for person, _ in owners],
        "currencies": [code for _, code in owners],
    } | {name: [sums[owner][name] for owner in owners] for name in _SUMS}


def _rows(run_id: str, lines: Iterable[DraftLine], slip_of: Mapping[Owner, str]) -> Iterator[tuple[Any, ...]]:
    """The lines as the columns have them. What they share with those of the same work is made text once."""
    about: Reason | None = None
    shared: tuple[Any, ...] = ()
    for line in lines:
        work, price = line.work, line.price
        if work is not about:
            about, shared = work, _shared(run_id, work)
        money = price.money
        yield (
            *shared,
            new_id_text(),
            slip_of[work.contractor_id, money.currency],
            price.kind,
            price.payee,
            price.seconds,
            price.count,
            None if price.rate is None else price.rate.amount,
            price.percent,
            money.amount,
            money.currency,
            line.payer,
            line.payee,
            price.rule,
            price.version,
            line.cause,
            _floor(work, price),
            _days(work, price),
            _night(work, price),
        )


def _floor(work: Reason, price: PriceLine) -> str | None:
    """The wage that a top-up reaches, with the exchange rate by which it was compared; pieces that are topped up to
    the promised rate reach none."""
    if price.kind is not LineKind.TOP_UP or not isinstance(work, Work) or not work.is_below_floor:
        return None
    return json.dumps(work.floor)


def _days(work: Reason, price: PriceLine) -> str | None:
    """The days that a premium of days is paid for, each with its name and its law."""
    kind = DAY_OF_LINE.get(price.kind)
    if kind is None or not isinstance(work, Work):
        return None
    return json.dumps(kept_days(day for day in work.minutes.premium_days if day.kind is kind))


def _night(work: Reason, price: PriceLine) -> str | None:
    """The law by which minutes at night are paid, where the place has one of its own."""
    if price.kind is not LineKind.NIGHT_PREMIUM or not isinstance(work, Work) or work.minutes.night_law is None:
        return None
    return json.dumps(work.minutes.night_law.as_kept())


def _shared(run_id: str, work: Reason) -> tuple[Any, ...]:
    told = work.columns
    own = (run_id, str(work.contractor_id), _plain(work.company_id), work.began_at.isoformat())
    return (*(_plain(told.get(name)) for name in _OF_REASON), *own)


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, UUID) else value
