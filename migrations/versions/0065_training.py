"""A shift may be for training: the work is learned in it, paid like work, and nothing of it is delivered.

Only tests were paid for among what comes before the work. Pay tells training by a kind of line of its own.
"""

import sqlalchemy as sa
from alembic import op

revision = "0065"
down_revision = "0064"

KINDS = (
    "paid_break", "call_in", "neutral_hours", "predictability", "guaranteed_hours", "qualification_time", "skill_step",
    "hazard_premium", "overtime_premium", "night_premium", "top_up", "sick_accrual", "sick_leave", "benefit_cash_out",
    "health_contribution", "platform_fee", "third_party_margin",
)  # fmt: skip


def upgrade() -> None:
    for table in ("shift", "booking"):
        op.add_column(table, sa.Column("is_training", sa.Boolean(), nullable=False, server_default=sa.false()))
        op.alter_column(table, "is_training", server_default=None)
    _allow(("wages", "training", *KINDS))


def downgrade() -> None:
    op.execute("UPDATE pay_line SET kind = 'wages' WHERE kind = 'training'")
    _allow(("wages", *KINDS))
    for table in ("booking", "shift"):
        op.drop_column(table, "is_training")


def _allow(kinds: tuple[str, ...]) -> None:
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    op.drop_constraint(op.f("ck_pay_line_kind"), "pay_line", type_="check")
    op.create_check_constraint(op.f("ck_pay_line_kind"), "pay_line", f"kind IN ({listed})")
