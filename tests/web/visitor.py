"""Somebody with a browser: reads a page, fills the forms that stand on it, follows where they lead.

What is not on the page cannot be sent: a field that the page lost makes the test fail, and the hidden token and key are
those of the page.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from io import BytesIO
from typing import Any
from urllib.parse import urljoin

from flask.testing import FlaskClient

from marketplace.accounts.models import Person
from tests.factories.accounts import PASSWORD

SINGLE = frozenset({"hidden", "text", "email", "password", "number", "date", "time", "datetime-local", "search", "tel"})
# What a reader makes nothing of. Most of a page are such tags, and the parser takes as long for them as for the others.
PASSED_OVER = re.compile(
    r"</?(?!(?:p|form|input|select|option|textarea|button|script|style)\b)"
    r"[a-z](?:[^<>\"']|\"[^\"]*\"|'[^']*')*>"
)


@dataclass
class ShownForm:
    """A form as the page shows it: where it goes, what stands in its fields, what may be chosen."""

    action: str
    method: str = "get"
    values: dict[str, list[str]] = field(default_factory=dict)
    options: dict[str, list[str]] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address
        self.forms: list[ShownForm] = []
        self._words: list[str] = []
        self._area = self._select = self._form_at = ""
        self._in_paragraph = False

    def handle_starttag(self, tag: str, given: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in given}
        if tag == "p":
            self._in_paragraph = True
        if tag == "form":
            # A browser ends the paragraph here, and what follows in it loses its place.
            assert not self._in_paragraph, f"{self.address}: a form stands inside a paragraph"
            action = urljoin(self.address, attributes.get("action", ""))
            self.forms.append(ShownForm(action, attributes.get("method", "get").lower()))
            self._form_at = "inside"
        elif self._form_at and (name := attributes.get("name")):
            self._note(tag, name, attributes, "selected" in attributes or "checked" in attributes)
        elif tag == "option" and self._select:
            self._note_option(attributes)

    def _note(self, tag: str, name: str, attributes: dict[str, str], chosen: bool) -> None:
        form = self.forms[-1]
        if tag == "button":
            form.buttons.append((name, attributes.get("value", "")))
        elif tag == "select":
            self._select = name
            form.options.setdefault(name, [])
            form.values.setdefault(name, [])
        elif tag == "textarea":
            self._area = name
            form.values[name] = [""]
        elif attributes.get("type", "text") in SINGLE:
            form.values.setdefault(name, []).append(attributes.get("value", ""))
        else:
            form.options.setdefault(name, []).append(attributes.get("value", "on"))
            form.values.setdefault(name, []).extend([attributes.get("value", "on")] if chosen else [])

    def _note_option(self, attributes: dict[str, str]) -> None:
        form, value = self.forms[-1], attributes.get("value", "")
        form.options[self._select].append(value)
        if "selected" in attributes:
            form.values[self._select].append(value)

    def handle_data(self, data: str) -> None:
        self._words.append(data)
        if self._area:
            self.forms[-1].values[self._area][0] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "p":
            self._in_paragraph = False
        elif tag == "form":
            self._form_at = ""
        elif tag == "textarea":
            self._area = ""
        elif tag == "select":
            form = self.forms[-1]
            # A browser chooses the first option where none is chosen.
            form.values[self._select] = form.values[self._select] or form.options[self._select][:1]
            self._select = ""

    @property
    def words(self) -> str:
        return " ".join(" ".join(self._words).split())


class Page:
    """An answer: `status`, the whole `html`, the `words` that a person reads, and the forms."""

    def __init__(self, status: int, html: str, address: str) -> None:
        reader = _Reader(address)
        reader.feed(PASSED_OVER.sub(" ", html))
        self.status, self.html, self.address, self.words, self.forms = (
            status,
            html,
            address,
            reader.words,
            reader.forms,
        )
        keys = [key for form in reader.forms for key in form.values.get("idempotency_key", ())]
        # A key that was used for one form is refused for another, and both may be sent from a page that stays open.
        assert len(set(keys)) == len(keys), f"{address}: two forms have the same key"

    def form(self, action: str = "") -> ShownForm:
        """The one form whose address ends so; without an ending, the only one that posts to the page itself."""
        found = [form for form in self._posting() if (form.action.endswith(action) if action else self._own(form))]
        assert len(found) == 1, f"{len(found)} forms for {action or self.address}: {[f.action for f in self.forms]}"
        return found[0]

    def offers(self, action: str) -> bool:
        """Whether a form leads to an address that ends so."""
        return any(form.action.endswith(action) for form in self._posting())

    def _posting(self) -> Iterator[ShownForm]:
        return (form for form in self.forms if form.method == "post")

    def _own(self, form: ShownForm) -> bool:
        return form.action.split("?")[0] == self.address.split("?")[0]


class Visitor:
    """Somebody with a browser, signed in or not."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def signed_in(self, person: Person) -> "Visitor":
        page = self.send("/sign-in", email=person.email, password=PASSWORD)
        assert page.status == 200, page.words
        assert page.address != "/sign-in", page.words
        return self

    def look(self, path: str) -> Page:
        """Opens a page and follows redirects."""
        return self._page(self.client.get(path, follow_redirects=True, headers={"Accept": "text/html"}))

    def send(self, path: str, action: str = "", **fields: Any) -> Page:
        """Opens the page, fills the form and sends it. A dot in a field's name is written as two underscores."""
        return self.hand_in(self.look(path), action, **fields)

    def hand_in(self, page: Page, action: str = "", **fields: Any) -> Page:
        """Fills a form of a page that is open, and sends it. Bytes are a file that is chosen."""
        form = page.form(action)
        data: dict[str, list[Any]] = {name: list(values) for name, values in form.values.items() if values}
        for given, value in fields.items():
            name = given.replace("__", ".")
            known = name in form.values or any(name == button for button, _ in form.buttons)
            assert known, f"{page.address} has no field {name}: {sorted(form.values)}"
            if isinstance(value, bytes):
                data[name] = [(BytesIO(value), "document")]
                continue
            wanted = [str(each) for each in value] if isinstance(value, list | tuple) else [str(value)]
            assert set(wanted) <= {"", *form.options.get(name, wanted)}, f"{name} offers {form.options[name]}"
            data[name] = wanted
        headers = {"Accept": "text/html"}
        return self._page(self.client.post(form.action, data=data, follow_redirects=True, headers=headers))

    def _page(self, answer: Any) -> Page:
        return Page(answer.status_code, answer.get_data(as_text=True), answer.request.path)
