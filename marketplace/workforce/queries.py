"""Reads of contractors: by themselves, by operators, and set-based by the rooms that offer work."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select

from marketplace.accounts.rules import CLOCK, Actor, OperatorRole, require_operator
from marketplace.core.db import db
from marketplace.core.problems import NotFound
from marketplace.standards.rules import HazardClass
from marketplace.workforce.models import (
    AvailabilityWindow,
    Contractor,
    HazardConsent,
    Language,
    PayoutAccount,
    Requirement,
    Skill,
    VettingDecision,
)
from marketplace.workforce.rules import ContractorStatus, Level, Window


@dataclass(frozen=True, slots=True)
class Profile:
    """All that the service knows of a contractor, as they and the operators see it."""

    contractor: Contractor
    requirements: Sequence[Requirement]
    decisions: Sequence[VettingDecision]
    skills: Sequence[str]
    languages: Mapping[str, Level]
    windows: Sequence[Window]
    consents: Sequence[HazardConsent]
    payout_rail: str | None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A vetted contractor as matching reads them: what they can do and when, nothing about who they are.

    `consents` are the live ones: from a category of hazard to the heaviest class consented to.
    """

    id: UUID
    country: str
    subdivision: str | None
    timezone: str
    band_min_hours: int
    band_max_hours: int
    skills: frozenset[str]
    languages: Mapping[str, Level]
    windows: tuple[Window, ...]
    consents: Mapping[str, HazardClass]


def contractor(contractor_id: UUID, seen_by: Actor) -> Contractor:
    """A contractor as they themselves, operators and the service may see them. Raises NotFound for others."""
    found = db.session.get(Contractor, contractor_id)
    if found is None or not _may_see(seen_by, contractor_id):
        raise NotFound
    return found


def profile(contractor_id: UUID, seen_by: Actor) -> Profile:
    """The whole of a contractor's record in this room. Raises NotFound as `contractor` does."""
    found = contractor(contractor_id, seen_by)
    known = _traits([contractor_id])
    account = db.session.get(PayoutAccount, contractor_id)
    return Profile(
        contractor=found,
        requirements=requirements(contractor_id, seen_by),
        decisions=decisions(contractor_id),
        skills=sorted(known.skills.get(contractor_id, ())),
        languages=dict(sorted(known.languages.get(contractor_id, {}).items())),
        windows=sorted(known.windows.get(contractor_id, ())),
        consents=consents(contractor_id, seen_by),
        payout_rail=account.rail if account is not None else None,
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


def vetted(contractor_ids: Collection[UUID]) -> set[UUID]:
    """Those of the ids that are vetted contractors now."""
    found = select(Contractor.id).where(Contractor.id.in_(contractor_ids), Contractor.status == ContractorStatus.VETTED)
    return set(db.session.scalars(found))


def candidates(
    *,
    places: Collection[tuple[str, str | None]] = (),
    skills: Collection[str] = (),
    ids: Collection[UUID] | None = None,
) -> list[Candidate]:
    """Vetted contractors, oldest first, in a constant number of statements, whatever their number.

    They live in one of the places (country, or country and subdivision; a country alone takes in all of it; none named
    takes in the world), have every skill, and are among `ids` if those are given.
    """
    found = select(Contractor).where(Contractor.status == ContractorStatus.VETTED)
    if places:
        found = found.where(or_(*(_in_place(*place) for place in places)))
    if ids is not None:
        found = found.where(Contractor.id.in_(ids))
    for skill in sorted(set(skills)):
        found = found.where(exists().where(Skill.contractor_id == Contractor.id, Skill.skill == skill))
    people = list(db.session.scalars(found.order_by(Contractor.id)))
    known = _traits([person.id for person in people])
    return [
        Candidate(
            id=person.id,
            country=person.country,
            subdivision=person.subdivision,
            timezone=person.timezone,
            band_min_hours=person.band_min_hours,
            band_max_hours=person.band_max_hours,
            skills=frozenset(known.skills.get(person.id, ())),
            languages=known.languages.get(person.id, {}),
            windows=tuple(sorted(known.windows.get(person.id, ()))),
            consents=known.consents.get(person.id, {}),
        )
        for person in people
    ]


@dataclass(frozen=True, slots=True)
class _Traits:
    skills: dict[UUID, set[str]]
    languages: dict[UUID, dict[str, Level]]
    windows: dict[UUID, list[Window]]
    consents: dict[UUID, dict[str, HazardClass]]


def _traits(ids: Sequence[UUID]) -> _Traits:
    known = _Traits({}, {}, {}, {})
    scalars = db.session.scalars
    for skill in scalars(select(Skill).where(Skill.contractor_id.in_(ids))):
        known.skills.setdefault(skill.contractor_id, set()).add(skill.skill)
    for spoken in scalars(select(Language).where(Language.contractor_id.in_(ids))):
        known.languages.setdefault(spoken.contractor_id, {})[spoken.language] = spoken.level
    for row in scalars(select(AvailabilityWindow).where(AvailabilityWindow.contractor_id.in_(ids))):
        known.windows.setdefault(row.contractor_id, []).append(row.window)
    live = HazardConsent.contractor_id.in_(ids) & HazardConsent.revoked_at.is_(None)
    for consent in scalars(select(HazardConsent).where(live)):
        known.consents.setdefault(consent.contractor_id, {})[consent.category] = HazardClass(consent.up_to)
    return known


def _in_place(country: str, subdivision: str | None) -> ColumnElement[bool]:
    if subdivision is None:
        return Contractor.country == country
    return and_(Contractor.country == country, Contractor.subdivision == subdivision)


def _may_see(seen_by: Actor, contractor_id: UUID) -> bool:
    is_self = seen_by.person_id == contractor_id and seen_by.kind != "key"
    return is_self or seen_by.is_operator() or seen_by == CLOCK
