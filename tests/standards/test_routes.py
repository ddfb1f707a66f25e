"""The doors of standards: open to everybody, but for the rates that operators enter."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from marketplace.accounts.rules import OperatorRole
from marketplace.core import clock
from marketplace.standards.catalogue import RULES
from tests.factories import accounts
from tests.factories.rails import at_stripe

RULE_LIST = "GET /api/v1/standards/rules"
RULE = "GET /api/v1/standards/rules/<rule_id>"
REGIONS = "GET /api/v1/standards/regions"
FLOORS = "GET /api/v1/standards/floors"
EXCHANGE = "GET /api/v1/standards/exchange"
VERDICTS = "POST /api/v1/standards/verdicts"
ENTER_RATE = "POST /api/v1/standards/exchange-rates"

BASE = "/api/v1/standards"
KANSAS_OFFER: dict[str, Any] = {
    "rate": {"amount": "15.00", "currency": "USD"},
    "places": [{"country": "US", "subdivision": "US-KS"}],
    "instructions_verified": True,
    "company_verified": True,
    "signatory_verified": True,
}
A_RATE = {
    "base": "USD",
    "quote": "KES",
    "rate": "136.60",
    "quoted_on": "2023-05-10",
    "source": "Central Bank of Kenya, indicative rate",
}


@pytest.mark.door(RULE_LIST, "works")
def test_the_rules_are_public(client: FlaskClient) -> None:
    answer = client.get(f"{BASE}/rules")
    assert answer.status_code == 200
    assert [rule["id"] for rule in answer.json["items"]] == list(RULES)
    again = client.get(f"{BASE}/rules", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


@pytest.mark.door(RULE, "works")
def test_one_rule(client: FlaskClient) -> None:
    rule = client.get(f"{BASE}/rules/HOUSE_FLOOR").json
    assert (rule["version"], rule["basis"], rule["parameters"]) == (1, "house", {"usd_cents_an_hour": 500})
    assert client.get(f"{BASE}/rules/NO_SUCH").status_code == 404


@pytest.mark.door(REGIONS, "works")
def test_the_places_are_public(client: FlaskClient) -> None:
    items = client.get(f"{BASE}/regions").json["items"]
    assert len(items) == 39
    poland = next(item for item in items if item["country"] == "PL")
    assert [(b["kind"], b["amount"], b["period"]) for b in poland["benchmarks"]] == [
        ("minimum_wage", "4806", "month"),
        ("minimum_hourly_wage", "31.40", "hour"),
    ]
    assert poland["daily_rest_hours"] == "11"
    assert next(item for item in items if item["country"] == "MG")["weekly_hours"] is None


@pytest.mark.door(FLOORS, "works")
def test_the_floor_of_a_place(client: FlaskClient) -> None:
    floor = client.get(f"{BASE}/floors?country=US&subdivision=US-KS").json
    assert floor["lowest_rate"] == {"amount": "7.25", "currency": "USD"}
    assert (floor["decided_by"], floor["complete"], floor["version"]) == ("minimum_wage", True, 1)
    jakarta = client.get(f"{BASE}/floors?country=ID&subdivision=ID-JK&currency=USD&on=2026-10-30").json
    minimum = jakarta["parts"][0]
    assert (minimum["amount"], minimum["hours"], minimum["exchange"]["quoted_on"]) == (
        "5729876",
        "173.3333",
        "2026-10-30",
    )


@pytest.mark.door(EXCHANGE, "works")
def test_fifteen_dollars_in_rupiah(client: FlaskClient) -> None:
    answer = client.get(f"{BASE}/exchange?amount=15.00&from=USD&to=IDR&on=2023-05-10")
    assert answer.json["money"] == {"amount": "221246.30", "currency": "IDR"}
    assert answer.json["source"] == "European Central Bank reference rate"
    assert answer.json["note"] == ""
    assert client.get(f"{BASE}/exchange?from=USD&to=IDR&on=2023-05-14").json["note"].startswith("No rate was fixed")


def test_a_day_without_a_rate_is_a_conflict(client: FlaskClient) -> None:
    answer = client.get(f"{BASE}/exchange?from=USD&to=KES&on=2023-05-10")
    assert (answer.status_code, answer.json["code"]) == (409, "no_sourced_rate")


@pytest.mark.door(VERDICTS, "works")
def test_the_calculator_asks_the_gate(client: FlaskClient) -> None:
    judged = client.post(f"{BASE}/verdicts", json=KANSAS_OFFER).json
    assert judged["passes"]
    assert [line["money"]["amount"] for line in judged["hour"]] == ["15.00", "0.50", "0.60", "0.75"]
    low = KANSAS_OFFER | {"rate": {"amount": "7.24", "currency": "USD"}}
    judged = client.post(f"{BASE}/verdicts", json=low).json
    assert not judged["passes"]
    (floor,) = [verdict for verdict in judged["verdicts"] if verdict["outcome"] == "fail"]
    assert (floor["rule"], floor["limit"], floor["confidence"]) == ("FLOOR", "7.25 USD", "high")


def test_a_company_reads_which_of_its_places_no_rail_pays(client: FlaskClient, app: Flask) -> None:
    """The sandbox pays everywhere; Stripe of a platform in the United States pays in Kenya and not in Brazil."""
    places = [{"country": "BR"}, {"country": "KE"}]
    with at_stripe(app):
        at = client.post(f"{BASE}/verdicts", json=KANSAS_OFFER | {"places": places}).json["verdicts"]
    beside = client.post(f"{BASE}/verdicts", json=KANSAS_OFFER | {"places": places}).json["verdicts"]
    (told, calm) = (next(each for each in found if each["rule"] == "RAIL_REACH") for found in (at, beside))
    assert (told["outcome"], told["inputs"]["not_reached"]) == ("note", "BR")
    assert calm["outcome"] == "pass"


def test_the_calculator_takes_everything_an_offer_has(client: FlaskClient) -> None:
    usd = {"currency": "USD"}
    full = KANSAS_OFFER | {
        "payment_model": "piece",
        "hazard_class": "H2",
        "hazard_categories": ["hate"],
        "criteria": ["skill:moderation"],
        "other_rates": [usd | {"amount": "20.00"}],
        "margin": usd | {"amount": "1.00"},
        "margin_party": "Vendor Ltd",
        "client_pays": usd | {"amount": "24.65"},
        "taken_percent": "10",
        "unpaid": {"reading": 6, "waiting": 4},
        "piece_price": usd | {"amount": "0.40"},
        "funds_held": usd | {"amount": "1.00"},
        "funds_needed": usd | {"amount": "2.00"},
        "pilot": {
            "finished": True,
            "paid": True,
            "workers": 5,
            "items": 20,
            "places": ["US-KS"],
            "item_seconds_p75": 90,
        },
        "on": "2026-11-01",
    }
    judged = client.post(f"{BASE}/verdicts", json=full).json
    failed = {verdict["rule"] for verdict in judged["verdicts"] if verdict["outcome"] == "fail"}
    assert failed == {"MARGINS", "ESCROW", "CARE_LINE"}
    named = client.post(f"{BASE}/verdicts", json=full | {"care_line_named": True}).json
    assert "CARE_LINE" not in {each["rule"] for each in named["verdicts"] if each["outcome"] == "fail"}
    assert [line["kind"] for line in judged["hour"]][-1] == "third_party_margin"


@pytest.mark.door(ENTER_RATE, "works")
def test_an_operator_enters_a_rate(client: FlaskClient) -> None:
    headers = accounts.bearer(accounts.operator(OperatorRole.STANDARDS))
    answer = client.post(f"{BASE}/exchange-rates", json=A_RATE, headers=headers)
    assert answer.status_code == 201
    assert {name: answer.json[name] for name in A_RATE} == A_RATE
    kenya = client.get(f"{BASE}/exchange?amount=15&from=USD&to=KES&on=2023-05-10").json
    assert (kenya["money"]["amount"], kenya["source"]) == ("2049.00", A_RATE["source"])


@pytest.mark.door(ENTER_RATE, "not_signed_in")
def test_strangers_enter_no_rates(client: FlaskClient) -> None:
    assert client.post(f"{BASE}/exchange-rates", json=A_RATE).status_code == 401


def test_others_see_no_such_door(client: FlaskClient) -> None:
    person, finance = accounts.person(), accounts.operator(OperatorRole.FINANCE)
    for who, status in ((person, 404), (finance, 403)):
        answer = client.post(f"{BASE}/exchange-rates", json=A_RATE, headers=accounts.bearer(who))
        assert answer.status_code == status


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"rate": "0"}, marks=pytest.mark.door(ENTER_RATE, "wrong_shape")),
        {"rate": 136.6},
        {"rate": "1e3"},
        {"rate": "-1"},
        {"source": ""},
        {"quote": "USD"},
        {"quote": "QQQ"},
        {"quote": "kes"},
        {"quoted_on": "2023-02-30"},
        {"quoted_on": "2090-01-01"},
    ],
)
def test_what_is_no_rate(client: FlaskClient, change: dict[str, Any]) -> None:
    headers = accounts.bearer(accounts.operator())
    assert client.post(f"{BASE}/exchange-rates", json=A_RATE | change, headers=headers).status_code == 422


@pytest.mark.parametrize(
    "query",
    [
        pytest.param("regions?on=yesterday", marks=pytest.mark.door(REGIONS, "wrong_shape")),
        pytest.param("floors", marks=pytest.mark.door(FLOORS, "wrong_shape")),
        pytest.param("exchange?from=USD", marks=pytest.mark.door(EXCHANGE, "wrong_shape")),
        "regions?on=0001-01-01",
        "floors?country=ZZ",
        "floors?country=US&subdivision=ID-JK",
        "floors?country=US&currency=QQQ",
        "floors?country=US&currency=dollars",
        "exchange?from=USD&to=QQQ",
        "exchange?from=USD&to=IDR&amount=1e5",
        "exchange?from=USD&to=IDR&amount=1.001",
        "exchange?from=USD&to=IDR&on=9999-12-31",
    ],
)
def test_what_is_no_question(client: FlaskClient, query: str) -> None:
    assert client.get(f"{BASE}/{query}").status_code == 422


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"rate": "15"}, marks=pytest.mark.door(VERDICTS, "wrong_shape")),
        {"rate": {"amount": "0", "currency": "USD"}},
        {"places": []},
        {"places": [{"country": "ZZ"}]},
        {"margin": {"amount": "-1.00", "currency": "USD"}},
        {"client_pays": {"amount": "20.00", "currency": "EUR"}},
        {"taken_percent": "100"},
        {"taken_percent": None},
        {"hazard_class": "H4"},
        {"hazard_categories": ["clowns"]},
        {"unpaid": {"reading": -1}},
        {"unpaid": {"dreaming": 1}},
        {"rate": None},
        {"surprise": True},
    ],
)
def test_what_is_no_offer(client: FlaskClient, change: dict[str, Any]) -> None:
    assert client.post(f"{BASE}/verdicts", json=KANSAS_OFFER | change).status_code == 422


def test_today_is_the_services_day(app: Flask, client: FlaskClient) -> None:
    """When the service's clock stands in May 2023, so does the exchange rate."""
    clock.move_to(clock.now().replace(year=2023, month=5, day=10, hour=12))
    answer = client.get(f"{BASE}/exchange?amount=15.00&from=USD&to=IDR")
    assert answer.json["money"]["amount"] == "221246.30"
    assert answer.json["asked_for"] == "2023-05-10"
