"""Two more bad days of a rail: an account that can receive nothing, and a bank that sends back what was paid.

The sandbox repeats its answer under the same key, so it remembers why it said no, and when a payout comes back that it
has said was done.
"""

import sqlalchemy as sa
from alembic import op

revision = "0128"
down_revision = "0127"

EFFECTS = "'decline', 'fail', 'lose_answer', 'keep_fee', 'charge_back', 'inquire'"


def upgrade() -> None:
    _effects(f"{EFFECTS}, 'restrict', 'fail_later'")
    restricted = sa.Column("is_restricted", sa.Boolean(), nullable=False, server_default=sa.false())
    op.add_column("sandbox_call", restricted)
    op.alter_column("sandbox_call", "is_restricted", server_default=None)
    op.add_column("sandbox_call", sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.execute("DELETE FROM sandbox_lever WHERE effect IN ('restrict', 'fail_later')")
    op.drop_column("sandbox_call", "failed_at")
    op.drop_column("sandbox_call", "is_restricted")
    _effects(EFFECTS)


def _effects(allowed: str) -> None:
    op.drop_constraint(op.f("ck_sandbox_lever_effect"), "sandbox_lever", type_="check")
    op.create_check_constraint(op.f("ck_sandbox_lever_effect"), "sandbox_lever", f"effect IN ({allowed})")
