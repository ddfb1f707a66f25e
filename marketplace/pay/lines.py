"""From the minutes of a booking to its pay lines: which account each pays, under which cause. Pure.

What each line is worth is law and stands in `standards.rates`; here it gets its payer, its payee and its contract.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from types import MappingProxyType
from uuid import UUID

from marketplace.core.money import Money, total
from marketplace.standards.hazard import HazardClass
from marketplace.standards.rates import LineKind, Payee, PriceInput, PriceLine, price
from marketplace.standards.rules import RULES

PLATFORM_FEES = "platform:fees"


@dataclass(frozen=True, slots=True)
class Minutes:
    """What a booking is paid for. Waiting counts as work; unpaid breaks do not count at all."""

    work: int = 0
    paid_break: int = 0
    overtime: int = 0
    """How many of the two above were overtime."""
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
    overtime_percent: int
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


LeaveYear = tuple[UUID, int]
"""A person and a calendar year of work: sick leave is capped by both."""
LEAVE_CAP = RULES["SICK"].parameters["most_hours_a_year"] * 3600


def priced(work: Work, leave_left: int | None = None) -> tuple[PriceLine, ...]:
    """The lines of the rate rules that are worth something: money, or leave too short to be a minor unit.

    `leave_left` are the seconds under the year's cap of sick leave; without it there is no cap.
    """
    given = PriceInput(
        rate=work.rate,
        work_minutes=work.minutes.work,
        paid_break_minutes=work.minutes.paid_break,
        call_in_minutes=work.minutes.compensation,
        overtime_minutes=work.minutes.overtime,
        overtime_percent=work.overtime_percent,
        hazard_class=work.hazard_class,
        fee_percent=work.fee_percent,
        margin=work.margin,
        sick_seconds_left=leave_left,
    )
    return tuple(line for line in price(given) if line.money or line.seconds)


def owed(work: Work) -> Money:
    """What a booking costs its company for these minutes."""
    return total((line.money for line in priced(work)), work.rate.currency)


def draft(works: Iterable[Work], leave_earned: Mapping[LeaveYear, int] = MappingProxyType({})) -> list[DraftLine]:
    """Every line of these bookings, in one order always; `leave_earned` are the seconds of sick leave of each year.

    The cause is the booking and the kind: the same piece of work has the same cause in whatever run it turns up.
    """
    earned = dict(leave_earned)
    lines = []
    for work in works:
        year = (work.contractor_id, work.began_at.astimezone(UTC).year)
        for line in priced(work, max(0, LEAVE_CAP - earned.get(year, 0))):
            cause = f"booking:{work.booking_id}:{line.kind}"
            lines.append(DraftLine(work, line, work.hold, payee_account(work, line), cause))
            if line.kind is LineKind.SICK_ACCRUAL:
                earned[year] = earned.get(year, 0) + line.seconds
    return lines


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


@dataclass(frozen=True, slots=True)
class Benefit:
    """Where a benefit's money is kept in the books, and the plan under which it accrues."""

    account: str
    plan: str


BENEFIT_OF: Mapping[LineKind, Benefit] = MappingProxyType(
    {
        LineKind.SICK_ACCRUAL: Benefit("sick_leave", "sick-leave"),
        LineKind.HEALTH_CONTRIBUTION: Benefit("health", "health-stipend"),
    }
)
"""Which benefit a line pays into."""


def benefit_account(contractor_id: UUID, benefit: Benefit) -> str:
    """The account that keeps the money of one benefit of one person."""
    return f"benefit:{contractor_id}:{benefit.account}"
