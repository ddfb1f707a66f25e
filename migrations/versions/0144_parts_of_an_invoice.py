"""The payments by which a deposit by invoice has come: what goes back of it goes back by them."""

import sqlalchemy as sa
from alembic import op
from flask import current_app
from sqlalchemy.dialects import postgresql

revision = "0144"
down_revision = "0143"


def upgrade() -> None:
    op.add_column("deposit_invoice", sa.Column("parts", postgresql.JSONB(), nullable=True))
    role = sa.make_url(current_app.config["SQLALCHEMY_DATABASE_URI"]).username
    if role and role != op.get_bind().execute(sa.text("SELECT current_user")).scalar_one():
        op.execute(f'GRANT UPDATE (parts) ON deposit_invoice TO "{role}"')


def downgrade() -> None:
    op.drop_column("deposit_invoice", "parts")
