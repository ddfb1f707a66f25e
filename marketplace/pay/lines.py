"""From the minutes of a booking to its pay lines: which account each pays, under which cause. Pure.

What each line is worth is law and stands in `standards.rates`; here it gets its payer, its payee and its contract.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from marketplace.core.money import Money, total
from marketplace.standards.hazard import HazardClass
from marketplace.standards.rates import LineKind, Payee, PriceInput, PriceLine, price

PLATFORM_FEES = "platform:fees"


@dataclass(frozen=True, slots=True)
class Minutes:
    """What a booking is paid for. Waiting counts as work; unpaid breaks do not count at all."""

    work: int = 0
    paid_break: int = 0
    compensation: int = 0
    """Owed for time that the company took back, as the booking reckoned it. Paid as call-in."""


@dataclass(frozen=True, slots=True)
class Promise:
    """The contract under which a booking was made, as every line repeats it."""

    version_id: UUID
    contract_id: UUID
    number: int
    engagement_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One booking with everything that its pay depends on."""

    booking_id: UUID
    gig_id: UUID
    company_id: UUID
    contractor_id: UUID
    began_at: datetime
    minutes: Minutes
    rate: Money
    hazard_class: HazardClass
    fee_percent: Decimal
    margin: Money | None
    promise: Promise
    hold: str
    """The account that pays."""
    timesheet_id: UUID | None = None
    """None while the work is not on a timesheet."""


@dataclass(frozen=True, slots=True)
class DraftLine:
    """A pay line before it has a run."""

    work: Work
    price: PriceLine
    payer: str
    payee: str
    cause: str


def priced(work: Work) -> tuple[PriceLine, ...]:
    """The lines of the rate rules that are worth something: money, or leave too short to be a minor unit."""
    given = PriceInput(
        rate=work.rate,
        work_minutes=work.minutes.work,
        paid_break_minutes=work.minutes.paid_break,
        call_in_minutes=work.minutes.compensation,
        hazard_class=work.hazard_class,
        fee_percent=work.fee_percent,
        margin=work.margin,
    )
    return tuple(line for line in price(given) if line.money or line.seconds)


def owed(work: Work) -> Money:
    """What a booking costs its company for these minutes."""
    return total((line.money for line in priced(work)), work.rate.currency)


def draft(works: Iterable[Work]) -> list[DraftLine]:
    """Every line of these bookings, in one order always.

    The cause is the booking and the kind: the same piece of work has the same cause in whatever run it turns up.
    """
    return [
        DraftLine(work, line, work.hold, payee_account(work, line), f"booking:{work.booking_id}:{line.kind}")
        for work in works
        for line in priced(work)
    ]


def payee_account(work: Work, line: PriceLine) -> str:
    """The account that a line's money goes to."""
    match line.payee:
        case Payee.CONTRACTOR:
            return f"contractor:{work.contractor_id}:payable"
        case Payee.BENEFITS:
            return benefit_account(work.contractor_id, BENEFIT_OF[line.kind])
        case Payee.PLATFORM:
            return PLATFORM_FEES
        case Payee.THIRD_PARTY:
            return f"third_party:{work.gig_id}:payable"


BENEFIT_OF = {LineKind.SICK_ACCRUAL: "sick_leave", LineKind.HEALTH_CONTRIBUTION: "health"}
"""Which benefit a line pays into."""


def benefit_account(contractor_id: UUID, benefit: str) -> str:
    """The account that keeps one benefit of one person."""
    return f"benefit:{contractor_id}:{benefit}"
