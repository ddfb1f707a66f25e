"""An offer is answered from a text message on a phone that runs no script and keeps no cookie."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import func, select

from marketplace.core.db import db
from marketplace.notices import one_tap
from marketplace.notices.one_tap import PURPOSES
from marketplace.shifts.models import Booking
from tests.browser.conftest import PATIENCE, PHONE, tab_to
from tests.factories import shifts

pytestmark = pytest.mark.browser
Committed = Callable[[], AbstractContextManager[None]]
Sound = Callable[[Page, str], None]


def test_a_yes_from_the_poorest_phone(
    browser: Browser, live_server: str, phone: Page, committed: Committed, sound: Sound
) -> None:
    with committed():
        scene = shifts.scene()
        offer = shifts.offered(scene, shifts.shift(scene), shifts.contracted(scene))
        path = "/a/" + one_tap.links(PURPOSES[0], [offer.id])[offer.id].rpartition("/")[2]
    phone.goto(path)
    sound(phone, "one-tap")
    context = browser.new_context(base_url=live_server, viewport=PHONE, java_script_enabled=False)
    tab = context.new_page()
    tab.set_default_timeout(PATIENCE)
    tab.goto(path)
    expect(tab.get_by_text("Nothing is taken out of it")).to_be_visible()
    context.clear_cookies()
    # By keyboard alone.
    tab_to(tab, tab.get_by_role("button", name="Yes, I take it"))
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("status")).to_contain_text("The money for this shift is set aside for you.")
    expect(tab.get_by_role("button")).to_have_count(0)
    tab.get_by_role("link", name="Sign in to see everything").click()
    expect(tab.get_by_label("Password")).to_be_visible()
    context.close()
    with committed():
        assert db.session.scalar(select(func.count()).select_from(Booking)) == 1
