"""Reads of people, companies and keys."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ScalarSelect, Select, Uuid, bindparam, func, select
from sqlalchemy.orm import aliased

from marketplace.accounts.models import (
    ApiKey,
    CareLine,
    Company,
    CompanyDecision,
    CompanyIdentity,
    Invitation,
    Member,
    OperatorGrant,
    Person,
)
from marketplace.accounts.rules import (
    COMPANY_RIGHTS,
    Actor,
    CompanyRole,
    CompanyStatus,
    OperatorRole,
    Right,
    require_company,
    require_confirmed,
    require_operator,
    require_person,
)
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import Event
from marketplace.core.problems import NotFound

WRITTEN_TO = ("person.invited_by_company", "person.asked_by_company", "member_invitation.sent")
"""Events of messages that a company had sent to an address."""


@dataclass(frozen=True, slots=True)
class MemberLine:
    """A member as the other members see them."""

    person_id: UUID
    name: str
    email: str
    role: CompanyRole


@dataclass(frozen=True, slots=True)
class InvitationLine:
    """An invitation as those see it who sent it. Who it is, `person_id`, is told once they `answered`; an operator's is
    told at once."""

    id: UUID
    person_id: UUID | None
    name: str
    email: str
    invited_at: datetime
    good_until: datetime
    answered: bool


def person(person_id: UUID) -> Person:
    """The person of that id. Raises NotFound. Who may ask is settled by the caller: people are nobody's to browse."""
    found = db.session.get(Person, person_id)
    if found is None:
        raise NotFound
    return found


def person_by_email(email: str) -> Person | None:
    """`email` in the spelling of `rules.address`."""
    return db.session.scalars(select(Person).where(Person.email == email)).one_or_none()


def confirmed_person(by: Actor) -> Person:
    """The person who asks, if their address is confirmed. Raises EmailNotConfirmed, Unauthenticated."""
    return confirmed_people([by])[0]


def confirmed_people(actors: Sequence[Actor]) -> list[Person]:
    """As `confirmed_person()`, of many, in their order: one statement."""
    ids = [require_person(by) for by in actors]
    found = {row.id: row for row in db.session.scalars(select(Person).where(Person.id.in_(ids)))}
    if len(found) < len(set(ids)):
        raise NotFound
    for known in ids:
        require_confirmed(found[known].confirmed_at)
    return [found[known] for known in ids]


def person_name(ids: Sequence[UUID]) -> dict[UUID, str]:
    """The names of many people, in one statement."""
    return {row.id: row.name for row in db.session.execute(select(Person.id, Person.name).where(Person.id.in_(ids)))}


def company_name(ids: Collection[UUID]) -> dict[UUID, str]:
    """The legal names of many companies, in one statement. The caller has made sure that the asker deals with them."""
    found = select(Company.id, Company.legal_name).where(Company.id.in_(ids))
    return {row.id: row.legal_name for row in db.session.execute(found)}


def rights_of(person_id: Any) -> tuple[ScalarSelect[Any], ScalarSelect[Any]]:
    """The roles of somebody in companies and among operators, as JSON for `actor_with`: parts of a statement that knows
    who it is. The argument is a column of it, or a parameter."""
    member, granted = aliased(Member), aliased(OperatorGrant)
    roles = func.jsonb_agg(func.jsonb_build_array(member.company_id, member.role))
    return (
        select(roles).where(member.person_id == person_id).scalar_subquery(),
        select(func.jsonb_agg(granted.role)).where(granted.person_id == person_id).scalar_subquery(),
    )


def actor_with(
    person_id: UUID, member: Sequence[Sequence[str]] | None, grants: Sequence[str] | None, *, kind: str = "person"
) -> Actor:
    """The person with all the rights that `rights_of()` found."""
    companies = {UUID(company): COMPANY_RIGHTS[CompanyRole(role)] for company, role in member or ()}
    return Actor(person_id, kind, companies, frozenset(OperatorRole(role) for role in grants or ()))


# Built once: every request asks it, and building a statement takes longer than running it.
_RIGHTS = select(*rights_of(bindparam("person_id", type_=Uuid())))


def actor_of(person_id: UUID, *, kind: str = "person") -> Actor:
    """The person with all their present rights, in one statement. For sign-ins, and for jobs that act for somebody."""
    member, grants = db.session.execute(_RIGHTS, {"person_id": person_id}).one()
    return actor_with(person_id, member, grants, kind=kind)


def company(company_id: UUID, seen_by: Actor) -> Company:
    """A company that its members and operators see. Raises NotFound for everybody else."""
    if not seen_by.is_operator():
        require_company(seen_by, company_id, Right.READ)
    found = db.session.get(Company, company_id)
    if found is None:
        raise NotFound
    return found


def identity(company_id: UUID, seen_by: Actor) -> CompanyIdentity | None:
    """What the company told by which it is verified, for members who may change it and for operators of vetting; None
    while it told nothing. Raises NotFound or Forbidden for everybody else."""
    if not seen_by.is_operator(OperatorRole.VETTING):
        require_company(seen_by, company_id, Right.MEMBERS)
    company(company_id, seen_by)
    return db.session.get(CompanyIdentity, company_id)


def care_lines(ids: Collection[UUID]) -> dict[UUID, CareLine]:
    """Whom to call after distressing work for these companies. The caller has made sure that the asker deals with
    them."""
    found = select(CareLine).where(CareLine.company_id.in_(ids))
    return {row.company_id: row for row in db.session.scalars(found)}


def companies_of(person_id: UUID) -> list[Company]:
    """The companies that the person is a member of, by name."""
    mine = select(Member.company_id).where(Member.person_id == person_id)
    return list(db.session.scalars(select(Company).where(Company.id.in_(mine)).order_by(Company.legal_name)))


def companies(seen_by: Actor, status: CompanyStatus | None = None) -> Select[Company]:
    """Every company for an operator, one's own for everybody else; of one status if it is given."""
    found = select(Company)
    if not seen_by.is_operator():
        found = found.where(Company.id.in_(seen_by.companies))
    return found if status is None else found.where(Company.status == status)


def decisions(company_id: UUID, seen_by: Actor) -> list[CompanyDecision]:
    """What operators decided about the company, the latest first, for its members and for operators."""
    company(company_id, seen_by)
    found = select(CompanyDecision).where(CompanyDecision.company_id == company_id)
    return list(db.session.scalars(found.order_by(CompanyDecision.id.desc())))


def happenings(company_id: UUID, seen_by: Actor, *, limit: int = 50) -> list[Event]:
    """What happened to and in a company, newest first, for its members and for operators. Members are not shown whom
    it has written to: an event tells whether somebody had an account already."""
    company(company_id, seen_by)
    about = Event.about.contains([f"company:{company_id}"])
    found = select(Event).where(about).order_by(Event.id.desc()).limit(limit)
    if not seen_by.is_operator():
        found = found.where(Event.name.not_in(WRITTEN_TO))
    return list(db.session.scalars(found))


def members(company_id: UUID, seen_by: Actor) -> list[MemberLine]:
    """The members of a company, longest there first, for its members and for operators."""
    company(company_id, seen_by)
    found = db.session.execute(_member_lines(company_id).order_by(Member.id))
    return [MemberLine(row.id, row.name, row.email, row.role) for row in found]


def member(company_id: UUID, person_id: UUID, seen_by: Actor) -> MemberLine:
    """One of `members()`. Raises NotFound."""
    company(company_id, seen_by)
    row = db.session.execute(_member_lines(company_id).where(Member.person_id == person_id)).one_or_none()
    if row is None:
        raise NotFound
    return MemberLine(row.id, row.name, row.email, row.role)


def invitations(company_id: UUID | None, seen_by: Actor) -> Select[Invitation]:
    """A company's invitations for members who may send them; without a company the operators' own, for operators of
    vetting. Raises NotFound or Forbidden for everybody else."""
    if company_id is None:
        require_operator(seen_by, OperatorRole.VETTING)
        return select(Invitation).where(Invitation.company_id.is_(None))
    require_company(seen_by, company_id, Right.MEMBERS)
    return select(Invitation).where(Invitation.company_id == company_id)


def invited_names(company_id: UUID, seen_by: Actor) -> dict[UUID, str]:
    """The names of those whom the company has invited and who said yes, for members who may invite. Raises as
    `invitations` does."""
    answered = invitations(company_id, seen_by).where(Invitation.answered_at.is_not(None))
    ids = answered.with_only_columns(Invitation.person_id)
    return {row.id: row.name for row in db.session.execute(select(Person.id, Person.name).where(Person.id.in_(ids)))}


def invitation_lines(found: Sequence[Invitation]) -> list[InvitationLine]:
    """The invitations with whom they are to, in one statement."""
    ids = [each.person_id for each in found]
    people = {each.id: each for each in db.session.scalars(select(Person).where(Person.id.in_(ids)))}
    return [_invitation_line(each, people[each.person_id]) for each in found]


def my_invitations(seen_by: Actor) -> list[Invitation]:
    """The companies' invitations that the person has not answered and still can, the newest first."""
    found = select(Invitation).where(
        Invitation.person_id == require_person(seen_by),
        Invitation.company_id.is_not(None),
        Invitation.answered_at.is_(None),
        Invitation.good_until > clock.now(),
    )
    return list(db.session.scalars(found.order_by(Invitation.id.desc())))


def _invitation_line(each: Invitation, to: Person) -> InvitationLine:
    answered = each.answered_at is not None
    person_id = to.id if answered or each.company_id is None else None
    return InvitationLine(each.id, person_id, each.name, to.email, each.invited_at, each.good_until, answered)


def _member_lines(company_id: UUID) -> Select[UUID, str, str, CompanyRole]:
    return (
        select(Person.id, Person.name, Person.email, Member.role)
        .join(Member, Member.person_id == Person.id)
        .where(Member.company_id == company_id)
    )


def keys(company_id: UUID, seen_by: Actor) -> Select[ApiKey]:
    """A company's keys, revoked ones too, for members who may make them."""
    require_company(seen_by, company_id, Right.MEMBERS)
    return select(ApiKey).where(ApiKey.company_id == company_id)


def key(company_id: UUID, key_id: UUID, seen_by: Actor) -> ApiKey:
    """One of `keys()`. Raises NotFound."""
    found = db.session.scalars(keys(company_id, seen_by).where(ApiKey.id == key_id)).one_or_none()
    if found is None:
        raise NotFound
    return found
