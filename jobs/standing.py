"""Jobs about the standing of people: what has its end by the clock, and what a decision does to open offers.

None of them decides against anybody. What they end, they end for the person; what rests because a paper is over goes
on with a new one.
"""

from collections.abc import Sequence

from sqlalchemy import select

from jobs.runner import in_batches, job
from marketplace.core.db import db, transaction
from marketplace.core.events import Event
from marketplace.pay.closing import service as closing
from marketplace.qualifications import holdings
from marketplace.shifts import admitting, barred, reliability
from marketplace.standards import hiding
from marketplace.workforce import appeals, expiring, proposals, restrictions, signals, strikes

ONE = 1
"""One person in each transaction: their row is locked meanwhile."""


@job("restrictions.expire", again=False)
def expire_restrictions() -> None:
    in_batches(restrictions.expire_due)


@job("papers.remind", again=False)
def remind_of_papers() -> None:
    in_batches(expiring.remind_due)


@job("papers.pause", again=False)
def pause_for_papers() -> None:
    in_batches(expiring.pause_due)


@job("proposals.expire", again=False)
def expire_proposals() -> None:
    in_batches(proposals.expire_due)


@job("strikes.propose", again=False)
def propose_strikes() -> None:
    in_batches(reliability.propose_strikes)


@job("strikes.expire", again=False)
def expire_strikes() -> None:
    in_batches(strikes.expire_due)


@job("signals.forget", again=False)
def forget_signals() -> None:
    in_batches(signals.forget_old, 1000)


@job("appeals.lapse", again=False)
def lapse_appeals() -> None:
    in_batches(appeals.lapse_due, ONE)


@job("hiding.lapse", again=False)
def show_again() -> None:
    in_batches(hiding.lapse_due)


@job("intake.measure", again=False)
def measure_intake() -> None:
    with transaction():
        admitting.measure_due()


@job("accounts.close", again=False)
def close_accounts() -> None:
    in_batches(closing.finish_due)


@job("qualifications.give_back")
def give_back(event_ids: Sequence[int]) -> None:
    """Gives back the qualifications whose withdrawal fell on appeal, or by silence."""
    with transaction():
        holdings.give_back(db.session.scalars(select(Event.subject_id).where(Event.id.in_(event_ids))).all())


@job("offers.withdraw_barred")
def withdraw_barred(event_ids: Sequence[int]) -> None:
    """Takes back the open offers of people about whom something was decided."""
    with transaction():
        events = db.session.scalars(select(Event).where(Event.id.in_(event_ids))).all()
        people = {found for event in events if (found := event.ref("contractor")) is not None}
    for contractor_id in sorted(people):
        with transaction():
            barred.withdraw_offers(contractor_id)
