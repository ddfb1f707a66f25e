"""A made-up market: people with their hours and networks, companies' work, and when seats are needed. From a seed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from marketplace.core.money import Money
from marketplace.core.problems import Invalid
from marketplace.gigs.rules import Criteria, LanguageNeed, Where
from marketplace.matching.instance import Member, Signed, Work
from marketplace.shifts.eligibility import Agreed, Person
from marketplace.simulation.assumed import REGIONS, Assumed, Network, Region
from marketplace.simulation.draws import Draws
from marketplace.standards.hazard import HazardClass
from marketplace.standards.hours import Span
from marketplace.workforce.calendar import Calendar, Quiet, Window, Wish
from marketplace.workforce.rules import ContractorStatus, Level

BEGINS: Final = datetime(2026, 10, 5, tzinfo=UTC)
"""A Monday. Three weeks later clocks change in Europe and Egypt, a week after that in the United States."""
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
WEEK = timedelta(weeks=1)
PLANNED_AHEAD: Final = timedelta(days=14)
"""The plan of a week is known so long before the week begins."""
MOST_PEOPLE: Final = 5000
MOST_WEEKS: Final = 26
BANDS: Final = ((0, 10), (5, 15), (10, 20), (15, 30), (20, 40))
KINDS: Final = (
    # work, share of the hours, length, seats, a skill, a language, class
    ("images", 0.45, 4, 5, None, None, HazardClass.H0),
    ("ranking", 0.30, 4, 3, "ranking", ("en", Level.B1), HazardClass.H0),
    ("code", 0.15, 3, 2, "code", ("en", Level.B2), HazardClass.H0),
    ("hateful text", 0.10, 2, 2, None, ("en", Level.B1), HazardClass.H2),
)


class BadMarket(Invalid):
    code = "bad_market"
    title = "No such market can be simulated."


@dataclass(frozen=True, slots=True)
class Somebody:
    """A person of the simulation: what the engine may know (`member`), and what it never does."""

    member: Member
    region: Region
    network: Network
    quiet: Quiet
    likes: float
    """How much likelier than others they say yes, below zero less."""

    @property
    def id(self) -> UUID:
        return self.member.id

    @property
    def zone(self) -> ZoneInfo:
        return self.member.person.zone


@dataclass(frozen=True, slots=True)
class Needed:
    """A shift, and when it is known that it will be."""

    shift_id: UUID
    gig_id: UUID
    span: Span
    seats: int
    known_at: datetime
    is_burst: bool


@dataclass(frozen=True, slots=True)
class World:
    """Everything that there is before anybody is asked."""

    draws: Draws
    assumed: Assumed
    people: Mapping[UUID, Somebody]
    works: Mapping[UUID, Work]
    shifts: Sequence[Needed]
    weeks: int

    @property
    def ends(self) -> datetime:
        return BEGINS + self.weeks * WEEK

    @property
    def all_steady(self) -> "World":
        """The same people and the same work, where everybody has a steady network."""
        people = {known: replace(who, network=Network.STEADY) for known, who in self.people.items()}
        return replace(self, people=people)


def world(seed: int, people: int, weeks: int, assumed: Assumed) -> World:
    """The market of a seed. Raises BadMarket for sizes that are none, or too large to wait for."""
    if not 1 <= people <= MOST_PEOPLE:
        raise BadMarket(f"{people} people.", field="people", remedy=f"Give 1 to {MOST_PEOPLE} people.")
    if not 1 <= weeks <= MOST_WEEKS:
        raise BadMarket(f"{weeks} weeks.", field="weeks", remedy=f"Give 1 to {MOST_WEEKS} weeks.")
    draws = Draws(seed)
    company = _id(draws, "company")
    works = {made.gig_id: made for made in (_work(draws, company, *kind) for kind in KINDS)}
    everybody = [_somebody(draws, number, company) for number in range(people)]
    wanted = sum(each.member.band_max_minutes for each in everybody) / 60
    shifts = _planned(draws, list(works), weeks, wanted * assumed.load)
    shifts += _bursts(draws, list(works), weeks, assumed, max(1, round(people / 60)))
    return World(
        draws=draws,
        assumed=assumed,
        people={each.id: each for each in sorted(everybody, key=lambda each: each.id)},
        works=dict(sorted(works.items())),
        shifts=sorted(shifts, key=lambda each: (each.known_at, each.shift_id)),
        weeks=weeks,
    )


def standby_id(shift_id: UUID) -> UUID:
    """What the places to stand by for a shift are called."""
    return UUID(int=shift_id.int ^ 1)


def _id(draws: Draws, *names: object) -> UUID:
    high, low = (draws.whole(2**53, *names, half) for half in ("high", "low"))
    return UUID(int=(high << 64 | low) & (2**128 - 1), version=4)


def _work(
    draws: Draws,
    company: UUID,
    name: str,
    _share: float,
    _hours: int,
    _seats: int,
    skill: str | None,
    language: tuple[str, Level] | None,
    hazard: HazardClass,
) -> Work:
    return Work(
        gig_id=_id(draws, "gig", name),
        company_id=company,
        criteria=Criteria(
            places=tuple(Where(region.country, None) for region in REGIONS),
            skills=() if skill is None else (skill,),
            languages=() if language is None else (LanguageNeed(*language),),
            reason="The work needs it.",
        ),
        hazard_class=hazard,
        hazard_categories=("hate",) if hazard is HazardClass.H2 else (),
        rate=Money(1800, "USD"),
        fee_percent=Decimal(10),
        margin=None,
        work_kind=name,
    )


def _somebody(draws: Draws, number: int, company: UUID) -> Somebody:
    mine = ("person", number)
    region = draws.among([(each, each.share) for each in REGIONS], *mine, "region")
    least, most = BANDS[draws.whole(len(BANDS), *mine, "band")]
    agreed = Agreed(_id(draws, *mine, "contract"), Money(1500, "USD"), HazardClass.H3)
    levels = {Level.A2: 0.15, Level.B1: 0.25, Level.B2: 0.3, Level.C1: 0.3}
    skills = [name for name, share in (("ranking", 0.6), ("code", 0.35)) if draws.share(*mine, name) < share]
    person = Person(
        contractor_id=_id(draws, *mine),
        status=ContractorStatus.VETTED,
        born_on=date(1994, 1, 1),
        country=region.country,
        subdivision=None,
        zone=ZoneInfo(region.zone),
        contract=None,
        skills=frozenset(skills),
        languages={"en": draws.among(levels.items(), *mine, "english")},
        consents={"hate": HazardClass.H2} if draws.share(*mine, "hate") < 0.4 else {},
        calendar=_calendar(draws, mine),
    )
    return Somebody(
        member=Member(
            person=person,
            signed={company: [Signed(agreed, date(2026, 1, 1), None, None)]},
            band_min_minutes=60 * least,
            band_max_minutes=60 * most,
            past=(),
        ),
        region=region,
        network=draws.among(region.networks.items(), *mine, "network"),
        quiet=Quiet(22 * 60, 7 * 60),
        likes=0.24 * (draws.share(*mine, "likes") - 0.5),
    )


def _calendar(draws: Draws, mine: tuple[object, ...]) -> Calendar:
    """Day, evening or no hours that are wanted; nights at which nobody asks; for many one free day of the week."""
    when = draws.among({(8, 16): 0.45, (15, 23): 0.35, None: 0.2}.items(), *mine, "hours")
    free = draws.whole(10, *mine, "free day")
    windows = [] if when is None else [Window(day, 60 * when[0], 60 * when[1]) for day in range(7) if day != free]
    nights = [Window(day, 0, 6 * 60, Wish.UNAVAILABLE) for day in range(7)]
    return Calendar(tuple(sorted((*windows, *nights))))


def _planned(draws: Draws, gigs: Sequence[UUID], weeks: int, hours_a_week: float) -> list[Needed]:
    """Shifts around the clock, since people live in all zones, as many as the hours come to: each week is planned on a
    Monday two weeks before."""
    found = []
    for week in range(weeks):
        for place, (gig_id, (name, share, length, seats, *_)) in enumerate(zip(gigs, KINDS, strict=True)):
            count = max(1, round(hours_a_week * share / (length * seats)))
            known = BEGINS + week * WEEK - PLANNED_AHEAD + (8 + place) * HOUR
            for number in range(count):
                at = ("planned", week, name, number)
                hour = draws.whole(7 * 24, *at, "hour")
                starts = BEGINS + week * WEEK + hour * HOUR + 30 * draws.whole(2, *at, "half") * timedelta(minutes=1)
                places = 1 + draws.whole(2 * seats - 1, *at, "seats")
                span = Span(starts, starts + length * HOUR)
                found.append(Needed(_id(draws, *at), gig_id, span, places, known, is_burst=False))
    return found


def _bursts(draws: Draws, gigs: Sequence[UUID], weeks: int, assumed: Assumed, scale: int) -> list[Needed]:
    """Afternoons at which much is needed at once, known some hours before."""
    found = []
    for week in range(weeks):
        for number in range(draws.how_many(assumed.bursts, "bursts", week)):
            at = ("burst", week, number)
            starts = BEGINS + week * WEEK + (36 + draws.whole(7 * 24 - 36, *at, "hour")) * HOUR
            known = starts - (2 + draws.whole(int(max(1, assumed.ahead_hours - 2)), *at, "ahead")) * HOUR
            for shift in range(draws.how_many(assumed.burst_shifts, *at, "shifts")):
                which = draws.whole(len(gigs) - 1, *at, shift, "gig")
                length, seats = KINDS[which][2], KINDS[which][3]
                span = Span(starts + shift % 3 * HOUR, starts + (shift % 3 + length) * HOUR)
                places = scale * (1 + draws.whole(2 * seats - 1, *at, shift, "seats"))
                found.append(Needed(_id(draws, *at, shift), gigs[which], span, places, known, is_burst=True))
    return found
