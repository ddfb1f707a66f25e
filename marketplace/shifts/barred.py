"""What a decision about a person does to the offers that they have not answered: those in its scope are taken back.

Bookings are left alone. What somebody said yes to before is theirs to work and to be paid for.
"""

from uuid import UUID

from sqlalchemy import select

from marketplace.accounts.rules import CLOCK
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.lifecycle import move
from marketplace.gigs.models import Gig
from marketplace.shifts.models import Offer
from marketplace.shifts.rules import OfferStatus
from marketplace.workforce import deciding, restrictions
from marketplace.workforce.rules import ContractorStatus


def withdraw_offers(contractor_id: UUID, event: str = "offer.barred") -> int:
    """Takes back the person's open offers that their standing does not allow now. Returns how many. The person is
    locked first, as for a yes. `event` tells of each."""
    me = deciding.find(contractor_id, lock=True)
    bars = restrictions.in_force([me], clock.now()).get(me.id, [])
    pending = (
        select(Offer.id, Offer.company_id, Offer.gig_id, Gig.work_kind)
        .join(Gig, Gig.id == Offer.gig_id)
        .where(Offer.contractor_id == me.id, Offer.status == OfferStatus.PENDING)
        .order_by(Offer.id)
    )
    may_work = me.status is ContractorStatus.VETTED
    gone = [
        row.id
        for row in db.session.execute(pending)
        if not may_work or any(bar.covers(row.company_id, row.gig_id, str(row.work_kind)) for bar in bars)
    ]
    return len(move(Offer, gone, old=OfferStatus.PENDING, new=OfferStatus.WITHDRAWN, by=CLOCK, event=event))
