"""From an offer to a booking: what is shown, what is held, and every reason for a no."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Flask

from marketplace.accounts.rules import Actor
from marketplace.core.events import timeline
from marketplace.core.lifecycle import WrongState
from marketplace.core.money import Money
from marketplace.core.problems import NotFound
from marketplace.gigs import service as gigs
from marketplace.gigs.rules import hold_account as gig_hold
from marketplace.ledger import queries as books
from marketplace.shifts import offers
from marketplace.shifts.rules import (
    BadOffer,
    BookingStatus,
    DoubleBooked,
    GigNotOpen,
    GigOutOfFunds,
    NotEligible,
    OfferGone,
    OfferStatus,
    SeatsGone,
    ShiftBegun,
)
from marketplace.shifts.terms import digest
from marketplace.standards.rules import HazardCategory, HazardClass
from marketplace.workforce.models import Contractor
from tests.factories import accounts, workforce
from tests.factories import shifts as make
from tests.factories.shifts import MONDAY, Scene

Statements = Callable[[], AbstractContextManager[list[str]]]


def me(person: Contractor) -> Actor:
    return accounts.actor_of(person.id)


def usd(text: str) -> Money:
    return Money.of(text, "USD")


def test_an_offer_shows_everything_before_the_yes(scene: Scene) -> None:
    ana = make.contracted(scene)
    offer = make.offered(scene, make.shift(scene), ana)
    assert offer.terms["rate"] == {"amount": "15.00", "currency": "USD"}
    assert offer.terms["pay"] == {"amount": "60.00", "currency": "USD"}
    assert offer.terms["company_cost"] == {"amount": "67.40", "currency": "USD"}
    assert offer.terms["scheduled_minutes"] == 240
    assert [(line["kind"], line["amount"]) for line in offer.terms["benefits"]] == [
        ("sick_accrual", "2.00"),
        ("health_contribution", "2.40"),
    ]
    assert offer.terms["cancellation"] == [
        {"hours_before": 24, "minutes_paid": 120},
        {"hours_before": 72, "minutes_paid": 60},
    ]
    assert offer.terms["hazards"]["class"] == "H0"
    assert offer.terms["why"] == {"by": "hand"}
    assert offer.terms_sha256 == digest(offer.terms)
    assert digest(offer.terms | {"rate": {"amount": "15.01", "currency": "USD"}}) != offer.terms_sha256


def test_a_yes_takes_a_seat_and_holds_the_highest_cost(scene: Scene) -> None:
    ana = make.contracted(scene)
    shift = make.shift(scene, seats=2)
    before = books.balance(gig_hold(scene.gig.id), "USD")
    booking = offers.accept(make.offered(scene, shift, ana).id, by=me(ana))
    assert (booking.status, booking.held, booking.rate) == (BookingStatus.BOOKED, usd("67.40"), usd("15.00"))
    assert (booking.starts_at, booking.ends_at) == (shift.starts_at, shift.ends_at)
    assert (shift.seats_taken, shift.seats_open) == (1, 1)
    assert books.balance(booking.hold_account, "USD") == usd("67.40")
    assert books.balance(gig_hold(scene.gig.id), "USD") == before - usd("67.40")
    assert {event.name for event in timeline("shift", shift.id)} == {
        "shift.scheduled", "offer.made", "offer.accepted", "booking.made",
    }  # fmt: skip


def test_saying_yes_twice_is_saying_it_once(scene: Scene) -> None:
    ana = make.contracted(scene)
    shift = make.shift(scene, seats=2)
    offer = make.offered(scene, shift, ana)
    first = offers.accept(offer.id, by=me(ana))
    assert offers.accept(offer.id, by=me(ana)).id == first.id
    assert shift.seats_taken == 1


def test_the_last_seat_withdraws_the_other_offers(scene: Scene) -> None:
    ana, budi, cleo = (make.contracted(scene) for _ in range(3))
    shift = make.shift(scene, seats=2)
    asked = [make.offered(scene, shift, person) for person in (ana, budi, cleo)]
    offers.accept(asked[0].id, by=me(ana))
    assert asked[2].status is OfferStatus.PENDING
    offers.accept(asked[1].id, by=me(budi))
    assert asked[2].status is OfferStatus.WITHDRAWN
    with pytest.raises(SeatsGone) as late:
        offers.say_yes(asked[2].id, by=me(cleo))
    assert late.value.members["elsewhere"] == "/api/v1/offers?status=pending"


def test_a_full_shift_is_offered_to_nobody(scene: Scene) -> None:
    shift = make.shift(scene)
    make.booked(scene, shift=shift)
    with pytest.raises(SeatsGone):
        make.offered(scene, shift, make.contracted(scene))


def test_two_shifts_at_one_time_cannot_both_be_accepted(scene: Scene) -> None:
    ana = make.contracted(scene)
    one = make.offered(scene, make.shift(scene), ana)
    other = make.offered(scene, make.shift(scene, MONDAY + timedelta(hours=2)), ana)
    offers.accept(one.id, by=me(ana))
    with pytest.raises(DoubleBooked) as refused:
        offers.accept(other.id, by=me(ana))
    assert refused.value.status == 409


def test_what_became_of_a_person_since_the_offer_counts_at_the_yes(app: Flask) -> None:
    scene = make.scene(minutes=3420, pilot=True)
    ana = make.contracted(scene)
    week = [make.offered(scene, make.shift(scene, MONDAY + timedelta(days=day), 9.5), ana) for day in range(6)]
    for offer in week[:5]:
        offers.accept(offer.id, by=me(ana))
    with pytest.raises(NotEligible) as refused:
        offers.accept(week[5].id, by=me(ana))
    assert refused.value.members["verdict"]["rule"] == "WEEK"
    assert refused.value.members["verdict"]["inputs"]["minutes"] == "3420"
    assert refused.value.what_to_do


def test_overtime_is_promised_shown_and_held(app: Flask) -> None:
    scene = make.scene(minutes=2820, pilot=True)
    ana = make.contracted(scene)
    for day in range(4):
        make.booked(scene, ana, starts_at=MONDAY + timedelta(days=day), hours=9)
    offer = make.offered(scene, make.shift(scene, MONDAY + timedelta(days=4), 8), ana)
    assert offer.terms["overtime_minutes"] == 240
    # 8 h at 15.00 are 120.00, half the rate for the last 4 of them 30.00.
    assert offer.terms["pay"] == {"amount": "150.00", "currency": "USD"}
    booking = offers.accept(offer.id, by=me(ana))
    assert (booking.overtime_minutes, booking.overtime_percent) == (240, 150)
    assert str(booking.held.decimal) == offer.terms["company_cost"]["amount"]


def test_a_gig_without_money_makes_no_promise(app: Flask) -> None:
    scene = make.scene(minutes=240)
    ana, budi = make.contracted(scene), make.contracted(scene)
    shift = make.shift(scene, seats=2)
    asked = [make.offered(scene, shift, person) for person in (ana, budi)]
    offers.accept(asked[0].id, by=me(ana))
    with pytest.raises(GigOutOfFunds) as refused:
        offers.accept(asked[1].id, by=me(budi))
    assert refused.value.members["missing"] == "67.40 USD"


def test_a_person_without_a_contract_is_not_asked_and_told_why(scene: Scene) -> None:
    stranger = workforce.contractor()
    with pytest.raises(NotEligible) as refused:
        make.offered(scene, make.shift(scene), stranger)
    assert refused.value.members["verdict"]["rule"] == "CONTRACT"
    assert refused.value.members["contractor_id"] == str(stranger.id)


def test_distressing_work_is_offered_only_after_consent(app: Flask) -> None:
    scene = make.scene(
        minutes=480,
        rate=usd("20.00"),
        hazard_class=HazardClass.H2,
        hazard_categories=(HazardCategory.HATE,),
        title="Rude words",
    )
    ana = make.contracted(scene)
    shift = make.shift(scene, seats=2)
    with pytest.raises(NotEligible) as refused:
        make.offered(scene, shift, ana)
    assert refused.value.members["verdict"]["inputs"]["without_consent"] == "hate"
    make.consent(ana, "hate", HazardClass.H2)
    offer = make.offered(scene, shift, ana)
    assert offer.terms["hazards"] == {
        "class": "H2",
        "categories": ["hate"],
        "paid_break_minutes": 60,
        "caps_minutes": {"day": 240, "week": 1200},
    }
    assert offer.terms["pay"] == {"amount": "100.00", "currency": "USD"}


def test_nobody_is_asked_twice_at_a_time(scene: Scene) -> None:
    ana = make.contracted(scene)
    shift = make.shift(scene)
    first = make.offered(scene, shift, ana)
    again = offers.offer(shift.id, [(ana.id, {})], shift.starts_at, by=scene.company)
    assert (again, first.status) == ([], OfferStatus.PENDING)


@pytest.mark.parametrize("minutes", [0, -1, 5 * 24 * 60 + 181])
def test_an_offer_ends_in_the_future_and_before_its_shift_begins(scene: Scene, minutes: int) -> None:
    ana = make.contracted(scene)
    shift = make.shift(scene)
    with pytest.raises(BadOffer):
        offers.offer(
            shift.id, [(ana.id, {})], MONDAY - timedelta(days=5, hours=3) + timedelta(minutes=minutes), by=scene.company
        )


def test_an_offer_runs_out(scene: Scene) -> None:
    ana = make.contracted(scene)
    shift = make.shift(scene)
    (offer,) = offers.offer(shift.id, [(ana.id, {})], MONDAY - timedelta(days=1), by=scene.company)
    make.at(MONDAY - timedelta(days=1))
    with pytest.raises(OfferGone):
        offers.accept(offer.id, by=me(ana))
    assert (offers.expire_due(), offers.expire_due()) == (1, 0)
    assert offer.status is OfferStatus.EXPIRED


def test_a_no_is_a_no_and_a_new_offer_may_follow(scene: Scene) -> None:
    ana = make.contracted(scene)
    shift = make.shift(scene)
    offer = make.offered(scene, shift, ana)
    assert offers.decline(offer.id, by=me(ana)).status is OfferStatus.DECLINED
    assert offers.decline(offer.id, by=me(ana)).status is OfferStatus.DECLINED
    with pytest.raises(OfferGone):
        offers.accept(offer.id, by=me(ana))
    assert make.offered(scene, shift, ana).status is OfferStatus.PENDING


def test_the_company_withdraws_only_what_was_not_answered(scene: Scene) -> None:
    ana, budi = make.contracted(scene), make.contracted(scene)
    shift = make.shift(scene, seats=2)
    taken, open_ = make.offered(scene, shift, ana), make.offered(scene, shift, budi)
    offers.accept(taken.id, by=me(ana))
    assert offers.withdraw(open_.id, by=scene.company).status is OfferStatus.WITHDRAWN
    with pytest.raises(WrongState):
        offers.withdraw(taken.id, by=scene.company)


def test_a_paused_gig_offers_and_books_nothing(scene: Scene) -> None:
    ana = make.contracted(scene)
    shift = make.shift(scene)
    offer = make.offered(scene, shift, ana)
    gigs.pause(scene.gig.id, by=scene.company)
    with pytest.raises(GigNotOpen):
        offers.accept(offer.id, by=me(ana))
    with pytest.raises(GigNotOpen):
        offers.offer(shift.id, [(ana.id, {})], shift.starts_at, by=scene.company)


def test_after_the_start_nobody_is_asked_or_booked(scene: Scene) -> None:
    ana = make.contracted(scene)
    shift = make.shift(scene)
    offer = make.offered(scene, shift, ana)
    make.at(MONDAY)
    with pytest.raises(OfferGone):
        offers.accept(offer.id, by=me(ana))
    with pytest.raises(ShiftBegun):
        offers.offer(shift.id, [(ana.id, {})], MONDAY + timedelta(hours=1), by=scene.company)


def test_a_rate_that_rose_since_the_offer_is_paid(app: Flask) -> None:
    scene = make.scene(minutes=480)
    ana = make.contracted(scene)
    offer = make.offered(scene, make.shift(scene), ana)
    make.more_money(scene, usd("20.00"))
    gigs.raise_rate(scene.gig.id, usd("16.00"), by=scene.company)
    assert offers.accept(offer.id, by=me(ana)).rate == usd("16.00")


def test_a_seat_given_back_returns_time_and_money(scene: Scene) -> None:
    ana = make.contracted(scene)
    shift = make.shift(scene)
    before = books.balance(gig_hold(scene.gig.id), "USD")
    booking = make.booked(scene, ana, shift)
    assert offers.release(booking.id, by=me(ana)).status is BookingStatus.RELEASED
    assert offers.release(booking.id, by=me(ana)).status is BookingStatus.RELEASED
    assert (shift.seats_taken, books.balance(gig_hold(scene.gig.id), "USD")) == (0, before)
    assert books.balance(booking.hold_account, "USD") == usd("0")
    again = make.booked(scene, ana, shift)
    assert (again.id != booking.id, shift.seats_taken) == (True, 1)


def test_a_seat_is_not_given_back_once_the_shift_has_begun(scene: Scene) -> None:
    booking = make.booked(scene)
    make.at(MONDAY)
    with pytest.raises(ShiftBegun):
        offers.release(booking.id, by=accounts.actor_of(booking.contractor_id))


def test_offers_and_bookings_of_others_do_not_exist(scene: Scene) -> None:
    ana, budi = make.contracted(scene), make.contracted(scene)
    shift = make.shift(scene, seats=2)
    offer = make.offered(scene, shift, ana)
    booking = make.booked(scene, budi, shift)
    other = make.scene().company
    for verb, what, by in [
        (offers.accept, offer.id, me(budi)),
        (offers.decline, offer.id, me(budi)),
        (offers.withdraw, offer.id, other),
        (offers.release, booking.id, me(ana)),
        (offers.accept, uuid4(), me(ana)),
    ]:
        with pytest.raises(NotFound):
            verb(what, by=by)
    with pytest.raises(NotFound):
        offers.offer(shift.id, [(ana.id, {})], shift.starts_at, by=other)


def test_a_yes_takes_a_bounded_number_of_statements(scene: Scene, statements: Statements) -> None:
    people = [make.contracted(scene) for _ in range(3)]
    shift = make.shift(scene, seats=3)
    asked = [make.offered(scene, shift, person) for person in people]
    counts = []
    for offer, person in zip(asked, people, strict=True):
        by = me(person)
        with statements() as seen:
            offers.accept(offer.id, by=by)
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 24


def test_who_says_yes_to_several_at_once_is_judged_about_each_as_if_they_had_the_others(scene: Scene) -> None:
    """Two shifts of one evening and the next morning, eight hours apart: one of them alone would be allowed."""
    ana = make.contracted(scene)
    evening = make.shift(scene, MONDAY + timedelta(hours=8), hours=4)
    morning = make.shift(scene, MONDAY + timedelta(hours=20), hours=4)
    asked = [make.offered(scene, shift, ana) for shift in (evening, morning)]
    me = accounts.actor_of(ana.id)
    with pytest.raises(NotEligible) as refused:
        offers.say_yes_together({each.id: me for each in asked})
    assert refused.value.members["verdict"]["rule"] == "REST"
    assert [offer.status for offer in asked] == [OfferStatus.PENDING] * 2
    assert (evening.seats_taken, morning.seats_taken) == (0, 0)
