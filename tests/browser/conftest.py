"""A real Chromium against the real application on 127.0.0.1, with commits that are real.

A page that writes an error to the console, breaks its own content policy or asks another machine for anything fails its
test. Without a browser these tests are skipped with the line that installs one; with E2E=required they fail.
"""

import os
import re
import shutil
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Request, ViewportSize, expect, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

from marketplace.core.db import transaction
from marketplace.core.http import SetaraFlask
from tests.factories.accounts import PASSWORD

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-default-apps",
    "--disable-extensions",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
PATIENCE = 20_000
"""Milliseconds until a page that does not do what is expected of it fails its test: a busy machine is no defect."""
expect.set_options(timeout=PATIENCE)
MISSING = "no Chromium: run `apt-get install -y --no-install-recommends chromium`, or set CHROMIUM=/path/to/one"
DESKTOP: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 360, "height": 740}
TOO_WIDE = """width => document.documentElement.scrollWidth <= width ? [] :
    [...document.querySelectorAll("main *, header > *, footer *")]
        .filter(each => each.getBoundingClientRect().right > width).map(each => each.outerHTML.slice(0, 120))"""
MOST_TABS = 120
"""More than any page has to go through: the menu, the page and the foot."""
NO_FOCUS_SHOWN = """() => {
    const each = document.activeElement;
    if (!each || each === document.body) return null;
    // Of a time the browser marks the part, hours or minutes, in which the focus is.
    if (each.type === "time") return null;
    const look = getComputedStyle(each);
    const shown = (look.outlineStyle !== "none" && parseFloat(look.outlineWidth) > 0) || look.boxShadow !== "none";
    return shown ? null : each.outerHTML.slice(0, 120);
}"""
SCHEMES: dict[Literal["light", "dark"], list[str]] = {"light": ["wcag2a", "wcag2aa"], "dark": ["color-contrast"]}
"""What is asked of a page in each scheme. Only the colours differ in the dark."""
A_REFUSAL = re.compile(r"Failed to load resource: the server responded with a status of 4\d\d")
"""Chromium writes a page that was answered with a refusal to the console. That is not an error of the page."""


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    named = os.environ.get("CHROMIUM")
    found = next(filter(None, map(shutil.which, [named] if named else NAMES)), None)
    if found is None:
        if os.environ.get("E2E") == "required":
            pytest.fail(MISSING, pytrace=False)
        pytest.skip(MISSING)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=found, headless=True, args=ARGUMENTS)
        yield started
        started.close()


class _Handler(WSGIRequestHandler):
    timeout = 5
    """Seconds after which a connection that the browser keeps open without a word ends."""

    def run_wsgi(self) -> None:
        """Werkzeug leaves open what it was sending where the browser has gone before the end of it."""
        try:
            super().run_wsgi()
        finally:
            for answer in _answers(getattr(self, "environ", {})):
                answer.close()


class _Answer:
    """What the application answers, closed once whoever closes it."""

    def __init__(self, parts: Iterable[bytes]) -> None:
        self._parts = parts

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._parts)

    def close(self) -> None:
        parts, self._parts = self._parts, ()
        if hasattr(parts, "close"):
            parts.close()


def _answers(environ: dict[str, Any]) -> list[_Answer]:
    found: list[_Answer] = environ.setdefault("setara.answers", [])
    return found


def _remembering(app: SetaraFlask) -> Callable[[dict[str, Any], Any], _Answer]:
    def answer(environ: dict[str, Any], start_response: Any) -> _Answer:
        _answers(environ).append(made := _Answer(app(environ, start_response)))
        return made

    return answer


@pytest.fixture
def live_server(apart_app: SetaraFlask) -> Iterator[str]:
    """The address of the application, served as it is.

    A request gives its database connection back after its answer was sent. So the end waits for all of them: one that
    came back to a pool that is no longer there would be reported as a leak of whichever test runs by then.
    """
    server = make_server("127.0.0.1", 0, _remembering(apart_app), threaded=True, request_handler=_Handler)
    assert isinstance(server, ThreadingMixIn)
    server.daemon_threads = False
    serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    serving.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    serving.join(5)
    server.server_close()


@pytest.fixture
def committed(apart_app: SetaraFlask) -> Callable[[], AbstractContextManager[None]]:
    """`with committed():` makes things with the verbs and commits them, as a request would."""

    @contextmanager
    def commit() -> Iterator[None]:
        with apart_app.app_context(), transaction():
            yield

    return commit


def opened(browser: Browser, address: str, viewport: ViewportSize, **more: Any) -> Iterator[Page]:
    """A tab of its own, which fails its test for what the module's first lines name."""
    context = browser.new_context(
        base_url=address, locale="en-GB", timezone_id="UTC", viewport=viewport, reduced_motion="reduce", **more
    )
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    wrong: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type == "error" and not A_REFUSAL.match(message.text):
            wrong.append(f"console on {page.url}: {message.text}")

    def watch(request: Request) -> None:
        if not request.url.startswith((address, "data:")):
            wrong.append(f"leaves the machine: {request.url}")

    page.on("console", hear)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("request", watch)
    yield page
    context.close()
    assert not wrong, wrong


@pytest.fixture
def page(browser: Browser, live_server: str) -> Iterator[Page]:
    """A tab on a wide screen. It fails its test for what the module's first lines name."""
    yield from opened(browser, live_server, DESKTOP)


@pytest.fixture
def phone(browser: Browser, live_server: str) -> Iterator[Page]:
    """A tab on a small telephone, 360 pixels wide."""
    yield from opened(browser, live_server, PHONE, is_mobile=True, has_touch=True, device_scale_factor=2)


@pytest.fixture
def sign_in() -> Callable[[Page, str], None]:
    """`sign_in(page, email)` types the address and the factories' password into the real form."""

    def through_the_page(page: Page, email: str) -> None:
        page.goto("/sign-in")
        page.get_by_label("E-mail address").fill(email)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.locator("main").get_by_role("button", name="Sign in").click()
        page.wait_for_url(lambda url: "/sign-in" not in url)

    return through_the_page


def press(page: Page, name: str, *, exact: bool = False) -> None:
    """Presses a button of a form and waits for the page that answers it. Whoever goes on or reloads before that may
    break off what was sent, and words that stood there before say nothing about the answer."""
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=exact).click()


def follow(page: Page, link: Locator) -> None:
    """Presses a link and waits for the page that it leads to: the next link may be on the page before, too."""
    with page.expect_navigation():
        link.click()


def tab_to(page: Page, wanted: Locator) -> None:
    """Goes on with the tabulator from where the focus is, as somebody does who has no mouse, until it is there. Each
    thing on the way must show that it has the focus: an outline or a shadow."""
    expect(wanted).to_be_visible()
    for _press in range(MOST_TABS):
        page.keyboard.press("Tab")
        unseen = page.evaluate(NO_FOCUS_SHOWN)
        assert unseen is None, f"the focus cannot be seen on {unseen}"
        if wanted.evaluate("each => each === document.activeElement"):
            return
    raise AssertionError(f"{MOST_TABS} presses of the tabulator do not reach {wanted}")


@pytest.fixture
def sound() -> Callable[[Page, str], None]:
    """`sound(page, "today")` says that the page in view breaks no WCAG 2 A or AA rule, in light and in dark, and that
    nobody has to scroll it sideways. Where SHOTS names a folder, pictures of it are left there."""

    def check(page: Page, name: str) -> None:
        width = page.viewport_size["width"] if page.viewport_size else 0
        for scheme, rules in SCHEMES.items():
            page.emulate_media(color_scheme=scheme)
            if folder := os.environ.get("SHOTS"):
                page.screenshot(path=Path(folder) / f"{name}-{width}-{scheme}.png", full_page=True)
            found = Axe().run(page, options={"runOnly": rules, "resultTypes": ["violations"]})
            assert found.violations_count == 0, f"{name}, {scheme}: {found.generate_report()}"
        assert page.evaluate(TOO_WIDE, width) == [], f"{name} is wider than {width} px"
        page.emulate_media(color_scheme="light")

    return check
