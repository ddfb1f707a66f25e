"""What a place to be paid to is made of, by kind and country, as data: which fields, how each is written, and checked.

Account numbers are checked as far as they carry a check digit; that an account exists is known by its bank alone. A
country that is missing here has the fields of `ELSEWHERE`. Pure: no database, no network.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from re import fullmatch
from types import MappingProxyType

import email_validator
import phonenumbers
from stdnum import bic, iban
from stdnum.ar import cbu
from stdnum.exceptions import ValidationError
from stdnum.us import rtn

from marketplace.core.problems import Invalid
from marketplace.standards.rail_reach import EUROPE


class MethodKind(StrEnum):
    """By what somebody is paid."""

    BANK = "bank_account"
    MOBILE_MONEY = "mobile_money"
    WALLET = "e_wallet"
    STRIPE = "stripe"
    """An account of their own at the payment rail, which knows the rest."""


class Part(StrEnum):
    """A field of a method. The words for people stand in `web.choices`."""

    IBAN = "iban"
    BIC = "bic"
    BANK_CODE = "bank_code"
    BRANCH_CODE = "branch_code"
    ROUTING = "routing_number"
    IFSC = "ifsc"
    ACCOUNT = "account_number"
    CLABE = "clabe"
    CBU = "cbu"
    PHONE = "phone"
    EMAIL = "email"


class BadDetail(Invalid):
    code = "payout_detail_not_valid"
    title = "This is not how such a number is written."
    remedy = "Look at a statement of the account, or ask the bank or the provider."


class NoSuchMethod(Invalid):
    code = "payout_method_not_offered"
    title = "People cannot be paid this way there."
    remedy = "Choose one of the ways that are offered for the country."


@dataclass(frozen=True, slots=True)
class Provider:
    """Who carries mobile money, or keeps an electronic wallet: where, in which currency, and by what an account is
    known there. `columns` are those of the file that its portal for payments takes, by what stands in each."""

    code: str
    name: str
    kind: MethodKind
    country: str | None
    currency: str | None
    part: Part
    columns: tuple[tuple[str, str], ...]


LONGEST = 40
_DIGITS = "0123456789"


def _iban(text: str, country: str) -> str:
    found: str = iban.validate(text)
    if not found.startswith(country):
        raise ValueError(found)
    return found


def _bic(text: str, country: str) -> str:
    found: str = bic.validate(text)
    if found[4:6] != country:
        raise ValueError(found)
    return found


def _routing(text: str, _country: str) -> str:
    found: str = rtn.validate(text)
    return found


def _cbu(text: str, _country: str) -> str:
    found: str = cbu.validate(text)
    return found


def _clabe(text: str, _country: str) -> str:
    """Mexico: 17 digits, weighted 3, 7, 1, and what is missing to the next ten."""
    found = _plain(text)
    if not fullmatch("[0-9]{18}", found):
        raise ValueError(found)
    sums = sum(int(digit) * (3, 7, 1)[place % 3] % 10 for place, digit in enumerate(found[:17]))
    if (10 - sums % 10) % 10 != int(found[17]):
        raise ValueError(found)
    return found


def _phone(text: str, country: str) -> str:
    number = phonenumbers.parse(text, country)
    if not phonenumbers.is_valid_number(number) or phonenumbers.region_code_for_number(number) != country:
        raise ValueError(text)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _email(text: str, _country: str) -> str:
    return email_validator.validate_email(text, check_deliverability=False).normalized


def _written(pattern: str) -> Callable[[str, str], str]:
    def check(text: str, _country: str) -> str:
        found = _plain(text)
        if not fullmatch(pattern, found):
            raise ValueError(found)
        return found

    return check


def _plain(text: str) -> str:
    """Without the blanks, dots and dashes by which people group digits."""
    return "".join(each for each in text.upper() if each not in " .-")


_CHECKS: Mapping[Part, Callable[[str, str], str]] = MappingProxyType(
    {
        Part.IBAN: _iban,
        Part.BIC: _bic,
        Part.ROUTING: _routing,
        Part.CBU: _cbu,
        Part.CLABE: _clabe,
        Part.PHONE: _phone,
        Part.EMAIL: _email,
        Part.IFSC: _written("[A-Z]{4}0[A-Z0-9]{6}"),
        Part.BANK_CODE: _written("[0-9]{2,6}"),
        Part.BRANCH_CODE: _written("[0-9]{2,6}"),
        Part.ACCOUNT: _written("[A-Z0-9]{4,30}"),
    }
)

# --- bank accounts --------------------------------------------------------------------------------------------------

IBAN_COUNTRIES = EUROPE | {"CH", "GB", "BR", "EG", "GE", "PK", "RS", "TR", "UA"}
"""Countries whose accounts are known by an IBAN alone (SWIFT's IBAN registry), of those where people work here."""
BANK_PARTS: Mapping[str, tuple[Part, ...]] = MappingProxyType(
    dict.fromkeys(IBAN_COUNTRIES, (Part.IBAN,))
    | {
        "US": (Part.ROUTING, Part.ACCOUNT),
        "MX": (Part.CLABE,),
        "AR": (Part.CBU,),
        "IN": (Part.IFSC, Part.ACCOUNT),
        "KE": (Part.BANK_CODE, Part.BRANCH_CODE, Part.ACCOUNT),
        "ID": (Part.BANK_CODE, Part.ACCOUNT),
        "NG": (Part.BANK_CODE, Part.ACCOUNT),
        "GH": (Part.BANK_CODE, Part.ACCOUNT),
        "ZA": (Part.BRANCH_CODE, Part.ACCOUNT),
    }
)
ELSEWHERE: tuple[Part, ...] = (Part.BIC, Part.ACCOUNT)
"""Where no row says more: the bank by its code of ISO 9362, and the number of the account there."""

# --- mobile money and wallets ---------------------------------------------------------------------------------------

_BY_PHONE = (
    ("Phone", "account"), ("Name", "holder"), ("Amount", "amount"), ("Currency", "currency"), ("Reference", "id"),
)  # fmt: skip
_BY_MAIL = (("Email", "account"), ("Amount", "amount"), ("Currency", "currency"), ("ID", "id"))


def _by_phone(code: str, name: str, kind: MethodKind, country: str, currency: str) -> Provider:
    return Provider(code, name, kind, country, currency, Part.PHONE, _BY_PHONE)


_M, _W = MethodKind.MOBILE_MONEY, MethodKind.WALLET
PROVIDERS: Mapping[str, Provider] = MappingProxyType(
    {
        each.code: each
        for each in (
            _by_phone("mpesa_ke", "M-PESA", _M, "KE", "KES"),
            _by_phone("airtel_ke", "Airtel Money", _M, "KE", "KES"),
            _by_phone("mtn_ug", "MTN MoMo", _M, "UG", "UGX"),
            _by_phone("airtel_ug", "Airtel Money", _M, "UG", "UGX"),
            _by_phone("mtn_gh", "MTN MoMo", _M, "GH", "GHS"),
            _by_phone("bkash", "bKash", _M, "BD", "BDT"),
            _by_phone("nagad", "Nagad", _M, "BD", "BDT"),
            _by_phone("easypaisa", "Easypaisa", _M, "PK", "PKR"),
            _by_phone("mvola", "MVola", _M, "MG", "MGA"),
            _by_phone("vodafone_cash", "Vodafone Cash", _M, "EG", "EGP"),
            _by_phone("gcash", "GCash", _W, "PH", "PHP"),
            _by_phone("maya", "Maya", _W, "PH", "PHP"),
            _by_phone("gopay", "GoPay", _W, "ID", "IDR"),
            _by_phone("ovo", "OVO", _W, "ID", "IDR"),
            _by_phone("dana", "DANA", _W, "ID", "IDR"),
            Provider("paypal", "PayPal", _W, None, None, Part.EMAIL, _BY_MAIL),
        )
    }
)
"""Nobody here has sent a file to any of them: a portal that wants other columns needs a row of its own."""


def providers_in(country: str) -> list[Provider]:
    """The mobile money and wallets by which somebody in that country can be paid."""
    return [each for each in PROVIDERS.values() if each.country in (None, country)]


def parts_of(kind: MethodKind, country: str, provider: str | None) -> tuple[Part, ...]:
    """The fields that such a method has. Raises NoSuchMethod."""
    if kind is MethodKind.BANK:
        return BANK_PARTS.get(country, ELSEWHERE)
    known = PROVIDERS.get(provider or "")
    if known is None or known.kind is not kind or known.country not in (None, country):
        raise NoSuchMethod(field="provider")
    return (known.part,)


def currency_of(provider: str | None, wished: str) -> str:
    """The currency in which such a method receives: its provider's, or the one that was asked for."""
    known = PROVIDERS.get(provider or "")
    return wished if known is None or known.currency is None else known.currency


def checked(parts: Sequence[Part], country: str, given: Mapping[str, str]) -> dict[str, str]:
    """The fields in their one form: an IBAN without blanks, a telephone number as +254.... Raises BadDetail for one
    that is missing or cannot be right, naming it."""
    return {str(part): _checked(part, country, given.get(part, "").strip()) for part in parts}


def _checked(part: Part, country: str, text: str) -> str:
    if not 0 < len(text) <= LONGEST:
        raise BadDetail(field=f"details.{part}")
    try:
        return _CHECKS[part](text, country)
    except (ValueError, ValidationError, phonenumbers.NumberParseException) as wrong:
        raise BadDetail(field=f"details.{part}") from wrong


def ending(details: Mapping[str, str]) -> str:
    """What is shown of an account: its last four letters."""
    return list(details.values())[-1][-4:] if details else ""
