"""The pages of shifts that recur, and the calendar of a company."""

from datetime import date, timedelta
from urllib.parse import urlsplit

import pytest
from flask import Flask
from icalendar import Calendar
from sqlalchemy import select

from marketplace.accounts.models import Person
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.shifts import feeds, timesheets
from marketplace.shifts.models import Shift
from marketplace.shifts.rules import BookingStatus, SeriesStatus
from marketplace.shifts.series_models import ShiftSeries
from marketplace.shifts.timesheet_models import Timesheet
from marketplace.web.coverage import Load, weeks
from marketplace.web.series_form import rule_words
from tests.factories import accounts
from tests.factories import shifts as make
from tests.factories.shifts import MONDAY, ZONE
from tests.web.visitor import Visitor

FIELDS = {"first_day": "2026-11-23", "begins": "09:00", "ends": "11:00", "timezone": ZONE, "weekdays": "MO"}


def test_a_company_looks_at_the_days_starts_a_series_leaves_one_out_and_ends_it(visitor: Visitor) -> None:
    there = make.scene(minutes=12_000, pilot=True)
    owner = db.session.get_one(Person, there.company.person_id)
    visitor.signed_in(owner)
    path = f"/company/{there.company_id}/shifts/series"
    looked = visitor.send(f"{path}/new", look="1", **FIELDS)
    assert "Monday, November 30, 2026: 1 shift, 0 of 1 seat taken" in looked.words
    months = "November 2026", "January 2027"
    assert all(each in looked.words for each in months), "the days of a year are told apart"
    assert db.session.scalar(select(ShiftSeries.id)) is None
    refused = visitor.send(f"{path}/new", **FIELDS | {"first_day": "2026-11-01"})
    assert (refused.status, "A series begins today or within 366 days." in refused.words) == (422, True)
    page = visitor.send(f"{path}/new", **FIELDS)
    assert "Every week on Monday goes on" in page.words
    assert "9:00 AM–11:00 AM America/Chicago · 1 seat" in page.words
    of = db.session.scalars(select(ShiftSeries)).one()

    page = visitor.send(f"{page.address}/leave-out?day=2026-11-30", reason="A holiday.")
    assert "Monday, November 30, 2026: left out" in page.words
    calendar = visitor.look(f"/company/{there.company_id}/calendar?month=2026-11")
    assert "1 shift, 0 of 1 seat taken" in calendar.words
    day = visitor.look(f"/company/{there.company_id}/calendar/2026-11-23")
    assert "9:00 AM to 11:00 AM" in day.words
    assert visitor.look(f"/company/{there.company_id}/calendar/2026-02-30").status == 404

    page = visitor.send(f"{page.address}/end?last_day=2026-11-24", reason="No more data.")
    assert (of.status, "Its last day is Tuesday, November 24, 2026." in page.words) == (SeriesStatus.ACTIVE, True)
    assert visitor.look(f"/company/{make.scene().company_id}/shifts/series/{of.id}").status == 404


def test_a_company_sees_what_a_change_does_and_changes_the_series(visitor: Visitor) -> None:
    there = make.scene(minutes=12_000, pilot=True)
    visitor.signed_in(db.session.get_one(Person, there.company.person_id))
    of = make.series(there)
    first = db.session.scalars(select(Shift).order_by(Shift.starts_at)).first()
    booking = make.booked(there, shift=first)
    path = f"/company/{there.company_id}/shifts/series/{of.id}/change"
    clock.move_to(MONDAY - timedelta(days=2))
    new = {"from_day": "2026-11-23", "begins": "13:00", "ends": "15:00", "weekdays": ["MO"], "as_before": []}
    seen = visitor.send(path, look="1", **new)
    assert "4 shifts are moved" in seen.words
    assert "4 shifts are cancelled." in seen.words
    assert "$15.60" in seen.words
    assert visitor.hand_in(seen).status == 422
    clock.move_to(MONDAY - timedelta(hours=20))
    dearer = visitor.hand_in(seen, reason="The data comes at noon.")
    assert (dearer.status, "$46.80" in dearer.words) == (409, True)
    page = visitor.hand_in(dearer, reason="The data comes at noon.")
    assert "Every week on Monday goes on" in page.words
    assert "As it was until Sunday, November 22, 2026" in page.words
    assert "How it goes on" in visitor.look(f"/company/{there.company_id}/shifts/series/{of.id}").words
    assert booking.status is BookingStatus.CANCELLED
    as_before = visitor.send(f"{page.address}/change", look="1", seats="3")
    assert "2 shifts stay" in as_before.words


def test_a_shift_stands_on_its_own_day_in_the_calendar(visitor: Visitor) -> None:
    """Eleven in the night of the last of November in Kansas is the first of December in UTC."""
    there = make.scene()
    late = make.shift(there, MONDAY + timedelta(days=7, hours=14), hours=1, seats=2)
    assert late.starts_at.day == 1
    visitor.signed_in(db.session.get_one(Person, there.company.person_id))
    path = f"/company/{there.company_id}/calendar"
    assert "Monday, November 30, 2026: 1 shift, 0 of 2 seats taken" in visitor.look(f"{path}?month=2026-11").words
    assert "0 shifts" in visitor.look(f"{path}?month=2026-12").words
    assert "No shift begins on this day." in visitor.look(f"{path}/2026-12-01").words
    assert db.session.scalar(select(Shift.id)) == late.id


def test_the_calendar_leads_from_a_day_to_what_is_to_be_approved_on_it(visitor: Visitor) -> None:
    there = make.scene()
    booking = make.worked(there)
    make.at(booking.ends_at + timedelta(days=3))
    timesheets.submit_due()
    visitor.signed_in(db.session.get_one(Person, there.company.person_id))
    calendar = visitor.look(f"/company/{there.company_id}/calendar?month=2026-11")
    assert "1 shift, 1 of 1 seat taken, 1 to approve" in calendar.words
    today = calendar.html.partition('aria-current="date"')[2]
    assert today[: today.index("</td>")].count("November 26, 2026") == 1
    day = visitor.look(f"/company/{there.company_id}/calendar/2026-11-23")
    assert "Approve the work of Ana" in day.words
    sheet = db.session.scalars(select(Timesheet)).one()
    assert f"/timesheets/{sheet.id}" in day.html


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("FREQ=DAILY;INTERVAL=1", "every day"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE", "every 2 weeks on Monday, Wednesday"),
        ("FREQ=WEEKLY;UNTIL=20261231", "every week on Monday, until Thursday, December 31, 2026"),
        ("FREQ=MONTHLY;BYDAY=-1FR,2MO;COUNT=3", "every month on the last Friday, Monday number 2, 3 times"),
        ("FREQ=MONTHLY;BYMONTHDAY=-1,15,-3", "every month on the last day, day 15, day 3 from the end"),
        ("FREQ=MONTHLY", "every month on day 23"),
    ],
)
def test_a_rule_in_words(app: Flask, rule: str, words: str) -> None:
    with app.test_request_context():
        assert rule_words(rule, date(2026, 11, 23)) == words


def test_the_weeks_of_the_calendar_hold_whole_weeks(app: Flask) -> None:
    with app.test_request_context():
        shown = weeks({date(2026, 12, 1): Load(2, 4, 3)}, date(2026, 12, 1), date(2026, 12, 31))
    assert [len(week) for week in shown] == [7] * 5
    assert [cell.is_inside for cell in shown[0]] == [False, *[True] * 6]
    assert (shown[0][1].kind, shown[0][1].share) == ("part", 75)


def test_a_file_is_looked_at_and_planned(visitor: Visitor) -> None:
    there = make.scene()
    visitor.signed_in(db.session.get_one(Person, there.company.person_id))
    path = f"/company/{there.company_id}/shifts/file"
    bad = visitor.send(path, look="1", timezone=ZONE, file=b"day,begins,ends\n24.11.2026,09:00,13:00\n")
    assert bad.status == 422
    assert "Line 2: 24.11.2026 is not a day. Write it as 2026-12-01." in bad.words
    page = visitor.send(path, look="1", timezone=ZONE, content="day,begins,ends\n2026-11-24,09:00,13:00\n")
    assert "This is how it was read: 1 shift" in page.words
    assert "All seats together: 4 h. The gig may still plan 40 h before its pilot is finished." in page.words
    assert db.session.scalar(select(Shift.id)) is None
    page = visitor.hand_in(page)
    assert "1 shift was planned." in page.words
    assert "Tuesday, November 24, 2026: 1 shift, 0 of 1 seat taken" in page.words


def test_an_address_of_a_calendar_is_shown_once_and_revoked(visitor: Visitor) -> None:
    there = make.scene()
    ana = make.contracted(there)
    for path, person in (
        (f"/company/{there.company_id}/calendar-feeds", there.company.person_id),
        ("/work/calendar", ana.id),
    ):
        visitor.signed_in(db.session.get_one(Person, person))
        page = visitor.send(path, path)
        assert "/api/v1/calendars/" in page.html
        assert "/api/v1/calendars/" not in visitor.look(path).html
        assert "There is no address yet." in visitor.send(path, "/revoke").words
        visitor.send("/account", "/sign-out")


def test_an_entry_of_a_calendar_leads_to_its_page(visitor: Visitor) -> None:
    there = make.scene()
    ana = make.contracted(there)
    make.booked(there, ana)
    assert there.company.person_id is not None
    for company_id, person_id in ((None, ana.id), (there.company_id, there.company.person_id)):
        issued = feeds.make(company_id, by=accounts.actor_of(person_id))
        shown = feeds.show(issued.address.rpartition("/")[2])
        (event,) = Calendar.from_ical(shown.content).walk("VEVENT")
        visitor.signed_in(db.session.get_one(Person, person_id))
        page = visitor.look(urlsplit(str(event["URL"])).path)
        assert (page.status, there.gig.title in page.words) == (200, True)
        visitor.send("/account", "/sign-out")
