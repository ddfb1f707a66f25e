"""What a company has paid for since a deposit came that its bank has taken back."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select

from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.gigs.models import Gig
from marketplace.pay.models import PayLine, PaymentOp, Payslip
from marketplace.pay.rails.chargeback_models import Chargeback
from marketplace.pay.rules import PayslipStatus

MOST_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Funded:
    """What a company has paid for since a deposit came, in its currency, by gig: so many people, so much money."""

    gig_id: UUID
    title: str
    people: int
    money: Money


def funded(found: Chargeback) -> Sequence[Funded]:
    """What the company has paid for since the deposit came, the most first: money of one currency is one purse, so this
    is as near as anybody can say what it was spent on. The caller may see the chargeback."""
    since = select(PaymentOp.created_at).where(PaymentOp.id == found.deposit_id).scalar_subquery()
    amount, people = func.sum(PayLine.amount), func.count(PayLine.contractor_id.distinct())
    sums = (
        select(Gig.id, Gig.title, people.label("people"), amount.label("amount"))
        .join(PayLine, PayLine.gig_id == Gig.id)
        .join(Payslip, Payslip.id == PayLine.payslip_id)
        .where(
            PayLine.company_id == found.company_id,
            PayLine.currency == found.currency,
            Payslip.status == PayslipStatus.ISSUED,
            Payslip.issued_at >= since,
        )
        .group_by(Gig.id)
        .order_by(amount.desc(), Gig.id)
        .limit(MOST_SHOWN)
    )
    rows = db.session.execute(sums).all()
    return [Funded(row.id, row.title, row.people, Money(int(row.amount), found.currency)) for row in rows]
