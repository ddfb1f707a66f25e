"""Calendar feeds: what a calendar program reads under a secret address, and how it ends."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from icalendar import Calendar
from sqlalchemy import select

from marketplace.accounts import service as people
from marketplace.accounts.rules import CompanyRole
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.problems import NotFound
from marketplace.shifts import feeds, offers
from marketplace.shifts.feed_models import CalendarFeed
from marketplace.shifts.ical import Entry, write
from tests.factories import accounts
from tests.factories import shifts as make
from tests.factories.shifts import MONDAY

MAKE = "POST /api/v1/calendar-feeds"
LIST = "GET /api/v1/calendar-feeds"
COMPANY = "GET /api/v1/companies/<uuid:company_id>/calendar-feeds"
REVOKE = "DELETE /api/v1/calendar-feeds/<uuid:feed_id>"
READ = "GET /api/v1/calendars/<secret>"
DAY = timedelta(days=1)


def path_of(issued: feeds.IssuedFeed) -> str:
    return issued.address[issued.address.index("/api/") :]


def events(client: FlaskClient, path: str) -> dict[str, Any]:
    answer = client.get(path)
    assert (answer.status_code, answer.mimetype) == (200, "text/calendar")
    return {str(each["UID"]): each for each in Calendar.from_ical(answer.get_data()).walk("VEVENT")}


@pytest.mark.door(READ, "works")
def test_a_persons_calendar_tells_when_and_for_whom_and_no_pay(client: FlaskClient) -> None:
    there = make.scene()
    ana, bea = make.contracted(there), make.contracted(there)
    booking = make.booked(there, ana)
    make.booked(there, bea)
    issued = feeds.make(by=accounts.actor_of(ana.id))
    (event,) = events(client, path_of(issued)).values()
    assert event["UID"] == f"{booking.id}@127.0.0.1"
    assert (event.start, event.end) == (MONDAY.replace(tzinfo=UTC), MONDAY + timedelta(hours=4))
    assert event["STATUS"] == "CONFIRMED"
    assert there.gig.title in event["SUMMARY"]
    assert b"15.00" not in client.get(path_of(issued)).get_data()

    first = client.get(path_of(issued))
    again = client.get(path_of(issued), headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.get_data()) == (304, b"")
    offers.release(booking.id, by=accounts.actor_of(ana.id))
    changed = client.get(path_of(issued), headers={"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200
    (event,) = events(client, path_of(issued)).values()
    assert (event["UID"], event["STATUS"], event["SEQUENCE"]) == (f"{booking.id}@127.0.0.1", "CANCELLED", 1)
    clock.move_to(MONDAY + 40 * DAY)
    assert events(client, path_of(issued)) == {}


def test_a_companys_calendar_ends_with_its_makers_membership(client: FlaskClient) -> None:
    there = make.scene()
    shift = make.shift(there, seats=3)
    viewer = accounts.member(there.company_id, CompanyRole.VIEWER)
    issued = feeds.make(there.company_id, by=viewer)
    (event,) = events(client, path_of(issued)).values()
    assert (event["UID"], event["SUMMARY"]) == (f"{shift.id}@127.0.0.1", f"{there.gig.title} (0/3)")
    assert viewer.person_id is not None
    people.remove_member(there.company_id, viewer.person_id, by=there.company)
    assert client.get(path_of(issued)).status_code == 404


def test_only_a_digest_is_kept_and_a_repeat_shows_no_address(client: FlaskClient) -> None:
    there = make.scene()
    headers = accounts.bearer(there.company) | {"Idempotency-Key": "one"}
    first = client.post("/api/v1/calendar-feeds", json={}, headers=headers)
    again = client.post("/api/v1/calendar-feeds", json={}, headers=headers)
    assert again.json == {name: value for name, value in first.json.items() if name != "address"}
    secret = first.json["address"].rpartition("/")[2]
    row = db.session.scalars(select(CalendarFeed)).one()
    assert secret not in str({column.name: getattr(row, column.name) for column in row.__table__.columns})


def test_the_same_shifts_are_the_same_bytes_and_a_long_name_is_folded() -> None:
    key = UUID("01941f29-7c00-7000-8000-000000000000")
    at = datetime(2026, 11, 23, 15, tzinfo=UTC)
    entry = Entry(key, at, at + timedelta(hours=1), "Kotak, sepeda; ü " * 20, "https://x.example/1", True)
    named = write([entry], "Data, Inc.\nNAME:else", "x.example").split(b"\r\n")
    assert {b"NAME:Data\\, Inc.\\nNAME:else", b"X-WR-CALNAME:Data\\, Inc.\\nNAME:else"} <= set(named)
    content = write([entry], "Setara", "x.example")
    assert content == write([entry], "Setara", "x.example")
    assert max(len(line) for line in content.split(b"\r\n")) <= 75
    (event,) = Calendar.from_ical(content).walk("VEVENT")
    assert event["SUMMARY"] == entry.summary
    assert event["DTSTAMP"].dt == datetime(2025, 1, 1, tzinfo=UTC)
    assert b"DTSTART:20261123T150000Z" in content


# --- the doors ------------------------------------------------------------------------------------------------------


@pytest.mark.door(MAKE, "works")
@pytest.mark.door(LIST, "works")
@pytest.mark.door(COMPANY, "works")
@pytest.mark.door(REVOKE, "works")
def test_an_address_is_made_listed_and_revoked(client: FlaskClient) -> None:
    there = make.scene()
    viewer = accounts.member(there.company_id, CompanyRole.VIEWER)
    made = client.post(
        "/api/v1/calendar-feeds", json={"company_id": str(there.company_id)}, headers=accounts.bearer(viewer)
    )
    assert made.status_code == 201
    path = made.json["address"][made.json["address"].index("/api/") :]
    assert client.get(path).status_code == 200
    mine = client.get("/api/v1/calendar-feeds", headers=accounts.bearer(viewer)).json["items"]
    listed = f"/api/v1/companies/{there.company_id}/calendar-feeds"
    seen = client.get(listed, headers=accounts.bearer(there.company)).json["items"]
    assert [each["id"] for each in mine] == [each["id"] for each in seen] == [made.json["id"]]
    # The owner ends what a member made; repeating it is harmless.
    for _ in range(2):
        gone = client.delete(f"/api/v1/calendar-feeds/{made.json['id']}", headers=accounts.bearer(there.company))
        assert (gone.status_code, gone.json["revoked_at"] is None) == (200, False)
    assert client.get(path).status_code == 404


@pytest.mark.door(MAKE, "not_signed_in")
@pytest.mark.door(LIST, "not_signed_in")
@pytest.mark.door(COMPANY, "not_signed_in")
@pytest.mark.door(REVOKE, "not_signed_in")
def test_a_stranger_is_asked_to_sign_in(client: FlaskClient) -> None:
    for method, path in (
        ("POST", "calendar-feeds"), ("GET", "calendar-feeds"), ("GET", f"companies/{uuid4()}/calendar-feeds"),
        ("DELETE", f"calendar-feeds/{uuid4()}"),
    ):  # fmt: skip
        answer = client.open(f"/api/v1/{path}", method=method, json={} if method == "POST" else None)
        assert (answer.status_code, answer.json["code"]) == (401, "not_signed_in")


@pytest.mark.door(MAKE, "not_mine")
@pytest.mark.door(COMPANY, "not_mine")
@pytest.mark.door(REVOKE, "not_mine")
def test_what_is_of_others_does_not_exist(client: FlaskClient) -> None:
    there = make.scene()
    ana = make.contracted(there)
    issued = feeds.make(by=accounts.actor_of(ana.id))
    stranger = accounts.bearer(accounts.owner_of(accounts.company().id))
    body = {"company_id": str(there.company_id)}
    assert client.post("/api/v1/calendar-feeds", json=body, headers=stranger).status_code == 404
    listed = f"/api/v1/companies/{there.company_id}/calendar-feeds"
    assert client.get(listed, headers=stranger).status_code == 404
    # Not even the company that they work for may end a person's own address.
    for other in (stranger, accounts.bearer(there.company)):
        assert client.delete(f"/api/v1/calendar-feeds/{issued.row.id}", headers=other).status_code == 404
    assert client.get("/api/v1/calendars/" + "x" * 43).status_code == 404
    with pytest.raises(NotFound):
        feeds.show("")


@pytest.mark.door(MAKE, "wrong_state")
@pytest.mark.door(MAKE, "wrong_shape")
def test_nobody_has_more_than_ten(client: FlaskClient) -> None:
    there = make.scene()
    headers = accounts.bearer(there.company)
    assert client.post("/api/v1/calendar-feeds", json={"company_id": 1}, headers=headers).status_code == 422
    for _ in range(feeds.MOST_FEEDS):
        feeds.make(by=there.company)
    answer = client.post("/api/v1/calendar-feeds", json={}, headers=headers)
    assert (answer.status_code, answer.json["code"]) == (409, "too_many_feeds")
