"""One door for every status: the table of transitions is law, and each change has its event."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import ClassVar
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import MetaData, select, text, update
from sqlalchemy.orm import Mapped, mapped_column
from uuid_utils.compat import uuid7

from marketplace.core.db import choice, db, look_up_by_index, transaction
from marketplace.core.events import Event, timeline
from marketplace.core.lifecycle import Stateful, WrongState, make, move, move_one, moving


class Light(StrEnum):
    RED = "red"
    GREEN = "green"
    BROKEN = "broken"


class Nobody:
    """The doer of this test."""

    person_id: UUID | None = None
    kind = "job"


NOBODY = Nobody()


@dataclass
class Somebody:
    """A doer who is a person."""

    person_id: UUID | None
    kind: str = "person"


class Lamp(Stateful):
    __tablename__ = "lamp"
    metadata = MetaData()  # of its own, so that the migrations are not compared with it
    about: ClassVar = MappingProxyType({"lamp": "id", "street": "street_id"})
    transitions: ClassVar = MappingProxyType(
        {
            Light.RED: frozenset({Light.GREEN, Light.BROKEN}),
            Light.GREEN: frozenset({Light.RED}),
            Light.BROKEN: frozenset(),
        }
    )

    street_id: Mapped[UUID | None]
    note: Mapped[str | None]
    status: Mapped[Light] = mapped_column(choice(Light, "status"))


@pytest.fixture
def lamps(app: Flask) -> Iterator[list[Lamp]]:
    db.session.execute(
        text("CREATE TEMPORARY TABLE lamp (id uuid PRIMARY KEY, street_id uuid, note text, status text)")
    )
    street = uuid7()
    rows = [Lamp(street_id=street if n else None, status=Light.RED) for n in range(3)]
    db.session.add_all(rows)
    db.session.flush()
    yield rows
    db.session.rollback()


def test_many_rows_move_in_one_statement_with_an_event_each(lamps: list[Lamp], statements) -> None:  # type: ignore[no-untyped-def]
    with statements() as seen:
        moved = move(
            Lamp, [lamp.id for lamp in lamps], old=Light.RED, new=Light.GREEN, by=NOBODY, event="lamp.lit",
            values={"note": "on"}, data={"why": "dusk"},
        )  # fmt: skip
    assert len([s for s in seen if "lamp" in s]) == 1
    assert set(moved) == {lamp.id for lamp in lamps}
    assert {(lamp.status, lamp.note) for lamp in lamps} == {(Light.GREEN, "on")}
    told = db.session.scalars(select(Event).where(Event.name == "lamp.lit")).all()
    assert {event.subject_id for event in told} == set(moved)
    assert {event.ref("street") for event in told} == {lamp.street_id for lamp in lamps}
    assert told[0].data == {"why": "dusk", "from": "red", "to": "green"}
    assert timeline("lamp", lamps[0].id)[0].name == "lamp.lit"
    assert len(timeline("street", lamps[1].street_id or uuid7())) == 2


def test_a_row_knows_what_was_written_to_it_and_forgets_what_a_savepoint_takes_back(
    lamps: list[Lamp],
    statements,  # type: ignore[no-untyped-def]
) -> None:
    lamp = lamps[0]
    savepoint = db.session.begin_nested()
    move_one(lamp, Light.GREEN, by=NOBODY, event="lamp.lit", values={"note": "on"})
    with statements() as read:
        assert (lamp.status, lamp.note) == (Light.GREEN, "on")
    assert read == []
    savepoint.rollback()
    assert (lamp.status, lamp.note) == (Light.RED, None)


def test_rows_that_left_the_old_status_are_not_moved(lamps: list[Lamp]) -> None:
    db.session.execute(update(Lamp).where(Lamp.id == lamps[0].id).values(status=Light.BROKEN))
    moved = move(Lamp, [lamp.id for lamp in lamps], old=Light.RED, new=Light.GREEN, by=NOBODY, event="lamp.lit")
    assert set(moved) == {lamps[1].id, lamps[2].id}


def test_whoever_comes_second_gets_a_conflict(lamps: list[Lamp]) -> None:
    db.session.execute(text("UPDATE lamp SET status = 'broken'"))
    with pytest.raises(WrongState) as lost:
        move_one(lamps[0], Light.GREEN, by=NOBODY, event="lamp.lit")
    assert lost.value.status == 409
    assert db.session.scalars(select(Event).where(Event.name == "lamp.lit")).all() == []


def test_the_table_of_transitions_is_law(lamps: list[Lamp]) -> None:
    move_one(lamps[0], Light.BROKEN, by=NOBODY, event="lamp.broke")
    with pytest.raises(WrongState):
        move_one(lamps[0], Light.GREEN, by=NOBODY, event="lamp.lit")


def test_one_transaction_defers_one_job_for_all_its_events(lamps: list[Lamp]) -> None:
    with transaction():
        for lamp in lamps:
            move_one(lamp, Light.GREEN, by=NOBODY, event="lamp.lit")
    jobs = db.session.execute(text("SELECT args FROM procrastinate_jobs WHERE task_name = 'react'")).scalars().all()
    ids = db.session.scalars(select(Event.id).where(Event.name == "lamp.lit")).all()
    assert [sorted(job["event_ids"]) for job in jobs] == [sorted(ids)]


def test_each_row_can_be_moved_by_another_and_tell_of_itself(lamps: list[Lamp]) -> None:
    doers = {lamp.id: Somebody(uuid7()) for lamp in lamps}
    watts = {lamp.id: {"watts": number} for number, lamp in enumerate(lamps)}
    ids = list(doers)
    move(Lamp, ids, old=Light.RED, new=Light.GREEN, by=doers, event="lamp.lit", data={"why": "dusk"}, data_by_row=watts)
    told = {event.subject_id: event for event in db.session.scalars(select(Event).where(Event.name == "lamp.lit"))}
    assert {known: (event.doer_id, event.doer_kind) for known, event in told.items()} == {
        known: (doer.person_id, "person") for known, doer in doers.items()
    }
    assert [told[known].data for known in ids] == [
        {"watts": number, "why": "dusk", "from": "red", "to": "green"} for number in range(3)
    ]


def test_new_rows_are_written_with_their_events_in_one_statement(lamps: list[Lamp], statements) -> None:  # type: ignore[no-untyped-def]
    """A row that a constraint refuses is left out; texts, moments and what is empty arrive as they were given."""
    street, ana = uuid7(), Somebody(uuid7())
    new = [
        {"id": uuid7(), "street_id": street, "note": 'She said "on",\\n{so}', "status": Light.RED},
        {"id": uuid7(), "street_id": None, "note": None, "status": Light.GREEN},
        {"id": lamps[0].id, "street_id": None, "note": None, "status": Light.GREEN},
    ]
    with statements() as seen:
        made = make(Lamp, new, by={row["id"]: ana for row in new}, event="lamp.made")
    assert len([each for each in seen if "clock_offset" not in each]) == 1
    assert set(made) == {new[0]["id"], new[1]["id"]}
    first, second = (db.session.get_one(Lamp, row["id"]) for row in new[:2])
    assert (first.street_id, first.note, first.status) == (street, 'She said "on",\\n{so}', Light.RED)
    assert (second.street_id, second.note, second.status) == (None, None, Light.GREEN)
    (told,) = timeline("lamp", first.id)
    assert (told.name, told.doer_id) == ("lamp.made", ana.person_id)
    assert told.about == [f"lamp:{first.id}", f"street:{street}"]
    assert make(Lamp, [], by=NOBODY, event="lamp.made") == []


def test_rows_that_are_named_are_found_by_their_keys_however_rare_their_status_was(lamps: list[Lamp]) -> None:
    """PostgreSQL last counted while each lamp had a status of its own, and takes one status for one lamp ever since. By
    an index of statuses it would read all that are green by now, for each batch of a few."""
    each_its_own = "UPDATE lamp SET status = CASE WHEN street_id IS NULL THEN 'broken' ELSE id::text END"
    many = "INSERT INTO lamp SELECT gen_random_uuid(), NULL, NULL, 'green' FROM generate_series(1, 3000)"
    for statement in ("CREATE INDEX lamp_status ON lamp (status)", each_its_own, "ANALYZE lamp", many):
        db.session.execute(text(statement))
    look_up_by_index()
    order = moving(Lamp, [lamp.id for lamp in lamps], old=Light.GREEN, new=Light.RED, by=NOBODY, event="lamp.out")
    plan = db.session.connection().exec_driver_sql(f"EXPLAIN (GENERIC_PLAN) {order.statement.compiled.text}")
    read = "\n".join(plan.scalars())
    assert "lamp_pkey" in read
    assert "lamp_status" not in read
