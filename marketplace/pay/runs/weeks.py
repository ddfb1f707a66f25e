"""Weeks whose guaranteed hours were not offered, as a pay run takes them from the room of shifts."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import exists, select

from marketplace.contracts.models import ContractVersion
from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.pay.models import PayLine, Payslip
from marketplace.pay.rules import PayslipStatus
from marketplace.pay.runs.reasons import Missing, Promise
from marketplace.shifts import guarantees
from marketplace.shifts.guarantee_models import Guarantee
from marketplace.workforce.pay_scope import PayScope


def take(scope: PayScope, most: int) -> list[Missing]:
    """What a run pays of such weeks, which from then on belong to it."""
    due = guarantees.payable(scope).limit(most).with_for_update(skip_locked=True)
    ids = db.session.scalars(due).all()
    guarantees.take(ids)
    return _of(ids)


def preview(scope: PayScope) -> list[Missing]:
    """What `take()` would take, were there no limit."""
    return _of(db.session.scalars(guarantees.payable(scope)).all())


def not_yet_paid(company_id: UUID | None = None) -> list[tuple[str, Money]]:
    """The hold of each week that owes something and is on no issued payslip, and what it owes; of one company or of
    all."""
    issued = exists().where(
        PayLine.guarantee_id == Guarantee.id,
        PayLine.payslip_id == Payslip.id,
        Payslip.status == PayslipStatus.ISSUED,
    )
    found = select(Guarantee).where(Guarantee.owed_minutes > 0, ~issued).order_by(Guarantee.id)
    if company_id is not None:
        found = found.where(Guarantee.company_id == company_id)
    return [(each.hold_account, each.held) for each in db.session.scalars(found)]


def _of(ids: Collection[UUID]) -> list[Missing]:
    found = (
        select(Guarantee, ContractVersion.number, ContractVersion.terms["engagement_type"].astext.label("engagement"))
        .join(ContractVersion, ContractVersion.id == Guarantee.contract_version_id)
        .where(Guarantee.id.in_(ids))
        .order_by(Guarantee.id)
    )
    return [
        Missing(
            guarantee_id=week.id,
            company_id=week.company_id,
            contractor_id=week.contractor_id,
            began_at=week.starts_at,
            minutes=week.owed_minutes,
            rate=week.rate,
            promise=Promise(week.contract_version_id, week.contract_id, number, engagement),
            hold=week.hold_account,
        )
        for week, number, engagement in db.session.execute(found)
    ]
