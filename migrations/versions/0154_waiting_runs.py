"""The desk counts the runs that wait alone on each of its pages: there are few, among one for whoever was ever paid at
once.
"""

import sqlalchemy as sa
from alembic import op

revision = "0154"
down_revision = "0153"


def upgrade() -> None:
    op.create_index("ix_pay_run_try_at", "pay_run", ["try_at"], postgresql_where=sa.text("try_at IS NOT NULL"))


def downgrade() -> None:
    op.drop_index("ix_pay_run_try_at", "pay_run")
