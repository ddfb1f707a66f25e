"""Markets made from a seed alone, of any size: the same seed, the same market, on every machine.

People live in twelve zones, each in the region of that zone, with skills and languages as uneven as such markets are:
some work has far more people than it needs, and some nobody. Shifts are of two to eight hours, by day and by night.
"""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from marketplace.solver.market import Booked, Contractors, House, Many, Market, Openings, Scores
from marketplace.solver.problem import HOURS_OF_WEEK, Bits, Ints

EPOCH = datetime(2026, 11, 30, tzinfo=UTC)
PLACES = (
    ("ID", "Asia/Jakarta", "id"),
    ("PH", "Asia/Manila", "tl"),
    ("IN", "Asia/Kolkata", "hi"),
    ("KE", "Africa/Nairobi", "sw"),
    ("NG", "Africa/Lagos", "en"),
    ("EG", "Africa/Cairo", "ar"),
    ("RO", "Europe/Bucharest", "ro"),
    ("PL", "Europe/Warsaw", "pl"),
    ("CO", "America/Bogota", "es"),
    ("BR", "America/Sao_Paulo", "pt"),
    ("US", "America/Chicago", "en"),
    ("MX", "America/Mexico_City", "es"),
)
LANGUAGES = tuple(sorted({language for _, _, language in PLACES} | {"en"}))
SKILLS = tuple(f"skill-{number:02}" for number in range(24))
COMPANIES_OF_WORK = 4
"""Kinds of work that each company offers."""
SEATS_OF_A_SHIFT = (1, 2, 3, 4, 6, 8, 10, 12)
LEVELS = 6


def generate(contractors: int, seats: int, seed: int, *, days: int = 7) -> Market:
    """A market of so many people and about so many seats in so many days from a Monday on. Two seats for each person
    make it tight."""
    draw = np.random.default_rng(seed)
    companies = max(1, min(300, contractors // 250 + 2))
    who = _contractors(draw, contractors, companies)
    return Market(
        epoch=EPOCH,
        zones=[ZoneInfo(zone) for _, zone, _ in PLACES],
        regions=[region for region, _, _ in PLACES],
        skills=SKILLS,
        languages=LANGUAGES,
        companies=[f"company-{number:03}" for number in range(companies)],
        contractors=who,
        openings=_openings(draw, seats, companies, days),
        booked=_booked(draw, contractors, days),
        house=House(),
        scores=Scores(),
    )


def _contractors(draw: np.random.Generator, count: int, companies: int) -> Contractors:
    place = draw.choice(len(PLACES), count, p=_uneven(len(PLACES), 0.5)).astype(np.int32)
    most = draw.choice([600, 1200, 1800, 2400], count, p=[0.2, 0.35, 0.25, 0.2]).astype(np.int32)
    consents = draw.random(count) < 0.25
    can, wants = _hours(draw, count, place)
    return Contractors(
        id=[f"c{number:07}" for number in range(count)],
        zone=place,
        region=place.copy(),
        skills=_some(draw, count, len(SKILLS), 2, 6, 0.6),
        languages=_languages(draw, count, place),
        companies=_some(draw, count, companies, 0, 2, 0.0),
        floor=(100 * draw.integers(3, 11, count)).astype(np.int64),
        quality=np.clip(draw.normal(70, 15, count), 0, 100).astype(np.int32),
        least=(most // 2).astype(np.int32),
        most=most,
        hazard=np.where(consents, draw.choice([480, 1200], count), 0).astype(np.int32),
        recent=(30 * draw.integers(0, 200, count)).astype(np.int32),
        can=can,
        wants=wants,
    )


def _uneven(count: int, power: float) -> npt.NDArray[np.float64]:
    weights = np.power(np.arange(1, count + 1, dtype=np.float64), -power)
    return np.asarray(weights / weights.sum(), np.float64)


def _some(draw: np.random.Generator, rows: int, codes: int, least: int, most: int, power: float) -> Many:
    """So many different codes for each row, low ones more often the larger the power."""
    wanted = draw.integers(least, most + 1, rows)
    chance = np.cumsum(_uneven(codes, power))
    drawn = np.minimum(np.searchsorted(chance, draw.random((rows, max(1, most)))), codes - 1)
    used = np.arange(max(1, most)) < wanted[:, None]
    row, column = np.nonzero(used)
    pair = np.unique(row.astype(np.int64) * codes + drawn[row, column])
    first = np.searchsorted(pair // codes, np.arange(rows + 1))
    code = (pair % codes).astype(np.int32)
    return Many(first.astype(np.int64), code, np.zeros(len(code), np.int32))


def _languages(draw: np.random.Generator, rows: int, place: Ints) -> Many:
    """The language of the place, spoken well, and English more or less well where it is another one."""
    own = np.array([LANGUAGES.index(language) for _, _, language in PLACES])[place]
    english = LANGUAGES.index("en")
    code = np.stack([own, np.full(rows, english)], axis=1)
    level = np.stack([draw.integers(4, LEVELS, rows), draw.integers(0, LEVELS, rows)], axis=1)
    used = np.stack([np.ones(rows, np.bool_), own != english], axis=1)
    first = np.concatenate([[0], np.cumsum(used.sum(axis=1))]).astype(np.int64)
    return Many(first, code[used].astype(np.int32), level[used].astype(np.int32))


def _hours(draw: np.random.Generator, count: int, place: Ints) -> tuple[Bits, Bits]:
    """Hours of every working day, some of the weekend too; the wanted ones are the middle of them. In UTC."""
    offsets = np.array([round(_offset(zone)) for _, zone, _ in PLACES])[place]
    begin, length = draw.integers(5, 14, count), draw.integers(7, 14, count)
    weekend = draw.random(count) < 0.4
    anytime = draw.random(count) < 0.1
    can, wants = np.zeros((count, 3), np.uint64), np.zeros((count, 3), np.uint64)
    for hour in range(HOURS_OF_WEEK):
        local = (hour + offsets) % HOURS_OF_WEEK
        since = (local % 24 - begin) % 24
        day_is_free = (local // 24 < 5) | weekend
        able = (day_is_free & (since < length)) | anytime
        eager = day_is_free & (since < length - 2)
        bit = np.uint64(1) << np.uint64(hour % 64)
        can[able, hour // 64] |= bit
        wants[eager, hour // 64] |= bit
    return can, wants


def _offset(zone: str) -> float:
    offset = EPOCH.astimezone(ZoneInfo(zone)).utcoffset()
    return 0.0 if offset is None else offset.total_seconds() / 3600


def _openings(draw: np.random.Generator, seats: int, companies: int, days: int) -> Openings:
    sizes = draw.choice(SEATS_OF_A_SHIFT, max(1, seats))
    count = int(np.searchsorted(np.cumsum(sizes), seats)) + 1 if seats else 0
    sizes = sizes[:count].astype(np.int32)
    if count:
        sizes[-1] -= max(0, int(sizes.sum()) - seats)
    kinds = COMPANIES_OF_WORK * companies
    kind = draw.choice(kinds, count, p=_uneven(kinds, 0.3))
    hazard = draw.random(kinds) < 0.15
    hours = np.where(hazard[kind], 2 * draw.integers(1, 3, count), draw.choice([2, 4, 4, 6, 8], count))
    start = 60 * draw.integers(0, 24 * days - 8, count) + 30 * draw.integers(0, 2, count)
    own_regions = _some(draw, kinds, len(PLACES), 1, 5, 0.5)
    anywhere = draw.random(kinds) < 0.3
    return Openings(
        id=[f"s{number:07}" for number in range(count)],
        start=start.astype(np.int32),
        end=(start + 60 * hours).astype(np.int32),
        seats=sizes,
        urgency=np.where(start < 48 * 60, 2, 3).astype(np.int32),
        skills=_of(kind, _some(draw, kinds, len(SKILLS), 1, 2, 0.3)),
        languages=_of(kind, _needs(draw, kinds)),
        regions=_of(kind, _only(own_regions, ~anywhere)),
        rate=(100 * draw.integers(6, 18, kinds)).astype(np.int64)[kind],
        hazard=hazard[kind].astype(np.uint8),
        company=(kind // COMPANIES_OF_WORK).astype(np.int32),
    )


def _needs(draw: np.random.Generator, kinds: int) -> Many:
    """Half of the kinds need English at some level."""
    used = draw.random(kinds) < 0.5
    first = np.concatenate([[0], np.cumsum(used)]).astype(np.int64)
    count = int(used.sum())
    code = np.full(count, LANGUAGES.index("en"), np.int32)
    return Many(first, code, draw.integers(1, 5, count).astype(np.int32))


def _only(many: Many, which: npt.NDArray[np.bool_]) -> Many:
    keep = which[many.row]
    first = np.concatenate([[0], np.cumsum(np.diff(many.first) * which)]).astype(np.int64)
    return Many(first, many.code[keep], many.level[keep])


def _of(kind: npt.NDArray[np.int64], many: Many) -> Many:
    """The codes of each row's kind."""
    size = np.diff(many.first)[kind]
    first = np.concatenate([[0], np.cumsum(size)]).astype(np.int64)
    place = np.arange(first[-1]) - np.repeat(first[:-1], size) + np.repeat(many.first[:-1][kind], size)
    return Many(first, many.code[place], many.level[place])


def _booked(draw: np.random.Generator, people: int, days: int) -> Booked:
    """A fifth of the people are booked once in the time that is planned, a twentieth are away for a day."""
    who = np.flatnonzero(draw.random(people) < 0.25).astype(np.int32)
    away = draw.random(len(who)) < 0.2
    start = 60 * draw.integers(0, 24 * days, len(who))
    return Booked(
        contractor=who,
        start=start.astype(np.int32),
        end=(start + np.where(away, 1440, 240)).astype(np.int32),
        hazard=np.zeros(len(who), np.uint8),
        away=away.astype(np.uint8),
    )
