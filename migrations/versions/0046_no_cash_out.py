"""The health contribution cannot be paid out yet, so its plan does not say that it can.

The first version said so before anybody could ask for it, and nobody has read it in a contract: contracts name plans by
their titles alone.
"""

from alembic import op

revision = "0046"
down_revision = "0045"


def upgrade() -> None:
    op.execute("UPDATE benefit_plan_version SET cash_out = false WHERE rule = 'HEALTH' AND number = 1")


def downgrade() -> None:
    op.execute("UPDATE benefit_plan_version SET cash_out = true WHERE rule = 'HEALTH' AND number = 1")
