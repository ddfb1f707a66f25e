"""The day on which each line of an invoice was supplied, and the weeks of work that it is for.

Directive 2006/112/EC, art. 226 (6) and (7), asks for both on an invoice; what named them until now was the name of an
entry in the books. Lines of before are told by their runs and entries.
"""

import sqlalchemy as sa
from alembic import op

revision = "0124"
down_revision = "0123"

FILLED = """
UPDATE invoice_line SET
    supplied_on = coalesce(
        (SELECT min(pay_date) FROM payslip
         WHERE kind = 'fee' AND payslip.run_id = CAST(split_part(cause, ':', 2) AS uuid)),
        (SELECT CAST(at AT TIME ZONE 'UTC' AS date) FROM journal_entry WHERE journal_entry.cause = invoice_line.cause),
        (SELECT CAST(issued_at AT TIME ZONE 'UTC' AS date) FROM invoice WHERE invoice.id = invoice_id)
    ),
    through = (
        SELECT pay_run.through FROM pay_run WHERE kind = 'fee' AND pay_run.id = CAST(split_part(cause, ':', 2) AS uuid)
    )
"""


def upgrade() -> None:
    op.add_column("invoice_line", sa.Column("supplied_on", sa.Date(), nullable=True))
    op.add_column("invoice_line", sa.Column("through", sa.Date(), nullable=True))
    op.execute(FILLED)
    op.alter_column("invoice_line", "supplied_on", nullable=False)


def downgrade() -> None:
    op.drop_column("invoice_line", "through")
    op.drop_column("invoice_line", "supplied_on")
