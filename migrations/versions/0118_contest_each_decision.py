"""Let what is decided about a payout after an answer be contested anew.

A payout that was held back and asked about again may be held back again, and whoever had contested it once could say
nothing more. One contest at a time is open for each payout.
"""

import sqlalchemy as sa
from alembic import op

from migrations.staying import refuse_while

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
    refuse_while(
        "payout_contest",
        "payment_op_id IN (SELECT payment_op_id FROM payout_contest GROUP BY payment_op_id HAVING count(*) > 1)",
        "contests of payouts that were contested again",
    )
    op.drop_index("uq_payout_contest_open", "payout_contest")
    op.drop_index("ix_payout_contest_payment_op_id", "payout_contest")
    op.create_unique_constraint("uq_payout_contest_payment_op_id", "payout_contest", ["payment_op_id"])
