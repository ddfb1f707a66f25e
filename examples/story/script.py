"""What the story is made of, read from `examples/newspapers-2023`: the facts with their sources, and the world.

Everything here is data. Who plays, what happens and what it comes to stands in the other modules.
"""

import json
import os
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from marketplace.standards import rail_reach

FOLDER = Path(__file__).parents[1] / "newspapers-2023"
FIRST_DAY, PAY_DAY = date(2023, 4, 27), date(2023, 5, 10)
PREPARED = datetime(2023, 4, 24, 9, 0, tzinfo=UTC)
"""When people and companies join, three days before the first shift."""
PRESENT = datetime(2023, 5, 10, 15, 30, tzinfo=UTC)
"""Where the story stops and the service goes on: on pay day, while people in the Americas are at work."""
APPLICANT = ("Pontianak", 2)
"""Whose application a visitor finds waiting: the second of the people of Pontianak."""
FEWEST = 2
"""People of a city, and seats of a shift, in the smallest story."""
FOREMOST = 4
"""People of each vetting state below `vetted` are spread over all cities; the first of a city are always vetted."""


@dataclass(frozen=True, slots=True)
class City:
    name: str
    country: str
    subdivision: str | None
    timezone: str
    latitude: float
    longitude: float
    people: int
    currency: str
    languages: Mapping[str, str]
    skills: Sequence[str]
    crew: str


@dataclass(frozen=True, slots=True)
class Someone:
    """A contractor of the story. `number` is their place in the thousand, `vetting` how their application ends."""

    number: int
    name: str
    email: str
    city: City
    languages: Mapping[str, str]
    skills: Sequence[str]
    band: tuple[int, int]
    born_on: date
    vetting: str
    opts_in: bool


@dataclass(frozen=True, slots=True)
class ShiftPlan:
    """A shift that a company schedules, in UTC."""

    gig: str
    timezone: str
    starts_at: datetime
    ends_at: datetime
    seats: int


@cache
def share() -> int:
    """Which part of the thousand plays: everybody, or every so-manieth where STORY_SHARE asks for a smaller story."""
    return int(os.environ.get("STORY_SHARE", "1"))


@cache
def world() -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads((FOLDER / "world.json").read_text())
    return found


@cache
def facts() -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads((FOLDER / "facts.json").read_text())
    return found


def seed() -> int:
    return int(world()["seed"])


@cache
def cities() -> tuple[City, ...]:
    return tuple(
        City(
            name=row["city"],
            country=row["country"],
            subdivision=row["subdivision"],
            timezone=row["timezone"],
            latitude=row["at"][0],
            longitude=row["at"][1],
            people=max(FEWEST, row["people"] // share()),
            currency=row["currency"],
            languages=row["languages"],
            skills=row["skills"],
            crew=row["crew"],
        )
        for row in world()["cities"]
    )


@cache
def unreached() -> frozenset[str]:
    """Countries where the rail of this service pays nobody. Their people wait to be vetted: nobody is taken in who
    cannot be paid."""
    platform = os.environ.get("STRIPE_COUNTRY", "") if os.environ.get("SETARA_RAIL") == "stripe" else None
    found = {city.country for city in cities()} if platform is not None else set()
    return frozenset(country for country in found if rail_reach.reach(country, str(platform)) is None)


@cache
def gigs() -> tuple[str, ...]:
    """The gigs that can be worked at: those of which somebody can be paid, since no other opens (rule RAIL_REACH)."""
    crews = {city.crew for city in cities() if city.country not in unreached()}
    return tuple(name for name, row in world()["gigs"].items() if crews & set(row["crew"]))


@cache
def people() -> tuple[Someone, ...]:
    """The thousand, always the same ones: each draws what is theirs from the seed and their number alone."""
    places = [(city, number) for city in cities() for number in range(1, city.people + 1)]
    states = _vetting_states([number for _, number in places])
    states[[(city.name, number) for city, number in places].index(APPLICANT)] = "applied"
    return tuple(_someone(city, number, index, states[index]) for index, (city, number) in enumerate(places))


def _vetting_states(numbers: Sequence[int]) -> list[str]:
    """Some are still waiting, some were refused, some suspended: spread over all cities, past each city's first."""
    states = ["vetted"] * len(numbers)
    later = [index for index, number in enumerate(numbers) if number > FOREMOST]
    waiting = {state: count // share() for state, count in world()["vetting"].items()}
    drawn = random.Random(seed()).sample(later, sum(waiting.values()))  # noqa: S311 - repeatable
    for state, count in waiting.items():
        for _ in range(count):
            states[drawn.pop()] = state
    return states


def _someone(city: City, number: int, index: int, vetting: str) -> Someone:
    draw = random.Random(f"{seed()}:{index}")  # noqa: S311 - repeatable
    skills = [skill for skill in city.skills if skill == city.skills[0] or draw.random() < 0.5]
    if city.crew == "kansas":
        skills = [city.skills[number % 2]]
    if city.country in unreached() and vetting != "refused":
        vetting = "applied"
    low = draw.choice((0, 4, 8, 12))
    slug = city.name.lower().replace(" ", "-")
    return Someone(
        number=index,
        name=f"{city.name} Contractor {number:02}",
        email=f"{slug}-{number:02}@contractors.example",
        city=city,
        languages=city.languages,
        skills=skills,
        band=(low, low + draw.choice((8, 12, 20))),
        born_on=date(draw.randint(1970, 2003), draw.randint(1, 12), draw.randint(1, 28)),
        vetting=vetting,
        opts_in=city.crew == "africa" and draw.random() < 0.8,
    )


@cache
def shifts() -> tuple[ShiftPlan, ...]:
    """Every shift of the two weeks, in the order of their starts: local time of each day, so that Cairo's come an hour
    earlier in UTC from 28 April 2023 on, when Egypt moved its clocks."""
    found = []
    for row in (each for each in world()["shifts"] if each["gig"] in gigs()):
        zone = ZoneInfo(row["timezone"])
        hour, minute = (int(part) for part in row["start"].split(":"))
        for day in _days(row["days"]):
            start = datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone).astimezone(UTC)
            found.append(
                ShiftPlan(row["gig"], row["timezone"], start, start + timedelta(hours=row["hours"]), _seats(row))
            )
    return tuple(sorted(found, key=lambda shift: (shift.starts_at, shift.gig)))


def _seats(row: Mapping[str, Any]) -> int:
    return max(FEWEST, int(row["seats"]) // share())


def _days(wanted: str | Sequence[str]) -> list[date]:
    if isinstance(wanted, str):
        every = (FIRST_DAY + timedelta(days=n) for n in range((PAY_DAY - FIRST_DAY).days + 1))
        return [day for day in every if day.weekday() < 5]
    return [date.fromisoformat(day) for day in wanted]


def company_of(crew: str) -> str:
    """The company, by its name in the script, that a crew works for."""
    return str(world()["crews"][crew]["company"])


def company_of_gig(gig: str) -> str:
    return company_of(world()["gigs"][gig]["crew"][0])


def planned_minutes(gig: str) -> int:
    """Minutes of work that all shifts of a gig may come to, those that a scene adds included."""
    own = sum((s.ends_at - s.starts_at) // timedelta(minutes=1) * s.seats for s in shifts() if s.gig == gig)
    return own + int(world()["more_minutes"].get(gig, 0))


def answer_of(number: int, shift: int) -> str:
    """What a person answers when they are offered a shift: drawn from the seed, the person and the shift alone, so that
    no order of events changes it."""
    draw = random.Random(f"{seed()}:answer:{number}:{shift}").randrange(100)  # noqa: S311 - repeatable
    answers = world()["answers"]
    if draw < answers["accept"]:
        return "accept"
    return "decline" if draw < answers["accept"] + answers["decline"] else "let_expire"


def comes(number: int, shift: int) -> bool:
    """Whether a person who accepted comes to the shift."""
    draw = random.Random(f"{seed()}:comes:{number}:{shift}")  # noqa: S311 - repeatable
    return draw.randrange(100) >= int(world()["no_show_percent"])
