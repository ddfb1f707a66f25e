"""On the way: an empty queue, a forgotten clock, a late cancellation, an illness, a hazard, a race, and pay day."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select

from examples.story import script
from examples.story.stage import Story, at, booked, working
from marketplace.core import clock
from marketplace.core.db import db, transaction
from marketplace.gigs import funding
from marketplace.gigs.rules import hold_account
from marketplace.ledger import queries as books
from marketplace.matching import service as matching
from marketplace.pay import service as pay
from marketplace.shifts import attendance, flags, offers, raising, scheduling, sick, timesheets
from marketplace.shifts.clock_rules import EntryKind
from marketplace.shifts.models import Booking, Offer, Shift
from marketplace.shifts.rules import ACTIVE_BOOKING
from marketplace.shifts.timesheet_models import Timesheet
from marketplace.shifts.timesheet_rules import CompensationRule, TimesheetStatus
from marketplace.standards.rules import HazardCategory, HazardClass

RACERS, SEATS = 200 // script.share(), 20 // script.share()
AT_ONCE = 16
"""Connections that race. More would only wait for each other on two cores."""
RACED_SHIFT = datetime(2023, 5, 12, 14, 0, tzinfo=UTC)


def queue_runs_empty(story: Story) -> None:
    """There is nothing to label for half an hour in Kansas: everybody waits, and waiting is paid."""
    _switch_everybody(story, EntryKind.WAITING)
    story.note("waiting", "In Kansas the queue is empty for half an hour. Everybody waits; waiting is work, and paid.")


def queue_fills_again(story: Story) -> None:
    _switch_everybody(story, EntryKind.WORK)


def _switch_everybody(story: Story, kind: EntryKind) -> None:
    with transaction():
        for booking in working(story, "images"):
            attendance.switch(booking.id, kind, by=story.actor(booking.contractor_id))


def one_will_forget(story: Story) -> None:
    """One of those who are at work will not clock out today."""
    with transaction():
        booking = working(story, "ranking")[0]
        story.crowd.forgetful.add(booking.id)
        person, shift = story.crowd.number_of(booking.contractor_id), story.crowd.number_of_shift(booking.shift_id)
    words = "One of those who rank answers forgets to clock out; a job does it for them, at the shift's end."
    story.note("forgotten", words, person=person, shift=shift)


def hazard_is_flagged(story: Story) -> None:
    """Chat logs that were declared rude turn out to be hateful: somebody flags it, and the lab raises their class."""
    with transaction():
        at_work = working(story, "chats")
        flags.flag(
            at_work[0].id, HazardCategory.HATE, "Threats against a people.", by=story.actor(at_work[0].contractor_id)
        )
    with transaction():
        raised = raising.raise_class(
            story.world.gigs["chats"], HazardClass.H2, [HazardCategory.HATE], by=story.world.owner("lab")
        )
    stopped, going_on = len(raised.stopped), len(at_work) - len(raised.stopped)
    words = (
        "Chat logs that were declared rude turn out hateful. Somebody flags it and the lab raises their class: "
        f"{stopped} who have not opted in stop at once with the rest of their shift paid, {going_on} go on with a "
        f"premium from the shift's first minute on, {raised.held} held for it."
    )
    story.note("flag", words, at_work=len(at_work), stopped=stopped, held=str(raised.held))


def cap_stops_the_shift(story: Story) -> None:
    """The job has stopped whoever has reached the cap of the class: four hours a day."""
    with transaction():
        still = len(working(story, "chats"))
        gig = Booking.gig_id == story.world.gigs["chats"]
        told = select(func.count(Booking.id)).where(gig, Booking.compensation_rule == CompensationRule.HAZARD)
        paid = select(Booking.compensation_minutes).where(gig, Booking.compensation_rule == CompensationRule.HAZARD)
        stopped, minutes = db.session.scalar(told) or 0, sorted(set(db.session.scalars(paid)))
    by_cap = stopped - int(story.journal["flag"]["stopped"])
    words = (
        f"After four hours the daily cap of the class stops {by_cap} of them to the minute; the rest of their five "
        f"hours is paid as neutral hours ({', '.join(str(each) for each in minutes)} minutes). {still} go on."
    )
    story.note("cap", words, by_cap=by_cap, still_at_work=still)


def late_cancellation(story: Story) -> None:
    """The lab cancels tomorrow morning's shift of coding in Europe: less than 24 hours before, so the curve is dear."""
    owner = story.world.owner("lab")
    with transaction():
        shift = db.session.scalars(
            select(Shift).where(Shift.gig_id == story.world.gigs["code"], Shift.starts_at == at(5, 7))
        ).one()
        price = scheduling.cancellation_price(shift.id, by=owner)
        scheduling.cancel_shift(shift.id, price.total, "The code of the day is not ready.", by=owner)
    minutes = " or ".join(str(each) for each in sorted({owed.compensation.minutes for owed in price.owed}))
    words = (
        f"The lab cancels a shift 13 hours before its start: {len(price.owed)} people are owed {minutes} minutes each "
        f"for it, {price.total} in all."
    )
    story.note("cancellation", words, people=len(price.owed), total=str(price.total))


def one_falls_ill(story: Story) -> None:
    """Somebody in Kansas falls ill an hour before the shift, and is paid from the leave that their work has earned."""
    with transaction():
        coming = booked(story, ["images", "next_text"], at(9, 14))
        leave = {b.id: sick.sick_pay(b.id, by=story.actor(b.contractor_id)).minutes_paid for b in coming}
        ill = max(coming, key=lambda booking: leave[booking.id])
        minutes = leave[ill.id]
        sick.report_sick(ill.id, by=story.actor(ill.contractor_id))
    words = (
        f"Somebody falls ill an hour before a shift. {minutes} minutes of it are paid from the leave that their own "
        "work has earned, the seat opens again, and nothing that ranks people reads any of it."
    )
    story.note("ill", words, minutes=minutes)
    # Somebody else is searched for at once, which must not depend on how far time has moved meanwhile.
    story.hand.settle()


def race(story: Story) -> None:
    """20 seats are offered to 200 people, who all say yes at once, over connections of their own; nobody is first. The
    lab has seen before what a shift costs at most that is added late, and sets it aside."""
    owner = story.world.owner("lab")
    plan = (
        story.world.gigs["ranking"], RACED_SHIFT, RACED_SHIFT + timedelta(hours=4), "America/Bogota", SEATS,
    )  # fmt: skip
    with transaction():
        price = scheduling.adding_price(*plan, by=owner)
        missing = price.total - books.balance(hold_account(plan[0]), price.total.currency)
        if missing.amount > 0:
            funding.fund(plan[0], missing, by=owner)
        shift = scheduling.schedule(*plan, agreed=price.total, by=owner)
        racers = _free_people(story)
        reason = {"words": "The company asks by hand."}
        asked = offers.offer(
            shift.id,
            [(story.world.people[number], reason) for number in racers],
            clock.now() + timedelta(hours=6),
            by=owner,
        )
        calls = [(offer.id, story.crowd.number_of(offer.contractor_id)) for offer in asked]
        shift_id = shift.id

    def say_yes(call: tuple[UUID, int]) -> None:
        with story.app.app_context(), transaction():
            offers.say_yes(call[0], by=story.world.person(call[1]))

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(say_yes, calls))
    story.hand.look()
    with transaction():
        taken = db.session.get_one(Shift, shift_id).seats_taken
        booked = db.session.scalar(select(func.count(Booking.id)).where(Booking.shift_id == shift_id))
        decided = db.session.scalars(select(Offer.decision).where(Offer.shift_id == shift_id)).all()
    accepted, told = sum(each["chosen"] for each in decided if each), len([each for each in decided if each])
    words = (
        f"{SEATS} seats are added late. That they cost up to {price.added} beside their time, for people who have a "
        f"schedule with the lab already, it sees before it plans them. {len(calls)} people say yes at once, over "
        "connections of their own. No yes takes a seat: all are collected, then the order of the points decides in one "
        f"step. {accepted} have a seat, {told} are told their place and why, and a faster network helped nobody."
    )
    story.note("race", words, asked=len(calls), accepted=accepted, told=told, seats_taken=taken, bookings=booked)


def approved_before_pay_day(story: Story) -> None:
    """The lab approves what has been handed in; the second lab leaves it to the silence, as both did before."""
    with transaction():
        waiting = select(Timesheet.id).where(
            Timesheet.company_id == story.world.companies["lab"], Timesheet.status == TimesheetStatus.SUBMITTED
        )
        handed_in = db.session.scalars(waiting).all()
        for timesheet_id in handed_in:
            timesheets.approve(timesheet_id, by=story.world.owner("lab"))
    story.note("approved", f"On the morning of pay day the lab approves {len(handed_in)} timesheets.")


def pay_day(story: Story) -> None:
    """An operator starts the pay run of pay day; what the clock paid before stays paid."""
    with transaction():
        pay.start_run(None, through=script.PAY_DAY, by=story.world.operator("odi"))
    story.hand.settle()


def tomorrow(story: Story) -> None:
    """When the story ends, work of tomorrow is offered and not yet answered."""
    owner, start = story.world.owner("lab"), at(11, 14)
    with transaction():
        for gig, zone in (("images", "America/Chicago"), ("ranking", "America/Bogota")):
            shift = scheduling.schedule(story.world.gigs[gig], start, start + timedelta(hours=4), zone, 3, by=owner)
            matching.match(shift.id, by=owner)
    story.note("tomorrow", "Work of tomorrow is offered; whoever is asked has not yet answered when the story ends.")


def _free_people(story: Story) -> list[int]:
    """Vetted people of the crews that rank who have nothing booked around the raced shift, lowest numbers first."""
    busy = select(Booking.contractor_id).where(
        Booking.status.in_(ACTIVE_BOOKING), func.lower(Booking.during) >= RACED_SHIFT - timedelta(days=1)
    )
    taken = set(db.session.scalars(busy))
    crews = script.world()["gigs"]["ranking"]["crew"]
    free = [
        who.number
        for who in script.people()
        if who.city.crew in crews and who.vetting == "vetted" and story.world.people[who.number] not in taken
    ]
    return free[:RACERS]
