"""Lists of sanctions: names are found however they are written, and a person says whether it is the same person."""

from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from marketplace.accounts import service as people
from marketplace.accounts.rules import CONSOLE, Actor, OperatorRole, ReasonMissing
from marketplace.core.db import db
from marketplace.core.events import timeline
from marketplace.core.lifecycle import WrongState
from marketplace.core.problems import Forbidden, NotFound
from marketplace.workforce import listed, names, rules, screening, service
from marketplace.workforce.listed import HitStatus
from marketplace.workforce.models import Contractor
from marketplace.workforce.screening_models import ScreeningHit
from tests.factories import accounts, workforce

HEAD = "name,aliases,birth_date,country,source,date\n"
LIST = HEAD + (
    'Vladimir Ivanov,"Владимир Иванов; Wladimir Iwanow",12 May 1961,RU,Example list,2026-11-01\n'
    "Muhammad Al-Hussaini,محمد الحسيني,1975,,Example list,2026-11-01\n"
)
LISTS = "GET /api/v1/vetting/screening/lists"
LOAD = "POST /api/v1/vetting/screening/lists"
HITS = "GET /api/v1/vetting/screening/hits"
DECIDE = "POST /api/v1/vetting/screening/hits/<uuid:hit_id>/decision"


@pytest.fixture
def operator(app: Flask) -> Actor:
    return accounts.operator(OperatorRole.VETTING)


def named(name: str, born_on: date = date(1990, 5, 17)) -> Contractor:
    return workforce.ready(accounts.person(name=name), born_on=born_on)


def found() -> list[ScreeningHit]:
    return list(db.session.query(ScreeningHit).order_by(ScreeningHit.id))


# --- names ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "is_alike"),
    [
        ("Vladimir Ivanov", True),
        ("IVANOV, Vladimir", True),
        ("Владимир Иванов", True),
        ("Wladimir Iwanow", True),
        ("Vladimír Ivánov", True),
        ("Vladimir Ivanovich", True),
        ("Mohammed al Husayni", True),
        ("محمد الحسيني", True),
        ("Ana Labeller", False),
        ("Ivan Vladimirescu", False),
        ("Budi Santoso", False),
        ("", False),
    ],
)
def test_a_name_is_found_however_it_is_written(name: str, is_alike: bool) -> None:
    entries = listed.read_list(LIST).entries
    alike = [names.likeness(name, (entry.name, *entry.aliases), None, None) for entry in entries]
    assert any(alike) is is_alike


def test_years_of_birth_that_differ_take_ten_points() -> None:
    same = names.likeness("Vladimir Ivanov", ["Vladimir Ivanov"], 1961, 1961)
    near = names.likeness("Vladimir Ivanov", ["Vladimir Ivanov"], 1962, 1961)
    other = names.likeness("Vladimir Ivanov", ["Vladimir Ivanov"], 1990, 1961)
    assert [(each.score, each.birth_differs) for each in (same, near, other) if each] == [
        (100, False),
        (100, False),
        (90, True),
    ]
    assert names.likeness("Vladimir Ivanow", ["Wladimir Ivanof"], 1990, 1961) is None


@pytest.mark.parametrize(
    ("text", "year"), [("12 May 1961", 1961), ("1961", 1961), ("circa 1975", 1975), ("1960 or 1961", None), ("", None)]
)
def test_a_year_of_birth_is_read_as_lists_write_it(text: str, year: int | None) -> None:
    assert listed.birth_year(text) == year


@pytest.mark.parametrize(
    "text",
    [
        "",
        "name,country\nA,RU\n",
        HEAD,
        HEAD + ",,,RU,Example,2026-11-01\n",
        HEAD + "A,,,RU,,2026-11-01\n",
        HEAD + "A,,,RU,Example,yesterday\n",
    ],
)
def test_a_bad_list_is_refused_whole(text: str) -> None:
    with pytest.raises(listed.BadList):
        listed.read_list(text)


# --- people ---------------------------------------------------------------------------------------------------------


def test_without_a_list_nobody_is_compared(operator: Actor) -> None:
    made = named("Vladimir Ivanov")
    assert screening.lists(operator) == []
    assert screening.screen_due(100) == 0
    service.vet(made.id, "Everything was shown.", by=operator)


def test_a_likeness_goes_to_a_person_who_clears_it(operator: Actor, work: Callable[[], int]) -> None:
    made = named("Владимир Иванов")
    screening.load_list(LIST, by=CONSOLE)
    assert screening.screen_due(100) == 1
    (hit,) = found()
    assert (hit.contractor_id, hit.listed_name, hit.score, hit.birth_differs) == (made.id, "Vladimir Ivanov", 90, True)
    with pytest.raises(listed.HitOpen) as waits:
        service.vet(made.id, "Everything was shown.", by=operator)
    assert waits.value.members["hits"] == [str(hit.id)]
    assert made.status is rules.ContractorStatus.APPLIED, "nobody is refused by a machine"
    with pytest.raises(ReasonMissing):
        screening.decide(hit.id, False, " ", by=operator)
    screening.decide(hit.id, False, "The listed man is 29 years older.", by=operator)
    service.vet(made.id, "Everything was shown.", by=operator)
    assert all("Ivanov" not in str(event.data) for event in timeline("contractor", made.id))


def test_a_confirmed_likeness_keeps_somebody_out_until_a_person_refuses(operator: Actor) -> None:
    made = named("Vladimir Ivanov", date(1961, 5, 12))
    screening.load_list(LIST, by=CONSOLE)
    screening.screen_due(100)
    (hit,) = found()
    screening.decide(hit.id, True, "Name, day and place of birth are the same.", by=operator)
    with pytest.raises(WrongState):
        screening.decide(hit.id, True, "Still.", by=operator)
    # Whoever finds out that they were wrong says so, either way.
    screening.decide(hit.id, False, "The place of birth was misread.", by=operator)
    screening.decide(hit.id, True, "It was not.", by=operator)
    with pytest.raises(listed.HitOpen):
        service.vet(made.id, "Everything was shown.", by=operator)
    service.refuse(made.id, "The service may not pay whom this list names.", by=operator)
    assert made.status is rules.ContractorStatus.REFUSED


def test_everybody_is_compared_again_when_a_list_is_loaded_or_their_name_changes(operator: Actor) -> None:
    ana, ivan = named("Ana Labeller"), workforce.contractor(accounts.person(name="Muhammad Al-Hussaini"))
    screening.load_list(HEAD + "Somebody Else,,,,Example list,2026-10-01\n", by=CONSOLE)
    assert (screening.screen_due(100), screening.screen_due(100), found()) == (2, 0, [])
    screening.load_list(LIST, by=CONSOLE)
    assert [row.dated_on for row in screening.lists(operator)] == [date(2026, 11, 1)]
    assert screening.screen_due(100) == 2
    (hit,) = found()
    assert hit.contractor_id == ivan.id
    screening.decide(hit.id, False, "Another man; the registry says so.", by=operator)
    screening.load_list(LIST, by=CONSOLE)
    assert screening.screen_due(100) == 2
    assert [each.status for each in found()] == [HitStatus.CLEARED], "nobody is asked the same twice"
    people.change_person(name="Wladimir Iwanow", by=accounts.actor_of(ana.id))
    assert (screening.screen_due(100), len(found())) == (1, 2)


def test_whoever_was_not_compared_yet_is_compared_before_they_are_taken_in(operator: Actor) -> None:
    screening.load_list(LIST, by=CONSOLE)
    made = named("Vladimir Ivanov", date(1961, 5, 12))
    with pytest.raises(listed.HitOpen):
        service.vet(made.id, "Everything was shown.", by=operator)
    service.vet(named("Ana Labeller").id, "Everything was shown.", by=operator)


def test_nobody_decides_about_themselves_and_others_see_nothing(operator: Actor) -> None:
    made = named("Vladimir Ivanov")
    screening.load_list(LIST, by=CONSOLE)
    screening.screen_due(100)
    (hit,) = found()
    with pytest.raises(rules.OwnCase):
        screening.decide(hit.id, False, "It is not me.", by=Actor(made.id, operator=operator.operator))
    with pytest.raises(NotFound):
        screening.decide(hit.id, False, "It is not me.", by=accounts.actor_of(made.id))
    with pytest.raises(NotFound):
        screening.hits(accounts.actor_of(made.id))
    with pytest.raises(Forbidden):
        screening.load_list(LIST, by=operator)


def test_a_list_is_loaded_at_the_console(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text(LIST, encoding="utf-8")
    done = app.test_cli_runner().invoke(args=["screening", "load", str(file)])
    assert (done.exit_code, "Example list of 2026-11-01: 2 entries, 2 new, 0 gone." in done.output) == (0, True)
    file.write_text("nothing", encoding="utf-8")
    bad = app.test_cli_runner().invoke(args=["screening", "load", str(file)])
    assert (bad.exit_code, "Missing columns" in bad.output) == (1, True)


# --- doors ----------------------------------------------------------------------------------------------------------


def ask(client: FlaskClient, route: str, who: Any = None, hit_id: Any = None, **more: Any) -> Any:
    method, _, path = route.partition(" ")
    path = path.replace("<uuid:hit_id>", str(hit_id or uuid4()))
    if route == LOAD:
        more.setdefault("data", {"file": (BytesIO(LIST.encode()), "list.csv")})
    if route == DECIDE:
        more.setdefault("json", {"same_person": False, "reason": "Another man."})
    return client.open(path, method=method, headers=accounts.bearer(who) if who else {}, **more)


@pytest.mark.door(LOAD, "works")
@pytest.mark.door(LOAD, "wrong_shape")
@pytest.mark.door(LOAD, "not_mine")
def test_an_administrator_loads_a_list_and_reads_what_is_new_and_gone(client: FlaskClient) -> None:
    admin = accounts.operator(OperatorRole.ADMIN)

    def load(text: str, who: Any = admin) -> Any:
        return ask(client, LOAD, who, data={"file": (BytesIO(text.encode()), "list.csv")})

    assert load(LIST, named("Somebody").id).status_code == 404
    assert load(LIST, accounts.operator(OperatorRole.VETTING)).status_code == 403
    first = load(LIST)
    assert (first.status_code, first.json["added"], first.json["removed"]) == (201, 2, 0)
    other = load(LIST.replace("Vladimir Ivanov", "Somebody Else")).json
    assert (other["list"]["entries"], other["added"], other["removed"]) == (2, 1, 1)
    bad = load(LIST + ",,1961,,,\n" * 25)
    assert (bad.status_code, bad.json["code"], len(bad.json["lines"])) == (422, "bad_list", 20)
    broken = ask(client, LOAD, admin, data={"file": (BytesIO(LIST.encode() + b"\xff"), "list.csv")}).json
    assert broken["lines"] == [LIST.count("\n") + 1]


@pytest.mark.door(LISTS, "works")
@pytest.mark.door(HITS, "works")
@pytest.mark.door(HITS, "wrong_shape")
@pytest.mark.door(DECIDE, "works")
@pytest.mark.door(DECIDE, "wrong_shape")
@pytest.mark.door(DECIDE, "wrong_state")
@pytest.mark.door(DECIDE, "not_mine")
def test_operators_look_at_lists_and_what_was_found(client: FlaskClient) -> None:
    operator, made = accounts.operator(OperatorRole.VETTING), named("Vladimir Ivanov")
    assert ask(client, LISTS, operator).json == {"items": []}
    screening.load_list(LIST, by=CONSOLE)
    screening.screen_due(100)
    assert [row["source"] for row in ask(client, LISTS, operator).json["items"]] == ["Example list"]
    (hit,) = ask(client, HITS, operator, query_string={"status": "open"}).json["items"]
    assert (hit["contractor_id"], hit["alike"]) == (str(made.id), "Vladimir Ivanov")
    assert ask(client, HITS, operator, query_string={"status": "perhaps"}).status_code == 422
    assert ask(client, DECIDE, operator, hit["id"], json={"same_person": "no", "reason": "x"}).status_code == 422
    assert ask(client, DECIDE, made.id, hit["id"]).status_code == 404
    assert ask(client, DECIDE, operator, hit["id"]).json["status"] == "cleared"
    assert ask(client, DECIDE, operator, hit["id"]).status_code == 409


@pytest.mark.parametrize(
    "route", [pytest.param(r, marks=pytest.mark.door(r, "not_signed_in"), id=r) for r in (LISTS, LOAD, HITS, DECIDE)]
)
def test_a_stranger_is_asked_to_sign_in(client: FlaskClient, route: str) -> None:
    assert ask(client, route).status_code == 401
    assert ask(client, route, accounts.person()).status_code == 404
