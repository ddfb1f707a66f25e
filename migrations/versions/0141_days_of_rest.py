"""Work on the weekly day of rest earns what the law of the place says, on a line of its own."""

from alembic import op

from migrations.staying import refuse_while

revision = "0141"
down_revision = "0140"

KINDS = (
    *("wages", "training", "piece"),
    *("paid_break", "waiting", "outage", "call_in", "cancellation", "neutral_hours", "predictability", "standby"),
    *("guaranteed_hours", "qualification_time", "skill_step", "hazard_premium", "overtime_premium", "further_overtime"),
    *("holiday_premium", "night_premium", "top_up", "sick_accrual", "sick_leave", "benefit_cash_out", "rail_fee"),
    *("health_contribution", "platform_fee", "third_party_margin"),
)
NEW = "rest_day_premium"
NAMED = "a_premium_of_days_names_them"


def upgrade() -> None:
    at = KINDS.index("night_premium")
    _check("kind", _one_of((*KINDS[:at], NEW, *KINDS[at:])))
    _check(NAMED, f"(kind IN ('holiday_premium', '{NEW}')) = (premium_days IS NOT NULL)")


def downgrade() -> None:
    refuse_while("pay_line", f"kind = '{NEW}'", "pay for days of rest")
    _check(NAMED, "(kind = 'holiday_premium') = (premium_days IS NOT NULL)")
    _check("kind", _one_of(KINDS))


def _check(name: str, condition: str) -> None:
    op.drop_constraint(op.f(f"ck_pay_line_{name}"), "pay_line", type_="check")
    op.create_check_constraint(op.f(f"ck_pay_line_{name}"), "pay_line", condition)


def _one_of(kinds: tuple[str, ...]) -> str:
    return f"kind IN ({', '.join(map(repr, kinds))})"
