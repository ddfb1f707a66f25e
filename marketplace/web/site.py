"""What all pages share: forms are protected, strangers are sent to the sign-in, and templates know a few words."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from flask import Blueprint, Flask, current_app, redirect, request, session, url_for
from flask_babel import get_locale
from flask_babel.speaklater import LazyString
from flask_bootstrap import Bootstrap5
from flask_login import current_user
from flask_wtf import CSRFProtect
from werkzeug.local import LocalProxy
from werkzeug.wrappers import Response

from marketplace.accounts.auth import API, actor, actor_or_none
from marketplace.accounts.rules import Actor
from marketplace.core import clock
from marketplace.core.limits import GUESSES, STRANGERS, account_tried, limiter
from marketplace.core.money import Money
from marketplace.notices.one_tap import PAGE
from marketplace.notices.queries import count_unread
from marketplace.notices.words import span
from marketplace.web.amounts import in_field
from marketplace.web.choices import term_name
from marketplace.web.cited import cited
from marketplace.web.happenings import event_words
from marketplace.web.problem_words import problem_said
from marketplace.web.rule_words import (
    floor_words,
    input_name,
    input_words,
    night_words,
    parameter_name,
    premium_day_words,
)
from marketplace.web.verdict_words import basis_of, verdict_said
from marketplace.web.words import (
    SIGN_IN_MESSAGES,
    account_words,
    clock_words,
    day,
    duration,
    exact_duration,
    language_name,
    money_words,
    month_words,
    name_of,
    number,
    rate_words,
    said,
    source_words,
    status_words,
    weekdays,
    when,
    written_time,
)

csrf = CSRFProtect()
LANGUAGE_NAMES = {"en": "English", "id": "Indonesia"}
LANGUAGE = "language"
"""Where a stranger's choice of language stands in the session."""
_KNOCKED_AT = ("security.login", "security.forgot_password", "security.send_confirmation")
"""Flask-Security's doors where a stranger may try addresses and passwords, or have messages sent."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the navigation. `count` is what waits there. A heading has no address, and the entries below it."""

    label: str
    url: str
    here: bool
    count: int = 0
    below: Sequence["Entry"] = ()


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of a navigation that is too long to be read at a glance, and what stands below it."""

    label: LazyString
    links: Sequence["Link"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a person belongs: their own work, one of their companies, the operators' desk."""

    label: str
    url: str


Link = tuple[str, LazyString, int]
"""(endpoint, label, what waits)."""
Navigation = Callable[[], Sequence[Link | Heading]]
Belonging = Callable[[Actor], Sequence[Place]]
Links = Callable[[Actor, Mapping[str, str]], str | None]
_NAVIGATION: dict[str, Navigation] = {}
_BELONGINGS: dict[str, Belonging] = {}
_LINKS: dict[str, Links] = {}


def navigation(blueprint: Blueprint, build: Navigation) -> None:
    """Says what stands in the navigation while a page of the blueprint is shown."""
    _NAVIGATION[blueprint.name] = build


def belonging(blueprint: Blueprint, find: Belonging) -> None:
    """Says which of the blueprint's places a person belongs to: none when it is not for them."""
    _BELONGINGS[blueprint.name] = find


def links(blueprint: Blueprint, find: Links) -> None:
    """Says where the blueprint shows a thing: from what a notice is about ({"offer": id, ...}) to an address, or None
    when it has no page for it, or none for this person."""
    _LINKS[blueprint.name] = find


def link_to(about: Mapping[str, str], by: Actor) -> str | None:
    """The page of a thing for this person, if there is one."""
    found = (find(by, about) for find in _LINKS.values())
    return next((url for url in found if url is not None), None)


def places_of(by: Actor) -> list[Place]:
    """Everywhere a person belongs, in the order in which the blueprints were registered."""
    names = current_app.blueprints
    return [place for name in names if name in _BELONGINGS for place in _BELONGINGS[name](by)]


def register(app: Flask, blueprints: tuple[Blueprint, ...]) -> None:
    """Makes the application speak to people: styles, protected forms, words for templates, the pages themselves."""
    app.config.setdefault("BOOTSTRAP_SERVE_LOCAL", True)
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False
    # A form may lie open for a working day; the session it belongs to is what ends its token.
    app.config.setdefault("WTF_CSRF_TIME_LIMIT", None)
    app.config.update(SIGN_IN_MESSAGES)
    Bootstrap5(app)
    csrf.init_app(app)
    app.before_request(_protect_forms)
    app.context_processor(_words)
    for blueprint in blueprints:
        app.register_blueprint(blueprint)
    for endpoint in _KNOCKED_AT:
        app.view_functions[endpoint] = _limited(app.view_functions[endpoint])


def language() -> str | None:
    """The language of the running request: the person's, or the stranger's choice, or what the browser asks for."""
    if not request:
        return None
    known = current_app.config["LANGUAGES"]
    chosen = None
    if not request.path.startswith(API):
        chosen = current_user.locale if current_user.is_authenticated else session.get(LANGUAGE)
    return chosen if chosen in known else request.accept_languages.best_match(known)


def ask_to_sign_in() -> Response | None:
    """For `blueprint.before_request`: a stranger signs in first and then comes back to the page."""
    if actor_or_none() is not None:
        return None
    back = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("security.login", next=back))


def own_path(path: str | None) -> str:
    """The path if it is one of ours, the home page otherwise: nobody is sent to another site by a link of ours."""
    parts = urlsplit((path or "").replace("\\", "/"))
    inside = path and not parts.scheme and not parts.netloc and path.startswith("/")
    return path if path and inside else url_for("public.home")


def _limited(view: Any) -> Any:
    from_one_address = limiter.limit(STRANGERS, methods=["POST"])(view)
    return limiter.limit(GUESSES, key_func=account_tried, methods=["POST"])(from_one_address)


def _protect_forms() -> None:
    """Every form of a page carries a token. The API needs none: it takes keys, which no other site can send; nor does a
    link of a message, which no other site knows and which works without cookies."""
    if not request.path.startswith((API, PAGE)):
        csrf.protect()


def _words() -> dict[str, Any]:
    """What every template may use. Nothing here is asked of the database before a template asks for it."""
    return {
        "rail": current_app.config["RAIL"],
        "languages": [(code, LANGUAGE_NAMES[code]) for code in current_app.config["LANGUAGES"]],
        "get_locale": get_locale,
        "person": LocalProxy(_person),
        "actor": actor,
        "unread": lambda: count_unread(actor()),
        "link_to": lambda about: link_to(about, actor()),
        "places": lambda: places_of(actor()) if actor_or_none() else [],
        "navigation": _navigation,
        "now": clock.now,
        # Where the reader comes back to after choosing a language: a page that a form was sent to cannot be opened.
        "here": request.full_path.rstrip("?") if request.method == "GET" else "",
        "when": when,
        "day": day,
        "month_words": month_words,
        "weekdays": weekdays,
        "written_time": written_time,
        "clock_words": clock_words,
        "span": span,
        "duration": duration,
        "exact_duration": exact_duration,
        "number": number,
        "language_name": language_name,
        "money": money_words,
        "money_of": lambda pair: money_words(Money.of(pair["amount"], pair["currency"])),
        "money_from": Money,
        "in_field": in_field,
        "moment_of": datetime.fromisoformat,
        "rate_words": rate_words,
        "account_words": account_words,
        "event_words": event_words,
        "status_words": status_words,
        "name_of": name_of,
        "parameter_name": parameter_name,
        "input_name": input_name,
        "input_words": input_words,
        "floor_words": floor_words,
        "premium_day_words": premium_day_words,
        "night_words": night_words,
        "term_name": term_name,
        "said": said,
        "source_words": source_words,
        "cited": cited,
        "problem_said": problem_said,
        "verdict_said": verdict_said,
        "basis_of": basis_of,
        "fresh_key": lambda: str(uuid4()),
    }


def _person() -> Any:
    return current_user._get_current_object() if current_user.is_authenticated else None


def _navigation() -> list[Entry]:
    build = _NAVIGATION.get(request.blueprint or "")
    if build is None or actor_or_none() is None:
        return []
    return [_below(each) if isinstance(each, Heading) else _entry(each) for each in build()]


def _entry(link: Link) -> Entry:
    endpoint, label, waiting = link
    arguments = {name: value for name, value in (request.view_args or {}).items() if name == "company_id"}
    return Entry(str(label), url_for(endpoint, **arguments), endpoint == request.endpoint, waiting)


def _below(heading: Heading) -> Entry:
    links = [_entry(link) for link in heading.links]
    here, waiting = any(each.here for each in links), sum(each.count for each in links)
    return Entry(str(heading.label), "", here, waiting, links)
