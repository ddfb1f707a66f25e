"""The verbs of web push: a browser of somebody's takes messages, or no longer."""

from collections.abc import Collection, Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from marketplace.accounts.models import Person
from marketplace.accounts.rules import Actor, require_person
from marketplace.core import clock, vault
from marketplace.core.db import db
from marketplace.core.events import record
from marketplace.core.ids import new_id
from marketplace.core.problems import Conflict, NotFound
from marketplace.notices.address_models import PushSubscription
from marketplace.notices.carrying import is_open
from marketplace.notices.ways import Way
from marketplace.notices.webpush import Subscription

MOST: Final = 5
_WHAT: Final = "push subscription"


class NoPush(Conflict):
    code = "no_push"
    title = "This service sends no notifications to browsers."
    remedy = "E-mail and the inbox tell you everything."


class TooManyBrowsers(Conflict):
    code = "too_many_browsers"
    title = "There are as many browsers of yours as one person may have."
    remedy = "Take one away that you do not use."


def mine(*, by: Actor) -> Sequence[PushSubscription]:
    """The browsers of the person that take messages, the oldest first."""
    found = select(PushSubscription).where(PushSubscription.person_id == require_person(by))
    return db.session.scalars(found.order_by(PushSubscription.id)).all()


def subscribe(subscription: Subscription, *, by: Actor) -> PushSubscription:
    """Messages go to this browser from now on. On a browser that several people share they go to whoever said so last.
    Saying it twice is saying it once. Raises NoPush, BadSubscription, TooManyBrowsers."""
    me = require_person(by)
    if not is_open(Way.PUSH):
        raise NoPush
    subscription.check()
    # The person is locked: two that are made at once must not pass the limit together.
    db.session.get_one(Person, me, with_for_update={"key_share": True})
    fingerprint = vault.fingerprint(_WHAT, subscription.endpoint)
    found = select(PushSubscription).where(PushSubscription.fingerprint == fingerprint).with_for_update()
    known = db.session.scalars(found).one_or_none()
    if known is not None and known.person_id == me:
        known.sealed = vault.seal(me, subscription.written().encode(), what=_WHAT)
        return known
    if known is not None:
        db.session.delete(known)
        db.session.flush()
    count = select(func.count()).where(PushSubscription.person_id == me)
    if (db.session.scalar(count) or 0) >= MOST:
        raise TooManyBrowsers(limit=MOST)
    sealed = vault.seal(me, subscription.written().encode(), what=_WHAT)
    made = insert(PushSubscription).values(
        id=new_id(), person_id=me, sealed=sealed, fingerprint=fingerprint, made_at=clock.now()
    )
    once = made.on_conflict_do_nothing(index_elements=["fingerprint"]).returning(PushSubscription)
    row = db.session.scalars(once).one_or_none()
    if row is None:
        # Somebody else on the same browser said so in the same moment, and by now has: whoever is last gets it.
        return subscribe(subscription, by=by)
    record("push_subscription.made", row, by=by)
    return row


def unsubscribe(subscription_id: UUID, *, by: Actor) -> None:
    """No message goes to that browser any more. Raises NotFound unless it is the person's own."""
    row = db.session.get(PushSubscription, subscription_id, with_for_update=True)
    if row is None or row.person_id != require_person(by):
        raise NotFound
    record("push_subscription.ended", row, by=by)
    db.session.delete(row)
    db.session.flush()


def of(person_ids: Collection[UUID]) -> dict[UUID, list[PushSubscription]]:
    """The browsers of people. One statement. Without permission: it is for notices."""
    found = select(PushSubscription).where(PushSubscription.person_id.in_(person_ids)).order_by(PushSubscription.id)
    rows: dict[UUID, list[PushSubscription]] = {}
    for row in db.session.scalars(found):
        rows.setdefault(row.person_id, []).append(row)
    return rows


def address_of(row: PushSubscription) -> str:
    """The subscription as JSON, for whoever sends a message there. Raises Erased, VaultLocked."""
    return vault.unseal(row.person_id, row.sealed, what=_WHAT).decode()


def drop(subscription_ids: Collection[UUID]) -> None:
    """Forgets browsers that have ended their subscription themselves."""
    if subscription_ids:
        db.session.execute(delete(PushSubscription).where(PushSubscription.id.in_(subscription_ids)))
