"""Questions of people who have to do with a gig: an offer or a seat in it, or a contract with its company (P13)."""

from uuid import UUID

from sqlalchemy import select

from marketplace.accounts.rules import Actor, require_person
from marketplace.contracts import queries as contracts
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.problems import NotFound
from marketplace.gigs import queries as gigs
from marketplace.gigs.models import Gig
from marketplace.gigs.rules import GigStatus
from marketplace.messages import threads
from marketplace.messages.models import Thread
from marketplace.shifts.models import Offer, Shift
from marketplace.workforce.models import Contractor


def ask(gig_id: UUID, words: str, part: int | None = None, shift_id: UUID | None = None, *, by: Actor) -> Thread:
    """Asks the company. Raises NotFound unless the person has an offer or a booking of the gig, in that shift if it is
    named, or a contract with its company; and as `messages.threads.ask()` does."""
    return threads.ask(about(gig_id, shift_id, by=by), words, part, by=by)


def about(gig_id: UUID, shift_id: UUID | None = None, *, by: Actor) -> threads.About:
    """What the person would ask about. Raises NotFound."""
    me = require_person(by)
    gig = db.session.get(Gig, gig_id)
    if gig is None:
        raise NotFound
    shift = _shift(gig_id, shift_id, me)
    if shift is not None:
        held = gigs.instructions_at(gig_id, shift.starts_at)
        return threads.About(gig, shift.id if shift_id else None, shift.timezone, held)
    me_working = db.session.get(Contractor, me)
    agreed = contracts.in_force(gig.company_id, me, clock.now())
    if shift_id is not None or me_working is None or agreed is None or gig.status is GigStatus.DRAFT:
        raise NotFound
    return threads.About(gig, None, me_working.timezone, gigs.instructions_at(gig_id, clock.now()))


def _shift(gig_id: UUID, shift_id: UUID | None, person_id: UUID) -> Shift | None:
    """The shift that is named, or else the last of the gig that was offered to the person. Who is booked had an
    offer."""
    found = (
        select(Shift)
        .join(Offer, Offer.shift_id == Shift.id)
        .where(Offer.contractor_id == person_id, Offer.gig_id == gig_id)
    )
    if shift_id is not None:
        found = found.where(Shift.id == shift_id)
    return db.session.scalars(found.order_by(Shift.starts_at.desc()).limit(1)).one_or_none()
