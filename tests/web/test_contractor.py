"""A contractor's pages: who may come in, the record, contracts and pay."""

import re
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.accounts.models import Person
from marketplace.contracts import queries as contracts
from marketplace.contracts.rules import ContractStatus
from marketplace.core import clock
from marketplace.core.db import db, transaction
from marketplace.core.events import Event
from marketplace.shifts.models import Booking
from marketplace.standards.catalogue import RULES
from marketplace.workforce import availability, queries
from marketplace.workforce.calendar import Quiet, Window, Wish
from tests.factories import accounts, standards, workforce
from tests.factories import contracts as papers
from tests.factories import pay as made
from tests.factories.accounts import person_of
from tests.factories.shifts import Scene
from tests.web.visitor import Visitor


def contractor_pages(app: Flask) -> list[str]:
    """Every address that a contractor can open, with an id of nothing where one is needed."""
    return sorted(
        re.sub(r"<any\((\w+)[^>]*>", r"\1", re.sub(r"<uuid:\w+>", str(uuid4()), rule.rule))
        for rule in app.url_map.iter_rules()
        if rule.endpoint.split(".")[0] in ("contractor", "work") and "GET" in (rule.methods or ())
    )


# --- who may come in ------------------------------------------------------------------------------------------------


def test_strangers_sign_in_first_and_come_back(app: Flask, visitor: Visitor) -> None:
    pages = contractor_pages(app)
    assert len(pages) > 10
    for path in pages:
        answer = visitor.client.get(path)
        assert answer.status_code == 302, path
        assert answer.headers["Location"].startswith("/sign-in?next="), path


def test_whoever_is_no_contractor_is_shown_how_to_become_one(app: Flask, visitor: Visitor) -> None:
    visitor.signed_in(accounts.person())
    for path in contractor_pages(app):
        assert visitor.look(path).address == "/me/apply", path


def test_what_is_not_there_is_not_found(app: Flask, visitor: Visitor) -> None:
    visitor.signed_in(person_of(workforce.contractor().id))
    with_ids = [path for path in contractor_pages(app) if len(path) > 40]
    assert len(with_ids) > 15
    for path in with_ids:
        assert visitor.look(path).status == 404, path


def test_what_is_another_persons_is_not_found_either(app: Flask, visitor: Visitor) -> None:
    """Not even for a member of the company, who sees the same things on the company's pages."""
    with transaction():
        booking = made.worked_and_approved()
    made.paid()
    approved = db.session.scalars(select(Event.subject_id).where(Event.name == "timesheet.approved")).one()
    contract = contracts.in_force(booking.company_id, booking.contractor_id, booking.ends_at)
    assert contract is not None
    paths = [
        f"/work/offers/{booking.offer_id}",
        f"/work/shifts/{booking.id}",
        f"/work/timesheets/{approved}",
        f"/work/pay/{made.payslip_of(booking.contractor_id).id}",
        f"/me/contracts/{contract.contract_id}",
    ]
    owner = accounts.owner_of(booking.company_id)
    workforce.contractor(person_of(owner.person_id))
    visitor.signed_in(person_of(owner.person_id))
    for path in paths:
        assert visitor.look(path).status == 404, path
    mine = Visitor(app.test_client()).signed_in(person_of(booking.contractor_id))
    for path in paths:
        assert mine.look(path).status == 200, path


# --- the record -----------------------------------------------------------------------------------------------------


@pytest.fixture
def ana(app: Flask) -> Person:
    return person_of(workforce.contractor().id)


def test_the_week_is_set_by_the_clock_on_the_wall(visitor: Visitor, ana: Person) -> None:
    me = accounts.actor_of(ana)
    availability.set_availability([Window(0, 540, 720)], by=me)
    visitor.signed_in(ana)
    page = visitor.look("/me/time")
    assert page.form("/time/week").values["from_0_0"] == ["09:00"]
    fields = {"from_0_1": "13:30", "to_0_1": "00:00", "from_5_0": "22:00", "to_5_0": "02:00", "wish_5_0": "undesired"}
    visitor.hand_in(page, "/time/week", **fields)
    night = Window(5, 1320, 120, Wish.UNDESIRED)
    assert queries.windows(ana.id) == [Window(0, 540, 720), Window(0, 810, 1440), night]
    assert visitor.look("/me/time").form("/time/week").values["to_0_1"] == ["00:00"]


def test_half_a_stretch_is_refused_and_kept(visitor: Visitor, ana: Person) -> None:
    visitor.signed_in(ana)
    page = visitor.send("/me/time", "/time/week", from_3_1="08:15")
    assert page.status == 422
    assert "Give both times, from and to, or none." in page.words
    assert page.form("/time/week").values["from_3_1"] == ["08:15"]


def test_a_week_is_painted_by_the_hour(visitor: Visitor, ana: Person) -> None:
    availability.set_availability([], by=accounts.actor_of(ana))
    visitor.signed_in(ana)
    nothing = visitor.send("/me/time", "/time/paint", wish="desired")
    assert nothing.status == 422
    assert "Mark the hours first." in nothing.words
    visitor.send("/me/time", "/time/paint", cells=["0-9", "0-10", "6-*"], wish="desired")
    page = visitor.send("/me/time", "/time/paint", cells=["*-10"], wish="unavailable")
    mornings = [Window(day, 600, 660, Wish.UNAVAILABLE) for day in range(6)]
    sunday = [Window(6, 0, 600), Window(6, 600, 660, Wish.UNAVAILABLE), Window(6, 660, 1440)]
    assert queries.windows(ana.id) == sorted([Window(0, 540, 600), *mornings, *sunday])
    assert "Tuesday 10:00, I cannot work" in page.words
    visitor.send("/me/time", "/time/paint", cells=["*-10"], wish="none")
    assert queries.windows(ana.id) == [Window(0, 540, 600), Window(6, 0, 600), Window(6, 660, 1440)]


def test_days_off_holidays_and_quiet_hours(visitor: Visitor, ana: Person) -> None:
    clock.move_to(datetime(2026, 12, 1, 18, tzinfo=UTC))
    visitor.signed_in(ana)
    week = {"first_day": "2026-12-07", "last_day": "2026-12-13", "wish": "unavailable", "note": "By the sea"}
    page = visitor.send("/me/time", "/time/days", **week)
    assert "By the sea" in page.words
    crossed = visitor.send(
        "/me/time", "/time/days", first_day="2026-12-09", wish="desired", begins="18:00", ends="20:00"
    )
    assert crossed.status == 422
    assert "Two things that you say about your time contradict each other." in crossed.words
    page = visitor.send("/me/time", "/time/holidays", year="2026", wish="unavailable")
    assert "Christmas Day" in page.words
    days = [str(each.first_day) for each in queries.exceptions(ana.id)]
    assert days == ["2026-12-07", "2026-12-24", "2026-12-25"]
    visitor.hand_in(page, f"{queries.exceptions(ana.id)[0].id}/remove")
    assert [str(each.first_day) for each in queries.exceptions(ana.id)] == days[1:]
    visitor.send("/me/time", "/time/quiet", begins="22:00", ends="06:30")
    assert queries.contractor(ana.id, accounts.actor_of(ana)).quiet == Quiet(1320, 390)
    visitor.send("/me/time", "/time/quiet", begins="", ends="")
    assert queries.contractor(ana.id, accounts.actor_of(ana)).quiet is None


def test_the_band_of_hours_is_set_or_refused(visitor: Visitor, ana: Person) -> None:
    visitor.signed_in(ana)
    refused = visitor.send("/me/record", "/record/band", min_hours=30, max_hours=20)
    assert refused.status == 422
    assert refused.form("/record/band").values["min_hours"] == ["30"]
    visitor.hand_in(refused, "/record/band", max_hours=40)
    mine = queries.contractor(ana.id, accounts.actor_of(ana))
    assert (mine.band_min_hours, mine.band_max_hours) == (30, 40)


def test_unticking_everything_means_none(visitor: Visitor, ana: Person) -> None:
    visitor.signed_in(ana)
    visitor.send("/me/record", "/record/description", skills="", languages__en="")
    profile = queries.profile(ana.id, accounts.actor_of(ana))
    assert profile.skills == []
    assert profile.languages == {}


def test_consent_to_distressing_work_is_given_and_taken_back(visitor: Visitor, ana: Person) -> None:
    visitor.signed_in(ana)
    page = visitor.look("/me/record")
    hate = next(form for form in page.forms if form.values.get("category") == ["hate"])
    visitor.client.post(hate.action, data=hate.values | {"up_to": ["H2"]})
    page = visitor.look("/me/record")
    assert "You opted in, up to:" in page.words
    visitor.hand_in(page, "/record/consents/revoke")
    assert "You opted in, up to:" not in visitor.look("/me/record").words


# --- contracts ------------------------------------------------------------------------------------------------------


def test_a_contract_is_read_and_signed_with_the_full_name(visitor: Visitor, ana: Person) -> None:
    contract = papers.proposed(contractor_id=ana.id)
    visitor.signed_in(ana)
    path = f"/me/contracts/{contract.id}"
    assert "FRAMEWORK CONTRACT" in visitor.look(path).words
    refused = visitor.send(path, "/sign", name="Somebody Else")
    assert refused.status == 422
    assert "You sign with your own name" in refused.words
    assert refused.form("/sign").values["name"] == ["Somebody Else"]
    signed = visitor.hand_in(refused, "/sign", name=ana.name)
    assert "Signed." in signed.words
    assert not signed.offers("/sign")
    assert contracts.contract(contract.id, accounts.actor_of(ana)).status is ContractStatus.IN_FORCE


def test_a_contract_is_declined_or_ended(visitor: Visitor, ana: Person) -> None:
    declined, ended = papers.proposed(contractor_id=ana.id), papers.proposed(contractor_id=ana.id)
    papers.signed(ended)
    visitor.signed_in(ana)
    visitor.send(f"/me/contracts/{declined.id}", "/decline")
    visitor.send(f"/me/contracts/{ended.id}", "/end")
    assert [row.status for row in (declined, ended)] == [ContractStatus.DECLINED, ContractStatus.ENDED]


# --- pay ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def paid(scene: Scene) -> Booking:
    booking = made.worked_and_approved(scene)
    made.paid()
    return booking


def test_a_payslip_shows_each_line_with_its_rule_and_contract(visitor: Visitor, paid: Booking) -> None:
    visitor.signed_in(person_of(paid.contractor_id))
    slip = made.payslip_of(paid.contractor_id)
    assert "$60.00 USD" in visitor.look("/work/pay").words
    page = visitor.look(f"/work/pay/{slip.id}")
    for said in (
        "Wages $60.00 USD",
        "4 h × $15.00 USD an hour",
        "WAGES v1",
        f"SICK v{RULES['SICK'].version}",
        "HEALTH v1",
        "FEE v2",
        "8 min of leave",
        "4 % of the pay",
        "version 1",
        "independent contractor",
        "Sandbox: no money moves.",
    ):
        assert said in page.words, said


def test_a_payslip_in_another_currency_names_the_source_or_says_that_there_is_none(
    visitor: Visitor, paid: Booking
) -> None:
    visitor.signed_in(person_of(paid.contractor_id))
    slip = made.payslip_of(paid.contractor_id)
    assert slip.pay_date is not None
    none = visitor.look(f"/work/pay/{slip.id}?currency=KES")
    assert none.status == 200
    assert "No sourced rate" in none.words
    standards.rate("USD", "IDR", "14749.75", on=slip.pay_date, source="Bank Indonesia")
    page = visitor.look(f"/work/pay/{slip.id}?currency=IDR")
    assert "Rp 884,985" in page.words.replace("\xa0", " ")
    assert "Bank Indonesia" in page.words
    assert visitor.look(f"/work/pay/{slip.id}?currency=XXL").status == 200


def test_benefits_stand_as_balance_and_entries(visitor: Visitor, paid: Booking) -> None:
    page = visitor.signed_in(person_of(paid.contractor_id)).look("/work/benefits")
    assert page.status == 200
    assert "SICK" in page.words
