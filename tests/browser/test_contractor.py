"""A contractor's pages as a browser shows them: on a wide screen, on a phone, in light and dark, by keyboard."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select

from marketplace.accounts import queries as people
from marketplace.accounts.rules import CLOCK
from marketplace.core.db import db
from marketplace.core.events import Event
from marketplace.gigs.models import Gig
from marketplace.notices import service as notices
from marketplace.shifts import offers
from marketplace.shifts.timesheet_models import TimesheetLine
from marketplace.workforce.models import Contractor
from tests.browser.conftest import press, tab_to
from tests.factories import accounts, shifts
from tests.factories import contracts as papers
from tests.factories import pay as made
from tests.factories.shifts import MONDAY, Scene

pytestmark = pytest.mark.browser
Committed = Callable[[], AbstractContextManager[None]]
Sound = Callable[[Page, str], None]
SignIn = Callable[[Page, str], None]
REASON = {
    "score": 8250,
    "rank": 1,
    "weights_version": 1,
    "parts": [
        {"part": "availability", "points": 100, "weight": 30},
        {"part": "band", "points": 100, "weight": 30},
        {"part": "spread", "points": 90, "weight": 20},
        {"part": "continuity", "points": 0, "weight": 10},
        {"part": "language", "points": 50, "weight": 10},
    ],
}


def test_everything_that_a_contractor_sees_is_sound(
    page: Page, phone: Page, apart_app: Flask, committed: Committed, sign_in: SignIn, sound: Sound
) -> None:
    paths, email = _paid_week(apart_app, committed)
    for tab in (page, phone):
        sign_in(tab, email)
        for name, path in paths.items():
            tab.goto(path)
            expect(tab.locator("h1")).to_be_visible()
            sound(tab, name)


def _paid_week(app: Flask, committed: Committed) -> tuple[dict[str, str], str]:
    """Somebody with a paid week, an offer, a coming shift and a contract to sign; and the addresses of their pages."""
    with committed():
        scene = shifts.scene(minutes=4800)
        ana = shifts.contracted(scene)
        worked = shifts.worked(scene, ana)
        made.approved(scene, worked)
        email, ana_id, gig_id, worked_id = people.person(ana.id).email, ana.id, scene.gig.id, worked.id
    with app.app_context():
        made.paid()
        slip = made.payslip_of(ana_id).id
    with committed():
        scene = Scene(db.session.get_one(Gig, gig_id), scene.company)
        ana = db.session.get_one(Contractor, ana_id)
        later = shifts.shift(scene, MONDAY + timedelta(days=2))
        (offer,) = offers.offer(later.id, [(ana.id, REASON)], later.starts_at, by=scene.company)
        coming = shifts.booked(scene, ana, starts_at=MONDAY + timedelta(days=1))
        unsigned = papers.proposed(contractor_id=ana.id)
        events = [event.id for event in db.session.query(Event).order_by(Event.id)]
        notices.deliver(events, by=CLOCK)
        paths = {
            "today": "/work",
            "offers": "/work/offers",
            "offer": f"/work/offers/{offer.id}",
            "bookings": "/work/shifts",
            "booking": f"/work/shifts/{worked_id}",
            "booking-coming": f"/work/shifts/{coming.id}",
            "timesheets": "/work/timesheets",
            "payslips": "/work/pay",
            "payslip": f"/work/pay/{slip}?currency=EUR",
            "payslip-no-rate": f"/work/pay/{slip}?currency=KES",
            "benefits": "/work/benefits",
            "contracts": "/me/contracts",
            "contract": f"/me/contracts/{unsigned.id}",
            "record": "/me/record",
            "application": "/me/application",
            "inbox": "/inbox",
        }
        sheet = sheet_of(worked_id)
    return paths | {"timesheet": f"/work/timesheets/{sheet}"}, email


def sheet_of(booking_id: UUID) -> UUID:
    """The timesheet that the booking is on."""
    found = select(TimesheetLine.timesheet_id).where(TimesheetLine.booking_id == booking_id)
    return db.session.scalars(found).one()


def test_the_same_in_indonesian(
    phone: Page, apart_app: Flask, committed: Committed, sign_in: SignIn, sound: Sound
) -> None:
    paths, email = _paid_week(apart_app, committed)
    sign_in(phone, email)
    press(phone, "Indonesia")
    for name in ("today", "offer", "payslip", "record"):
        phone.goto(paths[name])
        expect(phone.locator("html")).to_have_attribute("lang", "id")
        sound(phone, f"{name}-id")


def test_an_application_is_written_on_a_phone(phone: Page, committed: Committed, sign_in: SignIn, sound: Sound) -> None:
    with committed():
        accounts.person("budi@example.com", name="Budi Santoso")
    sign_in(phone, "budi@example.com")
    phone.get_by_role("link", name="Apply to work").click()
    expect(phone.get_by_label("Country")).to_be_visible()
    sound(phone, "apply")
    phone.get_by_label("Country").select_option("ID")
    phone.get_by_label("Time zone").fill("Asia/Nowhere")
    phone.get_by_label("Date of birth").fill("1990-05-17")
    phone.get_by_label("image labelling").check()
    phone.get_by_label("English").select_option("B2")
    press(phone, "Apply")
    expect(phone.get_by_label("Time zone")).to_have_value("Asia/Nowhere")
    expect(phone.get_by_label("Country")).to_have_value("ID")
    expect(phone.get_by_label("English")).to_have_value("B2")
    sound(phone, "apply-refused")
    phone.get_by_label("Time zone").fill("Asia/Pontianak")
    phone.get_by_role("button", name="Apply").click()
    expect(phone.get_by_text("0 of 7 steps are done.")).to_be_visible()
    sound(phone, "application-begun")


def test_a_shift_is_worked_with_one_thumb(phone: Page, committed: Committed, sign_in: SignIn, sound: Sound) -> None:
    with committed():
        scene = shifts.scene()
        booking = shifts.booked(scene)
        email, booking_id = people.person(booking.contractor_id).email, booking.id
    sign_in(phone, email)
    sound(phone, "today-waiting")
    for moment, button, name in (
        (timedelta(0), "Clock in", "today-clock-in"),
        (timedelta(minutes=90), "Take your paid break", "today-working"),
        (timedelta(minutes=110), "Back to work", "today-break"),
        (timedelta(hours=4), "Clock out", "today-clock-out"),
    ):
        with committed():
            shifts.at(MONDAY + moment)
        phone.goto("/work")
        sound(phone, name)
        with phone.expect_navigation():
            phone.locator(".next-thing").get_by_role("button", name=button).click()
    expect(phone.get_by_text("Nothing to do")).to_be_visible()
    phone.goto(f"/work/shifts/{booking_id}")
    expect(phone.get_by_text("break, paid").first).to_be_visible()
    sound(phone, "booking-worked")


def test_a_mistake_of_the_clock_and_how_one_is_told_by_keyboard(
    page: Page, committed: Committed, sign_in: SignIn, sound: Sound
) -> None:
    with committed():
        worked = shifts.worked(shifts.scene())
        email, booking_id = people.person(worked.contractor_id).email, worked.id
    sign_in(page, email)
    page.goto(f"/work/shifts/{booking_id}/corrections")
    sound(page, "corrections")
    tab_to(page, page.get_by_label("Why does the clock have to be corrected?"))
    page.keyboard.type("I have looked again.")
    tab_to(page, page.locator("main").get_by_role("button").last)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("I have looked again.")
    page.goto("/account/reach")
    sound(page, "reach")
    box = page.locator("#ways").locator("..").get_by_role("checkbox").first
    before = box.is_checked()
    tab_to(page, box)
    page.keyboard.press("Space")
    tab_to(page, page.get_by_role("button", name="Save", exact=True))
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.locator("#ways").locator("..").get_by_role("checkbox").first).to_be_checked(checked=not before)


def test_a_contract_is_read_and_signed_by_keyboard(page: Page, committed: Committed, sign_in: SignIn) -> None:
    with committed():
        contract = papers.proposed()
        person = people.person(contract.contractor_id)
        email, name = person.email, person.name
    sign_in(page, email)
    page.get_by_role("link", name="Read and sign").press("Enter")
    page.get_by_role("region", name="The text of the contract").focus()
    page.keyboard.press("Tab")
    page.keyboard.type(name)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Signed. You may be offered shifts")).to_be_visible()


def test_a_change_of_a_contract_is_proposed_read_and_consented_to_on_a_phone(
    phone: Page, page: Page, committed: Committed, sign_in: SignIn, sound: Sound
) -> None:
    with committed():
        agreed = papers.in_force()
        company_id, ana_id = agreed.company_id, agreed.contractor_id
        name, email = people.person(ana_id).name, people.person(ana_id).email
        owner = people.person(accounts.owner_of(company_id).person_id).email
    sign_in(page, owner)
    page.goto(f"/company/{company_id}/contracts/templates/new")
    page.get_by_label("The lowest pay of any hour").fill("16.50")
    page.get_by_label("Months after the end until secrecy ends").fill("18")
    press(page, "Read the whole text")
    page.get_by_label("Sign with your full name").fill("Olga Owner")
    sound(page, "template-read")
    press(page, "Sign for the company")
    page.get_by_role("link", name="Text number 2").click()
    page.locator(f"#person-{ana_id}").check()
    press(page, "Propose to those who are ticked")
    sign_in(phone, email)
    phone.goto("/me/contracts")
    expect(phone.get_by_text("a change is proposed")).to_be_visible()
    phone.get_by_role("link", name="Read").click()
    expect(phone.locator("ins", has_text="16.50")).to_be_visible()
    expect(phone.locator("del", has_text="12")).to_be_visible()
    expect(phone.get_by_text("worse for the contractor")).to_be_visible()
    sound(phone, "amendment")
    phone.get_by_role("button", name="Indonesia").click()
    expect(phone.get_by_role("heading", name="Kerahasiaan")).to_be_visible()
    sound(phone, "amendment-id")
    phone.get_by_role("button", name="English").click()
    phone.get_by_label("Type your full name").fill(name)
    phone.get_by_role("button", name="Sign the change").click()
    expect(phone.get_by_text("Signed. You may be offered shifts")).to_be_visible()
    expect(phone.locator("ins")).to_have_count(0)
