"""The payslip as a person reads it: why each minute earned what it earned, what became of it, and what stands where."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from uuid import UUID

from sqlalchemy import select

from marketplace.accounts.rules import Actor
from marketplace.contracts import benefits
from marketplace.core.db import db
from marketplace.core.money import Money, minor_digits
from marketplace.ledger import queries as books
from marketplace.pay import queries
from marketplace.pay.models import PayLine, PaymentOp, PayRun, Payslip
from marketplace.pay.rails import landing
from marketplace.pay.rails.known import rail
from marketplace.pay.rails.landing import Landing
from marketplace.pay.rules import OpStatus, in_flight, payable
from marketplace.pay.runs.lines import BENEFIT_OF, benefit_account
from marketplace.pay.taxes import withholding
from marketplace.pay.taxes.models import Withholding
from marketplace.pay.to_date import YearToDate, year_to_date
from marketplace.standards.exchange import convert
from marketplace.standards.rules import NoSourcedRate

NO_MONEY_MOVES = "Sandbox: no money moves."


@dataclass(frozen=True, slots=True)
class Exchange:
    """The rate at which a payslip is also shown, exact, with its day and its source."""

    currency: str
    rate: Fraction
    asked_for: date
    quoted_on: date
    source: str
    note: str


@dataclass(frozen=True, slots=True)
class LineView:
    """A line, and the same amounts in the other currency if one was asked for and has a sourced rate."""

    line: PayLine
    rate_there: Money | None
    money_there: Money | None


@dataclass(frozen=True, slots=True)
class Balance:
    """What stands in an account of the person after all that is booked until now. Leave also counts in seconds."""

    account: str
    money: Money
    seconds: int | None = None


@dataclass(frozen=True, slots=True)
class PayslipView:
    """Everything on the page. `no_rate` says why there is no `exchange` when another currency was asked for.

    The amounts in the contract's currency are what is owed; the others are for reading.
    """

    payslip: Payslip
    lines: list[LineView]
    net_there: Money | None
    benefits_there: Money | None
    exchange: Exchange | None
    no_rate: str | None
    balances: list[Balance]
    payouts: list[PaymentOp]
    landings: Mapping[UUID, Landing]
    """What arrived, by payout, of those of which it is known."""
    taxes: list[Withholding]
    """What laws had withheld of it, company by company, and what was given back with it."""
    year_to_date: YearToDate
    rail: str
    moves_real_money: bool

    @property
    def is_paid(self) -> bool:
        """Whether a payout of it is done and was not taken back, or there is nothing to send; until then it is owed."""
        return not self.payslip.due or any(payout.status is OpStatus.DONE for payout in self.payouts)

    @property
    def landed(self) -> list[Landing]:
        return list(self.landings.values())

    @property
    def notice(self) -> str | None:
        """The sentence that a payslip without real money carries."""
        return None if self.moves_real_money else NO_MONEY_MOVES


def view(payslip_id: UUID, *, currency: str | None = None, seen_by: Actor) -> PayslipView:
    """The payslip, in another currency too if one is named, at the rate of its pay date. Raises NotFound, BadMoney."""
    slip = queries.payslip(payslip_id, seen_by)
    assert slip.pay_date is not None
    exchange, no_rate = _exchange(slip, currency)
    there = _into(exchange)
    lines = db.session.scalars(select(PayLine).where(PayLine.payslip_id == slip.id).order_by(PayLine.id))
    name = db.session.scalars(select(PayRun.rail).where(PayRun.id == slip.run_id)).one()
    payouts = _payouts(slip)
    return PayslipView(
        payslip=slip,
        lines=[LineView(line, there(line.rate), there(line.money)) for line in lines],
        net_there=there(slip.net),
        benefits_there=there(slip.benefits),
        exchange=exchange,
        no_rate=no_rate,
        balances=_balances(slip, seen_by),
        payouts=payouts,
        landings=landing.of(payouts),
        taxes=withholding.of_payslip(slip.id),
        year_to_date=year_to_date(slip),
        rail=name,
        moves_real_money=rail(name).moves_real_money,
    )


def _exchange(slip: Payslip, currency: str | None) -> tuple[Exchange | None, str | None]:
    if currency is None or currency == slip.currency:
        return None, None
    assert slip.pay_date is not None
    try:
        found = convert(slip.net, currency, slip.pay_date)
    except NoSourcedRate as unknown:
        return None, f"{unknown.title} {unknown.detail}"
    return Exchange(currency, found.rate, found.asked_for, found.quoted_on, found.source, found.note), None


def _into(exchange: Exchange | None) -> Callable[[Money | None], Money | None]:
    """A function from an amount to the same in the other currency, rounded by itself: such a column is for reading."""

    def there(money: Money | None) -> Money | None:
        if money is None or exchange is None:
            return None
        digits = minor_digits(exchange.currency) - minor_digits(money.currency)
        return Money(1, exchange.currency) * (money.amount * exchange.rate * Fraction(10) ** digits)

    return there


def _balances(slip: Payslip, seen_by: Actor) -> list[Balance]:
    person, code = slip.contractor_id, slip.currency
    kept_for = {benefit_account(person, benefit): benefit.plan for benefit in BENEFIT_OF.values()}
    leave = {b.plan.code: b.seconds for b in benefits.balances(person, seen_by) if b.seconds is not None}
    standing = books.balances([payable(person), in_flight(person), *kept_for], code)
    return [Balance(name, money, leave.get(kept_for.get(name, ""))) for name, money in standing.items()]


def _payouts(slip: Payslip) -> list[PaymentOp]:
    """Every try to pay it, the newest first. More than one only after a refusal."""
    found = select(PaymentOp).where(PaymentOp.payslip_id == slip.id).order_by(PaymentOp.id.desc())
    return list(db.session.scalars(found))
