"""Credit by name: people who worked for a company are named on a public page, under a name of their choice, while they
want to be and no minute longer. Nobody is named who did not ask for it, and a credit that is taken back leaves no row
and no event."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.dialects.postgresql import insert

from marketplace.accounts.models import Company, Person
from marketplace.accounts.rules import Actor, require_person
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.problems import NotFound
from marketplace.gigs.models import Gig
from marketplace.insight.models import Credit, Naming
from marketplace.insight.rules import credit_name
from marketplace.shifts.models import Timesheet
from marketplace.shifts.rules import TimesheetStatus


@dataclass(frozen=True, slots=True)
class Possible:
    """A company for which one worked. `name` is what one is credited as, None where one is not; `public` says whether
    the company agreed to be named, since before that it has no such page."""

    company_id: UUID
    company: str
    name: str | None
    public: bool


@dataclass(frozen=True, slots=True)
class Credited:
    """Somebody who wants to be named, and which kinds of work they did."""

    name: str
    kinds: Sequence[str]


@dataclass(frozen=True, slots=True)
class Page:
    """Who worked for a company and wants it to be known, by name."""

    company: Company
    people: Sequence[Credited]


def mine(*, by: Actor) -> list[Possible]:
    """Every company for which one's work was approved, with the credit that one asked for."""
    me = require_person(by)
    found = (
        select(Company.id, Company.legal_name, Credit.name, Naming.company_id.label("named"))
        .outerjoin(Credit, (Credit.company_id == Company.id) & (Credit.contractor_id == me))
        .outerjoin(Naming, Naming.company_id == Company.id)
        .where(Company.id.in_(select(Timesheet.company_id).where(*_approved(Timesheet.contractor_id == me))))
        .order_by(Company.legal_name, Company.id)
    )
    return [
        Possible(row.id, row.legal_name, row.name, row.named is not None) for row in db.session.execute(found).all()
    ]


def ask(company_id: UUID, name: str, *, by: Actor) -> Possible:
    """One wants to be named under that name, or under another than before. Raises BadCreditName, and NotFound for a
    company for which nothing of one's work was approved."""
    one(company_id, by=by)
    values = {"name": credit_name(name), "since": clock.now()}
    keys = {"company_id": company_id, "contractor_id": require_person(by)}
    added = insert(Credit).values(values | keys)
    db.session.execute(added.on_conflict_do_update(index_elements=list(keys), set_=values))
    return one(company_id, by=by)


def take_back(company_id: UUID, *, by: Actor) -> None:
    """From now on one is not named. Repeating it is harmless. Raises NotFound as `ask()`."""
    one(company_id, by=by)
    db.session.execute(
        delete(Credit).where(Credit.company_id == company_id, Credit.contractor_id == require_person(by))
    )


def one(company_id: UUID, *, by: Actor) -> Possible:
    """One of `mine()`. Raises NotFound."""
    found = next((each for each in mine(by=by) if each.company_id == company_id), None)
    if found is None:
        raise NotFound
    return found


def show(company_id: UUID) -> Page:
    """For everybody. Raises NotFound for a company that has not agreed to be named."""
    found = select(Company).join(Naming, Naming.company_id == Company.id).where(Company.id == company_id)
    company = db.session.scalars(found).one_or_none()
    if company is None:
        raise NotFound
    kinds = func.array_agg(Gig.work_kind.distinct())
    people = (
        select(Credit.name, kinds)
        .join(Person, Person.id == Credit.contractor_id)
        .join(Timesheet, Timesheet.contractor_id == Credit.contractor_id)
        .join(Gig, Gig.id == Timesheet.gig_id)
        .where(Credit.company_id == company_id, Person.active, *_approved(Timesheet.company_id == company_id))
        .group_by(Credit.contractor_id, Credit.name)
        .order_by(func.lower(Credit.name), Credit.contractor_id)
    )
    rows = db.session.execute(people)
    return Page(company, [Credited(name, sorted(map(str, done))) for name, done in rows])


def is_public(company_id: UUID) -> bool:
    """Whether the company has a page of credits. For everybody."""
    return db.session.get(Naming, company_id) is not None


def _approved(whose: ColumnElement[bool]) -> tuple[ColumnElement[bool], ...]:
    return whose, Timesheet.status.in_((TimesheetStatus.APPROVED, TimesheetStatus.LOCKED))
