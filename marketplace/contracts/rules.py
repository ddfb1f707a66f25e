"""The life of a contract, what a signature is, that a rate never falls, and how benefits accrue."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType
from typing import Any
from uuid import UUID

from marketplace.core.money import Money
from marketplace.core.problems import Conflict, Invalid


class ContractStatus(StrEnum):
    """`in_force` begins with the contractor's signature. `ended` means that notice was given: until `ends_at` the
    contract still holds."""

    PROPOSED = "proposed"
    IN_FORCE = "in_force"
    ENDED = "ended"
    DECLINED = "declined"


CONTRACT_TRANSITIONS: Mapping[ContractStatus, frozenset[ContractStatus]] = MappingProxyType(
    {
        ContractStatus.PROPOSED: frozenset({ContractStatus.IN_FORCE, ContractStatus.DECLINED}),
        ContractStatus.IN_FORCE: frozenset({ContractStatus.ENDED}),
        ContractStatus.ENDED: frozenset(),
        ContractStatus.DECLINED: frozenset(),
    }
)


class Party(StrEnum):
    COMPANY = "company"
    CONTRACTOR = "contractor"


class Method(StrEnum):
    """How a signature was given."""

    TYPED_NAME = "typed_name"


class BenefitKind(StrEnum):
    HEALTH_STIPEND = "health_stipend"
    SICK_LEAVE = "sick_leave"
    ACCIDENT = "accident"
    PENSION = "pension"
    COUNSELLING = "counselling"
    EQUIPMENT = "equipment"
    LEAVE = "leave"


class Unit(StrEnum):
    """What a benefit is counted in: seconds of paid leave, or minor units of a currency."""

    SECONDS = "seconds"
    MONEY = "money"


class EntryKind(StrEnum):
    """What happened to a benefit. Only an accrual and an incoming transfer add to it."""

    ACCRUE = "accrue"
    USE = "use"
    EXPIRE = "expire"
    TRANSFER = "transfer"
    CASH_OUT = "cash_out"


class TermsRefused(Invalid):
    """`refusals` lists each term that is refused: field, detail, remedy."""

    code = "terms_refused"
    title = "These terms cannot be offered to anybody."


class RateFalls(Conflict):
    code = "rate_falls"
    title = "A rate that was agreed never falls."
    remedy = "Keep the rate or raise it, in the same currency."


class BenefitFalls(Conflict):
    """`missing` lists the codes of the plans."""

    code = "benefit_falls"
    title = "A benefit that was agreed is not taken away."
    remedy = "Keep every plan of the contract; you may add others."


class GroundNotAgreed(Invalid):
    """`grounds` lists the reasons that both have signed."""

    code = "ground_not_agreed"
    title = "A company ends a contract for a reason that the contract names."
    remedy = "Choose one of the reasons of the contract, in its own words."


class NameDiffers(Invalid):
    code = "name_differs"
    title = "You sign with your own name, as it stands in your account."
    remedy = "Type your name as it is shown beside the text."


class AnotherText(Conflict):
    """The text changed between reading and signing, or another one was read."""

    code = "another_text"
    title = "This is not the text that would be signed."
    remedy = "Read the newest version of the contract and sign that."


class SignedAlready(Conflict):
    code = "signed_already"
    title = "You have signed this version already."


class NotProposable(Conflict):
    """`contractor_ids` lists those who are not vetted, or not there: the two look the same to a company."""

    code = "not_proposable"
    title = "A contract is proposed to vetted contractors only."
    remedy = "Leave those out who are named."


class BadAccrual(Invalid):
    code = "bad_accrual"
    title = "This does not accrue under that benefit plan."


class NotInsurable(Invalid):
    code = "not_insurable"
    title = "Nobody can be insured like this."
    remedy = "Name an insurance of a contract that both have signed, and days in their order."


class EnrolledAlready(Conflict):
    code = "enrolled_already"
    title = "This person is insured under this plan on some of these days."
    remedy = "End the earlier enrolment, or begin after it."


def sha256_of(text: str) -> str:
    """The SHA-256 of a text's UTF-8 bytes, in hexadecimal: what a signature is given over."""
    return hashlib.sha256(text.encode()).hexdigest()


def seal_of(salt: str, name: str) -> str:
    """What a signature keeps of a typed name, and of the address it came from. Once the salt is erased it says nothing
    about anybody."""
    return sha256_of(f"{salt}\n{name}")


def check_name(typed: str, known: str) -> str:
    """The typed name with single blanks. Raises NameDiffers unless it is the known one, in whatever case."""
    name = " ".join(typed.split())
    if not name or name.casefold() != " ".join(known.split()).casefold():
        raise NameDiffers(field="name")
    return name


def check_same_text(seen_sha256: str, text_sha256: str) -> None:
    """Raises AnotherText unless the text that was read is the text that would be signed."""
    if seen_sha256 != text_sha256:
        raise AnotherText(field="text_sha256", text_sha256=text_sha256)


def rate_of(terms: Mapping[str, Any]) -> Money:
    """The lowest hourly pay that the terms promise."""
    return Money.of(terms["pay"]["amount"], terms["pay"]["currency"])


def check_rate_holds(agreed: Money, offered: Money) -> None:
    """Raises RateFalls when less is offered than was agreed, or another currency (rule P5)."""
    if offered.currency != agreed.currency:
        raise RateFalls(f"Agreed was {agreed}; {offered} cannot be compared with it.", field="pay.currency")
    if offered < agreed:
        raise RateFalls(f"Agreed was {agreed}, offered is {offered}.", field="pay.amount", agreed=str(agreed))


@dataclass(frozen=True, slots=True)
class Accrual:
    """A benefit earned, to be entered once per `cause`: "booking:0199…:sick-leave".

    `quantity` is seconds of leave, or minor units of `currency` when the plan counts money. `reference` names what it
    was earned by, such as a booking; `rule` and `version` the rule that computed it.
    """

    contractor_id: UUID
    plan: str
    quantity: int
    cause: str
    reference: str
    rule: str
    version: int
    at: datetime
    currency: str | None = None


def check_accrual(accrual: Accrual, unit: Unit) -> None:
    """Raises BadAccrual when nothing is earned or the unit is not the plan's."""
    if accrual.quantity < 0:
        raise BadAccrual(f"{accrual.quantity} is less than nothing.", field="quantity")
    if (unit is Unit.MONEY) != (accrual.currency is not None):
        raise BadAccrual(f"The plan {accrual.plan} counts {unit}.", field="currency")


def leave_account(contractor_id: UUID) -> str:
    """The ledger account that keeps the money of a person's sick leave."""
    return f"benefit:{contractor_id}:sick_leave"


def leave_share(money: Money, used: int, seconds: int) -> Money:
    """What `used` of so many `seconds` of leave are worth: their share of the money, rounded to a minor unit. Never
    more than there is, and all of it when all is used.

    >>> leave_share(Money.of("15.01", "USD"), 1800, 3600)
    Money(amount=751, currency='USD')
    """
    return money * Fraction(used, seconds)


def left_of_cap(earned: int, cap: int | None) -> int | None:
    """How much may still accrue in a year in which so much was earned; None when there is no limit.

    >>> left_of_cap(142_200, 144_000)  # 39.5 of 40 hours are there
    1800
    """
    return None if cap is None else max(0, cap - earned)
