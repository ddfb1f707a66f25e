"""Reads of bonuses: by the company that gives them, by operators of finance, and by whoever was given one."""

from uuid import UUID

from sqlalchemy import ScalarSelect, Select, exists, func, select
from sqlalchemy.orm import with_expression

from marketplace.accounts.models import Member, Person
from marketplace.accounts.rules import COMPANY_RIGHTS, Actor, OperatorRole, Right, require_company, require_person
from marketplace.core.db import db
from marketplace.core.problems import NotFound
from marketplace.gigs import queries as gigs
from marketplace.gigs.models import Gig
from marketplace.gigs.rules import NOT_CLOSED
from marketplace.pay.bonuses.models import Bonus
from marketplace.pay.bonuses.rules import BonusStatus
from marketplace.pay.models import PayLine, Payslip
from marketplace.pay.rules import PayslipStatus
from marketplace.shifts.models import Booking
from marketplace.shifts.rules import BookingStatus


def _others(company_id: object, *but: object) -> ScalarSelect[int]:
    """How many members of the company may see its money beside these people."""
    roles = [role for role, rights in COMPANY_RIGHTS.items() if Right.MONEY in rights]
    found = select(func.count()).where(Member.company_id == company_id, Member.role.in_(roles))
    return found.where(*(Member.person_id != each for each in but)).scalar_subquery()


_COULD = _others(Bonus.company_id, Bonus.written_by, Bonus.contractor_id)
_BONUSES = select(Bonus).options(with_expression(Bonus.others, _COULD)).execution_options(populate_existing=True)


def one(bonus_id: UUID) -> Bonus | None:
    """A bonus with how many could agree to it. Nobody is asked who is looking."""
    return db.session.scalars(_BONUSES.where(Bonus.id == bonus_id)).one_or_none()


def others_of(company_id: UUID, seen_by: Actor) -> int:
    """How many other members may see the company's money, and so agree to a bonus. Raises NotFound or Forbidden."""
    require_company(seen_by, company_id, Right.MONEY)
    return db.session.scalar(select(_others(company_id, require_person(seen_by)))) or 0


def of_company(
    company_id: UUID, seen_by: Actor, *, status: BonusStatus | None = None, gig_id: UUID | None = None
) -> Select[Bonus]:
    """What a company has given, or wants to give. Raises NotFound or Forbidden."""
    if not seen_by.is_operator(OperatorRole.FINANCE):
        require_company(seen_by, company_id, Right.MONEY)
    found = _BONUSES.where(Bonus.company_id == company_id)
    if status is not None:
        found = found.where(Bonus.status == status)
    return found if gig_id is None else found.where(Bonus.gig_id == gig_id)


def of_members(bonus_id: UUID, by: Actor) -> Bonus:
    """A bonus of a company in which the asker may see the money. Raises NotFound or Forbidden."""
    found = one(bonus_id)
    if found is None:
        raise NotFound
    require_company(by, found.company_id, Right.MONEY)
    return found


def bonus(bonus_id: UUID, seen_by: Actor) -> Bonus:
    """A bonus, for its company's members who may see money, for operators of finance, and once it is owed for whoever
    was given it. Raises NotFound or Forbidden."""
    found = one(bonus_id)
    if found is None:
        raise NotFound
    is_theirs = found.status is BonusStatus.GRANTED and seen_by.is_in_person(found.contractor_id)
    return found if is_theirs or seen_by.is_operator(OperatorRole.FINANCE) else of_members(bonus_id, seen_by)


def mine(seen_by: Actor) -> Select[Bonus]:
    """The asker's own that are owed. What still waits stands in their record alone, so that nobody counts on it."""
    return select(Bonus).where(Bonus.contractor_id == require_person(seen_by), Bonus.status == BonusStatus.GRANTED)


def to_come(seen_by: Actor) -> Select[Bonus]:
    """Those of `mine()` that are on no payslip yet."""
    issued = exists().where(
        PayLine.bonus_id == Bonus.id, PayLine.payslip_id == Payslip.id, Payslip.status == PayslipStatus.ISSUED
    )
    return mine(seen_by).where(~issued)


def worked_on(company_id: UUID, contractor_id: UUID, seen_by: Actor, most: int) -> list[tuple[UUID, str]]:
    """The gigs of a company that somebody has worked on and that are not closed, with their titles: the last first.
    Raises NotFound or Forbidden."""
    require_company(seen_by, company_id, Right.READ)
    last = func.max(func.upper(Booking.during))
    found = (
        select(Gig.id, Gig.title)
        .join(Booking, Booking.gig_id == Gig.id)
        .where(Gig.company_id == company_id, Gig.status.in_(NOT_CLOSED))
        .where(Booking.contractor_id == contractor_id, Booking.status == BookingStatus.WORKED)
        .group_by(Gig.id)
        .order_by(last.desc(), Gig.id)
    )
    return [(row.id, row.title) for row in db.session.execute(found.limit(most))]


def who_worked(gig_id: UUID, seen_by: Actor, most: int) -> list[tuple[UUID, str]]:
    """Whom a bonus of the gig may be given, with their names: whoever worked last comes first, and nobody finds
    themselves. For insiders of the gig. Raises NotFound."""
    last = func.max(func.upper(Booking.during))
    worked = (
        select(Booking.contractor_id, Person.name)
        .join(Person, Person.id == Booking.contractor_id)
        .where(Booking.gig_id == gigs.company_gig(gig_id, seen_by).id, Booking.status == BookingStatus.WORKED)
        .where(Booking.contractor_id.is_distinct_from(seen_by.person_id))
        .group_by(Booking.contractor_id, Person.name)
        .order_by(last.desc(), Booking.contractor_id)
    )
    return [(row.contractor_id, row.name) for row in db.session.execute(worked.limit(most))]
