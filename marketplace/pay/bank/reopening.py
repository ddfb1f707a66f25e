"""What somebody has got wrong of a line that is over: sent back, borne, or kept. Two people take it back, whatever the
amount (TWO_PEOPLE), and the line waits again for somebody who knows.

In prose. What was booked by it is booked the other way round; a line that was settled with the one that undoes it comes
back with that. What was said before is kept.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select

from marketplace.accounts.rules import Actor, OperatorRole, OwnCompany, reason_given, require_operator
from marketplace.accounts.rules import require_person as person_of
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.ids import new_id
from marketplace.core.lifecycle import WrongState, move_one
from marketplace.core.problems import NotFound
from marketplace.ledger import queries as books
from marketplace.ledger import service as ledger
from marketplace.pay.bank import rules as bank_rules
from marketplace.pay.bank.models import BankLine, LineReopening
from marketplace.pay.bank.rules import LineKind, LineStatus
from marketplace.standards import two_people
from marketplace.standards.act_models import MoneyAct
from marketplace.standards.act_rules import ActKind

AGAIN = (LineStatus.SENT_BACK, LineStatus.KEPT)
"""Ends of a line that can be taken back. What is booked is a payment, which has ways back of its own."""


def reopen(line_id: UUID, reason: str, *, by: Actor) -> MoneyAct:
    """Asks another operator to take back that a line was sent back, borne or kept, and says why. Nothing moves yet.
    Raises NotFound, ReasonMissing, OwnCompany, WrongState, WaitsAlready."""
    line = _over(line_id, by)[0]
    return two_people.wait(ActKind.REOPENED, line.id, line.money, {"reason": reason_given(reason)}, by=by)


def reopen_as_said(act: MoneyAct, said: Mapping[str, Any], *, by: Actor) -> BankLine:
    """A second operator agrees: the line is stray. Raises NotFound, OwnCompany, WrongState."""
    lines = _over(UUID(act.subject), by)
    for line in lines:
        _undo_entry(line)
        assert line.reason is not None, "the database says so"
        db.session.add(
            LineReopening(
                id=new_id(), line_id=line.id, was=line.status, reason=line.reason, why=said["reason"],
                said_by=act.done_by, agreed_by=person_of(by), at=clock.now(),
            )
        )  # fmt: skip
        nobody = dict.fromkeys(("reason", "another", "finding_id", "matched_by", "decided_by", "decided_at"))
        if len(lines) > 1:
            nobody["undoes_id"] = None
        move_one(line, LineStatus.STRAY, by=by, event="bank_line.reopened", values=nobody)
    return lines[0]


def often(line_id: UUID) -> int:
    """How often a line was taken back. The caller has locked it."""
    found = select(func.count()).select_from(LineReopening).where(LineReopening.line_id == line_id)
    return db.session.scalars(found).one()


def of(line_ids: Collection[UUID]) -> dict[UUID, LineReopening]:
    """What was taken back of each line at last. The caller may see them."""
    found = select(LineReopening).where(LineReopening.line_id.in_(line_ids)).order_by(LineReopening.id)
    return {each.line_id: each for each in db.session.scalars(found)}


def _over(line_id: UUID, by: Actor) -> Sequence[BankLine]:
    """The line, and the one that was settled with it, locked."""
    require_operator(by, OperatorRole.FINANCE)
    undone = select(BankLine.undoes_id).where(BankLine.id == line_id, BankLine.undoes_id.is_not(None))
    these = or_(BankLine.id == line_id, BankLine.undoes_id == line_id, BankLine.id.in_(undone))
    found = select(BankLine).where(these).order_by(BankLine.id).with_for_update()
    lines = {each.id: each for each in db.session.scalars(found.execution_options(populate_existing=True))}
    line = lines.pop(line_id, None)
    if line is None:
        raise NotFound
    _check_not_theirs(line, lines.values(), by)
    if line.status not in AGAIN:
        raise WrongState(f"The line is {line.status}.")
    # One that was booked, and of which the service bears what was taken back, stays as it is.
    return [line, *(each for each in lines.values() if each.status is LineStatus.SENT_BACK and not each.is_borne)]


def _check_not_theirs(line: BankLine, others: Collection[BankLine], by: Actor) -> None:
    """Raises OwnCompany: nobody decides of what their own company would owe or have."""
    named = [each.company_id for each in (line, *others) if each.company_id is not None]
    words = any(bank_rules.names(one.words, each) for one in (line, *others) for each in by.companies)
    if words or any(by.belongs_to(each) for each in named):
        raise OwnCompany


def _undo_entry(line: BankLine) -> None:
    if line.status is LineStatus.KEPT:
        entry = bank_rules.kept_by_service(line.id, line.money, often(line.id))
    elif line.kind is LineKind.TAKEN_BACK:
        entry = bank_rules.borne_by_service(line.id, line.money, often(line.id))
    else:
        return
    if (booked := books.entry_of(entry.cause)) is not None:
        ledger.reverse(booked, cause=f"{entry.cause}:back")
