"""Sick leave taken, hazard flags, and shifts that a cap stops."""

import sqlalchemy as sa
from alembic import op
from flask import current_app
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"

LINE_KINDS = (
    "wages",
    "paid_break",
    "call_in",
    "hazard_premium",
    "overtime_premium",
    "sick_accrual",
    "health_contribution",
    "platform_fee",
    "third_party_margin",
)
FLAGGED = ("booking", "gig", "company", "contractor")
CATEGORIES = (
    "insults",
    "adult_language",
    "hate",
    "sexual",
    "violence",
    "graphic_abuse",
    "self_harm",
    "child_abuse",
    "unlawful",
)
STATUSES = ("booked", "working", "worked", "released", "cancelled", "no_show")


def upgrade() -> None:
    _leave()
    _caps()
    _hazards()


def downgrade() -> None:
    for table in ("hazard_flag_note", "hazard_flag", "gig_hazard"):
        op.drop_table(table)
    op.drop_index("ix_booking_stops_at", "booking")
    op.drop_column("booking", "stops_at")
    for table in ("booking", "timesheet_line"):
        _allow(table, "compensation_rule", ("NOTICE", "CALL_IN"))
    op.drop_table("leave_pay")
    _allow("pay_line", "kind", LINE_KINDS)
    _allow("booking", "status", STATUSES)
    op.drop_column("payslip", "leave_amount")
    op.drop_column("timesheet_line", "sick_minutes")
    op.drop_column("booking", "sick_minutes")
    op.drop_column("booking", "sick_at")


def _leave() -> None:
    """Leave that is taken has its time on the booking and its timesheet, and its money in a row until it is paid."""
    op.add_column("booking", sa.Column("sick_at", sa.DateTime(timezone=True), nullable=True))
    _add_number("booking", "sick_minutes", sa.Integer())
    _add_number("timesheet_line", "sick_minutes", sa.Integer())
    _add_number("payslip", "leave_amount", sa.BigInteger())
    for table in ("booking", "timesheet_line"):
        op.create_check_constraint(op.f(f"ck_{table}_sick_not_negative"), table, "sick_minutes >= 0")
    op.create_check_constraint(op.f("ck_booking_sick_since_when"), "booking", "sick_minutes = 0 OR sick_at IS NOT NULL")
    op.create_check_constraint(op.f("ck_payslip_leave_is_paid_out"), "payslip", "leave_amount BETWEEN 0 AND net_amount")
    _allow("booking", "status", (*STATUSES, "sick", "taken_out"))
    new_kinds = (*LINE_KINDS[:3], "neutral_hours", *LINE_KINDS[3:6], "sick_leave", *LINE_KINDS[6:])
    _allow("pay_line", "kind", new_kinds)
    op.create_table(
        "leave_pay",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contractor_id", sa.Uuid(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.CHAR(3), nullable=False),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("amount > 0", name=op.f("ck_leave_pay_amount_positive")),
        sa.ForeignKeyConstraint(["contractor_id"], ["contractor.id"], name="fk_leave_pay_contractor_id_contractor"),
        sa.PrimaryKeyConstraint("id", name="pk_leave_pay"),
        sa.UniqueConstraint("cause", "currency", name="uq_leave_pay_cause_currency"),
    )
    op.create_index(
        "ix_leave_pay_contractor_id", "leave_pay", ["contractor_id"], postgresql_where=sa.text("paid_at IS NULL")
    )


def _caps() -> None:
    """A running clock knows when it must stop, and what is owed then has a rule of its own."""
    op.add_column("booking", sa.Column("stops_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_booking_stops_at", "booking", ["stops_at"], postgresql_where=sa.text("status = 'working'"))
    for table in ("booking", "timesheet_line"):
        _allow(table, "compensation_rule", ("NOTICE", "CALL_IN", "HAZARD"))


def _hazards() -> None:
    """The classes that gigs have had, and what people at work said of them."""
    op.create_table(
        "gig_hazard",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("gig_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("hazard_class", sa.String(20), nullable=False),
        sa.Column("categories", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("back_to", sa.DateTime(timezone=True), nullable=False),
        sa.Column("unheld_amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.CHAR(3), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("unheld_amount >= 0", name=op.f("ck_gig_hazard_unheld_not_negative")),
        sa.CheckConstraint("hazard_class IN ('H0', 'H1', 'H2', 'H3')", name=op.f("ck_gig_hazard_hazard_class")),
        sa.ForeignKeyConstraint(["gig_id"], ["gig.id"], name="fk_gig_hazard_gig_id_gig"),
        sa.ForeignKeyConstraint(["set_by"], ["person.id"], name="fk_gig_hazard_set_by_person"),
        sa.PrimaryKeyConstraint("id", name="pk_gig_hazard"),
        sa.UniqueConstraint("gig_id", "version", name="uq_gig_hazard_gig_id_version"),
    )
    op.execute(
        "INSERT INTO gig_hazard (id, gig_id, version, hazard_class, categories, valid_from, back_to, unheld_amount,"
        " currency) SELECT gen_random_uuid(), id, 1, hazard_class, hazard_categories, opened_at, opened_at, 0, currency"
        " FROM gig WHERE opened_at IS NOT NULL"
    )
    op.create_table(
        "hazard_flag",
        sa.Column("id", sa.Uuid(), nullable=False),
        *(sa.Column(f"{table}_id", sa.Uuid(), nullable=False) for table in FLAGGED),
        sa.Column("category", sa.String(20), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("status", sa.String(20), nullable=False),
        sa.CheckConstraint(f"category IN ({_listed(CATEGORIES)})", name=op.f("ck_hazard_flag_category")),
        sa.CheckConstraint("status IN ('open', 'upheld', 'dismissed')", name=op.f("ck_hazard_flag_status")),
        *(
            sa.ForeignKeyConstraint([f"{table}_id"], [f"{table}.id"], name=f"fk_hazard_flag_{table}_id_{table}")
            for table in FLAGGED
        ),
        sa.PrimaryKeyConstraint("id", name="pk_hazard_flag"),
    )
    op.create_index("ix_hazard_flag_booking_id", "hazard_flag", ["booking_id"])
    op.create_index("ix_hazard_flag_company_id", "hazard_flag", ["company_id"])
    op.create_index("ix_hazard_flag_gig_id_at", "hazard_flag", ["gig_id", "at"])
    op.create_index("ix_hazard_flag_status", "hazard_flag", ["status"], postgresql_where=sa.text("status = 'open'"))
    op.create_table(
        "hazard_flag_note",
        sa.Column("flag_id", sa.Uuid(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["flag_id"], ["hazard_flag.id"], name="fk_hazard_flag_note_flag_id_hazard_flag"),
        sa.PrimaryKeyConstraint("flag_id", name="pk_hazard_flag_note"),
    )
    role = sa.make_url(current_app.config["SQLALCHEMY_DATABASE_URI"]).username
    owner = op.get_bind().execute(sa.text("SELECT current_user")).scalar_one()
    if role and role != owner:
        op.execute(f'REVOKE UPDATE, DELETE ON gig_hazard FROM "{role}"')


def _listed(options: tuple[str, ...]) -> str:
    return ", ".join(f"'{option}'" for option in options)


def _add_number(table: str, column: str, kind: sa.Integer) -> None:
    """A column that is zero in the rows that are there."""
    op.add_column(table, sa.Column(column, kind, nullable=False, server_default="0"))
    op.alter_column(table, column, server_default=None)


def _allow(table: str, column: str, options: tuple[str, ...]) -> None:
    """The column holds one of these from now on."""
    op.drop_constraint(op.f(f"ck_{table}_{column}"), table, type_="check")
    op.create_check_constraint(op.f(f"ck_{table}_{column}"), table, f"{column} IN ({_listed(options)})")
