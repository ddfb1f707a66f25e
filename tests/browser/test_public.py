"""The pages for everybody, as a browser shows them."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from playwright.sync_api import Page, expect

from tests.factories import accounts

pytestmark = pytest.mark.browser
Committed = Callable[[], AbstractContextManager[None]]
Sound = Callable[[Page, str], None]
SignIn = Callable[[Page, str], None]
OPEN_PAGES = {
    "home": "/",
    "sign-in": "/sign-in",
    "sign-up": "/sign-up",
    "reset": "/reset",
    "rules": "/rules",
    "not-found": "/nothing-here",
}


def test_open_pages_are_sound_on_a_wide_screen(page: Page, sound: Sound) -> None:
    for name, path in OPEN_PAGES.items():
        page.goto(path)
        sound(page, name)


def test_open_pages_are_sound_on_a_phone(phone: Page, sound: Sound) -> None:
    for name, path in OPEN_PAGES.items():
        phone.goto(path)
        sound(phone, name)


def test_a_person_signs_up_by_keyboard_alone(page: Page) -> None:
    page.goto("/sign-up")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    for typed in ("Budi", "budi@example.com", accounts.PASSWORD):
        page.keyboard.press("Tab")
        page.keyboard.type(typed)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/sign-in"))
    expect(page.get_by_role("status").first).to_have_text(re.compile("^A message with a link"))


def test_an_own_account_is_sound_and_speaks_both_languages(
    phone: Page, committed: Committed, sign_in: SignIn, sound: Sound
) -> None:
    with committed():
        accounts.person("ana@example.com", confirmed=False)
    sign_in(phone, "ana@example.com")
    sound(phone, "start")
    phone.goto("/companies/new")
    sound(phone, "register-company")
    phone.goto("/account")
    sound(phone, "account")
    phone.get_by_role("button", name="Indonesia").click()
    expect(phone.locator("html")).to_have_attribute("lang", "id")
    sound(phone, "account-id")
