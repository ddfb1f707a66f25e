"""Overtime is paid in steps where the law of a place does so: a booking promises how many of its last minutes are in
the further step, and at which multiple.

Where there is no further step there are none of them; their multiple then says nothing.
"""

import sqlalchemy as sa
from alembic import op

from migrations.staying import refuse_while

revision = "0126"
down_revision = "0125"

FIRST = ("wages", "training", "paid_break", "waiting", "outage", "call_in", "cancellation")
BEFORE = (
    "neutral_hours", "predictability", "standby", "guaranteed_hours", "qualification_time", "skill_step",
    "hazard_premium", "overtime_premium",
)  # fmt: skip
AFTER = (
    "night_premium", "top_up", "sick_accrual", "sick_leave", "benefit_cash_out", "rail_fee", "health_contribution",
    "platform_fee", "third_party_margin",
)  # fmt: skip
NEW = "further_overtime"


def upgrade() -> None:
    for table in ("booking", "timesheet_line"):
        _add(table, "further_overtime_minutes", "0")
    _add("booking", "further_overtime_percent", "100")
    part = "further_overtime_minutes BETWEEN 0 AND overtime_minutes"
    never_less = f"{part} AND further_overtime_percent >= 100"
    op.create_check_constraint(op.f("ck_booking_further_is_overtime"), "booking", never_less)
    op.create_check_constraint(op.f("ck_timesheet_line_further_is_overtime"), "timesheet_line", part)
    _allow((*FIRST, *BEFORE, NEW, *AFTER))


def downgrade() -> None:
    refuse_while("pay_line", "kind = 'further_overtime'", "pay for further overtime")
    refuse_while("booking", "further_overtime_minutes > 0", "bookings that promise further overtime")
    _allow((*FIRST, *BEFORE, *AFTER))
    op.drop_column("timesheet_line", "further_overtime_minutes")
    op.drop_column("booking", "further_overtime_percent")
    op.drop_column("booking", "further_overtime_minutes")


def _add(table: str, column: str, default: str) -> None:
    op.add_column(table, sa.Column(column, sa.Integer(), nullable=False, server_default=default))
    op.alter_column(table, column, server_default=None)


def _allow(kinds: tuple[str, ...]) -> None:
    op.drop_constraint(op.f("ck_pay_line_kind"), "pay_line", type_="check")
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    op.create_check_constraint(op.f("ck_pay_line_kind"), "pay_line", f"kind IN ({listed})")
