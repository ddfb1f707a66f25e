"""A line of a bank statement knows what it has found.

Which line had made a finding was known by reference, company and amount: of two alike the first was taken. And what a
person had found under words of their own could be a transfer that a line had booked meanwhile: whoever confirms it says
why it is another. The lines that wait are given the findings that they have made, in the order in which they came.
"""

import sqlalchemy as sa
from alembic import op
from flask import current_app

from migrations.staying import refuse_while

revision = "0143"
down_revision = "0142"

SHORT = 20
MADE = """
WITH lines AS (
    SELECT id, company_id, amount, currency,
           CASE WHEN bank_reference <> '' THEN bank_reference ELSE left(identity, {short}) END AS reference,
           row_number() OVER (
               PARTITION BY company_id, amount, currency,
                   CASE WHEN bank_reference <> '' THEN bank_reference ELSE left(identity, {short}) END ORDER BY id
           ) AS place
    FROM bank_line WHERE kind = 'came' AND status = 'matched'
), found AS (
    SELECT f.id, o.company_id, o.amount, o.currency, f.reference,
           row_number() OVER (PARTITION BY o.company_id, o.amount, o.currency, f.reference ORDER BY f.id) AS place
    FROM payment_finding f JOIN payment_op o ON o.id = f.payment_op_id
    WHERE f.status = 'waiting' AND f.outcome = 'happened' AND o.kind = 'deposit' AND o.rail = 'manual'
)
UPDATE bank_line SET finding_id = found.id
FROM lines JOIN found USING (company_id, amount, currency, reference, place)
WHERE bank_line.id = lines.id
"""


def upgrade() -> None:
    op.add_column("bank_line", sa.Column("finding_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        "fk_bank_line_finding_id_payment_finding", "bank_line", "payment_finding", ["finding_id"], ["id"]
    )
    op.create_index(
        "uq_bank_line_finding_id",
        "bank_line",
        ["finding_id"],
        unique=True,
        postgresql_where=sa.text("finding_id IS NOT NULL"),
    )
    op.execute(MADE.format(short=SHORT))
    op.add_column("payment_finding", sa.Column("another", sa.Text(), nullable=True))
    role = sa.make_url(current_app.config["SQLALCHEMY_DATABASE_URI"]).username
    if role and role != op.get_bind().execute(sa.text("SELECT current_user")).scalar_one():
        op.execute(f'GRANT UPDATE (finding_id) ON bank_line TO "{role}"')
        op.execute(f'GRANT UPDATE (another) ON payment_finding TO "{role}"')


def downgrade() -> None:
    refuse_while("payment_finding", "another IS NOT NULL", "why a transfer is another than one that is booked")
    op.drop_column("payment_finding", "another")
    op.drop_column("bank_line", "finding_id")
