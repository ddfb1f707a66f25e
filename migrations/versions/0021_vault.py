"""The vault: an owner's key, wrapped by the configured one, and files encrypted with it.

The key's row stays when the key is thrown away, so that nothing is sealed for that owner again by mistake."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    op.create_table(
        "data_key",
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("thrown_away_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(wrapped IS NULL) = (thrown_away_at IS NOT NULL)", name=op.f("ck_data_key_wrapped_or_thrown_away")
        ),
        sa.PrimaryKeyConstraint("owner_id", name="pk_data_key"),
    )
    op.create_index("ix_data_key_key_id", "data_key", ["key_id"])
    op.create_table(
        "sealed_file",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("put_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["data_key.owner_id"], name="fk_sealed_file_owner_id_data_key"),
        sa.PrimaryKeyConstraint("id", name="pk_sealed_file"),
    )
    op.create_index("ix_sealed_file_owner_id", "sealed_file", ["owner_id"])


def downgrade() -> None:
    op.drop_table("sealed_file")
    op.drop_table("data_key")
