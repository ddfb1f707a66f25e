"""Who was told that a shift is to be taken over, and at which terms.

A request to everybody stood on a page, and whoever did not look knew nothing of it. Now everybody who may take the
shift is told; the row is what their link answers, and by it they are told once when the shift is gone.
"""

import sqlalchemy as sa
from alembic import op

revision = "0096"
down_revision = "0095"


def upgrade() -> None:
    op.create_table(
        "cover_call",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("handover_id", sa.Uuid(), nullable=False),
        sa.Column("contractor_id", sa.Uuid(), nullable=False),
        sa.Column("terms_sha256", sa.CHAR(64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("gone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["handover_id"], ["handover.id"], name="fk_cover_call_handover_id_handover"),
        sa.ForeignKeyConstraint(["contractor_id"], ["contractor.id"], name="fk_cover_call_contractor_id_contractor"),
        sa.PrimaryKeyConstraint("id", name="pk_cover_call"),
        sa.UniqueConstraint("handover_id", "contractor_id", name="uq_cover_call_handover_id_contractor_id"),
    )
    op.create_index("ix_cover_call_contractor_id", "cover_call", ["contractor_id"])


def downgrade() -> None:
    op.drop_table("cover_call")
