"""When a first reply is due, which minutes wait, and what the parts of instructions are."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.messages.rules import Wait, first_reply_due, parts_of, waited_minutes

KANSAS = ZoneInfo("America/Chicago")
THANKSGIVING = date(2026, 11, 26)


def local(day: int, hour: int = 0, minute: int = 0, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=KANSAS)


@pytest.mark.parametrize(
    ("asked", "due"),
    [
        (local(23, 10, 30), local(24, 10, 30)),  # Monday to Tuesday
        (local(25, 16), local(27, 16)),  # Wednesday, over Thanksgiving, to Friday
        (local(27, 9), local(30, 9)),  # Friday to Monday
        (local(28, 9), local(1, month=12)),  # Saturday: until the end of Monday
        (local(26, 9), local(28)),  # Thanksgiving: until the end of Friday
    ],
)
def test_a_first_reply_is_due_within_one_business_day(asked: datetime, due: datetime) -> None:
    assert first_reply_due(asked.astimezone(UTC), KANSAS, {THANKSGIVING}) == due


MINUTES = st.integers(0, 60 * 24 * 700)
DAYS_OFF = st.frozensets(st.integers(0, 700).map(lambda days: date(2026, 1, 1) + timedelta(days=days)), max_size=60)


@given(MINUTES, DAYS_OFF)
def test_a_reply_has_at_least_a_day_and_is_never_due_in_a_day_off(minutes: int, off: frozenset[date]) -> None:
    """The last minute in which it can be given lies in a business day."""
    asked = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes, seconds=30)
    due = first_reply_due(asked, KANSAS, off)
    last = (due - timedelta(microseconds=1)).astimezone(KANSAS).date()
    assert due - asked >= timedelta(hours=23), "a day in which clocks go forward has 23 hours"
    assert last.weekday() < 5
    assert last not in off


BEGIN = datetime(2026, 11, 23, 9, tzinfo=UTC)


def hours(number: float) -> datetime:
    return BEGIN + timedelta(hours=number)


def test_waits_that_overlap_are_counted_once() -> None:
    """A shift from 9 to 13; asked at 8 and answered at 10, asked at 9:30 and answered at 11, asked at 12:30 and open:
    two hours and half an hour."""
    waits = [Wait(hours(3.5), None), Wait(hours(0.5), hours(2)), Wait(hours(-1), hours(1))]
    assert waited_minutes(hours(0), hours(4), waits) == 150
    assert waited_minutes(hours(0), hours(4), [Wait(hours(4), None)]) == 0
    assert waited_minutes(hours(0), hours(4), [Wait(hours(-9), None), Wait(hours(1), hours(2))]) == 240


def test_parts_are_what_blank_lines_set_apart() -> None:
    assert parts_of("Draw.\nTightly.\r\n\r\nAsk.\n \n\nStop.\n") == ["Draw.\nTightly.", "Ask.", "Stop."]
    assert parts_of("  \n") == []
