"""Statements that are sent together: what each of them sees, what they return, and what becomes of an error."""

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import BigInteger, Integer, Text, bindparam, cast, func, insert, literal, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import IntegrityError, OperationalError

from marketplace.core.db import choice, db, send, send_last, send_one, transaction
from marketplace.core.http import SetaraFlask
from marketplace.core.outage import is_away
from marketplace.core.queue import Schedule
from marketplace.core.retention import PaperStatus
from marketplace.core.sending import Fixed, Order

NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)
_ADDED = Fixed(insert(Schedule).values(name=bindparam("called"), last_fire=bindparam("at")).returning(Schedule.name))
_COUNTED = Fixed(select(func.count().label("rows")).select_from(Schedule))
_BROKEN = Fixed(text("SELECT 1 / :by AS nothing").bindparams(bindparam("by", type_=Integer())))


def _add(name: str) -> Order[str]:
    return Order(_ADDED, {"called": name, "at": NOON}, lambda rows: str(rows[0].name))


def _count() -> Order[int]:
    return Order(_COUNTED, {}, lambda rows: int(rows[0].rows))


def test_each_sees_what_those_before_it_did(app: Flask) -> None:
    db.session.add(Schedule(name="not yet flushed", last_fire=NOON))
    assert send(_count(), _add("a"), _count(), _add("b").and_then(str.upper), _count()) == [1, "a", 2, "B", 3]


def test_values_are_what_their_types_say_on_both_sides(app: Flask) -> None:
    status = choice(PaperStatus, "status")
    given = select(
        bindparam("status", type_=status).label("status"),
        cast(bindparam("data", type_=JSONB()), JSONB).label("data"),
        literal("100 %", Text()).label("words"),
        bindparam("status", type_=status).in_([PaperStatus.HELD, PaperStatus.ERASED]).label("is_over"),
    )
    facts = {"status": PaperStatus.HELD, "data": {"é": [1, None]}}
    row = send_one(Order(Fixed(given), facts, lambda rows: rows[0]))
    assert row.status is PaperStatus.HELD
    assert (row.data, row.words, row.is_over) == ({"é": [1, None]}, "100 %", True)


def test_a_fact_that_is_missing_is_no_empty_value(app: Flask) -> None:
    with pytest.raises(KeyError, match="by"):
        send_one(Order(_BROKEN, {}, list))


def test_a_statement_is_prepared_at_once_and_once_for_small_numbers_and_large_ones(apart_app: SetaraFlask) -> None:
    doubled = text("SELECT 2 * :of AS twice").bindparams(bindparam("of", type_=BigInteger()))
    statement = Fixed(doubled.columns(twice=BigInteger()))
    with apart_app.app_context(), transaction():
        for size in (1, 10**6, 10**12):
            assert send_one(Order(statement, {"of": size}, lambda rows: rows[0].twice)) == 2 * size
        kept = "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%twice'"
        assert db.session.scalar(text(kept)) == 1


def test_an_error_is_the_one_that_sqlalchemy_raises_and_nothing_is_left(apart_app: SetaraFlask) -> None:
    with apart_app.app_context():
        with pytest.raises(IntegrityError), transaction():
            send(_add("a"), _add("a"), _add("b"))
        with transaction():
            assert send_one(_count()) == 0


def test_what_is_sent_last_is_committed_with_the_rest_or_not_at_all(apart_app: SetaraFlask) -> None:
    with apart_app.app_context():
        with transaction():
            send_last(_add("last"))
            db.session.add(Schedule(name="first", last_fire=NOON))
        with suppress(ZeroDivisionError), transaction():
            send_last(_add("never"))
            raise ZeroDivisionError
        with pytest.raises(IntegrityError):
            _twice()
        with transaction():
            assert set(db.session.scalars(select(Schedule.name))) == {"first", "last"}


def _twice() -> None:
    with transaction():
        db.session.add(Schedule(name="beside what fails at the end", last_fire=NOON))
        send_last(_add("last"))


def test_a_connection_that_was_cut_is_told_as_such_and_not_used_again(apart_app: SetaraFlask) -> None:
    with apart_app.app_context():
        with pytest.raises(OperationalError) as cut:
            _cut()
        assert is_away(cut.value)
        with transaction():
            assert send_one(_count()) == 0


def _cut() -> None:
    with transaction():
        own = db.session.scalar(text("SELECT pg_backend_pid()"))
        with db.engine.connect() as other:
            other.execute(text("SELECT pg_terminate_backend(:own)"), {"own": own})
        send(_count())
