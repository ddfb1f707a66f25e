"""Sick leave taken, hazard flags, and shifts that a cap stops."""

import sqlalchemy as sa
from alembic import op

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
STATUSES = ("booked", "working", "worked", "released", "cancelled", "no_show")


def upgrade() -> None:
    _leave()
    _caps()


def downgrade() -> None:
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
    _allow("booking", "status", (*STATUSES, "sick"))
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


def _add_number(table: str, column: str, kind: sa.Integer) -> None:
    """A column that is zero in the rows that are there."""
    op.add_column(table, sa.Column(column, kind, nullable=False, server_default="0"))
    op.alter_column(table, column, server_default=None)


def _allow(table: str, column: str, options: tuple[str, ...]) -> None:
    """The column holds one of these from now on."""
    listed = ", ".join(f"'{option}'" for option in options)
    op.drop_constraint(op.f(f"ck_{table}_{column}"), table, type_="check")
    op.create_check_constraint(op.f(f"ck_{table}_{column}"), table, f"{column} IN ({listed})")
