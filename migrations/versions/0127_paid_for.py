"""Keep with a pay run how many things of each kind it pays for, by currency.

A run that paid what a ruling restored said that it had reckoned 0 of 0 timesheets, and whoever compares a run with the
last one of its kind would have to read all lines of that. Runs of before are counted once here; tax that was given back
alone has no line and is counted by its payslip.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0127"
down_revision = "0126"


def upgrade() -> None:
    paid_for = sa.Column("paid_for", postgresql.JSONB(), nullable=False, server_default="{}")
    op.add_column("pay_run", paid_for)
    op.execute("""
        UPDATE pay_run SET paid_for = done.paid_for
        FROM (
            SELECT slips.run_id, jsonb_object_agg(slips.currency, jsonb_strip_nulls(jsonb_build_object(
                'timesheet', nullif(lines.timesheets, 0), 'ruling', nullif(lines.rulings, 0),
                'back_pay', nullif(lines.back_pays, 0), 'test', nullif(lines.tests, 0),
                'guarantee', nullif(lines.guarantees, 0), 'benefit', nullif(lines.benefits, 0),
                'rail_fee', nullif(lines.rail_fees, 0), 'tax_return', nullif(slips.alone, 0)
            ))) AS paid_for
            FROM (
                SELECT run_id, currency, count(*) FILTER (
                    WHERE net_amount + benefits_amount + cost_amount = 0 AND withheld_amount < 0
                ) AS alone
                FROM payslip GROUP BY run_id, currency
            ) AS slips
            LEFT JOIN (
                SELECT run_id, currency,
                    count(DISTINCT timesheet_id) FILTER (WHERE cut_id IS NULL AND back_pay_id IS NULL) AS timesheets,
                    count(DISTINCT cut_id) AS rulings, count(DISTINCT back_pay_id) AS back_pays,
                    count(DISTINCT attempt_id) AS tests, count(DISTINCT guarantee_id) AS guarantees,
                    count(DISTINCT cash_out_id) AS benefits, count(DISTINCT rail_fee_id) AS rail_fees
                FROM pay_line GROUP BY run_id, currency
            ) AS lines ON lines.run_id = slips.run_id AND lines.currency = slips.currency
            GROUP BY slips.run_id
        ) AS done
        WHERE done.run_id = pay_run.id
    """)
    op.alter_column("pay_run", "paid_for", server_default=None)


def downgrade() -> None:
    op.drop_column("pay_run", "paid_for")
