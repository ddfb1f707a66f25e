"""A test is taken on a phone whose network is cut in the middle; and the pages of whoever wrote it."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from playwright.sync_api import Browser, Page, expect

from marketplace.accounts import queries as people
from tests.browser.conftest import PATIENCE, PHONE
from tests.factories import accounts, workforce
from tests.factories import qualifications as made
from tests.factories.qualifications import MANY, ONE, RANKING, WRITTEN
from tests.factories.shifts import MONDAY

pytestmark = pytest.mark.browser
Committed = Callable[[], AbstractContextManager[None]]
Sound = Callable[[Page, str], None]
SignIn = Callable[[Page, str], None]


def test_a_network_that_is_cut_in_the_middle_of_a_test_loses_nothing(
    browser: Browser, live_server: str, committed: Committed, sign_in: SignIn, sound: Sound
) -> None:
    with committed():
        made.at(MONDAY)
        made.service_test([ONE, WRITTEN])
        email = people.person(workforce.contractor().id).email
    # A tab of its own: without a network the browser writes errors to the console that are none of the page's.
    context = browser.new_context(
        base_url=live_server, viewport=PHONE, is_mobile=True, has_touch=True, reduced_motion="reduce", locale="en-GB"
    )
    tab = context.new_page()
    tab.set_default_timeout(PATIENCE)
    sign_in(tab, email)
    tab.goto("/work/tests")
    sound(tab, "tests")
    tab.get_by_role("button", name="Begin the test").click()
    state = tab.locator("#saving")
    tab.get_by_label("Two").check()
    expect(state).to_have_text("Saved.")
    context.set_offline(True)
    tab.get_by_label("Your answer").fill("a box")
    tab.get_by_label("Your answer").blur()
    expect(state).to_contain_text("No network.")
    tab.get_by_role("button", name="Hand it in").click()
    expect(state).to_contain_text("No network.")
    context.set_offline(False)
    expect(state).to_have_text("Saved.")
    # The phone is put away, and taken up again.
    tab.goto("/work/tests")
    tab.get_by_role("link", name=re.compile("Go on")).click()
    expect(tab.get_by_label("Two")).to_be_checked()
    expect(tab.get_by_label("Your answer")).to_have_value("a box")
    sound(tab, "test")
    tab.get_by_role("button", name="Hand it in").click()
    expect(tab.locator("h1")).to_contain_text("passed")
    sound(tab, "test-result")
    tab.goto("/work/tests/leads")
    expect(tab.get_by_role("heading", name="you are here")).to_contain_text("Level 2")
    sound(tab, "leads")
    context.close()


def test_a_company_writes_a_test_and_reads_what_came_of_it(
    page: Page, committed: Committed, sign_in: SignIn, sound: Sound
) -> None:
    with committed():
        made.at(MONDAY)
        test = made.company_test(items=[ONE, MANY, RANKING])
        made.taken(test, workforce.contractor().id)
        made.taken(test, workforce.contractor().id, right=0)
        email = people.person(accounts.owner_of(test.company_id).person_id).email
        company_id, test_id = test.company_id, test.id
    sign_in(page, email)
    page.goto(f"/company/{company_id}/tests/{test_id}")
    sound(page, "company-test")
    page.get_by_label("Kind").select_option("classes")
    page.get_by_label("Question").fill("Sort them.")
    page.get_by_label("Answers", exact=True).fill("A cat = animal\nA car = thing")
    page.get_by_role("button", name="Add the item").click()
    expect(page.get_by_text("A cat: animal, A car: thing")).to_be_visible()
    page.get_by_role("link", name="See it as a contractor").click()
    expect(page.get_by_label("A cat")).to_be_visible()
    sound(page, "company-preview")
    page.goto(f"/company/{company_id}/tests/{test_id}")
    page.get_by_role("button", name="Publish version 2").click()
    expect(page.get_by_text("Published. Whoever begins from now on gets this version")).to_be_visible()
    page.goto(f"/company/{company_id}/tests")
    sound(page, "company-tests")
