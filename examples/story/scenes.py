"""What happens in the two weeks beside the ordinary: each scene at its moment, by the verbs that people use.

A scene notes in `Story.journal` what the report will tell of it. Whom a scene is about is chosen by number, so that the
same seed tells the same story.
"""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import func, select

from examples.story import script
from examples.story.crowd import Crowd
from examples.story.hand import Hand
from examples.story.world import World, terms_of_gig
from marketplace.core import clock
from marketplace.core.db import db, transaction
from marketplace.core.money import Money
from marketplace.core.problems import Problem
from marketplace.gigs import service as gigs
from marketplace.gigs.models import PublishDecision
from marketplace.gigs.rules import Where
from marketplace.matching import planning
from marketplace.pay import service as pay
from marketplace.shifts import attendance, offers, scheduling
from marketplace.shifts.models import Booking, Offer, Shift
from marketplace.shifts.rules import ACTIVE_BOOKING, BookingStatus, EntryKind, OfferStatus
from marketplace.standards.rules import PaymentModel

RACERS, SEATS = 200, 20
AT_ONCE = 16
"""Connections that race. More would only wait for each other on two cores."""
RACED_SHIFT = datetime(2023, 5, 12, 14, 0, tzinfo=UTC)


@dataclass
class Story:
    """The world, who acts in it, and what has happened so far."""

    app: Flask
    world: World
    hand: Hand
    crowd: Crowd
    tell: Callable[[str], None]
    journal: dict[str, Any] = field(default_factory=dict)
    """What the report tells of each scene: its words, and its numbers beside them."""

    def note(self, scene: str, words: str, **numbers: Any) -> None:
        """Tells of a scene and remembers it."""
        self.tell(words)
        self.journal[scene] = {"words": words} | numbers


Scene = Callable[[Story], None]


def at(day: int, hour: int, minute: int = 0, month: int = 5) -> datetime:
    return datetime(2023, month, day, hour, minute, tzinfo=UTC)


# --- before the first shift -----------------------------------------------------------------------------------------


def refused_gig(story: Story) -> None:
    """The lab asks to publish the terms that TIME told of: 1.32 dollars an hour of 12.50 that the client pays."""
    owner = story.world.owner("lab")
    with transaction():
        told = replace(
            terms_of_gig(story.world, "lab", "hateful"),
            title="Label hateful and sexual text, as told",
            payment_model=PaymentModel.PIECE,
            rate=Money.of("1.32", "USD"),
            client_pays=Money.of("12.50", "USD"),
            margin=None,
            margin_party=None,
        )
        told = replace(told, criteria=replace(told.criteria, places=(Where("KE", None),)))
        gig = gigs.draft(story.world.companies["lab"], told, by=owner)
        decision = gigs.publish(gig.id, by=owner)
        failed = [verdict for verdict in decision.verdicts if verdict["outcome"] == "fail"]
        stored = db.session.get_one(PublishDecision, decision.id).outcome
    words = f"A gig at 1.32 USD an hour is refused, with {len(failed)} broken rules, each with its source:"
    story.note("refusal", words, outcome=stored.value, verdicts=failed)
    for verdict in failed:
        passes = f" (passes at {verdict['limit']})" if verdict["limit"] else ""
        story.tell(f"  {verdict['rule']}: {verdict['sentence']}{passes}")


def plan_two_weeks(story: Story) -> None:
    """Matching plans every open seat of the two weeks, for all people at once; each offer carries its reason."""
    with transaction():
        planning.plan(clock.now(), script.PRESENT + timedelta(days=1), by=story.world.operator("odi"))
    story.hand.settle()
    with transaction():
        offered = select(func.count(Offer.id))
        made = db.session.scalar(offered) or 0
        reasoned = db.session.scalar(offered.where(Offer.reason.has_key("parts"))) or 0
        seats = db.session.scalar(select(func.sum(Shift.seats))) or 0
    words = f"Matching plans {seats} seats of two weeks at once: {made} offers, {reasoned} of them with their reason."
    story.note("plan", words, seats=seats, offers=made, with_reason=reasoned)


def two_places(story: Story) -> None:
    """Somebody who was offered a shift is asked by hand for another one at the same hours, and says yes to both."""
    first = _first_offer(story, "ranking", skill="code")
    with transaction():
        offer = db.session.get_one(Offer, first)
        shift = db.session.get_one(Shift, offer.shift_id)
        other = db.session.scalars(
            select(Shift).where(Shift.gig_id == story.world.gigs["code"], Shift.starts_at == shift.starts_at)
        ).one()
        reason = {"words": "The company asks by hand."}
        who = offer.contractor_id
        second = scheduling.schedule(
            other.gig_id, other.starts_at, other.ends_at, other.timezone, 1, by=story.world.owner("lab")
        )
        asked = offers.offer(second.id, [(who, reason)], clock.now() + timedelta(hours=8), by=story.world.owner("lab"))
        second_offer = asked[0].id
    me = story.world.person(story.crowd.number_of(who))
    with transaction():
        offers.accept(first, by=me)
    refused = _refused(lambda: offers.accept(second_offer, by=me))
    words = f"Somebody says yes to two shifts at the same hours. The second yes is refused: {refused.title}"
    story.note("two_places", words, code=refused.code)
    with transaction():
        offers.decline(second_offer, by=me)


# --- on the way -----------------------------------------------------------------------------------------------------


def queue_runs_empty(story: Story) -> None:
    """There is nothing to label for half an hour in Kansas: everybody waits, and waiting is paid."""
    _switch_everybody(story, EntryKind.WAITING)
    story.note("waiting", "In Kansas the queue is empty for half an hour. Everybody waits; waiting is work, and paid.")


def queue_fills_again(story: Story) -> None:
    _switch_everybody(story, EntryKind.WORK)


def _switch_everybody(story: Story, kind: EntryKind) -> None:
    with transaction():
        for booking in _working(story.world.gigs["images"]):
            attendance.switch(booking.id, kind, by=story.world.person(story.crowd.number_of(booking.contractor_id)))


def one_will_forget(story: Story) -> None:
    """One of those who are at work will not clock out today."""
    with transaction():
        working = sorted(_working(story.world.gigs["ranking"]), key=lambda b: story.crowd.number_of(b.contractor_id))
        story.crowd.forgetful.add(working[0].id)
    story.note("forgotten", "One of those who rank answers will forget to clock out; a job does it at the shift's end.")


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


def race(story: Story) -> None:
    """A shift with 20 seats is offered to 200 people, who all say yes at once, over connections of their own."""
    with transaction():
        shift = scheduling.schedule(
            story.world.gigs["ranking"], RACED_SHIFT, RACED_SHIFT + timedelta(hours=4), "America/Bogota", SEATS,
            by=story.world.owner("lab"),
        )  # fmt: skip
        racers = _free_people(story)
        reason = {"words": "Whoever answers first; the plan would be fairer."}
        asked = offers.offer(
            shift.id,
            [(story.world.people[number], reason) for number in racers],
            clock.now() + timedelta(hours=6),
            by=story.world.owner("lab"),
        )
        calls = [(offer.id, story.crowd.number_of(offer.contractor_id)) for offer in asked]
        shift_id = shift.id

    def say_yes(call: tuple[UUID, int]) -> str:
        with story.app.app_context():
            try:
                with transaction():
                    offers.accept(call[0], by=story.world.person(call[1]))
            except Problem as refused:
                return refused.code
        return "accepted"

    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(say_yes, calls))
    with transaction():
        taken = db.session.get_one(Shift, shift_id).seats_taken
        booked = db.session.scalar(select(func.count(Booking.id)).where(Booking.shift_id == shift_id))
    accepted = answers.count("accepted")
    words = (
        f"{len(calls)} people race for {SEATS} seats over connections of their own: {accepted} have one, "
        f"{len(calls) - accepted} are told so, {taken} seats are taken."
    )
    story.note("race", words, asked=len(calls), accepted=accepted, seats_taken=taken, bookings=booked)


def pay_day(story: Story) -> None:
    """An operator starts the pay run of pay day; what the clock paid before stays paid."""
    with transaction():
        pay.start_run(None, through=script.PAY_DAY, by=story.world.operator("odi"))
    story.hand.settle()


# --- their parts ----------------------------------------------------------------------------------------------------


def _refused(act: Callable[[], object]) -> Problem:
    try:
        with transaction():
            act()
    except Problem as refused:
        return refused
    raise AssertionError("The service should have refused this.")


def _working(gig_id: UUID) -> Sequence[Booking]:
    return db.session.scalars(
        select(Booking).where(Booking.gig_id == gig_id, Booking.status == BookingStatus.WORKING).order_by(Booking.id)
    ).all()


def _first_offer(story: Story, gig: str, *, skill: str) -> UUID:
    """The earliest pending offer of the gig to somebody with the skill, of the lowest number."""
    with transaction():
        rows = db.session.execute(
            select(Offer.id, Offer.contractor_id, Shift.starts_at)
            .join(Shift, Shift.id == Offer.shift_id)
            .where(Offer.gig_id == story.world.gigs[gig], Offer.status == OfferStatus.PENDING)
        ).all()
    people = script.people()
    able = [row for row in rows if skill in people[story.crowd.number_of(row.contractor_id)].skills]
    first: UUID = min(able, key=lambda row: (row.starts_at, story.crowd.number_of(row.contractor_id))).id
    return first


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


BEFORE: Mapping[datetime, Sequence[Scene]] = MappingProxyType(
    {at(25, 9, month=4): (refused_gig,), at(26, 9, month=4): (plan_two_weeks, two_places)}
)
"""Scenes that come before people answer at their moment."""
DURING: Mapping[datetime, Sequence[Scene]] = MappingProxyType(
    {
        at(27, 16, month=4): (queue_runs_empty,),
        at(27, 16, 30, month=4): (queue_fills_again,),
        at(28, 15, month=4): (one_will_forget,),
        at(4, 18): (late_cancellation,),
        at(9, 19): (race,),
        at(10, 12): (pay_day,),
    }
)
"""Scenes that come after people have come, gone and answered at their moment."""
