"""A payer's bank takes a deposit back: the company hands in what speaks against it, or pays again (rule CHARGEBACK).

The books have it on the service's own pocket as soon as the rail moves it (`reconciling`), and no verb here touches an
account of whoever has worked. Evidence goes out as any payment does: written down with its key, sent by a job.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, exists, not_, or_, select
from sqlalchemy.dialects.postgresql import insert

from marketplace.accounts.rules import CLOCK, Actor, OperatorRole, Right, require_company, require_operator
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import record, timeline
from marketplace.core.ids import new_id
from marketplace.core.lifecycle import move_one
from marketplace.core.money import Money
from marketplace.core.problems import NotFound
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import Entry
from marketplace.pay import service
from marketplace.pay.models import PaymentOp, SandboxCall
from marketplace.pay.rails import bearing, chargeback_rules
from marketplace.pay.rails import chargeback_papers as papers
from marketplace.pay.rails.chargeback_models import Chargeback
from marketplace.pay.rails.chargeback_rules import (
    ANSWERABLE,
    HELD_BY_BANK,
    INQUIRIES,
    OVER,
    REMINDED_DAYS,
    SANDBOX_WAITS,
    ChargebackStatus,
    after,
    check_can_pay,
    counted,
    foreign,
    foreign_after,
    given_back,
    missing,
    paid_again,
    reminder,
)
from marketplace.pay.rails.rules import CHARGEBACKS, movement_entry
from marketplace.pay.rules import SANDBOX, OpKind, OpStatus

EVENTS = {ChargebackStatus.OPEN: "opened", ChargebackStatus.INQUIRY: "inquired"}
"""What the events of these are called; the others are called as the status is."""
UNCLEAR = "chargeback.unclear"
"""The event of what a rail says and nobody can follow."""
OTHER_CURRENCY = "currency"
"""Why somebody looks at what a bank gave back and a rail counts in another currency."""
BATCH = 100


@dataclass(frozen=True, slots=True)
class Told:
    """What a rail says of one chargeback now."""

    rail: str
    external_id: str
    deposit_id: UUID
    money: Money
    reason: str
    opened_at: datetime
    due_by: datetime | None
    status: ChargebackStatus
    read_at: datetime
    """By machine time, before the rail was asked."""
    reinstated: Money | None = None
    """What the bank has given back of it. None where the rail says nothing of that."""


def hand_in(company_id: UUID, chargeback_id: UUID, words: str, *, by: Actor) -> Chargeback:
    """The company says what speaks against the payer's bank, with the papers that are attached; or an operator of
    finance does, since nobody answers their own bank who has asked it for the money. It goes out once; where the rail
    refused it, it may be handed in again. Raises NotFound, Forbidden, ChargebackOver, EvidenceHandedIn."""
    found = papers.locked(company_id, chargeback_id, by)
    papers.check_can_answer(found)
    said = words.strip()
    told = {
        "of": found.external_id,
        "words_sha256": papers.digest(said.encode()),
        "papers": {str(each.shows): {"id": str(each.id), "sha256": each.sha256} for each in papers.held(found.id)},
        "metadata": {"chargeback": str(found.id)},
    }
    op = service.hand_in(db.session.get_one(PaymentOp, found.deposit_id), found.money, told, by=by)
    papers.write_down(found, op, said)
    found.evidence_id = op.id
    db.session.flush()
    db.session.refresh(found)
    record("chargeback.evidence_handed_in", found, by=by)
    return found


def pay_again(company_id: UUID, chargeback_id: UUID, *, by: Actor) -> Chargeback:
    """The company pays what its bank has of it, out of what is available. Where the bank gives it back later, so does
    the service. Raises NotFound, Forbidden, NothingTaken, PaidAgainAlready, BorneAlready,
    InsufficientFunds."""
    require_company(by, company_id, Right.MONEY)
    found = papers.locked(company_id, chargeback_id, by)
    owed = found.owed
    check_can_pay(found.status, owed, found.bearer)
    ledger.post(paid_again(found.id, found.company_id, owed, found.entries))
    found.paid_again_at, found.paid_again_by = clock.now(), by.person_id
    found.paid_amount, found.entries = found.paid_amount + owed.amount, found.entries + 1
    record("chargeback.paid_again", found, by=by)
    return found


def learn(told: Told) -> Chargeback:
    """Writes down what a rail says of a chargeback, however often and in whatever order it does. What cannot follow
    from what is known changes nothing, and is told operators of finance once (`differs`). So is what came back in
    another currency, which an operator counts (`counting`); the rest is followed. Raises NotFound where the deposit is
    none of ours."""
    deposit = db.session.get(PaymentOp, told.deposit_id)
    if deposit is None or deposit.kind is not OpKind.DEPOSIT or deposit.rail != told.rail:
        raise NotFound
    first = ChargebackStatus.INQUIRY if told.status in INQUIRIES else ChargebackStatus.OPEN
    fresh = insert(Chargeback).values(
        id=new_id(), rail=told.rail, external_id=told.external_id, deposit_id=deposit.id,
        company_id=deposit.company_id, amount=told.money.amount, currency=told.money.currency, reason=told.reason,
        opened_at=told.opened_at, due_by=told.due_by, read_at=told.read_at, status=first,
    )  # fmt: skip
    made = db.session.scalar(fresh.on_conflict_do_nothing().returning(Chargeback.id))
    known = select(Chargeback).where(Chargeback.rail == told.rail, Chargeback.external_id == told.external_id)
    row = db.session.scalars(known.with_for_update(of=Chargeback).execution_options(populate_existing=True)).one()
    if made is not None:
        record(f"chargeback.{EVENTS.get(first, first)}", row, by=CLOCK)
    if told.read_at < row.read_at:
        return row
    row.read_at = told.read_at
    if (why := _contradicts(row, told)) is not None:
        _tell_finance(row, told, why)
        return row
    if told.money != row.money:
        before, row.amount = row.money, told.money.amount
        record("chargeback.amount_changed", row, by=CLOCK, data=_data(row.money) | {"before": str(before.decimal)})
    new = after(row.status, told.status)
    if new in row.transitions[row.status]:
        _move(row, new, due_by=told.due_by)
    elif row.status in ANSWERABLE and told.due_by is not None and told.due_by != row.due_by:
        _postpone(row, told.due_by)
    _note_foreign(row, told)
    gave_back(row, counted(told.money, told.reinstated))
    if _is_uncounted(row, told):
        _tell_finance(row, told, OTHER_CURRENCY)
    return row


def gave_back(row: Chargeback, money: Money | None) -> None:
    """The bank has given back so much of it by now, as far as anybody knows: whoever has paid for more than it still
    has gets that back. The caller has locked it."""
    _reinstate(row, money)
    if row.status is ChargebackStatus.LOST and not row.held:
        _move(row, ChargebackStatus.REINSTATED)
    _give_back(row)


def differs(row: Chargeback, told: Told) -> str | None:
    """Why a person has to look at what a rail says, in a word. The caller has learned it."""
    if told.read_at < row.read_at:
        return None
    return _contradicts(row, told) or (OTHER_CURRENCY if _is_uncounted(row, told) else None)


def look_at_sandbox(limit: int = BATCH) -> int:
    """What the sandbox's bank does, which tells nobody by itself: it takes deposits back or asks about them, gives back
    what evidence speaks for, and keeps, or takes, what nobody has answered in time. Returns how many chargebacks
    moved: all that are found do, so that none stands in the way of those behind it."""
    taken = db.session.execute(_taken_by_sandbox().limit(limit)).all()
    begun = [_begin(row.PaymentOp, row.SandboxCall) for row in taken]
    answered = exists().where(PaymentOp.id == Chargeback.evidence_id, PaymentOp.status == OpStatus.DONE)
    due = select(Chargeback, answered.label("is_answered")).where(
        Chargeback.rail == SANDBOX,
        Chargeback.status.in_(ANSWERABLE),
        or_(answered, Chargeback.due_by <= clock.now()),
    )
    due = due.order_by(Chargeback.id).with_for_update(of=Chargeback, skip_locked=True).limit(limit)
    rows = db.session.execute(due.execution_options(populate_existing=True)).all()
    for row in rows:
        _decide(row.Chargeback, is_answered=row.is_answered)
    return len(begun) + len(rows)


def due_to_remind(limit: int = BATCH) -> list[tuple[str, str]]:
    """The rails and their names of those whose deadline people are to be reminded of: what the rail says of them is
    read again first."""
    return [(each.rail, each.external_id) for each in db.session.scalars(_to_remind().limit(limit))]


def remind_due(limit: int = BATCH) -> int:
    """Reminds the company's people and operators of finance of deadlines, once 3 days and once a day ahead, and tells
    what is missing. Returns how many chargebacks were told of."""
    due = _to_remind().with_for_update(of=Chargeback, skip_locked=True).limit(limit)
    rows = db.session.scalars(due.execution_options(populate_existing=True)).all()
    for row in rows:
        assert row.due_by is not None, "the query says so"
        row.reminded_days = reminder(row.due_by, row.reminded_days, clock.now())
        shown = [each.shows for each in papers.held(row.id)]
        told = {"until": row.due_by.isoformat(), "missing": missing(papers.is_handed_in(row), shown)}
        record("chargeback.due_soon", row, by=CLOCK, data=told | {"days": row.reminded_days})
    return len(rows)


# --- reads ----------------------------------------------------------------------------------------------------------


def of_company(company_id: UUID, seen_by: Actor) -> Select[Chargeback]:
    """Those of a company, for members who may see money and operators of finance. Raises NotFound or Forbidden."""
    return papers.seen(company_id, seen_by)


def one(company_id: UUID, chargeback_id: UUID, seen_by: Actor) -> Chargeback:
    found = db.session.scalars(of_company(company_id, seen_by).where(Chargeback.id == chargeback_id)).one_or_none()
    if found is None:
        raise NotFound
    return found


def waiting(seen_by: Actor) -> Select[Chargeback]:
    """Those that no bank has decided yet, or closed, those that are lost while nobody has said who bears them, and
    those of which money came back that nobody has counted, for operators of finance."""
    require_operator(seen_by, OperatorRole.FINANCE)
    waits = or_(Chargeback.status.not_in(OVER), bearing.is_undecided(), bearing.is_uncounted())
    return select(Chargeback).where(waits)


# --- the parts ------------------------------------------------------------------------------------------------------


def _contradicts(row: Chargeback, told: Told) -> str | None:
    return chargeback_rules.differs(row.status, told.status, (row.money, row.reinstated), (told.money, told.reinstated))


def _is_uncounted(row: Chargeback, told: Told) -> bool:
    """Whether something came back in another currency that nobody has counted, and the bank still has some: what is
    won, or wholly given back, is not counted."""
    said = foreign(told.money, told.reinstated)
    return said is not None and said != row.foreign_known and bool(row.held)


def _note_foreign(row: Chargeback, told: Told) -> None:
    """What came back in another currency, for whoever counts it."""
    said = foreign_after(row.foreign, row.foreign_known, foreign(told.money, told.reinstated))
    if told.reinstated is None or said == row.foreign:
        return
    known = (0, None, None) if said is None else (said.amount, said.currency, clock.now())
    row.foreign_amount, row.foreign_currency, row.foreign_at = known


def _reinstate(row: Chargeback, money: Money | None) -> None:
    """The bank has given back so much, as far as anybody knows: of a deposit of which a part was sent back before, for
    example, that part. All of what was lost has a status of its own."""
    if money is None or money == row.reinstated or row.status not in HELD_BY_BANK:
        return
    more = money - row.reinstated
    row.reinstated_amount, row.reinstated_at = money.amount, clock.now()
    if row.held or row.status is not ChargebackStatus.LOST:
        record("chargeback.partly_reinstated", row, by=CLOCK, data=_data(more))


def _give_back(row: Chargeback) -> None:
    """Whoever has paid for more than the bank has of it gets that back: the company before the service."""
    more = -row.owed
    if more.amount <= 0:
        return
    paid = min(more.amount, row.paid_amount)
    parts = Money(paid, row.currency), Money(more.amount - paid, row.currency)
    ledger.post(given_back(row.id, row.company_id, *parts, row.entries))
    row.paid_amount, row.given_up_amount = row.paid_amount - paid, row.given_up_amount - parts[1].amount
    row.entries += 1


def _tell_finance(row: Chargeback, told: Told, why: str) -> None:
    """Once of the same, however often it is read."""
    said = {"why": why, "status": str(told.status)} | _data(told.money)
    if told.reinstated is not None:
        said["reinstated"] = str(told.reinstated.decimal)
    if (other := foreign(told.money, told.reinstated)) is not None:
        said["reinstated_currency"] = other.currency
    before = [each.data for each in timeline("chargeback", row.id) if each.name == UNCLEAR]
    if said not in before:
        record(UNCLEAR, row, by=CLOCK, data=said)


def _data(money: Money) -> dict[str, str]:
    return {"amount": str(money.decimal), "currency": money.currency}


def _move(row: Chargeback, status: ChargebackStatus, *, due_by: datetime | None = None) -> None:
    values: dict[str, Any] = {"ended_at": clock.now() if status in OVER else None}
    if status is ChargebackStatus.REINSTATED:
        # Its papers are kept no longer because of that.
        values = {"ended_at": row.ended_at, "reinstated_amount": row.amount, "reinstated_at": clock.now()}
    if row.is_inquiry and status not in INQUIRIES:
        values["reminded_days"] = None
        if row.evidence is not None and row.evidence.status is OpStatus.DONE:
            # The bank is told anew what it was told before; what is still on its way there answers this.
            values["evidence_id"] = None
    move_one(row, status, by=CLOCK, event=f"chargeback.{EVENTS.get(status, status)}", values=values)
    if due_by is not None and status in ANSWERABLE:
        row.due_by = due_by
    papers.keep_until(row)


def _postpone(row: Chargeback, due_by: datetime) -> None:
    """The bank has moved its deadline while it waits. Of a later one people are reminded anew."""
    if row.due_by is None or due_by > row.due_by:
        row.reminded_days = None
    row.due_by = due_by
    record("chargeback.deadline_moved", row, by=CLOCK, data={"until": due_by.isoformat()})


def _to_remind() -> Select[Chargeback]:
    """Those whose bank waits, for which nothing is there, and whose deadline comes nearer: as `reminder()` says."""
    answered = exists().where(PaymentOp.id == Chargeback.evidence_id, PaymentOp.status == OpStatus.DONE)
    now = clock.now()
    near = [
        and_(
            Chargeback.due_by <= now + timedelta(days=days),
            or_(Chargeback.reminded_days.is_(None), Chargeback.reminded_days > days),
        )
        for days in REMINDED_DAYS
    ]
    waits = and_(Chargeback.status.in_(ANSWERABLE), Chargeback.due_by > now)
    return select(Chargeback).where(waits, or_(*near), not_(answered)).order_by(Chargeback.due_by, Chargeback.id)


def _taken_by_sandbox() -> Select[PaymentOp, SandboxCall]:
    taken = select(PaymentOp, SandboxCall).join(SandboxCall, SandboxCall.key == PaymentOp.idempotency_key)
    asked = or_(SandboxCall.charged_back_at.is_not(None), SandboxCall.inquired_at.is_not(None))
    return taken.where(
        asked, PaymentOp.status == OpStatus.DONE, PaymentOp.id.not_in(select(Chargeback.deposit_id))
    ).order_by(PaymentOp.id)


def _begin(op: PaymentOp, call: SandboxCall) -> Chargeback:
    name, now, status = f"{call.external_id}_back", clock.now(), ChargebackStatus.INQUIRY
    if call.charged_back_at is not None:
        ledger.post(_taken(name, op.money))
        status = ChargebackStatus.OPEN
    due, read_at = now + SANDBOX_WAITS, clock.machine_time()
    return learn(Told(SANDBOX, name, op.id, op.money, "general", now, due, status, read_at))


def _decide(row: Chargeback, *, is_answered: bool) -> None:
    """The sandbox's bank is content with every answer, and with none it does as a bank does."""
    if row.status is ChargebackStatus.INQUIRY and not is_answered:
        ledger.post(_taken(row.external_id, row.money))
        _move(row, ChargebackStatus.OPEN, due_by=clock.now() + SANDBOX_WAITS)
    elif row.status is ChargebackStatus.INQUIRY:
        _move(row, ChargebackStatus.INQUIRY_CLOSED)
    elif is_answered:
        ledger.post(movement_entry(f"rail:{row.external_id}:back", SANDBOX, CHARGEBACKS, row.money))
        _move(row, ChargebackStatus.WON)
        _give_back(row)
    else:
        _move(row, ChargebackStatus.LOST)


def _taken(name: str, money: Money) -> Entry:
    """By the rail's own name of it, so that it is booked once whatever was asked before."""
    return movement_entry(f"rail:{name}", SANDBOX, CHARGEBACKS, -money)
