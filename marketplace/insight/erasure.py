"""Erasing a person: what stands in the way, what would go and what stays, and the act itself (rule ERASURE)."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, exists, func, literal, select, union_all

from marketplace.accounts import queries as accounts
from marketplace.accounts.models import Member, OperatorGrant, Person
from marketplace.accounts.rules import CONSOLE, Actor, OperatorRole, reason_given, require_operator, require_person
from marketplace.contracts import off_boarding
from marketplace.contracts.models import Contract
from marketplace.contracts.rules import ContractStatus
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import record
from marketplace.core.lifecycle import move_one
from marketplace.core.money import Money
from marketplace.insight.erasing import erase as empty_and_delete
from marketplace.insight.models import Erasure
from marketplace.insight.rules import AlreadyErased, BenefitsKept, Fate, NotConfirmed, Obstacle, StillOpen
from marketplace.insight.sections import SECTIONS
from marketplace.insight.sections.pay import own_accounts
from marketplace.insight.sections.section import Section
from marketplace.ledger.models import LedgerAccount, Posting
from marketplace.pay.queries import is_to_be_paid
from marketplace.shifts.models import Booking
from marketplace.shifts.rules import ACTIVE_BOOKING
from marketplace.shifts.timesheet_models import Timesheet, TimesheetCut
from marketplace.shifts.timesheet_rules import CutStatus, TimesheetStatus
from marketplace.standards.act_models import MoneyAct
from marketplace.standards.act_rules import ActStatus
from marketplace.workforce.bars import AppealStatus
from marketplace.workforce.models import Contractor
from marketplace.workforce.rules import ContractorStatus
from marketplace.workforce.standing_models import Appeal


@dataclass(frozen=True, slots=True)
class Prospect:
    """What an erasure would do: what stands in its way, benefits that would be given up, and each section that holds
    anything, with how many rows."""

    obstacles: Sequence[Obstacle]
    benefits: Sequence[Money]
    going: Sequence[tuple[Section, int]]
    staying: Sequence[tuple[Section, int]]


def prospect(*, by: Actor) -> Prospect:
    """What erasing oneself would do now. Nothing is changed."""
    person_id = require_person(by)
    counted = [
        select(literal(number).label("number"), func.count().label("rows")).select_from(
            section.rows(person_id).order_by(None).subquery()
        )
        for number, section in enumerate(SECTIONS)
    ]
    rows = {row.number: row.rows for row in db.session.execute(union_all(*counted))}
    held = [(section, rows[number]) for number, section in enumerate(SECTIONS) if rows[number]]
    return Prospect(
        _obstacles(person_id),
        _benefits(person_id),
        [each for each in held if each[0].fate is not Fate.STAYS],
        [each for each in held if each[0].fate is Fate.STAYS],
    )


def erase_me(email: str, *, give_up_benefits: bool, by: Actor) -> None:
    """Erases whoever asks, at once and for good. `email` is that of their account, typed to confirm it.

    Raises NotConfirmed, StillOpen, BenefitsKept.
    """
    person = accounts.person(require_person(by))
    if email.strip().lower() != person.email:
        raise NotConfirmed(field="email")
    _erase(person, give_up_benefits=give_up_benefits, by=by)


def erase_person(person_id: UUID, reason: str, *, give_up_benefits: bool, by: Actor) -> None:
    """Erases a person who asked for it and cannot do it themselves, for admins. The reason names nobody.

    Raises NotFound, Forbidden, ReasonMissing, AlreadyErased, StillOpen, BenefitsKept.
    """
    if by != CONSOLE:
        require_operator(by, OperatorRole.ADMIN)
    given = reason_given(reason)
    _erase(accounts.person(person_id), give_up_benefits=give_up_benefits, by=by, reason=given)


def _erase(person: Person, *, give_up_benefits: bool, by: Actor, reason: str | None = None) -> None:
    db.session.refresh(person, with_for_update=True)
    if db.session.get(Erasure, person.id) is not None:
        raise AlreadyErased
    me = db.session.get(Contractor, person.id, with_for_update=True)
    if obstacles := _obstacles(person.id):
        named = [str(each) for each in obstacles]
        raise StillOpen(f"Still open: {', '.join(named)}.", obstacles=named)
    if not give_up_benefits and (kept := _benefits(person.id)):
        raise BenefitsKept(f"Kept: {', '.join(str(each) for each in kept)}.", field="give_up_benefits")
    if me is not None and me.status is not ContractorStatus.CLOSED:
        move_one(me, ContractorStatus.CLOSED, by=by, event="contractor.closed")
    own_act = reason is None
    row = Erasure(
        id=person.id, erased_at=clock.now(), erased_by=None if own_act else by.person_id or person.id, reason=reason
    )
    db.session.add(row)
    record("person.erased", row, by=by, data={"own_act": own_act})
    off_boarding.mark_erased(person.id)
    empty_and_delete(person)


def _obstacles(person_id: UUID) -> list[Obstacle]:
    """Everything that stands in the way, in one statement."""
    contract = Contract.contractor_id == person_id
    unpaid = Timesheet.contractor_id == person_id
    waits: dict[Obstacle, Select[UUID]] = {
        Obstacle.COMPANY: select(Member.id).where(Member.person_id == person_id),
        Obstacle.OPERATOR: select(OperatorGrant.id).where(OperatorGrant.person_id == person_id),
        Obstacle.ACCOUNT: select(Contractor.id).where(
            Contractor.id == person_id, Contractor.status.in_(_AT_WORK_OR_LEAVING)
        ),
        Obstacle.CONTRACT: select(Contract.id).where(contract, Contract.status.in_(_LIVE_CONTRACT)),
        Obstacle.SHIFT: select(Booking.id).where(
            Booking.contractor_id == person_id, Booking.status.in_(ACTIVE_BOOKING)
        ),
        Obstacle.TIMESHEET: select(Timesheet.id).where(unpaid, Timesheet.status != TimesheetStatus.LOCKED),
        Obstacle.CUT: select(TimesheetCut.id).where(
            TimesheetCut.contractor_id == person_id, TimesheetCut.status.in_(_OPEN_CUT)
        ),
        Obstacle.APPEAL: select(Appeal.id).where(Appeal.contractor_id == person_id, Appeal.status == AppealStatus.OPEN),
        Obstacle.SECOND: select(MoneyAct.id).where(
            MoneyAct.contractor_id == person_id, MoneyAct.status == ActStatus.WAITING
        ),
    }
    asked = [exists(found).label(str(name)) for name, found in waits.items()]
    row = db.session.execute(select(*asked)).mappings().one()
    found = [name for name in waits if row[str(name)]]
    is_owed = _money(person_id, "contractor:") or db.session.scalar(select(is_to_be_paid(person_id)))
    return [*found, *([Obstacle.MONEY] if is_owed else [])]


def _benefits(person_id: UUID) -> list[Money]:
    """What is kept for them as benefits, by currency."""
    return _money(person_id, "benefit:")


def _money(person_id: UUID, kind: str) -> list[Money]:
    """What their accounts of that kind hold, from the postings, where it is not nothing."""
    names = [name for name in own_accounts(person_id) if name.startswith(kind)]
    ids = select(LedgerAccount.id).where(LedgerAccount.name.in_(names))
    came = select(Posting.currency, Posting.amount).where(Posting.destination_id.in_(ids))
    went = select(Posting.currency, (-Posting.amount).label("amount")).where(Posting.source_id.in_(ids))
    both = came.union_all(went).subquery()
    sums = select(both.c.currency, func.sum(both.c.amount)).group_by(both.c.currency).order_by(both.c.currency)
    return [Money(int(amount), currency) for currency, amount in db.session.execute(sums) if amount]


_AT_WORK_OR_LEAVING = (ContractorStatus.VETTED, ContractorStatus.SUSPENDED, ContractorStatus.CLOSING)
"""Whose account has to be closed first. An applicant has nothing that would have to be paid out."""
_LIVE_CONTRACT = (ContractStatus.PROPOSED, ContractStatus.IN_FORCE)
_OPEN_CUT = (CutStatus.OPEN, CutStatus.CLAIMED, CutStatus.RESTORED)
