"""What waits for somebody: at a company, and on the operators' desk. Counts and short lists for tiles."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import aliased

from marketplace.accounts import queries as accounts
from marketplace.accounts.rules import Actor, CompanyStatus, OperatorRole, Right
from marketplace.contracts import queries as contracts
from marketplace.contracts import transfers
from marketplace.contracts.models import Contract
from marketplace.contracts.rules import ContractStatus
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.disputes import queries as disputes
from marketplace.gigs import queries as gigs
from marketplace.gigs.models import Gig, Instructions
from marketplace.gigs.rules import NOT_CLOSED, GigStatus
from marketplace.matching import contests
from marketplace.matching.rules import ContestStatus
from marketplace.messages import queries as messages
from marketplace.pay import queries as pay
from marketplace.pay.bank import deposits as bank_deposits
from marketplace.pay.bank.models import BankLine
from marketplace.pay.bank.rules import LineStatus
from marketplace.pay.bonuses import queries as bonuses
from marketplace.pay.bonuses.models import Bonus
from marketplace.pay.bonuses.rules import BonusStatus
from marketplace.pay.by_hand import files as manual_files
from marketplace.pay.by_hand import findings
from marketplace.pay.contests import service as payout_contests
from marketplace.pay.rails import chargebacks
from marketplace.shifts import queries as shifts
from marketplace.shifts.models import Shift
from marketplace.shifts.rules import ShiftStatus
from marketplace.shifts.timesheet_models import Timesheet
from marketplace.shifts.timesheet_rules import TimesheetStatus
from marketplace.standards import hiding, two_people
from marketplace.standards.hiding_rules import HidingStatus
from marketplace.surveys import queries as surveys
from marketplace.surveys.rules import ConcernStatus
from marketplace.workforce import appeals, expiring, proposals
from marketplace.workforce import queries as workforce

MOST_LISTED = 20


@dataclass(frozen=True, slots=True)
class AtCompany:
    """What a company has to do. `unverified` are instructions that somebody other than their author should read,
    `bonuses` those that wait for a second member."""

    drafts: Sequence[Gig]
    unverified: Sequence[Instructions]
    timesheets: int
    unsigned: int
    empty_seats: int
    bonuses: Sequence[Bonus]


@dataclass(frozen=True, slots=True)
class OnDesk:
    """What operators have to do; None where it is not this operator's duty."""

    companies: int | None
    applicants: int | None
    renewals: int | None
    appeals: int | None
    proposals: int | None
    disputes: int | None
    payable: int | None
    stuck: int | None
    alone: int | None
    transfers: int | None
    seconds: int | None
    chargebacks: int | None
    strays: int | None
    concerns: int | None
    hidden: int | None
    matches: int | None
    payouts: int | None


def at_company(company_id: UUID, by: Actor) -> AtCompany:
    """For a member of the company. Raises NotFound."""
    drafts = gigs.company_gigs(company_id, by, GigStatus.DRAFT).order_by(Gig.id.desc())
    unsigned = contracts.contracts(by, company_id).where(Contract.status == ContractStatus.PROPOSED)
    return AtCompany(
        drafts=db.session.scalars(drafts).all(),
        unverified=db.session.scalars(_unverified(company_id)).all(),
        timesheets=count(to_approve(company_id, by)),
        unsigned=count(unsigned),
        empty_seats=_empty_seats(company_id, by),
        bonuses=_bonuses(company_id, by),
    )


def to_approve(company_id: UUID, by: Actor) -> Select[Timesheet]:
    """Timesheets that wait for the company's answer."""
    return shifts.timesheets(company_id, TimesheetStatus.SUBMITTED, seen_by=by)


def oldest_to_approve(company_id: UUID, by: Actor, most: int) -> tuple[list[Timesheet], int]:
    """Those that have waited longest, which silence would approve next, and how many there are."""
    found = to_approve(company_id, by)
    oldest = db.session.scalars(found.order_by(Timesheet.submitted_at, Timesheet.id).limit(most))
    return list(oldest), count(found)


def questions(company_id: UUID, by: Actor) -> int:
    """How many questions wait for the company's answer; none for members who may not answer."""
    return count(messages.waiting(company_id, seen_by=by)) if by.may(Right.GIGS, company_id) else 0


def on_desk(by: Actor) -> OnDesk:
    """For an operator: only what their duties let them see."""
    vets, pays = by.is_operator(OperatorRole.VETTING), by.is_operator(OperatorRole.FINANCE)
    rules_on = by.is_operator(OperatorRole.DISPUTES)
    return OnDesk(
        companies=count(accounts.companies(by, CompanyStatus.APPLIED)) if vets else None,
        applicants=count(workforce.vetting_queue(by)) if vets else None,
        renewals=count(expiring.renewals(by)) if vets else None,
        appeals=count(appeals.waiting(by)) if vets else None,
        proposals=count(proposals.waiting(by)) if vets else None,
        disputes=count(disputes.to_rule(by)) if rules_on else None,
        payable=count(_sheets(TimesheetStatus.APPROVED)) if pays else None,
        stuck=count(pay.stuck_payments(by)) if pays else None,
        alone=count(pay.waiting_runs(by)) if pays else None,
        transfers=count(transfers.to_send(by)) if pays else None,
        seconds=sum(map(count, for_second(by).values())) if pays else None,
        chargebacks=count(chargebacks.waiting(by)) if pays else None,
        strays=count(bank_deposits.waiting(by).where(BankLine.status == LineStatus.STRAY)) if pays else None,
        concerns=count(surveys.concerns(ConcernStatus.OPEN, seen_by=by))
        if by.is_operator(OperatorRole.STANDARDS)
        else None,
        matches=count(contests.listed(ContestStatus.OPEN, seen_by=by)) if rules_on else None,
        payouts=count(payout_contests.listed(ContestStatus.OPEN, seen_by=by)) if rules_on else None,
        hidden=count(hiding.listed(HidingStatus.CONTESTED, seen_by=by)) if vets else None,
    )


def for_second(by: Actor) -> Mapping[str, Select[Any]]:
    """What waits for a second operator of finance, by the name of its page (rule TWO_PEOPLE)."""
    return {
        "files": manual_files.for_second(by),
        "findings": findings.waiting(by),
        "lines": bank_deposits.for_second(by),
        "acts": two_people.waiting(by),
    }


def count(found: Select[Any]) -> int:
    """How many rows there are."""
    return db.session.scalars(select(func.count()).select_from(found.order_by(None).subquery())).one()


def _sheets(status: TimesheetStatus) -> Select[Timesheet]:
    return select(Timesheet).where(Timesheet.status == status)


def _bonuses(company_id: UUID, by: Actor) -> Sequence[Bonus]:
    """None for members who may not see the company's money."""
    if not by.may(Right.MONEY, company_id):
        return ()
    found = bonuses.of_company(company_id, by, status=BonusStatus.WAITING)
    return db.session.scalars(found.order_by(Bonus.id).limit(MOST_LISTED)).all()


def _unverified(company_id: UUID) -> Select[Instructions]:
    """The newest version of each gig that is not closed, where nobody has verified it."""
    newer = aliased(Instructions)
    is_old = exists().where(newer.gig_id == Instructions.gig_id, newer.version > Instructions.version)
    found = select(Instructions).join(Gig, Gig.id == Instructions.gig_id)
    waits = (Instructions.verified_at.is_(None), Gig.status.in_(NOT_CLOSED), ~is_old)
    return found.where(Instructions.company_id == company_id, *waits).order_by(Instructions.id.desc())


def _empty_seats(company_id: UUID, by: Actor) -> int:
    coming = shifts.company_shifts(company_id, seen_by=by).where(
        Shift.status == ShiftStatus.SCHEDULED, Shift.starts_at > clock.now()
    )
    return int(db.session.scalar(coming.with_only_columns(func.sum(Shift.seats - Shift.seats_taken))) or 0)
