"""A shift on a phone whose network is lost before it begins: what is pressed is kept, and paid to the minute."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from marketplace.accounts import queries as people
from marketplace.core.db import db
from marketplace.shifts.clock_rules import EntryKind
from marketplace.shifts.models import Booking, TimeEntry
from marketplace.shifts.tap_models import ClockTap
from tests.browser.conftest import PATIENCE, PHONE
from tests.factories import shifts
from tests.factories.shifts import MONDAY

pytestmark = pytest.mark.browser
Committed = Callable[[], AbstractContextManager[None]]
Sound = Callable[[Page, str], None]
SignIn = Callable[[Page, str], None]
# The browser cuts the page off first and its worker later: one address is asked by the page, one by the worker.
CUT_OFF = """async () => {
  const asked = ["/api/v1/clock", "/static/never-kept"].map((address) => fetch(address, { cache: "no-store" }));
  return (await Promise.allSettled(asked)).every((answer) => answer.status === "rejected");
}"""


def test_a_shift_is_worked_without_network(
    browser: Browser, live_server: str, apart_app: Flask, committed: Committed, sign_in: SignIn, sound: Sound
) -> None:
    with committed():
        booking_id = shifts.booked(shifts.scene()).id
        email = people.person(db.session.get_one(Booking, booking_id).contractor_id).email
        shifts.at(MONDAY + timedelta(minutes=1))
    # A tab of its own: without a network the browser writes errors to the console that are none of the page's.
    context = browser.new_context(
        base_url=live_server, viewport=PHONE, is_mobile=True, has_touch=True, reduced_motion="reduce", locale="en-GB"
    )
    tab = context.new_page()
    tab.set_default_timeout(PATIENCE)
    sign_in(tab, email)
    tab.goto("/work")
    tab.wait_for_function("async () => !!(await (await caches.open('setara-today')).match('/work'))")
    context.set_offline(True)
    tab.wait_for_function(CUT_OFF)
    tab.get_by_role("button", name="Clock in").click()
    kept = tab.locator("#clock-kept li")
    expect(kept).to_have_count(1)
    expect(tab.locator("#clock-state")).to_contain_text("Kept on this phone, will be sent.")
    tab.reload()
    # The page itself is kept, too; and it goes on from what was pressed.
    expect(kept).to_have_count(1)
    tab.locator("#clock").get_by_role("button", name="There is no work for me").click()
    tab.locator("#clock").get_by_role("button", name="Back to work").click()
    expect(kept).to_have_count(3)
    sound(tab, "clock-offline")
    context.set_offline(False)
    expect(kept).to_have_count(0)
    expect(tab.locator("#clock")).to_be_hidden()
    expect(tab.get_by_role("heading", name="You are working")).to_be_visible()
    tab.get_by_role("button", name="Clock out").click()
    expect(tab.get_by_role("button", name="Clock out")).to_have_count(0)
    with apart_app.app_context():
        found = db.session.scalars(select(TimeEntry).order_by(TimeEntry.started_at, TimeEntry.id)).all()
        assert [each.kind for each in found][:2] == [EntryKind.WORK, EntryKind.WAITING]
        assert len({tap.key for tap in db.session.scalars(select(ClockTap))}) == 3
        assert db.session.get_one(Booking, booking_id).status == "worked"
    tab.goto(f"/work/shifts/{booking_id}")
    tab.get_by_text("Pressed without network").click()
    sound(tab, "clock-kept")
    tab.get_by_role("button", name="Sign out").click()
    tab.wait_for_function("async () => !(await caches.has('setara-today'))")
    context.close()


def test_who_presses_and_leaves_at_once_has_pressed(
    page: Page, apart_app: Flask, committed: Committed, sign_in: SignIn
) -> None:
    """The page looks whether there is a network before it sends; whoever goes on meanwhile loses nothing."""
    with committed():
        booking_id = shifts.booked(shifts.scene()).id
        email = people.person(db.session.get_one(Booking, booking_id).contractor_id).email
        shifts.at(MONDAY + timedelta(minutes=1))
    sign_in(page, email)
    page.goto("/work")
    page.route("**/api/v1/clock", lambda _route: None)
    page.get_by_role("button", name="Clock in").click()
    page.goto("/inbox")
    page.unroute("**/api/v1/clock")
    page.goto("/work")
    expect(page.get_by_role("heading", name="You are working")).to_be_visible()
    with apart_app.app_context():
        assert db.session.get_one(Booking, booking_id).status == "working"
