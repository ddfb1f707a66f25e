"""The pages between a yes and its shift: who comes, who stands by, and what a human makes of a missed shift."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from marketplace.accounts import queries as people
from marketplace.core.db import db
from marketplace.shifts import attendance, confirming, standby
from marketplace.shifts.models import Booking, Shift
from marketplace.shifts.reliability import propose_strikes
from marketplace.workforce.standing_models import Proposal, Strike
from tests.factories import shifts, standing
from tests.factories.shifts import MONDAY, Scene
from tests.web.visitor import Visitor

HOUR = timedelta(hours=1)


def become(visitor: Visitor, person_id: UUID | None) -> None:
    """Signs in as this person, and whoever was before out. A key may be over once the clock was moved."""
    visitor.client.delete_cookie("session")
    assert person_id is not None
    visitor.signed_in(people.person(person_id))


def test_a_company_reads_who_comes_and_has_somebody_stand_by(visitor: Visitor, scene: Scene) -> None:
    seat = shifts.booked(scene)
    pages = f"/company/{scene.company_id}/shifts/{seat.shift_id}"
    shifts.at(MONDAY - 47 * HOUR)
    confirming.ask_due()
    become(visitor, seat.contractor_id)
    assert "You said that you come." in visitor.send(f"/work/shifts/{seat.id}", "/confirm").words
    become(visitor, scene.company.person_id)
    assert "confirmed" in visitor.look(pages).words
    assert "$31.20" in visitor.look(f"{pages}/standby").words
    assert "0 of 1 person stands by" in visitor.send(f"{pages}/standby", "").words
    beside = db.session.scalars(select(Shift).where(Shift.standby_of == seat.shift_id)).one()
    waiting = shifts.booked(scene, shift=beside)
    shifts.at(MONDAY)
    become(visitor, waiting.contractor_id)
    assert "You stand by until" in visitor.look(f"/work/shifts/{waiting.id}").words
    assert "your clock starts at once" in visitor.send("/work", "/ready").words
    shifts.at(MONDAY + HOUR / 2)
    attendance.mark_no_shows()
    assert standby.call_due() == 1
    assert "You are working" in visitor.look("/work").words
    become(visitor, scene.company.person_id)
    assert "stood by before" in visitor.look(pages).words


def test_an_operator_counts_a_missed_shift_and_the_person_reads_why(visitor: Visitor, scene: Scene) -> None:
    missed = shifts.booked(scene)
    shifts.at(MONDAY + HOUR)
    attendance.mark_no_shows()
    shifts.at(MONDAY + 60 * HOUR)
    propose_strikes()
    become(visitor, missed.contractor_id)
    said = visitor.send("/me/standing", f"/findings/{finding(missed)}", words="My bus did not come.")
    assert "My bus did not come." in said.words
    become(visitor, standing.operator().person_id)
    page = visitor.look(f"/desk/findings/{finding(missed)}")
    assert "My bus did not come." in page.words
    visitor.hand_in(page, "/accept", measure="strike", reason="There was a later bus.")
    assert db.session.scalars(select(Strike.status)).one() == "live"
    become(visitor, missed.contractor_id)
    told = visitor.look("/me/standing").words
    assert "There was a later bus." in told
    assert "It falls off on" in told
    assert "1 strike is in force." in visitor.look("/work/reliability").words


def finding(booking: Booking) -> object:
    return db.session.scalars(select(Proposal.id).where(Proposal.contractor_id == booking.contractor_id)).one()
