"""Pay that is late through a fault of the service: it could not be reckoned or booked, and waits in a run of its own.

Its person sees it for as long as it waits, and is told when it begins to.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.pay.models import PayRun, Payslip
from marketplace.pay.rules import FURTHEST_AHEAD, PayslipStatus
from marketplace.pay.runs import due
from marketplace.pay.runs.counts import PaidFor
from marketplace.workforce.models import Contractor
from marketplace.workforce.pay_scope import PayScope


@dataclass(frozen=True, slots=True)
class Late:
    """Something that could not be reckoned, with its day: of work the Monday of its week. Or a payslip that could not
    be booked, which is of no kind and no day, and whose net pay is known."""

    id: UUID
    kind: PaidFor | None = None
    day: date | None = None
    net: Money | None = None


def of(owner: Contractor) -> Sequence[Late]:
    """What of a person's pay waits so, for whoever may know it."""
    reckoned = select(Payslip).join(PayRun, PayRun.id == Payslip.run_id)
    mine = (Payslip.contractor_id == owner.id, Payslip.status != PayslipStatus.ISSUED)
    slips = db.session.scalars(reckoned.where(*mine, PayRun.parted_from_id.is_not(None)).order_by(Payslip.id))
    found = [Late(slip.id, net=slip.net) for slip in slips]
    if waiting := due.set_aside():
        scope = PayScope(clock.now().date() + FURTHEST_AHEAD, contractor_id=owner.id, things=waiting)
        things = due.things(scope, len(waiting))
        found += [Late(each.id, each.kind, each.day(owner.timezone)) for each in things]
    return tuple(found)
