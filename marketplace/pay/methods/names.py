"""A person looks at an account whose name is not the contract's party: it is theirs, or it is not, and why.

Pay to it waits until then and is never lost: once it is cleared it goes out, and once it is refused it is payable again
to another account (NAME_MATCH).
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from marketplace.accounts.queries import person_name
from marketplace.accounts.rules import Actor, OperatorRole, reason_given, require_operator
from marketplace.core import clock, queue
from marketplace.core.db import db
from marketplace.core.events import record
from marketplace.core.lifecycle import move_one
from marketplace.core.problems import NotFound
from marketplace.pay import service
from marketplace.pay.methods import barring
from marketplace.pay.methods import service as methods
from marketplace.pay.methods.fields import MethodKind
from marketplace.pay.methods.models import PayoutMethod
from marketplace.pay.methods.rules import ALIVE, MethodStatus, NameCheck, NameDecided, OwnAccount
from marketplace.pay.rails import payments


@dataclass(frozen=True, slots=True)
class Name:
    """An account with another name than its person's, as an operator looks at it: both names, and no more of the number
    than its end."""

    row: PayoutMethod
    party: str
    holder: str
    ending: str

    @property
    def id(self) -> UUID:
        return self.row.id

    @property
    def contractor_id(self) -> UUID:
        return self.row.contractor_id

    @property
    def kind(self) -> MethodKind:
        return self.row.kind

    @property
    def country(self) -> str:
        return self.row.country

    @property
    def given_at(self) -> datetime:
        return self.row.given_at


def waiting(seen_by: Actor, limit: int = 100) -> list[Name]:
    """Accounts with another name, the oldest first. For operators of finance."""
    rows = db.session.scalars(methods.names_to_look_at(seen_by).order_by(PayoutMethod.id).limit(limit)).all()
    told, names = methods.read(rows), person_name([row.contractor_id for row in rows])
    return [Name(row, names[row.contractor_id], told[row.id].holder, told[row.id].ending) for row in rows]


def decide(method_id: UUID, decision: str, reason: str, *, by: Actor) -> PayoutMethod:
    """`clear()` or `refuse()`, by its name."""
    return {"clear": clear, "refuse": refuse}[decision](method_id, reason, by=by)


def clear(method_id: UUID, reason: str, *, by: Actor) -> PayoutMethod:
    """The account is the person's, whatever name it carries: what waited for that goes out. For operators of finance,
    with a reason. Raises NotFound, ReasonMissing, NameDecided, OwnAccount."""
    row = _looked_at(method_id, by)
    _decide(row, NameCheck.CLEARED, reason, by)
    record("payout_method.name_cleared", row, by=by)
    for op_id in barring.held_up([row.id]):
        service.unpark(op_id, by=by)
    queue.defer(service.ADVANCE_RAIL)
    return row


def refuse(method_id: UUID, reason: str, *, by: Actor) -> PayoutMethod:
    """The account is somebody else's: nothing is ever paid to it, and what waited is payable again. The person reads
    why, and gives another. For operators of finance. Raises as `clear()`."""
    row = _looked_at(method_id, by)
    _decide(row, NameCheck.REFUSED, reason, by)
    move_one(row, MethodStatus.REFUSED, by=by, event="payout_method.refused", values={"ended_at": clock.now()})
    payments.told(dict.fromkeys(barring.held_up([row.id]), barring.REFUSED))
    return row


def believe(method_id: UUID, reason: str, *, by: Actor) -> None:
    """The account is its person's: what an operator has refused is theirs again, unless another took its place, and a
    name that waits for somebody is cleared. Not a person's verb: a human who has answered a contest calls it, which has
    locked its person (rule PAYOUT_APPEAL)."""
    row = db.session.get(PayoutMethod, method_id, with_for_update=True, populate_existing=True)
    if row is None or not _is_doubted(row):
        return
    _decide(row, NameCheck.CLEARED, reason, by)
    if row.status is MethodStatus.REFUSED:
        move_one(row, MethodStatus.IN_FORCE, by=by, event="payout_method.restored", values={"ended_at": None})
    record("payout_method.name_cleared", row, by=by)


def is_doubted(method_id: UUID) -> bool:
    """Whether pay to this account waits for a human to say whose it is, which nothing else can say. The account stays
    what it is until the commit."""
    row = db.session.get(PayoutMethod, method_id, with_for_update=True, populate_existing=True)
    return row is not None and _is_doubted(row)


def _is_doubted(row: PayoutMethod) -> bool:
    if row.name_check not in (NameCheck.WAITING, NameCheck.REFUSED):
        return False
    return row.status in ALIVE or (row.status is MethodStatus.REFUSED and _has_no_other(row))


def _has_no_other(row: PayoutMethod) -> bool:
    return MethodStatus.IN_FORCE not in methods.alive(row.rail, row.contractor_id)


def _looked_at(method_id: UUID, by: Actor) -> PayoutMethod:
    require_operator(by, OperatorRole.FINANCE)
    row = db.session.get(PayoutMethod, method_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound
    if row.contractor_id == by.person_id:
        raise OwnAccount
    if row.name_check is not NameCheck.WAITING or row.status not in ALIVE:
        raise NameDecided
    return row


def _decide(row: PayoutMethod, found: NameCheck, reason: str, by: Actor) -> None:
    row.name_reason = reason_given(reason)
    row.name_check, row.name_decided_by, row.name_decided_at = found, by.person_id, clock.now()
    db.session.flush()
