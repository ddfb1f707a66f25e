"""Work at night, and money that the service advances so that nobody is paid less than the floor.

Bookings that were made before have no minutes at night: their price was promised and held without them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"

KINDS = (
    "wages",
    "paid_break",
    "call_in",
    "neutral_hours",
    "qualification_time",
    "skill_step",
    "hazard_premium",
    "overtime_premium",
    "sick_accrual",
    "sick_leave",
    "health_contribution",
    "platform_fee",
    "third_party_margin",
)
NEW = ("night_premium", "top_up")
PAID = "work_minutes + waiting_minutes + paid_break_minutes"


def upgrade() -> None:
    for table in ("booking", "timesheet_line"):
        op.add_column(table, sa.Column("night_minutes", sa.Integer(), nullable=False, server_default="0"))
        op.alter_column(table, "night_minutes", server_default=None)
    op.add_column("booking", sa.Column("night_zone", sa.Text(), nullable=False, server_default="UTC"))
    op.alter_column("booking", "night_zone", server_default=None)
    op.create_check_constraint(op.f("ck_booking_night_not_negative"), "booking", "night_minutes >= 0")
    op.create_check_constraint(
        op.f("ck_timesheet_line_night_is_paid_time"), "timesheet_line", f"night_minutes BETWEEN 0 AND {PAID}"
    )
    _allow("pay_line", (*KINDS[:8], *NEW, *KINDS[8:]))
    _allow("gig_funding", ("funded", "returned", "advanced", "recovered"))


def downgrade() -> None:
    _allow("gig_funding", ("funded", "returned"))
    _allow("pay_line", KINDS)
    op.drop_constraint(op.f("ck_timesheet_line_night_is_paid_time"), "timesheet_line")
    op.drop_constraint(op.f("ck_booking_night_not_negative"), "booking")
    op.drop_column("booking", "night_zone")
    for table in ("timesheet_line", "booking"):
        op.drop_column(table, "night_minutes")


def _allow(table: str, kinds: tuple[str, ...]) -> None:
    op.drop_constraint(op.f(f"ck_{table}_kind"), table)
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    op.create_check_constraint(op.f(f"ck_{table}_kind"), table, f"kind IN ({listed})")
