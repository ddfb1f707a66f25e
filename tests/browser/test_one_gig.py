"""The gig in the browser, as the README tells it: the demonstration world, four people, one payslip.

Web and jobs are processes of their own, as under `make run`. SETARA_PICTURES=1 leaves the README's pictures behind.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from marketplace import demo
from marketplace.standards.catalogue import RULES
from tests.browser.conftest import follow, press
from tests.conftest import ROOT, Database
from tests.journeys.service import Service, wait_until

pytestmark = pytest.mark.browser
PICTURES = ROOT / "docs" / "pictures"
PATIENT = 20_000


@pytest.fixture
def house(apart: Database, tmp_path: Path) -> Iterator[Service]:
    """The service with the demonstration world in it."""
    started = Service(apart, tmp_path)
    started.command("demo", "load")
    try:
        started.start_web()
        started.start_jobs()
        yield started
    finally:
        started.stop()


@pytest.fixture
def tabs(browser: Browser, house: Service) -> Iterator["Tabs"]:
    opened = Tabs(browser, house.url)
    yield opened
    opened.close()


class Tabs:
    """One browser for each person, so that all four stay signed in."""

    def __init__(self, browser: Browser, url: str) -> None:
        self._browser, self._url = browser, url
        self._pages: list[Page] = []
        self.wrong: list[str] = []

    def sign_in(self, email: str, *, phone: bool = False) -> Page:
        size = {"width": 360, "height": 740} if phone else {"width": 1200, "height": 800}
        context = self._browser.new_context(base_url=self._url, locale="en-GB", viewport=size)  # type: ignore[arg-type]
        page = context.new_page()
        page.set_default_timeout(PATIENT)
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.goto("/sign-in")
        page.get_by_label("E-mail address").fill(email)
        page.get_by_label("Password", exact=True).fill(demo.PASSWORD)
        page.locator("main").get_by_role("button", name="Sign in").click()
        page.wait_for_url(lambda url: "/sign-in" not in url)
        self._pages.append(page)
        return page

    def close(self) -> None:
        for page in self._pages:
            page.context.close()


def test_a_person_plays_the_gig_in_every_role(tabs: Tabs) -> None:
    dana, milo = tabs.sign_in("dana@lab.example"), tabs.sign_in("milo@lab.example")
    ana, odi = tabs.sign_in("ana@kansas.example", phone=True), tabs.sign_in("odi@setara.example")
    _verify_instructions(milo)
    _fund_and_publish(dana)
    _plan_a_shift(dana)
    _accept(ana)
    _work(ana, odi)
    _approve(dana)
    _pay(odi)
    _read_the_payslip(ana)
    _prove(odi)
    assert tabs.wrong == []


def _verify_instructions(milo: Page) -> None:
    follow(milo, milo.get_by_role("link", name=re.compile("Instructions, version 1")))
    verify = milo.get_by_role("button", name="Verify version 1")
    # `all()` does not wait for a page: asked too early it finds no box, and nothing is ticked.
    expect(verify).to_be_visible()
    for box in milo.get_by_role("checkbox").all():
        box.check()
    verify.click()
    # "Verified" alone would do before the answer is there: the page that asks for it says it, too.
    expect(verify).to_have_count(0)


def _fund_and_publish(dana: Page) -> None:
    _open_gig(dana)
    press(dana, "Publish", exact=True)
    expect(dana.locator(".verdict-fail")).to_contain_text("ESCROW")
    expect(dana.locator(".verdict-fail")).to_contain_text("67.40 USD")
    _picture(dana, "gate")
    dana.get_by_label("Set aside for this gig").fill("67.40")
    press(dana, "Set aside", exact=True)
    press(dana, "Publish", exact=True)
    expect(dana.locator("h1")).to_contain_text("open")


def _open_gig(dana: Page) -> None:
    follow(dana, dana.get_by_role("link", name="Gigs", exact=True))
    follow(dana, dana.get_by_role("link", name="Label street pictures"))


def _plan_a_shift(dana: Page) -> None:
    follow(dana, dana.get_by_role("link", name="Shifts", exact=True))
    follow(dana, dana.get_by_role("link", name="Plan a shift").first)
    street = dana.locator("#gig_id option").filter(has_text="Label street pictures")
    dana.get_by_label("Gig").select_option(street.get_attribute("value"))
    dana.get_by_label("Day").fill("2023-05-10")
    dana.get_by_label("Begins").fill("09:00")
    dana.get_by_label("Ends").fill("13:00")
    dana.get_by_label("Time zone").fill("America/Chicago")
    dana.get_by_label("Seats").fill("1")
    press(dana, "Plan the shift")
    expect(dana.locator("h1")).to_contain_text("scheduled")
    press(dana, "Find people")
    expect(dana.locator("main")).to_contain_text("Ana Labeller")


def _accept(ana: Page) -> None:
    ana.goto("/work/offers")
    follow(ana, ana.get_by_role("listitem").filter(has_text="Label street pictures").get_by_role("link"))
    expect(ana.locator("main")).to_contain_text("Why")
    press(ana, "Accept")
    expect(ana.locator("main")).to_contain_text("booked")


def _work(ana: Page, odi: Page) -> None:
    _move_clock(odi, "2023-05-10T14:00")
    ana.goto("/work")
    ana.get_by_role("button", name="Clock in").click()
    expect(ana.get_by_role("button", name="Clock out")).to_be_visible()
    _move_clock(odi, "2023-05-10T18:00")
    ana.goto("/work")
    press(ana, "Clock out")
    ana.goto("/work/timesheets")
    follow(ana, ana.get_by_role("link", name="Look at it"))
    expect(ana.locator("h1")).to_contain_text("handed in")


def _move_clock(odi: Page, moment: str) -> None:
    odi.goto("/desk/clock")
    odi.get_by_label("Day and time, UTC").fill(moment)
    press(odi, "Move the clock")
    expect(odi.locator("main")).to_contain_text("10")


def _approve(dana: Page) -> None:
    follow(dana, dana.get_by_role("link", name="Timesheets", exact=True))
    follow(dana, dana.locator("main").get_by_role("link", name=re.compile("Ana Labeller|Look")).first)
    press(dana, "Approve every line")
    expect(dana.locator("main")).to_contain_text("approved")


def _pay(odi: Page) -> None:
    odi.goto("/desk/pay")
    odi.get_by_label("Weeks that began by").fill("2023-05-08")
    press(odi, "Start the run")
    wait_until(lambda: odi.reload() and odi.locator(".is-done").count() and not odi.locator(".is-ahead").count(), "pay")


def _read_the_payslip(ana: Page) -> None:
    ana.goto("/work/pay")
    follow(ana, ana.locator("main").get_by_role("link", name=re.compile("Look at it|payslip", re.IGNORECASE)).first)
    for words in (
        "$60.00",
        "WAGES v1",
        f"SICK v{RULES['SICK'].version}",
        "HEALTH v1",
        "FEE v2",
        "independent contractor",
        "4 h",
        "8 min",
    ):
        expect(ana.locator("main")).to_contain_text(words)
    ana.get_by_label("Also show in").select_option("IDR")
    ana.get_by_role("button", name="Show").click()
    expect(ana.locator("main")).to_contain_text("European Central Bank")
    expect(ana.locator("main")).to_contain_text("884")
    ana.set_viewport_size({"width": 1000, "height": 800})
    _picture(ana, "payslip")


def _prove(odi: Page) -> None:
    odi.goto("/desk/proof")
    expect(odi.locator("main")).to_contain_text("Every currency adds up to zero")


def _picture(page: Page, name: str) -> None:
    if os.environ.get("SETARA_PICTURES"):
        PICTURES.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=PICTURES / f"{name}.png", full_page=True)
