"""The engine: an instance in, a plan out. Pure; the same instance gives the same plan on every machine.

In prose. Shifts that begin soon are filled before all others; then the scarcest come first, whose work has the fewest
people for its seats. A shift asks the people with the most points (`matching.rules`) whom every rule of
`shifts.eligibility` lets pass, over all companies, counting what they are booked for, what they are asked about and
what this plan has given them already; HOURS_BAND keeps everybody within the hours that they chose. What the plan has
given somebody counts into their week and their recent hours at once, so that the next seat goes to somebody with
fewer. A seat that is left open is then tried once more: somebody who was given another seat may move into it, if that
other seat finds somebody else.

Whether a person fits a kind of work is asked once for each contract version; the rules of time are asked from the
highest score downward, so that most people's weeks are never looked at.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

import numpy as np

from marketplace.matching.crowd import Crowd, Group, Longs, OneByOne, best_first, weighted
from marketplace.matching.instance import Instance, Opening, Work
from marketplace.matching.objective import Part
from marketplace.matching.planned import Answer, Given, Planned
from marketplace.matching.rules import URGENT, WISH_POINTS, Candidate, Scored, band_verdict, lot, rank, scored
from marketplace.matching.somebody import Somebody, Steps, steps_of
from marketplace.matching.waves import reaches
from marketplace.shifts.crew_first import CREW_FIRST, not_yet
from marketplace.shifts.eligibility import ONE_PLACE, Person, Seat, judge_fit, judge_time
from marketplace.shifts.hours import scheduled_minutes
from marketplace.standards.verdicts import Verdict

MOST_TRIES = 4000
"""How often one plan may ask the rules for its second try. A count and not a time, so that all machines agree."""
MANY = 4
"""From so many shifts on, people are laid out as columns."""
ASKED_BEFORE = "ASKED_BEFORE"
"""Stands among the rules that decided, for people who had an offer of the shift already."""


def solve(instance: Instance) -> list[Planned]:
    """The plan, by shift, in the order of the instance's openings."""
    return Planner(instance).plan()


def why_not(instance: Instance, shift_id: UUID, contractor_id: UUID, before: Sequence[UUID]) -> Answer | None:
    """What decided about a person to whom the plan gave no seat of the shift. `before` are the shifts of which the plan
    had given them a seat when it came to this one. None when the instance does not know the person or the shift."""
    members = [member for member in instance.members if member.id == contractor_id]
    openings = {opening.shift_id: opening for opening in instance.openings}
    if not members or shift_id not in openings:
        return None
    planner = Planner(replace(instance, members=members))
    (somebody,) = planner.people
    for other in before:
        somebody.take(openings[other], instance.work_of(openings[other]))
    return planner.answer(openings[shift_id], somebody)


def order(instance: Instance) -> list[Scored]:
    """Everybody whom the instance knows, the highest score for its one opening first, whatever the rules say."""
    (opening,) = instance.openings
    work = instance.work_of(opening)
    people = [Somebody(member) for member in instance.members]
    begins = opening.span.starts_at
    candidates = [who.candidate(opening, work, steps_of(who.member.person, work, begins)) for who in people]
    return rank(candidates, opening.shift_id, _length(opening), instance.weights, instance.seed)


def able(instance: Instance) -> list[UUID]:
    """Who can be asked for the one opening of the instance as things stand, the highest score first: whom no rule keeps
    out, however many seats there are."""
    (opening,) = instance.openings
    return Planner(instance).able(opening)


@dataclass(frozen=True, slots=True)
class Fit:
    """Somebody who fits the work, as the rules read them for it, and how far above what it needs they are."""

    who: Somebody
    person: Person
    steps: Steps


@dataclass(frozen=True, slots=True)
class Fitting:
    """Who fits a kind of work, as people and as columns, in one order; and how many people each rule kept out."""

    fits: Sequence[Fit]
    group: Group
    refused: Counter[str]


class Planner:
    """One plan while it is made."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.weights = instance.weights
        self.people = [Somebody(member) for member in instance.members]
        self._numbers = {who.member.id: number for number, who in enumerate(self.people)}
        self.crowd = (OneByOne if len(instance.openings) < MANY else Crowd)(self.people)
        self.openings = {opening.shift_id: opening for opening in instance.openings}
        self.given: dict[UUID, list[Given]] = {opening.shift_id: [] for opening in instance.openings}
        self.refused: dict[UUID, Counter[str]] = {}
        self.turn = 0
        self.tries = MOST_TRIES
        self._fits: dict[tuple[UUID, bool, int], Fitting] = {}
        self._edges = _edges(instance)

    def plan(self) -> list[Planned]:
        return self.finish(self.in_order())

    def finish(self, order: Sequence[Opening]) -> list[Planned]:
        """Fills what is open, in that order, and moves people so that more is; then reads the plan."""
        for opening in order:
            self.fill(opening)
        moved = [self._move_into(opening) for opening in order]
        if any(moved):
            # Whoever moved may be free for a third seat: after this nobody can take any seat that is left.
            for opening in order:
                self.fill(opening)
        return [self._planned(opening) for opening in self.instance.openings]

    def answer(self, opening: Opening, who: Somebody) -> Answer:
        """The first no, or the points, of one person as things stand."""
        fits = self._fitting(opening).fits
        if not fits:
            work = self._work(opening)
            person = who.member.under_contract(work.company_id, opening.span.ends_at)
            return Answer(_fit_no(work.seat(opening.span), person), None)
        candidate = who.candidate(opening, self._work(opening), fits[0].steps)
        points = scored(candidate, _length(opening), self.weights)
        short = not reaches(opening.waves, who.member.id, opening.most - 1)
        return Answer(self._not_yet(opening, who) or self._time_no(opening, fits[0], candidate), points, short)

    def able(self, opening: Opening) -> list[UUID]:
        """Who can be asked about it as things stand."""
        best = self._best_first(opening, Counter())
        return [fit.who.member.id for fit, each in best if self._time_no(opening, fit, each.candidate) is None]

    # --- a plan from outside ------------------------------------------------------------------------------------------

    def free(self, opening: Opening) -> tuple[Fitting, Longs, Mapping[Part, Longs]]:
        """Who fits it, of them the places of those who were not asked, have not to wait, and keep the time free, and by
        part the points of all who fit."""
        fitting, span = self._fitting(opening), opening.span
        earned = self.crowd.points(fitting.group, opening, self._work(opening))
        places = self._free(opening, Counter())
        # Nobody is away whose points for the time are not those of who does not want it.
        unwanted = earned[Part.AVAILABILITY][places] == WISH_POINTS[False]
        persons = ((int(place), fitting.fits[place].person) for place in places[unwanted])
        away = [place for place, each in persons if each.calendar.is_away(each.zone, span.starts_at, span.ends_at)]
        return fitting, np.setdiff1d(places, away, assume_unique=True), earned

    def give_to(self, opening: Opening, wanted: Collection[UUID]) -> None:
        """Gives its seats to those of them whom no rule keeps out, the highest score first, as far as they go."""
        for fit, each in self._best_first(opening, Counter()):
            if self._open_seats(opening) <= 0:
                return
            if fit.who.member.id in wanted and self._time_no(opening, fit, each.candidate) is None:
                self._give(opening, fit, each)

    def change_places(self, opening: Opening) -> int:
        """Whoever has no seat of the plan at all, and more points for this shift than somebody who has one of its
        seats, changes places with whoever has the fewest. Returns how many did."""
        changed = 0
        seats = self.given[opening.shift_id]
        for fit, each in self._best_first(opening, Counter()):
            last = min(seats, key=lambda given: given.scored.score, default=None)
            if last is None or each.score <= last.scored.score:
                break
            if fit.who.given or self._time_no(opening, fit, each.candidate) is not None:
                continue
            self._leave(self.people[self._numbers[last.contractor_id]], opening)
            seats.remove(last)
            self._give(opening, fit, each)
            changed += 1
        return changed

    # --- the first try ------------------------------------------------------------------------------------------------

    def in_order(self) -> list[Opening]:
        """Urgent ones first, then by how many people fit the work for each of its seats, then by start."""
        seats: Counter[UUID] = Counter()
        for opening in self.instance.openings:
            seats[opening.gig_id] += opening.seats

        def key(opening: Opening) -> tuple[bool, float, datetime, bytes]:
            begins = opening.span.starts_at
            people = len(self._fitting(opening).fits) / max(1, seats[opening.gig_id])
            return (
                begins - self.instance.at > URGENT,
                people,
                begins,
                lot(opening.shift_id, opening.gig_id, self.instance.seed),
            )

        return sorted(self.instance.openings, key=key)

    def fill(self, opening: Opening) -> None:
        """Asks the best whom no rule keeps out, as many as the wave reaches, and counts the rules if seats are left."""
        refused: Counter[str] = Counter()
        place = len(self.given[opening.shift_id])
        for fit, each in self._best_first(opening, refused) if self._open_seats(opening) > 0 else ():
            verdict = self._time_no(opening, fit, each.candidate)
            if verdict is not None:
                refused[verdict.rule] += 1
                continue
            if reaches(opening.waves, fit.who.member.id, place):
                self._give(opening, fit, each)
            place += 1
            if place >= opening.most:
                break
        if self._open_seats(opening) > 0:
            self.refused[opening.shift_id] = refused + self._fitting(opening).refused

    def _best_first(self, opening: Opening, refused: Counter[str]) -> Iterator[tuple[Fit, Scored]]:
        """Who fits and is free at that time, highest score first. Counts those who are not free."""
        fitting, work, length = self._fitting(opening), self._work(opening), _length(opening)
        scores = weighted(self.crowd.points(fitting.group, opening, work), self.weights)
        free = self._free(opening, refused)
        order = best_first(scores, free, fitting.group, opening, self.instance.seed)
        for turn, fit in enumerate((fitting.fits[place] for place in order), start=1):
            yield fit, replace(scored(fit.who.candidate(opening, work, fit.steps), length, self.weights), rank=turn)

    def _free(self, opening: Opening, refused: Counter[str]) -> Longs:
        """The places of those who fit and are free at that time. Counts the others, by the first rule against each."""
        group, first = self._fitting(opening).group, opening.asked_first(self.instance.at)
        left = ~group.are(each.contractor_id for each in self.given[opening.shift_id])
        for name, these in (
            (ASKED_BEFORE, group.are(opening.asked)),
            (CREW_FIRST.id, group.are(()) if first is None else ~group.are(first)),
            (ONE_PLACE.id, self.crowd.elsewhere(group, opening.span)),
        ):
            if count := int(np.count_nonzero(left & these)):
                refused[name] += count
                left &= ~these
        return np.flatnonzero(left)

    def _give(self, opening: Opening, fit: Fit, each: Scored) -> None:
        self.turn += 1
        self.given[opening.shift_id].append(Given(opening.shift_id, self.turn, each))
        self._take(fit.who, opening)

    def _take(self, who: Somebody, opening: Opening) -> None:
        who.take(opening, self._work(opening))
        self.crowd.take(self._numbers[who.member.id], opening.span)

    def _leave(self, who: Somebody, opening: Opening) -> None:
        who.leave(opening, self._work(opening))
        self.crowd.leave(self._numbers[who.member.id], opening.span)

    # --- the second try -----------------------------------------------------------------------------------------------

    def _move_into(self, opening: Opening) -> bool:
        """Fills open seats by people who have another seat that somebody else can take. Whether anybody moved."""
        moved = False
        while self._open_seats(opening) > 0 and self.tries > 0 and self._move_one_into(opening):
            moved = True
        return moved

    def _move_one_into(self, opening: Opening) -> bool:
        for fit in self._fitting(opening).fits:
            known = fit.who.member.id
            if known in opening.asked or opening.shift_id in fit.who.given:
                continue
            if opening.has_to_wait(known, self.instance.at):
                continue
            for other in list(fit.who.given):
                if self.tries <= 0:
                    return False
                if self._swap(fit, self.openings[other], opening):
                    return True
        return False

    def _swap(self, fit: Fit, old: Opening, new: Opening) -> bool:
        """Moves a person from one seat to another, if somebody else can take the first."""
        self._leave(fit.who, old)
        candidate = fit.who.candidate(new, self._work(new), fit.steps)
        self.tries -= 1
        if self._time_no(new, fit, candidate) is None:
            seats = self.given[old.shift_id]
            left = next(each for each in seats if each.contractor_id == fit.who.member.id)
            for other, each in self._best_first(old, Counter()):
                if other.who is fit.who:
                    continue
                self.tries -= 1
                if self._time_no(old, other, each.candidate) is None:
                    seats.remove(left)
                    self._give(new, fit, scored(candidate, _length(new), self.weights))
                    self._give(old, other, each)
                    return True
        self._take(fit.who, old)
        return False

    # --- the rules ----------------------------------------------------------------------------------------------------

    def _fitting(self, opening: Opening) -> Fitting:
        """Who fits the work whatever else they do, and how many people each rule kept out. The same for all shifts of a
        gig between two moments at which a contract begins or ends."""
        work = self._work(opening)
        key = work.gig_id, work.is_training, bisect_right(self._edges[work.company_id], opening.span.ends_at)
        if key not in self._fits:
            seat = work.seat(opening.span)
            fits, numbers, refused = [], [], Counter[str]()
            for number, who in enumerate(self.people):
                person = who.member.under_contract(work.company_id, opening.span.ends_at)
                verdict = _fit_no(seat, person)
                if verdict is None:
                    fits.append(Fit(who, person, steps_of(person, work, opening.span.starts_at)))
                    numbers.append(number)
                else:
                    refused[verdict.rule] += 1
            self._fits[key] = Fitting(
                fits, Group(numbers, [fit.who.member.id for fit in fits], [fit.steps for fit in fits]), refused
            )
        return self._fits[key]

    def _not_yet(self, opening: Opening, who: Somebody) -> Verdict | None:
        """CREW_FIRST, while others are asked before this person."""
        if opening.first is None or not opening.has_to_wait(who.member.id, self.instance.at):
            return None
        return not_yet(opening.first.until)

    def _time_no(self, opening: Opening, fit: Fit, candidate: Candidate) -> Verdict | None:
        """The rule of time, or HOURS_BAND, that says no; None when the person can take the seat as things stand."""
        seat = self._work(opening).seat(opening.span)
        person = replace(fit.person, busy=fit.who.busy)
        verdict = next((each for each in judge_time(seat, person) if each.failed), None)
        verdict = verdict or band_verdict(candidate, _length(opening))
        return verdict if verdict.failed else None

    # --- reading the plan ---------------------------------------------------------------------------------------------

    def _work(self, opening: Opening) -> Work:
        return self.instance.work_of(opening)

    def _open_seats(self, opening: Opening) -> int:
        return opening.seats - len(self.given[opening.shift_id])

    def _planned(self, opening: Opening) -> Planned:
        given = [
            replace(each, scored=replace(each.scored, rank=place))
            for place, each in enumerate(self.given[opening.shift_id], start=1)
        ]
        is_short = len(given) < opening.seats
        return Planned(opening.shift_id, opening.seats, given, dict(self.refused[opening.shift_id]) if is_short else {})


def _edges(instance: Instance) -> dict[UUID, list[datetime]]:
    """For each company the moments at which a contract with somebody begins or ends, in order."""
    found: dict[UUID, set[datetime]] = {work.company_id: set() for work in instance.works.values()}
    for member in instance.members:
        for company_id in member.signed.keys() & found.keys():
            found[company_id].update(edge for each in member.signed[company_id] for edge in each.edges)
    return {company_id: sorted(edges) for company_id, edges in found.items()}


def _fit_no(seat: Seat, person: Person) -> Verdict | None:
    return next((each for each in judge_fit(seat, person) if each.failed), None)


def _length(opening: Opening) -> int:
    return scheduled_minutes(opening.span.starts_at, opening.span.ends_at)
