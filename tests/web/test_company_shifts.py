"""A company plans shifts on its pages, asks people for them, and approves their time."""

from datetime import timedelta

import pytest

from marketplace.accounts.models import Person
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.pay import queries as pay_queries
from marketplace.pay.runs import lines
from marketplace.shifts import queries as shifts_queries
from marketplace.shifts.models import Offer, Shift
from marketplace.shifts.rules import OfferStatus, ShiftStatus
from marketplace.shifts.timesheet_models import Timesheet
from marketplace.shifts.timesheet_rules import TimesheetStatus
from tests.factories import accounts, shifts
from tests.factories.accounts import person_of
from tests.web.at_company import AtCompany
from tests.web.visitor import Visitor


@pytest.fixture
def scene(owner: Person) -> shifts.Scene:
    """An open gig of a company of the owner, on the Wednesday before MONDAY."""
    clock.move_to(shifts.MONDAY - timedelta(days=5, hours=3))
    made = accounts.company(owner)
    return shifts.scene(company=made)


# --- shifts ---------------------------------------------------------------------------------------------------------


def test_a_shift_is_planned_by_the_clock_of_its_zone(visitor: Visitor, scene: shifts.Scene, owner: Person) -> None:
    at = AtCompany(visitor.signed_in(owner), scene.company_id)
    fields = {"gig_id": scene.gig.id, "day": "2026-11-23", "begins": "09:00", "ends": "13:00"}
    page = at.send("/shifts/new", **fields, timezone="America/Chicago", seats="2")
    (shift,) = _shifts(scene)
    assert page.address == f"{at.root}/shifts/{shift.id}"
    assert shift.starts_at == shifts.MONDAY
    assert shift.ends_at - shift.starts_at == timedelta(hours=4)
    assert shift.seats == 2
    wrong = at.send("/shifts/new", **fields, timezone="America/Kansas", seats="2")
    assert wrong.status == 422
    assert wrong.form().values["timezone"] == ["America/Kansas"]
    assert wrong.form().values["begins"] == ["09:00"]
    gone = at.send("/shifts/new", **fields | {"day": "2026-03-02"}, timezone="America/Chicago", seats="2")
    assert (gone.status, 'id="day-error"' in gone.html) == (422, True)
    endless = at.send("/shifts/new", **fields | {"ends": "09:00"}, timezone="America/Chicago", seats="2")
    assert (endless.status, 'id="ends-error"' in endless.html) == (422, True)
    for day, zone in (("0001-01-01", "Asia/Jakarta"), ("9999-12-31", "America/Chicago")):
        beyond = at.send(
            "/shifts/new", **fields | {"day": day, "begins": "22:00", "ends": "03:00"}, timezone=zone, seats="2"
        )
        assert (beyond.status, 'id="day-error"' in beyond.html) == (422, True), "beyond what Python can count"


def test_who_searches_again_reads_that_everybody_was_asked(
    visitor: Visitor, scene: shifts.Scene, owner: Person
) -> None:
    at, shift = AtCompany(visitor.signed_in(owner), scene.company_id), shifts.shift(scene)
    shifts.contracted(scene)
    pages = [at.send(f"/shifts/{shift.id}", f"/shifts/{shift.id}/match").words for _ in range(2)]
    assert "1 person was asked." in pages[0]
    assert "Nobody more is asked: whoever fits was asked already" in pages[1]


def test_people_are_found_and_it_is_said_why(visitor: Visitor, scene: shifts.Scene, owner: Person) -> None:
    at = AtCompany(visitor.signed_in(owner), scene.company_id)
    person = shifts.contracted(scene)
    shift = shifts.shift(scene)
    page = at.send(f"/shifts/{shift.id}", f"/shifts/{shift.id}/match")
    for told in ("1 person was asked.", "1 asked for 1 open seat, weights"):
        assert told in page.words
    offer = db.session.scalars(shifts_queries.offers_of_shift(shift.id, seen_by=scene.company)).one()
    assert offer.contractor_id == person.id
    why = at.look(f"/shifts/{shift.id}/people/{person.id}")
    assert "the points were among the highest" in why.words
    at.send(f"/shifts/{shift.id}", f"/shifts/{shift.id}/offers/{offer.id}/withdraw")
    db.session.refresh(offer)
    assert offer.status is OfferStatus.WITHDRAWN


def test_somebody_is_asked_by_hand_with_a_reason(visitor: Visitor, scene: shifts.Scene, owner: Person) -> None:
    at = AtCompany(visitor.signed_in(owner), scene.company_id)
    person = shifts.contracted(scene)
    shift = shifts.shift(scene)
    refused = at.send(f"/shifts/{shift.id}", f"/shifts/{shift.id}/offers", contractor_ids=[], reason="Knows bicycles.")
    assert refused.status == 422
    assert refused.form("/offers").values["reason"] == ["Knows bicycles."]
    at.visitor.hand_in(refused, f"/shifts/{shift.id}/offers", contractor_ids=[str(person.id)])
    offer: Offer = db.session.scalars(shifts_queries.offers_of_shift(shift.id, seen_by=scene.company)).one()
    assert offer.reason == {"words": "Knows bicycles."}


def test_cancelling_shows_its_price_before(visitor: Visitor, scene: shifts.Scene, owner: Person) -> None:
    at = AtCompany(visitor.signed_in(owner), scene.company_id)
    booking = shifts.booked(scene)
    shifts.at(booking.starts_at - timedelta(hours=2))
    page = at.look(f"/shifts/{booking.shift_id}/cancel")
    assert "2 h by the rule NOTICE" in page.words
    at.visitor.hand_in(page, reason="The pictures are not there yet.")
    assert db.session.get_one(Shift, booking.shift_id).status is ShiftStatus.CANCELLED
    # Nobody worked, and it is paid all the same: both sides' lists say what it is.
    owed = "2 h paid time · owed for time taken back 2 h"
    assert owed in at.look("/timesheets").words
    theirs = Visitor(visitor.client.application.test_client()).signed_in(person_of(booking.contractor_id))
    assert owed in theirs.look("/work/timesheets").words


# --- timesheets and money -------------------------------------------------------------------------------------------


def test_a_timesheet_is_approved_line_by_line(visitor: Visitor, scene: shifts.Scene, owner: Person) -> None:
    at = AtCompany(visitor.signed_in(owner), scene.company_id)
    shifts.worked(scene)
    (sheet,) = _timesheets(scene)
    listed = at.look("/timesheets")
    assert "Ana Example" in listed.words
    page = at.look(f"/timesheets/{sheet.id}")
    assert "67.40" in page.words
    told = at.visitor.hand_in(page, f"/timesheets/{sheet.id}/approve").words
    assert "of Ana Example, $67.40 USD all in all. The next pay run pays it." in told
    db.session.refresh(sheet)
    assert sheet.status is TimesheetStatus.APPROVED


def test_owed_and_held_are_told_apart(visitor: Visitor, scene: shifts.Scene, owner: Person) -> None:
    at = AtCompany(visitor.signed_in(owner), scene.company_id)
    shifts.worked(scene)
    assert pay_queries.owed_so_far(scene.company_id, scene.company).sums == {"USD": Money.of("67.40", "USD")}
    assert "$67.40 USD owed for work done" in at.look("").html.replace("\xa0", " ")


def test_what_cannot_be_reckoned_says_so_on_the_pages_of_money_and_time(
    visitor: Visitor, scene: shifts.Scene, owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = AtCompany(visitor.signed_in(owner), scene.company_id)
    shifts.worked(scene)
    (sheet,) = _timesheets(scene)
    monkeypatch.setattr(lines, "priced", lambda _: 1 // 0)
    assert "What is owed for 1 booking or test cannot be reckoned" in at.look("/money").words
    page = at.look(f"/timesheets/{sheet.id}")
    assert "What it costs cannot be reckoned." in page.words
    assert "Altogether" not in page.words
    assert "an amount that is not known yet" in at.visitor.hand_in(page, f"/timesheets/{sheet.id}/approve").words


# --- finding --------------------------------------------------------------------------------------------------------


def _shifts(scene: shifts.Scene) -> list[Shift]:
    return list(db.session.scalars(shifts_queries.company_shifts(scene.company_id, seen_by=scene.company)))


def _timesheets(scene: shifts.Scene) -> list[Timesheet]:
    return list(db.session.scalars(shifts_queries.timesheets(scene.company_id, seen_by=scene.company)))
