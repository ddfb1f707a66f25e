"""What the story came to, read from the service's own tables: every number is a posting, a time entry or a fact.

The outcome is plain JSON without a key, a machine's time or an order that could differ: the same seed gives the same
bytes everywhere.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from statistics import median_low
from types import MappingProxyType
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from examples.story import script
from examples.story.script import City
from examples.story.stage import Story
from jobs.checks import findings
from marketplace.accounts.queries import actor_of
from marketplace.core import clock
from marketplace.core.db import db, snapshot
from marketplace.core.events import Event
from marketplace.core.money import Money
from marketplace.disputes.models import Dispute
from marketplace.ledger.models import JournalEntry, Posting
from marketplace.matching.models import Plan
from marketplace.matching.rules import PlanScope, PlanStatus
from marketplace.pay import payslips
from marketplace.pay.models import PayLine, PaymentOp, PayRun, Payslip
from marketplace.pay.proof import prove
from marketplace.pay.rules import OpKind, OpStatus, PayslipStatus
from marketplace.shifts.models import Booking, Offer, Shift
from marketplace.shifts.rules import OfferStatus
from marketplace.shifts.timesheet_models import TimesheetLine
from marketplace.standards import exchange
from marketplace.standards.line_kinds import LineKind, Payee
from marketplace.workforce.models import Contractor

KINDS = MappingProxyType(
    {
        "kansas": "A contract worker in Kansas",
        "kenya": "A worker in Kenya who labels hateful text",
        "trainers": "A trainer between Eastern Europe and Latin America",
    }
)
"""The kinds of workers that the papers tell of."""
EARNED = (
    LineKind.WAGES,
    LineKind.PAID_BREAK,
    LineKind.WAITING,
    LineKind.OUTAGE,
    LineKind.HAZARD_PREMIUM,
    LineKind.OVERTIME_PREMIUM,
    LineKind.FURTHER_OVERTIME,
    LineKind.HOLIDAY_PREMIUM,
    LineKind.REST_DAY_PREMIUM,
    LineKind.NIGHT_PREMIUM,
)
"""Lines that pay time on the clock. What is paid for other reasons would make an hour look dearer than it was."""
NOT_WORKED = (LineKind.CALL_IN, LineKind.CANCELLATION, LineKind.SICK_LEAVE)
HIDDEN = "—"


@dataclass(frozen=True, slots=True)
class Worked:
    """One paid booking: its minutes by what they were, what they earned, and when the money was on its way."""

    contractor_id: UUID
    minutes: int
    unpaid: int
    earned: int
    benefits: int
    cost: int
    ended_at: datetime
    paid_at: datetime


def read(story: Story) -> dict[str, Any]:
    """The whole outcome, as one moment shows it."""
    with snapshot():
        worked, proof = _worked(), prove()
        told = {check.sentence for check in proof}
        return {
            "seed": script.seed(),
            "present": script.PRESENT.isoformat(),
            "scenes": story.journal,
            "counts": _counts(),
            "plans": plans(),
            "kinds": {kind: _kind(kind, story, worked) for kind in KINDS},
            "cities": _cities(story, worked),
            "days": _days(),
            "payslip": _payslip_in_rupiah(story),
            "without_rate": _without_rate(),
            "money": _money(),
            "adjustment": _adjustment(),
            "proof": [
                {"name": check.name, "sentence": check.sentence, "holds": check.holds}
                | ({} if check.in_turn else {"examined": check.examined})
                for check in proof
            ],
            "truths": [
                {"sentence": found.sentence, "holds": not found.against}
                for found in findings()
                if found.sentence not in told
            ],
        }


def plans() -> dict[str, int]:
    """The plans of a horizon so far, and those of them whose seats the solver gave together: what these count by the
    published objective, beside what the same seats would have counted if they were given one by one."""
    made = db.session.scalars(select(Plan).where(Plan.scope == PlanScope.HORIZON, Plan.status == PlanStatus.DONE)).all()
    ways = [plan.report["ways"] for plan in made if plan.report["together"]]
    return {
        "of_horizon": len(made),
        "by_solver": len(ways),
        "filled": sum(each["solver"]["filled"] for each in ways),
        "filled_one_by_one": sum(each["instant"]["filled"] for each in ways),
        "points": sum(each["solver"]["points"] for each in ways),
        "points_one_by_one": sum(each["instant"]["points"] for each in ways),
    }


# --- by kind of worker ----------------------------------------------------------------------------------------------


def _worked() -> list[Worked]:
    """Every booking on an issued payslip whose payout is done, with its time on the clock."""
    earned = func.sum(PayLine.amount).filter(PayLine.kind.in_(EARNED))
    benefits = func.sum(PayLine.amount).filter(PayLine.payee_kind == Payee.BENEFITS)
    # A booking whose cut was overturned is on two payslips; its money came with the first.
    first = aggregate_order_by(PayLine.payslip_id, PayLine.id.asc())
    first_payslip = func.array_agg(first)[1].label("payslip_id")
    money = (
        select(
            PayLine.booking_id,
            first_payslip,
            func.coalesce(earned, 0).label("earned"),
            func.coalesce(benefits, 0).label("benefits"),
            func.sum(PayLine.amount).filter(PayLine.kind.not_in(NOT_WORKED)).label("cost"),
        )
        .where(PayLine.payslip_id.is_not(None))
        .group_by(PayLine.booking_id)
        .subquery()
    )
    found = (
        select(Booking.contractor_id, Booking.during, TimesheetLine, Event.at, money)
        .join(money, money.c.booking_id == Booking.id)
        .join(TimesheetLine, TimesheetLine.booking_id == Booking.id)
        .join(PaymentOp, PaymentOp.payslip_id == money.c.payslip_id)
        .join(Event, (Event.subject_id == PaymentOp.id) & (Event.name == "payout.paid"))
        .where(PaymentOp.status == OpStatus.DONE, TimesheetLine.work_minutes > 0)
    )
    return [
        Worked(
            contractor_id=row.contractor_id,
            minutes=_on_the_clock(row.TimesheetLine),
            unpaid=row.TimesheetLine.unpaid_break_minutes,
            earned=int(row.earned),
            benefits=int(row.benefits),
            cost=int(row.cost),
            ended_at=row.during.upper,
            paid_at=row.at,
        )
        for row in db.session.execute(found)
    ]


def _on_the_clock(line: TimesheetLine) -> int:
    paid = line.work_minutes + line.waiting_minutes + line.paid_break_minutes
    return int(paid + line.unpaid_break_minutes)


def _kind(kind: str, story: Story, worked: Sequence[Worked]) -> dict[str, Any]:
    who = {story.world.people[each.number] for each in script.people() if _is_of(kind, each.city)}
    own = [each for each in worked if each.contractor_id in who]
    minutes, unpaid = sum(each.minutes for each in own), sum(each.unpaid for each in own)
    waits = sorted(each.paid_at - each.ended_at for each in own)
    notice = _notice(who)
    return {
        "words": KINDS[kind],
        "people": len({each.contractor_id for each in own}),
        "bookings": len(own),
        "minutes": minutes,
        "unpaid_minutes": unpaid,
        "pay_an_hour": _an_hour(sum(each.earned for each in own), minutes),
        "benefits_an_hour": _an_hour(sum(each.benefits for each in own), minutes),
        "cost_an_hour": _an_hour(sum(each.cost for each in own), minutes),
        "reaches_percent": _percent(sum(e.earned + e.benefits for e in own), sum(e.cost for e in own)),
        "notice_hours_shortest": _hours(notice[0]),
        "notice_hours_middle": _hours(median_low(notice)),
        "days_to_money_middle": _days_of(median_low(waits)),
        "days_to_money_longest": _days_of(waits[-1]),
    }


def _is_of(kind: str, city: City) -> bool:
    if kind == "kenya":
        return city.country == "KE"
    return city.crew == "kansas" if kind == "kansas" else city.crew in ("americas", "europe")


def _notice(who: Collection[UUID]) -> list[timedelta]:
    """From each offer that was accepted to the start of its shift."""
    rows = db.session.execute(
        select(Shift.starts_at, Offer.made_at)
        .join(Shift, Shift.id == Offer.shift_id)
        .where(Offer.status == OfferStatus.ACCEPTED, Offer.contractor_id.in_(who))
    )
    return sorted(row.starts_at - row.made_at for row in rows)


# --- everything -----------------------------------------------------------------------------------------------------


def _counts() -> dict[str, Any]:
    return {
        "contractors": _by(select(Contractor.status, func.count()).group_by(Contractor.status)),
        "countries": db.session.scalar(select(func.count(Contractor.country.distinct()))),
        "shifts": _by(select(Shift.status, func.count()).group_by(Shift.status)),
        "seats": db.session.scalar(select(func.sum(Shift.seats))),
        "offers": _by(select(Offer.status, func.count()).group_by(Offer.status)),
        "bookings": _by(select(Booking.status, func.count()).group_by(Booking.status)),
        "pay_runs": db.session.scalar(select(func.count(PayRun.id))),
        "disputes": _by(select(Dispute.status, func.count()).group_by(Dispute.status)),
        "payslips": db.session.scalar(select(func.count(Payslip.id)).where(Payslip.status == PayslipStatus.ISSUED)),
        "pay_lines": db.session.scalar(select(func.count(PayLine.id))),
        "payouts": db.session.scalar(
            select(func.count(PaymentOp.id)).where(PaymentOp.kind == OpKind.PAYOUT, PaymentOp.status == OpStatus.DONE)
        ),
        "journal_entries": db.session.scalar(select(func.count(JournalEntry.id))),
        "postings": db.session.scalar(select(func.count(Posting.id))),
    }


def _by(counted: Select[Any, int]) -> dict[str, int]:
    return {str(name): int(count) for name, count in sorted(db.session.execute(counted), key=lambda row: str(row[0]))}


def _money() -> dict[str, str]:
    """Where the companies' money for issued payslips went."""
    sums = (
        select(PayLine.payee_kind, func.sum(PayLine.amount))
        .join(Payslip, Payslip.id == PayLine.payslip_id)
        .where(Payslip.status == PayslipStatus.ISSUED)
        .group_by(PayLine.payee_kind)
    )
    return {str(payee): str(Money(int(amount), "USD").decimal) for payee, amount in sorted(db.session.execute(sums))}


def _adjustment() -> dict[str, str]:
    """What rulings have had paid: to the contractor, and with benefits and fees."""
    paid = select(PayLine.amount).where(PayLine.cut_id.is_not(None), PayLine.payslip_id.is_not(None))
    own = sum(db.session.scalars(paid.where(PayLine.payee_kind == Payee.CONTRACTOR)))
    return {"pay": str(Money(own, "USD").decimal), "cost": str(Money(sum(db.session.scalars(paid)), "USD").decimal)}


def _cities(story: Story, worked: Iterable[Worked]) -> list[dict[str, Any]]:
    minutes: Counter[str] = Counter()
    earned: Counter[str] = Counter()
    city_of = {story.world.people[each.number]: each.city.name for each in script.people()}
    for each in worked:
        minutes[city_of[each.contractor_id]] += each.minutes
        earned[city_of[each.contractor_id]] += each.earned
    return [
        {
            "city": city.name,
            "country": city.country,
            "at": [city.latitude, city.longitude],
            "people": city.people,
            "hours": _hours(timedelta(minutes=minutes[city.name])),
            "paid": str(Money(earned[city.name], "USD").decimal),
        }
        for city in script.cities()
    ]


def _days() -> list[dict[str, Any]]:
    """Seats and bookings of each day in UTC, of the two weeks that are over."""
    day = func.date(func.timezone("UTC", Shift.starts_at)).label("day")
    rows = db.session.execute(
        select(day, func.sum(Shift.seats).label("seats"), func.sum(Shift.seats_taken).label("taken"))
        .where(Shift.starts_at <= script.PRESENT)
        .group_by(day)
        .order_by(day)
    )
    return [{"day": row.day.isoformat(), "seats": int(row.seats), "taken": int(row.taken)} for row in rows]


def _payslip_in_rupiah(story: Story) -> dict[str, Any]:
    """A payslip of pay day in Kansas, of the person with the lowest number, also in rupiah at the rate of its day."""
    numbers = {story.world.people[each.number]: each.number for each in script.people() if each.city.crew == "kansas"}
    paid = select(Payslip.id, Payslip.contractor_id).where(
        Payslip.contractor_id.in_(numbers), Payslip.pay_date == script.PAY_DAY
    )
    slip = min(db.session.execute(paid), key=lambda row: numbers[row.contractor_id])
    view = payslips.view(slip.id, currency="IDR", seen_by=actor_of(slip.contractor_id))
    there = view.exchange
    return {
        "net": str(view.payslip.net),
        "pay_date": view.payslip.pay_date.isoformat() if view.payslip.pay_date else HIDDEN,
        "net_there": str(view.net_there),
        "rate": str(_digits(Decimal(there.rate.numerator) / there.rate.denominator, 2)) if there else HIDDEN,
        "quoted_on": there.quoted_on.isoformat() if there else HIDDEN,
        "source": there.source if there else HIDDEN,
        "lines": [
            {
                "kind": str(shown.line.kind),
                "minutes": str(shown.line.minutes),
                "money": str(shown.line.money),
                "to": str(shown.line.payee_kind),
                "rule": f"{shown.line.rule} v{shown.line.rule_version}",
                "engagement": shown.line.engagement_type,
                "contract_version": shown.line.contract_version,
            }
            for shown in view.lines
        ],
    }


def _without_rate() -> list[str]:
    """Currencies of contractors into which no sourced rate leads: their payslips stay in dollars."""
    wanted = db.session.scalars(select(Contractor.payout_currency).distinct()).all()
    quoted = exchange.quotes(wanted, "USD", clock.now().date())
    return sorted(code for code in wanted if code not in quoted)


# --- words for numbers ----------------------------------------------------------------------------------------------


def _an_hour(minor: int, minutes: int) -> str:
    return str(_digits(Decimal(minor * 60) / (100 * minutes), 2)) if minutes else HIDDEN


def _percent(part: int, whole: int) -> str:
    return str(_digits(Decimal(part * 100) / whole, 1)) if whole else HIDDEN


def _hours(span: timedelta) -> str:
    return str(_digits(Decimal(span // timedelta(minutes=1)) / 60, 1))


def _days_of(span: timedelta) -> str:
    return str(_digits(Decimal(span // timedelta(minutes=1)) / (24 * 60), 1))


def _digits(value: Decimal, digits: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
