"""Work on a public holiday earns what the law of the place says.

Nothing was paid for it, whatever the law said. A booking now promises the days of its time that earn more, with the
steps of the law, a timesheet says how many minutes of them were worked, and a line of pay names the day. All three are
lists that are empty for nearly everybody, and are NULL then, so that they take no room. Bookings that were made before
promised none, and keep none: the money for it is not held.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from migrations.staying import refuse_while

revision = "0138"
down_revision = "0137"

KINDS = (
    *("wages", "training", "piece"),
    *("paid_break", "waiting", "outage", "call_in", "cancellation", "neutral_hours", "predictability", "standby"),
    *("guaranteed_hours", "qualification_time", "skill_step", "hazard_premium", "overtime_premium", "further_overtime"),
    *("night_premium", "top_up", "sick_accrual", "sick_leave", "benefit_cash_out", "rail_fee", "health_contribution"),
    *("platform_fee", "third_party_margin"),
)
NEW = "holiday_premium"
NAMED = f"(kind = '{NEW}') = (premium_days IS NOT NULL)"


def upgrade() -> None:
    for table in ("booking", "timesheet_line", "pay_line"):
        op.add_column(table, sa.Column("premium_days", JSONB(), nullable=True))
    for table in ("booking", "timesheet_line"):
        some = "jsonb_array_length(premium_days) > 0"
        op.create_check_constraint(op.f(f"ck_{table}_premium_days_are_some"), table, some)
    at = KINDS.index("night_premium")
    _kinds((*KINDS[:at], NEW, *KINDS[at:]))
    op.create_check_constraint(op.f("ck_pay_line_a_premium_of_days_names_them"), "pay_line", NAMED)


def downgrade() -> None:
    refuse_while("pay_line", f"kind = '{NEW}'", "pay for public holidays")
    refuse_while("booking", "premium_days IS NOT NULL", "bookings that promise more for a public holiday")
    op.drop_constraint(op.f("ck_pay_line_a_premium_of_days_names_them"), "pay_line", type_="check")
    _kinds(KINDS)
    for table in ("booking", "timesheet_line"):
        op.drop_constraint(op.f(f"ck_{table}_premium_days_are_some"), table, type_="check")
    for table in ("booking", "timesheet_line", "pay_line"):
        op.drop_column(table, "premium_days")


def _kinds(kinds: tuple[str, ...]) -> None:
    op.drop_constraint(op.f("ck_pay_line_kind"), "pay_line", type_="check")
    op.create_check_constraint(op.f("ck_pay_line_kind"), "pay_line", f"kind IN ({', '.join(map(repr, kinds))})")
