"""When a test may be taken, how long it may take, and what its minutes cost."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.ids import new_id
from marketplace.core.money import Money
from marketplace.core.problems import Invalid
from marketplace.qualifications import analysis, attempt_rules, levels, rules
from marketplace.qualifications.attempt_rules import AlreadyHeld, Past, Place, TooEarly, TooMuchWork
from marketplace.qualifications.levels import Proof, Spoken
from marketplace.qualifications.rules import BadTest, Funds, Proves
from marketplace.standards.hours import Span
from marketplace.workforce.rules import Level
from tests.factories import qualifications as made

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
DAY = timedelta(days=1)
LIMITS = {"retake_days": 7, "most_attempts": 3, "period_days": 180}


def usd(amount: str) -> Money:
    return Money.of(amount, "USD")


def test_a_limit_is_three_times_what_three_of_four_people_need() -> None:
    """Of eight people the sixth fastest took 12 minutes and a second: 13 minutes, and the cap is 39."""
    rules.check_paper(made.paper(limit_minutes=30))
    with pytest.raises(BadTest) as refused:
        rules.check_paper(made.paper(limit_minutes=29))
    assert (refused.value.field, refused.value.members["limit"]) == ("limit_minutes", "30")
    seconds = [300, 400, 500, 600, 700, 721, 900, 4000]
    assert attempt_rules.typical_minutes(10, seconds) == 13
    assert attempt_rules.typical_minutes(10, seconds[:4]) == 10
    assert attempt_rules.cap_minutes(13, 30) == 39
    assert attempt_rules.cap_minutes(5, 60) == 60


def test_a_retake_waits_and_so_does_the_fourth_in_half_a_year() -> None:
    attempt_rules.check_may_start(Past(), NOW, **LIMITS)
    with pytest.raises(TooEarly) as early:
        attempt_rules.check_may_start(Past([NOW - 6 * DAY]), NOW, **LIMITS)
    assert early.value.members["from"] == (NOW + DAY).isoformat()
    attempt_rules.check_may_start(Past([NOW - 7 * DAY]), NOW, **LIMITS)
    three = [NOW - 100 * DAY, NOW - 50 * DAY, NOW - 20 * DAY]
    with pytest.raises(TooEarly) as often:
        attempt_rules.check_may_start(Past(three), NOW, **LIMITS)
    assert often.value.members["from"] == (NOW + 80 * DAY).isoformat()
    attempt_rules.check_may_start(Past(three), NOW + 80 * DAY, **LIMITS)


def test_who_holds_it_renews_from_thirty_days_before_the_end() -> None:
    past = Past([NOW - 335 * DAY], NOW + 31 * DAY)
    with pytest.raises(AlreadyHeld) as held:
        attempt_rules.check_may_start(past, NOW, **LIMITS)
    assert held.value.members["from"] == (NOW + DAY).isoformat()
    attempt_rules.check_may_start(past, NOW + DAY, **LIMITS)


@pytest.mark.parametrize(
    ("silence", "counts", "silent"), [(60, 160, False), (900, 1000, False), (901, 1000, True), (-5, 100, False)]
)
def test_a_silence_counts_up_to_a_quarter_of_an_hour(silence: int, counts: int, silent: bool) -> None:
    assert attempt_rules.counted(100, timedelta(seconds=silence)) == (counts, silent)


@pytest.mark.parametrize(("seconds", "minutes"), [(0, 1), (60, 1), (61, 2), (1799, 30), (1801, 30)])
def test_every_minute_begun_is_paid_up_to_the_cap(seconds: int, minutes: int) -> None:
    assert attempt_rules.paid_minutes(seconds, 30) == minutes


def test_what_ten_minutes_cost() -> None:
    """10 minutes at 12.00 USD: 2.00, 20 seconds of sick leave worth 0.07, 0.08 for health, and no fee: 2.15."""
    told = [(str(line.kind), line.money, line.rule) for line in attempt_rules.priced(made.RATE, 10)]
    assert told == [
        ("qualification_time", usd("2.00"), "QUALIFICATION_TIME"),
        ("sick_accrual", usd("0.07"), "SICK"),
        ("health_contribution", usd("0.08"), "HEALTH"),
    ]
    assert attempt_rules.highest_cost(made.RATE, 10) == usd("2.15")
    assert attempt_rules.fair_rate(usd("4.00"), usd("7.25")) == usd("7.25")


@given(st.integers(1, 10_000), st.integers(1, 720), st.integers(0, 60))
def test_more_minutes_never_cost_less(rate: int, minutes: int, more: int) -> None:
    money = Money(rate, "USD")
    assert attempt_rules.highest_cost(money, minutes) <= attempt_rules.highest_cost(money, minutes + more)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"code": "Boxes"}, None),
        ({"code": "native-speaker"}, "code"),
        ({"title": " "}, "title"),
        ({"rate": Money(0, "USD")}, "rate"),
        ({"valid_days": 29}, "valid_days"),
        ({"proves": Proves("image-labelling", None)}, "proves"),
        ({"proves": Proves("image-labelling", 5)}, "proves"),
        ({"proves": Proves("image-labelling", 1, "en", Level.B2)}, "proves"),
    ],
)
def test_what_a_qualification_may_not_say(change: dict[str, object], field: str | None) -> None:
    with pytest.raises(Invalid) as refused:
        rules.check_spec(replace(made.spec(), **change))  # type: ignore[arg-type]
    assert field is None or refused.value.field == field


def test_a_test_that_would_break_the_week_is_not_begun() -> None:
    """Monday to Friday 9.5 hours are 47.5 of the 48 hours of a week: on Saturday a test with a cap of 30 minutes is
    begun, and one with a cap of 31 is not. The rest of 11 hours counts too: until 22:00 on Friday is until 9:00."""
    kansas = Place(ZoneInfo("America/Chicago"), "US")
    monday = datetime(2026, 11, 23, 14, tzinfo=UTC)
    work = [Span(monday + day * DAY, monday + day * DAY + timedelta(hours=9, minutes=30)) for day in range(5)]
    saturday = monday + 5 * DAY
    attempt_rules.check_hours(work, saturday, 30, kansas)
    with pytest.raises(TooMuchWork) as refused:
        attempt_rules.check_hours(work, saturday, 31, kansas)
    assert refused.value.members["verdict"]["rule"] == "WEEK"
    late = [Span(saturday - timedelta(hours=20), saturday - timedelta(hours=10))]
    with pytest.raises(TooMuchWork) as refused:
        attempt_rules.check_hours(late, saturday, 30, kansas)
    assert refused.value.members["verdict"]["rule"] == "REST"
    attempt_rules.check_hours(late, saturday + timedelta(hours=1), 30, kansas)


@given(st.integers(1, 600), st.integers(0, 100_000))
def test_no_minute_of_a_test_is_lost_among_other_work(minutes: int, seen_after: int) -> None:
    """However long the silences were, the spans hold the paid minutes, begin with the attempt and do not overlap."""
    found = attempt_rules.spans(NOW, NOW + timedelta(seconds=seen_after), minutes)
    assert sum((each.ends_at - each.starts_at for each in found), timedelta()) == timedelta(minutes=minutes)
    assert found[0].starts_at == NOW
    assert all(one.ends_at <= other.starts_at for one, other in pairwise(found))


@pytest.mark.parametrize(
    ("left", "told"), [("19.32", None), ("19.31", Funds.LOW), ("6.44", Funds.LOW), ("6.43", Funds.OUT)]
)
def test_money_for_fewer_than_three_attempts_is_low(left: str, told: Funds | None) -> None:
    """One attempt sets 6.44 USD aside: three of them need 19.32."""
    assert rules.funds_left(usd(left), usd("6.44")) == told


def test_what_is_proven_of_a_language_is_not_what_is_said() -> None:
    """C2 is said and B2 proven: both are told. French is proven and never said. What has ended proves nothing."""
    proofs = [
        Proof("english-1", NOW + DAY, language="en", language_level=Level.B1),
        Proof("english-2", NOW + 9 * DAY, language="en", language_level=Level.B2),
        Proof("english-3", NOW, language="en", language_level=Level.C1),
        Proof("french", NOW + DAY, language="fr", language_level=Level.A2),
    ]
    assert levels.spoken({"id": Level.C2, "en": Level.C2}, proofs, NOW) == [
        Spoken("id", Level.C2),
        Spoken("en", Level.C2, Level.B2, NOW + 9 * DAY),
        Spoken("fr", None, Level.A2, NOW + DAY),
    ]


def test_a_key_that_the_able_miss_is_suspicious() -> None:
    """Ten people: whoever does well in the first item does badly in the third, whose key is the wrong way round."""
    easy, hard, wrong = items = [new_id() for _ in range(3)]
    scores = []
    for able in range(10):
        who = new_id()
        scores += [(who, easy, 10_000), (who, hard, 1000 * able), (who, wrong, 10_000 - 1000 * able)]
    reports = {each.item_id: each for each in analysis.report(items, scores)}
    assert (reports[easy].right_percent, reports[easy].discrimination, reports[easy].is_suspicious) == (
        100,
        None,
        False,
    )
    assert reports[wrong].discrimination == -1.0
    assert reports[wrong].is_suspicious
    few = analysis.report([wrong], [each for each in scores if each[1] == wrong][:9])
    assert (few[0].answers, few[0].discrimination, few[0].is_suspicious) == (9, None, False)
