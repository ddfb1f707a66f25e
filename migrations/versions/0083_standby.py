"""People stand by for a shift, are called when a seat is free, and are paid when none is.

The seats in which they stand by are a shift of their own that names the one it is for, so that one constraint, one hold
and one count of seats hold for them as for everybody. Whoever is called gets the other shift's seat with the booking
that they have; of a seat to which nobody came, the booking that was missed says that it was given on. What is owed for
standing by stands beside the time, as for a shift that was added late: no cut and no compensation takes of it.
"""

import sqlalchemy as sa
from alembic import op

from migrations.staying import refuse_while

revision = "0083"
down_revision = "0082"

KINDS = ("wages", "training", "paid_break", "call_in", "neutral_hours", "predictability")
LATER_KINDS = (
    "guaranteed_hours", "qualification_time", "skill_step", "hazard_premium", "overtime_premium", "night_premium",
    "top_up", "sick_accrual", "sick_leave", "benefit_cash_out", "rail_fee", "health_contribution", "platform_fee",
    "third_party_margin",
)  # fmt: skip
STATUSES = (
    "booked", "working", "worked", "released", "cancelled", "no_show", "sick", "taken_out", "excused", "handed_over",
)  # fmt: skip


def upgrade() -> None:
    op.add_column("shift", sa.Column("standby_of", sa.Uuid(), nullable=True))
    op.create_foreign_key("fk_shift_standby_of_shift", "shift", "shift", ["standby_of"], ["id"])
    op.create_check_constraint(
        op.f("ck_shift_no_standby_for_training"), "shift", "standby_of IS NULL OR NOT is_training"
    )
    op.create_index(
        "uq_shift_standby_of", "shift", ["standby_of"], unique=True, postgresql_where=sa.text("status = 'scheduled'")
    )
    for column in ("is_standby", "is_replaced"):
        op.add_column("booking", sa.Column(column, sa.Boolean(), nullable=False, server_default="false"))
        op.alter_column("booking", column, server_default=None)
    for column in ("ready_at", "called_at"):
        op.add_column("booking", sa.Column(column, sa.DateTime(timezone=True), nullable=True))
    for table in ("booking", "timesheet_line"):
        op.add_column(table, sa.Column("standby_minutes", sa.Integer(), nullable=False, server_default="0"))
        op.alter_column(table, "standby_minutes", server_default=None)
        op.create_check_constraint(op.f(f"ck_{table}_standby_not_negative"), table, "standby_minutes >= 0")
    op.create_check_constraint(
        op.f("ck_booking_called_is_no_standby"), "booking", "NOT is_standby OR called_at IS NULL"
    )
    _allow("booking", "status", (*STATUSES, "stood_by"))
    _allow("pay_line", "kind", (*KINDS, "standby", *LATER_KINDS))


def downgrade() -> None:
    refuse_while("pay_line", "kind = 'standby'", "pay for standing by")
    op.execute("UPDATE booking SET status = 'cancelled' WHERE status = 'stood_by'")
    _allow("pay_line", "kind", (*KINDS, *LATER_KINDS))
    _allow("booking", "status", STATUSES)
    op.drop_column("timesheet_line", "standby_minutes")
    for column in ("standby_minutes", "called_at", "ready_at", "is_replaced", "is_standby"):
        op.drop_column("booking", column)
    op.drop_index("uq_shift_standby_of", "shift")
    op.drop_constraint(op.f("ck_shift_no_standby_for_training"), "shift")
    op.drop_constraint("fk_shift_standby_of_shift", "shift")
    op.drop_column("shift", "standby_of")


def _allow(table: str, column: str, values: tuple[str, ...]) -> None:
    op.drop_constraint(op.f(f"ck_{table}_{column}"), table, type_="check")
    listed = ", ".join(f"'{value}'" for value in values)
    op.create_check_constraint(op.f(f"ck_{table}_{column}"), table, f"{column} IN ({listed})")
