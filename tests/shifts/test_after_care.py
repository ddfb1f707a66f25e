"""Care that stays open after very distressing work: for whom, until when, who pays and whom to call."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from marketplace.accounts import service as companies
from marketplace.core import clock
from marketplace.shifts import after_care, attendance
from marketplace.shifts.hours import months_after
from marketplace.shifts.models import Booking
from marketplace.standards.hazard import HazardCategory, HazardClass
from tests.factories import accounts, workforce
from tests.factories import shifts as make
from tests.factories.shifts import Scene

LINE = {"provider": "Talk Kansas", "call": "+1 555 0100, day and night"}
SET = "PUT /api/v1/companies/<uuid:company_id>/care-line"
MINE = "GET /api/v1/bookings/after-care"


def exposed() -> tuple[Scene, Booking]:
    """One hour of very distressing work, on Monday from nine to ten."""
    category = HazardCategory.SELF_HARM
    scene = make.scene(hazard_class=HazardClass.H3, hazard_categories=(category,))
    person = make.contracted(scene)
    make.consent(person, category, HazardClass.H3)
    booking = make.booked(scene, person, hours=1)
    me = accounts.actor_of(person.id)
    make.at(booking.starts_at)
    attendance.clock_in(booking.id, by=me)
    make.at(booking.ends_at)
    return scene, attendance.clock_out(booking.id, by=me)


def test_care_stays_open_for_six_months_after_the_last_minute(app: Flask) -> None:
    scene, booking = exposed()
    me = accounts.actor_of(booking.contractor_id)
    (care,) = after_care.mine(seen_by=me)
    assert care.last_exposure == booking.ends_at == datetime(2026, 11, 23, 16, tzinfo=UTC)
    assert (care.open_until, care.is_open) == (datetime(2027, 5, 23, 16, tzinfo=UTC), True)
    companies.name_care_line(scene.company_id, **LINE, by=scene.company)
    clock.move_to(care.open_until - timedelta(minutes=1))
    (care,) = after_care.mine(seen_by=me)
    assert care.is_open
    assert care.line is not None
    assert care.line.call == LINE["call"]
    clock.move_to(care.open_until)
    assert not after_care.mine(seen_by=me)[0].is_open
    assert after_care.mine(seen_by=accounts.actor_of(make.worked(make.scene()).contractor_id)) == []


def test_care_stays_open_for_a_month_after_distressing_work(app: Flask) -> None:
    """An hour of H2 on Monday the 23rd: open until the 23rd of December, with the line that the company named."""
    scene = make.scene(hazard_class=HazardClass.H2, hazard_categories=(HazardCategory.HATE,))
    person = make.contracted(scene)
    make.consent(person, HazardCategory.HATE, HazardClass.H2)
    booking = make.worked(scene, person, hours=1)
    (care,) = after_care.mine(seen_by=accounts.actor_of(person.id))
    assert (care.last_exposure, care.is_open) == (booking.ends_at, True)
    assert care.open_until == datetime(2026, 12, 23, 16, tzinfo=UTC)
    assert care.line is not None


@pytest.mark.parametrize(
    ("day", "later"), [((2026, 8, 31), (2027, 2, 28)), ((2027, 8, 31), (2028, 2, 29)), ((2026, 7, 1), (2027, 1, 1))]
)
def test_six_months_end_on_the_same_day_or_the_months_last(day: tuple[int, ...], later: tuple[int, ...]) -> None:
    assert months_after(datetime(*day, 9, tzinfo=UTC), 6) == datetime(*later, 9, tzinfo=UTC)  # type: ignore[misc]


@pytest.mark.door(SET, "works")
@pytest.mark.door(SET, "not_signed_in")
@pytest.mark.door(SET, "not_mine")
@pytest.mark.door(SET, "wrong_shape")
@pytest.mark.door(MINE, "works")
@pytest.mark.door(MINE, "not_signed_in")
def test_a_company_names_whom_to_call_and_the_person_reads_it(client: FlaskClient) -> None:
    scene, booking = exposed()
    path = f"/api/v1/companies/{scene.company_id}/care-line"
    theirs, mine = accounts.bearer(scene.company), accounts.bearer(booking.contractor_id)
    assert client.put(path, json=LINE).status_code == 401
    assert client.put(path, json=LINE, headers=accounts.bearer(workforce.contractor().id)).status_code == 404
    assert client.put(path, json={"provider": ""}, headers=theirs).status_code == 422
    assert client.put(path, json=LINE, headers=theirs).json == LINE
    assert client.get("/api/v1/bookings/after-care").status_code == 401
    (care,) = client.get("/api/v1/bookings/after-care", headers=mine).json["items"]
    assert (care["company"], care["is_open"], care["line"]) == ("Lab Example GmbH", True, LINE)
