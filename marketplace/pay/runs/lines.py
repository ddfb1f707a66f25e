"""From the minutes of a booking to its pay lines: which account each pays, under which cause. Pure.

What each line is worth is law and stands in `standards.rates`; here it gets its payer, its payee and its contract. What
a line may pay for stands in `reasons`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from types import MappingProxyType
from uuid import UUID

from marketplace.contracts.rules import leave_account
from marketplace.core.money import Money, total
from marketplace.pay.runs.reasons import Granted, Kept, Missing, PaidOut, Reason, TimeAtTest, Work
from marketplace.pay.runs.remainders import PaidKinds, still_to_pay
from marketplace.shifts.hours import Minutes
from marketplace.standards.hazard import HazardClass
from marketplace.standards.line_kinds import LineKind, Payee
from marketplace.standards.piece_rates import Pieces
from marketplace.standards.rates import PriceInput, PriceLine, price, price_of_bonus
from marketplace.standards.rules import RULES
from marketplace.standards.sick_leave import sick_seconds

PLATFORM_FEES = "platform:fees"


@dataclass(frozen=True, slots=True)
class DraftLine:
    """A pay line before it has a run."""

    work: Reason
    price: PriceLine
    payer: str
    payee: str
    cause: str


LeaveYear = tuple[UUID, int]
"""A person and a calendar year of work: sick leave is capped by both."""
LEAVE_CAP = RULES["SICK"].parameters["most_hours_a_year"] * 3600
"""The seconds of leave that accrue in a year where the person's place has no cap of its own."""


def priced(work: Work, leave_left: int | None = None) -> tuple[PriceLine, ...]:
    """The lines of the rate rules that are worth something: money, or leave too short to be a minor unit.

    `leave_left` are the seconds under the year's cap of sick leave; without it there is no cap.
    """
    if leave_left is not None and leave_left >= sick_seconds(work.minutes.on_shift):
        # Room that is not needed is no part of the price: with it nobody's would be like anybody else's.
        leave_left = None
    overtime = (work.overtime_percent, work.further_overtime_percent)
    promised = (work.rate, overtime, work.step_points, work.fee_percent, work.margin)
    told = (work.hazard_class, work.is_training, work.least_rate, work.pieces)
    return _priced(work.minutes, promised, told, str(work.fee_percent), leave_left)


@lru_cache(maxsize=4096)
def _priced(
    minutes: Minutes,
    promised: tuple[Money, tuple[int, int], int, Decimal, Money | None],
    told: tuple[HazardClass, bool, Money | None, Pieces | None],
    _fee_as_written: str,
    leave_left: int | None,
) -> tuple[PriceLine, ...]:
    """A week of pay has many bookings and few kinds of them: each is priced once. As in `rates.price()`, percentages
    that are equal may be written differently."""
    rate, (overtime_percent, further_percent), step_points, fee_percent, margin = promised
    hazard_class, is_training, least_rate, pieces = told
    given = PriceInput(
        rate=rate,
        is_training=is_training,
        overtime_percent=overtime_percent,
        further_overtime_percent=further_percent,
        least_rate=least_rate,
        hazard_class=hazard_class,
        fee_percent=fee_percent,
        margin=margin,
        sick_seconds_left=leave_left,
        step_points=step_points,
        **minutes.to_price,
        pieces=None if pieces is None else replace(pieces, count=minutes.pieces),
    )
    return tuple(line for line in price(given) if line.money or line.seconds)


def priced_test(time: TimeAtTest, leave_left: int | None = None) -> tuple[PriceLine, ...]:
    """As `priced()`, of minutes at a test."""
    given = PriceInput(rate=time.rate, qualification_minutes=time.minutes, sick_seconds_left=leave_left)
    return tuple(line for line in price(given) if line.money or line.seconds)


def owed(work: Work) -> Money:
    """What a booking costs its company for these minutes."""
    return total((line.money for line in priced(work)), work.rate.currency)


def most_owed(work: Work, cut: int) -> Money:
    """The most that it can cost, where a ruling may leave up to so many of its minutes cut.

    By the hour all of them cost the most, and so they do where no minute earns more than another. What pieces add to a
    premium is divided by the minutes of the shift (PIECES, `standards.held`), so fewer of those may cost more: each
    number is priced, so that this is exact.
    """
    minutes = work.minutes
    is_even = not (minutes.premium_days or minutes.overtime or minutes.night)
    ways = range(1 if is_even or not minutes.pieces else cut + 1)
    costs = (owed(replace(work, minutes=minutes.less(each))) for each in ways)
    return max(costs, key=lambda each: each.amount)


def draft(
    works: Iterable[Work],
    leave_earned: Mapping[LeaveYear, int] = MappingProxyType({}),
    paid: PaidKinds = MappingProxyType({}),
    tests: Iterable[TimeAtTest] = (),
    caps: Mapping[UUID, int] = MappingProxyType({}),
) -> list[DraftLine]:
    """Every line of these bookings and tests, in one order always; `leave_earned` are the seconds of sick leave of each
    year, `paid` what bookings of which a part is corrected have been paid before.

    The cause is the booking, the cut of it that was overturned, the raise of its class or the attempt, and the kind:
    the same piece of work has the same cause in whatever run it turns up.
    """
    earned = dict(leave_earned)
    lines: list[DraftLine] = []
    for work in works:
        year = (work.contractor_id, work.began_at.astimezone(UTC).year)
        before = paid.get(work.booking_id, {})
        counted = before[LineKind.SICK_ACCRUAL].seconds if LineKind.SICK_ACCRUAL in before else 0
        whole = priced(work, max(0, caps.get(work.contractor_id, LEAVE_CAP) - earned.get(year, 0)) + counted)
        about = reason(work.booking_id, work.cut_id, work.back_pay_id)
        for line in still_to_pay(whole, before) if before else whole:
            lines.append(DraftLine(work, line, work.hold, payee_account(work, line), f"{about}:{line.kind}"))
            if line.kind is LineKind.SICK_ACCRUAL:
                earned[year] = earned.get(year, 0) + line.seconds
        lines.extend(_leave_lines(work))
    for time in tests:
        year = (time.contractor_id, time.began_at.astimezone(UTC).year)
        for line in priced_test(time, max(0, caps.get(time.contractor_id, LEAVE_CAP) - earned.get(year, 0))):
            cause = f"attempt:{time.attempt_id}:{line.kind}"
            lines.append(DraftLine(time, line, time.hold, payee_account(time, line), cause))
            if line.kind is LineKind.SICK_ACCRUAL:
                earned[year] = earned.get(year, 0) + line.seconds
    return lines


def reason(booking_id: UUID, cut_id: UUID | None, back_pay_id: UUID | None) -> str:
    """What a line pays: the booking, or the correction of it that is paid later. No more than one of them is given."""
    if cut_id is not None:
        return f"cut:{cut_id}"
    return f"booking:{booking_id}" if back_pay_id is None else f"back_pay:{back_pay_id}"


def _leave_lines(work: Work) -> Iterable[DraftLine]:
    """Leave that was taken, from the person's benefit account to what is payable. Its time stands on one line, that of
    the booking's currency; where leave was earned in other currencies too, each has a line of its own money."""
    if not work.leave.seconds:
        return
    own = work.rate.currency
    worth = {money.currency: money for money in work.leave.money} or {own: Money.zero(own)}
    timed = own if own in worth else min(worth)
    for code, money in worth.items():
        seconds = work.leave.seconds if code == timed else 0
        rate = money * Fraction(3600, seconds) if seconds and money else None
        kind, rule = LineKind.SICK_LEAVE, RULES["SICK"]
        line = PriceLine(kind, Payee.CONTRACTOR, money, rule.id, rule.version, seconds=seconds, rate=rate)
        cause = f"booking:{work.booking_id}:{kind}" if code == timed else f"booking:{work.booking_id}:{kind}:{code}"
        yield DraftLine(work, line, leave_account(work.contractor_id), payee_account(work, line), cause)


def paid_out(benefits: Iterable[PaidOut]) -> list[DraftLine]:
    """A line for each benefit that is paid out, from its account to what is payable."""
    lines = []
    for each in benefits:
        kind, rule = LineKind.BENEFIT_CASH_OUT, RULES[each.rule]
        line = PriceLine(kind, Payee.CONTRACTOR, each.money, rule.id, rule.version)
        lines.append(DraftLine(each, line, each.account, payee_account(each, line), each.cause))
    return lines


def of_weeks(missing: Iterable[Missing]) -> list[DraftLine]:
    """The lines of guaranteed hours that no shift gave: their pay, and the contribution to health cover on it."""
    lines = []
    for each in missing:
        for line in price(PriceInput(rate=each.rate, guaranteed_minutes=each.minutes)):
            if line.money:
                cause = f"guarantee:{each.guarantee_id}:{line.kind}"
                lines.append(DraftLine(each, line, each.hold, payee_account(each, line), cause))
    return lines


def fees_returned(kept: Iterable[Kept]) -> list[DraftLine]:
    """A line for each part of what rails kept, from its hold to what is payable."""
    lines = []
    for each in kept:
        kind, rule = LineKind.RAIL_FEE, RULES["PAYOUT"]
        line = PriceLine(kind, Payee.CONTRACTOR, each.money, rule.id, rule.version)
        lines.append(DraftLine(each, line, each.hold, payee_account(each, line), f"rail_fee:{each.rail_fee_id}"))
    return lines


def of_bonuses(granted: Iterable[Granted]) -> list[DraftLine]:
    """The lines of bonuses: each to its person, and the contribution to health cover on it."""
    return [
        DraftLine(each, line, each.hold, payee_account(each, line), f"bonus:{each.bonus_id}:{line.kind}")
        for each in granted
        for line in price_of_bonus(each.money)
    ]


def payee_account(work: Reason, line: PriceLine) -> str:
    """The account that a line's money goes to."""
    match line.payee:
        case Payee.CONTRACTOR:
            return f"contractor:{work.contractor_id}:payable"
        case Payee.BENEFITS:
            return benefit_account(work.contractor_id, BENEFIT_OF[line.kind])
        case Payee.PLATFORM:
            return PLATFORM_FEES
        case Payee.THIRD_PARTY:
            assert isinstance(work, Work), "a test has no margin"
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
