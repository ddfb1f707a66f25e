"""What the lines of a price and of a payslip are for, and who receives their money."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from marketplace.standards.premium_days import DayKind


class LineKind(StrEnum):
    """What a price line is for."""

    WAGES = "wages"
    TRAINING = "training"
    """Time in which work is learned: in place of wages, at the same rate."""
    PIECE = "piece"
    """Pieces at a price each: in place of the wages of the time at work, or beside them."""
    PAID_BREAK = "paid_break"
    WAITING = "waiting"
    """Time on shift in which there was nothing to do."""
    OUTAGE = "outage"
    """Time in which power or network was lost, on a shift or instead of one."""
    CALL_IN = "call_in"
    """What fills a shift that its company ended up to the call-in minimum."""
    CANCELLATION = "cancellation"
    """What is owed for a shift that its company cancelled or moved late."""
    NEUTRAL_HOURS = "neutral_hours"
    """The rest of a schedule whose distressing work had to stop."""
    PREDICTABILITY = "predictability"
    """What a shift earns beside its time because it was added late to a schedule that its person had."""
    STANDBY = "standby"
    """Time in which somebody stood by for a seat."""
    GUARANTEED_HOURS = "guaranteed_hours"
    """Hours that a contract guaranteed and its company did not offer. They belong to no shift."""
    QUALIFICATION_TIME = "qualification_time"
    """Minutes at a test, paid by its owner. They belong to no shift."""
    SKILL_STEP = "skill_step"
    """What a level of a skill earns beyond the base rate."""
    HAZARD_PREMIUM = "hazard_premium"
    OVERTIME_PREMIUM = "overtime_premium"
    FURTHER_OVERTIME = "further_overtime"
    """Of overtime that the law of a place pays in steps, the step after the first."""
    HOLIDAY_PREMIUM = "holiday_premium"
    """What work on a public holiday earns beyond the rate, overtime of that day included."""
    REST_DAY_PREMIUM = "rest_day_premium"
    """Likewise, on the weekly day of rest of the person's place."""
    NIGHT_PREMIUM = "night_premium"
    TOP_UP = "top_up"
    """What lifts the time to the floor of the day and place of the work, where that has risen since the yes; by the
    piece, what lifts it to the hourly rate."""
    BONUS = "bonus"
    """What a company gives beside all of it, by its own decision after the work. It belongs to no hour."""
    SICK_ACCRUAL = "sick_accrual"
    SICK_LEAVE = "sick_leave"
    """Leave that is taken: paid from the person's own benefit account, at no cost to the company. No price has it."""
    BENEFIT_CASH_OUT = "benefit_cash_out"
    """A benefit that is paid out: likewise."""
    RAIL_FEE = "rail_fee"
    """What a rail kept of an earlier payout, made good. It belongs to no hour, and no price has it."""
    HEALTH_CONTRIBUTION = "health_contribution"
    PLATFORM_FEE = "platform_fee"
    THIRD_PARTY_MARGIN = "third_party_margin"


OWN_BENEFITS: Final = (LineKind.SICK_LEAVE, LineKind.BENEFIT_CASH_OUT)
"""Lines whose money is the person's own already. No company pays them."""
DAY_OF_LINE: Final[Mapping[LineKind, DayKind]] = MappingProxyType(
    {LineKind.HOLIDAY_PREMIUM: DayKind.HOLIDAY, LineKind.REST_DAY_PREMIUM: DayKind.REST_DAY}
)
"""Which kind of day each premium of days is for."""


class Payee(StrEnum):
    """Who receives a line's money. The company pays every line."""

    CONTRACTOR = "contractor"
    BENEFITS = "benefits"
    """Kept for the contractor: sick leave to be taken, health cover to be paid."""
    PLATFORM = "platform"
    THIRD_PARTY = "third_party"
