"""An event is written with the change it tells of, and answered after the commit and only then."""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import ClassVar
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, text

from marketplace.accounts.models import Member
from marketplace.accounts.rules import CLOCK, Actor
from marketplace.core import clock, queue
from marketplace.core.checks import CheckResult
from marketplace.core.db import before_commit, db, snapshot, transaction
from marketplace.core.events import REACT, Event, announce, record, references, timeline
from marketplace.core.http import SetaraFlask
from tests.factories import accounts as make


def waiting_events() -> list[list[int]]:
    """The events of each waiting job that is to react to them."""
    return list(db.session.scalars(text("SELECT args->'event_ids' FROM procrastinate_jobs WHERE task_name = 'react'")))


def subject(name: str = "one") -> CheckResult:
    """Something that events can be about, without a room around it."""
    row = CheckResult(name=name, at=clock.now(), broken=0)
    db.session.add(row)
    return row


def test_an_event_says_who_did_what_to_what_and_when(app: Flask) -> None:
    row, actor = subject(), Actor(UUID(int=7))
    event = record("check.tried", row, by=actor, data={"so": "far"})
    assert (event.name, event.doer_id, event.doer_kind) == ("check.tried", UUID(int=7), "person")
    assert event.subject_id == row.id
    assert event.about == [f"check:{row.id}"]
    assert event.data == {"so": "far"}
    assert clock.now() - event.at < timedelta(seconds=20)


def test_a_row_that_was_only_added_has_its_id_in_its_event(app: Flask) -> None:
    row = subject()
    assert row.id is None
    event = record("check.tried", row, by=CLOCK)
    assert event.subject_id == row.id
    assert event.ref("check") == row.id


def test_references_leave_out_what_is_empty(app: Flask) -> None:
    class Halves(CheckResult):
        about: ClassVar[Mapping[str, str]] = MappingProxyType({"check": "id", "gig": "gig_id"})
        gig_id = None

    half = Halves(id=UUID(int=1))
    assert references(half) == ["check:00000000-0000-0000-0000-000000000001"]


def test_the_words_of_about_are_whole_words(app: Flask) -> None:
    event = Event(about=["contract:00000000-0000-0000-0000-000000000001"])
    assert event.ref("contract") == UUID(int=1)
    assert event.ref("contractor") is None


def test_all_events_of_a_transaction_are_answered_by_one_job(app: Flask) -> None:
    with transaction():
        ids = [record(f"check.{n}", subject(str(n)), by=CLOCK).id for n in range(3)]
    assert waiting_events() == [ids]
    with transaction():
        later = record("check.later", subject("later"), by=CLOCK).id
    assert waiting_events() == [ids, [later]]


def test_nothing_is_answered_that_rolled_back(app: Flask) -> None:
    def record_and_fail() -> None:
        with transaction():
            record("check.tried", subject(), by=CLOCK)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        record_and_fail()
    with transaction():
        pass
    assert waiting_events() == []
    assert db.session.scalars(select(Event).where(Event.name == "check.tried")).all() == []


def test_no_event_is_answered_by_no_job(app: Flask) -> None:
    with transaction():
        announce([])
    assert waiting_events() == []


def test_an_inner_transaction_joins_the_outer_one(app: Flask) -> None:
    with transaction():
        with transaction():
            first = record("check.tried", subject("a"), by=CLOCK).id
        assert waiting_events() == []
        second = record("check.tried", subject("b"), by=CLOCK).id
    assert waiting_events() == [[first, second]]


def test_work_before_the_commit_may_leave_events_too(app: Flask) -> None:
    with transaction():
        first = record("check.tried", subject("a"), by=CLOCK).id
        before_commit("more", lambda _session: announce([first + 1000]))
    assert {event for events in waiting_events() for event in events} == {first, first + 1000}


def test_the_same_work_is_done_once(app: Flask) -> None:
    done: list[str] = []
    with transaction():
        before_commit("key", lambda _session: done.append("first"))
        before_commit("key", lambda _session: done.append("second"))
        assert done == []
    assert done == ["first"]
    with transaction():
        pass
    assert done == ["first"]


def test_the_timeline_of_a_thing_is_newest_first(app: Flask) -> None:
    company = make.company()
    member = db.session.scalars(select(Member).where(Member.company_id == company.id)).one()
    record("member.tried", member, by=CLOCK)
    names = [event.name for event in timeline("company", company.id)]
    assert names[0] == "member.tried"
    assert "company.applied" in names
    assert timeline("company", company.id, limit=1)[0].name == "member.tried"
    assert timeline("person", company.id) == []


@pytest.mark.truncating
def test_a_job_is_there_when_and_only_when_its_event_is(apart_app: SetaraFlask) -> None:
    with apart_app.app_context():
        with transaction():
            record("check.tried", subject(), by=CLOCK)
            with apart_app.app_context():
                assert queue.depth() == {}
        with apart_app.app_context():
            assert queue.depth() == {(REACT, "todo"): 1}


@pytest.mark.truncating
def test_a_snapshot_sees_one_moment(apart_app: SetaraFlask) -> None:
    counted = text("SELECT count(*) FROM check_result")
    with apart_app.app_context():
        with snapshot() as session:
            assert session.scalar(counted) == 0
            with apart_app.app_context(), transaction():
                subject()
            assert session.scalar(counted) == 0
        with transaction() as session:
            assert session.scalar(counted) == 1
