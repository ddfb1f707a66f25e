"""Let what is decided about a payout after an answer be contested anew.

A payout that was held back and asked about again may be held back again, and whoever had contested it once could say
nothing more. One contest at a time is open for each payout.
"""

import sqlalchemy as sa
from alembic import op

revision = "0118"
down_revision = "0117"


def upgrade() -> None:
    op.drop_constraint("uq_payout_contest_payment_op_id", "payout_contest")
    op.create_index("ix_payout_contest_payment_op_id", "payout_contest", ["payment_op_id"])
    op.create_index(
        "uq_payout_contest_open",
        "payout_contest",
        ["payment_op_id"],
        unique=True,
        postgresql_where=sa.text("status = 'open'"),
    )


def downgrade() -> None:
    op.drop_index("uq_payout_contest_open", "payout_contest")
    op.drop_index("ix_payout_contest_payment_op_id", "payout_contest")
    op.execute(
        "DELETE FROM payout_contest AS old USING payout_contest AS new"
        " WHERE old.payment_op_id = new.payment_op_id AND old.id < new.id"
    )
    op.create_unique_constraint("uq_payout_contest_payment_op_id", "payout_contest", ["payment_op_id"])
