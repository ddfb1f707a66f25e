"""Cuts and disputes on the pages of all three."""

from datetime import timedelta
from functools import partial
from uuid import UUID

import pytest
from flask import Flask

from marketplace.accounts.models import Person
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.disputes.models import Dispute
from marketplace.disputes.rules import DisputeStatus
from marketplace.shifts import attendance
from marketplace.shifts.clock_rules import EntryKind
from marketplace.shifts.timesheet_rules import CutCategory
from tests.factories import accounts, shifts
from tests.factories import disputes as make
from tests.factories import pay as made
from tests.factories.shifts import Scene
from tests.web.visitor import Visitor


@pytest.fixture
def visitor(app: Flask) -> Visitor:
    return Visitor(app.test_client())


def another(app: Flask, person_id: UUID | None) -> Visitor:
    """A person at a browser of their own."""
    return Visitor(app.test_client()).signed_in(person(person_id))


def person(person_id: UUID | None) -> Person:
    return db.session.get_one(Person, person_id)


def test_a_company_cuts_a_line_with_its_reason(visitor: Visitor, scene: Scene) -> None:
    booking = shifts.worked(scene)
    address = f"/company/{scene.company_id}/timesheets/{make.line_of(booking).timesheet_id}"
    page = visitor.signed_in(person(scene.company.person_id)).look(address)
    assert "At most 240" in page.words
    assert "$3.75" in page.words
    half = {"line_0.minutes": "60", "line_0.category": "not_at_work"}
    refused = visitor.hand_in(page, f"{address}/cut", **half)
    assert (refused.status, 'value="60"' in refused.html) == (422, True)
    too_much = half | {"line_0.minutes": "241", "line_0.clause": make.CLAUSE, "line_0.missing": make.MISSING}
    refused = visitor.hand_in(refused, f"{address}/cut", **too_much)
    assert "Minutes of the line that can be cut: 240." in refused.words
    done = visitor.hand_in(refused, f"{address}/cut", **(too_much | {"line_0.minutes": "60"}))
    cut = make.cut_of(booking)
    assert (cut.minutes, cut.category) == (60, CutCategory.NOT_AT_WORK)
    assert "1 h cut: not at work" in done.words
    assert make.MISSING in done.words


def test_a_dispute_through_all_three(app: Flask, scene: Scene) -> None:
    cut = make.worked_and_cut(scene)
    made.paid()
    ana, owner = another(app, cut.contractor_id), another(app, scene.company.person_id)
    week = ana.look(f"/work/timesheets/{cut.timesheet_id}")
    assert make.MISSING in week.words
    claim = f"/work/timesheets/{cut.timesheet_id}/cuts/{cut.id}/dispute"
    empty = ana.hand_in(week, claim, words="  ")
    assert (empty.status, "Say it in words." in empty.words) == (422, True)
    mine = ana.hand_in(empty, claim, words=make.CLAIM)
    assert make.CLAIM in mine.words
    dispute = db.session.get_one(Dispute, cut.id)

    listed = owner.look(f"/company/{scene.company_id}/disputes")
    assert "waiting for a ruling" in listed.words
    address = f"/company/{scene.company_id}/disputes/{dispute.id}"
    answered = owner.hand_in(owner.look(address), address, words="The door log says otherwise.")
    assert "The door log says otherwise." in answered.words

    replied = ana.look(f"/work/disputes/{dispute.id}")
    ana.hand_in(replied, f"/work/disputes/{dispute.id}/reply", words="I worked from home.")

    judge = another(app, make.judge().person_id)
    desk = judge.look("/desk")
    assert "1 dispute to rule on" in desk.words
    listed = judge.look("/desk/disputes")
    assert "ruling due by" in listed.words
    ruling = judge.look(f"/desk/disputes/{dispute.id}")
    for words in (make.CLAIM, "The door log says otherwise.", "I worked from home."):
        assert words in ruling.words
    address = f"/desk/disputes/{dispute.id}"
    refused = judge.hand_in(ruling, address, restored_minutes="61", reason=make.REASON)
    assert (refused.status, make.REASON in refused.html) == (422, True)
    done = judge.hand_in(refused, address, restored_minutes="60", reason=make.REASON)
    assert make.REASON in done.words
    db.session.refresh(dispute)
    assert dispute.status is DisputeStatus.RULED

    made.paid()
    slip = made.payslip_of(cut.contractor_id)
    shown = ana.look(f"/work/pay/{slip.id}")
    assert make.REASON in shown.words
    assert f"/work/disputes/{dispute.id}" in shown.html


def test_a_payslip_shows_a_cent_that_has_no_time_of_its_own(app: Flask) -> None:
    """239 minutes at 15.03 USD, ten of them a break, of which 18 were cut: the break's share of 55.36 is 2.50, and of
    the 59.87 that are owed in the end 2.51. So the second payslip has a line of one cent and no time."""
    scene = shifts.scene(rate=Money.of("15.03", "USD"))
    booking = shifts.booked(scene)
    me = accounts.actor_of(booking.contractor_id)
    for minutes, press in (
        (0, attendance.clock_in),
        (229, partial(attendance.start_break, kind=EntryKind.PAID_BREAK)),
        (239, attendance.clock_out),
    ):
        clock.move_to(booking.starts_at + timedelta(minutes=minutes), still=True)
        press(booking.id, by=me)
    cut = make.cut(scene, booking, 18)
    made.paid()
    make.ruled(make.claimed(cut), 18)
    made.paid()
    page = another(app, cut.contractor_id).look(f"/work/pay/{made.payslip_of(cut.contractor_id).id}")
    assert page.status == 200
    assert "$0.01 USD money whose time stands on another line" in page.words


def test_a_claim_is_taken_back_by_a_button(visitor: Visitor, scene: Scene) -> None:
    dispute = make.claimed(make.worked_and_cut(scene))
    page = visitor.signed_in(person(dispute.contractor_id)).look(f"/work/disputes/{dispute.id}")
    done = visitor.hand_in(page, f"/work/disputes/{dispute.id}/withdraw")
    assert "The cut stands." in done.words


def test_other_people_s_disputes_have_no_page(app: Flask, scene: Scene) -> None:
    dispute, other = make.claimed(make.worked_and_cut(scene)), shifts.scene()
    stranger = another(app, shifts.contracted(other).id)
    assert stranger.look(f"/work/disputes/{dispute.id}").status == 404
    company = another(app, other.company.person_id)
    for address in (
        f"/company/{other.company_id}/disputes/{dispute.id}",
        f"/company/{scene.company_id}/disputes/{dispute.id}",
        f"/desk/disputes/{dispute.id}",
    ):
        assert company.look(address).status == 404


def test_an_operator_of_another_duty_does_not_rule(visitor: Visitor, scene: Scene) -> None:
    dispute = make.claimed(make.worked_and_cut(scene))
    judge = make.judge()
    assert judge.person_id is not None
    finance = made.finance()
    visitor.signed_in(person(finance.person_id))
    for address in ("/desk/disputes", f"/desk/disputes/{dispute.id}"):
        assert visitor.look(address).status == 403
    assert "Disputes" not in visitor.look("/desk").words


def test_in_indonesian(visitor: Visitor, scene: Scene) -> None:
    cut = make.worked_and_cut(scene)
    ana = person(cut.contractor_id)
    ana.locale = "id"
    page = visitor.signed_in(ana).look(f"/work/timesheets/{cut.timesheet_id}")
    assert "Saya tidak setuju" in page.words
