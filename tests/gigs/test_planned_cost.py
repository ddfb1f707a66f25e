"""What a gig's planned work costs by its parts, before anybody knows when it is, and what dear hours cost on top."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient

from marketplace.accounts import queries as people
from marketplace.core.money import Money
from marketplace.gigs import gate
from marketplace.gigs.planned_cost import OnTop, PartKind, planned_cost, planned_price
from marketplace.gigs.rules import Criteria, Where
from marketplace.standards.hours import Span
from marketplace.standards.premium_days import Place
from marketplace.standards.rates import cost, price
from marketplace.standards.shift_price import ShiftWork, shift_price
from tests.factories import accounts, gigs
from tests.web.visitor import Visitor


def test_a_draft_is_told_its_parts_and_what_an_hour_costs_more(client: FlaskClient) -> None:
    """Four hours at 15.00: 60.00, 2.00 sick leave and 2.40 health, 3.00 fee. An hour at night pays a tenth more and
    0.06 of it to health: 1.56; in overtime, in both places, half more: 7.80. Only Indonesia pays more on holidays and
    on the day of rest: twice the rate, 15.60 more."""
    gig = gigs.draft_gig(criteria=Criteria(places=(Where("US", "US-KS"), Where("ID"))))
    headers = accounts.bearer(accounts.owner_of(gig.company_id))
    cost = client.get(f"/api/v1/gigs/{gig.id}/verdicts", headers=headers).json["cost"]
    parts = {part["kind"]: part["money"]["amount"] for part in cost["parts"]}
    assert (parts, cost["total"]["amount"]) == ({"time": "60.00", "benefits": "4.40", "fee": "3.00"}, "67.40")
    on_top = {each["kind"]: (each["percent"], each["money"]["amount"], each["places"]) for each in cost["on_top"]}
    assert on_top["night"] == (110, "1.56", ["US-KS", "ID"])
    assert on_top["holiday"] == on_top["rest_day"] == (200, "15.60", ["ID"])
    assert Money.of(on_top["overtime"][1], "USD") >= Money.of("7.80", "USD")


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize(
    ("country", "zone", "day", "percent", "more"),
    [
        ("CO", "America/Bogota", date(2026, 12, 10), 135, "5.46"),
        ("CO", "America/Bogota", date(2025, 12, 24), 110, "1.56"),
        ("PT", "Europe/Lisbon", date(2026, 12, 10), 125, "3.90"),
    ],
)
def test_an_hour_at_night_costs_what_the_law_of_that_day_adds(
    country: str, zone: str, day: date, percent: int, more: str
) -> None:
    """Of 15.00, 35 % in Bogota since Christmas of 2025 (art. 168), 25 % in Lisbon
    (art. 266): 5.25 and 3.75, with 0.21 and 0.15 to health, 5.46 and 3.90. So much more costs a shift of that hour."""
    gig = gigs.draft_gig(criteria=Criteria(places=(Where("US", "US-KS"), Where(country))))
    night = next(each for each in planned_cost(gig, gate.places_of(gig), day).on_top if each.kind is PartKind.NIGHT)
    places = (country,) if percent > 110 else ("US-KS", country)
    assert night == OnTop(PartKind.NIGHT, percent, Money.of(more, "USD"), places)
    where = Place(country, None, ZoneInfo(zone))
    given = planned_price(gig, gig.rate)
    costs = []
    for hour in (12, 23):
        begins = datetime(day.year, day.month, day.day, hour, tzinfo=where.zone).astimezone(UTC)
        work = ShiftWork(span=Span(begins, begins + timedelta(hours=1)), rate=gig.rate, fee_percent=given.fee_percent)
        costs.append(cost(price(shift_price(work, where))))
    assert costs[1] - costs[0] == night.money


def test_the_page_of_a_gig_says_where_its_nights_are_dear(client: FlaskClient) -> None:
    gig = gigs.draft_gig(criteria=Criteria(places=(Where("US", "US-KS"), Where("CO"))))
    owner = Visitor(client).signed_in(people.person(accounts.owner_of(gig.company_id).person_id))
    assert "at night: $5.46\xa0USD (135 %, CO)" in owner.look(f"/company/{gig.company_id}/gigs/{gig.id}").html
