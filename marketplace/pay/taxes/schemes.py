"""Which law has a payer withhold income tax from an independent contractor: data by country and day, with its source.

What is not here is not supported: nothing is withheld there, and the person is told to declare what they earn. Nor is
it for anybody but independent contractors, whatever the country. `sure` says how the figures are known: some were read
in the law or at the authority, others only where somebody else tells of it. Pure.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Period(StrEnum):
    """Over what time payments of one company to one person are counted together."""

    MONTH = "month"
    YEAR = "year"
    YEAR_FROM_APRIL = "year_from_april"


class Reach(StrEnum):
    """What is taxed once the payments of a period reach the threshold."""

    ALL = "all"
    """Everything in the period, what was paid before with it."""
    FROM_THEN = "from_then"
    """The payment that reaches it, and those after it."""


class Certificate(StrEnum):
    """What a person declares beside their number, as the law of some country asks for it."""

    NONE = "none"
    SMALL_EARNER = "small_earner"
    """That their gross receipts of the year stay below the law's limit, and that they are in no VAT register."""
    W9 = "w9"
    """A person of the United States, under penalties of perjury."""
    W8BEN = "w8ben"
    """No person of the United States, whose work is done elsewhere."""


class Sure(StrEnum):
    """How the figures of a law are known."""

    LAW = "law"
    AUTHORITY = "authority"
    SECONDARY = "secondary"


class Form(StrEnum):
    """After which paper of the country a yearly statement is made."""

    US_1099_NEC = "us_1099_nec"
    ID_BUKTI_POTONG = "id_bukti_potong"
    GENERIC = "generic"


@dataclass(frozen=True, slots=True)
class Band:
    """A percentage of the base up to an amount, in whole units of the law's currency; None for all above."""

    up_to: int | None
    percent: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    title: str
    address: str
    checked_on: date
    sure: Sure


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheme:
    """One law. Amounts are whole units of `currency`; the payer has its seat in the same country."""

    id: str
    country: str
    title: str
    since: date
    until: date | None
    currency: str
    bands: tuple[Band, ...]
    source: Source
    period: Period
    base_percent: int = 100
    """The part of the gross pay that is taxed."""
    threshold: int | None = None
    """Below so much in the period nothing is withheld."""
    above: bool = False
    """Whether the threshold itself is still free."""
    reach: Reach = Reach.ALL
    without_number_percent: Decimal | None = None
    """The whole percentage for who gave no number, where the law has one of its own."""
    without_number_times: Decimal = Decimal(1)
    """By what the tax is multiplied for who gave none, elsewhere."""
    only_without_number: bool = False
    small_earner_percent: Decimal | None = None
    unit: int = 1
    """Minor units of `currency` to which the tax is rounded, always down: the rest is the person's."""
    form: Form = Form.GENERIC


_CHECKED: Final = date(2026, 11, 29)
ARTICLE_17: Final = (
    Band(60_000_000, Decimal(5)),
    Band(250_000_000, Decimal(15)),
    Band(500_000_000, Decimal(25)),
    Band(5_000_000_000, Decimal(30)),
    Band(None, Decimal(35)),
)
SCHEMES: Final[tuple[Scheme, ...]] = (
    Scheme(
        id="id.pph21",
        country="ID",
        title="PPh 21 of non-employees",
        since=date(2024, 1, 1),
        until=None,
        currency="IDR",
        bands=ARTICLE_17,
        source=Source(
            title="PMK 168/2023: half of the gross pay of a tax month at the rates of article 17 of the Income Tax "
            "Law, and 20 % more without a tax number",
            address="https://blog.lekslawyer.com/ringkasan-terbatas-peraturan-menteri-keuangan-no-168-tahun-2023",
            checked_on=_CHECKED,
            sure=Sure.SECONDARY,
        ),
        period=Period.MONTH,
        base_percent=50,
        without_number_times=Decimal("1.2"),
        unit=100,
        form=Form.ID_BUKTI_POTONG,
    ),
    Scheme(
        id="ke.wht",
        country="KE",
        title="Withholding tax on professional and contractual fees of residents",
        since=date(2014, 1, 1),
        until=None,
        currency="KES",
        bands=(Band(None, Decimal(5)),),
        source=Source(
            title="Income Tax Act, s. 35(3), as the Kenya Revenue Authority tells it: 5 %, none where the fees of a "
            "month are below KES 24,000",
            address="https://www.kra.go.ke/helping-tax-payers/faqs/more-about-withholding-tax",
            checked_on=_CHECKED,
            sure=Sure.AUTHORITY,
        ),
        period=Period.MONTH,
        threshold=24_000,
    ),
    Scheme(
        id="ph.ewt",
        country="PH",
        title="Expanded withholding tax on fees of individuals",
        since=date(2018, 1, 1),
        until=None,
        currency="PHP",
        bands=(Band(None, Decimal(10)),),
        source=Source(
            title="Revenue Regulations 11-2018 and 14-2018: 10 %, or 5 % for who declares under oath that the year's "
            "gross receipts stay within PHP 3 million and who is in no VAT register",
            address="https://www.grantthornton.com.ph/newsroom/technical-alerts/tax-alert/2018/"
            "additional-condition-for-5-ewt-on-professional-fees-extended-deadlines-for-sworn-declarations/",
            checked_on=_CHECKED,
            sure=Sure.SECONDARY,
        ),
        period=Period.YEAR,
        small_earner_percent=Decimal(5),
    ),
    Scheme(
        id="in.194j",
        country="IN",
        title="TDS on fees for technical services",
        since=date(2025, 4, 1),
        until=date(2026, 3, 31),
        currency="INR",
        bands=(Band(None, Decimal(2)),),
        source=Source(
            title="Income-tax Act 1961, s. 194J(a) and 206AA: 2 % above INR 50,000 a year, 20 % without a PAN",
            address="https://kamodinee.in/tds-rate-chart-for-fy2025-26",
            checked_on=_CHECKED,
            sure=Sure.SECONDARY,
        ),
        period=Period.YEAR_FROM_APRIL,
        threshold=50_000,
        above=True,
        without_number_percent=Decimal(20),
        unit=100,
    ),
    Scheme(
        id="in.393",
        country="IN",
        title="TDS on fees for technical services",
        since=date(2026, 4, 1),
        until=None,
        currency="INR",
        bands=(Band(None, Decimal(2)),),
        source=Source(
            title="Income-tax Act 2025, s. 393(1), table, no. 6(iii): 2 % above INR 50,000 a tax year; 20 % without a "
            "PAN (s. 397)",
            address="https://future.indiankanoon.org/doc/103383880",
            checked_on=_CHECKED,
            sure=Sure.LAW,
        ),
        period=Period.YEAR_FROM_APRIL,
        threshold=50_000,
        above=True,
        without_number_percent=Decimal(20),
        unit=100,
    ),
    Scheme(
        id="us.backup.2025",
        country="US",
        title="Backup withholding",
        since=date(2018, 1, 1),
        until=date(2025, 12, 31),
        currency="USD",
        bands=(Band(None, Decimal(24)),),
        source=Source(
            title="26 U.S.C. 3406, as the IRS tells it: 24 % of who gives no taxpayer number, from USD 600 a year on; "
            "of who gives one (Form W-9), nothing",
            address="https://www.irs.gov/government-entities/indian-tribal-governments/"
            "itg-faq-3-answer-what-is-backup-withholding",
            checked_on=_CHECKED,
            sure=Sure.AUTHORITY,
        ),
        period=Period.YEAR,
        threshold=600,
        reach=Reach.FROM_THEN,
        only_without_number=True,
        form=Form.US_1099_NEC,
    ),
    Scheme(
        id="us.backup",
        country="US",
        title="Backup withholding",
        since=date(2026, 1, 1),
        until=date(2026, 12, 31),
        currency="USD",
        bands=(Band(None, Decimal(24)),),
        source=Source(
            title="26 U.S.C. 3406, with the threshold of Public Law 119-21, s. 70433: 24 % of who gives no taxpayer "
            "number, from USD 2,000 a year on; of who gives one (Form W-9), nothing; from 2027 on it follows prices",
            address="https://sovos.com/regulatory-updates/trr/one-big-beautiful-bill-raises-1099-reporting-thresholds",
            checked_on=_CHECKED,
            sure=Sure.SECONDARY,
        ),
        period=Period.YEAR,
        threshold=2_000,
        reach=Reach.FROM_THEN,
        only_without_number=True,
        form=Form.US_1099_NEC,
    ),
)
"""Every law that is known, by country and day. India taxes contract work of individuals at 1 % and technical services
at 2 %; nobody has decided which of them work on data is, so the higher holds: what is too much is credited to the
person, what is too little would be asked back. A threshold that will follow prices ends with its last known year."""
BY_ID: Final[Mapping[str, Scheme]] = MappingProxyType({scheme.id: scheme for scheme in SCHEMES})
COUNTRIES: Final = tuple(sorted({scheme.country for scheme in SCHEMES}))


def scheme_of(country: str, on: date) -> Scheme | None:
    """The law of a country on a day; None where it is not supported."""
    return next(
        (
            each
            for each in SCHEMES
            if each.country == country and each.since <= on and (each.until is None or on <= each.until)
        ),
        None,
    )


def form_of(country: str, year: int) -> Form:
    """After which paper the statement of a calendar year is made."""
    found = scheme_of(country, date(year, 12, 31))
    return Form.GENERIC if found is None else found.form
