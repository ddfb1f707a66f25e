"""A company's pages, as a browser shows them."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from marketplace.accounts.rules import CompanyRole
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.gigs import preparation
from marketplace.gigs import service as gigs_service
from marketplace.matching import service as matching
from marketplace.shifts import queries
from tests.browser.conftest import press
from tests.factories import accounts, contracts, gigs, pay, shifts, workforce

pytestmark = pytest.mark.browser
Committed = Callable[[], AbstractContextManager[None]]
Sound = Callable[[Page, str], None]
SignIn = Callable[[Page, str], None]
OWNER = "olga@lab.example"


@pytest.fixture
def paths(committed: Committed) -> dict[str, str]:
    """A company in the middle of its work, and the address of each of its pages by a name."""
    with committed():
        clock.move_to(shifts.MONDAY - timedelta(days=7))
        company = accounts.company(accounts.person(OWNER, name="Olga Owner"), legal_name="Lab Example GmbH")
        by = accounts.owner_of(company.id)
        accounts.member(company.id, CompanyRole.FINANCE)
        accounts.service.make_key(company.id, "importer", [*by.companies[company.id]][:2], by=by)
        scene = shifts.scene(company=company, minutes=2000)
        paid = shifts.worked(scene)
        pay.approved(scene, paid)
        gigs.money_for(company.id, Money.of("250.00", "USD"))
        refused = gigs.draft_gig(company, rate=Money.of("4.00", "USD"), title="Streets at night")
        gigs_service.publish(refused.id, by=by)
        preparation.write_instructions(refused.id, "Mark every lamp.", by=by)
        waiting = shifts.worked(scene, starts_at=shifts.MONDAY + timedelta(days=7))
        coming = shifts.shift(scene, shifts.MONDAY + timedelta(days=15), seats=3)
        seat = shifts.booked(scene, shift=coming)
        shifts.contracted(scene)
        shifts.contracted(scene)
        matching.match(coming.id, by=scene.company)
        sheets = db.session.scalars(queries.timesheets(company.id, seen_by=by))
        (sheet,) = (each.id for each in sheets if each.lines[0].booking_id == waiting.id)
        proposed = contracts.proposed(company.id, workforce.contractor().id, pay__amount="15.00")
        template = contracts.template(company.id, pay__amount="16.00")
        version = contracts.queries.versions(proposed.id, by)[0]
        open_gig, draft, root = scene.gig.id, refused.id, f"/company/{company.id}"
        names = {
            "overview": "",
            "members": "/members",
            "keys": "/keys",
            "gigs": "/gigs",
            "gig-new": "/gigs/new",
            "gig-edit": f"/gigs/{draft}/edit",
            "gig-refused": f"/gigs/{draft}",
            "gig-open": f"/gigs/{open_gig}",
            "decisions": f"/gigs/{draft}/decisions",
            "instructions": f"/gigs/{draft}/instructions",
            "pilot": f"/gigs/{open_gig}/pilot",
            "shifts": "/shifts",
            "shift-new": f"/shifts/new?gig={open_gig}",
            "shift": f"/shifts/{coming.id}",
            "cancel": f"/shifts/{coming.id}/cancel",
            "why": f"/shifts/{coming.id}/people/{seat.contractor_id}",
            "timesheets": "/timesheets",
            "timesheet": f"/timesheets/{sheet}",
            "money": "/money",
            "by-invoice": "/money/by-invoice",
            "paid": "/money/paid",
            "statement": "/money/statement",
            "contracts": "/contracts",
            "benefits-paid": "/benefits",
            "terms": "/contracts/templates/new",
            "template": f"/contracts/templates/{template.id}",
            "contract": f"/contracts/{version.contract_id}",
        }
    with committed():
        accounts.operator()
    return {name: root + path for name, path in names.items()}


@pytest.fixture
def with_pay(paths: dict[str, str], apart_app: object, committed: Committed) -> dict[str, str]:
    """The same, once a pay run has paid what was approved."""
    with apart_app.app_context():  # type: ignore[attr-defined]
        pay.paid()
    return paths


def test_every_page_is_sound_on_a_wide_screen_and_on_a_phone(
    page: Page, phone: Page, with_pay: dict[str, str], sign_in: SignIn, sound: Sound
) -> None:
    for tab in (page, phone):
        sign_in(tab, OWNER)
        for name, path in with_pay.items():
            tab.goto(path)
            sound(tab, f"company-{name}")


def test_refusals_are_sound(phone: Page, paths: dict[str, str], sign_in: SignIn, sound: Sound) -> None:
    sign_in(phone, OWNER)
    phone.goto(paths["gig-refused"])
    phone.get_by_role("button", name="Publish").click()
    expect(phone.get_by_role("alert")).to_contain_text("does not pass the publishing gate")
    sound(phone, "company-gate-refused")
    phone.goto(paths["terms"])
    phone.get_by_label("Paid within so many days").fill("30")
    phone.get_by_role("button", name="Read the whole text").click()
    expect(phone.get_by_text("Give 0 to 7 days.").first).to_be_visible()
    sound(phone, "company-terms-refused")


def test_the_number_that_would_pass_is_two_presses_away(page: Page, paths: dict[str, str], sign_in: SignIn) -> None:
    sign_in(page, OWNER)
    page.goto(paths["gig-refused"])
    page.get_by_role("link", name="passes every rule about the rate").click()
    expect(page.get_by_label("Rate for an hour of work")).to_have_value("7.25")
    page.get_by_role("button", name="Save the draft").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Streets at night")
    expect(page.locator("dl.facts").first).to_contain_text("$7.25")


def test_terms_are_read_signed_and_proposed_by_hand(
    page: Page, paths: dict[str, str], sign_in: SignIn, sound: Sound
) -> None:
    sign_in(page, OWNER)
    page.goto(paths["terms"])
    press(page, "Read the whole text")
    sound(page, "company-terms-read")
    page.get_by_label("Sign with your full name").fill("Olga Owner")
    page.get_by_role("button", name="Sign for the company").click()
    expect(page.get_by_role("status")).to_contain_text("Kept for contracts to come.")
