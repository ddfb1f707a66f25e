"""Every door of the API answers five questions, and a test shows each answer.

Does it work? What if nobody is signed in, if the thing is somebody else's, if its state does not allow it, if the input
has the wrong shape? A test says which it answers: `@pytest.mark.door("POST /api/v1/companies", "works")`. Here the
marks of all tests are held against the application's own map of routes, so that a door without its answers is seen.
The tables below are the exceptions, each with its reason.
"""

import re
from collections.abc import Iterator

import pytest
from flask import Flask

from marketplace.api.pages import DOCUMENT
from tests.conftest import DOORS

QUESTIONS = frozenset({"works", "not_signed_in", "not_mine", "wrong_state", "wrong_shape"})

PUBLIC = {
    "GET /api/v1/contractors/terms": "what people agree to is no secret",
    "GET /api/v1/contractors/policy": "what applicants are asked for is no secret",
    "GET /api/v1/docs": "the description of the API",
    "GET /api/v1/openapi.json": "the description of the API",
    "GET /api/v1/clock": "the time is no secret",
    "GET /api/v1/standards/rules": "what is fair and lawful is no secret",
    "GET /api/v1/standards/rules/<rule_id>": "what is fair and lawful is no secret",
    "GET /api/v1/standards/fairness": "what is promised and what holds it is no secret",
    "GET /api/v1/standards/regions": "what is fair and lawful is no secret",
    "GET /api/v1/standards/regions/history": "what is fair and lawful is no secret",
    "GET /api/v1/standards/announced-changes": "everybody may know which protection is to fall",
    "GET /api/v1/standards/announced-changes/<uuid:change_id>": "everybody may know which protection is to fall",
    "GET /api/v1/standards/announced-changes/<uuid:change_id>/comments": "what was said and answered is public",
    "GET /api/v1/standards/floors": "what is fair and lawful is no secret",
    "GET /api/v1/standards/exchange": "what is fair and lawful is no secret",
    "GET /api/v1/taxes/schemes": "what a law takes is no secret",
    "GET /api/v1/benefit-plans": "what benefits promise is no secret",
    "GET /api/v1/benefit-plans/<code>/versions": "what benefits promise is no secret",
    "POST /api/v1/standards/verdicts": "whoever thinks of posting a gig may try the rules first",
    "GET /api/v1/work-records/status/<int:number>": "whoever checks a record is a stranger",
    "POST /api/v1/work-records/verifications": "whoever checks a record is a stranger",
    "GET /api/v1/record/schema": "how a record reads is no secret",
    "GET /api/v1/seals": "a seal that is no secret is what makes it one",
    "GET /api/v1/seals/<int:number>": "a seal that is no secret is what makes it one",
    "GET /api/v1/intake": "whoever thinks of applying may see whether it is possible",
    "GET /api/v1/matching/weights": "what counts how much is published (EXPLAIN)",
    "GET /api/v1/adopters": "it is a public list",
    "GET /api/v1/adopters/<uuid:company_id>": "it is a public statement",
    "GET /api/v1/companies/<uuid:company_id>/report": "a company that stands by the guidelines hides nothing",
    "GET /api/v1/companies/<uuid:company_id>/credits": "whoever stands there wants to be seen",
    "GET /api/v1/calendars/<secret>": "a calendar program cannot sign in; the address is the secret",
    "POST /api/v1/sessions": "it is how one signs in",
    "POST /api/v1/people": "it is how one gets an account",
    "POST /api/v1/people/confirmations": "the token in the message says who it is",
    "POST /api/v1/invitations/acceptances": "the token in the message says who it is",
    "POST /api/v1/password-resets": "whoever asks has lost what they sign in with",
    "POST /api/v1/password-resets/<token>": "the token in the message says who it is",
    "GET /api/v1/outbox": "where it is open there is nobody's real mail in it",
}
"""Open to strangers."""

NOBODYS = {
    "POST /api/v1/password-resets/<token>": "a token belongs to whoever holds it; a wrong one is a wrong state",
    "POST /api/v1/rails/stripe/<any(platform,connect):endpoint>": "it says of what kind a call is",
}
"""Routes with a parameter that names nothing that could be another person's."""

ALWAYS_POSSIBLE = {
    "POST /api/v1/matching/weights/trials": "weights can always be tried; it changes nothing",
    "POST /api/v1/rails/stripe/<any(platform,connect):endpoint>": "a call is kept whatever it is about, and once",
    "POST /api/v1/bank/look": "it changes nothing",
    "POST /api/v1/taxes/profile": "where one pays taxes can always be said anew",
    "POST /api/v1/sessions": "nothing has to be in a state for it",
    "DELETE /api/v1/sessions/current": "a key that is no longer good is not signed in",
    "PATCH /api/v1/people/me": "one's name and language can always be changed",
    "POST /api/v1/people/me/confirmation-messages": "when the address is confirmed already, nothing is sent",
    "POST /api/v1/password-resets": "it answers the same in every case",
    "POST /api/v1/invitations": "who has an account already is told of in the answer",
    "POST /api/v1/standards/verdicts": "it changes nothing",
    "POST /api/v1/shift-series/preview": "it changes nothing",
    "POST /api/v1/shifts/sheet/look": "it changes nothing",
    "DELETE /api/v1/phones/<uuid:phone_id>": "taking away twice is taking away once",
    "DELETE /api/v1/push-subscriptions/<uuid:subscription_id>": "what was taken away is not there",
    "DELETE /api/v1/calendar-feeds/<uuid:feed_id>": "revoking twice is revoking once",
    "DELETE /api/v1/shifts/<uuid:shift_id>/saved": "letting go twice is letting go once",
    "POST /api/v1/handover-code": "a new code can always be had",
    "POST /api/v1/companies/<uuid:company_id>/gigs": "a draft can always be written; the gate judges it later",
    "POST /api/v1/companies/<uuid:company_id>/keys": "keys can be made for a company in every state",
    "POST /api/v1/standards/exchange-rates": "a rate is a new row beside all others",
    "PUT /api/v1/companies/<uuid:company_id>/care-line": "whom to call can always be named anew",
    "DELETE /api/v1/contractors/me/crews/<uuid:crew_id>": "one can leave a crew at any time",
    "PUT /api/v1/companies/<uuid:company_id>/identity": "who a company is can always be told anew",
    "PUT /api/v1/contractors/me/description": "what one can do can always be said anew",
    "PUT /api/v1/contractors/me/availability": "when one can work can always be said anew",
    "PUT /api/v1/contractors/me/quiet-hours": "when it is quiet can always be said anew",
    "PUT /api/v1/notices/preferences": "how one wants to be told can always be said anew",
    "PUT /api/v1/contractors/me/band": "how much one wants to work can always be said anew",
    "POST /api/v1/contractors/me/hazard-consents": "a consent takes the place of the one before",
    "POST /api/v1/companies/<uuid:company_id>/contract-templates": "a company's text is a new row beside all others",
    "POST /api/v1/companies/<uuid:company_id>/deposits": "money can be paid in at any time",
    "POST /api/v1/vetting/screening/lists": "a list takes the place of the one before",
    "POST /api/v1/vetting/policies": "a policy is a new version beside all others",
    "POST /api/v1/pay-runs": "a run over nothing is a run",
    "POST /api/v1/sandbox/levers": "a lever can be pulled at any time",
    "POST /api/v1/notices/<uuid:notice_id>/read": "reading twice is reading once",
    "POST /api/v1/work-records/verifications": "it changes nothing",
    "POST /api/v1/work-records/<uuid:record_id>/revoke": "taking back twice is taking back once",
    "POST /api/v1/issuer/keys": "a new key can always be made",
    "PUT /api/v1/companies/<uuid:company_id>/billing": "how one wants to be billed can always be said anew",
    "PUT /api/v1/companies/<uuid:company_id>/naming": "whether a company may be named can always be said anew",
    "PUT /api/v1/companies/<uuid:company_id>/report/publication": "publishing can always be agreed to, or no longer",
    "PUT /api/v1/contractors/me/credits/<uuid:company_id>": "whether one is named can always be said anew",
    "DELETE /api/v1/contractors/me/credits/<uuid:company_id>": "it can be taken back at every minute",
    "POST /api/v1/notices/read": "reading twice is reading once",
}
"""Routes that change something, and that no state can refuse."""


def doors_of(app: Flask) -> Iterator[tuple[str, str, str]]:
    """Every (route, method, path in the document) under /api."""
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/api/"):
            path = re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", r"{\1}", rule.rule)
            for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
                yield f"{method} {rule.rule}", method, path


def takes_input(document: dict, method: str, path: str) -> bool:
    """Whether the door takes a body or a query, as the document says."""
    operation = document["paths"].get(path, {}).get(method.lower(), {})
    return "requestBody" in operation or any(each.get("in") == "query" for each in operation.get("parameters", ()))


def needed(app: Flask) -> set[tuple[str, str]]:
    """Every (route, question) that some test has to answer."""
    found = set()
    for route, method, path in doors_of(app):
        found.add((route, "works"))
        if route not in PUBLIC:
            found.add((route, "not_signed_in"))
        if "<" in route and route not in PUBLIC and route not in NOBODYS:
            found.add((route, "not_mine"))
        if method != "GET" and route not in ALWAYS_POSSIBLE:
            found.add((route, "wrong_state"))
        if takes_input(app.extensions[DOCUMENT], method, path):
            found.add((route, "wrong_shape"))
    return found


def listed(answers: set[tuple[str, str]]) -> str:
    """One line for each door, as whoever has to write the tests wants to read it."""
    doors: dict[str, list[str]] = {}
    for route, question in sorted(answers):
        doors.setdefault(route, []).append(question)
    return "\n".join(["", *(f"{route}: {', '.join(questions)}" for route, questions in doors.items())])


@pytest.mark.whole_suite
def test_every_door_answers_its_questions(app: Flask, pytestconfig: pytest.Config) -> None:
    missing = needed(app) - pytestconfig.stash[DOORS]
    assert not missing, listed(missing)


@pytest.mark.whole_suite
def test_no_answer_is_about_a_door_that_is_gone(app: Flask, pytestconfig: pytest.Config) -> None:
    routes = {route for route, _, _ in doors_of(app)}
    stale = {(route, question) for route, question in pytestconfig.stash[DOORS] if route not in routes}
    assert not stale, listed(stale)
    assert {question for _, question in pytestconfig.stash[DOORS]} <= QUESTIONS


@pytest.mark.parametrize("table", [PUBLIC, NOBODYS, ALWAYS_POSSIBLE], ids=["public", "nobodys", "always_possible"])
def test_the_exceptions_are_about_doors_that_exist(app: Flask, table: dict[str, str]) -> None:
    assert set(table) <= {route for route, _, _ in doors_of(app)}


def test_the_questions_of_a_door_follow_from_what_it_is(app: Flask) -> None:
    asked: dict[str, set[str]] = {}
    for route, question in needed(app):
        asked.setdefault(route, set()).add(question)
    assert asked["POST /api/v1/companies/<uuid:company_id>/verify"] == QUESTIONS
    assert asked["GET /api/v1/companies/<uuid:company_id>"] == {"works", "not_signed_in", "not_mine"}
    assert asked["GET /api/v1/companies"] == {"works", "not_signed_in", "wrong_shape"}
    assert asked["POST /api/v1/sessions"] == {"works", "wrong_shape"}
