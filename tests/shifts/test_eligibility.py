"""Who may be booked, rule by rule: each can say no, and each says why."""

from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from uuid_utils.compat import uuid7

from marketplace.core.money import Money
from marketplace.gigs.rules import Criteria, LanguageNeed, Where
from marketplace.shifts.eligibility import Agreed, Busy, Person, Seat, first_no, judge
from marketplace.shifts.rules import BOOKING_TRANSITIONS, OFFER_TRANSITIONS, SHIFT_TRANSITIONS
from marketplace.shifts.terms import price_input
from marketplace.shifts.timesheet_rules import TIMESHEET_TRANSITIONS
from marketplace.standards import overtime as overtime_law
from marketplace.standards.hazard import HazardClass
from marketplace.standards.hours import Span
from marketplace.workforce.calendar import Calendar, Dated, Window, Wish
from marketplace.workforce.rules import ContractorStatus, Level

NINE = datetime(2026, 11, 23, 15, tzinfo=UTC)
KANSAS = ZoneInfo("America/Chicago")


def usd(text: str) -> Money:
    return Money.of(text, "USD")


def span(hours_after: float, hours: float) -> Span:
    starts_at = NINE + timedelta(hours=hours_after)
    return Span(starts_at, starts_at + timedelta(hours=hours))


def busy(hours_after: float, hours: float, hazard_class: HazardClass = HazardClass.H0, active: bool = True) -> Busy:
    return Busy(span(hours_after, hours), hazard_class, active)


SEAT = Seat(
    span=span(0, 4),
    criteria=Criteria(
        places=(Where("US", "US-KS"),),
        skills=("image-labelling",),
        languages=(LanguageNeed("en", Level.B2),),
        reason="The instructions are in English.",
    ),
    hazard_class=HazardClass.H0,
    hazard_categories=(),
    rate=usd("15.00"),
    fee_percent=Decimal(5),
)
DISTRESSING = replace(SEAT, hazard_class=HazardClass.H2, hazard_categories=("hate",))
ANA = Person(
    contractor_id=uuid7(),
    status=ContractorStatus.VETTED,
    born_on=date(1990, 5, 17),
    country="US",
    subdivision="US-KS",
    zone=KANSAS,
    contract=Agreed(uuid7(), usd("15.00"), HazardClass.H2),
    skills=frozenset({"image-labelling", "audio"}),
    languages={"en": Level.C1},
    consents={"hate": HazardClass.H3},
)


def test_somebody_whom_every_rule_lets_pass() -> None:
    assert first_no(SEAT, ANA) is None
    assert first_no(DISTRESSING, ANA) is None
    assert {verdict.rule for verdict in judge(DISTRESSING, ANA)} == {
        "STANDING", "AGE", "CONTRACT", "CRITERIA", "HAZARD", "ONE_PLACE", "REST", "DAY", "WEEK", "DAY_OFF",
    }  # fmt: skip


def test_nobody_is_asked_about_time_that_they_keep_free() -> None:
    """The seat is Monday 23 November 2026, 09:00 to 13:00 in Kansas."""
    day = date(2026, 11, 23)
    away = replace(ANA, calendar=Calendar((), (Dated(day, day, 12 * 60 + 59, 18 * 60),)))
    no = first_no(SEAT, away)
    assert no is not None
    assert (no.rule, no.inputs) == ("AVAILABLE", {"zone": "America/Chicago"})
    later = replace(ANA, calendar=Calendar((), (Dated(day, day, 13 * 60, 18 * 60),)))
    assert first_no(SEAT, later) is None
    rather_not = replace(ANA, calendar=Calendar((Window(0, 0, 1440, Wish.UNDESIRED),)))
    assert first_no(SEAT, rather_not) is None


@pytest.mark.parametrize(
    ("rule", "seat", "change"),
    [
        ("STANDING", SEAT, {"status": ContractorStatus.SUSPENDED}),
        ("AGE", SEAT, {"born_on": date(2008, 11, 24)}),
        ("AGE", SEAT, {"born_on": None}),
        ("CONTRACT", SEAT, {"contract": None}),
        ("CONTRACT", SEAT, {"contract": Agreed(uuid7(), usd("15.01"), HazardClass.H0)}),
        ("CONTRACT", SEAT, {"contract": Agreed(uuid7(), Money.of("15.00", "EUR"), HazardClass.H0)}),
        ("CONTRACT", DISTRESSING, {"contract": Agreed(uuid7(), usd("15.00"), HazardClass.H1)}),
        ("CRITERIA", SEAT, {"subdivision": "US-MO"}),
        ("CRITERIA", SEAT, {"skills": frozenset()}),
        ("CRITERIA", SEAT, {"languages": {"en": Level.B1}}),
        ("CRITERIA", SEAT, {"languages": {"id": Level.C2}}),
        ("HAZARD", DISTRESSING, {"consents": {}}),
        ("HAZARD", DISTRESSING, {"consents": {"hate": HazardClass.H1}}),
        ("HAZARD", DISTRESSING, {"busy": [busy(-13, 1, HazardClass.H2), busy(5, 1, HazardClass.H2)]}),
        ("ONE_PLACE", SEAT, {"busy": [busy(3.5, 4)]}),
        ("REST", SEAT, {"busy": [busy(-12, 4)]}),
        ("DAY", SEAT, {"busy": [busy(-2, 1.5), busy(4, 5)]}),
        ("WEEK", SEAT, {"busy": [busy(24 * day, 9) for day in range(1, 6)]}),
        ("DAY_OFF", SEAT, {"busy": [busy(24 * day, 1) for day in (-6, -5, -4, -3, -2, -1)]}),
    ],
)
def test_each_rule_can_say_no(rule: str, seat: Seat, change: dict[str, Any]) -> None:
    no = first_no(seat, replace(ANA, **change))
    assert no is not None
    assert (no.rule, bool(no.remedy), bool(no.source)) == (rule, True, True)


def test_eighteen_years_are_reached_on_the_day_of_the_shift() -> None:
    assert first_no(SEAT, replace(ANA, born_on=date(2008, 11, 23))) is None


def test_work_that_is_over_does_not_stand_in_the_way_but_counts() -> None:
    over = busy(3, 1, active=False)
    assert first_no(SEAT, replace(ANA, busy=[over])) is None


def test_hours_beyond_the_standard_week_are_overtime_in_whatever_order_they_are_taken() -> None:
    days = [busy(24 * day, 8) for day in range(1, 6)]
    assert price_input(SEAT, replace(ANA, busy=days, weekly_hours=Decimal(40))).overtime_minutes == 240
    assert price_input(SEAT, replace(ANA, busy=days[:4], weekly_hours=Decimal(40))).overtime_minutes == 0
    assert price_input(SEAT, replace(ANA, busy=days[:4], weekly_hours=Decimal(34))).overtime_minutes == 120
    taken_first, total = [], 0
    for each in [Busy(SEAT.span, HazardClass.H0), *reversed(days)]:
        seat = replace(SEAT, span=each.span)
        total += price_input(seat, replace(ANA, busy=taken_first, weekly_hours=Decimal(40))).overtime_minutes
        taken_first = [*taken_first, each]
    assert total == 240


def test_a_shift_earns_the_multiples_of_the_day_on_which_it_begins_where_the_person_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A law that changes on the 24th: the shift that begins at 20:00 in Kansas on the 23rd, on the 24th by UTC, is the
    old law's; the one a day later is the new law's."""
    newer = overtime_law.Law(480, 200, starts=date(2026, 11, 24))
    older = overtime_law.Law(480, 150, then=newer)
    monkeypatch.setattr(overtime_law, "LAWS", {("US", None): older})
    for hours, percent in ((11, 150), (35, 200)):
        found = price_input(replace(SEAT, span=span(hours, 10)), ANA)
        assert found.overtime_percent == percent


@given(st.lists(st.tuples(st.integers(-100, 100), st.integers(1, 9)), max_size=6))
def test_whoever_passes_keeps_rest_week_and_one_place(others: list[tuple[int, int]]) -> None:
    person = replace(ANA, busy=[busy(start, hours) for start, hours in others])
    if first_no(SEAT, person) is None:
        for each in person.busy:
            assert each.span.ends_at <= SEAT.span.starts_at or SEAT.span.ends_at <= each.span.starts_at


def test_no_rule_can_read_what_a_person_declined_disputed_or_said() -> None:
    """NO_RETALIATION by construction: whoever adds a member here says what it is for."""
    assert {field.name for field in fields(Person)} == {
        "contractor_id", "status", "born_on", "country", "subdivision", "zone", "contract", "skills", "languages",
        "consents", "busy", "daily_rest_hours", "weekly_hours", "overtime_multiplier",
        "calendar", "quiet", "bars", "proofs",
    }  # fmt: skip
    assert {field.name for field in fields(Busy)} == {"span", "hazard_class", "active"}


@pytest.mark.parametrize("table", [SHIFT_TRANSITIONS, OFFER_TRANSITIONS, BOOKING_TRANSITIONS, TIMESHEET_TRANSITIONS])
def test_every_status_can_be_reached_and_leads_to_an_end(table: Any) -> None:
    first = next(iter(table))
    reached, todo = {first}, [first]
    while todo:
        new = table[todo.pop()] - reached
        reached |= new
        todo.extend(new)
    assert reached == set(table)
    assert any(not after for after in table.values())
