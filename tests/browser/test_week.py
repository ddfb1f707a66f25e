"""A week of a company and of the people who work for it, in a real browser: planned, offered, confirmed, handed on,
worked through the night in which the clock is changed and without network, approved and paid.

Jobs run where the week's clock is moved, as a worker would run them.
"""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from jobs.runner import run_pending
from marketplace.accounts import queries as people
from marketplace.accounts.rules import Actor
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.gigs.models import Gig
from tests.browser.conftest import DESKTOP, PATIENCE, PHONE, follow, press
from tests.factories import accounts, shifts
from tests.factories.shifts import Scene
from tests.pay.books import everything_holds

pytestmark = pytest.mark.browser
Committed = Callable[[], AbstractContextManager[None]]
SignIn = Callable[[Page, str], None]


@dataclass
class Week:
    """The service, and who has a browser of their own."""

    app: Flask
    committed: Committed
    browser: Browser
    address: str
    sign_in: SignIn
    gig_id: UUID
    company: Actor

    def at(self, moment: str) -> None:
        """It is that moment on the clock of Kansas in winter (UTC-6); whatever is due by then is done."""
        with self.committed():
            clock.travel_to(datetime.fromisoformat(f"{moment}-06:00").astimezone(UTC))
        with self.app.app_context():
            run_pending()

    def person(self) -> str:
        """Somebody new under contract; their e-mail address."""
        with self.committed():
            scene = Scene(db.session.get_one(Gig, self.gig_id), self.company)
            return people.person(shifts.contracted(scene).id).email

    def tab(self, email: str, *, phone: bool = True) -> Page:
        context = self.browser.new_context(
            base_url=self.address,
            locale="en-GB",
            viewport=PHONE if phone else DESKTOP,
            reduced_motion="reduce",
        )
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        self.sign_in(page, email)
        return page


@pytest.fixture
def week(browser: Browser, live_server: str, apart_app: Flask, committed: Committed, sign_in: SignIn) -> Week:
    with committed():
        scene = shifts.scene(minutes=24_000, pilot=True)
        return Week(apart_app, committed, browser, live_server, sign_in, scene.gig.id, scene.company)


def test_a_week(week: Week) -> None:
    week.at("2027-03-10T08:00")
    with week.app.app_context():
        olga = week.tab(people.person(week.company.person_id).email, phone=False)
    ana = week.tab(week.person())
    _plan(olga)
    week.at("2027-03-10T08:10")
    for day in (11, 13, 14, 15):
        _answer(ana, f"Mar {day}, 2027, 10:00 PM", "Accept", "booked")
    for day in (12, 16):
        _answer(ana, f"Mar {day}, 2027, 10:00 PM", "Decline", "declined")
    bea = _claim(week)
    _work_thursday(week, ana)
    _take_friday_over(week, bea, ana)
    _work_the_night_without_network(week, ana)
    _cancel_sunday(week, olga, ana)
    _move_monday(week, olga, ana)
    _approve_and_pay(week, olga, ana)
    with week.app.app_context():
        everything_holds()


def _plan(olga: Page) -> None:
    """Nights from Thursday to Tuesday, one seat."""
    follow(olga, olga.get_by_role("link", name="Shifts", exact=True))
    follow(olga, olga.get_by_role("link", name="Plan shifts that recur").first)
    for label, value in (
        ("First day", "2027-03-11"),
        ("Begins", "22:00"),
        ("Ends", "04:00"),
        ("Time zone", "America/Chicago"),
        ("Last day (optional)", "2027-03-16"),
        ("Seats", "1"),
    ):
        olga.get_by_label(label).fill(value)
    olga.get_by_label("Days, weeks or months").select_option("DAILY")
    press(olga, "See the days")
    press(olga, "Start the series")
    expect(olga.locator("h1")).to_contain_text("goes on")


def _answer(tab: Page, day: str, answer: str, becomes: str) -> None:
    tab.goto("/work/offers")
    follow(tab, tab.get_by_role("listitem").filter(has_text=day).get_by_role("link"))
    expect(tab.locator("main")).to_contain_text("The company pays")
    press(tab, answer, exact=True)
    expect(tab.locator("main")).to_contain_text(becomes)


def _claim(week: Week) -> Page:
    """Bea finds the night that is free, and asks for it; nobody is before her in the order of the points."""
    bea = week.tab(week.person())
    bea.goto("/work/open-shifts")
    friday = bea.get_by_role("listitem").filter(has_text="Mar 12, 2027")
    with bea.expect_navigation():
        friday.get_by_role("button", name="Save").click()
    bea.goto("/work/open-shifts?saved=true")
    press(bea, "Ask for it")
    press(bea, "Say yes")
    expect(bea.get_by_role("button", name="Take the yes back")).to_be_visible()
    week.at("2027-03-10T14:00")
    bea.goto("/work")
    expect(bea.locator("main")).to_contain_text("Mar 12, 2027, 10:00 PM")
    return bea


def _work_thursday(week: Week, ana: Page) -> None:
    """Six hours with a paid break. The next morning she says that she comes on Saturday."""
    week.at("2027-03-11T22:00")
    _press(ana, "Clock in")
    expect(ana.get_by_role("heading", name="You are working")).to_be_visible()
    week.at("2027-03-12T01:00")
    _press(ana, "Take your paid break")
    week.at("2027-03-12T01:20")
    _press(ana, "Back to work")
    week.at("2027-03-12T04:01")
    _press(ana, "Clock out")
    week.at("2027-03-12T10:00")
    _press(ana, "Yes, I am coming")
    expect(ana.get_by_role("button", name="Yes, I am coming")).to_have_count(0)


def _take_friday_over(week: Week, bea: Page, ana: Page) -> None:
    """Bea asks everybody who may whether they take her night. Ana reads what it pays her, takes it and works it."""
    bea.goto("/work/shifts")
    follow(bea, bea.get_by_role("link", name=re.compile("Boxes")).first)
    follow(bea, bea.get_by_role("link", name="Find somebody to cover"))
    press(bea, "Ask", exact=True)
    expect(bea.locator("main")).to_contain_text("You are booked until somebody has taken it")
    ana.goto("/work/open-shifts")
    follow(ana, ana.get_by_role("listitem").filter(has_text="Mar 12, 2027").get_by_role("link").first)
    press(ana, "Take the shift")
    expect(ana.locator("main")).to_contain_text("booked")
    bea.goto("/work/shifts")
    expect(bea.locator("main")).to_contain_text("handed over")
    week.at("2027-03-12T22:00")
    _press(ana, "Clock in")
    week.at("2027-03-13T04:00")
    _press(ana, "Clock out")


def _work_the_night_without_network(week: Week, ana: Page) -> None:
    """From ten to four, which are five hours in this night. The network is lost within the first and comes back
    three hours after the end; everything that was pressed in between counts when it was pressed."""
    week.at("2027-03-13T22:00")
    _press(ana, "Clock in")
    _look_at_what_runs(week)
    ana.clock.install()
    ana.goto("/work")
    ana.wait_for_function("async () => !!(await (await caches.open('setara-today')).match('/work'))")
    ana.context.set_offline(True)
    ana.clock.fast_forward("01:00:00")
    ana.get_by_role("button", name="There is no work for me").click()
    kept = ana.locator("#clock-kept li")
    expect(kept).to_have_count(1)
    ana.clock.fast_forward("00:30:00")
    ana.locator("#clock").get_by_role("button", name="Back to work").click()
    ana.clock.fast_forward("03:30:00")
    ana.locator("#clock").get_by_role("button", name="Clock out").click()
    expect(kept).to_have_count(3)
    ana.clock.fast_forward("03:00:00")
    week.at("2027-03-14T06:00")
    ana.context.set_offline(False)
    expect(kept).to_have_count(0)
    ana.goto("/work/week")
    expect(ana.locator("main")).to_contain_text("Worked 17 h")
    expect(ana.locator("main")).to_contain_text("This day has 23 hours.")


def _look_at_what_runs(week: Week) -> None:
    """An operator sees one shift, with its one seat taken and its person there."""
    with week.committed():
        odi = people.person(accounts.operator().person_id).email
    desk = week.tab(odi, phone=False)
    desk.goto("/desk/live")
    expect(desk.locator("main")).to_contain_text("1 of 1 seat taken")
    expect(desk.locator("main")).to_contain_text("working 1")
    desk.context.close()


def _cancel_sunday(week: Week, olga: Page, ana: Page) -> None:
    """Sixteen hours before its start: three of its six hours are owed, half of the schedule."""
    _open_night(olga, "Mar 14")
    follow(olga, olga.get_by_role("link", name="See what cancelling costs"))
    expect(olga.locator("main")).to_contain_text("46.80")
    olga.get_by_label("Why").fill("The data is late.")
    press(olga, "Cancel at this price")
    expect(olga.locator("h1")).to_contain_text("cancelled")
    week.at("2027-03-14T07:00")
    ana.goto("/inbox")
    expect(ana.locator("main")).to_contain_text("Your shift was cancelled")


def _move_monday(week: Week, olga: Page, ana: Page) -> None:
    """The series goes on two hours earlier: Monday's shift is moved, and Ana takes the new time."""
    _open_series(olga)
    follow(olga, olga.get_by_role("link", name="Change times, days or seats"))
    olga.get_by_label("Changed from this day on").fill("2027-03-15")
    olga.get_by_label("Begins").fill("20:00")
    olga.get_by_label("Ends").fill("02:00")
    press(olga, "See what it does and costs")
    expect(olga.locator("main")).to_contain_text("2 shifts are moved")
    olga.get_by_label("Why").fill("The data comes earlier.")
    press(olga, "Change it at this price")
    expect(olga.locator("main")).to_contain_text("8:00 PM–2:00 AM")
    week.at("2027-03-14T08:00")
    _answer(ana, "Mar 15, 2027, 8:00 PM", "Accept", "booked")


def _approve_and_pay(week: Week, olga: Page, ana: Page) -> None:
    """The company approves what was worked; what was called off is approved by its silence. The run pays both."""
    week.at("2027-03-14T09:00")
    follow(olga, olga.get_by_role("link", name=re.compile("^Timesheets")))
    follow(olga, olga.locator("main").get_by_role("listitem").filter(has_text="17 h").get_by_role("link").first)
    press(olga, "Approve every line")
    expect(olga.locator("main")).to_contain_text("approved")
    week.at("2027-03-22T12:00")
    ana.goto("/work/pay")
    follow(ana, ana.locator("main").get_by_role("link", name=re.compile("Look at it|payslip", re.IGNORECASE)).first)
    # Two nights of 99.00 and one of 82.50, three hours of call-in pay for Sunday, and one and a half for Monday's move.
    expect(ana.locator("main")).to_contain_text("$348.00")
    expect(ana.locator("main")).to_contain_text("$8.50 USD · 34 min")


def _press(tab: Page, name: str) -> None:
    """The large button of the day, or one beside it."""
    tab.goto("/work")
    press(tab, name)


def _open_series(olga: Page) -> None:
    follow(olga, olga.get_by_role("link", name="Shifts", exact=True))
    follow(olga, olga.get_by_role("link", name="Shifts that recur", exact=True))
    follow(olga, olga.locator("main").get_by_role("listitem").filter(has_text="goes on").get_by_role("link").first)


def _open_night(olga: Page, day: str) -> None:
    _open_series(olga)
    follow(olga, olga.get_by_role("listitem").filter(has_text=f"{day}, 2027, 10:00 PM").get_by_role("link").first)
