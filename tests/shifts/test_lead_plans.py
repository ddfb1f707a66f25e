"""Leads who are planned: kept when their shift is moved, and brought by a crew that is asked first."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from marketplace.accounts.models import Person
from marketplace.contracts import crews
from marketplace.contracts.crew_rules import BadCrewLead
from marketplace.core.db import db
from marketplace.core.events import timeline
from marketplace.gigs.models import Gig
from marketplace.shifts import laying, leading, moving, offers, scheduling
from marketplace.shifts.leading import name_due
from marketplace.shifts.leading_models import LeadPlan
from marketplace.shifts.models import Offer, Shift
from marketplace.shifts.rules import LeadPart, OfferStatus, ShiftStatus
from marketplace.workforce.models import Contractor
from tests.factories import accounts
from tests.factories import shifts as make
from tests.factories.shifts import MONDAY, ZONE, Scene
from tests.pay.books import everything_holds
from tests.web.visitor import Visitor

LEAD = "PUT /api/v1/crews/<uuid:crew_id>/lead"
DAY, HOURS = timedelta(days=1), timedelta(hours=4)
FAR = MONDAY + 14 * DAY


def parts(scene: Scene, shift: Shift) -> list[tuple[object, str, int]]:
    """Who leads a shift, and in which minutes."""
    found = leading.of_shift(shift.id, seen_by=scene.company)
    minute = timedelta(minutes=1)
    return [(row.contractor_id, str(row.part), (part.ends_at - part.starts_at) // minute) for row, part in found]


def led(scene: Scene) -> tuple[Contractor, Shift]:
    """Somebody with a seat in a shift on Monday that they lead."""
    ana = make.contracted(scene)
    shift = make.shift(scene, seats=2)
    make.booked(scene, ana, shift)
    leading.name(shift.id, ana.id, 15, 30, by=scene.company)
    return ana, shift


def moved(scene: Scene, shift: Shift) -> Shift:
    price = moving.moving_price(shift.id, by=scene.company)
    start = shift.starts_at + DAY
    return moving.move_shift(shift.id, start, start + HOURS, price.total, "Late data.", by=scene.company)


def said_yes(shift: Shift, person: Contractor) -> None:
    pending = select(Offer).where(Offer.shift_id == shift.id, Offer.contractor_id == person.id)
    make.accepted(db.session.scalars(pending.where(Offer.status == OfferStatus.PENDING)).one())


def test_a_moved_shift_keeps_its_lead_who_is_asked_once_they_took_the_new_time(scene: Scene) -> None:
    """45 minutes of a lead at 15.00 are 11.25 USD and the rest on top; the price says so, beside its total."""
    ana, shift = led(scene)
    price = moving.moving_price(shift.id, by=scene.company)
    assert price.lead is not None
    assert (price.lead.contractor_id, price.lead.minutes_before, price.lead.minutes_after) == (ana.id, 15, 30)
    assert str(price.lead.cost) == "12.65 USD"
    new = moved(scene, shift)
    assert (name_due(), parts(scene, new)) == (0, [])
    said_yes(new, ana)
    assert (name_due(), name_due()) == (1, 0)
    assert parts(scene, new) == [(ana.id, LeadPart.BRIEFING, 15), (ana.id, LeadPart.CHECKING, 30)]
    asked = db.session.scalars(select(Offer).where(Offer.contractor_id == ana.id, Offer.status == "pending")).all()
    assert sorted(each.terms["scheduled_minutes"] for each in asked) == [15, 30]
    again = moved(scene, new)
    assert leading.plans_of([again.id])[again.id].contractor_id == ana.id
    everything_holds()


def test_a_lead_who_does_not_take_the_new_time_leads_nothing_and_the_plan_ends(scene: Scene) -> None:
    ana, shift = led(scene)
    new = moved(scene, shift)
    mine = db.session.scalars(select(Offer).where(Offer.shift_id == new.id, Offer.contractor_id == ana.id)).one()
    offers.decline(mine.id, by=accounts.actor_of(ana.id))
    bea = make.contracted(scene)
    assert name_due() == 0
    leading.name(new.id, bea.id, 20, 0, by=scene.company)
    assert [who for who, *_ in parts(scene, new)] == [bea.id]
    plan = db.session.get_one(LeadPlan, new.id)
    assert (plan.settled_at is not None, name_due()) == (True, 0)
    make.at(new.starts_at)
    third = make.shift(scene, starts_at=new.starts_at + 3 * DAY)
    leading.keep({third.id: plan})
    price = scheduling.cancellation_price(third.id, by=scene.company)
    scheduling.cancel_shift(third.id, price.total, "No data.", by=scene.company)
    assert (name_due(), db.session.get_one(LeadPlan, third.id).because) == (1, None)


def test_minutes_that_a_rule_does_not_allow_are_told_to_the_company(scene: Scene) -> None:
    """She has another shift with the same company right before the new one, so no briefing fits."""
    ana, shift = led(scene)
    make.booked(scene, ana, starts_at=shift.starts_at + DAY - timedelta(hours=1), hours=1)
    new = moved(scene, shift)
    said_yes(new, ana)
    assert (name_due(), parts(scene, new)) == (1, [])
    assert db.session.get_one(LeadPlan, new.id).because == "double_booked"
    assert "shift.lead_not_named" in {event.name for event in timeline("shift", new.id)}
    laid = select(Shift).where(Shift.starts_at < new.starts_at, Shift.ends_at == new.starts_at, Shift.seats == 1)
    assert [each.status for each in db.session.scalars(laid)] == [ShiftStatus.SCHEDULED], "her own shift alone"


def test_a_plan_that_breaks_holds_up_no_other(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be asked for, by our fault, is told to the company as well; the plan behind it is carried out."""
    news = []
    for day in (0, 3):
        ana = make.contracted(scene)
        shift = make.shift(scene, MONDAY + day * DAY, seats=2)
        make.booked(scene, ana, shift)
        leading.name(shift.id, ana.id, 15, 0, by=scene.company)
        news.append(moved(scene, shift))
        said_yes(news[-1], ana)
    first, second = sorted(news, key=lambda each: each.id)
    lay = laying.lay

    def breaks(gig: Gig, planned: Sequence[laying.Planned], **more: Any) -> Sequence[Shift]:
        made = lay(gig, planned, **more)
        if planned[0].ends_at == first.starts_at:
            raise ZeroDivisionError
        return made

    monkeypatch.setattr(laying, "lay", breaks)
    assert (name_due(), name_due()) == (2, 0)
    assert db.session.get_one(LeadPlan, first.id).because == "error"
    assert "shift.lead_not_named" in {event.name for event in timeline("shift", first.id)}
    assert (len(parts(scene, first)), len(parts(scene, second))) == (0, 1)
    laid = select(Shift).where(Shift.ends_at == first.starts_at)
    assert db.session.scalars(laid).all() == [], "what was begun of it is undone"


def test_a_crew_that_is_asked_first_brings_its_lead(scene: Scene) -> None:
    """The price of the shift counts the minutes; they are asked for when the lead has said yes."""
    ana, bea = make.contracted(scene), make.contracted(scene)
    crew = crews.make(scene.company_id, "Night desk", by=scene.company)
    crews.add(crew.id, [ana.id, bea.id], by=scene.company)
    for who, before, after in ((ana.id, 0, 0), (ana.id, 61, 0), (make.contracted(scene).id, 15, 0)):
        with pytest.raises(BadCrewLead):
            crews.name_lead(crew.id, who, before, after, by=scene.company)
    crews.name_lead(crew.id, bea.id, 10, 0, by=scene.company)
    crews.name_lead(crew.id, ana.id, 15, 30, by=scene.company)
    times = {"starts_at": FAR, "ends_at": FAR + HOURS, "timezone": ZONE, "seats": 2, "crew_id": crew.id}
    price = scheduling.adding_price(scene.gig.id, **times, by=scene.company)
    assert (str(price.lead), price.total) == ("12.65 USD", price.work + price.lead)
    shift = scheduling.schedule(scene.gig.id, **times, agreed=price.total, by=scene.company)
    make.booked(scene, bea, shift)
    assert name_due() == 0
    make.booked(scene, ana, shift)
    assert (name_due(), [who for who, *_ in parts(scene, shift)]) == (1, [ana.id, ana.id])
    crews.leave(crew.id, by=accounts.actor_of(ana.id))
    assert crews.leads_of([crew.id]) == {}
    crews.name_lead(crew.id, bea.id, 10, 0, by=scene.company)
    crews.name_lead(crew.id, None, 0, 0, by=scene.company)
    assert crews.leads_of([crew.id]) == {}


@pytest.mark.door(LEAD, "works")
@pytest.mark.door(LEAD, "not_signed_in")
@pytest.mark.door(LEAD, "not_mine")
@pytest.mark.door(LEAD, "wrong_state")
@pytest.mark.door(LEAD, "wrong_shape")
def test_the_door_and_the_page_of_a_crew_s_lead(client: FlaskClient, scene: Scene) -> None:
    ana = make.contracted(scene)
    crew = crews.make(scene.company_id, "Night desk", by=scene.company)
    crews.add(crew.id, [ana.id], by=scene.company)
    address, ours = f"/api/v1/crews/{crew.id}/lead", accounts.bearer(scene.company)
    named = {"contractor_id": str(ana.id), "minutes_before": 15}
    assert client.put(address, json=named).status_code == 401
    assert client.put(address, json=named, headers=accounts.bearer(make.scene().company)).status_code == 404
    for wrong in (named | {"minutes_before": 61}, named | {"contractor_id": str(uuid4())}):
        assert client.put(address, json=wrong, headers=ours).status_code == 422
    assert client.put(address, json=named, headers=ours).status_code == 200
    (member,) = client.get(f"/api/v1/crews/{crew.id}/members", headers=ours).json["items"]
    assert (member["lead_before"], member["lead_after"]) == (15, 0)
    visitor = Visitor(client).signed_in(db.session.get_one(Person, scene.company.person_id))
    page = visitor.look(f"/company/{scene.company_id}/crews/{crew.id}")
    assert "leads the crew: 15 min before" in page.words
    saved = visitor.hand_in(page, "/lead", contractor_id="", minutes_before="", minutes_after="")
    assert (saved.status, crews.leads_of([crew.id])) == (200, {})
    crews.close(crew.id, by=scene.company)
    assert client.put(address, json=named, headers=ours).json["code"] == "crew_closed"


def test_the_page_of_moving_says_that_the_lead_stays(client: FlaskClient, scene: Scene) -> None:
    _, shift = led(scene)
    visitor = Visitor(client).signed_in(db.session.get_one(Person, scene.company.person_id))
    page = visitor.look(f"/company/{scene.company_id}/shifts/{shift.id}/move")
    assert "leads it: once they take the new time, they are asked for the same minutes" in page.words
    answer = client.get(f"/api/v1/shifts/{shift.id}/moving-price", headers=accounts.bearer(scene.company)).json
    assert (answer["lead"]["minutes_after"], answer["standby"]) == (30, 0)
