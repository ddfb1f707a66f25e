"""What a week's windows cover when clocks change, and what a profile may say."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.standards.rules import HazardCategory, HazardClass
from marketplace.workforce import calendar, rules
from marketplace.workforce.calendar import Window, covers
from marketplace.workforce.rules import Level, RequirementKind, RequirementStatus

CHICAGO = ZoneInfo("America/Chicago")
KOLKATA = ZoneInfo("Asia/Kolkata")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")
SATURDAY, SUNDAY = 5, 6


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


# In Chicago clocks went from 02:00 back to 01:00 on Sunday 1 November 2026 (07:00 UTC), and from 02:00 forward to
# 03:00 on Sunday 8 March 2026 (08:00 UTC).


def test_the_hour_that_comes_twice_is_covered_twice() -> None:
    night = [Window(SUNDAY, 0, 120)]
    assert covers(night, CHICAGO, at("2026-11-01T05:00"), at("2026-11-01T08:00"))
    assert not covers(night, CHICAGO, at("2026-11-01T05:00"), at("2026-11-01T08:01"))


def test_a_window_that_ends_inside_the_repeated_hour_covers_both_of_its_halves_and_not_what_lies_between() -> None:
    until_half_past_one = [Window(SATURDAY, 22 * 60, 90)]
    assert covers(until_half_past_one, CHICAGO, at("2026-11-01T03:00"), at("2026-11-01T06:30"))
    assert covers(until_half_past_one, CHICAGO, at("2026-11-01T07:00"), at("2026-11-01T07:30"))
    assert not covers(until_half_past_one, CHICAGO, at("2026-11-01T03:00"), at("2026-11-01T07:30"))


def test_the_hour_that_is_left_out_is_missed_by_nobody() -> None:
    around_it = [Window(SUNDAY, 0, 120), Window(SUNDAY, 180, 300)]
    assert covers(around_it, CHICAGO, at("2026-03-08T06:00"), at("2026-03-08T10:00"))
    assert not covers(around_it, CHICAGO, at("2026-03-15T05:00"), at("2026-03-15T09:00"))


def test_a_window_inside_the_missing_hour_covers_nothing_that_night() -> None:
    missing = [Window(SUNDAY, 130, 170)]
    assert not covers(missing, CHICAGO, at("2026-03-08T08:10"), at("2026-03-08T08:50"))
    assert covers(missing, CHICAGO, at("2026-03-15T07:10"), at("2026-03-15T07:50"))


def test_zones_that_stand_off_by_half_an_hour() -> None:
    office = [Window(0, 9 * 60, 17 * 60)]
    assert covers(office, KOLKATA, at("2026-06-01T03:30"), at("2026-06-01T11:30"))
    assert not covers(office, KOLKATA, at("2026-06-01T03:29"), at("2026-06-01T11:30"))


def test_a_clock_that_changes_by_half_an_hour() -> None:
    # Lord Howe's clocks went from 02:00 back to 01:30 on 5 April 2026, at 15:00 UTC of the day before.
    night = [Window(SUNDAY, 60, 120)]
    assert covers(night, LORD_HOWE, at("2026-04-04T14:00"), at("2026-04-04T15:30"))
    assert not covers(night, LORD_HOWE, at("2026-04-04T14:00"), at("2026-04-04T15:31"))


def test_windows_over_midnight_and_over_the_end_of_the_week() -> None:
    late = [Window(SUNDAY, 22 * 60, 2 * 60)]
    assert covers(late, ZoneInfo("UTC"), at("2026-06-07T22:00"), at("2026-06-08T02:00"))
    assert covers(late, ZoneInfo("UTC"), at("2026-06-08T00:30"), at("2026-06-08T02:00"))
    assert not covers(late, ZoneInfo("UTC"), at("2026-06-08T00:30"), at("2026-06-08T02:01"))


def test_neighbouring_windows_are_one() -> None:
    days = [Window(day, 0, 1440) for day in range(7)]
    assert covers(days, CHICAGO, at("2026-10-30T00:00"), at("2026-11-12T13:37"))
    assert not covers(days[:6], CHICAGO, at("2026-10-30T00:00"), at("2026-11-12T13:37"))


def test_nothing_is_covered_backwards_or_by_no_windows() -> None:
    assert not covers([], CHICAGO, at("2026-06-01T10:00"), at("2026-06-01T11:00"))
    assert not covers([Window(0, 0, 1440)], CHICAGO, at("2026-06-01T11:00"), at("2026-06-01T11:00"))


windows_ = st.builds(
    Window, st.integers(0, 6), st.integers(0, 47).map(lambda n: n * 30), st.integers(0, 47).map(lambda n: n * 30 + 15)
)


@given(
    st.lists(windows_, max_size=4),
    st.sampled_from([CHICAGO, KOLKATA, LORD_HOWE, ZoneInfo("Africa/Nairobi"), ZoneInfo("Europe/Belgrade")]),
    st.sampled_from([at("2026-03-07T20:00"), at("2026-04-04T10:00"), at("2026-10-24T20:00"), at("2026-10-31T20:00")]),
    st.integers(0, 60 * 24),
    st.integers(1, 60 * 10),
)
def test_a_stretch_is_covered_when_each_of_its_minutes_is(
    windows: list[Window], zone: ZoneInfo, near: datetime, later: int, length: int
) -> None:
    start = near + timedelta(minutes=later)
    end = start + timedelta(minutes=length)

    def on_the_wall(moment: datetime) -> bool:
        local = moment.astimezone(zone)
        minute = local.weekday() * 1440 + local.hour * 60 + local.minute
        return any(a <= minute < b or a <= minute + 7 * 1440 < b for a, b in (w.in_week for w in windows))

    expected = all(on_the_wall(start + timedelta(minutes=n)) for n in range(length))
    assert covers(windows, zone, start, end) is expected


@pytest.mark.parametrize("numbers", [(7, 0, 60), (-1, 0, 60), (0, 1440, 60), (0, 60, 60), (0, 0, 0), (0, 0, 1441)])
def test_what_is_no_window(numbers: tuple[int, int, int]) -> None:
    with pytest.raises(calendar.BadWindow):
        Window(*numbers)


def test_two_windows_do_not_begin_together() -> None:
    with pytest.raises(calendar.BadWindow):
        calendar.check_windows([Window(0, 60, 90), Window(0, 60, 120)])


@pytest.mark.parametrize(("least", "most"), [(-1, 10), (11, 10), (0, 49), (0, 0)])
def test_what_is_no_band(least: int, most: int) -> None:
    with pytest.raises(rules.BadBand):
        rules.check_band(least, most)


@pytest.mark.parametrize(("least", "most"), [(0, 1), (48, 48), (10, 20)])
def test_bands(least: int, most: int) -> None:
    rules.check_band(least, most)


@pytest.mark.parametrize("place", [("us", None), ("USA", None), ("US", "KS"), ("US", "CA-ON"), ("US", "US-ABCD")])
def test_what_is_no_place(place: tuple[str, str | None]) -> None:
    with pytest.raises(rules.BadPlace):
        rules.check_place(*place)


@pytest.mark.parametrize("skill", ["", "Image Labelling", "-x", "x-", "a" * 61])
def test_what_is_no_skill(skill: str) -> None:
    with pytest.raises(rules.BadProfile):
        rules.check_skills([skill])


def test_skills_stand_once_and_in_order() -> None:
    assert rules.check_skills(["text", "image-labelling", "text"]) == ["image-labelling", "text"]


def test_languages_have_codes() -> None:
    rules.check_languages({"en": Level.A1, "fil": Level.C2})
    with pytest.raises(rules.BadProfile):
        rules.check_languages({"English": Level.A1})


def test_levels_have_an_order() -> None:
    assert Level.B2.reaches(Level.B1)
    assert Level.B2.reaches(Level.B2)
    assert not Level.B2.reaches(Level.C1)


def test_nobody_consents_to_unlawful_or_neutral_work() -> None:
    rules.check_consent(HazardCategory.VIOLENCE, HazardClass.H2)
    with pytest.raises(rules.BadConsent):
        rules.check_consent(HazardCategory.CHILD_ABUSE, HazardClass.H3)
    with pytest.raises(rules.BadConsent):
        rules.check_consent(HazardCategory.VIOLENCE, HazardClass.H0)


def test_every_requirement_is_named_that_is_missing() -> None:
    states, ana = dict.fromkeys(RequirementKind, RequirementStatus.MET), uuid4()
    rules.check_all_met(states, ana)
    states[RequirementKind.IDENTITY] = RequirementStatus.SUBMITTED
    states[RequirementKind.TERMS] = RequirementStatus.OPEN
    del states[RequirementKind.TAX]  # It was not asked for.
    with pytest.raises(rules.RequirementsMissing) as missing:
        rules.check_all_met(states, ana)
    assert missing.value.members == {"missing": ["identity", "terms"], "contractor_id": str(ana)}


def test_a_contest_is_heard_for_thirty_days_by_somebody_else() -> None:
    decided, me, operator = at("2026-06-01T10:00"), uuid4(), uuid4()
    rules.check_contest(decided, decided + timedelta(days=30))
    with pytest.raises(rules.TooLateToContest):
        rules.check_contest(decided, decided + timedelta(days=30, seconds=1))
    rules.check_decider(operator, me, earlier=uuid4())
    with pytest.raises(rules.RuledBefore):
        rules.check_decider(operator, me, earlier=operator)
    with pytest.raises(rules.OwnCase):
        rules.check_decider(me, me, earlier=None)
