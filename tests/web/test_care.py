"""Pages about care: falling ill, distressing content."""

from flask import Flask

from marketplace.accounts import queries as people
from marketplace.accounts.rules import OperatorRole
from marketplace.core.money import Money
from marketplace.shifts import flags
from marketplace.shifts.rules import BookingStatus
from marketplace.standards.hazard import HazardCategory
from tests.factories import accounts, gigs, shifts
from tests.factories.shifts import Scene
from tests.web.visitor import Visitor


def test_reporting_sick_is_confirmed_knowing_what_it_pays(visitor: Visitor, scene: Scene) -> None:
    booking = shifts.booked(scene)
    visitor.signed_in(people.person(booking.contractor_id))
    page = visitor.look(f"/work/shifts/{booking.id}/sick")
    assert "So much of the 4 h that are left of this shift" in page.words
    assert "no leave is there yet" in page.words
    after = visitor.hand_in(page)
    assert (after.status, booking.status) == (200, BookingStatus.SICK)
    assert "Get well" in after.words
    assert "You reported sick at" in after.words


def test_a_shift_that_is_over_has_no_such_page(visitor: Visitor, scene: Scene) -> None:
    booking = shifts.booked(scene)
    visitor.signed_in(people.person(booking.contractor_id))
    shifts.at(booking.ends_at)
    assert visitor.look(f"/work/shifts/{booking.id}/sick").status == 409
    assert "I am ill" not in visitor.look(f"/work/shifts/{booking.id}").words


def test_a_flag_from_the_shift_s_page_is_answered_by_the_company(app: Flask, visitor: Visitor, scene: Scene) -> None:
    gigs.money_for(scene.company_id, Money.of("100.00", "USD"))
    booking = shifts.booked(scene)
    visitor.signed_in(people.person(booking.contractor_id))
    assert "This work shows heavier things" in visitor.look(f"/work/shifts/{booking.id}").words
    page = visitor.look(f"/work/shifts/{booking.id}/flag")
    assert "Thank you." in visitor.hand_in(page, category="hate", note="Slurs.").words
    owner = Visitor(app.test_client()).signed_in(people.person(scene.company.person_id))
    where = f"/company/{scene.company_id}/gigs/{scene.gig.id}"
    assert "flags and classes" in owner.look(where).words
    page = owner.look(f"{where}/hazards")
    assert "Slurs." in page.words
    refused = owner.hand_in(page, hazard_class="H1", categories=["hate"])
    assert (refused.status, "does not hold all of the categories" in refused.words) == (422, True)
    raised = owner.hand_in(refused, hazard_class="H2", categories=["hate"])
    assert "1 were taken out" in raised.words
    assert "upheld" in raised.words
    assert booking.status is BookingStatus.TAKEN_OUT


def test_operators_read_every_flag_and_dismiss_it_with_an_answer(app: Flask, visitor: Visitor, scene: Scene) -> None:
    booking = shifts.booked(scene)
    flags.flag(booking.id, HazardCategory.HATE, "Slurs.", by=accounts.actor_of(booking.contractor_id))
    operator = accounts.operator(OperatorRole.STANDARDS)
    visitor.signed_in(people.person(operator.person_id))
    assert "Slurs." in visitor.look("/desk/hazards").words
    page = visitor.look(f"/desk/gigs/{scene.gig.id}/hazards")
    after = visitor.hand_in(page, "/dismiss", answer="It quotes a newspaper.")
    assert "It quotes a newspaper." in after.words
    assert "No flag is open." in visitor.look("/desk/hazards").words
    whoever_flagged = Visitor(app.test_client()).signed_in(people.person(booking.contractor_id))
    mine = whoever_flagged.look(f"/work/shifts/{booking.id}").words
    assert "What you flagged hate dismissed Slurs. The answer: It quotes a newspaper." in mine


def test_an_operator_closes_a_gig_with_unlawful_content(visitor: Visitor, scene: Scene) -> None:
    booking = shifts.booked(scene)
    flags.flag(booking.id, HazardCategory.UNLAWFUL, "Forged papers.", by=accounts.actor_of(booking.contractor_id))
    visitor.signed_in(people.person(accounts.operator(OperatorRole.STANDARDS).person_id))
    page = visitor.look(f"/desk/gigs/{scene.gig.id}/hazards")
    done = visitor.hand_in(page, "/report", reported_to="the national hotline", reference="42", answer="Thank you.")
    assert "Reported to the national hotline" in done.words
    assert booking.status is BookingStatus.TAKEN_OUT


def test_what_was_seen_can_be_flagged_after_the_work_too(visitor: Visitor, scene: Scene) -> None:
    booking = shifts.worked(scene)
    visitor.signed_in(people.person(booking.contractor_id))
    assert f"/work/shifts/{booking.id}/flag" in visitor.look(f"/work/shifts/{booking.id}").html
