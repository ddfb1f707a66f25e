"""Cover and swap: seats that go from one person to another, with the rules, the money and the week in order."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from jobs import checks
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import Event
from marketplace.core.lifecycle import WrongState
from marketplace.core.money import Money
from marketplace.core.problems import NotFound
from marketplace.gigs.rules import hold_account as gig_hold
from marketplace.ledger import queries as books
from marketplace.matching import facts
from marketplace.shifts import attendance, feeds, handover_codes, handovers, offers, queries, scheduling, sick
from marketplace.shifts import handover_queries as reads
from marketplace.shifts.handover_rules import (
    MOST_ASKED,
    AskedAlready,
    AskedTooOften,
    BadHandover,
    HandoverGone,
    HandoverKind,
    HandoverStatus,
    ProposalStatus,
    TermsChanged,
)
from marketplace.shifts.models import Booking, Offer, Shift
from marketplace.shifts.rules import BookingStatus, DoubleBooked, NotEligible, OfferStatus, ShiftBegun
from marketplace.workforce.models import Contractor
from tests.conftest import again, kept
from tests.factories import accounts
from tests.factories import handovers as handing
from tests.factories import shifts as make
from tests.factories.shifts import MONDAY, WEDNESDAY, Scene

COVER, SWAP = HandoverKind.COVER, HandoverKind.SWAP
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Two:
    """Two people under contract: Ana is booked on Monday, Bea on Tuesday, each in a shift of one seat."""

    ana: Contractor
    bea: Contractor
    monday: Booking
    tuesday: Booking


@pytest.fixture(scope="module")
def _scene(ground: None) -> Scene:
    return kept(lambda: make.scene(pilot=True, minutes=6000))


@pytest.fixture(scope="module")
def _two(_scene: Scene) -> Two:
    def made() -> Two:
        scene = again(_scene)
        ana, bea = make.contracted(scene), make.contracted(scene)
        return Two(ana, bea, make.booked(scene, ana), make.booked(scene, bea, starts_at=MONDAY + DAY))

    return kept(made)


@pytest.fixture
def two(_two: Two, scene: Scene) -> Two:
    make.at(WEDNESDAY + HOUR)  # What was made on the module's ground lies behind everybody.
    return again(_two)


def me(person: Contractor) -> Any:
    return accounts.actor_of(person.id)


def held(scene: Scene) -> dict[str, Money]:
    """What the gig and every booking hold."""
    bookings = db.session.scalars(select(Booking)).all()
    accounts_ = [gig_hold(scene.gig.id), *(booking.hold_account for booking in bookings)]
    return {name: books.balance(name, "USD") for name in accounts_}


def test_a_cover_hands_over_seat_and_money_at_the_takers_own_terms(scene: Scene) -> None:
    """Four hours at 15.00 are 60.00 for either. Bea works at her own terms: from her 41st hour of the week on she earns
    half as much again (Kansas pays overtime after 40 hours), which leaves 36 to 40 to the common rate."""
    ana, bea = make.contracted(scene), make.contracted(scene)
    for day in range(4):
        make.booked(scene, bea, starts_at=MONDAY + day * DAY, hours=9.5)
    friday = make.booked(scene, ana, starts_at=MONDAY + 4 * DAY)
    before = held(scene)
    found = handovers.ask(friday.id, COVER, by=me(ana))
    shown = reads.shown(found.id, seen_by=me(bea)).look
    assert shown is not None
    assert shown.terms is not None
    # 38 hours are booked: two of the four come at the rate, two at half as much again: 30.00 + 45.00.
    assert (shown.terms["pay"], shown.terms["overtime_minutes"]) == ({"amount": "75.00", "currency": "USD"}, 120)
    assert {"hazards", "benefits", "contract_version_id", "cancellation"} <= shown.terms.keys()
    hers = handing.taken(found, bea.id)
    assert (friday.status, hers.status, found.status) == ("handed_over", "booked", "taken")
    shift = db.session.get_one(Shift, friday.shift_id)
    assert (shift.seats, shift.seats_taken, hers.shift_id) == (1, 1, shift.id)
    after = held(scene)
    assert after[friday.hold_account] == Money.zero("USD")
    assert after[hers.hold_account] == hers.held > friday.held
    assert sum(each.amount for each in after.values()) == sum(each.amount for each in before.values())
    assert db.session.get_one(Offer, hers.offer_id).terms_sha256 == shown.terms_sha256
    assert checks.miscounted_shifts() == checks.overlapping_bookings() == []
    # Taking it twice is taking it once, and nobody else can any more.
    assert handovers.take(found.id, "", by=me(bea)) is hers
    with pytest.raises(HandoverGone):
        handovers.take(found.id, "", by=me(make.contracted(scene)))


def test_nothing_harms_whoever_hands_a_seat_over(scene: Scene, two: Two) -> None:
    found = handovers.ask(two.monday.id, COVER, by=me(two.ana))
    handing.taken(found, two.bea.id)
    made = db.session.scalars(select(Offer).where(Offer.status == OfferStatus.ACCEPTED)).all()
    assert BookingStatus.HANDED_OVER not in queries.COUNTS_AS_WORKED
    # Of what is read about people for their points it is no part; and of three yeses only the two to the company count.
    answers = facts.answers_of([scene.gig.work_kind], clock.now())[scene.gig.work_kind]
    assert (len(made), sum(each.yeses for each in answers.values())) == (3, 2)
    assert two.monday.compensation_minutes == 0
    assert two.monday.off_at == clock.now()


def test_every_rule_of_a_yes_is_asked_of_whoever_takes_it(scene: Scene, two: Two) -> None:
    found = handovers.ask(two.monday.id, COVER, by=me(two.ana))
    busy = make.contracted(scene)
    make.booked(scene, busy, starts_at=MONDAY + HOUR)
    with pytest.raises(DoubleBooked):
        handing.taken(found, busy.id)
    tired = make.contracted(scene)
    make.booked(scene, tired, starts_at=MONDAY - 12 * HOUR, hours=6)
    assert reads.shown(found.id, seen_by=me(tired)).look.verdict.rule == "REST"  # type: ignore[union-attr]
    with pytest.raises(NotEligible):
        handing.taken(found, tired.id)
    with pytest.raises(BadHandover):
        handovers.take(found.id, "", by=me(two.ana))
    assert (found.status, two.monday.status) == ("open", "booked")
    assert [each.handover for each in reads.takeable(10, seen_by=me(two.bea))] == [found]
    assert reads.takeable(10, seen_by=me(tired)) == []
    # Whoever has no contract with the company is not told that there is anything.
    with pytest.raises(NotFound):
        handing.taken(found, make.contracted(make.scene()).id)


def test_whoever_saw_other_terms_is_asked_again(two: Two) -> None:
    found = handovers.ask(two.monday.id, COVER, by=me(two.ana))
    with pytest.raises(TermsChanged):
        handovers.take(found.id, "0" * 64, by=me(two.bea))
    assert two.monday.status is BookingStatus.BOOKED


def test_until_it_is_taken_whoever_asks_is_booked(two: Two) -> None:
    by = me(two.ana)
    found = handovers.ask(two.monday.id, COVER, by=by)
    assert handovers.ask(two.monday.id, COVER, by=by) is found
    with pytest.raises(AskedAlready):
        handovers.ask(two.monday.id, SWAP, by=by)
    assert handovers.end(found.id, by=by).status is HandoverStatus.WITHDRAWN
    assert handovers.end(found.id, by=by) is found
    with pytest.raises(HandoverGone):
        handovers.take(found.id, "", by=me(two.bea))
    later = handovers.ask(two.monday.id, COVER, by=by)
    make.at(MONDAY)
    attendance.clock_in(two.monday.id, by=by)
    with pytest.raises(HandoverGone):
        handovers.take(later.id, "", by=me(two.bea))
    assert handovers.end_due() == 1
    assert later.status is HandoverStatus.ENDED
    assert handovers.end_due() == 0
    with pytest.raises(WrongState):
        handovers.ask(two.monday.id, COVER, by=by)


def test_a_request_ends_when_its_shift_begins(two: Two) -> None:
    found = handovers.ask(two.monday.id, COVER, by=me(two.ana))
    make.at(MONDAY - timedelta(seconds=1))
    agreed = handing.terms(found.id, two.bea.id)
    make.at(MONDAY)
    with pytest.raises(ShiftBegun):
        handovers.take(found.id, agreed, by=me(two.bea))
    with pytest.raises(ShiftBegun):
        handovers.ask(two.monday.id, COVER, by=me(two.ana))
    assert handovers.end_due() == 1


def test_a_code_names_one_person_and_tells_nobody_who_is_here(scene: Scene, two: Two) -> None:
    hers = handover_codes.new_code(by=me(two.bea))
    found = handovers.ask(two.monday.id, COVER, f"{hers.code[:4]}-{hers.code[4:].lower()}", by=me(two.ana))
    assert (found.asked_id, found.named) == (two.bea.id, True)
    assert list(db.session.scalars(reads.asked_of(seen_by=me(two.bea)))) == [found]
    with pytest.raises(NotFound):
        reads.shown(found.id, seen_by=me(make.contracted(scene)))
    assert handovers.end(found.id, by=me(two.bea)).status is HandoverStatus.REFUSED
    with pytest.raises(AskedAlready):
        handovers.ask(two.monday.id, COVER, hers.code, by=me(two.ana))
    # A code that is nobody's is answered like one that is somebody's.
    nobodys = handovers.ask(two.monday.id, COVER, "AAAA-2222", by=me(two.ana))
    assert (nobodys.status, nobodys.named, nobodys.asked_id) == ("open", True, None)
    for other in ("BBBB-2222", hers.code):
        with pytest.raises(AskedAlready):
            handovers.ask(two.monday.id, COVER, other, by=me(two.ana))
    for bad in ("AAAA", handover_codes.new_code(by=me(two.ana)).code):
        with pytest.raises(BadHandover):
            handovers.ask(two.monday.id, COVER, bad, by=me(two.ana))
    handovers.end(nobodys.id, by=me(two.ana))
    old = hers.code
    assert handover_codes.new_code(by=me(two.bea)).code != old
    assert handover_codes.mine(by=me(two.bea)) is hers
    assert handovers.ask(two.monday.id, COVER, old, by=me(two.ana)).asked_id is None


def test_nobody_tries_codes_all_day(two: Two) -> None:
    for number in range(MOST_ASKED):
        code = f"AAAAAA{'ABCDEFGHJK'[number // 10]}{'ABCDEFGHJK'[number % 10]}"
        handovers.end(handovers.ask(two.monday.id, COVER, code, by=me(two.ana)).id, by=me(two.ana))
    with pytest.raises(AskedTooOften):
        handovers.ask(two.monday.id, COVER, "BBBBBBBB", by=me(two.ana))
    assert handovers.ask(two.monday.id, COVER, by=me(two.ana)).status is HandoverStatus.OPEN


def test_a_swap_ends_two_bookings_and_begins_two(scene: Scene, two: Two) -> None:
    """Ana and Bea change Monday for Tuesday. Each sees what they would get with their own shift given, and both are
    asked every rule for the week as it is then."""
    found = handovers.ask(two.monday.id, SWAP, by=me(two.ana))
    with pytest.raises(BadHandover):
        handovers.take(found.id, handing.terms(found.id, two.bea.id), by=me(two.bea))
    given = handing.proposed(found, two.tuesday)
    assert handing.proposed(found, two.tuesday) is given
    assert list(db.session.scalars(reads.offered_for_mine(seen_by=me(two.ana)))) == [given]
    other = make.contracted(scene)
    third = handing.proposed(found, make.booked(scene, other, starts_at=MONDAY + 2 * DAY))
    before = held(scene)
    mine = handing.accepted(given)
    assert handovers.accept(given.id, "", by=me(two.ana)) is mine
    hers = db.session.get_one(Booking, found.new_booking_id)
    assert (mine.shift_id, hers.shift_id) == (two.tuesday.shift_id, two.monday.shift_id)
    assert (mine.contractor_id, hers.contractor_id) == (two.ana.id, two.bea.id)
    assert {two.monday.status, two.tuesday.status} == {BookingStatus.HANDED_OVER}
    assert (found.status, given.status, third.status) == ("taken", "accepted", "ended")
    assert sum(each.amount for each in held(scene).values()) == sum(each.amount for each in before.values())
    assert checks.miscounted_shifts() == []
    # A calendar program takes the one away and shows the other.
    calendar = feeds.show(feeds.make(by=me(two.ana)).address.rpartition("/")[2]).content.decode()
    assert (calendar.count("STATUS:CANCELLED"), calendar.count("STATUS:CONFIRMED")) == (1, 1)
    told = reads.changes(two.monday.shift_id, seen_by=scene.company)
    assert [(each.former_id, each.present_id, each.kind) for each in told] == [(two.ana.id, two.bea.id, "swap")]
    # Both sides are told; of a request no event speaks to the company.
    words = select(Event.name).where(Event.about.contains([f"shift:{two.monday.shift_id}"]))
    assert {"booking.handed_over", "offer.taken_over"} <= set(db.session.scalars(words))
    assert not {"handover.asked", "swap_proposal.made"} & set(db.session.scalars(words))


def test_two_shifts_at_one_time_can_be_swapped(scene: Scene, two: Two) -> None:
    """What each gives is out of the way before they take the other: an hour apart, the two shifts overlap."""
    late = make.booked(scene, starts_at=MONDAY + HOUR)
    their = db.session.get_one(Contractor, late.contractor_id)
    found = handovers.ask(two.monday.id, SWAP, by=me(two.ana))
    # Without a shift in return the time is taken.
    assert reads.shown(found.id, seen_by=me(their)).look.verdict.rule == "ONE_PLACE"  # type: ignore[union-attr]
    assert handing.accepted(handing.proposed(found, late)).shift_id == late.shift_id
    assert checks.overlapping_bookings() == []


def test_a_swap_is_judged_for_the_week_as_it_is_afterwards(scene: Scene) -> None:
    """Ana has 44 hours and swaps four of them for four others: 44 again. She may not have eight for four."""
    ana, bea = make.contracted(scene), make.contracted(scene)
    for day in range(4):
        make.booked(scene, ana, starts_at=MONDAY + day * DAY, hours=10)
    mine = make.booked(scene, ana, starts_at=MONDAY + 4 * DAY)
    short = make.booked(scene, bea, starts_at=MONDAY + 5 * DAY)
    long = make.booked(scene, bea, starts_at=MONDAY + 6 * DAY, hours=9)
    found = handovers.ask(mine.id, SWAP, by=me(ana))
    with pytest.raises(NotEligible) as refused:
        handovers.accept(handing.proposed(found, long).id, "", by=me(ana))
    assert refused.value.members["verdict"]["rule"] == "WEEK"
    assert handing.accepted(handing.proposed(found, short)).shift_id == short.shift_id


def test_a_no_and_what_is_taken_back(two: Two) -> None:
    found = handovers.ask(two.monday.id, SWAP, by=me(two.ana))
    given = handing.proposed(found, two.tuesday)
    assert handovers.decline(given.id, by=me(two.ana)).status is ProposalStatus.DECLINED
    assert handovers.decline(given.id, by=me(two.ana)) is given
    with pytest.raises(HandoverGone):
        handovers.accept(given.id, "", by=me(two.ana))
    back = handing.proposed(found, two.tuesday)
    assert handovers.decline(back.id, by=me(two.bea)).status is ProposalStatus.WITHDRAWN
    last = handing.proposed(found, two.tuesday)
    with pytest.raises(NotFound):
        handovers.accept(last.id, "", by=me(two.bea))
    offers.release(two.tuesday.id, by=me(two.bea))
    with pytest.raises(HandoverGone):
        handovers.accept(last.id, "", by=me(two.ana))
    assert handovers.end_due() == 1
    assert (last.status, found.status) == ("ended", "open")


def test_an_offer_of_the_same_shift_is_gone_with_a_cover(scene: Scene, two: Two) -> None:
    shift = make.shift(scene, MONDAY + 2 * DAY, seats=2)
    hers = make.booked(scene, two.ana, shift)
    offered = make.offered(scene, shift, two.bea)
    mine = handing.taken(handing.asked(hers), two.bea.id)
    assert (offered.status, shift.seats_taken) == (OfferStatus.WITHDRAWN, 1)
    assert sick.report_sick(mine.id, by=me(two.bea)).status is BookingStatus.SICK
    assert shift.seats_taken == 0


def test_what_was_cancelled_is_not_to_be_taken(scene: Scene, two: Two) -> None:
    found = handovers.ask(two.monday.id, COVER, by=me(two.ana))
    agreed = handing.terms(found.id, two.bea.id)
    scheduling.cancel_shift(two.monday.shift_id, Money.of("1000", "USD"), "no data", by=scene.company)
    with pytest.raises(HandoverGone):
        handovers.take(found.id, agreed, by=me(two.bea))
    assert handovers.end_due() == 1
