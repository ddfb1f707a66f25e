"""Open shifts that people keep in view. A row is theirs alone, and is deleted when the shift has begun."""

import sqlalchemy as sa
from alembic import op

revision = "0081"
down_revision = "0080"


def upgrade() -> None:
    op.create_table(
        "saved_shift",
        sa.Column("contractor_id", sa.Uuid(), nullable=False),
        sa.Column("shift_id", sa.Uuid(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["contractor_id"], ["contractor.id"], name="fk_saved_shift_contractor_id_contractor"),
        sa.ForeignKeyConstraint(["shift_id"], ["shift.id"], name="fk_saved_shift_shift_id_shift"),
        sa.PrimaryKeyConstraint("contractor_id", "shift_id", name="pk_saved_shift"),
    )
    op.create_index("ix_saved_shift_shift_id", "saved_shift", ["shift_id"])


def downgrade() -> None:
    op.drop_table("saved_shift")
