"""Find the offers of a shift, whatever became of them.

Who was ever asked to take a shift is asked at each search for it, and read by its company. Only open offers had an
index by shift, so all that anybody was ever offered was looked through: most of the time of a search among many.
"""

from alembic import op

revision = "0098"
down_revision = "0097"


def upgrade() -> None:
    op.create_index("ix_offer_shift_id", "offer", ["shift_id"])


def downgrade() -> None:
    op.drop_index("ix_offer_shift_id", table_name="offer")
