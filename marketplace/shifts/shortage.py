"""A gig without money for somebody's yes: its company is told, once, so that it can set more aside before offers end.

The yes itself is refused and leaves nothing, so this has a transaction of its own (`db.make_sure()`); so it has where
yeses were collected: it locks the gig for itself, which whoever says yes or decides shares with others.
"""

from collections.abc import Collection
from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on

from marketplace.accounts.rules import CLOCK, Actor
from marketplace.core import clock
from marketplace.core.db import db, make_sure
from marketplace.core.events import Event, record_many
from marketplace.gigs.models import Gig
from marketplace.gigs.rules import GigStatus

OUT: Final = "gig.out_of_funds"
_FUNDED: Final = "gig.funded"
TOLD_AGAIN_AFTER: Final = timedelta(hours=24)
"""How long a company is not told again of the same gig, unless it has set money aside meanwhile (our own number)."""


def tell_after(gig_ids: Collection[UUID]) -> None:
    """Has `tell()` done once the running transaction has ended, whatever becomes of it."""
    ids = sorted(gig_ids)
    make_sure(f"out of funds {ids}", lambda: tell(ids))


def tell(gig_ids: Collection[UUID], *, by: Actor = CLOCK) -> int:
    """Tells the companies of these open gigs that somebody's yes found no money. Whoever was told within a day, and has
    set nothing aside since, is not told again. Safe to repeat and by many at once. Returns how many were told."""
    found = select(Gig).where(Gig.id.in_(gig_ids), Gig.status == GigStatus.OPEN).order_by(Gig.id)
    gigs = db.session.scalars(found.with_for_update(key_share=True)).all()
    newest = (
        select(Event.subject_id, Event.name, Event.at)
        .where(Event.subject_id.in_([gig.id for gig in gigs]), Event.name.in_((OUT, _FUNDED)))
        .ext(distinct_on(Event.subject_id))
        .order_by(Event.subject_id, Event.id.desc())
    )
    since = clock.now() - TOLD_AGAIN_AFTER
    told = {row.subject_id for row in db.session.execute(newest) if row.name == OUT and row.at > since}
    untold = [gig for gig in gigs if gig.id not in told]
    record_many(OUT, [(gig, {}) for gig in untold], by=by)
    return len(untold)
