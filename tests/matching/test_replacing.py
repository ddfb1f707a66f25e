"""A seat that was given back is searched for again at once, and both sides read what came of it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from marketplace.core.db import db
from marketplace.core.lifecycle import WrongState
from marketplace.core.money import Money
from marketplace.core.problems import NotFound
from marketplace.matching import replacing
from marketplace.matching.models import MatchRun
from marketplace.matching.rules import Search
from marketplace.shifts import offers, scheduling, sick
from marketplace.shifts.models import Offer
from marketplace.shifts.rules import OfferStatus
from tests.factories import accounts
from tests.factories import shifts as make
from tests.factories.shifts import MONDAY, WEDNESDAY, Scene

DOOR = "GET /api/v1/bookings/<uuid:booking_id>/replacement"
HOUR = timedelta(hours=1)


def test_who_gives_a_seat_back_starts_a_search(scene: Scene, work: Callable[[], int]) -> None:
    mine, other = make.booked(scene), make.contracted(scene)
    make.at(WEDNESDAY + HOUR)
    by = accounts.actor_of(mine.contractor_id)
    offers.release(mine.id, by=by)
    assert replacing.replacement(mine.id, seen_by=by).search is Search.WAITS
    work()
    told = replacing.replacement(mine.id, seen_by=by)
    assert (told.search, told.asked, told.given_back_at) == (Search.ASKED, 1, mine.off_at)
    asked = select(Offer).where(Offer.shift_id == mine.shift_id, Offer.status == OfferStatus.PENDING)
    (offer,) = db.session.scalars(asked)
    # Whoever gave it back is not asked again, and a search that is repeated asks nobody twice.
    assert offer.contractor_id == other.id
    assert replacing.search_again(mine.shift_id) == []
    make.accepted(offer)
    assert replacing.replacement(mine.id, seen_by=scene.company).search is Search.FOUND


def test_the_seat_of_somebody_ill_is_searched_the_same_way(scene: Scene, work: Callable[[], int]) -> None:
    """A day before the start more people are asked than seats are open, and their yeses are collected (RACE)."""
    mine = make.booked(scene)
    for _ in range(3):
        make.contracted(scene)
    make.at(MONDAY - 24 * HOUR)
    sick.report_sick(mine.id, by=accounts.actor_of(mine.contractor_id))
    work()
    asked = db.session.scalars(select(Offer).where(Offer.shift_id == mine.shift_id, Offer.id != mine.offer_id)).all()
    assert [offer.collects for offer in asked] == [len(asked) > 1] * len(asked)
    assert replacing.replacement(mine.id, seen_by=scene.company).search is Search.ASKED


def test_of_seats_that_are_alike_the_newest_are_empty(scene: Scene) -> None:
    shift = make.shift(scene, seats=2)
    first, second = (make.booked(scene, shift=shift) for _ in range(2))
    make.at(WEDNESDAY + HOUR)
    offers.release(first.id, by=accounts.actor_of(first.contractor_id))
    make.at(WEDNESDAY + 2 * HOUR)
    offers.release(second.id, by=accounts.actor_of(second.contractor_id))
    replacing.search_again(shift.id)
    assert {each.search for each in replacing.of_shift(shift.id).values()} == {Search.NOBODY}
    make.booked(scene, shift=shift)
    found = replacing.of_shift(shift.id)
    assert (found[first.id].search, found[second.id].search) == (Search.FOUND, Search.NOBODY)
    make.at(MONDAY)
    assert replacing.of_shift(shift.id)[second.id].search is Search.EMPTY


def test_nobody_is_searched_for_a_shift_that_is_not_held(scene: Scene, work: Callable[[], int]) -> None:
    mine = make.booked(scene)
    make.at(WEDNESDAY + HOUR)
    offers.release(mine.id, by=accounts.actor_of(mine.contractor_id))
    scheduling.cancel_shift(mine.shift_id, Money.of("1000", "USD"), "no data", by=scene.company)
    work()
    assert db.session.scalar(select(func.count()).select_from(MatchRun)) == 0
    assert replacing.replacement(mine.id, seen_by=scene.company).search is Search.NOT_HELD


@pytest.mark.door(DOOR, "works")
@pytest.mark.door(DOOR, "not_signed_in")
@pytest.mark.door(DOOR, "not_mine")
@pytest.mark.door(DOOR, "wrong_state")
def test_the_door(client: FlaskClient, scene: Scene) -> None:
    mine, kept = make.booked(scene), make.booked(scene)
    make.at(WEDNESDAY + HOUR)
    by = accounts.actor_of(mine.contractor_id)
    offers.release(mine.id, by=by)
    path = f"/api/v1/bookings/{mine.id}/replacement"
    assert client.get(path).status_code == 401
    assert client.get(path, headers=accounts.bearer(kept.contractor_id)).status_code == 404
    assert client.get(path, headers=accounts.bearer(by)).json["search"] == "waits"
    answer = client.get(f"/api/v1/bookings/{kept.id}/replacement", headers=accounts.bearer(kept.contractor_id))
    assert (answer.status_code, answer.json["code"]) == (409, "wrong_state")
    with pytest.raises(WrongState):
        replacing.replacement(kept.id, seen_by=scene.company)
    with pytest.raises(NotFound):
        replacing.replacement(mine.id, seen_by=accounts.actor_of(kept.contractor_id))
