"""Words for what the rooms name by codes, and values as people read them."""

import re
from collections.abc import Collection
from datetime import UTC, date, datetime, time, tzinfo
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Literal
from zoneinfo import available_timezones

from babel import Locale
from babel.dates import get_day_names
from babel.numbers import get_territory_currencies
from flask_babel import format_date, format_decimal, format_time, get_locale, gettext

from marketplace.core import clock
from marketplace.core.money import BadMoney, Money
from marketplace.standards.asked import Origin
from marketplace.standards.commitments import State
from marketplace.standards.rules import Basis
from marketplace.web import reader
from marketplace.web.code_names import NAMES
from marketplace.web.code_names.statuses import STATUSES

_NOT_COUNTRIES = frozenset({"EU", "EZ", "UN", "QO", "XA", "XB", "XK", "ZZ", "AC", "CP", "CQ", "DG", "EA", "IC", "TA"})
"""Codes of two letters that the CLDR names and ISO 3166-1 does not assign to a country."""

_LANGUAGES = (
    "am ar bg bn ceb cs de el en es fa fil fr ha he hi hu id ig it ja jv ka km ko lg ln lo ms my ne nl pa pl pt ro ru"
    " rw si sk so sq sr su sw ta te th tr uk ur uz vi wo xh yo zh zu"
)

_AMOUNT = re.compile(r"(?<![\w.-])(-?\d+(?:\.\d+)?) ([A-Z]{3})\b")
MINUS = "\N{MINUS SIGN}\N{WORD JOINER}"
"""A line may end between a hyphen, or a minus sign, and the sign of a currency."""
_OWN_SIGNS = {"IDR": "Rp", "EUR": "€", "GBP": "£"}
"""Signs that stand for one currency only and that its people write in every language."""

SIGN_IN_MESSAGES = {
    "SECURITY_MSG_GENERIC_AUTHN_FAILED": ("The e-mail address or the password is not right.", "error"),
    "SECURITY_MSG_GENERIC_RECOVERY": ("If somebody signs in with that address, a link is on its way to it.", "info"),
    "SECURITY_MSG_CONFIRMATION_REQUEST": ("If the address waits to be confirmed, a link is on its way to it.", "info"),
    "SECURITY_MSG_CONFIRMATION_EXPIRED": ("This link is too old. Have a new one sent.", "error"),
    "SECURITY_MSG_INVALID_CONFIRMATION_TOKEN": ("This link is no longer good. Have a new one sent.", "error"),
    "SECURITY_MSG_EMAIL_CONFIRMED": ("Your address is confirmed.", "success"),
    "SECURITY_MSG_ALREADY_CONFIRMED": ("Your address is confirmed already.", "info"),
    "SECURITY_MSG_PASSWORD_RESET": ("Your new password is set, and you are signed in.", "success"),
    "SECURITY_MSG_PASSWORD_RESET_NO_LOGIN": ("Your new password is set. Sign in with it.", "success"),
    "SECURITY_MSG_PASSWORD_RESET_EXPIRED": ("This link is too old. Have a new one sent.", "error"),
    "SECURITY_MSG_INVALID_RESET_PASSWORD_TOKEN": ("This link is no longer good. Have a new one sent.", "error"),
    "SECURITY_MSG_RETYPE_PASSWORD_MISMATCH": ("The two passwords are not the same.", "error"),
    "SECURITY_MSG_PASSWORD_INVALID_LENGTH": ("A password has 10 to 200 characters.", "error"),
    "SECURITY_MSG_PASSWORD_NOT_PROVIDED": ("Type a password.", "error"),
    "SECURITY_MSG_EMAIL_NOT_PROVIDED": ("Type your e-mail address.", "error"),
    "SECURITY_MSG_INVALID_EMAIL_ADDRESS": ("This is not an e-mail address.", "error"),
    "SECURITY_MSG_UNAUTHENTICATED": ("Sign in first.", "info"),
}
"""What Flask-Security's forms say, in our words; `said()` brings them into the reader's language."""


def status_words(status: str) -> str:
    """A status as people read it."""
    return str(STATUSES.get(str(status), str(status).replace("_", " ")))


def name_of(kind: str, code: object) -> str:
    """What a code is called: `name_of("line", "wages")`. A code without a name is told as it is written."""
    return str(NAMES[kind].get(str(code)) or str(code).replace("_", " ").replace("-", " "))


def said(sentence: object) -> str:
    """A sentence of the rules (a problem's title, a field's error) in the reader's language, if it has one there.

    Unlike a template's own `_()` it takes no part of the sentence as a placeholder, and nothing of it as markup.
    """
    english = str(sentence)
    # Of no sentence a catalogue tells of itself.
    words: str = gettext(english) if english else ""
    return words


def source_words(source: str) -> str:
    """Where a rate of a bank's line comes from, in the reader's language: a source whose words are known may have the
    day of the rate after it."""
    name, comma, quoted_on = source.rpartition(", ")
    return f"{said(name)}, {quoted_on}" if comma and said(source) == source else said(source)


def countries() -> list[tuple[str, str]]:
    """ISO 3166-1 codes with the countries' names in the reader's language, in the order of the names."""
    return territories(str(get_locale()))


def named_place(country: str, subdivision: str | None) -> str:
    """ "Kenya", or "United States (US-KS)": a place as people read it."""
    name = dict(countries()).get(country, country)
    return f"{name} ({subdivision})" if subdivision else name


@lru_cache(maxsize=8)
def territories(language: str) -> list[tuple[str, str]]:
    """`countries()` in a named language."""
    known = Locale.parse(language).territories.items()
    named = [(code, name) for code, name in known if len(code) == 2 and code not in _NOT_COUNTRIES]
    return sorted(named, key=lambda pair: pair[1])


def currencies() -> list[tuple[str, str]]:
    """The currencies that are money somewhere today, by code, with their names in the reader's language."""
    names = get_locale().currencies
    return [(code, f"{code} · {names.get(code, code)}") for code in sorted(_current_currencies())]


@lru_cache(maxsize=1)
def _current_currencies() -> frozenset[str]:
    places = (code for code, _ in territories("en"))
    return frozenset(code for place in places for code in get_territory_currencies(place))


def languages(first: Collection[str] = ()) -> list[tuple[str, str]]:
    """Languages that gigs are likely to ask for, with their names in the reader's language; `first` come first."""
    names = get_locale().languages
    codes = [*first, *sorted(set(_LANGUAGES.split()).difference(first), key=lambda code: names.get(code, code))]
    return [(code, names.get(code, code)) for code in codes]


def language_name(code: str) -> str:
    """What a language is called in the reader's own; one that the CLDR does not name by its ISO 639 code."""
    return str(get_locale().languages.get(code, code))


def zones() -> list[str]:
    """IANA time zones that are named after a place."""
    return sorted(name for name in available_timezones() if "/" in name and not name.startswith(("Etc/", "SystemV/")))


def requirement_hints() -> dict[str, str]:
    """What to do for each step of an application."""
    return {
        "identity": gettext("Photograph the page with your picture. Everything on it must be readable."),
        "age": gettext("How can we see your date of birth?"),
        "residence": gettext(
            "A bill, a lease or a letter of an authority with your name and address, at most a year old."
        ),
        "right_to_work": gettext("Whoever has a permit shows it."),
        "tax": gettext(
            "Setara keeps what you declare. Where a law that is supported has companies withhold tax from contractors, "
            "it is withheld by it; elsewhere you declare what you earn yourself."
        ),
        "payout_account": gettext("Where should you be paid?"),
        "terms": gettext("Read them, then agree if you do."),
    }


def weekdays(width: Literal["wide", "abbreviated"] = "wide") -> list[str]:
    """The names of the days, Monday first. Two letters would not do: in Indonesian two days begin alike."""
    names = get_day_names(width, locale=get_locale())
    return [str(names[number]).capitalize() for number in range(7)]


def basis_words() -> dict[Basis, str]:
    """Whose rule it is, strongest first."""
    return {
        Basis.LAW: gettext("Law"),
        Basis.STANDARD: gettext("Standards"),
        Basis.HOUSE: gettext("House rules"),
    }


def origin_words() -> dict[Origin, str]:
    """Where what is asked of the service comes from."""
    return {
        Origin.GUIDELINES: gettext("Made from the Partnership on AI's guidelines"),
        Origin.STANDARDS: gettext("Made from law and Fairwork's principles"),
        Origin.HOUSE: gettext("Where the house is stricter"),
    }


def state_words() -> dict[State, str]:
    """Whether what is asked holds."""
    return {
        State.HELD: gettext("held"),
        State.IN_PART: gettext("held in part"),
        State.NOT_YET: gettext("not yet"),
    }


# --- values as people read them -------------------------------------------------------------------------------------


def when(moment: datetime, zone: str | tzinfo | None = None) -> str:
    """A moment to the minute in the reader's language, in the named IANA zone, which is named too. Where none is named
    it is the reader's own, or UTC."""
    known = zone or reader.zone()
    place = clock.zone(known) if isinstance(known, str) else known
    local = moment.astimezone(place or UTC)
    return f"{format_date(local, 'medium', rebase=False)}, {format_time(local, 'short', rebase=False)} {place or 'UTC'}"


def clock_words(moment: datetime, zone: str) -> str:
    """The time of day to the minute on a clock in the zone, for places where the day and the zone are told already."""
    words: str = format_time(moment.astimezone(clock.zone(zone)), "short", rebase=False)
    return words


def day(date: date) -> str:
    """A day with its weekday, in the reader's language."""
    words: str = format_date(date, "full", rebase=False)
    return words


def month_words(date: date) -> str:
    """A month with its year, in the reader's language."""
    words: str = format_date(date, "LLLL yyyy", rebase=False)
    return words.capitalize()


def written_time(at: time) -> str:
    """A time of day as a clock shows it, in the reader's language."""
    words: str = format_time(at, "short", rebase=False)
    return words


def duration(minutes: float | Decimal) -> str:
    """Minutes as hours and minutes: "4 h 30 min"."""
    hours, rest = divmod(round(minutes), 60)
    parts = [gettext("%(hours)s h", hours=hours)] if hours else []
    return " ".join([*parts, gettext("%(minutes)s min", minutes=rest)] if rest or not hours else parts)


def exact_duration(seconds: int) -> str:
    """As `duration()`, to the second: leave accrues by two seconds for each minute, and its money by these, so that a
    line of 7 min 40 s would not multiply out if it said 8 min."""
    minutes, rest = divmod(seconds, 60)
    if not rest:
        return duration(minutes)
    odd: str = gettext("%(seconds)s s", seconds=rest)
    return f"{duration(minutes)} {odd}" if minutes else odd


def money_words(amount: Money, *, whole: bool = False) -> str:
    """An amount in the reader's language, its currency always said: a dollar sign alone could be of ten countries. What
    is below zero begins with a minus that no line ends after."""
    words = amount.format(str(get_locale() or "en"), whole=whole)
    if amount.amount < 0:
        words = words.replace("-", MINUS, 1)
    if amount.currency in _OWN_SIGNS:
        return words.replace(amount.currency, _OWN_SIGNS[amount.currency])
    return words if any(letter.isalpha() for letter in words) else f"{words}\xa0{amount.currency}"


def amounts(text: str) -> str:
    """A text with each amount that stands in it as programs write one ("7.25 USD") as people write it."""
    return _AMOUNT.sub(lambda found: _amount_words(found[1], found[2]) or found[0], text)


def _amount_words(value: str, currency: str) -> str:
    """An exact hourly sum may have more digits than its currency. Nothing where it is no currency."""
    try:
        return money_words(Money.of(value, currency))
    except BadMoney:
        known = currency in _current_currencies()
        return f"{number(Decimal(value))}\xa0{currency}" if known else ""


def number(value: Decimal) -> str:
    """A number with all of its digits, up to ten behind the point."""
    words: str = format_decimal(value, "#,##0.##########")
    return words


def rate_words(rate: Fraction | Decimal) -> str:
    """An exchange rate, rounded to four digits after the point for reading; the exact one stands in the API."""
    exact = Fraction(rate)
    words: str = format_decimal(Decimal(exact.numerator) / Decimal(exact.denominator), "#,##0.0000")
    return words


def account_words(name: str) -> str:
    """An account of a person in the books, by the last part of its name."""
    return name_of("account", name.rsplit(":", 1)[-1])
