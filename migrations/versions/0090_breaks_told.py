"""What somebody was told of breaks while they worked, so that each is told once.

`breaks_told` counts the paid breaks that belong to what was worked until then; `long_break_told_at` is when the half
hour was told, which is due again only after one was taken.
"""

import sqlalchemy as sa
from alembic import op

revision = "0090"
down_revision = "0089"


def upgrade() -> None:
    op.add_column("booking", sa.Column("breaks_told", sa.Integer(), nullable=False, server_default="0"))
    op.alter_column("booking", "breaks_told", server_default=None)
    op.add_column("booking", sa.Column("long_break_told_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("booking", "long_break_told_at")
    op.drop_column("booking", "breaks_told")
