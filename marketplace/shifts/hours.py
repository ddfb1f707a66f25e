"""Time as people are paid for it: pay weeks, the moment that counts, minutes by kind, and what a late no costs."""

from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from marketplace.core.money import largest_remainder
from marketplace.shifts.clock_rules import BREAKS, PAID_KINDS, EntryFlag, EntryKind
from marketplace.shifts.timesheet_rules import CompensationRule
from marketplace.standards.call_in import call_in_minimum, call_in_missing
from marketplace.standards.catalogue import RULES
from marketplace.standards.hours import Span, night_time, time_by_day, week_of
from marketplace.standards.nights import Night
from marketplace.standards.overtime import Overtime
from marketplace.standards.premium_days import Beyond, PremiumDay, first_minutes

CLOCK_IN_GRACE = timedelta(minutes=10)
"""How early the clock may be started. Time counts from the shift's start all the same (our own number)."""
FORGOTTEN_AFTER = timedelta(minutes=15)
"""How long after the shift's end a running clock is taken to be forgotten (our own number)."""
NO_SHOW_AFTER = timedelta(minutes=30)
"""How long after the start a person who has not clocked in is taken not to come (our own number)."""
REMIND_BEFORE = timedelta(hours=24)
"""How long before a shift whoever said yes is told once more (our own number)."""
CLIENT_TIME_BOUND = timedelta(minutes=RULES["OFFLINE"].parameters["believed_minutes"])
"""How far a device's time may lie before the server's and still be taken as it is (rule OFFLINE)."""
CLAIM_TIME_WITHIN = timedelta(hours=RULES["OFFLINE"].parameters["claimed_hours"])
"""How late what was pressed on a device without network still counts, as a claim (rule OFFLINE)."""
BREAK_AFTER = timedelta(minutes=RULES["BREAK"].parameters["after_minutes"])
BREAK_LASTS = timedelta(minutes=RULES["BREAK"].parameters["minutes"])
"""After how much work a break is due, and how long it is at least (rule BREAK)."""
CORRECT_WITHIN = timedelta(hours=RULES["CORRECT"].parameters["correct_within_hours"])
"""How long after a shift its person can correct what was on the clock (rule CORRECT). A company that says nothing has a
day left then, since silence approves no earlier than 72 hours after the shift."""
SILENCE_APPROVES = timedelta(hours=RULES["PAY_TERM"].parameters["silence_hours"])
"""No reply from the company for so long is a yes (rule PAY_TERM)."""
HAND_IN_AFTER = timedelta(hours=RULES["PAY_TERM"].parameters["hand_in_hours"])
"""How long after its end a shift may wait for the rest of its week before its timesheet is handed in (PAY_TERM)."""
OUTAGE_PAID = timedelta(minutes=RULES["OUTAGE"].parameters["paid_minutes"])
"""How much of a shift is paid though power or network was lost (rule OUTAGE)."""
OUTAGE_WITHIN = timedelta(hours=RULES["OUTAGE"].parameters["report_within_hours"])
"""How long after a shift that was missed its person can say that it was an outage."""
WHOLE_WITHIN = timedelta(hours=RULES["NOTICE"].parameters["whole_within_hours"])
HALF_WITHIN = timedelta(hours=RULES["NOTICE"].parameters["half_within_hours"])
"""How late a company's no must come to cost the whole call-in minimum, or half of it (rule NOTICE)."""
HOUR_WITHIN = timedelta(days=RULES["NOTICE"].parameters["moved_hour_within_days"])
"""How late a shift must be moved to cost an hour's pay, where the curve asks for no more (rule NOTICE)."""
ADDED_WITHIN = timedelta(days=RULES["NOTICE"].parameters["added_hour_within_days"])
"""How late a shift must be planned to cost an hour's pay for whoever had a schedule already (rule NOTICE)."""
SHORTEST_WINDOW = timedelta(minutes=RULES["RACE"].parameters["least_minutes"])
LONGEST_WINDOW = timedelta(minutes=RULES["RACE"].parameters["most_minutes"])
"""How long yeses are collected where more people are asked than seats are open (rule RACE)."""
LONGEST_WAIT = timedelta(minutes=RULES["REACHED"].parameters["wait_minutes"])
"""How long after it was made, or after somebody's quiet hours, an offer waits to reach its person (rule REACHED)."""
LATE = timedelta(minutes=RULES["REACHED"].parameters["late_minutes"])
"""How long after its making an offer may reach its person and still count as seen when it was made (rule REACHED)."""
LONGEST_SHIFT = timedelta(hours=24) - timedelta(minutes=RULES["REST"].parameters["minutes"])
"""No shift is longer, since nobody could take it: the rest of rule REST leaves 13 of 24 hours."""
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of time on the clock, closed."""

    kind: EntryKind
    started_at: datetime
    ended_at: datetime


@dataclass(frozen=True, slots=True)
class Counted:
    """The moment that counts for pay, and what whoever approves should know about it."""

    at: datetime
    flags: tuple[EntryFlag, ...]


@dataclass(frozen=True, slots=True)
class Compensation:
    """Minutes owed for time that was taken back."""

    minutes: int
    rule: CompensationRule


_PAID_AS: Mapping[CompensationRule, str] = {
    CompensationRule.NOTICE: "cancelled",
    CompensationRule.CALL_IN: "call_in",
    CompensationRule.HAZARD: "neutral",
    CompensationRule.OUTAGE: "missed",
}
"""Which of `Minutes` those are that are owed by a rule though nobody worked them."""


@dataclass(frozen=True, slots=True)
class Minutes:
    """What a booking is paid for. Unpaid breaks do not count at all."""

    work: int = 0
    paid_break: int = 0
    overtime: int = 0
    """How many of the minutes on shift were overtime: the last ones."""
    call_in: int = 0
    """Owed for a shift that the company ended, as the booking reckoned it (CALL_IN)."""
    neutral: int = 0
    """The rest of a schedule whose distressing work had to stop (HAZARD)."""
    night: int = 0
    """How many of the minutes on shift were at night."""
    night_law: Night | None = None
    """What the law of the place has for each of them, where it has a night of its own (NIGHT)."""
    added: int = 0
    """Owed beside the time, since the shift was added late to the person's schedule (NOTICE). No cut takes of it."""
    standby: int = 0
    """Owed for standing by (STANDBY). No cut takes of it."""
    waiting: int = 0
    """Spent on shift with nothing to do (WAITING)."""
    outage: int = 0
    """Spent on shift without power or network (OUTAGE)."""
    cancelled: int = 0
    """Owed for a shift that the company took back late (NOTICE)."""
    missed: int = 0
    """Owed for a shift that an outage kept its person from (OUTAGE)."""
    further_overtime: int = 0
    """How many of the overtime, the last ones, earn the further multiple."""
    pieces: int = 0
    """What came of the time, where it is paid by the piece (PIECES)."""
    premium_days: tuple[PremiumDay, ...] = ()
    """Of the minutes on shift, those on days that earn more (PUBLIC_HOLIDAY, REST_DAY). None of them is overtime."""

    @classmethod
    def of(
        cls,
        *,
        work: int,
        paid_break: int,
        overtime: int,
        night: int,
        unworked: int,
        because: CompensationRule | None,
        added: int = 0,
        standby: int = 0,
        waiting: int = 0,
        outage: int = 0,
        further_overtime: int = 0,
        pieces: int = 0,
        premium_days: tuple[PremiumDay, ...] = (),
        night_law: Night | None = None,
    ) -> "Minutes":
        """`unworked` are owed though nobody worked them; the rule that they are owed by says how they are paid."""
        owed: dict[str, Any] = {} if because is None else {_PAID_AS[because]: unworked}
        on_shift = {"work": work, "paid_break": paid_break, "waiting": waiting, "outage": outage}
        beyond = {"overtime": overtime, "further_overtime": further_overtime, "premium_days": premium_days}
        told = {"night": night, "night_law": night_law, "added": added, "standby": standby, "pieces": pieces}
        return cls(**owed | on_shift | beyond | told)

    @property
    def on_shift(self) -> int:
        """The minutes on the clock that are paid as work."""
        return self.work + self.paid_break + self.waiting + self.outage

    def less(self, cut: int, pieces: int = 0) -> "Minutes":
        """Without so many pieces, and so many of those on shift: work goes first, breaks last, and the overtime, being
        the last minutes of a shift, goes with them. Those at night, and on days that earn more, stay as long as there
        is time left: which were cut is not told."""
        rest: dict[str, Any] = {}
        left = cut
        for kind in ("work", "waiting", "outage", "paid_break"):
            taken = min(getattr(self, kind), left)
            rest[kind], left = getattr(self, kind) - taken, left - taken
        time_left = self.on_shift - (cut - left)
        night, days = min(self.night, time_left), first_minutes(self.premium_days, time_left)
        overtime, further = (max(0, minutes - cut) for minutes in (self.overtime, self.further_overtime))
        rest |= {"overtime": overtime, "further_overtime": further}
        rest |= {"night": night, "night_law": self.night_law and self.night_law.first(night)}
        return replace(self, **rest, premium_days=days, pieces=self.pieces - pieces)

    @property
    def to_price(self) -> dict[str, Any]:
        """As `rates.PriceInput` takes them."""
        return {
            "work_minutes": self.work,
            "paid_break_minutes": self.paid_break,
            "waiting_minutes": self.waiting,
            "outage_minutes": self.outage,
            "missed_minutes": self.missed,
            "call_in_minutes": self.call_in,
            "cancelled_minutes": self.cancelled,
            "neutral_minutes": self.neutral,
            "added_minutes": self.added,
            "standby_minutes": self.standby,
            "overtime_minutes": self.overtime,
            "further_overtime_minutes": self.further_overtime,
            "night_minutes": self.night,
            "night_law": self.night_law,
            "premium_days": self.premium_days,
        }


def collected_until(wanted: datetime, starts_at: datetime, now: datetime) -> datetime:
    """When the window closes in which yeses are collected: as was wanted, but not so early that a fast network helps,
    nor later than half of the time that is left, so that whoever is chosen has as long again to come (rule RACE)."""
    return now + min(max(wanted - now, SHORTEST_WINDOW), LONGEST_WINDOW, (starts_at - now) / 2)


def answered_until(
    seen: datetime, answer_minutes: int, first_until: datetime, made_at: datetime, starts_at: datetime
) -> datetime:
    """Until when an offer stands that was first seen at that moment: the same time to answer from then on, but not
    beyond half of the time that was left to the start when it was made, so that others can still be asked; and never
    shorter than it was said at first (rule REACHED).

    Four hours to answer, made at noon for noon of the next day and seen at 13:00: until 17:00. Seen at 22:00: until
    midnight.
    """
    half = made_at + (starts_at - made_at) / 2
    return max(first_until, min(seen + answer_minutes * MINUTE, half))


def window_after(seen: datetime, end: datetime, made_at: datetime, starts_at: datetime) -> datetime:
    """When a window of collected yeses closes that somebody saw late: not before they had as long as its shortest one
    (rule RACE), within the same half of the time to the start (rule REACHED)."""
    return max(end, min(seen + SHORTEST_WINDOW, made_at + (starts_at - made_at) / 2))


def night_worked(
    stretches: Iterable[Stretch],
    zone: ZoneInfo,
    promised: int,
    law: Night | None,
    *,
    beyond: Beyond,
    percents: tuple[int, int],
) -> tuple[int, Night | None]:
    """Whole minutes of the paid stretches at night, rounded up in the person's favour; at most those that were promised
    with the yes, whose money is held; and what the law under which they were promised has for them, where `beyond` says
    what of the stretches is overtime, which earns `percents`, and what days earn more."""
    if not promised:
        return 0, None
    paid = _paid_spans(stretches)
    window = (None, None) if law is None else (law.from_hour, law.to_hour)
    minutes = min(-(-night_time(paid, zone, *window) // MINUTE), promised)
    return minutes, law and law.of_work(paid, zone, beyond, percents, minutes).within(law)


def pay_week(moment: datetime, zone: ZoneInfo) -> date:
    """The Monday of the week in which the moment falls, as people in the zone count days."""
    return week_of(moment.astimezone(zone).date())


def scheduled_minutes(starts_at: datetime, ends_at: datetime) -> int:
    """Whole minutes between two moments, as they really pass: 23:00 to 07:00 over the autumn change is nine hours."""
    return (ends_at - starts_at) // MINUTE


def counted_at(server: datetime, client: datetime | None) -> Counted:
    """The server's moment, or the device's when it lies at most `CLIENT_TIME_BOUND` before it.

    A device that lost its network sends late what happened early. A time from the future is never taken.
    """
    if client is None:
        return Counted(server, ())
    if server - CLIENT_TIME_BOUND <= client <= server:
        return Counted(client, (EntryFlag.CLIENT_TIME,))
    return Counted(server, (EntryFlag.CLIENT_TIME_REFUSED,))


def claimed_at(received: datetime, sent: datetime, pressed: datetime) -> Counted | None:
    """The moment of a press that a device kept while it had no network; None where it came too late (rule OFFLINE).

    How long ago it was pressed is told by the device's own clock, which knows `sent` as well as `pressed`: one that is
    an hour slow has no effect, and none can name a moment to come.
    """
    ago = max(sent - pressed, timedelta(0))
    if ago > CLAIM_TIME_WITHIN:
        return None
    return Counted(received - ago, (EntryFlag.CLIENT_TIME if ago <= CLIENT_TIME_BOUND else EntryFlag.CLAIMED,))


def pressed_later(
    stretches: Sequence[Stretch], kind: EntryKind | None, at: datetime, ends_at: datetime
) -> list[Stretch]:
    """What a clock would have counted, had this been pressed then: what came before, and from then on that kind until
    the shift's end; nothing where the clock was stopped (`kind` is None)."""
    at = within(at, stretches[0].started_at, ends_at)
    kept = [replace(each, ended_at=min(each.ended_at, at)) for each in stretches if each.started_at < at]
    return kept if kind is None or at == ends_at else [*kept, Stretch(kind, at, ends_at)]


def break_due_at(done: Iterable[Stretch], working_since: datetime) -> datetime:
    """When whoever works since then is due a break, after what the clock counted before: after 6 hours of work that no
    break of 30 minutes in one piece has parted (rule BREAK)."""
    worked = timedelta()
    for stretch in done:
        length = stretch.ended_at - stretch.started_at
        if stretch.kind not in BREAKS:
            worked += length
        elif length >= BREAK_LASTS:
            worked = timedelta()
    return working_since + max(timedelta(), BREAK_AFTER - worked)


def minutes_left(starts_at: datetime, ends_at: datetime, now: datetime) -> int:
    """Whole minutes of a schedule that are still to come; all of them before its start, none after its end."""
    return max(timedelta(0), ends_at - max(starts_at, now)) // MINUTE


def within(moment: datetime, starts_at: datetime, ends_at: datetime) -> datetime:
    """The moment, moved into the shift: only time inside the shift is on the clock, and its end is where pay stops."""
    return min(max(moment, starts_at), ends_at)


def minutes_by_kind(stretches: Iterable[Stretch]) -> dict[EntryKind, int]:
    """Whole minutes of each kind.

    The paid kinds are added in seconds and rounded up once, in the person's favour, then divided so that the parts add
    up to that whole: a rounded part can never make the sum longer than the schedule. Unpaid breaks are rounded down;
    an outage beyond its paid minutes is one (rule OUTAGE).
    """
    spent = dict.fromkeys(EntryKind, timedelta())
    for stretch in stretches:
        spent[stretch.kind] += stretch.ended_at - stretch.started_at
    beyond = max(timedelta(0), spent[EntryKind.OUTAGE] - OUTAGE_PAID)
    spent[EntryKind.OUTAGE] -= beyond
    spent[EntryKind.UNPAID_BREAK] += beyond
    paid = [spent[kind] // timedelta(seconds=1) for kind in PAID_KINDS]
    minutes = dict.fromkeys(EntryKind, 0)
    if any(paid):
        whole = -(-sum(paid) // 60)
        minutes |= dict(zip(PAID_KINDS, largest_remainder(whole, paid), strict=True))
    minutes[EntryKind.UNPAID_BREAK] = spent[EntryKind.UNPAID_BREAK] // MINUTE
    return minutes


def _paid_spans(stretches: Iterable[Stretch]) -> list[Span]:
    """When the paid time of these was: all of the paid kinds, but of outages only the first minutes (rule OUTAGE)."""
    spans, left = [], OUTAGE_PAID
    for each in sorted(stretches, key=lambda stretch: stretch.started_at):
        ends = each.ended_at
        if each.kind is EntryKind.OUTAGE:
            ends = min(ends, each.started_at + left)
            left -= ends - each.started_at
        if each.kind in PAID_KINDS and ends > each.started_at:
            spans.append(Span(each.started_at, ends))
    return spans


def paid_minutes(minutes: Mapping[EntryKind, int]) -> int:
    return sum(minutes[kind] for kind in PAID_KINDS)


def overtime_worked(paid: int, scheduled: int, promised: int, *, waited: int = 0) -> int:
    """Of the paid minutes of a booking, those that are overtime: the last `promised` ones of its schedule are.

    Whoever stays 230 of 240 minutes, of which the last 60 were promised as overtime, has worked 50 of those; and all 60
    of them if they `waited` for a call for half an hour, and worked the other 210, since standing by counts as hours.
    """
    return min(paid, max(0, paid + waited - (scheduled - promised)))


def beyond_worked(
    stretches: Iterable[Stretch],
    zone: ZoneInfo,
    schedule: Span,
    promised: Beyond,
    *,
    paid: int,
    waited: int = 0,
) -> Beyond:
    """Of the `paid` minutes of these stretches, what earns a multiple of what was `promised` with the yes, whose money
    is held: on days that earn more, by what the clock shows of them, rounded up in the person's favour; of the others
    the last ones as overtime. The hours of such a day count from its first minute of work, and those in which its
    person `waited` for a call from the start on count with them.
    """
    first_day = schedule.starts_at.astimezone(zone).date()
    spans = _paid_spans(stretches)
    spent = time_by_day(spans, zone) if promised.days else {}
    kept = [day for day in promised.days if not day.whole_shift or _has_greater_part(day, spent)]
    waited_on_it = waited if any(day.on == first_day or day.whole_shift for day in kept) else 0
    worked = []
    for day in kept:
        time = sum(spent.values(), timedelta(0)) if day.whole_shift else spent.get(day.on, timedelta(0))
        minutes = min(day.minutes, -(-time // MINUTE))
        after = waited_on_it if day.on == first_day or day.whole_shift else 0
        worked.append(day.part(minutes, min(after, day.minutes - minutes)))
    days = first_minutes(worked, paid)
    over = overtime_worked(
        paid - sum(day.minutes for day in days),
        scheduled_minutes(schedule.starts_at, schedule.ends_at) - sum(day.minutes for day in kept),
        promised.overtime.minutes,
        waited=waited - waited_on_it,
    )
    at_the_first = promised.overtime.minutes - promised.overtime.further
    return Beyond(Overtime(over, max(0, over - at_the_first)), days)


def _has_greater_part(day: PremiumDay, spent: Mapping[date, timedelta]) -> bool:
    """Whether the day has half of the time of the shift that was worked, or more (BCEA, s. 16 (5) and 18 (5))."""
    return 2 * spent.get(day.on, timedelta(0)) >= sum(spent.values(), timedelta(0))


def cancellation(starts_at: datetime, ends_at: datetime, now: datetime, worked: int = 0) -> Compensation:
    """What one booking is owed when the company cancels or ends the shift at `now`. House rules NOTICE and CALL_IN.

    Under 24 hours before the start: the call-in minimum. Under 72 hours: half of it. Earlier: nothing. After the
    start: the call-in minimum less the paid minutes already worked.
    """
    scheduled = scheduled_minutes(starts_at, ends_at)
    if now >= starts_at:
        return Compensation(call_in_missing(scheduled, worked), CompensationRule.CALL_IN)
    full, before = call_in_minimum(scheduled), starts_at - now
    if before < WHOLE_WITHIN:
        return Compensation(full, CompensationRule.NOTICE)
    if before < HALF_WITHIN:
        return Compensation(-(-full // 2), CompensationRule.NOTICE)
    return Compensation(0, CompensationRule.NOTICE)


def moving(starts_at: datetime, ends_at: datetime, now: datetime, worked: int = 0) -> Compensation:
    """What one booking is owed when the company moves the shift at `now`, before it begins: what the curve asks of one
    that is cancelled, and less than 14 days before the start at least one hour's pay, or all of a shorter shift."""
    owed = cancellation(starts_at, ends_at, now, worked)
    if starts_at - now >= HOUR_WITHIN:
        return owed
    hour = min(60, scheduled_minutes(starts_at, ends_at))
    return Compensation(max(owed.minutes, hour), owed.rule)


def added_late(starts_at: datetime, ends_at: datetime, planned_at: datetime) -> int:
    """The minutes that a shift planned at that moment pays beside its time whoever had a schedule of the week: an hour,
    or all of a shorter shift, where it was planned less than 14 days before its start (rule NOTICE)."""
    if starts_at - planned_at >= ADDED_WITHIN:
        return 0
    return min(60, scheduled_minutes(starts_at, ends_at))


def most_to_cut(scheduled: int, paid: int, compensation: int, *, ended_by_company: bool) -> int:
    """The paid minutes of a line that a company can cut. Of a shift that it ended so much is left as reaches the
    call-in minimum together with what is owed already (CALL_IN): whoever was sent home is owed that, worked or not."""
    least = call_in_minimum(scheduled) if ended_by_company else 0
    return max(0, min(paid, paid + compensation - least))


def cancellation_curve(starts_at: datetime, ends_at: datetime) -> list[dict[str, int]]:
    """The curve as an offer shows it: `[{"hours_before": 24, "minutes_paid": 120}, ...]`, the dearest first.

    `minutes_paid` is owed when the company cancels less than `hours_before` hours before the start.
    """
    full = call_in_minimum(scheduled_minutes(starts_at, ends_at))
    hour = timedelta(hours=1)
    return [
        {"hours_before": WHOLE_WITHIN // hour, "minutes_paid": full},
        {"hours_before": HALF_WITHIN // hour, "minutes_paid": -(-full // 2)},
    ]


def months_after(moment: datetime, months: int) -> datetime:
    """The same time of the same day so many calendar months later; the month's last day where it has no such day."""
    years, month = divmod(moment.month - 1 + months, 12)
    year, month = moment.year + years, month + 1
    return moment.replace(year=year, month=month, day=min(moment.day, monthrange(year, month)[1]))
