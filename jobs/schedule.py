"""The timetable, as data.

It says how often to look, in machine time; it never says when something is due. What is due is asked of the database
by business time (`core.clock`) each time a job looks, so that a crash, an outage or a clock that a test moved loses
nothing: the next look finds it. A look that finds nothing costs one indexed query.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from apscheduler.triggers.cron import CronTrigger


@dataclass(frozen=True, slots=True)
class Entry:
    """A job and when to look. `alone` keeps two of its jobs from running at the same time, on any machine.

    `follows_business_time` says whether moving business time can make something due for it.
    """

    job: str
    trigger: CronTrigger
    alone: bool = True
    follows_business_time: bool = True


def every_seconds(step: int) -> CronTrigger:
    """At the seconds that `step` divides: the same moments for every clock, which intervals from a start are not."""
    return CronTrigger(second=f"*/{step}", timezone="UTC")


def every_minutes(step: int) -> CronTrigger:
    return CronTrigger(minute=f"*/{step}", second=0, timezone="UTC")


def every_hours(step: int) -> CronTrigger:
    return CronTrigger(hour=f"*/{step}", minute=20, second=0, timezone="UTC")


def daily(hour: int) -> CronTrigger:
    return CronTrigger(hour=hour, minute=0, second=0, timezone="UTC")


TIMETABLE: Sequence[Entry] = (
    # One look at everything goes in this order: what has ended first, then what that makes room for, then money.
    # An offer that reaches somebody now is not over yet.
    Entry("mail.miss_receipts", every_minutes(1)),
    Entry("mail.send", every_seconds(15)),
    Entry("offers.expire", every_seconds(15)),
    Entry("handovers.end", every_minutes(1)),
    Entry("shifts.decide", every_seconds(15)),
    Entry("restrictions.expire", every_minutes(1)),
    Entry("appeals.lapse", every_minutes(5)),
    Entry("hiding.lapse", every_minutes(5)),
    Entry("proposals.expire", every_minutes(5)),
    Entry("strikes.expire", every_minutes(5)),
    Entry("strikes.propose", every_minutes(30)),
    Entry("papers.remind", every_minutes(30)),
    Entry("papers.pause", every_minutes(5)),
    Entry("signals.forget", every_minutes(30)),
    Entry("shifts.confirm", every_minutes(5)),
    Entry("shifts.remind", every_minutes(5)),
    Entry("shifts.no_show", every_minutes(1)),
    Entry("shifts.call", every_seconds(15)),
    Entry("shifts.stand_down", every_minutes(1)),
    Entry("shifts.name_leads", every_minutes(1)),
    Entry("shifts.stop_at_cap", every_minutes(1)),
    Entry("shifts.close_forgotten", every_minutes(1)),
    Entry("shifts.tell_breaks", every_minutes(1)),
    Entry("shifts.finish", every_minutes(1)),
    Entry("timesheets.submit", every_minutes(5)),
    Entry("timesheets.auto_approve", every_minutes(5)),
    Entry("timesheets.lapse_corrections", every_minutes(5)),
    Entry("disputes.close_unclaimed", every_minutes(5)),
    Entry("disputes.advance_small", every_minutes(5)),
    Entry("disputes.restore_unruled", every_minutes(5)),
    Entry("tests.end", every_minutes(5)),
    Entry("qualifications.remind", every_minutes(30)),
    Entry("messages.tell_overdue", every_minutes(5)),
    Entry("channels.forget", daily(4)),
    Entry("shifts.recur", every_minutes(5)),
    Entry("shifts.follow_clocks", daily(3)),
    Entry("matching.let_go", daily(3)),
    Entry("matching.refresh", every_seconds(20), follows_business_time=False),
    Entry("matching.compare", daily(1), follows_business_time=False),
    Entry("matching.plan_horizon", every_minutes(1)),
    Entry("rates.fetch", every_hours(3), follows_business_time=False),
    Entry("shifts.match", every_seconds(30)),
    Entry("shifts.hold_back_pay", every_minutes(5)),
    Entry("guarantees.reckon", every_minutes(5)),
    Entry("benefits.tell", every_minutes(30)),
    Entry("benefits.expire", every_minutes(5)),
    Entry("payouts.take_effect", every_minutes(1)),
    Entry("payouts.retry", every_minutes(5)),
    Entry("pay.run", every_minutes(5)),
    Entry("pay.advance_runs", every_seconds(20)),
    Entry("rail.advance_due", every_seconds(10)),
    Entry("rail.owe_fees", every_minutes(5)),
    Entry("pay.invoice", every_minutes(5)),
    Entry("taxes.issue_years", daily(5)),
    Entry("rail.handle_waiting", every_minutes(1), follows_business_time=False),
    Entry("rail.look_at_sandbox", every_minutes(5)),
    Entry("chargebacks.remind", every_minutes(30)),
    Entry("deposits.remind", every_minutes(30)),
    Entry("deposits.read_parts", every_minutes(5), follows_business_time=False),
    Entry("rail.reconcile_due", every_minutes(30), follows_business_time=False),
    Entry("rail.look_at_accounts", every_minutes(5), follows_business_time=False),
    Entry("surveys.ask", every_minutes(30)),
    Entry("surveys.look", every_minutes(30)),
    Entry("accounts.close", every_minutes(5)),
    Entry("contracts.off_board", every_minutes(5)),
    Entry("intake.measure", every_minutes(30)),
    Entry("gigs.recover_advances", every_minutes(5)),
    Entry("guarantees.recover", every_minutes(5)),
    Entry("rail.recover_fees", every_minutes(5)),
    Entry("gigs.return_funds", every_minutes(5)),
    Entry("screening.screen", every_minutes(1), follows_business_time=False),
    Entry("documents.erase", every_minutes(5)),
    Entry("payouts.forget_files", every_minutes(30)),
    Entry("matching.lapse_contests", every_minutes(5)),
    Entry("payouts.lapse_contests", every_minutes(5)),
    Entry("matching.forget", daily(2)),
    # What a look at everything has booked is sealed at its end.
    Entry("books.seal", every_minutes(30)),
    Entry("books.seal_late", daily(2), follows_business_time=False),
    Entry("checks.run", every_minutes(5), follows_business_time=False),
    # What a contract is in fact moves by weeks: nothing in it is due at a moment.
    Entry("contracts.read_status", daily(4), follows_business_time=False),
    Entry("answers.forget_old", daily(3), follows_business_time=False),
    Entry("vault.rewrap", daily(4), follows_business_time=False),
    # Not alone: a lock of a job that died with its worker is freed by this very job.
    Entry("queue.stalled", every_seconds(10), alone=False, follows_business_time=False),
)
