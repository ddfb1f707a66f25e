"""Shifts, offers, bookings, time entries and timesheets.

Two exclusion constraints state what no code can promise: nobody has two active bookings at one time, and nobody has two
clocks running.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"

ACTIVE = sa.text("status IN ('booked', 'working')")
PENDING = sa.text("status = 'pending'")
OPEN = sa.text("status = 'open'")


def upgrade() -> None:
    _shift()
    _offer()
    _booking()
    _time_entry()
    _timesheet()
    _timesheet_line()


def downgrade() -> None:
    for table in ("timesheet_line", "timesheet", "time_entry", "booking", "offer", "shift"):
        op.drop_table(table)


def _shift() -> None:
    op.create_table(
        "shift",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("gig_id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("seats_taken", sa.Integer(), nullable=False),
        sa.Column("cancelled_because", sa.Text(), nullable=True),
        sa.Column("status", sa.String(20), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_shift_ends_after_start")),
        sa.CheckConstraint("seats > 0", name=op.f("ck_shift_seats_positive")),
        sa.CheckConstraint("seats_taken BETWEEN 0 AND seats", name=op.f("ck_shift_never_oversold")),
        _one_of("shift", "status", "scheduled", "cancelled", "finished"),
        _refers("shift", "gig"),
        _refers("shift", "company"),
        sa.PrimaryKeyConstraint("id", name="pk_shift"),
    )
    op.create_index("ix_shift_company_id", "shift", ["company_id"])
    op.create_index("ix_shift_gig_id_starts_at", "shift", ["gig_id", "starts_at"])
    op.create_index("ix_shift_status_ends_at", "shift", ["status", "ends_at"])


def _offer() -> None:
    op.create_table(
        "offer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("shift_id", sa.Uuid(), nullable=False),
        sa.Column("gig_id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("contractor_id", sa.Uuid(), nullable=False),
        sa.Column("reason", postgresql.JSONB(), nullable=False),
        sa.Column("terms", postgresql.JSONB(), nullable=False),
        sa.Column("terms_sha256", sa.CHAR(64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.CheckConstraint("expires_at > made_at", name=op.f("ck_offer_expires_later")),
        _one_of("offer", "status", "pending", "accepted", "declined", "expired", "withdrawn"),
        *(_refers("offer", table) for table in ("shift", "gig", "company", "contractor")),
        sa.PrimaryKeyConstraint("id", name="pk_offer"),
    )
    op.create_index(
        "uq_offer_shift_id_contractor_id", "offer", ["shift_id", "contractor_id"], unique=True, postgresql_where=PENDING
    )
    op.create_index("ix_offer_gig_id", "offer", ["gig_id"])
    op.create_index("ix_offer_company_id", "offer", ["company_id"])
    op.create_index("ix_offer_contractor_id_status", "offer", ["contractor_id", "status"])
    op.create_index("ix_offer_expires_at", "offer", ["expires_at"], postgresql_where=PENDING)


def _booking() -> None:
    op.create_table(
        "booking",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("offer_id", sa.Uuid(), nullable=False),
        sa.Column("shift_id", sa.Uuid(), nullable=False),
        sa.Column("gig_id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("contractor_id", sa.Uuid(), nullable=False),
        sa.Column("contract_version_id", sa.Uuid(), nullable=False),
        sa.Column("during", postgresql.TSTZRANGE(), nullable=False),
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("rate_amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.CHAR(3), nullable=False),
        sa.Column("hazard_class", sa.String(20), nullable=False),
        sa.Column("overtime_minutes", sa.Integer(), nullable=False),
        sa.Column("overtime_percent", sa.Integer(), nullable=False),
        sa.Column("held_amount", sa.BigInteger(), nullable=False),
        sa.Column("compensation_minutes", sa.Integer(), nullable=False),
        sa.Column("compensation_rule", sa.String(20), nullable=True),
        sa.Column("status", sa.String(20), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("contractor_id"), "="),
            (sa.column("during"), "&&"),
            where=ACTIVE,
            name="ex_booking_one_place_at_a_time",
        ),
        sa.CheckConstraint("compensation_minutes >= 0", name=op.f("ck_booking_compensation_not_negative")),
        sa.CheckConstraint(
            "(compensation_minutes = 0) = (compensation_rule IS NULL)", name=op.f("ck_booking_compensation_has_a_rule")
        ),
        sa.CheckConstraint("rate_amount > 0 AND held_amount > 0", name=op.f("ck_booking_money_positive")),
        sa.CheckConstraint(
            "overtime_minutes >= 0 AND overtime_percent >= 100", name=op.f("ck_booking_overtime_never_less")
        ),
        _one_of("booking", "status", "booked", "working", "worked", "released", "cancelled", "no_show"),
        _one_of("booking", "hazard_class", "H0", "H1", "H2", "H3"),
        _one_of("booking", "compensation_rule", "NOTICE", "CALL_IN"),
        *(
            _refers("booking", table)
            for table in ("offer", "shift", "gig", "company", "contractor", "contract_version")
        ),
        sa.PrimaryKeyConstraint("id", name="pk_booking"),
        sa.UniqueConstraint("offer_id", name="uq_booking_offer_id"),
    )
    op.create_index("ix_booking_shift_id", "booking", ["shift_id"])
    op.create_index("ix_booking_gig_id", "booking", ["gig_id"])
    op.create_index("ix_booking_company_id", "booking", ["company_id"])
    op.create_index("ix_booking_contractor_id_gig_id_week", "booking", ["contractor_id", "gig_id", "week"])
    op.create_index("ix_booking_status", "booking", ["status"], postgresql_where=ACTIVE)


def _time_entry() -> None:
    op.create_table(
        "time_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("booking_id", sa.Uuid(), nullable=False),
        sa.Column("contractor_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("client_started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("client_ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("source", sa.String(20), nullable=False),
        sa.Column("flags", postgresql.JSONB(), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("contractor_id"), "="),
            (sa.func.tstzrange(sa.text("started_at"), sa.text("ended_at")), "&&"),
            name="ex_time_entry_one_clock",
        ),
        sa.CheckConstraint("ended_at >= started_at", name=op.f("ck_time_entry_ends_after_start")),
        _one_of("time_entry", "kind", "work", "waiting", "paid_break", "unpaid_break"),
        _one_of("time_entry", "source", "person", "job", "company"),
        _refers("time_entry", "booking"),
        _refers("time_entry", "contractor"),
        sa.PrimaryKeyConstraint("id", name="pk_time_entry"),
    )
    op.create_index("ix_time_entry_booking_id_started_at", "time_entry", ["booking_id", "started_at"])


def _timesheet() -> None:
    op.create_table(
        "timesheet",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("gig_id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("contractor_id", sa.Uuid(), nullable=False),
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("status", sa.String(20), nullable=False),
        _one_of("timesheet", "status", "open", "submitted", "approved", "disputed", "locked"),
        *(_refers("timesheet", table) for table in ("gig", "company", "contractor")),
        sa.PrimaryKeyConstraint("id", name="pk_timesheet"),
    )
    op.create_index(
        "uq_timesheet_contractor_id_gig_id_week",
        "timesheet",
        ["contractor_id", "gig_id", "week"],
        unique=True,
        postgresql_where=OPEN,
    )
    op.create_index("ix_timesheet_gig_id", "timesheet", ["gig_id"])
    op.create_index("ix_timesheet_contractor_id", "timesheet", ["contractor_id"])
    op.create_index("ix_timesheet_company_id_status", "timesheet", ["company_id", "status"])
    op.create_index("ix_timesheet_status_submitted_at", "timesheet", ["status", "submitted_at"])


def _timesheet_line() -> None:
    op.create_table(
        "timesheet_line",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("timesheet_id", sa.Uuid(), nullable=False),
        sa.Column("booking_id", sa.Uuid(), nullable=False),
        sa.Column("work_minutes", sa.Integer(), nullable=False),
        sa.Column("waiting_minutes", sa.Integer(), nullable=False),
        sa.Column("paid_break_minutes", sa.Integer(), nullable=False),
        sa.Column("unpaid_break_minutes", sa.Integer(), nullable=False),
        sa.Column("overtime_minutes", sa.Integer(), nullable=False),
        sa.Column("compensation_minutes", sa.Integer(), nullable=False),
        sa.Column("compensation_rule", sa.String(20), nullable=True),
        sa.Column("flags", postgresql.JSONB(), nullable=False),
        sa.CheckConstraint(
            "work_minutes >= 0 AND waiting_minutes >= 0 AND paid_break_minutes >= 0"
            " AND unpaid_break_minutes >= 0 AND compensation_minutes >= 0",
            name=op.f("ck_timesheet_line_minutes_not_negative"),
        ),
        sa.CheckConstraint(
            "overtime_minutes BETWEEN 0 AND work_minutes + waiting_minutes + paid_break_minutes",
            name=op.f("ck_timesheet_line_overtime_is_paid_time"),
        ),
        _one_of("timesheet_line", "compensation_rule", "NOTICE", "CALL_IN"),
        _refers("timesheet_line", "timesheet"),
        _refers("timesheet_line", "booking"),
        sa.PrimaryKeyConstraint("id", name="pk_timesheet_line"),
        sa.UniqueConstraint("booking_id", name="uq_timesheet_line_booking_id"),
    )
    op.create_index("ix_timesheet_line_timesheet_id", "timesheet_line", ["timesheet_id"])


def _one_of(table: str, column: str, *options: str) -> sa.CheckConstraint:
    listed = ", ".join(f"'{option}'" for option in options)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=op.f(f"ck_{table}_{column}"))


def _refers(table: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([f"{other}_id"], [f"{other}.id"], name=f"fk_{table}_{other}_id_{other}")
