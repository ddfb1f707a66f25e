"""More people are asked than seats are open: yeses are collected, and the order of the points decides (rule RACE)."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.accounts.rules import CLOCK, Actor
from marketplace.core import clock
from marketplace.core.db import db, transaction
from marketplace.core.events import timeline
from marketplace.core.lifecycle import WrongState
from marketplace.core.money import Money
from marketplace.gigs import funding
from marketplace.ledger import queries as books
from marketplace.matching import deciding, service
from marketplace.shifts import offers, scheduling
from marketplace.shifts.models import Booking, Offer
from marketplace.shifts.rules import BookingStatus, OfferStatus, YesIsCollected
from marketplace.shifts.shortage import OUT
from marketplace.standards.offer import PaymentModel
from marketplace.workforce.calendar import Window
from marketplace.workforce.models import Contractor
from tests.factories import accounts
from tests.factories import shifts as make
from tests.factories.shifts import MONDAY, Scene


def me(person: Contractor) -> Actor:
    return accounts.actor_of(person.id)


def say_yes(asked: list[Offer]) -> None:
    for offer in asked:
        assert offers.say_yes(offer.id, by=accounts.actor_of(offer.contractor_id)) is offer
        assert offer.status is OfferStatus.COLLECTED


def seated() -> set[object]:
    return set(db.session.scalars(select(Booking.contractor_id).where(Booking.status == BookingStatus.BOOKED)))


def test_three_of_five_yeses_and_the_fastest_is_not_among_them(scene: Scene) -> None:
    """Availability 30 x 100, 50 or 0, band 30 x 90 (4 of 40 chosen hours), spread 20 x 100: 7700, 6200 or 4700. Each
    seat of four hours at 15.00 USD holds 60.00, 2.40 for health, 2.00 of leave and the fee of 3.00."""
    nights, late = (make.contracted(scene, windows=[Window(0, 0, 300)]) for _ in range(2))
    free, also = (make.contracted(scene) for _ in range(2))
    unsaid = make.contracted(scene, windows=[])
    shift = make.shift(scene, seats=3)
    asked = make.asked(scene, shift, [nights, free, unsaid, also, late])
    assert {offer.expires_at for offer in asked} == {clock.now() + timedelta(days=1)}
    with pytest.raises(YesIsCollected):
        offers.accept(asked[0].id, by=me(nights))
    say_yes(asked[:4])
    assert (deciding.decide_due(), shift.seats_taken) == (0, 0)
    say_yes(asked[4:])
    assert (deciding.decide_due(), shift.seats_taken) == (1, 3)
    assert seated() == {free.id, also.id, unsaid.id}
    decisions = [offer.decision or {} for offer in asked]
    assert [each["chosen"] for each in decisions] == [False, True, True, True, False]
    assert sorted(each["place"] for each in decisions) == [1, 2, 3, 4, 5]
    lost = decisions[0]
    assert (lost["because"], lost["of"], lost["seats"], lost["cutoff"]) == ("place", 5, 3, 6200)
    assert lost["points"]["score"] == sum(part["points"] * part["weight"] for part in lost["points"]["parts"]) == 4700
    assert {books.balance(b.hold_account, "USD") for b in db.session.scalars(select(Booking))} == {Money(6740, "USD")}
    assert deciding.decide_due() == 0


def test_a_seat_that_is_promised_to_somebody_alone_stays_theirs(scene: Scene) -> None:
    ana = make.contracted(scene, windows=[])
    shift = make.shift(scene, seats=2)
    alone = make.offered(scene, shift, ana)
    asked = make.asked(scene, shift, [make.contracted(scene) for _ in range(2)])
    assert [alone.collects, *(offer.collects for offer in asked)] == [False, True, True]
    say_yes(asked)
    deciding.decide_due()
    assert [offer.status for offer in asked].count(OfferStatus.ACCEPTED) == 1
    assert offers.accept(alone.id, by=me(ana)).status is BookingStatus.BOOKED
    assert shift.seats_open == 0


def test_a_yes_is_taken_back_by_the_person_and_not_by_the_company(scene: Scene) -> None:
    ana, budi = make.contracted(scene), make.contracted(scene)
    asked = make.asked(scene, make.shift(scene), [ana, budi])
    say_yes(asked)
    with pytest.raises(WrongState):
        offers.withdraw(asked[0].id, by=scene.company)
    assert offers.decline(asked[0].id, by=me(ana)).status is OfferStatus.DECLINED
    deciding.decide_due()
    assert seated() == {budi.id}


def test_the_window_closes_on_those_who_have_not_answered(scene: Scene) -> None:
    ana, budi = make.contracted(scene), make.contracted(scene)
    asked = make.asked(scene, make.shift(scene), [ana, budi])
    say_yes(asked[:1])
    make.at(asked[0].expires_at - timedelta(seconds=1))
    assert deciding.decide_due() == 0
    make.at(asked[0].expires_at)
    assert (offers.expire_due(), deciding.decide_due()) == (1, 1)
    assert (seated(), asked[1].status) == ({ana.id}, OfferStatus.EXPIRED)


def test_whom_a_rule_keeps_out_by_then_is_told_which(scene: Scene) -> None:
    """Both of the first two said yes elsewhere meanwhile; the third has fewer points, and the seat."""
    first, second = make.contracted(scene), make.contracted(scene)
    third = make.contracted(scene, windows=[])
    asked = make.asked(scene, make.shift(scene), [first, second, third])
    say_yes(asked)
    elsewhere = make.shift(scene, MONDAY + timedelta(hours=2), seats=2)
    for person in (first, second):
        make.booked(scene, person, elsewhere)
    deciding.decide_due()
    assert asked[2].status is OfferStatus.ACCEPTED
    told = asked[0].decision or {}
    assert (told["because"], told["verdict"]["rule"], bool(told["verdict"]["remedy"])) == ("rule", "ONE_PLACE", True)


def test_money_for_one_seat_seats_one(scene: Scene) -> None:
    """The company hears of it once that is decided: to tell it locks the gig, for which no decision waits."""
    shift = make.shift(scene, seats=2)
    asked = make.asked(scene, shift, [make.contracted(scene) for _ in range(3)])
    say_yes(asked)
    left = books.balance(scene.gig.hold_account, "USD") - Money(6740, "USD")
    funding.hand_back(scene.gig.id, left, by=CLOCK)
    with transaction():
        deciding.decide_due()
        before = [event.name for event in timeline("gig", scene.gig.id)]
    after = [event.name for event in timeline("gig", scene.gig.id)]
    assert [names.count(OUT) for names in (before, after)] == [0, 1]
    assert shift.seats_taken == 1
    assert sorted((offer.decision or {})["because"] for offer in asked) == ["funds", "funds", "place"]


def test_pieces_that_a_seat_may_pay_are_part_of_the_money_that_it_needs(app: Flask) -> None:
    """Four hours at 15.00 and 40 pieces at 2.00 hold 154.60: 67.40 for the time, and 80.00, 3.20 to health and 4.00 fee
    for the pieces. The money of six such hours is that of one seat and a half, so one of three yeses gets one."""
    there = make.scene(
        minutes=360, payment_model=PaymentModel.HYBRID, piece_price=Money.of("2.00", "USD"), most_pieces=10
    )
    asked = make.asked(there, make.shift(there, seats=2), [make.contracted(there) for _ in range(3)])
    say_yes(asked)
    assert deciding.decide_due() == 1
    assert sorted((offer.decision or {})["because"] for offer in asked) == ["funds", "funds", "place"]
    assert len(seated()) == 1


def test_a_shift_that_is_not_held_takes_every_yes_with_it(scene: Scene) -> None:
    shift = make.shift(scene)
    asked = make.asked(scene, shift, [make.contracted(scene) for _ in range(2)])
    say_yes(asked)
    scheduling.cancel_shift(shift.id, Money.zero("USD"), "No data.", by=scene.company)
    assert {offer.status for offer in asked} == {OfferStatus.WITHDRAWN}
    assert deciding.decide_due() == 0


def test_who_was_not_chosen_can_be_asked_again(scene: Scene) -> None:
    ana, budi = make.contracted(scene), make.contracted(scene)
    shift = make.shift(scene)
    asked = make.asked(scene, shift, [ana, budi])
    say_yes(asked)
    deciding.decide_due()
    (booking,) = db.session.scalars(select(Booking))
    offers.release(booking.id, by=accounts.actor_of(booking.contractor_id))
    lost = budi if booking.contractor_id == ana.id else ana
    assert [offer.contractor_id for offer in service.match(shift.id, by=scene.company)] == [lost.id]
