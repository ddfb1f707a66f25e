"""Pay groups: people of some countries are paid on days of the week, and nobody waits for them too long."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from marketplace.accounts import queries as people
from marketplace.accounts.rules import CLOCK, OperatorRole
from marketplace.core import clock
from marketplace.core.clock import UnknownZone
from marketplace.core.db import db, transaction
from marketplace.core.events import Event
from marketplace.core.problems import Forbidden
from marketplace.gigs.rules import Criteria, Where
from marketplace.pay import previews, service
from marketplace.pay.groups import service as groups
from marketplace.pay.groups.models import PayGroup
from marketplace.pay.groups.rules import (
    APPROVED_WAITS,
    LONGEST_WAIT,
    CountryInGroup,
    GroupEnded,
    GroupNamedAlready,
    due_if_ready_by,
    next_pay_day,
)
from marketplace.pay.models import PayRun
from marketplace.pay.runs import service as runs
from marketplace.pay.runs.pay_day import start_due_runs
from marketplace.standards.catalogue import RULES
from marketplace.standards.rules import UnknownPlace
from tests.factories import accounts, pay, shifts
from tests.pay.books import everything_holds
from tests.web.visitor import Visitor

NAIROBI, CAIRO, LORD_HOWE = ZoneInfo("Africa/Nairobi"), ZoneInfo("Africa/Cairo"), ZoneInfo("Australia/Lord_Howe")
MON, WED, THU, FRI = 1, 3, 4, 5
HOUR, NEW_YEAR = timedelta(hours=1), datetime(2026, 1, 1, tzinfo=UTC)


# --- the rule, as a pure function -------------------------------------------------------------------------------------


def test_36_hours_of_waiting_keep_the_seven_days() -> None:
    """168 hours, less 48 until work is handed in and 72 until silence is a yes: 36 to wait leave 12 for the payment."""
    term = RULES["PAY_TERM"].parameters
    left = timedelta(days=term["most_days"]) - timedelta(hours=term["hand_in_hours"] + term["silence_hours"])
    assert left - LONGEST_WAIT == timedelta(hours=12)


@given(
    weekdays=st.sets(st.integers(1, 7), min_size=1),
    zone=st.sampled_from([UTC, NAIROBI, CAIRO, LORD_HOWE]),
    ready=st.integers(0, 366 * 24 * 60).map(lambda minutes: NEW_YEAR + timedelta(minutes=minutes)),
)
def test_nobody_waits_for_a_pay_day_longer_than_the_rule_allows(weekdays: set[int], zone: Any, ready: datetime) -> None:
    """Whatever the days, over every change of a clock: 36 hours later it is due, and before its day of waiting is over
    only by a pay day."""
    looks = [ready + HOUR * each for each in range(37)]
    due = [due_if_ready_by(look, weekdays, zone) >= ready for look in looks]
    assert due[-1]
    first = looks[due.index(True)]
    just_before = ready - timedelta(microseconds=1)
    assert first >= min(ready + APPROVED_WAITS, next_pay_day(just_before, weekdays, zone))


@pytest.mark.parametrize(
    ("ready", "paid"),
    [
        ("2026-11-23T10:00", "2026-11-24T10:00"),  # On a Monday: Wednesday would be 38 hours off.
        ("2026-11-23T13:00", "2026-11-25T00:00"),  # Three hours later the pay day is near enough.
        ("2026-11-27T18:00", "2026-11-28T18:00"),  # Friday evening: Monday is too far, a day of waiting is enough.
        ("2026-11-22T23:59", "2026-11-23T00:00"),
    ],
)
def test_mondays_wednesdays_and_fridays(ready: str, paid: str) -> None:
    """By the clock of Nairobi, at UTC+3."""
    was, due = (datetime.fromisoformat(each).replace(tzinfo=NAIROBI) for each in (ready, paid))
    days = (MON, WED, FRI)
    assert due_if_ready_by(due, days, NAIROBI) >= was
    assert due_if_ready_by(due - timedelta(minutes=1), days, NAIROBI) < was


def test_a_day_that_has_no_midnight_begins_with_its_first_moment() -> None:
    """In Cairo clocks went from 00:00 to 01:00 on Friday, 24 April 2026."""
    thursday = datetime(2026, 4, 23, 12, tzinfo=CAIRO)
    assert next_pay_day(thursday, {FRI}, CAIRO) == datetime(2026, 4, 23, 22, tzinfo=UTC)


# --- the runs ---------------------------------------------------------------------------------------------------------


def group(**changes: Any) -> PayGroup:
    asked: dict[str, Any] = {"name": "Gulf and Kansas", "countries": ["US", "QA"], "weekdays": [MON, WED]}
    with transaction():
        return groups.make(**asked | {"timezone": "America/Chicago"} | changes, by=pay.finance())


def started() -> list[PayRun]:
    with transaction():
        return start_due_runs(by=CLOCK)


def test_a_group_waits_for_its_day_and_everybody_else_for_none(app: Flask) -> None:
    """Approved on Monday at 13:00 in Kansas: Wednesday begins 35 hours later, so the group is not paid on Tuesday at
    13:00 as everybody else is."""
    ana = pay.worked_and_approved()
    with transaction():
        there = shifts.scene(criteria=Criteria(places=(Where("US", "US-KS"), Where("ID"))))
        budi = shifts.contracted(there, country="ID", subdivision=None, timezone="Asia/Jakarta")
    pay.worked_and_approved(there, person=budi)
    made, approved = group(), clock.now()
    clock.move_to(approved + APPROVED_WAITS)
    (others,) = started()
    assert (others.group_id, others.all_but) == (None, ["QA", "US"])
    assert started() == [], "it has not yet taken what is due"
    runs.finish_run(others.id)
    assert pay.payslip_of(budi.id).run_id == others.id
    assert started() == []
    clock.move_to(next_pay_day(approved, made.weekdays, clock.zone(made.timezone)))
    (run,) = started()
    assert (run.group_id, run.countries, run.all_but) == (made.id, ["QA", "US"], [])
    runs.finish_run(run.id)
    assert pay.payslip_of(ana.contractor_id).run_id == run.id
    assert started() == []
    everything_holds()


def test_a_run_keeps_the_countries_that_it_began_with(app: Flask) -> None:
    """The group is changed, and ended, between the beginning of its run and the taking of what is due."""
    ana = pay.worked_and_approved()
    made, operator = group(), pay.finance()
    with transaction():
        run = service.start_run(None, group_id=made.id, through=clock.now().date(), by=operator)
        groups.change(made.id, "Gulf", ["QA"], [MON], "Asia/Qatar", by=operator)
        groups.end(made.id, by=operator)
    runs.finish_run(run.id)
    assert pay.payslip_of(ana.contractor_id).run_id == run.id
    with pytest.raises(GroupEnded):
        service.start_run(None, group_id=made.id, through=clock.now().date(), by=operator)


def test_a_preview_of_a_group_is_compared_with_its_own_last_run(app: Flask) -> None:
    pay.worked_and_approved()
    made, there, operator = group(), group(name="Kenya", countries=["KE"]), pay.finance()
    today = clock.now().date()
    for each, paid in ((made, [1]), (there, [])):
        seen = previews.compare(None, group_id=each.id, through=today, seen_by=operator)
        assert ([one.people for one in seen.currencies], seen.compared_with) == (paid, None)
    with transaction():
        run = service.start_run(None, group_id=made.id, through=today, by=operator)
    runs.finish_run(run.id)
    last = previews.compare(None, group_id=made.id, through=today, seen_by=operator).compared_with
    assert last is not None
    assert last.id == run.id
    assert previews.compare(None, through=today, seen_by=operator).compared_with is None
    with transaction():
        rest = service.start_run(None, all_but=["US"], through=today, by=CLOCK)
    runs.finish_run(rest.id)
    assert previews.compare(None, through=today, seen_by=operator).compared_with is None, "it left a group out"


# --- the verbs --------------------------------------------------------------------------------------------------------


def test_a_country_is_in_one_group_and_a_name_is_its_own(app: Flask) -> None:
    made = group()
    with pytest.raises(CountryInGroup, match="Gulf and Kansas"):
        group(name="Kenya", countries=["KE", "QA"])
    with pytest.raises(GroupNamedAlready):
        group(name="gulf AND kansas", countries=["KE"])
    with pytest.raises(UnknownPlace):
        group(name="Nowhere", countries=["XX"])
    with pytest.raises(UnknownZone):
        group(name="Mars", countries=["KE"], timezone="Mars/Olympus")
    with pytest.raises(Forbidden):
        groups.end(made.id, by=accounts.operator(OperatorRole.VETTING))
    with transaction():
        groups.change(made.id, "Gulf and Kansas", ["QA"], [THU, THU], "Asia/Qatar", by=pay.finance())
        groups.end(made.id, by=pay.finance())
    assert (made.weekdays, made.countries, groups.of_country("QA")) == ([THU], [], None)
    names = db.session.scalars(select(Event.name).where(Event.subject_id == made.id).order_by(Event.id)).all()
    assert names == ["pay_group.made", "pay_group.changed", "pay_group.ended"]
    group()


# --- the doors --------------------------------------------------------------------------------------------------------

GROUPS = "/api/v1/pay-groups"
MADE, LISTED = f"POST {GROUPS}", f"GET {GROUPS}"
SHOWN, CHANGED, ENDED = (
    f"{method} {GROUPS}/<uuid:group_id>{rest}" for method, rest in (("GET", ""), ("PUT", ""), ("POST", "/end"))
)
BODY = {"name": "Kenya", "countries": ["KE"], "weekdays": [1, 4], "timezone": "Africa/Nairobi"}


def ask(client: FlaskClient, route: str, who: dict[str, str] | None, of: object = None, **more: Any) -> Any:
    method, _, path = route.partition(" ")
    address = path.replace("<uuid:group_id>", str(of or uuid4()))
    if method in ("POST", "PUT") and not address.endswith("/end"):
        more.setdefault("json", BODY)
    return client.open(address, method=method, headers=who or {}, **more)


@pytest.mark.door(MADE, "works")
@pytest.mark.door(LISTED, "works")
@pytest.mark.door(SHOWN, "works")
@pytest.mark.door(CHANGED, "works")
@pytest.mark.door(ENDED, "works")
@pytest.mark.door(MADE, "wrong_state")
@pytest.mark.door(CHANGED, "wrong_state")
@pytest.mark.door(ENDED, "wrong_state")
def test_a_group_from_its_beginning_to_its_end(client: FlaskClient) -> None:
    who = accounts.bearer(pay.finance())
    made = ask(client, MADE, who)
    assert made.status_code == 201
    assert made.json.items() >= BODY.items()
    assert ask(client, MADE, who).json["code"] == "pay_group_named_already"
    assert [each["id"] for each in ask(client, LISTED, who).json["items"]] == [made.json["id"]]
    shown = ask(client, SHOWN, who, made.json["id"])
    assert shown.json == made.json
    changed = ask(client, CHANGED, who, made.json["id"], json=BODY | {"weekdays": [5]})
    assert changed.json["weekdays"] == [5]
    assert ask(client, ENDED, who, made.json["id"]).json["countries"] == []
    for route in (CHANGED, ENDED):
        assert ask(client, route, who, made.json["id"]).json["code"] == "pay_group_ended"
    assert ask(client, LISTED, who).json["items"] == []


def marks(question: str, *routes: str) -> list[Any]:
    return [pytest.param(route, marks=pytest.mark.door(route, question), id=route) for route in routes]


@pytest.mark.parametrize("route", marks("not_signed_in", MADE, LISTED, SHOWN, CHANGED, ENDED))
def test_nobody_gets_in_without_signing_in(client: FlaskClient, route: str) -> None:
    assert ask(client, route, None).status_code == 401


@pytest.mark.parametrize("route", marks("not_mine", MADE, LISTED, SHOWN, CHANGED, ENDED))
def test_it_is_a_matter_of_finance(client: FlaskClient, route: str) -> None:
    assert ask(client, route, accounts.bearer(accounts.person())).status_code == 404
    assert ask(client, route, accounts.bearer(accounts.operator(OperatorRole.VETTING))).status_code == 403
    if "group_id" in route:
        assert ask(client, route, accounts.bearer(pay.finance())).status_code == 404


@pytest.mark.parametrize("route", marks("wrong_shape", MADE, CHANGED))
@pytest.mark.parametrize(
    "wrong", [{"weekdays": []}, {"weekdays": [8]}, {"countries": ["kenya"]}, {"name": ""}, {"countries": ["XX"]}]
)
def test_what_makes_no_group_is_named(client: FlaskClient, route: str, wrong: dict[str, Any]) -> None:
    who = accounts.bearer(pay.finance())
    of = ask(client, MADE, who, json=BODY | {"name": "Uganda", "countries": ["UG"]}).json["id"]
    answer = ask(client, route, who, of, json=BODY | wrong)
    assert answer.status_code == 422
    assert next(iter(wrong)) in str(answer.json)


@pytest.mark.parametrize("route", marks("wrong_shape", f"{LISTED}"))
def test_a_page_of_nothing_is_none(client: FlaskClient, route: str) -> None:
    assert ask(client, route, accounts.bearer(pay.finance()), query_string={"limit": 0}).status_code == 422


# --- the pages --------------------------------------------------------------------------------------------------------


def test_an_operator_makes_a_group_and_pays_it(client: FlaskClient) -> None:
    ana = pay.worked_and_approved()
    operator = Visitor(client).signed_in(people.person(accounts.operator(OperatorRole.FINANCE).person_id))
    page = operator.send(
        "/desk/pay/groups", name="Kansas", countries=["US"], weekdays=["1", "3"], timezone="America/Chicago"
    )
    assert "Monday, Wednesday" in page.words
    refused = operator.send(
        "/desk/pay/groups", name="Again", countries=["US"], weekdays=["1"], timezone="America/Chicago"
    )
    assert refused.status == 409
    assert "US is in “Kansas”." in refused.words
    made = db.session.scalars(select(PayGroup)).one()
    looked = operator.look(f"/desk/pay?group_id={made.id}&through={clock.now().date()}")
    assert "60.00" in looked.words
    run = operator.hand_in(looked, "/desk/pay")
    assert "Kansas" in run.words
    page = operator.send(
        f"/desk/pay/groups/{made.id}", name="Kansas", countries=["US"], weekdays=["5"], timezone="America/Chicago"
    )
    assert "Friday" in page.words
    worker = Visitor(client.application.test_client()).signed_in(people.person(ana.contractor_id))
    assert "paid on Friday" in worker.look("/work/pay").words
    page = operator.send(f"/desk/pay/groups/{made.id}", f"/desk/pay/groups/{made.id}/end")
    assert "There is no group. Everybody is paid on every day." in page.words
    ended = operator.look(f"/desk/pay?group_id={made.id}")
    assert (ended.status, "This pay group has ended." in ended.words) == (409, True)
