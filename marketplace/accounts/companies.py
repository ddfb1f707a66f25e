"""The verbs of companies and their members."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from marketplace.accounts import queries
from marketplace.accounts.models import CareLine, Company, Member
from marketplace.accounts.rules import (
    Actor,
    AlreadyMember,
    CompanyRole,
    CompanyStatus,
    NoSuchPerson,
    Right,
    address,
    check_owner_stays,
    check_role,
    require_company,
)
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import record
from marketplace.core.problems import NotFound


def apply_company(legal_name: str, country: str, signatory_name: str, *, by: Actor) -> Company:
    """A company that waits to be verified, with whoever applies as its owner. Raises EmailNotConfirmed.

    `country` is its ISO 3166-1 alpha-2 code; `signatory_name` is who signs contracts for it.
    """
    owner = queries.confirmed_person(by)
    company = Company(
        status=CompanyStatus.APPLIED,
        legal_name=legal_name,
        country=country,
        signatory_name=signatory_name,
        applied_at=clock.now(),
    )
    db.session.add(company)
    db.session.flush()
    _add(company.id, owner.id, CompanyRole.OWNER, company.applied_at)
    record("company.applied", company, by=by)
    return company


def name_care_line(company_id: UUID, provider: str, call: str, *, by: Actor) -> CareLine:
    """Says whom people call after distressing work, and how, at the company's cost (AFTER_CARE)."""
    require_company(by, company_id, Right.GIGS)
    company = locked(company_id)
    row = db.session.get(CareLine, company_id) or CareLine(company_id=company_id)
    row.provider, row.call, row.named_at = provider.strip(), call.strip(), clock.now()
    db.session.add(row)
    record("company.care_line_named", company, by=by)
    return row


def add_member(company_id: UUID, email: str, role: CompanyRole, *, by: Actor) -> Member:
    """Makes somebody with a confirmed account a member without asking them: for worlds that are made, not for doors,
    since it tells whether an address has an account; `joining` asks. Raises RoleOutOfReach, NoSuchPerson,
    AlreadyMember.
    """
    require_company(by, company_id, Right.MEMBERS)
    check_role(role, by.companies[company_id])
    person = queries.person_by_email(address(email))
    if person is None or person.confirmed_at is None or not person.active:
        raise NoSuchPerson(field="email")
    company = locked(company_id)
    if person.id in _roles(company_id):
        raise AlreadyMember(field="email")
    return join(company.id, person.id, role, by=by)


def change_role(company_id: UUID, person_id: UUID, role: CompanyRole, *, by: Actor) -> Member:
    """Gives a member another role. Raises RoleOutOfReach, LastOwner."""
    require_company(by, company_id, Right.MEMBERS)
    check_role(role, by.companies[company_id])
    locked(company_id)
    member = _member(company_id, person_id)
    if role is not CompanyRole.OWNER:
        check_owner_stays(_roles(company_id), person_id)
    old, member.role = member.role, role
    record("member.role_changed", member, by=by, data={"from": old, "to": role})
    return member


def remove_member(company_id: UUID, person_id: UUID, *, by: Actor) -> None:
    """Ends a membership; one may always leave oneself. Keys that the person made are good no more. Raises LastOwner."""
    require_company(by, company_id, Right.READ if by.is_in_person(person_id) else Right.MEMBERS)
    locked(company_id)
    member = _member(company_id, person_id)
    check_owner_stays(_roles(company_id), person_id)
    record("member.removed", member, by=by, data={"role": member.role})
    db.session.delete(member)
    db.session.flush()


def join(company_id: UUID, person_id: UUID, role: CompanyRole, *, by: Actor) -> Member:
    """Makes the person a member of the company, which the caller has locked."""
    member = _add(company_id, person_id, role, clock.now())
    record("member.added", member, by=by, data={"role": role})
    return member


def locked(company_id: UUID) -> Company:
    """The company, locked: what its members are is decided by one at a time, or two owners could remove each other."""
    found = db.session.scalars(select(Company).where(Company.id == company_id).with_for_update()).one_or_none()
    if found is None:
        raise NotFound
    return found


def _roles(company_id: UUID) -> dict[UUID, CompanyRole]:
    found = select(Member.person_id, Member.role).where(Member.company_id == company_id)
    return {row.person_id: row.role for row in db.session.execute(found)}


def _member(company_id: UUID, person_id: UUID) -> Member:
    found = select(Member).where(Member.company_id == company_id, Member.person_id == person_id)
    member = db.session.scalars(found).one_or_none()
    if member is None:
        raise NotFound
    return member


def _add(company_id: UUID, person_id: UUID, role: CompanyRole, moment: datetime) -> Member:
    member = Member(company_id=company_id, person_id=person_id, role=role, joined_at=moment)
    db.session.add(member)
    db.session.flush()
    return member
