"""A line of a bank statement keeps why it is another transfer than a deposit that was marked long before.

It stood in an event alone: whoever agreed as a second person did not read it, and nobody could tell a line of which
somebody had said so from one of which nobody had. The latter was settled with what the bank took back, was kept beside
the deposit that it may be, and booked where the deposit was marked meanwhile.
"""

import sqlalchemy as sa
from alembic import op
from flask import current_app

from migrations.staying import refuse_while

revision = "0150"
down_revision = "0149"


def upgrade() -> None:
    op.add_column("bank_line", sa.Column("another", sa.Text(), nullable=True))
    role = sa.make_url(current_app.config["SQLALCHEMY_DATABASE_URI"]).username
    if role and role != op.get_bind().execute(sa.text("SELECT current_user")).scalar_one():
        op.execute(f'GRANT UPDATE (another) ON bank_line TO "{role}"')


def downgrade() -> None:
    refuse_while("bank_line", "another IS NOT NULL", "why a transfer is another than one that was marked")
    op.drop_column("bank_line", "another")
