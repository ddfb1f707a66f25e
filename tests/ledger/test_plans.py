"""How PostgreSQL goes about the statement by which entries are booked."""

import psycopg
from flask import Flask
from sqlalchemy import text

from marketplace.core.db import db, transaction
from marketplace.core.money import Money
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import Entry, Move
from tests.conftest import Database

KEPT = "SELECT name, cardinality(parameter_types) FROM pg_prepared_statements WHERE statement LIKE '%INTO posting%'"

NEVER_ANALYSED = "UPDATE pg_class SET relpages = 0, reltuples = -1 WHERE oid = 'ledger_account'::regclass"


def test_a_kept_plan_looks_accounts_up_and_walks_through_none(apart: Database, apart_app: Flask) -> None:
    """It is made for any entry, of which PostgreSQL knows nothing, over thousands of accounts never analysed: that of
    an entry that moves once, and that of any other."""
    money, half = Money(100, "USD"), Money(50, "USD")
    with apart_app.app_context():
        with transaction():
            ledger.post_many([Entry(f"in:{n}", [Move("rail:sandbox", f"gig:{n}:hold", money)]) for n in range(3000)])
        # What was last seen of the table are the rows of another test, and a plan is kept from then.
        with psycopg.connect(apart.admin_dsn, autocommit=True) as admin:
            admin.execute(NEVER_ANALYSED)
        with transaction():
            for n in range(24):
                move = Move(f"gig:{n}:hold", f"booking:{n}:hold", half if n % 2 else money)
                ledger.post(Entry(f"on:{n}", [move] * (1 + n % 2)))
            db.session.execute(text("SET LOCAL plan_cache_mode = force_generic_plan"))
            kept = db.session.execute(text(KEPT)).all()
            assert len(kept) == 2
            for name, count in kept:
                nothing = ", ".join(["NULL"] * count)
                plan = db.session.scalars(text(f'EXPLAIN EXECUTE "{name}" ({nothing})')).all()
                assert [line for line in plan if "Seq Scan on ledger_account" in line] == []
