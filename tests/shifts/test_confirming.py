"""Confirmation: asked in time, answered with one tap, asked again, and never held against anybody."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from marketplace.accounts.rules import CLOCK
from marketplace.core.db import db
from marketplace.core.events import timeline
from marketplace.notices.models import Delivery, Notice
from marketplace.notices.service import deliver
from marketplace.shifts import attendance
from marketplace.shifts.confirmation import Confirmation
from marketplace.shifts.confirming import ask_again_due, ask_due, confirm
from marketplace.shifts.models import Booking
from marketplace.shifts.rules import BookingStatus
from tests.factories import accounts
from tests.factories import shifts as make
from tests.factories.shifts import MONDAY, Scene

CONFIRM = "POST /api/v1/bookings/<uuid:booking_id>/confirm"
HOUR = timedelta(hours=1)


def press(client: FlaskClient, booking: Booking, who: dict[str, str] | None = None) -> tuple[int, str]:
    """The status, and the confirmation or the code of the refusal."""
    answer = client.post(f"/api/v1/bookings/{booking.id}/confirm", headers=who or {})
    return answer.status_code, answer.json.get("confirmation", answer.json.get("code"))


def happened(booking: Booking) -> list[str]:
    names = [event.name for event in timeline("booking", booking.id)]
    return [name for name in names if "confirm" in name][::-1]


def told(booking: Booking, model: type[Notice | Delivery]) -> set[tuple[str, UUID]]:
    """Who was told what, in the inbox or by e-mail, of the questions about a booking."""
    events = {event.id: event.name for event in timeline("booking", booking.id) if "confirm" in event.name}
    deliver(list(events), by=CLOCK)
    rows = db.session.scalars(select(model).where(model.event_id.in_(events)))
    return {(events[row.event_id], row.person_id) for row in rows}


def test_who_said_yes_days_ago_is_asked_once_and_answers_with_one_tap(scene: Scene) -> None:
    booking = make.booked(scene)
    make.at(MONDAY - 48 * HOUR - timedelta(minutes=1))
    assert ask_due() == 0
    make.at(MONDAY - 48 * HOUR)
    assert (ask_due(), ask_due(), booking.confirmation) == (1, 0, Confirmation.ASKED)
    by = accounts.actor_of(booking.contractor_id)
    first = confirm(booking.id, by=by).confirmed_at
    assert confirm(booking.id, by=by).confirmed_at == first
    make.at(MONDAY - 16 * HOUR)
    assert (ask_again_due(), booking.confirmation) == (0, Confirmation.CONFIRMED)
    assert happened(booking) == ["booking.confirm_asked", "booking.confirmed"]


def test_who_said_yes_near_the_start_is_not_asked(scene: Scene) -> None:
    make.at(MONDAY - 47 * HOUR)
    booking = make.booked(scene)
    make.at(MONDAY - HOUR)
    assert (ask_due(), ask_again_due(), booking.confirmation) == (0, 0, Confirmation.NOT_ASKED)


def test_silence_is_told_to_the_company_and_takes_nothing(scene: Scene) -> None:
    """16 hours before the start the second question goes by e-mail too, and the company reads that there is no answer;
    who then comes works as if nothing had been asked."""
    booking = make.booked(scene)
    make.at(MONDAY - 48 * HOUR)
    ask_due()
    make.at(MONDAY - 16 * HOUR)
    assert (ask_again_due(), ask_again_due(), booking.confirmation) == (1, 0, Confirmation.UNANSWERED)
    me, company = booking.contractor_id, scene.company.person_id
    assert told(booking, Notice) >= {
        ("booking.confirm_asked", me),
        ("booking.confirm_urged", me),
        ("booking.confirm_urged", company),
    }
    assert told(booking, Delivery) == {("booking.confirm_urged", me)}
    make.at(MONDAY)
    assert attendance.mark_no_shows() == 0
    make.at(MONDAY + timedelta(minutes=29))
    working = attendance.clock_in(booking.id, by=accounts.actor_of(booking.contractor_id))
    assert working.status is BookingStatus.WORKING


def test_after_a_lost_night_of_the_jobs_everybody_is_asked_once(scene: Scene) -> None:
    booking = make.booked(scene)
    make.at(MONDAY - 10 * HOUR)
    assert (ask_due(), ask_again_due()) == (1, 0), "the first question comes late, and is not asked twice at once"
    assert happened(booking) == ["booking.confirm_asked"]


@pytest.mark.door(CONFIRM, "works")
@pytest.mark.door(CONFIRM, "wrong_state")
def test_a_shift_is_confirmed_from_two_days_before_to_its_start(client: FlaskClient, scene: Scene) -> None:
    booking, other = make.booked(scene), make.booked(scene)
    assert press(client, booking, accounts.bearer(booking.contractor_id)) == (409, "too_early")
    make.at(MONDAY - 48 * HOUR)
    assert press(client, booking, accounts.bearer(booking.contractor_id)) == (200, "confirmed")
    make.at(MONDAY)
    assert press(client, other, accounts.bearer(other.contractor_id)) == (409, "shift_begun")


@pytest.mark.door(CONFIRM, "not_signed_in")
@pytest.mark.door(CONFIRM, "not_mine")
def test_nobody_confirms_for_somebody_else(client: FlaskClient, scene: Scene) -> None:
    booking = make.booked(scene)
    assert press(client, booking)[0] == 401
    for somebody in (accounts.bearer(scene.company), accounts.bearer(make.contracted(scene).id)):
        assert press(client, booking, somebody)[0] == 404
    assert client.post(f"/api/v1/bookings/{uuid4()}/confirm", headers=somebody).status_code == 404
