"""Keep what a rail told of a movement that cannot be read, and find payouts that were refused.

Such a movement was in the log alone, so that the rail's balance and the books differed and no page said by what.
Refused payouts go out again by themselves, and are looked for every few minutes: the index is made without holding up
whoever writes payments, since their table is large.
"""

import sqlalchemy as sa
from alembic import op
from flask import current_app

revision = "0105"
down_revision = "0104"


def upgrade() -> None:
    op.create_table(
        "rail_unread",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("rail", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("amount", sa.Text(), nullable=False),
        sa.Column("fee", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_rail_unread"),
    )
    op.create_index("ix_rail_unread_created_at", "rail_unread", ["created_at"])
    role = sa.make_url(current_app.config["SQLALCHEMY_DATABASE_URI"]).username
    if role and role != op.get_bind().execute(sa.text("SELECT current_user")).scalar_one():
        op.execute(f'REVOKE UPDATE, DELETE ON rail_unread FROM "{role}"')
    with op.get_context().autocommit_block():
        op.create_index(
            "ix_payment_op_refused",
            "payment_op",
            ["id"],
            postgresql_where=sa.text("status = 'refused' AND kind = 'payout'"),
            postgresql_concurrently=True,
        )


def downgrade() -> None:
    op.drop_index("ix_payment_op_refused", "payment_op")
    op.drop_table("rail_unread")
