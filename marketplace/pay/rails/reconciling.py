"""The rail's balance and the books, movement by movement: each has one cause, and what has none is for a person."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import Date, Select, and_, cast, func, or_, select
from sqlalchemy.dialects.postgresql import insert

from marketplace.accounts.rules import Actor, OperatorRole, require_operator
from marketplace.core import clock
from marketplace.core.db import db, in_transaction, transaction
from marketplace.core.money import BadMoney, Money
from marketplace.core.problems import NotFound
from marketplace.ledger import queries as books
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import Entry
from marketplace.pay.models import PaymentOp
from marketplace.pay.rails import known as known_rails
from marketplace.pay.rails import rules as rail_rules
from marketplace.pay.rails import stripe_rules
from marketplace.pay.rails.models import RailBalance, RailMovement, RailUnread
from marketplace.pay.rails.rules import Match, NotStray
from marketplace.pay.rails.stripe_answers import Holding, Movement
from marketplace.pay.rails.stripe_rules import NotCarried
from marketplace.pay.rails.switching import OVER
from marketplace.pay.rules import OpKind, OpStatus, outside
from marketplace.standards import two_people
from marketplace.standards.act_models import MoneyAct
from marketplace.standards.act_rules import ActKind

OVERLAP = timedelta(hours=1)
"""How far each comparison goes back behind the newest movement that is known: Stripe writes several at once."""
BATCH = 100
DAYS = 31
HAPPENED = frozenset({OpStatus.DONE, OpStatus.REVERSED})
NOT_DONE = "not_done_here"
"""Why a movement is stray whose payment has not come to its end in the books."""
CALLED_OFF = "invoice_void"
"""The refusal of a deposit whose invoice was made void."""
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Day:
    """The movements of one day (UTC) in one currency: how many had their cause, were explained, or had none."""

    day: date
    currency: str
    counts: Mapping[Match, int]
    net: Money


@dataclass(frozen=True, slots=True)
class Standing:
    """What the rail says that it holds, and what the books say."""

    rail: Money
    books: Money
    at: datetime

    @property
    def difference(self) -> Money:
        return self.rail - self.books


def reconcile() -> int:
    """Reads every movement since the newest that is known and finds its cause. Returns how many were new. What was
    stray is looked at again: its payment may have come to its end since. Must not be called inside a transaction
    (RuntimeError). Raises Unreachable, NotAllowed."""
    if in_transaction():
        raise RuntimeError("A rail is never called inside a transaction.")
    rail = known_rails.stripe()
    with transaction():
        newest = db.session.scalar(select(func.max(RailMovement.created_at)).where(RailMovement.rail == rail.name))
    since = datetime.fromtimestamp(0, UTC) if newest is None else newest - OVERLAP
    # The oldest first: whoever stops half way has left nothing out that is older than what is known.
    told = sorted(rail.movements(since), key=lambda each: (each.created_at, each.id))
    fresh = 0
    for part in _batches(told):
        with transaction():
            fresh += _keep(rail.name, part)
    with transaction():
        _match(db.session.scalars(_came_true().execution_options(populate_existing=True)).all())
    holdings = rail.holdings()
    with transaction():
        _note(rail.name, holdings)
    return fresh


def explain(movement_id: str, note: str, *, by: Actor) -> RailMovement | MoneyAct:
    """Writes down what an operator found out about a movement without a cause, and books it on the service's own
    pocket, so that the rail's account stands where the rail does; what is too much for one waits for another
    (TWO_PEOPLE). Raises NotFound, WaitsAlready, and NotStray also of one whose payment may still book it: it would be
    booked twice."""
    require_operator(by, OperatorRole.FINANCE)
    alone = two_people.tally(by)
    row, told, me = _stray(movement_id), note.strip(), alone.person_id
    much = Money(abs(row.net.amount), row.currency)
    return alone.once(ActKind.EXPLAINED, row.id, much, {"note": told}, lambda: _explain(row, told, me), by=by)


def explain_as_said(act: MoneyAct, said: Mapping[str, Any], *, by: Actor) -> RailMovement:
    """A second operator has agreed to what a movement was. Raises NotFound, NotStray."""
    require_operator(by, OperatorRole.FINANCE)
    return _explain(_stray(act.subject), said["note"], act.done_by)


def _stray(movement_id: str) -> RailMovement:
    row = db.session.get(RailMovement, movement_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound
    if row.match is not Match.STRAY:
        raise NotStray
    if row.payment_op_id is not None and _may_still_book(row, db.session.get_one(PaymentOp, row.payment_op_id)):
        raise NotStray("Its payment has not come to its end in the books.")
    return row


def _explain(row: RailMovement, note: str, explained_by: UUID) -> RailMovement:
    row.match, row.note, row.explained_by, row.explained_at = Match.EXPLAINED, note, explained_by, clock.now()
    if row.net:
        ledger.post(rail_rules.movement_entry(f"rail:{row.id}", row.rail, rail_rules.STRAYS, row.net))
    return row


# --- reads ----------------------------------------------------------------------------------------------------------


def movements(seen_by: Actor) -> Select[RailMovement]:
    """Every movement, for operators of finance."""
    require_operator(seen_by, OperatorRole.FINANCE)
    return select(RailMovement)


def strays(seen_by: Actor) -> Select[RailMovement]:
    return movements(seen_by).where(RailMovement.match == Match.STRAY)


def newest(*, match: Match | None = None, limit: int = 50, seen_by: Actor) -> list[RailMovement]:
    """The newest movements, of one kind of match if it is named."""
    found = movements(seen_by).order_by(RailMovement.created_at.desc(), RailMovement.id.desc()).limit(limit)
    return list(db.session.scalars(found if match is None else found.where(RailMovement.match == match)))


def unread(seen_by: Actor, limit: int = 50) -> list[RailUnread]:
    """The newest movements whose amounts nobody here could read, for operators of finance."""
    require_operator(seen_by, OperatorRole.FINANCE)
    found = select(RailUnread).order_by(RailUnread.created_at.desc(), RailUnread.id.desc()).limit(limit)
    return list(db.session.scalars(found))


def days(seen_by: Actor, most: int = DAYS) -> list[Day]:
    """The newest days with a movement, by currency, the newest first. For operators of finance."""
    require_operator(seen_by, OperatorRole.FINANCE)
    day = cast(func.timezone("UTC", RailMovement.created_at), Date).label("day")
    counted = select(
        day,
        RailMovement.currency,
        *(func.count().filter(RailMovement.match == each).label(each.value) for each in Match),
        func.sum(RailMovement.amount - RailMovement.fee).label("net"),
    )
    rows = db.session.execute(
        counted.group_by(day, RailMovement.currency).order_by(day.desc(), RailMovement.currency).limit(most)
    ).all()
    return [
        Day(r.day, r.currency, {each: getattr(r, each.value) for each in Match}, Money(int(r.net), r.currency))
        for r in rows
    ]


def standings(seen_by: Actor) -> list[Standing]:
    """What the rail says and what the books say, by currency. For operators of finance."""
    require_operator(seen_by, OperatorRole.FINANCE)
    found = db.session.scalars(select(RailBalance).order_by(RailBalance.rail, RailBalance.currency)).all()
    return [
        Standing(
            Money(each.available + each.pending, each.currency),
            -books.balance(outside(each.rail), each.currency),
            each.at,
        )
        for each in found
    ]


# --- matching -------------------------------------------------------------------------------------------------------


def _batches(told: Sequence[Movement]) -> Iterable[Sequence[Movement]]:
    return (told[start : start + BATCH] for start in range(0, len(told), BATCH))


def _may_still_book(row: RailMovement, op: PaymentOp) -> bool:
    """Whether the payment is under way, or is done and the next comparison will find that."""
    return op.status not in OVER or (op.status in HAPPENED and row.why == NOT_DONE)


def _came_true() -> Select[RailMovement]:
    """The oldest strays whose payments are done by now. An operator who explains one at this moment comes first."""
    done = select(RailMovement).join(PaymentOp, PaymentOp.id == RailMovement.payment_op_id)
    not_taken = and_(PaymentOp.kind == OpKind.REFUND, PaymentOp.status == OpStatus.REFUSED)
    over = or_(PaymentOp.status.in_(HAPPENED), not_taken, PaymentOp.refusal_code == CALLED_OFF)
    done = done.where(RailMovement.match == Match.STRAY, RailMovement.why == NOT_DONE, over)
    done = done.order_by(RailMovement.created_at, RailMovement.id).limit(BATCH)
    return done.with_for_update(of=RailMovement, skip_locked=True)


def _keep(rail: str, told: Sequence[Movement]) -> int:
    """Writes new movements down and finds their causes. Returns how many were new."""
    known_ops = {each.op_id for each in told if each.op_id is not None}
    there = set(db.session.scalars(select(PaymentOp.id).where(PaymentOp.id.in_(known_ops))))
    read = {each.id: _row(rail, each, each.op_id if each.op_id in there else None) for each in told}
    unread = [_unread(rail, each) for each in told if read[each.id] is None]
    if unread:
        db.session.execute(insert(RailUnread).on_conflict_do_nothing(), unread)
    rows = [row for row in read.values() if row is not None]
    if not rows:
        return 0
    made = insert(RailMovement).on_conflict_do_nothing().returning(RailMovement.id)
    fresh = db.session.scalars(made, rows).all()
    found = select(RailMovement).where(RailMovement.id.in_(fresh))
    _match(db.session.scalars(found.order_by(RailMovement.created_at, RailMovement.id)).all())
    return len(fresh)


def _row(rail: str, told: Movement, op_id: UUID | None) -> dict[str, Any] | None:
    """The movement as it is kept; None where its amount is none of ours."""
    try:
        amount, fee = (stripe_rules.from_stripe(each, told.currency) for each in (told.amount, told.fee))
    except (BadMoney, NotCarried):
        log.exception("rail_movement", movement=told.id)
        return None
    return {
        "id": told.id,
        "rail": rail,
        "kind": told.kind,
        "amount": amount.amount,
        "fee": fee.amount,
        "currency": amount.currency,
        "source": told.source,
        "payment_op_id": op_id,
        "created_at": told.created_at,
        "seen_at": clock.now(),
        "match": Match.STRAY,
    }


def _unread(rail: str, told: Movement) -> dict[str, Any]:
    """A movement whose amount is none of ours, as the rail told it: a person reads it there. All others are compared
    all the same."""
    return {
        "id": told.id, "rail": rail, "kind": told.kind, "amount": str(told.amount), "fee": str(told.fee),
        "currency": told.currency, "created_at": told.created_at, "seen_at": clock.now(),
    }  # fmt: skip


def _match(rows: Sequence[RailMovement]) -> None:
    """Gives each of these its cause, and books what the rail has kept and what is the service's own."""
    wanted = [row.payment_op_id for row in rows if row.payment_op_id is not None]
    ops = {op.id: op for op in db.session.scalars(select(PaymentOp).where(PaymentOp.id.in_(wanted)))}
    causes = {row.id: _cause(row, ops) for row in rows}
    named = [cause for cause, _ in causes.values() if cause]
    taken = set(db.session.scalars(select(RailMovement.cause).where(RailMovement.cause.in_(named))))
    came = _came_by_invoice(ops.values())
    entries: list[Entry] = []
    for row in rows:
        cause, why = causes[row.id]
        if cause in taken:
            cause, why = None, "second_time"
        op = ops.get(row.payment_op_id) if row.payment_op_id else None
        if cause is not None and op is not None and op.id in came and row.kind in rail_rules.PAYS:
            if came[op.id] + row.amount > op.amount:
                cause, why = None, "other_amount"
            else:
                came[op.id] += row.amount
        row.why = why
        if cause is None:
            continue
        taken.add(cause)
        row.match, row.cause = Match.MATCHED, cause
        entries += _entries(row)
    if entries:
        ledger.post_many(entries)


def _came_by_invoice(ops: Iterable[PaymentOp]) -> dict[UUID, int]:
    """What is matched already of each deposit that is asked for by invoice: several payments may be one of them."""
    wanted = {op.id: 0 for op in ops if "invoice" in op.params}
    sums = select(RailMovement.payment_op_id, func.sum(RailMovement.amount).label("amount")).where(
        RailMovement.payment_op_id.in_(wanted),
        RailMovement.match == Match.MATCHED,
        RailMovement.kind.in_(rail_rules.PAYS),
    )
    found = db.session.execute(sums.group_by(RailMovement.payment_op_id)) if wanted else ()
    return wanted | {row.payment_op_id: int(row.amount) for row in found}


def _cause(row: RailMovement, ops: Mapping[UUID, PaymentOp]) -> tuple[str | None, str | None]:
    """The cause of a movement in the books, or a word for why it has none."""
    if row.kind in rail_rules.BACK:
        return _came_back(row, ops)
    kind = rail_rules.PAYS.get(row.kind)
    if kind is None:
        return (f"rail:{row.id}", None) if row.kind in rail_rules.OWN else (None, "kind_not_known")
    op = ops.get(row.payment_op_id) if row.payment_op_id is not None else None
    if op is None or op.kind is not kind or op.rail != row.rail:
        return None, "no_payment_of_ours"
    if op.refusal_code == CALLED_OFF:
        return None, "paid_after_void"
    if _is_part(row, op):
        return (f"deposit:{op.id}:{row.source}", None) if op.status in HAPPENED else (None, NOT_DONE)
    if (row.amount, row.currency) != (rail_rules.SIGN[kind] * op.amount, op.currency):
        return None, "other_amount"
    if op.status in HAPPENED:
        return rail_rules.done_cause(kind, op.id), None
    # What a payer's bank did not take had left the rail's balance all the same, and comes back to it.
    return (f"refund:{op.id}:went", None) if _was_not_taken(op) else (None, NOT_DONE)


def _came_back(row: RailMovement, ops: Mapping[UUID, PaymentOp]) -> tuple[str | None, str | None]:
    """Likewise, of what a rail had sent and has again: it is the opposite of what it had moved."""
    op = ops.get(row.payment_op_id) if row.payment_op_id is not None else None
    if op is None or op.kind is not rail_rules.BACK[row.kind] or op.rail != row.rail:
        return None, "no_payment_of_ours"
    if (row.amount, row.currency) != (-rail_rules.SIGN[op.kind] * op.amount, op.currency):
        return None, "other_amount"
    is_back = op.status is OpStatus.REVERSED or _was_not_taken(op)
    return (f"{op.kind}:{op.id}:came_back", None) if is_back else (None, NOT_DONE)


def _is_part(row: RailMovement, op: PaymentOp) -> bool:
    """Whether it is one of several payments of an invoice."""
    return "invoice" in op.params and row.currency == op.currency and 0 < row.amount < op.amount


def _was_not_taken(op: PaymentOp) -> bool:
    return op.kind is OpKind.REFUND and op.status is OpStatus.REFUSED


def _entries(row: RailMovement) -> list[Entry]:
    account = rail_rules.OWN.get(row.kind)
    if account is not None:
        return [rail_rules.movement_entry(str(row.cause), row.rail, account, row.net)] if row.net else []
    fee = Money(-row.fee, row.currency)
    return [rail_rules.movement_entry(f"rail:{row.id}:fee", row.rail, rail_rules.COSTS, fee)] if fee else []


def _note(rail: str, holdings: Sequence[Holding]) -> None:
    for each in holdings:
        try:
            free, coming = (stripe_rules.from_stripe(part, each.currency) for part in (each.available, each.pending))
        except (BadMoney, NotCarried):
            log.exception("rail_holding", currency=each.currency)
            continue
        row = insert(RailBalance).values(
            rail=rail, currency=free.currency, available=free.amount, pending=coming.amount, at=clock.now()
        )
        new = {name: row.excluded[name] for name in ("available", "pending", "at")}
        db.session.execute(row.on_conflict_do_update(index_elements=["rail", "currency"], set_=new))
