"""Which event is answered by which job: the one table by which a lower room reaches a higher one.

A reaction is a courtesy. It runs after the commit, maybe late and maybe twice, and the verb that it calls asks its
rules again. An event that stands in no table costs one look at its name.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from sqlalchemy import any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY

from jobs.runner import job
from marketplace.core import queue
from marketplace.core.db import db, transaction
from marketplace.core.events import REACT, Event
from marketplace.notices.tellings import TELLINGS

MOST_EVENTS = 500
"""Events for one job, so that a pay run's thousands become several transactions."""
MOST_TRANSACTIONS = 200
"""Transactions whose events are answered at once, where they were written faster than they are answered."""
GIVE_BACK = "qualifications.give_back"
TELL_GONE = "handovers.tell_gone"
SEARCH_AGAIN = "shifts.search_again"
WITHDRAW_BARRED = "offers.withdraw_barred"
LOOK_AGAIN = "payouts.look_again"
ANSWERS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "company.suspended": ("gigs.pause_of_suspended",),
        "contractor.suspended": (WITHDRAW_BARRED,),
        "contractor.closed": ("bonuses.end_of_closed",),
        "restriction.made": (WITHDRAW_BARRED,),
        "restriction.made_by_company": (WITHDRAW_BARRED,),
        "appeal.overturned": (GIVE_BACK,),
        "appeal.lapsed": (GIVE_BACK,),
        "timesheet.approved": ("shifts.roll_pilots",),
        "instructions.verified": ("shifts.tell_of_instructions", "messages.mend_defects"),
        "company.changed": ("gigs.pause_of_suspended",),
        "person.erased": ("matching.take_out",),
        "booking.released": (SEARCH_AGAIN,),
        "booking.given_up": (SEARCH_AGAIN,),
        "handover.asked": ("handovers.call",),
        "handover.taken": (TELL_GONE,),
        "handover.withdrawn": (TELL_GONE,),
        "handover.ended": (TELL_GONE,),
        "restriction.made_by_match": (WITHDRAW_BARRED,),
        "restriction.made_by_paper": (WITHDRAW_BARRED,),
        "screening_hit.cleared": (LOOK_AGAIN,),
        "screening_hit.confirmed": (LOOK_AGAIN,),
    }
)
"""The event's name, and the jobs that are given the `event_ids`. Telling people comes beside: see `answers_to`."""
DELIVER = "notices.deliver"


def answers_to(name: str) -> tuple[str, ...]:
    """The names of the jobs that answer an event of that name: those of the table, and delivery where it has words."""
    told = (DELIVER,) if name in TELLINGS else ()
    return ANSWERS.get(name, ()) + told


@job(REACT)
def react(event_ids: Sequence[int]) -> None:
    """Writes one job for each answer, with the events it answers, and with those of the transactions after it.

    An event that is missing was rolled back inside its transaction, by a savepoint, and is nobody's business.
    """
    with transaction():
        whole = {
            *event_ids,
            *(each for more in queue.take_along(REACT, MOST_TRANSACTIONS) for each in more["event_ids"]),
        }
        # One parameter, however many: a statement takes no more than 65,535 of them.
        among = Event.id == any_(bindparam("ids", sorted(whole), type_=ARRAY(Event.id.type)))
        found = db.session.execute(select(Event.id, Event.name).where(among).order_by(Event.id))
        wanted: dict[str, list[int]] = defaultdict(list)
        for row in found:
            for answer in answers_to(row.name):
                wanted[answer].append(row.id)
        for answer, ids in wanted.items():
            for start in range(0, len(ids), MOST_EVENTS):
                queue.defer(answer, event_ids=ids[start : start + MOST_EVENTS])
