"""Pay at once: a run of one person over all of theirs that is ready to be paid, whenever they ask (INSTANT_PAY).

What they worked is theirs from the company's yes on, or from its silence; the pay day of everybody else is no reason to
wait. It costs them nothing, and since each payout costs its company what the rail keeps, it can be had once a day.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from marketplace.accounts.rules import Actor, require_person
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.problems import NotFound
from marketplace.pay import late, previews, service
from marketplace.pay.late import Late
from marketplace.pay.models import PayRun
from marketplace.pay.previews import Preview
from marketplace.pay.rules import JustPaid, NotForeseen, NothingReady, RunStatus
from marketplace.standards.catalogue import RULES
from marketplace.workforce.models import Contractor
from marketplace.workforce.pay_scope import PayScope

AGAIN_AFTER = timedelta(hours=RULES["INSTANT_PAY"].parameters["hours"])


@dataclass(frozen=True, slots=True)
class Ready:
    """What would be paid at once now, by currency, nothing where nothing is approved; from when on it can be asked for
    again, None where it can be now; whether what was asked for is still being reckoned, and so in the sums; whether the
    sums are known: nothing is told where something of it cannot be reckoned, which a run then sets aside; and what of
    theirs waits alone, in no sum."""

    currencies: Sequence[Preview]
    again_from: datetime | None
    is_under_way: bool
    is_known: bool
    waits: Sequence[Late]


def ready(seen_by: Actor) -> Ready:
    """What the asker would be paid if they asked for it now, and what of theirs has to be mended first. Raises NotFound
    for whoever is no contractor."""
    me = _contractor(require_person(seen_by))
    mine = (PayRun.contractor_id == me.id, PayRun.parted_from_id.is_(None))
    begun = select(PayRun.id).where(*mine, PayRun.status == RunStatus.STARTED).limit(1)
    is_under_way = db.session.scalar(begun) is not None
    found = _foreseen(me.id)
    return Ready(found or [], _again_from(me.id), is_under_way, found is not None, late.of(me))


def pay_now(*, by: Actor) -> PayRun:
    """Starts paying the asker all that is ready to be paid to them. The steps are done by a job. Raises NotFound for
    whoever is no contractor, JustPaid once a day, and NothingReady."""
    # Whoever asks twice at once waits for the first.
    me = _contractor(require_person(by), is_locked=True).id
    if (again_from := _again_from(me)) is not None:
        raise JustPaid(again_from=again_from.isoformat())
    if _foreseen(me) == []:
        raise NothingReady
    return service.start_run_of(me, by=by)


def _foreseen(contractor_id: UUID) -> list[Preview] | None:
    """What they would be paid now; None where that cannot be said."""
    try:
        return previews.foreseen(PayScope(clock.now().date(), contractor_id=contractor_id))
    except NotForeseen:
        return None


def _contractor(person_id: UUID, *, is_locked: bool = False) -> Contractor:
    found = db.session.get(Contractor, person_id, with_for_update=is_locked or None)
    if found is None:
        raise NotFound
    return found


def _again_from(contractor_id: UUID) -> datetime | None:
    last = select(PayRun.started_at).where(PayRun.contractor_id == contractor_id).order_by(PayRun.id.desc()).limit(1)
    started = db.session.scalar(last)
    return None if started is None or started + AGAIN_AFTER <= clock.now() else started + AGAIN_AFTER
