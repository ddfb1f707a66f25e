"""What stands beside a payslip: the sums of its year up to it, and the person's accounts as they stood after it. Both
follow from what is booked and never change, so that a payslip reads the same whenever it is read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import aliased

from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.ledger.models import LedgerAccount, Posting
from marketplace.pay.models import PayLine, Payslip
from marketplace.pay.rules import PayslipStatus, payable
from marketplace.pay.runs.lines import BENEFIT_OF, benefit_account
from marketplace.standards.line_kinds import LineKind, Payee


@dataclass(frozen=True, slots=True)
class YearToDate:
    """Everything on the issued payslips of one calendar year of pay dates and one currency, this one being the last."""

    year: int
    payslips: int
    net: Money
    withheld: Money
    benefits: Money
    cost: Money
    paid_seconds: int
    """Time that was paid by its hour; premiums on the same time are not counted again."""
    leave_earned: int
    leave_taken: int
    """Seconds of sick leave."""


TIME_ITSELF = frozenset(
    {
        LineKind.WAGES,
        LineKind.TRAINING,
        LineKind.PIECE,
        LineKind.PAID_BREAK,
        LineKind.WAITING,
        LineKind.OUTAGE,
        LineKind.CALL_IN,
        LineKind.CANCELLATION,
        LineKind.NEUTRAL_HOURS,
        LineKind.STANDBY,
        LineKind.GUARANTEED_HOURS,
        LineKind.QUALIFICATION_TIME,
        LineKind.SICK_LEAVE,
    }
)
"""Kinds of lines whose time stands on no other line."""


def year_to_date(slip: Payslip) -> YearToDate:
    """The sums of the year of the payslip's pay date. The caller may see it."""
    assert slip.pay_date is not None, "it is issued"
    own = (
        Payslip.contractor_id == slip.contractor_id,
        Payslip.currency == slip.currency,
        Payslip.status == PayslipStatus.ISSUED,
        Payslip.pay_date.between(date(slip.pay_date.year, 1, 1), slip.pay_date),
        _issued_by(slip),
    )
    sums = select(
        func.count().label("payslips"),
        func.sum(Payslip.net_amount).label("net"),
        func.sum(Payslip.withheld_amount).label("withheld"),
        func.sum(Payslip.benefits_amount).label("benefits"),
        func.sum(Payslip.cost_amount).label("cost"),
    ).where(*own)
    row = db.session.execute(sums).one()
    seconds = _seconds(own)
    return YearToDate(
        year=slip.pay_date.year,
        payslips=row.payslips,
        net=Money(int(row.net), slip.currency),
        withheld=Money(int(row.withheld), slip.currency),
        benefits=Money(int(row.benefits), slip.currency),
        cost=Money(int(row.cost), slip.currency),
        paid_seconds=sum(seconds.get(kind, 0) for kind in TIME_ITSELF),
        leave_earned=seconds.get(LineKind.SICK_ACCRUAL, 0),
        leave_taken=seconds.get(LineKind.SICK_LEAVE, 0),
    )


def _issued_by(slip: Payslip) -> ColumnElement[bool]:
    """Those that were issued before it, and itself: at the same moment, in the order in which they were booked. One
    that was made later may be issued earlier, where what a person has paid at once overtakes a run."""
    booked = func.coalesce(Payslip.entry_id, Payslip.id)
    at_once = and_(Payslip.issued_at == slip.issued_at, booked <= (slip.entry_id or slip.id))
    return or_(Payslip.issued_at < slip.issued_at, at_once)


def _seconds(own: Sequence[ColumnElement[bool]]) -> Mapping[LineKind, int]:
    sums = select(PayLine.kind, func.sum(PayLine.seconds)).join(Payslip, Payslip.id == PayLine.payslip_id)
    sums = sums.where(*own, PayLine.payee_kind.in_((Payee.CONTRACTOR, Payee.BENEFITS)))
    return {kind: int(seconds) for kind, seconds in db.session.execute(sums.group_by(PayLine.kind))}


def balances_after(slip: Payslip) -> list[tuple[str, Money]]:
    """What stood in the person's accounts of the payslip's currency once it was booked, by account. What was paid out
    later is not taken off."""
    person = slip.contractor_id
    names = [payable(person), *(benefit_account(person, benefit) for benefit in BENEFIT_OF.values())]
    sums = dict.fromkeys(names, 0)
    for name, amount in _moved(names, slip):
        sums[name] += amount
    return [(name, Money(amount, slip.currency)) for name, amount in sums.items()]


def _moved(names: list[str], slip: Payslip) -> list[tuple[str, int]]:
    last = aliased(Posting)
    until = select(func.max(last.id)).where(last.entry_id == slip.entry_id).scalar_subquery()
    ids = select(LedgerAccount.id, LedgerAccount.name).where(
        LedgerAccount.name.in_(names), LedgerAccount.currency == slip.currency
    )
    named: dict[UUID, str] = {row.id: row.name for row in db.session.execute(ids)}
    moved = []
    for column, sign in ((Posting.destination_id, 1), (Posting.source_id, -1)):
        found = select(column, func.sum(Posting.amount)).where(column.in_(named), Posting.id <= until)
        moved += [(named[key], sign * int(amount)) for key, amount in db.session.execute(found.group_by(column))]
    return moved
