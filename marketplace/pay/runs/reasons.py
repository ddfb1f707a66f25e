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
        """What a line repeats of it."""
        return {
            "gig_id": self.gig_id,
            "booking_id": self.booking_id,
            "timesheet_id": self.timesheet_id,
            "cut_id": self.cut_id,
            "back_pay_id": self.back_pay_id,
            "attempt_id": None,
            "cash_out_id": None,
            "guarantee_id": None,
            "rail_fee_id": None,
            "bonus_id": None,
            "contract_id": self.promise.contract_id,
            "contract_version_id": self.promise.version_id,
            "contract_version": self.promise.number,
            "engagement_type": self.promise.engagement_type,
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
        of_work = ("gig_id", "booking_id", "timesheet_id", "cut_id", "back_pay_id", "cash_out_id", "guarantee_id")
        of_contract = ("contract_id", "contract_version_id", "contract_version", "engagement_type")
        return dict.fromkeys((*of_work, *of_contract, "rail_fee_id", "bonus_id")) | {"attempt_id": self.attempt_id}


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
        of_work = ("gig_id", "booking_id", "timesheet_id", "cut_id", "back_pay_id", "attempt_id", "guarantee_id")
        of_contract = ("contract_id", "contract_version_id", "contract_version", "engagement_type")
        return dict.fromkeys((*of_work, *of_contract, "rail_fee_id", "bonus_id")) | {"cash_out_id": self.cash_out_id}


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
        of_work = ("gig_id", "booking_id", "timesheet_id", "cut_id", "back_pay_id", "attempt_id", "cash_out_id")
        return dict.fromkeys((*of_work, "rail_fee_id", "bonus_id")) | {
            "guarantee_id": self.guarantee_id,
            "contract_id": self.promise.contract_id,
            "contract_version_id": self.promise.version_id,
            "contract_version": self.promise.number,
            "engagement_type": self.promise.engagement_type,
        }


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
        of_work = ("gig_id", "booking_id", "timesheet_id", "cut_id", "back_pay_id", "attempt_id", "cash_out_id")
        of_contract = ("contract_id", "contract_version_id", "contract_version", "engagement_type", "guarantee_id")
        return dict.fromkeys((*of_work, *of_contract, "bonus_id")) | {"rail_fee_id": self.rail_fee_id}


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
        of_work = ("booking_id", "timesheet_id", "cut_id", "back_pay_id", "attempt_id", "cash_out_id", "guarantee_id")
        return dict.fromkeys((*of_work, "rail_fee_id")) | {
            "gig_id": self.gig_id,
            "bonus_id": self.bonus_id,
            "contract_id": self.promise.contract_id,
            "contract_version_id": self.promise.version_id,
            "contract_version": self.promise.number,
            "engagement_type": self.promise.engagement_type,
        }


Reason = Work | TimeAtTest | PaidOut | Missing | Kept | Granted
"""What a line may pay for."""
