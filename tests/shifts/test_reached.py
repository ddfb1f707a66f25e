"""The clock of an offer: it counts from when the offer reached its person (rule REACHED)."""

from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core import clock
from marketplace.core.db import db, transaction
from marketplace.matching import facts
from marketplace.shifts import offers, reached
from marketplace.shifts.hours import answered_until, window_after
from marketplace.shifts.models import Offer, Shift
from marketplace.shifts.rules import OfferStatus
from marketplace.workforce import availability
from marketplace.workforce.calendar import Quiet
from tests.factories import accounts as make
from tests.factories import shifts as scenes
from tests.factories.shifts import Scene

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
MINUTES = st.integers(0, 3 * 24 * 60).map(lambda count: timedelta(minutes=count))


def test_the_time_to_answer_counts_from_when_it_was_seen() -> None:
    """Four hours to answer, made at noon for noon of the next day. Seen at 13:00 it stands until 17:00; seen at 22:00
    until midnight, when half of the time to the shift is over; seen at noon as it was said."""
    said, start = NOON + 4 * HOUR, NOON + 24 * HOUR
    for after, until in ((0, 4), (1, 5), (10, 12), (14, 12)):
        assert answered_until(NOON + after * HOUR, 240, said, NOON, start) == NOON + until * HOUR
    # An offer by hand that stands to the start of its shift stands as long.
    assert answered_until(NOON + HOUR, 24 * 60, start, NOON, start) == start


@given(seen=MINUTES, answer=MINUTES, left=MINUTES.filter(bool))
def test_it_is_never_cut_short_and_never_beyond_half(seen: timedelta, answer: timedelta, left: timedelta) -> None:
    said = NOON + min(answer, left)
    until = answered_until(NOON + seen, answer // timedelta(minutes=1), said, NOON, NOON + left)
    assert said <= until <= max(said, NOON + left / 2)


def test_a_window_stays_open_for_whoever_saw_it_late() -> None:
    """A window from noon to 12:15 of a shift at 14:00: seen at 12:10 it closes at 12:25, seen at 12:55 at 13:00."""
    end, start = NOON + timedelta(minutes=15), NOON + 2 * HOUR
    assert window_after(NOON + timedelta(minutes=10), end, NOON, start) == NOON + timedelta(minutes=25)
    assert window_after(NOON + timedelta(minutes=55), end, NOON, start) == NOON + HOUR
    assert window_after(NOON, end + HOUR, NOON, start) == end + HOUR


@pytest.fixture
def there(scene: Scene) -> Scene:
    clock.move_to(scenes.MONDAY - 24 * HOUR, still=True)
    return scene


def made(there: Scene, shift: Shift | None = None, *, hours: int = 4) -> Offer:
    """An offer of now, with so many hours to answer, of a shift that begins in a day."""
    person = scenes.contracted(there)
    (offer,) = scenes.asked(there, shift or scenes.shift(there), [person], clock.now() + hours * HOUR)
    return offer


def test_what_waits_stands_longer_and_what_is_reached_counts_from_then(there: Scene) -> None:
    offer, now = made(there), clock.now()
    reached.await_person({offer.id: now})
    assert (offer.reached_at, offer.expires_at) == (None, now + 5 * HOUR)
    clock.move_to(now + HOUR / 2, still=True)
    reached.await_person({offer.id: clock.now()})
    assert offer.expires_at == now + 5 * HOUR, "it waits no longer than once"
    reached.reached([offer.id])
    assert (offer.reached_at, offer.expires_at) == (clock.now(), now + 4.5 * HOUR)
    clock.move_to(now + 3 * HOUR, still=True)
    reached.reached([offer.id])
    reached.await_person({offer.id: clock.now()})
    assert (offer.reached_at, offer.expires_at) == (now + HOUR / 2, now + 4.5 * HOUR), "the first time counts"


def test_a_message_in_time_changes_nothing(there: Scene) -> None:
    offer, until = made(there), clock.now() + 4 * HOUR
    clock.move_to(clock.now() + timedelta(seconds=50), still=True)
    reached.reached([offer.id])
    assert (offer.expires_at, offer.reached_at) == (until, clock.now())


def test_seen_at_night_counts_from_the_morning(there: Scene) -> None:
    """Made at 9:00 in Chicago; quiet from 9:00 to 12:00. Whoever looks at 10:00 has four hours from 12:00 on."""
    offer = made(there)
    availability.set_quiet(Quiet(9 * 60, 12 * 60), by=make.actor_of(offer.contractor_id))
    reached.await_person({offer.id: clock.now() + 3 * HOUR})
    clock.move_to(clock.now() + HOUR, still=True)
    reached.shown(offer, by=make.actor_of(offer.contractor_id))
    assert (offer.reached_at, offer.expires_at) == (clock.now() + 2 * HOUR, clock.now() + 6 * HOUR)


def test_it_expires_when_the_wait_is_over_and_is_no_answer(there: Scene) -> None:
    offer, other, kind = made(there), made(there), str(there.gig.work_kind)
    reached.await_person({offer.id: clock.now()})
    clock.move_to(clock.now() + 4 * HOUR, still=True)
    assert offers.expire_due() == 1
    assert (offer.status, other.status) == (OfferStatus.PENDING, OfferStatus.EXPIRED)
    clock.move_to(clock.now() + HOUR, still=True)
    assert offers.expire_due() == 1
    counted = facts.answers_of([kind], clock.now())[kind]
    assert sum(half.offers for half in counted.values()) == 1


def test_a_window_is_kept_open_for_all_of_it(there: Scene) -> None:
    """Three people and one seat: the window of 15 minutes is open longer for all, and it is still one."""
    shift = scenes.shift(there)
    people = [scenes.contracted(there) for _ in range(3)]
    now = clock.now()
    asked = scenes.asked(there, shift, people, now + timedelta(minutes=15))
    assert {offer.expires_at for offer in asked} == {now + timedelta(minutes=15)}
    reached.await_person({asked[0].id: now})
    assert asked[0].expires_at == now + timedelta(minutes=15), "nobody is waited for whom nothing reaches"
    offers.say_yes(asked[1].id, by=make.actor_of(asked[1].contractor_id))
    clock.move_to(now + timedelta(minutes=10), still=True)
    reached.reached([asked[0].id])
    assert {offer.expires_at for offer in asked} == {now + timedelta(minutes=25)}


def test_whoever_looks_has_seen_it_and_the_company_has_not(client: FlaskClient, there: Scene) -> None:
    with transaction():
        offer = made(there)
        reached.await_person({offer.id: clock.now()})
    at = f"/api/v1/offers/{offer.id}"
    for who, seen in ((there.company, None), (offer.contractor_id, clock.now())):
        assert "reached_at" not in client.get(at, headers=make.bearer(who)).json
        db.session.refresh(offer)
        assert offer.reached_at == seen
