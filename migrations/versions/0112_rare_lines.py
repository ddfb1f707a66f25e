"""Let the booking of payslips find the few lines that pay tests, leave or benefits without reading all the others."""

import sqlalchemy as sa
from alembic import op

revision = "0112"
down_revision = "0111"


def upgrade() -> None:
    op.create_index(
        "ix_pay_line_not_of_work",
        "pay_line",
        ["payslip_id"],
        postgresql_where=sa.text("attempt_id IS NOT NULL OR kind IN ('sick_leave', 'benefit_cash_out')"),
    )


def downgrade() -> None:
    op.drop_index("ix_pay_line_not_of_work", table_name="pay_line")
