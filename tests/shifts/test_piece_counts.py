"""The door of pieces: its contractor and its company say how many came of a shift (rule PIECES)."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from marketplace.accounts.rules import Right
from marketplace.core.db import db
from marketplace.core.events import timeline
from marketplace.gigs.models import Gig
from marketplace.shifts import piece_counts, timesheets
from marketplace.shifts.models import Booking
from marketplace.standards.rules import PaymentModel
from tests.factories import accounts
from tests.factories import shifts as make
from tests.factories.disputes import line_of
from tests.factories.shifts import Scene

COUNT = "PUT /api/v1/bookings/<uuid:booking_id>/pieces"


@pytest.fixture
def paying(scene: Scene) -> Scene:
    """By the hour, and 2.00 for a piece, of which ten an hour are paid: 40 of a shift of four hours."""
    gig = db.session.get_one(Gig, scene.gig.id)
    gig.payment_model, gig.piece_amount, gig.most_pieces = PaymentModel.HYBRID, 200, 10
    return scene


@pytest.mark.door(COUNT, "works")
@pytest.mark.door(COUNT, "wrong_state")
@pytest.mark.door(COUNT, "wrong_shape")
def test_the_contractor_counts_and_the_company_may_say_more(client: FlaskClient, paying: Scene) -> None:
    booking = make.booked(paying)

    def mine() -> dict[str, str]:
        return accounts.bearer(booking.contractor_id)

    def tool() -> dict[str, str]:
        return accounts.company_bearer(paying.company_id, Right.READ, Right.TIMESHEETS)

    def put(pieces: object, headers: Callable[[], dict[str, str]]) -> tuple[int, object]:
        answer = client.put(f"/api/v1/bookings/{booking.id}/pieces", json={"pieces": pieces}, headers=headers())
        return answer.status_code, answer.get_json().get("pieces", answer.get_json().get("code"))

    assert put(5, mine) == (409, "wrong_state")
    make.work(booking)
    assert put(20, mine) == (200, 20)
    for wrong in (41, -1, "20", None):
        assert put(wrong, mine)[0] == 422
    assert put(19, tool) == (409, "fewer_pieces")
    assert put(21, tool) == (200, 21)
    shown = client.get(f"/api/v1/timesheets/{line_of(booking).timesheet_id}", headers=mine()).get_json()
    assert shown["lines"][0]["pieces"] == 21
    timesheets.approve(line_of(booking).timesheet_id, by=paying.company)
    assert put(22, tool) == (409, "too_late_to_correct")
    assert put(22, mine) == (200, 22)
    make.at(booking.ends_at + timedelta(hours=48))
    assert put(23, mine) == (409, "too_late_to_correct")
    told = [event.name for event in timeline("booking", booking.id) if "pieces" in event.name]
    assert sorted(told) == ["booking.pieces_by_company", "booking.pieces_counted", "booking.pieces_counted"]


@pytest.mark.door(COUNT, "not_signed_in")
@pytest.mark.door(COUNT, "not_mine")
def test_nobody_else_counts_and_hours_alone_have_no_pieces(client: FlaskClient, paying: Scene) -> None:
    booking = make.worked(paying)
    address = f"/api/v1/bookings/{booking.id}/pieces"
    stranger = accounts.bearer(make.scene().company)
    assert client.put(address, json={"pieces": 1}).status_code == 401
    assert client.put(address, json={"pieces": 1}, headers=stranger).status_code == 404
    reader = accounts.company_bearer(paying.company_id, Right.READ)
    assert client.put(address, json={"pieces": 1}, headers=reader).status_code == 403
    hourly: Booking = make.worked(make.scene())
    assert piece_counts.most(hourly) is None
    answer = client.put(
        f"/api/v1/bookings/{hourly.id}/pieces", json={"pieces": 1}, headers=accounts.bearer(hourly.contractor_id)
    )
    assert (answer.status_code, answer.get_json()["code"]) == (422, "bad_pieces")
    assert booking.pieces is None


def test_whoever_has_counted_nothing_is_reminded_once_a_day_before_it_is_too_late(paying: Scene) -> None:
    """Not of a shift of which somebody has said a number, also none."""
    silent, counted = make.booked(paying), make.booked(paying)
    for each in (silent, counted):
        make.work(each)
    piece_counts.count(counted.id, 0, by=accounts.actor_of(counted.contractor_id))
    make.at(silent.ends_at + timedelta(hours=24, minutes=-1))
    assert piece_counts.remind_due() == 0
    make.at(silent.ends_at + timedelta(hours=24))
    assert (piece_counts.remind_due(), piece_counts.remind_due()) == (1, 0)
    assert [event.name for event in timeline("booking", silent.id)].count("booking.pieces_missing") == 1


def test_nobody_is_reminded_of_what_is_paid_by_the_hour_or_is_too_late(paying: Scene) -> None:
    late = make.booked(paying)
    make.work(late)
    make.at(late.ends_at + timedelta(hours=48))
    assert piece_counts.remind_due() == 0
    make.at(late.ends_at + timedelta(hours=24))
    gig = db.session.get_one(Gig, paying.gig.id)
    gig.payment_model, gig.piece_amount, gig.most_pieces = PaymentModel.HOURLY, None, None
    assert piece_counts.remind_due() == 0
