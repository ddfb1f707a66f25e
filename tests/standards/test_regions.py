"""What the database knows of places, and the floors that come of it."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from flask import Flask
from sqlalchemy import insert
from uuid_utils.compat import uuid7

from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.standards import queries
from marketplace.standards.floor import FloorKind, Period, hours_per
from marketplace.standards.models import RegionVersion
from marketplace.standards.rules import Confidence, UnknownPlace
from tests.factories import standards

Statements = Callable[[], AbstractContextManager[list[str]]]
TODAY = date(2026, 11, 22)


def test_the_places_of_the_file_are_there(app: Flask) -> None:
    known = queries.regions(TODAY)
    assert len(known) == 39
    assert len({region.country for region in known}) == 33
    wages = {kind: sum(any(b.kind is kind for b in region.benchmarks) for region in known) for kind in FloorKind}
    assert (wages[FloorKind.MINIMUM_WAGE], wages[FloorKind.LIVING_WAGE]) == (35, 6)
    assert sum(region.daily_rest_hours is not None for region in known) == 10


def test_kansas_has_the_federal_row(app: Flask) -> None:
    kansas = queries.region("US", "US-KS", TODAY)
    assert kansas is not None
    assert (kansas.country, kansas.subdivision) == ("US", None)
    assert queries.floor_for("US", "US-KS", currency="USD", on=TODAY).lowest_rate() == Money.of("7.25", "USD")
    assert queries.floor_for("US", "US-WA", currency="USD", on=TODAY).lowest_rate() == Money.of("17.13", "USD")


def test_a_country_that_we_know_nothing_of_has_the_house_floor(app: Flask) -> None:
    floor = queries.floor_for("FR", None, currency="USD", on=TODAY)
    assert floor.lowest_rate() == Money.of("5.00", "USD")
    assert not floor.has_data
    (place,) = queries.places([("FR", None)], currency="USD", on=TODAY)
    assert place.region is None


def test_the_highest_of_living_and_minimum_wage(app: Flask) -> None:
    """In London and elsewhere in Britain the living wage (13.45) is above the minimum (12.71)."""
    floor = queries.floor_for("GB", None, currency="GBP", on=TODAY)
    assert floor.lowest_rate() == Money.of("13.45", "GBP")
    assert floor.deciding is not None
    assert floor.deciding.benchmark.confidence is Confidence.HIGH


def test_a_law_that_gives_an_hourly_figure_is_not_divided(app: Flask) -> None:
    """Poland: 4,806 zloty a month are 27.73 an hour, but contractors' law says 31.40."""
    floor = queries.floor_for("PL", None, currency="PLN", on=TODAY)
    by_kind = {part.benchmark.kind: part.hourly for part in floor.parts}
    assert by_kind[FloorKind.MINIMUM_HOURLY_WAGE] == 3140
    assert by_kind[FloorKind.MINIMUM_WAGE] == Fraction(480600 * 12, 40 * 52)
    assert floor.lowest_rate() == Money.of("31.40", "PLN")


def test_jakarta_in_dollars(app: Flask) -> None:
    """5,729,876 rupiah a month of 40-hour weeks are 33,056.98 an hour: about two dollars, below the house floor."""
    floor = queries.floor_for("ID", "ID-JK", currency="USD", on=date(2026, 10, 30))
    minimum = next(part for part in floor.parts if part.benchmark.kind is FloorKind.MINIMUM_WAGE)
    assert minimum.divisor == Fraction(40 * 52, 12)
    assert minimum.quote is not None
    assert minimum.quote.quoted_on == date(2026, 10, 30)
    assert minimum.hourly is not None
    assert 180 < minimum.hourly < 220
    assert floor.lowest_rate() == Money.of("5.00", "USD")


def test_kenya_waits_for_a_sourced_rate(app: Flask) -> None:
    assert queries.floor_for("KE", None, currency="USD", on=TODAY).unrated
    (place,) = queries.places([("KE", None)], currency="USD", on=TODAY)
    assert not place.payable
    standards.rate("USD", "KES", "129.25", date(2026, 11, 20))
    (place,) = queries.places([("KE", None)], currency="USD", on=TODAY)
    assert place.payable
    assert not place.floor.unrated


@pytest.mark.parametrize(
    ("period", "week", "hours"),
    [
        (Period.HOUR, Decimal(40), Fraction(1)),
        (Period.DAY, Decimal(48), Fraction(8)),
        (Period.MONTH, Decimal(48), Fraction(208)),
        (Period.MONTH, None, Fraction(520, 3)),
    ],
)
def test_divisors(period: Period, week: Decimal | None, hours: Fraction) -> None:
    assert hours_per(period, week) == hours


def test_a_new_version_holds_from_its_day(app: Flask) -> None:
    old = db.session.query(RegionVersion).filter_by(country="DE").one()
    columns = {column.name: getattr(old, column.name) for column in RegionVersion.__table__.columns}
    newer = {"id": uuid7(), "version": 2, "valid_from": date(2027, 1, 1), "min_wage": Decimal("14.60")}
    db.session.execute(insert(RegionVersion).values(columns | newer))
    for day, wage in ((date(2026, 12, 31), "13.90"), (date(2027, 1, 1), "14.60"), (date(2020, 1, 1), "13.90")):
        assert queries.floor_for("DE", None, currency="EUR", on=day).lowest_rate() == Money.of(wage, "EUR")
    assert len(queries.regions(TODAY)) == 39


def test_many_places_are_read_in_two_statements(app: Flask, statements: Statements) -> None:
    codes: list[queries.Code] = [("US", "US-KS"), ("US", "US-CA"), ("KE", None), ("ID", "ID-JK"), ("FR", None)]
    with statements() as seen:
        found = queries.places(codes, currency="USD", on=TODAY)
    assert [(place.country, place.subdivision) for place in found] == codes
    assert len(seen) == 2


def test_a_whole_country_has_the_floor_of_its_dearest_part_at_the_gate(app: Flask) -> None:
    """Whoever takes people from all of the United States takes some from Washington, at 17.13 USD an hour."""
    whole, kansas, kenya = queries.gate_places([("US", None), ("US", "US-KS"), ("KE", None)], currency="USD", on=TODAY)
    assert (whole.floor.lowest_rate(), whole.strictest, whole.name) == (Money.of("17.13", "USD"), "US-WA", "US")
    assert (kansas.floor.lowest_rate(), kansas.strictest) == (Money.of("7.25", "USD"), None)
    assert kenya.strictest is None


@pytest.mark.parametrize(
    ("country", "subdivision"),
    [("ZZ", None), ("us", None), ("EU", None), ("001", None), ("US", "CA"), ("US", "US-"), ("US", "ID-JK")],
)
def test_what_is_no_place(app: Flask, country: str, subdivision: str | None) -> None:
    with pytest.raises(UnknownPlace):
        queries.region(country, subdivision, TODAY)
