"""Offers that people asked for themselves.

A claim is an offer whose yeses are collected, like any other of RACE. The column keeps its window open to its end, and
keeps it out of what is measured of all people's answers: whoever asked for a shift says yes to it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0071"
down_revision = "0070"


def upgrade() -> None:
    op.add_column("offer", sa.Column("claimed", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.alter_column("offer", "claimed", server_default=None)
    op.create_check_constraint(op.f("ck_offer_claims_are_collected"), "offer", "collects OR NOT claimed")


def downgrade() -> None:
    op.drop_constraint(op.f("ck_offer_claims_are_collected"), "offer")
    op.drop_column("offer", "claimed")
