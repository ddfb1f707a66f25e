"""Exchange at sourced rates: the bank's, the operators', and none where there is none."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from marketplace.accounts.rules import OperatorRole
from marketplace.core.db import db
from marketplace.core.events import timeline
from marketplace.core.money import BadMoney, Money
from marketplace.core.problems import Forbidden, NotFound
from marketplace.standards import exchange, service
from marketplace.standards.exchange import FOR_FLOORS, convert, quotes
from marketplace.standards.models import ExchangeRate
from marketplace.standards.rules import NoSourcedRate
from marketplace.standards.service import BadRate
from tests.factories import accounts, standards

FIFTEEN = Money.of("15.00", "USD")
LAST_FIXING = date(2026, 10, 30)


@pytest.mark.parametrize(("day", "rupiah"), [(10, "221246.30"), (9, "221177.11")])
def test_fifteen_dollars_in_rupiah(app: Flask, day: int, rupiah: str) -> None:
    """The hourly rate of the newspapers of May 2023, at the bank's cross rate (1.095 and 16150.98 on the 10th)."""
    found = convert(FIFTEEN, "IDR", date(2023, 5, day))
    assert found.money == Money.of(rupiah, "IDR")
    assert (found.quoted_on, found.source, found.note) == (date(2023, 5, day), exchange.ECB, "")


def test_the_rate_is_exact(app: Flask) -> None:
    assert convert(FIFTEEN, "IDR", date(2023, 5, 10)).rate == Fraction("16150.98") / Fraction("1.095")


def test_a_sunday_has_the_fixing_of_friday_and_says_so(app: Flask) -> None:
    sunday = convert(FIFTEEN, "IDR", date(2023, 5, 14))
    assert sunday.money == convert(FIFTEEN, "IDR", date(2023, 5, 12)).money
    assert sunday.quoted_on == date(2023, 5, 12)
    assert sunday.note == "No rate was fixed on 2023-05-14; this is the last one before, of 2023-05-12."


def test_after_the_banks_file_no_rate_is_made_up(app: Flask) -> None:
    """The weekend after the last Friday is still known; the Monday after it is a day whose fixing we do not hold."""
    assert convert(FIFTEEN, "IDR", date(2026, 11, 1)).quoted_on == LAST_FIXING
    for day in (date(2026, 11, 2), date(2026, 11, 22), date(1998, 12, 31)):
        with pytest.raises(NoSourcedRate) as refused:
            convert(FIFTEEN, "IDR", day)
        assert refused.value.members["on"] == day.isoformat()


def test_the_floor_may_be_compared_at_the_last_rate(app: Flask) -> None:
    day = date(2026, 11, 22)
    assert quotes(["IDR"], "USD", day) == {}
    assert quotes(["IDR"], "USD", day, FOR_FLOORS)["IDR"].quoted_on == LAST_FIXING
    assert quotes(["IDR"], "USD", date(2027, 2, 1), FOR_FLOORS) == {}


def test_a_currency_that_no_source_knows(app: Flask) -> None:
    with pytest.raises(NoSourcedRate):
        convert(FIFTEEN, "KES", date(2023, 5, 10))
    with pytest.raises(BadMoney):
        convert(FIFTEEN, "QQQ", date(2023, 5, 10))


def test_the_same_currency_needs_no_source(app: Flask) -> None:
    assert convert(FIFTEEN, "USD", date(2030, 1, 1)).money == FIFTEEN


def test_a_currency_without_minor_units(app: Flask) -> None:
    """1.095 dollars are one euro on that day, and 147.55 yen: 15 dollars are 2021.23 yen, rounded to whole ones."""
    yen = convert(FIFTEEN, "JPY", date(2023, 5, 10))
    assert yen.money == Money(int(yen.rate * 15 + Fraction(1, 2)), "JPY")
    assert 1900 < yen.money.amount < 2150


def test_an_operators_rate_reaches_what_the_bank_lacks(app: Flask) -> None:
    day = date(2023, 5, 10)
    standards.rate("USD", "KES", "136.60", day)
    assert convert(FIFTEEN, "KES", day).money == Money.of("2049.00", "KES")
    back = convert(Money.of("2049.00", "KES"), "USD", day)
    assert back.money == FIFTEEN
    assert back.source == standards.SOURCE
    crossed = convert(Money.of("136.60", "KES"), "IDR", day)
    assert crossed.money == convert(Money.of("1.00", "USD"), "IDR", day).money
    assert standards.SOURCE in crossed.source
    assert exchange.ECB in crossed.source


def test_two_operators_rates_meet_through_the_dollar(app: Flask) -> None:
    day = date(2023, 5, 10)
    standards.rate("USD", "KES", "136", day)
    standards.rate("USD", "UGX", "3740", day)
    assert convert(Money.of("136.00", "KES"), "UGX", day).money == Money.of("3740", "UGX")


def test_the_bank_holds_where_both_know_the_day(app: Flask) -> None:
    standards.rate("USD", "IDR", "1", date(2023, 5, 10))
    assert convert(FIFTEEN, "IDR", date(2023, 5, 10)).money == Money.of("221246.30", "IDR")


def test_a_later_day_holds_over_an_older_fixing(app: Flask) -> None:
    standards.rate("USD", "IDR", "15000", date(2026, 11, 20))
    found = convert(FIFTEEN, "IDR", date(2026, 11, 22))
    assert (found.money, found.quoted_on) == (Money.of("225000", "IDR"), date(2026, 11, 20))


def test_an_operators_rate_grows_old(app: Flask) -> None:
    standards.rate("USD", "KES", "136.60", date(2023, 5, 10))
    assert convert(FIFTEEN, "KES", date(2023, 5, 17)).note
    with pytest.raises(NoSourcedRate):
        convert(FIFTEEN, "KES", date(2023, 5, 18))
    with pytest.raises(NoSourcedRate):
        convert(FIFTEEN, "KES", date(2023, 5, 9))


def test_a_correction_is_a_new_row(app: Flask) -> None:
    day = date(2023, 5, 10)
    wrong = standards.rate("USD", "KES", "13.66", day)
    right = standards.rate("USD", "KES", "136.60", day)
    assert convert(FIFTEEN, "KES", day).money == Money.of("2049.00", "KES")
    assert {row.id for row in db.session.query(ExchangeRate)} == {wrong.id, right.id}


def test_a_correction_in_the_other_direction_counts_too(app: Flask) -> None:
    day = date(2023, 5, 10)
    standards.rate("USD", "KES", "100", day)
    standards.rate("KES", "USD", "0.005", day)
    assert convert(Money.of("1.00", "USD"), "KES", day).money == Money.of("200", "KES")


def test_entering_leaves_its_event(app: Flask) -> None:
    row = standards.rate("USD", "KES", "136.60", date(2023, 5, 10))
    (event,) = timeline("exchange_rate", row.id)
    assert (event.name, event.doer_id) == ("exchange_rate.entered", row.entered_by)
    assert event.data == {"base": "USD", "quote": "KES", "rate": "136.60"}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"quote": "USD"}, "rate"),
        ({"rate": Decimal(0)}, "rate"),
        ({"rate": Decimal("NaN")}, "rate"),
        ({"source": "  "}, "source"),
        ({"quoted_on": date(2100, 1, 1)}, "quoted_on"),
    ],
)
def test_what_is_no_rate(app: Flask, change: dict[str, object], field: str) -> None:
    given = {
        "base": "USD",
        "quote": "KES",
        "rate": Decimal(136),
        "quoted_on": date(2023, 5, 10),
        "source": "Central Bank of Kenya",
    } | change
    with pytest.raises(BadRate) as refused:
        service.enter_rate(**given, by=accounts.operator(OperatorRole.STANDARDS))  # type: ignore[arg-type]
    assert refused.value.field == field


def test_only_operators_of_standards_enter_rates(app: Flask) -> None:
    given = ("USD", "KES", Decimal(136), date(2023, 5, 10), "Central Bank of Kenya")
    with pytest.raises(NotFound):
        service.enter_rate(*given, by=accounts.actor_of(accounts.person()))
    with pytest.raises(Forbidden):
        service.enter_rate(*given, by=accounts.operator(OperatorRole.FINANCE))
    assert service.enter_rate(*given, by=accounts.operator(OperatorRole.ADMIN)).rate == 136


@pytest.mark.parametrize("table", ["exchange_rate", "region"])
def test_what_was_known_is_never_edited(app: Flask, table: str) -> None:
    for sentence in (f"UPDATE {table} SET source = ''", f"DELETE FROM {table}"):
        with pytest.raises(ProgrammingError, match="permission denied"), db.session.begin_nested():
            db.session.execute(text(sentence))
