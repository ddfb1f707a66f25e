"""Reads of contractors, by themselves and by operators. Rooms that offer work read the tables set-based themselves."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Date, ScalarSelect, Select, Uuid, any_, bindparam, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY

from marketplace.accounts.rules import CLOCK, Actor, OperatorRole, Right, require_operator
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.problems import NotFound
from marketplace.standards import queries as standards
from marketplace.standards.floor import sourced
from marketplace.standards.models import RegionVersion
from marketplace.standards.rules import Confidence
from marketplace.workforce import versions
from marketplace.workforce.calendar import NOTHING_SAID, Calendar, Dated, Window, Wish
from marketplace.workforce.models import (
    AvailabilityException,
    AvailabilityWindow,
    Contractor,
    HazardConsent,
    Language,
    PayoutAccount,
    Requirement,
    Skill,
    VettingDecision,
)
from marketplace.workforce.rules import ContractorStatus, Level, RequirementKind


@dataclass(frozen=True, slots=True)
class Profile:
    """All that the service knows of a contractor, as they and the operators see it."""

    contractor: Contractor
    requirements: Sequence[Requirement]
    versions: Mapping[RequirementKind, str]
    """Of each requirement, what an operator who looks at it now names as seen."""
    decisions: Sequence[VettingDecision]
    skills: Sequence[str]
    languages: Mapping[str, Level]
    windows: Sequence[Window]
    exceptions: Sequence[AvailabilityException]
    consents: Sequence[HazardConsent]
    payout_rail: str | None
    is_reached: bool
    """Whether the service's payment rail pays people where they live (rule RAIL_REACH)."""


@dataclass(frozen=True, slots=True)
class Stranger:
    """A vetted contractor as a company sees them before a contract: what they can do and where, not who they are."""

    id: UUID
    country: str
    subdivision: str | None
    skills: Sequence[str]
    languages: Mapping[str, Level]


@dataclass(frozen=True, slots=True)
class Covered:
    """How many vetted contractors live where the highest published wage can be trusted so far; None where there is
    none, and the house floor alone protects them."""

    confidence: Confidence | None
    contractors: int


def coverage(seen_by: Actor, on: date) -> list[Covered]:
    """How many vetted contractors are covered by a sourced floor on a day, by its confidence, the surest first. For
    operators. In two statements, however many there are. Raises NotFound for others."""
    require_operator(seen_by)
    place = (Contractor.country, Contractor.subdivision)
    counted = select(*place, func.count()).where(Contractor.status == ContractorStatus.VETTED).group_by(*place)
    people = {(country, part): count for country, part, count in db.session.execute(counted)}
    regions = standards.known(people, on)
    found: Counter[Confidence | None] = Counter()
    for code, count in people.items():
        benchmark = sourced(regions[code])
        found[benchmark.confidence or Confidence.LOW if benchmark else None] += count
    return [Covered(confidence, found[confidence]) for confidence in (*Confidence, None)]


def contractor(contractor_id: UUID, seen_by: Actor) -> Contractor:
    """A contractor as they themselves, operators and the service may see them. Raises NotFound for others."""
    found = db.session.get(Contractor, contractor_id)
    if found is None or not _may_see(seen_by, contractor_id):
        raise NotFound
    return found


def profile(contractor_id: UUID, seen_by: Actor) -> Profile:
    """The whole of a contractor's record in this room. Raises NotFound as `contractor` does."""
    found = contractor(contractor_id, seen_by)
    skills = select(Skill.skill).where(Skill.contractor_id == contractor_id).order_by(Skill.skill)
    account = db.session.get(PayoutAccount, contractor_id)
    asked = requirements(contractor_id, seen_by)
    return Profile(
        contractor=found,
        requirements=asked,
        versions=versions.by_kind(asked),
        decisions=decisions(contractor_id),
        skills=db.session.scalars(skills).all(),
        languages=_languages(contractor_id),
        windows=windows(contractor_id),
        exceptions=exceptions(contractor_id),
        consents=consents(contractor_id, seen_by),
        payout_rail=account.rail if account is not None else None,
        is_reached=not standards.unreached([{"country": found.country}]),
    )


def requirements(contractor_id: UUID, seen_by: Actor) -> list[Requirement]:
    """What the contractor must show, in the order in which it is asked. Raises NotFound as `contractor` does."""
    contractor(contractor_id, seen_by)
    found = select(Requirement).where(Requirement.contractor_id == contractor_id)
    return list(db.session.scalars(found.order_by(Requirement.id)))


def decisions(contractor_id: UUID) -> list[VettingDecision]:
    """What was decided about the contractor, the latest first. The caller has made sure that the asker may see it."""
    found = select(VettingDecision).where(VettingDecision.contractor_id == contractor_id)
    return list(db.session.scalars(found.order_by(VettingDecision.id.desc())))


def consents(contractor_id: UUID, seen_by: Actor) -> list[HazardConsent]:
    """Every hazard consent ever given, revoked ones too, the latest first. Raises NotFound as `contractor` does."""
    contractor(contractor_id, seen_by)
    found = select(HazardConsent).where(HazardConsent.contractor_id == contractor_id)
    return list(db.session.scalars(found.order_by(HazardConsent.id.desc())))


def vetting_queue(seen_by: Actor) -> Select[Contractor]:
    """Contractors who wait for a decision. Raises NotFound or Forbidden unless an operator of vetting asks."""
    require_operator(seen_by, OperatorRole.VETTING)
    return select(Contractor).where(Contractor.status == ContractorStatus.APPLIED)


def contractors(seen_by: Actor, status: ContractorStatus | None = None) -> Select[Contractor]:
    """Every contractor, of one status if it is given, for operators of vetting. Raises NotFound or Forbidden."""
    require_operator(seen_by, OperatorRole.VETTING)
    found = select(Contractor)
    return found if status is None else found.where(Contractor.status == status)


def vetted_among(person_ids: Collection[UUID]) -> set[UUID]:
    """Who of some people is vetted. The caller has made sure that the asker may know them."""
    found = select(Contractor.id).where(Contractor.id.in_(person_ids), Contractor.status == ContractorStatus.VETTED)
    return set(db.session.scalars(found))


def strangers(seen_by: Actor, limit: int, *, first: Collection[UUID] = ()) -> list[Stranger]:
    """Vetted contractors, those named `first` and then the newest, for whoever signs contracts for a company: three
    statements, however many.

    Raises NotFound for everybody else.
    """
    if not any(Right.MEMBERS in held for held in seen_by.companies.values()):
        raise NotFound
    vetted = select(Contractor).where(Contractor.status == ContractorStatus.VETTED)
    people = db.session.scalars(
        vetted.order_by(Contractor.id.in_(first).desc(), Contractor.vetted_at.desc(), Contractor.id).limit(limit)
    ).all()
    ids = [person.id for person in people]
    skills: dict[UUID, list[str]] = {}
    for row in db.session.scalars(select(Skill).where(Skill.contractor_id.in_(ids)).order_by(Skill.skill)):
        skills.setdefault(row.contractor_id, []).append(row.skill)
    languages: dict[UUID, dict[str, Level]] = {}
    spoken = select(Language).where(Language.contractor_id.in_(ids)).order_by(Language.language)
    for each in db.session.scalars(spoken):
        languages.setdefault(each.contractor_id, {})[each.language] = each.level
    return [Stranger(p.id, p.country, p.subdivision, skills.get(p.id, []), languages.get(p.id, {})) for p in people]


def locked(contractor_id: UUID) -> Contractor:
    """A contractor, locked and read anew: whoever changes what is said of them comes one after another. The caller has
    made sure that the asker may. Raises NotFound."""
    return locked_many([contractor_id])[contractor_id]


def locked_many(contractor_ids: Collection[UUID]) -> dict[UUID, Contractor]:
    """As `locked()`, of many people, in one order. Raises NotFound unless all of them are contractors."""
    found = select(Contractor).where(Contractor.id.in_(contractor_ids)).order_by(Contractor.id).with_for_update()
    rows = {row.id: row for row in db.session.scalars(found.execution_options(populate_existing=True))}
    if len(rows) < len(contractor_ids):
        raise NotFound
    return rows


# --- time -----------------------------------------------------------------------------------------------------------


def windows(contractor_id: UUID) -> list[Window]:
    """The windows of somebody's week, in its order. The caller has made sure that the asker may see them."""
    found = select(AvailabilityWindow).where(AvailabilityWindow.contractor_id == contractor_id)
    return sorted(row.window for row in db.session.scalars(found))


def exceptions(contractor_id: UUID) -> list[AvailabilityException]:
    """Somebody's exceptions that are not over by their own calendar, by day. The caller has made sure that the asker
    may see them."""
    who = db.session.get_one(Contractor, contractor_id)
    today = clock.now().astimezone(clock.zone(who.timezone)).date()
    found = select(AvailabilityException).where(
        AvailabilityException.contractor_id == contractor_id, AvailabilityException.last_day >= today
    )
    return list(db.session.scalars(found.order_by(AvailabilityException.first_day, AvailabilityException.id)))


def time(contractor_id: UUID, seen_by: Actor) -> dict[str, Any]:
    """All that somebody says about their time. Raises NotFound as `contractor` does."""
    who = contractor(contractor_id, seen_by)
    return {
        "timezone": who.timezone,
        "band_min_hours": who.band_min_hours,
        "band_max_hours": who.band_max_hours,
        "windows": windows(who.id),
        "exceptions": exceptions(who.id),
        "quiet": who.quiet,
    }


def living_in(places: Collection[str]) -> dict[str, list[UUID]]:
    """Whom the law of each place ("KE", "US-KS") holds for: contractors there who have not closed their account, and
    of a country none in a part that has a law of its own. One statement. Without permission: it is for notices."""
    parts = select(RegionVersion.subdivision).where(RegionVersion.subdivision.is_not(None))
    has_own_law = func.coalesce(Contractor.subdivision.in_(parts), False)
    here = select(
        Contractor.id,
        Contractor.country,
        Contractor.subdivision,
        has_own_law,
    ).where(
        or_(Contractor.country.in_(places), Contractor.subdivision.in_(places)),
        Contractor.status.not_in([ContractorStatus.REFUSED, ContractorStatus.CLOSED]),
    )
    found: dict[str, list[UUID]] = {place: [] for place in places}
    for contractor_id, country, part, apart in db.session.execute(here.order_by(Contractor.id)):
        if part in found:
            found[part].append(contractor_id)
        if country in found and not apart:
            found[country].append(contractor_id)
    return found


def awake_at(ids: Collection[UUID], at: datetime) -> dict[UUID, datetime]:
    """For whom of these people it is quiet at that moment, and when it no longer is. One statement."""
    found = select(Contractor).where(Contractor.id.in_(ids), Contractor.quiet_from_minute.is_not(None))
    ends = {who.id: who.quiet.ends(clock.zone(who.timezone), at) for who in db.session.scalars(found) if who.quiet}
    return {known: end for known, end in ends.items() if end is not None}


def said_by(contractor: Any, first: Any, last: Any) -> tuple[ScalarSelect[Any], ScalarSelect[Any]]:
    """What somebody says of every week, and the exceptions that touch the days between the two, as JSON for
    `calendar_of`: parts of a statement about contractors. The arguments are columns of it, or parameters.

    Days are UTC's, and a day more on each side is read for those who live elsewhere.
    """
    week, days = AvailabilityWindow, AvailabilityException
    windows = func.jsonb_build_array(week.weekday, week.start_minute, week.end_minute, week.wish)
    dated = func.jsonb_build_array(days.first_day, days.last_day, days.start_minute, days.end_minute, days.wish)
    near = days.first_day <= last + 2, days.last_day >= first - 2
    return (
        select(func.jsonb_agg(windows)).where(week.contractor_id == contractor).scalar_subquery(),
        select(func.jsonb_agg(dated)).where(days.contractor_id == contractor, *near).scalar_subquery(),
    )


def calendar_of(week: Sequence[Sequence[Any]] | None, days: Sequence[Sequence[Any]] | None) -> Calendar:
    """What `said_by()` has found, as the rules read it."""
    if not week and not days:
        return NOTHING_SAID
    windows = (Window(day, start, end, Wish(wish)) for day, start, end, wish in week or ())
    dated = (
        Dated(date.fromisoformat(first), date.fromisoformat(last), start, end, Wish(wish))
        for first, last, start, end, wish in days or ()
    )
    return Calendar(tuple(sorted(windows)), tuple(sorted(dated)))


# Built once, since building a statement takes longer than running it.
_FIRST, _LAST = bindparam("first", type_=Date()), bindparam("last", type_=Date())
_SAID = select(Contractor.id, *said_by(Contractor.id, _FIRST, _LAST)).where(
    Contractor.id == any_(bindparam("ids", type_=ARRAY(Uuid())))
)


def calendars(ids: Collection[UUID], first: date, last: date) -> dict[UUID, Calendar]:
    """What these people say about their time, exceptions as far as they touch the days between the two: one statement,
    however many people. Whoever says nothing is not among them. For rooms that offer work."""
    found = db.session.execute(_SAID, {"ids": list(ids), "first": first, "last": last})
    return {known: calendar_of(week, days) for known, week, days in found if week or days}


def _languages(contractor_id: UUID) -> dict[str, Level]:
    found = select(Language).where(Language.contractor_id == contractor_id).order_by(Language.language)
    return {row.language: row.level for row in db.session.scalars(found)}


def _may_see(seen_by: Actor, contractor_id: UUID) -> bool:
    return seen_by.is_in_person(contractor_id) or seen_by.is_operator() or seen_by == CLOCK
