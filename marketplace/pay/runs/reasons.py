"""What a pay line may pay for, with everything that its pay depends on, and what the line repeats of it. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from marketplace.core.money import Money
from marketplace.shifts.hours import Minutes
from marketplace.standards.hazard import HazardClass
from marketplace.standards.piece_rates import Pieces
from marketplace.standards.rates import NO_STEP, stepped


@dataclass(frozen=True, slots=True)
class Promise:
    """The contract under which a booking was made, as every line repeats it."""

    version_id: UUID
    contract_id: UUID
    number: int
    engagement_type: str

    @property
    def columns(self) -> Mapping[str, Any]:
        return {
            "contract_id": self.contract_id,
            "contract_version_id": self.version_id,
            "contract_version": self.number,
            "engagement_type": self.engagement_type,
        }


@dataclass(frozen=True, slots=True)
class Leave:
    """Sick leave that was taken for a booking: seconds, and what they are worth in each currency."""

    seconds: int = 0
    money: Sequence[Money] = ()


NO_LEAVE = Leave()


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
    cut_id: UUID | None = None
    """The cut whose ruling restored some of these minutes, when the rest of the booking is paid already."""
    back_pay_id: UUID | None = None
    """The raise of the hazard class that this pays for, when the booking is paid already."""
    least_rate: Money | None = None
    """What the floor of the day and place of the work asks for an hour, where that is known (TOP_UP)."""
    floor: Mapping[str, Any] | None = None
    """The wage that decides it, as `FloorPart.as_kept()` says it."""
    leave: Leave = NO_LEAVE
    """Sick leave that pays a part of the schedule: the person's own money, not the company's."""
    step_points: int = NO_STEP
    """What the level of a skill multiplies the rate by (SKILL_STEP)."""
    further_overtime_percent: int = 100
    """What the further step of overtime earns (OVERTIME)."""
    is_training: bool = False
    """Whether the work was learned in it (TRAINING)."""
    pieces: Pieces | None = None
    """What a piece pays and how, where work is paid by it; how many there are the minutes say (PIECES)."""

    @property
    def is_below_floor(self) -> bool:
        """Whether the promised rate is less than the floor of the day asks for."""
        full = stepped(self.rate, self.step_points)
        return self.least_rate is not None and self.least_rate.amount > full.amount

    @property
    def columns(self) -> Mapping[str, Any]:
        """What a line repeats of it. A column that it does not name is empty; so with the reasons below."""
        return {
            "gig_id": self.gig_id,
            "booking_id": self.booking_id,
            "timesheet_id": self.timesheet_id,
            "cut_id": self.cut_id,
            "back_pay_id": self.back_pay_id,
            **self.promise.columns,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeAtTest:
    """The minutes of one ended attempt at a test, and everything that their pay depends on. It stands under no
    contract: the rule QUALIFICATION_TIME is the promise."""

    attempt_id: UUID
    company_id: UUID | None
    """None for a test of the service's own."""
    contractor_id: UUID
    began_at: datetime
    minutes: int
    rate: Money
    hold: str

    @property
    def columns(self) -> Mapping[str, Any]:
        return {"attempt_id": self.attempt_id}


@dataclass(frozen=True, slots=True, kw_only=True)
class PaidOut:
    """Money of a benefit that its owner is paid. It is theirs already: no company pays, and no contract is asked."""

    cash_out_id: UUID
    contractor_id: UUID
    began_at: datetime
    """When it was asked for, or its hours ended."""
    money: Money
    account: str
    """The account of the benefit, which pays."""
    rule: str
    cause: str
    company_id: None = None

    @property
    def columns(self) -> Mapping[str, Any]:
        return {"cash_out_id": self.cash_out_id}


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """The hours of one week that a contract guaranteed and its company did not offer (GUARANTEED_HOURS)."""

    guarantee_id: UUID
    company_id: UUID
    contractor_id: UUID
    began_at: datetime
    minutes: int
    rate: Money
    promise: Promise
    hold: str

    @property
    def columns(self) -> Mapping[str, Any]:
        return {"guarantee_id": self.guarantee_id, **self.promise.columns}


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A company's part of what a rail kept of an earlier payout (PAYOUT)."""

    rail_fee_id: UUID
    company_id: UUID | None
    """None where the service bears it."""
    contractor_id: UUID
    began_at: datetime
    """When it was set aside."""
    money: Money
    hold: str

    @property
    def columns(self) -> Mapping[str, Any]:
        return {"rail_fee_id": self.rail_fee_id}


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """What a company gives beside the pay of somebody's work on a gig (BONUS)."""

    bonus_id: UUID
    gig_id: UUID
    company_id: UUID
    contractor_id: UUID
    began_at: datetime
    """Since when it is owed."""
    money: Money
    promise: Promise
    hold: str

    @property
    def columns(self) -> Mapping[str, Any]:
        return {"gig_id": self.gig_id, "bonus_id": self.bonus_id, **self.promise.columns}


Reason = Work | TimeAtTest | PaidOut | Missing | Kept | Granted
"""What a line may pay for."""
