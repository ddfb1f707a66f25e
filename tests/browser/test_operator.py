"""The operators' desk, as a browser shows it."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date

import pytest
from playwright.sync_api import Page, expect

from marketplace.accounts import queries as accounts_queries
from marketplace.accounts.rules import OperatorRole
from marketplace.core.http import SetaraFlask
from marketplace.pay.rules import LeverEffect, OpKind
from tests.factories import accounts, pay, standards, workforce

pytestmark = pytest.mark.browser
Committed = Callable[[], AbstractContextManager[None]]
Sound = Callable[[Page, str], None]
SignIn = Callable[[Page, str], None]


@pytest.fixture
def world(committed: Committed, apart_app: SetaraFlask) -> tuple[str, dict[str, str]]:
    """A house with work to do: an admin's address, and the address of each page by a name."""
    with committed():
        admin = accounts.operator(OperatorRole.ADMIN).person_id
        assert admin is not None
        email = accounts_queries.person(admin).email
        company = accounts.company(verified=False, legal_name="Labels and More Ltd")
        who = workforce.ready(accounts.person(name="Budi Santoso"))
        suspended = workforce.contractor(accounts.person(name="Chidi Okoye"))
        workforce.service.suspend(
            suspended.id, "The account was rented out.", by=accounts.operator(OperatorRole.VETTING)
        )
        workforce.service.contest("It was not.", by=accounts.actor_of(suspended.id))
        company_id, ready_id, contested_id = company.id, who.id, suspended.id
        standards.rate("USD", "KES", "129.25", date(2026, 10, 30))
    with apart_app.app_context():
        pay.lever(LeverEffect.DECLINE)
        pay.lever(LeverEffect.FAIL, OpKind.DEPOSIT, times=3)
        pay.worked_and_approved()
        run = pay.paid().id
        pay.worked_and_approved()
    names = {
        "desk": "",
        "companies": "/companies",
        "company": f"/companies/{company_id}",
        "people": "/people",
        "person": f"/people/{ready_id}",
        "contested": f"/people/{contested_id}",
        "pay": "/pay",
        "run": f"/pay/{run}",
        "proof": "/proof",
        "sandbox": "/sandbox",
        "clock": "/clock",
        "audit": "/audit",
        "rates": "/rates",
        "benefit-plans": "/benefits",
        "benefit-plan": "/benefits/sick-leave",
        "live": "/live",
    }
    return email, {name: f"/desk{path}" for name, path in names.items()}


def test_every_page_is_sound_on_a_wide_screen_and_on_a_phone(
    page: Page, phone: Page, world: tuple[str, dict[str, str]], sign_in: SignIn, sound: Sound
) -> None:
    email, paths = world
    for tab in (page, phone):
        sign_in(tab, email)
        for name, path in paths.items():
            tab.goto(path)
            sound(tab, f"desk-{name}")


def test_an_applicant_is_taken_in_and_the_refusal_before_is_sound(
    phone: Page, world: tuple[str, dict[str, str]], sign_in: SignIn, sound: Sound
) -> None:
    email, paths = world
    sign_in(phone, email)
    phone.goto(paths["person"])
    phone.get_by_label("Why?", exact=True).last.fill("   ")
    phone.get_by_role("button", name="Take in").click()
    expect(phone.get_by_role("alert")).to_contain_text("needs a reason in words")
    sound(phone, "desk-person-refused")
    phone.get_by_label("Why?", exact=True).last.fill("Everything was shown.")
    phone.get_by_role("button", name="Take in").click()
    expect(phone.get_by_role("heading", level=1)).to_contain_text("vetted")


def test_the_clock_is_put_forward_by_keyboard(page: Page, world: tuple[str, dict[str, str]], sign_in: SignIn) -> None:
    email, paths = world
    sign_in(page, email)
    page.goto(paths["clock"])
    before = page.locator(".figure-big").inner_text()
    page.get_by_role("button", name="1 day").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("What came due until then is being done.")
    expect(page.locator(".figure-big")).not_to_have_text(before)
