"""Keep with a pay run how many lines it has written, of how many timesheets, and how many waited when it began.

The page that shows how far a run has come counted its lines every five seconds, and no index has them by run: at a
million lines each look read the whole table. Runs of before are counted once here.
"""

import sqlalchemy as sa
from alembic import op

revision = "0116"
down_revision = "0115"


def upgrade() -> None:
    for name in ("lines", "timesheets"):
        op.add_column("pay_run", sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
    op.add_column("pay_run", sa.Column("timesheets_due", sa.Integer(), nullable=True))
    op.execute("""
        UPDATE pay_run SET lines = done.lines, timesheets = done.timesheets
        FROM (
            SELECT run_id, count(*) AS lines, count(DISTINCT timesheet_id) AS timesheets FROM pay_line GROUP BY run_id
        ) AS done
        WHERE done.run_id = pay_run.id
    """)
    for name in ("lines", "timesheets"):
        op.alter_column("pay_run", name, server_default=None)


def downgrade() -> None:
    for name in ("timesheets_due", "timesheets", "lines"):
        op.drop_column("pay_run", name)
