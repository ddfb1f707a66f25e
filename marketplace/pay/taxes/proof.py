"""Two ways to what was withheld: the lines of it, and payslips and accounts. Reads only."""

from sqlalchemy import Text, cast, func, select, union_all

from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.ledger.models import LedgerAccount
from marketplace.pay.models import Payslip
from marketplace.pay.rules import PayslipStatus
from marketplace.pay.taxes.models import Remittance, Withholding
from marketplace.pay.taxes.rules import RemittanceStatus


def differences() -> tuple[int, list[str]]:
    """How many things were looked at, and where lines, payslips, remittances and accounts do not agree."""
    accounts, wrong = _accounts()
    slips, differ = _payslips()
    return accounts + slips, wrong + differ


def _accounts() -> tuple[int, list[str]]:
    parts = union_all(
        select(
            func.concat("tax:", cast(Withholding.company_id, Text), ":", Withholding.country).label("name"),
            Withholding.currency,
            Withholding.amount,
        ),
        select(
            func.concat("tax:", cast(Remittance.company_id, Text), ":", Remittance.country),
            Remittance.currency,
            -Remittance.amount,
        ).where(Remittance.status == RemittanceStatus.PAID),
        select(LedgerAccount.name, LedgerAccount.currency, -LedgerAccount.balance).where(
            LedgerAccount.name.like("tax:%")
        ),
    ).subquery()
    sums = select(parts.c.name, parts.c.currency, func.sum(parts.c.amount).label("amount"))
    rows = db.session.execute(sums.group_by(parts.c.name, parts.c.currency)).all()
    return len(rows), [f"{r.name}: {Money(int(r.amount), r.currency)} is missing" for r in rows if r.amount]


def _payslips() -> tuple[int, list[str]]:
    parts = union_all(
        select(Withholding.payslip_id, Withholding.amount).where(Withholding.payslip_id.is_not(None)),
        select(Payslip.id, -Payslip.withheld_amount).where(Payslip.status == PayslipStatus.ISSUED),
    ).subquery()
    sums = select(parts.c.payslip_id, func.sum(parts.c.amount).label("amount")).group_by(parts.c.payslip_id)
    rows = db.session.execute(sums).all()
    return len(rows), [f"payslip:{row.payslip_id}: differs by {row.amount}" for row in rows if row.amount]
