"""Reads of contractors, by themselves and by operators. Rooms that offer work read the tables set-based themselves."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, select

from marketplace.accounts.rules import CLOCK, Actor, OperatorRole, Right, require_operator
from marketplace.core.db import db
from marketplace.core.problems import NotFound
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
class Stranger:
    """A vetted contractor as a company sees them before a contract: what they can do and where, not who they are."""

    id: UUID
    country: str
    subdivision: str | None
    skills: Sequence[str]
    languages: Mapping[str, Level]


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
    return Profile(
        contractor=found,
        requirements=requirements(contractor_id, seen_by),
        decisions=decisions(contractor_id),
        skills=db.session.scalars(skills).all(),
        languages=_languages(contractor_id),
        windows=_windows(contractor_id),
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


def _windows(contractor_id: UUID) -> list[Window]:
    found = select(AvailabilityWindow).where(AvailabilityWindow.contractor_id == contractor_id)
    return sorted(row.window for row in db.session.scalars(found))


def _languages(contractor_id: UUID) -> dict[str, Level]:
    found = select(Language).where(Language.contractor_id == contractor_id).order_by(Language.language)
    return {row.language: row.level for row in db.session.scalars(found)}


def _may_see(seen_by: Actor, contractor_id: UUID) -> bool:
    return seen_by.is_in_person(contractor_id) or seen_by.is_operator() or seen_by == CLOCK
