"""Credit by name: people who worked for a company are named on a public page, under a name of their choice, while they
want to be and no minute longer. Nobody is named who did not ask for it, and a credit that is taken back leaves no row
and no event."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select, tuple_
from sqlalchemy.dialects.postgresql import insert

from marketplace.accounts.models import Company, Person
from marketplace.accounts.rules import Actor, OwnCompany, require_operator, require_person
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.problems import NotFound
from marketplace.gigs.models import Gig
from marketplace.insight.models import Credit, Naming
from marketplace.insight.rules import credit_name
from marketplace.shifts.timesheet_models import Timesheet
from marketplace.shifts.timesheet_rules import TimesheetStatus
from marketplace.standards import hiding
from marketplace.standards.hiding_models import Hiding
from marketplace.standards.hiding_rules import HiddenKind


@dataclass(frozen=True, slots=True)
class Possible:
    """A company for which one worked. `name` is what one is credited as, None where one is not; `public` says whether
    the company agreed to be named, since before that it has no such page. `hidden_under` is the rule under which the
    name is hidden from others."""

    company_id: UUID
    company: str
    name: str | None
    public: bool
    hidden_under: str | None


@dataclass(frozen=True, slots=True)
class Credited:
    """Somebody who wants to be named, and which kinds of work they did. A name that is hidden from the reader is empty;
    `contractor_id` is told to operators who may hide it."""

    name: str
    kinds: Sequence[str]
    hidden_under: str | None
    hiding_id: UUID | None
    contractor_id: UUID | None


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
    rows = db.session.execute(found).all()
    hidden = hiding.of(HiddenKind.CREDIT, [row.id for row in rows])
    return [
        Possible(row.id, row.legal_name, row.name, row.named is not None, _rule(hidden.get((row.id, me))))
        for row in rows
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


def show(company_id: UUID, *, seen_by: Actor | None) -> Page:
    """For everybody, also strangers (None). Raises NotFound for a company that has not agreed to be named."""
    found = select(Company).join(Naming, Naming.company_id == Company.id).where(Company.id == company_id)
    company = db.session.scalars(found).one_or_none()
    if company is None:
        raise NotFound
    kinds = func.array_agg(Gig.work_kind.distinct())
    people = (
        select(Credit.name, kinds, Credit.contractor_id)
        .join(Person, Person.id == Credit.contractor_id)
        .join(Timesheet, Timesheet.contractor_id == Credit.contractor_id)
        .join(Gig, Gig.id == Timesheet.gig_id)
        .where(Credit.company_id == company_id, Person.active, *_approved(Timesheet.company_id == company_id))
        .group_by(Credit.contractor_id, Credit.name)
        .order_by(func.lower(Credit.name), Credit.contractor_id)
    )
    hidden = hiding.of(HiddenKind.CREDIT, [company_id])
    credited = [
        _credited(name, sorted(map(str, done)), contractor_id, hidden.get((company_id, contractor_id)), seen_by)
        for name, done, contractor_id in db.session.execute(people)
    ]
    # In the order of the names that are read: a hidden one's place would tell how it begins.
    return Page(company, sorted(credited, key=lambda each: not each.name))


def credit(company_id: UUID, contractor_id: UUID, *, seen_by: Actor) -> Credit:
    """The name under which somebody is credited, hidden or not: for themselves and for operators who vet. Raises
    NotFound."""
    found = db.session.get(Credit, (company_id, contractor_id), populate_existing=True)
    if found is None or not hiding.may_read(contractor_id, seen_by):
        raise NotFound
    return found


def names_of(credited: Collection[tuple[UUID, UUID]]) -> dict[tuple[UUID, UUID], str]:
    """The names of some credits, by company and contractor, hidden or not. Without permission: it is for whoever may
    see that they were hidden."""
    found = select(Credit).where(tuple_(Credit.company_id, Credit.contractor_id).in_(credited))
    return {(row.company_id, row.contractor_id): row.name for row in db.session.scalars(found)}


def hide(company_id: UUID, contractor_id: UUID, reason: str, *, by: Actor) -> Hiding:
    """An operator who vets hides a name that abuses people (ABUSE). Raises NotFound, Forbidden, OwnCompany, OwnWords,
    ReasonMissing, HiddenAlready."""
    require_operator(by, hiding.ROLE)
    found = credit(company_id, contractor_id, seen_by=by)
    if by.belongs_to(company_id):
        raise OwnCompany
    return hiding.hide(HiddenKind.CREDIT, found.company_id, found.contractor_id, reason, by=by)


def is_public(company_id: UUID) -> bool:
    """Whether the company has a page of credits. For everybody."""
    return db.session.get(Naming, company_id) is not None


def _credited(
    name: str, kinds: Sequence[str], contractor_id: UUID, hidden: Hiding | None, seen_by: Actor | None
) -> Credited:
    reads = hidden is None or hiding.may_read(contractor_id, seen_by)
    decides = seen_by is not None and seen_by.is_operator(hiding.ROLE)
    return Credited(
        name=name if reads else "",
        kinds=kinds,
        hidden_under=_rule(hidden),
        hiding_id=hidden.id if hidden and reads else None,
        contractor_id=contractor_id if decides else None,
    )


def _rule(hidden: Hiding | None) -> str | None:
    return hidden.rule if hidden else None


def _approved(whose: ColumnElement[bool]) -> tuple[ColumnElement[bool], ...]:
    return whose, Timesheet.status.in_((TimesheetStatus.APPROVED, TimesheetStatus.LOCKED))
