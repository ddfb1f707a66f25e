"""What is known of a place changes by versions, and what would lower a protection by two people."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from marketplace.accounts.rules import Actor, OperatorRole
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import Event
from marketplace.core.lifecycle import WrongState
from marketplace.core.money import Money
from marketplace.core.problems import Forbidden, NotFound
from marketplace.standards import queries, regions
from marketplace.standards.floor import Period
from marketplace.standards.models import RegionChange
from marketplace.standards.protection import (
    BadRegion,
    ChangedMeanwhile,
    ChangeStatus,
    NothingChanges,
    Protection,
    RegionFacts,
    SamePerson,
    lowered,
)
from marketplace.standards.rules import UnknownPlace
from marketplace.standards.verdicts import Confidence
from tests.factories import accounts
from tests.factories.regions import comments_end

HISTORY = "GET /api/v1/standards/regions/history"
CHANGES = "GET /api/v1/standards/region-changes"
CHANGE = "POST /api/v1/standards/region-changes"
CONFIRM = "POST /api/v1/standards/region-changes/<uuid:change_id>/confirm"
REFUSE = "POST /api/v1/standards/region-changes/<uuid:change_id>/refuse"
BASE = "/api/v1/standards"

GERMANY = RegionFacts(
    currency="EUR",
    timezones=("Europe/Berlin",),
    min_wage=Decimal("13.90"),
    min_wage_period=Period.HOUR,
    min_wage_confidence=Confidence.HIGH,
    weekly_hours=Decimal(40),
    overtime_multiplier=Decimal("1.5"),
    daily_rest_hours=Decimal(11),
    hours_confidence=Confidence.MEDIUM,
    source="Bundesgesetzblatt",
    as_of="2026-01-01",
)


def operator() -> Actor:
    return accounts.operator(OperatorRole.STANDARDS)


def known(country: str) -> RegionFacts:
    row = queries.newest_version(country, None)
    assert row is not None
    return queries.facts_of(row)


@pytest.mark.parametrize(
    ("change", "lowers"),
    [
        ({"min_wage": Decimal("14.60")}, ()),
        ({"min_wage": Decimal("13.89")}, (Protection.FLOOR,)),
        ({"min_wage": None, "min_wage_period": None}, (Protection.FLOOR,)),
        ({"currency": "USD"}, (Protection.FLOOR,)),
        # 2,409.33 a month of 40-hour weeks are 13.90 an hour; of 48-hour weeks 11.58.
        ({"min_wage": Decimal("2409.34"), "min_wage_period": Period.MONTH}, ()),
        (
            {"min_wage": Decimal("2409.34"), "min_wage_period": Period.MONTH, "weekly_hours": Decimal(48)},
            (Protection.FLOOR, Protection.WEEK),
        ),
        ({"daily_rest_hours": Decimal(12)}, ()),
        # The house asks for 11 hours everywhere: a law of 8 takes nothing from anybody.
        ({"daily_rest_hours": Decimal(8)}, ()),
        ({"weekly_hours": Decimal(39)}, ()),
        ({"weekly_hours": Decimal(41)}, (Protection.WEEK,)),
        ({"overtime_multiplier": Decimal("1.25")}, (Protection.OVERTIME,)),
        ({"overtime_multiplier": None}, ()),
    ],
)
def test_what_a_change_lowers(change: dict[str, Any], lowers: tuple[Protection, ...]) -> None:
    assert lowered(GERMANY, replace(GERMANY, **change)) == lowers


def test_where_nothing_was_known_the_house_held() -> None:
    assert lowered(None, GERMANY) == ()
    assert lowered(None, replace(GERMANY, weekly_hours=Decimal(48))) == (Protection.WEEK,)
    assert lowered(replace(GERMANY, daily_rest_hours=Decimal(12)), GERMANY) == (Protection.REST,)


def test_a_higher_wage_is_a_new_version_from_its_day(app: Flask) -> None:
    before, today = known("DE"), clock.now().date()
    facts = replace(before, min_wage=Decimal("14.60"), source="Bundesgesetzblatt 2026 I 333", as_of="2027-01-01")
    made = regions.change("DE", None, facts, by=operator(), valid_from=date(2027, 1, 1), based_on=1)
    assert (made.status, made.version, made.lowers) == (ChangeStatus.IN_FORCE, 2, [])
    for day, wage in ((today, "13.90"), (date(2027, 1, 1), "14.60")):
        assert queries.floor_for("DE", None, currency="EUR", on=day).lowest_rate() == Money.of(wage, "EUR")
    newest, first = queries.history("DE", None)
    assert next((each.field, each.before, each.after) for each in newest.changed) == ("min_wage", "13.9", "14.6")
    assert first.row.entered_by is None
    told = db.session.scalars(select(Event).where(Event.name == "region_change.entered")).one()
    assert told.data == {"place": "DE", "lowers": [], "valid_from": "2027-01-01"}


def test_a_lower_wage_waits_for_a_second_person(app: Flask) -> None:
    one, two = operator(), operator()
    facts = replace(known("DE"), min_wage=Decimal("13.00"), source="a slip of the finger", as_of="2026-12-01")
    made = regions.change("DE", None, facts, by=one, based_on=1)
    assert (made.status, made.version, made.lowers) == (ChangeStatus.WAITING, None, ["floor"])
    assert known("DE").min_wage == Decimal("13.90")
    with pytest.raises(SamePerson):
        regions.confirm(made.id, by=one)
    comments_end()
    confirmed = regions.confirm(made.id, by=two)
    assert (confirmed.status, confirmed.version, confirmed.decided_by) == (ChangeStatus.IN_FORCE, 2, two.person_id)
    row = queries.newest_version("DE", None)
    assert row is not None
    assert (row.min_wage, row.entered_by, row.confirmed_by) == (Decimal("13.00"), one.person_id, two.person_id)
    with pytest.raises(WrongState):
        regions.refuse(made.id, by=two)


def test_a_proposal_whose_day_is_over_holds_from_today(app: Flask) -> None:
    made = regions.change("DE", None, replace(known("DE"), weekly_hours=Decimal(60)), by=operator(), based_on=1)
    comments_end()
    assert regions.confirm(made.id, by=operator()).valid_from == clock.now().date()


def test_whoever_proposed_may_take_it_back(app: Flask) -> None:
    one = operator()
    made = regions.change("DE", None, replace(known("DE"), weekly_hours=Decimal(60)), by=one, based_on=1)
    assert regions.refuse(made.id, by=one).status is ChangeStatus.REFUSED
    assert known("DE").weekly_hours == Decimal(48)


def test_nobody_changes_what_they_have_not_seen(app: Flask) -> None:
    higher = replace(known("DE"), min_wage=Decimal("14.60"))
    lower = regions.change("DE", None, replace(higher, min_wage=Decimal("13.00")), by=operator(), based_on=1)
    regions.change("DE", None, higher, by=operator(), based_on=1)
    with pytest.raises(ChangedMeanwhile):
        regions.change("DE", None, replace(higher, min_wage=Decimal("15.00")), by=operator(), based_on=1)
    with pytest.raises(ChangedMeanwhile):
        regions.confirm(lower.id, by=operator())
    with pytest.raises(NothingChanges):
        regions.change("DE", None, higher, by=operator(), based_on=2)


def test_a_part_of_a_country_is_held_against_its_country(app: Flask) -> None:
    """Kansas has the federal 7.25: a row of its own with 7.00 would lower it, one with 9.00 would not."""
    federal = known("US")
    low = regions.change("US", "US-KS", replace(federal, min_wage=Decimal("7.00")), by=operator())
    assert low.lowers == ["floor"]
    high = regions.change("US", "US-KS", replace(federal, min_wage=Decimal("9.00")), by=operator())
    assert (high.status, high.version) == (ChangeStatus.IN_FORCE, 1)
    floor = queries.floor_for("US", "US-KS", currency="USD", on=clock.now().date())
    assert floor.lowest_rate() == Money.of("9.00", "USD")


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("source", {"source": " "}),
        ("as_of", {"as_of": ""}),
        ("as_of", {"as_of": "last year"}),
        ("timezones", {"timezones": ()}),
        ("min_wage_period", {"min_wage_period": None}),
        ("min_wage_confidence", {"min_wage_confidence": None}),
        ("hours_confidence", {"hours_confidence": None}),
        ("min_wage", {"min_wage": Decimal(0)}),
        ("weekly_hours", {"weekly_hours": Decimal(85)}),
        ("overtime_multiplier", {"overtime_multiplier": Decimal("0.9")}),
    ],
)
def test_a_value_without_its_source_is_refused(app: Flask, field: str, change: dict[str, Any]) -> None:
    with pytest.raises(BadRegion) as refused:
        regions.change("DE", None, replace(GERMANY, **change), by=operator(), based_on=1)
    assert refused.value.field == f"facts.{field}"


def test_the_past_is_not_changed_and_a_place_is_one(app: Flask) -> None:
    yesterday = clock.now().date() - timedelta(days=1)
    with pytest.raises(BadRegion):
        regions.change("DE", None, GERMANY, by=operator(), based_on=1, valid_from=yesterday)
    with pytest.raises(UnknownPlace):
        regions.change("ZZ", None, GERMANY, by=operator())


def test_who_may_change_places(app: Flask) -> None:
    with pytest.raises(Forbidden):
        regions.change("DE", None, GERMANY, by=accounts.operator(OperatorRole.FINANCE), based_on=1)
    with pytest.raises(NotFound):
        regions.change("DE", None, GERMANY, by=accounts.actor_of(accounts.person()), based_on=1)


# --- the doors ------------------------------------------------------------------------------------------------------


def body(**change: Any) -> dict[str, Any]:
    facts = {name: value for name, value in GERMANY.as_json().items() if name != "notes"}
    return {"country": "DE", "based_on": 1, "facts": facts | change}


@pytest.mark.door(CHANGE, "works")
@pytest.mark.door(CONFIRM, "works")
@pytest.mark.door(CONFIRM, "wrong_state")
@pytest.mark.door(HISTORY, "works")
@pytest.mark.door(CHANGES, "works")
def test_from_a_proposal_to_the_public_history(client: FlaskClient) -> None:
    one, two = accounts.bearer(operator()), accounts.bearer(operator())
    made = client.post(f"{BASE}/region-changes", json=body(min_wage="13.00"), headers=one)
    assert (made.status_code, made.json["status"], made.json["lowers"]) == (201, "waiting", ["floor"])
    door = f"{BASE}/region-changes/{made.json['id']}/confirm"
    assert client.post(door, headers=one).json["code"] == "same_person"
    early = client.post(door, headers=two)
    assert (early.status_code, early.json["code"], early.json["unanswered"]) == (409, "comments_open", 0)
    comments_end()
    two = accounts.bearer(operator())
    assert client.post(door, headers=two).json["version"] == 2
    assert client.post(door, headers=two).status_code == 409
    newest, first = client.get(f"{BASE}/regions/history?country=DE").json["items"]
    assert (newest["version"], newest["is_confirmed"], first["is_confirmed"]) == (2, True, False)
    assert {"field": "min_wage", "before": "13.9", "after": "13"} in newest["changed"]
    assert len(client.get(f"{BASE}/region-changes?status=in_force", headers=two).json["items"]) == 1
    assert client.get(f"{BASE}/regions/history?country=FR").status_code == 404


@pytest.mark.door(REFUSE, "works")
@pytest.mark.door(REFUSE, "wrong_state")
def test_a_proposal_is_refused_once(client: FlaskClient) -> None:
    headers = accounts.bearer(operator())
    made = client.post(f"{BASE}/region-changes", json=body(weekly_hours="60"), headers=headers).json
    door = f"{BASE}/region-changes/{made['id']}/refuse"
    assert client.post(door, headers=headers).json["status"] == "refused"
    assert client.post(door, headers=headers).status_code == 409


@pytest.mark.door(CHANGE, "wrong_state")
def test_a_newer_version_is_looked_at_first(client: FlaskClient) -> None:
    given = body() | {"based_on": None}
    answer = client.post(f"{BASE}/region-changes", json=given, headers=accounts.bearer(operator()))
    assert (answer.status_code, answer.json["code"]) == (409, "place_changed")


@pytest.mark.door(CHANGE, "not_signed_in")
@pytest.mark.door(CHANGES, "not_signed_in")
@pytest.mark.door(CONFIRM, "not_signed_in")
@pytest.mark.door(REFUSE, "not_signed_in")
@pytest.mark.door(CONFIRM, "not_mine")
@pytest.mark.door(REFUSE, "not_mine")
def test_places_are_for_operators_of_standards(client: FlaskClient) -> None:
    row = regions.change("DE", None, replace(known("DE"), weekly_hours=Decimal(60)), by=operator(), based_on=1)
    doors = [f"{BASE}/region-changes/{row.id}/{verb}" for verb in ("confirm", "refuse")]
    somebody, finance = (accounts.bearer(who) for who in (accounts.person(), accounts.operator(OperatorRole.FINANCE)))
    for door in (*doors, f"{BASE}/region-changes"):
        given = {} if door in doors else {"json": body(min_wage="14.00")}
        assert client.post(door, **given).status_code == 401
        assert client.post(door, **given, headers=somebody).status_code == 404
        assert client.post(door, **given, headers=finance).status_code == 403
    assert client.get(f"{BASE}/region-changes").status_code == 401
    assert client.get(f"{BASE}/region-changes", headers=somebody).status_code == 404
    assert db.session.scalars(select(RegionChange.status)).one() is ChangeStatus.WAITING


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"min_wage": 13.9}, marks=pytest.mark.door(CHANGE, "wrong_shape")),
        {"source": ""},
        {"as_of": "soon"},
        {"timezones": ["Mars/Olympus"]},
        {"currency": "QQQ"},
        {"min_wage_period": "year"},
        {"surprise": 1},
    ],
)
def test_what_is_no_change(client: FlaskClient, change: dict[str, Any]) -> None:
    answer = client.post(f"{BASE}/region-changes", json=body(**change), headers=accounts.bearer(operator()))
    assert answer.status_code == 422


@pytest.mark.parametrize(
    "query",
    [
        pytest.param("regions/history", marks=pytest.mark.door(HISTORY, "wrong_shape")),
        pytest.param("region-changes?status=done", marks=pytest.mark.door(CHANGES, "wrong_shape")),
        "regions/history?country=ZZ",
    ],
)
def test_what_is_no_question_about_places(client: FlaskClient, query: str) -> None:
    assert client.get(f"{BASE}/{query}", headers=accounts.bearer(operator())).status_code == 422
