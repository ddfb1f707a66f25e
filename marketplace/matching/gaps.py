"""What the open seats of a shift need: the smallest changes in the company's power that let more people take one. Pure.

In prose. Each requirement is relaxed by itself, step by step: a level of a language or a skill by one, a skill or a
qualification left out, a place added in which somebody under contract lives, the pay raised to what contracts ask for,
the time moved by up to four hours. Of each the first step is told by which somebody more can be asked, and the first by
which the seats can be filled. What belongs to people, such as consent, standing or the hours they chose, is no such
change and is told by nobody. Where so few people could be meant that a change would tell of one of them
(`fairness.too_few`) none is told, and no place is added in which only such few live.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from marketplace.core.money import Money
from marketplace.gigs.rules import Criteria, LanguageNeed, SkillNeed, Where
from marketplace.matching.engine import able
from marketplace.matching.fairness import LEAST_PEOPLE, too_few
from marketplace.matching.instance import Instance, Work
from marketplace.standards.hours import Span
from marketplace.workforce.rules import Level

SHIFTED_BY: Final = (1, -1, 2, -2, 3, -3, 4, -4)
"""Whole hours by which another time of the shift is looked at, the nearest first."""
EARLIEST, LATEST = timedelta(hours=min(SHIFTED_BY)), timedelta(hours=max(SHIFTED_BY))
MOST_STEPS: Final = 12
"""Of one requirement: rates that contracts ask for may be many."""


class Need(StrEnum):
    """What is changed."""

    LANGUAGE = "language"
    SKILL = "skill"
    SKILL_LEVEL = "skill_level"
    QUALIFICATION = "qualification"
    PLACE = "place"
    PAY = "pay"
    HOURS = "hours"


@dataclass(frozen=True, slots=True)
class Change:
    """One requirement, otherwise: `name` is the language, skill, place or qualification; `before` and `after` are
    levels, amounts or hours, empty where there was none or is none."""

    need: Need
    name: str
    before: str
    after: str
    work: Work
    span: Span


@dataclass(frozen=True, slots=True)
class Step:
    """A change with how many people more could be asked, and whether the open seats could all be filled then."""

    change: Change
    more: int
    fills: bool

    def as_dict(self) -> dict[str, Any]:
        change = self.change
        told = {"need": change.need.value, "name": change.name, "before": change.before, "after": change.after}
        return told | {"more": self.more, "fills": self.fills}


def tried(instance: Instance, work: Work, span: Span, seats: int) -> Instance:
    """The same people and one opening, of other work, at another time, or with other seats."""
    (opening,) = instance.openings
    waves = (max(seats, opening.waves[0]), max(seats, opening.waves[1]))
    changed = replace(opening, span=span, seats=seats, waves=waves)
    return replace(instance, works={opening.gig_id: work}, openings=[changed])


def needs(instance: Instance) -> list[Step]:
    """What would let more people take a seat of the one opening, by requirement, the smallest changes."""
    (opening,) = instance.openings
    if opening.gig_id in too_few(instance):
        return []
    now = able(instance)
    rest = _without(instance, now)
    found: list[Step] = []
    for ladder in ladders(instance):
        found.extend(_steps(rest, ladder, len(now), opening.seats))
    return sorted(found, key=lambda step: (not step.fills, -step.more, list(Need).index(step.change.need)))


def ladders(instance: Instance) -> Iterator[list[Change]]:
    """Each requirement with its changes, the smallest first."""
    (opening,) = instance.openings
    work, span = instance.works[opening.gig_id], opening.span
    criteria = work.criteria

    def change(need: Need, name: str, before: str, after: str, other: Criteria) -> Change:
        return Change(need, name, before, after, replace(work, criteria=other), span)

    for language in criteria.languages:
        yield [
            change(Need.LANGUAGE, language.language, language.level, level or "", _speaking(criteria, language, level))
            for level in (*_below(language.level), None)
        ]
    for skill in criteria.skills:
        left = tuple(each for each in criteria.skills if each != skill)
        yield [change(Need.SKILL, skill, "", "", replace(criteria, skills=left))]
    for need in () if opening.is_training else criteria.skill_levels:
        yield [
            change(Need.SKILL_LEVEL, need.skill, str(need.level), str(level or ""), _levelled(criteria, need, level))
            for level in range(need.level - 1, -1, -1)
        ]
    for code in () if opening.is_training else criteria.qualifications:
        left = tuple(each for each in criteria.qualifications if each != code)
        yield [change(Need.QUALIFICATION, code, "", "", replace(criteria, qualifications=left))]
    for country in _elsewhere(instance, criteria):
        yield [change(Need.PLACE, country, "", "", replace(criteria, places=(*criteria.places, Where(country, None))))]
    yield [Change(Need.PAY, "", str(work.rate), str(rate), replace(work, rate=rate), span) for rate in _rates(instance)]
    yield [
        Change(Need.HOURS, "", "", f"{hours:+d}", work, later)
        for hours in SHIFTED_BY
        if (later := _later(span, hours)).starts_at > instance.at
    ]


def _steps(rest: Instance, ladder: Sequence[Change], now: int, seats: int) -> list[Step]:
    """The first change by which somebody more can be asked, and the first by which the seats can be filled."""
    found: list[Step] = []
    for change in ladder[:MOST_STEPS]:
        more = len(able(tried(rest, change.work, change.span, seats)))
        fills = more > 0 and now + more >= seats
        if more and (not found or fills):
            found.append(Step(change, more, fills))
        if fills:
            break
    return found


def _without(instance: Instance, known: Sequence[UUID]) -> Instance:
    away = frozenset(known)
    return replace(instance, members=[member for member in instance.members if member.id not in away])


def _below(level: Level) -> list[Level]:
    levels = list(Level)
    return levels[: levels.index(level)][::-1]


def _speaking(criteria: Criteria, need: LanguageNeed, level: Level | None) -> Criteria:
    others = (each for each in criteria.languages if each != need)
    return replace(criteria, languages=(*others, *([LanguageNeed(need.language, level)] if level else [])))


def _levelled(criteria: Criteria, need: SkillNeed, level: int) -> Criteria:
    others = (each for each in criteria.skill_levels if each != need)
    return replace(criteria, skill_levels=(*others, *([SkillNeed(need.skill, level)] if level else [])))


def _elsewhere(instance: Instance, criteria: Criteria) -> list[str]:
    """Countries of enough people under contract to which the work is not open at all."""
    countries = Counter(member.person.country for member in instance.members)
    enough = {country for country, people in countries.items() if people >= LEAST_PEOPLE}
    return sorted(enough - {place.country for place in criteria.places})


def _rates(instance: Instance) -> list[Money]:
    """What contracts with the company ask for beyond the rate, from the least on."""
    (opening,) = instance.openings
    work = instance.works[opening.gig_id]
    agreed = {
        found.rate
        for member in instance.members
        if (found := member.under_contract(work.company_id, opening.span.ends_at).contract) is not None
        and found.rate.currency == work.rate.currency
        and found.rate > work.rate
    }
    return sorted(agreed, key=lambda rate: rate.amount)


def _later(span: Span, hours: int) -> Span:
    by = timedelta(hours=hours)
    return Span(span.starts_at + by, span.ends_at + by)
