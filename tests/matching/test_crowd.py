"""What the columns of a crowd say is what the law of the score says of each person alone."""

from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.matching.crowd import Crowd, Group, OneByOne, best_first, weighted
from marketplace.matching.instance import Instance, Member, Opening
from marketplace.matching.objective import Part
from marketplace.matching.rules import WISH_POINTS, points, rank
from marketplace.matching.somebody import Somebody, Steps
from marketplace.shifts.hours import scheduled_minutes
from marketplace.standards.hours import Span
from marketplace.workforce.calendar import Calendar, Dated, Window, Wish
from tests.factories.markets import AT, market

WISHES = tuple(Wish)


def calendar(draw: Random) -> Calendar:
    """A week of windows of all wishes, some over midnight and over Sunday night, and days of their own, or nothing."""
    if draw.random() < 0.1:
        return Calendar()
    week = tuple(
        Window(day, 60 * draw.randrange(12, 20), 60 * draw.choice((21, 23, 24, 2, 5)), draw.choice(WISHES))
        for day in range(7)
        if draw.random() < 0.8
    )
    first = (AT + timedelta(days=draw.randrange(14))).date()
    own = Dated(first, first + timedelta(days=draw.randrange(3)), 60 * draw.randrange(12), 720, draw.choice(WISHES))
    return Calendar(week, (own,) if draw.random() < 0.3 else ())


def said(member: Member, draw: Random) -> Member:
    return replace(member, person=replace(member.person, calendar=calendar(draw)))


def given_at_random(instance: Instance, people: list[Somebody], crowd: Crowd, draw: Random) -> None:
    """Some seats, and some of them taken back."""
    for opening in instance.openings:
        work = instance.work_of(opening)
        for number in draw.sample(range(len(people)), 3):
            people[number].take(opening, work)
            crowd.take(number, opening.span)
            if draw.random() < 0.4:
                people[number].leave(opening, work)
                crowd.leave(number, opening.span)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000))
def test_the_columns_of_a_crowd_say_what_the_law_says_of_each(seed: int) -> None:
    draw = Random(seed)
    instance = market(seed, people=25, shifts=20)
    people = [Somebody(said(member, draw)) for member in instance.members]
    numbers = sorted(draw.sample(range(len(people)), 15))
    steps = [Steps(draw.randrange(6), draw.randrange(6)) for _ in numbers]
    crowd, group = Crowd(people), Group(numbers, [people[number].member.id for number in numbers], steps)
    given_at_random(instance, people, crowd, draw)
    for opening in instance.openings:
        told = crowd.points(group, opening, instance.work_of(opening))
        scores = weighted(told, instance.weights)
        candidates = [
            people[number].candidate(opening, instance.work_of(opening), above)
            for number, above in zip(numbers, steps, strict=True)
        ]
        minutes = scheduled_minutes(opening.span.starts_at, opening.span.ends_at)
        for place, candidate in enumerate(candidates):
            assert {part: told[part][place] for part in told} == points(candidate, minutes)
        elsewhere = [people[number].is_elsewhere(opening.span) for number in numbers]
        assert crowd.elsewhere(group, opening.span).tolist() == elsewhere
        ordered = rank(candidates, opening.shift_id, minutes, instance.weights, instance.seed)
        best = best_first(scores, np.arange(len(numbers)), group, opening, instance.seed)
        assert [group.ids[place] for place in best] == [each.candidate.contractor_id for each in ordered]
        alone = OneByOne(people)
        same = alone.points(group, opening, instance.work_of(opening))
        assert weighted(same, instance.weights).tolist() == scores.tolist()
        assert alone.elsewhere(group, opening.span).tolist() == elsewhere


@pytest.mark.parametrize("night", ["2023-03-12", "2023-03-26", "2023-10-29", "2023-11-05"])
def test_a_night_on_which_a_clock_moves_counts_for_all_as_for_each(night: str) -> None:
    """In Chicago, Warsaw and Bucharest an hour is left out or shown twice; everywhere else the night is as always."""
    draw, begins = Random(night), datetime.fromisoformat(f"{night}T00:00+00:00") - timedelta(hours=3)
    found = market(3, people=60, shifts=1)
    people = [Somebody(replace(said(each, draw), past=[])) for each in found.members]
    group = Group(range(60), [who.member.id for who in people], [Steps(0, 0)] * 60)
    crowd, told = Crowd(people), set()
    for hours in (4, 8, 12, 200):
        span = Span(begins, begins + timedelta(hours=hours))
        opening = replace(found.openings[0], span=span)
        counted = crowd.points(group, opening, found.work_of(opening))[Part.AVAILABILITY].tolist()
        said_by = [who.member.person for who in people]
        wants = [each.calendar.wants(each.zone, span.starts_at, span.ends_at) for each in said_by]
        assert counted == [WISH_POINTS[each] for each in wants]
        told |= set(wants)
    assert told == {True, False, None}


def test_a_crowd_of_nobody_has_no_scores() -> None:
    instance = market(1, people=0, shifts=1)
    opening: Opening = instance.openings[0]
    crowd, group = Crowd([]), Group([], [], [])
    work = instance.work_of(opening)
    scores = weighted(crowd.points(group, opening, work), instance.weights)
    assert not len(scores)
    assert not list(best_first(scores, np.empty(0, np.int64), group, opening, 0))
    assert set(crowd.points(group, opening, work)) >= {Part.BAND, Part.SPREAD}
