"""The verbs of standards: an operator enters an exchange rate."""

from datetime import date
from decimal import Decimal

from marketplace.accounts.rules import Actor, OperatorRole, require_operator, require_person
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import record
from marketplace.core.money import minor_digits
from marketplace.core.problems import Invalid
from marketplace.standards.models import ExchangeRate


class BadRate(Invalid):
    code = "bad_rate"
    title = "This is not an exchange rate with a source."
    remedy = (
        "Give two currencies, a rate above zero, a day that is not in the future, and where the rate was published."
    )


def enter_rate(base: str, quote: str, rate: Decimal, quoted_on: date, source: str, *, by: Actor) -> ExchangeRate:
    """Adds a sourced rate: one unit of `base` is `rate` units of `quote` on that day. Operators of standards only.

    Nothing is overwritten: a correction is another row of the same day, and the one entered last is used. Raises
    NotFound or Forbidden for others, BadRate, and BadMoney for a currency that is none.
    """
    require_operator(by, OperatorRole.STANDARDS)
    person_id = require_person(by)
    minor_digits(base)
    minor_digits(quote)
    if base == quote or not rate.is_finite() or rate <= 0:
        raise BadRate(f"1 {base} = {rate} {quote}", field="rate")
    if not source.strip():
        raise BadRate("A rate without a source counts for nothing.", field="source")
    moment = clock.now()
    if quoted_on > moment.date():
        raise BadRate(f"{quoted_on} is in the future.", field="quoted_on")
    row = ExchangeRate(
        base=base,
        quote=quote,
        rate=rate,
        quoted_on=quoted_on,
        source=source.strip(),
        entered_by=person_id,
        entered_at=moment,
    )
    db.session.add(row)
    db.session.flush()
    record("exchange_rate.entered", row, by=by, data={"base": base, "quote": quote, "rate": str(rate)})
    return row
