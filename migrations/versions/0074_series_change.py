"""A series that is changed from a day on is ended before it, and a new one follows.

At most one follows each: two people who change a series at once cannot both go on with it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0074"
down_revision = "0073"


def upgrade() -> None:
    op.add_column("shift_series", sa.Column("follows_id", sa.Uuid(), nullable=True))
    op.create_unique_constraint("uq_shift_series_follows_id", "shift_series", ["follows_id"])
    op.create_foreign_key(
        "fk_shift_series_follows_id_shift_series", "shift_series", "shift_series", ["follows_id"], ["id"]
    )


def downgrade() -> None:
    op.drop_column("shift_series", "follows_id")
