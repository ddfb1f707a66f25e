"""Handovers at the same moment, where commits are real: one seat, one person in it, and nobody waits for ever."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select

from jobs import checks
from marketplace.core.db import db, transaction
from marketplace.core.money import Money
from marketplace.ledger import queries as books
from marketplace.ledger.models import LedgerAccount
from marketplace.shifts import attendance, handovers, scheduling
from marketplace.shifts.handover_models import Handover
from marketplace.shifts.handover_rules import HandoverKind
from marketplace.shifts.models import Booking, Shift
from marketplace.shifts.rules import BookingStatus
from marketplace.workforce.models import Contractor
from tests.factories import accounts
from tests.factories import handovers as handing
from tests.factories import shifts as make
from tests.factories.shifts import MONDAY
from tests.shifts.test_races import at_once

pytestmark = pytest.mark.truncating
DAY = timedelta(days=1)


def taking(handover_id: UUID, person: Contractor) -> Callable[[], object]:
    """The yes of somebody who has seen the terms."""
    agreed = handing.terms(handover_id, person.id)
    return partial(handovers.take, handover_id, agreed, by=accounts.actor_of(person.id))


def swapping(mine: Booking, theirs: Booking) -> Callable[[], object]:
    """The last yes to a swap, of whoever asked for it."""
    given = handing.proposed(handing.asked(mine, HandoverKind.SWAP), theirs)
    return partial(handovers.accept, given.id, handing.answer_terms(given), by=accounts.actor_of(mine.contractor_id))


def funds() -> int:
    """What gigs and bookings hold together."""
    held = LedgerAccount.name.like("gig:%:hold") | LedgerAccount.name.like("booking:%:hold")
    return db.session.scalar(select(func.sum(LedgerAccount.balance)).where(held)) or 0


def wrong() -> list[str]:
    """Seats that are not counted right, people in two places, balances that are no sum."""
    return [*checks.miscounted_shifts(), *checks.overlapping_bookings(), *map(str, books.wrong_balances())]


def test_two_people_take_the_same_cover_at_once(apart_app: Flask) -> None:
    with apart_app.app_context(), transaction():
        scene = make.scene()
        mine = make.booked(scene)
        found = handovers.ask(mine.id, HandoverKind.COVER, by=accounts.actor_of(mine.contractor_id)).id
        takers = [taking(found, make.contracted(scene)) for _ in range(4)]
        shift_id = mine.shift_id
        before = funds()
    results = at_once(apart_app, takers)
    assert sorted(results) == ["done", *["handover_gone"] * 3]
    with apart_app.app_context():
        active = select(Booking).where(Booking.shift_id == shift_id, Booking.status == BookingStatus.BOOKED)
        (booking,) = db.session.scalars(active)
        assert db.session.get_one(Handover, found).new_booking_id == booking.id
        assert (funds(), wrong()) == (before, [])


def test_a_cover_is_taken_while_its_person_clocks_in(apart_app: Flask) -> None:
    """Whoever comes first, the seat has one person, and either it was handed over or its work has begun."""
    with apart_app.app_context(), transaction():
        scene = make.scene()
        mine = make.booked(scene)
        booking_id, by = mine.id, accounts.actor_of(mine.contractor_id)
        found = handovers.ask(mine.id, HandoverKind.COVER, by=by).id
        make.at(MONDAY - timedelta(minutes=5))
        take = taking(found, make.contracted(scene))
        shift_id = mine.shift_id
        before = funds()
    results = at_once(apart_app, [take, partial(attendance.clock_in, booking_id, by=by)])
    assert results in (["done", "wrong_state"], ["handover_gone", "done"])
    with apart_app.app_context():
        statuses = select(Booking.status).where(Booking.shift_id == shift_id).order_by(Booking.id)
        found_statuses = list(db.session.scalars(statuses))
        assert found_statuses in (["handed_over", "booked"], ["working"])
        assert (funds(), wrong()) == (before, [])


def test_a_swap_is_agreed_while_the_company_cancels_one_side(apart_app: Flask) -> None:
    with apart_app.app_context(), transaction():
        scene = make.scene()
        mine, theirs = make.booked(scene), make.booked(scene, starts_at=MONDAY + DAY)
        swap = swapping(mine, theirs)
        cancel = partial(scheduling.cancel_shift, theirs.shift_id, Money.of("1000", "USD"), "no data", by=scene.company)
        shift_ids = [mine.shift_id, theirs.shift_id]
        before = funds()
    results = at_once(apart_app, [swap, cancel])
    assert results in (["done", "done"], ["handover_gone", "done"])
    with apart_app.app_context():
        # What was swapped first is cancelled for whoever has it then; what was cancelled first is not to be swapped.
        taken = [db.session.get_one(Shift, each).seats_taken for each in shift_ids]
        active = select(func.count()).select_from(Booking).where(Booking.status == BookingStatus.BOOKED)
        assert (taken, db.session.scalar(active)) == ([1, 1], 1)
        assert (funds(), wrong()) == (before, [])


def test_swaps_in_a_ring_do_not_wait_for_each_other(apart_app: Flask) -> None:
    """Ana with Bea, Bea with Cem, Cem with Ana, all at once: the first that is agreed ends what the others were
    about."""
    with apart_app.app_context(), transaction():
        scene = make.scene()
        ring = [make.booked(scene, starts_at=MONDAY + day * DAY) for day in range(3)]
        swaps = [swapping(ring[number], ring[(number + 1) % 3]) for number in range(3)]
        before = funds()
    results = at_once(apart_app, swaps)
    assert sorted(results) == ["done", "handover_gone", "handover_gone"]
    with apart_app.app_context():
        people = select(Booking.contractor_id).where(Booking.status == BookingStatus.BOOKED)
        assert len(set(db.session.scalars(people))) == 3
        assert (funds(), wrong()) == (before, [])
