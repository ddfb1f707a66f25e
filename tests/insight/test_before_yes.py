"""What somebody reads before they say yes: the pay in their own currency, and how the company deals with people."""

from datetime import timedelta
from decimal import Decimal

import pytest
from flask.testing import FlaskClient

from marketplace.accounts.models import Person
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.http import SetaraFlask
from marketplace.core.problems import NotFound
from marketplace.insight import before_yes
from marketplace.shifts import scheduling, timesheets
from tests.factories import accounts, disputes
from tests.factories import shifts as make
from tests.factories import standards as tell
from tests.factories.shifts import MONDAY
from tests.web.visitor import Visitor

DOOR = "GET /api/v1/offers/<uuid:offer_id>/before-yes"
DAY = timedelta(days=1)


@pytest.mark.door(DOOR, "works")
@pytest.mark.door(DOOR, "not_signed_in")
@pytest.mark.door(DOOR, "not_mine")
def test_a_currency_without_a_sourced_rate_is_said_plainly(client: FlaskClient, app: SetaraFlask) -> None:
    there = make.scene()
    ana, ben = make.contracted(there, payout_currency="KES"), make.contracted(there)
    offer = make.offered(there, make.shift(there), ana)
    address = f"/api/v1/offers/{offer.id}/before-yes"
    shown = client.get(address, headers=accounts.bearer(ana.id)).get_json()
    assert (shown["pay"]["amount"], shown["there"], shown["no_rate"]) == ("60.00", None, "KES")
    assert (shown["company"]["people"], shown["expected_minutes"]) == (None, 240)
    assert client.get(address).status_code == 401
    for by in (accounts.actor_of(ben.id), there.company):
        assert client.get(address, headers=accounts.bearer(by)).status_code == 404
        with pytest.raises(NotFound):
            before_yes.show(offer.id, seen_by=by)
    tell.rate("USD", "KES", "129.5", clock.now().date(), "Central Bank of Kenya")
    told = client.get(address, headers=accounts.bearer(ana.id)).get_json()
    assert (told["no_rate"], told["there"]["money"]["amount"]) == (None, "7770.00")
    assert told["there"]["source"].startswith("Central Bank of Kenya")
    words = Visitor(client).signed_in(db.session.get_one(Person, ana.id)).look(f"/work/offers/{offer.id}").words
    assert "Central Bank of Kenya" in words
    assert "7,770.00" in words
    assert "Fewer than five people" in words


def test_five_people_make_figures(app: SetaraFlask, client: FlaskClient) -> None:
    """Of six shifts one is cut, and one timesheet is answered by silence; the others after ten hours. One shift is
    taken back a day before."""
    there = make.scene(minutes=4800, pilot=True)
    shift = make.shift(there, seats=6)
    late = make.booked(there, starts_at=MONDAY + DAY)
    worked = [make.booked(there, shift=shift) for _ in range(6)]
    clock.move_to(MONDAY + timedelta(hours=1))
    price = scheduling.cancellation_price(late.shift_id, by=there.company)
    scheduling.cancel_shift(late.shift_id, price.total, "No data.", by=there.company)
    for booking in worked:
        make.work(booking)
    clock.move_to(worked[0].ends_at + timedelta(hours=10))
    disputes.cut(there, worked[0])
    for booking in worked[1:5]:
        timesheets.approve(disputes.line_of(booking).timesheet_id, by=there.company)
    clock.move_to(MONDAY + 5 * DAY)
    assert timesheets.auto_approve_due() == 1 + 1  # That of the shift that was taken back, too.
    card = before_yes.scorecard(there.company_id)
    assert (card.people, card.shifts_worked, card.shifts_cut, card.cuts_restored) == (6, 6, 1, 0)
    assert (card.shifts_cancelled_late, card.approved_by_silence) == (1, 1)
    assert card.median_hours_to_answer == Decimal("10.0")
    clock.move_to(MONDAY + 200 * DAY)
    assert before_yes.scorecard(there.company_id).people is None
