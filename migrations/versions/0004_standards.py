"""What is known of places, and rates that operators enter. Both are written once: new knowledge is a new row.

The first version of every place is read from marketplace/standards/data/regions.csv; where its figures come from stands
beside it. A place's first version holds from its `as_of` on, or from 2026 where none is given.
"""

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import op
from flask import current_app
from uuid_utils.compat import uuid7

import marketplace

revision = "0004"
down_revision = "0003"

REGIONS = Path(marketplace.__file__).parent / "standards" / "data" / "regions.csv"
CONFIDENCES = "'high', 'medium', 'low-medium', 'low'"
PERIODS = "'hour', 'day', 'month'"


def upgrade() -> None:
    region = op.create_table(
        "region",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("country", sa.CHAR(2), nullable=False),
        sa.Column("subdivision", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("currency", sa.CHAR(3), nullable=False),
        sa.Column("timezones", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("min_wage", sa.Numeric(), nullable=True),
        sa.Column("min_wage_period", sa.String(20), nullable=True),
        sa.Column("min_wage_hourly", sa.Numeric(), nullable=True),
        sa.Column("min_wage_confidence", sa.String(20), nullable=True),
        sa.Column("living_wage", sa.Numeric(), nullable=True),
        sa.Column("living_wage_period", sa.String(20), nullable=True),
        sa.Column("living_wage_confidence", sa.String(20), nullable=True),
        sa.Column("weekly_hours", sa.Numeric(), nullable=True),
        sa.Column("overtime_multiplier", sa.Numeric(), nullable=True),
        sa.Column("daily_rest_hours", sa.Numeric(), nullable=True),
        sa.Column("hours_confidence", sa.String(20), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("as_of", sa.Text(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.CheckConstraint("subdivision LIKE country || '-%'", name=op.f("ck_region_subdivision_of_country")),
        sa.CheckConstraint("version > 0", name=op.f("ck_region_version_positive")),
        sa.CheckConstraint("(min_wage IS NULL) = (min_wage_period IS NULL)", name=op.f("ck_region_min_wage_whole")),
        sa.CheckConstraint(
            "(living_wage IS NULL) = (living_wage_period IS NULL)", name=op.f("ck_region_living_wage_whole")
        ),
        sa.CheckConstraint("weekly_hours BETWEEN 1 AND 84", name=op.f("ck_region_weekly_hours_real")),
        sa.CheckConstraint("overtime_multiplier >= 1", name=op.f("ck_region_overtime_never_less")),
        sa.CheckConstraint("daily_rest_hours BETWEEN 1 AND 23", name=op.f("ck_region_daily_rest_real")),
        sa.CheckConstraint(f"min_wage_period IN ({PERIODS})", name=op.f("ck_region_min_wage_period")),
        sa.CheckConstraint(f"living_wage_period IN ({PERIODS})", name=op.f("ck_region_living_wage_period")),
        sa.CheckConstraint(f"min_wage_confidence IN ({CONFIDENCES})", name=op.f("ck_region_min_wage_confidence")),
        sa.CheckConstraint(f"living_wage_confidence IN ({CONFIDENCES})", name=op.f("ck_region_living_wage_confidence")),
        sa.CheckConstraint(f"hours_confidence IN ({CONFIDENCES})", name=op.f("ck_region_hours_confidence")),
        sa.PrimaryKeyConstraint("id", name="pk_region"),
        sa.UniqueConstraint(
            "country",
            "subdivision",
            "version",
            name="uq_region_country_subdivision_version",
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_table(
        "exchange_rate",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("base", sa.CHAR(3), nullable=False),
        sa.Column("quote", sa.CHAR(3), nullable=False),
        sa.Column("rate", sa.Numeric(), nullable=False),
        sa.Column("quoted_on", sa.Date(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("entered_by", sa.Uuid(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("rate > 0", name=op.f("ck_exchange_rate_rate_positive")),
        sa.CheckConstraint("base <> quote", name=op.f("ck_exchange_rate_two_currencies")),
        sa.CheckConstraint("source <> ''", name=op.f("ck_exchange_rate_source_given")),
        sa.PrimaryKeyConstraint("id", name="pk_exchange_rate"),
    )
    op.create_index("ix_exchange_rate_base_quote_quoted_on", "exchange_rate", ["base", "quote", "quoted_on"])
    with REGIONS.open(encoding="utf-8", newline="") as file:
        op.bulk_insert(region, [_first_version(row) for row in csv.DictReader(file)])
    role = sa.make_url(current_app.config["SQLALCHEMY_DATABASE_URI"]).username
    owner = op.get_bind().execute(sa.text("SELECT current_user")).scalar_one()
    if role and role != owner:
        op.execute(f'REVOKE UPDATE, DELETE ON region, exchange_rate FROM "{role}"')


def downgrade() -> None:
    op.drop_table("exchange_rate")
    op.drop_table("region")


def _first_version(row: dict[str, str]) -> dict[str, Any]:
    published = row["min_wage_hourly_basis"].startswith("official") and row["min_wage_period"] != "hour"
    return {
        "id": uuid7(),
        "country": row["country"],
        "subdivision": row["subdivision"] or None,
        "version": 1,
        "valid_from": _day(row["as_of"]),
        "currency": row["currency"],
        "timezones": row["timezones"].split(),
        "min_wage": _number(row["min_wage_amount"]),
        "min_wage_period": row["min_wage_period"] or None,
        "min_wage_hourly": _number(row["min_wage_hourly"]) if published else None,
        "min_wage_confidence": row["min_wage_confidence"] or None,
        "living_wage": _number(row["living_wage_amount"]),
        "living_wage_period": row["living_wage_period"] or None,
        "living_wage_confidence": row["living_wage_confidence"] or None,
        "weekly_hours": _number(row["weekly_hours"]),
        "overtime_multiplier": _number(row["overtime_multiplier"]),
        "daily_rest_hours": _number(row["daily_rest_hours"]),
        "hours_confidence": row["hours_confidence"] or None,
        "source": row["source"],
        "as_of": row["as_of"],
        "notes": row["notes"],
    }


def _number(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def _day(as_of: str) -> date:
    """The day of "2026-01-01", the first day of a bare year, and of 2026 where nothing is said."""
    if not as_of:
        return date(2026, 1, 1)
    return date.fromisoformat(as_of) if "-" in as_of else date(int(as_of), 1, 1)
