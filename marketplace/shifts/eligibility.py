"""Who may be booked for a shift, and why not: pure, asked when an offer is made, again at the yes, and by matching.

Only what the work needs, what the law protects and what the person chose is asked, and what a human has decided about
them in writing. What a person declined, opted out of, disputed or said is no member of any value here, so it cannot
count (fairness rule NO_RETALIATION).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from marketplace.core.money import Money
from marketplace.gigs.rules import Criteria
from marketplace.qualifications.levels import PaySteps, Proof, ended_on, holds, level_of
from marketplace.standards.catalogue import RULES
from marketplace.standards.hazard import OPT_IN, Exposure, HazardClass, judge_exposure
from marketplace.standards.hours import (
    Span,
    judge_age,
    judge_day,
    judge_day_off,
    judge_rest,
    judge_week,
    minutes_by_day,
    minutes_by_week,
    week_of,
)
from marketplace.standards.piece_rates import Pieces
from marketplace.standards.premium_days import Place
from marketplace.standards.rates import NO_STEP
from marketplace.standards.verdicts import Verdict
from marketplace.workforce.bars import Bar, Source
from marketplace.workforce.calendar import NOTHING_SAID, Calendar, Quiet
from marketplace.workforce.rules import ContractorStatus, Level

STANDING: Final = RULES["STANDING"]
CONTRACT: Final = RULES["CONTRACT"]
ONE_PLACE: Final = RULES["ONE_PLACE"]
AVAILABLE: Final = RULES["AVAILABLE"]
BARRED: Final[Mapping[Source, str]] = MappingProxyType(
    {
        Source.OPERATOR: "An operator has restricted new offers like this one until a day that is said.",
        Source.COMPANY: "The company makes this person no new offers until a day that is said.",
        Source.MATCH: "New offers rest for some days, because a human looks at two accounts that share something.",
        Source.PAPER: "New offers rest until a paper that is over has been renewed.",
    }
)
"""What is said of a bar. Its reason stands with the person, not here."""
AROUND = timedelta(days=9)
"""How far before and after a shift other work can decide about it: a local week, and the seven days of DAY_OFF."""


@dataclass(frozen=True, slots=True)
class Seat:
    """What is offered: a time, what the work needs, how distressing it is, its hourly rate and what comes on top."""

    span: Span
    criteria: Criteria
    hazard_class: HazardClass
    hazard_categories: Sequence[str]
    rate: Money
    fee_percent: Decimal
    margin: Money | None = None
    company_id: UUID | None = None
    gig_id: UUID | None = None
    work_kind: str = ""
    pay_steps: PaySteps | None = None
    least_step: int = NO_STEP
    """A step that was promised: whose level has ended since keeps it (rule P5)."""
    added_minutes: int = 0
    """What it pays this person beside its time, since it was added late to their schedule (rule NOTICE)."""
    is_training: bool = False
    """Whether the work is learned in it, at the base rate and with nothing distressing (rule TRAINING)."""
    is_standby: bool = False
    """Whether whoever takes it stands by for the work (rule STANDBY)."""
    pieces: Pieces | None = None
    """The most pieces that it pays, where it pays pieces (rule PIECES)."""


def for_training(seat: Seat) -> Seat:
    """The same seat where the work is only learned: open to whoever still lacks its proofs, nothing distressing in it,
    and at the base rate (rule TRAINING)."""
    return replace(
        seat,
        criteria=seat.criteria.for_training,
        hazard_class=HazardClass.H0,
        hazard_categories=(),
        pay_steps=None,
        is_training=True,
        pieces=None,
    )


@dataclass(frozen=True, slots=True)
class Busy:
    """Time that is booked or was worked. `active` time cannot be booked again."""

    span: Span
    hazard_class: HazardClass
    active: bool = True


@dataclass(frozen=True, slots=True)
class Agreed:
    """The contract version that holds during the shift, and the terms of it that an offer must keep."""

    version_id: UUID
    rate: Money
    highest_class: HazardClass


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """What a seat asks of a person. `consents` are hazard categories with the highest class consented to; in the hours
    of `quiet` nothing rings, which no rule asks about. `bars` are in force now, whenever the shift is: they are about
    offers."""

    contractor_id: UUID
    status: ContractorStatus
    born_on: date | None
    country: str
    subdivision: str | None
    zone: ZoneInfo
    contract: Agreed | None
    skills: frozenset[str] = frozenset()
    languages: Mapping[str, Level]
    consents: Mapping[str, HazardClass]
    busy: Sequence[Busy] = ()
    calendar: Calendar = NOTHING_SAID
    quiet: Quiet | None = None
    daily_rest_hours: Decimal | None = None
    weekly_hours: Decimal | None = None
    overtime_multiplier: Decimal | None = None
    bars: Sequence[Bar] = ()
    proofs: Sequence[Proof] = ()
    """What the person holds or held of qualifications, each with its end."""


def judge(seat: Seat, person: Person) -> Iterator[Verdict]:
    """The verdict of every rule, in one order always. It is lazy: whoever needs only the first no stops there."""
    yield from judge_fit(seat, person)
    yield from judge_time(seat, person)


def judge_fit(seat: Seat, person: Person) -> Iterator[Verdict]:
    """The rules that look at the person, the contract and the work, and not at what else stands in the week. A bar is
    spoken of where it stands in the way."""
    yield _standing(person)
    yield from _bars(seat, person)
    yield _age(seat, person)
    yield _contract(seat, person)
    yield from _criteria(seat, person)
    if seat.hazard_class in OPT_IN:
        yield _consent(seat, person)


def judge_time(seat: Seat, person: Person) -> Iterator[Verdict]:
    """The rules that look at what else the person is booked for or has worked."""
    work = [busy.span for busy in person.busy]
    yield _one_place(seat, person)
    if person.calendar.keeps_free:
        yield _available(seat, person)
    yield judge_rest(work, seat.span, daily_rest_hours=person.daily_rest_hours)
    yield judge_day(work, seat.span, person.zone)
    yield judge_week(work, seat.span, person.zone)
    yield judge_day_off(work, seat.span, country=person.country)
    if seat.hazard_class is not HazardClass.H0:
        yield from judge_exposure(_exposures(seat, person))


def first_no(seat: Seat, person: Person) -> Verdict | None:
    """The verdict that decides against the person, or None when every rule lets them pass."""
    return next((verdict for verdict in judge(seat, person) if verdict.failed), None)


def place_of(person: Person) -> Place:
    """Where the person works, with what the region says of hours there: by it overtime, nights and days that earn more
    are counted."""
    return Place(person.country, person.subdivision, person.zone, person.weekly_hours, person.overtime_multiplier)


def _standing(person: Person) -> Verdict:
    return STANDING.verdict(
        person.status is ContractorStatus.VETTED,
        "Only vetted people who are not suspended are offered work.",
        {"status": str(person.status)},
        remedy="An operator decides about vetting and suspension; a decision can be contested.",
    )


def _bars(seat: Seat, person: Person) -> Iterator[Verdict]:
    for bar in person.bars:
        if bar.covers(seat.company_id, seat.gig_id, seat.work_kind):
            until = bar.until.astimezone(UTC).isoformat(timespec="minutes")
            yield RULES[bar.rule].verdict(
                False,
                BARRED[bar.source],
                {"scope": str(bar.target.scope), "until": until, "restriction": str(bar.id)},
                limit=f"from {until} on",
                remedy="The written reason stands on the person's page of standing, where it can be contested.",
            )


def _age(seat: Seat, person: Person) -> Verdict:
    if person.born_on is not None:
        return judge_age(person.born_on, seat.span.starts_at, person.zone)
    return RULES["AGE"].verdict(
        False, "The age is not known.", {"age": "unknown"}, remedy="State your date of birth and have it confirmed."
    )


def _contract(seat: Seat, person: Person) -> Verdict:
    agreed = person.contract
    holds = agreed is not None and agreed.rate.currency == seat.rate.currency and agreed.rate <= seat.rate
    covers = agreed is not None and seat.hazard_class <= agreed.highest_class
    return CONTRACT.verdict(
        holds and covers,
        "A contract with the company is in force that allows this work at this rate.",
        {
            "contract_version": str(agreed.version_id) if agreed else "none",
            "agreed_rate": str(agreed.rate) if agreed else "none",
            "offered_rate": str(seat.rate),
            "highest_class": str(agreed.highest_class) if agreed else "none",
            "class": str(seat.hazard_class),
        },
        remedy="Sign the company's contract, or ask the company to amend it.",
    )


def _criteria(seat: Seat, person: Person) -> Iterator[Verdict]:
    """CRITERIA: the places, skills and languages that the gig declared, with the reason that it gave."""
    asked = seat.criteria
    where = person.subdivision or person.country
    yield RULES["CRITERIA"].verdict(
        any(place.admits(person.country, person.subdivision) for place in asked.places),
        "The gig is offered to people in certain places.",
        {"place": where, "places": ", ".join(place.subdivision or place.country for place in asked.places)},
        remedy="Look for gigs that are offered where you live.",
    )
    lacking = sorted(set(asked.skills) - person.skills)
    yield RULES["CRITERIA"].verdict(
        not lacking,
        "The work needs certain skills.",
        {"missing": ", ".join(lacking) or "none", "because": asked.reason},
        remedy="Add the skill to your profile if you have it.",
    )
    at = seat.span.starts_at
    short = [need for need in asked.languages if not _speaks(person, need.language, need.level, at)]
    yield RULES["CRITERIA"].verdict(
        not short,
        "The work needs certain languages.",
        {"missing": ", ".join(f"{need.language} {need.level}" for need in short) or "none", "because": asked.reason},
        remedy="Add the language to your profile if you speak it at that level.",
    )
    yield from _proofs(seat, person)


def _proofs(seat: Seat, person: Person) -> Iterator[Verdict]:
    """CRITERIA: qualifications and proven levels, as they stand when the work begins. Self-declared skills prove no
    level."""
    asked, at = seat.criteria, seat.span.starts_at
    if asked.qualifications:
        lacking = [code for code in asked.qualifications if not holds(person.proofs, code, at)]
        ends = {code: ended_on(person.proofs, code) for code in lacking}
        yield RULES["CRITERIA"].verdict(
            not lacking,
            "The work needs certain qualifications.",
            {
                "missing": ", ".join(lacking) or "none",
                "ended": ", ".join(f"{code} {end.date()}" for code, end in ends.items() if end) or "none",
                "because": asked.reason,
            },
            remedy="Take the test under 'Tests': its minutes are paid, pass or fail. One that has ended is renewed so.",
        )
    if asked.skill_levels:
        short = [need for need in asked.skill_levels if level_of(person.proofs, need.skill, at) < need.level]
        yield RULES["CRITERIA"].verdict(
            not short,
            "The work needs certain levels of a skill.",
            {
                "missing": ", ".join(f"{need.skill} level {need.level}" for need in short) or "none",
                "proven": ", ".join(f"{n.skill} level {level_of(person.proofs, n.skill, at)}" for n in short) or "none",
                "because": asked.reason,
            },
            remedy="Take a test that proves the level, under 'Tests': its minutes are paid, pass or fail.",
        )


def step(seat: Seat, person: Person) -> int:
    """What the person's proven level multiplies the rate by, in ten-thousandths (SKILL_STEP): never less than what was
    promised."""
    if seat.pay_steps is None:
        return seat.least_step
    level = level_of(person.proofs, seat.pay_steps.skill, seat.span.starts_at)
    return max(seat.pay_steps.at(level), seat.least_step)


def _speaks(person: Person, language: str, level: Level, at: datetime) -> bool:
    """By what the person says, or by a test that proves it."""
    proven = (proof for proof in person.proofs if proof.language == language and proof.until > at)
    said = [person.languages[language]] if language in person.languages else []
    return any(known.reaches(level) for known in (*said, *(p.language_level for p in proven if p.language_level)))


def _consent(seat: Seat, person: Person) -> Verdict:
    lacking = sorted(name for name in seat.hazard_categories if not _consents(person, name, seat.hazard_class))
    return RULES["HAZARD"].verdict(
        not lacking,
        "Distressing work is offered only to people who consented to it.",
        {"class": str(seat.hazard_class), "without_consent": ", ".join(lacking) or "none"},
        remedy="Nothing follows from not consenting. Give the consent in your profile if you want such work.",
    )


def _consents(person: Person, category: str, hazard_class: HazardClass) -> bool:
    return category in person.consents and hazard_class <= person.consents[category]


def _one_place(seat: Seat, person: Person) -> Verdict:
    clash = next((b.span for b in person.busy if b.active and _overlap(b.span, seat.span)), None)
    return ONE_PLACE.verdict(
        clash is None,
        "Nobody is booked in two places at once.",
        {"booked_from": clash.starts_at.astimezone(UTC).isoformat() if clash else "free"},
        remedy="Give the other booking back first, or take a shift at another time.",
    )


def _available(seat: Seat, person: Person) -> Verdict:
    return AVAILABLE.verdict(
        not person.calendar.is_away(person.zone, seat.span.starts_at, seat.span.ends_at),
        "Nobody is asked to work at a time of which they said that they cannot.",
        {"zone": person.zone.key},
        remedy="Change the hours or days in your availability if you can work then after all.",
    )


def _overlap(one: Span, other: Span) -> bool:
    return one.starts_at < other.ends_at and other.starts_at < one.ends_at


def _exposures(seat: Seat, person: Person) -> dict[HazardClass, Exposure]:
    """Minutes in each class on the fullest local day, and in the fullest local week, that the seat touches."""
    mine = [*person.busy, Busy(seat.span, seat.hazard_class)]
    days = minutes_by_day([seat.span], person.zone)
    weeks = {week_of(day) for day in days}
    found: dict[HazardClass, Exposure] = {}
    for hazard_class in HazardClass:
        spans = [busy.span for busy in mine if busy.hazard_class is hazard_class]
        if hazard_class is HazardClass.H0 or not spans:
            continue
        by_day, by_week = minutes_by_day(spans, person.zone), minutes_by_week(spans, person.zone)
        found[hazard_class] = Exposure(_fullest(by_day, days), _fullest(by_week, weeks))
    return found


def _fullest(minutes: Mapping[date, int], touched: Iterable[date]) -> int:
    return max(minutes.get(day, 0) for day in touched)
