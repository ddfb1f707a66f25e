"""A company tries another shift on paper, and reads what its open seats need. Nothing else changes."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text

from marketplace.accounts.rules import OperatorRole
from marketplace.core import clock
from marketplace.core.db import Base, db
from marketplace.core.events import Event
from marketplace.core.money import Money
from marketplace.gigs.models import Gig
from marketplace.gigs.rules import Criteria, LanguageNeed
from marketplace.matching import service, trials, tried_shifts
from marketplace.matching.models import MatchRun, Trial
from marketplace.matching.objective import NEWEST_SHIPPED
from marketplace.matching.rules import TrialRunning, TrialStatus
from marketplace.matching.tried_shifts import Tried
from marketplace.shifts.models import Shift
from marketplace.shifts.rules import BadShift, ShiftBegun
from marketplace.standards.rules import PaymentModel
from marketplace.workforce.rules import Level
from tests.factories import accounts
from tests.factories import shifts as make
from tests.factories.gigs import KANSAS
from tests.factories.shifts import MONDAY, Scene

TRY = "POST /api/v1/shifts/<uuid:shift_id>/trials"
TRIAL = "GET /api/v1/matching/trials/<uuid:trial_id>"
USD = "USD"


@pytest.fixture
def needy(app: object) -> Scene:
    """A gig that asks for Indonesian at B2, at 15 dollars an hour."""
    need = Criteria(places=(KANSAS,), languages=(LanguageNeed("id", Level.B2),), reason="The text is Indonesian.")
    return make.scene(criteria=need)


def tried(work: Callable[[], int], scene: Scene, shift: Shift, **wanted: Any) -> Trial:
    made = tried_shifts.order(shift.id, Tried(**wanted), by=scene.company)
    work()
    return db.session.get_one(Trial, made.id)


def speaking(scene: Scene, level: Level, **more: Any) -> None:
    make.contracted(scene, languages={"id": level}, **more)


def told(trial: Trial) -> list[tuple[str, str, int, bool]]:
    return [(step["need"], step["after"], step["more"], step["fills"]) for step in trial.result["needs"]]


def test_a_gap_says_which_smallest_change_would_fill_it(needy: Scene, work: Callable[[], int]) -> None:
    """Four seats. One person speaks B2, two B1, one A2; one more has B2 and a contract at 17 dollars."""
    for level in (Level.B2, Level.B1, Level.B1, Level.A2):
        speaking(needy, level)
    speaking(
        needy,
        Level.B2,
    )
    make.contracted(needy, languages={"id": Level.C1}, pay="17.00")
    shift = make.shift(needy, seats=5)
    trial = tried(work, needy, shift)
    assert (trial.result["before"]["able"], trial.result["before"]["filled"]) == (2, 2)
    assert trial.result["refused"] == {"CRITERIA": 3, "CONTRACT": 1}
    # B1 brings two, A2 the third that fills the seats; 17 dollars bring one.
    assert told(trial) == [("language", "A2", 3, True), ("language", "B1", 2, False), ("pay", "17.00 USD", 1, False)]


def test_what_is_tried_stands_beside_what_is(needy: Scene, work: Callable[[], int]) -> None:
    for level in (Level.B2, Level.B1, Level.A2, Level.A2, Level.A2):
        speaking(needy, level)
    shift = make.shift(needy, seats=1)
    more = tried(work, needy, shift, seats=2, languages={"id": Level.B1}, rate=Money.of("16.00", USD)).result
    assert [more[side]["filled"] for side in ("before", "after")] == [1, 2]
    assert more["allowed"]
    # Four hours with what comes on top of pay: 67.40 at 15 dollars, 71.89 at 16.
    assert [more[side]["cost"]["amount"] for side in ("before", "after")] == ["67.40", "143.78"]


def test_a_trial_costs_what_the_yes_holds(needy: Scene, work: Callable[[], int]) -> None:
    """Four hours at 15 dollars and 40 pieces of 2 dollars; an hour beside them, since who speaks has a schedule of that
    week: so at its own time, and at one that would be planned now."""
    gig = db.session.get_one(Gig, needy.gig.id)
    gig.payment_model, gig.piece_amount, gig.most_pieces = PaymentModel.HYBRID, 200, 10
    ana = make.contracted(needy, languages={"id": Level.B2})
    for _ in range(4):
        make.contracted(needy)
    make.booked(needy, ana, starts_at=MONDAY + timedelta(days=2))
    clock.move_to(clock.now() + timedelta(minutes=1))
    shift = make.shift(needy, seats=1)
    later = {"starts_at": MONDAY + timedelta(hours=1), "ends_at": MONDAY + timedelta(hours=5)}
    told = tried(work, needy, shift, **later).result
    held = make.accepted(make.offered(needy, shift, ana)).held
    assert held > Money.of("150.00", USD)
    assert [told[side]["cost"]["amount"] for side in ("before", "after")] == [str(held.decimal)] * 2


def test_the_gate_refuses_on_paper_what_it_refuses(needy: Scene, work: Callable[[], int]) -> None:
    speaking(needy, Level.B2)
    result = tried(work, needy, make.shift(needy), rate=Money.of("4.00", USD)).result
    assert (result["allowed"], result["after"]) == (False, None)
    assert "HOUSE_FLOOR" in {verdict["rule"] for verdict in result["verdicts"]} | {"FLOOR"}
    assert any("FLOOR" in verdict["rule"] for verdict in result["verdicts"])


def test_another_hour_may_find_people(needy: Scene, work: Callable[[], int]) -> None:
    """The only person who fits is booked until an hour after the beginning, and needs eleven hours of rest."""
    ana = make.contracted(needy, languages={"id": Level.B2})
    for _ in range(4):
        make.contracted(needy)
    make.booked(needy, ana, starts_at=MONDAY - timedelta(hours=12), hours=4)
    shift = make.shift(needy, MONDAY)
    assert told(tried(work, needy, shift)) == [("language", "", 4, True), ("hours", "+3", 1, True)]
    later = {"starts_at": MONDAY + timedelta(hours=3), "ends_at": MONDAY + timedelta(hours=7)}
    assert tried(work, needy, shift, **later).result["after"]["filled"] == 1


def test_of_fewer_than_five_people_only_whether_a_seat_is_filled_is_told(needy: Scene, work: Callable[[], int]) -> None:
    """Four whom the place lets in, one of them at 17 dollars, and one who lives elsewhere: from numbers a company could
    read who speaks how well, and at which pay. The fifth of the place changes that."""
    for level in (Level.B2, Level.B1, Level.A2):
        speaking(needy, level)
    speaking(needy, Level.B2, country="KE", subdivision="KE-30", timezone="Africa/Nairobi")
    make.contracted(needy, languages={"id": Level.C1}, pay="17.00")
    shift = make.shift(needy, seats=4)
    few = tried(work, needy, shift, languages={"id": Level.B1}).result
    for side in ("before", "after"):
        assert {name: few[side][name] for name in ("able", "filled", "cost", "fills")} == {
            "able": None, "filled": None, "cost": None, "fills": True,
        }  # fmt: skip
    assert (few["refused"], few["needs"]) == ({}, [])
    nobody = tried(work, needy, shift, skills=["audio"]).result
    assert (nobody["after"]["fills"], nobody["needs"]) == (False, [])
    service.match(shift.id, by=needy.company)
    run = db.session.scalars(select(MatchRun)).one()
    assert (run.seats - run.offered, run.refused) == (3, {})
    speaking(needy, Level.A2)
    enough = tried(work, needy, shift, languages={"id": Level.B1}).result
    assert (enough["after"]["able"], enough["refused"]["CRITERIA"]) == (1, 3)


def whole_database() -> Mapping[str, str]:
    """A digest of every table's rows, however they lie."""
    found = {}
    for name in sorted(Base.metadata.tables):
        rows = f"SELECT md5(coalesce(string_agg(t::text, E'\\n' ORDER BY t::text), '')) FROM \"{name}\" t"
        found[name] = str(db.session.scalar(text(rows)))
    return found


def test_nothing_is_touched_but_the_trial_itself(needy: Scene, work: Callable[[], int]) -> None:
    for level in (Level.B2, Level.B1):
        speaking(needy, level)
    shift = make.shift(needy, seats=3)
    service.match(shift.id, by=needy.company)
    work()
    last, before = db.session.scalar(select(Event.id).order_by(Event.id.desc()).limit(1)), whole_database()
    tried(work, needy, shift, seats=4, languages={}, rate=Money.of("18.00", USD))
    after = whole_database()
    assert {name for name in before if before[name] != after[name]} == {"event", "trial"}
    assert db.session.scalars(select(Event.name).where(Event.id > last).order_by(Event.id)).all() == [
        "trial.asked",
        "trial.done",
    ]


def test_what_can_be_no_shift_is_refused_at_once(needy: Scene) -> None:
    shift = make.shift(needy)
    with pytest.raises(BadShift):
        tried_shifts.order(shift.id, Tried(ends_at=shift.starts_at), by=needy.company)
    with pytest.raises(BadShift):
        tried_shifts.order(shift.id, Tried(seats=0), by=needy.company)
    make.at(MONDAY)
    with pytest.raises(ShiftBegun):
        tried_shifts.order(shift.id, Tried(), by=needy.company)


def test_a_company_tries_one_shift_at_a_time_and_waits_for_no_other(needy: Scene, work: Callable[[], int]) -> None:
    shift, other = make.shift(needy), make.scene()
    tried_shifts.order(shift.id, Tried(), by=needy.company)
    with pytest.raises(TrialRunning):
        tried_shifts.order(make.shift(needy).id, Tried(), by=needy.company)
    tried_shifts.order(make.shift(other).id, Tried(), by=other.company)
    trials.order_weights(NEWEST_SHIPPED.parts, by=accounts.operator(OperatorRole.STANDARDS))
    held = text("SELECT count(DISTINCT lock) FROM procrastinate_jobs WHERE task_name = 'matching.try'")
    assert db.session.scalar(held) == 3
    work()
    assert tried(work, needy, shift).status is TrialStatus.DONE
    # One that was lost with its worker holds up nothing after an hour.
    tried_shifts.order(shift.id, Tried(), by=needy.company)
    make.at(clock.now() + timedelta(hours=1))
    assert tried_shifts.order(shift.id, Tried(), by=needy.company).status is TrialStatus.RUNNING


# --- the doors --------------------------------------------------------------------------------------------------------


def ask(client: FlaskClient, door: str, shift_id: UUID, trial_id: UUID | None = None, **more: Any) -> Any:
    method, _, path = door.partition(" ")
    path = path.replace("<uuid:shift_id>", str(shift_id)).replace("<uuid:trial_id>", str(trial_id or uuid4()))
    return client.open(path, method=method, **more)


@pytest.mark.door(TRY, "works")
@pytest.mark.door(TRIAL, "works")
def test_a_shift_is_tried_over_the_api(client: FlaskClient, needy: Scene, work: Callable[[], int]) -> None:
    speaking(needy, Level.B1)
    shift, headers = make.shift(needy), accounts.bearer(needy.company)
    made = ask(client, TRY, shift.id, json={"languages": {"id": "B1"}}, headers=headers)
    assert (made.status_code, made.json["status"], made.json["tried"]) == (202, "running", {"languages": {"id": "B1"}})
    work()
    shown = ask(client, TRIAL, shift.id, UUID(made.json["id"]), headers=headers).json
    assert (shown["status"], shown["result"]["before"]["fills"], shown["result"]["after"]["fills"]) == (
        "done",
        False,
        True,
    )


@pytest.mark.door(TRY, "not_signed_in")
@pytest.mark.door(TRIAL, "not_signed_in")
@pytest.mark.door(TRY, "not_mine")
@pytest.mark.door(TRIAL, "not_mine")
@pytest.mark.door(TRY, "wrong_state")
@pytest.mark.door(TRY, "wrong_shape")
def test_trials_of_others_do_not_exist(client: FlaskClient, needy: Scene) -> None:
    shift = make.shift(needy)
    trial = tried_shifts.order(shift.id, Tried(), by=needy.company)
    mine, others = accounts.bearer(needy.company), accounts.bearer(make.scene().company)
    for door in (TRY, TRIAL):
        sent = {"json": {}} if door == TRY else {}
        assert ask(client, door, shift.id, trial.id, **sent).status_code == 401
        assert ask(client, door, shift.id, trial.id, headers=others, **sent).status_code == 404
    wrong = ask(client, TRY, shift.id, json={"languages": {"id": "fluent"}}, headers=mine)
    assert (wrong.status_code, wrong.json["code"]) == (422, "input_not_right")
    make.at(MONDAY)
    late = ask(client, TRY, shift.id, json={}, headers=accounts.bearer(needy.company))
    assert (late.status_code, late.json["code"]) == (409, "shift_begun")
    assert db.session.get_one(Trial, trial.id).status is TrialStatus.RUNNING
