"""Benefits that move: to another provider in two steps, with a statement; or in from one, by an operator with evidence.

From company to company nothing has to move: a benefit belongs to the person, whoever paid it (rule TRANSFER).
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from marketplace.accounts.rules import Actor, OperatorRole, require_operator, require_person
from marketplace.contracts import leave
from marketplace.contracts.benefit_models import Transfer
from marketplace.contracts.cash_out import enough, enter, find
from marketplace.contracts.moving_rules import (
    PROVIDERS,
    NotAnAmount,
    NotCarried,
    OwnMoney,
    TransferStatus,
    outgoing_account,
    plan_account,
)
from marketplace.contracts.plans import Plan, plans
from marketplace.contracts.rules import EntryKind, Unit
from marketplace.contracts.statement import statement
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import record
from marketplace.core.ids import new_id
from marketplace.core.lifecycle import WrongState, move_one
from marketplace.core.money import Money
from marketplace.core.problems import NotFound
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import Entry, Move
from marketplace.standards import two_people
from marketplace.standards.act_models import MoneyAct
from marketplace.standards.act_rules import ActKind
from marketplace.workforce import queries as workforce
from marketplace.workforce.rules import ContractorStatus


def ask(code: str, money: Money, provider: str, account: str, *, by: Actor) -> Transfer:
    """The person asks that money of a benefit goes to another provider. It leaves the benefit at once and waits for an
    operator of finance; the hash of the statement after it goes along.

    Raises NotFound, NotCarried, NotAnAmount, TooMuch.
    """
    me, plan = find(code, by)
    source = _account(me.id, plan)
    if not plan.promise.portable:
        raise NotCarried(field="plan")
    made = _made(me.id, plan, enough(me.id, plan, money), provider, account, TransferStatus.ASKED)
    _write(made, plan, -money.amount, "")
    ledger.post(Entry(f"transfer:{made.id}", [Move(source, outgoing_account(me.id), money)]))
    made.statement_sha256 = statement(me.id, by).sha256
    db.session.add(made)
    db.session.flush()
    record("benefit_transfer.asked", made, by=by, data=_data(made))
    return made


def send(transfer_id: UUID, evidence: str, *, by: Actor) -> Transfer | MoneyAct:
    """An operator of finance has sent the money and says where the proof is; of what is too much for one another agrees
    (TWO_PEOPLE). Raises NotFound, OwnMoney, WrongState, WaitsAlready."""
    require_operator(by, OperatorRole.FINANCE)
    alone = two_people.tally(by)
    row, said = _asked(transfer_id, by), {"evidence": evidence}
    whose = row.contractor_id
    return alone.once(ActKind.SENT, row.id, row.money, said, lambda: _send(row, evidence, by=by), by=by, of=whose)


def send_as_said(act: MoneyAct, said: Mapping[str, Any], *, by: Actor) -> Transfer:
    """A second operator has found the same. Raises OwnMoney, WrongState."""
    return _send(_asked(UUID(act.subject), by), said["evidence"], by=by)


def _send(transfer: Transfer, evidence: str, *, by: Actor) -> Transfer:
    values = {"evidence": evidence, "decided_by": by.person_id, "decided_at": clock.now()}
    move_one(transfer, TransferStatus.SENT, by=by, event="benefit_transfer.sent", values=values)
    out = Move(outgoing_account(transfer.contractor_id), PROVIDERS, transfer.money)
    ledger.post(Entry(f"transfer:{transfer.id}:sent", [out]))
    return transfer


def give_back(transfer_id: UUID, reason: str, *, by: Actor) -> Transfer | MoneyAct:
    """It could not be sent, for a reason that the person reads; the money is their benefit again. Raises as `send`."""
    require_operator(by, OperatorRole.FINANCE)
    alone = two_people.tally(by)
    row, said = _asked(transfer_id, by), {"reason": reason}
    whose = row.contractor_id
    return alone.once(
        ActKind.RETURNED, row.id, row.money, said, lambda: _give_back(row, reason, by=by), by=by, of=whose
    )


def give_back_as_said(act: MoneyAct, said: Mapping[str, Any], *, by: Actor) -> Transfer:
    """A second operator has found the same. Raises OwnMoney, WrongState."""
    return _give_back(_asked(UUID(act.subject), by), said["reason"], by=by)


def _give_back(transfer: Transfer, reason: str, *, by: Actor) -> Transfer:
    leave.lock_person(transfer.contractor_id)
    plan = next(each for each in plans().values() if each.id == transfer.plan_id)
    values = {"reason": reason, "decided_by": by.person_id, "decided_at": clock.now()}
    move_one(transfer, TransferStatus.RETURNED, by=by, event="benefit_transfer.returned", values=values)
    _write(transfer, plan, transfer.amount, ":returned")
    back = Move(outgoing_account(transfer.contractor_id), _account(transfer.contractor_id, plan), transfer.money)
    ledger.post(Entry(f"transfer:{transfer.id}:returned", [back]))
    return transfer


def receive(
    contractor_id: UUID, code: str, money: Money, provider: str, account: str, evidence: str, reason: str, *, by: Actor
) -> Transfer | MoneyAct:
    """An operator of finance takes in what another provider has sent for a person, with evidence and a reason; what is
    too much for one waits for another (TWO_PEOPLE).

    Raises NotFound, OwnMoney, NotCarried, NotAnAmount, WaitsAlready.
    """
    require_operator(by, OperatorRole.FINANCE)
    alone = two_people.tally(by)
    plan = _may_receive(contractor_id, code, money, by)
    told = {"provider": provider, "account": account, "evidence": evidence, "reason": reason}
    said = {"code": code, "amount": money.amount, "currency": money.currency, **told}
    # The same money of the same provider is one thing that waits; other money does not wait for it.
    subject = f"{contractor_id}:{code}:{money}:{provider.strip().lower()}"

    def do() -> Transfer:
        return _receive(contractor_id, plan, money, told, by=by)

    return alone.once(ActKind.TAKEN_IN, subject, money, said, do, by=by, of=contractor_id)


def receive_as_said(act: MoneyAct, said: Mapping[str, Any], *, by: Actor) -> Transfer:
    """A second operator has found the same. Raises as `receive`."""
    person_id, money = act.contractor_id, Money(said["amount"], said["currency"])
    assert person_id is not None, "the money of a person"
    told = {name: said[name] for name in ("provider", "account", "evidence", "reason")}
    return _receive(person_id, _may_receive(person_id, said["code"], money, by), money, told, by=by)


def _may_receive(contractor_id: UUID, code: str, money: Money, by: Actor) -> Plan:
    """The plan that money of another provider can be taken into; its person is locked."""
    workforce.contractor(contractor_id, by)
    _check_not_own(contractor_id, by)
    plan = plans().get(code)
    if plan is None:
        raise NotFound
    if money.amount <= 0:
        raise NotAnAmount(field="money")
    leave.lock_person(contractor_id)
    if workforce.contractor(contractor_id, by).status is ContractorStatus.CLOSED:
        raise NotFound  # Nobody could ever be paid it.
    _account(contractor_id, plan)
    return plan


def _receive(contractor_id: UUID, plan: Plan, money: Money, told: Mapping[str, str], *, by: Actor) -> Transfer:
    target = _account(contractor_id, plan)
    made = _made(contractor_id, plan, money, told["provider"], told["account"], TransferStatus.RECEIVED)
    made.decided_by, made.decided_at = by.person_id, clock.now()
    made.evidence, made.reason = told["evidence"], told["reason"]
    db.session.add(made)
    _write(made, plan, money.amount, "")
    ledger.post(Entry(f"transfer:{made.id}", [Move(PROVIDERS, target, money)]))
    record("benefit_transfer.received", made, by=by, data=_data(made))
    return made


def mine(seen_by: Actor) -> Select[Transfer]:
    """The asker's own transfers."""
    return select(Transfer).where(Transfer.contractor_id == require_person(seen_by))


def every(seen_by: Actor) -> Select[Transfer]:
    """All transfers, for operators of finance."""
    require_operator(seen_by, OperatorRole.FINANCE)
    return select(Transfer)


def to_send(seen_by: Actor) -> Select[Transfer]:
    """Those that wait to be sent, for operators of finance."""
    return every(seen_by).where(Transfer.status == TransferStatus.ASKED)


def waiting(seen_by: Actor) -> list[Transfer]:
    """The same, the oldest first."""
    return list(db.session.scalars(to_send(seen_by).order_by(Transfer.id)))


def one(transfer_id: UUID, seen_by: Actor) -> Transfer:
    """A transfer, for operators of finance. Raises NotFound."""
    found = db.session.scalars(every(seen_by).where(Transfer.id == transfer_id)).one_or_none()
    if found is None:
        raise NotFound
    return found


def _made(
    contractor_id: UUID, plan: Plan, money: Money, provider: str, account: str, status: TransferStatus
) -> Transfer:
    return Transfer(
        id=new_id(),
        contractor_id=contractor_id,
        plan_id=plan.id,
        amount=money.amount,
        currency=money.currency,
        provider=provider,
        account=account,
        asked_at=clock.now(),
        status=status,
    )


def _write(transfer: Transfer, plan: Plan, quantity: int, step: str) -> None:
    cause = f"transfer:{transfer.id}{step}"
    enter(transfer.contractor_id, plan, EntryKind.TRANSFER, quantity, transfer.currency, cause, "TRANSFER")


def _account(contractor_id: UUID, plan: Plan) -> str:
    """Where the plan's money stands. Leave does not move: its hours are worth what the companies here have paid."""
    account = plan_account(contractor_id, plan.rule)
    if account is None or plan.unit is Unit.SECONDS:
        raise NotCarried(field="plan")
    return account


def _asked(transfer_id: UUID, by: Actor) -> Transfer:
    """One that waits to be sent, of somebody else. Raises NotFound, OwnMoney, WrongState."""
    transfer = one(transfer_id, by)
    _check_not_own(transfer.contractor_id, by)
    if transfer.status is not TransferStatus.ASKED:
        raise WrongState(f"The transfer is {transfer.status}.")
    return transfer


def _check_not_own(contractor_id: UUID, by: Actor) -> None:
    if by.person_id == contractor_id:
        raise OwnMoney


def _data(transfer: Transfer) -> dict[str, str]:
    return {"amount": str(transfer.money.decimal), "currency": transfer.currency}
