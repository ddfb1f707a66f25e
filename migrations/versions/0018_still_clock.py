"""Business time may stand still, so that a demonstration does not depend on how fast its machine is."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.add_column("clock_offset", sa.Column("still_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("clock_offset", "still_at")
