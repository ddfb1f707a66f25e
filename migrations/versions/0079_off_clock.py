"""A law may move a clock after shifts were laid on it: when that was found is kept, so that it is told once."""

import sqlalchemy as sa
from alembic import op

revision = "0079"
down_revision = "0078"


def upgrade() -> None:
    op.add_column("shift", sa.Column("off_clock_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("shift", "off_clock_at")
