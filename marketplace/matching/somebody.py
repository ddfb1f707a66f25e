"""A person while a plan is made: their week as it fills, and what the score may know for the next seat. Pure."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from itertools import accumulate
from uuid import UUID
from zoneinfo import ZoneInfo

from marketplace.matching.instance import Member, Opening, Past, Work
from marketplace.matching.rules import RECENT, SEASON, Candidate
from marketplace.qualifications.levels import level_of
from marketplace.shifts.eligibility import Busy, Person
from marketplace.shifts.hours import scheduled_minutes
from marketplace.standards.hours import Span, week_of
from marketplace.workforce.rules import Level


@dataclass(frozen=True, slots=True)
class Steps:
    """How many levels above the needed one somebody is, in the language, and in the skill, where that is least."""

    languages: int
    skills: int


def steps_of(person: Person, work: Work, at: datetime) -> Steps:
    """What the person speaks, and what tests have proven of the needed skills at that moment, above what is needed."""
    spoken, levels = person.languages, list(Level)
    needs = [need for need in work.criteria.languages if need.language in spoken]
    above = [levels.index(spoken[need.language]) - levels.index(need.level) for need in needs]
    proven = work.criteria.proven_levels
    skills = {*work.criteria.skills, *proven}
    beyond = [level_of(person.proofs, skill, at) - proven.get(skill, 0) for skill in skills]
    return Steps(max(0, min(above, default=0)), max(0, min(beyond, default=0)))


class Somebody:
    """A member, with what the plan has given them so far."""

    __slots__ = ("busy", "given", "given_minutes", "member", "recent", "season", "weeks")

    def __init__(self, member: Member) -> None:
        self.member = member
        self.busy: list[Busy] = list(member.person.busy)
        self.weeks: Counter[date] = Counter()
        for each in self.busy:
            self.weeks[local_week(each.span.starts_at, member.person.zone)] += each.span.minutes
        self.given: list[UUID] = []
        self.given_minutes = 0
        self.recent = _Sums(member.past)
        self.season = {
            company: _Sums([past for past in member.past if past.company_id == company])
            for company in {past.company_id for past in member.past}
        }

    def take(self, opening: Opening, work: Work) -> None:
        self.busy.append(Busy(opening.span, work.hazard_class))
        self.given.append(opening.shift_id)
        self._count(opening.span, 1)

    def leave(self, opening: Opening, work: Work) -> None:
        self.busy.remove(Busy(opening.span, work.hazard_class))
        self.given.remove(opening.shift_id)
        self._count(opening.span, -1)

    def _count(self, span: Span, sign: int) -> None:
        """Counts the whole of it into the week in which it begins, as pay does (`hours.pay_week`): were a night over
        Sunday divided, whether a band has room would depend on which of two shifts was given first."""
        minutes = scheduled_minutes(span.starts_at, span.ends_at)
        self.given_minutes += sign * minutes
        self.weeks[local_week(span.starts_at, self.member.person.zone)] += sign * minutes

    def is_elsewhere(self, span: Span) -> bool:
        return any(
            each.active and each.span.starts_at < span.ends_at and span.starts_at < each.span.ends_at
            for each in self.busy
        )

    def candidate(self, opening: Opening, work: Work, steps: Steps) -> Candidate:
        member, begins = self.member, opening.span.starts_at
        zone = member.person.zone
        wants = member.person.calendar.wants(zone, begins, opening.span.ends_at)
        season = self.season.get(work.company_id)
        return Candidate(
            contractor_id=member.id,
            wants=wants,
            band_min_minutes=member.band_min_minutes,
            band_max_minutes=member.band_max_minutes,
            week_minutes=self.weeks[local_week(begins, zone)],
            recent_minutes=self.recent.between(begins - RECENT, begins) + self.given_minutes,
            company_minutes=season.between(begins - SEASON, begins) if season else 0,
            language_steps=steps.languages,
            skill_steps=steps.skills,
        )


class _Sums:
    """Minutes of past work between two moments, in two searches."""

    __slots__ = ("begins", "sums")

    def __init__(self, past: Sequence[Past]) -> None:
        ordered = sorted((each.starts_at, each.minutes) for each in past)
        self.begins = [begun for begun, _ in ordered]
        self.sums = [0, *accumulate(minutes for _, minutes in ordered)]

    def between(self, since: datetime, until: datetime) -> int:
        if not self.begins:
            return 0
        return self.sums[bisect_left(self.begins, until)] - self.sums[bisect_left(self.begins, since)]


@lru_cache(maxsize=65536)
def local_week(moment: datetime, zone: ZoneInfo) -> date:
    """The Monday of the moment's week. Many people share a zone, and all of them the shifts."""
    return week_of(moment.astimezone(zone).date())
