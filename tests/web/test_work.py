"""A contractor's offers, shifts and inbox, as forms that are filled in and links that are followed."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from marketplace.accounts import queries as people
from marketplace.accounts.rules import CLOCK
from marketplace.core.db import db
from marketplace.core.events import Event
from marketplace.matching import deciding
from marketplace.notices import service as notices
from marketplace.shifts import offers
from marketplace.shifts import queries as bookings
from marketplace.shifts.clock_rules import EntryKind
from marketplace.shifts.hours import CLOCK_IN_GRACE
from marketplace.shifts.models import Booking, Offer
from marketplace.shifts.rules import BookingStatus, OfferStatus
from tests.factories import accounts, shifts
from tests.factories.accounts import person_of
from tests.factories.shifts import MONDAY, Scene
from tests.web.visitor import Page, Visitor


@pytest.fixture
def offer(scene: Scene) -> Offer:
    return shifts.offered(scene, shifts.shift(scene), shifts.contracted(scene))


def test_an_offer_shows_what_is_promised_before_the_yes(visitor: Visitor, scene: Scene, offer: Offer) -> None:
    visitor.signed_in(person_of(offer.contractor_id))
    assert "An offer waits for your answer" in visitor.look("/work").words
    page = visitor.look(f"/work/offers/{offer.id}")
    for said in (
        "$60.00 USD",
        "$67.40 USD",
        "America/Chicago",
        "neutral (H0)",
        "sick leave $2.00 USD (8 min)",
        "health contribution $2.40 USD",
        "The company asked you by hand.",
        "Declining has no effect on later offers.",
        "less than 24 hours before: paid 2 h",
    ):
        assert said in page.words, said
    taken = visitor.hand_in(page, "/accept")
    assert "Accepted." in taken.words
    assert "$67.40 USD" in taken.words
    assert db.session.get_one(Offer, offer.id).status is OfferStatus.ACCEPTED


def test_an_offer_at_night_says_what_its_pay_is_the_sum_of(visitor: Visitor, scene: Scene) -> None:
    """Four hours from 21:00 on: 60.00 USD of wages, and 10 % more for the three after 22:00."""
    offer = shifts.offered(scene, shifts.shift(scene, MONDAY + timedelta(hours=12)), shifts.contracted(scene))
    words = visitor.signed_in(person_of(offer.contractor_id)).look(f"/work/offers/{offer.id}").words
    assert "$64.50 USD" in words
    assert "wages, 4 h × $15.00 USD an hour: $60.00 USD" in words
    assert "night premium, 3 h × $1.50 USD an hour: $4.50 USD" in words


def test_a_yes_that_is_collected_and_what_became_of_it(visitor: Visitor, scene: Scene) -> None:
    """Two are asked for one seat. The page says before the yes that nobody has to hurry, afterwards what decided."""
    shift = shifts.shift(scene, MONDAY + timedelta(days=1))
    asked = shifts.asked(scene, shift, [shifts.contracted(scene), shifts.contracted(scene, windows=[])])
    offers.say_yes(asked[0].id, by=people.actor_of(asked[0].contractor_id))
    visitor.signed_in(person_of(asked[1].contractor_id))
    assert "not who was first" in visitor.look(f"/work/offers/{asked[1].id}").words
    assert "Your yes is collected." in visitor.send(f"/work/offers/{asked[1].id}", "/accept").words
    assert "your yes is collected; decided by" in visitor.look("/work/offers").words
    deciding.decide_due()
    page = visitor.look(f"/work/offers/{asked[1].id}").words
    assert "The seats went to others" in page
    assert "2 people said yes; open seats: 1" in page
    assert "You have 6200 points; the last seat went to 7700." in page


def test_an_offer_is_declined_without_effect(visitor: Visitor, offer: Offer) -> None:
    visitor.signed_in(person_of(offer.contractor_id))
    page = visitor.send(f"/work/offers/{offer.id}", "/decline")
    assert "It has no effect on later offers." in page.words
    assert db.session.get_one(Offer, offer.id).status is OfferStatus.DECLINED


def test_an_offer_that_is_gone_says_so_on_its_page(visitor: Visitor, scene: Scene, offer: Offer) -> None:
    visitor.signed_in(person_of(offer.contractor_id))
    page = visitor.look(f"/work/offers/{offer.id}")
    offers.withdraw(offer.id, by=scene.company)
    gone = visitor.hand_in(page, "/accept")
    assert gone.status == 409
    assert "This offer is not open any more." in gone.words
    assert "Look at the other shifts that are open to you." in gone.words


def test_a_matched_offer_says_why_by_parts(visitor: Visitor, scene: Scene) -> None:
    ana = shifts.contracted(scene)
    reason = {
        "score": 7000,
        "rank": 1,
        "weights_version": 1,
        "parts": [
            {"part": "availability", "points": 100, "weight": 30},
            {"part": "spread", "points": 50, "weight": 20},
        ],
    }
    shift = shifts.shift(scene)
    (made_offer,) = offers.offer(shift.id, [(ana.id, reason)], shift.starts_at, by=scene.company)
    page = visitor.signed_in(person_of(ana.id)).look(f"/work/offers/{made_offer.id}")
    assert "Your place by points: 1." in page.words
    assert "it lies in the hours you want 100 of 100, weight 30" in page.words


def test_the_day_of_a_shift_is_one_large_button_after_another(visitor: Visitor, scene: Scene) -> None:
    booking = shifts.booked(scene)
    visitor.signed_in(person_of(booking.contractor_id))
    waiting = visitor.look("/work")
    assert "Your next shift" in waiting.words
    assert not waiting.offers("/clock-in")

    shifts.at(MONDAY)
    started = visitor.send("/work", "/clock-in")
    assert started.address == "/work"
    assert "Take your paid break" in started.words

    shifts.at(MONDAY + timedelta(hours=2))
    resting = press_paid_break(visitor, started)
    assert "You are on a break" in resting.words

    shifts.at(MONDAY + timedelta(hours=2, minutes=20))
    back = visitor.hand_in(resting, "/back-to-work")
    assert "Clock out" in back.words
    assert "Take your paid break" not in back.words

    shifts.at(MONDAY + timedelta(hours=4))
    done = visitor.send("/work", "/clock-out")
    assert "Nothing to do" in done.words
    kinds = [entry.kind for entry in loaded(booking).entries]
    assert kinds == [EntryKind.WORK, EntryKind.PAID_BREAK, EntryKind.WORK]


def press_paid_break(visitor: Visitor, page: Page) -> Page:
    """Presses the first of the buttons for a break, which is the large one."""
    form = next(form for form in page.forms if form.action.endswith("/break"))
    assert form.values["kind"] == ["paid_break"]
    visitor.client.post(form.action, data=form.values)
    return visitor.look("/work")


def loaded(booking: Booking) -> Booking:
    return bookings.booking(booking.id, seen_by=accounts.actor_of(booking.contractor_id))


def test_a_press_that_comes_twice_counts_once(visitor: Visitor, scene: Scene) -> None:
    booking = shifts.booked(scene)
    visitor.signed_in(person_of(booking.contractor_id))
    shifts.at(MONDAY)
    page = visitor.look("/work")
    visitor.hand_in(page, "/clock-in")
    visitor.hand_in(page, "/clock-in")
    assert len(loaded(booking).entries) == 1


def test_a_press_too_early_is_explained_on_the_shifts_page(visitor: Visitor, scene: Scene) -> None:
    booking = shifts.booked(scene)
    where = f"/work/shifts/{booking.id}"
    early = visitor.signed_in(person_of(booking.contractor_id)).look(where)
    assert not early.offers("/clock-in"), "a button that can only be refused is none"
    assert "The clock can be started from" in early.words
    shifts.at(booking.starts_at - CLOCK_IN_GRACE)
    pressed = visitor.look(where).form("/clock-in").values
    shifts.at(booking.starts_at - CLOCK_IN_GRACE - timedelta(seconds=1))
    refused = visitor.client.post(f"{where}/clock-in", data=pressed)
    assert refused.status_code == 409
    assert "The shift has not begun." in refused.text
    assert "Clock in shortly before its start." in refused.text
    assert visitor.client.post(f"{where}/juggle", data=pressed).status_code == 404


def test_lost_power_is_no_break(visitor: Visitor, scene: Scene) -> None:
    booking = shifts.booked(scene)
    visitor.signed_in(person_of(booking.contractor_id))
    shifts.at(MONDAY)
    lost = visitor.hand_in(visitor.send("/work", "/clock-in"), "/outage")
    assert "up to an hour of it is paid" in lost.words
    assert "You are on a break" not in lost.words
    assert lost.offers("/back-to-work")


def test_a_seat_is_given_back_before_the_start(visitor: Visitor, scene: Scene) -> None:
    booking = shifts.booked(scene)
    shifts.at(booking.starts_at - timedelta(hours=30))
    visitor.signed_in(person_of(booking.contractor_id))
    assert "/give-back" in visitor.look(f"/work/shifts/{booking.id}").html
    before = visitor.look(f"/work/shifts/{booking.id}/give-back").words
    assert "it counts 1 point until" in before
    assert "pays 1 h" in before, "both sides stand there before anybody decides"
    page = visitor.send(f"/work/shifts/{booking.id}/give-back", "/give-back")
    assert "given back" in page.words
    assert "1 point counts now." in visitor.look("/work/reliability").words
    assert db.session.get_one(Booking, booking.id).status is BookingStatus.RELEASED


def test_the_lists_show_what_was_worked(visitor: Visitor, scene: Scene) -> None:
    booking = shifts.worked(scene)
    visitor.signed_in(person_of(booking.contractor_id))
    assert "worked" in visitor.look("/work/shifts").words
    assert "4 h paid time" in visitor.look("/work/timesheets").words
    assert "accepted" in visitor.look("/work/offers").words
    assert f"/work/shifts/{booking.id}" in visitor.look(f"/work/offers/{booking.offer_id}").html


def test_a_week_is_handed_in_early(visitor: Visitor, scene: Scene) -> None:
    ana = shifts.contracted(scene)
    shifts.booked(scene, ana, starts_at=MONDAY + timedelta(days=2))
    booking = shifts.worked(scene, ana)
    sheet = db.session.scalars(select(Event.subject_id).where(Event.name.startswith("timesheet"))).all()
    assert sheet == []
    visitor.signed_in(person_of(booking.contractor_id))
    link = re.search(r"/work/timesheets/[0-9a-f-]{36}", visitor.look("/work/timesheets").html)
    assert link is not None
    page = visitor.send(link[0], "/submit")
    assert "handed in" in page.words
    assert "work 4 h" in page.words


def test_the_inbox_leads_to_what_it_tells_of(visitor: Visitor, offer: Offer) -> None:
    told = db.session.scalars(select(Event.id).where(Event.name == "offer.made")).all()
    notices.deliver(told, by=CLOCK)
    visitor.signed_in(person_of(offer.contractor_id))
    page = visitor.look("/inbox")
    assert "not read" in page.words
    assert f"/work/offers/{offer.id}" in page.html
    assert "not read" not in visitor.hand_in(page, "/inbox/read").words


def test_another_persons_notice_is_not_there(visitor: Visitor, offer: Offer) -> None:
    visitor.signed_in(accounts.person())
    page = visitor.look("/account")
    answer = visitor.client.post(f"/inbox/{uuid4()}/read", data=page.form().values)
    assert answer.status_code == 404
