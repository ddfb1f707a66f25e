"""Crews: a company saves people whom it has a contract with; they see in which they are, and leave when they want."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, delete, exists, func, or_, select
from sqlalchemy.dialects.postgresql import insert as upsert

from marketplace.accounts.models import Company
from marketplace.accounts.rules import Actor, Right, require_company, require_person
from marketplace.contracts.crew_models import Crew, CrewMember
from marketplace.contracts.crew_rules import (
    MOST_LEAD_MINUTES,
    BadCrewLead,
    CrewClosed,
    CrewNamedAlready,
    NotUnderContract,
)
from marketplace.contracts.models import Contract
from marketplace.contracts.rules import ContractStatus
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import record, record_many
from marketplace.core.ids import new_id
from marketplace.core.problems import NotFound


@dataclass(frozen=True, slots=True)
class Counted:
    """A crew with how many people are in it now."""

    crew: Crew
    members: int


@dataclass(frozen=True, slots=True)
class Mine:
    """A crew as its member sees it: whose it is, and since when they are in it. Who else is in it they are not told."""

    crew: Crew
    company: str
    joined_at: datetime


# --- a company's own --------------------------------------------------------------------------------------------------


def make(company_id: UUID, name: str, *, by: Actor) -> Crew:
    """A new crew without members. Raises CrewNamedAlready."""
    require_company(by, company_id, Right.GIGS)
    _name_is_free(company_id, name)
    crew = Crew(company_id=company_id, name=name, made_at=clock.now())
    db.session.add(crew)
    record("crew.made", crew, by=by)
    return crew


def rename(crew_id: UUID, name: str, *, by: Actor) -> Crew:
    """Gives the crew another name, which its members see. Raises CrewNamedAlready, CrewClosed."""
    crew = _own(crew_id, by)
    if crew.name != name:
        _name_is_free(crew.company_id, name, but_for=crew.id)
        crew.name = name
        record("crew.renamed", crew, by=by)
    return crew


def close(crew_id: UUID, *, by: Actor) -> Crew:
    """Ends the crew: nobody is in it any more. Raises CrewClosed."""
    crew = _own(crew_id, by)
    crew.closed_at = clock.now()
    db.session.execute(delete(CrewMember).where(CrewMember.crew_id == crew.id))
    record("crew.closed", crew, by=by)
    return crew


def add(crew_id: UUID, contractor_ids: Collection[UUID], *, by: Actor) -> int:
    """Puts people into the crew, all or nobody, and tells them. Who is in it already stays, and is told nothing.

    Returns how many are new. Raises CrewClosed, and NotUnderContract when a contract with one of them is not in force,
    which says nothing of whether there is such a person.
    """
    crew, wanted, now = _own(crew_id, by), set(contractor_ids), clock.now()
    signed = select(Contract.contractor_id).where(
        Contract.company_id == crew.company_id, Contract.contractor_id.in_(wanted), holds(now)
    )
    if missing := wanted - set(db.session.scalars(signed)):
        listed = ", ".join(str(each) for each in sorted(missing))
        raise NotUnderContract(f"This is not so of: {listed}.", field="contractor_ids")
    shared = {"crew_id": crew.id, "company_id": crew.company_id, "joined_at": now}
    rows = [shared | {"id": new_id(), "contractor_id": each} for each in sorted(wanted)]
    new: Sequence[CrewMember] = ()
    if rows:
        new = db.session.scalars(upsert(CrewMember).on_conflict_do_nothing().returning(CrewMember), rows).all()
    record_many("crew.member_added", [(member, {}) for member in new], by=by)
    return len(new)


def remove(crew_id: UUID, contractor_id: UUID, *, by: Actor) -> None:
    """Takes somebody out of the crew. Their contract, offers and shifts stay. Raises NotFound, CrewClosed."""
    crew = _own(crew_id, by)
    _take_out(crew.id, contractor_id, "crew.member_removed", by=by)


def name_lead(crew_id: UUID, contractor_id: UUID | None, before: int, after: int, *, by: Actor) -> Crew:
    """Says who leads the crew, with how many minutes before and after a shift; nobody, where no member is named. A
    shift of which the crew is asked first gets that lead once they have said yes to it (rule LEAD).

    Naming the same again is naming once. Raises BadCrewLead, CrewClosed.
    """
    crew, found = _own(crew_id, by), leads_of([crew_id]).get(crew_id)
    member: CrewMember | None = None
    if contractor_id is not None:
        if not (0 <= before <= MOST_LEAD_MINUTES and 0 <= after <= MOST_LEAD_MINUTES) or before + after == 0:
            raise BadCrewLead(field="minutes_before")
        who = CrewMember.crew_id == crew_id, CrewMember.contractor_id == contractor_id, is_member(clock.now())
        member = db.session.scalar(select(CrewMember).where(*who).with_for_update())
        if member is None:
            raise BadCrewLead(field="contractor_id")
    if found is not None and found is not member:
        found.lead_before, found.lead_after, found.lead_named_by = 0, 0, None
        db.session.flush()
        record("crew.lead_ended", found, by=by)
    if member is not None and (member.lead_before, member.lead_after) != (before, after):
        member.lead_before, member.lead_after, member.lead_named_by = before, after, by.person_id
        record("crew.lead_named", member, by=by, data={"minutes_before": before, "minutes_after": after})
    return crew


# --- a member's own ---------------------------------------------------------------------------------------------------


def leave(crew_id: UUID, *, by: Actor) -> None:
    """Goes out of a crew, at any moment. No points read crews, and an offer that was made to a member stays theirs.
    Raises NotFound."""
    _take_out(crew_id, require_person(by), "crew.member_left", by=by)


def mine(*, by: Actor) -> list[Mine]:
    """The crews that the person is in, while their contract holds; those joined last first."""
    found = (
        select(Crew, Company.legal_name, CrewMember.joined_at)
        .join(CrewMember, CrewMember.crew_id == Crew.id)
        .join(Company, Company.id == Crew.company_id)
        .where(CrewMember.contractor_id == require_person(by), is_member(clock.now()))
        .order_by(CrewMember.id.desc())
    )
    return [Mine(*row) for row in db.session.execute(found)]


# --- reading ----------------------------------------------------------------------------------------------------------


def of_company(company_id: UUID, seen_by: Actor) -> Select[Crew]:
    """The company's crews that are not closed. Raises NotFound for everybody else."""
    require_company(seen_by, company_id, Right.READ)
    return select(Crew).where(Crew.company_id == company_id, Crew.closed_at.is_(None))


def one(crew_id: UUID, seen_by: Actor) -> Crew:
    """One crew, a closed one too, for its company. Raises NotFound."""
    crew = db.session.get(Crew, crew_id)
    if crew is None:
        raise NotFound
    require_company(seen_by, crew.company_id, Right.READ)
    return crew


def members(crew_id: UUID, seen_by: Actor) -> Select[CrewMember]:
    """Who is in the crew now: whose contract has ended is not."""
    one(crew_id, seen_by)
    return select(CrewMember).where(CrewMember.crew_id == crew_id, is_member(clock.now()))


def counted(crews: Sequence[Crew]) -> list[Counted]:
    """Each crew with its size, in one statement. The caller has made sure that the asker may see them."""
    sizes = {known: len(people) for known, people in people_of([crew.id for crew in crews], clock.now()).items()}
    return [Counted(crew, sizes.get(crew.id, 0)) for crew in crews]


def people_of(crew_ids: Collection[UUID], at: datetime) -> dict[UUID, frozenset[UUID]]:
    """Everybody who is in these crews at that moment, by crew, in one statement. For the rooms above."""
    if not crew_ids:
        return {}
    found = (
        select(CrewMember.crew_id, func.array_agg(CrewMember.contractor_id))
        .where(CrewMember.crew_id.in_(crew_ids), is_member(at))
        .group_by(CrewMember.crew_id)
    )
    return {crew_id: frozenset(people) for crew_id, people in db.session.execute(found)}


def leads_of(crew_ids: Collection[UUID]) -> dict[UUID, CrewMember]:
    """Who leads each of these crews, while their contract holds, in one statement. For the rooms above."""
    if not crew_ids:
        return {}
    found = select(CrewMember).where(
        CrewMember.crew_id.in_(crew_ids), CrewMember.lead_named_by.is_not(None), is_member(clock.now())
    )
    return {member.crew_id: member for member in db.session.scalars(found)}


def holds(at: datetime) -> ColumnElement[bool]:
    """Whether a contract binds at that moment: until its end also one to which notice was given."""
    in_notice = and_(Contract.status == ContractStatus.ENDED, Contract.ends_at > at)
    return or_(Contract.status == ContractStatus.IN_FORCE, in_notice)


def is_member(at: datetime) -> ColumnElement[bool]:
    """Whether a row of `crew_member` counts: a contract that has ended takes its person out, without any job."""
    return exists().where(
        Contract.company_id == CrewMember.company_id, Contract.contractor_id == CrewMember.contractor_id, holds(at)
    )


def _own(crew_id: UUID, by: Actor) -> Crew:
    """A crew that can still be changed, locked: who adds and who closes come one after the other."""
    require_company(by, one(crew_id, by).company_id, Right.GIGS)
    crew = db.session.get_one(Crew, crew_id, with_for_update=True, populate_existing=True)
    if crew.closed_at is not None:
        raise CrewClosed
    return crew


def _name_is_free(company_id: UUID, name: str, but_for: UUID | None = None) -> None:
    # The company is locked: two crews of one name that are made at once must not meet in the index alone.
    db.session.get_one(Company, company_id, with_for_update={"key_share": True})
    same = select(Crew.id).where(
        Crew.company_id == company_id, func.lower(Crew.name) == func.lower(name), Crew.closed_at.is_(None)
    )
    if db.session.scalar(same.where(Crew.id.is_distinct_from(but_for))) is not None:
        raise CrewNamedAlready(field="name")


def _take_out(crew_id: UUID, contractor_id: UUID, event: str, *, by: Actor) -> None:
    found = select(CrewMember).where(CrewMember.crew_id == crew_id, CrewMember.contractor_id == contractor_id)
    member = db.session.scalar(found.with_for_update())
    if member is None:
        raise NotFound
    record(event, member, by=by)
    db.session.delete(member)
