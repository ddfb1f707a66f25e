"""Jobs of the business: each asks the rooms what is due by business time and does it, a batch in each transaction."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from uuid import UUID

from flask import current_app
from sqlalchemy import select

from jobs import reckoning
from jobs.runner import in_batches, job
from marketplace.accounts import papers as company_papers
from marketplace.accounts.rules import CLOCK
from marketplace.contracts import status
from marketplace.core import clock
from marketplace.core.db import db, snapshot, transaction
from marketplace.core.events import Event
from marketplace.disputes import service as disputes
from marketplace.gigs import funding
from marketplace.gigs import service as gigs
from marketplace.matching import (
    contests,
    deciding,
    forgetting,
    making,
    planning,
    replacing,
    spreading,
    trials,
    tried_shifts,
)
from marketplace.matching.models import Trial
from marketplace.matching.rules import TrialKind
from marketplace.messages import channels, defects, threads
from marketplace.notices import post, reaching, receipts
from marketplace.notices import service as notices
from marketplace.pay.closing import off_boarding
from marketplace.pay.methods import screened
from marketplace.pay.rails import chargeback_papers, deposit_invoices
from marketplace.qualifications import attempts, holdings
from marketplace.shifts import (
    attendance,
    breaks,
    clock_laws,
    confirming,
    corrections,
    covering,
    dependence,
    handovers,
    leading,
    offers,
    piece_counts,
    piloting,
    prepared,
    raising,
    reminders,
    scheduling,
    series,
    standby,
    timesheets,
)
from marketplace.surveys import service as surveys
from marketplace.workforce import documents, screening

AT_ONCE = 50
"""Inputs of plans that are opened in one transaction."""
ONE = 1
"""The batch where an item is much work, or calls somebody outside."""


@job("offers.expire", again=False)
def expire_offers() -> None:
    in_batches(offers.expire_due)


@job("handovers.end", again=False)
def end_handovers() -> None:
    in_batches(handovers.end_due)


@job("handovers.call")
def call_for_cover(event_ids: Sequence[int]) -> None:
    """Tells everybody who may take a shift that it is to be had, each request in a transaction of its own."""
    for handover_id in _subjects(event_ids):
        with transaction():
            covering.call(handover_id)


@job("handovers.tell_gone")
def tell_that_it_is_gone(event_ids: Sequence[int]) -> None:
    for handover_id in _subjects(event_ids):
        with transaction():
            covering.tell_gone(handover_id)


def _subjects(event_ids: Sequence[int]) -> Sequence[UUID]:
    with transaction():
        found = select(Event.subject_id).where(Event.id.in_(event_ids)).order_by(Event.id)
        return list(dict.fromkeys(db.session.scalars(found)))


@job("shifts.decide", again=False)
def decide_yeses() -> None:
    in_batches(deciding.decide_due, ONE)


@job("shifts.match", again=False)
def match_shifts() -> None:
    in_batches(planning.match_due, planning.MOST_AT_ONCE)


@job("shifts.search_again")
def search_again(event_ids: Sequence[int]) -> None:
    """Searches somebody for each seat that was given back, each shift in a transaction of its own. Whoever stands by
    comes first, so that nobody is asked about a seat that is theirs."""
    in_batches(standby.call_due)
    with transaction():
        events = db.session.scalars(select(Event).where(Event.id.in_(event_ids)).order_by(Event.id))
        shift_ids = list(dict.fromkeys(known for event in events if (known := event.ref("shift")) is not None))
    for shift_id in shift_ids:
        with transaction():
            replacing.search_again(shift_id)


@job("matching.plan_horizon", again=False)
def plan_horizon() -> None:
    planning.plan_due(reckoning.solver())


@job(planning.MAKE, again=False)
def make_plan(plan_id: str) -> None:
    """Makes a plan that somebody asked for. Where its worker dies, the next one makes the rest."""
    making.make(UUID(plan_id), solver=reckoning.solver())


@job(spreading.PART, again=False)
def solve_part(group_id: str) -> None:
    """Helps with a plan that another worker makes; one that is over by then needs no help."""
    reckoning.help_if_idle(UUID(group_id), current_app.config["SOLVER_SECONDS"])


TRIED: Mapping[TrialKind, Callable[[Trial], trials.Trying]] = MappingProxyType(
    {TrialKind.WEIGHTS: trials.TriedWeights, TrialKind.SHIFT: tried_shifts.TriedShift}
)
"""The work of each kind of trial."""


@job(trials.MAKE, again=False)
def try_out(trial_id: str) -> None:
    """Makes a trial. Each step reads what it needs in a transaction of its own, and says how far it is."""
    known = UUID(trial_id)
    try:
        with snapshot():
            if (found := trials.waiting(known)) is None:
                return
            work = TRIED[found.kind](found)
        for number, step in enumerate(work.steps, start=1):
            with snapshot():
                work.look_at(step)
            with transaction():
                trials.progressed(known, number, len(work.steps))
        with transaction():
            trials.finish(known, work.told())
    except Exception:
        with transaction():
            trials.give_up(known)
        raise


@job("matching.lapse_contests", again=False)
def lapse_contests() -> None:
    in_batches(contests.lapse_due)


@job("matching.forget", again=False)
def forget_plan_inputs() -> None:
    in_batches(forgetting.forget_old)
    with transaction():
        spreading.forget_left()


@job("matching.take_out")
def take_out_of_plans(event_ids: Sequence[int]) -> None:
    """Takes people who were erased out of what plans were reckoned from, some plans in each transaction."""
    with transaction():
        people = db.session.scalars(select(Event.subject_id).where(Event.id.in_(event_ids))).all()
    for person_id in people:
        last: UUID | None = None
        while True:
            with transaction():
                last = forgetting.take_out(person_id, last, AT_ONCE)
            if last is None:
                break


@job("shifts.remind", again=False)
def remind_of_shifts() -> None:
    in_batches(reminders.remind_due, 200)
    in_batches(piece_counts.remind_due, 200)


@job("shifts.confirm", again=False)
def ask_whether_they_come() -> None:
    in_batches(confirming.ask_due, 200)
    in_batches(confirming.ask_again_due, 200)


@job("shifts.call", again=False)
def call_who_stands_by() -> None:
    in_batches(standby.call_due)


@job("shifts.name_leads", again=False)
def name_leads() -> None:
    in_batches(leading.name_due, ONE)


@job("shifts.stand_down", again=False)
def stand_down() -> None:
    in_batches(standby.stand_down_due)


@job("shifts.no_show", again=False)
def mark_no_shows() -> None:
    in_batches(attendance.mark_no_shows)


@job("shifts.tell_breaks", again=False)
def tell_of_breaks() -> None:
    in_batches(breaks.tell_due, 200)


@job("shifts.close_forgotten", again=False)
def close_forgotten() -> None:
    in_batches(attendance.close_forgotten)


@job("shifts.stop_at_cap", again=False)
def stop_at_cap() -> None:
    in_batches(attendance.stop_at_cap)


@job("shifts.hold_back_pay", again=False)
def hold_back_pay() -> None:
    """One look: what is short of money now may stay so, and the next look comes soon."""
    with transaction():
        raising.hold_unheld()


@job("shifts.recur", again=False)
def lay_series() -> None:
    in_batches(series.fill_due, ONE)


@job("shifts.follow_clocks", again=False)
def follow_clocks() -> None:
    in_batches(clock_laws.follow_due)


@job("shifts.finish", again=False)
def finish_shifts() -> None:
    in_batches(scheduling.finish_due)


@job("timesheets.submit", again=False)
def submit_timesheets() -> None:
    in_batches(timesheets.submit_due)


@job("timesheets.lapse_corrections", again=False)
def lapse_corrections() -> None:
    in_batches(corrections.lapse_due)


@job("timesheets.auto_approve", again=False)
def auto_approve() -> None:
    in_batches(timesheets.auto_approve_due)


@job("disputes.close_unclaimed", again=False)
def close_unclaimed_cuts() -> None:
    in_batches(disputes.close_unclaimed, ONE)


@job("disputes.restore_unruled", again=False)
def restore_unruled() -> None:
    in_batches(disputes.restore_unruled, ONE)


@job("tests.end", again=False)
def end_lost_attempts() -> None:
    in_batches(attempts.end_due)


@job("qualifications.remind", again=False)
def remind_of_ends() -> None:
    in_batches(holdings.remind_due, 200)


@job("messages.tell_overdue", again=False)
def tell_of_overdue_questions() -> None:
    in_batches(threads.tell_overdue, 200)


@job("channels.forget", again=False)
def forget_old_words_of_channels() -> None:
    in_batches(channels.forget_old, 1000)


@job("surveys.ask", again=False)
def ask_how_it_was() -> None:
    in_batches(surveys.ask_due, 200)


@job("surveys.look", again=False)
def look_at_answers() -> None:
    in_batches(surveys.look, 200)


@job("disputes.advance_small", again=False)
def advance_small_claims() -> None:
    in_batches(disputes.advance_small, ONE)


@job("gigs.return_funds", again=False)
def return_funds() -> None:
    in_batches(lambda limit: funding.return_due(limit, by=CLOCK))


@job("gigs.recover_advances", again=False)
def recover_advances() -> None:
    """One look: what is short of money now may stay so, and the next look comes soon."""
    with transaction():
        funding.recover_due(200)


@job("gigs.pause_of_suspended")
def pause_of_suspended(event_ids: Sequence[int]) -> None:
    """Pauses what a company has open when it is suspended, or when what was verified of it has changed."""
    with transaction():
        for event in db.session.scalars(select(Event).where(Event.id.in_(event_ids))):
            gigs.pause_all(event.subject_id, by=CLOCK)


@job("shifts.tell_of_instructions")
def tell_of_instructions(event_ids: Sequence[int]) -> None:
    """Tells people who are booked that other instructions will hold in their shift."""
    with transaction():
        for event in db.session.scalars(select(Event).where(Event.id.in_(event_ids))):
            prepared.tell_of_change(event.subject_id, by=CLOCK)


@job("messages.mend_defects")
def mend_defects(event_ids: Sequence[int]) -> None:
    """Closes what people asked twice about the instructions before, once a new version is verified."""
    with transaction():
        for event in db.session.scalars(select(Event).where(Event.id.in_(event_ids))):
            defects.mend(event.subject_id, by=CLOCK)


@job("shifts.roll_pilots")
def roll_pilots(event_ids: Sequence[int]) -> None:
    """Lets approved shifts fill the pilots of gigs that are their own."""
    with transaction():
        events = db.session.scalars(select(Event).where(Event.id.in_(event_ids)))
        piloting.roll({known for event in events if (known := event.ref("gig")) is not None}, by=CLOCK)


@job("documents.erase", again=False)
def erase_documents() -> None:
    in_batches(documents.erase_due)
    in_batches(company_papers.erase_due)
    in_batches(chargeback_papers.erase_due)
    in_batches(deposit_invoices.forget_due)


@job("contracts.read_status", again=False)
def read_status() -> None:
    """Compares every contract with what really happens under it (rule STATUS)."""
    with transaction():
        status.read(dependence.measured(clock.now()), by=CLOCK)


@job("contracts.off_board", again=False)
def off_board() -> None:
    """Writes down which steps at the end of a contract are done."""
    with transaction():
        off_boarding.advance_due()


@job("screening.screen", again=False)
def screen_people() -> None:
    in_batches(screening.screen_due)
    in_batches(screened.compare_left)


@job("notices.deliver")
def deliver_notices(event_ids: Sequence[int]) -> None:
    with transaction():
        notices.deliver(event_ids, by=CLOCK)


@job("mail.miss_receipts", again=False)
def miss_receipts() -> None:
    in_batches(receipts.miss_due, 100)


@job(reaching.SEND, again=False)
def send_messages() -> None:
    post.send_due()
