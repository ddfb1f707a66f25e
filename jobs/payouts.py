"""Jobs of where people are paid, of the files that pay them, and of what waits for people who have left."""

from collections.abc import Sequence

from sqlalchemy import select

from jobs.runner import in_batches, job
from marketplace.core.db import db, transaction
from marketplace.core.events import Event
from marketplace.pay.bonuses import service as bonuses
from marketplace.pay.by_hand import files as manual_files
from marketplace.pay.contests import service as contests
from marketplace.pay.methods import screened
from marketplace.pay.methods import service as methods
from marketplace.pay.rails import retrying


@job("payouts.take_effect", again=False)
def take_effect() -> None:
    """Has changes count whose wait is over (rule PAYOUT_CHANGE)."""
    in_batches(methods.take_effect_due)


@job("payouts.retry", again=False)
def retry() -> None:
    """Orders refused payouts anew whose reason may be over."""
    in_batches(retrying.retry_due)


@job("bonuses.end_of_closed")
def end_bonuses_of_closed(event_ids: Sequence[int]) -> None:
    """Has the money of bonuses go back that waited for somebody's yes when their person's account closed."""
    with transaction():
        events = db.session.scalars(select(Event).where(Event.id.in_(event_ids))).all()
        bonuses.end_of_closed({found for event in events if (found := event.ref("contractor")) is not None})


@job("payouts.look_again")
def look_again(event_ids: Sequence[int]) -> None:
    """Lets pay go on that waited for what an operator has found of its person's name (rule SCREENING)."""
    with transaction():
        events = db.session.scalars(select(Event).where(Event.id.in_(event_ids))).all()
        people = {found for event in events if (found := event.ref("contractor")) is not None}
        screened.look_again(people)


@job("payouts.forget_files", again=False)
def forget_files() -> None:
    """Erases what files said whose lines were all marked long ago (rule TWO_PEOPLE)."""
    in_batches(manual_files.forget_old)


@job("payouts.lapse_contests", again=False)
def lapse_contests() -> None:
    """Decides for the person what nobody has answered in time (rule PAYOUT_APPEAL)."""
    # One at a time: each locks its person, and one that cannot be decided must not undo the others.
    in_batches(contests.lapse_due, 1)
    in_batches(contests.order_taken_back, 1)
