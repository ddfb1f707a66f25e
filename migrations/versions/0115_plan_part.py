"""Parts of a market that are being solved, so that workers on several machines share one plan.

They are there for as long as a plan is reckoned, so nothing refers to them and they refer to nothing.
"""

import sqlalchemy as sa
from alembic import op

revision = "0115"
down_revision = "0114"


def upgrade() -> None:
    op.create_table(
        "plan_part",
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.func.clock_timestamp(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("problem", sa.LargeBinary(), nullable=False),
        sa.Column("plan", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("group_id", "number", name="pk_plan_part"),
    )


def downgrade() -> None:
    op.drop_table("plan_part")
