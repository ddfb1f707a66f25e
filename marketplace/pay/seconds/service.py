"""A second operator agrees to what one alone may not do with money, and it is done as it was said (rule TWO_PEOPLE)."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Protocol
from uuid import UUID

from marketplace.accounts.rules import Actor
from marketplace.contracts import transfers
from marketplace.pay import service as payments
from marketplace.pay.bank import keeping, reopening
from marketplace.pay.invoices import invoicing
from marketplace.pay.rails import bearing, counting, reconciling
from marketplace.pay.taxes import withholding
from marketplace.standards import two_people
from marketplace.standards.act_models import MoneyAct
from marketplace.standards.act_rules import ActKind


class Does(Protocol):
    """Does what was said, checked again at this moment, in the name of whoever has agreed."""

    def __call__(self, act: MoneyAct, said: Mapping[str, Any], *, by: Actor) -> object: ...


DOES: Mapping[ActKind, Does] = MappingProxyType(
    {
        ActKind.EXPLAINED: reconciling.explain_as_said,
        ActKind.CREDITED: invoicing.credit_as_said,
        ActKind.GIVEN_BACK: withholding.give_back_as_said,
        ActKind.TAKEN_IN: transfers.receive_as_said,
        ActKind.SENT: transfers.send_as_said,
        ActKind.RETURNED: transfers.give_back_as_said,
        ActKind.TAKEN_BACK: payments.take_back_as_said,
        ActKind.BORNE: bearing.decide_as_said,
        ActKind.COUNTED: counting.count_as_said,
        ActKind.KEPT: keeping.keep_as_said,
        ActKind.REOPENED: reopening.reopen_as_said,
    }
)
"""What waits as an act. What was found and lines of bank statements wait in statuses of their own."""


def agree(act_id: UUID, *, by: Actor) -> MoneyAct:
    """It is done, as it was said. Raises NotFound, SecondPerson, WrongState, and whatever forbids it by now: then it
    still waits, and somebody takes it back."""
    act, said = two_people.agree(act_id, by=by)
    DOES[act.kind](act, said, by=by)
    return act
