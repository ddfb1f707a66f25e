"""Reads of what is known of places. All of it is public: nobody needs to say who is looking."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from decimal import Decimal
from typing import Any

from babel import Locale
from flask import current_app
from sqlalchemy import ScalarSelect, Select, Text, bindparam, case, cast, func, or_, select

from marketplace.core.db import db
from marketplace.core.money import minor_digits
from marketplace.core.problems import NotFound
from marketplace.standards import exchange, rail_reach
from marketplace.standards.floor import HOUSE_CURRENCY, Floor, Place, Region, floor_of
from marketplace.standards.models import ExchangeRate, RegionVersion
from marketplace.standards.protection import Difference, RegionFacts, differences
from marketplace.standards.rules import UnknownPlace


@dataclass(frozen=True, slots=True)
class Version:
    """One version of what is known of a place, and what it changed."""

    row: RegionVersion
    facts: RegionFacts
    changed: Sequence[Difference]

    def as_dict(self) -> dict[str, Any]:
        """The version for the wire."""
        row = self.row
        return {
            "version": row.version,
            "valid_from": row.valid_from,
            "source": row.source,
            "as_of": row.as_of,
            "entered_at": row.entered_at,
            "is_confirmed": row.confirmed_by is not None,
            "changed": self.changed,
        }


Code = tuple[str, str | None]
"""A country, and a part of it or None: ("US", "US-KS")."""
Asked = tuple[Code, str, date]
"""A place, the currency that its floor is wanted in, and the day."""
NO_COUNTRIES = frozenset({"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"})
"""Codes that Unicode's CLDR lists among the territories though they stand for none."""
COUNTRIES = frozenset(map(str, Locale("en").territories)) - NO_COUNTRIES


def regions(on: date) -> list[Region]:
    """The version that holds on the day of every place we know, by country and subdivision."""
    rows = db.session.scalars(select(RegionVersion).order_by(RegionVersion.country, RegionVersion.subdivision)).all()
    return [_region(row) for row in _in_force(rows, on).values()]


@dataclass(frozen=True, slots=True)
class Hours:
    """What a place says of working time; None where that is not known."""

    daily_rest_hours: Decimal | None = None
    weekly_hours: Decimal | None = None
    overtime_multiplier: Decimal | None = None

    @classmethod
    def of(cls, found: Sequence[str | None] | None) -> "Hours":
        """From what `hours_in()` finds."""
        return cls(*(None if each is None else Decimal(each) for each in found)) if found else cls()


def hours_in(country: Any, subdivision: Any, on: Any) -> ScalarSelect[Any]:
    """What the version of a place that holds on a day says of working time, as JSON for `Hours.of`: its own row, else
    its country's. Part of a statement about people; the arguments are columns of it, or parameters."""
    known = RegionVersion
    holds = known.valid_from <= on
    said = (known.daily_rest_hours, known.weekly_hours, known.overtime_multiplier)
    found = select(func.jsonb_build_array(*(cast(each, Text) for each in said))).where(
        known.country == country, or_(known.subdivision == subdivision, known.subdivision.is_(None))
    )
    # Of each place the highest version that is valid on the day, else its lowest.
    newest = case((holds, -known.version), else_=known.version)
    return found.order_by(known.subdivision.is_(None), holds.desc(), newest).limit(1).scalar_subquery()


def hours_on(codes: Collection[Code], days: Collection[date]) -> dict[tuple[Code, date], Hours]:
    """What each place says of working time on each of these days, as `hours_in()` finds it, in one statement."""
    rows, found = _rows_of({country for country, _ in codes}), {}
    for day in days:
        known = {code: _region(row) for code, row in _in_force(rows, day).items()}
        for code in codes:
            own = _own(known, code)
            said = Hours() if own is None else Hours(own.daily_rest_hours, own.weekly_hours, own.overtime_multiplier)
            found[code, day] = said
    return found


def zones_in(codes: Collection[Code], on: date) -> list[tuple[Code, str]]:
    """Where people may live who live in these places, each with the zones of its clocks: a whole country with its parts
    of which we know more. One statement. A place without a row of its own is left out: its country has other clocks."""
    known = {code: _region(row) for code, row in _in_force(_rows_of({country for country, _ in codes}), on).items()}
    parts = [code for code in known if (code[0], None) in codes]
    there = dict.fromkeys([*codes, *sorted(parts, key=str)])
    return [(code, zone) for code in there if code in known for zone in known[code].timezones]


def region(country: str, subdivision: str | None, on: date) -> Region | None:
    """What is known of a place on a day: its own row, else its country's, else None. Kansas has the federal row.

    A day before everything we know has the oldest version: its `as_of` says how little it fits. Raises UnknownPlace.
    """
    return _regions([(country, subdivision)], on)[country, subdivision]


def known(codes: Collection[Code], on: date) -> dict[Code, Region | None]:
    """What is known of each place on a day, its own row or its country's, in one statement. Raises UnknownPlace."""
    return _regions(codes, on)


def newest_version(country: str, subdivision: str | None) -> RegionVersion | None:
    """The newest row of exactly this place, in force already or not yet."""
    return next(iter(versions(country, subdivision)), None)


def versions(country: str, subdivision: str | None) -> list[RegionVersion]:
    """Every version of exactly this place, newest first. Raises UnknownPlace."""
    check_place(country, subdivision)
    found = select(RegionVersion).where(RegionVersion.country == country)
    found = found.where(RegionVersion.subdivision.is_not_distinct_from(subdivision))
    return list(db.session.scalars(found.order_by(RegionVersion.version.desc())))


def history(country: str, subdivision: str | None) -> list[Version]:
    """Every version of a place with what it changed, newest first. Raises UnknownPlace, and NotFound where nothing was
    ever known."""
    rows = versions(country, subdivision)
    if not rows:
        raise NotFound
    facts = [facts_of(row) for row in rows]
    return [
        Version(row, own, tuple(differences(before, own)))
        for row, own, before in zip(rows, facts, [*facts[1:], None], strict=True)
    ]


def facts_of(row: RegionVersion) -> RegionFacts:
    """A row's facts as plain values."""
    found = {field.name: getattr(row, field.name) for field in fields(RegionFacts)}
    return RegionFacts(**found | {"timezones": tuple(row.timezones)})


def floor_for(country: str, subdivision: str | None, *, currency: str, on: date) -> Floor:
    """The floor of a place in a currency, with its parts, their sources and confidences. Exact, in minor units."""
    return places([(country, subdivision)], currency=currency, on=on)[0].floor


def places(codes: Sequence[Code], *, currency: str, on: date) -> list[Place]:
    """What the gate needs to know of each place, in the order given, in two statements however many there are.

    Rates for comparing may be up to 92 days old (EXCHANGE): a floor moves slowly, and no floor would be worse.
    Raises UnknownPlace for a code that is none, BadMoney for a currency that is none.
    """
    minor_digits(currency)
    found = _regions(codes, on)
    own = {region.currency for region in found.values() if region and region.currency}
    quotes = exchange.quotes({HOUSE_CURRENCY, *own}, currency, on, exchange.FOR_FLOORS)
    return [
        Place(
            country=country,
            subdivision=subdivision,
            region=(known := found[country, subdivision]),
            floor=floor_of(known, currency, quotes),
            payable=known is None or known.currency is None or known.currency in quotes,
        )
        for country, subdivision in codes
    ]


def gate_places(codes: Sequence[Code], *, currency: str, on: date) -> list[Place]:
    """`places()` for the gate. Whoever takes people from a whole country takes those too who live where its law asks
    for the most (P1: any eligible region): the floor of a whole country is the highest of its own and of its known
    parts, and `strictest` names the part. `reached` says of each whether the service's payment rail pays there."""
    rows = _rows_of({country for country, part in codes if part is None})
    parts = sorted({(row.country, row.subdivision) for row in rows if row.subdivision is not None})
    found = places([*codes, *parts], currency=currency, on=on)
    known = found[len(codes) :]
    rail, platform = current_app.config["RAIL"], current_app.config["STRIPE_COUNTRY"]
    return [
        replace(
            _strictest(place, [part for part in known if part.country == place.country]),
            reached=rail_reach.pays(rail, place.country, platform),
        )
        for place in found[: len(codes)]
    ]


def unreached(places: Iterable[Mapping[str, Any]]) -> list[str]:
    """Countries of a gig's places in which the service's payment rail pays nobody yet (rule RAIL_REACH)."""
    rail, platform = current_app.config["RAIL"], current_app.config["STRIPE_COUNTRY"]
    return rail_reach.not_paid(rail, {place["country"] for place in places}, platform)


def _strictest(place: Place, parts: Sequence[Place]) -> Place:
    """The place, with the floor of its dearest part where that is higher than its own."""
    dearest = max(parts, key=lambda part: part.floor.hourly, default=place)
    if place.subdivision is not None or dearest.floor.hourly <= place.floor.hourly:
        return place
    return replace(place, region=dearest.region, floor=dearest.floor, strictest=dearest.name)


def floors(asked: Collection[Asked]) -> dict[Asked, Floor]:
    """The floor of many places, each in a currency on a day, in two statements however many. Raises as `places()`."""
    rows = _rows_of({country for (country, _), _, _ in asked})
    known: dict[date, dict[Code, Region]] = {}
    for _, _, on in asked:
        if on not in known:
            known[on] = {code: _region(row) for code, row in _in_force(rows, on).items()}
    regions = {one: _own(known[one[2]], one[0]) for one in asked}
    bases: dict[tuple[str, date], set[str]] = {}
    for (_, currency, on), region in regions.items():
        own = {region.currency} if region and region.currency else set()
        bases.setdefault((currency, on), {HOUSE_CURRENCY}).update(own)
    quotes = exchange.quotes_of(bases, exchange.FOR_FLOORS)
    return {one: floor_of(region, one[1], quotes[one[1], one[2]]) for one, region in regions.items()}


def entered_rates() -> Select[ExchangeRate]:
    """Every exchange rate that an operator entered; of one day the one entered last is used."""
    return select(ExchangeRate)


def check_place(country: str, subdivision: str | None) -> None:
    """Raises UnknownPlace unless the country is one and the subdivision looks like a part of it."""
    if country not in COUNTRIES or len(country) != 2:
        raise UnknownPlace(f"{country!r} is not a country.", field="country")
    part = subdivision.removeprefix(f"{country}-") if subdivision else "x"
    if part == subdivision or not (1 <= len(part) <= 3 and part.isascii() and part.isalnum()):
        raise UnknownPlace(f"{subdivision!r} is not a part of {country}.", field="subdivision")


_VERSIONS = select(RegionVersion).where(RegionVersion.country.in_(bindparam("countries", expanding=True)))
"""Built once, since building a statement takes longer than running it."""


def _regions(codes: Iterable[Code], on: date) -> dict[Code, Region | None]:
    wanted = list(codes)
    for country, subdivision in wanted:
        check_place(country, subdivision)
    rows = _rows_of({country for country, _ in wanted})
    known = {code: _region(row) for code, row in _in_force(rows, on).items()}
    return {code: _own(known, code) for code in wanted}


def _rows_of(countries: Collection[str]) -> Sequence[RegionVersion]:
    return db.session.scalars(_VERSIONS, {"countries": list(countries)}).all()


def _own(known: Mapping[Code, Region], code: Code) -> Region | None:
    """A place's own row, else its country's."""
    return known.get(code) or known.get((code[0], None))


def _in_force(rows: Iterable[RegionVersion], on: date) -> dict[Code, RegionVersion]:
    """Of each place the highest version that is valid on the day, else its lowest."""
    found: dict[Code, RegionVersion] = {}
    for row in sorted(rows, key=lambda r: r.version):
        code = (row.country, row.subdivision)
        if code not in found or row.valid_from <= on:
            found[code] = row
    return found


def _region(row: RegionVersion) -> Region:
    return Region(
        country=row.country,
        subdivision=row.subdivision,
        version=row.version,
        currency=row.currency,
        benchmarks=facts_of(row).benchmarks(),
        weekly_hours=row.weekly_hours,
        overtime_multiplier=row.overtime_multiplier,
        daily_rest_hours=row.daily_rest_hours,
        hours_confidence=row.hours_confidence,
        timezones=tuple(row.timezones),
        source=row.source,
        as_of=row.as_of,
        notes=row.notes,
    )
