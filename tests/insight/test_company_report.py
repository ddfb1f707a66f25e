"""The record of a company: what an hour brings and what reaches people, and that few people stay hidden."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from marketplace.accounts.models import Person
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.core.problems import NotFound
from marketplace.insight import company_report, publishing
from marketplace.insight.company_report import Exposure, HourlyPay, Report
from marketplace.insight.report_rules import LEAST_PEOPLE, NoSuchQuarter, PlaceShare, Quarter, told_places
from marketplace.standards.hazard import HazardClass
from tests.factories import accounts, disputes, gigs, pay, shifts
from tests.factories.shifts import MONDAY, Scene
from tests.web.visitor import Visitor

AUTUMN = Quarter(2026, 4)
FIFTEEN = Money.of("15.00", "USD")


def worked(people: int) -> Scene:
    """So many people with four hours each at 15.00 USD in Kansas, a day after another, all paid; then it is January."""
    there = shifts.scene()
    for day in range(people):
        pay.worked_and_approved(there, starts_at=MONDAY + timedelta(days=day))
    pay.paid(there.company_id)
    return there


def january() -> None:
    clock.move_to(datetime(2027, 1, 4, tzinfo=UTC))


def of_autumn(there: Scene) -> Report:
    return company_report.show(there.company_id, AUTUMN, seen_by=there.company)


def test_five_people_are_told_of_and_four_are_not(app: Flask) -> None:
    """Five people with four hours each at 15.00 USD: an hour brings 15.00, and 20 hours are shown, whatever bonus the
    fifth is given (BONUS). Without the fifth, everything that they stand behind is empty."""
    there = worked(4)
    few = of_autumn(there)
    assert (few.people, few.places, few.pay, few.reached, few.turnover, few.time_to_pay) == (None, [], [], [], [], None)
    assert few.hazards == [Exposure(HazardClass.H0, None)]
    fifth = pay.worked_and_approved(there, starts_at=MONDAY + timedelta(days=4))
    gigs.money_for(there.company_id, Money.of("104.00", "USD"))
    pay.bonus(fifth, "100.00")
    pay.paid(there.company_id)
    told = of_autumn(there)
    assert (told.people, told.places) == (5, [PlaceShare("US", 5)])
    assert told.pay == [HourlyPay(5, FIFTEEN, FIFTEEN, FIFTEEN)]
    assert told.hazards == [Exposure(HazardClass.H0, Decimal("20.0"))]
    assert [(each.currency, each.percent) for each in told.reached] == [("USD", Decimal("95.5"))]
    assert [(each.in_force, each.ended) for each in told.turnover] == [(5, 0), (5, 0)]
    assert told.time_to_pay is not None
    assert (told.time_to_pay.shifts, told.time_to_pay.percent_in_time) == (5, Decimal("100.0"))


def test_what_one_person_lost_or_flagged_is_not_told(app: Flask) -> None:
    """One cut of an hour, and nobody who flagged anything: the first is somebody's, the second nobody's."""
    there = shifts.scene()
    disputes.worked_and_cut(there)
    found = of_autumn(there)
    assert found.cuts is None
    assert found.flags is not None
    assert found.flags.flagged == 0


@pytest.mark.parametrize(
    ("counted", "told"),
    [
        ([("KE", 4)], []),
        ([("KE", 5), ("ID", 9)], [("ID", 9), ("KE", 5)]),
        ([("KE", 5), ("ID", 9), ("US", 3), ("PH", 2)], [("ID", 9), ("KE", 5), (None, 5)]),
        ([("KE", 5), ("ID", 9), ("US", 1)], [("ID", 9), (None, 6)]),
        ([("ID", 9), ("US", 1)], [(None, 10)]),
    ],
)
def test_a_country_of_few_hides_among_others(counted: list[tuple[str, int]], told: list[tuple[str, int]]) -> None:
    assert [(place.country, place.people) for place in told_places(counted)] == told


@given(st.dictionaries(st.sampled_from(["ID", "KE", "PH", "US", "VE"]), st.integers(1, 12)))
def test_no_place_is_of_fewer_than_five(counted: dict[str, int]) -> None:
    told = told_places(counted.items())
    assert all(place.people >= LEAST_PEOPLE for place in told)
    assert sum(place.people for place in told) in (0, sum(counted.values()))


def test_quarters_follow_each_other() -> None:
    assert Quarter.of(datetime(2026, 12, 31, 23, 59, tzinfo=UTC)) == AUTUMN
    assert (AUTUMN.after, AUTUMN.after.before) == (Quarter(2027, 1), AUTUMN)
    assert (AUTUMN.begins, AUTUMN.ends) == (datetime(2026, 10, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))


def test_what_ended_while_it_was_public_stays_public(app: Flask) -> None:
    """Agreed in November, ended in January: the quarter until December is public for good, the next one is not."""
    company_id = accounts.company().id
    owner = accounts.owner_of(company_id)
    clock.move_to(MONDAY)
    with pytest.raises(NotFound):
        company_report.show(company_id, Quarter(2026, 3), seen_by=None)
    publishing.set_published(company_id, True, by=owner)
    assert company_report.show(company_id, seen_by=None).public
    with pytest.raises(NoSuchQuarter):
        company_report.show(company_id, AUTUMN, seen_by=None)
    assert not company_report.show(company_id, AUTUMN, seen_by=owner).has_ended
    january()
    publishing.set_published(company_id, False, by=owner)
    assert publishing.is_public(company_id, AUTUMN)
    assert not publishing.is_public(company_id, AUTUMN.after)


# --- doors and pages ------------------------------------------------------------------------------------------------

REPORT = "/api/v1/companies/<uuid:company_id>/report"


def address(company_id: UUID) -> str:
    return f"/api/v1/companies/{company_id}/report"


@pytest.mark.door(f"GET {REPORT}", "works")
@pytest.mark.door(f"GET {REPORT}", "not_mine")
@pytest.mark.door(f"GET {REPORT}", "wrong_shape")
@pytest.mark.door(f"GET {REPORT}/publication", "works")
@pytest.mark.door(f"GET {REPORT}/publication", "not_signed_in")
@pytest.mark.door(f"GET {REPORT}/publication", "not_mine")
@pytest.mark.door(f"PUT {REPORT}/publication", "works")
@pytest.mark.door(f"PUT {REPORT}/publication", "not_signed_in")
@pytest.mark.door(f"PUT {REPORT}/publication", "not_mine")
@pytest.mark.door(f"PUT {REPORT}/publication", "wrong_shape")
def test_a_company_publishes_its_record(client: FlaskClient) -> None:
    company = accounts.company()
    path, headers = address(company.id), accounts.bearer(accounts.owner_of(company.id))
    door = f"{path}/publication"
    other = accounts.bearer(accounts.owner_of(accounts.company().id))
    assert (client.get(door).status_code, client.put(door, json={"agreed": True}).status_code) == (401, 401)
    assert client.get(door, headers=other).status_code == 404
    assert client.put(door, json={"agreed": True}, headers=other).status_code == 404
    assert client.put(door, json={"agreed": "yes"}, headers=headers).status_code == 422
    assert (client.get(path).status_code, client.get(path, headers=other).status_code) == (404, 404)
    assert client.get(path, headers=headers).json["public"] is False
    for agreed in (True, True, False, False, True):
        assert client.put(door, json={"agreed": agreed}, headers=headers).json == {"agreed": agreed}
        assert client.get(door, headers=headers).json == {"agreed": agreed}
    assert client.get(path).json["public"] is True
    assert client.get(path, query_string={"year": 2025}).json["code"] == "no_such_quarter"
    assert client.get(path, query_string={"year": 2025, "quarter": 5}).status_code == 422


def test_the_record_on_a_page(client: FlaskClient) -> None:
    there = worked(5)
    january()
    stranger = Visitor(client.application.test_client())
    path = f"/companies/{there.company_id}/report"
    assert stranger.look(path).status == 404
    owner = Visitor(client).signed_in(db.session.get_one(Person, there.company.person_id))
    assert "Not public" in owner.look(path).words
    owner.send(f"/company/{there.company_id}/report", agreed="true")
    page = stranger.look(path)
    assert "It paid 5 people." in page.words
    assert "$15.00" in page.words
    assert "Not public" not in page.words
    assert stranger.look(f"{path}/2026/3").status == 200
    assert stranger.look(f"{path}/2027/1").status == 422
