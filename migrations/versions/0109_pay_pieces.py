"""Let the pieces of a long pay run find what is left without looking through what is done.

A run of 66,000 people looked in each of its hundreds of pieces through all of its timesheets, payslips and payouts:
time grew with the square of the people. What waits stands in partial indexes, which shrink as the run goes on, and the
run remembers up to which payslip its payouts are begun.

Two indexes of pay lines that no query asks for are gone, since each of them costs every line: lines are found by their
payslip, their booking, their company or their cause.
"""

import sqlalchemy as sa
from alembic import op

revision = "0109"
down_revision = "0108"


def upgrade() -> None:
    op.add_column("pay_run", sa.Column("begun_to", sa.Uuid(), nullable=True))
    op.create_index("ix_payslip_run_id_id", "payslip", ["run_id", "id"])
    op.create_index("ix_payslip_frozen", "payslip", ["run_id", "id"], postgresql_where=sa.text("status = 'frozen'"))
    op.create_index(
        "ix_timesheet_approved", "timesheet", ["company_id", "id"], postgresql_where=sa.text("status = 'approved'")
    )
    op.drop_index("ix_pay_line_timesheet_id", table_name="pay_line")
    op.drop_index("ix_pay_line_run_id_contractor_id", table_name="pay_line")


def downgrade() -> None:
    op.create_index("ix_pay_line_run_id_contractor_id", "pay_line", ["run_id", "contractor_id"])
    op.create_index("ix_pay_line_timesheet_id", "pay_line", ["timesheet_id"])
    op.drop_index("ix_timesheet_approved", table_name="timesheet")
    op.drop_index("ix_payslip_frozen", table_name="payslip")
    op.drop_index("ix_payslip_run_id_id", table_name="payslip")
    op.drop_column("pay_run", "begun_to")
