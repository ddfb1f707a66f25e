"""The payments by which a deposit by invoice has come: what goes back of it goes back by them.

Of a deposit that was done before, a job asks its rail by which it has come (`deposits.read_parts`).
"""

import sqlalchemy as sa
from alembic import op
from flask import current_app
from sqlalchemy.dialects import postgresql

from migrations.staying import refuse_while

revision = "0144"
down_revision = "0143"

# By the one payment of an invoice an earlier version finds its way back, too.
SEVERAL = """jsonb_array_length(parts) > 1 OR parts @> '[{"kind": "charge"}]'"""


def upgrade() -> None:
    op.add_column("deposit_invoice", sa.Column("parts", postgresql.JSONB(), nullable=True))
    role = sa.make_url(current_app.config["SQLALCHEMY_DATABASE_URI"]).username
    if role and role != op.get_bind().execute(sa.text("SELECT current_user")).scalar_one():
        op.execute(f'GRANT UPDATE (parts) ON deposit_invoice TO "{role}"')


def downgrade() -> None:
    refuse_while("deposit_invoice", SEVERAL, "by which payments deposits have come")
    op.drop_column("deposit_invoice", "parts")
