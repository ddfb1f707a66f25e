"""When a rail has no money of a currency, payouts of that currency wait and are tried again, each time after a longer
pause; other currencies and rails go on. An operator may have them wait too."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, not_, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from marketplace.accounts.rules import CLOCK, Actor, OperatorRole, reason_given, require_operator
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import record
from marketplace.core.ids import new_id
from marketplace.core.money import minor_digits
from marketplace.core.problems import NotFound
from marketplace.pay import rules
from marketplace.pay.models import PaymentOp
from marketplace.pay.rails.pause_models import RailPause
from marketplace.pay.rails.rail import Done, Refused, Result
from marketplace.pay.rules import AlreadyPaused, NotPaused, OpKind, OpStatus

NO_MONEY = frozenset({"balance_insufficient"})
"""Codes of a rail that say nothing of one payout and all of the currency."""
OPEN = RailPause.ended_at.is_(None)


def is_paused() -> ColumnElement[bool]:
    """Whether payouts of a payment's currency wait at its rail now."""
    return exists().where(
        RailPause.rail == PaymentOp.rail,
        RailPause.currency == PaymentOp.currency,
        OPEN,
        or_(RailPause.try_at.is_(None), RailPause.try_at > clock.now()),
    )


def may_go() -> ColumnElement[bool]:
    """Whether a payment is not held up: a payout that no rail has heard of waits while its currency is paused."""
    return not_(and_(PaymentOp.kind == OpKind.PAYOUT, PaymentOp.status == OpStatus.INTENT, is_paused()))


def learn(ops: Sequence[PaymentOp], results: Mapping[UUID, Result]) -> None:
    """Begins, goes on with, or ends pauses by what rails have just said of these payments."""
    for op in ops:
        if op.kind is not OpKind.PAYOUT:
            continue
        match results[op.id]:
            case Refused(code=code) if code in NO_MONEY:
                _pause(op.rail, op.currency, code)
            case Done():
                _end_tried(op.rail, op.currency)


def pause(rail: str, currency: str, why: str, *, by: Actor) -> RailPause:
    """An operator of finance has payouts of a currency wait at a rail. Raises BadMoney, AlreadyPaused."""
    require_operator(by, OperatorRole.FINANCE)
    minor_digits(currency)
    row = _begun(rail, currency, reason_given(why), by=by)
    if row is None:
        raise AlreadyPaused
    return row


def resume(pause_id: UUID, *, by: Actor) -> RailPause:
    """An operator of finance lets them go on, also where the rail would be tried later. Raises NotFound, NotPaused."""
    require_operator(by, OperatorRole.FINANCE)
    row = db.session.get(RailPause, pause_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound
    if row.ended_at is not None:
        raise NotPaused
    row.ended_at = clock.now()
    record("rail_pause.ended", row, by=by, data={"rail": row.rail, "currency": row.currency})
    return row


def open_ones(seen_by: Actor) -> list[RailPause]:
    """What waits now, for operators of finance."""
    require_operator(seen_by, OperatorRole.FINANCE)
    return list(db.session.scalars(select(RailPause).where(OPEN).order_by(RailPause.id)))


def _pause(rail: str, currency: str, code: str) -> None:
    row = _begun(rail, currency, code, by=CLOCK)
    if row is not None:
        return
    known = select(RailPause).where(RailPause.rail == rail, RailPause.currency == currency, OPEN).with_for_update()
    there, now = db.session.scalars(known).one_or_none(), clock.now()
    # None: an operator ended it this moment, and the next refusal begins another. Several that were asked together are
    # refused together: that is one try.
    if there is not None and there.try_at is not None and there.try_at <= now:
        there.tries += 1
        there.try_at = rules.pause_until(there.tries, now)


def _begun(rail: str, currency: str, why: str, *, by: Actor) -> RailPause | None:
    now = clock.now()
    values = {
        "id": new_id(), "rail": rail, "currency": currency, "why": why, "began_at": now, "tries": 0,
        "try_at": rules.pause_until(0, now) if by == CLOCK else None, "paused_by": by.person_id,
    }  # fmt: skip
    made = insert(RailPause).values(values).on_conflict_do_nothing().returning(RailPause.id)
    if (fresh := db.session.scalar(made)) is None:
        return None
    row = db.session.get_one(RailPause, fresh)
    record("rail_pause.began", row, by=by, data={"rail": rail, "currency": currency})
    return row


def _end_tried(rail: str, currency: str) -> None:
    """A payout went through: the rail has money again."""
    over = update(RailPause).where(
        RailPause.rail == rail, RailPause.currency == currency, OPEN, RailPause.try_at <= clock.now()
    )
    ended = db.session.scalars(over.values(ended_at=clock.now()).returning(RailPause)).all()
    for row in ended:
        record("rail_pause.ended", row, by=CLOCK, data={"rail": rail, "currency": currency})
