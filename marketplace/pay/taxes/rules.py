"""The law of withheld tax: what is withheld from a payment, where it stands in the books, and what cannot be done."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from math import floor
from types import MappingProxyType
from uuid import UUID

from marketplace.core.money import Money, minor_digits
from marketplace.core.problems import Conflict, Forbidden, Invalid
from marketplace.ledger.rules import Entry, Move
from marketplace.pay.rules import payable
from marketplace.pay.taxes.schemes import Band, Certificate, Period, Reach, Scheme
from marketplace.standards.line_kinds import LineKind

AUTHORITIES = "rail:tax_authorities"
"""The world outside, seen through what is paid to tax authorities."""
NO_INCOME = frozenset({LineKind.RAIL_FEE})
"""Lines of a payslip that only make good what the person should not have lost."""
CONTRACTOR = "contractor"
"""The engagement that the schemes are about; a test stands under no contract, and counts with it."""


class Why(StrEnum):
    """What came of a law on one payslip."""

    WITHHELD = "withheld"
    BELOW = "below"
    """The payments of the period are below the law's threshold."""
    NO_RATE = "no_rate"
    """No source says what the payment is worth in the law's currency, so nothing is withheld."""
    GIVEN_BACK = "given_back"
    """A correction: something that was withheld before is the person's again."""


class RemittanceStatus(StrEnum):
    PROPOSED = "proposed"
    PAID = "paid"
    WITHDRAWN = "withdrawn"


REMITTANCE_TRANSITIONS: Mapping[RemittanceStatus, frozenset[RemittanceStatus]] = MappingProxyType(
    {
        RemittanceStatus.PROPOSED: frozenset({RemittanceStatus.PAID, RemittanceStatus.WITHDRAWN}),
        RemittanceStatus.PAID: frozenset(),
        RemittanceStatus.WITHDRAWN: frozenset(),
    }
)


class BadDeclaration(Invalid):
    code = "bad_tax_declaration"
    title = "This declaration does not fit where you pay taxes."
    remedy = "Choose another, or none."


class NothingWithheld(Conflict):
    code = "nothing_to_remit"
    title = "Nothing is withheld there that is not remitted yet."


class OneAlone(Forbidden):
    code = "remittance_needs_two"
    title = "What is paid to an authority is confirmed by somebody other than who proposed it."
    remedy = "Ask another operator of finance."


class OwnTax(Forbidden):
    code = "own_tax"
    title = "Nobody gives tax back to themselves."
    remedy = "Ask another operator of finance."


class NotCorrectable(Conflict):
    code = "withholding_not_correctable"
    title = "Only what is withheld and not yet on its way to the authority can be given back, and no more than that."
    remedy = "What the authority has, it credits to the person or pays back."


@dataclass(frozen=True, slots=True, kw_only=True)
class Payer:
    """What the law asks about one person, one company and one period, in minor units of the law's currency."""

    has_number: bool
    certificate: Certificate = Certificate.NONE
    base: Fraction
    """Of this payment."""
    base_before: Fraction = Fraction(0)
    """Of the earlier payments of the period."""
    withheld_before: int = 0
    """Of those, less what was given back."""
    given_back_before: int = 0


@dataclass(frozen=True, slots=True)
class Tax:
    """What is withheld from a payment: minor units of the law's currency, at that percentage of the gross pay where it
    is one."""

    why: Why
    amount: int
    percent: Decimal | None


def reckon(law: Scheme, of: Payer) -> Tax | None:
    """What the law takes of a payment; None where it asks nothing of this person.

    Indonesia, 10,000,000 rupiah in a month: half of it at 5 % are 250,000, or 300,000 without a tax number. Kenya,
    20,000 and then 10,000 shillings in a month: nothing, then 5 % of all 30,000. Never more than the payment.
    """
    if law.only_without_number and of.has_number:
        return None
    all_of_it = of.base_before + of.base
    if _is_free(law, all_of_it):
        return Tax(Why.BELOW, 0, None)
    whole = law.reach is Reach.ALL
    tax = _tax(law, of, all_of_it if whole else of.base)
    due = floor(tax / law.unit) * law.unit - (_settled(law, of) if whole else 0)
    return Tax(Why.WITHHELD, min(max(due, 0), floor(of.base)), _percent(law, of))


def _settled(law: Scheme, of: Payer) -> int:
    """What of the period's tax is settled: what is withheld, and of what was given back as much as the law still asks
    on the earlier payments, since somebody decided that it is not owed and the next payslip decides nothing else. What
    the law itself does not ask any more, as once a number is known, was no more than mended.

    10,000,000 rupiah with 250,000 withheld, of which 50,000 were given back: of the next 10,000,000 again 250,000 are
    withheld, not 300,000. Withheld without a number were 300,000, 50,000 went back when it was known: 250,000 too.
    """
    asked = 0 if _is_free(law, of.base_before) else floor(_tax(law, of, of.base_before) / law.unit) * law.unit
    return min(max(asked, of.withheld_before), of.withheld_before + of.given_back_before)


def _is_free(law: Scheme, base: Fraction) -> bool:
    if law.threshold is None:
        return False
    least = law.threshold * 10 ** minor_digits(law.currency)
    return bool(base <= least if law.above else base < least)


def _tax(law: Scheme, of: Payer, gross: Fraction) -> Fraction:
    base = gross * law.base_percent / 100
    if not of.has_number and law.without_number_percent is not None:
        return base * Fraction(law.without_number_percent) / 100
    bands = law.bands
    if of.certificate is Certificate.SMALL_EARNER and law.small_earner_percent is not None:
        bands = (Band(None, law.small_earner_percent),)
    times = Fraction(1) if of.has_number else Fraction(law.without_number_times)
    return _in_bands(bands, base, 10 ** minor_digits(law.currency)) * times


def _in_bands(bands: tuple[Band, ...], base: Fraction, scale: int) -> Fraction:
    tax, below = Fraction(0), Fraction(0)
    for band in bands:
        end = base if band.up_to is None else min(base, Fraction(band.up_to * scale))
        tax += max(end - below, Fraction(0)) * Fraction(band.percent) / 100
        below = max(below, end)
    return tax


def _percent(law: Scheme, of: Payer) -> Decimal | None:
    """The percentage of the gross pay, where one holds for all of it."""
    if not of.has_number and law.without_number_percent is not None:
        return law.without_number_percent
    if of.certificate is Certificate.SMALL_EARNER and law.small_earner_percent is not None:
        return law.small_earner_percent
    if len(law.bands) > 1:
        return None
    times = Decimal(1) if of.has_number else law.without_number_times
    return law.bands[0].percent * law.base_percent / 100 * times


def begin_of(period: Period, on: date) -> date:
    """The first day of the period that a day is in."""
    match period:
        case Period.MONTH:
            return on.replace(day=1)
        case Period.YEAR:
            return on.replace(month=1, day=1)
        case Period.YEAR_FROM_APRIL:
            return date(on.year if on.month > 3 else on.year - 1, 4, 1)


def still_certified(certificate: Certificate, valid_from: date, on: date) -> Certificate:
    """A declaration about a year's receipts holds for that year and is made anew for the next."""
    if certificate is Certificate.SMALL_EARNER and valid_from.year != on.year:
        return Certificate.NONE
    return certificate


def check_certificate(certificate: Certificate, country: str, *, has_number: bool) -> None:
    """Raises BadDeclaration."""
    fits = {
        Certificate.NONE: True,
        Certificate.SMALL_EARNER: country == "PH",
        Certificate.W9: country == "US" and has_number,
        Certificate.W8BEN: country != "US",
    }
    if not fits[certificate]:
        raise BadDeclaration(field="certificate")


def there(money: Money, rate: Fraction, currency: str) -> Fraction:
    """An amount in minor units of another currency, exact."""
    digits = minor_digits(currency) - minor_digits(money.currency)
    return money.amount * rate * Fraction(10) ** digits


def back(amount: int, rate: Fraction, law: Scheme, currency: str) -> int:
    """Minor units of the law's currency as minor units of the payslip's, rounded down."""
    digits = minor_digits(currency) - minor_digits(law.currency)
    return floor(amount / rate * Fraction(10) ** digits)


# --- accounts and postings ------------------------------------------------------------------------------------------


def tax_account(country: str, company_id: UUID) -> str:
    """The account of what was withheld in a company's name for the authority of a country."""
    return f"tax:{company_id}:{country}"


def withheld_entry(withholding_id: UUID, contractor_id: UUID, account: str, money: Money) -> Entry:
    return Entry(f"withholding:{withholding_id}", [Move(payable(contractor_id), account, money)])


def given_back_entry(withholding_id: UUID, contractor_id: UUID, account: str, money: Money) -> Entry:
    return Entry(f"withholding:{withholding_id}", [Move(account, payable(contractor_id), money)])


def remitted_entry(remittance_id: UUID, account: str, money: Money) -> Entry:
    return Entry(f"remittance:{remittance_id}", [Move(account, AUTHORITIES, money)])


def end_of_year(year: int) -> date:
    return date(year + 1, 1, 1) - timedelta(days=1)
