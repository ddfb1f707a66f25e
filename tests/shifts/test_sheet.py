"""Many shifts from a file: what is read of it, what is wrong with which line, and the doors."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4
from zoneinfo import available_timezones

import pytest
from flask.testing import FlaskClient
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import func, select

from marketplace.core.db import db
from marketplace.gigs import service as gigs
from marketplace.shifts.models import Shift
from marketplace.shifts.sheet import MOST_BYTES, MOST_ROWS, Sheet, read, write
from tests.factories import accounts
from tests.factories import shifts as make
from tests.factories.shifts import ZONE

ZONES = available_timezones()
LOOK = "POST /api/v1/shifts/sheet/look"
PLAN = "POST /api/v1/shifts/sheet"
HOURS = ("DTSTART:20261124T150000Z", "DTEND:20261124T190000Z")
GOOD = "day,begins,ends,seats\n2026-11-24,09:00,13:00,2\n2026-11-25,22:00,02:00,1\n"


def of(text: str | bytes, zone: str = ZONE) -> Sheet:
    return read(text if isinstance(text, bytes) else text.encode(), zone, 3, ZONES.__contains__)


def told(sheet: Sheet) -> list[tuple[int, str]]:
    return [(fault.line, fault.words) for fault in sheet.faults]


def event(*lines: str) -> str:
    body = "\r\n".join(["BEGIN:VEVENT", "UID:1@example", "DTSTAMP:20261101T000000Z", *lines, "END:VEVENT"])
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{body}\r\nEND:VCALENDAR\r\n"


def test_a_sheet_is_read_in_the_clock_time_of_its_zone() -> None:
    sheet = of("\ufeffDay;Begins;Ends;Timezone\n2026-11-24;09:00;13:00;\n2026-11-24;22:00;06:30;Asia/Kolkata\n\n")
    assert told(sheet) == []
    first, second = sheet.rows
    assert (first.starts_at, first.seats, first.timezone) == (datetime(2026, 11, 24, 15, tzinfo=UTC), 3, ZONE)
    assert (second.line, second.ends_at) == (3, datetime(2026, 11, 25, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("", [(1, "The first line names the columns: day, begins, ends, seats, timezone, standby.")]),
        ("day,begins\n", [(1, "The first line names the columns: day, begins, ends, seats, timezone, standby.")]),
        ("day,begins,ends\n", [(1, "No shift stands in the file.")]),
        (b"day,begins,ends\n\xff", [(2, "This is not UTF-8.")]),
        ("day,begins,ends\n" + "x" * MOST_BYTES, [(1, "The file is larger than 256 kB.")]),
        ('day,begins,ends\n"a', [(2, "This is not CSV: unexpected end of data.")]),
        ("day,begins,ends\n24.11.2026,09:00,13:00\n", [(2, "24.11.2026 is not a day. Write it as 2026-12-01.")]),
        ("day,begins,ends\n2026-02-30,09:00,13:00\n", [(2, "2026-02-30 is not a day. Write it as 2026-12-01.")]),
        ("day,begins,ends\n2026-11-24,9am,13:00\n", [(2, "9am is not a time of day. Write it as 09:00.")]),
        ("day,begins,ends\n2026-11-24,,13:00\n", [(2, "The field begins is empty.")]),
        ("day,begins,ends\n2026-11-24,09:00,13:00,1\n", [(2, "The line has more fields than the first line names.")]),
        ("day,begins,ends,seats\n2026-11-24,09:00,13:00,²\n", [(2, "² is not a number of seats.")]),
        (
            "day,begins,ends,standby\n2026-11-24,09:00,13:00,one\n",
            [(2, "one is not a number of people who stand by.")],
        ),
        (
            "day,begins,ends\n2027-03-14,02:30,06:00\n",
            [(2, "On that day the clock of this zone leaves this time out.")],
        ),
        (
            "day,begins,ends,timezone\n2026-11-24,09:00,13:00,Mars/Olympus\n",
            [(2, "Mars/Olympus is not a time zone of the IANA database.")],
        ),
        (
            "day,begins,ends\n2026-11-24,09:00,13:00\n2026-11-25,09:00,13:00\n2026-11-24,09:00,13:00\n",
            [(4, "The same time stands in line 2 already.")],
        ),
        (
            "day,begins,ends\n" + "2026-11-24,09:00,13:00\n" * (MOST_ROWS + 1),
            [(1002, "There are more than 1000 shifts.")],
        ),
        (event(*HOURS, "RRULE:FREQ=DAILY"), [(4, "It recurs. Plan it as shifts that recur.")]),
        (event("DTSTART;VALUE=DATE:20261124", "DTEND;VALUE=DATE:20261125"), [(4, "It has days, but no times.")]),
        (event(*HOURS, "STATUS:CANCELLED"), [(4, "It is cancelled.")]),
        (event("SUMMARY:Nothing"), [(4, "It has no beginning and end that can be read.")]),
        (
            "day,begins,ends\n9999-12-31,22:00,06:00\n9999-12-31,22:00,23:00\n",
            [(line, "9999-12-31 is not a day. Write it as 2026-12-01.") for line in (2, 3)],
        ),
        (
            "day,begins,ends,timezone\n0001-01-01,01:00,02:00,Asia/Jakarta\n",
            [(2, "0001-01-01 is not a day. Write it as 2026-12-01.")],
        ),
        (event(HOURS[0], "DURATION:P9999999D"), [(4, "It has no beginning and end that can be read.")]),
        (
            event("DTSTART;TZID=Asia/Jakarta:00010101T010000", "DURATION:PT1H"),
            [(4, "It has no beginning and end that can be read.")],
        ),
        (
            event("DTSTART;TZID=Our/Office:20261124T090000", "DURATION:PT1H"),
            [(4, "Our/Office is not a time zone of the IANA database.")],
        ),
        (
            event(HOURS[0], "DTEND;TZID=Our/Office:20261124T130000"),
            [(4, "Our/Office is not a time zone of the IANA database.")],
        ),
        (event("DTSTART;TZID=Asia:20261124T090000", "DURATION:PT1H"), [(1, "This is not an iCalendar file.")]),
        ("BEGIN:VCALENDAR\r\nnonsense", [(1, "This is not an iCalendar file.")]),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_by_line(text: str | bytes, faults: list[tuple[int, str]]) -> None:
    assert told(of(text)) == faults


@pytest.mark.parametrize(
    ("lines", "begins", "zone"),
    [
        (HOURS, 15, ZONE),
        (("DTSTART:20261124T090000", "DTEND:20261124T130000"), 15, ZONE),
        (("DTSTART;TZID=Asia/Jakarta:20261124T220000", "DURATION:PT4H"), 15, "Asia/Jakarta"),
    ],
)
def test_an_event_of_a_calendar_is_a_shift(lines: tuple[str, ...], begins: int, zone: str) -> None:
    sheet = of(event(*lines))
    assert told(sheet) == []
    (row,) = sheet.rows
    assert (row.starts_at, row.ends_at) == tuple(
        datetime(2026, 11, 24, hour, tzinfo=UTC) for hour in (begins, begins + 4)
    )
    assert (row.timezone, row.seats) == (zone, 3)


def test_what_was_read_is_written_and_read_again() -> None:
    rows = of(GOOD).rows
    assert of(write(rows), "UTC").rows == rows


@given(st.one_of(st.binary(max_size=300), st.text(max_size=300).map(str.encode)))
@example(b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:\r\nEND:VEVENT\r\nEND:VCALENDAR")
@example(b"day,begins,ends\n\x00,,")
def test_whatever_is_sent_is_shifts_or_faults(content: bytes) -> None:
    for sent in (content, b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n" + content, b"day,begins,ends\n" + content):
        sheet = of(sent)
        assert sheet.rows or sheet.faults


# --- the doors ------------------------------------------------------------------------------------------------------


def ask(client: FlaskClient, route: str, who: Any = None, **more: Any) -> Any:
    method, _, path = route.partition(" ")
    json = {"gig_id": str(uuid4()), "content": GOOD, "timezone": ZONE} | more
    return client.open(path, method=method, json=json, headers={} if who is None else accounts.bearer(who))


def doors(question: str) -> list[Any]:
    return [pytest.param(route, marks=pytest.mark.door(route, question), id=route) for route in (LOOK, PLAN)]


def planned() -> int:
    return db.session.scalar(select(func.count()).select_from(Shift)) or 0


@pytest.mark.parametrize("route", doors("not_signed_in"))
def test_a_stranger_is_asked_to_sign_in(client: FlaskClient, route: str) -> None:
    assert ask(client, route).json["code"] == "not_signed_in"


@pytest.mark.parametrize("route", doors("not_mine"))
def test_gigs_of_others_do_not_exist(client: FlaskClient, route: str) -> None:
    there = make.scene()
    for stranger in (accounts.owner_of(accounts.company().id), make.contracted(there).id):
        assert ask(client, route, stranger, gig_id=str(there.gig.id)).status_code == 404
    assert not planned()


@pytest.mark.parametrize("route", doors("works"))
def test_a_file_is_looked_at_and_planned(client: FlaskClient, route: str) -> None:
    there = make.scene()
    answer = ask(client, route, there.company, gig_id=str(there.gig.id))
    if route == LOOK:
        assert [row["line"] for row in answer.json["rows"]] == [2, 3]
        assert (answer.json["minutes"], answer.json["minutes_left"], planned()) == (720, 2400, 0)
        assert answer.json["added"] == {"amount": "0.00", "currency": "USD"}
    else:
        assert [(shift["seats"], shift["timezone"]) for shift in answer.json["items"]] == [(2, ZONE), (1, ZONE)]
        assert planned() == 2


@pytest.mark.door(PLAN, "wrong_state")
def test_a_paused_gig_and_a_full_pilot_plan_nothing(client: FlaskClient) -> None:
    there = make.scene()
    long = GOOD.replace("13:00,2", "13:00,20")
    answer = ask(client, PLAN, there.company, gig_id=str(there.gig.id), content=long)
    assert (answer.status_code, answer.json["code"]) == (409, "volume_cap_reached")
    gigs.pause(there.gig.id, by=there.company)
    answer = ask(client, PLAN, there.company, gig_id=str(there.gig.id))
    assert (answer.status_code, answer.json["code"], planned()) == (409, "gig_not_open", 0)


@pytest.mark.parametrize("route", doors("wrong_shape"))
def test_a_bad_file_names_its_lines_and_plans_nothing(client: FlaskClient, route: str) -> None:
    there = make.scene()
    assert ask(client, route, there.company, content="").status_code == 422
    bad = "day,begins,ends,seats\n2026-11-24,09:00,13:00,2\n2025-01-01,09:00,13:00,1\n2026-11-25,09:00,23:59,501\n"
    answer = ask(client, route, there.company, gig_id=str(there.gig.id), content=bad)
    expected = [
        {"line": 3, "words": "A shift begins in the future."},
        {"line": 4, "words": "A shift ends at most 13 hours after its start."},
    ]
    assert (answer.status_code, answer.json["faults"]) == (200 if route == LOOK else 422, expected)
    assert not planned()
