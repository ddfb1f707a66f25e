"""Before a shift people are asked whether they still come.

When they were asked, asked again and have answered stands on the booking. Nothing follows from silence but that the
company can read it, so no status says it. Bookings that stand are asked when their time comes.
"""

import sqlalchemy as sa
from alembic import op

revision = "0073"
down_revision = "0072"

COLUMNS = ("confirm_asked_at", "confirm_urged_at", "confirmed_at")


def upgrade() -> None:
    for column in COLUMNS:
        op.add_column("booking", sa.Column(column, sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    for column in reversed(COLUMNS):
        op.drop_column("booking", column)
