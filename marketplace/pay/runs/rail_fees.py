"""What a rail keeps of a payout is no loss of the person's: the companies whose work it paid make it good (PAYOUT).

When a payout has arrived with less than was promised, the missing part is set aside at once, from the companies of its
payslip in proportion, or advanced by the service; the next run pays it. What a rail keeps of that is made good too,
until nothing is left of it. A payslip whose payout came back is paid again, and what was made good of it before is not
made good again. What was kept on the way back is borne alike, and is nobody's pay: all of the payout is payable again.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import Select, Text, and_, cast, exists, func, select, update
from sqlalchemy.orm import aliased

from marketplace.accounts.rules import available_account
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.ids import new_id
from marketplace.core.money import Money
from marketplace.gigs import funding
from marketplace.ledger import service as ledger
from marketplace.ledger.models import LedgerAccount
from marketplace.ledger.rules import Entry, Move
from marketplace.pay.models import PayLine, PaymentOp, Payslip
from marketplace.pay.rules import OpKind, OpStatus, PayslipStatus
from marketplace.pay.runs.fee_models import RailFee
from marketplace.pay.runs.lines import PLATFORM_FEES
from marketplace.pay.runs.reasons import Kept
from marketplace.standards.line_kinds import OWN_BENEFITS, Payee
from marketplace.workforce.pay_scope import PayScope

Shares = Mapping[UUID | None, int]
"""What each company paid the person on a payslip; None for the service."""


def owe_due(limit: int = 100) -> int:
    """Sets aside what rails have kept of payouts that have arrived. Returns of how many payouts."""
    known = exists().where(RailFee.payment_op_id == PaymentOp.id)
    other = aliased(PaymentOp)
    before = (
        select(func.coalesce(func.sum(RailFee.amount), 0))
        .join(other, other.id == RailFee.payment_op_id)
        .where(other.payslip_id == PaymentOp.payslip_id, ~RailFee.on_the_way_back)
        .correlate(PaymentOp)
        .scalar_subquery()
    )
    due = (
        select(PaymentOp, before.label("made_good"))
        .where(PaymentOp.kind == OpKind.PAYOUT, PaymentOp.status == OpStatus.DONE, PaymentOp.rail_fee_amount > 0)
        .where(~known, PaymentOp.rail_fee_amount > before)
        .order_by(PaymentOp.id)
        .limit(limit)
        .with_for_update(of=PaymentOp, skip_locked=True)
    )
    rows = db.session.execute(due).all()
    paid_by = _shares([row.PaymentOp.payslip_id for row in rows])
    _hold_still((row.PaymentOp.currency, paid_by.get(row.PaymentOp.payslip_id, {})) for row in rows)
    for op, made_good in rows:
        _part(op, op.rail_fee - Money(int(made_good), op.currency), paid_by.get(op.payslip_id, {}))
    return len(rows)


def bear(op: PaymentOp, payslip_id: UUID, kept: Money) -> list[tuple[str, Money]]:
    """Sets aside what a bank kept on the way back of a payout of this payslip, which is payable again whole by `op`.
    Returns the holds, which the caller spends, and what is in each."""
    shares = _shares([payslip_id]).get(payslip_id, {})
    _hold_still([(kept.currency, shares)])
    return [(row.hold_account, row.money) for row in _part(op, kept, shares, on_the_way_back=True)]


def recover_due(limit: int = 100) -> int:
    """Takes back what was advanced for companies that have money again. Returns how many parts it looked at."""
    name = func.concat("company:", cast(RailFee.company_id, Text), ":available")
    own = and_(LedgerAccount.name == name, LedgerAccount.currency == RailFee.currency, LedgerAccount.balance > 0)
    found = select(RailFee).join(LedgerAccount, own).where(RailFee.recovered_amount < RailFee.advanced_amount)
    rows = db.session.scalars(
        found.order_by(RailFee.id).limit(limit).with_for_update(of=RailFee, skip_locked=True)
    ).all()
    there = ledger.hold_still({_available(row) for row in rows})
    for row in rows:
        account, currency = pair = _available(row)
        back = Money(row.advanced_amount - row.recovered_amount, currency)
        if back := min(there[pair], back, key=lambda each: each.amount):
            cause = f"rail_fee:{row.id}:recovered:{row.recovered_amount}"
            ledger.post(Entry(cause, [Move(account, funding.GUARANTEE, back)]))
            there[pair] -= back
            row.recovered_amount += back.amount
    return len(rows)


def _available(row: RailFee) -> tuple[str, str]:
    """The account from which a part is made good."""
    assert row.company_id is not None, "joined by the company's account"
    return available_account(row.company_id), row.currency


def purses(payslips: Mapping[UUID, str]) -> set[tuple[str, str]]:
    """The accounts from which companies bear what a bank keeps of payouts of these payslips, each with its currency.
    Whoever books several such payouts locks them first, all together."""
    shares = _shares(payslips)
    return {
        (available_account(company_id), payslips[payslip_id])
        for payslip_id, of in shares.items()
        for company_id in of
        if company_id is not None
    }


# --- for a run ------------------------------------------------------------------------------------------------------


def payable(scope: PayScope) -> Select[UUID]:
    """Parts that no run has taken, set aside by the end of its last day (UTC)."""
    until = datetime.combine(scope.through, time(), UTC) + timedelta(days=1)
    found = select(RailFee.id).where(RailFee.taken_at.is_(None), RailFee.kept_at < until)
    return scope.narrow(found, RailFee.contractor_id, RailFee.company_id).order_by(RailFee.id)


def take(scope: PayScope, most: int) -> list[Kept]:
    """What a run pays of them, which from then on belongs to it."""
    ids = db.session.scalars(payable(scope).limit(most).with_for_update(skip_locked=True)).all()
    taken = update(RailFee).where(RailFee.id.in_(ids)).values(taken_at=clock.now())
    db.session.execute(taken, execution_options={"synchronize_session": False})
    return _of(ids)


def preview(scope: PayScope) -> list[Kept]:
    """What `take()` would take, were there no limit."""
    return _of(db.session.scalars(payable(scope)).all())


def not_yet_paid() -> list[tuple[str, Money]]:
    """The hold of each part that is on no issued payslip, and what it owes."""
    issued = exists().where(
        PayLine.rail_fee_id == RailFee.id, PayLine.payslip_id == Payslip.id, Payslip.status == PayslipStatus.ISSUED
    )
    return [
        (each.hold_account, each.money)
        for each in db.session.scalars(select(RailFee).where(~issued, ~RailFee.on_the_way_back))
    ]


def _of(ids: Collection[UUID]) -> list[Kept]:
    found = select(RailFee).where(RailFee.id.in_(ids)).order_by(RailFee.id)
    return [
        Kept(
            rail_fee_id=each.id,
            company_id=each.company_id,
            contractor_id=each.contractor_id,
            began_at=each.kept_at,
            money=each.money,
            hold=each.hold_account,
        )
        for each in db.session.scalars(found)
    ]


# --- setting aside --------------------------------------------------------------------------------------------------


def _shares(payslip_ids: Collection[UUID]) -> dict[UUID, dict[UUID | None, int]]:
    sums = select(PayLine.payslip_id, PayLine.company_id, func.sum(PayLine.amount)).where(
        PayLine.payslip_id.in_(payslip_ids),
        PayLine.payee_kind == Payee.CONTRACTOR,
        PayLine.kind.not_in(OWN_BENEFITS),
        PayLine.amount > 0,
    )
    found: dict[UUID, dict[UUID | None, int]] = {}
    for payslip_id, company_id, amount in db.session.execute(sums.group_by(PayLine.payslip_id, PayLine.company_id)):
        assert payslip_id is not None, "asked for by it"
        found.setdefault(payslip_id, {})[company_id] = int(amount)
    return found


def _hold_still(payers: Iterable[tuple[str, Shares]]) -> None:
    """Locks the accounts of companies that bear something."""
    wanted = {(available_account(each), currency) for currency, shares in payers for each in shares if each is not None}
    ledger.hold_still(wanted)


def _part(op: PaymentOp, kept: Money, shares: Shares, *, on_the_way_back: bool = False) -> list[RailFee]:
    """Sets aside what was kept, from each payer in proportion to what they paid."""
    assert op.contractor_id is not None, "a payout has one, and what takes it back"
    payers = sorted(shares.items(), key=lambda each: str(each[0])) or [(None, 1)]
    rows = []
    for (company_id, _), part in zip(payers, kept.split([amount for _, amount in payers]), strict=True):
        if not part:
            continue
        row = RailFee(
            id=new_id(),
            payment_op_id=op.id,
            contractor_id=op.contractor_id,
            company_id=company_id,
            amount=part.amount,
            currency=part.currency,
            advanced_amount=0,
            recovered_amount=0,
            on_the_way_back=on_the_way_back,
            kept_at=clock.now(),
            taken_at=clock.now() if on_the_way_back else None,
        )
        row.advanced_amount = _hold(row).amount
        db.session.add(row)
        rows.append(row)
    return rows


def _hold(row: RailFee) -> Money:
    """Holds a part: from the company, or from the service where no company paid. Returns what was advanced."""
    if row.company_id is not None:
        return funding.hold_or_advance(row.company_id, row.hold_account, row.money, f"rail_fee:{row.id}")
    ledger.post(Entry(f"rail_fee:{row.id}:held", [Move(PLATFORM_FEES, row.hold_account, row.money)]))
    return Money.zero(row.currency)
