"""How somebody becomes a member of a company: a member asks an address, and whoever it belongs to says yes or no.

Whether an address has an account is told to nobody: who has none gets one without a password, as whoever is invited by
a list does, and the message lets them choose one. Nobody belongs to a company who has not said so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from flask import current_app
from sqlalchemy import Select, select
from sqlalchemy.dialects.postgresql import insert

from marketplace.accounts import companies, queries
from marketplace.accounts.invitations import link_with
from marketplace.accounts.invited import INVITATION_LASTS
from marketplace.accounts.joining_rules import InvitationOver, JoiningStatus, check_asked
from marketplace.accounts.models import Company, Member, MemberInvitation, Person
from marketplace.accounts.rules import (
    COMPANY_RIGHTS,
    Actor,
    AlreadyMember,
    CompanyRole,
    Right,
    address,
    check_role,
    require_company,
    require_person,
)
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import record
from marketplace.core.ids import new_id
from marketplace.core.lifecycle import move_one
from marketplace.core.problems import NotFound

ANSWER_AT = "/account"
"""Where whoever has a password answers."""


@dataclass(frozen=True, slots=True)
class Asked:
    """An invitation as the company sees it that sent it."""

    id: UUID
    email: str
    role: CompanyRole
    status: JoiningStatus
    invited_at: datetime
    good_until: datetime
    ended_at: datetime | None

    @property
    def waits(self) -> bool:
        """Whether it can still be answered."""
        return self.status is JoiningStatus.WAITING and self.good_until > clock.now()


@dataclass(frozen=True, slots=True)
class AskedOfMe:
    """An invitation as the person sees it who is asked."""

    id: UUID
    company_id: UUID
    company: str
    role: CompanyRole
    invited_at: datetime
    good_until: datetime


def ask_to_join(company_id: UUID, email: str, role: CompanyRole, *, by: Actor) -> MemberInvitation:
    """Asks whoever has the address to become a member in that role, for 14 days. Asking again after an answer is asking
    anew. Raises BadAddress, RoleOutOfReach, AlreadyMember, AskedToday."""
    require_company(by, company_id, Right.MEMBERS)
    check_role(role, by.companies[company_id])
    assert by.person_id is not None
    asker, moment = queries.person(by.person_id), clock.now()
    companies.locked(company_id)
    person_id = _person_of(address(email), asker.locale)
    if _found(select(Member.id).where(Member.company_id == company_id, Member.person_id == person_id)):
        raise AlreadyMember(field="email")
    asked = select(MemberInvitation).where(
        MemberInvitation.company_id == company_id, MemberInvitation.person_id == person_id
    )
    row = db.session.scalars(asked.with_for_update()).one_or_none()
    values: dict[str, Any] = {
        "role": role,
        "invited_by": asker.id,
        "invited_at": moment,
        "good_until": moment + INVITATION_LASTS,
    }
    if row is not None:
        check_asked(row.invited_at, moment)
    if row is not None and row.status is not JoiningStatus.WAITING:
        told, values["ended_at"] = {"role": role}, None
        move_one(row, JoiningStatus.WAITING, by=by, event="member_invitation.sent", values=values, data=told)
        return row
    row = row or MemberInvitation(company_id=company_id, person_id=person_id, status=JoiningStatus.WAITING)
    for name, value in values.items():
        setattr(row, name, value)
    db.session.add(row)
    record("member_invitation.sent", row, by=by, data={"role": role})
    return row


def revoke_invitation(company_id: UUID, invitation_id: UUID, *, by: Actor) -> MemberInvitation:
    """The company takes an invitation back that waits. Raises WrongState."""
    require_company(by, company_id, Right.MEMBERS)
    companies.locked(company_id)
    row = db.session.get(MemberInvitation, invitation_id, populate_existing=True)
    if row is None or row.company_id != company_id:
        raise NotFound
    _end(row, JoiningStatus.REVOKED, by)
    return row


def answer_to_join(invitation_id: UUID, accepted: bool, *, by: Actor) -> MemberInvitation:
    """The invited person says yes, and is a member from now on, or no. Their address must be confirmed: whoever signed
    up with somebody else's is not who was asked. Raises NotFound, EmailNotConfirmed, InvitationOver.

    A yes holds only while whoever asked may still give the role.
    """
    me = queries.confirmed_person(by)
    row = db.session.get(MemberInvitation, invitation_id)
    if row is None or row.person_id != me.id:
        raise NotFound
    companies.locked(row.company_id)
    db.session.refresh(row)
    if row.status is not JoiningStatus.WAITING or row.good_until <= clock.now():
        raise InvitationOver
    if not accepted:
        _end(row, JoiningStatus.DECLINED, by)
        return row
    _check_asker(row)
    _end(row, JoiningStatus.ACCEPTED, by)
    if not _found(select(Member.id).where(Member.company_id == row.company_id, Member.person_id == me.id)):
        companies.join(row.company_id, me.id, row.role, by=by)
    return row


def joining_link(invitation_id: UUID) -> str:
    """The absolute address where the invited person answers: who has no password yet chooses one there first."""
    row = db.session.get_one(MemberInvitation, invitation_id)
    person = queries.person(row.person_id)
    return link_with(person, row.id) if person.password is None else f"{current_app.config['BASE_URL']}{ANSWER_AT}"


def invitations_to_join(company_id: UUID, seen_by: Actor) -> Select[MemberInvitation]:
    """Whom the company has asked to be a member, for members who may ask."""
    require_company(seen_by, company_id, Right.MEMBERS)
    return select(MemberInvitation).where(MemberInvitation.company_id == company_id)


def lines(found: Sequence[MemberInvitation]) -> list[Asked]:
    """Invitations as the company sees them: one statement. The caller has made sure that the asker may."""
    people = select(Person.id, Person.email).where(Person.id.in_([each.person_id for each in found]))
    emails = {row.id: row.email for row in db.session.execute(people)}
    return [
        Asked(each.id, emails[each.person_id], each.role, each.status, each.invited_at, each.good_until, each.ended_at)
        for each in found
    ]


def line(found: MemberInvitation) -> Asked:
    """`lines()` of one."""
    return lines([found])[0]


def asked_to_join(seen_by: Actor) -> list[AskedOfMe]:
    """The invitations that the person can answer, the newest first."""
    found = (
        select(MemberInvitation, Company.legal_name)
        .join(Company, Company.id == MemberInvitation.company_id)
        .where(
            MemberInvitation.person_id == require_person(seen_by),
            MemberInvitation.status == JoiningStatus.WAITING,
            MemberInvitation.good_until > clock.now(),
        )
    )
    return [
        AskedOfMe(row.id, row.company_id, name, row.role, row.invited_at, row.good_until)
        for row, name in db.session.execute(found.order_by(MemberInvitation.invited_at.desc()))
    ]


def _person_of(email: str, locale: str) -> UUID:
    """Whoever has the address; a new account without a password where nobody has."""
    row = insert(Person).values(
        id=new_id(),
        email=email,
        password=None,
        active=True,
        fs_uniquifier=uuid4().hex,
        name=email.partition("@")[0],
        locale=locale,
        joined_at=clock.now(),
    )
    db.session.execute(row.on_conflict_do_nothing(index_elements=["email"]))
    return db.session.scalars(select(Person.id).where(Person.email == email)).one()


def _check_asker(row: MemberInvitation) -> None:
    """Raises InvitationOver when whoever asked could not ask today."""
    held = select(Member.role).where(Member.company_id == row.company_id, Member.person_id == row.invited_by)
    role = db.session.scalars(held).one_or_none()
    rights = frozenset[Right]() if role is None else COMPANY_RIGHTS[role]
    if Right.MEMBERS not in rights or not COMPANY_RIGHTS[row.role] <= rights:
        raise InvitationOver


def _end(row: MemberInvitation, new: JoiningStatus, by: Actor) -> None:
    move_one(row, new, by=by, event=f"member_invitation.{new}", values={"ended_at": clock.now()})


def _found(what: Select[UUID]) -> bool:
    return db.session.scalar(what) is not None
