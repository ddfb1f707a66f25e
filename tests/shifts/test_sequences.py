"""Whatever people and companies do in whatever order: no seat too many, nobody in two places, no week too long, every
hold explained, no minute lost, and nothing that does not come to an end.

Another verb is one more line of `VERBS`; what must hold whatever is done stands in `check()`.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations
from typing import Any
from uuid import UUID

from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from marketplace.accounts.rules import Actor
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.core.problems import Problem
from marketplace.gigs.rules import hold_account as gig_hold
from marketplace.ledger import queries as books
from marketplace.shifts import attendance, handovers, offers, scheduling, sick
from marketplace.shifts.clock_rules import PAID_KINDS, EntryKind
from marketplace.shifts.handover_models import Handover, SwapProposal
from marketplace.shifts.handover_rules import HandoverKind, HandoverStatus, ProposalStatus
from marketplace.shifts.models import Booking, Offer, Shift, TimeEntry
from marketplace.shifts.queries import COUNTS
from marketplace.shifts.rules import ACTIVE_BOOKING, OPEN_OFFER, SEAT_FREE, BookingStatus, OfferStatus, ShiftStatus
from marketplace.shifts.timesheet_models import TimesheetLine
from marketplace.standards.hours import Span, minutes_by_week
from marketplace.workforce.models import Contractor
from tests.factories import accounts
from tests.factories import handovers as handing
from tests.factories import shifts as make
from tests.factories.shifts import MONDAY, WEDNESDAY, ZONE, Scene

PEOPLE = 3
TIMES = ((0, 3), (2, 3), (5, 3), (24, 9.5), (48, 9.5), (72, 9.5), (96, 9.5), (120, 9.5))
"""The hours after Monday morning at which shifts begin, and how long they are: two overlap, and the five long ones are
the whole of a week's 48 hours."""
LATER = MONDAY + timedelta(days=8)
HOLDS = (*ACTIVE_BOOKING, BookingStatus.WORKED)
"""Bookings whose money is held until a pay run takes it."""


@dataclass(frozen=True)
class World:
    """Shifts of two seats each, and three people."""

    scene: Scene
    people: list[Contractor]
    shifts: list[Shift]
    funds: Money

    @property
    def company(self) -> Actor:
        return self.scene.company

    def make_offer(self, shift: Shift, person: Contractor) -> None:
        offers.offer(shift.id, [(person.id, {"by": "hand"})], shift.starts_at, by=self.company)


@dataclass(frozen=True)
class Try:
    """One thing that somebody tries. Of what there is to try it with it takes the newest, so that most tries come to
    something."""

    world: World
    person: Contractor
    shift: Shift

    @property
    def by(self) -> Actor:
        return accounts.actor_of(self.person.id)

    @property
    def offer_id(self) -> UUID:
        """The person's offer of the shift."""
        return _newest(select(Offer).where(Offer.shift_id == self.shift.id, Offer.contractor_id == self.person.id)).id

    @property
    def booking(self) -> Booking:
        """What the person is booked for, this shift before others."""
        mine = select(Booking).where(Booking.contractor_id == self.person.id, Booking.status.in_(ACTIVE_BOOKING))
        return _newest(mine.order_by((Booking.shift_id == self.shift.id).desc()))

    def request(self, kind: HandoverKind) -> Handover:
        """What somebody else asks; where nobody does, the next person asks it."""
        others = Handover.contractor_id != self.person.id, Handover.kind == kind
        try:
            return _newest(select(Handover).where(Handover.status == HandoverStatus.OPEN, *others))
        except NothingThere:
            people = self.world.people
            neighbour = people[(people.index(self.person) + 1) % len(people)]
            return handing.asked(Try(self.world, neighbour, self.shift).booking, kind)


class NothingThere(Exception):
    """There is nothing to try it with."""


def _newest(found: Any) -> Any:
    row = db.session.scalars(found.order_by(found.selected_columns.id.desc()).limit(1)).one_or_none()
    if row is None:
        raise NothingThere
    return row


def offer(its: Try) -> None:
    """Whoever has an open offer of the shift keeps it."""
    its.world.make_offer(its.shift, its.person)


def book(its: Try) -> None:
    answered(its, offers.accept, its.by)


def propose(its: Try) -> SwapProposal:
    return handing.proposed(its.request(HandoverKind.SWAP), its.booking)


def agree(its: Try) -> None:
    """Whoever asked for a swap says yes to the newest that is offered, or to what the person offers now."""
    try:
        given = _newest(select(SwapProposal).where(SwapProposal.status == ProposalStatus.WAITING))
    except NothingThere:
        given = propose(its)
    handing.accepted(given)


def clock_in(its: Try) -> Booking:
    """The person comes to the next shift that they are booked for, when it begins."""
    mine = select(Booking).where(Booking.contractor_id == its.person.id, Booking.status == BookingStatus.BOOKED)
    booking = _newest(mine.order_by(Booking.during))
    if clock.now() < booking.starts_at:
        make.at(booking.starts_at)
        due()
    return attendance.clock_in(booking.id, by=its.by)


def clock_out(its: Try) -> None:
    working = select(Booking).where(Booking.contractor_id == its.person.id, Booking.status == BookingStatus.WORKING)
    try:
        booking = _newest(working)
    except NothingThere:
        booking = clock_in(its)
    attendance.clock_out(booking.id, by=its.by)


def answered(its: Try, answer: Callable[..., object], by: Actor) -> None:
    """An answer to an offer that is made where there is none."""
    its.world.make_offer(its.shift, its.person)
    answer(its.offer_id, by=by)


def later(its: Try) -> None:
    """Time goes on to when the next shift can be begun, or to its end, and what is due then is done."""
    now = clock.now()
    moments = {m for shift in its.world.shifts for m in (shift.starts_at - timedelta(minutes=5), shift.ends_at)}
    make.at(min((moment for moment in moments if moment > now), default=LATER))
    due()


def switch(its: Try, kind: EntryKind) -> None:
    """The person's running clock counts something else from now on; whoever has none clocks in first."""
    mine = select(Booking).where(Booking.contractor_id == its.person.id, Booking.status == BookingStatus.WORKING)
    try:
        booking = _newest(mine)
    except NothingThere:
        booking = clock_in(its)
    attendance.switch(booking.id, kind, by=its.by)


def a_while(_its: Try) -> None:
    """A good half hour goes by, which is no whole number of minutes."""
    make.at(clock.now() + timedelta(minutes=37, seconds=11))
    due()


def due() -> None:
    """What jobs do."""
    offers.expire_due()
    handovers.end_due()
    attendance.mark_no_shows()
    attendance.close_forgotten()
    scheduling.finish_due()


VERBS: Mapping[str, Callable[[Try], object]] = {
    "offer": offer,
    "accept": lambda its: offers.accept(its.offer_id, by=its.by),
    "decline": lambda its: answered(its, offers.decline, its.by),
    "withdraw": lambda its: answered(its, offers.withdraw, its.world.company),
    "book": book,
    "release": lambda its: offers.release(its.booking.id, by=its.by),
    "sick": lambda its: sick.report_sick(its.booking.id, by=its.by),
    "cancel": lambda its: scheduling.cancel_shift(
        its.shift.id, Money.of("1000", "USD"), "no data", by=its.world.company
    ),
    "clock in": clock_in,
    "clock out": clock_out,
    "wait": lambda its: switch(its, EntryKind.WAITING),
    "take a break": lambda its: switch(its, EntryKind.UNPAID_BREAK),
    "go on": lambda its: switch(its, EntryKind.WORK),
    "a while": a_while,
    "ask for cover": lambda its: handing.asked(its.booking),
    "cover": lambda its: handing.taken(its.request(HandoverKind.COVER), its.person.id),
    "ask for a swap": lambda its: handing.asked(its.booking, HandoverKind.SWAP),
    "propose": propose,
    "agree": agree,
    "later": later,
}
OFTEN = (
    "a while",
    "accept",
    "accept",
    "later",
    "clock in",
    "clock in",
    "book",
    "cover",
    "cover",
    "propose",
    "agree",
    "agree",
)
anything = st.tuples(st.sampled_from([*VERBS, *OFTEN]), st.integers(0, PEOPLE - 1), st.integers(0, len(TIMES) - 1))
booked_first = st.lists(st.integers(0, len(TIMES) - 1), min_size=PEOPLE, max_size=2 * PEOPLE)
"""Of which shifts people take a seat before anything else is tried, one after the other."""


def a_world() -> World:
    scene = make.scene(pilot=True, minutes=9000)
    people = [make.contracted(scene) for _ in range(PEOPLE)]
    shifts = [make.shift(scene, MONDAY + timedelta(hours=hour), hours, seats=2) for hour, hours in TIMES]
    return World(scene, people, shifts, books.balance(gig_hold(scene.gig.id), "USD"))


def do(verb: str, its: Try) -> bool:
    """Tries one thing, and says whether it was done. A refusal is a Problem, and changes nothing."""
    try:
        with db.session.begin_nested():
            VERBS[verb](its)
    except (Problem, NothingThere):
        db.session.expire_all()
        return False
    return True


def check(world: World) -> None:
    """What holds whatever was done."""
    bookings = db.session.scalars(select(Booking)).all()
    for shift in db.session.scalars(select(Shift)):
        seats = [b for b in bookings if b.shift_id == shift.id and b.status not in SEAT_FREE]
        assert shift.seats_taken == len(seats) <= shift.seats
        pending = select(Offer.id).where(Offer.shift_id == shift.id, Offer.status == OfferStatus.PENDING)
        if shift.status is ShiftStatus.CANCELLED or shift.seats_open == 0:
            assert db.session.scalars(pending).all() == []
    active = [b for b in bookings if b.status in ACTIVE_BOOKING]
    for one, other in combinations(active, 2):
        apart = one.ends_at <= other.starts_at or other.ends_at <= one.starts_at
        assert apart or one.contractor_id != other.contractor_id
    check_weeks(bookings)
    for booking in bookings:
        still_held = booking.status in HOLDS or booking.compensation_minutes > 0
        expected = booking.held if still_held else Money.zero("USD")
        assert books.balance(booking.hold_account, "USD") == expected
    spent = sum((books.balance(b.hold_account, "USD").amount for b in bookings), 0)
    assert books.balance(gig_hold(world.scene.gig.id), "USD").amount + spent == world.funds.amount


def check_weeks(bookings: Any) -> None:
    """Nobody has more than 48 hours of a week, promised and worked together."""
    spans: dict[UUID, list[Span]] = defaultdict(list)
    for booking in bookings:
        if booking.status in COUNTS:
            spans[booking.contractor_id].append(Span(booking.starts_at, booking.ends_at))
    for mine in spans.values():
        assert max(minutes_by_week(mine, clock.zone(ZONE)).values()) <= 48 * 60


def check_ends(world: World) -> None:
    """Once all shifts are over and jobs have looked, nothing waits any more, and all work is on a timesheet."""
    moment: datetime = LATER
    make.at(moment)
    due()
    check(world)
    for model, waits in (
        (Offer, OPEN_OFFER),
        (Booking, ACTIVE_BOOKING),
        (Handover, (HandoverStatus.OPEN,)),
        (SwapProposal, (ProposalStatus.WAITING,)),
        (Shift, (ShiftStatus.SCHEDULED,)),
    ):
        assert db.session.scalars(select(model.id).where(model.status.in_(waits))).all() == []
    check_minutes()


def check_minutes() -> None:
    """Every minute on somebody's clock is on their timesheet, rounded up once; and what a company has called off is."""
    lines = {line.booking_id: line for line in db.session.scalars(select(TimesheetLine))}
    seconds: dict[UUID, int] = Counter()
    for entry in db.session.scalars(select(TimeEntry)):
        assert entry.ended_at is not None
        if entry.kind in PAID_KINDS:
            seconds[entry.booking_id] += (entry.ended_at - entry.started_at) // timedelta(seconds=1)
    for booking in db.session.scalars(select(Booking)):
        if booking.status is BookingStatus.WORKED or booking.compensation_minutes:
            line = lines[booking.id]
            paid = line.work_minutes + line.waiting_minutes + line.paid_break_minutes
            assert paid == -(-seconds[booking.id] // 60)
            assert line.compensation_minutes == booking.compensation_minutes


def test_any_sequence_of_verbs(app: Flask) -> None:
    world, done = a_world(), Counter[str]()

    @settings(max_examples=15, deadline=None)
    @given(booked_first, st.lists(anything, min_size=6, max_size=20))
    def live(shifts: list[int], sequence: list[tuple[str, int, int]]) -> None:
        with db.session.begin_nested() as trial:
            make.at(WEDNESDAY + timedelta(hours=1))
            seats = [("book", number % PEOPLE, shift) for number, shift in enumerate(shifts)]
            for verb, person, shift in (*seats, *sequence):
                done[verb] += do(verb, Try(world, world.people[person], world.shifts[shift]))
            check(world)
            check_ends(world)
            trial.rollback()
        # What a rolled-back statement changed is not known to the rows in memory.
        db.session.expire_all()

    live()
    # What is always refused would show nothing.
    assert set(VERBS) - {verb for verb, count in done.items() if count} == set()
