"""A company whose people have worked a week of five shifts each, copied in the database: finished, not yet reckoned.

People have one of twenty rates, take a paid break in the middle, and three in ten leave up to half an hour early. The
last shift of the week ends with an hour of overtime. What their bookings may cost is held in the books. Their keys sort
by when they were made, day by day, as the service's own do.
"""

import os
from datetime import timedelta
from uuid import UUID

import psycopg
from sqlalchemy import text

from marketplace.core import clock
from marketplace.core.db import db, transaction
from marketplace.core.ids import new_id
from marketplace.core.money import Money
from marketplace.standards.held import highest_cost
from tests.bench.planning import crowd
from tests.factories import shifts as make
from tests.factories.shifts import MONDAY

ENTRIES, DAYS = 3, 5
"""Time entries of a booking; shifts of a person's week."""
MINUTES, OVERTIME = 240, 60
RATES = tuple(1500 + 25 * each for each in range(20))
SEATS = """
CREATE TEMPORARY TABLE seat ON COMMIT DROP AS
SELECT person.*, day, CAST(made || substr(md5('booking' || id || day), 13) AS uuid) AS booking,
    CAST(made || substr(md5('offer' || id || day), 13) AS uuid) AS offer,
    rates.rate, rates.held, CASE day WHEN :last THEN CAST(:overtime AS int) ELSE 0 END AS overtime,
    CASE WHEN (number + day) % 10 < 3 THEN (number * 7 + day) % 30 ELSE 0 END AS early
FROM (
    SELECT contractor_id AS id, id AS version, row_number() OVER (ORDER BY contractor_id) AS number
    FROM contract_version
    WHERE contract_id IN (SELECT id FROM contract WHERE company_id = :company) AND contractor_id <> :but
) AS person
CROSS JOIN generate_series(0, :last) AS day
CROSS JOIN LATERAL (SELECT lpad(to_hex(day * 100000000 + number), 12, '0') AS made) AS moment
JOIN unnest(CAST(:rates AS bigint[]), CAST(:holds AS bigint[]), CAST(:overtimes AS int[])) AS rates (rate, held, place)
    ON rates.place = number % :kinds + CASE day WHEN :last THEN CAST(:kinds AS int) ELSE 0 END
"""
COPIES = {
    "offer": "'id', seat.offer, 'contractor_id', seat.id",
    "booking": (
        "'id', seat.booking, 'offer_id', seat.offer, 'contractor_id', seat.id, 'contract_version_id', seat.version,"
        " 'during', tstzrange(lower(model.during) + interval '1 day' * day,"
        " upper(model.during) + interval '1 day' * day),"
        " 'rate_amount', seat.rate, 'held_amount', seat.held, 'overtime_minutes', seat.overtime,"
        " 'overtime_percent', 150"
    ),
}
WORKED = """
INSERT INTO time_entry (id, booking_id, contractor_id, kind, started_at, ended_at, source, flags)
SELECT gen_random_uuid(), booking, seat.id, stretch.kind, begins + stretch.since * interval '1 minute',
    begins + least(stretch.until, :minutes - early) * interval '1 minute', 'person', '[]'
FROM (SELECT *, CAST(:monday AS timestamptz) + day * interval '1 day' AS begins FROM seat) AS seat
CROSS JOIN (VALUES ('work', 0, 120), ('paid_break', 120, 130), ('work', 130, 240)) AS stretch (kind, since, until)
"""
HELD = """
WITH opened AS (
    INSERT INTO ledger_account (id, name, currency, balance)
    SELECT gen_random_uuid(), 'booking:' || booking || '\\:hold', 'USD', held FROM seat
    RETURNING id, balance
), entry AS (
    INSERT INTO journal_entry (id, cause, at, data) VALUES (:entry, :cause, :at, '{}') RETURNING id
)
INSERT INTO posting (entry_id, source_id, destination_id, amount, currency)
SELECT entry.id, rail.id, opened.id, opened.balance, 'USD'
FROM opened, entry, ledger_account rail
WHERE rail.name = 'rail:sandbox' AND rail.currency = 'USD'
"""


def week(name: str, people: int) -> UUID:
    """Makes the week of so many people, and returns its company. `name` keeps weeks apart. It is the Monday after."""
    with transaction():
        scene = make.scene(minutes=1200)
        model = make.worked(scene)
        crowd(scene, people, name)
        clock.move_to(MONDAY + timedelta(days=7), still=True)
        db.session.execute(text(SEATS), {"company": scene.company_id, "but": model.contractor_id} | _prices())
        for table, changes in COPIES.items():
            db.session.execute(
                text(_copied(table, changes)), {"id": getattr(model, "offer_id" if table == "offer" else "id")}
            )
        db.session.execute(text(WORKED), {"minutes": MINUTES, "monday": MONDAY})
        db.session.execute(text(HELD), {"entry": new_id(), "cause": f"bench:{name}", "at": clock.now()})
        company_id = scene.company_id
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"].replace("+psycopg", ""), autocommit=True) as owner:
        # The server does it by itself in time, but not in the seconds of a measure.
        owner.execute("VACUUM ANALYZE")
    return company_id


def _prices() -> dict[str, object]:
    """The rates, on ordinary days and on the last one, with what a shift may cost at each."""
    kinds = [(rate, overtime) for overtime in (0, OVERTIME) for rate in RATES]
    costs = [
        highest_cost(Money(rate, "USD"), MINUTES, overtime_minutes=overtime, overtime_percent=150)
        for rate, overtime in kinds
    ]
    return {
        "rates": [rate for rate, _ in kinds],
        "holds": [cost.amount for cost in costs],
        "overtimes": list(range(len(kinds))),
        "kinds": len(RATES),
        "overtime": OVERTIME,
        "last": DAYS - 1,
    }


def _copied(table: str, changes: str) -> str:
    return (
        f"INSERT INTO {table} SELECT (jsonb_populate_record(model, jsonb_build_object({changes}))).*"
        f" FROM {table} model, seat WHERE model.id = :id"
    )
