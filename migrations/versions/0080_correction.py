"""Corrections of the clock, and how much of a line's waiting was an outage.

A correction keeps what stood before it: the entries of the clock are written anew, and nobody should have to believe
that they were something else. What it says is written once; only its answer is added, and the words can be emptied. One
correction of a booking is open at a time.

An outage was counted as waiting, which pays the same; the two are told apart from now on, since a timesheet says what
each minute was. Of older lines the entries still tell, and the hour that the rule pays.
"""

import sqlalchemy as sa
from alembic import op
from flask import current_app
from sqlalchemy.dialects import postgresql

revision = "0080"
down_revision = "0079"

ADDED = "answered_by, answered_at, answer, words, status"


def upgrade() -> None:
    _correction()
    op.execute(
        "CREATE TRIGGER only_emptied BEFORE UPDATE OF words, answer ON clock_correction"
        " FOR EACH ROW EXECUTE FUNCTION only_emptied('words', 'answer')"
    )
    role = sa.make_url(current_app.config["SQLALCHEMY_DATABASE_URI"]).username
    if role and role != op.get_bind().execute(sa.text("SELECT current_user")).scalar_one():
        op.execute(f'REVOKE UPDATE, DELETE ON clock_correction FROM "{role}"')
        op.execute(f'GRANT UPDATE ({ADDED}) ON clock_correction TO "{role}"')
    op.add_column("timesheet_line", sa.Column("outage_minutes", sa.Integer(), nullable=False, server_default="0"))
    op.execute(
        "UPDATE timesheet_line SET outage_minutes = LEAST(waiting_minutes, 60, spent.minutes) FROM ("
        " SELECT booking_id, ceil(sum(extract(epoch FROM ended_at - started_at)) / 60)::integer AS minutes"
        " FROM time_entry WHERE kind = 'outage' AND ended_at IS NOT NULL GROUP BY booking_id) spent"
        " WHERE spent.booking_id = timesheet_line.booking_id"
    )
    op.alter_column("timesheet_line", "outage_minutes", server_default=None)
    op.create_check_constraint(
        op.f("ck_timesheet_line_outage_is_waiting"),
        "timesheet_line",
        "outage_minutes BETWEEN 0 AND waiting_minutes",
    )


def downgrade() -> None:
    op.drop_constraint(op.f("ck_timesheet_line_outage_is_waiting"), "timesheet_line")
    op.drop_column("timesheet_line", "outage_minutes")
    op.drop_table("clock_correction")


def _correction() -> None:
    op.create_table(
        "clock_correction",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("booking_id", sa.Uuid(), nullable=False),
        sa.Column("gig_id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("contractor_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("side", sa.String(20), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("before", postgresql.JSONB(), nullable=False),
        sa.Column("after", postgresql.JSONB(), nullable=False),
        sa.Column("minutes_before", sa.Integer(), nullable=False),
        sa.Column("minutes_after", sa.Integer(), nullable=False),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("status", sa.String(20), nullable=False),
        sa.CheckConstraint("side IN ('person', 'device', 'company')", name=op.f("ck_clock_correction_side")),
        sa.CheckConstraint(
            "status IN ('proposed', 'claimed', 'accepted', 'contested', 'lapsed')",
            name=op.f("ck_clock_correction_status"),
        ),
        sa.CheckConstraint(
            "minutes_before >= 0 AND minutes_after >= 0", name=op.f("ck_clock_correction_minutes_not_negative")
        ),
        sa.CheckConstraint(
            "(status IN ('accepted', 'contested')) = (answered_at IS NOT NULL)",
            name=op.f("ck_clock_correction_answered_when"),
        ),
        sa.CheckConstraint(
            "side = 'company' OR status <> 'proposed'", name=op.f("ck_clock_correction_only_companies_propose")
        ),
        *(
            sa.ForeignKeyConstraint([f"{name}_id"], [f"{name}.id"], name=f"fk_clock_correction_{name}_id_{name}")
            for name in ("booking", "gig", "company", "contractor")
        ),
        *(
            sa.ForeignKeyConstraint([column], ["person.id"], name=f"fk_clock_correction_{column}_person")
            for column in ("made_by", "answered_by")
        ),
        sa.PrimaryKeyConstraint("id", name="pk_clock_correction"),
        sa.UniqueConstraint("booking_id", "number", name="uq_clock_correction_booking_id_number"),
    )
    op.create_index(
        "uq_clock_correction_booking_id",
        "clock_correction",
        ["booking_id"],
        unique=True,
        postgresql_where=sa.text("status IN ('proposed', 'claimed')"),
    )
    op.create_index("ix_clock_correction_company_id", "clock_correction", ["company_id"])
    op.create_index("ix_clock_correction_contractor_id", "clock_correction", ["contractor_id"])
