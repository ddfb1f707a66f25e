"""Bonuses that are owed, as a pay run takes them."""

from collections.abc import Collection
from datetime import UTC, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import Select, exists, select, text, update

from marketplace.contracts.models import ContractVersion
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.pay.bonuses.models import Bonus
from marketplace.pay.bonuses.rules import BonusStatus
from marketplace.pay.models import PayLine, Payslip
from marketplace.pay.rules import PayslipStatus
from marketplace.pay.runs.reasons import Granted, Promise
from marketplace.workforce.pay_scope import PayScope


def payable(scope: PayScope) -> Select[UUID]:
    """Those that no run has taken, owed by the end of its last day (UTC)."""
    until = datetime.combine(scope.through, time(), UTC) + timedelta(days=1)
    # Written out, so that the index of those that are due is known to have them.
    due = (text("bonus.status = 'granted'"), Bonus.taken_at.is_(None), Bonus.granted_at < until)
    return scope.narrow(select(Bonus.id).where(*due), Bonus.contractor_id, Bonus.company_id).order_by(Bonus.id)


def take(scope: PayScope, most: int) -> list[Granted]:
    """What a run pays of them, which from then on belongs to it."""
    ids = db.session.scalars(payable(scope).limit(most).with_for_update(skip_locked=True)).all()
    taken = update(Bonus).where(Bonus.id.in_(ids)).values(taken_at=clock.now())
    db.session.execute(taken, execution_options={"synchronize_session": False})
    return _of(ids)


def preview(scope: PayScope) -> list[Granted]:
    """What `take()` would take, were there no limit."""
    return _of(db.session.scalars(payable(scope)).all())


def not_yet_paid(company_id: UUID | None = None) -> list[tuple[str, Money]]:
    """The hold of each that is owed and is on no issued payslip, and what it costs; of one company or of all."""
    issued = exists().where(
        PayLine.bonus_id == Bonus.id, PayLine.payslip_id == Payslip.id, Payslip.status == PayslipStatus.ISSUED
    )
    found = select(Bonus).where(Bonus.status == BonusStatus.GRANTED, ~issued).order_by(Bonus.id)
    if company_id is not None:
        found = found.where(Bonus.company_id == company_id)
    return [(each.hold_account, each.held) for each in db.session.scalars(found)]


def _of(ids: Collection[UUID]) -> list[Granted]:
    version = (ContractVersion.contract_id, ContractVersion.number)
    engagement = ContractVersion.terms["engagement_type"].astext.label("engagement")
    found = select(Bonus, *version, engagement).join(ContractVersion, ContractVersion.id == Bonus.contract_version_id)
    granted = []
    for bonus, contract_id, number, kind in db.session.execute(found.where(Bonus.id.in_(ids)).order_by(Bonus.id)):
        assert bonus.granted_at is not None, "a constraint of the table"
        granted.append(
            Granted(
                bonus_id=bonus.id,
                gig_id=bonus.gig_id,
                company_id=bonus.company_id,
                contractor_id=bonus.contractor_id,
                began_at=bonus.granted_at,
                money=bonus.money,
                promise=Promise(bonus.contract_version_id, contract_id, number, kind),
                hold=bonus.hold_account,
            )
        )
    return granted
