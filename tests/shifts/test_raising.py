"""A gig becomes heavier: back-pay, who stops, who is taken out, and what happens when the money is short."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.accounts.rules import OperatorRole, OwnCompany
from marketplace.core import clock
from marketplace.core.db import db, transaction
from marketplace.core.money import Money
from marketplace.core.problems import NotFound
from marketplace.gigs import hazards
from marketplace.gigs.models import Gig
from marketplace.gigs.rules import BadTerms, ClassMayNotFall, ClassTooLight, GigStatus, RaiseNotFunded
from marketplace.ledger import queries as books
from marketplace.pay import proof
from marketplace.pay.models import PayLine
from marketplace.shifts import attendance, flags, raising, standby, taps
from marketplace.shifts.clock_rules import EntryFlag, Press
from marketplace.shifts.hazard_models import HazardFlag
from marketplace.shifts.hazard_rules import FlagStatus
from marketplace.shifts.models import Booking, Offer, Shift
from marketplace.shifts.rules import BookingStatus, NotEligible, OfferStatus
from marketplace.shifts.timesheet_models import TimesheetLine
from marketplace.shifts.timesheet_rules import CompensationRule
from marketplace.standards.hazard import HazardCategory, HazardClass
from marketplace.standards.line_kinds import LineKind
from tests.factories import accounts, gigs, pay
from tests.factories import shifts as make
from tests.factories.shifts import MONDAY, Scene

HOUR = timedelta(hours=1)
HATE: Sequence[str] = ("hate",)
H1 = {"hazard_class": HazardClass.H1, "hazard_categories": (HazardCategory.INSULTS,)}


def usd(amount: str) -> Money:
    return Money.of(amount, "USD")


def at(moment: datetime) -> None:
    clock.move_to(moment, still=True)


def mild(amount: str = "500.00") -> Scene:
    """A gig of class H1 at 15.00 USD, whose company has so much money beside."""
    scene = make.scene(**H1)
    if amount:
        gigs.money_for(scene.company_id, usd(amount))
    return scene


def willing(scene: Scene, **more: str) -> Booking:
    """Somebody with a seat from nine to two on Monday who has opted into such work up to H2."""
    ana = make.contracted(scene, **more)  # type: ignore[arg-type]
    for category in ("insults", "hate"):
        make.consent(ana, category, HazardClass.H2)
    return make.booked(scene, ana, hours=5)


def begin(booking: Booking) -> None:
    at(booking.starts_at)
    attendance.clock_in(booking.id, by=accounts.actor_of(booking.contractor_id))


def to_h2(scene: Scene) -> raising.Raised:
    return raising.raise_class(scene.gig.id, HazardClass.H2, HATE, by=scene.company)


def holds() -> list[str]:
    return [f"{check.name}: {check.wrong}" for check in proof.prove() if not check.holds]


def test_a_shift_that_becomes_heavier_after_two_hours(app: Flask) -> None:
    """Five hours at 15.00 in H1, raised to H2 after two hours by a flag. The clock stops after 240 minutes: 60.00 wages
    and 15.00 premium, 25 % on all of them; 60 neutral minutes, 15.00. On top 8 minutes of sick leave, 2.00; health,
    4 % of 90.00, 3.60; the fee, 5 % of the wages, 3.00. Together 98.60 USD."""
    with transaction():
        scene = mild()
        booking = willing(scene)
        me = accounts.actor_of(booking.contractor_id)
        assert booking.held == usd("84.25")
        begin(booking)
        assert booking.stops_at is None
        at(booking.starts_at + 2 * HOUR)
        flags.flag(booking.id, HazardCategory.HATE, "Slurs in every second text.", by=me)
        raised = to_h2(scene)
        assert (raised.repriced, raised.stopped, raised.held) == ([booking.id], [], usd("19.50"))
        assert booking.stops_at == booking.starts_at + 4 * HOUR
        at(booking.starts_at + 4 * HOUR)
        assert attendance.stop_at_cap() == 1
        assert (booking.compensation_minutes, booking.compensation_rule) == (60, CompensationRule.HAZARD)
        pay.approved(scene, booking)
    assert holds() == []
    pay.paid()
    lines = db.session.scalars(select(PayLine).where(PayLine.booking_id == booking.id).order_by(PayLine.id))
    assert [(line.kind, line.seconds // 60, line.money, line.rule) for line in lines] == [
        (LineKind.WAGES, 240, usd("60.00"), "WAGES"),
        (LineKind.NEUTRAL_HOURS, 60, usd("15.00"), "HAZARD"),
        (LineKind.HAZARD_PREMIUM, 240, usd("15.00"), "HAZARD"),
        (LineKind.SICK_ACCRUAL, 8, usd("2.00"), "SICK"),
        (LineKind.HEALTH_CONTRIBUTION, 0, usd("3.60"), "HEALTH"),
        (LineKind.PLATFORM_FEE, 0, usd("3.00"), "FEE"),
    ]
    assert pay.payslip_of(booking.contractor_id).cost == usd("98.60")
    assert holds() == []


@pytest.fixture
def scene(app: Flask) -> Scene:
    return mild()


def test_whoever_has_not_opted_in_is_stopped_at_once_with_the_rest_paid(scene: Scene) -> None:
    booking = make.booked(scene, hours=5)
    begin(booking)
    at(booking.starts_at + 2 * HOUR)
    raised = to_h2(scene)
    assert (raised.stopped, booking.status) == ([booking.id], BookingStatus.WORKED)
    assert (booking.hazard_class, booking.compensation_minutes) == (HazardClass.H2, 180)
    assert holds() == []


def test_a_contract_that_stops_below_stops_the_work_too(scene: Scene) -> None:
    booking = willing(scene, highest_class="H1")
    begin(booking)
    assert to_h2(scene).stopped == [booking.id]


def test_whoever_is_booked_and_has_not_opted_in_is_taken_out_by_the_notice_curve(scene: Scene) -> None:
    """Twelve hours before the start: the whole call-in minimum, 150 of 300 minutes. The seat is open again."""
    booking = make.booked(scene, hours=5)
    at(booking.starts_at - 12 * HOUR)
    raised = to_h2(scene)
    assert (raised.taken_out, booking.status) == ([booking.id], BookingStatus.TAKEN_OUT)
    assert (booking.compensation_minutes, booking.compensation_rule) == (150, CompensationRule.NOTICE)
    assert db.session.get_one(Shift, booking.shift_id).seats_open == 1
    assert (booking.hazard_class, holds()) == (HazardClass.H1, [])


def test_who_stands_by_is_taken_out_for_what_standing_by_pays(scene: Scene) -> None:
    """Of a shift of two hours the seat is owed 120 minutes, and standing by for it 60, as their terms say."""
    seat = make.booked(scene, hours=2)
    beside = standby.plan(seat.shift_id, 1, usd("1000.00"), by=scene.company)
    stands_by = make.booked(scene, shift=beside)
    terms = db.session.get_one(Offer, stands_by.offer_id).terms["cancellation"]
    at(seat.starts_at - 12 * HOUR)
    to_h2(scene)
    assert (seat.compensation_minutes, stands_by.compensation_minutes) == (120, 60)
    assert max(each["minutes_paid"] for each in terms) == 60
    assert holds() == []


def test_early_enough_the_hold_goes_back(scene: Scene) -> None:
    before = books.balance(scene.gig.hold_account, "USD")
    booking = make.booked(scene, hours=5)
    to_h2(scene)
    assert (booking.status, booking.compensation_minutes) == (BookingStatus.TAKEN_OUT, 0)
    assert books.balance(scene.gig.hold_account, "USD") == before


def test_back_pay_begins_on_the_day_of_the_first_flag(scene: Scene) -> None:
    """Monday was worked before anybody flagged; Tuesday was, in the evening. Wednesday's raise reaches back to it."""
    ana = make.contracted(scene)
    monday = make.worked(scene, ana)
    tuesday = make.worked(scene, ana, starts_at=MONDAY + timedelta(days=1))
    at(tuesday.ends_at + 5 * HOUR)
    flags.flag(tuesday.id, HazardCategory.HATE, "Slurs.", by=accounts.actor_of(ana.id))
    at(MONDAY + timedelta(days=2))
    assert to_h2(scene).repriced == [tuesday.id]
    assert (monday.hazard_class, tuesday.hazard_class) == (HazardClass.H1, HazardClass.H2)
    assert holds() == []


def test_a_company_without_the_money_is_told_how_much_is_missing(app: Flask) -> None:
    scene = make.scene(minutes=300, **H1)
    booking = willing(scene)
    with pytest.raises(RaiseNotFunded) as refused:
        to_h2(scene)
    assert refused.value.members == {"needed": "19.50 USD", "missing": "19.50 USD"}
    assert (booking.hazard_class, scene.gig.hazard_class) == (HazardClass.H1, HazardClass.H1)


def test_an_operator_s_raise_without_money_pauses_and_ends_the_work(app: Flask) -> None:
    scene = make.scene(minutes=300, **H1)
    booking = willing(scene)
    begin(booking)
    at(booking.starts_at + 2 * HOUR)
    operator = accounts.operator(OperatorRole.STANDARDS)
    raised = raising.raise_class(scene.gig.id, HazardClass.H2, HATE, by=operator)
    gig = db.session.get_one(Gig, scene.gig.id)
    assert (raised.unheld, raised.stopped, gig.status) == (usd("19.50"), [booking.id], GigStatus.PAUSED)
    assert (booking.hazard_class, booking.compensation_minutes) == (HazardClass.H1, 180)
    assert holds() == []
    gigs.money_for(scene.company_id, usd("19.50"))
    flags.flag(booking.id, HazardCategory.VIOLENCE, "And threats.", by=accounts.actor_of(booking.contractor_id))
    again = raising.raise_class(scene.gig.id, HazardClass.H2, (), by=operator)
    assert (again.repriced, again.unheld, booking.hazard_class) == ([booking.id], usd("0"), HazardClass.H2)
    assert holds() == []


def test_back_pay_that_could_not_be_held_is_held_when_the_money_is_there(app: Flask) -> None:
    """Two hours in H1 are raised by an operator; two days later the company has the money, and nobody has flagged
    again. The two hours get their premium all the same: 30.00 USD, a quarter of it 7.50."""
    with transaction():
        scene = make.scene(minutes=300, **H1)
        booking = willing(scene)
        me, operator = accounts.actor_of(booking.contractor_id), accounts.operator(OperatorRole.STANDARDS)
        begin(booking)
        at(booking.starts_at + 2 * HOUR)
        flags.flag(booking.id, HazardCategory.HATE, "Slurs.", by=me)
        first = raising.raise_class(scene.gig.id, HazardClass.H2, HATE, by=operator)
        assert (first.unheld, first.repriced) == (usd("19.50"), [])
        at(booking.ends_at + 48 * HOUR)
        gigs.money_for(scene.company_id, usd("19.50"))
        again = to_h2(scene)
        assert (again.repriced, again.back_to, again.unheld) == ([booking.id], first.back_to, usd("0"))
        pay.approved(scene, booking)
    pay.paid()
    lines = select(PayLine).where(PayLine.booking_id == booking.id, PayLine.kind == LineKind.HAZARD_PREMIUM)
    assert [(line.seconds // 60, line.money) for line in db.session.scalars(lines)] == [(120, usd("7.50"))]
    assert holds() == []


def test_nobody_begins_heavier_work_whose_premium_is_not_held(app: Flask) -> None:
    """Whoever has opted in and is booked for the afternoon is taken out too, owed by the notice curve."""
    scene = make.scene(minutes=300, **H1)
    booking = willing(scene)
    at(booking.starts_at - 12 * HOUR)
    operator = accounts.operator(OperatorRole.STANDARDS)
    raised = raising.raise_class(scene.gig.id, HazardClass.H2, HATE, by=operator)
    assert (raised.unheld, raised.taken_out, booking.status) == (usd("19.50"), [booking.id], BookingStatus.TAKEN_OUT)
    assert (booking.compensation_minutes, booking.compensation_rule) == (150, CompensationRule.NOTICE)
    assert holds() == []


def test_a_class_never_falls_and_holds_its_categories(scene: Scene) -> None:
    for hazard_class, categories, refusal in (
        (HazardClass.H0, (), ClassMayNotFall),
        (HazardClass.H1, ("hate",), ClassTooLight),
        (HazardClass.H3, ("child_abuse",), BadTerms),
    ):
        with pytest.raises(refusal):
            raising.raise_class(scene.gig.id, hazard_class, categories, by=scene.company)
    with pytest.raises(NotFound):
        raising.raise_class(scene.gig.id, HazardClass.H2, HATE, by=accounts.actor_of(make.contracted(scene).id))


def test_offers_of_the_lighter_work_are_gone_and_new_ones_ask_for_consent(scene: Scene) -> None:
    bea = make.contracted(scene)
    shift = make.shift(scene)
    old = make.offered(scene, shift, bea)
    to_h2(scene)
    db.session.refresh(old)
    assert old.status is OfferStatus.WITHDRAWN
    with pytest.raises(NotEligible):
        make.offered(scene, shift, bea)


def test_the_history_says_what_the_gig_was_and_flags_are_answered(scene: Scene) -> None:
    booking = willing(scene)
    made = flags.flag(booking.id, HazardCategory.HATE, "Slurs.", by=accounts.actor_of(booking.contractor_id))
    other = flags.flag(booking.id, HazardCategory.VIOLENCE, "Threats.", by=accounts.actor_of(booking.contractor_id))
    to_h2(scene)
    told = [(row.version, row.hazard_class) for row in hazards.history(scene.gig.id, scene.company)]
    assert told == [(1, HazardClass.H1), (2, HazardClass.H2)]
    states = {flag.id: flag.status for flag in db.session.scalars(select(HazardFlag))}
    assert states == {made.id: FlagStatus.UPHELD, other.id: FlagStatus.OPEN}


def test_an_operator_dismisses_with_an_answer(scene: Scene) -> None:
    booking = willing(scene)
    me = accounts.actor_of(booking.contractor_id)
    made = flags.flag(booking.id, HazardCategory.HATE, "Slurs.", by=me)
    with pytest.raises(NotFound):
        flags.dismiss(made.id, "No.", by=me)
    both = replace(accounts.operator(OperatorRole.STANDARDS), companies=scene.company.companies)
    with pytest.raises(OwnCompany):
        flags.dismiss(made.id, "No.", by=both)
    answered = flags.dismiss(made.id, "It quotes a newspaper.", by=accounts.operator(OperatorRole.STANDARDS))
    assert (answered.status, answered.note.answer) == (FlagStatus.DISMISSED, "It quotes a newspaper.")


def sent(booking: Booking, *presses: tuple[Press, timedelta]) -> None:
    """A device of the person, which had no network, sends now what was pressed so long after the start."""
    start = booking.starts_at
    kept = [taps.Tap(uuid4(), booking.id, press, start + after) for press, after in presses]
    taps.send(kept, clock.now(), by=accounts.actor_of(booking.contractor_id))


def test_whoever_was_missed_and_had_worked_is_paid_in_the_class_that_was_raised_meanwhile(app: Flask) -> None:
    """Five hours at 15.00 in H1, without network from the start: a job takes the person for a no-show, and after two
    hours the gig becomes H2. The phone says later that they worked 200 minutes: 50.00 wages and, since no minute of H2
    is without it, 25 % on all of them, 12.50. Held again is what the whole shift costs in H2, 103.75 and not 84.25."""
    with transaction():
        scene = mild()
        booking, other = willing(scene), willing(scene)
        begin(other)
        at(booking.starts_at + HOUR / 2)
        assert attendance.mark_no_shows() == 1
        at(booking.starts_at + 2 * HOUR)
        flags.flag(other.id, HazardCategory.HATE, "Slurs.", by=accounts.actor_of(other.contractor_id))
        raised = to_h2(scene)
        assert (raised.repriced, raised.held) == ([other.id], usd("19.50")), "nothing is held for a seat that is missed"
        at(booking.starts_at + 5 * HOUR)
        sent(booking, (Press.CLOCK_IN, 0 * HOUR), (Press.CLOCK_OUT, HOUR * 10 / 3))
        assert (booking.hazard_class, booking.held) == (HazardClass.H2, usd("103.75"))
        assert books.balance(booking.hold_account, "USD") == usd("103.75")
        pay.approved(scene, booking)
    pay.paid()
    lines = db.session.scalars(select(PayLine).where(PayLine.booking_id == booking.id))
    paid = {line.kind: (line.seconds // 60, line.money) for line in lines}
    assert paid[LineKind.WAGES] == (200, usd("50.00"))
    assert paid[LineKind.HAZARD_PREMIUM] == (200, usd("12.50"))
    assert holds() == []


def test_a_missed_shift_before_the_first_flag_keeps_its_class(scene: Scene) -> None:
    scene = mild()
    booking = willing(scene)
    at(booking.starts_at + HOUR)
    attendance.mark_no_shows()
    at(booking.ends_at + HOUR)
    to_h2(scene)
    assert (booking.hazard_class, booking.held) == (HazardClass.H1, usd("84.25"))


def test_who_works_without_network_what_they_have_not_agreed_to_stops_once_it_is_known(scene: Scene) -> None:
    """Consent to insults in H1 is none to hate in H2. The phone is heard of after three of five hours: the clock ends
    there, and the two that are left are paid."""
    scene = mild()
    ana = make.contracted(scene)
    make.consent(ana, "insults", HazardClass.H1)
    booking = make.booked(scene, ana, hours=5)
    at(booking.starts_at + HOUR / 2)
    attendance.mark_no_shows()
    at(booking.starts_at + 2 * HOUR)
    to_h2(scene)
    at(booking.starts_at + 3 * HOUR)
    sent(booking, (Press.CLOCK_IN, 0 * HOUR))
    assert (booking.status, booking.hazard_class) == (BookingStatus.WORKED, HazardClass.H2)
    assert (booking.compensation_minutes, booking.compensation_rule) == (120, CompensationRule.HAZARD)
    line = db.session.scalars(select(TimesheetLine).where(TimesheetLine.booking_id == booking.id)).one()
    assert (line.work_minutes, line.flags) == (180, [EntryFlag.CLAIMED, EntryFlag.CLASS_RAISED])
