"""Unlawful content: the gig ends, everybody in it is paid, and to whom it was reported is kept."""

from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.accounts.rules import OperatorRole
from marketplace.core.db import db
from marketplace.core.lifecycle import WrongState
from marketplace.core.money import Money
from marketplace.core.problems import Forbidden, NotFound
from marketplace.gigs.models import Gig
from marketplace.gigs.rules import GigStatus
from marketplace.ledger import queries as books
from marketplace.shifts import attendance, flags, raising, scheduling
from marketplace.shifts.hazard_models import HazardFlag
from marketplace.shifts.hazard_rules import FlagStatus, NotUnlawful
from marketplace.shifts.models import Booking
from marketplace.shifts.rules import BookingStatus, OfferStatus
from marketplace.shifts.timesheet_rules import CompensationRule
from marketplace.standards.hazard import HazardCategory, HazardClass
from tests.factories import accounts, gigs
from tests.factories import shifts as make
from tests.factories.shifts import MONDAY, Scene
from tests.pay.books import everything_holds

WORDS = ("Thank you. Nobody sees it any more.", "the national hotline", "2026-0042")
HOUR = timedelta(hours=1)


@pytest.fixture
def scene(app: Flask) -> Scene:
    scene = make.scene()
    gigs.money_for(scene.company_id, Money.of("500.00", "USD"))
    return scene


def flagged(scene: Scene, category: HazardCategory = HazardCategory.CHILD_ABUSE) -> HazardFlag:
    """Somebody has worked for two of five hours, and says what they saw."""
    booking = make.booked(scene, hours=5)
    make.at(booking.starts_at)
    me = accounts.actor_of(booking.contractor_id)
    attendance.clock_in(booking.id, by=me)
    make.at(booking.starts_at + 2 * HOUR)
    return flags.flag(booking.id, category, "It came twice.", by=me)


def test_everybody_stops_and_is_paid_and_the_gig_is_closed(scene: Scene) -> None:
    """Two of five hours were worked: the other three are paid as neutral hours, and the two earn the premium of H3. A
    seat 46 hours ahead is owed half of its call-in minimum of 120 minutes. What nobody needs goes back."""
    later = make.booked(scene, starts_at=MONDAY + timedelta(days=2))
    other = make.offered(scene, make.shift(scene, starts_at=MONDAY + timedelta(days=3)), make.contracted(scene))
    flag = flagged(scene)
    done = raising.stop_unlawful(flag.id, *WORDS, by=accounts.operator(OperatorRole.STANDARDS))
    gig = db.session.get_one(Gig, scene.gig.id)
    assert (done.status, gig.status, gig.hazard_class) == (FlagStatus.REPORTED, GigStatus.CLOSED, HazardClass.H3)
    assert done.report is not None
    assert (done.note.answer, done.report.reported_to, done.report.reference) == WORDS
    working = db.session.get_one(Booking, flag.booking_id)
    assert (working.status, working.hazard_class) == (BookingStatus.WORKED, HazardClass.H3)
    assert (working.compensation_minutes, working.compensation_rule) == (180, CompensationRule.HAZARD)
    assert (later.status, later.compensation_minutes) == (BookingStatus.TAKEN_OUT, 60)
    db.session.refresh(other)
    assert other.status is OfferStatus.WITHDRAWN
    assert books.balance(gig.hold_account, "USD") == Money.zero("USD")
    everything_holds()


def test_whoever_is_trained_for_it_stops_too(scene: Scene) -> None:
    """Training pays no premium of what it does not show. It pays the rest of its hours, and half a call-in minimum."""

    def trained(starts_at: datetime) -> Booking:
        whom = make.contracted(scene)
        until = starts_at + timedelta(hours=4)
        shift = scheduling.schedule(scene.gig.id, starts_at, until, make.ZONE, 1, training=True, by=scene.company)
        return make.accepted(make.offered(scene, shift, whom))

    now, later = trained(MONDAY), trained(MONDAY + timedelta(days=2))
    flag = flagged(scene)
    make.at(MONDAY + HOUR)
    attendance.clock_in(now.id, by=accounts.actor_of(now.contractor_id))
    make.at(MONDAY + 2 * HOUR)
    raising.stop_unlawful(flag.id, *WORDS, by=accounts.operator(OperatorRole.STANDARDS))
    assert (now.status, now.hazard_class, now.compensation_rule) == ("worked", HazardClass.H0, CompensationRule.HAZARD)
    assert (later.status, later.compensation_minutes) == (BookingStatus.TAKEN_OUT, 60)
    everything_holds()


def test_flags_of_the_same_are_answered_together_and_others_stay_open(scene: Scene) -> None:
    flag = flagged(scene)
    me = accounts.actor_of(flag.contractor_id)
    alike = flags.flag(flag.booking_id, HazardCategory.UNLAWFUL, "And a forged passport.", by=me)
    lawful = flags.flag(flag.booking_id, HazardCategory.HATE, "Slurs.", by=me)
    raising.stop_unlawful(flag.id, *WORDS, by=accounts.operator(OperatorRole.STANDARDS))
    states = {row.id: row.status for row in db.session.scalars(select(HazardFlag))}
    assert states == {flag.id: FlagStatus.REPORTED, alike.id: FlagStatus.REPORTED, lawful.id: FlagStatus.OPEN}


def test_lawful_content_closes_nothing_and_a_flag_is_answered_once(scene: Scene) -> None:
    operator = accounts.operator(OperatorRole.STANDARDS)
    lawful = flagged(scene, HazardCategory.HATE)
    with pytest.raises(NotUnlawful):
        raising.stop_unlawful(lawful.id, *WORDS, by=operator)
    me = accounts.actor_of(lawful.contractor_id)
    found = flags.flag(lawful.booking_id, HazardCategory.UNLAWFUL, "A forged passport.", by=me)
    flags.dismiss(found.id, "It is a specimen.", by=operator)
    with pytest.raises(WrongState):
        raising.stop_unlawful(found.id, *WORDS, by=operator)


def test_only_operators_of_standards_answer_flags(scene: Scene) -> None:
    flag = flagged(scene)
    with pytest.raises(NotFound):
        raising.stop_unlawful(flag.id, *WORDS, by=scene.company)
    finance = accounts.operator(OperatorRole.FINANCE)
    with pytest.raises(Forbidden):
        raising.stop_unlawful(flag.id, *WORDS, by=finance)
    with pytest.raises(Forbidden):
        flags.dismiss(flag.id, "No.", by=finance)
    with pytest.raises(Forbidden):
        raising.raise_class(flag.gig_id, HazardClass.H2, ["hate"], by=finance)
