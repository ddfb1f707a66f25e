"""What the index says of people leaves out nobody who may have a seat, and never puts anybody too low."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import fields
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, event, given, settings
from hypothesis import strategies as st

from marketplace.core.money import Money
from marketplace.gigs.rules import Criteria, LanguageNeed, SkillNeed, Where
from marketplace.matching.engine import order
from marketplace.matching.index_models import MatchCell, MatchMark, MatchPair, MatchPerson
from marketplace.matching.index_rules import (
    ALWAYS,
    LOOKS_BACK,
    Cell,
    Told,
    asked_of,
    bits_for,
    cell_of,
    imagined,
    marks_of,
    offsets,
    strata,
    wishes_of,
)
from marketplace.matching.instance import Instance, Member, Opening, Past, Work
from marketplace.matching.objective import NEWEST_SHIPPED
from marketplace.matching.rules import SEASON, group_of, lot, scored
from marketplace.qualifications.levels import Proof
from marketplace.shifts.eligibility import Person, judge_fit
from marketplace.shifts.hours import scheduled_minutes
from marketplace.standards.hazard import HazardClass
from marketplace.standards.hours import Span
from marketplace.workforce.calendar import (
    BadWindow,
    Calendar,
    ContradictoryAvailability,
    Dated,
    Window,
    Wish,
    check_windows,
)
from marketplace.workforce.rules import ContractorStatus, Level

NOW = datetime(2026, 10, 20, 9, tzinfo=UTC)
"""Clocks in Europe change five days later, those in North America twelve."""
GIG, SHIFT, OURS, THEIRS = (UUID(int=number) for number in (1, 2, 3, 4))
ZONES = [ZoneInfo(name) for name in ("America/Chicago", "Asia/Jakarta", "Europe/Berlin", "Australia/Lord_Howe")]
HOUR = timedelta(hours=1)

quarters = st.integers(0, 95)
windows = st.lists(
    st.builds(
        lambda day, start, length, wish: Window(day, start * 15, (start + length - 1) % 96 * 15 + 15, wish),
        st.integers(0, 6), quarters, st.integers(1, 95), st.sampled_from(Wish),
    ),
    max_size=4,
)  # fmt: skip
days = st.integers(-1, 24).map(lambda day: NOW.date() + timedelta(days=day))
dated = st.lists(st.builds(lambda day, wish: Dated(day, day, wish=wish), days, st.sampled_from(Wish)), max_size=2)
languages = st.fixed_dictionaries({"en": st.sampled_from(Level)}, optional={"id": st.sampled_from(Level)})
proofs = st.lists(
    st.builds(
        Proof,
        st.sampled_from(["test-a", "test-b"]),
        st.sampled_from([NOW - HOUR, NOW + timedelta(days=9), NOW + timedelta(days=90)]),
        st.sampled_from(["labelling", None]),
        st.integers(1, 3),
        st.sampled_from(["en", "id", None]),
        st.sampled_from(Level),
    ),
    max_size=2,
)
consents = st.fixed_dictionaries({}, optional={"violence": st.sampled_from([HazardClass.H1, HazardClass.H3])})
past = st.lists(
    st.builds(
        Past,
        st.integers(-100 * 24, 20 * 24).map(lambda hours: NOW + hours * HOUR),
        st.integers(15, 780),
        st.sampled_from([OURS, THEIRS]),
    ),
    max_size=6,
)
spans = st.builds(
    lambda quarter, length: Span(NOW + quarter * HOUR / 4, NOW + (quarter + length) * HOUR / 4),
    st.integers(1, 24 * 24 * 4),
    st.integers(1, 52),
)
works = st.builds(
    lambda places, skills, needs, held, levels, hazard: Work(
        GIG, OURS, Criteria(places, skills, needs, "It needs them.", held, levels),
        hazard, ("violence",), Money(1500, "USD"), Decimal(10), None,
    ),
    st.sampled_from([(Where("US", None), Where("DE", None)), (Where("US", "US-KS"),)]),
    st.sampled_from([(), (), (), ("labelling",)]),
    st.lists(
        st.builds(LanguageNeed, st.sampled_from(["en", "id"]), st.sampled_from([Level.A1, Level.A2, Level.B2])),
        max_size=2,
        unique_by=lambda need: need.language,
    ),
    st.sampled_from([(), (), (), (), ("test-a",)]),
    st.sampled_from([(), (), (), (), (SkillNeed("labelling", 2),)]),
    st.sampled_from([HazardClass.H0, HazardClass.H1, HazardClass.H2]),
)  # fmt: skip
people = st.builds(
    lambda zone, place, skills, spoken, given, weekly, proven: Person(
        contractor_id=UUID(int=9), status=ContractorStatus.VETTED, born_on=date(1990, 1, 1), country=place[0],
        subdivision=place[1], zone=zone, contract=None, skills=skills, languages=spoken, consents=given,
        calendar=Calendar(tuple(sorted(weekly))), proofs=proven,
    ),
    st.sampled_from(ZONES),
    st.sampled_from([("US", "US-KS"), ("US", None), ("DE", "DE-BE")]),
    st.sampled_from([frozenset(), frozenset({"labelling"})]),
    languages,
    consents,
    windows,
    proofs,
)  # fmt: skip


def told_of(person: Person, days: Sequence[Dated], done: Sequence[Past], band: tuple[int, int]) -> Told:
    """What the index is told of somebody who did all of this."""
    recent = sum(each.minutes for each in done if NOW - LOOKS_BACK <= each.starts_at <= NOW)
    company = {known: sum(p.minutes for p in done if p.company_id == known and p.starts_at > NOW - SEASON)
               for known in (OURS, THEIRS)}  # fmt: skip
    return Told(person, days, *band, recent, company)


@settings(max_examples=200)
@given(
    person=people,
    days=dated,
    done=past,
    band=st.tuples(st.integers(0, 20), st.integers(20, 48)),
    span=spans,
    work=works,
)
def test_nobody_is_left_out_or_put_too_low(
    person: Person, days: list[Dated], done: list[Past], band: tuple[int, int], span: Span, work: Work
) -> None:
    """Whoever passes the rules of fit and of free time has the marks that the seat asks for, and those of a stratum in
    which the imagined person of their cell has at least their points."""
    try:
        check_windows(person.calendar.windows)
    except (BadWindow, ContradictoryAvailability):
        assume(False)
    calendar = Calendar(person.calendar.windows, tuple(sorted(days)))
    told = told_of(person, days, done, band)
    member = Member(
        person=_with(person, calendar),
        signed={},
        band_min_minutes=band[0] * 60,
        band_max_minutes=band[1] * 60,
        past=done,
    )
    opening = Opening(SHIFT, GIG, span, 1, frozenset(), (1, 1))
    seat, marks = work.seat(span), set(marks_of(told, NOW))
    asked = asked_of(seat)
    if not calendar.is_away(person.zone, span.starts_at, span.ends_at):
        event("is free")
        assert ALWAYS in marks or marks.issuperset(asked.open_at)
    if any(verdict.failed for verdict in judge_fit(seat, member.person) if verdict.rule != "CONTRACT"):
        return
    event("fits")
    assert marks.issuperset(asked.needed)
    assert marks.intersection(asked.places)
    instance = Instance(
        at=NOW, weights=NEWEST_SHIPPED, seed=0, works={GIG: work}, openings=[opening], members=[member]
    )  # fmt: skip
    (exact,) = order(instance)
    cell = cell_of(told, OURS, NOW.date())
    bounds = [
        scored(
            imagined(cell, each, span.starts_at), scheduled_minutes(span.starts_at, span.ends_at), NEWEST_SHIPPED
        ).score
        for each in strata(seat)
        if each.wishes == wishes_of(told) and marks.issuperset(each.marks)
    ]
    assert max(bounds) >= exact.score


def _with(person: Person, calendar: Calendar) -> Person:
    return Person(**{f.name: getattr(person, f.name) for f in fields(Person)} | {"calendar": calendar})


def test_what_the_index_can_be_told() -> None:
    """What somebody declined, opted out of, disputed or is has no place in it, as in the score (NO_RETALIATION)."""
    assert {each.name for each in fields(Told)} == {
        "person", "dated", "band_min_hours", "band_max_hours", "recent", "company",
    }  # fmt: skip
    assert {each.name for each in fields(Cell)} == {"wishes", "day", "recent", "company", "band_min", "band_max"}
    assert {column.name for column in MatchPerson.__table__.c} == {"contractor_id", "marks"}
    assert {column.name for column in MatchMark.__table__.c} == {"mark", "people"}
    assert {column.name for column in MatchPair.__table__.c} == {
        "contractor_id", "company_id", "cell_id", "place", "rate_amount", "currency", "highest_class",
    }  # fmt: skip
    assert {column.name for column in MatchCell.__table__.c} == {each.name for each in fields(Cell)} | {
        "id", "company_id", "people",
    }  # fmt: skip


def test_age_standing_and_bars_leave_no_mark() -> None:
    """What the rules read of a person that is nothing to choose by makes no difference to what the index says."""
    usual = Person(
        contractor_id=UUID(int=9), status=ContractorStatus.VETTED, born_on=date(1960, 1, 1), country="US",
        subdivision=None, zone=ZONES[0], contract=None, languages={}, consents={},
    )  # fmt: skip
    other = Person(**{f.name: getattr(usual, f.name) for f in fields(Person)} | {"born_on": date(2000, 1, 1)})
    one, two = (told_of(each, [], [], (0, 40)) for each in (usual, other))
    assert marks_of(one, NOW) == marks_of(two, NOW)
    assert cell_of(one, OURS, NOW.date()) == cell_of(two, OURS, NOW.date())


def test_a_cell_holds_for_the_shifts_of_its_two_weeks_alone() -> None:
    """After two weeks the work that it counts may lie before the 28 days that count for a shift."""
    cell = Cell(wishes=False, day=NOW.date().toordinal(), recent=2400, company=0, band_min=0, band_max=40)
    (stratum,) = [each for each in strata(_plain().seat(Span(NOW, NOW + HOUR))) if not each.wishes]
    midnight = datetime.combine(NOW.date(), time(), UTC)
    near, far = (imagined(cell, stratum, midnight + LOOKS_BACK + more) for more in (timedelta(0), HOUR))
    assert (near.recent_minutes, far.recent_minutes) == (2400, 0)


def _plain() -> Work:
    return Work(GIG, OURS, Criteria((Where("US", None),)), HazardClass.H0, (), Money(1500, "USD"), Decimal(10), None)


def test_a_zone_has_all_its_distances_from_utc_in_a_year() -> None:
    assert offsets(ZoneInfo("Europe/Berlin"), NOW) == (60, 120)
    assert offsets(ZoneInfo("Australia/Lord_Howe"), NOW) == (630, 660)
    assert offsets(ZoneInfo("Asia/Jakarta"), NOW) == (420,)


@pytest.mark.parametrize(("people", "bits"), [(0, 0), (4096, 0), (4097, 2), (8191, 2), (8192, 3), (1_000_000, 9)])
def test_very_many_are_divided_into_groups_of_a_thousand_or_two(people: int, bits: int) -> None:
    assert bits_for(people) == bits
    assert bits == 0 or 1024 <= people / 2**bits < 2048


def test_everybody_in_a_group_is_first_as_often_as_the_others_and_groups_are_alike() -> None:
    """40 people in four groups, 4,000 shifts: every group comes first a thousand times, more or less, and in a group
    everybody."""
    ids = [uuid5(SHIFT, str(number)) for number in range(40)]
    sizes = Counter(group_of(known, 2) for known in ids)
    first = Counter(
        min(ids, key=lambda known: lot(shift, known, 0, 2)) for shift in (uuid5(GIG, str(n)) for n in range(4000))
    )
    for known in ids:
        expected = 4000 / 4 / sizes[group_of(known, 2)]
        assert abs(first[known] - expected) < 4 * expected**0.5
