"""When an offer reached its person, and how long they have to answer from then on.

At its making an offer is taken to be seen; it is empty while it is known that it was not. Offers of before were counted
from their making, and stay so."""

import sqlalchemy as sa
from alembic import op

revision = "0084"
down_revision = "0083"


def upgrade() -> None:
    op.add_column("offer", sa.Column("first_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("offer", sa.Column("answer_minutes", sa.Integer(), nullable=True))
    op.add_column("offer", sa.Column("reached_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(
        "UPDATE offer SET first_until = expires_at, reached_at = made_at,"
        " answer_minutes = ceil(extract(epoch FROM expires_at - made_at) / 60)"
    )
    op.alter_column("offer", "first_until", nullable=False)
    op.alter_column("offer", "answer_minutes", nullable=False)


def downgrade() -> None:
    op.drop_column("offer", "reached_at")
    op.drop_column("offer", "answer_minutes")
    op.drop_column("offer", "first_until")
