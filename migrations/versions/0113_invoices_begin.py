"""Invoice no handling fee that was charged before there were invoices.

Runs that were booked by then count as invoiced since invoices exist. Fees of overturned cuts of that time did not, and
would stand, with VAT on top, on the first invoice after the upgrade. What was charged before the first run counted as
invoiced stays without one; where no run was booked by then, nothing was charged.
"""

import sqlalchemy as sa
from alembic import op
from flask import current_app

revision = "0113"
down_revision = "0112"


def upgrade() -> None:
    op.create_table(
        "invoices_begin",
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("at", name="pk_invoices_begin"),
    )
    op.execute("INSERT INTO invoices_begin (at) SELECT min(at) FROM invoiced_run HAVING min(at) IS NOT NULL")
    role = sa.make_url(current_app.config["SQLALCHEMY_DATABASE_URI"]).username
    if role and role != op.get_bind().execute(sa.text("SELECT current_user")).scalar_one():
        op.execute(f'REVOKE INSERT, UPDATE, DELETE ON invoices_begin FROM "{role}"')


def downgrade() -> None:
    op.drop_table("invoices_begin")
