"""Calendar feeds.

A calendar program cannot sign in, so the address is the secret; as with keys only its SHA-256 is kept.
"""

import sqlalchemy as sa
from alembic import op

revision = "0068"
down_revision = "0067"


def upgrade() -> None:
    op.create_table(
        "calendar_feed",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=True),
        sa.Column("sha256", sa.CHAR(64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_calendar_feed_person_id_person"),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name="fk_calendar_feed_company_id_company"),
        sa.PrimaryKeyConstraint("id", name="pk_calendar_feed"),
        sa.UniqueConstraint("sha256", name="uq_calendar_feed_sha256"),
    )
    op.create_index("ix_calendar_feed_person_id", "calendar_feed", ["person_id"])
    op.create_index("ix_calendar_feed_company_id", "calendar_feed", ["company_id"])


def downgrade() -> None:
    op.drop_table("calendar_feed")
