"""What comes after a yes, on a telephone: somebody stands by and is given a seat, by the keyboard alone; and two people
swap their shifts, in Indonesian."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

import pytest
from flask import Flask
from playwright.sync_api import Browser, Locator, Page, expect

from jobs.runner import run_pending
from marketplace.accounts import queries as people
from marketplace.core import clock
from marketplace.shifts import scheduling, standby
from tests.browser.conftest import PHONE, follow, opened, press, tab_to
from tests.factories import accounts, shifts
from tests.factories.shifts import MONDAY, ZONE

pytestmark = pytest.mark.browser
Committed = Callable[[], AbstractContextManager[None]]
SignIn = Callable[[Page, str], None]
Sound = Callable[[Page, str], None]
HOURS = timedelta(hours=4)


@pytest.fixture
def other(browser: Browser, live_server: str) -> Iterator[Page]:
    """A second telephone."""
    yield from opened(browser, live_server, PHONE)


def by_keyboard(page: Page, wanted: Locator) -> None:
    """Presses it as somebody does who has no mouse."""
    tab_to(page, wanted)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def at(app: Flask, committed: Committed, moment: datetime) -> None:
    with committed():
        clock.travel_to(moment)
    with app.app_context():
        run_pending()


def test_who_stands_by_is_given_a_seat(
    apart_app: Flask, committed: Committed, phone: Page, other: Page, sign_in: SignIn, sound: Sound
) -> None:
    """Ana does not come. Bea has said that she is ready, and her clock starts at once; her company reads it, in
    Indonesian too."""
    with committed():
        scene = shifts.scene()
        times = {"starts_at": MONDAY, "ends_at": MONDAY + HOURS, "timezone": ZONE, "seats": 1}
        shift = scheduling.schedule(scene.gig.id, **times, standby=1, by=scene.company)
        shifts.booked(scene, shift=shift)
        reserve = standby.of_shift(shift.id, seen_by=scene.company)
        assert reserve is not None
        bea = shifts.contracted(scene)
        offer_id = shifts.offered(scene, reserve, bea).id
        bea_s, olga_s = (people.person(each).email for each in (bea.id, scene.company.person_id) if each is not None)
        where = f"/company/{scene.company_id}/shifts/{shift.id}"
    sign_in(phone, bea_s)
    phone.goto(f"/work/offers/{offer_id}")
    by_keyboard(phone, phone.get_by_role("button", name="Accept", exact=True))
    expect(phone.locator("main")).to_contain_text("booked")
    at(apart_app, committed, MONDAY - timedelta(minutes=5))
    phone.goto("/work")
    by_keyboard(phone, phone.get_by_role("button", name="I am ready"))
    phone.goto("/work")
    expect(phone.locator("main")).to_contain_text("if a seat is free, your clock starts at once")
    at(apart_app, committed, MONDAY + timedelta(minutes=31))
    phone.goto("/work")
    expect(phone.get_by_role("heading", name="You are working")).to_be_visible()
    sound(phone, "standing-by-called")
    sign_in(other, olga_s)
    other.goto(where)
    expect(other.locator("main")).to_contain_text("stood by before")
    press(other, "Indonesia")
    expect(other.locator("main")).to_contain_text("tadinya bersiaga")


def test_two_people_swap_their_shifts(
    committed: Committed, phone: Page, other: Page, sign_in: SignIn, sound: Sound
) -> None:
    """Cita wants Dedi's Thursday for her Monday; both see what they get before anybody says yes."""
    with committed():
        scene = shifts.scene()
        both = [accounts.person(locale="id") for _ in range(2)]
        mine, _ = (
            shifts.booked(scene, shifts.contracted(scene, who=who), starts_at=MONDAY + timedelta(days=day)).id
            for who, day in zip(both, (0, 3), strict=True)
        )
        emails = [who.email for who in both]
    for tab, email in zip((phone, other), emails, strict=True):
        sign_in(tab, email)
    phone.goto(f"/work/shifts/{mine}")
    follow(phone, phone.get_by_role("link", name="Tukar giliran kerja ini"))
    press(phone, "Tawari")
    asked = phone.url
    other.goto(asked)
    other.get_by_role("radio").check()
    press(other, "Lihat hasilnya")
    sound(other, "swap-offered")
    press(other, "Tawarkan pertukaran")
    phone.goto(asked)
    follow(phone, phone.locator("main").get_by_role("listitem").get_by_role("link").first)
    sound(phone, "swap-answered")
    press(phone, "Tukar", exact=True)
    expect(phone.locator("main")).to_contain_text(re.compile("26 Nov"))
    other.goto("/work")
    expect(other.locator("main")).to_contain_text(re.compile("23 Nov"))
