"""Weights are data: tried on paper, published as versions, named by plans, and never in the way of an old one."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from marketplace.accounts.rules import CLOCK, Actor, OperatorRole
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import timeline
from marketplace.core.problems import Forbidden, NotFound
from marketplace.gigs.models import Gig
from marketplace.matching import facts, making, planning, service, trials, weighing
from marketplace.matching.models import Plan, PublishedWeights, Trial
from marketplace.matching.objective import NEWEST_SHIPPED, BadStart, NotTried, Part
from marketplace.matching.rules import HORIZON, TrialStatus
from marketplace.shifts.models import Offer, Shift
from tests.factories import accounts
from tests.factories import shifts as make
from tests.factories.shifts import Scene

Statements = Callable[[], AbstractContextManager[list[str]]]
SPREAD_FIRST = dict(NEWEST_SHIPPED.parts) | {Part.BAND: 40, Part.SPREAD: 40, Part.AVAILABILITY: 0}
TRY = "POST /api/v1/matching/weights/trials"
TRIAL = "GET /api/v1/matching/trials/<uuid:trial_id>"
PUBLISH = "POST /api/v1/matching/weights"


def standards() -> Actor:
    return accounts.operator(OperatorRole.STANDARDS)


def tried(work: Callable[[], int], parts: dict[Part, int] = SPREAD_FIRST) -> Trial:
    made = trials.order_weights(parts, by=standards())
    work()
    return db.session.get_one(Trial, made.id)


def plan_ahead() -> Plan:
    now = clock.now()
    return planning.plan(now, now + HORIZON, by=CLOCK)


def publish(trial: Trial, days: int = 0) -> weighing.Version:
    start = clock.now().date() + timedelta(days=days)
    return weighing.publish(trial.id, start, "People with few hours wait too long.", by=standards())


def test_a_trial_offers_nothing_and_says_what_would_change(scene: Scene, work: Callable[[], int]) -> None:
    """Ana wants to work then, and has worked; Budi would rather not, and has no hours."""
    ana, budi = make.contracted(scene), make.contracted(scene, windows=[])
    make.booked(scene, ana, starts_at=make.MONDAY + timedelta(days=1), hours=8)
    make.shift(scene, make.MONDAY + timedelta(days=2))
    before = db.session.scalars(select(Offer.id)).all()
    trial = tried(work)
    assert db.session.scalars(select(Offer.id)).all() == before
    assert (trial.status, trial.progress, trial.steps) == (TrialStatus.DONE, 1, 1)
    assert (trial.result["plans"], trial.result["moved"]) == (1, 1)
    assert (trial.result["before"]["filled"], trial.result["after"]["filled"]) == (1, 1)
    # Two people are too few to be told of by the place where they live.
    assert trial.result["after"]["places"] == []
    assert [event.name for event in reversed(timeline("trial", trial.id))] == ["trial.asked", "trial.done"]
    assert budi.id != ana.id


def test_a_published_version_ranks_from_its_day_on_and_old_plans_keep_theirs(
    scene: Scene, work: Callable[[], int]
) -> None:
    make.contracted(scene)
    make.shift(scene, seats=2)
    old = plan_ahead()
    stored = making.replay(old.id)
    published = publish(tried(work), days=1)
    assert (published.weights.version, weighing.current().version, weighing.newest().version) == (3, 2, 3)
    make.at(clock.now() + timedelta(days=1))
    assert weighing.current().parts == SPREAD_FIRST
    make.contracted(scene)
    new = plan_ahead()
    assert (old.weights_version, new.weights_version) == (2, 3)
    assert making.replay(old.id) == stored
    offer = db.session.scalars(select(Offer).where(Offer.reason["plan_id"].astext == str(new.id))).one()
    assert {part["part"]: part["weight"] for part in offer.reason["parts"]}["spread"] == 40
    told = service.explain(offer.shift_id, offer.contractor_id, seen_by=accounts.actor_of(offer.contractor_id))
    assert told.weights_version == 3


def test_a_plan_is_made_with_the_weights_under_which_it_was_asked_for(scene: Scene, work: Callable[[], int]) -> None:
    make.contracted(scene)
    make.shift(scene)
    trial = tried(work)
    asked = planning.order(by=standards())
    publish(trial)
    work()
    (offer,) = db.session.scalars(select(Offer))
    assert (db.session.get_one(Plan, asked.id).weights_version, offer.reason["weights_version"]) == (2, 2)


def test_only_what_was_tried_against_the_newest_is_published(scene: Scene, work: Callable[[], int]) -> None:
    waiting = trials.order_weights(SPREAD_FIRST, by=standards())
    with pytest.raises(NotTried):
        publish(waiting)
    work()
    second = tried(work)
    with pytest.raises(BadStart):
        publish(second, days=-1)
    publish(second, days=2)
    with pytest.raises(NotTried):
        publish(db.session.get_one(Trial, waiting.id))
    with pytest.raises(BadStart):
        publish(tried(work), days=1)
    trials.give_up(trials.order_weights(SPREAD_FIRST, by=standards()).id)
    failed = db.session.scalars(select(Trial).where(Trial.status == TrialStatus.FAILED)).one()
    with pytest.raises(NotTried):
        publish(failed, days=2)
    assert [row.version for row in db.session.scalars(select(PublishedWeights))] == [3]


def test_weights_are_the_matter_of_operators_of_standards(scene: Scene) -> None:
    for by, problem in ((scene.company, NotFound), (accounts.operator(OperatorRole.VETTING), Forbidden)):
        with pytest.raises(problem):
            trials.order_weights(SPREAD_FIRST, by=by)


ALLOWED = frozenset(
    {
        # Who somebody is to the rules, and what they chose themselves.
        *(
            "contractor",
            "contractor_skill",
            "contractor_language",
            "holding",
            "qualification",
            "hazard_consent",
            "region",
        ),
        *("availability_window", "availability_exception", "restriction"),
        # Under which terms they may work, and for what.
        *("contract", "contract_version", "signature", "gig", "shift"),
        # Time that is taken, and who was asked already; of what was answered only that it was.
        *("booking", "attempt", "offer"),
        "published_weights",
    }
)
"""What the facts of a plan are read from."""


def test_the_facts_of_a_plan_come_from_no_table_that_fairness_forbids(scene: Scene, statements: Statements) -> None:
    """NO_RETALIATION by what PostgreSQL is asked: a new table here is a decision, and says why it may count."""
    make.contracted(scene)
    shift = make.shift(scene)
    db.session.expire_all()
    pair = (db.session.get_one(Shift, shift.id), db.session.get_one(Gig, scene.gig.id))
    with statements() as seen:
        facts.read([pair])
    named = {word for sql in seen for word in _tables(sql)}
    assert not named - ALLOWED, " ".join(sorted(named - ALLOWED))


def _tables(sql: str) -> list[str]:
    words = sql.replace("(", " ").replace(",", " ").split()
    return [after for word, after in pairwise(words) if word in {"FROM", "JOIN"}]


# --- the doors --------------------------------------------------------------------------------------------------------


def ask(client: FlaskClient, door: str, trial_id: UUID | None = None, **more: Any) -> Any:
    method, _, path = door.partition(" ")
    return client.open(path.replace("<uuid:trial_id>", str(trial_id)), method=method, **more)


def body(trial_id: UUID, valid_from: str) -> dict[str, Any]:
    return {"trial_id": str(trial_id), "valid_from": valid_from, "reason": "Few hours, long waits."}


WEIGHTS = {"weights": {part.value: weight for part, weight in SPREAD_FIRST.items()}}


@pytest.mark.door(TRY, "works")
@pytest.mark.door(TRIAL, "works")
@pytest.mark.door(PUBLISH, "works")
@pytest.mark.door(PUBLISH, "wrong_state")
def test_weights_are_tried_and_published_over_the_api(
    client: FlaskClient, scene: Scene, work: Callable[[], int]
) -> None:
    headers, today = accounts.bearer(standards()), clock.now().date().isoformat()
    asked = ask(client, TRY, json=WEIGHTS, headers=headers)
    assert (asked.status_code, asked.json["status"], asked.json["result"]) == (202, "running", {})
    known = UUID(asked.json["id"])
    early = ask(client, PUBLISH, json=body(known, today), headers=headers)
    assert (early.status_code, early.json["code"]) == (409, "weights_not_tried")
    work()
    shown = ask(client, TRIAL, known, headers=headers)
    assert (shown.json["status"], shown.json["result"]["plans"]) == ("done", 0)
    made = ask(client, PUBLISH, json=body(known, today), headers=headers)
    assert (made.status_code, made.json["version"], made.json["weights"]) == (201, 3, WEIGHTS["weights"])
    listed = ask(client, "GET /api/v1/matching/weights").json
    assert (listed["current"], listed["items"][-1]) == (3, made.json)
    assert "set_by" not in listed["items"][-1]


@pytest.mark.door(TRY, "not_signed_in")
@pytest.mark.door(TRIAL, "not_signed_in")
@pytest.mark.door(PUBLISH, "not_signed_in")
@pytest.mark.door(TRY, "not_mine")
@pytest.mark.door(TRIAL, "not_mine")
@pytest.mark.door(PUBLISH, "not_mine")
def test_weights_are_nothing_to_others(client: FlaskClient, scene: Scene, work: Callable[[], int]) -> None:
    trial, today = tried(work), clock.now().date().isoformat()
    sent: dict[str, Any] = {TRY: WEIGHTS, TRIAL: None, PUBLISH: body(trial.id, today)}
    for door, json in sent.items():
        assert ask(client, door, trial.id, json=json).status_code == 401
        answer = ask(client, door, trial.id, json=json, headers=accounts.bearer(scene.company))
        assert (answer.status_code, answer.json["code"]) == (404, "not_found")


@pytest.mark.door(TRY, "wrong_shape")
@pytest.mark.door(PUBLISH, "wrong_shape")
def test_weights_of_the_wrong_shape(client: FlaskClient, scene: Scene) -> None:
    headers = accounts.bearer(standards())
    for door, json in ((TRY, {"weights": {"charm": 3}}), (PUBLISH, {"valid_from": "soon"})):
        answer = ask(client, door, json=json, headers=headers)
        assert (answer.status_code, answer.json["code"]) == (422, "input_not_right")
    light = {"weights": WEIGHTS["weights"] | {"fill": 1}}
    refused = ask(client, TRY, json=light, headers=headers)
    assert (refused.status_code, refused.json["code"]) == (422, "bad_weights")
