"""Instances of matching made from a seed alone, of any size: people in many zones, companies, gigs, shifts."""

import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from marketplace.core.money import Money
from marketplace.gigs.rules import Criteria, LanguageNeed, Where
from marketplace.matching.instance import Instance, Member, Opening, Past, Signed, Work
from marketplace.matching.objective import NEWEST_SHIPPED
from marketplace.shifts.eligibility import Agreed, Busy, Person
from marketplace.standards.hazard import HazardClass
from marketplace.standards.hours import Span
from marketplace.workforce.calendar import Calendar, Dated, Window
from marketplace.workforce.rules import ContractorStatus, Level

AT = datetime(2023, 4, 26, 12, tzinfo=UTC)
PLACES = (
    ("US", "America/Chicago", "en"),
    ("KE", "Africa/Nairobi", "en"),
    ("ID", "Asia/Jakarta", "id"),
    ("PH", "Asia/Manila", "en"),
    ("IN", "Asia/Kolkata", "en"),
    ("EG", "Africa/Cairo", "ar"),
    ("RO", "Europe/Bucharest", "ro"),
    ("PL", "Europe/Warsaw", "pl"),
    ("CO", "America/Bogota", "es"),
    ("BR", "America/Sao_Paulo", "pt"),
)
SKILLS = ("image-labelling", "ranking", "code", "writing")


def market(
    seed: int, *, people: int = 40, shifts: int = 12, seats: int = 4, gigs: int = 4, companies: int = 2, days: int = 14
) -> Instance:
    """A market of so many people and of so many shifts in so many days, each with 1 to 2 x `seats` - 1 open seats."""
    draw = random.Random(seed)
    firms = [_id(draw) for _ in range(companies)]
    works = [_work(draw, firms[number % companies], number) for number in range(gigs)]
    members = [_member(draw, firms) for _ in range(people)]
    openings = [_opening(draw, works[number % gigs], seats, days) for number in range(shifts)]
    return Instance(
        at=AT,
        weights=NEWEST_SHIPPED,
        seed=0,
        works={work.gig_id: work for work in sorted(works, key=lambda work: work.gig_id)},
        openings=sorted(openings, key=lambda opening: opening.shift_id),
        members=sorted(members, key=lambda member: member.id),
    )


def _id(draw: random.Random) -> UUID:
    return UUID(int=draw.getrandbits(128), version=4)


def _work(draw: random.Random, company_id: UUID, number: int) -> Work:
    hazard = HazardClass.H2 if number % 4 == 3 else HazardClass.H0
    need = (LanguageNeed("en", Level.B2),) if number % 2 else ()
    return Work(
        gig_id=_id(draw),
        company_id=company_id,
        criteria=Criteria(
            places=tuple(Where(country, None) for country, _, _ in PLACES),
            skills=() if number % 4 == 0 else (SKILLS[number % len(SKILLS)],),
            languages=need,
            reason="The work needs it.",
        ),
        hazard_class=hazard,
        hazard_categories=("hate",) if hazard is HazardClass.H2 else (),
        rate=Money(1500, "USD"),
        fee_percent=Decimal(10),
        margin=None,
    )


def _opening(draw: random.Random, work: Work, seats: int, days: int) -> Opening:
    start = AT + timedelta(days=1, hours=draw.randrange(24 * days))
    hours = 2 if work.hazard_class is HazardClass.H2 else draw.choice((4, 6, 8))
    span = Span(start, start + timedelta(hours=hours))
    shift_id, open_seats = _id(draw), draw.randint(1, 2 * seats - 1)
    return Opening(shift_id, work.gig_id, span, open_seats, frozenset(), (open_seats, open_seats))


def _member(draw: random.Random, firms: list[UUID]) -> Member:
    country, zone, language = draw.choice(PLACES)
    known = _id(draw)
    most = draw.choice((10, 20, 30, 40))
    company = draw.choice(firms)
    version = Agreed(_id(draw), Money(1000, "USD"), HazardClass.H3)
    past = [
        Past(AT - timedelta(days=draw.randrange(1, 60)), 60 * draw.randrange(2, 9), company)
        for _ in range(draw.randrange(6))
    ]
    start = AT + timedelta(days=draw.randrange(2, 12), hours=draw.randrange(24))
    busy = (Busy(Span(start, start + timedelta(hours=4)), HazardClass.H0),) if draw.random() < 0.3 else ()
    return Member(
        person=Person(
            contractor_id=known,
            status=ContractorStatus.VETTED,
            born_on=date(1990, 4, 26),
            country=country,
            subdivision=None,
            zone=ZoneInfo(zone),
            contract=None,
            skills=frozenset(draw.sample(SKILLS, draw.randint(1, 3))),
            languages={language: Level.C1, "en": draw.choice(list(Level))},
            consents={"hate": HazardClass.H2} if draw.random() < 0.5 else {},
            busy=busy,
            calendar=_calendar(draw),
        ),
        signed={company: [Signed(version, date(2023, 1, 1), None, None)]},
        band_min_minutes=60 * draw.choice((0, 5, 10)),
        band_max_minutes=60 * most,
        past=past,
    )


def _calendar(draw: random.Random) -> Calendar:
    """Hours of every working day; one person in six is away on one of the days ahead."""
    week = tuple(Window(day, 60 * draw.randrange(6, 12), 60 * draw.randrange(16, 24)) for day in range(5))
    ahead = (sum(window.start_minute for window in week) // 60) % 12
    day = (AT + timedelta(days=ahead)).date()
    return Calendar(week, (Dated(day, day),) if week[0].end_minute == 960 else ())
