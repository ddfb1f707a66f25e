"""The steps at the end of a contract (rule OFFBOARDING). Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from marketplace.standards.rules import RULES

PAID_WITHIN: Final = timedelta(days=RULES["PAY_TERM"].parameters["most_days"])


class EndedBy(StrEnum):
    """How a contract came to its end."""

    COMPANY = "company"
    CONTRACTOR = "contractor"
    ACCOUNT = "account"
    """The contractor's account is closed."""


class BenefitsOutcome(StrEnum):
    """What became of the benefits."""

    KEPT = "kept"
    """They go along with the person, who keeps the account."""
    PAID_OUT = "paid_out"
    """The account closed, and everything that stood was paid out or sent on."""


class Step(StrEnum):
    WORK_RECORD = "work_record"
    ACCESS = "access"
    LAST_PAY = "last_pay"
    BENEFITS = "benefits"
    DATA = "data"


@dataclass(frozen=True, slots=True)
class Stage:
    """One step: by when it is due, where it has a day, and when it was done."""

    step: Step
    due_at: datetime | None
    done_at: datetime | None


@dataclass(frozen=True, slots=True)
class Moments:
    ends_at: datetime
    pay_by: datetime
    record_offered_at: datetime
    access_ended_at: datetime | None
    paid_at: datetime | None
    benefits_settled_at: datetime | None
    data_erased_at: datetime | None


def stages(at: Moments) -> list[Stage]:
    """The steps in their order. Nobody has to have their data erased, so that has no day."""
    return [
        Stage(Step.WORK_RECORD, None, at.record_offered_at),
        Stage(Step.ACCESS, at.ends_at, at.access_ended_at),
        Stage(Step.LAST_PAY, at.pay_by, at.paid_at),
        Stage(Step.BENEFITS, at.pay_by, at.benefits_settled_at),
        Stage(Step.DATA, None, at.data_erased_at),
    ]
