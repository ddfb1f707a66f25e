"""Money that came by bank, is nobody's, and is the service's own: the rest of a payout that came back as more, or what
the bank itself has paid. An operator says so with a reason, above the limit two of them (TWO_PEOPLE).
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from marketplace.accounts.rules import Actor, OperatorRole, reason_given, require_operator
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.lifecycle import WrongState, move_one
from marketplace.core.problems import NotFound
from marketplace.ledger import service as ledger
from marketplace.pay.bank import asked, reopening
from marketplace.pay.bank import rules as bank_rules
from marketplace.pay.bank.models import BankLine
from marketplace.pay.bank.rules import LineKind, LineStatus
from marketplace.standards import two_people
from marketplace.standards.act_models import MoneyAct
from marketplace.standards.act_rules import ActKind


def keep(line_id: UUID, reason: str, *, another: str = "", by: Actor) -> BankLine | MoneyAct:
    """Books a stray transfer on the service's own pocket. `another` says why it is no deposit of long ago under the
    same reference, whose money would stand in the books twice. Raises NotFound, ReasonMissing, WrongState, LooksMarked,
    WaitsAlready."""
    require_operator(by, OperatorRole.FINANCE)
    alone = two_people.tally(by)
    line, why = _nobodys(line_id), reason_given(reason)
    said = {"reason": why, "another": asked.check_another(line, another)}
    return alone.once(ActKind.KEPT, line.id, line.money, said, lambda: _keep(line, said, by=by), by=by)


def keep_as_said(act: MoneyAct, said: Mapping[str, Any], *, by: Actor) -> BankLine:
    """A second operator agrees. Raises NotFound, WrongState, and LooksMarked where a deposit was marked meanwhile that
    it may be."""
    require_operator(by, OperatorRole.FINANCE)
    line = _nobodys(UUID(act.subject))
    asked.check_another(line, said.get("another"))
    return _keep(line, said, by=by)


def _nobodys(line_id: UUID) -> BankLine:
    line = db.session.get(BankLine, line_id, with_for_update=True, populate_existing=True)
    if line is None:
        raise NotFound
    if line.kind is not LineKind.CAME or line.status is not LineStatus.STRAY:
        raise WrongState(f"The line is {line.status}.")
    asked.check_open(line)
    return line


def _keep(line: BankLine, said: Mapping[str, Any], *, by: Actor) -> BankLine:
    ledger.post(bank_rules.kept_by_service(line.id, line.money, reopening.often(line.id)))
    why = {"reason": said["reason"], "another": said.get("another")}
    values = why | {"decided_by": by.person_id, "decided_at": clock.now()}
    move_one(line, LineStatus.KEPT, by=by, event="bank_line.kept", values=values)
    return line
