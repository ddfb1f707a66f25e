"""The doors of contractors and of vetting, and their five questions."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient

from marketplace.accounts.rules import OperatorRole
from marketplace.core.db import db
from marketplace.workforce import service
from marketplace.workforce.calendar import MOST_EXCEPTIONS, Dated
from marketplace.workforce.models import AvailabilityException
from marketplace.workforce.rules import HOW_TO_CONTEST
from tests.factories import accounts, workforce

APPLY = "POST /api/v1/contractors"
ME = "GET /api/v1/contractors/me"
MY_EVENTS = "GET /api/v1/contractors/me/events"
DESCRIBE = "PUT /api/v1/contractors/me/description"
REQUIREMENTS = "GET /api/v1/contractors/me/requirements"
SUBMIT = "POST /api/v1/contractors/me/requirements"
SUBMIT_MANY = "POST /api/v1/contractors/me/requirements/batch"
ACCOUNT = "POST /api/v1/contractors/me/payout-account"
AVAILABILITY = "PUT /api/v1/contractors/me/availability"
TIME = "GET /api/v1/contractors/me/availability"
EXCEPTION = "POST /api/v1/contractors/me/availability/exceptions"
NO_EXCEPTION = "DELETE /api/v1/contractors/me/availability/exceptions/<uuid:exception_id>"
HOLIDAYS = "POST /api/v1/contractors/me/availability/holidays"
QUIET = "PUT /api/v1/contractors/me/quiet-hours"
BAND = "PUT /api/v1/contractors/me/band"
CONSENTS = "GET /api/v1/contractors/me/hazard-consents"
CONSENT = "POST /api/v1/contractors/me/hazard-consents"
REVOKE = "POST /api/v1/contractors/me/hazard-consents/revoke"
CONTEST = "POST /api/v1/contractors/me/contest"
QUEUE = "GET /api/v1/vetting/queue"
SHOW = "GET /api/v1/vetting/contractors/<uuid:contractor_id>"
EVENTS = "GET /api/v1/vetting/contractors/<uuid:contractor_id>/events"
DECIDE = "POST /api/v1/vetting/contractors/<uuid:contractor_id>/requirements"
DECIDE_MANY = "POST /api/v1/vetting/contractors/<uuid:contractor_id>/requirements/batch"
VET = "POST /api/v1/vetting/contractors/<uuid:contractor_id>/vet"
REFUSE = "POST /api/v1/vetting/contractors/<uuid:contractor_id>/refuse"
SUSPEND = "POST /api/v1/vetting/contractors/<uuid:contractor_id>/suspend"
REINSTATE = "POST /api/v1/vetting/contractors/<uuid:contractor_id>/reinstate"

APPLICATION = {
    "country": "US",
    "subdivision": "US-KS",
    "timezone": "America/Chicago",
    "born_on": "1990-05-17",
    "payout_currency": "USD",
    "languages": {"en": "C1"},
    "skills": ["image-labelling"],
}
REASON = {"reason": "Everything was looked at."}
BODIES: dict[str, dict[str, Any]] = {
    APPLY: APPLICATION,
    DESCRIBE: {"skills": ["audio"], "languages": {"id": "C2"}},
    SUBMIT: {"kind": "identity", "note": "Passport"},
    SUBMIT_MANY: {"items": [{"kind": "identity", "note": "Passport"}, {"kind": "terms", "note": "I agree."}]},
    AVAILABILITY: {"windows": [{"weekday": 5, "start_minute": 1320, "end_minute": 120, "wish": "desired"}]},
    EXCEPTION: {"first_day": "2036-12-24", "last_day": "2036-12-31", "wish": "unavailable"},
    HOLIDAYS: {"year": 2036, "wish": "undesired"},
    QUIET: {"from_minute": 1320, "until_minute": 390},
    BAND: {"min_hours": 5, "max_hours": 20},
    CONSENT: {"category": "violence", "up_to": "H2"},
    REVOKE: {"category": "violence"},
    CONTEST: {"words": "This is not so."},
    DECIDE: {"kind": "identity", "met": True, "reason": "Seen."},
    DECIDE_MANY: {
        "items": [
            {"kind": "identity", "met": True, "reason": "Seen."},
            {"kind": "age", "met": False, "reason": "The passport says 2011."},
        ]
    },
    VET: REASON,
    REFUSE: REASON,
    SUSPEND: REASON,
    REINSTATE: REASON,
}
OF_MINE = (
    ME,
    MY_EVENTS,
    DESCRIBE,
    REQUIREMENTS,
    SUBMIT,
    SUBMIT_MANY,
    ACCOUNT,
    AVAILABILITY,
    TIME,
    EXCEPTION,
    NO_EXCEPTION,
    HOLIDAYS,
    QUIET,
    BAND,
    CONSENTS,
    CONSENT,
    REVOKE,
    CONTEST,
)
CROSSING = {"weekday": 1, "start_minute": 60, "end_minute": 120}
OF_OPERATORS = (SHOW, EVENTS, DECIDE, DECIDE_MANY, VET, REFUSE, SUSPEND, REINSTATE)


def _row(contractor_id: UUID, dated: Dated) -> dict[str, Any]:
    return {"contractor_id": contractor_id, "note": ""} | {name: getattr(dated, name) for name in Dated.__slots__}


def doors(*routes: str, question: str) -> list[Any]:
    return [pytest.param(route, marks=pytest.mark.door(route, question), id=route) for route in routes]


def ask(client: FlaskClient, route: str, contractor_id: UUID | None = None, **more: Any) -> Any:
    method, _, path = route.partition(" ")
    if route in BODIES:
        more.setdefault("json", BODIES[route])
    path = path.replace("<uuid:contractor_id>", str(contractor_id or uuid4()))
    path = path.replace("<uuid:exception_id>", str(uuid4()))
    return client.open(path, method=method, **more)


# --- the questions that are alike -----------------------------------------------------------------------------------


@pytest.mark.parametrize("route", doors(APPLY, *OF_MINE, QUEUE, *OF_OPERATORS, question="not_signed_in"))
def test_a_stranger_is_asked_to_sign_in(client: FlaskClient, route: str) -> None:
    answer = ask(client, route)
    assert (answer.status_code, answer.json["code"]) == (401, "not_signed_in")


@pytest.mark.parametrize("route", doors(*OF_OPERATORS, question="not_mine"))
def test_another_contractor_does_not_exist(client: FlaskClient, route: str) -> None:
    ana, budi = workforce.contractor(), workforce.contractor()
    answer = ask(client, route, ana.id, headers=accounts.bearer(budi.id))
    assert (answer.status_code, answer.json["code"]) == (404, "not_found")


@pytest.mark.parametrize("route", OF_MINE)
def test_whoever_has_not_applied_has_nothing_here(client: FlaskClient, route: str) -> None:
    answer = ask(client, route, headers=accounts.bearer(accounts.person()))
    assert (answer.status_code, answer.json["code"]) == (404, "not_found")


@pytest.mark.parametrize("route", [APPLY, *OF_MINE])
def test_a_companys_key_is_nobody_in_person(client: FlaskClient, route: str) -> None:
    company = accounts.company()
    answer = ask(client, route, headers=accounts.company_bearer(company.id))
    assert (answer.status_code, answer.json["code"]) == (403, "forbidden")


@pytest.mark.parametrize(
    ("route", "body"),
    [
        pytest.param(route, body, marks=pytest.mark.door(route, "wrong_shape"), id=f"{route} {number}")
        for number, (route, body) in enumerate(
            [
                (APPLY, APPLICATION | {"country": "Kansas"}),
                (APPLY, APPLICATION | {"subdivision": "CA-ON"}),
                (APPLY, APPLICATION | {"timezone": "Kansas/Topeka"}),
                (APPLY, APPLICATION | {"timezone": "../../etc/passwd"}),
                (APPLY, APPLICATION | {"born_on": "yesterday"}),
                (APPLY, APPLICATION | {"born_on": "2020-01-01"}),
                (APPLY, APPLICATION | {"payout_currency": "XXZ"}),
                (APPLY, APPLICATION | {"languages": {"en": "fluent"}}),
                (APPLY, APPLICATION | {"religion": "none of your business"}),
                (DESCRIBE, {"skills": ["Image Labelling"], "languages": {}}),
                (SUBMIT, {"kind": "horoscope", "note": "Taurus"}),
                (SUBMIT, {"kind": "identity", "note": ""}),
                (SUBMIT_MANY, {"items": []}),
                (SUBMIT_MANY, {"items": [BODIES[SUBMIT], {"kind": "residence", "note": ""}]}),
                (SUBMIT_MANY, {"items": [BODIES[SUBMIT]] * 2}),
                (AVAILABILITY, {"windows": [{"weekday": 7, "start_minute": 0, "end_minute": 60}]}),
                (AVAILABILITY, {"windows": [{"weekday": 1, "start_minute": 60, "end_minute": 60}]}),
                (AVAILABILITY, {"windows": [{"weekday": 1, "start_minute": 60, "end_minute": 90}] * 2}),
                (AVAILABILITY, {"windows": [CROSSING, CROSSING | {"start_minute": 90, "wish": "unavailable"}]}),
                (EXCEPTION, BODIES[EXCEPTION] | {"wish": "perhaps"}),
                (EXCEPTION, BODIES[EXCEPTION] | {"last_day": "2036-12-23"}),
                (EXCEPTION, BODIES[EXCEPTION] | {"first_day": "2037-02-29"}),
                (HOLIDAYS, {"year": 1, "wish": "unavailable"}),
                (QUIET, {"from_minute": 60, "until_minute": None}),
                (QUIET, {"from_minute": 60, "until_minute": 60}),
                (BAND, {"min_hours": 21, "max_hours": 20}),
                (BAND, {"min_hours": 0, "max_hours": 49}),
                (CONSENT, {"category": "child_abuse", "up_to": "H3"}),
                (CONSENT, {"category": "violence", "up_to": "H0"}),
                (REVOKE, {"category": "everything"}),
                (CONTEST, {"words": ""}),
                (QUEUE, None),
                (DECIDE, {"kind": "identity", "met": "perhaps", "reason": "Seen."}),
                (DECIDE_MANY, {"items": []}),
                (DECIDE_MANY, {"items": [BODIES[DECIDE], {"kind": "age", "met": True}]}),
                (DECIDE_MANY, {"items": [BODIES[DECIDE]] * 2}),
                (VET, {"reason": ""}),
                (VET, {"reason": "   "}),
                (REFUSE, {}),
                (SUSPEND, {"reason": 7}),
                (REINSTATE, {"reason": None}),
            ]
        )
    ],
)
def test_input_of_the_wrong_shape_is_refused_by_its_places(
    client: FlaskClient, route: str, body: dict[str, Any] | None
) -> None:
    operator = accounts.operator(OperatorRole.VETTING)
    ready = workforce.ready(checked_by=operator)
    who = accounts.person() if route == APPLY else operator if route in (QUEUE, *OF_OPERATORS) else ready.id
    query = {"limit": "many"} if body is None else None
    answer = ask(client, route, ready.id, json=body, query_string=query, headers=accounts.bearer(who))
    assert answer.status_code == 422
    assert answer.json.get("errors") or answer.json.get("field")


@pytest.mark.parametrize(
    ("route", "code"),
    [
        pytest.param(route, code, marks=pytest.mark.door(route, "wrong_state"), id=route)
        for route, code in [
            (APPLY, "already_applied"),
            (SUBMIT, "wrong_state"),
            (SUBMIT_MANY, "wrong_state"),
            (ACCOUNT, "payout_account_known"),
            (REVOKE, "not_found"),
            (CONTEST, "nothing_to_contest"),
            (DECIDE, "wrong_state"),
            (DECIDE_MANY, "wrong_state"),
            (VET, "wrong_state"),
            (REFUSE, "wrong_state"),
            (REINSTATE, "not_suspended"),
        ]
    ],
)
def test_what_a_vetted_contractor_leaves_no_room_for(client: FlaskClient, route: str, code: str) -> None:
    ana = workforce.contractor()
    who = accounts.operator(OperatorRole.VETTING) if route in OF_OPERATORS else ana.id
    answer = ask(client, route, ana.id, headers=accounts.bearer(who))
    assert (answer.status_code, answer.json["code"]) == (404 if code == "not_found" else 409, code)


@pytest.mark.door(SUSPEND, "wrong_state")
@pytest.mark.door(VET, "wrong_state")
def test_an_applicant_is_not_suspended_and_not_vetted_with_something_missing(client: FlaskClient) -> None:
    made, operator = workforce.applied(), accounts.operator(OperatorRole.VETTING)
    suspended = ask(client, SUSPEND, made.id, headers=accounts.bearer(operator))
    assert (suspended.status_code, suspended.json["code"]) == (409, "wrong_state")
    vetted = ask(client, VET, made.id, headers=accounts.bearer(operator))
    assert (vetted.status_code, vetted.json["code"]) == (409, "requirements_missing")
    assert "identity" in vetted.json["missing"]


def test_operators_of_other_things_do_not_vet(client: FlaskClient) -> None:
    made = workforce.ready()
    headers = accounts.bearer(accounts.operator(OperatorRole.FINANCE))
    for route in (QUEUE, DECIDE, DECIDE_MANY, VET, REFUSE, SUSPEND, REINSTATE):
        answer = ask(client, route, made.id, headers=headers)
        assert (answer.status_code, answer.json["code"]) == (403, "forbidden"), route


# --- a life ---------------------------------------------------------------------------------------------------------


@pytest.mark.door(SUBMIT_MANY, "works")
@pytest.mark.door(DECIDE_MANY, "works")
def test_several_requirements_are_shown_and_decided_about_at_once(client: FlaskClient) -> None:
    made, operator = workforce.applied(), accounts.operator(OperatorRole.VETTING)
    workforce.declared(accounts.actor_of(made.id))
    shown = ask(client, SUBMIT_MANY, headers=accounts.bearer(made.id))
    assert shown.status_code == 200
    assert [(row["kind"], row["status"]) for row in shown.json["items"]] == [
        ("identity", "submitted"),
        ("terms", "met"),
    ]
    decided = ask(client, DECIDE_MANY, made.id, headers=accounts.bearer(operator))
    assert decided.status_code == 200
    assert [(row["kind"], row["status"], row["reason"]) for row in decided.json["items"]] == [
        ("identity", "met", "Seen."),
        ("age", "refused", "The passport says 2011."),
    ]


@pytest.mark.door(DECIDE_MANY, "wrong_state")
def test_one_that_was_not_shown_keeps_back_the_whole_set(client: FlaskClient) -> None:
    made, operator = workforce.applied(), accounts.operator(OperatorRole.VETTING)
    refused = ask(client, DECIDE_MANY, made.id, headers=accounts.bearer(operator))
    assert (refused.status_code, refused.json["code"]) == (409, "nothing_shown")
    mine = ask(client, REQUIREMENTS, headers=accounts.bearer(made.id)).json["items"]
    assert {row["kind"]: row["status"] for row in mine}["age"] == "submitted"


@pytest.mark.door(APPLY, "works")
@pytest.mark.door(REQUIREMENTS, "works")
@pytest.mark.door(SUBMIT, "works")
@pytest.mark.door(ACCOUNT, "works")
@pytest.mark.door(QUEUE, "works")
@pytest.mark.door(SHOW, "works")
@pytest.mark.door(DECIDE, "works")
@pytest.mark.door(VET, "works")
@pytest.mark.door(EVENTS, "works")
@pytest.mark.door(MY_EVENTS, "works")
def test_from_application_to_vetted(client: FlaskClient) -> None:
    ana = accounts.person()
    mine, theirs = accounts.bearer(ana), accounts.bearer(accounts.operator(OperatorRole.VETTING))
    applied = ask(client, APPLY, headers=mine)
    assert (applied.status_code, applied.json["status"]) == (201, "applied")
    kinds = [row["kind"] for row in ask(client, REQUIREMENTS, headers=mine).json["items"]]
    assert kinds == ["identity", "age", "residence", "right_to_work", "tax", "payout_account", "terms"]
    early = ask(client, SUBMIT, headers=mine)
    assert (early.status_code, early.json["code"]) == (409, "evidence_missing")
    assert early.json["missing"] == {"identity": "declaration"}
    workforce.declared(accounts.actor_of(ana))
    account = ask(client, ACCOUNT, headers=mine)
    assert (account.status_code, account.json["rail"]) == (201, "sandbox")
    for kind in ("identity", "residence", "right_to_work", "tax", "terms"):
        shown = ask(client, SUBMIT, headers=mine, json={"kind": kind, "note": "Here it is."})
        assert shown.json["status"] == ("met" if kind in ("tax", "terms") else "submitted")
    assert [row["id"] for row in ask(client, QUEUE, headers=theirs).json["items"]] == [str(ana.id)]
    for kind in set(kinds) - {"tax", "terms"}:
        decided = ask(client, DECIDE, ana.id, headers=theirs, json={"kind": kind, "met": True, "reason": "Seen."})
        assert (decided.status_code, decided.json["status"]) == (200, "met")
    vetted = ask(client, VET, ana.id, headers=theirs)
    assert (vetted.status_code, vetted.json["status"]) == (200, "vetted")
    assert ask(client, SHOW, ana.id, headers=theirs).json["contractor"]["status"] == "vetted"
    assert ask(client, QUEUE, headers=theirs).json["items"] == []
    told = [event["name"] for event in ask(client, EVENTS, ana.id, headers=theirs).json["items"]]
    assert told[0] == "contractor.vetted"
    assert [event["name"] for event in ask(client, MY_EVENTS, headers=mine).json["items"]] == told


@pytest.mark.door(REFUSE, "works")
@pytest.mark.door(CONTEST, "works")
@pytest.mark.door(ME, "works")
def test_a_refusal_says_why_and_how_to_contest_it(client: FlaskClient) -> None:
    ready, operator = workforce.ready(), accounts.operator(OperatorRole.VETTING)
    mine, theirs = accounts.bearer(ready.id), accounts.bearer(operator)
    assert ask(client, REFUSE, ready.id, headers=theirs, json={"reason": "Forged papers."}).json["status"] == "refused"
    (decision,) = ask(client, ME, headers=mine).json["decisions"]
    assert (decision["reason"], decision["how_to_contest"]) == ("Forged papers.", HOW_TO_CONTEST)
    assert decision["contest_until"] > decision["decided_at"]
    assert ask(client, CONTEST, headers=mine).json["status"] == "applied"
    again = ask(client, VET, ready.id, headers=theirs)
    assert (again.status_code, again.json["code"]) == (403, "ruled_before")


@pytest.mark.door(SUSPEND, "works")
@pytest.mark.door(REINSTATE, "works")
def test_a_suspension_and_its_end(client: FlaskClient) -> None:
    ana, theirs = workforce.contractor(), accounts.bearer(accounts.operator(OperatorRole.VETTING))
    assert ask(client, SUSPEND, ana.id, headers=theirs).json["status"] == "suspended"
    assert ask(client, REINSTATE, ana.id, headers=theirs).json["status"] == "vetted"


@pytest.mark.door(TIME, "works")
@pytest.mark.door(EXCEPTION, "works")
@pytest.mark.door(NO_EXCEPTION, "works")
@pytest.mark.door(NO_EXCEPTION, "not_mine")
@pytest.mark.door(HOLIDAYS, "works")
@pytest.mark.door(QUIET, "works")
def test_saying_what_is_other_on_certain_days_and_when_it_is_quiet(client: FlaskClient) -> None:
    mine, anothers = accounts.bearer(workforce.contractor().id), accounts.bearer(workforce.contractor().id)
    made = ask(client, EXCEPTION, headers=mine)
    assert made.status_code == 201
    holidays = ask(client, HOLIDAYS, headers=mine)
    assert holidays.status_code == 201
    days = {each["first_day"]: each["note"] for each in holidays.json["items"]}
    assert days["2036-07-04"] == "Independence Day"
    assert "2036-12-25" not in days
    assert ask(client, QUIET, headers=mine).json["quiet"] == BODIES[QUIET]
    told = ask(client, TIME, headers=mine).json
    assert (told["timezone"], len(told["windows"]), len(told["exceptions"])) == ("America/Chicago", 7, len(days) + 1)
    gone = NO_EXCEPTION.replace("<uuid:exception_id>", made.json["id"])
    assert ask(client, gone, headers=anothers).status_code == 404
    assert ask(client, gone, headers=mine).status_code == 204
    assert ask(client, QUIET, json={"from_minute": None, "until_minute": None}, headers=mine).json["quiet"] is None


@pytest.mark.door(NO_EXCEPTION, "wrong_state")
@pytest.mark.door(EXCEPTION, "wrong_state")
@pytest.mark.door(HOLIDAYS, "wrong_state")
def test_an_exception_that_is_gone_one_too_many_and_a_place_without_known_holidays(client: FlaskClient) -> None:
    ana = workforce.contractor()
    mine = accounts.bearer(ana.id)
    made = ask(client, EXCEPTION, headers=mine)
    gone = NO_EXCEPTION.replace("<uuid:exception_id>", made.json["id"])
    assert [ask(client, gone, headers=mine).status_code for _ in range(2)] == [204, 404]
    days = [Dated(day := date(2040, 1, 1) + timedelta(days=number), day) for number in range(MOST_EXCEPTIONS)]
    db.session.add_all([AvailabilityException(**_row(ana.id, each)) for each in days])
    full = ask(client, EXCEPTION, headers=mine)
    assert (full.status_code, full.json["code"]) == (409, "too_many_exceptions")
    kyiv = workforce.contractor(country="UA", subdivision=None, timezone="Europe/Kyiv", payout_currency="UAH")
    unknown = ask(client, HOLIDAYS, headers=accounts.bearer(kyiv.id))
    assert (unknown.status_code, unknown.json["code"]) == (409, "no_holidays_known")


@pytest.mark.door(DESCRIBE, "works")
@pytest.mark.door(AVAILABILITY, "works")
@pytest.mark.door(BAND, "works")
@pytest.mark.door(CONSENT, "works")
@pytest.mark.door(CONSENTS, "works")
@pytest.mark.door(REVOKE, "works")
def test_saying_what_one_can_do_and_when(client: FlaskClient) -> None:
    mine = accounts.bearer(workforce.contractor().id)
    for route in (DESCRIBE, AVAILABILITY, BAND):
        assert ask(client, route, headers=mine).status_code == 200
    assert ask(client, CONSENT, headers=mine).status_code == 201
    known = ask(client, ME, headers=mine)
    assert (known.json["skills"], known.json["languages"]) == (["audio"], {"id": "C2"})
    assert known.json["windows"] == BODIES[AVAILABILITY]["windows"]
    assert (known.json["contractor"]["band_min_hours"], known.json["contractor"]["band_max_hours"]) == (5, 20)
    assert [row["revoked_at"] for row in ask(client, CONSENTS, headers=mine).json["items"]] == [None]
    assert ask(client, REVOKE, headers=mine).json["revoked_at"] is not None
    assert ask(client, ME, headers=mine | {"If-None-Match": known.headers["ETag"]}).status_code == 200


def test_what_was_read_and_has_not_changed_is_not_sent_again(client: FlaskClient) -> None:
    mine = accounts.bearer(workforce.contractor().id)
    first = ask(client, ME, headers=mine)
    assert ask(client, ME, headers=mine | {"If-None-Match": first.headers["ETag"]}).status_code == 304


def test_a_refused_birthday_is_not_repeated_in_the_answer(client: FlaskClient) -> None:
    answer = ask(
        client, APPLY, json=APPLICATION | {"born_on": "2020-01-31"}, headers=accounts.bearer(accounts.person())
    )
    assert (answer.status_code, answer.json["code"], answer.json["verdict"]["rule"]) == (422, "too_young", "AGE")
    assert "2020-01-31" not in answer.text


def test_the_payout_reference_is_shown_to_its_owner_only(client: FlaskClient) -> None:
    made = workforce.applied()
    account = service.open_sandbox_account(by=accounts.actor_of(made.id))
    shown = ask(client, SHOW, made.id, headers=accounts.bearer(accounts.operator(OperatorRole.VETTING)))
    assert shown.json["payout_rail"] == "sandbox"
    assert account.reference not in shown.text


@pytest.mark.door("GET /api/v1/vetting/coverage", "works")
@pytest.mark.door("GET /api/v1/vetting/coverage", "not_signed_in")
def test_whom_a_sourced_floor_covers(client: FlaskClient) -> None:
    """Kansas has a federal minimum of high confidence, and of France nothing is known."""
    workforce.contractor()
    workforce.contractor(country="FR", subdivision=None, timezone="Europe/Paris")
    door = "/api/v1/vetting/coverage"
    assert client.get(door).status_code == 401
    assert client.get(door, headers=accounts.bearer(accounts.person())).status_code == 404
    items = client.get(door, headers=accounts.bearer(accounts.operator(OperatorRole.STANDARDS))).json["items"]
    assert {item["confidence"]: item["contractors"] for item in items} == {
        "high": 1, "medium": 0, "low-medium": 0, "low": 0, None: 1,
    }  # fmt: skip
