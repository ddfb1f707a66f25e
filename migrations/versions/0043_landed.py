"""What arrived of a payout, what the rail kept of it, and the rate that it took.

Payouts that were done before say nothing of it: the rail was not asked.
"""

import sqlalchemy as sa
from alembic import op
from flask import current_app

revision = "0043"
down_revision = "0042"

NEW = "arrived_amount, arrived_currency, rail_fee_amount, executed_rate"


def upgrade() -> None:
    for column in ("arrived_amount", "rail_fee_amount"):
        op.add_column("payment_op", sa.Column(column, sa.BigInteger(), nullable=True))
    op.add_column("payment_op", sa.Column("arrived_currency", sa.CHAR(3), nullable=True))
    op.add_column("payment_op", sa.Column("executed_rate", sa.Numeric(), nullable=True))
    op.create_check_constraint(
        op.f("ck_payment_op_arrived_whole"), "payment_op", "(arrived_amount IS NULL) = (arrived_currency IS NULL)"
    )
    op.create_check_constraint(
        op.f("ck_payment_op_arrived_when_done"), "payment_op", "arrived_amount IS NULL OR status = 'done'"
    )
    op.add_column("sandbox_call", sa.Column("fee_amount", sa.BigInteger(), nullable=False, server_default="0"))
    op.alter_column("sandbox_call", "fee_amount", server_default=None)
    _effects("decline", "fail", "lose_answer", "keep_fee")
    role = sa.make_url(current_app.config["SQLALCHEMY_DATABASE_URI"]).username
    owner = op.get_bind().execute(sa.text("SELECT current_user")).scalar_one()
    if role and role != owner:
        op.execute(f'GRANT UPDATE ({NEW}) ON payment_op TO "{role}"')


def downgrade() -> None:
    op.execute("DELETE FROM sandbox_lever WHERE effect = 'keep_fee'")
    _effects("decline", "fail", "lose_answer")
    op.drop_column("sandbox_call", "fee_amount")
    for name in ("arrived_when_done", "arrived_whole"):
        op.drop_constraint(op.f(f"ck_payment_op_{name}"), "payment_op")
    for column in NEW.split(", "):
        op.drop_column("payment_op", column)


def _effects(*effects: str) -> None:
    op.drop_constraint(op.f("ck_sandbox_lever_effect"), "sandbox_lever")
    listed = ", ".join(f"'{each}'" for each in effects)
    op.create_check_constraint(op.f("ck_sandbox_lever_effect"), "sandbox_lever", f"effect IN ({listed})")
