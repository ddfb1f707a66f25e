"""When a company was reminded that the invoice for its deposit is overdue: once.

On the way down nothing is lost, since the reminder is an event, too: whoever comes up again reads it there, and nobody
is reminded twice.
"""

import sqlalchemy as sa
from alembic import op
from flask import current_app

revision = "0145"
down_revision = "0144"


TOLD = """
UPDATE deposit_invoice SET reminded_at = told.at
FROM (SELECT subject_id, min(at) AS at FROM event WHERE name = 'deposit.overdue' GROUP BY subject_id) AS told
WHERE told.subject_id = payment_op_id
"""


def upgrade() -> None:
    op.add_column("deposit_invoice", sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(TOLD)
    role = sa.make_url(current_app.config["SQLALCHEMY_DATABASE_URI"]).username
    if role and role != op.get_bind().execute(sa.text("SELECT current_user")).scalar_one():
        op.execute(f'GRANT UPDATE (reminded_at) ON deposit_invoice TO "{role}"')


def downgrade() -> None:
    op.drop_column("deposit_invoice", "reminded_at")
