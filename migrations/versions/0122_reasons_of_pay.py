"""Waiting, an outage and a cancelled shift have pay lines of their own, so that each minute says why it earned.

Lines that were written before keep the kind that they have: what is sealed is not written anew.
"""

from alembic import op

from migrations.staying import refuse_while

revision = "0122"
down_revision = "0121"

FIRST = ("wages", "training", "paid_break")
LAST = (
    "neutral_hours", "predictability", "standby", "guaranteed_hours", "qualification_time", "skill_step",
    "hazard_premium", "overtime_premium", "night_premium", "top_up", "sick_accrual", "sick_leave", "benefit_cash_out",
    "rail_fee", "health_contribution", "platform_fee", "third_party_margin",
)  # fmt: skip


def upgrade() -> None:
    _allow((*FIRST, "waiting", "outage", "call_in", "cancellation", *LAST))


def downgrade() -> None:
    refuse_while(
        "pay_line", "kind IN ('waiting', 'outage', 'cancellation')", "pay for waiting, outages and cancelled shifts"
    )
    _allow((*FIRST, "call_in", *LAST))


def _allow(kinds: tuple[str, ...]) -> None:
    op.drop_constraint(op.f("ck_pay_line_kind"), "pay_line", type_="check")
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    op.create_check_constraint(op.f("ck_pay_line_kind"), "pay_line", f"kind IN ({listed})")
