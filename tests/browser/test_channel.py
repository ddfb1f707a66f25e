"""People who work for the same company talk among themselves, each in a browser of their own, and nobody else reads."""

from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from uuid import UUID

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import text

from marketplace.accounts import queries as people
from marketplace.accounts.rules import OperatorRole
from marketplace.core.db import Base, db
from marketplace.core.http import SetaraFlask
from tests.browser.conftest import PHONE, opened, tab_to
from tests.factories import accounts, workforce
from tests.factories import shifts as make

pytestmark = pytest.mark.browser
Committed = Callable[[], AbstractContextManager[None]]
Sound = Callable[[Page, str], None]
SignIn = Callable[[Page, str], None]
WORDS, ANSWER, PASSPHRASE = "We ask for more on Monday, all of us.", "I am with you.", "seven herons by the river"

COMPARED_ANOTHER = """() => {
    const name = Object.keys(localStorage).find((each) => each.endsWith(":compared"));
    const kept = JSON.parse(localStorage.getItem(name));
    localStorage.setItem(name, JSON.stringify({ ...kept, code: `another ${kept.code}` }));
}"""
"""As if another key had been compared on this device, long before somebody put theirs in its place."""


@contextmanager
def tab(browser: Browser, address: str, who: str, sign_in: SignIn) -> Iterator[Page]:
    """A telephone of its own, signed in."""
    made = opened(browser, address, PHONE, is_mobile=True, has_touch=True)
    page = next(made)
    sign_in(page, who)
    yield page
    for _ in made:
        pass


def come_in(page: Page, channel: str, name: str, passphrase: str = PASSPHRASE) -> None:
    page.goto(channel)
    page.get_by_label("What you are called here").fill(name)
    page.get_by_label("A passphrase for this channel").fill(passphrase)
    page.get_by_label("Once more").fill(passphrase)
    page.get_by_role("button", name="Come in").click()


def come_in_by_keyboard(page: Page, channel: str, name: str) -> None:
    page.goto(channel)
    typed = {"What you are called here": name, "A passphrase for this channel": PASSPHRASE, "Once more": PASSPHRASE}
    for label, words in typed.items():
        tab_to(page, page.get_by_label(label))
        page.keyboard.type(words)
    tab_to(page, page.get_by_role("button", name="Come in"))
    page.keyboard.press("Enter")


def say(page: Page, words: str) -> None:
    page.get_by_label("Write").fill(words)
    page.get_by_role("button", name="Encrypt and send").click()
    expect(page.get_by_text(words)).to_be_visible()


def traces(of: str) -> list[str]:
    """The tables in which words stand, as they are or in one of the spellings that hide nothing."""
    plain = of.encode()
    inside = [b64encode(plain[start:][: (len(plain) - start) // 3 * 3]).decode() for start in range(3)]
    spelled = [of, plain.hex(), *(each for each in inside if len(each) > 8)]
    found = "SELECT EXISTS (SELECT 1 FROM {} AS each WHERE each::text LIKE ANY (:spelled))"
    given = {"spelled": [f"%{each}%" for each in spelled]}
    tables = [table.name for table in Base.metadata.sorted_tables]
    return [name for name in tables if db.session.scalar(text(found.format(name)), given)]


def refused(app: SetaraFlask, person_id: UUID, address: str) -> bool:
    """Whether there is nothing for somebody who is signed in."""
    client = app.test_client()
    with client.session_transaction() as session, app.app_context():
        session.update({"_user_id": people.person(person_id).fs_uniquifier, "_fresh": True})
    return client.get(address, headers={"Accept": "text/html"}).status_code == 404


def test_two_people_talk_and_nobody_else_can_read_it(
    apart_app: SetaraFlask, browser: Browser, live_server: str, committed: Committed, sign_in: SignIn, sound: Sound
) -> None:
    with committed():
        scene = make.scene()
        ana, bea = (people.person(make.contracted(scene).id).email for _ in range(2))
        # Whoever is a contractor too finds as little.
        asked = [
            people.person(by.person_id) for by in (scene.company, accounts.operator(*OperatorRole)) if by.person_id
        ]
        outsiders = [workforce.contractor(each).id for each in asked]
        channel = f"/work/channels/{scene.company_id}"
    with tab(browser, live_server, ana, sign_in) as first, tab(browser, live_server, bea, sign_in) as second:
        first.goto(channel)
        sound(first, "channel-join")
        come_in_by_keyboard(first, channel, "Kite of the north")
        tab_to(first, first.get_by_label("Write"))
        first.keyboard.type(WORDS)
        tab_to(first, first.get_by_role("button", name="Encrypt and send"))
        first.keyboard.press("Enter")
        expect(first.get_by_text(WORDS)).to_be_visible()
        # Whoever comes later sees nothing until somebody who is in lets them in.
        come_in(second, channel, "Heron")
        expect(second.get_by_role("heading", name="You are at the door")).to_be_visible()
        assert WORDS not in second.content()
        first.get_by_role("button", name="Look again").last.click()
        tab_to(first, first.get_by_role("button", name="Let in"))
        first.keyboard.press("Enter")
        expect(first.get_by_role("button", name="Let in")).to_have_count(0)
        second.get_by_role("button", name="Look again").first.click()
        expect(second.get_by_text(WORDS)).to_be_visible()
        # Both see the same number, and the second says so.
        number = first.locator("[data-part=compared] .secret").inner_text()
        expect(second.locator("[data-part=compare] .secret")).to_have_text(number)
        tab_to(second, second.get_by_role("button", name="It is the same"))
        second.keyboard.press("Enter")
        say(second, ANSWER)
        first.get_by_role("button", name="Look again").last.click()
        expect(first.get_by_text(ANSWER)).to_be_visible()
        sound(first, "channel-talk")
        # Opened again, a wrong passphrase is told as one, and the right one opens everything.
        first.reload()
        first.get_by_label("Your passphrase for this channel").fill("six herons by the river")
        first.get_by_role("button", name="Open", exact=True).click()
        expect(first.locator("#channel-state")).to_contain_text("This passphrase does not open your key.")
        # A key that does not follow from the one that was compared on this device is told, and nothing can be written
        # under it before its number was compared anew.
        first.evaluate(COMPARED_ANOTHER)
        first.get_by_label("Your passphrase for this channel").fill(PASSPHRASE)
        first.get_by_role("button", name="Open", exact=True).click()
        expect(first.get_by_text(ANSWER)).to_be_visible()
        expect(first.locator("[data-part=changed]")).to_contain_text("Compare the number below with a colleague")
        expect(first.get_by_label("Write")).to_be_hidden()
        sound(first, "channel-changed")
        tab_to(first, first.get_by_role("button", name="It is the same"))
        first.keyboard.press("Enter")
        expect(first.locator("[data-part=changed]")).to_be_hidden()
        expect(first.get_by_label("Write")).to_be_visible()
        # Whoever leaves takes the key along, so the next browser makes another, which the others follow.
        second.get_by_text("Mute or leave").click()
        second.get_by_role("button", name="Leave the channel").click()
        second.wait_for_url("**/work/channels")
        first.get_by_role("button", name="Look again").last.click()
        expect(first.locator("[data-part=compared] .secret")).not_to_have_text(number)
        say(first, "Now we are one less.")
    with committed():
        assert [each for words in (WORDS, ANSWER, PASSPHRASE) for each in traces(words)] == []
        assert traces("Kite of the north") == ["channel_member"]
    for each in outsiders:
        assert all(refused(apart_app, each, address) for address in (channel, f"{channel}/inside", f"{channel}/words"))
