"""When an offer reached its person, which is when their time to answer begins (rule REACHED).

At its making an offer is taken to be seen: it stands on its person's page. Whoever tells people of offers says what is
otherwise: that a message waits for the end of their quiet hours, or was not delivered yet, and later when it was.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select

from marketplace.accounts.rules import Actor
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.shifts.hours import LATE, LONGEST_WAIT, answered_until, window_after
from marketplace.shifts.models import Offer, Shift
from marketplace.shifts.rules import OPEN_OFFER, OfferStatus
from marketplace.workforce.queries import awake_at


def await_person(ring_at: Mapping[UUID, datetime]) -> None:
    """Nobody has seen these offers yet, as far as is known: each stands so long as if it reached its person the longest
    wait after the moment at which their message rings. Those that reached them, that wait already, or were answered,
    are left alone. In as many statements for a thousand offers as for one.

    A window of collected yeses stays as it is: it is one for all, and is kept open when the offer does reach somebody.
    """
    found = _locked(ring_at, and_(Offer.status == OfferStatus.PENDING, Offer.reached_at == Offer.made_at))
    for offer, shift in found:
        offer.reached_at = None
        if not offer.collects:
            offer.expires_at = _until(offer, shift, ring_at[offer.id] + LONGEST_WAIT)
    db.session.flush()


def reached(offer_ids: Collection[UUID], at: datetime | None = None) -> None:
    """The offers have reached their people now, or `at` that moment; the first time counts, and a moment in somebody's
    quiet hours counts as their end. The time to answer begins anew where it was late. In a constant number of
    statements."""
    moment = at or clock.now()
    found = _locked(offer_ids, Offer.status.in_(OPEN_OFFER))
    awake = awake_at({offer.contractor_id for offer, _ in found}, moment) if found else {}
    windows: dict[tuple[UUID, datetime], datetime] = {}
    for offer, shift in found:
        seen = max(offer.made_at, awake.get(offer.contractor_id, moment))
        late = offer.reached_at is None or seen - offer.made_at > LATE
        offer.reached_at = seen
        if not late:
            continue
        if offer.collects:
            key = (shift.id, offer.expires_at)
            windows[key] = max(windows.get(key, seen), seen)
        elif offer.status is OfferStatus.PENDING:
            offer.expires_at = _until(offer, shift, seen)
    db.session.flush()
    for (shift_id, end), seen in windows.items():
        _keep_open(shift_id, end, seen)


def shown(offer: Offer, *, by: Actor) -> Offer:
    """The person looks at their offer: it has reached them, if no message had."""
    if offer.reached_at is None and by.is_in_person(offer.contractor_id) and offer.status in OPEN_OFFER:
        reached([offer.id])
    return offer


def _locked(offer_ids: Collection[UUID], which: ColumnElement[bool]) -> Sequence[tuple[Offer, Shift]]:
    """Those of the offers of which it is not known when they reached their people, with their shifts, in one order:
    the shifts in which yeses are collected first, as whoever decides about them does."""
    if not offer_ids:
        return []
    unknown = or_(Offer.reached_at.is_(None), Offer.reached_at == Offer.made_at)
    among = (Offer.id.in_(offer_ids), unknown, which)
    collecting = select(Offer.shift_id).where(*among, Offer.collects)
    shifts = select(Shift.id).where(Shift.id.in_(collecting)).order_by(Shift.id)
    db.session.execute(shifts.with_for_update(key_share=True)).all()
    found = select(Offer, Shift).join(Shift, Shift.id == Offer.shift_id).where(*among)
    fresh = {"populate_existing": True}
    rows = db.session.execute(found.order_by(Offer.id).with_for_update(of=Offer).execution_options(**fresh)).all()
    return [(row.Offer, row.Shift) for row in rows]


def _until(offer: Offer, shift: Shift, seen: datetime) -> datetime:
    return answered_until(seen, offer.answer_minutes, offer.first_until, offer.made_at, shift.starts_at)


def _keep_open(shift_id: UUID, end: datetime, seen: datetime) -> None:
    """Moves the end of a window of collected yeses for all who are in it: it is decided about them together."""
    found = select(Offer).where(
        Offer.shift_id == shift_id, Offer.expires_at == end, Offer.collects, Offer.status.in_(OPEN_OFFER)
    )
    those = db.session.scalars(found.order_by(Offer.id).with_for_update()).all()
    if not those:
        return
    starts_at = db.session.get_one(Shift, shift_id).starts_at
    later = window_after(seen, end, min(offer.made_at for offer in those), starts_at)
    for offer in those:
        offer.expires_at = later
    db.session.flush()
