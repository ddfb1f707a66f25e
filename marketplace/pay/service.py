"""The verbs of pay that people use: deposit, start a run, try a payout again, let a parked payment go on.

Whatever a rail will be told of a payment is written down with it, once (`PaymentOp.params`)."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from marketplace.accounts import queries as accounts
from marketplace.accounts.rules import Actor, OperatorRole, Right, require_company, require_operator, require_person
from marketplace.core import clock, queue
from marketplace.core.db import db
from marketplace.core.events import record
from marketplace.core.ids import new_id
from marketplace.core.lifecycle import move_one
from marketplace.core.money import Money
from marketplace.core.problems import NotFound
from marketplace.ledger import service as ledger
from marketplace.pay import rules, telling
from marketplace.pay.by_hand.rules import OwnPayment
from marketplace.pay.groups import service as groups
from marketplace.pay.models import PaymentOp, PayRun, Payslip, SandboxLever
from marketplace.pay.rails import stripe_rules, switching
from marketplace.pay.rails.chargeback_models import Chargeback
from marketplace.pay.rails.chargeback_rules import HELD_BY_BANK
from marketplace.pay.rails.deposit_invoice_models import DepositInvoice
from marketplace.pay.rails.deposit_invoice_rules import back_by
from marketplace.pay.rules import OP_EVENTS, LeverEffect, OpKind, OpStatus, RunStatus
from marketplace.standards import two_people
from marketplace.standards.act_models import MoneyAct
from marketplace.standards.act_rules import ActKind

ADVANCE_RAIL = "rail.advance"
"""The job that sends payments which are due; it takes no arguments. Runs outside any transaction."""
ADVANCE_RUN = "pay_run.advance"
"""The job that takes a pay run to its end; its argument is `run_id`. Runs outside any transaction."""


def deposit(company_id: UUID, money: Money, *, invoice: Mapping[str, Any] | None = None, by: Actor) -> PaymentOp:
    """Writes down that the company pays in. The rail is asked by a job after the commit; the money is available when
    the payment is done. `invoice` has the terms of one by invoice, which `deposit_invoices` writes down. Raises
    NotADeposit when the amount is not above zero, NotCarried when the rail has no such amount, RailsNeverMix."""
    require_company(by, company_id, Right.MONEY)
    if money.amount <= 0:
        raise rules.NotADeposit(field="money")
    name = switching.rail_of_new_payments()
    if name in stripe_rules.NAMES:
        stripe_rules.check_deposit(money)
    elif name == rules.SANDBOX:
        # It takes what a rail of money would, and refuses what that would refuse.
        stripe_rules.check_most(money)
    told = telling.of_deposit(company_id) | ({"invoice": dict(invoice)} if invoice else {})
    op = _intend(OpKind.DEPOSIT, money, name, told, company_id=company_id, by=by)
    queue.defer(ADVANCE_RAIL)
    return op


def pay_out(payslips: Sequence[Payslip], *, by: Actor) -> list[PaymentOp]:
    """Writes down the payouts of issued payslips and takes the money out of what is payable. Not a person's verb: runs
    and `retry_payout()` call it."""
    told = telling.of_payouts(payslips)
    ops = [
        _intend(OpKind.PAYOUT, slip.due, *told[slip.id], contractor_id=slip.contractor_id, payslip_id=slip.id, by=by)
        for slip in payslips
    ]
    ledger.post_many([rules.payout_begun(op.id, op.owner_id, op.money) for op in ops])
    return ops


def retry_payout(op_id: UUID, *, by: Actor) -> PaymentOp:
    """Pays the same payslip again after a refusal, or after it was taken back: a new payment with a new key. Raises
    NothingToRetry."""
    op = db.session.scalars(select(PaymentOp).where(PaymentOp.id == op_id, PaymentOp.kind == OpKind.PAYOUT)).first()
    if op is None:
        raise NotFound
    if require_person(by) != op.contractor_id:
        require_operator(by, OperatorRole.FINANCE)
    # The payslip's row is locked so that two retries cannot both find nothing under way.
    payslip = db.session.scalars(select(Payslip).where(Payslip.id == op.payslip_id).with_for_update()).one()
    over = (OpStatus.REFUSED, OpStatus.REVERSED)
    alive = select(PaymentOp.id).where(PaymentOp.payslip_id == payslip.id, PaymentOp.status.not_in(over))
    if db.session.scalar(alive) is not None:
        raise rules.NothingToRetry
    again = pay_out([payslip], by=by)[0]
    queue.defer(ADVANCE_RAIL)
    return again


def refund(deposit_id: UUID, money: Money, *, by: Actor) -> PaymentOp:
    """Sends back a part of a deposit, or all of it, by the way it came. What is set aside for work is not there to be
    sent back: raises InsufficientFunds for more than is available, NotRefundable for more than is left of the deposit,
    also less what the payer's bank has taken back of it, or than a rail still holds that the service has left. Not a
    person's verb: `refunds` calls it, which knows what the company owes. What came in several payments goes back by as
    many, each a payment of its own with its own key, so that one whose answer is lost holds up none of the others. The
    first of them is returned.
    """
    found = select(PaymentOp).where(PaymentOp.id == deposit_id, PaymentOp.kind == OpKind.DEPOSIT)
    paid_in = db.session.scalars(found.with_for_update()).one_or_none()
    if paid_in is None or paid_in.company_id is None:
        raise NotFound
    require_company(by, paid_in.company_id, Right.MONEY)
    left = min(each.amount for each in left_of(paid_in))
    if paid_in.status is not OpStatus.DONE or money.currency != paid_in.currency or not 0 < money.amount <= left:
        raise rules.NotRefundable(field="money", left=str(Money(max(left, 0), paid_in.currency)))
    told: dict[str, Any] = {"of": paid_in.external_id, "metadata": {"deposit": str(paid_in.id)}}
    if "invoice" in paid_in.params:
        told["of_invoice"] = True
    whose = {"company_id": paid_in.company_id, "of_id": paid_in.id}
    ops = [
        _intend(OpKind.REFUND, part, paid_in.rail, told | paid_by, **whose, by=by)
        for paid_by, part in _back_by(paid_in, money)
    ]
    ledger.post_many([rules.refund_begun(op.id, op.owner_id, op.money) for op in ops])
    queue.defer(ADVANCE_RAIL)
    return ops[0]


def _back_by(paid_in: PaymentOp, money: Money) -> list[tuple[dict[str, Any], Money]]:
    """By which of its payments so much of a deposit goes back, as its rail is told. One that is not known to have
    several has but one way."""
    terms = db.session.get(DepositInvoice, paid_in.id) if "invoice" in paid_in.params else None
    parts = {each["id"]: each for each in (terms.parts or [])} if terms is not None else {}
    left, refused = {name: int(each["amount"]) for name, each in parts.items()}, set()
    before = select(PaymentOp).where(PaymentOp.of_id == paid_in.id, PaymentOp.kind == OpKind.REFUND)
    for op in db.session.scalars(before).all() if parts else ():
        name = op.params.get("of_payment", {}).get("id")
        if op.status is OpStatus.REFUSED:
            refused.add(name)
        elif op.status is not OpStatus.REVERSED and name in left:
            left[name] -= op.amount
    split = back_by(money.amount, [(name, each, name in refused) for name, each in left.items()])
    return [
        (
            {} if name is None else {"of_payment": {each: parts[name][each] for each in ("kind", "id")}},
            Money(amount, money.currency),
        )
        for name, amount in split.items()
    ]


def left_of(paid_in: PaymentOp) -> tuple[Money, Money]:
    """How much of a deposit has not gone back, also not by its payer's bank, and how much its rail can send back of it.
    The caller may see it."""
    gone = select(func.coalesce(func.sum(PaymentOp.amount), 0)).where(
        PaymentOp.of_id == paid_in.id,
        PaymentOp.kind == OpKind.REFUND,
        PaymentOp.status.not_in((OpStatus.REFUSED, OpStatus.REVERSED)),
    )
    # Whoever has its bank take a deposit back does not get it from the service as well.
    back = select(func.coalesce(func.sum(Chargeback.amount - Chargeback.reinstated_amount), 0)).where(
        Chargeback.deposit_id == paid_in.id, Chargeback.status.in_(HELD_BY_BANK)
    )
    there = paid_in.amount - sum(int(db.session.scalar(each) or 0) for each in (gone, back))
    at_rail = switching.most_back(paid_in.rail, paid_in.money)
    return Money(max(there, 0), paid_in.currency), Money(max(at_rail, 0), paid_in.currency)


def hand_in(deposit: PaymentOp, money: Money, told: Mapping[str, Any], *, by: Actor) -> PaymentOp:
    """Writes down what goes to the bank that has taken so much of a deposit back. Not a person's verb: `chargebacks`
    calls it."""
    op = _intend(OpKind.EVIDENCE, money, deposit.rail, told, company_id=deposit.company_id, of_id=deposit.id, by=by)
    queue.defer(ADVANCE_RAIL)
    return op


def take_back(payout_id: UUID, reason: str, *, by: Actor) -> PaymentOp | MoneyAct:
    """Has a payout that went wrong taken back whole from the person's account at the rail. It is payable again as
    soon as the rail has it back, so that nobody loses by it. For operators of finance, with a reason that the person
    reads; what is too much for one of them waits for another (TWO_PEOPLE). Raises NotReversible, OwnPayment,
    WaitsAlready."""
    require_operator(by, OperatorRole.FINANCE)
    alone = two_people.tally(by)
    payout, why = _reversible(payout_id, by), reason.strip()
    whose, said = payout.contractor_id, {"reason": why}
    return alone.once(
        ActKind.TAKEN_BACK, payout.id, payout.money, said, lambda: _take_back(payout, why, by=by), by=by, of=whose
    )


def take_back_as_said(act: MoneyAct, said: Mapping[str, Any], *, by: Actor) -> PaymentOp:
    """A second operator agrees that a payout went wrong. Raises NotReversible, OwnPayment."""
    return _take_back(_reversible(UUID(act.subject), by), said["reason"], by=by)


def _reversible(payout_id: UUID, by: Actor) -> PaymentOp:
    """A payout that is done, of somebody else, and that nobody is taking back, locked. Raises NotFound, OwnPayment,
    NotReversible."""
    found = select(PaymentOp).where(PaymentOp.id == payout_id, PaymentOp.kind == OpKind.PAYOUT)
    payout = db.session.scalars(found.with_for_update()).one_or_none()
    if payout is None:
        raise NotFound
    if payout.contractor_id == by.person_id:
        raise OwnPayment
    begun = select(PaymentOp.id).where(PaymentOp.of_id == payout.id, PaymentOp.status != OpStatus.REFUSED)
    if payout.status is not OpStatus.DONE or db.session.scalar(begun) is not None:
        raise rules.NotReversible
    return payout


def _take_back(payout: PaymentOp, reason: str, *, by: Actor) -> PaymentOp:
    told = {"of": payout.external_id, "metadata": {"payout": str(payout.id)}}
    op = _intend(
        OpKind.REVERSAL, payout.money, payout.rail, told, contractor_id=payout.contractor_id, of_id=payout.id,
        reason=reason, by=by,
    )  # fmt: skip
    queue.defer(ADVANCE_RAIL)
    return op


def unpark(op_id: UUID, *, by: Actor) -> PaymentOp:
    """Has a parked payment asked about again, under its old key, once an operator has looked. One that no rail has
    heard of begins from its start."""
    require_operator(by, OperatorRole.FINANCE)
    op = db.session.get(PaymentOp, op_id)
    if op is None:
        raise NotFound
    go_on(op, by=by)
    queue.defer(ADVANCE_RAIL)
    return op


def go_on(op: PaymentOp, *, by: Actor) -> None:
    """What `unpark()` does to a payment. Not a person's verb: what decides that a payout may go on calls it."""
    on = OpStatus.INTENT if op.first_sent_at is None else OpStatus.UNKNOWN
    move_one(op, on, by=by, event=OP_EVENTS[op.kind][on], values={"next_try_at": clock.now()})


def pull_lever(
    effect: LeverEffect, kind: OpKind, *, owner_id: UUID | None = None, times: int = 1, by: Actor
) -> SandboxLever:
    """Makes the sandbox misbehave for the next `times` payments of the kind, of one owner or of everybody."""
    require_operator(by, OperatorRole.FINANCE)
    lever = SandboxLever(effect=effect, kind=kind, owner_id=owner_id, times_left=times, pulled_at=clock.now())
    db.session.add(lever)
    db.session.flush()
    record("sandbox_lever.pulled", lever, by=by, data={"effect": str(effect), "kind": str(kind), "times": times})
    return lever


def start_run(
    company_id: UUID | None,
    *,
    through: date,
    by: Actor,
    group_id: UUID | None = None,
    all_but: Collection[str] = (),
) -> PayRun:
    """Starts paying every approved timesheet whose week began by `through`, of one company, of one pay group, of
    everybody but whoever lives in some countries, or of all.

    Only an operator for finance, or the clock. The steps are done by a job; see `runs.advance_run`. Raises NotFound for
    a company or a group that does not exist, GroupEnded and TooFarAhead.
    """
    if by.kind != "job":
        require_operator(by, OperatorRole.FINANCE)
        if company_id is not None:
            accounts.company(company_id, by)
    rules.check_through(through, clock.now().date())
    countries = None if group_id is None else groups.standing(group_id).countries
    whose = {"company_id": company_id, "group_id": group_id, "countries": countries, "all_but": list(all_but)}
    return _begin_run(through, by, **whose)


def try_run(run_id: UUID, *, by: Actor) -> PayRun:
    """Has a run that waits alone tried again at once, and not a day after the last time, by a job. For operators of
    finance. Raises NotFound, NothingWaits."""
    require_operator(by, OperatorRole.FINANCE)
    run = db.session.get(PayRun, run_id, with_for_update=True, populate_existing=True)
    if run is None:
        raise NotFound
    if run.try_at is None:
        raise rules.NothingWaits
    run.try_at = clock.now()
    record("pay_run.tried_again", run, by=by)
    _advance_later(run)
    return run


def start_run_of(contractor_id: UUID, *, by: Actor) -> PayRun:
    """Starts paying all that is ready to be paid to one person. Not a person's verb: `instant` calls it."""
    return _begin_run(clock.now().date(), by, contractor_id=contractor_id)


def _begin_run(through: date, by: Actor, **whose: Any) -> PayRun:
    run = PayRun(
        **whose,
        through=through,
        rail=switching.rail_of_new_payments(),
        started_at=clock.now(),
        status=RunStatus.STARTED,
    )
    db.session.add(run)
    db.session.flush()
    record("pay_run.started", run, by=by, data={"through": through.isoformat()})
    _advance_later(run)
    return run


def _advance_later(run: PayRun) -> None:
    queue.defer(ADVANCE_RUN, lock=f"pay_run:{run.id}", run_id=str(run.id))


def _intend(
    kind: OpKind,
    money: Money,
    rail: str,
    params: Mapping[str, Any],
    *,
    by: Actor,
    **whose: Any,
) -> PaymentOp:
    """Writes a payment down, with everything that its rail will be told. `whose` are its columns: who pays or is paid,
    and what for."""
    op_id, now = new_id(), clock.now()
    op = PaymentOp(
        id=op_id,
        kind=kind,
        rail=rail,
        amount=money.amount,
        currency=money.currency,
        params=dict(params),
        idempotency_key=rules.idempotency_key(kind, op_id),
        created_at=now,
        next_try_at=now,
        status=OpStatus.INTENT,
        **whose,
    )
    db.session.add(op)
    db.session.flush()
    record(OP_EVENTS[kind][OpStatus.INTENT], op, by=by, data={"amount": str(money.decimal), "currency": op.currency})
    return op
